"""A store that keeps everything in dictionaries: the same promises as the real one, without a database.

It is the model that the real store is compared with, so it is written to be read: no frames inside, no cleverness.
"""

# ruff: noqa: ARG002 - the Protocol names what this store has no use for

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError, StalePlanError
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.intake import SourceNote
from quickscan.domain.merging import Known, is_criterion, name_shape
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import (
    Deed,
    FileNote,
    ImportBatch,
    ImportRecord,
    LogLine,
    Moment,
    SnapshotRecord,
    UndoReport,
    Workspace,
)

FactKey = tuple[str, str, Herkomst]  # pand_id, name, source
AnswerKey = tuple[str, str, Party]  # pand_id, criterion, party
ORDER = list(Herkomst)


@dataclass
class _Change:
    """A cell that an import changed: what was there and what it wrote; None is nothing."""

    key: tuple[str, str, Herkomst]
    old: object
    new: object


@dataclass
class _Import:
    record: ImportRecord
    added: list[str]
    facts: list[_Change] = field(default_factory=list)
    answers: list[_Change] = field(default_factory=list)
    shapes: list[_Change] = field(default_factory=list)


@dataclass
class _Kept:
    workspace: Workspace
    shapes: dict[str, bytes | None] = field(default_factory=dict)  # pand_id → shape, in import order
    facts: dict[FactKey, Fact] = field(default_factory=dict)
    answers: dict[AnswerKey, Answer] = field(default_factory=dict)
    history: dict[AnswerKey, list[Answer]] = field(default_factory=dict)
    imports: list[_Import] = field(default_factory=list)
    mappings: dict[tuple[str, str], str | None] = field(default_factory=dict)
    snapshots: list[tuple[SnapshotRecord, bytes, bytes]] = field(default_factory=list)


class InMemoryStore:
    """Keeps workspaces in memory; meets the Protocol `Store`."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._made = 0
        self._log: list[LogLine] = []

    def _get(self, workspace_id: str) -> _Kept:
        if workspace_id not in self._kept:
            raise NotFoundError("Werkruimte", workspace_id, advice="Kies een andere.")
        return self._kept[workspace_id]

    def _get_with(self, workspace_id: str, pand_id: str) -> _Kept:
        kept = self._get(workspace_id)
        if pand_id not in kept.shapes:
            raise NotFoundError("Pand", pand_id, advice="Kies een ander gebouw.")
        return kept

    def _make(self, name: str, at: datetime, *, fictional: bool) -> _Kept:
        self._made += 1
        kept = _Kept(Workspace(f"w{self._made}", name, fictional, at, 1, 1, 0, 0))
        self._kept[kept.workspace.id] = kept
        return kept

    def _raise(self, kept: _Kept, *, facts: int = 0, answers: int = 0) -> None:
        now = kept.workspace
        kept.workspace = replace(
            now,
            facts_version=now.facts_version + facts,
            answers_version=now.answers_version + answers,
            buildings=len(kept.shapes),
            answers=len(kept.answers),
        )

    # -- workspaces

    def find_workspaces(self, *, among: Collection[str] | None = None) -> Sequence[Workspace]:
        every = [kept.workspace for kept in reversed(self._kept.values())]
        return [workspace for workspace in every if among is None or workspace.id in among]

    def get_workspace(self, workspace_id: str) -> Workspace:
        return self._get(workspace_id).workspace

    def create_workspace(
        self, name: str, buildings: pd.DataFrame, sources: Mapping[str, SourceNote], *, fictional: bool, author: str, at: datetime
    ) -> Workspace:
        kept = self._make(name, at, fictional=fictional)
        for row in buildings.to_dict("records"):
            pand_id = row["pand_id"]
            shape = row.get("geometry")
            kept.shapes[pand_id] = shape if isinstance(shape, bytes) else None
            for column, value in row.items():
                if pd.isna(value):
                    continue
                if is_criterion(column):
                    self._answer(kept, pand_id, Answer(column, value, "", Certainty.INSCHATTING, author, Party.SAMEN, at, 1))
                elif column in FACTS and column != "pand_id":
                    note = sources.get(column, SourceNote(Herkomst.OPGAVE, "import"))
                    fact = Fact(column, value, note.source, note.label, note.day)
                    kept.facts[(pand_id, column, note.source)] = fact
        self._raise(kept)
        return kept.workspace

    def delete_workspace(self, workspace_id: str, *, author: str, at: datetime) -> None:
        self._get(workspace_id)
        self._tell(workspace_id, Deed.VERWIJDEREN, author, at)
        del self._kept[workspace_id]

    # -- facts

    def read_buildings(self, workspace_id: str) -> pd.DataFrame:
        kept = self._get(workspace_id)
        frame = pd.DataFrame({"pand_id": pd.Series(list(kept.shapes), dtype="str")})
        for name in [name for name in FACTS if any(key[1] == name for key in kept.facts)]:
            cells = [self._best(kept, pand_id, name) for pand_id in kept.shapes]
            frame[name] = pd.Series(cells, dtype=float if FACTS[name].is_number else "str")
        frame["geometry"] = pd.Series(list(kept.shapes.values()), dtype=object)
        return frame

    def _best(self, kept: _Kept, pand_id: str, name: str) -> str | float | None:
        found = [kept.facts[(pand_id, name, source)].value for source in ORDER if (pand_id, name, source) in kept.facts]
        return found[0] if found else None

    def read_building(self, workspace_id: str, pand_id: str) -> pd.DataFrame:
        self._get_with(workspace_id, pand_id)
        frame = self.read_buildings(workspace_id)
        row = frame[frame["pand_id"] == pand_id].reset_index(drop=True)
        return row[[name for name in row.columns if name == "geometry" or row[name].notna().all()]]

    def read_facts(self, workspace_id: str, pand_id: str) -> Sequence[Fact]:
        facts = [fact for key, fact in self._get_with(workspace_id, pand_id).facts.items() if key[0] == pand_id]
        return sorted(facts, key=lambda fact: (list(FACTS).index(fact.name), ORDER.index(fact.source)))

    def read_standing(self, workspace_id: str, pand_id: str, party: Party) -> tuple[Sequence[Fact], Mapping[str, Answer]]:
        return self.read_facts(workspace_id, pand_id), self.read_answers(workspace_id, pand_id, party)

    def save_fact(self, workspace_id: str, pand_id: str, fact: Fact, *, author: str, at: datetime) -> None:
        kept = self._get_with(workspace_id, pand_id)
        key = (pand_id, fact.name, fact.source)
        if kept.facts.get(key) != fact:
            kept.facts[key] = fact
            self._raise(kept, facts=1)

    # -- answers

    def _answer(self, kept: _Kept, pand_id: str, answer: Answer) -> Answer:
        """Keep an answer as the next version there ever was."""
        history = kept.history.setdefault((pand_id, answer.criterion, answer.party), [])
        numbered = replace(answer, version=len(history) + 1)
        history.append(numbered)
        kept.answers[(pand_id, answer.criterion, answer.party)] = numbered
        return numbered

    def read_answer_codes(self, workspace_id: str, party: Party) -> pd.DataFrame:
        rows = [
            (pand_id, criterion, answer.choice)
            for (pand_id, criterion, who), answer in self._get(workspace_id).answers.items()
            if who is party and answer.choice is not None
        ]
        return pd.DataFrame(rows, columns=["pand_id", "criterion", "choice"])

    def read_answers(self, workspace_id: str, pand_id: str, party: Party) -> Mapping[str, Answer]:
        kept = self._get_with(workspace_id, pand_id).answers
        return {name: answer for (pand, name, who), answer in kept.items() if (pand, who) == (pand_id, party)}

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
        kept = self._get_with(workspace_id, pand_id)
        stored = kept.answers.get((pand_id, criterion, party))
        if stored is not None and (stored.choice, stored.note, stored.certainty) == (choice, note, certainty):
            return stored
        if expected_version != (stored.version if stored else 0):
            known = (stored.choice, stored.author) if stored else (None, "niemand")
            raise StaleAnswerError(criterion, stored=known[0], offered=choice, author=known[1])
        answer = self._answer(kept, pand_id, Answer(criterion, choice, note, certainty, author, party, at, 0))
        self._raise(kept, answers=1)
        line = self._tell(workspace_id, Deed.ANTWOORD, author, at, pand_id)
        detail = {"certainty": certainty, "version": answer.version, **({"reason": reason} if reason else {})}
        old = stored.choice if stored else None
        self._log[-1] = replace(line, name=criterion, party=party, old=old, new=choice, note=note, detail=detail)
        return answer

    def read_history(self, workspace_id: str, pand_id: str, criterion: str, party: Party) -> Sequence[Answer]:
        return list(reversed(self._get_with(workspace_id, pand_id).history.get((pand_id, criterion, party), [])))

    # -- the log, and what was settled

    def _tell(self, workspace_id: str, what: Deed, author: str, at: datetime, pand_id: str | None = None) -> LogLine:
        number = len(self._log) + 1
        self._log.append(LogLine(number, workspace_id, at, author, what, pand_id, None, None, None, None, ""))
        return self._log[-1]

    def read_log(
        self,
        workspace_id: str,
        *,
        pand_id: str | None = None,
        author: str | None = None,
        what: Deed | None = None,
        most: int = 200,
    ) -> Sequence[LogLine]:
        wanted = {"workspace_id": workspace_id, "pand_id": pand_id, "author": author, "what": what}
        asked = {name: value for name, value in wanted.items() if value is not None}
        lines = [line for line in reversed(self._log) if all(getattr(line, name) == asked[name] for name in asked)]
        return lines[:most]

    def read_moment(self, workspace_id: str, party: Party, *, pand_id: str | None = None) -> Moment:
        kept = self._get(workspace_id) if pand_id is None else self._get_with(workspace_id, pand_id)
        pand_ids = [here for here in kept.shapes if pand_id in (None, here)]
        facts = [
            (here, fact.name, str(fact.source), fact.value, fact.source_label, fact.source_date, fact.confidence)
            for here in pand_ids
            for fact in self.read_facts(workspace_id, here)
        ]
        answers = [
            (here, one.criterion, one.choice, one.note, one.certainty, one.author, one.at, one.version)
            for here in pand_ids
            for one in self.read_answers(workspace_id, here, party).values()
        ]
        of_facts = ["pand_id", "name", "source", "value", "label", "day", "confidence"]
        of_answers = ["pand_id", "criterion", "choice", "note", "certainty", "author", "at", "version"]
        frames = pd.DataFrame(facts, columns=of_facts, dtype=object), pd.DataFrame(answers, columns=of_answers, dtype=object)
        return Moment(kept.workspace, pand_ids, *frames)

    def save_snapshot(self, record: SnapshotRecord, *, content: bytes, rulebook: bytes) -> SnapshotRecord:
        kept = self._get(record.workspace_id).snapshots
        kept.append((replace(record, number=len(kept) + 1), content, rulebook))
        self._tell(record.workspace_id, Deed.VASTSTELLEN, record.author, record.at, record.pand_id)
        return kept[-1][0]

    def find_snapshots(self, workspace_id: str) -> Sequence[SnapshotRecord]:
        return [record for record, _, _ in reversed(self._get(workspace_id).snapshots)]

    def read_snapshot(self, workspace_id: str, number: int) -> tuple[SnapshotRecord, bytes, bytes]:
        kept = self._get(workspace_id).snapshots
        if not 1 <= number <= len(kept):
            raise NotFoundError("Vaststelling", str(number), advice="Kies een andere.")
        return kept[number - 1]

    # -- versions: what was imported

    def read_known(self, workspace_id: str) -> Known:
        kept = self._get(workspace_id)
        frames: dict[Herkomst, pd.DataFrame] = {}
        for source in ORDER:
            names = [name for name in FACTS if any(key[1:] == (name, source) for key in kept.facts)]
            if names:
                frames[source] = pd.DataFrame(
                    {
                        name: pd.Series(
                            [
                                fact.value if (fact := kept.facts.get((pand_id, name, source))) else None
                                for pand_id in kept.shapes
                            ],
                            dtype=float if FACTS[name].is_number else "str",
                        )
                        for name in names
                    }
                )
        buildings = pd.DataFrame({"pand_id": pd.Series(list(kept.shapes), dtype="str")})
        buildings["geometry"] = pd.Series(list(kept.shapes.values()), dtype=object)
        given = [(pand, name, answer.choice) for (pand, name, who), answer in kept.answers.items() if who is Party.SAMEN]
        return Known(buildings, frames, pd.DataFrame(given, columns=["pand_id", "criterion", "choice"], dtype="str"))

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
        if workspace_id is None:
            kept = self._make(name, at, fictional=False)
        else:
            kept = self._get(workspace_id)
            if (kept.workspace.facts_version, kept.workspace.answers_version) != expected:
                raise StalePlanError(kept.workspace.name)
        number = len(kept.imports) + 1
        counts = (len(batch.added), batch.changed, batch.cells, batch.refused)
        done = _Import(ImportRecord(kept.workspace.id, number, at, author, tuple(files), *counts), list(batch.added["pand_id"]))
        for pand_id, shape in zip(batch.added["pand_id"], batch.added["geometry"], strict=True):
            kept.shapes[pand_id] = shape if isinstance(shape, bytes) else None
        for pand_id, column in zip(batch.dropped["pand_id"], batch.dropped["fact"], strict=True):
            key = (pand_id, column, Herkomst.ANTWOORD)
            done.facts.append(_Change(key, kept.facts.pop(key), None))
        for row in batch.facts.to_dict("records"):
            key = (row["pand_id"], row["fact"], Herkomst(row["source"]))
            fact = Fact(row["fact"], row["value"], key[2], row["label"], row["day"])
            done.facts.append(_Change(key, kept.facts.get(key), fact))
            kept.facts[key] = fact
        for row in batch.answers.to_dict("records"):
            key = (row["pand_id"], row["criterion"], Party.SAMEN)
            old = kept.answers.get(key)
            given = Answer(row["criterion"], row["choice"], "", Certainty.INSCHATTING, author, Party.SAMEN, at, 0)
            done.answers.append(_Change((key[0], key[1], Herkomst.ANTWOORD), old, self._answer(kept, row["pand_id"], given)))
        for row in batch.shapes.to_dict("records"):
            pand_id, shape = row["pand_id"], row["geometry"]
            done.shapes.append(_Change((pand_id, "geometry", Herkomst(row["source"])), kept.shapes[pand_id], shape))
            kept.shapes[pand_id] = shape
        kept.imports.append(done)
        self._raise(kept, facts=workspace_id is not None, answers=workspace_id is not None)
        return done.record

    def find_imports(self, workspace_id: str) -> Sequence[ImportRecord]:
        return [done.record for done in reversed(self._get(workspace_id).imports)]

    def read_import_changes(self, workspace_id: str, number: int) -> pd.DataFrame:
        found = [done for done in self._get(workspace_id).imports if done.record.number == number]
        if not found:
            raise NotFoundError("Import", str(number), advice="Kies een andere.")
        rows = [(pand_id, "pand_id", "opgave", None, pand_id) for pand_id in found[0].added]
        rows += [
            (*change.key[:2], str(change.key[2]), _show(change.old), _show(change.new))  # type: ignore[misc]
            for change in (*found[0].facts, *found[0].answers, *found[0].shapes)
            if change.key[0] not in found[0].added
        ]
        rows.sort(key=lambda row: row[:3])
        return pd.DataFrame(rows, columns=["pand_id", "fact", "source", "old", "new"])

    def undo_import(self, workspace_id: str, *, author: str, at: datetime) -> UndoReport:
        kept = self._get(workspace_id)
        done = next((one for one in reversed(kept.imports) if one.record.undone_at is None), None)
        if done is None:
            raise NotFoundError("Import", "", advice="Er is geen import meer die teruggedraaid kan worden.")
        there = set(kept.shapes) - set(done.added)
        restored, changed = 0, []
        for change in (one for one in done.facts if one.key[0] in there):
            now = kept.facts.get(change.key)
            if (now and now.value) != (change.new and change.new.value):  # type: ignore[attr-defined]
                changed.append(change.key[:2])
                continue
            restored += 1
            kept.facts.pop(change.key, None)
            if isinstance(change.old, Fact):
                kept.facts[change.key] = change.old
        for change in (one for one in done.answers if one.key[0] in there):
            key = (*change.key[:2], Party.SAMEN)
            if not self._is_as_written(kept, key, change):
                changed.append(change.key[:2])
                continue
            restored += 1
            why = Answer(
                key[1], None, f"Import {done.record.number} is teruggedraaid.", Certainty.INSCHATTING, author, key[2], at, 0
            )
            self._answer(kept, key[0], change.old if isinstance(change.old, Answer) else why)
            if change.old is None:
                del kept.answers[key]
        for change in done.shapes:
            if kept.shapes[change.key[0]] != change.new:
                changed.append(change.key[:2])
                continue
            restored += 1
            kept.shapes[change.key[0]] = change.old  # type: ignore[assignment]
        stayed = tuple(pand_id for pand_id in done.added if self._is_used(kept, pand_id, done.record))
        gone = set(done.added) - set(stayed)
        kept.shapes = {pand_id: shape for pand_id, shape in kept.shapes.items() if pand_id not in gone}
        kept.facts = {key: fact for key, fact in kept.facts.items() if key[0] not in gone}
        kept.answers = {key: answer for key, answer in kept.answers.items() if key[0] not in gone}
        done.record = replace(done.record, undone_at=at, undone_by=author)
        self._raise(kept, facts=1, answers=1)
        frame = pd.DataFrame(sorted(set(changed)), columns=["pand_id", "fact"], dtype="str")
        return UndoReport(done.record, len(gone), stayed, restored, frame)

    def _is_as_written(self, kept: _Kept, key: AnswerKey, change: _Change) -> bool:
        now = kept.answers.get(key)
        return isinstance(change.new, Answer) and now is not None and replace(now, version=change.new.version) == change.new

    def _is_used(self, kept: _Kept, pand_id: str, record: ImportRecord) -> bool:
        said = any(key[0] == pand_id and key[2] is Herkomst.ANTWOORD for key in kept.facts)
        ours = ("", Certainty.INSCHATTING, record.author, Party.SAMEN, record.at)
        return said or any(
            key[0] == pand_id and (one.note, one.certainty, one.author, one.party, one.at) != ours
            for key, one in kept.answers.items()
        )

    # -- mappings

    def save_mapping(
        self, workspace_id: str, sender: str, mapping: Mapping[str, str | None], *, author: str, at: datetime
    ) -> None:
        self._get(workspace_id).mappings.update({(sender, header): target for header, target in mapping.items()})

    def read_mapping(self, workspace_id: str, sender: str) -> Mapping[str, str | None]:
        kept = self._get(workspace_id).mappings
        return deepcopy({header: target for (who, header), target in kept.items() if who == sender})


def _show(cell: object) -> object:
    if isinstance(cell, Fact):
        return cell.value
    if isinstance(cell, Answer):
        return cell.choice
    return name_shape(cell) if isinstance(cell, bytes) else cell
