"""The tables of live sessions, as typed models; `quickscan.store.sessions` reads and writes them.

A session has stops (buildings), seats (people), votes (what a seat says) and lines (remarks and decisions); all of it goes
with its workspace.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.store.tables import Base, UtcDateTime, table_of

_CODE_LENGTH, _KEY_LENGTH = 12, 32


class LiveSessionRow(Base):
    __tablename__ = "live_session"
    __table_args__ = (Index(None, "workspace_id"), CheckConstraint("scene <= version", name="scene"))

    code: Mapped[str] = mapped_column(String(_CODE_LENGTH), primary_key=True, comment="waarmee iemand meedoet")
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String)
    day: Mapped[date] = mapped_column(Date, comment="peildatum van de normen")
    interventie: Mapped[str] = mapped_column(String)
    opened_by: Mapped[str] = mapped_column(String)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; leeg: open")
    version: Mapped[int] = mapped_column(comment="telt elke wijziging; hier kijken alle schermen naar")
    scene: Mapped[int] = mapped_column(comment="versie waarop het beeld voor iedereen wijzigde")
    place: Mapped[int] = mapped_column(comment="het gebouw waar het nu over gaat")
    timer_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; de klok loopt")
    timer_left_s: Mapped[int | None] = mapped_column(comment="seconden over; de klok staat stil")


class LiveStopRow(Base):
    __tablename__ = "live_stop"
    __table_args__ = (UniqueConstraint("code", "pand_id"), {"sqlite_with_rowid": False})

    code: Mapped[str] = mapped_column(ForeignKey("live_session.code", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="volgorde, vanaf 0")
    pand_id: Mapped[str] = mapped_column(String(PAND_ID_LENGTH))
    name: Mapped[str] = mapped_column(String, comment="naam van het gebouw bij het openen")
    questions: Mapped[str] = mapped_column(String, comment="JSON: criteria, in volgorde")


class LiveSeatRow(Base):
    __tablename__ = "live_seat"
    __table_args__ = (
        UniqueConstraint("code", "who"),
        CheckConstraint("party IN ('gemeente', 'corporatie')", name="party"),
        {"sqlite_with_rowid": False},
    )

    code: Mapped[str] = mapped_column(ForeignKey("live_session.code", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(_KEY_LENGTH), primary_key=True, comment="geheim van het scherm")
    who: Mapped[str] = mapped_column(String, comment="waaraan iemand wordt herkend die nog eens meedoet")
    name: Mapped[str] = mapped_column(String)
    party: Mapped[str | None] = mapped_column(String, comment="leeg: kijkt mee")
    here: Mapped[bool] = mapped_column(Boolean, comment="is er nu")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC; laatste teken van leven")


class LiveVoteRow(Base):
    __tablename__ = "live_vote"
    __table_args__ = (
        ForeignKeyConstraint(["code", "seat"], ["live_seat.code", "live_seat.key"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    code: Mapped[str] = mapped_column(String(_CODE_LENGTH), primary_key=True)
    pand_id: Mapped[str] = mapped_column(String(PAND_ID_LENGTH), primary_key=True)
    criterion: Mapped[str] = mapped_column(String, primary_key=True)
    seat: Mapped[str] = mapped_column(String(_KEY_LENGTH), primary_key=True, comment="key van de plek")
    choice: Mapped[str | None] = mapped_column(String, comment="leeg is een bewust 'weet ik niet'")
    note: Mapped[str] = mapped_column(String, comment="toelichting")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class LiveLineRow(Base):
    __tablename__ = "live_line"
    __table_args__ = (UniqueConstraint("code", "form"), {"sqlite_with_rowid": False})

    code: Mapped[str] = mapped_column(ForeignKey("live_session.code", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="volgnummer, vanaf 1")
    form: Mapped[str] = mapped_column(String, comment="van het formulier; twee keer verstuurd is één keer bewaard")
    kind: Mapped[str] = mapped_column(String, comment="opmerking of besluit")
    pand_id: Mapped[str | None] = mapped_column(String(PAND_ID_LENGTH), comment="leeg: over alles")
    course: Mapped[str | None] = mapped_column(String, comment="wat een besluit voor het gebouw betekent")
    text: Mapped[str] = mapped_column(String)
    owner: Mapped[str] = mapped_column(String, comment="wie het oppakt")
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


SESSIONS, STOPS, SEATS = table_of(LiveSessionRow), table_of(LiveStopRow), table_of(LiveSeatRow)
VOTES, LINES = table_of(LiveVoteRow), table_of(LiveLineRow)
