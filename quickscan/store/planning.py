"""Plans in SQL: per building its settings, and per action every version of what people said about it; the highest counts.

Nothing in `plan_action` is changed: its key makes the second writer of a version see the first. What each method
promises stands in `services.planning.PlanStore`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Date, Engine, Enum, ForeignKey, Row, String, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from quickscan.domain.actions import SavedAction, StaleActionError, Status
from quickscan.domain.errors import NotFoundError
from quickscan.domain.schedule.settings import PlanSettings, StalePlanningError, settings_as_tables, settings_from_tables
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.tables import Base, BuildingRow, UtcDateTime, table_of
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import get_workspace, lock_workspace

_STATUS = Enum(
    Status, native_enum=False, create_constraint=False, length=20, values_callable=lambda words: [str(word) for word in words]
)
_NOBODY = "iemand"


class PlanSettingsRow(Base):
    __tablename__ = "plan_settings"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    start_date: Mapped[date | None] = mapped_column(Date, comment="dag waarop stap 1 begint")
    wish_date: Mapped[date | None] = mapped_column(Date, comment="dag waarop de eerste huurder er moet wonen")
    content: Mapped[str] = mapped_column(String, comment="JSON: lessen, seizoenen, participatie, taken en doorstroming")
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")
    author: Mapped[str] = mapped_column(String, comment="wie het laatst wijzigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class PlanActionRow(Base):
    __tablename__ = "plan_action"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("step BETWEEN 1 AND 8", name="step"),
        CheckConstraint("status IN ('te doen', 'bezig', 'klaar', 'niet nodig')", name="status"),
        {"sqlite_with_rowid": False},
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String, primary_key=True, comment="id van de actie in de normenset, of eigen_1, eigen_2, …")
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="begint bij 1; de hoogste geldt")
    status: Mapped[Status] = mapped_column(_STATUS, comment="hoe ver het is")
    owner: Mapped[str] = mapped_column(String, comment="rol of persoon; leeg: de partijen uit de normenset")
    due: Mapped[date | None] = mapped_column(Date, comment="afgesproken dag; leeg: volgt uit de planning")
    note: Mapped[str] = mapped_column(String)
    title: Mapped[str] = mapped_column(String, comment="alleen van een eigen actie")
    step: Mapped[int] = mapped_column(comment="stap van de handreiking, 1 tot en met 8")
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


_SETTINGS, _ACTION, _BUILDING = table_of(PlanSettingsRow), table_of(PlanActionRow), table_of(BuildingRow)
_SAID = ("status", "owner", "due", "note", "title", "step")


class PlanTables:
    """Implements `PlanStore` on SQLite and PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_stamp(self, workspace_id: str) -> tuple[int, int]:
        here = _BUILDING.c.workspace_id == workspace_id
        settings = select(func.coalesce(func.sum(_SETTINGS.c.version), 0)).join(_BUILDING).where(here)
        actions = select(func.count()).select_from(_ACTION.join(_BUILDING)).where(here)
        with reading(self.engine) as connection:
            return int(connection.execute(settings).scalar_one()), int(connection.execute(actions).scalar_one())

    def read_settings(self, workspace_id: str) -> Mapping[str, PlanSettings]:
        query = select(_BUILDING.c.pand_id, _SETTINGS).join(_BUILDING).where(_BUILDING.c.workspace_id == workspace_id)
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            return {row.pand_id: _make_settings(row) for row in connection.execute(query.order_by(_BUILDING.c.position))}

    def read_actions(self, workspace_id: str, pand_id: str | None = None) -> Sequence[SavedAction]:
        newest = select(_ACTION.c.building_id, _ACTION.c.code, func.max(_ACTION.c.version).label("version"))
        newest = newest.group_by(_ACTION.c.building_id, _ACTION.c.code)
        last = newest.subquery()
        query = (
            select(_BUILDING.c.pand_id, _ACTION)
            .join(_BUILDING)
            .join(
                last,
                (last.c.building_id == _ACTION.c.building_id)
                & (last.c.code == _ACTION.c.code)
                & (last.c.version == _ACTION.c.version),
            )
            .where(_BUILDING.c.workspace_id == workspace_id)
        )
        if pand_id is not None:
            query = query.where(_BUILDING.c.pand_id == pand_id)
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            rows = connection.execute(query.order_by(_BUILDING.c.position, _ACTION.c.code)).all()
        return [_make_action(row) for row in rows]

    def read_history(self, workspace_id: str, pand_id: str, code: str) -> Sequence[SavedAction]:
        with reading(self.engine) as connection:
            building_id = find_building(connection, workspace_id, pand_id)
            query = select(_ACTION).where(_ACTION.c.building_id == building_id, _ACTION.c.code == code)
            rows = connection.execute(query.order_by(_ACTION.c.version.desc())).all()
        return [_make_action(row, pand_id) for row in rows]

    def write_settings(
        self, workspace_id: str, pand_id: str, settings: PlanSettings, *, author: str, at: datetime
    ) -> PlanSettings:
        content = json.dumps(settings_as_tables(settings), ensure_ascii=False, sort_keys=True)
        given = {"start_date": settings.start, "wish_date": settings.wish, "content": content}
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = find_building(connection, workspace_id, pand_id)
            this = select(_SETTINGS).where(_SETTINGS.c.building_id == building_id)
            stored = connection.execute(this).one_or_none()
            if stored is not None and all(getattr(stored, name) == value for name, value in given.items()):
                return _make_settings(stored)  # sent twice
            if (stored.version if stored else 0) != settings.version:
                raise StalePlanningError(author=stored.author if stored else _NOBODY)
            row = given | {"version": settings.version + 1, "author": author, "at": at}
            if stored is None:
                connection.execute(insert(_SETTINGS).values(building_id=building_id, **row))
            else:
                connection.execute(update(_SETTINGS).where(_SETTINGS.c.building_id == building_id).values(**row))
            told = {"version": settings.version + 1}
            old = None if stored is None else _tell(stored.start_date, stored.wish_date, stored.content)
            new = _tell(settings.start, settings.wish, content)
            log_change(
                connection, Deed.PLANNING, workspace_id, author=author, at=at, pand_id=pand_id, old=old, new=new, detail=told
            )
            return _make_settings(connection.execute(this).one())

    def write_action(self, workspace_id: str, action: SavedAction, *, author: str, at: datetime) -> SavedAction:
        given = {name: getattr(action, name) for name in _SAID}
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = find_building(connection, workspace_id, action.pand_id)
            this = select(_ACTION).where(_ACTION.c.building_id == building_id, _ACTION.c.code == action.code)
            stored = connection.execute(this.order_by(_ACTION.c.version.desc()).limit(1)).one_or_none()
            if stored is not None and all(getattr(stored, name) == value for name, value in given.items()):
                return _make_action(stored, action.pand_id)  # sent twice
            if (stored.version if stored else 0) != action.version:
                who = (stored.author, str(stored.status)) if stored else (_NOBODY, "onbekend")
                raise StaleActionError(action.title or action.code, author=who[0], status=who[1])
            key = {"building_id": building_id, "code": action.code, "version": action.version + 1}
            connection.execute(insert(_ACTION).values(**key, **given, author=author, at=at))
            log_change(
                connection,
                Deed.ACTIE,
                workspace_id,
                author=author,
                at=at,
                pand_id=action.pand_id,
                name=action.code,
                old=None if stored is None else str(stored.status),
                new=str(action.status),
                note=action.note,
                detail={name: given[name] for name in ("owner", "due", "title", "step")} | {"version": action.version + 1},
            )
            return _make_action(connection.execute(this.order_by(_ACTION.c.version.desc()).limit(1)).one(), action.pand_id)


def find_building(connection: Connection, workspace_id: str, pand_id: str) -> int:
    """Return the row number of a building; raises NotFoundError."""
    query = select(_BUILDING.c.id).where(_BUILDING.c.workspace_id == workspace_id, _BUILDING.c.pand_id == pand_id)
    building_id: int | None = connection.execute(query).scalar_one_or_none()
    if building_id is None:
        raise NotFoundError("Pand", pand_id, advice="Kies een pand uit de lijst van deze werkruimte.")
    return building_id


def _tell(start: date | None, wish: date | None, content: str) -> str:
    dates = {"start": start.isoformat() if start else None, "wens": wish.isoformat() if wish else None}
    return json.dumps(dates | json.loads(content), ensure_ascii=False, sort_keys=True)


def _make_settings(row: Row[Any]) -> PlanSettings:
    found = settings_from_tables(json.loads(row.content), start=row.start_date, wish=row.wish_date)
    return found.with_changes(version=row.version, author=row.author, at=row.at.astimezone(UTC))


def _make_action(row: Row[Any], pand_id: str | None = None) -> SavedAction:
    return SavedAction(
        pand_id=pand_id or row.pand_id,
        code=row.code,
        version=row.version,
        author=row.author,
        at=row.at.astimezone(UTC),
        **{name: getattr(row, name) for name in _SAID},
    )
