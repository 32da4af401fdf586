"""Who is in a workspace: read the list, change a seat, let somebody go, leave, and invite by link.

The secret of an invitation is in its link only; what is kept is its fingerprint. It works once, until its day, and can be
withdrawn. The rights are checked around the store (`quickscan.services.guard`), as for every other use case.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from quickscan.domain.access import Limits, Right, Role, Seat
from quickscan.domain.people import Invitation, Member
from quickscan.services.portfolios import Clock, utc_now

SECRET_BYTES = 32


class MemberStore(Protocol):
    """What is kept of who is in a workspace. Every write is one committed transaction with a line in the audit log.

    Reads: read_members, read_invitations. Writes: the others.
    """

    def read_members(self, workspace_id: str) -> Sequence[Member]:
        """Return everybody, who came first first; raises NotFoundError."""

    def change_seat(self, workspace_id: str, number: int, seat: Seat, *, author: str, at: datetime) -> None:
        """Give somebody another role; raises LastManagerError and NotFoundError."""

    def remove_member(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        """Take somebody's seat away; raises LastManagerError and NotFoundError."""

    def leave(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        """Take away one's own seat; raises LastManagerError and NotFoundError."""

    def read_invitations(self, workspace_id: str) -> Sequence[Invitation]:
        """Return every invitation, the newest first."""

    def invite(
        self, workspace_id: str, seat: Seat, *, fingerprint: str, expires_at: datetime, author: str, at: datetime
    ) -> Invitation:
        """Keep an invitation for whoever has the secret."""

    def revoke_invitation(self, workspace_id: str, number: int, *, author: str, at: datetime) -> None:
        """Make a link useless; one that was used stays used. Raises NotFoundError."""


@dataclass(frozen=True)
class Made:
    """A new invitation, with the secret that is told this once."""

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class Members:
    """Use cases around who is in a workspace."""

    store: MemberStore
    limits: Limits = field(default_factory=Limits)
    clock: Clock = utc_now

    def look(self, workspace_id: str, viewer: Seat) -> Sequence[Member]:
        """Return everybody; the e-mail addresses are only for who looks after the members."""
        members = self.store.read_members(workspace_id)
        if Right.MANAGE in viewer.rights:
            return members
        return [replace(member, email="") for member in members]

    def change(self, workspace_id: str, number: int, seat: Seat, *, author: str) -> None:
        """Give somebody another role; raises LastManagerError."""
        self.store.change_seat(workspace_id, number, tidy(seat), author=author, at=self.clock())

    def remove(self, workspace_id: str, number: int, *, author: str) -> None:
        """Take somebody's seat away at once; raises LastManagerError."""
        self.store.remove_member(workspace_id, number, author=author, at=self.clock())

    def leave(self, workspace_id: str, number: int, *, author: str) -> None:
        """Give up one's own seat; raises LastManagerError."""
        self.store.leave(workspace_id, number, author=author, at=self.clock())

    def invitations(self, workspace_id: str) -> Sequence[Invitation]:
        """Return the invitations that can still be used, the newest first."""
        now = self.clock()
        return [invitation for invitation in self.store.read_invitations(workspace_id) if invitation.is_open(now)]

    def invite(self, workspace_id: str, seat: Seat, *, author: str, days: int | None = None) -> Made:
        """Make a link for one person, who gets this seat."""
        secret, now = make_secret(), self.clock()
        longest = self.limits.invitation_days
        expires_at = now + timedelta(days=min(days or longest, longest))
        invitation = self.store.invite(
            workspace_id, tidy(seat), fingerprint=fingerprint_of(secret), expires_at=expires_at, author=author, at=now
        )
        return Made(invitation, secret)

    def revoke(self, workspace_id: str, number: int, *, author: str) -> None:
        """Make a link useless."""
        self.store.revoke_invitation(workspace_id, number, author=author, at=self.clock())


def tidy(seat: Seat) -> Seat:
    """Return a seat without a party that its role has already, or cannot have."""
    return seat if seat.role in (Role.BEHEERDER, Role.REGISSEUR) else Seat(seat.role)


def make_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def fingerprint_of(secret: str) -> str:
    """Return what is kept of a secret. It is long and drawn, so a quick hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
