"""Read pand-ids: sixteen digits as text. Spreadsheets damage them, and people put other BAG ids in their place.

The digits of a BAG id are four for the municipality, two for the kind of object (10 is a pand) and ten for a number.
"""

from __future__ import annotations

import re

from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.ingest.raw import Reading, is_moment
from quickscan.ingest.tables.aliases import is_unknown

WELL_FORMED = "[0-9]{4}10[0-9]{10}"
EXCEL_DIGITS = 15  # a spreadsheet number holds no more; what comes after becomes 0
_PREFIX = re.compile(r"^NL\.IMBAG\.Pand\.", re.IGNORECASE)
_OTHER_KINDS = {
    "01": "verblijfsobject",
    "02": "ligplaats",
    "03": "standplaats",
    "20": "nummeraanduiding",
    "30": "openbare ruimte",
}
_AS_TEXT = "Zet de kolom op 'Tekst' en neem het pand-id opnieuw over uit de bron."
_FROM_BAG = "Neem het pand-id over uit de BAG-viewer."
_ROUNDED = "Excel heeft het pand-id afgerond; de cijfers zijn verloren"


def read_pand_id(cell: object) -> Reading:
    """Read one pand-id; the prefix of the 3DBAG and a leading apostrophe are dropped, a lost leading zero is put back."""
    if is_moment(cell):
        return Reading(None, "hier staat een datum, er hoort een pand-id", _AS_TEXT)
    if isinstance(cell, (int, float)):
        return _read_spreadsheet_number(cell)
    text = _PREFIX.sub("", str(cell).strip().removeprefix("'"))
    if is_unknown(text):
        return Reading(None)
    if not re.fullmatch(rf"[0-9]{{{PAND_ID_LENGTH}}}", text):
        return _explain(text)
    if kind := _OTHER_KINDS.get(text[4:6]):
        return Reading(None, f"dit is het id van een {kind}, niet van een pand", _FROM_BAG)
    return Reading(text)


def _read_spreadsheet_number(number: float) -> Reading:
    text = f"{number:.0f}" if isinstance(number, float) and number.is_integer() else str(number)
    return Reading(None, _ROUNDED, _AS_TEXT) if len(text) > EXCEL_DIGITS else _explain(text)


def _explain(text: str) -> Reading:
    if re.fullmatch(r"\d+([.,]\d+)?E[+]?\d+", text, re.IGNORECASE):
        return Reading(None, _ROUNDED, _AS_TEXT)
    bare = re.sub(r"[.,]0+$", "", text)
    if re.fullmatch(WELL_FORMED, padded := f"0{bare}"):
        problem = f"het pand-id had {len(bare)} cijfers; de nul vooraan is teruggezet"
        return Reading(padded, problem, "Zet de kolom op 'Tekst', dan valt de nul niet meer weg.", notice=True)
    if bare != text and bare.isdecimal():
        return Reading(None, "het pand-id is opgeslagen als getal met een komma", _AS_TEXT)
    if len(re.findall(rf"[0-9]{{{PAND_ID_LENGTH - 1},}}", text)) > 1:
        return Reading(None, "hier staat meer dan één pand-id", "Geef elk pand een eigen rij.")
    if text.isdecimal():
        return Reading(None, f"het pand-id heeft {len(text)} cijfers, {PAND_ID_LENGTH} nodig", _FROM_BAG)
    return Reading(None, f"het pand-id is geen getal van {PAND_ID_LENGTH} cijfers", _FROM_BAG)
