"""From every version that ever was, with a row in every table it had, to the newest: nothing changes but what has to.

On SQLite the copy that is made first holds exactly what was there, and put back elsewhere it becomes the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL

from quickscan.store import copies, schema
from quickscan.store.database import make_engine
from quickscan.store.repository import SqlStore
from tests.store.conftest import make_pand_id
from tests.store.replay import look, replay
from tests.store.test_schema import FIRST_WORKSPACE

Open = Callable[..., SqlStore]
Rows = dict[str, list[tuple[object, ...]]]
MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)
REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema.make_config()).walk_revisions()][:0:-1]
# What a column must hold to be allowed; anything else gets something of its type.
VALUES: Mapping[str, object] = {
    "workspace_id": "w1",
    "building_id": 7,
    "pand_id": make_pand_id(),
    "party": "gemeente",
    "source": "register",
    "what": "kolommen onthouden",
    "files": "[]",
    "content": "{}",
    "role": "regisseur",
    "status": "te doen",
    "milestone": "start",
    "question": "stoppen",
}
OF_A_TABLE: Mapping[str, Mapping[str, object]] = {
    "invitation": {"organisation_id": "x"},
    "person": {"issuer": "x", "subject": "x"},
}


def make_row(connection: sa.Connection, table: sa.Table) -> dict[str, object]:
    """Return a row with something in every column that may not be empty."""
    row = dict(OF_A_TABLE.get(table.name, {}))
    for column in table.columns:
        if column.name in row or column.nullable:
            continue
        (parent, *_) = [key.column for key in column.foreign_keys] or [None]
        if parent is not None:
            row[column.name] = connection.execute(sa.select(parent).limit(1)).scalar()
        elif column.name in VALUES and not isinstance(column.type, sa.LargeBinary):
            row[column.name] = VALUES[column.name]
        else:
            row[column.name] = make_value(column, connection.dialect.name)
    return row


def make_value(column: sa.Column[Any], dialect: str) -> object:
    kind: type = column.type.python_type
    if kind is str and dialect == "sqlite" and (column.name == "at" or column.name.endswith("_at") or column.name == "since"):
        return MOMENT.isoformat(timespec="microseconds")  # SQLite has no type for a moment
    made: Mapping[type, object] = {str: "x", int: 1, float: 1.5, bool: False, bytes: b"x", date: MOMENT.date(), datetime: MOMENT}
    return made[kind]


def fill_up_to(url: URL, wanted: str) -> None:
    """Go through the versions one by one, and put a row in each new table as soon as it is there."""
    engine, is_sqlite = make_engine(url), url.get_backend_name() == "sqlite"
    words = {"no": "0" if is_sqlite else "false", "at": "'2026-11-21T12:00:00.000000+00:00'"}
    filled: set[str] = set()
    for revision in REVISIONS:
        with engine.begin() as connection:
            command.upgrade(schema.make_config(connection), revision)
            if not filled:
                for statement in FIRST_WORKSPACE:
                    connection.execute(sa.text(statement.format(**words)))
                filled = set(sa.inspect(connection).get_table_names())
            there = sa.MetaData()
            there.reflect(connection)
            for table in there.sorted_tables:
                if table.name not in filled and connection.execute(sa.select(table).limit(1)).first() is None:
                    connection.execute(table.insert().values(make_row(connection, table)))
            filled |= set(there.tables)
        if revision == wanted:
            break
    engine.dispose()


def read(url: URL, columns: Mapping[str, list[str]] | None = None) -> tuple[Rows, dict[str, list[str]]]:
    """Return every row of every table, or of those columns, and which columns those were."""
    engine, found, names = make_engine(url), {}, {}
    with engine.connect() as connection:
        there = sa.MetaData()
        there.reflect(connection)
        for name, table in there.tables.items():
            if name != "alembic_version" and (columns is None or name in columns):
                names[name] = columns[name] if columns else [column.name for column in table.columns]
                query = sa.select(*(table.c[column] for column in names[name]))
                found[name] = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    engine.dispose()
    return found, names


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_version_to_the_newest_nothing_is_lost(empty_url: URL, opened: Open, tmp_path: Path, revision: str) -> None:
    fill_up_to(empty_url, revision)
    before, columns = read(empty_url)
    assert all(before.values()), "a row in every table"
    store = opened(empty_url)
    assert schema.find_revision(store.engine) == schema.newest_revision()
    after, _ = read(empty_url, columns)
    assert {name: set(rows) <= set(after[name]) for name, rows in before.items()} == dict.fromkeys(before, True)
    grown = {name for name, rows in before.items() if len(after[name]) != len(rows)}
    assert grown <= {"audit_log"}, "only the log may have got a line about it"
    assert store.get_workspace("w1").answers == 1
    if empty_url.get_backend_name() == "sqlite":
        (copy,) = tmp_path.glob("*-versie-*")
        kept = URL.create("sqlite", database=str(copy))
        assert copy.name == f"quickscan-versie-{revision}.db"
        assert read(kept)[0] == before
        place = URL.create("sqlite", database=str(tmp_path / "terug.db"))
        copies.restore_store(copy, place)
        assert read(place)[0] == read(empty_url)[0]


def test_the_log_of_a_store_from_before_there_was_a_log_tells_what_is_there(empty_url: URL, opened: Open) -> None:
    fill_up_to(empty_url, REVISIONS[0])
    store = opened(empty_url)
    assert replay(store)["w1"] == look(store)["w1"]
