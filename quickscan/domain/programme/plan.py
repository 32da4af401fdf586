"""What a programme is: a target, projects, their milestones, and the questions after delivery.

A *mijlpaal* has a quarter in which it was first planned, one in which it is planned now, and one in which it was reached
(*gerealiseerd*). The *fase* of a project is the last milestone it reached; before the first it is an idea. A project slips by
the quarters that its delivery is planned later than at first. Homes of a project are those of the scan of its buildings, unless
somebody gave its own numbers; what was delivered counts above both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
import pandas as pd

from quickscan.domain.errors import QuickscanError
from quickscan.domain.programme.quarters import MONTHS, Quarter
from quickscan.domain.rules import Rules

LONGEST_NAME, MOST_HOMES = 80, 100_000


class Milestone(StrEnum):
    INITIATIEF = "initiatief"
    HAALBAAR = "haalbaar"
    BESLUIT = "besluit"
    VERGUNNING = "vergunning"
    START = "start"
    OPLEVERING = "oplevering"


MILESTONES: tuple[Milestone, ...] = tuple(Milestone)


class Question(StrEnum):
    """The four questions of an evaluation: eliminate, reduce, raise, create."""

    STOPPEN = "stoppen"
    MINDEREN = "minderen"
    VERSTERKEN = "versterken"
    BEGINNEN = "beginnen"


QUESTIONS: Mapping[Question, str] = {
    Question.STOPPEN: "Waar stoppen we mee, omdat het te weinig opleverde?",
    Question.MINDEREN: "Wat leverde veel op, maar kostte te veel tijd, geld of moeite?",
    Question.VERSTERKEN: "Wat werkte, en kan nog meer opleveren?",
    Question.BEGINNEN: "Wat deden we niet, maar lijkt wel kansrijk?",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """When a milestone was planned at first, is planned now, and was reached."""

    first: Quarter | None = None
    planned: Quarter | None = None
    reached: Quarter | None = None

    @property
    def expected(self) -> Quarter | None:
        """When it was reached, else when it is planned."""
        return self.reached or self.planned


@dataclass(frozen=True, slots=True)
class Homes:
    """New homes: laag, waarschijnlijk and hoog."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class Project:
    """One project; `version` is 0 while nothing was kept yet."""

    number: int  # from 1, per workspace
    name: str
    pand_ids: tuple[str, ...] = ()
    own: Homes | None = None
    delivered: int | None = None  # homes, once it is there
    note: str = ""
    stopped: bool = False
    marks: Mapping[Milestone, Mark] = field(default_factory=dict)
    version: int = 0
    author: str = ""
    at: datetime | None = None

    def mark(self, milestone: Milestone) -> Mark:
        return self.marks.get(milestone, Mark())

    @property
    def phase(self) -> Milestone | None:
        """The last milestone that was reached; None is an idea."""
        return next((one for one in reversed(MILESTONES) if self.mark(one).reached), None)

    @property
    def next_milestone(self) -> Milestone | None:
        """The first milestone after the phase; None when all is done."""
        place = 0 if self.phase is None else MILESTONES.index(self.phase) + 1
        return MILESTONES[place] if place < len(MILESTONES) else None

    @property
    def delivery(self) -> Quarter | None:
        return self.mark(Milestone.OPLEVERING).expected

    @property
    def slip(self) -> int:
        """Quarters that delivery is later than first planned; negative when earlier, 0 when nobody planned it."""
        mark = self.mark(Milestone.OPLEVERING)
        return mark.expected.since(mark.first) if mark.expected and mark.first else 0


@dataclass(frozen=True, slots=True)
class Target:
    """How many homes there should be, and by when; a range in homes, in time, or in both. And whose it is."""

    name: str
    low: int
    high: int
    starts: Quarter
    ends_early: Quarter
    ends_late: Quarter
    tranche: str = ""
    gemeente: str = ""
    corporatie: str = ""
    version: int = 0
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer to one question after delivery."""

    number: int  # of the project
    question: Question
    text: str
    version: int = 0
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """All that is kept of a programme."""

    target: Target | None = None
    projects: tuple[Project, ...] = ()  # by number
    evaluations: tuple[Evaluation, ...] = ()

    @property
    def active(self) -> tuple[Project, ...]:
        return tuple(project for project in self.projects if not project.stopped)

    def answers_of(self, number: int) -> dict[Question, Evaluation]:
        return {one.question: one for one in self.evaluations if one.number == number}


class PlanError(QuickscanError):
    """What was filled in for a programme cannot be right; nothing was kept."""

    def __init__(self, where: str, problem: str, advice: str) -> None:
        self.where = where
        super().__init__(f"{where}: {problem}. Er is niets bewaard. {advice}")


class StaleProgrammeError(QuickscanError):
    """Somebody else changed the same part of the programme in between."""

    def __init__(self, what: str, *, author: str) -> None:
        self.what, self.author = what, author
        super().__init__(f"{what} is intussen gewijzigd door {author}. Deze wijziging is niet bewaard. Kijk en kies opnieuw.")


def plan_from(start: Quarter, rules: Rules, *, reached: Milestone | None = None) -> dict[Milestone, Mark]:
    """Return milestones at the usual pace of the rulebook from a quarter on; the first one, or what was reached, is then."""
    months, begun = 0.0, MILESTONES.index(reached) if reached else 0
    marks = {}
    for place, milestone in enumerate(MILESTONES):
        if place > begun:
            months += rules.parameter(f"programma.maanden_{milestone}").likely
        quarter = start.plus(int(months / MONTHS + 0.5))
        marks[milestone] = Mark(quarter, quarter)
    return marks


def shift(project: Project, quarters: int) -> Project:
    """Move all milestones that were not reached; never to before the last that was."""
    earliest = max((mark.reached for mark in project.marks.values() if mark.reached), default=None)
    marks = dict(project.marks)
    for milestone, mark in project.marks.items():
        if mark.reached or mark.planned is None:
            continue
        moved = mark.planned.plus(quarters)
        marks[milestone] = replace(mark, planned=moved if earliest is None else max(moved, earliest))
    return replace(project, marks=marks)


def reach(project: Project, quarter: Quarter, *, delivered: int | None = None) -> Project:
    """Reach the next milestone in a quarter. When that is late, what follows moves along; when early it stays."""
    milestone = project.next_milestone
    if milestone is None:
        raise PlanError(project.name, "alle mijlpalen zijn al gehaald", "Evalueer het project, of neem een mijlpaal terug.")
    mark = project.mark(milestone)
    late = max(quarter.since(mark.planned), 0) if mark.planned else 0
    done = replace(mark, first=mark.first or quarter, planned=mark.planned or quarter, reached=quarter)
    moved = shift(replace(project, marks={**project.marks, milestone: done}), late)
    return replace(moved, delivered=delivered) if milestone is Milestone.OPLEVERING else moved


def take_back(project: Project) -> Project:
    """Undo the last milestone that was reached; what is planned stays."""
    if project.phase is None:
        raise PlanError(project.name, "er is nog geen mijlpaal gehaald", "Kies een ander project.")
    mark = replace(project.mark(project.phase), reached=None)
    delivered = None if project.phase is Milestone.OPLEVERING else project.delivered
    return replace(project, marks={**project.marks, project.phase: mark}, delivered=delivered)


def check_project(project: Project) -> None:
    """Raise PlanError when a project cannot be right."""
    name = project.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise PlanError("Project", "de naam ontbreekt of is te lang", f"Geef een naam van hoogstens {LONGEST_NAME} tekens.")
    if project.own is not None:
        low, likely, high = project.own.low, project.own.likely, project.own.high
        if not 0 <= low <= likely <= high <= MOST_HOMES:
            raise PlanError(name, "laag, waarschijnlijk en hoog staan niet op volgorde", "Zet het kleinste aantal eerst.")
    if project.delivered is not None and not 0 <= project.delivered <= MOST_HOMES:
        raise PlanError(name, "het aantal opgeleverde woningen kan niet", "Vul een getal vanaf 0 in.")
    before: tuple[Milestone, Quarter] | None = None
    for milestone in MILESTONES:
        quarter = project.mark(milestone).expected
        if quarter is None:
            continue
        if before is not None and quarter < before[1]:
            told = f"{milestone} ({quarter.label}) ligt vóór {before[0]} ({before[1].label})"
            raise PlanError(name, told, "Zet de mijlpalen op volgorde.")
        before = (milestone, quarter)


def check_target(target: Target) -> None:
    """Raise PlanError when a target cannot be right."""
    name = target.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise PlanError("Doel", "de naam ontbreekt of is te lang", f"Geef een naam van hoogstens {LONGEST_NAME} tekens.")
    if not 1 <= target.low <= target.high <= MOST_HOMES:
        raise PlanError("Doel", "het aantal woningen klopt niet", "Vul een aantal vanaf 1 in, met het kleinste eerst.")
    if not target.starts < target.ends_early <= target.ends_late:
        raise PlanError("Doel", "de kwartalen staan niet op volgorde", "Eerst de start, dan het vroegste en het laatste einde.")


def homes_of(projects: Sequence[Project], screened: pd.DataFrame) -> dict[int, Homes]:
    """Return the homes of each project by number: delivered, own numbers, or of the scan; a building that is gone counts 0."""
    names = ["woningen_laag", "woningen", "woningen_hoog"]
    by_pand = screened.set_index("pand_id")[names].fillna(0.0)
    found = {}
    for project in projects:
        if project.delivered is not None:
            found[project.number] = Homes(*(float(project.delivered),) * 3)
        elif project.own is not None:
            found[project.number] = project.own
        else:
            here = by_pand.loc[by_pand.index.isin(project.pand_ids)].to_numpy(dtype=float)
            found[project.number] = Homes(*(float(number) for number in np.sum(here, axis=0)))
    return found
