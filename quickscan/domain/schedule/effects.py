"""What the answers do to the steps: months on top or off, another term, nature to count first, lessons agreed.

Delays on one step mostly run at the same time: the longest counts in full, the others for a part. What speeds up adds
up; a step keeps a least part of its usual duration, and what is over goes to the steps after it. A criterion that
nobody knows adds nothing, but for nature: there the rulebook says what counts as long as it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from quickscan.domain.columns import Bools, Codes, Floats
from quickscan.domain.rules import ActiveCriterion, Choice, Rules
from quickscan.domain.scoring import applicable_tables
from quickscan.domain.terms import Interventie

CHAIN = (1, 3, 4, 5, 6, 7)  # steps that wait for each other; 2 runs beside them, 8 comes after the first tenant
PLACE = {step: place for place, step in enumerate(CHAIN)}
# A criterion on taking part works on what waits for it: the permit. After the first tenant nothing is late any more.
WORKS_ON: Mapping[int, int | None] = {2: 6, 8: None}
PERMIT, USUAL_TERM = 6, "planning.termijn_regulier_weken"  # the step whose duration is a term of law
MONTH = 365.25 / 12
WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What one choice does to the plan."""

    months: float = 0.0  # on top of the step; below zero: off it
    term: str = ""
    seasons: frozenset[str] = frozenset()
    lessons: frozenset[str] = frozenset()

    @property
    def is_nothing(self) -> bool:
        return not (self.months or self.term or self.seasons or self.lessons)


@dataclass(frozen=True)
class Effects:
    """What the answers of a number of buildings do, per building and step of the chain."""

    delays: Floats  # (building, step): months on top
    savings: Floats  # (building, step): months off, before they are spread
    terms: tuple[str | None, ...]  # per building the parameter that is the duration of step 6
    seasons: tuple[frozenset[str], ...]  # nature to count first
    protected: Bools  # animals were found or are likely, so a permit for nature is needed
    lessons: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.terms)

    def take(self, rows: Sequence[int]) -> Effects:
        """Return the effects of some of the buildings, or of one several times."""
        kept = list(rows)
        return Effects(
            self.delays[kept],
            self.savings[kept],
            tuple(self.terms[row] for row in kept),
            tuple(self.seasons[row] for row in kept),
            self.protected[kept],
            tuple(self.lessons[row] for row in kept),
        )


def effect_of(choice: Choice) -> Effect:
    """Return what a choice does; a term, seasons or lessons stand in the place of its months."""
    special = bool(choice.termijn or choice.seizoenen or choice.lessen)
    return Effect(0.0 if special else choice.maanden, choice.termijn, frozenset(choice.seizoenen), frozenset(choice.lessen))


def place_of(active: ActiveCriterion) -> int | None:
    """Return the place in the chain that a criterion works on; None when nothing waits for it."""
    step = WORKS_ON.get(active.criterion.stap, active.criterion.stap)
    return None if step is None else PLACE[step]


def nature_while_unknown(active: ActiveCriterion, rules: Rules) -> frozenset[str]:
    """Return what has to be counted as long as nobody answered a criterion about nature."""
    if rules.parameter("planning.natuur_bij_onbekend").likely < 0.5:  # noqa: PLR2004 - yes is 1, no is 0
        return frozenset()
    return frozenset(name for choice in active.version.keuzes for name in choice.seizoenen)


@dataclass(frozen=True, eq=False)
class _Criterion:
    active: ActiveCriterion
    place: int
    months: Floats  # per choice, "unknown" last
    effects: tuple[Effect, ...]  # the same


@lru_cache(maxsize=32)
def _compile(rules: Rules, interventie: Interventie) -> tuple[_Criterion, ...]:
    found = []
    for table in applicable_tables(rules, interventie):
        place = place_of(table.active)
        unknown = Effect(seasons=nature_while_unknown(table.active, rules))
        effects = (*(effect_of(choice) for choice in table.active.version.keuzes), unknown)
        if place is not None and not all(effect.is_nothing for effect in effects):
            found.append(_Criterion(table.active, place, np.array([effect.months for effect in effects]), effects))
    return tuple(found)


def shifting(rules: Rules, interventie: Interventie) -> tuple[tuple[ActiveCriterion, int], ...]:
    """Return the criteria that can move the plan, each with its number of choices (which is also the place of "unknown")."""
    return tuple((found.active, len(found.effects) - 1) for found in _compile(rules, interventie))


def read_effects(places: Mapping[str, Codes], rules: Rules, interventie: Interventie) -> Effects:
    """Return the effects of the places (choices) of a number of buildings, as `scoring.look_at` finds them."""
    size = len(next(iter(places.values())))
    longest, total, savings = (np.zeros((size, len(CHAIN))) for _ in range(3))
    terms: list[str | None] = [None] * size
    seasons: list[frozenset[str]] = [frozenset()] * size
    lessons: list[frozenset[str]] = [frozenset()] * size
    protected = np.zeros(size, dtype=bool)
    for criterion in _compile(rules, interventie):
        chosen = places[criterion.active.id]
        months = criterion.months[chosen]
        late = np.maximum(months, 0)
        longest[:, criterion.place] = np.maximum(longest[:, criterion.place], late)
        total[:, criterion.place] += late
        savings[:, criterion.place] += np.maximum(-months, 0)
        for place, effect in enumerate(criterion.effects):
            if not (effect.term or effect.seasons or effect.lessons):
                continue
            rows = np.flatnonzero(chosen == place)
            for row in rows.tolist():
                terms[row] = effect.term or terms[row]
                seasons[row] |= effect.seasons
                lessons[row] |= effect.lessons
            if effect.seasons and place < len(criterion.effects) - 1:
                protected[rows] = True
    share = rules.parameter("planning.bijkomende_vertraging").likely
    return Effects(longest + share * (total - longest), savings, tuple(terms), tuple(seasons), protected, tuple(lessons))


def spread(wanted: Floats, room: npt.ArrayLike) -> Floats:
    """Return months off per step: as much as a step has room for, and the rest at the steps after it, while there is room."""
    given, rest = np.zeros_like(wanted), np.zeros(len(wanted))
    for place, most in enumerate(np.asarray(room, dtype=float)):
        asked = wanted[:, place] + rest
        given[:, place] = np.minimum(asked, most)
        rest = asked - given[:, place]
    return given


def usual_months(rules: Rules) -> Floats:
    """Return the durations of the handreiking itself, per step of the chain."""
    weeks = rules.parameter(USUAL_TERM).likely
    return np.array(
        [weeks * WEEK / MONTH if step == PERMIT else rules.parameter(f"planning.stap_{step}_maanden").likely for step in CHAIN]
    )


def find_overlaps(lessons: Sequence[frozenset[str]], rules: Rules) -> Floats:
    """Return per building how many months each step starts before the end of the one before it.

    A step does not start before the one before it, counted in usual durations; what a lesson cannot win there, it wins at
    the steps after.
    """
    wanted = np.zeros((len(lessons), len(CHAIN)))
    for lesson in rules.planning.lessen:
        rows = [row for row, chosen in enumerate(lessons) if lesson.id in chosen]
        wanted[rows, PLACE[lesson.stap]] += rules.parameter(lesson.parameter).likely
    usual = usual_months(rules)
    built = rules.parameter("planning.bouw_weken").likely * WEEK / MONTH
    own = np.append(usual[:-1], max(usual[-1] - built, 0.0))  # the weeks on the roof never overlap the permit
    room = np.minimum(own, np.concatenate([[0.0], usual[:-1]]))
    return spread(wanted, room)
