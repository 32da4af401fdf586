"""How much the order and the verdicts hang on the weights.

Weights are drawn around their defaults (Dirichlet, fixed seed): within each aspect over its criteria, and over the
aspects. Per building: the share of draws in which it is among the best n, and in which its verdict stays the same.
Source: method section 4, Robuustheid; number of draws and spread are parameters in the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quickscan.domain.columns import Floats
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import (
    LIKELY,
    Situation,
    Tables,
    Thresholds,
    add_up,
    applicable_tables,
    judge,
    weakest_aspect,
)
from quickscan.domain.terms import ASPECTEN, Interventie

SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Robustness:
    """Shares between 0 and 1 per building, in the order of the buildings."""

    in_best: Floats
    first: Floats
    same_verdict: Floats
    draws: int
    best: int


def measure_robustness(situation: Situation, rules: Rules, interventie: Interventie, *, best: int | None = None) -> Robustness:
    """Draw weights and report how often each building stays in the best `best`, first, and in its verdict."""
    size = situation.columns.size
    draws = int(rules.parameter("robuustheid.trekkingen").likely)
    best = min(best or int(rules.parameter("robuustheid.beste").likely), size)
    spread = rules.parameter("robuustheid.concentratie").likely
    generator = np.random.default_rng(SEED)
    sums = add_up(situation, rules, interventie)
    limits = Thresholds.of(rules)
    now = judge(sums.totals(), weakest_aspect(sums.per_aspect())[1], sums.hard, sums.soft, limits)

    aspects = [_of_aspect(rules, interventie, place) for place in range(len(ASPECTEN))]
    inner = [_draw(generator, np.array([table.weight for table in tables]), spread, draws) for tables in aspects]
    outer = _draw(generator, sums.aspect_weights * (sums.weights > 0), spread, draws)
    points = [_points(situation, tables) for tables in aspects]

    # Equal scores go by pand_id, as in the ranking, so that the order of the rows decides nothing.
    ids = np.unique(situation.columns.text("pand_id").fillna("").to_numpy(dtype=str), return_inverse=True)[1]
    in_best, first, same = np.zeros(size), np.zeros(size), np.zeros(size)
    for draw in range(draws):
        per_aspect = np.full((len(ASPECTEN), size, 4), np.nan)
        totals = np.zeros((size, 4))
        for place, tables in enumerate(aspects):
            if tables and sums.weights[place] > 0:
                per_aspect[place] = np.tensordot(inner[place][draw], points[place], axes=1)
                totals += outer[draw, place] * per_aspect[place]
        order = np.lexsort((ids, -totals[:, LIKELY]))
        in_best[order[:best]] += 1
        first[order[:1]] += 1
        same += judge(totals, weakest_aspect(per_aspect)[1], sums.hard, sums.soft, limits) == now
    return Robustness(in_best / draws, first / draws, same / draws, draws, best)


def _of_aspect(rules: Rules, interventie: Interventie, place: int) -> list[Tables]:
    return [table for table in applicable_tables(rules, interventie) if table.aspect == place and table.weight > 0]


def _points(situation: Situation, tables: list[Tables]) -> npt.NDArray[np.float64]:
    return np.array([table.points[situation.places[table.active.id]] for table in tables])


def _draw(generator: np.random.Generator, weights: Floats, spread: float, draws: int) -> npt.NDArray[np.float64]:
    """Return `draws` sets of weights that add up to 1; a weight of zero stays zero."""
    result = np.zeros((draws, len(weights)))
    counted = weights > 0
    if counted.any():
        share = weights[counted] / weights[counted].sum()
        result[:, counted] = generator.dirichlet(share * spread, size=draws)
    return result
