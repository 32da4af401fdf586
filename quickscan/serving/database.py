"""The database as the server sees it from outside: make its tables ready at the start, and ask whether it can serve."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Pool, event, make_url

from quickscan.serving.health import Readiness
from quickscan.store import schema
from quickscan.store.database import make_engine, open_store
from quickscan.store.errors import StoreError
from quickscan.store.transactions import SINCE, WRITES

CONNECT_S = "2"  # the driver itself waits for minutes on a server that does not answer
RETRY_S = 5.0
_log = logging.getLogger(__name__)


def prepare(url: str, stop: threading.Event) -> None:
    """Bring the tables up to date; go on trying until the database is there, or until told to stop.

    Replicas that start together do it one by one: the store holds a lock, and the second finds nothing left to do.
    """
    while not stop.is_set():
        try:
            open_store(url).close()
        except StoreError as error:
            _log.error("De database is nog niet te openen", extra={"fields": {"problem": error.problem}})
            stop.wait(RETRY_S)
        else:
            _log.info("De tabellen zijn bijgewerkt")
            return


def probe(url: str) -> Readiness:
    """Ask the database for the revision of its tables."""
    try:
        found = schema.find_revision(_engine(url))
    except StoreError:
        return Readiness.UNREACHABLE
    return Readiness.READY if found == _newest() else Readiness.OUTDATED


def watch_saves(observe: Callable[[float], None]) -> None:
    """Report the seconds of every transaction that writes, from its begin until it is committed.

    The pool tells when the connection comes back, which is right after the commit; the engine only tells of the commit
    before it is done. The quick way of saving an answer goes without the engine's begin, and notes the time by itself.
    """

    @event.listens_for(Engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.info[SINCE] = time.perf_counter()

    @event.listens_for(Engine, "rollback")
    def undo(connection: Connection) -> None:
        if not connection.invalidated:  # a connection that broke has nothing left to ask
            connection.info.pop(SINCE, None)

    @event.listens_for(Pool, "checkin")
    def done(_connection: Any, record: Any) -> None:
        began = record.info.pop(SINCE, None)
        if began is not None:
            observe(time.perf_counter() - began)


@cache
def _engine(url: str) -> Engine:
    place = make_url(url)
    if place.get_backend_name() != "sqlite" and "connect_timeout" not in place.query:
        place = place.update_query_dict({"connect_timeout": CONNECT_S})
    return make_engine(place)


@cache
def _newest() -> str:
    return schema.newest_revision()
