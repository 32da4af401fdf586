"""Actions of a building: which are on and why, before when they have to begin, and how far the checklist is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from quickscan.domain.actions import (
    Deadlines,
    PlannedAction,
    SavedAction,
    Status,
    find_triggers,
    follow_checklist,
    list_actions,
    list_ideas,
    make_deadlines,
)
from quickscan.domain.errors import UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import make_calendar
from quickscan.domain.scoring import look_at
from quickscan.domain.terms import Interventie
from tests.domain.buildings import frame_of

PAND = "0518000000000001"
EPOCH = date(2027, 1, 1)
# Latest starts of the steps, as days from the epoch.
LATEST = {1: 30.0, 3: 150.0, 4: 600.0, 5: 700.0, 6: 800.0, 7: 900.0, 8: 1000.0}


@pytest.fixture
def deadlines(rules: Rules) -> Deadlines:
    calendar = make_calendar(EPOCH, seasons=rules.planning.seizoenen)
    return make_deadlines(LATEST, calendar, rules, seasons=frozenset(), lessons=frozenset(), not_before=None)


def actions_of(
    rules: Rules, deadlines: Deadlines, *saved: SavedAction, triggers: dict[str, tuple[str, ...]] | None = None
) -> dict[str, PlannedAction]:
    kept = {each.code: each for each in saved}
    listed = list_actions(PAND, rules, triggers=triggers or {}, saved=kept, deadlines=deadlines)
    assert [planned.acts_on for planned in listed] == sorted(planned.acts_on for planned in listed)
    return {planned.code: planned for planned in listed}


def test_every_project_has_the_checklist_and_an_answer_adds_what_it_asks_for(rules: Rules, deadlines: Deadlines) -> None:
    calm = actions_of(rules, deadlines)
    assert {planned.when for planned in calm.values()} == {"altijd"}
    situation = look_at(frame_of([{"pand_id": PAND, "bou.draagkracht": "tekort", "pla.parkeren": "sluit"}]), rules)
    triggers = find_triggers(situation.places, rules, Interventie.OPTOPPEN)
    found = actions_of(rules, deadlines, triggers=triggers)
    assert found["constructief_onderzoek"].reasons == ("Draagkracht",)
    assert found["constructief_onderzoek"].when == "na antwoord"
    assert set(calm) < set(found)


def test_an_action_has_to_begin_its_lead_time_before_the_step_that_waits_for_it(rules: Rules, deadlines: Deadlines) -> None:
    found = actions_of(rules, deadlines)
    grid = found["netbeheerder_vroeg"]
    assert grid.ready_by == EPOCH + timedelta(days=LATEST[7])
    assert grid.start_by == grid.ready_by - timedelta(weeks=rules.acties["netbeheerder_vroeg"].doorlooptijd_weken)
    party = found["oplevering_vieren"]
    assert party.start_by == EPOCH + timedelta(days=LATEST[8]), "it begins when people live there"


def test_counting_nature_has_to_begin_before_the_season_that_still_makes_it(rules: Rules, deadlines: Deadlines) -> None:
    counting = replace(deadlines, seasons=frozenset({"vleermuis"}))
    planned = actions_of(rules, counting)["quickscan_natuur"]
    table = counting.calendar.counting({"vleermuis"})
    assert table is not None
    report = float(table.after(np.array([counting.calendar.number(planned.start_by) + counting.scan], dtype=np.float32))[0])
    assert report + counting.report <= LATEST[4]
    later = counting.calendar.number(planned.start_by) + counting.scan + 2
    assert float(table.after(np.array([later], dtype=np.float32))[0]) + counting.report > LATEST[4], "a day later is too late"
    at_once = actions_of(rules, replace(counting, lessons=frozenset({"ontwerp"})))["quickscan_natuur"]
    assert at_once.start_by > planned.start_by, "who designs at once needs the report for the permit only"


def test_a_date_that_people_agreed_goes_before_the_plan(rules: Rules, deadlines: Deadlines) -> None:
    due = date(2027, 6, 1)
    planned = actions_of(rules, deadlines, SavedAction(PAND, "archiefonderzoek", due=due, version=1))["archiefonderzoek"]
    assert (planned.ready_by, planned.start_by) == (due, due - timedelta(weeks=4))


def test_what_has_begun_is_due_when_it_must_be_ready_and_what_is_done_is_never_late(rules: Rules, deadlines: Deadlines) -> None:
    day = EPOCH + timedelta(days=590)
    for status, late in ((Status.TE_DOEN, True), (Status.BEZIG, False), (Status.KLAAR, False), (Status.NIET_NODIG, False)):
        saved = SavedAction(PAND, "archiefonderzoek", status=status, version=1)
        assert actions_of(rules, deadlines, saved)["archiefonderzoek"].is_late(day) is late, status


def test_without_a_wish_nothing_has_to_begin_before_the_start(rules: Rules, deadlines: Deadlines) -> None:
    held = replace(deadlines, not_before=100.0)
    assert min(planned.start_by for planned in actions_of(rules, held).values()) == EPOCH + timedelta(days=100)


def test_an_idea_is_offered_until_somebody_takes_it_on(rules: Rules, deadlines: Deadlines) -> None:
    before = actions_of(rules, deadlines)
    assert "bewonersspel" in {idea.id for idea in list_ideas(rules, list(before.values()))}
    after = actions_of(rules, deadlines, SavedAction(PAND, "bewonersspel", version=1))
    assert "bewonersspel" not in {idea.id for idea in list_ideas(rules, list(after.values()))}
    assert after["bewonersspel"].when == "overweeg"


def test_an_action_of_ones_own_stands_among_the_others(rules: Rules, deadlines: Deadlines) -> None:
    own = SavedAction(PAND, "eigen_1", title="Wethouder bellen", step=3, owner="Noor", version=1)
    planned = actions_of(rules, deadlines, own)["eigen_1"]
    assert (planned.title, planned.owner, planned.when, planned.step) == ("Wethouder bellen", "Noor", "eigen", 3)
    assert planned.ready_by == EPOCH + timedelta(days=LATEST[4])


def test_what_an_older_rulebook_knew_is_not_lost(rules: Rules, deadlines: Deadlines) -> None:
    found = actions_of(rules, deadlines, SavedAction(PAND, "afgeschaft", note="nog doen", version=2))
    assert found["afgeschaft"].saved.note == "nog doen"


@pytest.mark.parametrize(
    ("changes", "told"), [({"title": " "}, "geen naam"), ({"note": "x" * 501}, "notitie"), ({"owner": "x" * 81}, "eigenaar")]
)
def test_an_action_that_cannot_be_is_refused(changes: dict[str, str], told: str) -> None:
    with pytest.raises(UnusableInputError, match=told):
        SavedAction(PAND, "eigen_1", title="Bellen").with_changes(**changes)


def test_the_checklist_follows_the_actions(rules: Rules, deadlines: Deadlines) -> None:
    item = next(each for each in rules.planning.checklist if len(each.acties) > 1)
    for statuses, done, whole in (
        ((), 0, False),
        ((Status.KLAAR,), 1, False),
        ((Status.KLAAR, Status.BEZIG), 1, False),
        ((Status.KLAAR,) + (Status.NIET_NODIG,) * (len(item.acties) - 1), len(item.acties), True),
    ):
        saved = [SavedAction(PAND, code, status=status, version=1) for code, status in zip(item.acties, statuses, strict=False)]
        progress = follow_checklist(rules, list(actions_of(rules, deadlines, *saved).values()))
        (found,) = [each for each in progress if each.item == item]
        assert (found.done, found.is_done) == (done, whole)
    assert len(progress) == 25
