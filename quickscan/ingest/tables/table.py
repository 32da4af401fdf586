"""Gather the rows of a CSV file or a workbook into columns of cells.

Rows are numbered as a spreadsheet numbers them: the first row of the file is 1, and blank rows count. What stands above the
header, totals and remarks between the rows are no buildings: they are left out, and the sender is told which rows those are.
Cells stay as they are: text stays text, whatever it looks like.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path

import numpy as np

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.intake import How
from quickscan.ingest.guard.files import FileKind
from quickscan.ingest.raw import Cells, Matched, RawTable, show_cell, sum_up
from quickscan.ingest.tables.headers import make_finder, match_headers
from quickscan.ingest.tables.headrow import HEAD, Header, Judge, Row, find_header, write_name
from quickscan.ingest.tables.privacy import is_private_content
from quickscan.ingest.tables.words import FORMULA, is_formula

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MOST_KEPT = 4_000_000  # cells up to which those without use are kept, to hand back with a refused row
SAMPLE = 500  # rows in which personal data is looked for and from which examples come
_TOTAL = re.compile(r"(?:(?:sub|eind)?\s*-?\s*tota(?:al|len)|som|gemiddelde?)\b", re.IGNORECASE)
_HEADING_WIDTH = 4  # columns from which a row with a single text is a heading or a remark, not a building
_ID_LENGTH = 12  # a shorter text is not even a damaged pand-id


def read_table(
    path: Path, kind: FileKind, name: str, *, criteria: Iterable[str], mapping: Mapping[str, str | None] | None = None
) -> RawTable:
    """Return the used columns of a table; raises UnusableInputError when it is too large or has no header.

    `mapping` is what a person decided: header → target, None for a column to leave out.
    """
    criteria = tuple(criteria)
    find = make_finder(criteria, mapping)

    def judge(rows: Sequence[Row]) -> float:
        header = find_header(rows, find)
        return header.score if header else 0

    with _open_rows(path, kind, name, judge) as (all_rows, notices):
        blank, rows = _skip_blank(all_rows)
        top = list(islice(rows, HEAD))
        header = find_header(top, find)
        if header is None:
            advice = "Zet in de eerste rij de namen van de kolommen, en daaronder de gebouwen."
            raise UnusableInputError("In dit bestand staat niets.", advice, where=name)
        headers = _name_headers(header, name)
        numbered = enumerate(chain(top[header.last :], rows), start=blank + header.last + 1)
        filled = ((number, cells) for number, cells in numbered if any(map(_is_filled, cells)))
        sample = list(islice(filled, SAMPLE))
        columns = {place: [cells[place] for _, cells in sample if place < len(cells)] for place in range(len(headers))}
        private = {headers[place] for place, cells in columns.items() if is_private_content(cells)}
        matched = match_headers(headers, criteria=criteria, mapping=mapping, private=private)
        cells, numbers, lines, faults = _gather(matched, chain(sample, filled), name)
    empty = {headers[place] for place, cells in columns.items() if not header.names[place] and not any(map(_is_filled, cells))}
    matched = matched.forget(empty)
    samples = {place: columns[place] for place, target in enumerate(matched.targets) if target is None}
    told = [*notices, *_say_header(header, blank), *faults]
    return RawTable(matched, cells, numbers, faults=told, samples=samples, lines=lines)


def _open_rows(path: Path, kind: FileKind, name: str, judge: Judge) -> AbstractContextManager[tuple[Iterator[Row], list[Fault]]]:
    if kind is FileKind.CSV:
        from quickscan.ingest.tables.csv_rows import read_csv_rows  # noqa: PLC0415 - only what this kind of file needs

        return nullcontext((read_csv_rows(path, name, judge), []))
    from quickscan.ingest.tables.xlsx_rows import open_xlsx_rows  # noqa: PLC0415

    return open_xlsx_rows(path, name, judge)


def _is_filled(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or (bool(cell) and not cell.isspace()))


def _skip_blank(rows: Iterator[Row]) -> tuple[int, Iterator[Row]]:
    """Return how many blank rows a table starts with, and the rows after those."""
    for blank, row in enumerate(rows):
        if any(map(_is_filled, row)):
            return blank, chain([row], rows)
    return 0, rows


def _name_headers(header: Header, name: str) -> list[str]:
    """Return the headers; a column without a name, or with one that is there already, is named by its letter."""
    if len(header.names) > MAX_COLUMNS:
        advice = "Haal de kolommen weg die je niet nodig hebt."
        raise UnusableInputError(f"Dit bestand heeft meer dan {MAX_COLUMNS} kolommen.", advice, where=name)
    headers: list[str] = []
    for place, text in enumerate(header.names):
        headers.append(f"{text} (kolom {_letter(place)})".strip() if not text or text in headers else text)
    return headers


def _letter(place: int) -> str:
    """Return the letters a spreadsheet puts above a column."""
    before, last = divmod(place, 26)
    return (string.ascii_uppercase[before - 1] if before else "") + string.ascii_uppercase[last]


def _say_header(header: Header, blank: int) -> list[Fault]:
    """Tell which row is the header when it is not the first one with text."""
    if header.last == 1:
        return []
    first, last = blank + header.first, blank + header.last
    problem = "deze rij is gelezen als kop" if first == last else f"rij {first} en {last} zijn samen gelezen als kop"
    skipped = "; de rijen erboven zijn overgeslagen" if header.first > 1 else ""
    return [Fault(last, None, None, f"{problem}{skipped}", "Klopt dat niet, haal dan de rijen boven de kop weg.", notice=True)]


def _gather(
    matched: Matched, rows: Iterable[tuple[int, Row]], name: str
) -> tuple[dict[str, Cells], Cells, list[Row], list[Fault]]:
    """Return the cells of the used columns, the row numbers, the whole rows, and what is wrong with those."""
    positions, headers = matched.positions, matched.headers
    width, id_place = len(headers), positions.get("pand_id")
    used = frozenset(positions.values())
    faults: list[Fault] = []
    numbers: list[int] = []
    lines: list[Row] = []
    skipped: dict[str, list[int]] = defaultdict(list)
    for number, row in rows:
        if len(numbers) == MAX_ROWS:
            _refuse_rows(name)
        cells = row
        if len(row) != width:
            if any(map(_is_filled, row[width:])):
                faults.append(_say_too_wide(number, len(row), width))
            cells = (*row[:width], *[None] * (width - len(row)))
        if id_place is not None and not _may_be_id(cells[id_place]) and (why := _explain_no_building(cells, id_place, headers)):
            skipped[why].append(number)
            continue
        numbers.append(number)
        # as tuples: the garbage collector leaves those of plain values alone, and lists it walks through again and again
        lines.append(tuple(cells) if len(lines) * width < MOST_KEPT else _keep_used(cells, used))
    advice = "Klopt dat niet, vul dan het pand-id in."
    faults += [sum_up(found, None, None, why, advice) for why, found in skipped.items()]
    faults += _find_unused_formulas(matched, numbers, lines)
    pick = itemgetter(*positions.values(), 0, 0)  # two more, so that it returns a tuple with one column too
    columns = _turn(map(pick, lines), len(lines), len(positions))
    return dict(zip(positions, columns, strict=True)), np.array(numbers, dtype=np.int64), lines, faults


def _keep_used(cells: Row, used: Collection[int]) -> Row:
    return tuple(cell if place in used else None for place, cell in enumerate(cells))


def _find_unused_formulas(matched: Matched, numbers: Sequence[int], lines: Sequence[Row]) -> list[Fault]:
    """Return a notice of each column without use that has formulas: they are not worked out, and not taken over."""
    faults = []
    for place, (header, how) in enumerate(zip(matched.headers, matched.reasons, strict=True)):
        if how is not How.UNUSED:
            continue
        found = [(number, line[place]) for number, line in zip(numbers, lines, strict=True) if is_formula(line[place])]
        if found:
            faults.append(sum_up([number for number, _ in found], header, show_cell(found[0][1]), *FORMULA))
    return faults


def _may_be_id(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) >= _ID_LENGTH and cell[-_ID_LENGTH:].isdecimal()


def _explain_no_building(cells: Row, id_place: int, headers: Sequence[str]) -> str:
    """Return why a row without a pand-id is no building but a part of the lay-out; empty when it should be one."""
    if write_name(cells[id_place]) == headers[id_place]:
        return "hier staat de kop nog een keer; deze rij is overgeslagen"
    filled = [cell for cell in cells if _is_filled(cell)]
    if filled and isinstance(filled[0], str) and _TOTAL.match(filled[0].strip()):
        return "dit is een rij met totalen; ze is overgeslagen"
    if len(filled) == 1 and len(cells) >= _HEADING_WIDTH and isinstance(filled[0], str) and not _is_filled(cells[id_place]):
        return "hier staat alleen een tussenkop of opmerking; deze rij is overgeslagen"
    return ""


def _say_too_wide(row: int, cells: int, headers: int) -> Fault:
    problem = f"deze rij heeft {cells} cellen, de kop heeft er {headers}"
    return Fault(row, None, None, problem, "Zet tekst met een scheidingsteken erin tussen aanhalingstekens.")


def _refuse_rows(name: str) -> None:
    shown = f"{MAX_ROWS:,}".replace(",", ".")
    advice = "Splits het bestand, of gebruik 'python -m quickscan screen' met een GeoPackage."
    raise UnusableInputError(f"Dit bestand heeft meer dan {shown} rijen.", advice, where=name)


def _turn(rows: Iterable[Row], count: int, columns: int) -> list[Cells]:
    """Turn rows into columns of objects; an empty cell is None."""
    flat = np.fromiter(chain.from_iterable(rows), dtype=object, count=count * (columns + 2))
    flat[flat == ""] = None
    return list(flat.reshape(count, columns + 2).T[:columns])
