"""What came out of a live session, per building and in plain words: the sentence, the verdict, where the two differ, and
what was said and decided. Made by `quickscan.services.sessions`, shown on the screen and taken along as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quickscan.domain.answers import Party
from quickscan.domain.explanation import Explanation
from quickscan.domain.sessions import Board, Course, Guest, Line, LineKind, Stop


@dataclass(frozen=True, slots=True)
class Contrast:
    """One criterion on which gemeente and corporatie said something else, and what became of that."""

    topic: str
    gemeente: str
    corporatie: str
    outcome: str


@dataclass(frozen=True)
class Finding:
    """What the summary says of one building; `explanation` None when the building is not there any more."""

    stop: Stop
    story: str
    explanation: Explanation | None
    revealed: bool
    contrasts: tuple[Contrast, ...]
    lines: tuple[Line, ...]

    @property
    def course(self) -> Course | None:
        """What was decided last about going on with this building."""
        return next((line.course for line in reversed(self.lines) if line.course is not None), None)


@dataclass(frozen=True)
class Summary:
    """A session at its end, or as far as it is."""

    board: Board
    findings: tuple[Finding, ...]
    general: tuple[Line, ...]

    def names(self, course: Course) -> Iterator[str]:
        """Yield the buildings with this outcome, in the order of the session."""
        return (finding.stop.name for finding in self.findings if finding.course is course)


def of_kind(lines: tuple[Line, ...], kind: LineKind) -> tuple[Line, ...]:
    """Return the remarks, or the decisions, among lines."""
    return tuple(line for line in lines if line.kind is kind)


def name_guests(guests: Iterable[Guest]) -> str:
    """Return who took part, by party; who only watched comes last."""
    groups = []
    listed = list(guests)
    for party, word in ((Party.GEMEENTE, "gemeente"), (Party.CORPORATIE, "corporatie"), (None, "toeschouwer")):
        names = [guest.name for guest in listed if guest.party is party]
        if names:
            groups.append(f"{', '.join(names)} ({word})")
    return "; ".join(groups)
