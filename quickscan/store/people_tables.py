"""The tables of people as typed models: accounts, organisations, who is in which workspace, invitations and log-ins.

A person's number is never given twice and its row stays: everything somebody did refers to it. Erasing empties the row.
Of a log-in and an invitation only a fingerprint is kept, so that whoever reads the database cannot use them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quickscan.domain.access import Role
from quickscan.store.tables import Base, UtcDateTime

_UUID_LENGTH = 36
_SHA256_LENGTH = 64
_PARTIES = "party IN ('gemeente', 'corporatie')"
_ROLES = f"role IN ({', '.join(repr(str(role)) for role in Role)})"


class OrganisationRow(Base):
    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="UUID")
    name: Mapped[str] = mapped_column(String, unique=True, comment="naam voor mensen")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class PersonRow(Base):
    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(issuer IS NULL) = (erased_at IS NOT NULL)", name="erased"),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, comment="nummer van de deelnemer")
    issuer: Mapped[str | None] = mapped_column(String, comment="de inlogdienst; leeg: gewist")
    subject: Mapped[str | None] = mapped_column(String, comment="wie het is bij de inlogdienst; leeg: gewist")
    name: Mapped[str] = mapped_column(String, comment="naam voor mensen; leeg: gewist")
    email: Mapped[str] = mapped_column(String, comment="leeg: niet bekend of gewist")
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), comment="voor wie deze persoon werkt")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC")


class WorkspaceHomeRow(Base):
    """Of whom a workspace is; one without a row belongs to nobody: it was made on a laptop."""

    __tablename__ = "workspace_home"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))


class MembershipRow(Base):
    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(_ROLES, name="role"),
        CheckConstraint(_PARTIES, name="party"),
        Index(None, "person_id"),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String, comment="rol in deze werkruimte")
    party: Mapped[str | None] = mapped_column(String, comment="voor wie een beheerder of regisseur apart antwoordt")
    since: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class InvitationRow(Base):
    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("(workspace_id IS NULL) <> (organisation_id IS NULL)", name="one_place"),
        CheckConstraint("(workspace_id IS NULL) = (role IS NULL)", name="role_of_workspace"),
        CheckConstraint(_ROLES, name="role"),
        CheckConstraint(_PARTIES, name="party"),
        Index(None, "workspace_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    fingerprint: Mapped[str] = mapped_column(String(_SHA256_LENGTH), unique=True, comment="SHA-256 van het geheim in de link")
    role: Mapped[str | None] = mapped_column(String)
    party: Mapped[str | None] = mapped_column(String)
    author: Mapped[str] = mapped_column(String, comment="wie uitnodigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; een link werkt één keer")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; ingetrokken")


class LoginRow(Base):
    __tablename__ = "login_session"
    __table_args__ = (Index(None, "person_id"),)

    fingerprint: Mapped[str] = mapped_column(String(_SHA256_LENGTH), primary_key=True, comment="SHA-256 van de inlog")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC; op de minuut, niet op de klik")
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC; hoe dan ook")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; uitgelogd")
