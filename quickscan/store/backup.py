"""Copies a SQLite store while it is in use, and proves the copy before it gets its name.

Never `cp`: part of the data may still be in the -wal file beside the database.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from quickscan.store.errors import StoreError, explained, name_place
from quickscan.store.transactions import is_sqlite


def back_up(engine: Engine, target: Path) -> Path:
    """Write a complete copy of one moment to `target` and return it; raises StoreError, also when `target` exists."""
    where = name_place(engine.url)
    if not is_sqlite(engine):
        raise StoreError("Van een databaseserver maken we zelf geen back-up.", "Gebruik pg_dump.", where=where)
    if target.exists():
        raise StoreError(f"De back-up {target} bestaat al.", "Kies een andere naam.", where=where)
    unfinished = target.with_name(f"{target.name}.onaf")
    try:
        with explained(engine.url):
            _copy(engine, unfinished)
            unfinished.rename(target)
    except sqlite3.Error as error:  # from the copy, which SQLAlchemy does not see
        raise StoreError(f"De back-up {target} is niet gelukt ({error}).", "Controleer de schijfruimte.", where=where) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def find_free_name(path: Path, revision: str) -> Path:
    """Return a name beside `path` for a copy of it at a revision of the tables, that no file has yet."""
    number = 1
    target = path.with_name(f"{path.stem}-versie-{revision}{path.suffix}")
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}-versie-{revision}-{number}{path.suffix}")
    return target


def _copy(engine: Engine, target: Path) -> None:
    target.unlink(missing_ok=True)
    pooled = engine.raw_connection()
    try:
        source = pooled.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError(f"not a SQLite connection: {source!r}")
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(str(verdict))
    finally:
        pooled.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())
