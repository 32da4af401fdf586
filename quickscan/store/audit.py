"""The audit log: who changed what, when and why, from old to new. A line is written in the transaction of its change.

One answer or fact is a line with `old` and `new`. What writes many cells at once (a new workspace, an import, undoing
one) is one line whose `content` holds `Effects`: everything it wrote and took away, so that the log alone tells what the
tables must hold. The database refuses to change or remove a line.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from quickscan.services.ports import Deed, LogLine
from quickscan.store.tables import AuditRow, table_of

_FAST = 1  # level of compression; more costs an import more time than it saves space
_LOG = table_of(AuditRow)


class Effects:
    """What one step did to the cells of a workspace; equal cells share a group, so that it stays small."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._shapes: dict[int, str | None] = {}
        self._added: list[int] = []
        self._removed: list[int] = []
        self._facts: dict[tuple[Any, ...], tuple[list[int], list[Any]]] = {}
        self._facts_gone: dict[tuple[str, str], list[int]] = {}
        self._answers: dict[tuple[Any, ...], tuple[list[int], list[Any], list[int]]] = {}
        self._answers_gone: dict[tuple[str, str], list[int]] = {}

    def _place(self, pand_id: str) -> int:
        return self._places.setdefault(pand_id, len(self._places))

    def add_buildings(self, pand_ids: Iterable[str], shapes: Iterable[bytes | None]) -> None:
        """Tell that buildings came, behind those that were there."""
        for pand_id, shape in zip(pand_ids, shapes, strict=True):
            self._added.append(self._place(pand_id))
            if shape is not None:
                self.set_shape(pand_id, shape)

    def remove_building(self, pand_id: str) -> None:
        self._removed.append(self._place(pand_id))

    def set_shape(self, pand_id: str, shape: bytes | None) -> None:
        self._shapes[self._place(pand_id)] = None if shape is None else base64.b64encode(shape).decode()

    def set_fact(
        self, pand_id: str, name: str, source: str, value: str | float, *, about: tuple[str, date | None, str, str, datetime]
    ) -> None:
        """Tell that a fact got a value; `about` is label, day, confidence, author and moment."""
        places, values = self._facts.setdefault((name, source, *about), ([], []))
        places.append(self._place(pand_id))
        values.append(value)

    def remove_fact(self, pand_id: str, name: str, source: str) -> None:
        self._facts_gone.setdefault((name, source), []).append(self._place(pand_id))

    def set_answer(
        self,
        pand_id: str,
        criterion: str,
        party: str,
        *,
        choice: str | None,
        version: int,
        about: tuple[str, str, str, datetime],
    ) -> None:
        """Tell that an answer was given; `about` is note, certainty, author and moment."""
        places, choices, versions = self._answers.setdefault((criterion, party, *about), ([], [], []))
        places.append(self._place(pand_id))
        choices.append(choice)
        versions.append(version)

    def remove_answer(self, pand_id: str, criterion: str, party: str) -> None:
        self._answers_gone.setdefault((criterion, party), []).append(self._place(pand_id))

    def pack(self) -> bytes:
        """Return it as compressed JSON; what is removed goes before what is set."""
        content = {
            "pand_ids": list(self._places),
            "removed": self._removed,
            "facts_gone": [(*key, places) for key, places in self._facts_gone.items()],
            "answers_gone": [(*key, places) for key, places in self._answers_gone.items()],
            "added": self._added,
            "shapes": list(self._shapes.items()),
            "facts": [(*key, *columns) for key, columns in self._facts.items()],
            "answers": [(*key, *columns) for key, columns in self._answers.items()],
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_as_iso)
        return zlib.compress(text.encode(), _FAST)


def _as_iso(value: object) -> str:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    raise TypeError(f"not for the log: {value!r}")


def log_change(
    connection: Connection,
    what: Deed,
    workspace_id: str,
    *,
    author: str,
    at: datetime,
    pand_id: str | None = None,
    name: str | None = None,
    party: str | None = None,
    old: str | None = None,
    new: str | None = None,
    note: str = "",
    detail: Mapping[str, object] | None = None,
    effects: Effects | None = None,
) -> None:
    """Write one line, on a connection that somebody else commits together with the change itself."""
    line = {
        "workspace_id": workspace_id,
        "at": at,
        "author": author,
        "what": what.value,
        "pand_id": pand_id,
        "name": name,
        "party": party,
        "old": old,
        "new": new,
        "note": note,
        "detail": None if detail is None else json.dumps(detail, ensure_ascii=False, default=_as_iso),
        "content": None if effects is None else effects.pack(),
    }
    connection.execute(_INSERT, line)


def read_log(
    connection: Connection, workspace_id: str, *, pand_id: str | None, author: str | None, what: Deed | None, most: int
) -> Sequence[LogLine]:
    """Return the newest lines, newest first; what is None is not asked for."""
    query = select(*(column for column in _LOG.c if column.name != "content")).where(_LOG.c.workspace_id == workspace_id)
    for column, wanted in ((_LOG.c.pand_id, pand_id), (_LOG.c.author, author), (_LOG.c.what, what)):
        if wanted is not None:
            query = query.where(column == str(wanted))
    rows = connection.execute(query.order_by(_LOG.c.id.desc()).limit(most)).mappings()
    return [_make_line(dict(row)) for row in rows]


def _make_line(cells: dict[str, Any]) -> LogLine:
    detail = cells.pop("detail")
    return LogLine(cells.pop("id"), detail=json.loads(detail) if detail else {}, **cells)


def read_effects(connection: Connection, number: int) -> Mapping[str, Any] | None:
    """Return what a line did to many cells, as `Effects.pack` wrote it; None for a line about one cell."""
    packed = connection.execute(select(_LOG.c.content).where(_LOG.c.id == number)).scalar_one()
    return None if packed is None else json.loads(zlib.decompress(packed))


_INSERT = insert(_LOG).inline()  # made once; inline: nobody asks for the number
