"""Read the rows of an Excel workbook: the cells as Excel last computed them.

A workbook is a zip, and what may be in it was checked before (`zips.py`). openpyxl parses the XML inside with defusedxml.

A formula that Excel never worked out has no value. Its text takes the place of the value, so that the sender can be told.
"""

# mypy: disable-error-code="no-untyped-call"
# (openpyxl has no types)

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.intake import FAULT_SHEETS
from quickscan.ingest.tables.headrow import HEAD, Judge, Row

SHEET = "gebouwen"
EXPLANATION = "uitleg"  # the sheet of our own template that explains the columns
LAST_ROW = 1_048_576  # of a sheet in Excel; a file that counts on would be read for ever
_CHUNK, _OVERLAP = 1_000_000, 100
_EMPTY_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^<>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_OPEN_AND_SAVE = "Open het in Excel en sla het opnieuw op als .xlsx."


@contextmanager
def open_xlsx_rows(path: Path, name: str, judge: Judge) -> Iterator[tuple[Iterator[Row], list[Fault]]]:
    """Give every row of the sheet with the buildings, blank rows too, and what the sender must know about the sheets.

    `judge` tells how well the first rows of a sheet read as a table. The sheet "gebouwen" goes before all.
    """
    with ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validation, which are not read
        workbook = _open(stack, path, name, data_only=True)
        sheet, notices = _choose_sheet(workbook, name, judge)
        rows = _iterate(sheet, name)
        if _has_empty_formulas(path):
            formulas = _open(stack, path, name, data_only=False)[sheet.title]
            rows = _fill_formulas(rows, _iterate(formulas, name))
        yield rows, notices


def _open(stack: ExitStack, path: Path, name: str, *, data_only: bool) -> Any:
    from openpyxl.reader.excel import load_workbook  # noqa: PLC0415 - takes 0.3 s, which a GeoPackage need not wait for

    stream = stack.enter_context(path.open("rb"))  # openpyxl leaves a broken file open
    with _say_broken(name):
        workbook = load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
    stack.callback(workbook.close)
    return workbook


@contextmanager
def _say_broken(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # the parts of a broken workbook fail in a dozen ways
        raise UnusableInputError("Dit Excel-bestand is beschadigd.", _OPEN_AND_SAVE, where=name) from error


def _iterate(sheet: Any, name: str, *, most: int | None = None) -> Iterator[Row]:
    with _say_broken(name):
        sheet.reset_dimensions()  # what a file says about its own size is often wrong
        for row in sheet.iter_rows(values_only=True, max_row=most or LAST_ROW):
            yield [_as_shown(cell) for cell in row] if True in row or False in row else row


def _choose_sheet(workbook: Any, name: str, judge: Judge) -> tuple[Any, list[Fault]]:
    """Return the sheet "gebouwen", or else the visible sheet that reads best as a table; the others are named."""
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"] or workbook.worksheets
    if not sheets:
        raise UnusableInputError("In dit Excel-bestand staat geen werkblad.", _OPEN_AND_SAVE, where=name)
    named = [sheet for sheet in sheets if sheet.title.strip().casefold() == SHEET]
    if named or len(sheets) == 1:
        best = (named or sheets)[0]
    else:
        best = max(sheets, key=lambda sheet: judge(list(_iterate(sheet, name, most=HEAD))))
    ours = {EXPLANATION, *FAULT_SHEETS}
    others = [sheet.title for sheet in workbook.worksheets if sheet is not best and sheet.title not in ours]
    if not others:
        return best, []
    problem = f"werkblad '{best.title}' is gelezen; niet gelezen: {', '.join(others)}"
    advice = "Staan daar ook gebouwen? Zet ze op één werkblad, of lever ze apart aan."
    return best, [Fault(None, None, None, problem, advice, notice=True)]


def _has_empty_formulas(path: Path) -> bool:
    """Tell whether a sheet has a formula without a value, from the text of the XML: parsing would take seconds."""
    with zipfile.ZipFile(path) as packed:
        for entry in packed.namelist():
            if not entry.startswith("xl/worksheets/"):
                continue
            with packed.open(entry) as stream:
                before = b""
                while chunk := stream.read(_CHUNK):
                    if b"f" in chunk and _EMPTY_FORMULA.search(before + chunk):
                        return True
                    before = chunk[-_OVERLAP:]
    return False


def _fill_formulas(rows: Iterator[Row], formulas: Iterator[Row]) -> Iterator[Row]:
    for row, written in zip(rows, formulas, strict=False):
        if len(written) > len(row):
            row = [*row, *[None] * (len(written) - len(row))]  # noqa: PLW2901 - the same row, as wide as it is
        yield [_show_formula(text) if cell is None else cell for cell, text in zip(row, written, strict=False)]


def _show_formula(text: object) -> object:
    """Return the formula in a cell without a value as text; None when the cell is empty."""
    return None if text is None else str(text if isinstance(text, str) else f"={getattr(text, 'text', '') or '?'}")


def _as_shown(cell: object) -> object:
    """Return a truth value as Dutch Excel shows it: Python would take True for the number 1."""
    return ("WAAR" if cell else "ONWAAR") if isinstance(cell, bool) else cell
