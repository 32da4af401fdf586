"""Workspaces: made whole, found newest first, and removed whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, select

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import FaultyInputError, NotFoundError, UnusableInputError
from quickscan.services.ports import Workspace
from quickscan.store.repository import SqlStore
from quickscan.store.tables import Base
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace, save


def count_rows(store: SqlStore) -> dict[str, int]:
    with store.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name != "audit_log"  # it only grows, and stays
        }


def test_new_workspace_starts_at_version_one_and_counts_its_buildings(store: SqlStore) -> None:
    made = store.create_workspace("Zuidwest", make_buildings(3), {}, fictional=True, author="Ada", at=NOON)
    assert made == Workspace(made.id, "Zuidwest", True, NOON, 1, 1, buildings=3, answers=0)
    assert store.get_workspace(made.id) == made


def test_a_moment_in_another_zone_comes_back_in_utc(store: SqlStore) -> None:
    amsterdam = timezone(timedelta(hours=1))
    made = make_workspace(store, at=datetime(2026, 11, 21, 13, 0, tzinfo=amsterdam))
    assert made.created_at == NOON
    assert made.created_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="needs a time zone"):
        make_workspace(store, at=NOON.replace(tzinfo=None))
    assert store.find_workspaces() == []


def test_most_recently_changed_workspace_comes_first(store: SqlStore) -> None:
    old = make_workspace(store, name="oud", at=NOON)
    make_workspace(store, name="nieuw", at=NOON + timedelta(hours=1))
    assert [found.name for found in store.find_workspaces()] == ["nieuw", "oud"]
    save(store, old, at=NOON + timedelta(hours=2))
    assert [found.name for found in store.find_workspaces()] == ["oud", "nieuw"]


def test_counts_are_per_workspace(store: SqlStore) -> None:
    make_workspace(store, make_buildings(1), name="klein")
    large = make_workspace(store, make_buildings(4), name="groot")
    save(store, large)
    save(store, large, None, criterion="pla.hoogte")
    assert {found.name: (found.buildings, found.answers) for found in store.find_workspaces()} == {
        "klein": (1, 0),
        "groot": (4, 2),
    }


def test_criterion_columns_become_agreed_estimates_with_history(store: SqlStore) -> None:
    frame = make_buildings(2, **{"bou.lift": ["ja", None], "pla.hoogte": [pd.NA, "past"]})
    made = make_workspace(store, frame)
    (answer,) = store.read_answers(made.id, make_pand_id(0), Party.SAMEN).values()
    assert (answer.choice, answer.certainty, answer.author, answer.version) == ("ja", Certainty.INSCHATTING, "Ada", 1)
    assert store.read_history(made.id, make_pand_id(0), "bou.lift", Party.SAMEN) == [answer]
    assert (made.answers, store.read_answers(made.id, make_pand_id(0), Party.GEMEENTE)) == (2, {})


def test_columns_that_are_not_ours_are_ignored(store: SqlStore) -> None:
    made = make_workspace(store, make_buildings(1, opmerking=["hallo"], bouwjaar=[1965], lft_bou=[1]))
    assert list(store.read_buildings(made.id).columns) == ["pand_id", "bouwjaar", "geometry"]


def test_the_same_building_may_be_in_two_workspaces(store: SqlStore) -> None:
    first, second = make_workspace(store), make_workspace(store)
    save(store, first, "ja")
    assert store.read_answers(second.id, make_pand_id(), Party.SAMEN) == {}


@pytest.mark.parametrize("ids", [["1" * 16, "1" * 16], ["1" * 16, "12"], ["1" * 16, None]], ids=["double", "short", "missing"])
def test_wrong_pand_ids_are_refused_and_nothing_is_stored(store: SqlStore, ids: list[object]) -> None:
    with pytest.raises(FaultyInputError):
        make_workspace(store, pd.DataFrame({"pand_id": ids}))
    assert set(count_rows(store).values()) == {0}


def test_a_frame_without_pand_ids_is_refused(store: SqlStore) -> None:
    with pytest.raises(FaultyInputError, match="pand_id"):
        make_workspace(store, pd.DataFrame({"bouwjaar": [1965]}))


def test_text_in_a_number_column_is_refused_and_nothing_is_stored(store: SqlStore) -> None:
    with pytest.raises(UnusableInputError, match="bouwjaar"):
        make_workspace(store, make_buildings(2, bouwjaar=[1965, "oud"]))
    assert set(count_rows(store).values()) == {0}


def test_a_workspace_may_be_empty(store: SqlStore) -> None:
    made = make_workspace(store, make_buildings(0))
    assert (made.buildings, len(store.read_buildings(made.id))) == (0, 0)


def test_thousands_of_buildings_keep_their_order(store: SqlStore) -> None:
    shuffled = np.random.default_rng(1).permutation(12_000)
    frame = pd.DataFrame({"pand_id": [make_pand_id(int(number)) for number in shuffled], "hoogte_m": shuffled + 0.1})
    read = store.read_buildings(make_workspace(store, frame).id)
    pd.testing.assert_frame_equal(read[["pand_id", "hoogte_m"]], frame.astype({"pand_id": "str"}))


def test_deleting_a_workspace_removes_everything_of_it_and_nothing_else(store: SqlStore) -> None:
    frame = make_buildings(2, bouwjaar=[1965, 1972], **{"bou.lift": ["ja", "nee"]})
    kept = make_workspace(store, frame)
    before = count_rows(store)
    gone = make_workspace(store, frame)
    save(store, gone, "nee", expected_version=1)
    store.delete_workspace(gone.id, author="Ada", at=NOON)
    assert count_rows(store) == before
    assert store.find_workspaces() == [kept]


def test_what_is_not_there_is_not_found(store: SqlStore, workspace: Workspace) -> None:
    asked = (
        lambda: store.get_workspace("weg"),
        lambda: store.delete_workspace("weg", author="Ada", at=NOON),
        lambda: store.read_buildings("weg"),
        lambda: store.read_answer_codes("weg", Party.SAMEN),
        lambda: store.read_building(workspace.id, "weg"),
        lambda: store.read_facts(workspace.id, "weg"),
        lambda: store.read_answers(workspace.id, "weg", Party.SAMEN),
        lambda: store.read_history(workspace.id, "weg", "bou.lift", Party.SAMEN),
        lambda: save(store, workspace, pand_id="weg"),
    )
    for question in asked:
        with pytest.raises(NotFoundError, match="bestaat niet"):
            question()
