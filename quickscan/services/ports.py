"""What the services need from the outside world, as Protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.facts import Fact
from quickscan.domain.intake import Intake, SourceNote


@dataclass(frozen=True, slots=True)
class Workspace:
    """A portfolio somebody works on. The two versions rise with every change, and are what caches key on."""

    id: str
    name: str
    fictional: bool
    created_at: datetime
    facts_version: int
    answers_version: int
    buildings: int
    answers: int


class Store(Protocol):
    """Everything that is kept. Every write is one committed transaction, or nothing."""

    def find_workspaces(self) -> Sequence[Workspace]:
        """Return all workspaces, the most recently changed first."""

    def get_workspace(self, workspace_id: str) -> Workspace:
        """Return one workspace; raises NotFoundError."""

    def create_workspace(
        self, name: str, buildings: pd.DataFrame, sources: Mapping[str, SourceNote], *, fictional: bool, author: str, at: datetime
    ) -> Workspace:
        """Store a new workspace with its buildings, facts and any answers among the columns, all or nothing."""

    def delete_workspace(self, workspace_id: str) -> None:
        """Remove a workspace and all that belongs to it; raises NotFoundError."""

    def read_buildings(self, workspace_id: str) -> pd.DataFrame:
        """Return all buildings with their best facts as columns, and `geometry` (WKB, RD New); index 0..n-1, import order."""

    def read_building(self, workspace_id: str, pand_id: str) -> pd.DataFrame:
        """Return the same for one building (one row); raises NotFoundError."""

    def read_facts(self, workspace_id: str, pand_id: str) -> Sequence[Fact]:
        """Return every fact of one building but its pand_id, the best source of each first; raises NotFoundError."""

    def save_fact(self, workspace_id: str, pand_id: str, fact: Fact, *, author: str, at: datetime) -> None:
        """Store a fact beside those of other sources, replacing an earlier one of the same source."""

    def read_answer_codes(self, workspace_id: str, party: Party) -> pd.DataFrame:
        """Return columns pand_id, criterion, choice; one row an answer that is not "weet ik niet"."""

    def read_answers(self, workspace_id: str, pand_id: str, party: Party) -> Mapping[str, Answer]:
        """Return the current answers of one building by criterion id, "weet ik niet" included; raises NotFoundError."""

    def save_answer(
        self,
        workspace_id: str,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        note: str,
        certainty: Certainty,
        author: str,
        party: Party,
        at: datetime,
        expected_version: int,
    ) -> Answer:
        """Commit an answer and its history line. Saving the same again changes nothing.

        `expected_version` is the version the person saw (0: none yet); raises StaleAnswerError when it has moved on.
        """

    def read_history(self, workspace_id: str, pand_id: str, criterion: str, party: Party) -> Sequence[Answer]:
        """Return every version of one answer, newest first."""


class BuildingReader(Protocol):
    """Reads a file of buildings. Never raises for a wrong row; raises UnusableInputError for a wrong file."""

    def __call__(
        self,
        path: Path,
        *,
        answer_codes: Mapping[str, tuple[str, ...]],
        name: str | None = None,
        mapping: Mapping[str, str | None] | None = None,
        known: pd.DataFrame | None = None,
    ) -> Intake:
        """Read `path` (shown to people as `name`).

        `mapping` (header → fact, criterion or None) goes before what is recognised. `known` are the buildings that are
        there already: pand_id, geometry, facts.
        """


class Demo(Protocol):
    """A fictional portfolio: buildings with answers among their columns, where the values come from, and the notes.

    `answers` holds the answers once more as rows: pand_id, criterion, choice, note ("" for none).
    """

    name: str
    buildings: pd.DataFrame
    sources: Mapping[str, SourceNote]
    answers: pd.DataFrame
