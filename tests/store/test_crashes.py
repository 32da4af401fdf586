"""A process that is killed loses no answer that it acknowledged, and leaves no half import."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, sleep

import pandas as pd
import pytest
from sqlalchemy import URL, text

from quickscan.domain.answers import Party
from quickscan.domain.intake import Intake
from quickscan.services.imports import FileNote, ImportPlan, Imports
from quickscan.store.database import open_store
from quickscan.store.repository import SqlStore
from tests.store.conftest import make_buildings, make_pand_id, make_workspace

ROUNDS = (1, 60)  # after how many acknowledgements the process is killed
ROOT = Path(__file__).resolve().parents[2]
SAVE_FOREVER = """
import itertools, sys
from quickscan.store.database import open_store
from quickscan.services.ports import Workspace
from tests.store.conftest import save
store = open_store(sys.argv[1])
workspace = store.get_workspace(sys.argv[2])
for number in itertools.count():
    save(store, workspace, criterion=f"bou.{sys.argv[3]}x{number}")
    print(number, flush=True)
"""


def kill_while_saving(url: URL, workspace_id: str, *, after: int) -> int:
    """Return how many answers were acknowledged before the process died."""
    command = [sys.executable, "-c", SAVE_FOREVER, url.render_as_string(hide_password=False), workspace_id, str(after)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(after)]
        process.kill()
        acknowledged += process.stdout.readlines()
    return sum(line.endswith("\n") for line in acknowledged)


@pytest.mark.parametrize("after", ROUNDS)
def test_kill_loses_no_acknowledged_answer(url: URL, opened: Callable[..., SqlStore], after: int) -> None:
    first = opened(url)
    made = make_workspace(first, make_buildings(1))
    first.close()
    count = kill_while_saving(url, made.id, after=after)
    assert count >= after

    store = opened(url)
    kept = store.read_answers(made.id, make_pand_id(), Party.SAMEN)
    assert {f"bou.{after}x{number}" for number in range(count)} <= set(kept)
    assert len(kept) <= count + 1  # at most the one that was saved but not yet acknowledged
    for criterion, answer in kept.items():
        assert store.read_history(made.id, make_pand_id(), criterion, Party.SAMEN) == [answer]
    now = store.get_workspace(made.id)
    assert now.answers_version == 1 + len(kept)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


KILLS, BUILDINGS = 50, 120


def import_for_ever(url: str, workspace_id: str, said: Connection) -> None:
    """Import and undo, and say beforehand which of the two it will be."""
    imports = Imports(open_store(url))
    while True:
        plan = plan_import(imports, workspace_id)
        said.send("import")
        imports.confirm(plan, name=None, author="Ada")
        said.send("terug")
        imports.undo_last(workspace_id, author="Ada")


def make_large(count: int, year: float) -> pd.DataFrame:
    """Return so many buildings that writing them takes a while."""
    columns = {"bouwjaar": [year] * count, "hoogte_m": [year / 100] * count, "naam": [f"{year:.0f}"] * count}
    choices = ["plat" if place % 2 else None for place in range(count)]
    return make_buildings(count, **columns, **{"bou.dak": choices if year > 1970 else [None] * count})


def plan_import(imports: Imports, workspace_id: str) -> ImportPlan:
    """Return an import that changes every building, answers half of them, and adds as many again."""
    frame = make_large(2 * BUILDINGS, 1980.0)
    return imports.plan([(FileNote("a.csv", "", 0), Intake(frame, {}, {}, (), len(frame)))], workspace_id=workspace_id)


def look(store: SqlStore, workspace_id: str) -> tuple[list[tuple[object, ...]], ...]:
    """Return every fact, answer and building as it is stored, moments and numbers of versions apart."""
    queries = (
        "SELECT pand_id, geometry FROM building WHERE workspace_id = :w ORDER BY pand_id",
        """SELECT pand_id, name, source, number, text, source_label, confidence FROM fact JOIN building ON id = building_id
        WHERE workspace_id = :w ORDER BY pand_id, name, source""",
        """SELECT pand_id, criterion, party, choice, note, certainty FROM answer JOIN building ON id = building_id
        WHERE workspace_id = :w ORDER BY pand_id, criterion""",
    )
    with store.engine.connect() as connection:
        return tuple([tuple(row) for row in connection.execute(text(query), {"w": workspace_id})] for query in queries)


def test_kill_in_the_middle_of_an_import_leaves_all_of_it_or_nothing(sqlite_url: URL, opened: Callable[..., SqlStore]) -> None:
    """A process imports and undoes for ever, and is killed at another moment each time: in an import, or in an undo."""
    store = opened(sqlite_url)
    made = make_workspace(store, make_large(BUILDINGS, 1965.0)).id
    before = look(store, made)
    imports = Imports(store)
    plan, start = plan_import(imports, made), perf_counter()
    imports.confirm(plan, name=None, author="Ada")
    duration, after = perf_counter() - start, look(store, made)
    imports.undo_last(made, author="Ada")
    assert look(store, made) == before
    store.close()

    context = multiprocessing.get_context("forkserver")  # so that the 50 need not all import pandas
    context.set_forkserver_preload(["tests.store.test_crashes"])
    found: Counter[str] = Counter()
    for kill in range(KILLS):
        wanted = "terug" if kill % 5 == 4 else "import"
        hears, says = context.Pipe(duplex=False)
        process = context.Process(target=import_for_ever, args=[sqlite_url.render_as_string(), made, says])
        process.start()
        says.close()
        while hears.recv() != wanted:
            pass
        sleep(duration * kill / KILLS)
        process.kill()
        process.join()
        hears.close()

        records = store.find_imports(made)
        standing = [record for record in records if record.undone_at is None]
        now = look(store, made)
        found["voor" if now == before else "na" if now == after else "half"] += 1
        assert now == (after if standing else before)
        happened = sum(1 if record.undone_at is None else 2 for record in records)
        workspace = store.get_workspace(made)
        assert (workspace.facts_version, workspace.answers_version) == (1 + happened, 1 + happened)
        if standing:
            imports.undo_last(made, author="Ada")
        store.close()
        with closing(sqlite3.connect(str(sqlite_url.database))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert found.total() == KILLS
    assert found["half"] == 0
    assert found["voor"], "at least once the import was cut off"
