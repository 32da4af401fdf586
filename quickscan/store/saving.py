"""The quick way to save an answer: what every click pays for, in as few steps as each database can do.

SQLite gets one look and four writes straight through the driver; PostgreSQL gets all of it as one statement, which is one
round trip. Both do what `SqlStore.save_answer` does when nothing is in the way: the answer, its history, its line in the
audit log and the version of the workspace, committed together, with the lock on the workspace taken first. When anything
is in the way (somebody was first, the same was saved already, a building that is gone, a connection that broke) nothing
is written here and the long way finds out and tells: it starts from the database as it is then.

The words of the statements are constants and every value is bound. How the long way and this one stay equal is tested in
tests/store/test_saving.py.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection

from quickscan.domain.answers import Answer
from quickscan.services.ports import Deed
from quickscan.store.errors import explain_driver, explained
from quickscan.store.transactions import SINCE, TRUSTING, is_sqlite


def save_quickly(engine: Engine, workspace_id: str, pand_id: str, answer: Answer, *, reason: str) -> bool:
    """Commit an answer whose version is one more than the one that counts; return whether that could be done.

    Raises StoreError when the database itself refuses.
    """
    detail = {"certainty": answer.certainty.value, "version": answer.version, **({"reason": reason} if reason else {})}
    values = {
        "workspace": workspace_id,
        "pand": pand_id,
        "criterion": answer.criterion,
        "party": answer.party.value,
        "choice": answer.choice,
        "note": answer.note,
        "certainty": answer.certainty.value,
        "author": answer.author,
        "version": answer.version,
        "seen": answer.version - 1,
        "what": Deed.ANTWOORD.value,
        "detail": _as_json(detail),
    }
    save = _save_in_sqlite if is_sqlite(engine) else _save_in_postgresql
    with explained(engine.url):
        token = TRUSTING.set(True)
        try:
            pooled = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error:  # the long way tells why
            return False
        finally:
            TRUSTING.reset(token)
        pooled.info[SINCE] = perf_counter()
        done = False
        try:
            done = save(engine, pooled, answer, values)
        finally:
            if not done and pooled.is_valid:
                pooled.info.pop(SINCE, None)
            pooled.close()
    return done


def _save_in_sqlite(engine: Engine, pooled: PoolProxiedConnection, answer: Answer, values: Mapping[str, Any]) -> bool:
    bound = {**values, "at": answer.at.astimezone(UTC).isoformat(timespec="microseconds")}
    cursor = pooled.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        found = cursor.execute(_LOOK, bound).fetchone()
        if found is None or not _fits(found, answer):
            cursor.execute("ROLLBACK")
            return False
        bound |= {"building": found[0], "was": found[1]}
        for statement in (_WRITE_FIRST if answer.version == 1 else _WRITE_NEXT, *_WRITE_REST):
            cursor.execute(statement, bound)
        cursor.execute("COMMIT")
    except BaseException as error:
        with suppress(sqlite3.Error):  # after some errors SQLite has rolled back by itself
            cursor.execute("ROLLBACK")
        told = explain_driver(error, engine.url)
        if told is None:
            raise
        raise told from error
    return True


def _fits(found: tuple[Any, ...], answer: Answer) -> bool:
    """Tell whether the version that counts is the one before, and says something else."""
    _, choice, note, certainty, version, last = found
    if version is None:
        return answer.version == 1 and last is None
    return version == answer.version - 1 and (choice, note, certainty) != (answer.choice, answer.note, answer.certainty.value)


def _save_in_postgresql(engine: Engine, pooled: PoolProxiedConnection, answer: Answer, values: Mapping[str, Any]) -> bool:
    driver = pooled.driver_connection
    assert driver is not None  # noqa: S101 - it was checked out just now
    errors = engine.dialect.loaded_dbapi
    try:
        driver.autocommit = True  # the statement is the transaction
        found = driver.execute(_FIRST if answer.version == 1 else _NEXT, {**values, "at": answer.at}).fetchone()
        driver.autocommit = False
    except errors.Error as error:  # whether it was committed or not, the long way finds out
        pooled.invalidate()
        if isinstance(error, errors.ProgrammingError) and explain_driver(error, engine.url) is None:
            raise  # a mistake of ours
        if engine.dialect.is_disconnect(error, driver, None):  # the others will have broken too
            engine.dispose(close=False)
        return False
    return found is not None


_as_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make one anew each time
_LOOK = """
SELECT building.id, answer.choice, answer.note, answer.certainty, answer.version,
    (SELECT max(version) FROM answer_history WHERE workspace_id = :workspace AND pand_id = :pand AND criterion = :criterion
        AND party = :party)
FROM building LEFT JOIN answer ON answer.building_id = building.id AND answer.criterion = :criterion AND answer.party = :party
WHERE building.workspace_id = :workspace AND building.pand_id = :pand
"""
_WRITE_FIRST = """
INSERT INTO answer (building_id, criterion, party, choice, note, certainty, author, at, version)
VALUES (:building, :criterion, :party, :choice, :note, :certainty, :author, :at, :version)
"""
_WRITE_NEXT = """
UPDATE answer SET choice = :choice, note = :note, certainty = :certainty, author = :author, at = :at, version = :version
WHERE building_id = :building AND criterion = :criterion AND party = :party
"""
_WRITE_REST = (
    """
INSERT INTO answer_history (workspace_id, pand_id, criterion, party, version, choice, note, certainty, author, at)
VALUES (:workspace, :pand, :criterion, :party, :version, :choice, :note, :certainty, :author, :at)
""",
    """
INSERT INTO audit_log (workspace_id, at, author, what, pand_id, name, party, old, new, note, detail)
VALUES (:workspace, :at, :author, :what, :pand, :criterion, :party, :was, :choice, :note, :detail)
""",
    "UPDATE workspace SET changed_at = :at, answers_version = answers_version + 1 WHERE id = :workspace",
)

# PostgreSQL. The row of the workspace is locked before anything else, since all the rest is read through `home`. Who had to
# wait for it sees answers as they were before the wait; the key (first) and the version in the WHERE (next), which PostgreSQL
# checks again on the row as it is by then, see to it that nothing is written over what came in between.
_HOME = """
WITH place AS MATERIALIZED (
    SELECT id FROM workspace WHERE id = :workspace FOR UPDATE
), home AS MATERIALIZED (
    SELECT building.id FROM place JOIN building ON building.workspace_id = place.id AND building.pand_id = :pand
), """
_GIVEN_FIRST = """given AS (
    INSERT INTO answer (building_id, criterion, party, choice, note, certainty, author, at, version)
    SELECT home.id, :criterion, :party, :choice, :note, :certainty, :author, :at, :version FROM home
    WHERE NOT EXISTS (
        SELECT 1 FROM answer_history WHERE workspace_id = :workspace AND pand_id = :pand AND criterion = :criterion
            AND party = :party
    )
    ON CONFLICT DO NOTHING
    RETURNING NULL::varchar AS was
), """
_GIVEN_NEXT = """given AS (
    UPDATE answer SET choice = :choice, note = :note, certainty = :certainty, author = :author, at = :at, version = :version
    FROM home JOIN answer AS old ON old.building_id = home.id AND old.criterion = :criterion AND old.party = :party
    WHERE answer.building_id = old.building_id AND answer.criterion = old.criterion AND answer.party = old.party
        AND answer.version = :seen AND old.version = :seen
        AND (old.choice, old.note, old.certainty) IS DISTINCT FROM (:choice, :note, :certainty)
    RETURNING old.choice AS was
), """
_REST = """kept AS (
    INSERT INTO answer_history (workspace_id, pand_id, criterion, party, version, choice, note, certainty, author, at)
    SELECT :workspace, :pand, :criterion, :party, :version, :choice, :note, :certainty, :author, :at FROM given
), told AS (
    INSERT INTO audit_log (workspace_id, at, author, what, pand_id, name, party, old, new, note, detail)
    SELECT :workspace, :at, :author, :what, :pand, :criterion, :party, given.was, :choice, :note, :detail FROM given
)
UPDATE workspace SET changed_at = :at, answers_version = answers_version + 1 FROM given WHERE workspace.id = :workspace
RETURNING answers_version
"""
_TYPES = {"at": "timestamptz", "version": "int", "seen": "int"}  # what PostgreSQL cannot tell by itself; the rest is text


def _typed(statement: str) -> str:
    """Return a statement as psycopg wants it, with a type at every bound name."""
    return _BOUND.sub(lambda found: f"%({found[1]})s::{_TYPES.get(found[1], 'varchar')}", statement)


_BOUND = re.compile(r"(?<!:):(\w+)")
_FIRST, _NEXT = _typed(_HOME + _GIVEN_FIRST + _REST), _typed(_HOME + _GIVEN_NEXT + _REST)
