"""The calendar as tables: for every day, when what is ready on that day can go on. And back: which day is late enough.

*Telling*: nature is counted in the windows of its seasons; each window is needed once, and a missed one waits for the
next year. *Besluit*: a term that ends on a day off ends on the next working day. *Bouw*: the weeks of building stand in
no closing. Days are counted from `epoch`; all tables only rise, so a later day never gives an earlier one. Beyond the
last day of the tables everything takes place at their end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from quickscan.domain.planbook import Closing, Season, Window

Days = npt.NDArray[np.float32]
HORIZON_YEARS = 60  # a start in twenty years, with every delay there is, still fits
YEAR = 366  # days at most
FAR = np.float32(1e9)
FRIDAY = 4


@dataclass(frozen=True)
class Table:
    """`forward[d]` is the day on which what is ready on day d is done; `back[x]` the last day that is done by day x."""

    forward: Days
    back: Days

    def after(self, days: Days) -> Days:
        """Return when it is done, for whole or broken days."""
        found: Days = self.forward.take(_place(np.ceil(days), len(self.forward)))
        return found

    def before(self, days: Days) -> Days:
        """Return the last day on which it has to be ready to be done by `days`; below zero when that is too early."""
        found: Days = self.back.take(_place(np.floor(days), len(self.back)))
        return np.where(days < 0, -FAR, found)


def _place(days: Days, size: int) -> npt.NDArray[np.intp]:
    return np.clip(days, 0, size - 1).astype(np.intp)


@dataclass(frozen=True)
class Calendar:
    """The tables of one period, from `epoch` on."""

    epoch: date
    working: Table
    building: Table
    windows: Mapping[str, Table]  # by season; of seasons together, see `counting`

    def day(self, number: float) -> date:
        """Return the date of a number of days; what lies outside the tables is told as their edge."""
        within = min(max(number, 0.0), float(len(self.working.forward)))
        return self.epoch + timedelta(days=int(np.floor(within + 1e-3)))

    def number(self, day: date) -> float:
        """Return the number of days of a date."""
        return float((day - self.epoch).days)

    def counting(self, seasons: Collection[str]) -> Table | None:
        """Return the table of seasons together: all their windows are needed; None when there is nothing to count."""
        wanted = [self.windows[name] for name in sorted(seasons) if name in self.windows]
        if not wanted:
            return None
        return _table(np.maximum.reduce([table.forward for table in wanted]))


def make_calendar(
    epoch: date,
    *,
    seasons: Sequence[Season] = (),
    closings: Sequence[Closing] = (),
    days_off: Collection[date] = (),
    building_days: int = 14,
    years: int = HORIZON_YEARS,
) -> Calendar:
    """Make the tables. `days_off` are the holidays; weekends are known here."""
    size = years * YEAR
    off = np.zeros(size, dtype=bool)
    off[(FRIDAY + 1 - epoch.weekday()) % 7 :: 7] = True
    off[(FRIDAY + 2 - epoch.weekday()) % 7 :: 7] = True
    for day in days_off:
        place = (day - epoch).days
        if 0 <= place < size:
            off[place] = True
    closed = np.zeros(size, dtype=bool)
    for closing in closings:
        for first, last in _years(closing.venster, epoch, years):
            closed[max(first, 0) : max(last + 1, 0)] = True
    return Calendar(
        epoch=epoch,
        working=_table(_next_open(off, 1)),
        building=_table(_next_open(closed, building_days)),
        windows={season.id: _table(_counted(season, epoch, years)) for season in seasons},
    )


def _years(window: Window, epoch: date, years: int) -> list[tuple[int, int]]:
    """Return the window in each year as days from the epoch, from the year before it on."""
    found = []
    for year in range(epoch.year - 1, epoch.year + years + 1):
        first, last = _day(year, window.van), _day(year, window.tot_en_met)
        if last < first:
            last = _day(year + 1, window.tot_en_met)
        found.append(((first - epoch).days, (last - epoch).days))
    return found


def _day(year: int, text: str) -> date:
    month, day = (int(part) for part in text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # 29 February
        return date(year, month, day - 1)


def _counted(season: Season, epoch: date, years: int) -> Days:
    """Return per day of being ready when all windows of a season were used."""
    ready = np.arange(years * YEAR)
    done = np.zeros(len(ready))
    for window in season.vensters:
        spans = np.array(_years(window, epoch, years))
        latest = spans[:, 1] - window.dagen + 1  # the last day to begin
        place = np.minimum(np.searchsorted(latest, ready), len(spans) - 1)
        done = np.maximum(done, np.maximum(ready, spans[place, 0]) + window.dagen)
    return done.astype(np.float32)


def _next_open(shut: npt.NDArray[np.bool_], length: int) -> Days:
    """Return per day the first day from which `length` days in a row are open."""
    size = len(shut)
    taken = np.concatenate([[0], np.cumsum(shut)])
    ends = np.minimum(np.arange(size) + length, size)
    opens = taken[ends] == taken[:size]
    nearest = np.where(opens, np.arange(size), size)
    found = np.minimum.accumulate(nearest[::-1])[::-1]
    return np.minimum(found, size - 1).astype(np.float32)


def _table(forward: Days) -> Table:
    """Return a table with its inverse; `forward` never falls."""
    days = np.arange(len(forward), dtype=np.float32)
    back = np.searchsorted(forward, days, side="right") - 1
    return Table(forward, np.where(back < 0, -FAR, back).astype(np.float32))
