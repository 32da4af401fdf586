"""The quick scan of one building: look at it, answer, and see what the answer does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
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


@dataclass(frozen=True)
class Scans:
    """Use cases around one building."""

    store: Store
    clock: Clock = utc_now
    _buildings: dict[tuple[str, str, tuple[Fact, ...]], tuple[pd.DataFrame, str]] = field(
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
        building, name = self._read_building(workspace_id, pand_id, facts)
        given = {name: answer.choice for name, answer in answers.items() if answer.choice is not None}
        situation = look_at(_with_answers(building, given), rules)
        results = {
            interventie: explain(situation, rules, interventie, facts=facts, answers=answers) for interventie in interventies
        }
        return Scan(pand_id, name, building, facts, answers, situation, results)

    def _read_building(self, workspace_id: str, pand_id: str, facts: Sequence[Fact]) -> tuple[pd.DataFrame, str]:
        """Return the building as a frame, and its name. Reading them costs most of a look, and an answer changes neither."""
        key = (workspace_id, pand_id, tuple(facts))
        found = self._buildings.get(key)
        if found is None:
            building = self.store.read_building(workspace_id, pand_id)
            found = building, str(describe(building)["naam"].iloc[0])
            if tuple(self.store.read_facts(workspace_id, pand_id)) == key[2]:  # nobody saved a fact in between
                if len(self._buildings) >= BUILDINGS_KEPT:
                    self._buildings.clear()
                self._buildings[key] = found
        return found

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


def _with_answers(building: pd.DataFrame, given: Mapping[str, str]) -> pd.DataFrame:
    """Return one building with a column per answered criterion; as `portfolios.with_answers`, without its pivot."""
    kept = building.drop(columns=known) if (known := [name for name in given if name in building.columns]) else building
    choices = np.array([list(given.values())], dtype=object).reshape(1, len(given))
    return pd.concat([kept, pd.DataFrame(choices, columns=list(given), index=building.index, dtype=object)], axis=1)


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
