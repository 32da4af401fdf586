"""Opens the store. The only place that makes an engine, and that says what we demand of a database.

SQLite (`sqlite:///map/quickscan.db`) serves one process on one machine; PostgreSQL (`postgresql+psycopg://…`) serves
several. Both keep an acknowledged answer through a crash: `synchronous=FULL` here, `synchronous_commit=on` there.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

from sqlalchemy import URL, Engine, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from quickscan.store import schema
from quickscan.store.errors import StoreError, explained, name_place
from quickscan.store.repository import SqlStore
from quickscan.store.transactions import TRUSTING, begin_explicitly

PATIENCE_S = 15  # how long a writer waits for another one
REST_S = 1.0  # saving trusts a connection that was used less long ago
PRAGMAS: dict[str, tuple[str, str | int]] = {  # what we ask, and what SQLite must answer
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": (str(PATIENCE_S * 1000), PATIENCE_S * 1000),
}
_POSTGRESQL_SETTINGS = {
    "synchronous_commit": "on",
    "timezone": "UTC",
    "lock_timeout": f"{PATIENCE_S}s",
    "idle_in_transaction_session_timeout": "60s",
}


def open_store(url: str | URL, *, migrate: bool = True) -> SqlStore:
    """Open the store at a database URL and bring its tables up to date; raises StoreError.

    A folder for a new SQLite file is made. An existing SQLite file is copied beside itself before its tables change.
    With `migrate=False` tables that are not up to date are refused.
    """
    engine = make_engine(url)
    try:
        with explained(engine.url):
            _make_folder(engine.url)
            if migrate:
                schema.upgrade(engine)
            else:
                schema.require_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def make_engine(url: str | URL) -> Engine:
    """Return an engine for SQLite or PostgreSQL; raises StoreError for anything else. Connects only when used."""
    try:
        place = make_url(url)
        backend = place.get_backend_name()
    except ArgumentError as error:
        problem, advice = "Het adres van de database is niet te lezen.", "Schrijf bijvoorbeeld sqlite:///gegevens/quickscan.db."
        raise StoreError(problem, advice, where="onbekend") from error
    if backend == "sqlite":
        return _make_sqlite_engine(place)
    if backend in ("postgresql", "postgres"):
        return _make_postgresql_engine(place)
    raise StoreError(f"De database '{backend}' kennen we niet.", "Gebruik SQLite of PostgreSQL.", where=name_place(place))


def _make_sqlite_engine(url: URL) -> Engine:
    connect_args = {"isolation_level": None, "timeout": PATIENCE_S}
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args=connect_args)
    begin_explicitly(engine)
    _watch_file(engine, url)

    @event.listens_for(engine, "connect")
    def demand(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        try:
            for pragma, (wanted, expected) in reversed(PRAGMAS.items()):  # patience first: the switch to WAL may have to wait
                cursor.execute(f"PRAGMA {pragma}={wanted}")
                cursor.execute(f"PRAGMA {pragma}")
                (honoured,) = cursor.fetchone() or (None,)
                if honoured != expected:
                    raise StoreError(
                        f"SQLite kan hier niet veilig bewaren ({pragma} is '{honoured}', '{expected}' is nodig).",
                        "Zet het bestand op een gewone map op deze computer, niet op een netwerkmap.",
                        where=name_place(url),
                    )
        finally:
            cursor.close()

    return engine


def _watch_file(engine: Engine, url: URL) -> None:
    """Refuse to go on when the file was removed or replaced while we had it open; the same file may come back.

    SQLite itself would write on in a file that nobody opens again, make a new one without asking, or lay the -wal of the
    old file over the new one.
    """
    if not _is_file(url):
        return
    path = str(url.database)
    ours: list[tuple[int, int]] = []  # the file we opened first

    def require_same(*_: object) -> None:
        if ours and _identify(path) != ours[0]:
            raise StoreError(
                "Het gegevensbestand is verdwenen of vervangen terwijl de app liep.",
                "Er is niets bewaard. Stop de app, zet het bestand terug (of een back-up, met restore) en start opnieuw.",
                where=name_place(url),
            )

    @event.listens_for(engine, "connect")
    def remember(*_: object) -> None:
        ours[:] = ours or [_identify(path)]

    event.listen(engine, "do_connect", require_same)
    event.listen(engine, "checkout", require_same)


def _identify(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - at every use of a connection, so as quick as can be
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _make_postgresql_engine(url: URL) -> Engine:
    ours = " ".join(f"-c {setting}={value}" for setting, value in _POSTGRESQL_SETTINGS.items())
    theirs = url.query.get("options", "")
    options = f"{theirs if isinstance(theirs, str) else ' '.join(theirs)} {ours}".strip()
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        connect_args={"options": options},
        pool_size=10,
        max_overflow=20,
    )
    _ask_after_rest(engine)
    return engine


def _ask_after_rest(engine: Engine) -> None:
    """Ask a connection at every use whether its server is still there; it may have been restarted since.

    As SQLAlchemy's own pre-ping does, but for saving an answer, of which that question is a large part: there a connection
    that was used within a second is trusted, since what goes wrong goes on the long way.
    """
    since = "quickscan_rests_since"

    @event.listens_for(engine, "checkin")
    def rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[since] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if TRUSTING.get() and monotonic() - entry.info.get(since, monotonic()) < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the others will be as old; the pool makes new ones


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and _is_file(url):
        # Only for ourselves: answers carry names of people.
        Path(str(url.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_file(url: URL) -> bool:
    return bool(url.database) and not str(url.database).startswith((":", "file:"))
