"""Duos in SQL: who is ready with a building, its reveal, and on what the two stay apart.

A row in `duo_ready` says that a party is ready; a row in `duo_reveal` that the answers are open. `duo_dissent` keeps every
version of "we disagree": nothing in it is changed, and its key makes the second writer of a version see the first.
What each method promises stands in `services.duo.DuoStore`. Each change has its line in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Connection, Engine, Enum, ForeignKey, String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from quickscan.domain.answers import Party
from quickscan.domain.duo import Dissent, Mark, StaleDissentError, Stand
from quickscan.domain.errors import NotFoundError
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.tables import AnswerRow, Base, BuildingRow, UtcDateTime, table_of
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import lock_workspace

_NOBODY = "niemand"
READY, BOTH_READY = "klaar", "beide partijen waren klaar"  # words in the audit log
_PARTY = Enum(
    Party, native_enum=False, create_constraint=False, length=20, values_callable=lambda words: [str(word) for word in words]
)


class DuoReadyRow(Base):
    __tablename__ = "duo_ready"
    __table_args__ = (
        CheckConstraint("party IN ('gemeente', 'corporatie')", name="party"),  # together does not answer apart
        {"sqlite_with_rowid": False},
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    party: Mapped[Party] = mapped_column(_PARTY, primary_key=True, comment="wie klaar is")
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class DuoRevealRow(Base):
    __tablename__ = "duo_reveal"

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(String, comment="wie onthulde, of als laatste klaar was")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class DuoDissentRow(Base):
    __tablename__ = "duo_dissent"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        {"sqlite_with_rowid": False},
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String, primary_key=True, comment="id van het criterium, bijvoorbeeld bou.lift")
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="begint bij 1; de hoogste geldt")
    reason: Mapped[str] = mapped_column(String, comment="waarom de twee het oneens blijven")
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class DuoTables:
    """Implements `DuoStore` on SQLite and PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_stand(self, workspace_id: str, pand_id: str) -> Stand:
        with reading(self.engine) as connection:
            return _read(connection, _find_building(connection, workspace_id, pand_id))

    def read_revealed(self, workspace_id: str) -> frozenset[str]:
        query = (
            select(BuildingRow.pand_id)
            .join(DuoRevealRow, DuoRevealRow.building_id == BuildingRow.id)
            .where(BuildingRow.workspace_id == workspace_id)
        )
        with reading(self.engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def read_answered(self, workspace_id: str, pand_id: str) -> Mapping[Party, frozenset[str]]:
        with reading(self.engine) as connection:
            here = AnswerRow.building_id == _find_building(connection, workspace_id, pand_id)
            rows = connection.execute(select(AnswerRow.party, AnswerRow.criterion).where(here)).all()
        return {party: frozenset(name for whose, name in rows if whose is party) for party in Party}

    def set_ready(self, workspace_id: str, pand_id: str, party: Party, *, ready: bool, author: str, at: datetime) -> Stand:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = _find_building(connection, workspace_id, pand_id)
            stand = _read(connection, building_id)
            if stand.revealed or ready == (party in stand.ready):
                return stand
            table = table_of(DuoReadyRow)
            log_change(
                connection,
                Deed.KLAAR,
                workspace_id,
                author=author,
                at=at,
                pand_id=pand_id,
                party=party.value,
                old=None if ready else READY,
                new=READY if ready else None,
            )
            if not ready:
                connection.execute(delete(table).where(table.c.building_id == building_id, table.c.party == party))
            else:
                connection.execute(insert(table).values(building_id=building_id, party=party, author=author, at=at))
                if stand.waits_for == (party,):
                    _reveal(connection, building_id, author, at)
                    log_change(connection, Deed.ONTHULLEN, workspace_id, author=author, at=at, pand_id=pand_id, note=BOTH_READY)
            return _read(connection, building_id)

    def reveal(self, workspace_id: str, pand_id: str, *, author: str, at: datetime) -> Stand:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = _find_building(connection, workspace_id, pand_id)
            if _read(connection, building_id).revealed is None:
                _reveal(connection, building_id, author, at)
                log_change(connection, Deed.ONTHULLEN, workspace_id, author=author, at=at, pand_id=pand_id)
            return _read(connection, building_id)

    def save_dissent(
        self, workspace_id: str, pand_id: str, criterion: str, *, reason: str, author: str, at: datetime, expected_version: int
    ) -> Dissent:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            building_id = _find_building(connection, workspace_id, pand_id)
            stored = _read(connection, building_id).dissents.get(criterion)
            known = stored.version if stored else 0
            if stored is not None and (stored.reason, known) == (reason, expected_version + 1):
                return stored  # a request that was sent twice
            if known != expected_version:
                reached = (stored.reason, stored.author) if stored else ("", _NOBODY)
                raise StaleDissentError(criterion, stored=reached[0], author=reached[1])
            dissent = Dissent(criterion, reason, author, at.astimezone(UTC), known + 1)
            content = {"criterion": criterion, "version": dissent.version, "reason": reason, "author": author, "at": at}
            connection.execute(insert(table_of(DuoDissentRow)).values(building_id=building_id, **content))
            log_change(
                connection,
                Deed.ONEENS,
                workspace_id,
                author=author,
                at=at,
                pand_id=pand_id,
                name=criterion,
                old=stored.reason if stored else None,
                new=reason,
                detail={"version": dissent.version},
            )
            return dissent


def _find_building(connection: Connection, workspace_id: str, pand_id: str) -> int:
    here = (BuildingRow.workspace_id == workspace_id, BuildingRow.pand_id == pand_id)
    building_id: int | None = connection.execute(select(BuildingRow.id).where(*here)).scalar_one_or_none()
    if building_id is None:
        raise NotFoundError("Pand", pand_id, advice="Kies een pand uit de lijst van deze werkruimte.")
    return building_id


def _reveal(connection: Connection, building_id: int, author: str, at: datetime) -> None:
    connection.execute(insert(table_of(DuoRevealRow)).values(building_id=building_id, author=author, at=at))


def _read(connection: Connection, building_id: int) -> Stand:
    ready = select(DuoReadyRow.party, DuoReadyRow.author, DuoReadyRow.at).where(DuoReadyRow.building_id == building_id)
    reveal = select(DuoRevealRow.author, DuoRevealRow.at).where(DuoRevealRow.building_id == building_id)
    columns = (DuoDissentRow.criterion, DuoDissentRow.reason, DuoDissentRow.author, DuoDissentRow.at, DuoDissentRow.version)
    dissents = select(*columns).where(DuoDissentRow.building_id == building_id).order_by(DuoDissentRow.version)
    revealed = connection.execute(reveal).one_or_none()
    return Stand(
        ready={row.party: Mark(row.author, row.at) for row in connection.execute(ready)},
        revealed=None if revealed is None else Mark(revealed.author, revealed.at),
        dissents={row.criterion: Dissent(*row) for row in connection.execute(dissents)},  # a later version replaces
    )
