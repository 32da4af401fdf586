"""Accounts and log-ins in SQL. What each method promises stands in `services.accounts.PersonStore`."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from quickscan.domain.access import InvitationError, LastManagerError, Role
from quickscan.domain.errors import NotFoundError
from quickscan.domain.people import Identity, Invitation, Organisation, Pass, Person, make_key, name_former
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.members import add_member, invitations, make_invitation, make_seat
from quickscan.store.people_tables import (
    InvitationRow,
    LoginRow,
    MembershipRow,
    OrganisationRow,
    PersonRow,
)
from quickscan.store.tables import AnswerHistoryRow, AuditRow, SnapshotRow, WorkspaceRow, table_of
from quickscan.store.transactions import is_sqlite, reading, writing
from quickscan.store.workspaces import lock_workspace

_PERSON = (PersonRow.id, PersonRow.name, PersonRow.email, PersonRow.subject, PersonRow.organisation_id)
NOWHERE = ""  # the workspace of a line in the log that is about no workspace


class PersonTables:
    """Implements `PersonStore` on SQLite and PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # -- log-ins

    def find_pass(self, fingerprint: str, workspace_id: str | None, *, at: datetime, idle_since: datetime) -> Pass | None:
        given = {"b_login": fingerprint, "b_workspace": workspace_id, "b_at": at, "b_idle": idle_since}
        with reading(self.engine) as connection:
            row = connection.execute(_PASS, given).one_or_none()
        if row is None:
            return None
        seat = make_seat(row.role, row.party) if row.role else None
        return Pass(_make_person(row), seat, row.seen_at)

    def begin_session(self, identity: Identity, fingerprint: str, *, ends_at: datetime, at: datetime) -> None:
        with writing(self.engine) as connection:
            known = connection.execute(select(LoginRow.person_id).where(LoginRow.fingerprint == fingerprint)).one_or_none()
            if known is not None:
                return  # another window of the same log-in was first; or it is over, and stays so
            number = _remember(connection, identity, at)
            row = {"fingerprint": fingerprint, "person_id": number, "started_at": at, "seen_at": at, "ends_at": ends_at}
            _insert_unless(connection, table_of(LoginRow), row)
            connection.execute(delete(LoginRow).where(LoginRow.ends_at < at))  # those can never be used again

    def touch_session(self, fingerprint: str, *, at: datetime) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(LoginRow).where(LoginRow.fingerprint == fingerprint).values(seen_at=at))

    def end_session(self, fingerprint: str, *, at: datetime) -> None:
        self._end(LoginRow.fingerprint == fingerprint, at)

    def end_sessions(self, number: int, *, at: datetime) -> None:
        self._end(LoginRow.person_id == number, at)

    def _end(self, which: Any, at: datetime) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(LoginRow).where(which, LoginRow.ended_at.is_(None)).values(ended_at=at))

    # -- people

    def find_workspaces_of(self, number: int) -> Sequence[str]:
        query = select(MembershipRow.workspace_id).where(MembershipRow.person_id == number)
        with reading(self.engine) as connection:
            return connection.execute(query).scalars().all()

    def find_names(self, numbers: Collection[int]) -> Mapping[int, str]:
        query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(sorted(numbers)))
        with reading(self.engine) as connection:
            return {number: name or name_former(number) for number, name in connection.execute(query)}

    def find_people(self, wanted: str | None = None) -> Sequence[Person]:
        query = select(*_PERSON).where(PersonRow.erased_at.is_(None)).order_by(PersonRow.id)
        if wanted is not None:
            number = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
            query = query.where(or_(func.lower(PersonRow.email) == wanted.lower(), PersonRow.id == number))
        with reading(self.engine) as connection:
            return [_make_person(row) for row in connection.execute(query)]

    def export_person(self, number: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        key = make_key(number)
        history, log, settled = table_of(AnswerHistoryRow), table_of(AuditRow), table_of(SnapshotRow)
        parts: dict[str, Any] = {
            "account": select(*(column for column in table_of(PersonRow).c)).where(PersonRow.id == number),
            "inlogsessies": select(LoginRow.started_at, LoginRow.seen_at, LoginRow.ends_at, LoginRow.ended_at).where(
                LoginRow.person_id == number
            ),
            "werkruimten": select(
                WorkspaceRow.id, WorkspaceRow.name, MembershipRow.role, MembershipRow.party, MembershipRow.since
            )
            .join(MembershipRow, MembershipRow.workspace_id == WorkspaceRow.id)
            .where(MembershipRow.person_id == number),
            "uitnodigingen": invitations().where(InvitationRow.author == key),
            "antwoorden": select(*history.c).where(history.c.author == key),
            "vastgesteld": select(*(column for column in settled.c if column.name != "content")).where(settled.c.author == key),
            "logboek": select(*(column for column in log.c if column.name != "content")).where(
                or_(log.c.author == key, log.c.name == key)
            ),
        }
        with reading(self.engine) as connection:
            _get_person(connection, number)
            return {name: [dict(row) for row in connection.execute(query).mappings()] for name, query in parts.items()}

    def erase_person(self, number: int, *, author: str, at: datetime) -> None:
        mine = select(MembershipRow.workspace_id).where(MembershipRow.person_id == number)
        nothing = {"issuer": None, "subject": None, "name": "", "email": "", "organisation_id": None, "erased_at": at}
        with writing(self.engine) as connection:
            _get_person(connection, number)
            for workspace_id in sorted(connection.execute(mine).scalars()):
                lock_workspace(connection, workspace_id)
                _require_another_manager(connection, workspace_id, number)
                log_change(connection, Deed.LID_WEG, workspace_id, author=author, at=at, name=make_key(number), note="gewist")
            connection.execute(delete(MembershipRow).where(MembershipRow.person_id == number))
            over = update(LoginRow).where(LoginRow.person_id == number, LoginRow.ended_at.is_(None))
            connection.execute(over.values(ended_at=at))  # the rows stay a while, so that no window begins anew
            connection.execute(update(PersonRow).where(PersonRow.id == number).values(**nothing))
            log_change(connection, Deed.GEWIST, NOWHERE, author=author, at=at, name=make_key(number))

    # -- organisations and invitations

    def find_organisations(self) -> Sequence[Organisation]:
        query = select(OrganisationRow.id, OrganisationRow.name).order_by(OrganisationRow.name)
        with reading(self.engine) as connection:
            return [Organisation(*row) for row in connection.execute(query)]

    def create_organisation(self, name: str, *, author: str, at: datetime) -> Organisation:
        made = Organisation(str(uuid.uuid4()), name)
        with writing(self.engine) as connection:
            row = {"id": made.id, "name": name, "created_at": at}
            if not _insert_unless(connection, table_of(OrganisationRow), row):
                found = connection.execute(select(OrganisationRow.id).where(OrganisationRow.name == name)).scalar_one()
                return Organisation(found, name)
            log_change(connection, Deed.ORGANISATIE, NOWHERE, author=author, at=at, new=name)
        return made

    def invite_to_organisation(
        self, organisation_id: str, *, fingerprint: str, expires_at: datetime, author: str, at: datetime
    ) -> Invitation:
        values = {"fingerprint": fingerprint, "author": author, "at": at, "expires_at": expires_at}
        with writing(self.engine) as connection:
            made = insert(InvitationRow).values(organisation_id=organisation_id, **values).returning(InvitationRow.id)
            number = connection.execute(made).scalar_one()
            row = connection.execute(invitations().where(InvitationRow.id == number)).one()
            log_change(connection, Deed.UITNODIGING, NOWHERE, author=author, at=at, name=str(number), new=row.place)
            return make_invitation(row)

    def find_invitation(self, fingerprint: str) -> Invitation | None:
        with reading(self.engine) as connection:
            row = connection.execute(invitations().where(InvitationRow.fingerprint == fingerprint)).one_or_none()
        return None if row is None else make_invitation(row)

    def accept_invitation(self, fingerprint: str, number: int, *, at: datetime) -> Invitation:
        with writing(self.engine) as connection:
            row = connection.execute(invitations().where(InvitationRow.fingerprint == fingerprint)).one_or_none()
            if row is None:
                raise InvitationError
            if row.workspace_id is not None:
                lock_workspace(connection, row.workspace_id)
            used = (
                update(InvitationRow)
                .where(InvitationRow.id == row.id, InvitationRow.used_at.is_(None), InvitationRow.revoked_at.is_(None))
                .where(InvitationRow.expires_at > at)
                .values(used_at=at)
            )
            if connection.execute(used).rowcount != 1:  # of two at the same moment, one
                raise InvitationError
            invitation, key = make_invitation(row), make_key(number)
            if invitation.seat is not None and invitation.workspace_id is not None:
                add_member(connection, invitation.workspace_id, number, invitation.seat, author=key, at=at)
            else:
                joined = update(PersonRow).where(PersonRow.id == number).values(organisation_id=invitation.organisation_id)
                connection.execute(joined)
                log_change(connection, Deed.LID, NOWHERE, author=key, at=at, name=key, new=invitation.place)
            return invitation


def _make_person(row: Any) -> Person:
    return Person(row.id, row.name, row.email, row.subject or "", row.organisation_id)


def _remember(connection: Connection, identity: Identity, at: datetime) -> int:
    """Return the number of somebody, who is new or is called otherwise now."""
    who = {"issuer": identity.issuer, "subject": identity.subject}
    told = {"name": identity.name, "email": identity.email}
    _insert_unless(connection, table_of(PersonRow), {**who, **told, "created_at": at})
    here = PersonRow.issuer == identity.issuer, PersonRow.subject == identity.subject
    connection.execute(update(PersonRow).where(*here).values(**told))
    number: int = connection.execute(select(PersonRow.id).where(*here)).scalar_one()
    return number


def _insert_unless(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there, also when somebody else inserts it at the same moment."""
    make = sqlite.insert if is_sqlite(connection.engine) else postgresql.insert
    return connection.execute(make(table).values(**row).on_conflict_do_nothing()).rowcount == 1


def _get_person(connection: Connection, number: int) -> None:
    here = select(PersonRow.id).where(PersonRow.id == number, PersonRow.erased_at.is_(None)).with_for_update()
    if connection.execute(here).one_or_none() is None:
        raise NotFoundError("Persoon", str(number), advice="Zoek de persoon op met 'python -m quickscan person list'.")


def _require_another_manager(connection: Connection, workspace_id: str, number: int) -> None:
    """Raise LastManagerError when others would be left in a workspace without a beheerder."""
    query = select(MembershipRow.person_id, MembershipRow.role).where(MembershipRow.workspace_id == workspace_id)
    others = [role for person, role in connection.execute(query) if person != number]
    if others and str(Role.BEHEERDER) not in others:
        raise LastManagerError


_PASS = (
    select(*_PERSON, MembershipRow.role, MembershipRow.party, LoginRow.seen_at)
    .join(LoginRow, LoginRow.person_id == PersonRow.id)
    .outerjoin(
        MembershipRow,
        (MembershipRow.person_id == PersonRow.id) & (MembershipRow.workspace_id == bindparam("b_workspace")),
    )
    .where(
        LoginRow.fingerprint == bindparam("b_login"),
        LoginRow.ended_at.is_(None),
        LoginRow.ends_at > bindparam("b_at"),
        LoginRow.seen_at > bindparam("b_idle"),
    )
)
