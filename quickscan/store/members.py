"""Who is in a workspace, in SQL; and invitations for it. What each method promises is in `services.members.MemberStore`.

As everywhere, a write first locks its workspace: two beheerders that leave at the same moment do so one after the other,
and the second finds that it is the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from quickscan.domain.access import LastManagerError, Role, Seat
from quickscan.domain.answers import Party
from quickscan.domain.errors import NotFoundError
from quickscan.domain.people import Invitation, Member, make_key, name_former, read_key
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.people_tables import InvitationRow, MembershipRow, OrganisationRow, PersonRow, WorkspaceHomeRow
from quickscan.store.tables import WorkspaceRow
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import get_workspace, lock_workspace


class MemberTables:
    """Implements `MemberStore` on SQLite and PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_members(self, workspace_id: str) -> Sequence[Member]:
        columns = (PersonRow.id, PersonRow.name, PersonRow.email, MembershipRow.role, MembershipRow.party, MembershipRow.since)
        query = (
            select(*columns)
            .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
            .where(MembershipRow.workspace_id == workspace_id)
            .order_by(MembershipRow.since, PersonRow.id)
        )
        with reading(self.engine) as connection:
            get_workspace(connection, workspace_id)
            rows = connection.execute(query).all()
        return [Member(row[0], row[1] or name_former(row[0]), row[2], make_seat(row[3], row[4]), row[5]) for row in rows]

    def change_seat(self, workspace_id: str, number: int, seat: Seat, *, author: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            old = _get_seat(connection, workspace_id, number)
            if old == seat:
                return
            if seat.role is not Role.BEHEERDER:
                _require_another(connection, workspace_id, number)
            changed = {"role": str(seat.role), "party": seat.party and str(seat.party)}
            connection.execute(update(MembershipRow).where(*_this(workspace_id, number)).values(**changed))
            _log(connection, Deed.ROL, workspace_id, number, author=author, at=at, old=_words(old), new=_words(seat))

    def remove_member(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            old = _get_seat(connection, workspace_id, number)
            _require_another(connection, workspace_id, number)
            connection.execute(delete(MembershipRow).where(*_this(workspace_id, number)))
            _log(connection, Deed.LID_WEG, workspace_id, number, author=author, at=at, old=_words(old))

    def leave(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        self.remove_member(workspace_id, number, author=author, at=at)

    def read_invitations(self, workspace_id: str) -> Sequence[Invitation]:
        query = invitations().where(InvitationRow.workspace_id == workspace_id).order_by(InvitationRow.id.desc())
        with reading(self.engine) as connection:
            return [make_invitation(row) for row in connection.execute(query)]

    def invite(
        self, workspace_id: str, seat: Seat, *, fingerprint: str, expires_at: datetime, author: str, at: datetime
    ) -> Invitation:
        values = {"fingerprint": fingerprint, "role": str(seat.role), "party": seat.party and str(seat.party)}
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            made = insert(InvitationRow).values(workspace_id=workspace_id, **values, author=author, at=at, expires_at=expires_at)
            number = connection.execute(made.returning(InvitationRow.id)).scalar_one()
            until = expires_at.date().isoformat()
            log_change(
                connection, Deed.UITNODIGING, workspace_id, author=author, at=at, name=str(number), new=_words(seat), note=until
            )
            return make_invitation(connection.execute(invitations().where(InvitationRow.id == number)).one())

    def revoke_invitation(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            lock_workspace(connection, workspace_id)
            here = InvitationRow.id == number, InvitationRow.workspace_id == workspace_id
            row = connection.execute(invitations().where(*here)).one_or_none()
            if row is None:
                raise NotFoundError("Uitnodiging", str(number), advice="Kies een uitnodiging uit de lijst van deze werkruimte.")
            if row.used_at is None and row.revoked_at is None:
                connection.execute(update(InvitationRow).where(InvitationRow.id == number).values(revoked_at=at))
                log_change(
                    connection, Deed.UITNODIGING_WEG, workspace_id, author=author, at=at, name=str(number), old=str(row.role)
                )


def add_maker(connection: Connection, workspace_id: str, author: str, at: datetime) -> None:
    """Make who makes a workspace its first beheerder, and it a workspace of their organisation.

    Somebody on a laptop is nobody here, and needs no seat.
    """
    number = read_key(author)
    if number is None:
        return
    values = {"workspace_id": workspace_id, "person_id": number, "role": str(Role.BEHEERDER), "since": at}
    connection.execute(insert(MembershipRow).values(**values))
    organisation = connection.execute(select(PersonRow.organisation_id).where(PersonRow.id == number)).scalar_one()
    if organisation is not None:
        connection.execute(insert(WorkspaceHomeRow).values(workspace_id=workspace_id, organisation_id=organisation))
    _log(connection, Deed.LID, workspace_id, number, author=author, at=at, new=str(Role.BEHEERDER))


def add_member(connection: Connection, workspace_id: str, number: int, seat: Seat, *, author: str, at: datetime) -> None:
    """Give somebody a seat, on a connection that somebody else commits. Who has one already keeps it."""
    if connection.execute(select(MembershipRow.role).where(*_this(workspace_id, number))).one_or_none() is not None:
        return
    values = {"workspace_id": workspace_id, "person_id": number, "role": str(seat.role), "since": at}
    connection.execute(insert(MembershipRow).values(**values, party=seat.party and str(seat.party)))
    _log(connection, Deed.LID, workspace_id, number, author=author, at=at, new=_words(seat))


def make_seat(role: str, party: str | None) -> Seat:
    return Seat(Role(role), Party(party) if party else None)


def invitations() -> Any:
    """Select invitations with the name of where they lead to."""
    columns = [getattr(InvitationRow, name) for name in _INVITATION]
    place = func.coalesce(WorkspaceRow.name, OrganisationRow.name).label("place")
    joined = select(*columns, place).outerjoin(WorkspaceRow, WorkspaceRow.id == InvitationRow.workspace_id)
    return joined.outerjoin(OrganisationRow, OrganisationRow.id == InvitationRow.organisation_id)


def make_invitation(row: Row[Any]) -> Invitation:
    seat = make_seat(row.role, row.party) if row.role else None
    moments = (row.author, row.at, row.expires_at, row.used_at, row.revoked_at)
    return Invitation(row.id, row.place, row.workspace_id, row.organisation_id, seat, *moments)


_INVITATION = (
    "id",
    "workspace_id",
    "organisation_id",
    "role",
    "party",
    "author",
    "at",
    "expires_at",
    "used_at",
    "revoked_at",
)


def _this(workspace_id: str, number: int) -> tuple[Any, ...]:
    return (MembershipRow.workspace_id == workspace_id, MembershipRow.person_id == number)


def _get_seat(connection: Connection, workspace_id: str, number: int) -> Seat:
    row = connection.execute(select(MembershipRow.role, MembershipRow.party).where(*_this(workspace_id, number))).one_or_none()
    if row is None:
        raise NotFoundError("Lid", str(number), advice="Kies iemand uit de lijst van deze werkruimte.")
    return make_seat(row.role, row.party)


def _require_another(connection: Connection, workspace_id: str, number: int) -> None:
    """Raise LastManagerError when this is the only beheerder."""
    query = select(MembershipRow.person_id).where(
        MembershipRow.workspace_id == workspace_id, MembershipRow.role == str(Role.BEHEERDER)
    )
    if connection.execute(query).scalars().all() == [number]:
        raise LastManagerError


def _words(seat: Seat) -> str:
    return f"{seat.role}, ook voor {seat.party}" if seat.party else str(seat.role)


def _log(
    connection: Connection,
    what: Deed,
    workspace_id: str,
    number: int,
    *,
    author: str,
    at: datetime,
    old: str | None = None,
    new: str | None = None,
) -> None:
    log_change(connection, what, workspace_id, author=author, at=at, name=make_key(number), old=old, new=new)
