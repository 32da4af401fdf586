"""Read the rows of an Excel workbook: the cells as Excel last computed them, after a look inside the zip.

A workbook is a zip. A few kilobytes can unpack to gigabytes, so the sizes are checked before anything is unpacked; the
zip reader never unpacks more than the size it was told. openpyxl parses the XML inside with defusedxml.
"""

# mypy: disable-error-code="no-untyped-call"
# (openpyxl has no types)

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from quickscan.domain.errors import UnusableInputError

SHEET = "gebouwen"
MAX_ENTRIES = 1_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100  # of unpacked to packed; sheets of real lists stay below 40
SMALL = 1_000_000  # an entry below this is harmless at any ratio
_ENCRYPTED = 0x1
_OPEN_AND_SAVE = "Open het in Excel en sla het opnieuw op als .xlsx."


def read_xlsx_rows(path: Path, name: str) -> Iterator[Sequence[object]]:
    """Yield every row of the sheet "gebouwen", or else of the first sheet; blank rows too."""
    _check_zip(path, name)
    from openpyxl.reader.excel import load_workbook  # noqa: PLC0415 - takes 0.3 s, which a GeoPackage need not wait for

    try:
        with path.open("rb") as stream, warnings.catch_warnings():  # openpyxl leaves a broken file open
            warnings.simplefilter("ignore")  # about styles and validation, which are not read
            workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                sheet = _choose_sheet(workbook, name)
                sheet.reset_dimensions()  # what a file says about its own size is often wrong
                for row in sheet.iter_rows(values_only=True):
                    yield [_as_shown(cell) for cell in row] if True in row or False in row else row
            finally:
                workbook.close()
    except UnusableInputError:
        raise
    except Exception as error:  # the parts of a broken workbook fail in a dozen ways
        raise UnusableInputError("Dit Excel-bestand is beschadigd.", _OPEN_AND_SAVE, where=name) from error


def _choose_sheet(workbook: Any, name: str) -> Any:
    sheets = workbook.worksheets
    if not sheets:
        raise UnusableInputError("In dit Excel-bestand staat geen werkblad.", _OPEN_AND_SAVE, where=name)
    return next((sheet for sheet in sheets if sheet.title.strip().casefold() == SHEET), sheets[0])


def _as_shown(cell: object) -> object:
    """Return a truth value as Dutch Excel shows it: Python would take True for the number 1."""
    return ("WAAR" if cell else "ONWAAR") if isinstance(cell, bool) else cell


def _check_zip(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnusableInputError("Dit Excel-bestand is beschadigd of niet compleet.", _OPEN_AND_SAVE, where=name) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise UnusableInputError("Dit is een zip-bestand, geen Excel-bestand.", _OPEN_AND_SAVE, where=name)
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise UnusableInputError("Dit Excel-bestand bevat macro's.", "Sla het op als .xlsx, zonder macro's.", where=name)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise UnusableInputError("Dit Excel-bestand is versleuteld.", "Sla het op zonder wachtwoord.", where=name)
    if (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > MAX_UNPACKED
        or any(entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size) for entry in entries)
    ):
        advice = "Zet alleen de lijst met gebouwen in een nieuw bestand, of lever een csv aan."
        raise UnusableInputError("Dit Excel-bestand is uitgepakt veel te groot.", advice, where=name)
