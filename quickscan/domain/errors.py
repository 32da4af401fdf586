"""Errors that a person reads: what is wrong, where, and what to do. All in Dutch, all one family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_SHOWN = 20  # faults in one message; the rest is counted


class QuickscanError(Exception):
    """Base of every error the tool shows; `str(error)` is a complete Dutch sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what came in.

    `row` counts as the sender counts (a spreadsheet's own row number, header included; None: the whole file).
    A fault that is only a `notice` does not refuse the row.
    """

    row: int | None
    column: str | None
    value: str | None
    problem: str
    advice: str
    notice: bool = False

    def sentence(self) -> str:
        """Return one line that names the place, the problem and the remedy."""
        place = [] if self.row is None else [f"rij {self.row}"]
        if self.column:
            place.append(f"kolom '{self.column}'")
        where = f"{', '.join(place)}: " if place else ""
        shown = f" ('{self.value}')" if self.value not in (None, "") else ""
        return f"{where}{self.problem}{shown}. {self.advice}"


class UnusableInputError(QuickscanError):
    """The input as a whole cannot be read: wrong kind of file, empty, broken, or too large."""

    def __init__(self, problem: str, advice: str, *, where: str | None = None) -> None:
        self.problem, self.advice, self.where = problem, advice, where
        super().__init__(f"{where + ': ' if where else ''}{problem} {advice}")


class FaultyInputError(QuickscanError):
    """The input can be read, but rows are wrong. Nothing is taken over; all faults are listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        shown = "\n".join(f"- {fault.sentence()}" for fault in self.faults[:MOST_SHOWN])
        more = "" if len(self.faults) <= MOST_SHOWN else f"\n… en nog {len(self.faults) - MOST_SHOWN}."
        count = "1 fout" if len(self.faults) == 1 else f"{len(self.faults)} fouten"
        super().__init__(f"{count}, er is niets overgenomen:\n{shown}{more}")


class RulebookError(QuickscanError):
    """A rulebook file does not hold; says which file, what, and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("De normenset klopt niet:\n" + "\n".join(f"- {fault}" for fault in faults))


class NotFoundError(QuickscanError):
    """What was asked for is not there (any more)."""

    def __init__(self, what: str, key: str, *, advice: str) -> None:
        self.what, self.key = what, key
        super().__init__(f"{what} '{key}' bestaat niet (meer). {advice}")


class StaleAnswerError(QuickscanError):
    """Somebody else answered in between; holds both values so that the screen can show them."""

    def __init__(self, criterion: str, *, stored: str | None, offered: str | None, author: str) -> None:
        self.criterion, self.stored, self.offered, self.author = criterion, stored, offered, author
        super().__init__(
            f"Het antwoord op {criterion} is intussen gewijzigd door {author} in '{stored or 'weet ik niet'}'. "
            f"Het nieuwe antwoord '{offered or 'weet ik niet'}' is niet bewaard. Kies opnieuw."
        )


class LookupFailedError(QuickscanError):
    """A register could not be asked, or its answer cannot be used. Looking up is extra: everything works without it.

    `passing` says that it may go well later (no connection, too busy); only then may an older answer stand in.
    """

    def __init__(self, where: str, problem: str, advice: str, *, passing: bool = False) -> None:
        self.where, self.problem, self.advice, self.passing = where, problem, advice, passing
        super().__init__(f"{where}: {problem}. {advice}")


class StalePlanError(QuickscanError):
    """The workspace changed after the preview of an import was made; nothing was taken over."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        super().__init__(
            f"Werkruimte '{workspace}' is gewijzigd sinds het voorbeeld van deze import werd gemaakt. "
            "Er is niets overgenomen. Bekijk het nieuwe voorbeeld en bevestig opnieuw."
        )


class MissingReasonError(QuickscanError):
    """A difference cannot be settled, an answer not be put back and nothing be laid down without saying why."""

    def __init__(self) -> None:
        super().__init__("Er is nog geen reden ingevuld. Er is niets bewaard. Schrijf eerst in één zin waarom.")


def require_reason(reason: str) -> str:
    """Return a reason without the spaces around it; raises MissingReasonError when nothing is left."""
    if not reason.strip():
        raise MissingReasonError
    return reason.strip()
