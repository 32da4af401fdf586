"""The parking norms that a workspace keeps for its municipalities: read, type, import; kept whole and version-checked.

They stand beside the workspace's own values for business cases, as a second record under no building.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from quickscan.domain.errors import FaultyInputError, UnusableInputError
from quickscan.domain.finance.saved import WHOLE_WORKSPACE, SavedCase
from quickscan.domain.parking_norms import (
    MOST_LINES,
    NormLine,
    as_cells,
    check_line,
    merge_lines,
    read_lines,
    with_line,
)
from quickscan.services.finance import CaseStore
from quickscan.services.portfolios import Clock, utc_now

NUMBER, NAME, LINES = 2, "parkeernormen van de werkruimte", "parkeernormen"


@dataclass(frozen=True, slots=True)
class NormTable:
    """The lines of a workspace, and the record they came from."""

    lines: tuple[NormLine, ...]
    record: SavedCase

    def of(self, gemeente: str | None) -> tuple[NormLine, ...]:
        """Return the lines of one municipality, all lines when it is not known or has none."""
        own = tuple(line for line in self.lines if gemeente and line.key[0] == gemeente.strip().casefold())
        return own or self.lines


@dataclass(frozen=True)
class ParkingNorms:
    """Use cases around the norm table. `read` reads; `save`, `remove` and `add_all` write."""

    cases: CaseStore
    clock: Clock = utc_now

    def read(self, workspace_id: str) -> NormTable:
        """Return the table of a workspace, empty when nobody filled it; raises NotFoundError."""
        found = [case for case in self.cases.read_cases(workspace_id, WHOLE_WORKSPACE) if case.number == NUMBER]
        record = found[0] if found else self._empty()
        return NormTable(read_lines(record.tables.get(LINES, ())), record)

    def _empty(self) -> SavedCase:
        return SavedCase(WHOLE_WORKSPACE, NUMBER, NAME, {}, locked=False, leading=False, version=0, author="", at=self.clock())

    def save(
        self, workspace_id: str, table: NormTable, cells: dict[str, Any], *, author: str, instead_of: NormLine | None = None
    ) -> NormTable:
        """Keep one typed line, new or in the place of another; raises FaultyInputError or StaleCaseError."""
        line, faults = check_line(cells)
        if line is None:
            raise FaultyInputError(faults)
        return self._keep(workspace_id, table, with_line(table.lines, line, instead_of=instead_of), author)

    def remove(self, workspace_id: str, table: NormTable, line: NormLine, *, author: str) -> NormTable:
        """Take a line away; raises StaleCaseError."""
        return self._keep(workspace_id, table, tuple(each for each in table.lines if each.key != line.key), author)

    def add_all(self, workspace_id: str, table: NormTable, lines: Sequence[NormLine], *, author: str) -> NormTable:
        """Keep imported lines over those that are there; raises StaleCaseError, or UnusableInputError when there are too many."""
        return self._keep(workspace_id, table, merge_lines(table.lines, lines), author)

    def _keep(self, workspace_id: str, table: NormTable, lines: tuple[NormLine, ...], author: str) -> NormTable:
        if len(lines) > MOST_LINES:
            problem = f"Dan staan er meer dan {MOST_LINES} regels in de normtabel."
            raise UnusableInputError(problem, "Haal eerst regels weg van gemeenten die je niet nodig hebt.")
        record = replace(table.record, tables={LINES: [as_cells(line) for line in lines]})
        return NormTable(lines, self.cases.write_case(workspace_id, record, author=author, at=self.clock()))
