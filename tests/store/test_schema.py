"""Migrations: they make what the models say, and never without a copy of what was there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, CheckConstraint, inspect, text

from quickscan.domain.answers import Party
from quickscan.domain.facts import Fact
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.services.imports import FileNote, Imports
from quickscan.store import copies, schema
from quickscan.store.backup import back_up, find_free_name
from quickscan.store.database import make_engine, open_store
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace
from tests.store.replay import look, replay

Open = Callable[..., SqlStore]
Base = copies.Base  # by then every module with tables is loaded
NEXT = '''"""A step that only this test takes."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("workspace", recreate=recreate) as table:
        table.add_column(sa.Column("extra", sa.Integer()))
    {then}
'''


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Pretend that the tool was updated and has one migration more."""

    def update(*, then: str = "pass") -> None:
        newest = schema.newest_revision()
        folder = tmp_path / "versions"
        folder.mkdir()
        (folder / "v9999.py").write_text(NEXT.format(newest=newest, then=then))
        make_config = schema.make_config

        def with_one_more(connection: object = None) -> object:
            config = make_config(connection)  # type: ignore[arg-type]
            ours = Path(schema.__file__).with_name("migrations") / "versions"
            config.set_main_option("path_separator", "newline")
            config.set_main_option("version_locations", f"{ours}\n{folder}")
            return config

        monkeypatch.setattr(schema, "make_config", with_one_more)

    return update


def test_migrations_make_what_the_models_say(empty_url: URL, opened: Open) -> None:
    with opened(empty_url).engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_make_the_checks_the_models_name(empty_url: URL, opened: Open) -> None:
    found = inspect(opened(empty_url).engine)
    for table in Base.metadata.sorted_tables:
        expected = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == expected


def test_opening_again_changes_nothing(url: URL, opened: Open) -> None:
    made = make_workspace(opened(url))
    assert opened(url).find_workspaces() == [made]
    if url.database and url.get_backend_name() == "sqlite":
        assert list(Path(url.database).parent.glob("*-versie-*")) == []


def test_tables_that_are_behind_are_refused_without_migration(empty_url: URL, opened: Open) -> None:
    with pytest.raises(StoreError, match="niet bijgewerkt"):
        open_store(empty_url, migrate=False)
    opened(empty_url)
    assert opened(empty_url, migrate=False).find_workspaces() == []


def test_upgrade_keeps_the_data_and_makes_a_copy_first(
    sqlite_url: URL, opened: Open, tmp_path: Path, next_version: Callable[..., None]
) -> None:
    first = opened(sqlite_url)
    made = make_workspace(first)
    before = schema.newest_revision()
    first.close()
    next_version()
    store = opened(sqlite_url)
    assert store.find_workspaces() == [made]  # also: making the table anew did not cascade into the buildings
    (copy,) = tmp_path.glob("*-versie-*")
    assert copy.name == f"quickscan-versie-{before}.db"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM workspace").fetchall() == [(made.name,)]
        assert "extra" not in {row[1] for row in connection.execute("PRAGMA table_info(workspace)")}
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


FIRST_WORKSPACE = (
    "INSERT INTO workspace VALUES ('w1', 'Oud', {no}, {at}, {at}, 3, 4)",
    "INSERT INTO building VALUES (7, 'w1', 0, '0518000000000000', NULL)",
    "INSERT INTO fact VALUES (7, 'bouwjaar', 'register', 1965, NULL, 'BAG', '2026-01-01', 'hoog', 'Ada', {at})",
    "INSERT INTO answer VALUES (7, 'bou.dak', 'samen', 'plat', 'gezien', 'zeker', 'Ada', {at}, 1)",
    "INSERT INTO answer_history VALUES ('w1', '0518000000000000', 'bou.dak', 'samen', 1, 'plat', 'gezien', 'zeker', 'Ada', {at})",
)


def test_data_from_before_imports_were_versions_is_kept_and_can_be_imported_into(empty_url: URL, opened: Open) -> None:
    engine = make_engine(empty_url)
    is_sqlite = empty_url.get_backend_name() == "sqlite"
    words = {"no": "0" if is_sqlite else "false", "at": "'2026-11-21T12:00:00.000000+00:00'"}
    with engine.begin() as connection:
        command.upgrade(schema.make_config(connection), "0001")
        for statement in FIRST_WORKSPACE:
            connection.execute(text(statement.format(**words)))
    engine.dispose()

    store = opened(empty_url)
    assert schema.find_revision(store.engine) == schema.newest_revision()
    (kept,) = store.find_workspaces()
    assert (kept.id, kept.name, kept.facts_version, kept.answers_version, kept.buildings, kept.answers) == (
        "w1",
        "Oud",
        3,
        4,
        1,
        1,
    )
    day = date(2026, 1, 1)
    assert store.read_facts("w1", make_pand_id()) == [Fact("bouwjaar", 1965.0, Herkomst.REGISTER, "BAG", day, "hoog")]
    (answer,) = store.read_history("w1", make_pand_id(), "bou.dak", Party.SAMEN)
    assert store.read_answers("w1", make_pand_id(), Party.SAMEN) == {"bou.dak": answer}
    assert store.find_imports("w1") == []

    before = store.read_buildings("w1")
    imports = Imports(store, lambda: NOON)
    intake = Intake(make_buildings(2, bouwjaar=[1970.0, 1980.0]), {}, {}, (), 2)
    imports.confirm(imports.plan([(FileNote("a.csv", "", 0), intake)], workspace_id="w1"), name=None, author="Bo")
    assert store.read_buildings("w1")["bouwjaar"].tolist() == [1970, 1980]
    imports.undo_last("w1", author="Bo")
    assert store.read_buildings("w1").equals(before)
    assert replay(store) == look(store), "the log begins with what was there before there was a log"


def test_upgrade_that_fails_leaves_everything_as_it_was(url: URL, opened: Open, next_version: Callable[..., None]) -> None:
    store = opened(url)
    made, before = make_workspace(store), schema.newest_revision()
    next_version(then="raise RuntimeError('stuk')")
    with pytest.raises(RuntimeError, match="stuk"):
        schema.upgrade(store.engine)
    assert schema.find_revision(store.engine) == before
    assert store.find_workspaces() == [made]
    assert "extra" not in {column["name"] for column in inspect(store.engine).get_columns("workspace")}


def test_data_of_a_newer_version_is_refused_and_not_copied(url: URL, opened: Open, tmp_path: Path) -> None:
    with opened(url).engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="nieuwere versie"):
        open_store(url)
    assert list(tmp_path.glob("*-versie-*")) == []


def test_copy_holds_what_is_still_in_the_wal(sqlite_url: URL, opened: Open, tmp_path: Path) -> None:
    store = opened(sqlite_url)
    made = make_workspace(store)
    copy = back_up(store.engine, tmp_path / "kopie.db")
    assert opened(URL.create("sqlite", database=str(copy))).find_workspaces() == [made]
    assert list(tmp_path.glob("*.onaf")) == []


def test_copy_never_overwrites(sqlite_url: URL, opened: Open, tmp_path: Path) -> None:
    (tmp_path / "kopie.db").write_text("van iemand anders")
    with pytest.raises(StoreError, match="bestaat al"):
        back_up(opened(sqlite_url).engine, tmp_path / "kopie.db")
    assert (tmp_path / "kopie.db").read_text() == "van iemand anders"


def test_copy_that_cannot_be_written_is_told(sqlite_url: URL, opened: Open, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="niet gelukt"):
        back_up(opened(sqlite_url).engine, tmp_path / "geen map" / "kopie.db")


def test_server_is_not_copied_by_us(postgres_url: URL, tmp_path: Path) -> None:
    engine = make_engine(postgres_url)
    with pytest.raises(StoreError, match="pg_dump"):
        back_up(engine, tmp_path / "kopie.db")


def test_a_second_copy_gets_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "quickscan.db"
    names = []
    for _ in range(3):
        names.append(find_free_name(path, "0001"))
        names[-1].touch()
    assert [name.name for name in names] == [
        "quickscan-versie-0001.db",
        "quickscan-versie-0001-2.db",
        "quickscan-versie-0001-3.db",
    ]
