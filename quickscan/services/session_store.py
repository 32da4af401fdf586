"""What live sessions need to be kept, as Protocols; per method whether it reads or writes, and who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from quickscan.domain.answers import Party
from quickscan.domain.sessions import Board, Line, Seat, Session, Tick, Timer, Vote


class CodeBook(Protocol):
    """The one question that comes without a workspace: where does a code lead?"""

    def find_code(self, code: str) -> str | None:
        """Return the workspace of a session, also of one that is over; None when there is none."""


class SessionStore(Protocol):
    """What is kept of sessions. Every write is one committed transaction that raises the session's version by one, or
    nothing at all; it raises NotFoundError when the session is not of this workspace, and SessionEndedError when it is
    over. What is marked "regisseur" is for who leads the session; the rest for everybody who takes part."""

    def open_session(self, workspace_id: str, session: Session, *, author: str, at: datetime) -> bool:
        """Write, regisseur. Keep a new session; False when its code is taken. Raises SessionOpenError when one is open."""

    def find_sessions(self, workspace_id: str) -> Sequence[Session]:
        """Read. Return the sessions of a workspace, the newest first."""

    def read_tick(self, workspace_id: str, code: str) -> Tick:
        """Read. Return the counter: one row by its key."""

    def read_board(self, workspace_id: str, code: str) -> Board:
        """Read. Return what all screens show, of the current stop. Votes only after the reveal."""

    def read_votes(self, workspace_id: str, code: str, pand_id: str) -> Sequence[Vote]:
        """Read, regisseur. Return all votes on a building, also before the reveal: only to make answers of them."""

    def read_seat(self, workspace_id: str, code: str, key: str) -> Seat:
        """Read. Return a seat; raises NotYourSeatError."""

    def read_own_votes(self, workspace_id: str, code: str, key: str, pand_id: str) -> Mapping[str, Vote]:
        """Read. Return what one seat voted on a building, by criterion."""

    def join(self, workspace_id: str, code: str, *, key: str, who: str, name: str, party: Party | None, at: datetime) -> Seat:
        """Write. Give somebody a seat, or the same seat again to the same `who`."""

    def beat(self, workspace_id: str, code: str, key: str, *, at: datetime, gone_before: datetime) -> None:
        """Write. Keep that a seat is alive, and that those not seen since `gone_before` are gone. The version rises only
        when somebody came back or went; a session that is over is left alone."""

    def leave(self, workspace_id: str, code: str, key: str) -> None:
        """Write. Keep that somebody went."""

    def save_vote(
        self,
        workspace_id: str,
        code: str,
        key: str,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        note: str,
        party: Party,
        author: str,
        at: datetime,
    ) -> Vote:
        """Write. Keep a vote, beside those of others; the same again changes nothing. Raises NotYourSeatError when the seat
        is not of that party, and AlreadyRevealedError."""

    def go_to(self, workspace_id: str, code: str, place: int) -> None:
        """Write, regisseur. Make another stop the current one, and stop the clock."""

    def change_timer(self, workspace_id: str, code: str, change: Callable[[Timer], Timer]) -> Timer:
        """Write, regisseur. Change the clock from what it is at that moment."""

    def touch(self, workspace_id: str, code: str) -> None:
        """Write, regisseur. Tell all screens to look again."""

    def add_remark(self, workspace_id: str, code: str, line: Line, *, form: str) -> Line:
        """Write. Keep a remark and return it with its number; a `form` counts once."""

    def add_decision(self, workspace_id: str, code: str, line: Line, *, form: str) -> Line:
        """Write, regisseur. Keep a decision and return it with its number; a `form` counts once."""

    def end(self, workspace_id: str, code: str, *, author: str, at: datetime) -> None:
        """Write, regisseur. Close the session for good; again changes nothing."""
