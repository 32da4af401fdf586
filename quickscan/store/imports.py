"""Imports in SQL: writing one, looking back, and undoing; and the mappings of columns.

The cells are written in `import_writer` and put back in `undo`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Row, and_, bindparam, delete, func, insert, select

from quickscan.domain.errors import NotFoundError, StalePlanError
from quickscan.domain.merging import Known, name_shape
from quickscan.services.ports import Deed, FileNote, ImportBatch, ImportRecord, UndoReport
from quickscan.store.audit import log_change
from quickscan.store.buildings import read_known
from quickscan.store.frames import check_ids
from quickscan.store.import_writer import ImportWriter
from quickscan.store.members import add_maker
from quickscan.store.tables import (
    ColumnMappingRow,
    ImportChangeRow,
    ImportVersionRow,
    WorkspaceRow,
    table_of,
)
from quickscan.store.transactions import reading, writing
from quickscan.store.undo import find_last_standing, undo
from quickscan.store.workspaces import get_workspace, insert_workspace, lock_workspace, raise_version


class ImportTables:
    """The part of `SqlStore` that keeps imports; see `services.ports.ImportStore`."""

    engine: Engine

    def read_known(self, workspace_id: str) -> Known:
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return read_known(connection, workspace_id)

    def write_import(
        self,
        workspace_id: str | None,
        batch: ImportBatch,
        *,
        name: str,
        files: Sequence[FileNote],
        expected: tuple[int, int],
        author: str,
        at: datetime,
    ) -> ImportRecord:
        check_ids(batch.added)
        with writing(self.engine) as connection:
            if workspace_id is None:
                workspace_id = str(uuid.uuid4())
                insert_workspace(connection, workspace_id, name, fictional=False, at=at)
                add_maker(connection, workspace_id, author, at)
            else:
                lock_workspace(connection, workspace_id)
                _require_version(connection, workspace_id, expected)
                _raise_versions(connection, workspace_id, at)
            number = 1 + (_find_last_number(connection, workspace_id) or 0)
            record = ImportRecord(
                workspace_id, number, at, author, tuple(files), len(batch.added), batch.changed, batch.cells, batch.refused
            )
            _insert_record(connection, record)
            effects = ImportWriter(connection, record).write(batch)
            counts = {"number": number, "added": record.added, "changed": record.changed, "refused": record.refused}
            named = ", ".join(file.name for file in record.files)
            log_change(connection, Deed.IMPORT, workspace_id, author=author, at=at, new=named, detail=counts, effects=effects)
            return _read_record(connection, workspace_id, number)

    def find_imports(self, workspace_id: str) -> Sequence[ImportRecord]:
        query = select(*table_of(ImportVersionRow).c).where(ImportVersionRow.workspace_id == workspace_id)
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            rows = connection.execute(query.order_by(ImportVersionRow.number.desc())).all()
        return [_make_record(row) for row in rows]

    def read_import_changes(self, workspace_id: str, number: int) -> pd.DataFrame:
        query = (
            select(*table_of(ImportChangeRow).c)
            .where(ImportChangeRow.workspace_id == workspace_id, ImportChangeRow.number == number)
            .order_by(ImportChangeRow.pand_id, ImportChangeRow.fact, ImportChangeRow.source)
        )
        with reading(self.engine) as connection:
            _read_record(connection, workspace_id, number)
            rows = connection.execute(query).all()
        columns = {
            "pand_id": pd.Series([row.pand_id for row in rows], dtype="str"),
            "fact": pd.Series([row.fact for row in rows], dtype="str"),
            "source": pd.Series([str(row.source) for row in rows], dtype="str"),
            "old": pd.Series([_show(row.old_number, row.old_text, row.old_shape) for row in rows], dtype=object),
            "new": pd.Series([_show(row.new_number, row.new_text, row.new_shape) for row in rows], dtype=object),
        }
        return pd.DataFrame(columns)

    def undo_import(self, workspace_id: str, *, author: str, at: datetime) -> UndoReport:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            number = find_last_standing(connection, workspace_id)
            if number is None:
                raise NotFoundError(
                    "Import", "om terug te draaien", advice="Er is geen import meer die teruggedraaid kan worden."
                )
            outcome = undo(connection, workspace_id, number, author=author, at=at)
            effects = outcome.effects
            log_change(
                connection, Deed.TERUGDRAAIEN, workspace_id, author=author, at=at, detail={"number": number}, effects=effects
            )
            _raise_versions(connection, workspace_id, at)
            record = _read_record(connection, workspace_id, number)
        return UndoReport(record, outcome.removed, outcome.stayed, outcome.restored, outcome.kept)

    def save_mapping(
        self, workspace_id: str, sender: str, mapping: Mapping[str, str | None], *, author: str, at: datetime
    ) -> None:
        table = table_of(ColumnMappingRow)
        rows = [{"workspace_id": workspace_id, "sender": sender, "header": head, "target": mapping[head]} for head in mapping]
        same = and_(table.c.workspace_id == workspace_id, table.c.sender == sender, table.c.header == bindparam("b_header"))
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            if rows:
                connection.execute(delete(table).where(same), [{"b_header": header} for header in mapping])
                connection.execute(insert(table), rows)
                log_change(
                    connection, Deed.KOLOMMEN, workspace_id, author=author, at=at, name=sender, detail={"mapping": dict(mapping)}
                )

    def read_mapping(self, workspace_id: str, sender: str) -> Mapping[str, str | None]:
        query = select(ColumnMappingRow.header, ColumnMappingRow.target).where(
            ColumnMappingRow.workspace_id == workspace_id, ColumnMappingRow.sender == sender
        )
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return {row.header: row.target for row in connection.execute(query)}


def _show(number: float | None, text: str | None, shape: bytes | None) -> float | str | None:
    if shape is not None:
        return name_shape(shape)
    return text if number is None else number


def _require_version(connection: Connection, workspace_id: str, expected: tuple[int, int]) -> None:
    workspace = get_workspace(connection, workspace_id)
    if (workspace.facts_version, workspace.answers_version) != expected:
        raise StalePlanError(workspace.name)


def _raise_versions(connection: Connection, workspace_id: str, at: datetime) -> None:
    """Raise both versions: what an import brings or takes away may be facts and answers."""
    raised = {"facts_version": WorkspaceRow.facts_version + 1, "answers_version": WorkspaceRow.answers_version + 1}
    raise_version(connection, workspace_id, at, **raised)


def _find_last_number(connection: Connection, workspace_id: str) -> int | None:
    query = select(func.max(ImportVersionRow.number)).where(ImportVersionRow.workspace_id == workspace_id)
    return connection.execute(query).scalar_one()


def _insert_record(connection: Connection, record: ImportRecord) -> None:
    values = {
        "workspace_id": record.workspace_id,
        "number": record.number,
        "at": record.at,
        "author": record.author,
        "files": json.dumps([asdict(file) for file in record.files], ensure_ascii=False),
        "added": record.added,
        "changed": record.changed,
        "cells": record.values,  # noqa: PD011 - a number, not of pandas
        "refused": record.refused,
    }
    connection.execute(insert(ImportVersionRow).values(**values))


def _read_record(connection: Connection, workspace_id: str, number: int) -> ImportRecord:
    same = (ImportVersionRow.workspace_id == workspace_id, ImportVersionRow.number == number)
    row = connection.execute(select(*table_of(ImportVersionRow).c).where(*same)).one_or_none()
    if row is None:
        raise NotFoundError("Import", str(number), advice="Kies een import uit de lijst van deze werkruimte.")
    return _make_record(row)


def _make_record(row: Row[Any]) -> ImportRecord:
    files = tuple(FileNote(**file) for file in json.loads(row.files))
    counts = (row.added, row.changed, row.cells, row.refused)
    return ImportRecord(row.workspace_id, row.number, row.at, row.author, files, *counts, row.undone_at, row.undone_by)
