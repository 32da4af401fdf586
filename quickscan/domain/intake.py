"""What comes out of an import: a frame that meets the contract, or the list of faults. All or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from quickscan.domain.errors import Fault, FaultyInputError
from quickscan.domain.terms import Herkomst


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where the values of one column come from."""

    source: Herkomst
    label: str  # for people, such as "BAG via PDOK"
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of reading one file.

    `buildings` holds the rows without faults: fact columns, criterion columns, and `geometry` (WKB, RD New) when the
    file has shapes. Its index is the row as the sender counts. `mapping` tells per column of the file which fact or
    criterion it became, or None. `sources` tells per column of `buildings` where it comes from.
    """

    buildings: pd.DataFrame
    mapping: Mapping[str, str | None]
    sources: Mapping[str, SourceNote]
    faults: tuple[Fault, ...]
    rows: int

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that refuse a row or the file; notices left out."""
        return tuple(fault for fault in self.faults if not fault.notice)

    @property
    def refused(self) -> int:
        """Number of rows with at least one error."""
        return len({fault.row for fault in self.errors if fault.row is not None})

    def require_clean(self) -> Intake:
        """Return self when nothing is wrong; raises FaultyInputError with every fault otherwise."""
        if self.errors:
            raise FaultyInputError(self.errors)
        return self
