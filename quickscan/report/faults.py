"""The rows that were refused, back to their sender as a workbook: mend them there, send it again, and they come in.

The first sheet has the sender's own columns, in his order and as he wrote them, and three columns of ours at the end
that are skipped when the workbook is read again. Every cell is text: an id keeps its zeros and a formula does nothing.
The second sheet has all faults and notices.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from quickscan.domain.errors import Fault
from quickscan.domain.intake import FAULT_HEADERS, FAULT_SHEETS, Intake

_TOLD = ("Soort", "Rij", "Kolom", "Waarde", "Wat is er", "Wat te doen")
_TOLD_WIDTHS = (10, 8, 26, 26, 60, 60)
_OWN_WIDTHS = (18, 60, 60)
_NARROW, _WIDE = 10, 40
_TEXT = 49  # the number under which Excel knows its own format "Tekst"
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same faults are the same file


def write_fault_workbook(intake: Intake, rows: Mapping[int, Sequence[object]], headers: Sequence[str], *, name: str) -> bytes:
    """Return the workbook. `rows` are cells of the refused rows by the sender's row number, in the order of `headers`;
    `name` is what the sender called the file."""
    import xlsxwriter  # noqa: PLC0415 - only for whoever takes the faults away

    stream = io.BytesIO()
    # A row at a time, so that a file full of faults takes no more memory than a row.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"title": f"Te verbeteren rijen van {name}", "created": _MADE})
        text = {"num_format": _TEXT, "quote_prefix": True, "valign": "top"}
        formats = {
            "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "num_format": _TEXT}),
            "text": workbook.add_format(text),
            "wrong": workbook.add_format({**text, "bg_color": "#FCE4D6", "border": 1, "border_color": "#C00000"}),
            "told": workbook.add_format({**text, "text_wrap": True}),
        }
        _write_rows(workbook, formats, intake, rows, headers)
        _write_faults(workbook, formats, intake.faults)
    return stream.getvalue()


def _write_rows(
    workbook: Any, formats: Mapping[str, Any], intake: Intake, rows: Mapping[int, Sequence[object]], headers: Sequence[str]
) -> None:
    sheet = workbook.add_worksheet(FAULT_SHEETS[0])
    sheet.freeze_panes(1, 0)
    for place, header in enumerate(headers):
        sheet.set_column(place, place, min(max(len(header) + 2, _NARROW), _WIDE), formats["text"])
    for place, width in enumerate(_OWN_WIDTHS, start=len(headers)):
        sheet.set_column(place, place, width)
    for place, header in enumerate((*headers, *FAULT_HEADERS)):
        sheet.write_string(0, place, header, formats["head"])
    found: dict[int, list[Fault]] = {}
    for fault in intake.faults:
        if fault.row is not None:
            found.setdefault(fault.row, []).append(fault)
    for line, number in enumerate(sorted(rows), start=1):
        errors = [fault for fault in found.get(number, []) if not fault.notice]
        wrong = {fault.column for fault in errors}
        for place, (header, cell) in enumerate(zip(headers, rows[number], strict=False)):
            shown = show_text(cell)
            if shown or header in wrong:
                _write_text(sheet, line, place, shown, formats["wrong" if header in wrong else "text"])
        told = (str(number), "\n".join(map(_say_problem, errors)), "\n".join(dict.fromkeys(fault.advice for fault in errors)))
        for place, words in enumerate(told, start=len(headers)):
            _write_text(sheet, line, place, words, formats["told"])


def _write_faults(workbook: Any, formats: Mapping[str, Any], faults: Sequence[Fault]) -> None:
    sheet = workbook.add_worksheet(FAULT_SHEETS[1])
    sheet.freeze_panes(1, 0)
    for place, (header, width) in enumerate(zip(_TOLD, _TOLD_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, header, formats["head"])
    for line, fault in enumerate(sorted(faults, key=lambda fault: fault.notice), start=1):
        kind = "melding" if fault.notice else "fout"
        row = "" if fault.row is None else str(fault.row)
        words = (kind, row, fault.column or "", fault.value or "", fault.problem, fault.advice)
        for place, word in enumerate(words):
            _write_text(sheet, line, place, word, formats["told"])


def _write_text(sheet: Any, line: int, place: int, text: str, style: Any) -> None:
    if text:
        sheet.write_string(line, place, text, style)
    else:
        sheet.write_blank(line, place, None, style)


def _say_problem(fault: Fault) -> str:
    return f"{fault.column}: {fault.problem}" if fault.column else fault.problem


def show_text(cell: object) -> str:
    """Return a cell as its sender would type it in a column of text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "WAAR" if cell else "ONWAAR"
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:.15g}".replace(".", ",")  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(cell, datetime):
        return cell.strftime("%d-%m-%Y %H:%M").removesuffix(" 00:00")
    return cell.strftime("%d-%m-%Y") if isinstance(cell, date) else str(cell)
