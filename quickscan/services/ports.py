"""What the services need from the outside world, as Protocols."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.facts import Fact
from quickscan.domain.intake import SourceNote
from quickscan.domain.merging import Known


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


@dataclass(frozen=True, slots=True)
class FileNote:
    """One file of an import: what it was called, its fingerprint, and who sent it ("" when nobody said)."""

    name: str
    sha256: str
    size: int
    recognised: str = "lijst van gebouwen"
    sender: str = ""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import, kept for good: the next version of a workspace. `values` counts the cells it wrote in `changed` and
    `added` buildings together, `refused` the rows that stayed out."""

    workspace_id: str
    number: int  # from 1
    at: datetime
    author: str
    files: tuple[FileNote, ...]
    added: int
    changed: int
    values: int
    refused: int
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True)
class ImportBatch:
    """What an import writes, and nothing else; every frame may be empty."""

    added: pd.DataFrame  # pand_id, geometry: buildings that are new here, in order
    facts: pd.DataFrame  # pand_id, fact, source, value, label, day; each replaces the fact of that source only
    answers: pd.DataFrame  # pand_id, criterion, choice; replaces the answer of all together
    shapes: pd.DataFrame  # pand_id, source, geometry of buildings that were there
    dropped: pd.DataFrame  # pand_id, fact: what a person said and now gives way, because a person chose so
    changed: int  # number of buildings that were there and get another value
    cells: int
    refused: int  # number of rows


@dataclass(frozen=True)
class UndoReport:
    """What undoing an import did. What somebody changed since is left alone, and told."""

    record: ImportRecord  # with undone_at and undone_by
    removed: int  # buildings that the import had added
    stayed: tuple[str, ...]  # pand_ids it had added that stay: somebody answered or gave a fact there since
    restored: int  # cells that are again as they were
    kept: pd.DataFrame  # pand_id, fact of the cells that somebody changed since


class Deed(StrEnum):
    """What a line of the audit log is about."""

    ANTWOORD = "antwoord"
    FEIT = "feit"
    IMPORT = "import"
    TERUGDRAAIEN = "import teruggedraaid"
    WERKRUIMTE = "werkruimte gemaakt"
    VERWIJDEREN = "werkruimte verwijderd"
    KOLOMMEN = "kolommen onthouden"
    VASTSTELLEN = "vastgesteld"
    PLANNING = "planning"
    ACTIE = "actie"
    PROGRAMMA = "programma"
    KLAAR = "klaar gemeld"
    ONTHULLEN = "onthuld"
    ONEENS = "oneens"
    CASE = "business case"
    LID = "lid geworden"
    ROL = "rol gewijzigd"
    LID_WEG = "geen lid meer"
    UITNODIGING = "uitgenodigd"
    UITNODIGING_WEG = "uitnodiging ingetrokken"
    ORGANISATIE = "organisatie gemaakt"
    GEWIST = "persoon gewist"
    SESSIE = "sessie"
    STEM = "stem in een sessie"
    OPMERKING = "opmerking in een sessie"
    BESLUIT = "besluit in een sessie"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the audit log. Of one answer or fact `old` and `new` are the choice or value, and `detail` the rest."""

    number: int  # rises with every line
    workspace_id: str
    at: datetime
    author: str
    what: str  # a Deed; a later version may know more
    pand_id: str | None
    name: str | None
    party: str | None
    old: str | None
    new: str | None
    note: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """All that is known of one building, or of all, at one moment; what is settled is made of this."""

    workspace: Workspace
    pand_ids: Sequence[str]  # in import order
    facts: pd.DataFrame  # pand_id, name, source, value, label, day, confidence; the best source of each fact first
    answers: pd.DataFrame  # pand_id, criterion, choice, note, certainty, author, at, version; None is "weet ik niet"


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """Something that was settled, kept for good: of one building, or of all (`pand_id` None)."""

    workspace_id: str
    number: int  # from 1
    at: datetime
    author: str
    pand_id: str | None
    note: str
    day: date  # of the rules
    fingerprint: str  # of the rules, with what the workspace changed
    rulebook: str  # fingerprint of the whole rulebook, which is kept too
    buildings: int
    checksum: str  # SHA-256 of the content


class SnapshotStore(Protocol):
    """The part of the store that keeps what was settled."""

    def read_moment(self, workspace_id: str, party: Party, *, pand_id: str | None = None) -> Moment:
        """Return one building, or all, as of one moment; raises NotFoundError.

        Of a party only the answers that were revealed: what is settled is read by everybody.
        """

    def save_snapshot(self, record: SnapshotRecord, *, content: bytes, rulebook: bytes) -> SnapshotRecord:
        """Keep what was settled and the rulebook it was settled with; return it with its number. Raises NotFoundError."""

    def find_snapshots(self, workspace_id: str) -> Sequence[SnapshotRecord]:
        """Return what was settled in a workspace, the newest first; raises NotFoundError."""

    def read_snapshot(self, workspace_id: str, number: int) -> tuple[SnapshotRecord, bytes, bytes]:
        """Return a record with its content and its rulebook; raises NotFoundError."""


class ImportStore(Protocol):
    """The part of the store that knows imports as versions of a workspace."""

    def read_known(self, workspace_id: str) -> Known:
        """Return all buildings with what every source says and what is answered; raises NotFoundError."""

    def write_import(
        self,
        workspace_id: str | None,
        batch: ImportBatch,
        *,
        name: str,
        files: Sequence[FileNote],
        expected: tuple[int, int],
        author: str,
        at: datetime,
    ) -> ImportRecord:
        """Write an import and its record, all or nothing; None makes a new workspace called `name`.

        `expected` are the versions of facts and answers that the person saw; raises StalePlanError when they moved on.
        """

    def find_imports(self, workspace_id: str) -> Sequence[ImportRecord]:
        """Return the imports of a workspace, the newest first; raises NotFoundError."""

    def read_import_changes(self, workspace_id: str, number: int) -> pd.DataFrame:
        """Return columns pand_id, fact, source, old, new: what an import did. An added building is one row, `pand_id`.

        Raises NotFoundError.
        """

    def undo_import(self, workspace_id: str, *, author: str, at: datetime) -> UndoReport:
        """Undo the newest import that still stands; raises NotFoundError when there is none."""

    def save_mapping(
        self, workspace_id: str, sender: str, mapping: Mapping[str, str | None], *, author: str, at: datetime
    ) -> None:
        """Remember what the columns (by header) of a sender are; a later decision replaces an earlier one."""

    def read_mapping(self, workspace_id: str, sender: str) -> Mapping[str, str | None]:
        """Return what was remembered of a sender; raises NotFoundError."""


class Store(ImportStore, SnapshotStore, Protocol):
    """Everything that is kept. Every write is one committed transaction with a line in the audit log, or nothing."""

    def find_workspaces(self, *, among: Collection[str] | None = None) -> Sequence[Workspace]:
        """Return all workspaces, or those with these ids, the most recently changed first."""

    def get_workspace(self, workspace_id: str) -> Workspace:
        """Return one workspace; raises NotFoundError."""

    def create_workspace(
        self, name: str, buildings: pd.DataFrame, sources: Mapping[str, SourceNote], *, fictional: bool, author: str, at: datetime
    ) -> Workspace:
        """Store a new workspace with its buildings, facts and any answers among the columns, all or nothing."""

    def delete_workspace(self, workspace_id: str, *, author: str, at: datetime) -> None:
        """Remove a workspace and all that belongs to it but its audit log; raises NotFoundError."""

    def read_buildings(self, workspace_id: str) -> pd.DataFrame:
        """Return all buildings with their best facts as columns, and `geometry` (WKB, RD New); index 0..n-1, import order."""

    def read_building(self, workspace_id: str, pand_id: str) -> pd.DataFrame:
        """Return the same for one building (one row); raises NotFoundError."""

    def read_facts(self, workspace_id: str, pand_id: str) -> Sequence[Fact]:
        """Return every fact of one building but its pand_id, the best source of each first; raises NotFoundError."""

    def read_standing(self, workspace_id: str, pand_id: str, party: Party) -> tuple[Sequence[Fact], Mapping[str, Answer]]:
        """Return what `read_facts` and `read_answers` return, of one moment; raises NotFoundError."""

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
        reason: str = "",
    ) -> Answer:
        """Commit an answer and its history line. Saving the same again changes nothing.

        `expected_version` is the version the person saw (0: none yet); raises StaleAnswerError when it has moved on.
        `reason` goes into the audit log only: why it changed, when that was not simply somebody answering.
        """

    def read_history(self, workspace_id: str, pand_id: str, criterion: str, party: Party) -> Sequence[Answer]:
        """Return every version of one answer, newest first."""

    def read_log(
        self,
        workspace_id: str,
        *,
        pand_id: str | None = None,
        author: str | None = None,
        what: Deed | None = None,
        most: int = 200,
    ) -> Sequence[LogLine]:
        """Return the newest lines of the audit log, newest first; also of a workspace that is gone."""


class Demo(Protocol):
    """A fictional portfolio: buildings with answers among their columns, where the values come from, and the notes.

    `answers` holds the answers once more as rows: pand_id, criterion, choice, note ("" for none).
    """

    name: str
    buildings: pd.DataFrame
    sources: Mapping[str, SourceNote]
    answers: pd.DataFrame
