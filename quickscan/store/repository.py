"""The store itself: workspaces, facts and answers in SQL. What each method promises stands in `services.ports.Store`.

Every write first locks its workspace. Writers of one workspace therefore queue, for milliseconds, and what a write reads
stays true until it commits; nothing deadlocks, since everybody takes that lock first.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError, UnusableInputError
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import Deed, LogLine, Workspace
from quickscan.store.audit import log_change, read_log
from quickscan.store.buildings import insert_frame, read_frame
from quickscan.store.frames import check_ids
from quickscan.store.imports import ImportTables
from quickscan.store.members import add_maker
from quickscan.store.saving import save_quickly
from quickscan.store.snapshots import SnapshotTables
from quickscan.store.tables import (
    AnswerHistoryRow,
    AnswerRow,
    BuildingRow,
    FactRow,
    ImportChangeRow,
    ImportVersionRow,
    SnapshotRow,
    WorkspaceRow,
    table_of,
)
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import WORKSPACES, get_workspace, insert_workspace, lock_workspace, raise_version

_PRECEDENCE = {source: rank for rank, source in enumerate(Herkomst)}  # 0 is best
_FACT_ORDER = {name: place for place, name in enumerate(FACTS)}
_NOT_ANSWERED = "niemand"

_ANSWER_COLUMNS = ("criterion", "choice", "note", "certainty", "author", "party", "at", "version")
_CHANGED_BY_ANSWER = ("choice", "note", "certainty", "author", "at", "version")
_ANSWER = tuple(getattr(AnswerRow, name) for name in _ANSWER_COLUMNS)
_HISTORY = tuple(getattr(AnswerHistoryRow, name) for name in _ANSWER_COLUMNS)


class SqlStore(ImportTables, SnapshotTables):
    """Implements `Store` on SQLite and PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def close(self) -> None:
        """Let go of all connections. The store can be used again after it."""
        self.engine.dispose()

    # -- workspaces

    def find_workspaces(self, *, among: Collection[str] | None = None) -> Sequence[Workspace]:
        query = WORKSPACES if among is None else WORKSPACES.where(WorkspaceRow.id.in_(sorted(among)))
        with reading(self.engine) as connection:
            return [Workspace(*row) for row in connection.execute(query)]

    def get_workspace(self, workspace_id: str) -> Workspace:
        with reading(self.engine) as connection:
            return get_workspace(connection, workspace_id)

    def create_workspace(
        self, name: str, buildings: pd.DataFrame, sources: Mapping[str, SourceNote], *, fictional: bool, author: str, at: datetime
    ) -> Workspace:
        check_ids(buildings)
        workspace_id = str(uuid.uuid4())
        with writing(self.engine) as connection:
            insert_workspace(connection, workspace_id, name, fictional=fictional, at=at)
            add_maker(connection, workspace_id, author, at)
            effects = insert_frame(connection, workspace_id, buildings, sources, author=author, at=at)
            log_change(connection, Deed.WERKRUIMTE, workspace_id, author=author, at=at, new=name, effects=effects)
            return get_workspace(connection, workspace_id)

    def delete_workspace(self, workspace_id: str, *, author: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            name = get_workspace(connection, workspace_id).name
            log_change(connection, Deed.VERWIJDEREN, workspace_id, author=author, at=at, old=name)
            connection.execute(delete(WorkspaceRow).where(WorkspaceRow.id == workspace_id))  # cascades to all but the histories
            for kept_by_name in (AnswerHistoryRow, ImportVersionRow, ImportChangeRow, SnapshotRow):
                connection.execute(delete(kept_by_name).where(kept_by_name.workspace_id == workspace_id))

    # -- buildings and facts

    def read_buildings(self, workspace_id: str) -> pd.DataFrame:
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return read_frame(connection, BuildingRow.workspace_id == workspace_id)

    def read_building(self, workspace_id: str, pand_id: str) -> pd.DataFrame:
        with reading(self.engine) as connection:
            return read_frame(connection, BuildingRow.id == _get_building(connection, workspace_id, pand_id))

    def read_facts(self, workspace_id: str, pand_id: str) -> Sequence[Fact]:
        with reading(self.engine) as connection:
            return _read_facts(connection, _get_building(connection, workspace_id, pand_id))

    def read_standing(self, workspace_id: str, pand_id: str, party: Party) -> tuple[Sequence[Fact], Mapping[str, Answer]]:
        with reading(self.engine) as connection:
            building_id = _get_building(connection, workspace_id, pand_id)
            return _read_facts(connection, building_id), _read_answers(connection, building_id, party)

    def save_fact(self, workspace_id: str, pand_id: str, fact: Fact, *, author: str, at: datetime) -> None:
        content = {
            **_split_value(fact),
            "source_label": fact.source_label,
            "source_date": fact.source_date,
            "confidence": fact.confidence,
            "author": author,
            "recorded_at": at,
        }
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = _get_building(connection, workspace_id, pand_id)
            # The source is part of the key: an import stands beside what a person answered, and never replaces it.
            same = (FactRow.building_id == building_id, FactRow.name == fact.name, FactRow.source == fact.source)
            stored = connection.execute(_select_facts().where(*same)).one_or_none()
            if stored is None:
                key = {"building_id": building_id, "name": fact.name, "source": fact.source}
                connection.execute(insert(FactRow).values(**key, **content))
            elif _make_fact(stored) == fact:
                return
            else:
                connection.execute(update(FactRow).where(*same).values(**content))
            old = None if stored is None else str(_make_fact(stored).value)
            log_change(
                connection,
                Deed.FEIT,
                workspace_id,
                author=author,
                at=at,
                pand_id=pand_id,
                name=fact.name,
                old=old,
                new=str(fact.value if content["number"] is None else content["number"]),
                detail={
                    "source": fact.source,
                    "label": fact.source_label,
                    "day": fact.source_date,
                    "confidence": fact.confidence,
                },
            )
            raise_version(connection, workspace_id, at, facts_version=WorkspaceRow.facts_version + 1)

    # -- answers

    def read_answer_codes(self, workspace_id: str, party: Party) -> pd.DataFrame:
        query = (
            select(BuildingRow.pand_id, AnswerRow.criterion, AnswerRow.choice)
            .join(AnswerRow, AnswerRow.building_id == BuildingRow.id)
            .where(BuildingRow.workspace_id == workspace_id, AnswerRow.party == party, AnswerRow.choice.is_not(None))
            .order_by(BuildingRow.position, AnswerRow.criterion)
        )
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            rows = connection.execute(query).all()
        return pd.DataFrame(rows, columns=["pand_id", "criterion", "choice"], dtype="str")

    def read_answers(self, workspace_id: str, pand_id: str, party: Party) -> Mapping[str, Answer]:
        with reading(self.engine) as connection:
            return _read_answers(connection, _get_building(connection, workspace_id, pand_id), party)

    def save_answer(
        self,
        workspace_id: str,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        note: str,
        certainty: Certainty,
        author: str,
        party: Party,
        at: datetime,
        expected_version: int,
        reason: str = "",
    ) -> Answer:
        given = Answer(criterion, choice, note, certainty, author, party, at.astimezone(UTC), expected_version + 1)
        if save_quickly(self.engine, workspace_id, pand_id, given, reason=reason):
            return given
        with writing(self.engine) as connection:  # something is in the way: find out what
            lock_workspace(connection, workspace_id)
            building_id = _get_building(connection, workspace_id, pand_id)
            same = {"b_building": building_id, "b_criterion": criterion, "b_party": party}
            row = connection.execute(_ANSWER_OF_BUILDING, same).one_or_none()
            stored = None if row is None else Answer(*row)
            if stored is not None and (stored.choice, stored.note, stored.certainty) == (choice, note, certainty):
                return stored  # first of all, so that a request sent twice is not told that it is late
            if expected_version != (stored.version if stored else 0):
                known = (stored.choice, stored.author) if stored else (None, _NOT_ANSWERED)
                raise StaleAnswerError(criterion, stored=known[0], offered=choice, author=known[1])
            version = 1 + (stored.version if stored else _find_last_version(connection, workspace_id, pand_id, criterion, party))
            answer = replace(given, version=version)
            content = asdict(answer)
            if stored is None:
                connection.execute(_INSERT_ANSWER, {"building_id": building_id, **content})
            else:
                connection.execute(_UPDATE_ANSWER, {**same, **{name: content[name] for name in _CHANGED_BY_ANSWER}})
            connection.execute(_INSERT_HISTORY, {"workspace_id": workspace_id, "pand_id": pand_id, **content})
            log_change(
                connection,
                Deed.ANTWOORD,
                workspace_id,
                author=author,
                at=at,
                pand_id=pand_id,
                name=criterion,
                party=party.value,
                old=stored.choice if stored else None,
                new=choice,
                note=note,
                detail={"certainty": certainty, "version": version, **({"reason": reason} if reason else {})},
            )
            connection.execute(_RAISE_ANSWERS_VERSION, {"b_workspace": workspace_id, "changed_at": at})
            return answer

    def read_history(self, workspace_id: str, pand_id: str, criterion: str, party: Party) -> Sequence[Answer]:
        query = (
            select(*_HISTORY)
            .where(AnswerHistoryRow.workspace_id == workspace_id, AnswerHistoryRow.pand_id == pand_id)
            .where(AnswerHistoryRow.criterion == criterion, AnswerHistoryRow.party == party)
            .order_by(AnswerHistoryRow.version.desc())
        )
        with reading(self.engine) as connection:
            _get_building(connection, workspace_id, pand_id)
            return [Answer(*row) for row in connection.execute(query)]

    def read_log(
        self,
        workspace_id: str,
        *,
        pand_id: str | None = None,
        author: str | None = None,
        what: Deed | None = None,
        most: int = 200,
    ) -> Sequence[LogLine]:
        with reading(self.engine) as connection:
            return read_log(connection, workspace_id, pand_id=pand_id, author=author, what=what, most=most)


def _get_building(connection: Connection, workspace_id: str, pand_id: str) -> int:
    key = {"b_workspace": workspace_id, "b_pand": pand_id}
    building_id: int | None = connection.execute(_BUILDING, key).scalar_one_or_none()
    if building_id is None:
        raise NotFoundError("Pand", pand_id, advice="Kies een pand uit de lijst van deze werkruimte.")
    return building_id


def _read_facts(connection: Connection, building_id: int) -> Sequence[Fact]:
    facts = [_make_fact(row) for row in connection.execute(_FACTS_OF_BUILDING, {"b_building": building_id})]
    return sorted(facts, key=lambda fact: (_FACT_ORDER.get(fact.name, len(FACTS)), fact.name, _PRECEDENCE[fact.source]))


def _read_answers(connection: Connection, building_id: int, party: Party) -> Mapping[str, Answer]:
    rows = connection.execute(_ANSWERS_OF_BUILDING, {"b_building": building_id, "b_party": party})
    return {row.criterion: Answer(*row) for row in rows}


def _find_last_version(connection: Connection, workspace_id: str, pand_id: str, criterion: str, party: Party) -> int:
    """Return the version of the last answer that was taken back by undoing an import; 0 when there never was one."""
    key = {"b_workspace": workspace_id, "b_pand": pand_id, "b_criterion": criterion, "b_party": party}
    return int(connection.execute(_LAST_VERSION, key).scalar_one() or 0)


def _select_facts() -> Select[Any]:
    names = ("name", "number", "text", "source", "source_label", "source_date", "confidence")
    return select(*(getattr(FactRow, name) for name in names))


def _make_fact(row: Row[Any]) -> Fact:
    value = row.text if row.number is None else row.number
    return Fact(row.name, value, row.source, row.source_label, row.source_date, row.confidence)


def _split_value(fact: Fact) -> dict[str, float | str | None]:
    """Return the value as the two columns it is kept in; raises UnusableInputError for a value of the wrong kind."""
    spec = FACTS.get(fact.name)
    if spec is None or fact.name == "pand_id":
        raise NotFoundError("Gegeven", fact.name, advice="Kies een gegeven uit de lijst.")
    if spec.is_number:
        if isinstance(fact.value, str) or not math.isfinite(fact.value):
            raise UnusableInputError(f"'{fact.value}' is geen getal.", "Vul een getal in.", where=spec.label)
        return {"number": float(fact.value), "text": None}
    if not isinstance(fact.value, str):
        raise UnusableInputError(f"'{fact.value}' is geen tekst.", "Vul tekst in.", where=spec.label)
    return {"number": None, "text": fact.value}


# The statements of every click, made once: making one anew costs as much as carrying it out. Bound names start with b_.
_THIS_BUILDING = AnswerRow.building_id == bindparam("b_building")
_THIS_PARTY = AnswerRow.party == bindparam("b_party")
_THIS_ANSWER = (_THIS_BUILDING, AnswerRow.criterion == bindparam("b_criterion"), _THIS_PARTY)
_RAISE_ANSWERS_VERSION = (
    update(table_of(WorkspaceRow))
    .where(table_of(WorkspaceRow).c.id == bindparam("b_workspace"))
    .values(changed_at=bindparam("changed_at"), answers_version=table_of(WorkspaceRow).c.answers_version + 1)
)
_BUILDING = select(BuildingRow.id).where(
    BuildingRow.workspace_id == bindparam("b_workspace"), BuildingRow.pand_id == bindparam("b_pand")
)
_FACTS_OF_BUILDING = _select_facts().where(FactRow.building_id == bindparam("b_building"))
_ANSWERS_OF_BUILDING = select(*_ANSWER).where(_THIS_BUILDING, _THIS_PARTY).order_by(AnswerRow.criterion)
_ANSWER_OF_BUILDING = select(*_ANSWER).where(*_THIS_ANSWER)
_LAST_VERSION = select(func.max(AnswerHistoryRow.version)).where(
    AnswerHistoryRow.workspace_id == bindparam("b_workspace"),
    AnswerHistoryRow.pand_id == bindparam("b_pand"),
    AnswerHistoryRow.criterion == bindparam("b_criterion"),
    AnswerHistoryRow.party == bindparam("b_party"),
)
_INSERT_ANSWER = insert(table_of(AnswerRow))
_INSERT_HISTORY = insert(table_of(AnswerHistoryRow))
_UPDATE_ANSWER = (
    update(table_of(AnswerRow))
    .where(
        table_of(AnswerRow).c.building_id == bindparam("b_building"),
        table_of(AnswerRow).c.criterion == bindparam("b_criterion"),
        table_of(AnswerRow).c.party == bindparam("b_party"),
    )
    .values({name: bindparam(name) for name in _CHANGED_BY_ANSWER})
)
