"""Read text and choices. A choice is one of a closed list of codes; a criterion's options are choices too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from quickscan.domain.facts import FACTS
from quickscan.ingest.raw import Reading, is_moment
from quickscan.ingest.tables.aliases import get_value_synonyms, is_perhaps_unknown, is_unknown, make_key
from quickscan.ingest.tables.numbers import EXCEL_ERRORS

MAX_TEXT = 500
FORMULA = (
    "hier staat een formule zonder waarde; de cel telt als onbekend",
    "Zet de uitkomst in de cel, of laat Excel hem uitrekenen en sla het bestand opnieuw op.",
)
_POSTCODE = re.compile(r"([1-9][0-9]{3})\s?([A-Z]{2})")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|</?[a-z!][^<>]*>", re.IGNORECASE | re.DOTALL)
_SHARE = re.compile(r"(.*\S)\s+\d+([.,]\d+)?\s*%")


def read_text(cell: object) -> Reading:
    """Read a cell as text; a number becomes its digits, a date is refused."""
    if is_moment(cell):
        problem = "Excel heeft hier een datum van gemaakt"
        return Reading(None, problem, "Zet de kolom op 'Tekst' en vul de waarde opnieuw in.")
    text = f"{cell:.15g}" if isinstance(cell, float) else " ".join(str(cell).split())
    if is_unknown(text):
        return Reading(None)
    if text.upper() in EXCEL_ERRORS:
        return Reading(None, "deze cel heeft in Excel een fout", "Herstel de formule, of zet de waarde zelf neer.")
    if len(text) > MAX_TEXT:
        return Reading(None, f"deze tekst is langer dan {MAX_TEXT} tekens", "Maak de tekst korter.")
    plain = text if text.isprintable() else "".join(filter(str.isprintable, text))
    if "<" in plain and (bare := " ".join(_MARKUP.sub(" ", plain).split())) != plain:
        problem = "de opmaak (HTML) in deze cel is weggehaald"
        return Reading(bare or None, problem, "Zet er alleen gewone tekst neer.", notice=True)
    return Reading(plain)


def is_formula(cell: object) -> bool:
    """Tell whether a cell holds the text of a formula: in a CSV, or in a workbook that Excel never worked out."""
    return isinstance(cell, str) and cell.startswith("=")


def read_postcode(cell: object) -> Reading:
    """Read a postcode in the spelling of the BAG, such as 2591XW. A wrong one is left out: nothing is counted with it."""
    reading = read_text(cell)
    if not _has_words(reading):
        return reading
    if found := _POSTCODE.fullmatch(str(reading.value).upper()):
        return Reading("".join(found.groups()))
    return Reading(None, "dit is geen postcode; hij telt als onbekend", "Schrijf vier cijfers en twee letters.", notice=True)


def make_choice_reader(target: str, codes: tuple[str, ...]) -> Callable[[object], Reading]:
    """Return a reader for a fact with choices or a criterion; it knows the codes in any case and the synonyms."""
    known = get_value_synonyms(target) if target in FACTS else {make_key(code): code for code in codes}

    def read_choice(cell: object) -> Reading:
        reading = read_text(cell)
        return _find_choice(str(reading.value), target, codes, known) if _has_words(reading) else reading

    return read_choice


def _has_words(reading: Reading) -> bool:
    return isinstance(reading.value, str) and (reading.notice or not reading.problem)


def _find_choice(word: str, target: str, codes: tuple[str, ...], known: Mapping[str, str]) -> Reading:
    if code := known.get(make_key(word)):
        return Reading(code)
    choose = f"Kies uit: {', '.join(codes)}."
    if is_unknown(word, target):
        return Reading(None)
    if is_perhaps_unknown(word, target):
        return Reading(None, "deze waarde telt als onbekend", f"Weet je het wel? {choose}", notice=True)
    share = _SHARE.fullmatch(word)
    if target == "eigendomsvorm" and share and (code := known.get(make_key(share[1]))):
        problem = f"deze waarde is gelezen als {code}, het percentage is niet overgenomen"
        return Reading(code, problem, "Zet het percentage in een kolom aandeel_eigendom.", notice=True)
    return Reading(None, "deze waarde is geen keuze", choose)
