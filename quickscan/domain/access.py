"""Who may do what in a workspace: roles, rights, and the seat that a person has there.

A right belongs to a role, never to a person. For whom somebody answers follows from the role too; only a beheerder or a
regisseur, who answers for both together, may also have a party of their own, so that two people are enough for a duo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quickscan.domain.answers import Party
from quickscan.domain.errors import QuickscanError


class Role(StrEnum):
    """What somebody is in a workspace."""

    BEHEERDER = "beheerder"
    REGISSEUR = "regisseur"
    GEMEENTE = "gemeente"
    CORPORATIE = "corporatie"
    TOESCHOUWER = "toeschouwer"


class Right(StrEnum):
    """What can be asked for, in the words of a refusal: "Hier … kan een … niet"."""

    READ = "meekijken"
    ANSWER = "antwoorden"
    LEAD = "iets wijzigen dat voor allen geldt"
    MANAGE = "leden beheren of de werkruimte verwijderen"
    MAKE = "een werkruimte maken"


_READER = frozenset({Right.READ})
_PARTY = _READER | {Right.ANSWER}
_LEADER = _PARTY | {Right.LEAD}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.BEHEERDER: _LEADER | {Right.MANAGE},
    Role.REGISSEUR: _LEADER,
    Role.GEMEENTE: _PARTY,
    Role.CORPORATIE: _PARTY,
    Role.TOESCHOUWER: _READER,
}
_PARTY_OF: Mapping[Role, Party] = {Role.GEMEENTE: Party.GEMEENTE, Role.CORPORATIE: Party.CORPORATIE}


@dataclass(frozen=True, slots=True)
class Seat:
    """What a person is in one workspace. `party` is for whom a beheerder or regisseur answers apart, None for nobody."""

    role: Role
    party: Party | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[self.role]

    @property
    def own(self) -> Party | None:
        """The party whose hidden answers are this person's own."""
        return _PARTY_OF.get(self.role, self.party if Right.LEAD in self.rights else None)

    @property
    def speaks_for(self) -> tuple[Party, ...]:
        """For whom this person may answer, the usual one first."""
        together = (Party.SAMEN,) if Right.LEAD in self.rights else ()
        return (*together, self.own) if self.own else together


@dataclass(frozen=True, slots=True)
class Limits:
    """How long somebody stays logged in, and how long an invitation can be used."""

    idle_minutes: int = 60
    session_hours: int = 12
    invitation_days: int = 14


class AccessError(QuickscanError):
    """Somebody asked for what they may not do; the sentence says who can."""


class NotAllowedError(AccessError):
    """Somebody who may be here asked for what the role cannot do."""

    def __init__(self, right: Right, role: Role | None) -> None:
        self.right, self.role = right, role
        able = [str(one) for one, rights in RIGHTS.items() if right in rights]
        who = f"{', '.join(able[:-1])} of {able[-1]}" if len(able) > 1 else "".join(able)
        said = f"Als {role} kun je hier niet {right}. Dat kan een {who} wel." if role else f"Je kunt hier niet {right}."
        super().__init__(f"{said} Er is niets bewaard.")


class MayNotMakeError(AccessError):
    """Somebody who may not make workspaces tries to."""

    def __init__(self) -> None:
        super().__init__(
            "Je kunt zelf geen werkruimte maken. Er is niets bewaard. Vraag de beheerder van jouw organisatie om een uitnodiging."
        )


class WrongPartyError(AccessError):
    """Somebody answers for a party that is not theirs."""

    def __init__(self, party: Party, role: Role) -> None:
        self.party, self.role = party, role
        whom = "voor samen" if party is Party.SAMEN else f"voor de {party}"
        who = "een regisseur of beheerder" if party is Party.SAMEN else f"iemand van de {party}"
        super().__init__(f"Als {role} antwoord je niet {whom}. Dat kan {who} wel. Er is niets bewaard.")


class SessionEndedError(AccessError):
    """The log-in is over: too long ago, ended here or elsewhere, or never there."""

    def __init__(self) -> None:
        super().__init__("Je bent niet (meer) ingelogd. Er is niets bewaard. Laad de pagina opnieuw en log in.")


class LastManagerError(AccessError):
    """A workspace would be left without anybody who can let people in."""

    def __init__(self) -> None:
        super().__init__(
            "Dit is de laatste beheerder van de werkruimte, dus dit kan niet. Er is niets gewijzigd. "
            "Maak eerst iemand anders beheerder, of verwijder de werkruimte."
        )


class InvitationError(AccessError):
    """An invitation that cannot be used: unknown, used, withdrawn or too old. Which of these is nobody's business."""

    def __init__(self) -> None:
        super().__init__("Deze uitnodiging werkt niet (meer). Vraag de beheerder die je uitnodigde om een nieuwe.")
