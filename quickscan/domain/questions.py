"""The next best question: which unknown criterion is worth answering first.

Worth = what answering can change, divided by the effort. What it can change adds up: a hard or soft blocker that it
may bring to light, the chance that the verdict changes (all choices equally likely), and the share of the total band
that the answer takes away. Source: method section 4; effort and the blockers' worth are parameters in the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quickscan.domain.columns import Bools, Floats
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.scoring import (
    HIGH,
    LIKELY,
    LOW,
    Situation,
    Sums,
    Tables,
    Thresholds,
    add_up,
    applicable_tables,
    judge,
)
from quickscan.domain.terms import Interventie


@dataclass(frozen=True, slots=True)
class Question:
    """An open question of one building, with why it matters."""

    active: ActiveCriterion
    worth: float
    may_block: bool
    chance: float  # 0..1: share of the choices that change the verdict
    width: float  # points of the total band that the answer removes


@dataclass(frozen=True, slots=True)
class _Before:
    """Where the buildings stand now, computed once for all questions."""

    sums: Sums
    totals: np.ndarray
    likely: np.ndarray  # (aspects, buildings); +inf for an aspect without criteria
    others: np.ndarray  # the same shape: the weakest of the other aspects
    verdict: np.ndarray
    factors: Floats
    limits: Thresholds


def _stand(situation: Situation, rules: Rules, interventie: Interventie, rows: Bools | None = None) -> _Before:
    """Return where the buildings stand; only those in `rows` when given."""
    sums, limits = add_up(situation, rules, interventie), Thresholds.of(rules)
    if rows is not None:
        sums = replace(sums, sums=sums.sums[:, rows], hard=sums.hard[rows], soft=sums.soft[rows])
    totals, likely = sums.totals(), sums.per_aspect()[..., LIKELY]
    likely = np.where(np.isnan(likely), np.inf, likely)
    others = np.array([np.delete(likely, place, axis=0).min(axis=0) for place in range(len(likely))])
    verdict = judge(totals, likely.min(axis=0), sums.hard, sums.soft, limits)
    return _Before(sums, totals, likely, others, verdict, sums.factors(), limits)


def rank_questions(situation: Situation, rules: Rules, interventie: Interventie, *, row: int = 0) -> list[Question]:
    """Return the open questions of one building, the most worthwhile first."""
    before = _stand(situation, rules, interventie)
    questions = []
    for table in applicable_tables(rules, interventie):
        if situation.places[table.active.id][row] == table.unknown and table.weight > 0:
            worth, chance, width = _worth(table, before, rules)
            blocks = bool(table.hard.any() or table.soft.any())
            questions.append(Question(table.active, float(worth[row]), blocks, float(chance[row]), width))
    return sorted(questions, key=lambda question: (-question.worth, question.active.id))


def next_questions(
    situation: Situation, rules: Rules, interventie: Interventie, *, rows: Bools | None = None
) -> npt.NDArray[np.object_]:
    """Return for each building the id of its most worthwhile open question, "" when all is answered or not in `rows`."""
    asked = np.ones(situation.columns.size, dtype=bool) if rows is None else rows
    before = _stand(situation, rules, interventie, asked)
    best = np.full(len(before.totals), -np.inf)
    chosen = np.full(len(before.totals), "", dtype=object)
    for table in sorted(applicable_tables(rules, interventie), key=lambda table: table.active.id):
        if table.weight <= 0:
            continue
        worth, _, _ = _worth(table, before, rules)
        better = (situation.places[table.active.id][asked] == table.unknown) & (worth > best)
        best[better], chosen[better] = worth[better], table.active.id
    result = np.full(situation.columns.size, "", dtype=object)
    result[asked] = chosen
    return result


def _worth(table: Tables, before: _Before, rules: Rules) -> tuple[Floats, Floats, float]:
    """Return worth and chance per building, and the width removed, as if `table` were unknown for all of them."""
    sums, factor = before.sums, float(before.factors[table.aspect])
    open_row = table.weighted[table.unknown]
    changed = np.zeros(len(before.totals))
    for place in range(table.unknown):
        shift = table.weighted[place] - open_row
        moved = before.likely[table.aspect] + shift[LIKELY] / sums.weights[table.aspect]
        weakest = np.minimum(before.others[table.aspect], moved)
        hard, soft = sums.hard | table.hard[place], sums.soft | table.soft[place]
        after = judge(before.totals + shift * factor, weakest, hard, soft, before.limits)
        changed += after != before.verdict
    chance = changed / table.unknown
    width = float((open_row[HIGH] - open_row[LOW]) * factor)
    blocker = 0.0
    if table.hard.any() or table.soft.any():
        blocker = rules.parameter("vraag.blokkade_hard" if table.hard.any() else "vraag.blokkade_zacht").likely
    effort = rules.parameter(f"moeite.{table.active.criterion.moeite}").likely
    return (blocker + chance + width / 100) / effort, chance, width
