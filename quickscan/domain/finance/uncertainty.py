"""Monte Carlo: the same plan many times with other numbers, and what that says of the outcome.

Every uncertain number has a band: laag, waarschijnlijk, hoog, drawn from a triangle. The band is given in the case, or is
the rulebook's band around the number that is used. Costs move together: each follows the building market (shared by all
buildings) and its own luck; growths move together with inflation and are the same for all buildings; homes and delay are
a building's own.
The draws follow from the seed and the building's own number, so a building gets the same draws whatever stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from quickscan.domain.finance.filling import parameter_of
from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.inputs import INPUTS
from quickscan.domain.finance.posts import ALL, NONE, Maatregel, Values
from quickscan.domain.finance.valuation import value_plan
from quickscan.domain.rules import Rules

PERCENTILES = (10, 50, 90)
BARS = 36  # of the histogram of one building: enough to see its shape
AT_ONCE = 40_000  # buildings × draws in one go: what fits in the cache
WIDEST, PER_UNIT = 6.0, 512  # standard deviations in the table of the normal distribution, and places in each
_NORMAL = np.array(
    [0.5 * math.erfc(-place / PER_UNIT / math.sqrt(2)) for place in range(int(-WIDEST * PER_UNIT), int(WIDEST * PER_UNIT) + 1)]
)
_RISE = np.diff(_NORMAL, append=1.0)


class Kind(StrEnum):
    KOSTEN = "kosten"  # moves with the market; the band is a share of the number
    GROEI = "groei"  # the same for all buildings; the band is a difference
    EIGEN = "eigen"  # a building's own, a share of the number
    AANTAL = "aantal"  # a building's own band, from the scan; whole numbers
    MAANDEN = "maanden"  # a building's own band


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number that is drawn, and how; `band` names the keys with its low and high ends when the inputs hold them."""

    key: str
    kind: Kind
    band: tuple[str, str] | None = None


UNCERTAIN: tuple[Uncertain, ...] = (
    Uncertain("woning.bouwkosten_eur_ex_btw", Kind.KOSTEN),
    Uncertain("aanplakken.bouwkosten_eur_ex_btw", Kind.KOSTEN),
    Uncertain("uitplinten.bouwkosten_eur_ex_btw", Kind.KOSTEN),
    Uncertain("lift.kosten_eur_ex_btw", Kind.KOSTEN),
    Uncertain("verduurzaming.kosten_eur_ex_btw", Kind.KOSTEN),
    Uncertain("extra.fundering_eur_ex_btw", Kind.KOSTEN),
    Uncertain("extra.asbest_eur_ex_btw", Kind.KOSTEN),
    Uncertain("extra.overig_eur_ex_btw", Kind.KOSTEN),
    Uncertain("parameters.onderhoud_eur_per_jaar", Kind.KOSTEN),
    Uncertain("parameters.beheer_eur_per_jaar", Kind.KOSTEN),
    Uncertain("woning.huur_eur_per_maand", Kind.EIGEN),
    Uncertain("parameters.derving", Kind.EIGEN),
    Uncertain("parameters.huurstijging", Kind.GROEI),
    Uncertain("parameters.kostenstijging", Kind.GROEI),
    Uncertain("parameters.bouwkostenstijging", Kind.GROEI),
    Uncertain("woning.aantal", Kind.AANTAL, ("woning.aantal_laag", "woning.aantal_hoog")),
    Uncertain("planning.vertraging_maanden", Kind.MAANDEN, ("planning.vertraging_laag", "planning.vertraging_hoog")),
)
# Costs without a band of their own in the rulebook take that of the building costs.
BAND_OF: dict[str, str] = {
    "aanplakken.bouwkosten_eur_ex_btw": "financieel.bouwkosten",
    "uitplinten.bouwkosten_eur_ex_btw": "financieel.bouwkosten",
    "extra.fundering_eur_ex_btw": "financieel.fundering",
    "extra.asbest_eur_ex_btw": "financieel.asbest",
    "extra.overig_eur_ex_btw": "financieel.bouwkosten",
}


@dataclass(frozen=True, slots=True)
class Band:
    """The ends of a number per building, shape (building, 1)."""

    low: Floats
    likely: Floats
    high: Floats

    @property
    def is_wide(self) -> bool:
        return bool(np.any(self.high > self.low))


@dataclass(frozen=True, slots=True)
class Spread:
    """What the draws say, per building: percentiles of shape (3, building) and the chance that the plan closes."""

    total: Floats
    per_home: Floats
    closes: Floats
    draws: int
    seed: int
    bars: tuple[Floats, Floats] | None = None  # of one building: how many draws (n) between which edges (n + 1)


def find_bands(
    values: Values, rules: Rules, *, segment: str = "sociaal", given: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, Band]:
    """Return the band of every uncertain number; a number that is 0 or by year has none."""
    bands = {}
    for each in UNCERTAIN:
        likely = values[each.key]
        if likely.ndim == 3:  # noqa: PLR2004 - growths have an axis for the year
            if likely.shape[-1] > 1:
                continue
            likely = likely[..., 0]
        if given and each.key in given:
            low, high = (np.full_like(likely, end) for end in given[each.key])
        elif each.band is not None:
            low, high = values[each.band[0]], values[each.band[1]]
        else:
            low, high = _from_rulebook(each, likely, rules, segment)
        band = Band(np.minimum(low, likely), likely, np.maximum(high, likely))
        if band.is_wide:
            bands[each.key] = band
    return bands


def _from_rulebook(each: Uncertain, likely: Floats, rules: Rules, segment: str) -> tuple[Floats, Floats]:
    name = BAND_OF.get(each.key) or parameter_of(INPUTS[each.key], segment)
    if name is None:
        return likely, likely
    active = rules.parameter(name)
    if each.kind is Kind.GROEI:
        return likely + (active.low - active.likely), likely + (active.high - active.likely)
    if not active.likely:
        return likely, likely
    return likely * (active.low / active.likely), likely * (active.high / active.likely)


def triangle(uniform: Floats, low: Floats, likely: Floats, high: Floats) -> Floats:
    """Return draws from a triangle, from uniform numbers between 0 and 1."""
    width = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(width > 0, (likely - low) / width, 0.0)
    rises = uniform < top
    away = np.sqrt(np.where(rises, uniform * (width * (likely - low)), (1 - uniform) * (width * (high - likely))))
    return np.where(rises, low + away, high - away)


def draw_values(
    values: Values, bands: Mapping[str, Band], rules: Rules, *, draws: int, seed: int, keys: Sequence[int]
) -> Iterator[tuple[slice, dict[str, Floats]]]:
    """Yield parts of the buildings with drawn numbers, shape (buildings in the part, draws)."""
    tie = rules.parameter("onzekerheid.samenhang_kosten").likely
    market = np.random.default_rng([seed, 0])
    market_luck = market.standard_normal(draws) * math.sqrt(tie)
    values = {key: _alike(value) for key, value in values.items()}
    bands = {key: Band(_alike(band.low), _alike(band.likely), _alike(band.high)) for key, band in bands.items()}
    drawn = [each for each in UNCERTAIN if each.key in bands]
    inflation, tied = market.standard_normal(draws), rules.parameter("onzekerheid.samenhang_groei").likely
    growths = {
        each.key: _uniform(math.sqrt(tied) * inflation + math.sqrt(1 - tied) * market.standard_normal(draws))[None, :]
        for each in UNCERTAIN
        if each.kind is Kind.GROEI
    }
    growths = {key: luck for key, luck in growths.items() if key in bands}
    own = [each for each in drawn if each.kind is not Kind.GROEI]
    step = max(1, AT_ONCE // draws)
    for start in range(0, len(keys), step):
        part = slice(start, min(start + step, len(keys)))
        found = {key: _rows(value, part) for key, value in values.items()}
        ends = {key: (_rows(band.low, part), _rows(band.likely, part), _rows(band.high, part)) for key, band in bands.items()}
        found |= {key: triangle(luck, *ends[key])[..., None] for key, luck in growths.items()}
        for each, luck in _draw_luck(own, keys[part], market_luck, seed=seed, tie=tie):
            number = triangle(luck, *ends[each.key])
            found[each.key] = np.rint(number) if each.kind is Kind.AANTAL else number
        yield part, found


def _alike(value: Floats) -> Floats:
    """Return one row for all buildings when they are all the same, so that it is computed with once."""
    return value[:1] if len(value) > 1 and np.all(value == value[:1]) else value


def _rows(value: Floats, part: slice) -> Floats:
    return value if len(value) == 1 else value[part]


def _draw_luck(
    own: Sequence[Uncertain], keys: Sequence[int], market_luck: Floats, *, seed: int, tie: float
) -> Iterator[tuple[Uncertain, Floats]]:
    """Yield for each number uniform draws per building; those of costs lean on the market."""
    for each in own:
        luck, place = np.empty((len(keys), len(market_luck))), UNCERTAIN.index(each)
        costs = each.kind is Kind.KOSTEN
        for row, key in enumerate(keys):
            # A stream per building and number: what else is drawn, or stands beside it, changes nothing.
            generator = np.random.default_rng([seed, 1, key, place])
            if costs:
                generator.standard_normal(out=luck[row])
            else:
                generator.random(out=luck[row])
        yield each, _uniform(luck * math.sqrt(1 - tie) + market_luck) if costs else luck


def _uniform(luck: Floats) -> Floats:
    """Return standard normal draws as uniform draws."""
    # A table with even places instead of np.interp, which searches for each number: ten times as fast.
    place = np.clip((luck + WIDEST) * PER_UNIT, 0, len(_NORMAL) - 1)
    whole = place.astype(np.intp)
    place -= whole
    uniform: Floats = _NORMAL.take(whole) + place * _RISE.take(whole)
    return uniform


def simulate(
    values: Values,
    bands: Mapping[str, Band],
    rules: Rules,
    *,
    draws: int,
    seed: int,
    keys: Sequence[int] | None = None,
    measures: frozenset[Maatregel] = ALL,
    contribution: Floats = NONE,
) -> Spread:
    """Return the spread of the outcome per building; `keys` are numbers of the buildings, their order when left out."""
    size = len(values["woning.aantal"])
    total, per_home, closes = np.empty((3, size)), np.empty((3, size)), np.empty(size)
    bars = None
    for part, drawn in draw_values(values, bands, rules, draws=draws, seed=seed, keys=keys or range(size)):
        given = contribution if len(contribution) == 1 else contribution[part]
        worth = value_plan(drawn, measures, contribution=given)
        shape = (part.stop - part.start, draws)
        whole, each = (np.broadcast_to(array, shape) for array in (worth.total, worth.per_home))
        total[:, part] = np.percentile(whole, PERCENTILES, axis=1)
        per_home[:, part] = np.percentile(each, PERCENTILES, axis=1)
        closes[part] = np.mean(each >= 0, axis=1)
        if size == 1:
            counts, edges = np.histogram(each[0], bins=BARS)
            bars = (counts.astype(float), edges)
    return Spread(total=total, per_home=per_home, closes=closes, draws=draws, seed=seed, bars=bars)
