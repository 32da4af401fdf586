"""The calendar file, opened by the library that real calendars use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from icalendar import Calendar

from quickscan.domain.actions import PlannedAction, SavedAction, Status
from quickscan.domain.rules import Rules
from quickscan.report.agenda import make_agenda

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PAND = "0518000000000001"


def make_action(rules: Rules, code: str = "archiefonderzoek", **changes: object) -> PlannedAction:
    action = rules.acties[code]
    planned = PlannedAction(
        pand_id=PAND,
        code=code,
        title=action.titel,
        step=action.stap,
        parties=action.owners,
        kind=action.soort,
        when=action.wanneer,
        reasons=(),
        start_by=date(2027, 2, 1),
        ready_by=date(2027, 3, 1),
        saved=SavedAction(PAND, code),
        action=action,
    )
    return replace(planned, **changes)  # type: ignore[arg-type]


def opened(rules: Rules, *actions: PlannedAction) -> list[dict[str, object]]:
    content = make_agenda(
        [(action, "De Linden; blok A, 2e") for action in actions], rules, workspace_id="w1", name="Zuid", now=NOW
    )
    calendar = Calendar.from_ical(content)
    assert calendar["version"] == "2.0"
    return [{name: event.decoded(name) if name in event else None for name in FIELDS} for event in calendar.walk("VEVENT")]


FIELDS = ("uid", "summary", "dtstart", "dtend", "sequence", "description", "dtstamp")


def test_an_open_action_is_a_day_in_the_calendar(rules: Rules) -> None:
    (event,) = opened(rules, make_action(rules))
    assert event["dtstart"] == date(2027, 2, 1)
    assert event["dtend"] == date(2027, 2, 2)
    assert event["summary"] == "Tekeningen en berekeningen zoeken in het archief – De Linden; blok A, 2e"
    assert event["dtstamp"] == NOW
    assert "corporatie" in str(event["description"])


def test_what_is_done_or_not_needed_is_not_in_it(rules: Rules) -> None:
    done, not_needed = (
        make_action(rules, saved=SavedAction(PAND, "archiefonderzoek", status=status, version=1))
        for status in (Status.KLAAR, Status.NIET_NODIG)
    )
    assert opened(rules, done, not_needed) == []


def test_an_action_that_moved_keeps_its_identity_and_has_begun_is_due_when_it_must_be_ready(rules: Rules) -> None:
    (before,) = opened(rules, make_action(rules))
    begun = SavedAction(PAND, "archiefonderzoek", status=Status.BEZIG, owner="Noor", note="map 12", version=3)
    (after,) = opened(rules, make_action(rules, saved=begun))
    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 3)
    assert after["dtstart"] == date(2027, 3, 1)
    assert "Noor" in str(after["description"])
    assert "map 12" in str(after["description"])


def test_every_action_of_the_library_can_be_written_and_each_has_its_own_identity(rules: Rules) -> None:
    events = opened(rules, *(make_action(rules, code) for code in rules.acties))
    assert len({event["uid"] for event in events}) == len(rules.acties) >= 80
