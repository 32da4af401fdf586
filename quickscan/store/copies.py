"""Copies of a whole store: a back-up while it is in use, putting one back, and moving to the other kind of database.

A back-up always is one SQLite file, of a PostgreSQL store too: it can be opened, looked into and put back anywhere. What
is copied is read at one moment, written all or nothing, and then compared row by row, both sides read anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, Table, inspect, make_url, select, text

from quickscan.store import duo, planning, programme, schema, session_tables  # noqa: F401 - these define tables that come along
from quickscan.store.backup import back_up
from quickscan.store.bulk import insert_columns
from quickscan.store.database import make_engine, open_store
from quickscan.store.errors import StoreError, explained, name_place
from quickscan.store.tables import Base
from quickscan.store.transactions import is_sqlite, reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_ONCE = 5_000  # rows in memory
_VERSIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: rows by table, proven equal to the source."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def back_up_store(url: str | URL, target: Path) -> Copied:
    """Write everything as of one moment into a new SQLite file, also while others write; raises StoreError."""
    engine = _open_existing(url)
    try:
        if is_sqlite(engine):
            back_up(engine, target)  # page by page: far quicker, and SQLite checks it
            with _opened(_sqlite_at(target)) as copy:
                return _count(copy)
        if target.exists():
            raise StoreError(f"De back-up {target} bestaat al.", "Kies een andere naam.", where=name_place(engine.url))
        unfinished = target.with_name(f"{target.name}.onaf")
        try:
            with explained(_sqlite_at(unfinished)):
                unfinished.unlink(missing_ok=True)
                copied = _copy_into_new(engine, _sqlite_at(unfinished))
                _settle_file(unfinished)
                unfinished.rename(target)
        finally:
            for left in (unfinished, *(unfinished.with_name(unfinished.name + end) for end in ("-wal", "-shm"))):
                left.unlink(missing_ok=True)
        return copied
    finally:
        engine.dispose()


def restore_store(source: Path, url: str | URL) -> Copied:
    """Put a back-up back in a place that is still empty; one of an older version is brought up to date there.

    The back-up itself is only read. Raises StoreError.
    """
    if not source.is_file():
        raise StoreError(f"De back-up {source} is er niet.", "Controleer de naam en de map.", where=str(source))
    with tempfile.TemporaryDirectory(prefix="quickscan-terug-") as folder:
        copy = Path(folder) / "back-up.db"
        with explained(_sqlite_at(source)):
            shutil.copyfile(source, copy)  # a back-up is one file that nobody writes to
        _require_ours(copy, source)
        engine = open_store(_sqlite_at(copy)).engine  # migrates the copy
        try:
            return _copy_into_new(engine, make_url(url))
        finally:
            engine.dispose()


def transfer(source: str | URL, target: str | URL) -> Copied:
    """Copy a store to a place that is still empty, of the same or the other kind of database; raises StoreError."""
    engine = _open_existing(source)
    try:
        return _copy_into_new(engine, make_url(target))
    finally:
        engine.dispose()


def fingerprint(connection: Connection, table: Table) -> tuple[int, int]:
    """Return the number of rows of a table and a sum over their content, the same on both kinds of database.

    A sum, since the databases sort text differently; a row counts with the SHA-256 of its values as Python sees them.
    """
    count = total = 0
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(select(table)):
        digest = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
        count, total = count + 1, (total + int.from_bytes(digest[:16], "big")) % (1 << 128)
    return count, total


def _copy_into_new(source: Engine, url: URL) -> Copied:
    """Make the tables at `url`, which has to be empty, and fill them in one transaction."""
    _require_empty(url)
    target = open_store(url).engine
    try:
        with reading(source) as old, writing(target) as new:
            _refuse_unknown_tables(old)
            for table in Base.metadata.sorted_tables:
                if new.execute(select(table).limit(1)).first() is not None:  # filled since we looked
                    raise _is_full(url)
                _copy_table(old, new, table)
            _advance_numbers(new)
            return Copied({table.name: _compare(old, new, table) for table in Base.metadata.sorted_tables})
    finally:
        target.dispose()


def _copy_table(old: Connection, new: Connection, table: Table) -> None:
    names = [column.name for column in table.columns]
    for rows in old.execution_options(yield_per=_AT_ONCE).execute(select(table)).partitions():
        insert_columns(new, table, dict(zip(names, zip(*rows, strict=True), strict=True)))


def _compare(old: Connection, new: Connection, table: Table) -> int:
    before, after = fingerprint(old, table), fingerprint(new, table)
    if before != after:
        where = name_place(new.engine.url)
        problem = f"De kopie van {table.name} is niet gelijk ({before[0]} rijen, {after[0]} overgekomen)."
        raise StoreError(problem, "Er is niets overgezet. Meld dit.", where=where)
    return after[0]


def _advance_numbers(connection: Connection) -> None:
    """Let PostgreSQL give the next rows a number that is free; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            last = f"SELECT max({column.name}) FROM {table.name}"  # noqa: S608 - names from our own tables
            connection.execute(text(f"SELECT setval({sequence}, coalesce(({last}), 0) + 1, false)"))


def _count(engine: Engine) -> Copied:
    with reading(engine) as connection:
        _refuse_unknown_tables(connection)
        return Copied({table.name: fingerprint(connection, table)[0] for table in Base.metadata.sorted_tables})


def _refuse_unknown_tables(connection: Connection) -> None:
    """A table of ours that the models do not know would be left behind without a word."""
    if connection.dialect.name == "sqlite":
        strangers = set(inspect(connection).get_table_names()) - set(Base.metadata.tables) - {_VERSIONS}
        if strangers:
            raise RuntimeError(f"tables without a model: {sorted(strangers)}")


def _open_existing(url: str | URL) -> Engine:
    """Return an engine on a store that is there and up to date."""
    engine = make_engine(url)
    try:
        _require_file(engine.url)
        schema.require_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _require_file(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise StoreError("Er zijn nog geen gegevens.", "Controleer het pad van de database.", where=name_place(url))


def _require_empty(url: URL) -> None:
    if url.get_backend_name() == "sqlite":
        if Path(url.database or "").exists():
            raise _is_full(url)
        return
    engine = make_engine(url)
    try:
        with explained(engine.url), reading(engine) as connection:
            there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
            if any(connection.execute(select(Base.metadata.tables[name]).limit(1)).first() is not None for name in there):
                raise _is_full(url)
    finally:
        engine.dispose()


def _is_full(url: URL) -> StoreError:
    advice = "Er is niets overschreven. Kies een nieuwe naam of een lege database."
    return StoreError("Op deze plek staan al gegevens.", advice, where=name_place(url))


def _require_ours(copy: Path, shown: Path) -> None:
    engine = make_engine(_sqlite_at(copy))
    try:
        with explained(_sqlite_at(shown)):
            if schema.find_revision(engine) is None:
                raise StoreError("Dit bestand is geen back-up van de Quickscan.", "Kies een ander bestand.", where=str(shown))
    finally:
        engine.dispose()


@contextmanager
def _opened(url: URL) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _sqlite_at(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _settle_file(path: Path) -> None:
    """Make one file of it, with nothing beside it, that is on the disk."""
    with _opened(_sqlite_at(path)) as engine:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=DELETE")
        finally:
            raw.close()
    with path.open("rb+") as file:
        os.fsync(file.fileno())
