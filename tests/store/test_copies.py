"""Back-up, restore and transfer: what comes out is one moment of what went in, row by row, and nothing is overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pandas as pd
import pytest
from alembic import command
from sqlalchemy import URL, text

from quickscan import cli
from quickscan.demo.portfolio import make_demo
from quickscan.domain.answers import Party
from quickscan.domain.rules import Rules
from quickscan.services.portfolios import Portfolios
from quickscan.services.ports import Deed
from quickscan.store import copies, schema
from quickscan.store.database import make_engine, open_store
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from quickscan.store.transactions import reading
from tests.store.conftest import make_buildings, make_pand_id, make_workspace, save
from tests.store.replay import look, replay

Open = Callable[..., SqlStore]
WRITERS = 10


def contents(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table as Python sees it, in an order that both databases share."""
    with reading(store.engine) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in copies.Base.metadata.sorted_tables
        }


def sqlite_at(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty place that is not where the store of the test is."""
    return sqlite_at(tmp_path / "elders.db") if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")


def test_a_back_up_while_ten_people_save_is_one_moment_of_it(
    store: SqlStore, url: URL, place: URL, tmp_path: Path, opened: Open
) -> None:
    made = make_workspace(store, make_buildings(WRITERS))
    enough, stop = Event(), Event()

    def work(person: int) -> int:
        number = 0
        while not stop.is_set():
            save(store, made, f"k{number}", pand_id=make_pand_id(person), expected_version=number)
            number += 1
            if number == 15:
                enough.set()
        return number

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(work, person) for person in range(WRITERS)]
        enough.wait(timeout=60)
        try:
            copied = copies.back_up_store(url, tmp_path / "back-up.db")
        finally:
            stop.set()
        saved = sum(writer.result() for writer in writers)
    copies.restore_store(tmp_path / "back-up.db", place)
    restored = opened(place)
    assert list(tmp_path.glob("back-up.db*")) == [tmp_path / "back-up.db"]

    now = restored.get_workspace(made.id)
    changes = now.answers_version - 1
    assert 15 <= changes <= saved
    assert len(restored.read_log(made.id, what=Deed.ANTWOORD, most=99_999)) == changes
    assert copied.rows["answer_history"] == changes
    assert replay(restored) == look(restored)
    for person in range(WRITERS):
        history = restored.read_history(made.id, make_pand_id(person), "bou.lift", Party.SAMEN)
        assert [answer.choice for answer in history] == [f"k{number}" for number in reversed(range(len(history)))]
        assert history[:1] == list(restored.read_answers(made.id, make_pand_id(person), Party.SAMEN).values())


def test_a_transfer_is_equal_row_by_row_and_scores_the_same(
    store: SqlStore, url: URL, place: URL, opened: Open, rules: Rules
) -> None:
    desk = Portfolios(store, make_demo)
    made = desk.open_demo(rules, author="Ada")
    copied = copies.transfer(url, place)
    there = opened(place)
    assert contents(there) == contents(store)
    assert copied.rows["building"] == made.buildings
    pd.testing.assert_frame_equal(Portfolios(there, make_demo).screen(made.id, rules), desk.screen(made.id, rules))
    before = there.get_workspace(made.id)
    make_workspace(there, name="Later")  # numbers go on where they were
    assert there.get_workspace(made.id) == before


def test_nothing_that_is_there_is_overwritten(store: SqlStore, url: URL, tmp_path: Path) -> None:
    make_workspace(store)
    copies.back_up_store(url, tmp_path / "een.db")
    before = contents(store)
    with pytest.raises(StoreError, match="bestaat al"):
        copies.back_up_store(url, tmp_path / "een.db")
    with pytest.raises(StoreError, match="staan al gegevens"):
        copies.restore_store(tmp_path / "een.db", url)
    with pytest.raises(StoreError, match="staan al gegevens"):
        copies.transfer(sqlite_at(tmp_path / "een.db"), url)
    assert contents(store) == before


def test_a_copy_that_breaks_off_leaves_nothing(
    store: SqlStore, url: URL, empty_postgres_url: URL, tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_workspace(store)
    monkeypatch.setattr(copies, "fingerprint", lambda connection, _: (0, id(connection)))  # as if a row came across wrong
    with pytest.raises(StoreError, match="niet gelijk"):
        copies.transfer(url, empty_postgres_url)
    assert opened(empty_postgres_url).find_workspaces() == []
    if url.get_backend_name() == "postgresql":
        with pytest.raises(StoreError, match="niet gelijk"):
            copies.back_up_store(url, tmp_path / "een.db")
        assert list(tmp_path.iterdir()) == []


def test_a_back_up_of_an_older_version_is_brought_up_to_date_and_itself_left_alone(
    place: URL, tmp_path: Path, opened: Open
) -> None:
    old = tmp_path / "oud.db"
    engine = make_engine(sqlite_at(old))
    with engine.begin() as connection:
        command.upgrade(schema.make_config(connection), "0002")
        moment = "'2026-01-01T12:00:00.000000+00:00'"
        connection.execute(text(f"INSERT INTO workspace VALUES ('w1', 'Oud', 0, {moment}, {moment}, 1, 1)"))  # noqa: S608
    engine.dispose()
    before = old.read_bytes()
    copies.restore_store(old, place)
    (kept,) = opened(place).find_workspaces()
    assert kept.name == "Oud"
    assert replay(opened(place)) == look(opened(place))
    assert old.read_bytes() == before


def test_what_is_no_back_up_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tekst.db").write_bytes(b"geen database, maar wel lang genoeg" * 200)
    with closing(sqlite3.connect(tmp_path / "ander.db")) as connection:
        connection.execute("CREATE TABLE kasboek (bedrag REAL)")
    for name, words in (("tekst.db", "beschadigd"), ("ander.db", "geen back-up"), ("weg.db", "is er niet")):
        with pytest.raises(StoreError, match=words):
            copies.restore_store(tmp_path / name, sqlite_at(tmp_path / "nieuw.db"))
    assert not (tmp_path / "nieuw.db").exists()


def test_the_commands_do_it_all(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUICKSCAN_DATABASE", sqlite_at(tmp_path / "een.db").render_as_string())
    assert cli.main(["migrate"]) == 0
    store = open_store(sqlite_at(tmp_path / "een.db"))
    make_workspace(store)
    store.close()
    assert cli.main(["migrate"]) == 0
    assert "al bijgewerkt" in capsys.readouterr().out
    assert cli.main(["backup", str(tmp_path / "kopie.db")]) == 0
    assert "1 werkruimten, 2 gebouwen" in capsys.readouterr().out
    assert cli.main(["restore", str(tmp_path / "kopie.db")]) == 2
    assert "staan al gegevens" in capsys.readouterr().err
    assert cli.main(["restore", str(tmp_path / "kopie.db"), "--database", str(tmp_path / "twee.db")]) == 0
    assert cli.main(["transfer", str(tmp_path / "twee.db"), str(tmp_path / "drie.db")]) == 0
    assert "Overgezet (1 werkruimten" in capsys.readouterr().out
    assert cli.main(["backup", str(tmp_path / "x.db"), "--database", str(tmp_path / "weg.db")]) == 2
    assert "nog geen gegevens" in capsys.readouterr().err
    assert not (tmp_path / "weg.db").exists()
