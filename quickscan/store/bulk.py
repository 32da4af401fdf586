"""Inserts many rows at once, given by column: COPY on PostgreSQL (much faster than INSERT there), batches on SQLite.

Both go past SQLAlchemy's handling of each row. Types are applied here, and only once to what is the same in all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, repeat
from typing import Any

from sqlalchemy import Connection, Table, exc

_BATCH = 10_000  # bounds the memory a batch takes; larger is not faster


def insert_columns(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any] | None = None
) -> None:
    """Insert rows within the transaction of `connection`; `constants` are columns with one value for all rows."""
    streams: dict[str, Iterable[Any]] = {}
    for name, values in columns.items():
        process = _find_processor(connection, table, name)
        streams[name] = map(process, values) if process else values
    for name, value in (constants or {}).items():
        process = _find_processor(connection, table, name)
        streams[name] = repeat(process(value) if process else value)
    rows = zip(*streams.values(), strict=False)  # the constants never end
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.name)} ({', '.join(quote(name) for name in streams)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {target} FROM STDIN", rows)
    else:
        places = ", ".join("?" * len(streams))
        while batch := list(islice(rows, _BATCH)):
            connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({places})", batch)  # noqa: S608 - names from our own tables


def _find_processor(connection: Connection, table: Table, column: str) -> Callable[[Any], Any] | None:
    return table.c[column].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    driver = connection.dialect.loaded_dbapi
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:  # as SQLAlchemy does for what it sends itself
        raise exc.OperationalError(statement, None, error) from error
    finally:
        cursor.close()
