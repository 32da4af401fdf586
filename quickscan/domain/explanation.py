"""Why a building scores as it does: every number back to rule, value, source and who said it.

A `Line` explains one criterion of one building; an `Explanation` holds them all for one interventie, with the verdict
and its conditions. Nothing here computes a score again: it reads the same situation that was scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from quickscan.domain.answers import Answer
from quickscan.domain.dwellings import ROUTES, Route
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.measures import MEASURES
from quickscan.domain.planbook import Action
from quickscan.domain.questions import Question, rank_questions
from quickscan.domain.rules import ActiveCriterion, ActiveParameter, Choice, Rules
from quickscan.domain.scoring import (
    HIGH,
    KNOWN,
    LIKELY,
    LOW,
    Situation,
    Tables,
    Thresholds,
    add_up,
    applicable_tables,
    judge,
    weakest_aspect,
)
from quickscan.domain.terms import ASPECTEN, OORDELEN, Aspect, Blokkade, Herkomst, Interventie, Oordeel

ESTIMATES: Mapping[str, tuple[str, str]] = {
    "lagen": ("Nieuwe lagen", "lagen"),
    "woningen": ("Nieuwe woningen", "woningen"),
}

_PRECEDENCE = {source: rank for rank, source in enumerate(Herkomst)}  # 0 is best


@dataclass(frozen=True, slots=True)
class Band:
    """A number with its unknowns: lowest, likely and highest; and the share that is known (0–100)."""

    low: float
    likely: float
    high: float
    coverage: float = 100.0


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a rule used: what, how much, and where it comes from."""

    name: str
    label: str
    value: str | float | None
    unit: str
    source: Herkomst | None
    source_label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of one building."""

    active: ActiveCriterion
    choice: Choice | None  # None: unknown
    origin: Herkomst | None
    origin_label: str
    band: Band  # points 0–100
    weight: float
    share: float  # part of the total that this criterion decides, 0–1
    inputs: tuple[Given, ...]
    formula: str
    measured: float | None
    unit: str
    parameters: tuple[ActiveParameter, ...]
    answer: Answer | None

    @property
    def contribution(self) -> Band:
        """Points of the total that come from this criterion."""
        return Band(self.band.low * self.share, self.band.likely * self.share, self.band.high * self.share)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything the building page shows for one interventie."""

    interventie: Interventie
    oordeel: Oordeel
    total: Band
    aspects: Mapping[Aspect, Band]
    weakest: Aspect
    homes: Band  # NaN when they cannot be estimated
    layers: Band
    route: Route
    ratio: float
    lines: tuple[Line, ...]
    questions: tuple[Question, ...]

    @property
    def blockers(self) -> tuple[Line, ...]:
        """Lines whose choice blocks, hard ones first."""
        blocking = [line for line in self.lines if line.choice and line.choice.blokkade is not Blokkade.GEEN]
        return tuple(sorted(blocking, key=lambda line: line.choice is None or line.choice.blokkade is not Blokkade.HARD))

    @property
    def conditions(self) -> tuple[str, ...]:
        """What must be solved first, the weightiest first."""
        known = [line for line in self.lines if line.choice and line.choice.voorwaarde]
        known.sort(key=lambda line: (-line.share * (100 - line.band.likely), line.active.id))
        return tuple(dict.fromkeys(line.choice.voorwaarde for line in known if line.choice))

    @property
    def speeds_up(self) -> tuple[Line, ...]:
        """Lines that shorten a step."""
        return tuple(line for line in self.lines if line.choice and line.choice.maanden < 0)

    @property
    def delays(self) -> tuple[Line, ...]:
        """Lines that lengthen a step, the longest first."""
        late = [line for line in self.lines if line.choice and line.choice.maanden > 0]
        return tuple(sorted(late, key=lambda line: -(line.choice.maanden if line.choice else 0)))

    def actions(self, rules: Rules) -> tuple[Action, ...]:
        """Return the actions that the known choices start, in the order of the steps."""
        ids = dict.fromkeys(name for line in self.lines if line.choice for name in line.choice.acties)
        return tuple(sorted((rules.acties[name] for name in ids), key=lambda action: (action.stap, action.titel)))


def explain(
    situation: Situation,
    rules: Rules,
    interventie: Interventie,
    *,
    facts: Sequence[Fact] = (),
    answers: Mapping[str, Answer] | None = None,
    row: int = 0,
) -> Explanation:
    """Explain one building of a situation. `facts` (best first) and `answers` give sources and authors."""
    answers = answers or {}
    best_fact: dict[str, Fact] = {}
    for fact in facts:
        best_fact.setdefault(fact.name, fact)
    sums = add_up(situation, rules, interventie)
    totals, per_aspect = sums.totals(), sums.per_aspect()
    which, weakest = weakest_aspect(per_aspect)
    verdict = judge(totals, weakest, sums.hard, sums.soft, Thresholds.of(rules))
    factors = sums.factors().tolist()
    lines = []
    for table in applicable_tables(rules, interventie):
        place = int(situation.places[table.active.id][row])
        share = table.weight * factors[table.aspect]
        lines.append(_line(situation, rules, table, place, share, answers.get(table.active.id), best_fact, row))
    homes = {
        Interventie.OPTOPPEN: situation.dwellings.optoppen,
        Interventie.AANPLAKKEN: situation.dwellings.aanplakken,
        Interventie.UITPLINTEN: situation.dwellings.uitplinten,
    }[interventie][:, row]
    layers = situation.dwellings.layers[:, row]
    return Explanation(
        interventie=interventie,
        oordeel=OORDELEN[int(verdict[row])],
        total=_band(totals[row]),
        aspects={aspect: _band(per_aspect[place, row]) for place, aspect in enumerate(ASPECTEN) if sums.weights[place] > 0},
        weakest=ASPECTEN[int(which[row])],
        homes=Band(*(float(number) for number in homes)),
        layers=Band(*(float(number) for number in layers)),
        route=ROUTES[int(situation.dwellings.route[row])],
        ratio=float(situation.dwellings.ratio[row]),
        lines=tuple(lines),
        questions=tuple(rank_questions(situation, rules, interventie, row=row, sums=sums)),
    )


def _band(row: np.ndarray) -> Band:
    return Band(float(row[LOW]), float(row[LIKELY]), float(row[HIGH]), float(row[KNOWN]) * 100)


@lru_cache(maxsize=512)
def _list_bands(table: Tables) -> tuple[Band, ...]:
    """Return the points of every place of a criterion, "unknown" last."""
    return tuple(_band(points) for points in table.points)


def _line(
    situation: Situation,
    rules: Rules,
    table: Tables,
    place: int,
    share: float,
    answer: Answer | None,
    facts: Mapping[str, Fact],
    row: int,
) -> Line:
    active = table.active
    criterion = active.criterion
    choice = active.version.keuzes[place] if place < table.unknown else None
    by_person = criterion.id in situation.answered and bool(situation.answered[criterion.id][row])
    inputs: tuple[Given, ...] = ()
    formula, measured, unit, parameters = "", None, "", ()
    if criterion.feit is not None and not by_person:
        inputs = (given(situation, criterion.feit, facts, row),)
    elif criterion.meting is not None and not by_person:
        measure = MEASURES[criterion.meting]
        inputs = tuple(given(situation, name, facts, row) for name in measure.inputs)
        number = float(situation.measures[measure.name][row])
        formula, unit = measure.sentence, measure.unit
        measured = None if np.isnan(number) else number
        parameters = tuple(rules.parameter(name) for name in measure.parameters)  # type: ignore[assignment]
    origin, label = _origin(choice, answer, inputs, by_person=by_person)
    return Line(
        active=active,
        choice=choice,
        origin=origin,
        origin_label=label,
        band=_list_bands(table)[place],
        weight=table.weight,
        share=share,
        inputs=inputs,
        formula=formula,
        measured=measured,
        unit=unit,
        parameters=parameters,
        answer=answer,
    )


def _origin(
    choice: Choice | None, answer: Answer | None, inputs: tuple[Given, ...], *, by_person: bool
) -> tuple[Herkomst | None, str]:
    if choice is None:
        return None, "nog niet bekend"
    if by_person:
        return Herkomst.ANTWOORD, answer.author if answer else "antwoord"
    sourced = [entry for entry in inputs if entry.source is not None]
    if not sourced:
        return Herkomst.AFGELEID, "berekend"
    weakest = max(sourced, key=lambda entry: _PRECEDENCE[entry.source] if entry.source else 0)
    return weakest.source, weakest.source_label


def given(situation: Situation, name: str, facts: Mapping[str, Fact], row: int) -> Given:
    """Return the value that was used for a fact of one building, with its source."""
    if name in ESTIMATES:
        label, unit = ESTIMATES[name]
        return Given(name, label, _value(situation, name, row, is_number=True), unit, Herkomst.AFGELEID, "berekend")
    spec = FACTS[name]
    value = _value(situation, name, row, is_number=spec.is_number)
    if name in situation.derived and bool(situation.derived[name][row]):
        return Given(name, spec.label, value, spec.unit, Herkomst.AFGELEID, "afgeleid")
    fact = facts.get(name)
    if fact is not None:
        return Given(name, spec.label, fact.value, spec.unit, fact.source, fact.source_label)
    if value is None:
        return Given(name, spec.label, None, spec.unit, None, "onbekend")
    return Given(name, spec.label, value, spec.unit, Herkomst.OPGAVE, "bestand")


def _value(situation: Situation, name: str, row: int, *, is_number: bool) -> str | float | None:
    if is_number:
        number = float(situation.columns.number(name)[row])
        return None if np.isnan(number) else number
    return situation.columns.text_at(name, row)


def count_that_matter(explanation: Explanation, rules: Rules) -> int:
    """Return how many open questions still matter.

    While too little is known: how many of the best questions it takes until enough is. After that: the questions that
    can block or change the verdict.
    """
    if explanation.oordeel is not Oordeel.ONVOLDOENDE:
        return sum(question.may_block or question.chance > 0 for question in explanation.questions)
    share = {line.active.id: line.share * 100 for line in explanation.lines}
    known, count = explanation.total.coverage, 0
    for question in explanation.questions:
        if known >= rules.parameter("oordeel.dekking_minimaal").likely:
            break
        known += share[question.active.id]
        count += 1
    return max(count, 1) if explanation.questions else 0
