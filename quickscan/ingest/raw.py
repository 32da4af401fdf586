"""What a file holds before its cells are understood, and the two outcomes of reading a cell.

A target is what a column is read as: a fact, a criterion or a place column. A header is what the sender called it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from quickscan.domain.errors import Fault
from quickscan.domain.intake import SourceNote

Cells = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
SHOWN_LENGTH = 80


class Reading(NamedTuple):
    """A cell understood, or the problem with it. With `notice` the value counts and the sender is told."""

    value: str | float | None
    problem: str = ""
    advice: str = ""
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """Which column of the file is what: `targets` has one entry a header, None for a column that is not used."""

    headers: tuple[str, ...]
    targets: tuple[str | None, ...]
    faults: tuple[Fault, ...]
    is_register: bool

    @property
    def positions(self) -> dict[str, int]:
        """Return target → place of its column in the file."""
        return {target: place for place, target in enumerate(self.targets) if target}

    @property
    def header_of(self) -> dict[str, str]:
        """Return target → header as the sender wrote it."""
        return {target: self.headers[place] for target, place in self.positions.items()}


@dataclass(frozen=True, slots=True)
class RawTable:
    """The used columns of a file, cell by cell, with the row as the sender counts.

    `shapes` are RD New geometries; `wkb` has the same as bytes when the file gave them so, to spare writing them anew.
    `notes` names the source of a target where the reader knows better than the rule (the sender says so, or the BAG).
    `recognised` and `adds` are those of Intake.
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


def show_cell(cell: object) -> str | None:
    """Return a cell as the sender would recognise it; None for an empty one."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def is_moment(cell: object) -> bool:
    """Tell whether a spreadsheet cell is a date or a time (a datetime is a date too)."""
    return isinstance(cell, (date, time, timedelta))
