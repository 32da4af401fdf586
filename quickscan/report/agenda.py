"""Actions as a calendar file (iCalendar, RFC 5545): one event per open action, on the day to begin.

The identity of an event follows from the workspace, the building and the action, so that a calendar that reads the file
again moves the event and does not double it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from quickscan.domain.actions import PlannedAction
from quickscan.domain.rules import Rules

PRODUCT = "-//Quickscan optoppen//Acties//NL"


def make_agenda(
    actions: Iterable[tuple[PlannedAction, str]], rules: Rules, *, workspace_id: str, name: str, now: datetime
) -> bytes:
    """Return open actions, each with the name of its building, as a calendar file."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Acties {name}")
    steps = {step.nummer: step.naam for step in rules.stappen}
    for planned, building in actions:
        if planned.is_open:
            calendar.add_component(_make_event(planned, building, steps, workspace_id, now))
    return bytes(calendar.to_ical())


def _make_event(planned: PlannedAction, building: str, steps: dict[int, str], workspace_id: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{workspace_id}-{planned.pand_id}-{planned.code}@quickscan-optoppen")
    event.add("dtstamp", now)
    event.add("sequence", planned.saved.version)
    event.add("dtstart", planned.acts_on)
    event.add("dtend", planned.acts_on + timedelta(days=1))
    event.add("summary", f"{planned.title} – {building}")
    lines = [
        f"Uiterlijk beginnen: {planned.start_by.isoformat()}. Klaar op: {planned.ready_by.isoformat()}.",
        f"Wie: {planned.owner}. Status: {planned.status}.",
        f"Stap {planned.step}: {steps.get(planned.step, '')}.",
    ]
    if planned.action is not None:
        lines += [planned.action.uitleg, f"Bron: {planned.action.bron}, {planned.action.artikel}."]
    if planned.saved.note:
        lines.append(f"Notitie: {planned.saved.note}")
    event.add("description", "\n".join(lines))
    event.add("categories", [f"Stap {planned.step}"])
    event.add("transp", "TRANSPARENT")
    return event
