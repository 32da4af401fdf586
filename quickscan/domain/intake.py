"""What comes out of an import: a frame that meets the contract, or the list of faults. All or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.terms import Herkomst


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where the values of one column come from."""

    source: Herkomst
    label: str  # for people, such as "BAG via PDOK"
    day: date | None = None


# Columns and a sheet of ours in files that we hand out; a reader passes them by.
FAULT_HEADERS = ("Rij in je bestand", "Wat is er", "Wat te doen")
FAULT_SHEETS = ("Te verbeteren", "Meldingen")
EXPORT_MARK = "export_quickscan"  # the header of a column that only our own exports have


class How(StrEnum):
    """Why a column of a file was read as what it was read as; the value is what the screen says."""

    KNOWN = "herkend"
    LIKE = "lijkt erop"
    REMEMBERED = "onthouden"
    CHOSEN = "gekozen"
    UNUSED = "niet gebruikt"
    PRIVATE = "persoonsgegevens, niet gelezen"


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """One column of a file: its header, what it became (a fact, a criterion, "geometry" or None), and some values."""

    header: str
    target: str | None
    how: How
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of reading one file.

    `buildings` holds the rows without faults: fact columns, criterion columns, and `geometry` (WKB, RD New) when the
    file has shapes. Its index is the row as the sender counts. `mapping` tells per column of the file which fact or
    criterion it became, or None. `sources` tells per column of `buildings` where it comes from. `recognised` names the
    kind of file in Dutch, `columns` tells more than `mapping`: why, and some values. With `adds` False the file only
    says more about buildings that are known from elsewhere (labels, neighbourhoods): it never brings new ones in.
    `refused_rows` holds the cells of the refused rows as the sender wrote them, in the order of `columns`; they go back to
    the sender to be mended, and are never kept.
    """

    buildings: pd.DataFrame
    mapping: Mapping[str, str | None]
    sources: Mapping[str, SourceNote]
    faults: tuple[Fault, ...]
    rows: int
    recognised: str = "lijst van gebouwen"
    adds: bool = True
    columns: tuple[ColumnRead, ...] = ()
    refused_rows: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that refuse a row or the file; notices left out."""
        return tuple(fault for fault in self.faults if not fault.notice)

    @property
    def refused(self) -> int:
        """Number of rows with at least one error."""
        return len({fault.row for fault in self.errors if fault.row is not None})
