"""The quick scan of one building: look at it, answer, and see what the answer does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.columns import Bools, Codes, Columns, Floats
from quickscan.domain.errors import Fault, FaultyInputError, NotFoundError
from quickscan.domain.explanation import Explanation, explain
from quickscan.domain.facts import FACTS, Fact, FactSpec, check_buildings
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import Situation, look_at
from quickscan.domain.story import tell
from quickscan.domain.terms import INTERVENTIES, Herkomst, Interventie
from quickscan.services.portfolios import Clock, describe, utc_now
from quickscan.services.ports import Store

BUILDINGS_KEPT = 256  # frames of one row


@dataclass(frozen=True)
class Scan:
    """One building as it stands: facts, answers, and per interventie the explained result."""

    pand_id: str
    name: str
    building: pd.DataFrame
    facts: Sequence[Fact]
    answers: Mapping[str, Answer]
    situation: Situation
    results: Mapping[Interventie, Explanation]

    @property
    def story(self) -> str:
        """The sentence for optoppen."""
        return tell(self.results[Interventie.OPTOPPEN])


class _Building(Columns):
    """One building with its facts, kept between looks: each column is taken out of the frame once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__(frame)
        self.frame = frame
        self.name = str(describe(frame)["naam"].iloc[0])
        self._texts: dict[str, pd.Series] = {}

    def text(self, name: str) -> pd.Series:
        if name not in self._texts:
            self._texts[name] = super().text(name)
        return self._texts[name]


class _Answered(Columns):
    """One building with a column per answered criterion; a stored answer goes before one from a file."""

    def __init__(self, building: _Building, answers: Mapping[str, Answer]) -> None:
        super().__init__(building.frame)
        self._building = building
        self._given = {name: answer.choice for name, answer in answers.items() if answer.choice is not None}

    def has(self, name: str) -> bool:
        return name in self._given or super().has(name)

    def number(self, name: str) -> Floats:
        if name not in self._numbers:
            self._numbers[name] = self._building.number(name)
        return self._numbers[name]

    def text(self, name: str) -> pd.Series:
        return pd.Series([self._given[name]], dtype="str") if name in self._given else self._building.text(name)

    def codes(self, name: str, places: Mapping[str, int], unknown: int) -> Codes | None:
        if name in self._given:
            return np.array([places.get(self._given[name], unknown)], dtype=np.int8)
        return self._building.codes(name, places, unknown)

    def matches(self, name: str, wanted: Sequence[str]) -> tuple[Bools, Bools]:
        if name in self._given:
            return np.array([self._given[name] in wanted]), np.array([True])
        return self._building.matches(name, wanted)


@dataclass(frozen=True)
class Scans:
    """Use cases around one building."""

    store: Store
    clock: Clock = utc_now
    _buildings: dict[tuple[str, str, tuple[Fact, ...]], _Building] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def look(
        self,
        workspace_id: str,
        pand_id: str,
        rules: Rules,
        *,
        party: Party = Party.SAMEN,
        interventies: Sequence[Interventie] = INTERVENTIES,
    ) -> Scan:
        """Return everything about one building; raises NotFoundError."""
        answers = self.store.read_answers(workspace_id, pand_id, party)
        facts = self.store.read_facts(workspace_id, pand_id)
        kept = self._read_building(workspace_id, pand_id, facts)
        situation = look_at(_Answered(kept, answers), rules)
        results = {
            interventie: explain(situation, rules, interventie, facts=facts, answers=answers) for interventie in interventies
        }
        return Scan(pand_id, kept.name, kept.frame, facts, answers, situation, results)

    def _read_building(self, workspace_id: str, pand_id: str, facts: Sequence[Fact]) -> _Building:
        """Return the building with its facts. Reading it costs most of a look, and an answer does not change it."""
        key = (workspace_id, pand_id, tuple(facts))
        kept = self._buildings.get(key)
        if kept is None:
            kept = _Building(self.store.read_building(workspace_id, pand_id))
            if tuple(self.store.read_facts(workspace_id, pand_id)) == key[2]:  # nobody saved a fact in between
                if len(self._buildings) >= BUILDINGS_KEPT:
                    self._buildings.clear()
                self._buildings[key] = kept
        return kept

    def find_name(self, workspace_id: str, pand_id: str) -> str | None:
        """Return what a building is called, None when the workspace does not have it."""
        try:
            return str(describe(self.store.read_building(workspace_id, pand_id))["naam"].iloc[0])
        except NotFoundError:
            return None

    def answer(
        self,
        workspace_id: str,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        rules: Rules,
        author: str,
        expected_version: int,
        note: str = "",
        certainty: Certainty = Certainty.REDELIJK,
        party: Party = Party.SAMEN,
    ) -> Answer:
        """Save an answer at once; None is "weet ik niet".

        Raises UnknownRuleError for a criterion or choice that is not in force, StaleAnswerError when somebody else
        answered in between, NotFoundError when the building is gone.
        """
        active = rules.criterion(criterion)
        if choice is not None:
            active.choice(choice)
        return self.store.save_answer(
            workspace_id,
            pand_id,
            criterion,
            choice=choice,
            note=note.strip(),
            certainty=certainty,
            author=author,
            party=party,
            at=self.clock(),
            expected_version=expected_version,
        )

    def save_fact(self, workspace_id: str, pand_id: str, name: str, value: str | float, *, author: str) -> None:
        """Save a fact that a person gives.

        Raises FaultyInputError when it cannot be true, and NotFoundError for a fact that the tool does not know.
        """
        spec = FACTS.get(name)
        if spec is None or name == "pand_id":
            raise NotFoundError("Feit", name, advice="Kies een van de feiten over het gebouw.")
        column = pd.Series([_typed(value, spec)], index=[1])
        faults = check_buildings(pd.DataFrame({"pand_id": pd.Series([pand_id], index=[1]), name: column}))
        if faults:
            raise FaultyInputError([replace(fault, row=None) for fault in faults])
        now = self.clock()
        fact = Fact(name, column.iloc[0], Herkomst.ANTWOORD, author, now.date(), "hoog")
        self.store.save_fact(workspace_id, pand_id, fact, author=author, at=now)

    def history(self, workspace_id: str, pand_id: str, criterion: str, *, party: Party = Party.SAMEN) -> Sequence[Answer]:
        """Return every version of one answer, newest first."""
        return self.store.read_history(workspace_id, pand_id, criterion, party)


def _typed(value: str | float, spec: FactSpec) -> str | float:
    """Return a number for a number fact and text for the rest; an empty or unreadable value is refused."""
    shown, advice = str(value).strip(), "Vul een waarde in, of laat het feit ongemoeid als het onbekend is."
    if not spec.is_number:
        if shown:
            return shown
        raise FaultyInputError([Fault(None, spec.name, None, f"{spec.label.lower()} is leeg", advice)])
    try:
        number = float(shown.replace(",", "."))
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise FaultyInputError([Fault(None, spec.name, shown, f"{spec.label.lower()} is geen getal", advice)])
    return number
