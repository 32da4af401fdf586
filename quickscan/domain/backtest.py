"""The back-test: what the estimate of homes would have said of projects that were built.

The inputs of a project go in as facts, the layers that were built as the wish, and the structure as calculated: what
stands there was proven to be possible. So this tests the homes per layer, facade or plinth, not the number of layers.
Where sources give a range for what was built, the error is the distance to the nearest end; nothing is averaged.
A project that a rule was drawn from (`borrowed`) shows that the rule fits its source, not that it fits elsewhere, so
the summary is also given for the other projects alone.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from quickscan.domain.columns import Columns
from quickscan.domain.derive import derive_facts
from quickscan.domain.dwellings import ROUTES, Dwellings, estimate_dwellings
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Interventie


class Built(Protocol):
    """How many homes were added; the two differ when sources do."""

    @property
    def laag(self) -> int: ...
    @property
    def hoog(self) -> int: ...


class Inputs(Protocol):
    """What went into a project."""

    @property
    def interventie(self) -> Interventie: ...
    def facts(self) -> dict[str, float | str]:
        """Return the inputs under the names of facts."""


class Reference(Protocol):
    """A reference project. Without `meting` it is not fit, and `uitgesloten` says why."""

    @property
    def naam(self) -> str: ...
    @property
    def meting(self) -> Inputs | None: ...
    @property
    def toegevoegd(self) -> Built | None: ...
    @property
    def bouwjaar(self) -> int | None: ...
    @property
    def uitgesloten(self) -> str: ...
    @property
    def regel_ontleend(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One project that could be reckoned with. `estimate` is laag, waarschijnlijk, hoog."""

    name: str
    interventie: Interventie
    route: str
    estimate: tuple[float, float, float]
    built: tuple[int, int]  # the ends of what sources say
    borrowed: bool

    @property
    def error(self) -> float:
        """Likely minus built; 0 between the ends of what sources say."""
        low, high = self.built
        return min(self.estimate[1] - low, 0.0) + max(self.estimate[1] - high, 0.0)

    @property
    def share(self) -> float:
        """The size of the error as a part of what was built."""
        nearest = self.built[0] if self.error < 0 else self.built[1]
        return abs(self.error) / nearest if nearest else float("inf") if self.error else 0.0

    @property
    def in_range(self) -> bool:
        """Tell whether what was built and the estimate's band touch."""
        return self.estimate[0] <= self.built[1] and self.built[0] <= self.estimate[2]


@dataclass(frozen=True, slots=True)
class Summary:
    """How good the estimate is over some cases."""

    cases: int
    median_error: float  # homes
    median_share: float  # 0.1 is 10 % of what was built
    coverage: float  # share of the cases within the band

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Summary | None:
        """Return the summary, None without cases."""
        if not cases:
            return None
        return cls(
            cases=len(cases),
            median_error=statistics.median(abs(case.error) for case in cases),
            median_share=statistics.median(case.share for case in cases),
            coverage=sum(case.in_range for case in cases) / len(cases),
        )


@dataclass(frozen=True, slots=True)
class Unused:
    """A project left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """The outcome over the whole table."""

    cases: tuple[Case, ...]
    unused: tuple[Unused, ...]

    @property
    def all(self) -> Summary | None:
        return Summary.of(self.cases)

    @property
    def independent(self) -> Summary | None:
        """The summary over the projects that no rule was drawn from."""
        return Summary.of([case for case in self.cases if not case.borrowed])


def run_backtest(references: Iterable[Reference], rules: Rules) -> Backtest:
    """Reckon every project that is fit for it, and tell of the others why they are not."""
    cases, unused = [], []
    for reference in references:
        if reference.meting is None or reference.toegevoegd is None:
            unused.append(Unused(reference.naam, reference.uitgesloten or "Het aantal toegevoegde woningen is niet bekend."))
            continue
        facts = reference.meting.facts()
        estimate, route = _estimate(facts, reference.bouwjaar, reference.meting.interventie, rules)
        if any(value != value for value in estimate):  # noqa: PLR0124 - NaN: no route had its inputs
            unused.append(Unused(reference.naam, "De rekenregels missen een gegeven om dit project na te rekenen."))
            continue
        built = (reference.toegevoegd.laag, reference.toegevoegd.hoog)
        case = Case(reference.naam, reference.meting.interventie, route, estimate, built, reference.regel_ontleend)
        cases.append(case)
    return Backtest(tuple(cases), tuple(unused))


def _estimate(
    facts: dict[str, float | str], bouwjaar: int | None, interventie: Interventie, rules: Rules
) -> tuple[tuple[float, float, float], str]:
    strength = rules.criterion("bou.draagkracht").version.keuzes
    proven = max(strength, key=lambda choice: choice.punten).code
    row = {**facts, "bou.draagkracht": proven}
    if bouwjaar is not None:
        row["bouwjaar"] = float(bouwjaar)
    columns = Columns(pd.DataFrame([row]))
    derive_facts(columns, rules)
    dwellings = estimate_dwellings(columns, rules)
    low, likely, high = (float(homes[0]) for homes in getattr(dwellings, interventie.value))
    return (low, likely, high), _route(dwellings, interventie, facts)


def _route(dwellings: Dwellings, interventie: Interventie, facts: dict[str, float | str]) -> str:
    match interventie:
        case Interventie.OPTOPPEN:
            return str(ROUTES[int(dwellings.route[0])])
        case Interventie.AANPLAKKEN:
            return "kopgevels"
        case _:
            return "garageboxen" if "garageboxen" in facts else "plint"
