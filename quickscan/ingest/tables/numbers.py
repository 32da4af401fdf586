"""Read numbers as Dutch senders write them: "61,0", "€ 325.000,00", "163 m²", "1.234".

A comma is a decimal comma, a point groups thousands: the Dutch way, and the way when nothing says otherwise. Only the
forms `1.234` and `1,234` (one mark, three digits behind it, one to three before, no leading zero) can be read in two
ways. The column decides. When another cell shows a decimal point beyond doubt ("12.5", "1234.567") and none shows
Dutch marks beyond doubt ("61,0", "1.234,5"), the column is pointed: 1.234 is a little over one and 1,234 is over a
thousand. When both kinds occur, the column is mixed, and a cell that can be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum, auto

from quickscan.domain.facts import FactSpec
from quickscan.ingest.raw import Reading, is_moment
from quickscan.ingest.tables.aliases import is_perhaps_unknown, is_unknown

EXCEL_ERRORS = frozenset(
    "#REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #N/A #VERW! #WAARDE! #DEEL/0! #NAAM? #LEEG! #GETAL! #N/B".split()  # noqa: SIM905
)


class Marks(Enum):
    """How a column writes decimals and thousands."""

    DUTCH = auto()
    POINTED = auto()
    MIXED = auto()


_UNITS = {
    "m²": r"(?:m²|m2|vierkante meter)",
    "m": r"(?:meter|mtr|m)",
    "%": r"(?:%|procent)",
    "€": r"(?:€|eur|euro)",
}
_WHOLE = re.compile(r"\d+")
_UNDECIDED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DUTCH = re.compile(r"\d+,\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_POINTED = re.compile(r"\d+\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")
_ABOUT = re.compile(r"(?:ca\.?|circa|ongeveer|ong\.?|omstreeks|±|~|rond)\s*\d|\d+\s*(?:à|a)\s*\d|[<>≤≥]\s*\d", re.IGNORECASE)
_ROUGHLY = re.compile(r"(?:ca\.?|circa|ongeveer|ong\.?|omstreeks|±|~|rond)\s*(\S.*)", re.IGNORECASE)
_SUM = re.compile(r"\d[\d.,]*\s*[+*/x\-–]\s*\d[\d.,]*(?:\s*[+*/x\-–]\s*\d[\d.,]*)*", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?")
_SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_LONGEST = 100  # no number is longer; spares the patterns
_HUGE = 10**300  # a whole number in a workbook can be too large for a float
_ONE_NUMBER = "Zet er één getal neer, of laat de cel leeg als het onbekend is."
_COUNT_IT = "Reken het zelf uit en zet er één getal neer."


def find_marks(cells: Iterable[object], unit: str = "") -> Marks:
    """Return how the text cells of a column write decimals and thousands."""
    bare = [strip_unit(cell, unit) for cell in cells if isinstance(cell, str) and len(cell) <= _LONGEST]
    sure = [text for text in bare if not _UNDECIDED.fullmatch(text)]
    pointed = any(_POINTED.fullmatch(text) for text in sure)
    dutch = any(_DUTCH.fullmatch(text) for text in sure)
    if pointed:
        return Marks.MIXED if dutch else Marks.POINTED
    return Marks.DUTCH


def strip_unit(text: str, unit: str) -> str:
    """Return the number without its sign, unit and the dash that stands for no cents ("325.000,-")."""
    bare = _strip_sign(re.sub(r"\s+", " ", text))
    if unit in _UNITS:
        bare = re.sub(rf"^{_UNITS[unit]}\s*|(?<=[\d\-])\s*{_UNITS[unit]}$", "", bare, flags=re.IGNORECASE)
    if unit == "€":
        bare = re.sub(r",-{1,2}$", "", bare)
    return _strip_sign(bare)


def _strip_sign(text: str) -> str:
    return text.strip().lstrip("+-−").strip()


def read_number(cell: object, spec: FactSpec, marks: Marks) -> Reading:
    """Read one cell of a number column."""
    if is_moment(cell):
        advice = (
            f"Zet er alleen het jaartal neer ({cell.year})." if isinstance(cell, date) and "jaar" in spec.name else _ONE_NUMBER
        )
        return Reading(None, "hier staat een datum, er hoort een getal", advice)
    if not isinstance(cell, str):
        if isinstance(cell, (int, float)) and abs(cell) < _HUGE:
            return Reading(float(cell))
        return Reading(None, "hier hoort een getal", _ONE_NUMBER)
    if is_unknown(cell, spec.name):
        return Reading(None)
    if is_perhaps_unknown(cell, spec.name):
        return Reading(None, "deze waarde telt als onbekend", "Vul een getal in als het bekend is.", notice=True)
    return _read_text(cell.strip(), spec, marks)


def _read_text(text: str, spec: FactSpec, marks: Marks) -> Reading:
    if len(text) > _LONGEST:
        return Reading(None, "hier staat tekst, er hoort een getal", _ONE_NUMBER)
    bare = strip_unit(text, spec.unit)
    sign = -1.0 if re.match(r"\D*[-−]\s*\D{0,2}\d", text) else 1.0
    if _UNDECIDED.fullmatch(bare):
        if marks is Marks.MIXED:
            thousands, fraction = re.sub(r"[.,]", "", bare), bare.replace(".", ",")
            problem = f"dit kan {thousands} zijn of {fraction}: de kolom gebruikt punt en komma door elkaar"
            return Reading(None, problem, "Schrijf het getal zonder punt voor duizendtallen.")
        decimal = "." if marks is Marks.POINTED else ","
        return Reading(sign * _to_float(bare, decimal))
    if _WHOLE.fullmatch(bare) or _DUTCH.fullmatch(bare) or _POINTED.fullmatch(bare):
        return Reading(sign * _to_float(bare, _find_decimal_mark(bare)))
    if roughly := _ROUGHLY.fullmatch(text):
        return _read_roughly(roughly[1], spec, marks)
    return _explain(text, spec)


def _read_roughly(text: str, spec: FactSpec, marks: Marks) -> Reading:
    """Read "ca. 1962" as 1962: one number can be meant, and the sender is told that it counts as if it were precise."""
    inner = _read_text(text, spec, marks)
    if inner.problem or inner.value is None:
        return Reading(None, "dit is geen precies getal", _ONE_NUMBER)
    problem = f"dit is geen precies getal; het is gelezen als {inner.value:.15g}".replace(".", ",")
    return Reading(inner.value, problem, "Weet je het precies? Zet dan alleen dat getal neer.", notice=True)


def _find_decimal_mark(bare: str) -> str:
    """Return the last mark, unless it occurs twice: then it groups thousands and there are no decimals."""
    last = max(bare.rfind("."), bare.rfind(","))
    return bare[last] if last >= 0 and bare.count(bare[last]) == 1 else ""


def _to_float(bare: str, decimal: str) -> float:
    whole, _, fraction = bare.partition(decimal) if decimal else (bare, "", "")
    return float(f"{re.sub('[.,]', '', whole)}.{fraction or 0}")


def _explain(text: str, spec: FactSpec) -> Reading:
    if text.upper() in EXCEL_ERRORS:
        return Reading(None, "deze cel heeft in Excel een fout", "Herstel de formule, of zet de waarde zelf neer.")
    if _SCIENTIFIC.fullmatch(text):
        return Reading(
            None, "Excel heeft dit getal afgekort", "Zet de kolom op 'Getal' en neem de waarde opnieuw over uit de bron."
        )
    if _DATE.fullmatch(text):
        year = " Zet er alleen het jaartal neer." if "jaar" in spec.name else f" {_ONE_NUMBER}"
        return Reading(None, "hier staat een datum, er hoort een getal", year.strip())
    if _ABOUT.search(text):
        return Reading(None, "dit is geen precies getal", _ONE_NUMBER)
    if _SUM.fullmatch(text):
        return Reading(None, "dit is een som of een reeks, er hoort één getal", _COUNT_IT)
    return Reading(None, "hier staat tekst, er hoort een getal", _ONE_NUMBER)


def read_degrees(cell: object) -> float | None:
    """Read a coordinate in degrees, in which a point and a comma are both decimal; None when it is no number."""
    try:
        return float(cell.strip().replace(",", ".") if isinstance(cell, str) else cell)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
