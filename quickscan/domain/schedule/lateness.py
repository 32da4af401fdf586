"""How many months later than usual the building work starts, because of what is answered and what nobody knows.

The plan that counts is laid beside the usual one: the durations of the handreiking, without answers, nature or lessons. What
is left is what the answers, the seasons and the luck of the steps cost; never below zero, because a plan that goes faster than
usual is no reason to spend money before the day that was planned.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quickscan.domain.columns import Codes
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import Calendar
from quickscan.domain.schedule.effects import MONTH, Effects, read_effects
from quickscan.domain.schedule.network import make_network, simulate
from quickscan.domain.schedule.plans import SERIAL, SWING_DRAWS, settle_effects
from quickscan.domain.schedule.settings import PlanSettings
from quickscan.domain.terms import Interventie

Months = tuple[float, float, float]  # P10, P50 and P80, in whole months


def find_lateness(
    places: Mapping[str, Codes],
    rules: Rules,
    interventie: Interventie,
    calendar: Calendar,
    *,
    settings: PlanSettings,
    start: float,
    key: int,
) -> Months:
    """Return it for one building (`places` has one row) whose plan starts on a day from the epoch."""
    effects, (lessons,) = settle_effects(read_effects(places, rules, interventie), [settings])
    nothing = np.zeros_like(effects.delays)
    both = Effects(
        delays=np.vstack([effects.delays, nothing]),
        savings=np.vstack([effects.savings, nothing]),
        terms=(*effects.terms, None),
        seasons=(*effects.seasons, frozenset()),
        protected=np.append(effects.protected, False),
        lessons=(*effects.lessons, SERIAL),
    )
    network = make_network(both, rules, calendar, starts=[start, start], keys=[key, key], lessons=[lessons, SERIAL])
    building = simulate(network, calendar, draws=SWING_DRAWS, seed=int(rules.parameter("planning.zaad").likely)).building
    early, likely, late = (max(0.0, float(np.round((days - building[1, 1]) / MONTH))) for days in building[:, 0])
    return early, likely, late
