"""`person list | export | erase`: on what a server really kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quickscan.services.accounts import Accounts
from quickscan.wiring import Stores, open_stores
from tests.access.conftest import House, fill
from tests.cli.conftest import Run


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "server.db"
    house: House = fill(House(open_stores(f"sqlite:///{path.as_posix()}")))
    close(house.stores)
    return path


def close(stores: Stores) -> None:
    stores.store.close()  # type: ignore[attr-defined]


def test_who_is_known_is_listed_exported_and_erased(database: Path, run: Run, tmp_path: Path) -> None:
    listed = run("person", "list", "--database", database).stdout
    number = next(line.split("\t")[0] for line in listed.splitlines() if "corporatie@gemeente.test" in line)

    out = tmp_path / "persoon.json"
    assert "Geschreven" in run("person", "export", "Corporatie@gemeente.test", out, "--database", database).stdout
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert [row["name"] for row in kept["account"]] == ["Corporatie"]
    assert [row["role"] for row in kept["werkruimten"]] == ["corporatie"]
    again = run("person", "export", number, out, "--database", database)
    assert again.returncode == 2
    assert "bestaat al" in again.stderr

    asked = run("person", "erase", number, "--database", database).stdout
    assert f"voormalig deelnemer {number}" in asked
    assert "Corporatie" in run("person", "list", "--database", database).stdout
    done = run("person", "erase", number, "--yes", "--database", database)
    assert done.returncode == 0
    assert "Corporatie" not in run("person", "list", "--database", database).stdout
    assert b"corporatie@gemeente.test" not in contents(database)
    gone = run("person", "export", number, tmp_path / "ander.json", "--database", database)
    assert gone.returncode == 2
    assert "bestaat niet (meer)" in gone.stderr


def contents(database: Path) -> bytes:
    """Return all rows; what SQLite has not overwritten yet is no row any more."""
    import sqlite3  # noqa: PLC0415 - for this one look

    with sqlite3.connect(database) as connection:
        return "\n".join(connection.iterdump()).encode()


def test_the_last_beheerder_is_not_erased(database: Path, run: Run) -> None:
    done = run("person", "erase", "ada@gemeente.test", "--yes", "--database", database)
    assert done.returncode == 2
    assert "laatste beheerder" in done.stderr
    stores = open_stores(f"sqlite:///{database.as_posix()}")
    assert len(Accounts(stores.people).store.find_people("ada@gemeente.test")) == 1
    close(stores)


def test_on_a_laptop_nobody_is_known(run: Run, tmp_path: Path) -> None:
    assert "nog niemand bekend" in run("person", "list", "--database", tmp_path / "leeg.db").stdout
