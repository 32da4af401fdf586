"""The alternatives for the building as it stands, as total cost of ownership over the same years.

*Doorexploiteren* keeps letting and maintaining; *renoveren* invests in the existing homes; *sloop-nieuwbouw* empties, demolishes
and builds again; *optoppen* is doorexploiteren with the plan on top. The cost is the net present value of everything that is
paid, the income that of the rents; what is left over is the difference. All at the case's own rates and horizon.
Source: method section 7; handreiking 3.3 names the comparison. The numbers are dated parameters, most of them aanname.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from quickscan.domain.finance.flows import Floats, value_yearly
from quickscan.domain.finance.posts import MONTHS, NONE, Groep, Maatregel, Post, Profile, Values, count_new_homes, make_posts
from quickscan.domain.finance.valuation import Factors, value_post


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to go on with a building, in euros of net present value; costs are positive."""

    name: str
    homes: float
    costs: float
    income: float
    per_home_per_year: float  # the cost as a yearly amount per home that grows with costs
    posts: tuple[tuple[str, float], ...]

    @property
    def result(self) -> float:
        return self.income - self.costs


def compare_alternatives(
    values: Values, measures: frozenset[Maatregel], *, contribution: Floats = NONE
) -> tuple[Alternative, ...]:
    """Return the alternatives of one case; empty when nobody told how many homes there are now."""
    existing = values["bestaand.aantal_woningen"]
    if not np.any(existing):
        return ()
    improves = Maatregel.VERDUURZAMEN in measures
    plan = [*_keep_letting(values, with_major=not improves), *make_posts(values, measures)]
    homes = count_new_homes(values, measures)
    if np.any(contribution):
        plan.append(Post("subsidie", "Subsidie", Groep.BIJDRAGE, Profile.NU, homes * contribution))
    return (
        _add_up("doorexploiteren", values, tuple(_keep_letting(values, with_major=True)), existing),
        _add_up("renoveren", values, tuple(_renovate(values)), existing),
        _add_up("sloop-nieuwbouw", values, tuple(_rebuild(values)), values["sloop_nieuwbouw.aantal"]),
        _add_up("optoppen + verduurzamen" if improves else "optoppen", values, plan, existing + homes),
    )


def _add_up(name: str, values: Values, posts: Sequence[Post], homes: Floats) -> Alternative:
    factors = Factors(values)
    worth = [(post, float(value_post(post, factors)[0, 0])) for post in posts]
    income = sum(amount for post, amount in worth if post.group in (Groep.OPBRENGST, Groep.BIJDRAGE))
    costs = -sum(amount for post, amount in worth if post.group not in (Groep.OPBRENGST, Groep.BIJDRAGE))
    count = float(homes[0, 0])
    yearly = float(value_yearly(factors.rate, factors.costs, factors.years)[0, 0])
    return Alternative(
        name=name,
        homes=count,
        costs=costs,
        income=income,
        per_home_per_year=costs / yearly / count if count else float("nan"),
        posts=tuple((post.label, amount) for post, amount in worth),
    )


def _rent(homes: Floats, rent: Floats, values: Values, label: str, after: Floats | None = None) -> Post:
    amount = homes * rent * (MONTHS * (1 - values["parameters.derving"]))
    return Post("huur_bestaand", label, Groep.OPBRENGST, Profile.HUUR, amount, after=after)


def _keep_letting(values: Values, *, with_major: bool) -> Iterator[Post]:
    homes, btw = values["bestaand.aantal_woningen"], values["parameters.btw"]
    yield _rent(homes, values["bestaand.huur_eur_per_maand"], values, "Huur bestaand")
    for name, label in (("onderhoud_eur_per_jaar", "Onderhoud bestaand"), ("beheer_eur_per_jaar", "Beheer bestaand")):
        yield Post(f"bestaand_{name}", label, Groep.EXPLOITATIE, Profile.KOSTEN, -homes * values[f"bestaand.{name}"])
    major = homes * values["bestaand.groot_onderhoud_eur_ex_btw"] * (1 + btw)
    if with_major and np.any(major):
        after = np.maximum(values["bestaand.groot_onderhoud_over_jaren"], 0.0)
        yield Post("groot_onderhoud", "Groot onderhoud", Groep.INVESTERING, Profile.EENMALIG, -major, after=after)


def _renovate(values: Values) -> Iterator[Post]:
    homes, btw = values["bestaand.aantal_woningen"], values["parameters.btw"]
    yield from _keep_letting(values, with_major=False)
    cost = homes * values["renovatie.kosten_eur_ex_btw"] * (1 + btw)
    yield Post("renovatie", "Renovatie", Groep.INVESTERING, Profile.BOUW, -cost)
    moving = homes * values["sloop_nieuwbouw.verhuiskosten_eur"]
    yield Post("verhuiskosten", "Verhuiskostenvergoeding", Groep.INVESTERING, Profile.BOUW, -moving)
    yield _rent(homes, values["renovatie.huurverhoging_eur_per_maand"], values, "Huurverhoging")


def _rebuild(values: Values) -> Iterator[Post]:
    old, new, btw = values["bestaand.aantal_woningen"], values["sloop_nieuwbouw.aantal"], values["parameters.btw"]
    after = values["sloop_nieuwbouw.bouwtijd_jaren"]
    lines = (
        ("sloop", "Sloop", old * values["sloop_nieuwbouw.sloop_eur_ex_btw"] * (1 + btw)),
        ("nieuwbouw", "Nieuwbouw", new * values["sloop_nieuwbouw.bouwkosten_eur_ex_btw"] * (1 + btw)),
        ("verhuiskosten", "Verhuiskostenvergoeding", old * values["sloop_nieuwbouw.verhuiskosten_eur"]),
    )
    for name, label, amount in lines:
        yield Post(name, label, Groep.INVESTERING, Profile.BOUW, -amount)
    yield _rent(new, values["sloop_nieuwbouw.huur_eur_per_maand"], values, "Huur nieuwbouw", after)
    for name, label in (("onderhoud_eur_per_jaar", "Onderhoud nieuwbouw"), ("beheer_eur_per_jaar", "Beheer nieuwbouw")):
        amount = -new * values[f"parameters.{name}"]
        yield Post(f"nieuwbouw_{name}", label, Groep.EXPLOITATIE, Profile.KOSTEN, amount, after=after)
