"""Find the header row of a table: the first of the top rows whose cells are best known as names of columns.

A list often starts with a title, a date or an empty row, and a header may take two rows: a group above ("Huisnummer") and
the name below it ("van", "t/m"), as merged cells leave it. A header has words, a row of data has numbers: a number in a
row counts against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

HEAD = 25  # rows in which the header must be
Finder = Callable[[str], str | None]
Row = Sequence[object]
Judge = Callable[[Sequence[Row]], float]  # how well rows read as the top of a table
_NUMBER = re.compile(r"[\d.,:€%/\s\-]*\d[\d.,:€%/\s\-]*(?:m2|m²)?")
_LONGEST = 200  # a longer text is not the name of a column


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: the names, the rows it takes (counted from 1), and how sure it is (0: nothing known)."""

    names: tuple[str, ...]
    first: int
    last: int
    score: float


def find_header(rows: Sequence[Row], find: Finder) -> Header | None:
    """Return the header in the top rows of a table; None when they are all blank. `find` gives the target of a name."""
    find = lru_cache(maxsize=None)(find)
    texts = [[write_name(cell) for cell in row] for row in rows[:HEAD]]
    filled = [place for place, row in enumerate(texts) if any(row)]
    if not filled:
        return None
    best = Header(_trim(texts[filled[0]]), filled[0] + 1, filled[0] + 1, 0)
    for place in filled:
        for first in (place, place - 1) if place - 1 in filled else (place,):
            names = texts[place] if first == place else _join_rows(texts[first], texts[place], find)
            score = _score(names, rows[place], find) - (place - first) / 2  # one row is likelier than two
            if score > best.score and (score > 1 or place == filled[0]):
                best = Header(_trim(names), first + 1, place + 1, score)
    return best


def write_name(cell: object) -> str:
    """Return a cell of a header as text on one line."""
    return "" if cell is None else " ".join(str(cell).split())


def _trim(names: Sequence[str]) -> tuple[str, ...]:
    """Drop the columns without a name at the end."""
    last = max(place for place, name in enumerate(names) if name)
    return tuple(names[: last + 1])


def _score(names: Sequence[str], row: Row, find: Finder) -> float:
    known = {target for name in names if 0 < len(name) <= _LONGEST and (target := find(name))}
    numbers = sum(isinstance(cell, (int, float, date)) or bool(_NUMBER.fullmatch(write_name(cell)[:_LONGEST])) for cell in row)
    return len(known) + 2 * ("pand_id" in known) - numbers


def _join_rows(above: Sequence[str], below: Sequence[str], find: Finder) -> list[str]:
    """Return the names of a header of two rows: a group stands above the first of its columns only."""
    names = []
    group = ""
    for place in range(max(len(above), len(below))):
        own = below[place] if place < len(below) else ""
        head = above[place] if place < len(above) else ""
        group = head or group
        both = f"{group} {own}".strip()
        if not own:
            names.append(head)
        elif not group or (find(own) and not find(both)):
            names.append(own)
        else:
            names.append(both)
    return names
