"""What was settled, in SQL: reading one moment, and keeping snapshots with the rulebook they were made with."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, Row, case, exists, func, insert, select

from quickscan.domain.answers import Party
from quickscan.domain.errors import NotFoundError
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import Deed, Moment, SnapshotRecord
from quickscan.store.audit import log_change
from quickscan.store.duo import DuoRevealRow
from quickscan.store.tables import AnswerRow, BuildingRow, FactRow, RulebookRow, SnapshotRow, table_of
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import get_workspace, lock_workspace

_SNAPSHOT = table_of(SnapshotRow)
_RULEBOOK = table_of(RulebookRow)
_RECORD = [_SNAPSHOT.c[name] for name in SnapshotRecord.__dataclass_fields__]
_FACT_COLUMNS = ("pand_id", "name", "source", "value", "label", "day", "confidence")
_ANSWER_COLUMNS = ("pand_id", "criterion", "choice", "note", "certainty", "author", "at", "version")


class SnapshotTables:
    """The part of `SqlStore` that keeps what was settled; see `services.ports.SnapshotStore`."""

    engine: Engine

    def read_moment(self, workspace_id: str, party: Party, *, pand_id: str | None = None) -> Moment:
        condition: ColumnElement[bool] = BuildingRow.workspace_id == workspace_id
        if pand_id is not None:
            condition &= BuildingRow.pand_id == pand_id
        with reading(self.engine) as connection:
            workspace = get_workspace(connection, workspace_id)
            query = select(BuildingRow.pand_id).where(condition).order_by(BuildingRow.position)
            pand_ids = connection.execute(query).scalars().all()
            facts, answers = _read_facts(connection, condition), _read_answers(connection, condition, party)
        if pand_id is not None and not pand_ids:
            raise NotFoundError("Pand", pand_id, advice="Kies een pand uit de lijst van deze werkruimte.")
        return Moment(workspace, pand_ids, facts, answers)

    def save_snapshot(self, record: SnapshotRecord, *, content: bytes, rulebook: bytes) -> SnapshotRecord:
        with writing(self.engine) as connection:
            lock_workspace(connection, record.workspace_id)
            last = select(func.max(_SNAPSHOT.c.number)).where(_SNAPSHOT.c.workspace_id == record.workspace_id)
            number = 1 + (connection.execute(last).scalar_one() or 0)
            _keep_rulebook(connection, record.rulebook, rulebook)
            row = {name: getattr(record, name) for name in SnapshotRecord.__dataclass_fields__}
            connection.execute(insert(_SNAPSHOT).values(row | {"number": number, "content": zlib.compress(content)}))
            log_change(
                connection,
                Deed.VASTSTELLEN,
                record.workspace_id,
                author=record.author,
                at=record.at,
                pand_id=record.pand_id,
                new=record.checksum,
                note=record.note,
                detail={"number": number, "fingerprint": record.fingerprint, "day": record.day},
            )
            return _get_record(connection, record.workspace_id, number)

    def find_snapshots(self, workspace_id: str) -> Sequence[SnapshotRecord]:
        query = select(*_RECORD).where(_SNAPSHOT.c.workspace_id == workspace_id).order_by(_SNAPSHOT.c.number.desc())
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return [_make_record(row) for row in connection.execute(query)]

    def read_snapshot(self, workspace_id: str, number: int) -> tuple[SnapshotRecord, bytes, bytes]:
        with reading(self.engine) as connection:
            record = _get_record(connection, workspace_id, number)
            same = _SNAPSHOT.c.workspace_id == workspace_id, _SNAPSHOT.c.number == number
            content = connection.execute(select(_SNAPSHOT.c.content).where(*same)).scalar_one()
            rulebook = connection.execute(
                select(_RULEBOOK.c.content).where(_RULEBOOK.c.fingerprint == record.rulebook)
            ).scalar_one()
        return record, zlib.decompress(content), zlib.decompress(rulebook)


def _read_facts(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    best_first = case({source: rank for rank, source in enumerate(Herkomst)}, value=FactRow.source)
    columns = (FactRow.number, FactRow.text, FactRow.source_label, FactRow.source_date, FactRow.confidence)
    query = (
        select(BuildingRow.pand_id, FactRow.name, FactRow.source, *columns)
        .join(BuildingRow, BuildingRow.id == FactRow.building_id)
        .where(condition)
        .order_by(BuildingRow.position, FactRow.name, best_first)
    )
    rows = [
        (*row[:2], str(row.source), row.text if row.number is None else row.number, *row[5:]) for row in connection.execute(query)
    ]
    return pd.DataFrame(rows, columns=list(_FACT_COLUMNS), dtype=object)


def _read_answers(connection: Connection, condition: ColumnElement[bool], party: Party) -> pd.DataFrame:
    columns = [getattr(AnswerRow, name) for name in _ANSWER_COLUMNS[1:]]
    query = (
        select(BuildingRow.pand_id, *columns)
        .join(BuildingRow, BuildingRow.id == AnswerRow.building_id)
        .where(condition, AnswerRow.party == party, *_open_to_all(party))
        .order_by(BuildingRow.position, AnswerRow.criterion)
    )
    return pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=list(_ANSWER_COLUMNS), dtype=object)


def _open_to_all(party: Party) -> Sequence[ColumnElement[bool]]:
    """Return the condition that a building was revealed: what is settled is read by everybody."""
    return () if party is Party.SAMEN else (exists().where(DuoRevealRow.building_id == BuildingRow.id),)


def _keep_rulebook(connection: Connection, fingerprint: str, content: bytes) -> None:
    """Keep a rulebook once. Two workspaces may settle at the same moment, so the second one must not mind the first."""
    there = connection.execute(select(_RULEBOOK.c.fingerprint).where(_RULEBOOK.c.fingerprint == fingerprint)).one_or_none()
    if there is not None:
        return
    values = {"fingerprint": fingerprint, "content": zlib.compress(content)}
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_unless  # noqa: PLC0415 - one of the two dialects

        connection.execute(insert_unless(_RULEBOOK).values(values).on_conflict_do_nothing())
    else:  # one writer at a time
        connection.execute(insert(_RULEBOOK).values(values))


def _get_record(connection: Connection, workspace_id: str, number: int) -> SnapshotRecord:
    same = _SNAPSHOT.c.workspace_id == workspace_id, _SNAPSHOT.c.number == number
    row = connection.execute(select(*_RECORD).where(*same)).one_or_none()
    if row is None:
        raise NotFoundError("Vaststelling", str(number), advice="Kies een vaststelling uit de lijst van deze werkruimte.")
    return _make_record(row)


def _make_record(row: Row[Any]) -> SnapshotRecord:
    return SnapshotRecord(**row._mapping)  # noqa: SLF001 - a public part of a row, in spite of its name
