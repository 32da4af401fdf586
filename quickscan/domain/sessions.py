"""A live session: people in one room (or not), each on a phone, around one building at a time.

A session walks along stops: buildings with the questions to answer there. A seat is somebody who takes part: for gemeente
or corporatie, or to watch. A vote is what one seat says apart; until the reveal only how many voted is told. A line is a
remark for the parking lot or a decision. Each change raises `version` by one; `scene` is the version at which what
everybody looks at last changed, so a screen that saw that scene has only figures to renew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from quickscan.domain.answers import Party
from quickscan.domain.duo import Mark
from quickscan.domain.errors import QuickscanError
from quickscan.domain.terms import Interventie

CODE_SIGNS = "3479ACDEFHJKMNPQRTVWXY"  # without what is read wrongly from a wall: 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U
CODE_LENGTH = 6
LONGEST_NAME, LONGEST_TEXT = 40, 500


class LineKind(StrEnum):
    OPMERKING = "opmerking"
    BESLUIT = "besluit"


class Course(StrEnum):
    """What a decision means for a building."""

    VERDER = "verder mee"
    LATER = "later terug"
    STOP = "niet verder"


@dataclass(frozen=True, slots=True)
class Timer:
    """A countdown, kept as the moment it ends (running) or the seconds that are left (paused), so that all screens agree."""

    ends_at: datetime | None = None  # UTC
    left_s: int | None = None

    @property
    def is_running(self) -> bool:
        return self.ends_at is not None

    @property
    def is_set(self) -> bool:
        return self.ends_at is not None or self.left_s is not None

    def seconds_left(self, now: datetime) -> int | None:
        """Return the whole seconds left, never below zero; None when no time was set."""
        if self.ends_at is None:
            return self.left_s
        return max(0, round((self.ends_at - now).total_seconds()))

    def start(self, minutes: float, now: datetime) -> Timer:
        return Timer(now + timedelta(minutes=minutes))

    def pause(self, now: datetime) -> Timer:
        return Timer(None, self.seconds_left(now))

    def resume(self, now: datetime) -> Timer:
        return self if self.left_s is None else Timer(now + timedelta(seconds=self.left_s))

    def add_minute(self, now: datetime) -> Timer:
        """Return a minute more; a time that had run out starts again with one minute."""
        if self.ends_at is None:
            return Timer(None, (self.left_s or 0) + 60)
        return Timer(max(self.ends_at, now) + timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Stop:
    """A building of the session, with its name and the questions as they were when the session opened."""

    pand_id: str
    name: str
    questions: tuple[str, ...]  # ids of criteria


@dataclass(frozen=True, slots=True)
class Tick:
    """The little that every screen asks again and again."""

    version: int
    scene: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands; it is known by its code."""

    code: str
    workspace_id: str
    title: str
    day: date  # of the rules
    interventie: Interventie
    opened_by: str
    opened_at: datetime
    ended_at: datetime | None
    version: int
    scene: int
    place: int  # of the current stop
    timer: Timer
    stops: tuple[Stop, ...]

    @property
    def current(self) -> Stop:
        return self.stops[self.place]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who takes part. `key` is a secret of that person's screen; `party` None watches."""

    key: str
    name: str
    party: Party | None
    here: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """What one seat says about one criterion of one building; `choice` None is "weet ik niet"."""

    name: str
    party: Party
    criterion: str
    choice: str | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A remark or a decision, about a building or about all (`pand_id` None)."""

    number: int  # from 1
    kind: LineKind
    pand_id: str | None
    course: Course | None  # of a decision about a building
    text: str
    owner: str  # who takes it on
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """A seat as the others see it."""

    name: str
    party: Party | None
    here: bool


@dataclass(frozen=True)
class Board:
    """What all screens show. Before the reveal it holds numbers only; `votes` come with the reveal."""

    session: Session
    guests: tuple[Guest, ...]
    answered: Mapping[str, int]  # criterion → how many of those present and answering have answered it
    done: int  # how many of them answered every question of this stop
    revealed: Mark | None
    votes: tuple[Vote, ...]
    lines: tuple[Line, ...]

    def present(self, party: Party | None = None) -> int:
        """Return how many who answer are here, of one party or of all."""
        return sum(guest.here and guest.party is not None and party in (None, guest.party) for guest in self.guests)

    @property
    def watching(self) -> int:
        return sum(guest.here and guest.party is None for guest in self.guests)


@dataclass(frozen=True)
class Tally:
    """What one party voted on one criterion."""

    votes: tuple[Vote, ...]
    counts: Mapping[str | None, int] = field(default_factory=dict)  # the most votes first

    @property
    def choice(self) -> str | None:
        """What the party says: what more than half of those who chose something chose; None when nothing did."""
        chosen = {choice: count for choice, count in self.counts.items() if choice is not None}
        most = max(chosen, key=lambda choice: chosen[choice], default=None)
        return most if most is not None and 2 * chosen[most] > sum(chosen.values()) else None

    @property
    def is_divided(self) -> bool:
        """Whether they chose, and nothing has more than half."""
        return self.choice is None and any(choice is not None for choice in self.counts)


def count_votes(votes: Sequence[Vote], party: Party, criterion: str) -> Tally:
    """Return how a party voted on a criterion. Nothing is averaged: a party that is divided says nothing."""
    mine = tuple(vote for vote in votes if vote.party is party and vote.criterion == criterion)
    return Tally(mine, dict(Counter(vote.choice for vote in mine).most_common()))


def read_code(text: str) -> str:
    """Return a code as it is kept, from what somebody typed: "abc-123" or "abc 123"."""
    return "".join(sign for sign in text.upper() if sign.isalnum())[: 2 * CODE_LENGTH]


class NoSuchSessionError(QuickscanError):
    """A code that leads nowhere."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"Er is geen open sessie met code '{code}'. Kijk nog eens op het scherm en typ de code opnieuw.")


class SessionOpenError(QuickscanError):
    """A second session in a workspace; holds the code of the one that is open."""

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        super().__init__(
            f"In deze werkruimte is al een sessie open: '{title}', code {code}. Ga daarmee verder, of sluit die eerst. "
            "Er is geen nieuwe sessie gemaakt."
        )


class SessionEndedError(QuickscanError):
    """Something for a session that is over."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"Sessie {code} is afgesloten. Er is niets bewaard. Wat eerder bewaard was, staat in het verslag.")


class NotYourSeatError(QuickscanError):
    """A seat that is not (any more) in the session, or answers for another party."""

    def __init__(self) -> None:
        super().__init__("Deze plek hoort niet bij de sessie. Er is niets bewaard. Doe opnieuw mee met de code.")


class IncompleteError(QuickscanError):
    """Something is left empty or too long."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what}. Er is niets bewaard. {advice}")
