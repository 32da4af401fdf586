"""Programmes in SQL. What each method promises stands in `services.programme.ProgrammeStore`.

A quarter is kept as its first day. The buildings and milestones of a project are rows of their own and are written anew with
it, as a whole. Every write locks its workspace first and tells the audit log what it made of what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Double,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Row,
    String,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from quickscan.domain.errors import NotFoundError
from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.domain.programme.plan import (
    MILESTONES,
    Evaluation,
    Homes,
    Mark,
    Milestone,
    Plan,
    Project,
    Question,
    StaleProgrammeError,
    Target,
)
from quickscan.domain.programme.quarters import Quarter
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.tables import Base, UtcDateTime, table_of
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import get_workspace, lock_workspace

_UUID_LENGTH, _WORD = 36, 20
_GONE = "iemand die het weghaalde"


class ProgrammeTargetRow(Base):
    __tablename__ = "programme_target"
    __table_args__ = (CheckConstraint("version >= 1", name="version"), CheckConstraint("low <= high", name="homes"))

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String, comment="naam voor mensen")
    low: Mapped[int] = mapped_column(comment="minste woningen")
    high: Mapped[int] = mapped_column(comment="meeste woningen")
    starts: Mapped[date] = mapped_column(comment="eerste dag van het kwartaal")
    ends_early: Mapped[date] = mapped_column(comment="eerste dag van het kwartaal; vroegste einde")
    ends_late: Mapped[date] = mapped_column(comment="eerste dag van het kwartaal; laatste einde")
    tranche: Mapped[str] = mapped_column(String, comment="ronde waarin het duo begon")
    gemeente: Mapped[str] = mapped_column(String)
    corporatie: Mapped[str] = mapped_column(String)
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")
    author: Mapped[str] = mapped_column(String, comment="wie het laatst wijzigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class ProgrammeProjectRow(Base):
    __tablename__ = "programme_project"
    __table_args__ = (CheckConstraint("version >= 1", name="version"), {"sqlite_with_rowid": False})

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="volgnummer, vanaf 1")
    name: Mapped[str] = mapped_column(String, comment="naam voor mensen")
    low: Mapped[float | None] = mapped_column(Double, comment="eigen aantal woningen; leeg: uit de scan")
    likely: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    delivered: Mapped[int | None] = mapped_column(comment="opgeleverde woningen")
    note: Mapped[str] = mapped_column(String, comment="toelichting")
    stopped: Mapped[bool] = mapped_column(comment="gaat niet door")
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")
    author: Mapped[str] = mapped_column(String, comment="wie het laatst wijzigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


def _of_project() -> ForeignKeyConstraint:
    keys = ["programme_project.workspace_id", "programme_project.number"]
    return ForeignKeyConstraint(["workspace_id", "number"], keys, ondelete="CASCADE")


class ProgrammeBuildingRow(Base):
    __tablename__ = "programme_building"
    __table_args__ = (_of_project(), {"sqlite_with_rowid": False})

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="van het project")
    pand_id: Mapped[str] = mapped_column(
        String(PAND_ID_LENGTH), primary_key=True, comment="geen verwijzing: een pand dat weg is, telt niet mee"
    )


class ProgrammeMilestoneRow(Base):
    __tablename__ = "programme_milestone"
    __table_args__ = (
        _of_project(),
        CheckConstraint(
            "milestone IN ('initiatief', 'haalbaar', 'besluit', 'vergunning', 'start', 'oplevering')", name="milestone"
        ),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="van het project")
    milestone: Mapped[str] = mapped_column(String(_WORD), primary_key=True)
    first: Mapped[date | None] = mapped_column(comment="eerste dag van het kwartaal waarin het eerst gepland was")
    planned: Mapped[date | None] = mapped_column(comment="eerste dag van het kwartaal waarin het nu gepland is")
    reached: Mapped[date | None] = mapped_column(comment="eerste dag van het kwartaal waarin het gehaald is")


class ProgrammeEvaluationRow(Base):
    __tablename__ = "programme_evaluation"
    __table_args__ = (
        _of_project(),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("question IN ('stoppen', 'minderen', 'versterken', 'beginnen')", name="question"),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="van het project")
    question: Mapped[str] = mapped_column(String(_WORD), primary_key=True)
    text: Mapped[str] = mapped_column(String, comment="het antwoord")
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")
    author: Mapped[str] = mapped_column(String, comment="wie het laatst wijzigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class ProgrammeTables:
    """Implements `ProgrammeStore` on SQLite and PostgreSQL, beside `SqlStore` on the same engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_plan(self, workspace_id: str) -> Plan:
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return _read(connection, workspace_id)

    def write_target(self, workspace_id: str, target: Target, *, author: str, at: datetime) -> Target:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            stored = _read(connection, workspace_id).target
            if stored is not None and _same(stored, target):
                return stored  # sent twice
            _refuse_stale("Het doel", stored, target.version)
            kept = replace(target, version=target.version + 1, author=author, at=at)
            content = _as_days({each.name: getattr(kept, each.name) for each in fields(kept)})
            table = table_of(ProgrammeTargetRow)
            if stored is None:
                connection.execute(insert(table).values(workspace_id=workspace_id, **content))
            else:
                connection.execute(update(table).where(table.c.workspace_id == workspace_id).values(**content))
            _log(connection, workspace_id, "doel", _told(stored), _told(kept), author, at, content)
            return kept

    def write_project(self, workspace_id: str, project: Project, *, author: str, at: datetime) -> Project:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            stored = next((one for one in _read(connection, workspace_id).projects if one.number == project.number), None)
            if stored is not None and _same(stored, project):
                return stored  # sent twice
            _refuse_stale(f"Project '{project.name}'", stored, project.version)
            kept = replace(project, version=project.version + 1, author=author, at=at)
            _write(connection, workspace_id, kept, new=stored is None)
            what = f"project {project.number}"
            _log(connection, workspace_id, what, _told(stored), _told(kept), author, at, _detail(kept), note=project.note)
            return kept

    def remove_project(self, workspace_id: str, number: int, *, expected_version: int, author: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            stored = next((one for one in _read(connection, workspace_id).projects if one.number == number), None)
            if stored is None:
                raise NotFoundError("Project", str(number), advice="Kies een ander project.")
            _refuse_stale(f"Project '{stored.name}'", stored, expected_version)
            table = table_of(ProgrammeProjectRow)
            connection.execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.number == number))
            _log(connection, workspace_id, f"project {number}", _told(stored), None, author, at, _detail(stored))

    def write_evaluation(self, workspace_id: str, evaluation: Evaluation, *, author: str, at: datetime) -> Evaluation:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            plan = _read(connection, workspace_id)
            if all(project.number != evaluation.number for project in plan.projects):
                raise NotFoundError("Project", str(evaluation.number), advice="Kies een ander project.")
            stored = plan.answers_of(evaluation.number).get(evaluation.question)
            if stored is not None and _same(stored, evaluation):
                return stored  # sent twice
            _refuse_stale("De evaluatie", stored, evaluation.version)
            kept = replace(evaluation, version=evaluation.version + 1, author=author, at=at)
            table = table_of(ProgrammeEvaluationRow)
            content = {"text": kept.text, "version": kept.version, "author": author, "at": at}
            key = {"workspace_id": workspace_id, "number": kept.number, "question": str(kept.question)}
            if stored is None:
                connection.execute(insert(table).values(**key, **content))
            else:
                connection.execute(
                    update(table).where(*(table.c[name] == value for name, value in key.items())).values(**content)
                )
            what = f"evaluatie van project {kept.number}: {kept.question}"
            _log(
                connection, workspace_id, what, stored.text if stored else None, kept.text, author, at, {"version": kept.version}
            )
            return kept


_QUARTERS = ("starts", "ends_early", "ends_late")
_OWN = ("version", "author", "at")


def _same(stored: Any, offered: Any) -> bool:
    """Tell whether somebody keeps what is there already: all but who, when and the version is equal."""
    return bool(stored == replace(offered, **{name: getattr(stored, name) for name in _OWN}))


def _refuse_stale(what: str, stored: Any, seen: int) -> None:
    if (stored.version if stored else 0) != seen:
        raise StaleProgrammeError(what, author=stored.author if stored else _GONE)


def _as_days(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.first_day if isinstance(value, Quarter) else value for name, value in content.items()}


def _told(thing: Target | Project | None) -> str | None:
    """Return what the log shows at a glance."""
    if thing is None:
        return None
    if isinstance(thing, Target):
        return f"{thing.name}: {thing.low} tot {thing.high} woningen, tot {thing.ends_late.label}"
    delivery = f", oplevering {thing.delivery.label}" if thing.delivery else ""
    return f"{thing.name}: {'gestopt' if thing.stopped else thing.phase or 'idee'}{delivery}"


def _detail(project: Project) -> dict[str, object]:
    marks = {str(name): [quarter and quarter.label for quarter in (mark.first, mark.planned, mark.reached)]
             for name, mark in project.marks.items()}  # fmt: skip
    own = project.own and [project.own.low, project.own.likely, project.own.high]
    return {"version": project.version, "panden": list(project.pand_ids), "eigen": own, "opgeleverd": project.delivered, **marks}


def _log(
    connection: Connection,
    workspace_id: str,
    name: str,
    old: str | None,
    new: str | None,
    author: str,
    at: datetime,
    detail: Mapping[str, object],
    *,
    note: str = "",
) -> None:
    log_change(
        connection, Deed.PROGRAMMA, workspace_id, author=author, at=at, name=name, old=old, new=new, note=note, detail=detail
    )  # fmt: skip


def _write(connection: Connection, workspace_id: str, project: Project, *, new: bool) -> None:
    table, key = table_of(ProgrammeProjectRow), {"workspace_id": workspace_id, "number": project.number}
    own = project.own
    content = {
        "name": project.name,
        "low": own.low if own else None,
        "likely": own.likely if own else None,
        "high": own.high if own else None,
        "delivered": project.delivered,
        "note": project.note,
        "stopped": project.stopped,
        "version": project.version,
        "author": project.author,
        "at": project.at,
    }
    if new:
        connection.execute(insert(table).values(**key, **content))
    else:
        connection.execute(
            update(table).where(table.c.workspace_id == workspace_id, table.c.number == project.number).values(**content)
        )
    rows: tuple[tuple[type[Base], list[dict[str, Any]]], ...] = (
        (ProgrammeBuildingRow, [{"pand_id": pand_id} for pand_id in project.pand_ids]),
        (
            ProgrammeMilestoneRow,
            [
                {"milestone": str(one), **_as_days({"first": mark.first, "planned": mark.planned, "reached": mark.reached})}
                for one, mark in project.marks.items()
            ],
        ),
    )
    for model, found in rows:
        part = table_of(model)
        connection.execute(delete(part).where(part.c.workspace_id == workspace_id, part.c.number == project.number))
        if found:
            connection.execute(insert(part), [{**key, **row} for row in found])


def _read(connection: Connection, workspace_id: str) -> Plan:
    def rows(model: type[Base], *order: str) -> Sequence[Row[Any]]:
        table = table_of(model)
        query = select(table).where(table.c.workspace_id == workspace_id).order_by(*(table.c[name] for name in order))
        return connection.execute(query).all()

    panden: dict[int, list[str]] = {}
    for row in rows(ProgrammeBuildingRow, "number", "pand_id"):
        panden.setdefault(row.number, []).append(row.pand_id)
    marks: dict[int, dict[Milestone, Mark]] = {}
    for row in rows(ProgrammeMilestoneRow, "number"):
        marks.setdefault(row.number, {})[Milestone(row.milestone)] = Mark(*map(_quarter, (row.first, row.planned, row.reached)))
    projects = [_project(row, panden, marks) for row in rows(ProgrammeProjectRow, "number")]
    targets = [_target(row) for row in rows(ProgrammeTargetRow)]
    evaluations = [
        Evaluation(row.number, Question(row.question), row.text, row.version, row.author, row.at.astimezone(UTC))
        for row in rows(ProgrammeEvaluationRow, "number", "question")
    ]
    return Plan(targets[0] if targets else None, tuple(projects), tuple(evaluations))


def _quarter(day: date | None) -> Quarter | None:
    return None if day is None else Quarter.of(day)


def _target(row: Row[Any]) -> Target:
    starts, early, late = (Quarter.of(getattr(row, name)) for name in _QUARTERS)
    texts = (row.tranche, row.gemeente, row.corporatie)
    return Target(row.name, row.low, row.high, starts, early, late, *texts, row.version, row.author, row.at.astimezone(UTC))


def _project(row: Row[Any], panden: Mapping[int, Sequence[str]], marks: Mapping[int, Mapping[Milestone, Mark]]) -> Project:
    found = marks.get(row.number, {})
    return Project(
        number=row.number,
        name=row.name,
        pand_ids=tuple(panden.get(row.number, ())),
        own=None if row.likely is None else Homes(row.low, row.likely, row.high),
        delivered=row.delivered,
        note=row.note,
        stopped=row.stopped,
        marks={one: found[one] for one in MILESTONES if one in found},
        version=row.version,
        author=row.author,
        at=row.at.astimezone(UTC),
    )
