"""The world fails: disk full, file gone, page corrupt, server gone. A Dutch sentence, and never a false "bewaard"."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from quickscan.domain.answers import Party
from quickscan.services.ports import Workspace
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from tests.store.conftest import make_buildings, make_pand_id, make_workspace, save

Open = Callable[..., SqlStore]
ROOT = Path(__file__).resolve().parents[2]
SAVE_UNTIL_REFUSED = """
import sys
from quickscan.store.database import open_store
from quickscan.store.errors import StoreError
from tests.store.conftest import save
store = open_store(sys.argv[1])
workspace = store.get_workspace(sys.argv[2])
for number in range(10_000):
    try:
        save(store, workspace, criterion=f"bou.x{number}", note="x" * 20_000)
    except StoreError as error:
        print(error)
        break
    print(number, flush=True)
"""


def save_until_refused(url: URL, made: Workspace, *, most: int | None = None) -> tuple[int, str]:
    """Return how many answers were acknowledged, and with which words the next was refused. `most` bytes a file."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [sys.executable, "-c", SAVE_UNTIL_REFUSED, url.render_as_string(hide_password=False), made.id]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, preexec_fn=limit, check=True)
    *acknowledged, told = done.stdout.splitlines()
    return len(acknowledged), told


def assert_kept(store: SqlStore, made: Workspace, count: int) -> None:
    kept = store.read_answers(made.id, make_pand_id(), Party.SAMEN)
    assert set(kept) == {f"bou.x{number}" for number in range(count)}
    assert store.get_workspace(made.id).answers_version == 1 + count


def test_a_file_that_may_not_grow_any_more_loses_nothing_that_was_acknowledged(sqlite_url: URL, opened: Open) -> None:
    store = opened(sqlite_url)
    made = make_workspace(store, make_buildings(1))
    store.close()
    count, told = save_until_refused(sqlite_url, made, most=1_000_000)
    assert count > 5
    assert "schijf" in told
    assert_kept(store, made, count)
    save(store, made)  # with room again it simply goes on


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "schijf"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be made by root, with the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_that_was_acknowledged(small_disk: Path, opened: Open) -> None:
    url = URL.create("sqlite", database=str(small_disk / "quickscan.db"))
    store = opened(url)
    made = make_workspace(store, make_buildings(1))
    count, told = save_until_refused(url, made)
    assert count > 5
    assert "De schijf met de gegevens is vol." in told
    assert "niets bewaard" in told
    assert_kept(store, made, count)


def test_a_corrupt_page_is_told(sqlite_url: URL, opened: Open) -> None:
    store = opened(sqlite_url)
    made = make_workspace(store, make_buildings(1))
    save(store, made)
    with store.engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        page = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'answer'").scalar_one()
    store.close()  # the last to close also empties the -wal
    with Path(str(sqlite_url.database)).open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreError, match="beschadigd"):
        save(store, made, "nee", expected_version=1)
    with pytest.raises(StoreError, match="beschadigd"):
        store.read_answers(made.id, make_pand_id(), Party.SAMEN)


def test_a_file_that_disappears_is_told_and_is_welcome_back(sqlite_url: URL, tmp_path: Path, opened: Open) -> None:
    store = opened(sqlite_url)
    made = make_workspace(store)
    save(store, made)
    path, away = Path(str(sqlite_url.database)), tmp_path / "weg"
    path.rename(away)
    for _ in range(3):
        with pytest.raises(StoreError, match="verdwenen"):
            save(store, made, "nee", expected_version=1)
        with pytest.raises(StoreError, match="verdwenen"):
            store.find_workspaces()
    assert not path.exists()
    away.rename(path)
    assert save(store, made, "nee", expected_version=1).version == 2


def test_a_file_that_was_replaced_is_left_alone(sqlite_url: URL, tmp_path: Path, opened: Open) -> None:
    store = opened(sqlite_url)
    mine = make_workspace(store)
    other = opened(URL.create("sqlite", database=str(tmp_path / "ander.db")))
    made = make_workspace(other, name="Uit de back-up")
    other.close()
    path = Path(str(sqlite_url.database))
    (tmp_path / "ander.db").rename(path)
    content = path.read_bytes()
    with pytest.raises(StoreError, match="vervangen"):
        save(store, mine)
    store.close()
    assert path.read_bytes() == content
    for end in ("-wal", "-shm"):  # what the advice comes down to
        path.with_name(path.name + end).unlink(missing_ok=True)
    assert opened(sqlite_url).find_workspaces() == [made]


def test_a_server_that_goes_away_is_told_and_is_welcome_back(postgres_url: URL, postgres_server: URL, opened: Open) -> None:
    store = opened(postgres_url)
    made = make_workspace(store)
    save(store, made)
    name = postgres_url.database
    administer = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with administer.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name})
        with pytest.raises(StoreError, match=r"niet bereikbaar|weigert"):
            save(store, made, "nee", expected_version=1)
        connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"))
    administer.dispose()
    assert store.read_answers(made.id, make_pand_id(), Party.SAMEN)["bou.lift"].choice == "ja"
    assert save(store, made, "nee", expected_version=1).version == 2


def test_a_connection_that_breaks_in_the_middle_of_a_save_saves_nothing(postgres_url: URL, opened: Open) -> None:
    from quickscan.store import repository  # noqa: PLC0415 - to break in where it hurts

    store = opened(postgres_url)
    made = make_workspace(store)
    log_change = repository.log_change

    def cut(connection: object, *args: object, **options: object) -> None:
        log_change(connection, *args, **options)  # type: ignore[arg-type]
        with store.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"))

    quick, repository.save_quickly = repository.save_quickly, lambda *_, **__: False  # the long way has more moments to break at
    repository.log_change = cut  # type: ignore[assignment]
    try:
        with pytest.raises(StoreError, match=r"niet bereikbaar|weigert"):
            save(store, made)
    finally:
        repository.log_change, repository.save_quickly = log_change, quick
    assert store.get_workspace(made.id) == made
    assert len(store.read_log(made.id)) == 1
