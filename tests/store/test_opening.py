"""Opening: what we demand of a database, and what a person reads when it cannot be had."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, event, text

from quickscan.store import database
from quickscan.store.database import make_engine, open_store
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from tests.store.conftest import make_workspace, save

Open = Callable[..., SqlStore]
NOBODY = 65534


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may write anywhere, so a test about rights must not be root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder whose parents anybody may enter; `tmp_path` is only for its owner."""
    folder = Path(tempfile.mkdtemp(prefix="quickscan-test-"))
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


def sqlite_at(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def test_new_folder_is_made_for_its_owner_only(tmp_path: Path, opened: Open) -> None:
    opened(sqlite_at(tmp_path / "nieuwe map" / "quickscan.db"))
    assert stat.S_IMODE((tmp_path / "nieuwe map").stat().st_mode) == 0o700
    assert (tmp_path / "nieuwe map" / "quickscan.db").exists()


def test_every_sqlite_connection_is_durable_and_checks_its_keys(sqlite_url: URL, opened: Open) -> None:
    store = opened(sqlite_url)
    with store.engine.connect() as one, store.engine.connect() as other:
        for connection in (one, other):
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in database.PRAGMAS]
            assert found == ["wal", 2, 1, 15_000]


def test_a_write_asks_sqlite_for_the_lock_at_once_and_a_read_does_not(sqlite_url: URL, opened: Open) -> None:
    store, sent = opened(sqlite_url), []

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(*told: object) -> None:
        sent.append(told[2])

    made = make_workspace(store)
    assert sent[0] == "BEGIN IMMEDIATE"
    sent.clear()
    store.get_workspace(made.id)
    assert sent[0] == "BEGIN"


def test_postgresql_acknowledges_only_what_is_on_disk(postgres_url: URL, opened: Open) -> None:
    with opened(postgres_url).engine.connect() as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar_one() for name in ("synchronous_commit", "timezone", "lock_timeout")
        ]
    assert shown == ["on", "UTC", "15s"]


def test_options_in_the_address_are_kept(postgres_url: URL, opened: Open) -> None:
    url = postgres_url.update_query_dict({"options": "-c application_name=proef"})
    with opened(url).engine.connect() as connection:
        assert connection.execute(text("SHOW application_name")).scalar_one() == "proef"
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


def test_a_place_that_does_not_honour_a_pragma_is_refused(sqlite_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.PRAGMAS, "journal_mode", ("DELETE", "wal"))  # what a network folder answers
    with pytest.raises(StoreError, match="netwerkmap"):
        open_store(sqlite_url)


def test_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="journal_mode is 'memory'"):
        open_store("sqlite://")


@pytest.mark.parametrize(("url", "words"), [("mysql://localhost/x", "kennen we niet"), ("zomaar wat", "niet te lezen")])
def test_another_kind_of_database_is_refused(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        make_engine(url)


def test_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    with as_ordinary_user(), pytest.raises(StoreError, match="kan niet worden geopend"):
        open_store(sqlite_at(open_folder / "quickscan.db"))


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("geen map")
    with pytest.raises(StoreError, match="kan niet worden geopend"):
        open_store(sqlite_at(tmp_path / "bestand" / "quickscan.db"))


def test_file_that_may_only_be_read_is_told(open_folder: Path) -> None:
    path = open_folder / "quickscan.db"
    open_store(sqlite_at(path)).close()
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with as_ordinary_user(), pytest.raises(StoreError, match=r"alleen worden gelezen|niet worden geopend"):
        open_store(sqlite_at(path))


def test_corrupt_file_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "quickscan.db"
    path.write_bytes(b"dit is geen database" * 500)
    with pytest.raises(StoreError, match="beschadigd"):
        open_store(sqlite_at(path))
    assert path.read_bytes() == b"dit is geen database" * 500


def test_file_of_another_program_is_refused(sqlite_url: URL) -> None:
    engine = make_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kasboek (bedrag REAL)"))
    engine.dispose()
    with pytest.raises(StoreError, match="niet van de Quickscan"):
        open_store(sqlite_url)


def test_full_disk_is_told_and_saves_nothing(sqlite_url: URL, opened: Open) -> None:
    store = opened(sqlite_url)
    made = make_workspace(store)
    store.close()

    @event.listens_for(store.engine, "connect")
    def fill(connection: object, _entry: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined] # SQLite keeps it at the present size

    with pytest.raises(StoreError, match="vol"):
        save(store, made, note="x" * 1_000_000)
    assert store.get_workspace(made.id) == made


def test_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(StoreError, match="niet bereikbaar") as caught:
        open_store("postgresql://ada:geheim@127.0.0.1:1/quickscan?connect_timeout=2")
    assert "geheim" not in str(caught.value)


def test_database_that_is_not_there_is_told(postgres_server: URL) -> None:
    with pytest.raises(StoreError, match="databaseserver"):
        open_store(postgres_server.set(database="bestaat_niet"))


def test_server_where_we_may_not_write_is_told(postgres_url: URL) -> None:
    store = open_store(postgres_url.update_query_dict({"options": "-c default_transaction_read_only=on"}))
    with pytest.raises(StoreError, match="alleen worden gelezen"):
        make_workspace(store)
    store.close()


def test_several_may_open_a_new_store_at_once(empty_url: URL) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(open_store, [empty_url] * 4))
    for store in stores:
        assert store.find_workspaces() == []
        store.close()
