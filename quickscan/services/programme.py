"""The programme of a workspace: its target, its projects and their milestones, what fills a gap, and what was learned.

Every change is kept at once, is refused when somebody else was first, and leaves a line in the audit log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import pandas as pd

from quickscan.domain.errors import NotFoundError
from quickscan.domain.programme.plan import (
    Evaluation,
    Plan,
    Project,
    Question,
    Target,
    check_project,
    check_target,
    homes_of,
    plan_from,
    reach,
    shift,
    take_back,
)
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.programme.tranches import Duo
from quickscan.domain.rules import Rules
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.ports import Store, Workspace

LONGEST_ANSWER = 2_000


class ProgrammeStore(Protocol):
    """What is kept of programmes. `read_plan` reads; the four others write, all or nothing, with a line in the audit log.

    A write names the version that was seen (0: nothing yet) and raises StaleProgrammeError when it moved on. Writing the same
    again changes nothing. Every method raises NotFoundError without the workspace.
    """

    def read_plan(self, workspace_id: str) -> Plan:
        """Return all that is kept (reads)."""

    def write_target(self, workspace_id: str, target: Target, *, author: str, at: datetime) -> Target:
        """Keep the target (writes)."""

    def write_project(self, workspace_id: str, project: Project, *, author: str, at: datetime) -> Project:
        """Keep a project with its buildings and milestones, as a whole (writes)."""

    def remove_project(self, workspace_id: str, number: int, *, expected_version: int, author: str, at: datetime) -> None:
        """Take a project away with its evaluation (writes); raises NotFoundError when it is gone."""

    def write_evaluation(self, workspace_id: str, evaluation: Evaluation, *, author: str, at: datetime) -> Evaluation:
        """Keep the answer to one question (writes); raises NotFoundError without its project."""


@dataclass(frozen=True)
class Programme:
    """Use cases around a programme."""

    store: Store
    kept: ProgrammeStore
    clock: Clock = utc_now

    def look(self, workspace_id: str) -> Plan:
        """Return the programme as it stands."""
        return self.kept.read_plan(workspace_id)

    def set_target(self, workspace_id: str, target: Target, *, author: str) -> Target:
        """Keep the target; raises PlanError or StaleProgrammeError."""
        check_target(target)
        texts = {name: getattr(target, name).strip() for name in ("name", "tranche", "gemeente", "corporatie")}
        return self.kept.write_target(workspace_id, replace(target, **texts), author=author, at=self.clock())

    def add(self, workspace_id: str, project: Project, *, start: Quarter, rules: Rules, author: str) -> Project:
        """Keep a new project; without milestones it gets those of the usual pace, from a quarter on."""
        number = 1 + max((one.number for one in self.look(workspace_id).projects), default=0)
        marks = project.marks or plan_from(start, rules)
        return self.save(workspace_id, replace(project, number=number, marks=marks, version=0), author=author)

    def save(self, workspace_id: str, project: Project, *, author: str) -> Project:
        """Keep a project as it is given; raises PlanError or StaleProgrammeError."""
        check_project(project)
        panden = tuple(sorted(set(project.pand_ids)))
        cleaned = replace(project, name=project.name.strip(), note=project.note.strip(), pand_ids=panden)
        return self.kept.write_project(workspace_id, cleaned, author=author, at=self.clock())

    def move(self, workspace_id: str, project: Project, quarters: int, *, author: str) -> Project:
        """Move what was not reached yet by so many quarters."""
        return self.save(workspace_id, shift(project, quarters), author=author)

    def reach(
        self, workspace_id: str, project: Project, quarter: Quarter, *, author: str, delivered: int | None = None
    ) -> Project:
        """Reach the next milestone; at the last one with the homes that were delivered."""
        return self.save(workspace_id, reach(project, quarter, delivered=delivered), author=author)

    def take_back(self, workspace_id: str, project: Project, *, author: str) -> Project:
        """Undo the last milestone that was reached."""
        return self.save(workspace_id, take_back(project), author=author)

    def remove(self, workspace_id: str, project: Project, *, author: str) -> None:
        """Take a project away with its evaluation; the audit log keeps what it was."""
        self.kept.remove_project(workspace_id, project.number, expected_version=project.version, author=author, at=self.clock())

    def evaluate(self, workspace_id: str, number: int, question: Question, text: str, *, seen: int, author: str) -> Evaluation:
        """Keep the answer to one question about a project; `seen` is the version that was seen."""
        evaluation = Evaluation(number, question, text.strip()[:LONGEST_ANSWER], seen)
        return self.kept.write_evaluation(workspace_id, evaluation, author=author, at=self.clock())

    def furnish(self, workspace_id: str, plan: Plan, *, author: str) -> None:
        """Keep a whole programme in a workspace that has none yet."""
        if plan.target is not None:
            self.set_target(workspace_id, plan.target, author=author)
        for project in plan.projects:
            self.save(workspace_id, project, author=author)
        for one in plan.evaluations:
            self.evaluate(workspace_id, one.number, one.question, one.text, seen=0, author=author)

    def find(self, workspace_id: str, number: int) -> Project:
        """Return one project; raises NotFoundError."""
        for project in self.look(workspace_id).projects:
            if project.number == number:
                return project
        raise NotFoundError("Project", str(number), advice="Kies een ander project.")

    def lessons(self) -> Sequence[tuple[Workspace, Project, Evaluation]]:
        """Return every answer of an evaluation in all workspaces that may be seen, the newest programme first."""
        found = []
        for workspace in self.store.find_workspaces():
            plan = self.kept.read_plan(workspace.id)
            projects = {project.number: project for project in plan.projects}
            found += [(workspace, projects[one.number], one) for one in plan.evaluations if one.text]
        return found

    def duos(self, screen: Callable[[Workspace], pd.DataFrame]) -> Sequence[Duo]:
        """Return the programmes of all workspaces that may be seen; `screen` gives the screened buildings of one."""
        found = []
        for workspace in self.store.find_workspaces():
            plan = self.kept.read_plan(workspace.id)
            if plan.target is not None or plan.projects:
                found.append(Duo(workspace.id, workspace.name, plan, homes_of(plan.projects, screen(workspace))))
        return found
