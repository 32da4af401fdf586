"""Read the rows of a CSV file as text, so that an id never becomes a number."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from quickscan.domain.errors import UnusableInputError

DELIMITERS = (";", ",", "\t")
_SAVE_AGAIN = "Sla het in Excel op als 'CSV UTF-8', of lever het aan als .xlsx."


def read_csv_rows(path: Path, name: str) -> Iterator[Sequence[str]]:
    """Yield every record, blank ones too; a record counts as one row, as it does in a spreadsheet."""
    text = _decode(path.read_bytes(), name)
    if "\x00" in text:
        raise UnusableInputError("Dit is geen tekstbestand: er staan nul-tekens in.", _SAVE_AGAIN, where=name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        problem = f"Regel {reader.line_num} is niet te lezen; er staat een aanhalingsteken verkeerd, of de tekst is te lang."
        raise UnusableInputError(problem, _SAVE_AGAIN, where=name) from error


def _decode(content: bytes, name: str) -> str:
    """Decode as the mark at the start says, else as UTF-8, else as the Windows code page of Excel."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableInputError("De tekens in dit bestand zijn niet te lezen.", _SAVE_AGAIN, where=name)


def _find_delimiter(text: str) -> str:
    """Return the delimiter that splits the header row in the most cells."""

    def count_cells(delimiter: str) -> int:
        try:
            return next((len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)), 0)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=count_cells)
