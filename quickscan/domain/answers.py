"""An answer: what a party says about one criterion of one building, with version and author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Party(StrEnum):
    """Who answers. Alone on a laptop, and for what is agreed, it is `SAMEN`."""

    SAMEN = "samen"
    GEMEENTE = "gemeente"
    CORPORATIE = "corporatie"


class Certainty(StrEnum):
    ZEKER = "zeker"
    REDELIJK = "redelijk zeker"
    INSCHATTING = "inschatting"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer. `choice` None is a deliberate "weet ik niet"; `version` starts at 1 and counts changes."""

    criterion: str
    choice: str | None
    note: str
    certainty: Certainty
    author: str
    party: Party
    at: datetime  # UTC
    version: int
