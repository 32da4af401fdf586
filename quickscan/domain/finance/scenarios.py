"""Scenarios side by side, and the step from one to the next in parts that add up.

A scenario is a set of maatregelen of the same case. They build up: alleen optoppen, then with verduurzamen, with a lift,
and with the homes of aanplakken and uitplinten; only what the case has. A waterfall tells per post what it adds; its parts
sum to the difference between two scenarios, because the worth of a plan is the sum of the worth of its posts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.posts import NEW_HOMES, NONE, Groep, Maatregel, Values, count_new_homes, make_posts
from quickscan.domain.finance.valuation import Factors, Worth, value_plan, value_post

ORDER: tuple[tuple[str, frozenset[Maatregel]], ...] = (
    ("optoppen", frozenset({Maatregel.OPTOPPEN})),
    ("verduurzamen", frozenset({Maatregel.VERDUURZAMEN})),
    ("lift", frozenset({Maatregel.LIFT})),
    ("aanplakken en uitplinten", frozenset({Maatregel.AANPLAKKEN, Maatregel.UITPLINTEN})),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a waterfall: what a post adds, in euros of net present value of the whole plan."""

    name: str
    label: str
    group: Groep
    amount: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """A set of maatregelen with its worth."""

    name: str
    measures: frozenset[Maatregel]
    worth: Worth
    investment: float  # with btw, on the day of the investment


def measures_in(values: Values) -> frozenset[Maatregel]:
    """Return the maatregelen that a case has."""
    found = {measure for measure, section in NEW_HOMES.items() if np.any(values[f"{section}.aantal"])}
    if np.any(values["lift.aantal"]):
        found.add(Maatregel.LIFT)
    if np.any(values["verduurzaming.kosten_eur_ex_btw"]):
        found.add(Maatregel.VERDUURZAMEN)
    return frozenset(found)


def make_scenarios(values: Values, *, contribution: Floats = NONE) -> tuple[Scenario, ...]:
    """Return the scenarios of one case, each with one more part than the one before."""
    present, taken = measures_in(values), frozenset[Maatregel]()
    scenarios: list[Scenario] = []
    for name, parts in ORDER:
        if not parts & present:
            continue
        taken = taken | (parts & present)
        if not count_new_homes(values, taken).any():
            continue
        shown = f"alleen {name}" if not scenarios else f"{scenarios[-1].name.removeprefix('alleen ')} + {name}"
        worth = value_plan(values, taken, contribution=contribution)
        scenarios.append(Scenario(shown, taken, worth, invest(values, taken)))
    return tuple(scenarios)


def invest(values: Values, measures: frozenset[Maatregel], *, with_btw: bool = True) -> float:
    """Return the investment of one case in euros, as a positive number; a saved roof is taken off."""
    total = 0.0
    for post in make_posts(values, measures):
        if post.group is Groep.INVESTERING:
            total -= float(np.sum(post.amount)) - (0.0 if with_btw else float(np.sum(post.btw)))
    return total


def make_steps(
    values: Values, measures: frozenset[Maatregel], *, contribution: Floats = NONE, without: frozenset[Maatregel] = frozenset()
) -> tuple[Step, ...]:
    """Return what every post adds, from nothing or from the scenario `without`, for one case and the whole plan."""
    before = _by_post(values, without, contribution) if without else {}
    after = _by_post(values, measures, contribution)
    steps = []
    for name in dict.fromkeys([*after, *before]):
        label, group, amount = after.get(name) or before[name]
        amount = after[name][2] if name in after else 0.0
        amount -= before[name][2] if name in before else 0.0
        if amount:
            steps.append(Step(name, label, group, amount))
    return tuple(steps)


def _by_post(values: Values, measures: frozenset[Maatregel], contribution: Floats) -> dict[str, tuple[str, Groep, float]]:
    factors = Factors(values)
    found = {post.name: (post.label, post.group, float(value_post(post, factors)[0, 0])) for post in make_posts(values, measures)}
    received = float((count_new_homes(values, measures) * contribution)[0, 0])
    if received:
        found["subsidie"] = ("Subsidie", Groep.BIJDRAGE, received)
    return found
