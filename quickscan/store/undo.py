"""Undoing an import in SQL: every cell that still holds what the import wrote becomes what it was.

The rest is left alone and told. The history of answers only grows, so an answer that is put back is a new version with
the old content, and one that is taken back leaves a last version "weet ik niet" that says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, insert, not_, or_, select, tuple_, update

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.facts import FACTS
from quickscan.domain.merging import GEOMETRY
from quickscan.domain.terms import Herkomst
from quickscan.store.audit import Effects
from quickscan.store.buildings import move_buildings
from quickscan.store.bulk import insert_columns
from quickscan.store.import_writer import ADDED
from quickscan.store.planning import PlanActionRow, PlanSettingsRow
from quickscan.store.tables import (
    AnswerHistoryRow,
    AnswerRow,
    BuildingRow,
    FactRow,
    ImportChangeRow,
    ImportVersionRow,
    table_of,
)

_FACTS = frozenset(FACTS) - {ADDED}
_CHANGE = table_of(ImportChangeRow).c
_VERSION = table_of(ImportVersionRow)
_FACT = table_of(FactRow)
_ANSWER = table_of(AnswerRow)
_BUILDING = table_of(BuildingRow).c
_HISTORY = table_of(AnswerHistoryRow)
_PLANS = (table_of(PlanSettingsRow), table_of(PlanActionRow))
_OF_BUILDING = and_(_BUILDING.workspace_id == _CHANGE.workspace_id, _BUILDING.pand_id == _CHANGE.pand_id)


@dataclass
class Undone:
    """What was done; see `services.ports.UndoReport`."""

    removed: int = 0
    stayed: tuple[str, ...] = ()
    restored: int = 0
    kept_cells: list[tuple[str, str]] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)

    @property
    def kept(self) -> pd.DataFrame:
        return pd.DataFrame(sorted(self.kept_cells), columns=["pand_id", "fact"], dtype="str").drop_duplicates(ignore_index=True)


def find_last_standing(connection: Connection, workspace_id: str) -> int | None:
    """Return the number of the newest import that is not undone."""
    query = select(func.max(_VERSION.c.number)).where(_VERSION.c.workspace_id == workspace_id, _VERSION.c.undone_at.is_(None))
    number: int | None = connection.execute(query).scalar_one()
    return number


def undo(connection: Connection, workspace_id: str, number: int, *, author: str, at: datetime) -> Undone:
    """Undo one import and mark it so. The caller has locked the workspace and raises its versions."""
    this = _VERSION.c.workspace_id == workspace_id, _VERSION.c.number == number
    record = connection.execute(select(_VERSION.c.author, _VERSION.c.at).where(*this)).one()
    run = _Undoing(connection, workspace_id, number, record.author, record.at)
    run.undo_facts()
    run.undo_answers(author=author, at=at)
    run.undo_shapes()
    run.undo_buildings()
    connection.execute(update(_VERSION).where(*this).values(undone_at=at, undone_by=author))
    return run.outcome


class _Undoing:
    """One import being undone: `author` and `at` are those of the import."""

    def __init__(self, connection: Connection, workspace_id: str, number: int, author: str, at: datetime) -> None:
        self.connection = connection
        self.workspace_id, self.number, self.author, self.at = workspace_id, number, author, at
        self.mine = and_(_CHANGE.workspace_id == workspace_id, _CHANGE.number == number)
        self.outcome = Undone()

    def _split(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
        """Return the changes that still stand; the others are kept as they are."""
        rows = list(rows)
        standing = [row for row in rows if row.stands]
        self.outcome.restored += len(standing)
        self.outcome.kept_cells += [(row.pand_id, row.fact) for row in rows if not row.stands]
        return standing

    def undo_facts(self) -> None:
        same_key = and_(_FACT.c.building_id == _BUILDING.id, _FACT.c.name == _CHANGE.fact, _FACT.c.source == _CHANGE.source)
        same_value = and_(
            _FACT.c.number.is_not_distinct_from(_CHANGE.new_number), _FACT.c.text.is_not_distinct_from(_CHANGE.new_text)
        )
        olds = [column for column in _CHANGE if column.name.startswith("old_")]
        query = (
            select(_BUILDING.id, _CHANGE.pand_id, _CHANGE.fact, _CHANGE.source, *olds, same_value.label("stands"))
            .join_from(_CHANGE.pand_id.table, _BUILDING.id.table, _OF_BUILDING)
            .outerjoin(_FACT, same_key)
            .where(self.mine, _CHANGE.fact.in_(sorted(_FACTS)))
            .order_by(_BUILDING.id, _CHANGE.fact)
        )
        standing = self._split(self.connection.execute(query).all())
        keys = (
            select(_BUILDING.id, _CHANGE.fact, _CHANGE.source)
            .join_from(_CHANGE.pand_id.table, _BUILDING.id.table, _OF_BUILDING)
            .join(_FACT, and_(same_key, same_value))
            .where(self.mine)
        )
        wanted = tuple_(_FACT.c.building_id, _FACT.c.name, _FACT.c.source)
        self.connection.execute(delete(_FACT).where(wanted.in_(keys)))
        back = [row for row in standing if row.old_at is not None]
        effects = self.outcome.effects
        for row in standing:
            if row.old_at is None:
                effects.remove_fact(row.pand_id, row.fact, row.source)
            else:
                value = row.old_text if row.old_number is None else row.old_number
                about = (row.old_label, row.old_date, row.old_confidence, row.old_author, row.old_at)
                effects.set_fact(row.pand_id, row.fact, row.source, value, about=about)
        columns = {
            "building_id": [row.id for row in back],
            "name": [row.fact for row in back],
            "source": [row.source for row in back],
            "number": [row.old_number for row in back],
            "text": [row.old_text for row in back],
            "source_label": [row.old_label for row in back],
            "source_date": [row.old_date for row in back],
            "confidence": [row.old_confidence for row in back],
            "author": [row.old_author for row in back],
            "recorded_at": [row.old_at for row in back],
        }
        insert_columns(self.connection, _FACT, columns)

    def _is_ours(self) -> Any:
        """The condition that an answer is as an import wrote it."""
        return and_(
            _ANSWER.c.note == "",
            _ANSWER.c.certainty == Certainty.INSCHATTING,
            _ANSWER.c.author == self.author,
            _ANSWER.c.at == self.at,
            _ANSWER.c.party == Party.SAMEN,
        )

    def undo_answers(self, *, author: str, at: datetime) -> None:
        same_key = and_(
            _ANSWER.c.building_id == _BUILDING.id, _ANSWER.c.criterion == _CHANGE.fact, _ANSWER.c.party == Party.SAMEN
        )
        stands = func.coalesce(and_(self._is_ours(), _ANSWER.c.choice == _CHANGE.new_text), _BUILDING.id != _BUILDING.id)
        olds = [column for column in _CHANGE if column.name.startswith("old_")]
        query = (
            select(_BUILDING.id, _CHANGE.pand_id, _CHANGE.fact, *olds, _ANSWER.c.version, stands.label("stands"))
            .join_from(_CHANGE.pand_id.table, _BUILDING.id.table, _OF_BUILDING)
            .outerjoin(_ANSWER, same_key)
            .where(self.mine, _CHANGE.fact.not_in([*sorted(_FACTS), GEOMETRY, ADDED]))
        )
        for row in self._split(self.connection.execute(query).all()):
            this = and_(_ANSWER.c.building_id == row.id, _ANSWER.c.criterion == row.fact, _ANSWER.c.party == Party.SAMEN)
            key = {"criterion": row.fact, "party": Party.SAMEN, "version": row.version + 1}
            if row.old_at is None:
                why = f"Import {self.number} is teruggedraaid."
                content = {"choice": None, "note": why, "certainty": Certainty.INSCHATTING, "author": author, "at": at}
                self.connection.execute(delete(_ANSWER).where(this))
                self.outcome.effects.remove_answer(row.pand_id, row.fact, Party.SAMEN)
            else:
                content = {"choice": row.old_text, "note": row.old_label, "certainty": Certainty(row.old_confidence)}
                content |= {"author": row.old_author, "at": row.old_at}
                self.connection.execute(update(_ANSWER).where(this).values(version=row.version + 1, **content))
                about = (row.old_label, row.old_confidence, row.old_author, row.old_at)
                self.outcome.effects.set_answer(
                    row.pand_id, row.fact, Party.SAMEN, choice=row.old_text, version=row.version + 1, about=about
                )
            line = {"workspace_id": self.workspace_id, "pand_id": row.pand_id, **key, **content}
            self.connection.execute(insert(_HISTORY).values(**line))

    def undo_shapes(self) -> None:
        query = (
            select(_BUILDING.id, _CHANGE.pand_id, _CHANGE.fact, _CHANGE.old_shape)
            .add_columns(_BUILDING.geometry.is_not_distinct_from(_CHANGE.new_shape).label("stands"))
            .join_from(_CHANGE.pand_id.table, _BUILDING.id.table, _OF_BUILDING)
            .where(self.mine, _CHANGE.fact == GEOMETRY)
        )
        standing = self._split(self.connection.execute(query).all())
        if standing:
            move_buildings(self.connection, [row.id for row in standing], [row.old_shape for row in standing])
        for row in standing:
            self.outcome.effects.set_shape(row.pand_id, row.old_shape)

    def undo_buildings(self) -> None:
        """Remove what the import added, but not where a person gave something since."""
        said = exists().where(_FACT.c.building_id == _BUILDING.id, _FACT.c.source == Herkomst.ANTWOORD)
        answered = exists().where(_ANSWER.c.building_id == _BUILDING.id, not_(self._is_ours()))
        planned = [exists().where(table.c.building_id == _BUILDING.id) for table in _PLANS]
        query = (
            select(_BUILDING.id, _CHANGE.pand_id, or_(said, answered, *planned).label("is_used"))
            .join_from(_CHANGE.pand_id.table, _BUILDING.id.table, _OF_BUILDING)
            .where(self.mine, _CHANGE.fact == ADDED)
            .order_by(_BUILDING.position)
        )
        rows = self.connection.execute(query).all()
        gone = [{"b_id": row.id} for row in rows if not row.is_used]
        if gone:
            self.connection.execute(delete(_BUILDING.id.table).where(_BUILDING.id == bindparam("b_id")), gone)
        for row in rows:
            if not row.is_used:
                self.outcome.effects.remove_building(row.pand_id)
        self.outcome.removed = len(gone)
        self.outcome.stayed = tuple(row.pand_id for row in rows if row.is_used)
