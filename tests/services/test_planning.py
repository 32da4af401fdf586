"""Planning a building and working on it, on a real database: settle, take on, add, and the board over the portfolio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import URL

from quickscan.calendars.dutch import days_off
from quickscan.domain.actions import SavedAction, Status
from quickscan.domain.errors import NotFoundError, UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.services.planning import Planned, Planning
from quickscan.services.portfolios import Portfolios
from quickscan.services.scans import Scans
from quickscan.store.database import open_store
from quickscan.store.planning import PlanTables

PAND, OTHER, LAST = (f"051800000000000{number}" for number in (1, 2, 3))
TODAY = date(2026, 11, 27)
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@dataclass
class Desk:
    """Three buildings, of which the first has a queue for power."""

    planning: Planning
    scans: Scans
    workspace: str
    rules: Rules

    def look(self, pand_id: str = PAND) -> Planned:
        return self.planning.look(self.workspace, self.scans.look(self.workspace, pand_id, self.rules), self.rules, today=TODAY)

    def settle(self, **changes: object) -> None:
        seen = self.planning.settings(self.workspace, PAND)
        self.planning.settle(self.workspace, PAND, seen, author="Ada", today=TODAY, **changes)

    def action(self, code: str) -> SavedAction:
        return next(planned.saved for planned in self.look().actions if planned.code == code)


@pytest.fixture
def desk(tmp_path: Path, rules: Rules) -> Iterator[Desk]:
    store = open_store(URL.create("sqlite", database=str(tmp_path / "quickscan.db")))
    frame = pd.DataFrame(
        {
            "pand_id": [PAND, OTHER, LAST],
            "naam": ["De Linden", "De Eiken", "De Iep"],
            "bou.netaansluiting": ["wachtrij", None, "bevestigd"],
            "org.draagvlak": [None, None, "steun"],
        }
    )
    portfolios = Portfolios(store, lambda _: pytest.fail("no demo here"))
    workspace = store.create_workspace("Zuid", frame, {}, fictional=False, author="Ada", at=NOON)
    planning = Planning(PlanTables(store.engine), portfolios, days_off, lambda: NOON)
    yield Desk(planning, Scans(store), workspace.id, rules)
    store.close()


def test_before_anybody_chose_the_plan_starts_today_and_nothing_is_written(desk: Desk) -> None:
    planned = desk.look()
    assert planned.plan.start == TODAY
    assert not planned.plan.wished
    assert planned.settings.version == 0
    assert desk.planning.stamp(desk.workspace) == (0, 0)
    assert planned.plan.delays[0].key == "bou.netaansluiting"
    assert {"netbeheerder_vroeg", "nutsbedrijven_afstemmen"} <= {each.code for each in planned.actions}
    assert len(planned.checklist) == 25


def test_a_start_a_wish_and_lessons_are_kept_and_move_the_plan(desk: Desk) -> None:
    before = desk.look().plan
    desk.settle(lessons=frozenset({"ontwerp", "besluiten"}))
    quicker = desk.look().plan
    assert quicker.counts.tenant.likely < before.counts.tenant.likely
    desk.settle(start=date(2027, 6, 1))
    moved = desk.look()
    assert moved.plan.counts.tenant.likely > quicker.counts.tenant.likely
    assert moved.plan.chosen == {"ontwerp", "besluiten"}
    desk.settle(wish=date(2035, 1, 1))
    assert desk.look().plan.wished
    assert desk.look().settings.version == 3


def test_a_wish_before_the_start_or_a_start_in_another_age_is_refused_and_keeps_nothing(desk: Desk) -> None:
    with pytest.raises(UnusableInputError, match="te ver weg"):
        desk.settle(start=date(2099, 1, 1))
    desk.settle(start=date(2027, 6, 1))
    with pytest.raises(UnusableInputError, match="vóór de start"):
        desk.settle(wish=date(2027, 1, 1))
    assert desk.look().settings.version == 1


def test_a_wish_of_tomorrow_says_how_long_ago_one_should_have_begun(desk: Desk) -> None:
    desk.settle(wish=date(2026, 12, 24))
    plan = desk.look().plan
    assert plan.chance == 0
    assert date(2021, 1, 1) < plan.latest[1] < date(2024, 12, 1)
    assert list(plan.latest.values()) == sorted(plan.latest.values())
    late = [each for each in desk.look().actions if each.is_late(TODAY)]
    assert len(late) > 30


def test_nature_people_chose_goes_before_the_answer(desk: Desk) -> None:
    assert desk.look().plan.seasons == {"vleermuis", "gierzwaluw", "huismus"}
    desk.settle(seasons=frozenset())
    without = desk.look().plan
    assert (without.seasons, without.nature_wait, without.counts.nature) == (frozenset(), 0, None)


def test_an_action_gets_an_owner_a_status_and_a_history(desk: Desk) -> None:
    seen = desk.action("archiefonderzoek")
    first = desk.planning.change(desk.workspace, seen, status=Status.BEZIG, owner=" Noor ", author="Ada")
    desk.planning.change(desk.workspace, first, status=Status.KLAAR, note="map 12", author="Bo")
    planned = next(each for each in desk.look().actions if each.code == "archiefonderzoek")
    assert (planned.status, planned.owner, planned.is_open) == (Status.KLAAR, "Noor", False)
    history = desk.planning.history(desk.workspace, PAND, "archiefonderzoek")
    assert [(each.status, each.author) for each in history] == [(Status.KLAAR, "Bo"), (Status.BEZIG, "Ada")]
    (progress,) = [each for each in desk.look().checklist if "archiefonderzoek" in each.item.acties]
    assert progress.done == 1


def test_ideas_are_taken_on_and_own_actions_are_numbered(desk: Desk) -> None:
    desk.planning.take_on(desk.workspace, PAND, "bewonersspel", rules=desk.rules, author="Ada")
    assert "bewonersspel" in {each.code for each in desk.look().actions}
    with pytest.raises(NotFoundError, match="bestaat_niet"):
        desk.planning.take_on(desk.workspace, PAND, "bestaat_niet", rules=desk.rules, author="Ada")
    for title in ("Wethouder bellen", "Taart bestellen"):
        desk.planning.add(desk.workspace, PAND, title=title, step=8, due=date(2027, 1, 10), author="Ada")
    own = {each.code: each for each in desk.look().actions if each.when == "eigen"}
    assert {code: each.title for code, each in own.items()} == {"eigen_1": "Wethouder bellen", "eigen_2": "Taart bestellen"}
    assert own["eigen_1"].ready_by == date(2027, 1, 10)
    with pytest.raises(UnusableInputError, match="geen naam"):
        desk.planning.add(desk.workspace, PAND, title="  ", step=1, author="Ada")


def test_the_board_holds_the_buildings_asked_for_and_those_somebody_worked_on(desk: Desk) -> None:
    assert desk.planning.board(desk.workspace, [], desk.rules, today=TODAY).actions == ()
    seen = desk.action("archiefonderzoek")
    desk.planning.change(desk.workspace, seen, owner="Noor", author="Ada")
    board = desk.planning.board(desk.workspace, [LAST], desk.rules, today=TODAY)
    assert board.names == {PAND: "De Linden", LAST: "De Iep"}
    assert {each.pand_id for each in board.actions} == {PAND, LAST}
    assert [each.acts_on for each in board.actions] == sorted(each.acts_on for each in board.actions)
    assert [each.pand_id for each in board.actions if each.owner == "Noor"] == [PAND]
    assert board.tenants[LAST] < board.tenants[PAND], "the queue for power"


def test_the_board_says_of_a_building_what_its_own_page_says(desk: Desk) -> None:
    desk.settle(start=date(2027, 3, 1), lessons=frozenset({"ontwerp"}))
    board = desk.planning.board(desk.workspace, [PAND], desk.rules, today=TODAY)
    alone = desk.look()
    assert abs((board.tenants[PAND] - alone.plan.counts.tenant.likely).days) <= 14, "fewer draws, the same plan"
    assert {each.code for each in board.actions} == {each.code for each in alone.actions}


def test_the_dutch_holidays_are_known_for_the_years_of_a_plan() -> None:
    found = days_off(2027, 2030)
    assert {date(2027, 4, 27), date(2027, 12, 25), date(2028, 4, 17), date(2030, 5, 5)} <= found
    assert date(2027, 11, 27) not in found
