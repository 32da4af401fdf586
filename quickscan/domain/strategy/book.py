"""What the rulebook says about strategy, as data: arguments for and against a route, and the checks of the aanpasbaarheidsscan.

A *route* is one of the five ways to add homes to what stands there (BIG5). An *argument* speaks for or against a route, always
or where a condition holds. A *check* looks at one fact or one criterion and finds it favourable or worth attention. A condition
has three outcomes: it holds, it does not, or nobody knows; unknown never counts against a building.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Help, Rules
from quickscan.domain.scoring import LIKELY, Situation, compile_tables
from quickscan.domain.sourced import Code, Frozen, Sourced, Text

Outcomes = npt.NDArray[np.int8]
HOLDS, FAILS, UNKNOWN = 1, 0, -1
MEASURED: frozenset[str] = frozenset({"diepte_m", "woningen", "lagen"})  # numbers that are reckoned, not facts


class Route(StrEnum):
    """The five routes, in the order of the screen. `uitplinten` is called ondertoppen in the BIG5."""

    OPTOPPEN = "optoppen"
    ONDERTOPPEN = "ondertoppen"
    SPLITSEN = "splitsen"
    WONINGDELEN = "woningdelen"
    SLOOP_NIEUWBOUW = "sloop-nieuwbouw"


class Condition(Frozen):
    """Something that holds for a building: on a fact (a number between bounds, or some words) or on a criterion's points."""

    feit: str | None = None
    criterium: str | None = None
    vanaf_waarde: float | None = None  # included
    tot_waarde: float | None = None  # not included
    is_een_van: tuple[str, ...] = ()
    punten_vanaf: float | None = None
    punten_onder: float | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        bounds = self.vanaf_waarde is not None or self.tot_waarde is not None
        points = self.punten_vanaf is not None or self.punten_onder is not None
        if (self.feit is None) == (self.criterium is None):
            msg = "een voorwaarde kijkt naar óf een feit óf een criterium; noem er één"
            raise ValueError(msg)
        if self.criterium is not None and (bounds or self.is_een_van or not points):
            msg = "bij een criterium hoort punten_vanaf of punten_onder"
            raise ValueError(msg)
        if self.feit is not None:
            known = FACTS.get(self.feit)
            number = self.feit in MEASURED or (known is not None and known.is_number)
            if known is None and not number:
                msg = f"feit '{self.feit}' bestaat niet; de feiten staan in docs/feiten.md"
                raise ValueError(msg)
            if points or bounds != number or bool(self.is_een_van) == number:
                msg = f"bij feit '{self.feit}' hoort {'vanaf_waarde of tot_waarde' if number else 'is_een_van'}"
                raise ValueError(msg)
        return self


class Argument(Sourced):
    """One reason for or against a route. Without a condition it always counts."""

    id: Code
    route: Route
    kant: Literal["voor", "tegen"]
    tekst: Text
    als: Condition | None = None


class Check(Sourced):
    """One question of the aanpasbaarheidsscan: it is favourable where `gunstig` holds, and worth attention where it does not."""

    id: Code
    thema: Text
    naam: Text
    hulp: Help
    gunstig: Condition
    bij_gunstig: Text
    bij_aandacht: Text


class StrategyBook(Frozen):
    """All arguments and checks that ship with the tool."""

    argumenten: Annotated[tuple[Argument, ...], Field(min_length=1)]
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]


def judge(condition: Condition, situation: Situation, rules: Rules) -> Outcomes:
    """Return per building HOLDS, FAILS or UNKNOWN."""
    columns = situation.columns
    if condition.criterium is not None:
        rules.criterion(condition.criterium)  # tells when it is not in force
        table = next(each for each in compile_tables(rules) if each.active.id == condition.criterium)
        places = situation.places[condition.criterium]
        return _between(
            table.points[places, LIKELY], condition.punten_vanaf, condition.punten_onder, unknown=places == table.unknown
        )
    name = condition.feit or ""
    if condition.is_een_van:
        held, known = columns.matches(name, condition.is_een_van)
        return np.where(known, held, UNKNOWN).astype(np.int8)
    values = columns.number(name)
    return _between(values, condition.vanaf_waarde, condition.tot_waarde, unknown=np.isnan(values))


def _between(
    values: npt.NDArray[np.float64], low: float | None, high: float | None, *, unknown: npt.NDArray[np.bool_]
) -> Outcomes:
    with np.errstate(invalid="ignore"):
        held = (values >= (-np.inf if low is None else low)) & (values < (np.inf if high is None else high))
    return np.where(unknown, UNKNOWN, held).astype(np.int8)
