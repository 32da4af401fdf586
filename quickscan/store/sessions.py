"""Live sessions in SQL: one row a session with its one counter, and its stops, seats, votes and lines beside it.

Every write locks the row of the session first, so the counter counts every change and two writers never pass each other.
What is read again and again is that row alone, by its key. What each method promises stands in `services.sessions`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    func,
    insert,
    select,
    update,
)

from quickscan.domain.answers import Party
from quickscan.domain.duo import AlreadyRevealedError, Mark
from quickscan.domain.errors import NotFoundError
from quickscan.domain.sessions import (
    Board,
    Course,
    Guest,
    Line,
    LineKind,
    NotYourSeatError,
    Seat,
    Session,
    SessionEndedError,
    SessionOpenError,
    Stop,
    Tick,
    Timer,
    Vote,
)
from quickscan.domain.terms import Interventie
from quickscan.services.ports import Deed
from quickscan.store.audit import log_change
from quickscan.store.session_queries import (
    ANSWERED,
    BEFORE_VOTE,
    CHANGE_VOTE,
    DONE,
    INSERT_VOTE,
    LINES_OF_SESSION,
    LOCKED,
    OF_WORKSPACE,
    OWN_VOTES,
    REVEAL,
    SEAT_BY_WHO,
    SEATS_OF_SESSION,
    SESSION,
    STOPS_OF_SESSION,
    TICK,
    VOTES_OF_STOP,
)
from quickscan.store.session_tables import LINES, SEATS, SESSIONS, STOPS
from quickscan.store.transactions import reading, writing
from quickscan.store.workspaces import lock_workspace

SHARED_S = 0.25  # of the 2 s in which a change has to be everywhere
MOST_LOOKS = 64  # sessions that are looked at together; more means that some are over
_DEEDS = {LineKind.OPMERKING: Deed.OPMERKING, LineKind.BESLUIT: Deed.BESLUIT}


class SessionTables:
    """Implements `SessionStore` and `CodeBook` on SQLite and PostgreSQL. Safe to share between threads.

    With `share_s` all screens of this process share one look at the counter for so many seconds. What moves the scene, or is
    written by who leads, is seen at once by the process that wrote it.
    """

    def __init__(self, engine: Engine, *, share_s: float = 0.0) -> None:
        self.engine, self._share_s = engine, share_s
        self._looks: dict[tuple[str, str], tuple[float, Tick]] = {}
        self._writes = 0  # a look that began before the last of these is not shared

    def find_code(self, code: str) -> str | None:
        with reading(self.engine) as connection:
            found: str | None = connection.execute(
                select(SESSIONS.c.workspace_id).where(SESSIONS.c.code == code)
            ).scalar_one_or_none()
            return found

    def open_session(self, workspace_id: str, session: Session, *, author: str, at: datetime) -> bool:
        with self._showing() as connection:
            lock_workspace(connection, workspace_id)
            still = connection.execute(OF_WORKSPACE.where(SESSIONS.c.ended_at.is_(None)), {"b_workspace": workspace_id}).first()
            if still is not None:
                raise SessionOpenError(still.code, still.title)
            if connection.execute(select(SESSIONS.c.code).where(SESSIONS.c.code == session.code)).first() is not None:
                return False
            row = {name: getattr(session, name) for name in ("code", "title", "day", "interventie", "place", "version", "scene")}
            row |= {"workspace_id": workspace_id, "opened_by": author, "opened_at": at, "interventie": str(session.interventie)}
            connection.execute(insert(SESSIONS), row)
            stops = [
                {
                    "code": session.code,
                    "place": place,
                    "pand_id": stop.pand_id,
                    "name": stop.name,
                    "questions": json.dumps(stop.questions),
                }
                for place, stop in enumerate(session.stops)
            ]
            connection.execute(insert(STOPS), stops)
            log_change(connection, Deed.SESSIE, workspace_id, author=author, at=at, name=session.code, new="open")
            return True

    def find_sessions(self, workspace_id: str) -> Sequence[Session]:
        with reading(self.engine) as connection:
            rows = connection.execute(OF_WORKSPACE.order_by(SESSIONS.c.opened_at.desc()), {"b_workspace": workspace_id}).all()
            return [_make_session(row, _read_stops(connection, row.code)) for row in rows]

    def read_tick(self, workspace_id: str, code: str) -> Tick:
        place, now, writes = (workspace_id, code), monotonic(), self._writes
        seen, tick = self._looks.get(place, (-inf, None))
        if tick is not None and now - seen < self._share_s:
            return tick
        with reading(self.engine) as connection:
            row = connection.execute(TICK, {"b_code": code, "b_workspace": workspace_id}).one_or_none()
        if row is None:
            raise _no_session(code)
        tick = Tick(row.version, row.scene, row.ended_at is not None)
        if self._share_s and writes == self._writes:
            self._looks = {**(self._looks if len(self._looks) < MOST_LOOKS else {}), place: (now, tick)}
        return tick

    @contextmanager
    def _showing(self) -> Iterator[Connection]:
        """Write, and let the next look at the counter be a fresh one. Votes and signs of life do without: they come by the
        dozen, and wait for the next look like everybody else's."""
        with writing(self.engine) as connection:
            yield connection
        self._writes += 1
        self._looks = {}

    def read_board(self, workspace_id: str, code: str) -> Board:
        with reading(self.engine) as connection:
            row = connection.execute(SESSION, {"b_code": code, "b_workspace": workspace_id}).one_or_none()
            if row is None:
                raise _no_session(code)
            session = _make_session(row, _read_stops(connection, code))
            here = {"b_code": code, "b_pand": session.current.pand_id}
            seats = connection.execute(SEATS_OF_SESSION, {"b_code": code}).all()
            revealed = _read_reveal(connection, workspace_id, session.current.pand_id)
            asked = {**here, "b_asked": session.current.questions, "b_whole": len(session.current.questions)}
            answered = {row[0]: row[1] for row in connection.execute(ANSWERED, asked)}
            done = connection.execute(DONE, asked).scalar_one()
            votes = tuple(Vote(*each) for each in connection.execute(VOTES_OF_STOP, here)) if revealed else ()
            lines = connection.execute(LINES_OF_SESSION, {"b_code": code})
            return Board(
                session,
                tuple(Guest(seat.name, _party(seat.party), seat.here) for seat in seats),
                answered,
                done,
                revealed,
                tuple(_party_of(vote) for vote in votes),
                tuple(_make_line(line) for line in lines),
            )

    def read_votes(self, workspace_id: str, code: str, pand_id: str) -> Sequence[Vote]:
        with reading(self.engine) as connection:
            _require_session(connection, workspace_id, code)
            rows = connection.execute(VOTES_OF_STOP, {"b_code": code, "b_pand": pand_id})
            return [_party_of(Vote(*row)) for row in rows]

    def read_seat(self, workspace_id: str, code: str, key: str) -> Seat:
        with reading(self.engine) as connection:
            _require_session(connection, workspace_id, code)
            return _find_seat(connection, code, key)

    def read_own_votes(self, workspace_id: str, code: str, key: str, pand_id: str) -> Mapping[str, Vote]:
        with reading(self.engine) as connection:
            rows = connection.execute(OWN_VOTES, {"b_code": code, "b_workspace": workspace_id, "b_pand": pand_id, "b_key": key})
            return {row.criterion: _party_of(Vote(*row)) for row in rows}

    def join(self, workspace_id: str, code: str, *, key: str, who: str, name: str, party: Party | None, at: datetime) -> Seat:
        with self._showing() as connection:
            _lock(connection, workspace_id, code)
            known = connection.execute(SEAT_BY_WHO, {"b_code": code, "b_who": who}).one_or_none()
            if known is None:
                seat = {"code": code, "key": key, "who": who, "name": name, "party": _text(party), "here": True}
                connection.execute(insert(SEATS), seat | {"joined_at": at, "seen_at": at})
                _raise_version(connection, code)
                return Seat(key, name, party, here=True, joined_at=at)
            changed = not known.here or _party(known.party) is not party
            mine = and_(SEATS.c.code == code, SEATS.c.key == known.key)
            connection.execute(update(SEATS).where(mine).values(seen_at=at, here=True, party=_text(party)))
            if changed:
                _raise_version(connection, code)
            return Seat(known.key, known.name, party, here=True, joined_at=known.joined_at)

    def beat(self, workspace_id: str, code: str, key: str, *, at: datetime, gone_before: datetime) -> None:
        with writing(self.engine) as connection:
            if _lock(connection, workspace_id, code, may_be_over=True).ended_at is not None:
                return
            mine = and_(SEATS.c.code == code, SEATS.c.key == key)
            back = connection.execute(select(SEATS.c.here).where(mine)).scalar_one_or_none() is False
            connection.execute(update(SEATS).where(mine).values(seen_at=at, here=True))
            away = and_(SEATS.c.code == code, SEATS.c.here.is_(True), SEATS.c.seen_at < gone_before)
            gone = connection.execute(update(SEATS).where(away).values(here=False)).rowcount
            if back or gone:
                _raise_version(connection, code)

    def leave(self, workspace_id: str, code: str, key: str) -> None:
        with self._showing() as connection:
            _lock(connection, workspace_id, code, may_be_over=True)
            mine = and_(SEATS.c.code == code, SEATS.c.key == key, SEATS.c.here.is_(True))
            if connection.execute(update(SEATS).where(mine).values(here=False)).rowcount:
                _raise_version(connection, code)

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
        with writing(self.engine) as connection:
            _lock(connection, workspace_id, code)
            place = {"b_code": code, "b_key": key, "b_pand": pand_id, "b_criterion": criterion, "b_workspace": workspace_id}
            found = connection.execute(BEFORE_VOTE, place).one_or_none()
            if found is None or found.party != party or not found.stop:
                raise NotYourSeatError
            if found.revealed is not None:
                raise AlreadyRevealedError
            vote = Vote(found.name, party, criterion, choice, note, at)
            if found.voted is not None:
                if (found.choice, found.note) == (choice, note):
                    return replace(vote, at=found.voted)  # a click that was sent twice
                connection.execute(CHANGE_VOTE, place | {"choice": choice, "note": note, "at": at})
            else:
                row = {"code": code, "pand_id": pand_id, "criterion": criterion, "seat": key}
                connection.execute(INSERT_VOTE, row | {"choice": choice, "note": note, "at": at})
            _raise_version(connection, code)
            log_change(
                connection,
                Deed.STEM,
                workspace_id,
                author=author,
                at=at,
                pand_id=pand_id,
                name=criterion,
                party=str(party),
                old=found.choice,
                new=choice,
                note=note,
                detail={"sessie": code},
            )
            return vote

    def go_to(self, workspace_id: str, code: str, place: int) -> None:
        with self._showing() as connection:
            row = _lock(connection, workspace_id, code)
            stops = connection.execute(select(func.count()).select_from(STOPS).where(STOPS.c.code == code)).scalar_one()
            if 0 <= place < stops and place != row.place:
                _raise_version(connection, code, scene=True, place=place, timer_ends_at=None, timer_left_s=None)

    def change_timer(self, workspace_id: str, code: str, change: Callable[[Timer], Timer]) -> Timer:
        with self._showing() as connection:
            row = _lock(connection, workspace_id, code)
            before = Timer(row.timer_ends_at, row.timer_left_s)
            after = change(before)
            if after != before:
                _raise_version(connection, code, timer_ends_at=after.ends_at, timer_left_s=after.left_s)
            return after

    def touch(self, workspace_id: str, code: str) -> None:
        with self._showing() as connection:
            _lock(connection, workspace_id, code)
            _raise_version(connection, code, scene=True)

    def add_remark(self, workspace_id: str, code: str, line: Line, *, form: str) -> Line:
        return self._add_line(workspace_id, code, line, form)

    def add_decision(self, workspace_id: str, code: str, line: Line, *, form: str) -> Line:
        return self._add_line(workspace_id, code, line, form)

    def _add_line(self, workspace_id: str, code: str, line: Line, form: str) -> Line:
        with self._showing() as connection:
            _lock(connection, workspace_id, code)
            known = connection.execute(LINES_OF_SESSION.where(LINES.c.form == form), {"b_code": code}).one_or_none()
            if known is not None:
                return _make_line(known)  # a form that was sent twice
            last = connection.execute(select(func.max(LINES.c.number)).where(LINES.c.code == code)).scalar_one()
            line = replace(line, number=(last or 0) + 1)
            row = {name: getattr(line, name) for name in ("number", "pand_id", "text", "owner", "author", "at")}
            row |= {"code": code, "form": form, "kind": str(line.kind), "course": _text(line.course)}
            connection.execute(insert(LINES), row)
            _raise_version(connection, code)
            log_change(
                connection,
                _DEEDS[line.kind],
                workspace_id,
                author=line.author,
                at=line.at,
                pand_id=line.pand_id,
                name=code,
                new=_text(line.course),
                note=line.text,
            )
            return line

    def end(self, workspace_id: str, code: str, *, author: str, at: datetime) -> None:
        with self._showing() as connection:
            if _lock(connection, workspace_id, code, may_be_over=True).ended_at is None:
                _raise_version(connection, code, scene=True, ended_at=at, timer_ends_at=None, timer_left_s=None)
                log_change(connection, Deed.SESSIE, workspace_id, author=author, at=at, name=code, old="open", new="gesloten")


def _no_session(code: str) -> NotFoundError:
    return NotFoundError("Sessie", code, advice="Doe opnieuw mee met de code op het scherm.")


def _require_session(connection: Connection, workspace_id: str, code: str) -> None:
    if connection.execute(TICK, {"b_code": code, "b_workspace": workspace_id}).one_or_none() is None:
        raise _no_session(code)


def _lock(connection: Connection, workspace_id: str, code: str, *, may_be_over: bool = False) -> Row[Any]:
    """Make other writers of this session wait, and return its row; raises SessionEndedError when it is over."""
    row = connection.execute(LOCKED, {"b_code": code, "b_workspace": workspace_id}).one_or_none()
    if row is None:
        raise _no_session(code)
    if row.ended_at is not None and not may_be_over:
        raise SessionEndedError(code)
    return row


def _raise_version(connection: Connection, code: str, *, scene: bool = False, **changes: object) -> None:
    version: ColumnElement[int] = SESSIONS.c.version + 1
    values = changes | {"version": version} | ({"scene": version} if scene else {})
    connection.execute(update(SESSIONS).where(SESSIONS.c.code == code).values(**values))


def _read_stops(connection: Connection, code: str) -> tuple[Stop, ...]:
    rows = connection.execute(STOPS_OF_SESSION, {"b_code": code})
    return tuple(Stop(row.pand_id, row.name, tuple(json.loads(row.questions))) for row in rows)


def _read_reveal(connection: Connection, workspace_id: str, pand_id: str) -> Mark | None:
    row = connection.execute(REVEAL, {"b_workspace": workspace_id, "b_pand": pand_id}).one_or_none()
    return None if row is None else Mark(row.author, row.at)


def _find_seat(connection: Connection, code: str, key: str) -> Seat:
    row = connection.execute(SEATS_OF_SESSION.where(SEATS.c.key == key), {"b_code": code}).one_or_none()
    if row is None:
        raise NotYourSeatError
    return Seat(row.key, row.name, _party(row.party), here=row.here, joined_at=row.joined_at)


def _party(text: str | None) -> Party | None:
    return None if text is None else Party(text)


def _text(word: StrEnum | None) -> str | None:
    return None if word is None else str(word)


def _party_of(vote: Vote) -> Vote:
    return replace(vote, party=Party(vote.party))


def _make_session(row: Row[Any], stops: tuple[Stop, ...]) -> Session:
    return Session(
        row.code,
        row.workspace_id,
        row.title,
        row.day,
        Interventie(row.interventie),
        row.opened_by,
        row.opened_at,
        row.ended_at,
        row.version,
        row.scene,
        row.place,
        Timer(row.timer_ends_at, row.timer_left_s),
        stops,
    )


def _make_line(row: Row[Any]) -> Line:
    course = None if row.course is None else Course(row.course)
    return Line(row.number, LineKind(row.kind), row.pand_id, course, row.text, row.owner, row.author, row.at)
