"""Read a municipality's parking norms from CSV or Excel, one line per row, with every fault named by row and column.

The rules of the other lists hold here too: the file is looked at before it is read, the header may stand below a title,
and a row with a fault stays out while the rest comes in.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.parking_norms import COLUMNS, MOST_LINES, NormLine, as_cells, check_line, find_doubles
from quickscan.ingest.guard.files import MB, FileKind, check_file
from quickscan.ingest.tables.csv_rows import read_csv_rows
from quickscan.ingest.tables.headrow import HEAD, Header, Row, find_header, write_name
from quickscan.ingest.tables.xlsx_rows import open_xlsx_rows

MOST_BYTES = MB
NUMBERS = ("waarde", "bezoekers")
NEEDED = ("gemeente", "naam", "waarde", "bron")
ALIASES = {
    "doelgroep": "naam",
    "maatregel": "naam",
    "woningtype": "naam",
    "soort woning": "naam",
    "norm": "waarde",
    "parkeernorm": "waarde",
    "korting": "waarde",
    "plekken per woning": "waarde",
    "bezoek": "bezoekers",
    "gebied": "zone",
    "type": "soort",
    "herkomst": "bron",
}
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")


@dataclass(frozen=True, slots=True)
class NormFile:
    """What a file gave: the lines that hold, and the faults of the rows that stayed out."""

    lines: tuple[NormLine, ...]
    faults: tuple[Fault, ...]


def read_norms(path: Path, name: str) -> NormFile:
    """Return the lines of a file; raises UnusableInputError when it cannot be read or has no header that is known."""
    kind = check_file(path, name)
    if kind not in (FileKind.CSV, FileKind.XLSX):
        raise UnusableInputError("Parkeernormen staan in een lijst.", "Lever ze aan als .xlsx of .csv.", where=name)
    if path.stat().st_size > MOST_BYTES:
        raise UnusableInputError("Dit bestand is te groot voor een normtabel.", "Lever alleen de normen aan.", where=name)
    with ExitStack() as stack:
        rows: Iterable[Row]
        if kind is FileKind.CSV:
            rows = read_csv_rows(path, name, _judge)
        else:
            rows, _ = stack.enter_context(open_xlsx_rows(path, name, _judge))
        listed = [row for row, _ in zip(rows, range(MOST_LINES + HEAD), strict=False)]
    header = find_header(listed, _find)
    missing = [column for column in NEEDED if header is None or column not in map(_find, header.names)]
    if header is None or missing:
        problem = f"In de kop ontbreekt: {', '.join(missing)}."
        raise UnusableInputError(problem, f"Zet in de eerste rij: {', '.join(COLUMNS)}.", where=name)
    return _check(listed, header)


def _judge(rows: Sequence[Row]) -> float:
    header = find_header(rows, _find)
    return header.score if header else 0.0


def _find(header: str) -> str | None:
    """Return the column that a header means: by its name, another word for it, or one that is nearly it."""
    word = re.sub(r"\s*\(.*?\)", "", header).strip().casefold()
    known = {**{name: name for name in COLUMNS}, **ALIASES}
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.85)
    return known[near[0]] if near else None


def _check(rows: Sequence[Row], header: Header) -> NormFile:
    places = {column: place for place, head in reversed(list(enumerate(header.names))) if (column := _find(head))}
    lines: list[tuple[int | None, NormLine]] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows[header.last :], header.last + 1):
        if not any(map(write_name, row)):
            continue
        cells = {column: row[place] if place < len(row) else None for column, place in places.items()}
        wrong = list(_read_numbers(cells, number))
        line, found = check_line(cells, row=number)
        told = {fault.column for fault in wrong}
        faults += [*wrong, *(fault for fault in found if fault.column not in told)]
        if line is not None and not wrong:
            lines.append((number, line))
    doubles = list(find_doubles(lines))
    out = {fault.row for fault in doubles}
    return NormFile(tuple(line for row, line in lines if row not in out), (*faults, *doubles))


def _read_numbers(cells: dict[str, object], row: int) -> Iterator[Fault]:
    """Turn the numbers among the cells into numbers, and yield what is none."""
    for name in NUMBERS:
        cell = cells.get(name)
        text = write_name(cell)
        if not text:
            cells[name] = None
        elif not isinstance(cell, int | float) or isinstance(cell, bool):
            found = _NUMBER.fullmatch(text)
            if found is None:
                yield Fault(row, name, text, "dit is geen getal", "Schrijf bijvoorbeeld 0,6; een korting als 20 %.")
                cells[name] = None
            else:
                cells[name] = float(found[1].replace(",", ".")) / (100 if found[2] else 1)


def write_norms(lines: Sequence[NormLine]) -> bytes:
    """Return lines as CSV that `read_norms` reads again; without lines it is a form to fill in."""
    stream = io.StringIO()
    stream.write(";".join(COLUMNS) + "\r\n")
    for line in lines:
        cells = as_cells(line)
        stream.write(";".join(_write(cells[column]) for column in COLUMNS) + "\r\n")
    return stream.getvalue().encode("utf-8-sig")


def _write(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.10g}".replace(".", ",")
    text = str(cell)
    text = f"'{text}" if re.match(r"[=+\-@\t\r]", text) else text  # a spreadsheet could take it for a formula
    return '"' + text.replace('"', '""') + '"' if re.search(r'[";\r\n]', text) else text
