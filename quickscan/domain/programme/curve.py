"""The target curve: homes added up by the quarter of their delivery, beside what was first planned, reached, and aimed for.

All lines are at the end of each quarter. The lower line of the target reaches its lowest number at its latest end, the upper
line its highest number at its earliest end; both are straight. *Verwacht* weighs each project by the chance, by its phase, that
it is ever delivered (aannames of the rulebook). A project that was stopped, or has no delivery planned, is on no line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.programme.plan import MILESTONES, Homes, Milestone, Plan, Project, Target
from quickscan.domain.programme.quarters import Quarter, quarters_between
from quickscan.domain.rules import Rules

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The lines, a number per quarter; `reached` is NaN after `now`, the target's lines are NaN without a target."""

    quarters: tuple[Quarter, ...]
    now: Quarter
    low: Floats
    likely: Floats
    high: Floats
    first: Floats
    expected: Floats
    reached: Floats
    target_low: Floats
    target_high: Floats

    def at(self, line: Floats, quarter: Quarter) -> float:
        """Return a line at a quarter; before the first it is 0, after the last it stays."""
        place = quarter.since(self.quarters[0])
        return 0.0 if place < 0 else float(line[min(place, len(line) - 1)])


@dataclass(frozen=True, slots=True)
class Gap:
    """Homes that are short at the end of a quarter, and against what."""

    homes: float
    quarter: Quarter
    against: str


def chance(project: Project, rules: Rules) -> float:
    """Return the chance that a project is ever delivered, by its phase; an idea is as an initiative."""
    phase = project.phase or Milestone.INITIATIEF
    return 1.0 if phase is Milestone.OPLEVERING else rules.parameter(f"programma.kans_{phase}").likely


def draw_curve(plan: Plan, homes: Mapping[int, Homes], now: Quarter, rules: Rules) -> Curve:
    """Add up all lines from the first quarter that matters to the last."""
    counted = [project for project in plan.active if project.delivery]
    moments = [now, *(quarter for project in counted for quarter in _moments(project))]
    if plan.target is not None:
        moments += [plan.target.starts, plan.target.ends_late]
    quarters = quarters_between(min(moments), max(moments))
    start, size = quarters[0], len(quarters)

    def add(numbers: Sequence[tuple[Quarter | None, float]]) -> Floats:
        line = np.zeros(size)
        for quarter, number in numbers:
            if quarter is not None:
                line[quarter.since(start)] += number
        total: Floats = np.cumsum(line)
        return total

    whole = [(project, project.delivery, homes[project.number]) for project in counted]
    done = [(project.mark(Milestone.OPLEVERING).reached, each.likely) for project, _, each in whole]
    reached = np.where(np.arange(size) <= now.since(start), add(done), np.nan)
    low, high = _target_lines(plan.target, quarters)
    return Curve(
        quarters,
        now,
        low=add([(quarter, each.low) for _, quarter, each in whole]),
        likely=add([(quarter, each.likely) for _, quarter, each in whole]),
        high=add([(quarter, each.high) for _, quarter, each in whole]),
        first=add([(project.mark(Milestone.OPLEVERING).first or quarter, each.likely) for project, quarter, each in whole]),
        expected=add([(quarter, each.likely * chance(project, rules)) for project, quarter, each in whole]),
        reached=reached,
        target_low=low,
        target_high=high,
    )


def _moments(project: Project) -> list[Quarter]:
    mark = project.mark(Milestone.OPLEVERING)
    return [quarter for quarter in (mark.first, mark.expected) if quarter]


def _target_lines(target: Target | None, quarters: Sequence[Quarter]) -> tuple[Floats, Floats]:
    if target is None:
        return np.full(len(quarters), np.nan), np.full(len(quarters), np.nan)
    passed = np.array([quarter.since(target.starts) + 1 for quarter in quarters], dtype=float)

    def line(homes: int, end: Quarter) -> Floats:
        length = end.since(target.starts) + 1
        risen: Floats = homes * np.clip(passed / length, 0.0, 1.0)
        return risen

    return line(target.low, target.ends_late), line(target.high, target.ends_early)


def find_slip_gap(curve: Curve) -> Gap | None:
    """Return the most homes that will come later than first planned, and the first quarter in which so many are missed.

    What is past cannot be made up for; None when nothing is missed from now on.
    """
    ahead = curve.now.since(curve.quarters[0])
    missing = (curve.first - curve.likely)[ahead:]
    if missing.max(initial=0.0) <= 0:
        return None
    return Gap(float(missing.max()), curve.quarters[ahead + int(missing.argmax())], "de eerste planning")


def find_target_gap(curve: Curve, target: Target | None) -> Gap | None:
    """Return what the plan lacks of the lowest target at its latest end; None when it holds enough, or there is no target."""
    if target is None:
        return None
    short = target.low - curve.at(curve.likely, target.ends_late)
    return Gap(short, target.ends_late, "het doel") if short > 0 else None


def count_phases(plan: Plan, homes: Mapping[int, Homes]) -> pd.DataFrame:
    """Return the funnel: per phase, ideas first, the projects and homes that are there now, and that came at least so far."""
    phases: list[Milestone | None] = [None, *MILESTONES]
    place = {phase: number for number, phase in enumerate(phases)}
    rows = []
    for number, phase in enumerate(phases):
        here = [project for project in plan.active if project.phase is phase]
        beyond = [project for project in plan.active if place[project.phase] >= number]
        rows.append(
            {
                "fase": str(phase) if phase else "idee",
                "projecten": len(here),
                "woningen": sum(homes[project.number].likely for project in here),
                "zover": len(beyond),
                "woningen_zover": sum(homes[project.number].likely for project in beyond),
            }
        )
    return pd.DataFrame(rows)


def count_quarters(plan: Plan, homes: Mapping[int, Homes]) -> pd.DataFrame:
    """Return per quarter with any delivery the homes first planned, planned now, and delivered."""
    sums: dict[Quarter, dict[str, float]] = {}
    for project in plan.active:
        mark, number = project.mark(Milestone.OPLEVERING), homes[project.number].likely
        for name, quarter in (("eerst", mark.first), ("nu", mark.expected), ("opgeleverd", mark.reached)):
            if quarter is not None:
                row = sums.setdefault(quarter, {"eerst": 0.0, "nu": 0.0, "opgeleverd": 0.0})
                row[name] += number
    rows = [{"kwartaal": quarter, **sums[quarter]} for quarter in sorted(sums)]
    return pd.DataFrame(rows, columns=["kwartaal", "eerst", "nu", "opgeleverd"])
