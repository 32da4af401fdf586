"""Plans and actions on each database: kept at once, in versions, with a line in the log, and gone with their building only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import URL, func, inspect, select

from quickscan.domain.actions import SavedAction, StaleActionError, Status
from quickscan.domain.errors import NotFoundError
from quickscan.domain.intake import Intake
from quickscan.domain.schedule.settings import PlanSettings, StalePlanningError
from quickscan.services.imports import FileNote, Imports
from quickscan.services.ports import Deed, Workspace
from quickscan.store import schema
from quickscan.store.database import make_engine
from quickscan.store.planning import PlanActionRow, PlanSettingsRow, PlanTables
from quickscan.store.repository import SqlStore
from quickscan.store.tables import table_of
from tests.store.conftest import NOON, make_buildings, make_pand_id

PAND, OTHER = make_pand_id(), make_pand_id(1)
LATER = NOON + timedelta(minutes=5)
SETTINGS = PlanSettings(start=date(2027, 2, 1), lessons=frozenset({"ontwerp"}), tasks={"3": "Noor"})
ACTION = SavedAction(PAND, "archiefonderzoek", status=Status.BEZIG, owner="Noor", due=date(2027, 3, 1), note="map 12", step=3)


@pytest.fixture
def plans(store: SqlStore) -> PlanTables:
    return PlanTables(store.engine)


def keep(plans: PlanTables, workspace: Workspace, action: SavedAction, *, author: str = "Ada") -> SavedAction:
    return plans.write_action(workspace.id, action, author=author, at=NOON)


def settle(plans: PlanTables, workspace: Workspace, settings: PlanSettings, *, author: str = "Ada") -> PlanSettings:
    return plans.write_settings(workspace.id, PAND, settings, author=author, at=NOON)


def test_nothing_is_kept_yet(plans: PlanTables, workspace: Workspace) -> None:
    assert plans.read_settings(workspace.id) == {}
    assert plans.read_actions(workspace.id) == []
    assert plans.read_history(workspace.id, PAND, "archiefonderzoek") == []
    assert plans.read_stamp(workspace.id) == (0, 0)


def test_settings_come_back_as_they_were_kept(plans: PlanTables, workspace: Workspace) -> None:
    kept = settle(plans, workspace, SETTINGS)
    assert kept == replace(SETTINGS, version=1, author="Ada", at=NOON)
    assert plans.read_settings(workspace.id) == {PAND: kept}
    emptied = settle(plans, workspace, kept.with_changes(start=None, lessons=None, tasks={}))
    assert plans.read_settings(workspace.id)[PAND] == emptied
    assert (emptied.start, emptied.lessons, emptied.version) == (None, None, 2)


def test_settings_sent_twice_are_kept_once_and_a_late_writer_is_told(plans: PlanTables, workspace: Workspace) -> None:
    first = settle(plans, workspace, SETTINGS)
    assert settle(plans, workspace, SETTINGS) == first
    with pytest.raises(StalePlanningError, match="Ada heeft de planning"):
        settle(plans, workspace, replace(SETTINGS, start=date(2028, 1, 1)), author="Bo")
    assert plans.read_settings(workspace.id)[PAND] == first


def test_an_action_is_kept_in_versions_and_the_last_one_counts(plans: PlanTables, workspace: Workspace) -> None:
    first = keep(plans, workspace, ACTION)
    assert first == replace(ACTION, version=1, author="Ada", at=NOON)
    done = keep(plans, workspace, replace(first, status=Status.KLAAR, due=None), author="Bo")
    assert (done.version, done.author, done.due) == (2, "Bo", None)
    assert plans.read_actions(workspace.id) == [done]
    assert plans.read_actions(workspace.id, OTHER) == []
    assert plans.read_history(workspace.id, PAND, "archiefonderzoek") == [done, first]


def test_an_action_sent_twice_is_kept_once_and_a_late_writer_is_told(plans: PlanTables, workspace: Workspace) -> None:
    first = keep(plans, workspace, ACTION)
    assert keep(plans, workspace, ACTION) == first
    with pytest.raises(StaleActionError, match=r"Ada heeft .* net op “bezig” gezet"):
        keep(plans, workspace, replace(ACTION, status=Status.KLAAR), author="Bo")
    assert plans.read_actions(workspace.id) == [first]


def test_every_change_has_a_line_in_the_log_from_old_to_new(plans: PlanTables, store: SqlStore, workspace: Workspace) -> None:
    first = keep(plans, workspace, ACTION)
    keep(plans, workspace, replace(first, status=Status.KLAAR))
    keep(plans, workspace, replace(first, status=Status.KLAAR))  # twice
    last, before = store.read_log(workspace.id, what=Deed.ACTIE)
    assert (last.name, last.old, last.new, last.pand_id, last.note) == ("archiefonderzoek", "bezig", "klaar", PAND, "map 12")
    assert (before.old, before.new) == (None, "bezig")
    assert last.detail == {"owner": "Noor", "due": "2027-03-01", "title": "", "step": 3, "version": 2}
    settle(plans, workspace, SETTINGS)
    (line,) = store.read_log(workspace.id, what=Deed.PLANNING)
    assert line.old is None
    assert '"start": "2027-02-01"' in str(line.new)


def test_the_stamp_rises_with_every_change_and_not_with_a_repeat(plans: PlanTables, workspace: Workspace) -> None:
    stamps = [plans.read_stamp(workspace.id)]
    first = settle(plans, workspace, SETTINGS)
    stamps.append(plans.read_stamp(workspace.id))
    settle(plans, workspace, first.with_changes(level="informeren"))
    stamps.append(plans.read_stamp(workspace.id))
    keep(plans, workspace, ACTION)
    stamps.append(plans.read_stamp(workspace.id))
    assert len(set(stamps)) == 4
    keep(plans, workspace, ACTION)
    assert plans.read_stamp(workspace.id) == stamps[-1]


def test_each_building_stands_by_itself(plans: PlanTables, workspace: Workspace) -> None:
    keep(plans, workspace, ACTION)
    keep(plans, workspace, replace(ACTION, pand_id=OTHER, status=Status.NIET_NODIG))
    assert [(each.pand_id, each.status) for each in plans.read_actions(workspace.id)] == [
        (PAND, Status.BEZIG),
        (OTHER, Status.NIET_NODIG),
    ]


def test_a_building_or_workspace_that_is_not_there_is_told(plans: PlanTables, workspace: Workspace) -> None:
    gone = make_pand_id(99)
    with pytest.raises(NotFoundError, match=gone):
        keep(plans, workspace, replace(ACTION, pand_id=gone))
    with pytest.raises(NotFoundError, match=gone):
        plans.write_settings(workspace.id, gone, SETTINGS, author="Ada", at=NOON)
    with pytest.raises(NotFoundError, match=gone):
        plans.read_history(workspace.id, gone, "x")
    for read in (plans.read_settings, plans.read_actions):
        with pytest.raises(NotFoundError):
            read("bestaat-niet")


def test_all_of_it_goes_with_its_workspace(plans: PlanTables, store: SqlStore, workspace: Workspace) -> None:
    keep(plans, workspace, ACTION)
    settle(plans, workspace, SETTINGS)
    store.delete_workspace(workspace.id, author="Ada", at=LATER)
    with store.engine.connect() as connection:
        for row in (PlanActionRow, PlanSettingsRow):
            assert connection.execute(select(func.count()).select_from(table_of(row))).scalar_one() == 0


def test_undoing_an_import_leaves_a_building_that_somebody_planned(
    plans: PlanTables, store: SqlStore, workspace: Workspace
) -> None:
    imports = Imports(store, lambda: NOON)
    intake = Intake(make_buildings(6), {}, {}, (), 6)
    imports.confirm(imports.plan([(FileNote("a.csv", "", 0), intake)], workspace_id=workspace.id), name=None, author="Bo")
    keep(plans, workspace, replace(ACTION, pand_id=make_pand_id(4)))
    plans.write_settings(workspace.id, make_pand_id(5), SETTINGS, author="Ada", at=NOON)
    report = imports.undo_last(workspace.id, author="Bo")
    assert report.stayed == (make_pand_id(4), make_pand_id(5))
    assert {each.pand_id for each in plans.read_actions(workspace.id)} == {make_pand_id(4)}


def test_the_step_can_be_taken_back(empty_url: URL) -> None:
    engine = make_engine(empty_url)
    names = {"plan_action", "plan_settings"}
    with engine.begin() as connection:
        config = schema.make_config(connection)
        command.upgrade(config, "0008")
        assert names <= set(inspect(connection).get_table_names())
        command.downgrade(config, "-1")
        assert not names & set(inspect(connection).get_table_names())
    engine.dispose()
