"""The quick way of saving an answer does what the long way does, steps aside when anything is in the way, and hides nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, select, text

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.services.ports import Deed, Workspace
from quickscan.store import repository, saving
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from quickscan.store.tables import AnswerHistoryRow, table_of
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace, save
from tests.store.replay import look, replay

TRIES = 250
GONE = make_pand_id(3)


def save_quickly(store: SqlStore, workspace: Workspace, **changes: Any) -> bool:
    usual: dict[str, Any] = {"choice": "ja", "note": "", "certainty": Certainty.ZEKER, "author": "Ada", "party": Party.SAMEN}
    pand_id = changes.pop("pand_id", make_pand_id())
    answer = Answer(**({"criterion": "bou.lift", "at": NOON, "version": 1} | usual | changes))
    return saving.save_quickly(store.engine, workspace.id, pand_id, answer, reason="")


def try_things(store: SqlStore, workspace: Workspace) -> list[object]:
    """Save at random, on time and late, the same and another thing; and return what came of each."""
    any_of, outcomes = random.Random(7), []  # noqa: S311 - not a secret
    for number in range(TRIES):
        options: dict[str, Any] = {
            "pand_id": make_pand_id(any_of.randrange(4)),
            "criterion": any_of.choice(["bou.lift", "bou.dak", "a'b\"; --"]),
            "party": any_of.choice(list(Party)),
            "note": any_of.choice(["", "zo is het", "met 'teken' \\ en € 😀 %s :x"]),
            "certainty": any_of.choice(list(Certainty)),
            "author": any_of.choice(["Ada", "Bo"]),
            "at": NOON + timedelta(seconds=number),
            "reason": any_of.choice(["", "teruggezet"]),
        }
        choice, late = any_of.choice([None, "ja", "nee"]), any_of.choice([False, False, False, True])
        now = 0
        if options["pand_id"] != GONE:
            stored = store.read_answers(workspace.id, options["pand_id"], options["party"]).get(options["criterion"])
            now = stored.version if stored else 0
        try:
            outcomes.append(save(store, workspace, choice, expected_version=now + late, **options))
        except (StaleAnswerError, NotFoundError) as error:
            outcomes.append(str(error))
    return outcomes


def kept(store: SqlStore, workspace: Workspace) -> tuple[object, ...]:
    """Return everything that saving writes, apart from the numbers of the lines and the name of the workspace."""
    table = table_of(AnswerHistoryRow)
    columns = [column for column in table.c if column.name != "workspace_id"]
    with store.engine.connect() as connection:
        found = connection.execute(select(*columns).where(table.c.workspace_id == workspace.id))
        history = sorted((tuple(row) for row in found), key=repr)
    lines = [replace(line, number=0, workspace_id="") for line in store.read_log(workspace.id, most=9_999)]
    return look(store)[workspace.id], history, lines, replace(store.get_workspace(workspace.id), id="")


def test_both_ways_give_the_same_answers_refusals_and_rows(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (make_workspace(store, make_buildings(3)) for _ in range(2))
    quick = try_things(store, first)
    monkeypatch.setattr(repository, "save_quickly", lambda *_, **__: False)
    assert quick == try_things(store, second)
    assert sum(isinstance(outcome, Answer) for outcome in quick) > TRIES / 3
    assert sum(isinstance(outcome, str) for outcome in quick) > TRIES / 10
    assert kept(store, first) == kept(store, second)
    assert replay(store) == look(store)


def test_the_quick_way_is_taken_when_nothing_is_in_the_way(store: SqlStore, workspace: Workspace) -> None:
    assert save_quickly(store, workspace)
    assert save_quickly(store, workspace, choice="nee", version=2)
    assert save_quickly(store, workspace, choice=None, version=3)
    assert [line.new for line in store.read_log(workspace.id, what=Deed.ANTWOORD)] == [None, "nee", "ja"]


@pytest.mark.parametrize(
    "changes",
    [{"pand_id": GONE}, {"version": 3}, {"version": 1}, {"version": 2}],
    ids=["gone", "too far", "late", "the same"],
)
def test_the_quick_way_steps_aside_and_writes_nothing(store: SqlStore, workspace: Workspace, changes: dict[str, Any]) -> None:
    save(store, workspace)
    before = kept(store, workspace)
    assert not save_quickly(store, workspace, **changes)
    assert kept(store, workspace) == before


def test_an_answer_that_was_taken_back_is_not_written_over(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace)
    with store.engine.begin() as connection:  # as undoing an import does
        connection.execute(text("DELETE FROM answer"))
    assert not save_quickly(store, workspace, choice="nee")
    assert save(store, workspace, "nee").version == 2


def test_a_mistake_of_ours_is_not_hidden(store: SqlStore, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_LOOK", "_FIRST"):
        monkeypatch.setattr(saving, name, "SELECT geen_kolom FROM workspace")
    with pytest.raises((StoreError, store.engine.dialect.loaded_dbapi.Error)):
        save(store, workspace)
    assert store.read_log(workspace.id, what=Deed.ANTWOORD) == []


def test_a_connection_that_is_cut_while_it_waits_saves_once(postgres_url: URL, opened: Callable[..., SqlStore]) -> None:
    store = opened(postgres_url)
    made = make_workspace(store)
    other = create_engine(postgres_url)
    waiting = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as pool, other.connect() as holder, other.connect() as killer:
        holder.execute(text("SELECT id FROM workspace FOR UPDATE"))
        saved = pool.submit(save, store, made)
        cut: int | None = None
        while cut is None:
            cut = killer.execute(waiting).scalar()
            killer.rollback()
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut})
        killer.commit()
        holder.rollback()
        assert saved.result(timeout=60).version == 1
    other.dispose()
    assert len(store.read_log(made.id, what=Deed.ANTWOORD)) == 1


def test_where_nothing_may_be_written_that_is_what_is_said(postgres_url: URL, opened: Callable[..., SqlStore]) -> None:
    made = make_workspace(opened(postgres_url))
    store = opened(postgres_url.update_query_dict({"options": "-c default_transaction_read_only=on"}))
    with pytest.raises(StoreError, match="alleen worden gelezen"):
        save(store, made)
