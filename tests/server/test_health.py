"""Ready is said only when the database answers, has our tables, and in time; and asking costs it next to nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from quickscan.serving import database
from quickscan.serving.health import Readiness, Watch, make_routes
from quickscan.store.database import make_engine, open_store
from quickscan.store.transactions import reading, writing
from tests.e2e.browser import free_port


def ask(watch: Watch, path: str = "/gezond/klaar") -> tuple[int, str]:
    with TestClient(Starlette(routes=make_routes(watch))) as client:
        answer = client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code, answer.json()["toestand"]


def run_apart(work: Callable[[], Coroutine[None, None, Any]]) -> Any:
    """Run it in a thread of its own: where a browser was used, this one has a loop that runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def test_live_says_nothing_about_the_database() -> None:
    assert ask(Watch(lambda: Readiness.UNREACHABLE), "/gezond") == (200, "gezond")


@pytest.mark.parametrize("found", list(Readiness))
def test_ready_says_in_a_word_what_is_missing(found: Readiness) -> None:
    assert ask(Watch(lambda: found)) == (200 if found is Readiness.READY else 503, str(found))


def test_an_exception_is_not_ready_and_not_told() -> None:
    def broken() -> Readiness:
        raise ValueError("wachtwoord=hunter2")

    assert ask(Watch(broken)) == (503, "database niet bereikbaar")


def test_a_database_that_hangs_is_waited_for_briefly_by_one_thread() -> None:
    asked, go_on = [], threading.Event()

    def hang() -> Readiness:
        asked.append(1)
        go_on.wait(20)
        return Readiness.READY

    async def many() -> list[Readiness]:
        watch = Watch(hang, patience_s=0.2, fresh_s=0)
        try:
            return [*await asyncio.gather(*(watch.look() for _ in range(10))), await watch.look()]
        finally:
            go_on.set()

    start = time.monotonic()
    assert set(run_apart(many)) == {Readiness.SLOW}
    assert len(asked) == 1
    assert time.monotonic() - start < 10  # a bound, not a measurement: without one this takes 20 s


def test_asking_a_hundred_times_asks_the_database_once() -> None:
    asked = []
    watch = Watch(lambda: asked.append(1) or Readiness.READY, fresh_s=60)

    async def many() -> None:
        for _ in range(100):
            await watch.look()

    run_apart(many)
    assert len(asked) == 1


def test_sqlite_is_ready_once_its_tables_are_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/q.db"
    assert database.probe(url) is Readiness.OUTDATED
    open_store(url).close()
    assert database.probe(url) is Readiness.READY
    assert database.probe(f"sqlite:///{tmp_path}/geen/map/q.db") is Readiness.UNREACHABLE


def test_postgresql_is_followed_from_empty_to_ready_to_gone(empty_postgres_url: URL) -> None:
    url = empty_postgres_url.render_as_string(hide_password=False)
    assert database.probe(url) is Readiness.OUTDATED
    open_store(url).close()
    assert database.probe(url) is Readiness.READY
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ouder'"))
    engine.dispose()
    assert database.probe(url) is Readiness.OUTDATED
    away = empty_postgres_url.set(database="bestaat_niet").render_as_string(hide_password=False)
    assert database.probe(away) is Readiness.UNREACHABLE
    assert database.probe(f"postgresql://q:geheim@127.0.0.1:{free_port()}/q") is Readiness.UNREACHABLE


def test_preparing_goes_on_until_the_database_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "RETRY_S", 0.05)
    blocked = tmp_path / "map"
    blocked.write_text("een bestand waar een map moet komen", encoding="utf-8")
    url, stop = f"sqlite:///{blocked}/q.db", threading.Event()
    worker = threading.Thread(target=database.prepare, args=(url, stop))
    worker.start()
    time.sleep(0.2)
    assert worker.is_alive()
    blocked.unlink()
    worker.join(timeout=20)
    assert not worker.is_alive()
    assert database.probe(url) is Readiness.READY


def test_preparing_stops_when_told(tmp_path: Path) -> None:
    (tmp_path / "map").touch()
    stop = threading.Event()
    worker = threading.Thread(target=database.prepare, args=(f"sqlite:///{tmp_path}/map/q.db", stop))
    worker.start()
    stop.set()
    worker.join(timeout=20)
    assert not worker.is_alive()


def test_each_write_is_timed_and_nothing_else(tmp_path: Path) -> None:
    times: list[float] = []
    database.watch_saves(times.append)
    engine = make_engine(f"sqlite:///{tmp_path}/q.db")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE proef (a)"))
    assert len(times) == 1
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
    with pytest.raises(ZeroDivisionError), writing(engine):
        raise ZeroDivisionError
    assert len(times) == 1
    engine.dispose()
