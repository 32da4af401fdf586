"""Brings the tables to the newest revision, or refuses tables that are not there yet.

The migrations are in this package and run on the connection given here; there is no alembic.ini. To draft the next one,
change `tables.py` and run `alembic.command.revision(make_config(connection), "what changes", autogenerate=True)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from quickscan.store.backup import back_up, find_free_name
from quickscan.store.errors import StoreError, name_place
from quickscan.store.transactions import WRITES, is_sqlite, reading

_ONE_AT_A_TIME = 5618733  # number of the advisory lock; any will do as long as it stays the same


def upgrade(engine: Engine) -> Path | None:
    """Migrate to the newest revision; return the back-up made first, if any. All of it, or nothing."""
    if find_revision(engine) == newest_revision():
        return None
    with (
        engine.execution_options(**{WRITES: True}).connect() as connection,
        _tables_may_be_remade(connection),
        connection.begin(),
    ):
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
        revision = _read_revision(connection)  # again, under the lock: another process may have been first
        if revision == newest_revision():
            return None
        _refuse_strangers(connection, revision)
        _refuse_newer(connection, revision)
        copy = _back_up_first(engine, revision)
        command.upgrade(make_config(connection), "head")
        _check_foreign_keys(connection)
    return copy


def require_current(engine: Engine) -> None:
    """Raise StoreError when the tables are not at the newest revision."""
    revision = find_revision(engine)
    if revision != newest_revision():
        raise StoreError(
            f"De tabellen zijn niet bijgewerkt (revisie {revision or 'geen'}, nodig is {newest_revision()}).",
            "Laat de beheerder de tabellen bijwerken.",
            where=name_place(engine.url),
        )


def find_revision(engine: Engine) -> str | None:
    """Return the revision of the tables, or None when there are none."""
    with reading(engine) as connection:
        return _read_revision(connection)


def newest_revision() -> str:
    head = ScriptDirectory.from_config(make_config()).get_current_head()
    if head is None:
        raise RuntimeError("the package has no migrations")
    return head


def make_config(connection: Connection | None = None) -> Config:
    """Return what Alembic needs to know: where the migrations are, and on which connection to run them."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _read_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_strangers(connection: Connection, revision: str | None) -> None:
    """A file full of tables that are not ours is somebody else's; a server may well hold other tables."""
    if connection.dialect.name == "sqlite" and revision is None and inspect(connection).get_table_names():
        raise StoreError(
            "Dit databasebestand is niet van de Quickscan.",
            "Kies een andere bestandsnaam.",
            where=name_place(connection.engine.url),
        )


def _refuse_newer(connection: Connection, revision: str | None) -> None:
    try:
        ScriptDirectory.from_config(make_config()).get_revisions(revision or ())
    except CommandError as error:  # a revision that we do not have
        raise StoreError(
            f"De gegevens zijn gemaakt met een nieuwere versie van de Quickscan (revisie {revision}).",
            "Werk de Quickscan bij.",
            where=name_place(connection.engine.url),
        ) from error


def _back_up_first(engine: Engine, revision: str | None) -> Path | None:
    if not is_sqlite(engine) or revision is None or engine.url.database is None:
        return None
    return back_up(engine, find_free_name(Path(engine.url.database), revision))


@contextmanager
def _tables_may_be_remade(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, dropping the old one, and giving the new one its name.

    With foreign keys on, the drop would cascade into everything below; without the old way of renaming, the history's
    triggers stop it, since for a moment the table they name is not there. Neither pragma works within a transaction,
    so they go around it: https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA legacy_alter_table=ON")
        yield
    finally:
        cursor.execute("PRAGMA legacy_alter_table=OFF")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise RuntimeError("the migration leaves rows without a parent")
