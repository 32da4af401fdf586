"""Score many buildings at once.

For each criterion every building has a place: the choice that holds, or "unknown". Points times weight add up per
aspect three ways: unknown criteria at their lowest (laag), at their prior (waarschijnlijk) and at their highest (hoog).
Dekking is the share of the weight that is known. The total is the weighted mean of the aspects, and so is its dekking.
A band includes no default: unknown is not zero. Rows never touch each other, so chunks and batches give the same.

An answer to an open question keeps the band inside the old one, with one exception: the answers on bouwhoogte and
draagkracht also change how many layers and homes are likely, and what is computed from those moves along.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from quickscan.domain.columns import Bools, Codes, Columns, Floats, Output
from quickscan.domain.derive import derive_facts
from quickscan.domain.dwellings import Dwellings, estimate_dwellings
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.measures import MEASURES
from quickscan.domain.rules import ActiveCriterion, Choice, Rules
from quickscan.domain.terms import ASPECTEN, OORDELEN, Blokkade, Interventie, Oordeel

CHUNK = 32_768  # rows at a time: the working arrays stay in the processor's cache
LOW, LIKELY, HIGH, KNOWN = range(4)
ROUNDING = 1e-9  # points; a score on a limit counts as reaching it, whatever the last binary digit says

SCORE_COLUMNS: tuple[str, ...] = (
    "oordeel",
    "score_laag",
    "score",
    "score_hoog",
    "dekking",
    *(f"{aspect}{suffix}" for aspect in ASPECTEN for suffix in ("_laag", "", "_hoog", "_dekking")),
    "zwakste_aspect",
    "blokkades",
)


@dataclass(frozen=True, eq=False)  # the same object is the same table, so that it can be the key of a cache
class Tables:
    """One criterion made ready to index: row = place of the choice, the last row is "unknown"."""

    active: ActiveCriterion
    aspect: int
    weight: float
    points: npt.NDArray[np.float64]  # (choices + 1, 4): low, likely and high points, and known 1/0
    weighted: npt.NDArray[np.float64]  # the same times the weight
    hard: Bools
    soft: Bools
    bounds: Floats
    band_places: Codes
    side: str
    values: dict[str, int]
    codes: dict[str, int]  # of the choices, as an answer has them
    unknown: int  # the place of "unknown": one past the choices


@dataclass(frozen=True)
class Situation:
    """What is known of a chunk of buildings: places per criterion, homes, and which facts were derived."""

    columns: Columns
    dwellings: Dwellings
    places: dict[str, Codes]
    answered: dict[str, Bools]  # where a person's answer decided, not a fact
    measures: dict[str, Floats]
    derived: dict[str, Bools]


@dataclass(frozen=True)
class Sums:
    """Weighted points per aspect, as (aspects, buildings, 4), and the weights they are divided by."""

    sums: npt.NDArray[np.float64]
    weights: Floats  # per aspect
    aspect_weights: Floats
    hard: Bools
    soft: Bools

    def per_aspect(self) -> npt.NDArray[np.float64]:
        """Return (aspects, buildings, 4): the band of each aspect, and its dekking as a share; NaN without criteria."""
        divisor = np.where(self.weights > 0, self.weights, np.nan)
        result: npt.NDArray[np.float64] = self.sums / divisor[:, None, None]
        return result

    def totals(self) -> npt.NDArray[np.float64]:
        """Return (buildings, 4): the weighted mean over the aspects that have criteria."""
        # Added up aspect by aspect, so that a building alone gives the very same floats as in a batch; and divided
        # before it is weighed, so that 50 in every aspect gives exactly 50 and never 49.999….
        total = np.zeros(self.sums.shape[1:])
        for place, (share, weight) in enumerate(zip(self.shares(), self.weights, strict=True)):
            if share > 0:
                total += self.sums[place] / weight * share
        return total

    def shares(self) -> Floats:
        """Return the part of the total that each aspect decides; an aspect without criteria decides nothing."""
        counted = self.aspect_weights * (self.weights > 0)
        return counted / counted.sum() if counted.sum() > 0 else counted

    def factors(self) -> Floats:
        """Return what one weighted point in each aspect adds to the total."""
        share = self.shares()
        return np.divide(share, self.weights, out=np.zeros_like(share), where=self.weights > 0)


@lru_cache(maxsize=16)
def compile_tables(rules: Rules) -> tuple[Tables, ...]:
    """Turn the criteria in force into lookup tables; cached on the rulebook's fingerprint and day."""
    return tuple(_compile(active) for active in rules.criteria)


def _compile(active: ActiveCriterion) -> Tables:
    choices = active.version.keuzes
    points = [choice.punten for choice in choices]
    rows = [(p, p, p, 1.0) for p in points] + [(min(points), active.version.expected, max(points), 0.0)]
    bands = sorted(((_lower(choice), place) for place, choice in enumerate(choices) if choice.is_band), key=lambda pair: pair[0])
    upper_counts = any(choice.boven is not None or choice.tot_en_met is not None for choice in choices)
    return Tables(
        active=active,
        aspect=ASPECTEN.index(active.criterion.aspect),
        weight=active.version.gewicht,
        points=np.array(rows),
        weighted=np.array(rows) * active.version.gewicht,
        hard=np.array([choice.blokkade is Blokkade.HARD for choice in choices] + [False]),
        soft=np.array([choice.blokkade is Blokkade.ZACHT for choice in choices] + [False]),
        bounds=np.array([lower for lower, _ in bands[1:]]),
        band_places=np.array([place for _, place in bands], dtype=np.int8),
        side="left" if upper_counts else "right",
        values={value: place for place, choice in enumerate(choices) for value in choice.waarden},
        codes={choice.code: place for place, choice in enumerate(choices)},
        unknown=len(choices),
    )


def _lower(choice: Choice) -> float:
    lower = choice.vanaf if choice.vanaf is not None else choice.boven
    return float("-inf") if lower is None else lower


def look_at(buildings: pd.DataFrame | Columns, rules: Rules) -> Situation:
    """Derive, estimate and place every criterion for a frame of buildings, or a chunk of it."""
    columns = buildings if isinstance(buildings, Columns) else Columns(buildings)
    derived = derive_facts(columns, rules)
    dwellings = estimate_dwellings(columns, rules)
    columns.set_number("lagen", _layers_asked(columns, dwellings))
    columns.set_number("woningen", dwellings.optoppen[1])
    measures: dict[str, Floats] = {}
    places: dict[str, Codes] = {}
    answered: dict[str, Bools] = {}
    open_places: dict[int, Codes] = {}  # many criteria are wholly unknown: they share an array, which nobody changes
    for table in compile_tables(rules):
        name = table.active.id
        place = _place(columns, table, measures, rules)
        answers = columns.codes(name, table.codes, table.unknown)
        if answers is not None:
            given = answers != table.unknown
            place = answers if place is None else np.where(given, answers, place)
            answered[name] = given
        if place is None:
            if table.unknown not in open_places:
                open_places[table.unknown] = np.full(columns.size, table.unknown, dtype=np.int8)
            place = open_places[table.unknown]
        places[name] = place
    return Situation(columns, dwellings, places, answered, measures, derived)


def _layers_asked(columns: Columns, dwellings: Dwellings) -> Floats:
    """The layers a rule reckons with: what is wished, else what is likely, and at least one."""
    wish = columns.number("extra_bouwlagen")
    return np.where(np.isnan(wish), np.maximum(dwellings.layers[1], 1), wish)


def _place(columns: Columns, table: Tables, measures: dict[str, Floats], rules: Rules) -> Codes | None:
    """Return the places that facts and measures give; None when nothing but an answer can."""
    criterion = table.active.criterion
    if criterion.meting is not None:
        measure = MEASURES[criterion.meting]
        if measure.name not in measures:
            measures[measure.name] = measure.compute({name: columns.number(name) for name in measure.inputs}, rules)
        return _band(measures[measure.name], table)
    if criterion.feit is not None and FACTS[criterion.feit].is_number:
        return _band(columns.number(criterion.feit), table)
    if criterion.feit is not None and FACTS[criterion.feit].kind is Kind.KEUZE:
        return columns.codes(criterion.feit, table.values, table.unknown)
    return None


def _band(values: Floats, table: Tables) -> Codes:
    if not len(table.band_places):
        return np.full(len(values), table.unknown, dtype=np.int8)
    places = table.band_places[np.searchsorted(table.bounds, values, side=table.side)]  # type: ignore[call-overload]
    places[np.isnan(values)] = table.unknown
    return places


def add_up(situation: Situation, rules: Rules, interventie: Interventie, *, only: frozenset[str] | None = None) -> Sums:
    """Add up weighted points per aspect over the criteria that apply to an interventie (and are in `only`)."""
    size = situation.columns.size
    if size == 1 and only is None:
        return _add_up_one(situation, rules, interventie)
    sums = np.zeros((len(ASPECTEN), size, 4))
    weights = np.zeros(len(ASPECTEN))
    hard, soft = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    looked_up = np.empty((size, 4))
    for table in applicable_tables(rules, interventie):
        if only is not None and table.active.id not in only:
            continue
        places = situation.places[table.active.id]
        # Into an array made once; "clip" spares numpy a copy and changes nothing, as every place is in the table.
        np.take(table.weighted, places, axis=0, out=looked_up, mode="clip")
        sums[table.aspect] += looked_up
        weights[table.aspect] += table.weight
        if table.hard.any():
            hard |= table.hard[places]
        if table.soft.any():
            soft |= table.soft[places]
    return Sums(sums, weights, _aspect_weights(rules), hard, soft)


@dataclass(frozen=True, slots=True)
class _Stacked:
    """The tables of an interventie in one block, padded to the longest: table × place, then the four numbers."""

    names: tuple[str, ...]
    row: npt.NDArray[np.intp]
    aspect: npt.NDArray[np.intp]
    weighted: npt.NDArray[np.float64]
    hard: Bools
    soft: Bools
    weights: Floats


@lru_cache(maxsize=64)
def _stack(rules: Rules, interventie: Interventie) -> _Stacked:
    tables = applicable_tables(rules, interventie)
    longest = max((table.unknown + 1 for table in tables), default=1)
    stacked = _Stacked(
        names=tuple(table.active.id for table in tables),
        row=np.arange(len(tables)),
        aspect=np.array([table.aspect for table in tables], dtype=np.intp),
        weighted=np.zeros((len(tables), longest, 4)),
        hard=np.zeros((len(tables), longest), dtype=bool),
        soft=np.zeros((len(tables), longest), dtype=bool),
        weights=np.zeros(len(ASPECTEN)),
    )
    for place, table in enumerate(tables):
        used = table.unknown + 1
        stacked.weighted[place, :used] = table.weighted
        stacked.hard[place, :used], stacked.soft[place, :used] = table.hard, table.soft
        stacked.weights[table.aspect] += table.weight
    return stacked


def _add_up_one(situation: Situation, rules: Rules, interventie: Interventie) -> Sums:
    """Do for one building what `add_up` does for many, all criteria at once: a screen waits for it after every answer.

    `np.add.at` adds in the order of the criteria, as the loop does, so that the floats are the very same.
    """
    stacked = _stack(rules, interventie)
    places = [situation.places[name].item() for name in stacked.names]
    sums = np.zeros((len(ASPECTEN), 1, 4))
    np.add.at(sums[:, 0], stacked.aspect, stacked.weighted[stacked.row, places])
    hard = np.array([stacked.hard[stacked.row, places].any()])
    soft = np.array([stacked.soft[stacked.row, places].any()])
    return Sums(sums, stacked.weights, _aspect_weights(rules), hard, soft)


def _aspect_weights(rules: Rules) -> Floats:
    return np.array([rules.aspectgewichten[aspect] for aspect in ASPECTEN])


@lru_cache(maxsize=64)
def applicable_tables(rules: Rules, interventie: Interventie) -> tuple[Tables, ...]:
    """Return the tables of the criteria that apply to an interventie."""
    return tuple(table for table in compile_tables(rules) if interventie in table.active.criterion.interventies)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of a verdict, from the rulebook."""

    coverage: float
    good_total: float
    good_aspect: float
    fair_total: float
    fair_aspect: float

    @classmethod
    def of(cls, rules: Rules) -> Thresholds:
        """Read the limits in force."""
        names = ("dekking_minimaal", "kansrijk_totaal", "kansrijk_aspect", "mits_totaal", "mits_aspect")
        return cls(*(rules.parameter(f"oordeel.{name}").likely - ROUNDING for name in names))


_PLACE = {oordeel: place for place, oordeel in enumerate(OORDELEN)}


def judge(totals: npt.NDArray[np.float64], weakest: Floats, hard: Bools, soft: Bools, limits: Thresholds) -> npt.NDArray[np.int8]:
    """Return the place in OORDELEN for each total. `totals` is (…, 4): low, likely, high, dekking as a share.

    Source: method section 4. The classes for "two classes apart" are those of the total alone: ≥ kansrijk, ≥ mits, less.
    """
    low, likely, high, known = (totals[..., k] for k in range(4))
    verdict = np.full(likely.shape, _PLACE[Oordeel.COMPLEX], dtype=np.int8)
    verdict[(likely >= limits.fair_total) & (weakest >= limits.fair_aspect)] = _PLACE[Oordeel.KANSRIJK_MITS]
    verdict[(likely >= limits.good_total) & (weakest >= limits.good_aspect) & ~soft] = _PLACE[Oordeel.KANSRIJK]
    wide = (low < limits.fair_total) & (high >= limits.good_total)
    verdict[(known * 100 < limits.coverage) | wide] = _PLACE[Oordeel.ONVOLDOENDE]
    verdict[hard] = _PLACE[Oordeel.NU_NIET]
    return verdict


def weakest_aspect(per_aspect: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return which aspect has the lowest likely score, and that score; aspects without criteria do not count."""
    likely = np.where(np.isnan(per_aspect[..., LIKELY]), np.inf, per_aspect[..., LIKELY])
    return likely.argmin(axis=0), likely.min(axis=0)


def score_buildings(
    buildings: pd.DataFrame, rules: Rules, *, interventie: Interventie = Interventie.OPTOPPEN, chunk: int = CHUNK
) -> pd.DataFrame:
    """Return SCORE_COLUMNS for every building, on its index. Scores run from 0 to 100, dekking from 0 to 100."""
    parts = [score_situation(look_at(columns, rules), rules, interventie) for columns in Columns.chunks(buildings, chunk)]
    columns = {name: join_parts([part[name] for part in parts]) for name in SCORE_COLUMNS}
    return pd.DataFrame(columns, index=buildings.index, copy=False)


def join_parts(parts: list[Output]) -> Output:
    """Join the arrays of consecutive chunks."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], pd.Categorical):
        joined: pd.Categorical = union_categoricals([part for part in parts if isinstance(part, pd.Categorical)])
        return joined
    return np.concatenate(parts)


def score_situation(situation: Situation, rules: Rules, interventie: Interventie) -> dict[str, Output]:
    """Return SCORE_COLUMNS as arrays for one chunk that was looked at."""
    sums = add_up(situation, rules, interventie)
    per_aspect, totals = sums.per_aspect(), sums.totals()
    which, weakest = weakest_aspect(per_aspect)
    verdict = judge(totals, weakest, sums.hard, sums.soft, Thresholds.of(rules))
    result: dict[str, Output] = {
        "oordeel": pd.Categorical.from_codes(verdict, categories=[str(oordeel) for oordeel in OORDELEN]),
        "score_laag": totals[:, LOW],
        "score": totals[:, LIKELY],
        "score_hoog": totals[:, HIGH],
        "dekking": totals[:, KNOWN] * 100,
    }
    for place, aspect in enumerate(ASPECTEN):
        result[f"{aspect}_laag"] = per_aspect[place, :, LOW]
        result[str(aspect)] = per_aspect[place, :, LIKELY]
        result[f"{aspect}_hoog"] = per_aspect[place, :, HIGH]
        result[f"{aspect}_dekking"] = per_aspect[place, :, KNOWN] * 100
    result["zwakste_aspect"] = pd.Categorical.from_codes(which, categories=[str(aspect) for aspect in ASPECTEN])
    result["blokkades"] = _blockers(situation, rules, interventie)
    return result


def _blockers(situation: Situation, rules: Rules, interventie: Interventie) -> pd.Categorical:
    """Return the ids of the criteria that block, in the order of the rulebook, joined by "; "."""
    blocking = [table for table in applicable_tables(rules, interventie) if table.hard.any() or table.soft.any()]
    mask = np.zeros(situation.columns.size, dtype=np.int64)
    for bit, table in enumerate(blocking):
        places = situation.places[table.active.id]
        mask |= (table.hard | table.soft)[places].astype(np.int64) << bit
    found, codes = np.unique(mask, return_inverse=True)
    texts = ["; ".join(table.active.id for bit, table in enumerate(blocking) if value >> bit & 1) for value in found]
    return pd.Categorical.from_codes(codes, categories=texts)
