"""Duos side by side: what the programme of each workspace holds, added up per tranche and for a whole province.

A duo is a gemeente with a corporatie, and has one workspace. Its tranche is the round in which it began. A workspace without
a target and without projects has no programme and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from quickscan.domain.programme.curve import Curve, draw_curve
from quickscan.domain.programme.plan import Homes, Milestone, Plan
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.rules import Rules

NO_TRANCHE = "zonder tranche"


@dataclass(frozen=True)
class Duo:
    """One workspace with its programme."""

    workspace_id: str
    name: str
    plan: Plan
    homes: Mapping[int, Homes]

    @property
    def tranche(self) -> str:
        return (self.plan.target.tranche if self.plan.target else "") or NO_TRANCHE

    @property
    def parties(self) -> str:
        """Who they are, as far as somebody said so."""
        target = self.plan.target
        return " en ".join(part for part in (target.gemeente, target.corporatie) if part) if target else ""

    def curve(self, now: Quarter, rules: Rules) -> Curve:
        return draw_curve(self.plan, self.homes, now, rules)


def compare_duos(duos: Sequence[Duo], now: Quarter, goal: Quarter, rules: Rules) -> pd.DataFrame:
    """Return a row per duo, by tranche and name: tranche, naam, partijen, projecten, vergund, opgeleverd, gepland_laag, gepland,
    gepland_hoog and verwacht (all at the end of `goal`), later, doel_laag, doel_hoog, and verschoven (projects that slip)."""
    rows = []
    for duo in duos:
        curve, target = duo.curve(now, rules), duo.plan.target
        permitted = [p for p in duo.plan.active if p.mark(Milestone.VERGUNNING).reached]
        rows.append(
            {
                "werkruimte": duo.workspace_id,
                "tranche": duo.tranche,
                "naam": duo.name,
                "partijen": duo.parties,
                "projecten": len(duo.plan.active),
                "vergund": len(permitted),
                "opgeleverd": curve.at(curve.reached, now),
                "gepland_laag": curve.at(curve.low, goal),
                "gepland": curve.at(curve.likely, goal),
                "gepland_hoog": curve.at(curve.high, goal),
                "verwacht": curve.at(curve.expected, goal),
                "later": float(curve.likely[-1]) - curve.at(curve.likely, goal),
                "doel_laag": target.low if target else None,
                "doel_hoog": target.high if target else None,
                "verschoven": sum(project.slip > 0 for project in duo.plan.active),
            }
        )
    if not rows:
        return pd.DataFrame()
    return pd.DataFrame(rows).sort_values(["tranche", "naam"], kind="stable").reset_index(drop=True)
