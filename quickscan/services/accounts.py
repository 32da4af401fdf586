"""People and their log-ins: who is this, may they still be here, and what did they do.

The log-in service says who somebody is; the browser keeps that for weeks. How long it counts here is decided here: each
log-in gets a session of ours, which ends by itself after a while without use, at the latest after some hours, and at
once when the person logs out, also everywhere. A log-in that is over stays over, whatever the browser still holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from quickscan.domain.access import Limits, MayNotMakeError, SessionEndedError
from quickscan.domain.people import LONGEST_NAME, Identity, Invitation, Organisation, Pass, Person
from quickscan.services.members import Made, fingerprint_of, make_secret
from quickscan.services.portfolios import Clock, utc_now

TOUCH_EVERY = timedelta(minutes=1)  # so that being there costs a write a minute, not one a click
EVERYBODY = "iedereen"


class PersonStore(Protocol):
    """What is kept of people, log-ins and organisations. None of it belongs to one workspace; `Accounts` and the guard
    are the only ones that ask.

    Reads: find_…, export_person. Writes: the others.
    """

    def find_pass(self, fingerprint: str, workspace_id: str | None, *, at: datetime, idle_since: datetime) -> Pass | None:
        """Return what a log-in gives in a workspace now; None when it is over or was never there."""

    def begin_session(self, identity: Identity, fingerprint: str, *, ends_at: datetime, at: datetime) -> None:
        """Remember a log-in and the person. One that is known already stays as it is."""

    def touch_session(self, fingerprint: str, *, at: datetime) -> None:
        """Tell that somebody is still there."""

    def end_session(self, fingerprint: str, *, at: datetime) -> None:
        """End one log-in, for good."""

    def end_sessions(self, number: int, *, at: datetime) -> None:
        """End every log-in of a person, for good."""

    def find_workspaces_of(self, number: int) -> Sequence[str]:
        """Return the ids of the workspaces that a person has a seat in."""

    def find_names(self, numbers: Collection[int]) -> Mapping[int, str]:
        """Return what people are called; who was erased is "voormalig deelnemer N"."""

    def find_people(self, wanted: str | None = None) -> Sequence[Person]:
        """Return everybody, or those with this e-mail address or number."""

    def export_person(self, number: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return everything that is kept of a person, as tables; raises NotFoundError."""

    def erase_person(self, number: int, *, author: str, at: datetime) -> None:
        """Forget who somebody was, and keep what they said. Raises LastManagerError and NotFoundError."""

    def find_organisations(self) -> Sequence[Organisation]:
        """Return all organisations by name."""

    def create_organisation(self, name: str, *, author: str, at: datetime) -> Organisation:
        """Make an organisation; one with this name is returned as it is."""

    def invite_to_organisation(
        self, organisation_id: str, *, fingerprint: str, expires_at: datetime, author: str, at: datetime
    ) -> Invitation:
        """Keep an invitation to become somebody of an organisation."""

    def find_invitation(self, fingerprint: str) -> Invitation | None:
        """Return an invitation, also one that cannot be used any more."""

    def accept_invitation(self, fingerprint: str, number: int, *, at: datetime) -> Invitation:
        """Use an invitation, once; raises InvitationError."""


@dataclass(frozen=True)
class Policy:
    """What this server decided: how long things last, who looks after it, and who may make workspaces."""

    limits: Limits = field(default_factory=Limits)
    first: frozenset[str] = frozenset()  # e-mail addresses or subjects, in lower case
    makers: str = ""  # EVERYBODY, or only who has an organisation

    def leads(self, person: Person) -> bool:
        """Whether somebody looks after the whole server: makes organisations and invites their people."""
        return bool({person.email.lower(), person.subject.lower()} & self.first - {""})

    def may_make(self, person: Person) -> bool:
        """Whether somebody may make workspaces."""
        return self.makers == EVERYBODY or person.organisation is not None or self.leads(person)


@dataclass(frozen=True)
class Accounts:
    """Use cases around people; they are the same for everybody, so each checks who asks."""

    store: PersonStore
    policy: Policy = field(default_factory=Policy)
    clock: Clock = utc_now

    def enter(self, claims: Mapping[str, Any]) -> Pass | None:
        """Return who is there, by what the log-in service said; None when that log-in is over.

        The first time a log-in is seen, its session begins.
        """
        fingerprint = fingerprint_of_login(claims)
        if not fingerprint:
            return None
        found = self.find(fingerprint)
        now = self.clock()
        if found is None:
            ends_at = min(now, _issued(claims)) + timedelta(hours=self.policy.limits.session_hours)
            if ends_at <= now:
                return None
            self.store.begin_session(_read(claims), fingerprint, ends_at=ends_at, at=now)
            return self.find(fingerprint)
        if now - found.seen_at >= TOUCH_EVERY:
            self.store.touch_session(fingerprint, at=now)
        return found

    def find(self, fingerprint: str, workspace_id: str | None = None) -> Pass | None:
        """Return what a log-in gives now; None when it is over."""
        now = self.clock()
        idle_since = now - timedelta(minutes=self.policy.limits.idle_minutes)
        return self.store.find_pass(fingerprint, workspace_id, at=now, idle_since=idle_since)

    def has_place(self, person: Person) -> bool:
        """Whether there is anything here for a person."""
        return self.policy.may_make(person) or bool(self.store.find_workspaces_of(person.number))

    def log_out(self, fingerprint: str) -> None:
        """End this log-in."""
        self.store.end_session(fingerprint, at=self.clock())

    def log_out_everywhere(self, person: Person) -> None:
        """End every log-in of a person."""
        self.store.end_sessions(person.number, at=self.clock())

    def look_at(self, secret: str) -> Invitation | None:
        """Return an invitation that can be used; None otherwise."""
        found = self.store.find_invitation(fingerprint_of(secret))
        return found if found is not None and found.is_open(self.clock()) else None

    def accept(self, secret: str, fingerprint: str) -> Invitation:
        """Use an invitation; raises InvitationError and SessionEndedError."""
        number = self._require(fingerprint).number
        return self.store.accept_invitation(fingerprint_of(secret), number, at=self.clock())

    def organisations(self, fingerprint: str) -> Sequence[Organisation]:
        """Return all organisations, for who looks after the server; raises MayNotMakeError."""
        self._require_lead(fingerprint)
        return self.store.find_organisations()

    def add_organisation(self, name: str, fingerprint: str) -> Organisation:
        """Make an organisation; raises MayNotMakeError."""
        person = self._require_lead(fingerprint)
        return self.store.create_organisation(name.strip()[:LONGEST_NAME], author=person.key, at=self.clock())

    def invite_to(self, organisation: Organisation, fingerprint: str) -> Made:
        """Make a link for one person, who may then make workspaces for an organisation; raises MayNotMakeError."""
        person, secret, now = self._require_lead(fingerprint), make_secret(), self.clock()
        made = self.store.invite_to_organisation(
            organisation.id,
            fingerprint=fingerprint_of(secret),
            expires_at=now + timedelta(days=self.policy.limits.invitation_days),
            author=person.key,
            at=now,
        )
        return Made(made, secret)

    def _require(self, fingerprint: str) -> Person:
        found = self.find(fingerprint)
        if found is None:
            raise SessionEndedError
        return found.person

    def _require_lead(self, fingerprint: str) -> Person:
        person = self._require(fingerprint)
        if not self.policy.leads(person):
            raise MayNotMakeError
        return person


def fingerprint_of_login(claims: Mapping[str, Any]) -> str:
    """Return the name of one log-in; "" when the log-in service did not say enough to tell it from another."""
    parts = [str(claims.get(name) or "") for name in ("iss", "sub", "iat", "nonce")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if all(parts) else ""


def _issued(claims: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(claims["iat"])), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC) + timedelta(days=1)


def _read(claims: Mapping[str, Any]) -> Identity:
    """Return who somebody is. An e-mail address that the service itself did not verify is nobody's."""
    verified = claims.get("email_verified", True) not in (False, "false")
    email = str(claims.get("email") or "").strip()[:LONGEST_NAME] if verified else ""
    name = str(claims.get("name") or claims.get("preferred_username") or email or "").strip()[:LONGEST_NAME]
    return Identity(str(claims["iss"]), str(claims["sub"]), name or "deelnemer zonder naam", email)
