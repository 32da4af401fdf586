"""The plan of a building and what has to be done for it: look, settle, assign; and the work of a whole portfolio together.

As long as nobody kept anything, the page shows what the answers and the rulebook say and nothing is written. Which
buildings the board shows is the caller's choice, plus every building of which somebody kept a plan or an action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from quickscan.domain.actions import (
    OWN,
    PlannedAction,
    Progress,
    SavedAction,
    Status,
    find_triggers,
    follow_checklist,
    list_actions,
    list_ideas,
    make_deadlines,
)
from quickscan.domain.columns import Codes
from quickscan.domain.errors import NotFoundError
from quickscan.domain.planbook import Action
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import HORIZON_YEARS, Calendar, make_calendar
from quickscan.domain.schedule.effects import CHAIN, WEEK, shifting
from quickscan.domain.schedule.lateness import Months, find_lateness
from quickscan.domain.schedule.plans import BuildingPlan, plan_building, plan_many
from quickscan.domain.schedule.settings import PlanSettings, check_dates
from quickscan.domain.scoring import look_at
from quickscan.domain.terms import Interventie
from quickscan.services.portfolios import Clock, Portfolios, describe, utc_now
from quickscan.services.scans import Scan

YEARS_BACK = 10
AFTER = 8  # the place of the first tenant among the steps
DaysOff = Callable[[int, int], frozenset[date]]  # first and last year → the holidays


class PlanStore(Protocol):
    """What is kept of plans. Every write is one committed transaction with a line in the audit log, or nothing."""

    def read_stamp(self, workspace_id: str) -> tuple[int, int]:
        """Reads. Return two numbers that rise with every change of a plan or an action: the key of caches."""

    def read_settings(self, workspace_id: str) -> Mapping[str, PlanSettings]:
        """Reads. Return the kept settings by pand_id; raises NotFoundError."""

    def read_actions(self, workspace_id: str, pand_id: str | None = None) -> Sequence[SavedAction]:
        """Reads. Return what was said last about each action, of one building or of all; raises NotFoundError."""

    def read_history(self, workspace_id: str, pand_id: str, code: str) -> Sequence[SavedAction]:
        """Reads. Return every version of one action, the newest first; raises NotFoundError."""

    def write_settings(
        self, workspace_id: str, pand_id: str, settings: PlanSettings, *, author: str, at: datetime
    ) -> PlanSettings:
        """Writes. Keep settings; `settings.version` is what was seen (0: none yet). Writing the same again changes nothing.

        Raises StalePlanningError when somebody else was first, and NotFoundError.
        """

    def write_action(self, workspace_id: str, action: SavedAction, *, author: str, at: datetime) -> SavedAction:
        """Writes. Keep a next version of an action; `action.version` is what was seen. The same again changes nothing.

        Raises StaleActionError when somebody else was first, and NotFoundError.
        """


@dataclass(frozen=True)
class Planned:
    """A building with its plan, its actions, the checklist, and what may be considered."""

    pand_id: str
    name: str
    plan: BuildingPlan
    actions: tuple[PlannedAction, ...]
    ideas: tuple[Action, ...]
    checklist: tuple[Progress, ...]

    @property
    def settings(self) -> PlanSettings:
        return self.plan.settings

    def open_by(self, last: date) -> list[PlannedAction]:
        """Return the open actions that have to begin, or be ready, on a day or before."""
        return [planned for planned in self.actions if planned.is_open and planned.acts_on <= last]


@dataclass(frozen=True)
class Board:
    """The work of several buildings: their names, their actions by the day that matters, and when the first tenants move in."""

    names: Mapping[str, str]
    actions: tuple[PlannedAction, ...]
    tenants: Mapping[str, date]  # P50 by pand_id


@dataclass(frozen=True)
class Planning:
    """Use cases around time and actions."""

    plans: PlanStore
    portfolios: Portfolios
    days_off: DaysOff
    clock: Clock = utc_now

    def stamp(self, workspace_id: str) -> tuple[int, int]:
        """Return two numbers that rise with every change."""
        return self.plans.read_stamp(workspace_id)

    def settings(self, workspace_id: str, pand_id: str) -> PlanSettings:
        """Return what was settled about a building; raises NotFoundError."""
        return self.plans.read_settings(workspace_id).get(pand_id, PlanSettings())

    def look(
        self, workspace_id: str, scan: Scan, rules: Rules, *, today: date, interventie: Interventie = Interventie.OPTOPPEN
    ) -> Planned:
        """Return the plan and the actions of a building as they stand."""
        settings = self.settings(workspace_id, scan.pand_id)
        calendar = self.calendar(rules, min(today, settings.start or today))
        places = scan.situation.places
        plan = plan_building(places, rules, interventie, calendar, settings=settings, today=today, key=int(scan.pand_id))
        saved = {kept.code: kept for kept in self.plans.read_actions(workspace_id, scan.pand_id)}
        latest = {step: calendar.number(day) for step, day in plan.latest.items()}
        first = None if plan.wished else calendar.number(plan.start)
        deadlines = make_deadlines(latest, calendar, rules, seasons=plan.seasons, lessons=plan.chosen, not_before=first)
        triggers = find_triggers(places, rules, interventie)
        actions = list_actions(scan.pand_id, rules, triggers=triggers, saved=saved, deadlines=deadlines)
        return Planned(
            scan.pand_id,
            scan.name,
            plan,
            tuple(actions),
            tuple(list_ideas(rules, actions)),
            tuple(follow_checklist(rules, actions)),
        )

    def find_lateness(self, workspace_id: str, scan: Scan, rules: Rules) -> Months:
        """Return how many months later than usual the building work on the roof starts, seen from the reference date."""
        settings = self.settings(workspace_id, scan.pand_id)
        kind = Interventie.OPTOPPEN
        choices = tuple((active.id, int(scan.situation.places[active.id][0])) for active, _ in shifting(rules, kind))
        start = max(settings.start or rules.day, rules.day)
        return _lateness(choices, rules, start, settings.lessons, settings.seasons, int(scan.pand_id), self.days_off)

    def calendar(self, rules: Rules, first: date) -> Calendar:
        """Return the calendar from some years before a day on: a wish that cannot be made looks back that far."""
        return _calendar(rules, first.year - YEARS_BACK, self.days_off)

    def settle(
        self, workspace_id: str, pand_id: str, settings: PlanSettings, *, author: str, today: date, **changes: Any
    ) -> PlanSettings:
        """Change settings and keep them at once; `settings` is what the person saw.

        Raises UnusableInputError for what cannot be true, and what the store raises.
        """
        changed = settings.with_changes(**changes)
        check_dates(changed, today)
        return self.plans.write_settings(workspace_id, pand_id, changed, author=author, at=self.clock())

    def change(self, workspace_id: str, seen: SavedAction, *, author: str, **changes: Any) -> SavedAction:
        """Change status, owner, due date or note of an action and keep it at once; `seen` is what the person saw."""
        return self.plans.write_action(workspace_id, seen.with_changes(**changes), author=author, at=self.clock())

    def take_on(self, workspace_id: str, pand_id: str, code: str, *, rules: Rules, author: str) -> SavedAction:
        """Take on an action that may be considered; raises NotFoundError when the rulebook does not have it."""
        if code not in rules.acties:
            raise NotFoundError("Actie", code, advice="Kies een actie uit de lijst.")
        fresh = SavedAction(pand_id, code, step=rules.acties[code].stap)
        return self.plans.write_action(workspace_id, fresh, author=author, at=self.clock())

    def add(
        self, workspace_id: str, pand_id: str, *, title: str, step: int, owner: str = "", due: date | None = None, author: str
    ) -> SavedAction:
        """Add an action of one's own; raises UnusableInputError without a title."""
        there = [kept.code for kept in self.plans.read_actions(workspace_id, pand_id) if kept.is_own]
        number = 1 + max((int(code.removeprefix(OWN)) for code in there), default=0)
        fresh = SavedAction(pand_id, f"{OWN}{number}").with_changes(title=title, step=step, owner=owner, due=due)
        return self.plans.write_action(workspace_id, fresh, author=author, at=self.clock())

    def history(self, workspace_id: str, pand_id: str, code: str) -> Sequence[SavedAction]:
        """Return every version of one action, the newest first."""
        return self.plans.read_history(workspace_id, pand_id, code)

    def board(
        self,
        workspace_id: str,
        pand_ids: Sequence[str],
        rules: Rules,
        *,
        today: date,
        interventie: Interventie = Interventie.OPTOPPEN,
    ) -> Board:
        """Return the work of these buildings, and of all with a kept plan or action, by the day that matters."""
        settings = self.plans.read_settings(workspace_id)
        saved: dict[str, dict[str, SavedAction]] = {}
        for kept in self.plans.read_actions(workspace_id):
            saved.setdefault(kept.pand_id, {})[kept.code] = kept
        wanted = set(pand_ids) | set(settings) | set(saved)
        buildings = self.portfolios.buildings(workspace_id)
        chosen = buildings[buildings["pand_id"].isin(wanted)].reset_index(drop=True)
        if chosen.empty:
            return Board({}, (), {})
        ids = [str(pand_id) for pand_id in chosen["pand_id"]]
        own = [settings.get(pand_id, PlanSettings()) for pand_id in ids]
        calendar = self.calendar(rules, min([today, *(each.start for each in own if each.start)]))
        places = _places(chosen, rules)
        many = plan_many(places, rules, interventie, calendar, settings=own, today=today, keys=[int(pand_id) for pand_id in ids])
        actions: list[PlannedAction] = []
        for row, pand_id in enumerate(ids):
            latest = dict(zip((*CHAIN, AFTER), many.latest[:, row].tolist(), strict=True))
            deadlines = make_deadlines(
                latest,
                calendar,
                rules,
                seasons=many.seasons[row],
                lessons=many.lessons[row],
                not_before=None if own[row].wish else float(many.starts[row]),
            )
            triggers = find_triggers(places, rules, interventie, row=row)
            actions += list_actions(pand_id, rules, triggers=triggers, saved=saved.get(pand_id, {}), deadlines=deadlines)
        actions.sort(key=lambda planned: (planned.acts_on, planned.step, planned.title, planned.pand_id))
        tenants = {pand_id: calendar.day(day) for pand_id, day in zip(ids, many.tenant[1], strict=True)}
        names = describe(chosen)["naam"].astype(str).tolist()
        return Board(dict(zip(ids, names, strict=True)), tuple(actions), tenants)

    def finish(self, workspace_id: str, seen: SavedAction, *, author: str) -> SavedAction:
        """Say that an action is done."""
        return self.change(workspace_id, seen, status=Status.KLAAR, author=author)


@lru_cache(maxsize=512)  # the page of a business case asks it on every rerun
def _lateness(
    choices: tuple[tuple[str, int], ...],
    rules: Rules,
    start: date,
    lessons: frozenset[str] | None,
    seasons: frozenset[str] | None,
    key: int,
    days_off: DaysOff,
) -> Months:
    calendar = _calendar(rules, start.year - YEARS_BACK, days_off)
    return find_lateness(
        {criterion: np.array([place]) for criterion, place in choices},
        rules,
        Interventie.OPTOPPEN,
        calendar,
        settings=PlanSettings(lessons=lessons, seasons=seasons),
        start=calendar.number(start),
        key=key,
    )


def _places(buildings: pd.DataFrame, rules: Rules) -> Mapping[str, Codes]:
    return look_at(buildings, rules).places


@lru_cache(maxsize=16)
def _calendar(rules: Rules, year: int, days_off: DaysOff) -> Calendar:
    weeks = rules.parameter("planning.bouw_weken").likely
    plan = rules.planning
    return make_calendar(
        date(year, 1, 1),
        seasons=plan.seizoenen,
        closings=plan.sluitingen,
        days_off=days_off(year, year + HORIZON_YEARS),
        building_days=int(np.ceil(weeks * WEEK)),
    )
