"""Read the rows of a CSV file as text, so that an id never becomes a number."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.tables.headrow import HEAD, Judge

DELIMITERS = (";", ",", "\t", "|")
_SAVE_AGAIN = "Sla het in Excel op als 'CSV UTF-8', of lever het aan als .xlsx."
_TOLD = "sep="  # the line with which a file tells Excel its delimiter
_SEEN = 4096  # bytes from which UTF-16 without a mark is recognised


def read_csv_rows(path: Path, name: str, judge: Judge) -> Iterator[Sequence[str]]:
    """Yield every record, blank ones too; a record counts as one row, as it does in a spreadsheet.

    `judge` tells how well the first rows read as a table; the delimiter that reads best is taken.
    """
    text = _decode(path.read_bytes(), name)
    if "\x00" in text:
        raise UnusableInputError("Dit is geen tekstbestand: er staan nul-tekens in.", _SAVE_AGAIN, where=name)
    told = text.startswith(_TOLD) and text[5:6] in ("\r", "\n", "")
    reader = _split(text, text[4] if told and text[4:5] in DELIMITERS else _find_delimiter(text, judge))
    if told:
        next(reader, None)
        yield ()  # it counts as a row and says nothing
    try:
        yield from reader
    except csv.Error as error:
        problem = f"Regel {reader.line_num} is niet te lezen; er staat een aanhalingsteken verkeerd, of de tekst is te lang."
        raise UnusableInputError(problem, _SAVE_AGAIN, where=name) from error


def _split(text: str, delimiter: str) -> Any:  # the type of a csv reader has no public name
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _decode(content: bytes, name: str) -> str:
    """Decode as the mark at the start says, else as UTF-8, else as the Windows code page of Excel (Latin-1 is within it)."""
    for encoding in _guess_encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableInputError("De tekens in dit bestand zijn niet te lezen.", _SAVE_AGAIN, where=name)


def _guess_encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    head = content[:_SEEN]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 4  # Latin text in UTF-16 has a zero in nearly every other byte
    if odd > max(half, even):
        return ("utf-16-le",)
    if even > max(half, odd):
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _find_delimiter(text: str, judge: Judge) -> str:
    """Return the delimiter with which the top of the file reads best as a table, or else gives the most columns."""

    def rate(delimiter: str) -> tuple[float, int]:
        rows: list[list[str]] = []
        try:
            rows.extend(islice(_split(text, delimiter), HEAD))
        except csv.Error:
            rows = rows or [[]]
        return judge(rows), next((len(row) for row in rows if len(row) > 1 or any(map(str.strip, row))), 0)

    return max(DELIMITERS, key=rate)
