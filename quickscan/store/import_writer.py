"""Writes the cells of an import, and records what they replace so that undoing can put it back exactly.

What is replaced is copied into `import_change` before it goes. A building that an import adds is one row there: what
came with it goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_, bindparam, delete, func, select, tuple_

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.merging import GEOMETRY
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import ImportBatch, ImportRecord
from quickscan.store.audit import Effects
from quickscan.store.buildings import CONFIDENCE, insert_buildings, insert_estimates, insert_facts, move_buildings
from quickscan.store.bulk import insert_columns
from quickscan.store.frames import read_geometries
from quickscan.store.tables import AnswerHistoryRow, AnswerRow, BuildingRow, FactRow, ImportChangeRow, table_of

ADDED = "pand_id"  # the fact of a change that is a whole building
_OLD = ("old_number", "old_text", "old_label", "old_date", "old_confidence", "old_author", "old_at")
_FACT = ("number", "text", "source_label", "source_date", "confidence", "author", "recorded_at")
Key = tuple[Any, ...]
Old = Mapping[Key, Sequence[Any]]


class ImportWriter:
    """Writes the cells of one import, within the transaction of `connection`."""

    def __init__(self, connection: Connection, record: ImportRecord) -> None:
        self.connection = connection
        self.workspace_id, self.number = record.workspace_id, record.number
        self.author, self.at = record.author, record.at
        self.effects = Effects()

    def write(self, batch: ImportBatch) -> Effects:
        """Write the cells and return what was done, for the audit log."""
        pand_ids, shapes = batch.added["pand_id"].astype("str").tolist(), read_geometries(batch.added)
        id_of = insert_buildings(self.connection, self.workspace_id, pand_ids, shapes)
        self.effects.add_buildings(pand_ids, shapes)
        added = frozenset(pand_ids)
        self._record({"pand_id": pand_ids, "new_text": pand_ids}, {"fact": ADDED, "source": Herkomst.OPGAVE})
        self._write_facts(batch.facts, batch.dropped, id_of, added)
        self._write_answers(batch.answers, id_of, added)
        self._write_shapes(batch.shapes, id_of)
        return self.effects

    def _record(self, columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any] | None = None) -> None:
        this = {"workspace_id": self.workspace_id, "number": self.number, **(constants or {})}
        insert_columns(self.connection, table_of(ImportChangeRow), columns, this)

    def _write_facts(self, facts: pd.DataFrame, dropped: pd.DataFrame, id_of: Mapping[str, int], added: frozenset[str]) -> None:
        pand_ids, names = facts["pand_id"].tolist(), facts["fact"].astype(object).tolist()
        sources = [Herkomst(source) for source in facts["source"].astype(object)]
        keys = [(id_of[pand_id], name, source) for pand_id, name, source in zip(pand_ids, names, sources, strict=True)]
        values = facts["value"].tolist()
        changing = [place for place, pand_id in enumerate(pand_ids) if pand_id not in added]
        written = frozenset(keys[place] for place in changing)
        gone = [
            (pand_id, (id_of[pand_id], name, Herkomst.ANTWOORD))
            for pand_id, name in zip(dropped["pand_id"], dropped["fact"].astype(object), strict=True)
        ]
        gone = [(pand_id, key) for pand_id, key in gone if key not in written]
        old = self._read_facts({name for _, name, _ in written} | {key[1] for _, key in gone})
        touched = [(pand_ids[place], keys[place], values[place]) for place in changing] + [(*pair, None) for pair in gone]
        self._record(
            {
                "pand_id": [pand_id for pand_id, _, _ in touched],
                "fact": [key[1] for _, key, _ in touched],
                "source": [key[2] for _, key, _ in touched],
                "new_number": [value if isinstance(value, float) else None for _, _, value in touched],
                "new_text": [value if isinstance(value, str) else None for _, _, value in touched],
                **_spread(old, [key for _, key, _ in touched]),
            }
        )
        self._delete_replaced()
        for pand_id, (_, name, source) in gone:
            self.effects.remove_fact(pand_id, name, source)
        order = np.lexsort((np.array(names, dtype="U"), np.array([key[0] for key in keys], dtype=np.int64)))
        labels, days = facts["label"].astype(object).tolist(), facts["day"].tolist()
        for pand_id, (_, name, source), value, label, day in zip(pand_ids, keys, values, labels, days, strict=True):
            self.effects.set_fact(pand_id, name, source, value, about=(label, day, CONFIDENCE, self.author, self.at))
        columns = {
            "building_id": [keys[place][0] for place in order],
            "name": [names[place] for place in order],
            "source": [sources[place] for place in order],
            "source_label": [labels[place] for place in order],
            "source_date": [days[place] for place in order],
        }
        insert_facts(self.connection, columns, [values[place] for place in order], author=self.author, at=self.at)

    def _read_facts(self, names: set[str]) -> Old:
        """Return what is stored of these facts: (building, name, source) → cells of _FACT."""
        if not names:
            return {}
        query = (
            select(FactRow.building_id, FactRow.name, FactRow.source, *(getattr(FactRow, column) for column in _FACT))
            .join(BuildingRow, BuildingRow.id == FactRow.building_id)
            .where(BuildingRow.workspace_id == self.workspace_id, FactRow.name.in_(sorted(names)))
        )
        return {tuple(row[:3]): row[3:] for row in self.connection.execute(query)}

    def _delete_replaced(self) -> None:
        """Delete the facts of which the import has recorded the old value."""
        change = table_of(ImportChangeRow).c
        keys = (
            select(BuildingRow.id, change.fact, change.source)
            .join(BuildingRow, and_(BuildingRow.workspace_id == change.workspace_id, BuildingRow.pand_id == change.pand_id))
            .where(change.workspace_id == self.workspace_id, change.number == self.number, change.old_at.is_not(None))
        )
        table = table_of(FactRow)
        self.connection.execute(delete(table).where(tuple_(table.c.building_id, table.c.name, table.c.source).in_(keys)))

    def _write_answers(self, answers: pd.DataFrame, id_of: Mapping[str, int], added: frozenset[str]) -> None:
        if answers.empty:
            return
        pand_ids, criteria = answers["pand_id"].tolist(), answers["criterion"].astype(object).tolist()
        choices = answers["choice"].tolist()
        building_ids = [id_of[pand_id] for pand_id in pand_ids]
        keys = list(zip(building_ids, criteria, strict=True))
        old, last = self._read_answers(set(criteria)), self._read_last_versions(set(criteria))
        changing = [place for place, pand_id in enumerate(pand_ids) if pand_id not in added]
        self._record(
            {
                "pand_id": [pand_ids[place] for place in changing],
                "fact": [criteria[place] for place in changing],
                "new_text": [choices[place] for place in changing],
                **_spread(old, [keys[place] for place in changing]),
            },
            {"source": Herkomst.ANTWOORD},
        )
        replaced = [{"b_building": key[0], "b_criterion": key[1]} for key in keys if key in old]
        if replaced:
            table = table_of(AnswerRow)
            same = (table.c.building_id == bindparam("b_building"), table.c.criterion == bindparam("b_criterion"))
            self.connection.execute(delete(table).where(*same, table.c.party == Party.SAMEN), replaced)
        versions = [1 + last.get((pand_id, name), 0) for pand_id, name in zip(pand_ids, criteria, strict=True)]
        about = ("", Certainty.INSCHATTING, self.author, self.at)
        for pand_id, name, choice, version in zip(pand_ids, criteria, choices, versions, strict=True):
            self.effects.set_answer(pand_id, name, Party.SAMEN, choice=choice, version=version, about=about)
        insert_estimates(
            self.connection,
            self.workspace_id,
            building_ids=building_ids,
            pand_ids=pand_ids,
            given={"criterion": criteria, "choice": choices, "version": versions},
            author=self.author,
            at=self.at,
        )

    def _read_answers(self, criteria: set[str]) -> Old:
        """Return what is answered to these criteria: (building, criterion) → cells of _OLD."""
        columns = (AnswerRow.choice, AnswerRow.note, AnswerRow.certainty, AnswerRow.author, AnswerRow.at)
        query = (
            select(AnswerRow.building_id, AnswerRow.criterion, *columns)
            .join(BuildingRow, BuildingRow.id == AnswerRow.building_id)
            .where(BuildingRow.workspace_id == self.workspace_id, AnswerRow.party == Party.SAMEN)
            .where(AnswerRow.criterion.in_(sorted(criteria)))
        )
        return {
            (row.building_id, row.criterion): (None, row.choice, row.note, None, str(row.certainty), row.author, row.at)
            for row in self.connection.execute(query)
        }

    def _read_last_versions(self, criteria: set[str]) -> Mapping[Key, int]:
        """Return (pand_id, criterion) → the last version there ever was, of answers that were taken back too."""
        history = AnswerHistoryRow
        query = (
            select(history.pand_id, history.criterion, func.max(history.version))
            .where(history.workspace_id == self.workspace_id, history.party == Party.SAMEN)
            .where(history.criterion.in_(sorted(criteria)))
            .group_by(history.pand_id, history.criterion)
        )
        return {(row[0], row[1]): row[2] for row in self.connection.execute(query)}

    def _write_shapes(self, shapes: pd.DataFrame, id_of: Mapping[str, int]) -> None:
        if shapes.empty:
            return
        pand_ids, new = shapes["pand_id"].tolist(), read_geometries(shapes)
        ids = [id_of[pand_id] for pand_id in pand_ids]
        query = select(BuildingRow.id, BuildingRow.geometry).where(BuildingRow.workspace_id == self.workspace_id)
        stored = {row.id: row.geometry for row in self.connection.execute(query)}
        old = [stored[building_id] for building_id in ids]
        sources = [Herkomst(source) for source in shapes["source"].astype(object)]
        self._record({"pand_id": pand_ids, "source": sources, "new_shape": new, "old_shape": old}, {"fact": GEOMETRY})
        move_buildings(self.connection, ids, new)
        for pand_id, shape in zip(pand_ids, new, strict=True):
            self.effects.set_shape(pand_id, shape)


def _spread(old: Old, keys: Sequence[Key]) -> dict[str, list[Any]]:
    """Return what was stored under these keys, as the columns it is recorded in."""
    nothing = (None,) * len(_OLD)
    rows = [old.get(key, nothing) for key in keys]
    return {column: [row[place] for row in rows] for place, column in enumerate(_OLD)}
