"""What a file holds before its cells are understood, and the two outcomes of reading a cell.

A target is what a column is read as: a fact, a criterion, a place column or a part (see `names`). A header is what the
sender called it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from quickscan.domain.errors import Fault
from quickscan.domain.intake import How, SourceNote

Cells = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
SHOWN_LENGTH = 80
SPARED = 5  # different cells with the same notice that are each told of
_ROWS_NAMED = 5


class Reading(NamedTuple):
    """A cell understood, or the problem with it. With `notice` the value counts and the sender is told."""

    value: str | float | None
    problem: str = ""
    advice: str = ""
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """Which column of the file is what: `targets` has one entry a header, None for a column that is not used.

    `hows` says why, one entry a header; left empty it says KNOWN for a column with a target and UNUSED for the others.
    """

    headers: tuple[str, ...]
    targets: tuple[str | None, ...]
    faults: tuple[Fault, ...]
    is_register: bool
    hows: tuple[How, ...] = ()

    @property
    def positions(self) -> dict[str, int]:
        """Return target → place of its column in the file."""
        return {target: place for place, target in enumerate(self.targets) if target}

    @property
    def header_of(self) -> dict[str, str]:
        """Return target → header as the sender wrote it."""
        return {target: self.headers[place] for target, place in self.positions.items()}

    def forget(self, headers: Collection[str]) -> Matched:
        """Return the same without the notices about these columns: there is nothing in them to tell about."""
        return replace(self, faults=tuple(fault for fault in self.faults if fault.column not in headers))

    @property
    def reasons(self) -> tuple[How, ...]:
        """Return why each column is what it is."""
        return self.hows or tuple(How.KNOWN if target else How.UNUSED for target in self.targets)


@dataclass(frozen=True, slots=True)
class RawTable:
    """The used columns of a file, cell by cell, with the row as the sender counts.

    `shapes` are RD New geometries; `wkb` has the same as bytes when the file gave them so, to spare writing them anew.
    `notes` names the source of a target where the reader knows better than the rule (the sender says so, or the BAG).
    `recognised` and `adds` are those of Intake. `samples` has some cells of columns that are not used, by their place in
    the file. `lines` are whole rows, to hand back what was refused. `made` tells of a target that was made out of another
    column's cells which header it came from.
    """

    matched: Matched
    cells: dict[str, Cells]
    rows: Rows
    shapes: Cells | None = None
    wkb: Cells | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: Mapping[str, SourceNote] = field(default_factory=dict)
    recognised: str = "lijst van gebouwen"
    adds: bool = True
    samples: Mapping[int, Sequence[object]] = field(default_factory=dict)
    lines: Sequence[Sequence[object]] = ()
    made: Mapping[str, str] = field(default_factory=dict)

    @property
    def header_of(self) -> dict[str, str]:
        """Return target → header as the sender wrote it, for columns made out of another too."""
        return {**self.matched.header_of, **self.made}


def show_cell(cell: object) -> str | None:
    """Return a cell as the sender would recognise it; None for an empty one."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def write_cell(cell: object) -> str:
    """Return a cell in full, as a Dutch spreadsheet would show it."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    return f"{cell:.15g}".replace(".", ",") if isinstance(cell, float) else str(cell)


def is_moment(cell: object) -> bool:
    """Tell whether a spreadsheet cell is a date or a time (a datetime is a date too)."""
    return isinstance(cell, (date, time, timedelta))


def sum_up(rows: Sequence[int] | Rows, header: str | None, shown: str | None, problem: str, advice: str) -> Fault:
    """Return one notice for all rows with the same thing: a notice a row would drown the errors."""
    if len(rows) == 1:
        return Fault(int(rows[0]), header, shown, problem, advice, notice=True)
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = ", …" if len(rows) > _ROWS_NAMED else ""
    return Fault(None, header, shown, f"{problem} ({len(rows)} rijen: {named}{more})", advice, notice=True)
