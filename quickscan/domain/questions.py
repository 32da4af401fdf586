"""The next best question: which unknown criterion is worth answering first.

Worth = what answering can change, divided by the effort. What it can change adds up: a hard or soft blocker that it
may bring to light, the chance that the verdict changes (all choices equally likely), and the share of the total band
that the answer takes away. Source: method section 4; effort and the blockers' worth are parameters in the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quickscan.domain.columns import Floats
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.scoring import (
    HIGH,
    LOW,
    Situation,
    Sums,
    Tables,
    Thresholds,
    add_up,
    applicable_tables,
    judge,
    weakest_aspect,
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
    per_aspect: np.ndarray
    verdict: np.ndarray
    factors: Floats
    limits: Thresholds


def _stand(situation: Situation, rules: Rules, interventie: Interventie) -> _Before:
    sums, limits = add_up(situation, rules, interventie), Thresholds.of(rules)
    totals, per_aspect = sums.totals(), sums.per_aspect()
    verdict = judge(totals, weakest_aspect(per_aspect)[1], sums.hard, sums.soft, limits)
    return _Before(sums, totals, per_aspect, verdict, sums.factors(), limits)


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


def next_questions(situation: Situation, rules: Rules, interventie: Interventie) -> np.ndarray:
    """Return for each building the id of its most worthwhile open question, "" when all is answered."""
    before = _stand(situation, rules, interventie)
    best = np.full(situation.columns.size, -np.inf)
    chosen = np.full(situation.columns.size, "", dtype=object)
    for table in sorted(applicable_tables(rules, interventie), key=lambda table: table.active.id):
        if table.weight <= 0:
            continue
        worth, _, _ = _worth(table, before, rules)
        better = (situation.places[table.active.id] == table.unknown) & (worth > best)
        best[better], chosen[better] = worth[better], table.active.id
    return chosen


def _worth(table: Tables, before: _Before, rules: Rules) -> tuple[Floats, Floats, float]:
    """Return worth and chance per building, and the width removed, as if `table` were unknown for all of them."""
    sums, factor = before.sums, float(before.factors[table.aspect])
    open_row = table.weighted[table.unknown]
    changed = np.zeros(len(before.totals))
    for place in range(table.unknown):
        shift = table.weighted[place] - open_row
        after_aspect = before.per_aspect.copy()
        after_aspect[table.aspect] += shift / sums.weights[table.aspect]
        hard, soft = sums.hard | table.hard[place], sums.soft | table.soft[place]
        after = judge(before.totals + shift * factor, weakest_aspect(after_aspect)[1], hard, soft, before.limits)
        changed += after != before.verdict
    chance = changed / table.unknown
    width = float((open_row[HIGH] - open_row[LOW]) * factor)
    blocker = 0.0
    if table.hard.any() or table.soft.any():
        blocker = rules.parameter("vraag.blokkade_hard" if table.hard.any() else "vraag.blokkade_zacht").likely
    effort = rules.parameter(f"moeite.{table.active.criterion.moeite}").likely
    return (blocker + chance + width / 100) / effort, chance, width
