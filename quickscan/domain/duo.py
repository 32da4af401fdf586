"""Where two parties stand with one building: who is ready, whether the answers are open, and on what they stay apart.

Answering goes in two steps. Before the reveal each party sees only its own answers; a reveal cannot be taken back, and
from then on what each said apart stands. On every difference the two then agree, which is an answer of `Party.SAMEN`
with a reason, or agree to disagree, which is kept here and leaves the answer of both together as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quickscan.domain.answers import Party
from quickscan.domain.errors import QuickscanError

PARTIES: tuple[Party, Party] = (Party.GEMEENTE, Party.CORPORATIE)


@dataclass(frozen=True, slots=True)
class Mark:
    """That somebody did something, and when."""

    author: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Dissent:
    """That the two agree to disagree on a criterion, and why; `version` counts how often it was said."""

    criterion: str
    reason: str
    author: str
    at: datetime  # UTC
    version: int


@dataclass(frozen=True)
class Stand:
    """One building of a duo."""

    ready: Mapping[Party, Mark] = field(default_factory=dict)
    revealed: Mark | None = None
    dissents: Mapping[str, Dissent] = field(default_factory=dict)  # the last one of each criterion

    @property
    def waits_for(self) -> tuple[Party, ...]:
        """The parties that are not ready yet; nobody once the answers are open."""
        return () if self.revealed else tuple(party for party in PARTIES if party not in self.ready)


class HiddenAnswersError(QuickscanError):
    """Somebody asked for what another party said, before the reveal."""

    def __init__(self, party: Party) -> None:
        self.party = party
        super().__init__(
            f"De antwoorden van de {party} zijn nog verborgen. Wacht tot beide klaar zijn met dit gebouw, of onthul samen."
        )


class AlreadyRevealedError(QuickscanError):
    """A party wants to change what it said apart, after everybody saw it."""

    def __init__(self) -> None:
        super().__init__(
            "De antwoorden van dit gebouw zijn al onthuld, dus wat ieder apart zei staat vast. Er is niets bewaard. "
            "Kies een gezamenlijk antwoord bij Verschillen."
        )


class NotRevealedError(QuickscanError):
    """Somebody wants to settle a difference that nobody has seen yet."""

    def __init__(self) -> None:
        super().__init__("De antwoorden van dit gebouw zijn nog niet onthuld. Er is niets bewaard. Onthul ze eerst.")


class RevealRefusedError(QuickscanError):
    """One party wants to see the other's answers before both are ready."""

    def __init__(self) -> None:
        super().__init__(
            "Eén partij kan niet alleen onthullen. Meld je klaar met dit gebouw, of laat de regisseur onthullen, als Samen."
        )


class StaleDissentError(QuickscanError):
    """Somebody else said in between that the two disagree; holds the other's reason."""

    def __init__(self, criterion: str, *, stored: str, author: str) -> None:
        self.criterion, self.stored, self.author = criterion, stored, author
        super().__init__(
            f"Bij {criterion} is intussen al vastgelegd dat jullie het oneens zijn, door {author}: '{stored}'. "
            "De nieuwe reden is niet bewaard. Kies opnieuw."
        )
