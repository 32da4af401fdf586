"""A store that keeps everything in a dictionary: the same promises as the real one, without a database."""

# ruff: noqa: ARG002 - the Protocol names what this store has no use for

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import Workspace

AnswerKey = tuple[str, str, Party]


@dataclass
class _Kept:
    workspace: Workspace
    buildings: pd.DataFrame
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    answers: dict[AnswerKey, list[Answer]] = field(default_factory=dict)


class InMemoryStore:
    """Keeps workspaces in memory; meets the Protocol `Store`."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def _get(self, workspace_id: str) -> _Kept:
        if workspace_id not in self._kept:
            raise NotFoundError("Werkruimte", workspace_id, advice="Kies een andere.")
        return self._kept[workspace_id]

    def find_workspaces(self) -> Sequence[Workspace]:
        return [kept.workspace for kept in reversed(self._kept.values())]

    def get_workspace(self, workspace_id: str) -> Workspace:
        return self._get(workspace_id).workspace

    def create_workspace(
        self, name: str, buildings: pd.DataFrame, sources: Mapping[str, SourceNote], *, fictional: bool, author: str, at: datetime
    ) -> Workspace:
        workspace_id = f"w{len(self._kept) + 1}"
        frame = buildings.reset_index(drop=True)
        given = [column for column in frame.columns if "." in column]  # a criterion, such as bou.dak
        kept = _Kept(Workspace(workspace_id, name, fictional, at, 1, 1, len(frame), 0), frame.drop(columns=given))
        for criterion in given:
            for pand_id, choice in zip(frame["pand_id"], frame[criterion], strict=True):
                if isinstance(choice, str):
                    first = Answer(criterion, choice, "", Certainty.REDELIJK, author, Party.SAMEN, at, 1)
                    kept.answers[(pand_id, criterion, Party.SAMEN)] = [first]
        self._kept[workspace_id] = kept
        return kept.workspace

    def delete_workspace(self, workspace_id: str) -> None:
        self._get(workspace_id)
        del self._kept[workspace_id]

    def read_buildings(self, workspace_id: str) -> pd.DataFrame:
        return self._get(workspace_id).buildings.copy()

    def read_building(self, workspace_id: str, pand_id: str) -> pd.DataFrame:
        frame = self._get(workspace_id).buildings
        found = frame[frame["pand_id"] == pand_id].reset_index(drop=True)
        if found.empty:
            raise NotFoundError("Pand", pand_id, advice="Kies een ander gebouw.")
        return found

    def read_facts(self, workspace_id: str, pand_id: str) -> Sequence[Fact]:
        order = list(Herkomst)
        row = self.read_building(workspace_id, pand_id).iloc[0]
        given = self._get(workspace_id).facts.get(pand_id, [])
        imported = [
            Fact(str(name), value, Herkomst.OPGAVE, "import")
            for name, value in row.items()
            if name in FACTS and name != "pand_id" and not pd.isna(value) and not any(fact.name == name for fact in given)
        ]
        return sorted([*given, *imported], key=lambda fact: order.index(fact.source))

    def save_fact(self, workspace_id: str, pand_id: str, fact: Fact, *, author: str, at: datetime) -> None:
        self.read_building(workspace_id, pand_id)
        kept = self._get(workspace_id)
        others = [f for f in kept.facts.get(pand_id, []) if (f.name, f.source) != (fact.name, fact.source)]
        kept.facts[pand_id] = [*others, fact]
        if fact.name not in kept.buildings.columns:
            empty = float("nan") if FACTS[fact.name].is_number else None
            kept.buildings[fact.name] = pd.Series([empty] * len(kept.buildings), dtype="float64" if empty else "object")
        kept.buildings.loc[kept.buildings["pand_id"] == pand_id, fact.name] = fact.value

    def read_answer_codes(self, workspace_id: str, party: Party) -> pd.DataFrame:
        rows = [
            (pand_id, criterion, answers[-1].choice)
            for (pand_id, criterion, who), answers in self._get(workspace_id).answers.items()
            if who is party and answers[-1].choice is not None
        ]
        return pd.DataFrame(rows, columns=["pand_id", "criterion", "choice"])

    def read_answers(self, workspace_id: str, pand_id: str, party: Party) -> Mapping[str, Answer]:
        kept = self._get(workspace_id).answers
        return {name: answers[-1] for (pand, name, who), answers in kept.items() if (pand, who) == (pand_id, party)}

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
        self.read_building(workspace_id, pand_id)
        kept = self._get(workspace_id)
        history = kept.answers.setdefault((pand_id, criterion, party), [])
        if len(history) != expected_version:
            raise StaleAnswerError(criterion, stored=history[-1].choice, offered=choice, author=history[-1].author)
        history.append(Answer(criterion, choice, note, certainty, author, party, at, expected_version + 1))
        kept.workspace = replace(kept.workspace, answers_version=kept.workspace.answers_version + 1)
        return history[-1]

    def read_history(self, workspace_id: str, pand_id: str, criterion: str, party: Party) -> Sequence[Answer]:
        return list(reversed(self._get(workspace_id).answers.get((pand_id, criterion, party), [])))
