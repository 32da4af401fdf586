"""Gather the rows of a CSV file or a workbook into columns of cells.

Rows are numbered as a spreadsheet numbers them: the first row of the file is 1, and blank rows count. The header is
the first row that is not blank. Cells stay as they are: text stays text, whatever it looks like.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path

import numpy as np

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.ingest.files import FileKind
from quickscan.ingest.headers import match_headers
from quickscan.ingest.raw import Cells, RawTable

MAX_ROWS = 200_000
MAX_COLUMNS = 200
_Row = tuple[int, Sequence[object]]


def read_table(path: Path, kind: FileKind, name: str, *, criteria: Iterable[str]) -> RawTable:
    """Return the used columns of a table; raises UnusableInputError when it is too large or has no header."""
    numbered = _drop_blank_rows(_open_rows(path, kind, name))
    number, first = next(numbered, (0, ()))
    if not number:
        advice = "Zet in de eerste rij de namen van de kolommen, en daaronder de gebouwen."
        raise UnusableInputError("In dit bestand staat niets.", advice, where=name)
    headers = _name_headers(first, name)
    matched = match_headers(headers, criteria=criteria)
    positions = matched.positions
    faults: list[Fault] = []
    rows: list[int] = []
    kept: list[Sequence[object]] = []
    pick = itemgetter(*positions.values(), 0, 0)  # two more, so that it returns a tuple with one column too
    for row, cells in numbered:
        if len(rows) == MAX_ROWS:
            _refuse_rows(name)
        if len(cells) > len(headers) and any(map(_is_filled, cells[len(headers) :])):
            faults.append(_say_too_wide(row, len(cells), len(headers)))
        rows.append(row)
        kept.append(pick([*cells, *[None] * (len(headers) - len(cells))]))
    columns = _turn(kept, len(positions))
    return RawTable(matched, dict(zip(positions, columns, strict=True)), np.array(rows, dtype=np.int64), faults=faults)


def _open_rows(path: Path, kind: FileKind, name: str) -> Iterator[Sequence[object]]:
    if kind is FileKind.CSV:
        from quickscan.ingest.csv_rows import read_csv_rows  # noqa: PLC0415 - only what this kind of file needs

        return read_csv_rows(path, name)
    from quickscan.ingest.xlsx_rows import read_xlsx_rows  # noqa: PLC0415

    return read_xlsx_rows(path, name)


def _is_filled(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or (bool(cell) and not cell.isspace()))


def _drop_blank_rows(rows: Iterable[Sequence[object]]) -> Iterator[_Row]:
    return ((number, cells) for number, cells in enumerate(rows, start=1) if any(map(_is_filled, cells)))


def _name_headers(first: Sequence[object], name: str) -> list[str]:
    """Return the headers, with a name for a column without one; empty columns at the end are dropped."""
    texts = ["" if cell is None else " ".join(str(cell).split()) for cell in first]
    while not texts[-1]:
        texts.pop()
    if len(texts) > MAX_COLUMNS:
        advice = "Haal de kolommen weg die je niet nodig hebt."
        raise UnusableInputError(f"Dit bestand heeft meer dan {MAX_COLUMNS} kolommen.", advice, where=name)
    return [text or f"(kolom {_letter(place)})" for place, text in enumerate(texts)]


def _letter(place: int) -> str:
    """Return the letters a spreadsheet puts above a column."""
    before, last = divmod(place, 26)
    return (string.ascii_uppercase[before - 1] if before else "") + string.ascii_uppercase[last]


def _say_too_wide(row: int, cells: int, headers: int) -> Fault:
    problem = f"deze rij heeft {cells} cellen, de kop heeft er {headers}"
    return Fault(row, None, None, problem, "Zet tekst met een scheidingsteken erin tussen aanhalingstekens.")


def _refuse_rows(name: str) -> None:
    shown = f"{MAX_ROWS:,}".replace(",", ".")
    advice = "Splits het bestand, of gebruik 'python -m quickscan screen' met een GeoPackage."
    raise UnusableInputError(f"Dit bestand heeft meer dan {shown} rijen.", advice, where=name)


def _turn(rows: Sequence[Sequence[object]], columns: int) -> list[Cells]:
    """Turn rows into columns of objects; an empty cell is None."""
    flat = np.empty(len(rows) * (columns + 2), dtype=object)
    flat[:] = list(chain.from_iterable(rows))
    flat[flat == ""] = None
    return list(flat.reshape(len(rows), columns + 2).T[:columns])
