"""The two kinds of transactions: `reading` sees one moment, `writing` is committed as a whole or not at all.

SQLite decides at BEGIN: a transaction that reads first and writes later fails under load with "database is locked",
and waiting does not help. Hence `writing` asks for the write lock at once. PostgreSQL locks rows as it goes; there
`reading` asks for one snapshot, so that several queries belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, event

from quickscan.store.errors import explained

WRITES = "quickscan_writes"  # execution option that the BEGIN below looks at
# Whether a connection that was used just now is taken without asking it first; who sets this goes another way when it broke.
TRUSTING: ContextVar[bool] = ContextVar("quickscan_trusting", default=False)
SINCE = "quickscan_since"  # in the info of a connection: when the write on it began, for who measures


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the data of one moment."""
    snapshot = engine if is_sqlite(engine) else engine.execution_options(isolation_level="REPEATABLE READ")
    with explained(engine.url), snapshot.connect() as connection:
        yield connection
        connection.commit()  # nothing was written; but after a ROLLBACK psycopg forgets every statement it has prepared


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose work is committed at the end, or undone on any error."""
    with explained(engine.url), engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


def begin_explicitly(engine: Engine) -> None:
    """Let SQLAlchemy send every BEGIN to SQLite; the driver is told not to by `isolation_level=None`."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"
