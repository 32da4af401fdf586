"""A process that is killed while saving loses no answer that it acknowledged."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from quickscan.domain.answers import Party
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
