"""What has to be done for a building: which actions, why, by whom, before when, and how far they are.

An action of the rulebook is *on* when it belongs to every project, when an answer asks for it, or when somebody took it
on; what may be considered is offered apart. People add their own. Its latest start follows from the plan: the step that
waits for it must be able to start on its own latest day, and the action takes its time before that. A date that a
person gives goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import numpy as np

from quickscan.domain.columns import Codes
from quickscan.domain.errors import QuickscanError, UnusableInputError
from quickscan.domain.planbook import KLAAR_VOOR, Action, ChecklistItem
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import Calendar
from quickscan.domain.schedule.effects import MONTH, WEEK
from quickscan.domain.schedule.network import DESIGN
from quickscan.domain.scoring import applicable_tables
from quickscan.domain.terms import Interventie

OWN = "eigen_"  # how the code of an action of one's own begins
OWN_WEEKS = 4  # how long an action of one's own takes as long as nobody gives a date
AFTERCARE = 8
LONGEST = {"title": 120, "owner": 80, "note": 500}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Status(StrEnum):
    TE_DOEN = "te doen"
    BEZIG = "bezig"
    KLAAR = "klaar"
    NIET_NODIG = "niet nodig"


OPEN = frozenset({Status.TE_DOEN, Status.BEZIG})


class StaleActionError(QuickscanError):
    """Somebody else changed this action in between."""

    def __init__(self, title: str, *, author: str, status: str) -> None:
        self.author, self.status = author, status
        super().__init__(f"{author} heeft “{title}” net op “{status}” gezet. Kijk wat er nu staat en kies opnieuw.")


@dataclass(frozen=True, slots=True)
class SavedAction:
    """What people said about an action of a building; `title` and `step` are only of one's own. Version 0 was never kept."""

    pand_id: str
    code: str
    status: Status = Status.TE_DOEN
    owner: str = ""
    due: date | None = None
    note: str = ""
    title: str = ""
    step: int = 1
    version: int = 0
    author: str = ""
    at: datetime = NEVER

    @property
    def is_own(self) -> bool:
        return self.code.startswith(OWN)

    def with_changes(self, **changes: object) -> SavedAction:
        """Return it changed; raises UnusableInputError when a text is too long or an own action has no title."""
        changed = replace(self, **changes)  # type: ignore[arg-type]  # the fields check each other below
        changed = replace(changed, **{name: getattr(changed, name).strip() for name in LONGEST})
        if changed.is_own and not changed.title:
            raise UnusableInputError("De actie heeft nog geen naam.", "Schrijf in een paar woorden wat er moet gebeuren.")
        for name, word in (("title", "naam"), ("owner", "eigenaar"), ("note", "notitie")):
            if len(getattr(changed, name)) > LONGEST[name]:
                raise UnusableInputError(f"De {word} is langer dan {LONGEST[name]} tekens.", "Maak hem korter.")
        return changed


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One action of one building, ready to show."""

    pand_id: str
    code: str
    title: str
    step: int
    parties: tuple[str, ...]
    kind: str
    when: str  # "altijd", "overweeg", "na antwoord" or "eigen"
    reasons: tuple[str, ...]  # the criteria whose answers ask for it
    start_by: date
    ready_by: date
    saved: SavedAction
    action: Action | None  # None: one's own

    @property
    def status(self) -> Status:
        return self.saved.status

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def owner(self) -> str:
        """The person or role that has it, else the parties of the handreiking."""
        return self.saved.owner or " en ".join(self.parties)

    @property
    def acts_on(self) -> date:
        """The day that matters now: of beginning, or of being ready for what has begun."""
        return self.ready_by if self.status is Status.BEZIG else self.start_by

    def is_late(self, today: date) -> bool:
        return self.is_open and self.acts_on < today


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The latest starts of one building's steps, as days of its calendar, and how nature holds it up."""

    latest: Mapping[int, float]  # per step of the chain, 8 for the first tenant
    calendar: Calendar
    seasons: frozenset[str]
    lessons: frozenset[str]
    scan: float
    report: float
    not_before: float | None = None  # the start, when nobody wished a day: what should have begun earlier begins then

    def of(self, action: Action) -> tuple[date, date]:
        """Return the latest day to begin with an action, and the day it must be ready."""
        ready = self.latest[action.before]
        start = ready - action.doorlooptijd_weken * WEEK
        if action.stap == AFTERCARE:  # it begins when people live there
            start, ready = ready, ready + action.doorlooptijd_weken * WEEK
        wanted = self.seasons & set(action.seizoenen)
        table = self.calendar.counting(wanted) if wanted else None
        if table is not None:
            ready = self.latest[6 if DESIGN in self.lessons else action.before]
            start = float(table.before(np.array([ready - self.report], dtype=np.float32))[0]) - self.scan
        return self._days(start, ready)

    def of_step(self, step: int) -> tuple[date, date]:
        """Return the same for an action of one's own."""
        ready = self.latest[KLAAR_VOOR[step]]
        start = ready if step == AFTERCARE else ready - OWN_WEEKS * WEEK
        return self._days(start, start + OWN_WEEKS * WEEK)

    def _days(self, start: float, ready: float) -> tuple[date, date]:
        if self.not_before is not None:
            start, ready = max(start, self.not_before), max(ready, self.not_before)
        return self.calendar.day(start), self.calendar.day(ready)


def make_deadlines(
    latest: Mapping[int, float],
    calendar: Calendar,
    rules: Rules,
    *,
    seasons: frozenset[str],
    lessons: frozenset[str],
    not_before: float | None,
) -> Deadlines:
    """Return what the deadlines of a building follow from."""
    scan, report = (rules.parameter(f"planning.natuur{name}_maanden").likely * MONTH for name in ("scan", "rapport"))
    return Deadlines(latest, calendar, seasons, lessons, scan, report, not_before)


def find_triggers(
    places: Mapping[str, Codes], rules: Rules, interventie: Interventie, *, row: int = 0
) -> dict[str, tuple[str, ...]]:
    """Return per action the criteria whose choice asks for it."""
    found: dict[str, list[str]] = {}
    for table in applicable_tables(rules, interventie):
        place = int(places[table.active.id][row])
        if place < table.unknown:
            for name in table.active.version.keuzes[place].acties:
                found.setdefault(name, []).append(table.active.criterion.naam)
    return {name: tuple(reasons) for name, reasons in found.items()}


def list_actions(
    pand_id: str, rules: Rules, *, triggers: Mapping[str, tuple[str, ...]], saved: Mapping[str, SavedAction], deadlines: Deadlines
) -> list[PlannedAction]:
    """Return the actions of a building that are on, by the day that matters."""
    found = [
        _plan_action(pand_id, action, triggers.get(action.id, ()), saved.get(action.id), deadlines)
        for action in rules.acties.values()
        if action.wanneer == "altijd" or action.id in triggers or action.id in saved
    ]
    for own in saved.values():
        if own.is_own or own.code not in rules.acties:  # also what an older rulebook knew
            start, ready = _with_due(deadlines.of_step(own.step), own.due, OWN_WEEKS)
            found.append(
                PlannedAction(
                    pand_id, own.code, own.title or own.code, own.step, (), "uitvoeren", "eigen", (), start, ready, own, None
                )
            )
    return sorted(found, key=lambda planned: (planned.acts_on, planned.step, planned.title))


def list_ideas(rules: Rules, taken: Sequence[PlannedAction]) -> list[Action]:
    """Return what may be considered and is not on yet, by step."""
    on = {planned.code for planned in taken}
    ideas = [action for action in rules.acties.values() if action.wanneer == "overweeg" and action.id not in on]
    return sorted(ideas, key=lambda action: (action.stap, action.titel))


def _plan_action(
    pand_id: str, action: Action, reasons: tuple[str, ...], saved: SavedAction | None, deadlines: Deadlines
) -> PlannedAction:
    kept = saved or SavedAction(pand_id, action.id, step=action.stap)
    start, ready = _with_due(deadlines.of(action), kept.due, action.doorlooptijd_weken)
    return PlannedAction(
        pand_id=pand_id,
        code=action.id,
        title=action.titel,
        step=action.stap,
        parties=action.owners,
        kind=action.soort,
        when=action.wanneer,
        reasons=reasons,
        start_by=start,
        ready_by=ready,
        saved=kept,
        action=action,
    )


def _with_due(computed: tuple[date, date], due: date | None, weeks: float) -> tuple[date, date]:
    if due is None:
        return computed
    return due - timedelta(weeks=weeks), due


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one line of the checklist is."""

    item: ChecklistItem
    actions: tuple[PlannedAction, ...]

    @property
    def done(self) -> int:
        return sum(not planned.is_open for planned in self.actions)

    @property
    def is_done(self) -> bool:
        return bool(self.actions) and self.done == len(self.actions)


def follow_checklist(rules: Rules, planned: Sequence[PlannedAction]) -> list[Progress]:
    """Return every line of the checklist with its actions."""
    by_code = {each.code: each for each in planned}
    return [Progress(item, tuple(by_code[name] for name in item.acties if name in by_code)) for item in rules.planning.checklist]
