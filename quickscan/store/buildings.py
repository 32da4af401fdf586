"""Buildings with their facts and answers, many at a time: frame in, rows out, and back.

Everything here works on a connection that somebody else commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, case, func, select, update

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import SourceNote
from quickscan.domain.merging import Known
from quickscan.domain.terms import Herkomst
from quickscan.store.audit import Effects
from quickscan.store.bulk import insert_columns
from quickscan.store.frames import lengthen_answers, lengthen_facts, read_geometries, widen_facts
from quickscan.store.tables import AnswerHistoryRow, AnswerRow, BuildingRow, FactRow, table_of

CONFIDENCE = "normaal"  # of what a file says
_NO_NOTE = SourceNote(Herkomst.OPGAVE, "import")


def insert_frame(
    connection: Connection,
    workspace_id: str,
    buildings: pd.DataFrame,
    sources: Mapping[str, SourceNote],
    *,
    author: str,
    at: datetime,
) -> Effects:
    """Insert the buildings of a new workspace, what is known of them, and the answers among the columns."""
    pand_ids, shapes, effects = buildings["pand_id"].astype("str").tolist(), read_geometries(buildings), Effects()
    id_of = insert_buildings(connection, workspace_id, pand_ids, shapes)
    effects.add_buildings(pand_ids, shapes)
    ids = [id_of[pand_id] for pand_id in pand_ids]
    facts = lengthen_facts(buildings)
    notes = [sources.get(name, _NO_NOTE) for name in facts.names]
    columns: dict[str, Sequence[Any]] = {
        "building_id": [ids[row] for row in facts.rows],
        "name": facts.names,
        "source": [note.source for note in notes],
        "source_label": [note.label for note in notes],
        "source_date": [note.day for note in notes],
    }
    insert_facts(connection, columns, facts.cells, author=author, at=at)
    for row, name, note, value in zip(facts.rows, facts.names, notes, facts.cells, strict=True):
        effects.set_fact(pand_ids[row], name, note.source, value, about=(note.label, note.day, CONFIDENCE, author, at))
    answers = lengthen_answers(buildings)
    insert_estimates(
        connection,
        workspace_id,
        building_ids=[ids[row] for row in answers.rows],
        pand_ids=[pand_ids[row] for row in answers.rows],
        given={"criterion": answers.names, "choice": answers.cells, "version": [1] * len(answers.rows)},
        author=author,
        at=at,
    )
    about = ("", Certainty.INSCHATTING, author, at)
    for row, name, choice in zip(answers.rows, answers.names, answers.cells, strict=True):
        effects.set_answer(pand_ids[row], name, Party.SAMEN, choice=choice, version=1, about=about)
    return effects


def insert_buildings(
    connection: Connection, workspace_id: str, pand_ids: Sequence[str], geometries: Sequence[bytes | None]
) -> dict[str, int]:
    """Insert buildings behind those that are there; return pand_id → id of all buildings of the workspace."""
    last = connection.execute(select(func.max(BuildingRow.position)).where(BuildingRow.workspace_id == workspace_id)).scalar_one()
    first = 0 if last is None else last + 1
    columns = {"position": range(first, first + len(pand_ids)), "pand_id": pand_ids, "geometry": geometries}
    insert_columns(connection, table_of(BuildingRow), columns, {"workspace_id": workspace_id})
    query = select(BuildingRow.pand_id, BuildingRow.id).where(BuildingRow.workspace_id == workspace_id)
    return {row.pand_id: row.id for row in connection.execute(query.order_by(BuildingRow.position))}


def insert_facts(
    connection: Connection, columns: Mapping[str, Sequence[Any]], values: Sequence[str | float], *, author: str, at: datetime
) -> None:
    """Insert facts, ordered by building and name; `columns` are those of FactRow that differ from row to row."""
    split: dict[str, Sequence[Any]] = {
        "number": [None if isinstance(value, str) else value for value in values],
        "text": [value if isinstance(value, str) else None for value in values],
    }
    same = {"confidence": CONFIDENCE, "author": author, "recorded_at": at}
    insert_columns(connection, table_of(FactRow), {**columns, **split}, same)


def insert_estimates(
    connection: Connection,
    workspace_id: str,
    *,
    building_ids: Sequence[int],
    pand_ids: Sequence[str],
    given: Mapping[str, Sequence[Any]],
    author: str,
    at: datetime,
) -> None:
    """Insert answers from a file, with their history; `given` are criterion, choice and version. A file is an estimate."""
    same = {"note": "", "certainty": Certainty.INSCHATTING, "author": author, "party": Party.SAMEN, "at": at}
    insert_columns(connection, table_of(AnswerRow), {"building_id": building_ids, **given}, same)
    insert_columns(connection, table_of(AnswerHistoryRow), {"pand_id": pand_ids, **given}, same | {"workspace_id": workspace_id})


def move_buildings(connection: Connection, ids: Sequence[int], shapes: Sequence[bytes | None]) -> None:
    """Give buildings another shape."""
    table = table_of(BuildingRow)
    statement = update(table).where(table.c.id == bindparam("b_id")).values(geometry=bindparam("b_shape"))
    connection.execute(statement, [{"b_id": key, "b_shape": shape} for key, shape in zip(ids, shapes, strict=True)])


def read_frame(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """Return the buildings that meet a condition on BuildingRow, in import order, with the best value of each fact."""
    buildings = connection.execute(
        select(BuildingRow.id, BuildingRow.pand_id, BuildingRow.geometry).where(condition).order_by(BuildingRow.position)
    ).all()
    names, rows = _read_best_facts(connection, condition)
    frame = widen_facts([row.id for row in buildings], [row.pand_id for row in buildings], names, rows)
    frame["geometry"] = pd.Series([row.geometry for row in buildings], dtype=object)
    return frame


def read_known(connection: Connection, workspace_id: str) -> Known:
    """Return all buildings, in import order, with what every source says and what is answered."""
    condition = BuildingRow.workspace_id == workspace_id
    buildings = connection.execute(
        select(BuildingRow.id, BuildingRow.pand_id, BuildingRow.geometry).where(condition).order_by(BuildingRow.position)
    ).all()
    ids, pand_ids = [row.id for row in buildings], [row.pand_id for row in buildings]
    pairs = connection.execute(_of_buildings(select(FactRow.name, FactRow.source), condition).distinct()).all()
    facts = {}
    for source in Herkomst:
        names = [row.name for row in pairs if row.source is source]
        if names:
            best = [_select_best(name, [source]) for name in names]
            query = _of_buildings(select(FactRow.building_id, *best), and_(condition, FactRow.source == source))
            rows = connection.execute(query.group_by(FactRow.building_id)).all()
            facts[source] = widen_facts(ids, pand_ids, names, rows).drop(columns="pand_id")
    answers = connection.execute(
        select(BuildingRow.pand_id, AnswerRow.criterion, AnswerRow.choice)
        .join(AnswerRow, AnswerRow.building_id == BuildingRow.id)
        .where(condition, AnswerRow.party == Party.SAMEN)
    ).all()
    shapes = pd.Series([row.geometry for row in buildings], dtype=object)
    frame = pd.DataFrame({"pand_id": pd.Series(pand_ids, dtype="str"), "geometry": shapes})
    return Known(frame, facts, pd.DataFrame(answers, columns=["pand_id", "criterion", "choice"], dtype="str"))


def _read_best_facts(connection: Connection, condition: ColumnElement[bool]) -> tuple[list[str], Sequence[Row[Any]]]:
    """Return the names of the facts that occur, and rows of building id and the best value of each.

    The database turns long into wide: it is two to three times faster than handing every value to Python.
    """
    pairs = connection.execute(_of_buildings(select(FactRow.name, FactRow.source), condition).distinct()).all()
    occurring = {(row.name, row.source) for row in pairs}
    sources = {name: [source for source in Herkomst if (name, source) in occurring] for name in FACTS}
    names = [name for name, found in sources.items() if found]
    best = [_select_best(name, sources[name]) for name in names]
    query = _of_buildings(select(FactRow.building_id, *best), condition).group_by(FactRow.building_id)
    return names, connection.execute(query).all()


def _of_buildings(query: Select[*tuple[Any, ...]], condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return query.join_from(FactRow, BuildingRow, BuildingRow.id == FactRow.building_id).where(condition)


def _select_best(name: str, sources: Sequence[Herkomst]) -> ColumnElement[Any]:
    """Return the value of a fact from the first of `sources` that has one; within a group there is one of each."""
    value = FactRow.number if FACTS[name].is_number else FactRow.text
    found = [func.max(case((and_(FactRow.name == name, FactRow.source == source), value))) for source in sources]
    return func.coalesce(*found).label(name) if len(found) > 1 else found[0].label(name)
