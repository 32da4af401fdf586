"""From posts to worth: the net present value of a plan and of each post, and its flows per half year.

The day of valuation is the planned day of the investment. A delay makes the building more expensive (bouwkosten rise on),
and what comes in and goes out every year starts that much later, at the prices of then; the horizon keeps its length.
The investment itself stays on the planned day: money that is spent later is no gain, because it is already reserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quickscan.domain.finance.flows import Floats, discount_after, index_after, spread_yearly, value_yearly
from quickscan.domain.finance.posts import (
    ALL,
    MONTHS,
    NONE,
    Maatregel,
    Post,
    Profile,
    Values,
    count_new_homes,
    make_posts,
    share_of_new,
)

HALF = 0.5  # flows are laid out per half year: the middle and the end of each year
GROWTH: dict[Profile, str] = {Profile.HUUR: "parameters.huurstijging", Profile.KOSTEN: "parameters.kostenstijging"}


class Factors:
    """What 1 euro of each profile is worth; each is computed once, when first asked for."""

    def __init__(self, values: Values) -> None:
        self.rate = values["parameters.disconteringsvoet"]
        self.years = values["parameters.horizon_jaren"]
        self.delay = values["planning.vertraging_maanden"] / MONTHS
        self.growth = {profile: values[key] for profile, key in GROWTH.items()}
        self.costs = values["parameters.kostenstijging"]
        self.building = values["parameters.bouwkostenstijging"]
        self._known: dict[Profile, Floats] = {}

    def of(self, profile: Profile) -> Floats:
        """Return the worth of 1 euro of a profile."""
        if profile not in self._known:
            self._known[profile] = self._compute(profile)
        return self._known[profile]

    def once(self, after: Floats) -> Floats:
        """Return the worth of 1 euro of today's prices, paid once after some years."""
        return index_after(self.costs, after) * discount_after(self.rate, after)

    def later(self, profile: Profile, after: Floats) -> Floats:
        """Return the worth of 1 euro a year that starts some years later and stops at the same moment."""
        growth = self.growth[profile]
        start = self.delay + after
        shift = index_after(growth, start) * discount_after(self.rate, start)
        return value_yearly(self.rate, growth, self.years - after) * shift

    def _compute(self, profile: Profile) -> Floats:
        if profile is Profile.NU:
            return np.ones((1, 1))
        if profile is Profile.EINDE:
            return discount_after(self.rate, self.years + self.delay)
        if profile is Profile.BOUW:
            return index_after(self.building, self.delay) if np.any(self.delay) else np.ones((1, 1))
        growth = self.growth[profile]
        worth = value_yearly(self.rate, growth, self.years)
        if not np.any(self.delay):
            return worth
        return worth * (index_after(growth, self.delay) * discount_after(self.rate, self.delay))


@dataclass(frozen=True, slots=True)
class Worth:
    """The net present value of a plan, shape (building, draw).

    `own` is of the new homes alone, `shared` of what is for all dwellings, `part` what the new homes bear of that.
    """

    own: Floats
    shared: Floats
    part: Floats
    homes: Floats

    @property
    def total(self) -> Floats:
        """The whole plan."""
        return self.own + self.shared

    @property
    def new_homes(self) -> Floats:
        """The plan as the new homes bear it."""
        return self.own + self.part * self.shared

    @property
    def per_home(self) -> Floats:
        """The same, per new home; NaN without new homes."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.homes > 0, self.new_homes / self.homes, np.nan)


def value_post(post: Post, factors: Factors) -> Floats:
    """Return the net present value of one post."""
    if post.profile is Profile.EENMALIG:
        return post.amount * factors.once(NONE if post.after is None else post.after)
    if post.after is not None:
        return post.amount * factors.later(post.profile, post.after)
    return post.amount * factors.of(post.profile)


def value_plan(
    values: Values, measures: frozenset[Maatregel] = ALL, *, contribution: Floats = NONE, posts: Sequence[Post] | None = None
) -> Worth:
    """Return the worth of a plan; `contribution` is a subsidy per new home, received on the day of the investment."""
    factors = Factors(values)
    sums: dict[tuple[Profile, bool], Floats] = {}
    loose = {True: NONE, False: NONE}
    for post in make_posts(values, measures) if posts is None else posts:
        if post.profile is Profile.EENMALIG or post.after is not None:
            loose[post.shared] = loose[post.shared] + value_post(post, factors)
            continue
        at = (post.profile, post.shared)
        sums[at] = sums[at] + post.amount if at in sums else post.amount
    homes = count_new_homes(values, measures)
    worth = {kind: loose[kind] for kind in (True, False)}
    worth[False] = worth[False] + homes * contribution if np.any(contribution) else worth[False]
    for (profile, shared), amount in sums.items():
        worth[shared] = worth[shared] + amount * factors.of(profile)
    return Worth(own=worth[False], shared=worth[True], part=share_of_new(values, measures), homes=homes)


def lay_out(values: Values, posts: Sequence[Post], *, part: Floats | float = 1.0) -> Floats:
    """Return the flows of posts, shape (building, 1 + 2 × horizon): at once, then per half year from the first middle.

    Only for values without draws. With a delay the second column is that much later; see `lead_of`. A post that falls once
    counts at the nearest half year. `part` is the part of shared posts that counts.
    """
    horizon = int(np.max(values["parameters.horizon_jaren"], initial=1))
    delay = values["planning.vertraging_maanden"][:, 0] / MONTHS
    flows = np.zeros((len(values["woning.aantal"]), 1 + 2 * horizon))
    years = values["parameters.horizon_jaren"][:, 0]
    for post in posts:
        amount = (post.amount * (part if post.shared else 1.0))[:, 0]
        if post.profile in (Profile.BOUW, Profile.NU):
            flows[:, 0] += amount * Factors(values).of(post.profile)[:, 0]
        elif post.profile is Profile.EENMALIG:
            after = np.zeros(1) if post.after is None else post.after[:, 0]
            place = np.where(after > 0, np.clip(np.rint((after - delay) / HALF), 1, 2 * horizon), 0).astype(int)
            index = index_after(values["parameters.kostenstijging"], after[:, None])[:, 0]
            np.add.at(flows, (np.arange(len(flows)), np.broadcast_to(place, len(flows))), amount * index)
        elif post.profile is Profile.EINDE:
            flows[np.arange(len(flows)), (2 * years).astype(int)] += amount
        else:
            growth = values[GROWTH[post.profile]]
            start = index_after(growth, delay[:, None])[:, 0]
            flows[:, 1::2] += (amount * start)[:, None] * spread_yearly(growth[:, 0], years, horizon)
    return flows


def lead_of(values: Values) -> Floats:
    """Return after how many years the second column of `lay_out` counts, per building."""
    return np.asarray(HALF + values["planning.vertraging_maanden"][:, 0] / MONTHS)
