"""Business cases in SQL. What each method promises stands in `services.finance.CaseStore`.

As everywhere, a write first locks its workspace and leaves a line in the audit log. A date in the tables is kept as text
and read as a date again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from quickscan.domain.errors import NotFoundError
from quickscan.domain.finance.inputs import DATES
from quickscan.domain.finance.saved import SavedCase, StaleCaseError, flat_values, value_at, with_value
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.tables import BusinessCaseRow
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import get_workspace, lock_workspace

_KEPT = tuple(
    getattr(BusinessCaseRow, name)
    for name in ("pand_id", "number", "name", "content", "locked", "leading", "version", "author", "at")
)


class CaseTables:
    """Implements `CaseStore` on SQLite and PostgreSQL, beside `SqlStore` on the same engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_cases(self, workspace_id: str, pand_id: str | None = None) -> Sequence[SavedCase]:
        query = select(*_KEPT).where(BusinessCaseRow.workspace_id == workspace_id)
        if pand_id is not None:
            query = query.where(BusinessCaseRow.pand_id == pand_id)
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            rows = connection.execute(query.order_by(BusinessCaseRow.pand_id, BusinessCaseRow.number)).all()
        return [_make_case(row) for row in rows]

    def write_case(
        self,
        workspace_id: str,
        case: SavedCase,
        *,
        author: str,
        at: datetime,
    ) -> SavedCase:
        content = json.dumps(case.tables, default=_as_text, sort_keys=True, ensure_ascii=False)
        given = {"name": case.name, "content": content, "locked": case.locked, "leading": case.leading}
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            stored = _find(connection, workspace_id, case.pand_id, case.number)
            if stored is not None and all(getattr(stored, name) == value for name, value in given.items()):
                return _make_case(stored)  # sent twice
            if (stored.version if stored else 0) != case.version:
                raise StaleCaseError(case.name, author=stored.author if stored else "iemand die hem weghaalde")
            given |= {"version": case.version + 1, "author": author, "at": at}
            if case.leading:
                others = (BusinessCaseRow.workspace_id == workspace_id, BusinessCaseRow.pand_id == case.pand_id)
                connection.execute(update(BusinessCaseRow).where(*others).values(leading=False))
            if stored is None:
                key = {"workspace_id": workspace_id, "pand_id": case.pand_id, "number": case.number}
                connection.execute(insert(BusinessCaseRow).values(**key, **given))
            else:
                connection.execute(update(BusinessCaseRow).where(*_this(workspace_id, case.pand_id, case.number)).values(**given))
            kept = _find(connection, workspace_id, case.pand_id, case.number)
            assert kept is not None  # noqa: S101 - written just now
            _log(connection, workspace_id, stored, kept, author=author, at=at)
            return _make_case(kept)

    def remove_case(
        self, workspace_id: str, pand_id: str, number: int, *, expected_version: int, author: str, at: datetime
    ) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            stored = _find(connection, workspace_id, pand_id, number)
            if stored is None:
                raise NotFoundError("Businesscase", str(number), advice="Kies een andere case.")
            if stored.version != expected_version:
                raise StaleCaseError(stored.name, author=stored.author)
            connection.execute(delete(BusinessCaseRow).where(*_this(workspace_id, pand_id, number)))
            _log(connection, workspace_id, stored, None, author=author, at=at)


def _this(workspace_id: str, pand_id: str, number: int) -> tuple[Any, ...]:
    return (
        BusinessCaseRow.workspace_id == workspace_id,
        BusinessCaseRow.pand_id == pand_id,
        BusinessCaseRow.number == number,
    )


def _find(connection: Connection, workspace_id: str, pand_id: str, number: int) -> Row[Any] | None:
    return connection.execute(select(*_KEPT).where(*_this(workspace_id, pand_id, number))).one_or_none()


def _log(
    connection: Connection, workspace_id: str, old: Row[Any] | None, new: Row[Any] | None, *, author: str, at: datetime
) -> None:
    """Write what a case was and became: for people what differs, and in `detail` all of it; without a version it went."""
    row = new or old
    assert row is not None  # noqa: S101 - one of the two is there
    before, after = (_told(one) for one in (old, new))
    log_change(
        connection,
        Deed.CASE,
        workspace_id,
        author=author,
        at=at,
        pand_id=row.pand_id or None,
        name=row.name,
        old=_differing(before, after),
        new=_differing(after, before),
        detail={
            "number": row.number,
            "version": None if new is None else new.version,
            "locked": row.locked,
            "leading": row.leading,
            "content": row.content,
        },
    )


def _told(row: Row[Any] | None) -> dict[str, str]:
    if row is None:
        return {}
    said = {"naam": row.name, "vast": "ja" if row.locked else "nee", "telt voor de scan": "ja" if row.leading else "nee"}
    return said | {key: str(value) for key, value in flat_values(json.loads(row.content)).items()}


def _differing(these: Mapping[str, str], those: Mapping[str, str]) -> str | None:
    return "; ".join(f"{key}: {value}" for key, value in these.items() if those.get(key) != value) or None


def _make_case(row: Row[Any]) -> SavedCase:
    tables: Mapping[str, Any] = json.loads(row.content)
    for key in DATES:
        told = value_at(tables, key)
        if isinstance(told, str):
            tables = with_value(tables, key, date.fromisoformat(told))
    return SavedCase(
        pand_id=row.pand_id,
        number=row.number,
        name=row.name,
        tables=tables,
        locked=row.locked,
        leading=row.leading,
        version=row.version,
        author=row.author,
        at=row.at.astimezone(UTC),
    )


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} does not belong in a case"
    raise TypeError(msg)
