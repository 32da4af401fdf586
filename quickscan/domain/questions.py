"""The next best question: which unknown criterion is worth answering first.

Worth = what answering can change, divided by the effort. What it can change adds up: a hard or soft blocker that it
may bring to light, the chance that the verdict changes (all choices equally likely), and the share of the total band
that the answer takes away. Source: method section 4; effort and the blockers' worth are parameters in the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

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


def _stand(situation: Situation, rules: Rules, interventie: Interventie, rows: Bools, sums: Sums | None = None) -> _Before:
    """Return where the buildings in `rows` stand."""
    sums, limits = add_up(situation, rules, interventie) if sums is None else sums, Thresholds.of(rules)
    sums = replace(sums, sums=sums.sums[:, rows], hard=sums.hard[rows], soft=sums.soft[rows])
    totals, likely = sums.totals(), sums.per_aspect()[..., LIKELY]
    likely = np.where(np.isnan(likely), np.inf, likely)
    lowest = np.sort(likely, axis=0)
    others = np.where(likely == lowest[0], lowest[1], lowest[0])
    verdict = judge(totals, lowest[0], sums.hard, sums.soft, limits)
    return _Before(sums, totals, likely, others, verdict, sums.factors(), limits)


def rank_questions(
    situation: Situation, rules: Rules, interventie: Interventie, *, row: int = 0, sums: Sums | None = None
) -> list[Question]:
    """Return the open questions of one building, the most worthwhile first; `sums` when they were added up before."""
    one = np.arange(situation.columns.size) == row
    before = _stand(situation, rules, interventie, one, sums)
    stakes = _list_stakes(rules, interventie)
    places = np.array([situation.places[table.active.id][row] for table in stakes.tables])
    unknown = places == stakes.choices
    # The same sum as in `_worth`, for all choices of all questions at once: one screen asks for it after every answer.
    likely, others = before.likely[:, 0][stakes.aspect], before.others[:, 0][stakes.aspect]
    moved = likely + stakes.shift[:, LIKELY] / before.sums.weights[stakes.aspect]
    totals = before.totals[0] + stakes.shift * before.factors[stakes.aspect][:, None]
    hard, soft = before.sums.hard[0] | stakes.hard, before.sums.soft[0] | stakes.soft
    after = judge(totals, np.minimum(others, moved), hard, soft, before.limits)
    chance = np.bincount(stakes.table[after != before.verdict[0]], minlength=len(stakes.tables)) / stakes.choices
    width = stakes.span * before.factors[stakes.table_aspect]
    worth = (stakes.blocker + chance + width / 100) / stakes.effort
    questions = [
        Question(stakes.tables[k].active, float(worth[k]), bool(stakes.blocks[k]), float(chance[k]), float(width[k]))
        for k in np.flatnonzero(unknown)
    ]
    return sorted(questions, key=lambda question: (-question.worth, question.active.id))


@dataclass(frozen=True, slots=True)
class _Stakes:
    """What the questions of an interventie can change, whoever the building: per question, and per choice of each."""

    tables: tuple[Tables, ...]
    table_aspect: npt.NDArray[np.intp]
    choices: npt.NDArray[np.intp]  # how many
    span: Floats  # of the weighted points
    blocks: Bools
    blocker: Floats
    effort: Floats
    table: npt.NDArray[np.intp]  # from here on per choice: which question
    aspect: npt.NDArray[np.intp]
    shift: npt.NDArray[np.float64]  # (choices, 4): what the weighted points change
    hard: Bools
    soft: Bools


@lru_cache(maxsize=64)
def _list_stakes(rules: Rules, interventie: Interventie) -> _Stakes:
    tables = tuple(table for table in applicable_tables(rules, interventie) if table.weight > 0)
    aspect = np.array([table.aspect for table in tables], dtype=np.intp)
    choices = np.array([table.unknown for table in tables], dtype=np.intp)
    owner = np.repeat(np.arange(len(tables)), choices)

    def join(parts: list[np.ndarray], shape: tuple[int, ...], kind: type) -> np.ndarray:
        return np.concatenate([np.empty(shape, kind), *parts])

    return _Stakes(
        tables=tables,
        table_aspect=aspect,
        choices=choices,
        span=np.array([table.weighted[table.unknown][HIGH] - table.weighted[table.unknown][LOW] for table in tables]),
        blocks=np.array([bool(table.hard.any() or table.soft.any()) for table in tables], dtype=bool),
        blocker=np.array([_blocker(table, rules) for table in tables]),
        effort=np.array([_effort(table, rules) for table in tables]),
        table=owner,
        aspect=aspect[owner],
        shift=join([table.weighted[: table.unknown] - table.weighted[table.unknown] for table in tables], (0, 4), float),
        hard=join([table.hard[: table.unknown] for table in tables], (0,), bool),
        soft=join([table.soft[: table.unknown] for table in tables], (0,), bool),
    )


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
    return (_blocker(table, rules) + chance + width / 100) / _effort(table, rules), chance, width


def _blocker(table: Tables, rules: Rules) -> float:
    """Return what it is worth that an answer may bring a blocker to light."""
    if not (table.hard.any() or table.soft.any()):
        return 0.0
    return rules.parameter("vraag.blokkade_hard" if table.hard.any() else "vraag.blokkade_zacht").likely


def _effort(table: Tables, rules: Rules) -> float:
    return rules.parameter(f"moeite.{table.active.criterion.moeite}").likely
