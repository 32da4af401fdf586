"""The fictional programme of the neighbourhood: one project delivered, some on their way, one stopped, and one that slips.

Its quarters count from the reference date, so that the demo always has a past and a future; the same date and the same
buildings give the same programme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from quickscan.domain.programme.plan import (
    MILESTONES,
    Evaluation,
    Homes,
    Mark,
    Milestone,
    Plan,
    Project,
    Question,
    Target,
    plan_from,
)
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.rules import Rules

TARGET = "Programma Nieuw-Waterland (fictief)"
PARTIES = ("1e tranche", "Voorbeeldgemeente (fictief)", "Corporatie Waterland (fictief)")
LOW, HIGH = 200, 300
STARTS, ENDS_EARLY, ENDS_LATE = -9, 22, 30  # quarters from the reference date: eight to ten years


@dataclass(frozen=True, slots=True)
class Sketch:
    """A project in a few words: `begun` is the quarter of its initiative, `late` how many quarters it slipped."""

    name: str
    buildings: tuple[str, ...]
    begun: int
    phase: Milestone | None
    late: int = 0
    own: Homes | None = None
    delivered: int | None = None
    note: str = ""
    stopped: bool = False


SKETCHES: tuple[Sketch, ...] = (
    Sketch("Ganzenhof (fictief)", (), -13, Milestone.OPLEVERING, 2, Homes(12, 14, 16), 13, "Ligt net buiten deze wijk."),
    Sketch("De Els", ("De Els",), -8, Milestone.START, note="Staat als verbouwing in de BAG."),
    Sketch("De Reiger", ("De Reiger",), -8, Milestone.VERGUNNING, 1, note="Bouwer had een kwartaal extra nodig."),
    Sketch("Waterlandplein", ("Waterlandplein C", "Waterlandplein D"), -5, Milestone.BESLUIT),
    Sketch("Serie Rietlanden", ("Rietlanden A", "Rietlanden B", "Rietlanden C"), -3, Milestone.HAALBAAR),
    Sketch("Spreeuwhof", ("Spreeuwhof A", "Spreeuwhof B"), -1, Milestone.INITIATIEF),
    Sketch("De Kievit en De Grutto", ("De Kievit", "De Grutto"), 2, None),
    Sketch(
        "Waterlandtoren",
        ("Waterlandtoren",),
        -4,
        Milestone.INITIATIEF,
        stopped=True,
        note="Te hoog voor een laag erbij.",
    ),
)
LESSONS = {
    Question.STOPPEN: "Drie keer dezelfde offerte opvragen bij bouwers die het product niet maken.",
    Question.MINDEREN: "De grote bewonersavonden. Ze kostten veel avonden; aan kleine tafels hoorden we meer.",
    Question.VERSTERKEN: "De netbeheerder zat in maand drie al aan tafel. Doe dat in de volgende projecten in maand één.",
    Question.BEGINNEN: "De welstandsadviseur meenemen naar een opgeleverd project, vóór het eerste ontwerp.",
}


def make_programme(buildings: pd.DataFrame, rules: Rules) -> Plan:
    """Return the programme; a project whose building is not there is left out."""
    now = Quarter.of(rules.day)
    ids = {name: str(pand) for name, pand in zip(buildings["naam"], buildings["pand_id"], strict=True) if isinstance(name, str)}
    known = [sketch for sketch in SKETCHES if all(name in ids for name in sketch.buildings)]
    projects = [_project(number, sketch, ids, now, rules) for number, sketch in enumerate(known, start=1)]
    done = next(project.number for project in projects if project.phase is Milestone.OPLEVERING)
    return Plan(
        Target(TARGET, LOW, HIGH, now.plus(STARTS), now.plus(ENDS_EARLY), now.plus(ENDS_LATE), *PARTIES),
        tuple(projects),
        tuple(Evaluation(done, question, text) for question, text in LESSONS.items()),
    )


def _project(number: int, sketch: Sketch, ids: dict[str, str], now: Quarter, rules: Rules) -> Project:
    reached = -1 if sketch.phase is None else MILESTONES.index(sketch.phase)
    marks = {}
    for place, (milestone, mark) in enumerate(plan_from(now.plus(sketch.begun), rules).items()):
        assert mark.planned is not None  # noqa: S101 - plan_from plans them all
        # What was reached early on was on time: the delay came later.
        quarter = mark.planned.plus(sketch.late if place >= MILESTONES.index(Milestone.VERGUNNING) else 0)
        marks[milestone] = Mark(mark.planned, quarter, min(quarter, now) if place <= reached else None)
    project = Project(number, sketch.name, tuple(ids[name] for name in sketch.buildings), sketch.own, sketch.delivered)
    return replace(project, note=sketch.note, stopped=sketch.stopped, marks=marks)
