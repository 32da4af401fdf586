"""Draw the durations, add up the steps, and look up the calendar; forward from a start, and back from a wish.

Per building and draw: a step starts when the one before it ends, less the months that lessons of parallel planning win,
never before that one started, and ends no earlier than it. Nature is counted from the start of step 3; "one by one"
step 3 lasts until the report is there, and who designs at once only needs it to ask for the permit. Step 7 is
preparing, and then the weeks on the roof. Everything only rises with a later start or a longer step, so what is added
never brings a date forward. Back from a wished date gives per draw the last day on which each step can start; the day
that enough draws allow is the latest start. The draws follow from the seed and the building's own number, whatever
stands beside it. Days are float32, from the epoch of the calendar.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quickscan.domain.columns import Bools, Floats
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import FAR, Calendar, Days, Table
from quickscan.domain.schedule.effects import (
    CHAIN,
    MONTH,
    PERMIT,
    PLACE,
    USUAL_TERM,
    WEEK,
    Effects,
    find_overlaps,
    spread,
    usual_months,
)

PERCENTILES = (10, 50, 80)
AT_ONCE = 40_000  # buildings × draws in one go: what fits in the cache
QUANTILE_BITS = 12  # of a triangle: 4096 durations, at most a day or two apart
END_OF_DAY = 0.999  # who moves in during the wished day is in time
COUNTING = 3  # the step in which nature is counted
DESIGN = "ontwerp"  # the lesson with which a count of nature holds up the permit, not the design


@dataclass(frozen=True)
class Network:
    """A number of plans, ready to draw: per building its start, durations and what holds it up. All in days."""

    keys: Sequence[int]  # the own number of each building
    start: Days  # (building, 1)
    triangles: Days  # (building, step, low/likely/high)
    extra: Days  # (building, step): delays less what is saved
    overlaps: Days  # (building, step)
    counting: npt.NDArray[np.intp]  # (building,): which of the tables, -1 for none
    tables: tuple[Table, ...]
    before_design: Bools  # (building,): does the count hold up step 3 (else the permit)?
    protected: Bools  # (building,): does building wait for a permit for nature?
    scan: float
    report: float
    nature_term: float
    building: float  # the weeks on the roof

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: slice | Sequence[int]) -> Network:
        """Return some of the plans, or one of them several times."""
        kept = list(range(len(self)))[rows] if isinstance(rows, slice) else list(rows)
        return replace(
            self,
            keys=[self.keys[row] for row in kept],
            **{
                name: getattr(self, name)[kept]
                for name in ("start", "triangles", "extra", "overlaps", "counting", "before_design", "protected")
            },
        )


@dataclass(frozen=True)
class Course:
    """How a part of the plans runs, per building and draw: starts and ends of the chain's steps, and the milestones."""

    starts: list[Days]
    ends: list[Days]
    counted: Days | None  # when the report about nature is there
    permit: Days
    building: Days
    tenant: Days


@dataclass(frozen=True)
class Spread:
    """P10, P50 and P80 per building, as (3, building), in days from the epoch."""

    permit: Floats
    building: Floats
    tenant: Floats
    draws: int


def make_network(
    effects: Effects,
    rules: Rules,
    calendar: Calendar,
    *,
    starts: Sequence[float],
    keys: Sequence[int],
    lessons: Sequence[frozenset[str]],
) -> Network:
    """Return the plans of buildings that start on a day (from the epoch) and follow these lessons."""
    usual = usual_months(rules)
    kept = 1 - rules.parameter("planning.kleinste_stap").likely
    saved = spread(effects.savings, usual * kept)
    sets = list(dict.fromkeys(effects.seasons))
    tables = {names: table for names in sets if (table := calendar.counting(names)) is not None}
    places = {names: place for place, names in enumerate(tables)}
    return Network(
        keys=list(keys),
        start=_days(np.reshape(starts, (-1, 1))),
        triangles=find_triangles(effects.terms, rules),
        extra=_days((effects.delays - saved) * MONTH),
        overlaps=_days(find_overlaps(lessons, rules) * MONTH),
        counting=np.array([places.get(names, -1) for names in effects.seasons], dtype=np.intp),
        tables=tuple(tables.values()),
        before_design=np.array([DESIGN not in chosen for chosen in lessons]),
        protected=effects.protected.copy(),
        scan=rules.parameter("planning.natuurscan_maanden").likely * MONTH,
        report=rules.parameter("planning.natuurrapport_maanden").likely * MONTH,
        nature_term=rules.parameter("planning.termijn_natuur_weken").likely * WEEK,
        building=rules.parameter("planning.bouw_weken").likely * WEEK,
    )


def find_triangles(terms: Sequence[str | None], rules: Rules) -> Days:
    """Return low, likely and high of each step per building, in days; the permit by its term."""
    usual = np.zeros((len(CHAIN), 3))
    for place, step in enumerate(CHAIN):
        if step != PERMIT:
            active = rules.parameter(f"planning.stap_{step}_maanden")
            usual[place] = np.array([active.low, active.likely, active.high]) * MONTH
    found = np.repeat(usual[None], len(terms), axis=0)
    for name in dict.fromkeys(terms):
        active = rules.parameter(name or USUAL_TERM)
        rows = [row for row, term in enumerate(terms) if term == name]
        found[rows, PLACE[PERMIT]] = np.array([active.low, active.likely, active.high]) * WEEK
    return _days(found)


def _days(numbers: npt.ArrayLike) -> Days:
    return np.asarray(numbers, dtype=np.float32)


def draw_parts(network: Network, *, draws: int, seed: int) -> Iterator[tuple[slice, Network, Days]]:
    """Yield parts of the buildings with their drawn durations, shape (step, building, draw)."""
    step = max(1, AT_ONCE // draws)
    tables: dict[bytes, Days] = {}
    for first in range(0, len(network), step):
        part = slice(first, min(first + step, len(network)))
        some = network.take(part)
        durations = np.empty((len(CHAIN), len(some), draws), dtype=np.float32)
        for row, key in enumerate(some.keys):
            luck = np.random.default_rng([seed, key]).integers(0, 1 << 16, (len(CHAIN), draws), dtype=np.uint16)
            luck >>= 16 - QUANTILE_BITS
            for place, ends in enumerate(some.triangles[row]):
                name = ends.tobytes()
                if name not in tables:
                    tables[name] = quantiles(*ends.tolist())
                tables[name].take(luck[place], out=durations[place, row], mode="clip")
        durations += some.extra.T[:, :, None]
        np.maximum(durations, 0, out=durations)
        yield part, some, durations


def quantiles(low: float, likely: float, high: float) -> Days:
    """Return the middles of equal parts of a triangle: drawing one of these is drawing from it, without a root per draw."""
    share = (np.arange(1 << QUANTILE_BITS) + 0.5) / (1 << QUANTILE_BITS)
    width = high - low
    if width <= 0:
        return np.full(len(share), low, dtype=np.float32)
    rises = share < (likely - low) / width
    away = np.sqrt(np.where(rises, share * (width * (likely - low)), (1 - share) * (width * (high - likely))))
    return _days(np.where(rises, low + away, high - away))


def run(network: Network, durations: Days, calendar: Calendar) -> Course:
    """Return how the plans run from their start."""
    counted: Days | None = None
    start: Days = np.broadcast_to(network.start, durations[0].shape)
    end = start + durations[0]
    starts, ends = [start], [end]
    for place, step in enumerate(CHAIN[1:], start=1):
        start = np.maximum(end - network.overlaps[:, place, None], start)
        if step == COUNTING:
            counted = _count(network, start)
        elif step == PERMIT and counted is not None:
            start = np.maximum(start, _where(~network.before_design, counted))
        if step == CHAIN[-1]:
            break
        end = np.maximum(start + durations[place], end)
        if step == COUNTING and counted is not None:
            end = np.maximum(end, _where(network.before_design, counted))
        if step == PERMIT:
            end = calendar.working.after(end)
        starts.append(start)
        ends.append(end)
    permit = end
    ready = np.maximum(start + np.maximum(durations[-1] - _days(network.building), 0), end)
    if counted is not None and network.protected.any():
        ready = np.maximum(ready, _where(network.protected, counted + _days(network.nature_term)))
    building = calendar.building.after(ready)
    tenant = building + _days(network.building)
    return Course([*starts, start], [*ends, tenant], counted, permit, building, tenant)


def _where(holds: Bools, days: Days) -> Days:
    """Return the days of the buildings for which something holds, and a day long ago for the others."""
    return np.where(holds[:, None], days, -FAR)


def _count(network: Network, start: Days) -> Days | None:
    """Return when the report about nature is there; long ago for who needs none, None when nobody does."""
    if (network.counting < 0).all():
        return None
    ready = start + _days(network.scan)
    found = np.full(start.shape, -FAR, dtype=np.float32)
    for place, table in enumerate(network.tables):
        rows = network.counting == place
        if rows.any():
            found[rows] = table.after(ready[rows]) + _days(network.report)
    return found


def simulate(network: Network, calendar: Calendar, *, draws: int, seed: int) -> Spread:
    """Return when the permit is there, building starts and the first tenant moves in, per building."""
    size = len(network)
    permit, building, tenant = (np.empty((3, size)) for _ in range(3))
    for part, some, durations in draw_parts(network, draws=draws, seed=seed):
        course = run(some, durations, calendar)
        permit[:, part] = percentiles(course.permit)
        building[:, part] = percentiles(course.building)
        tenant[:, part] = building[:, part] + network.building  # the weeks on the roof take no luck
    return Spread(permit, building, tenant, draws)


def percentiles(days: Days) -> Floats:
    """Return per building the day before which 10, 50 and 80 in a hundred draws are there, as (3, building)."""
    ordered = np.sort(days, axis=1)  # faster than picking three of them out
    places = [-(-days.shape[1] * percent // 100) - 1 for percent in PERCENTILES]
    return ordered[:, places].T.astype(float)


def look_back(network: Network, durations: Days, wish: Days, calendar: Calendar) -> list[Days]:
    """Return per step of the chain, and last the tenant, the last day it can start in each draw to make the wish."""
    tenant = np.broadcast_to(wish, durations[0].shape)
    ready = calendar.building.before(tenant - _days(network.building))  # the end of preparing
    prepared = ready - np.maximum(durations[-1] - _days(network.building), 0)
    latest = [prepared, tenant]
    counted = _where_else(network.protected, ready - _days(network.nature_term))
    start, end = prepared, np.minimum(ready, prepared + network.overlaps[:, -1, None])
    for place in range(len(CHAIN) - 2, -1, -1):
        step = CHAIN[place]
        if step == PERMIT:
            end = calendar.working.before(end)
        if step == COUNTING:
            counted = np.minimum(counted, _where_else(network.before_design, end))
        start = np.minimum(start, end - durations[place])
        if step == PERMIT:
            counted = np.minimum(counted, _where_else(~network.before_design, start))
        if step == COUNTING:
            start = np.minimum(start, _count_back(network, counted))
        latest.insert(0, start)
        end = np.minimum(end, start + network.overlaps[:, place, None])
    return latest


def _where_else(holds: Bools, days: Days) -> Days:
    """Return the days of the buildings for which something holds, and a day far away for the others."""
    return np.where(holds[:, None], days, FAR)


def _count_back(network: Network, counted: Days) -> Days:
    """Return the last start of step 3 with which the report about nature is there in time."""
    found = np.full(counted.shape, FAR, dtype=np.float32)
    for place, table in enumerate(network.tables):
        rows = network.counting == place
        if rows.any():
            found[rows] = table.before(counted[rows] - _days(network.report)) - _days(network.scan)
    return found


def find_latest(network: Network, calendar: Calendar, wish: Sequence[float], *, share: float, draws: int, seed: int) -> Floats:
    """Return (step, building): the latest whole day each step can start, so that in at least `share` of the draws the first
    tenant moves in on the wished day or before; the last row is the wish itself."""
    wished = _days(np.reshape(wish, (-1, 1)) + END_OF_DAY)
    found = np.empty((len(CHAIN) + 1, len(network)))
    least = draws - math.ceil(share * draws - 1e-9)  # so many draws may need an earlier day
    for part, some, durations in draw_parts(network, draws=draws, seed=seed):
        for place, days in enumerate(look_back(some, durations, wished[part], calendar)):
            found[place, part] = np.sort(days, axis=1)[:, least]
    return np.floor(found)
