"""The empty table that people download, fill in and send back. Its headers are the names of the facts.

Columns with ids, codes and house numbers are text, or a spreadsheet eats the leading zero and makes 27-3 a date.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from quickscan.domain.facts import FACTS, FactSpec, Kind
from quickscan.ingest.tables.table import MAX_ROWS
from quickscan.ingest.tables.xlsx_rows import EXPLANATION, SHEET

if TYPE_CHECKING:
    from xlsxwriter import Workbook

# Left out: what registers know better, what the tool works out, and what is chosen on the screen.
_NOT_ASKED = frozenset(
    [
        "gemeentecode",
        "wijkcode",
        "wijk",
        "buurtcode",
        "gebruiksdoel",
        "aantal_verblijfsobjecten",
        "oppervlakte_min",
        "oppervlakte_max",
        "ncw_per_woning_eur",
        "extra_bouwlagen",
        "nieuw_woningtype",
    ]
)
TEMPLATE_FACTS: tuple[FactSpec, ...] = tuple(spec for name, spec in FACTS.items() if name not in _NOT_ASKED)
_EXAMPLES: Mapping[str, str] = {
    "pand_id": "0518100000203346",
    "complex_code": "01000",
    "naam": "De Brink",
    "straat": "Vlaskamp",
    "huisnummer": "214-226",
    "postcode": "2592AA",
    "woonplaats": "'s-Gravenhage",
    "gemeente": "'s-Gravenhage",
    "buurt": "Marlot",
    "bouwjaar": "1962",
    "conditiescore": "3",
    "aandeel_eigendom": "62",
    "groot_onderhoud_jaar": "2029",
    "renovatiejaar": "1998",
    "woz_gemiddeld_eur": "325000",
    "hoogte_m": "12,5",
    "gemiddelde_go_m2": "61,5",
}
_HEADINGS = ("kolom", "naam", "soort", "eenheid", "toegestaan", "uitleg", "voorbeeld", "verplicht")
_TEXT = 49  # the number under which Excel knows its own format "Tekst"
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same template is the same file


def make_template(kind: Literal["csv", "xlsx"]) -> bytes:
    """Return an empty template: a header row, and in a workbook a second sheet that explains every column."""
    return _make_csv() if kind == "csv" else _make_workbook()


def _make_csv() -> bytes:
    return f"{';'.join(spec.name for spec in TEMPLATE_FACTS)}\r\n".encode("utf-8-sig")


def _make_workbook() -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only for whoever downloads the template

    stream = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, plain) as workbook:
        workbook.set_properties({"title": "Sjabloon Quickscan optoppen", "created": _MADE})
        _add_buildings(workbook)
        _add_explanation(workbook)
    return stream.getvalue()


def _add_buildings(workbook: Workbook) -> None:
    sheet: Any = workbook.add_worksheet(SHEET)
    bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": _TEXT})
    sheet.freeze_panes(1, 1)
    for place, spec in enumerate(TEMPLATE_FACTS):
        sheet.set_column(place, place, max(18, len(spec.name) + 2), text if spec.kind is Kind.TEKST else None)
        sheet.write_string(0, place, spec.name, bold)
        if spec.options:
            choices = {
                "validate": "list",
                "source": list(spec.options),
                "error_type": "warning",
                "error_title": spec.label,
                "error_message": "Kies een waarde uit de lijst, of laat de cel leeg als het onbekend is.",
            }
            sheet.data_validation(1, place, MAX_ROWS, place, choices)


def _add_explanation(workbook: Workbook) -> None:
    sheet: Any = workbook.add_worksheet(EXPLANATION)
    bold = workbook.add_format({"bold": True})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": _TEXT})
    sheet.freeze_panes(1, 1)
    for place, (heading, width) in enumerate(zip(_HEADINGS, (24, 22, 12, 9, 44, 60, 20, 10), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, bold)
    for row, spec in enumerate(TEMPLATE_FACTS, start=1):
        required = "ja" if spec.name == "pand_id" else "nee"
        words = (spec.name, spec.label, spec.kind, spec.unit, _say_allowed(spec), spec.help, give_example(spec), required)
        for place, word in enumerate(words):
            sheet.write_string(row, place, str(word), wrap)
    sheet.write_string(len(TEMPLATE_FACTS) + 2, 0, "Weet je een waarde niet? Laat de cel dan leeg.", bold)


def _say_allowed(spec: FactSpec) -> str:
    if spec.options:
        return ", ".join(spec.options)
    return f"{spec.low:.0f} tot en met {spec.high:.0f}" if spec.is_number else "tekst"


def give_example(spec: FactSpec) -> str:
    """Return a value that may stand in the column of this fact."""
    if spec.name in _EXAMPLES:
        return _EXAMPLES[spec.name]
    if spec.options:
        return spec.options[0]
    return f"{max(spec.low or 0, min(spec.high or 0, 4)):.0f}" if spec.is_number else "tekst"
