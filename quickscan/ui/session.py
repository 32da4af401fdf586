"""A live session in this tab: which one, from which seat, and looking again only when something moved.

`Room` is the session that a tab is in. A fragment calls `look` every POLL_S seconds: one row by its key, and a board that
is read once per version for all screens of this process. Whether the page itself has to be drawn again says the scene.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from quickscan.domain.access import AccessError
from quickscan.domain.errors import NotFoundError
from quickscan.domain.rules import Rules
from quickscan.domain.sessions import Board, NoSuchSessionError, NotYourSeatError, Seat, Tick, read_code
from quickscan.services.sessions import BEAT_EVERY_S, Sessions
from quickscan.ui import cache, errors, outcome, state
from quickscan.ui.frame import Desk

CODE, SEAT = "code", "plek"  # in the URL too, so that a reload comes back to the same seat
REPORT = "verslag"
POLL_S, WALL_POLL_S = 1.5, 1  # so that a change is everywhere within 2 s; the wall shows a clock that runs
_BEAT, _TOKEN = "_sessie_teken", "_sessie_formulier"


@dataclass(frozen=True)
class Room:
    """The session this tab is in. `seat` None is the regisseur's place."""

    sessions: Sessions
    workspace_id: str
    code: str
    author: str
    seat: Seat | None

    @cached_property
    def tick(self) -> Tick:
        """Return the counter as it was when this run of the page first looked; `look_again` looks anew."""
        return self.sessions.tick(self.workspace_id, self.code)

    def board(self) -> Board:
        """Return what all screens show in this run of the page."""
        return cache.session_board(self.workspace_id, self.code, self.tick.version)

    def wall(self, board: Board) -> str:
        """Return what moves on a large screen."""
        seconds = self.sessions.seconds_left(board.session.timer)
        return cache.session_wall(self.workspace_id, self.code, board.session.version, seconds)

    def is_over(self) -> bool:
        """Tell whether the session is closed."""
        with errors.shown():
            return self.tick.ended

    def rules(self, board: Board) -> Rules:
        """Return the rules of the session, whatever day this tab is on."""
        return cache.rules(board.session.day)


def find_room(desk: Desk) -> Room | None:
    """Return the session that this tab joined, or that is open in its workspace; None when there is none (yet)."""
    sessions, code, key = desk.services.sessions, read_code(state.recall(CODE) or ""), state.recall(SEAT)
    if code and key and desk.workspace is not None:
        with suppress(NotFoundError, NotYourSeatError):  # below it is told apart why
            return _sit_down(sessions, desk.workspace.id, code, key)
    if not code:
        if desk.workspace is None:
            return None
        found = next((each for each in sessions.list_sessions(desk.workspace.id) if each.ended_at is None), None)
        return Room(sessions, desk.workspace.id, found.code, desk.author, None) if found else None
    try:
        workspace_id = sessions.find_workspace(code)
        if desk.workspace is None or desk.workspace.id != workspace_id:
            desk.services.portfolios.get(workspace_id)  # raises for who has no place there
    except NoSuchSessionError as error:
        outcome.refuse(error)
        step_out()
        return find_room(desk)
    state.remember(state.WORKSPACE, workspace_id)
    if key is not None:
        try:
            return _sit_down(sessions, workspace_id, code, key)
        except NotYourSeatError:
            state.remember(SEAT, None)
    return Room(sessions, workspace_id, code, desk.author, None)


def _sit_down(sessions: Sessions, workspace_id: str, code: str, key: str) -> Room:
    seat = sessions.seat(workspace_id, code, key)
    return Room(sessions, workspace_id, code, seat.name, seat)


def look_again(room: Room, scene: int | None) -> Board:
    """Return the board as it is now and give a sign of life; draw the whole page again when the scene moved.

    With `scene` None the caller draws all that moves itself, and only the end of the session needs another page. So does
    losing one's place: what stands around the fragment may not stay on the screen.
    """
    with errors.shown(), _leaving_when_out():
        now = time.monotonic()
        if now - st.session_state.get(_BEAT, -BEAT_EVERY_S) >= BEAT_EVERY_S:
            st.session_state[_BEAT] = now
            room.sessions.beat(room.workspace_id, room.code, room.seat.key if room.seat else "")
        tick = room.sessions.tick(room.workspace_id, room.code)
        if tick.ended or (scene is not None and tick.scene != scene):
            st.rerun()
        return cache.session_board(room.workspace_id, room.code, tick.version)


@contextmanager
def _leaving_when_out() -> Iterator[None]:
    try:
        yield
    except (AccessError, NotFoundError):
        st.rerun()  # the page itself tells why


def token(name: str) -> str:
    """Return what makes a form count once, however often it is sent; see `renew`."""
    kept: str = st.session_state.setdefault(f"{_TOKEN}_{name}", secrets.token_urlsafe(12))
    return kept


def renew(name: str) -> None:
    """Start with an empty form."""
    st.session_state.pop(f"{_TOKEN}_{name}", None)


def step_out() -> None:
    """Forget the session in this tab."""
    for name in (CODE, SEAT):
        state.remember(name, None)


def leave(room: Room) -> None:
    """Give up the seat of this tab."""
    if room.seat is not None:
        outcome.attempt(lambda: room.sessions.leave(room.workspace_id, room.code, room.seat.key if room.seat else ""))
    step_out()
