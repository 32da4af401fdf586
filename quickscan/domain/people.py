"""People, and what is known of them: an account from the log-in service, a seat in a workspace, an invitation.

What somebody did is kept under a number ("deelnemer:7"), never under a name; the name stands in one place and can be
erased there. Whoever is erased is "voormalig deelnemer 7" from then on, everywhere and also in what was kept before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from quickscan.domain.access import Seat

LONGEST_NAME = 120
_KEY = re.compile(r"deelnemer:([1-9]\d*)")


def make_key(number: int) -> str:
    """Return under what a person's work is kept."""
    return f"deelnemer:{number}"


def read_key(author: object) -> int | None:
    """Return the number of the person, None for an author that is no account (a laptop's user, the tool itself)."""
    found = _KEY.fullmatch(author) if isinstance(author, str) else None
    return int(found[1]) if found else None


def name_former(number: int) -> str:
    """Return what an erased person is called."""
    return f"voormalig deelnemer {number}"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the log-in service says of somebody. Issuer and subject together never change; the rest may."""

    issuer: str
    subject: str
    name: str
    email: str  # "" when there is none, or the service says that it was not verified


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `organisation` is the id of the one they make workspaces for."""

    number: int
    name: str
    email: str
    subject: str
    organisation: str | None = None

    @property
    def key(self) -> str:
        return make_key(self.number)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a log-in gives now: who it is, and the seat in the workspace that was asked about (None: no member)."""

    person: Person
    seat: Seat | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a workspace."""

    number: int
    name: str
    email: str
    seat: Seat
    since: datetime


@dataclass(frozen=True, slots=True)
class Organisation:
    """A gemeente, a corporatie or another that workspaces belong to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes whoever uses it first a member, or somebody of an organisation. Its secret is not kept."""

    number: int
    place: str  # name of the workspace or the organisation
    workspace_id: str | None
    organisation_id: str | None
    seat: Seat | None  # None: of an organisation
    author: str
    at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the link can still be used."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at
