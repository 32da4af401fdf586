"""The quick scan of one building: look at it, answer, and see what the answer does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.columns import OneBuilding
from quickscan.domain.errors import Fault, FaultyInputError, NotFoundError, StaleAnswerError, require_reason
from quickscan.domain.explanation import Explanation, explain
from quickscan.domain.facts import FACTS, Fact, FactSpec, check_buildings
from quickscan.domain.preselection import preselect
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import Situation, look_at
from quickscan.domain.story import tell
from quickscan.domain.terms import INTERVENTIES, Herkomst, Interventie, Voorselectie
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.ports import Deed, LogLine, Store

LAST_LINES = 200  # how far back one can undo
UNDONE = "ongedaan gemaakt: versie"  # the reason in the audit log by which an undo is known


@dataclass(frozen=True)
class Scan:
    """One building as it stands: facts, answers, and per interventie the explained result."""

    pand_id: str
    name: str
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
        facts, answers = self.store.read_standing(workspace_id, pand_id, party)
        return make_scan(pand_id, facts, answers, rules, interventies)

    def preselect(self, scan: Scan, rules: Rules) -> tuple[Voorselectie, str]:
        """Return what registers alone say of a building, and why."""
        found = preselect(scan.situation, rules)
        return Voorselectie(str(found["voorselectie"][0])), str(found["reden"][0])

    def footprint(self, workspace_id: str, pand_id: str) -> bytes | None:
        """Return the outline of a building (WKB, RD New), None when it is not known; raises NotFoundError."""
        found = self.store.read_building(workspace_id, pand_id)["geometry"].iloc[0]
        return found if isinstance(found, bytes) else None

    def find_name(self, workspace_id: str, pand_id: str) -> str | None:
        """Return what a building is called, None when the workspace does not have it."""
        try:
            return name_of(best_values(pand_id, self.store.read_facts(workspace_id, pand_id)))
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

    def restore(
        self,
        workspace_id: str,
        pand_id: str,
        criterion: str,
        version: int,
        *,
        rules: Rules,
        author: str,
        reason: str,
        expected_version: int,
        party: Party = Party.SAMEN,
    ) -> Answer:
        """Put an earlier version of an answer back as a new version, and return it; the history only grows.

        Raises as `answer` does, UnknownRuleError too when the choice of then is not in force any more, NotFoundError when
        there never was such a version, and MissingReasonError.
        """
        why = require_reason(reason)
        wanted = [answer for answer in self.history(workspace_id, pand_id, criterion, party=party) if answer.version == version]
        if not wanted:
            raise NotFoundError("Versie", str(version), advice="Kies een versie uit de geschiedenis van dit antwoord.")
        if wanted[0].choice is not None:
            rules.criterion(criterion).choice(wanted[0].choice)
        return self._put_back(
            workspace_id,
            pand_id,
            wanted[0],
            author=author,
            expected_version=expected_version,
            reason=f"versie {version} hersteld: {why}",
        )

    def undo_last(
        self, workspace_id: str, *, author: str, party: Party = Party.SAMEN, pand_id: str | None = None
    ) -> tuple[str, Answer]:
        """Take back one's own last answer, of one building or of all, and return its pand_id and the answer that stands now.

        What was answered before comes back as a new version; "weet ik niet" when that was nothing. Doing it again takes
        back the answer before. Raises NotFoundError when there is nothing to take back, and StaleAnswerError when
        somebody else answered since.
        """
        lines = self.store.read_log(workspace_id, pand_id=pand_id, author=author, what=Deed.ANTWOORD, most=LAST_LINES)
        line = _find_to_undo(lines, party)
        if line is None or line.pand_id is None or line.name is None:
            raise NotFoundError("Antwoord", "van uzelf", advice="Er is geen eigen antwoord dat ongedaan gemaakt kan worden.")
        history = {answer.version: answer for answer in self.history(workspace_id, line.pand_id, line.name, party=party)}
        version = int(str(line.detail["version"]))
        mine, now = history[version], self.store.read_answers(workspace_id, line.pand_id, party).get(line.name)
        before = history.get(version - 1) or replace(mine, choice=None, note="")
        if now is None or (now.choice, now.note, now.certainty, now.author) != (mine.choice, mine.note, mine.certainty, author):
            known = (now.choice, now.author) if now else (None, "een teruggedraaide import")
            raise StaleAnswerError(line.name, stored=known[0], offered=before.choice, author=known[1])
        answer = self._put_back(
            workspace_id, line.pand_id, before, author=author, expected_version=now.version, reason=f"{UNDONE} {version}"
        )
        return line.pand_id, answer

    def _put_back(
        self, workspace_id: str, pand_id: str, earlier: Answer, *, author: str, expected_version: int, reason: str
    ) -> Answer:
        return self.store.save_answer(
            workspace_id,
            pand_id,
            earlier.criterion,
            choice=earlier.choice,
            note=earlier.note,
            certainty=earlier.certainty,
            author=author,
            party=earlier.party,
            at=self.clock(),
            expected_version=expected_version,
            reason=reason,
        )


def make_scan(
    pand_id: str, facts: Sequence[Fact], answers: Mapping[str, Answer], rules: Rules, interventies: Sequence[Interventie]
) -> Scan:
    """Return a building with everything explained; of each fact the best source comes first."""
    values = best_values(pand_id, facts)
    given = {name: answer.choice for name, answer in answers.items() if answer.choice is not None}
    situation = look_at(OneBuilding(values | given), rules)
    results = {interventie: explain(situation, rules, interventie, facts=facts, answers=answers) for interventie in interventies}
    return Scan(pand_id, name_of(values), facts, answers, situation, results)


def _find_to_undo(lines: Sequence[LogLine], party: Party) -> LogLine | None:
    """Return the newest answer that is not taken back; each undo stands for one answer before it. Newest first."""
    undone = 0
    for line in lines:
        if line.party != party or (line.new is None and line.note == "" and line.detail.get("version") == 1):
            continue  # a first "weet ik niet": there is nothing before it
        if str(line.detail.get("reason", "")).startswith(UNDONE):
            undone += 1
        elif undone:
            undone -= 1
        else:
            return line
    return None


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


def best_values(pand_id: str, facts: Sequence[Fact]) -> dict[str, str | float]:
    """Return the value of each fact from its best source; `facts` has the best first."""
    values: dict[str, str | float] = {"pand_id": pand_id}
    for fact in facts:
        values.setdefault(fact.name, fact.value)
    return values


def name_of(values: Mapping[str, str | float]) -> str:
    """Return what a building is called: its name, else its address, else the end of its pand_id; as `describe` does."""
    address = f"{values.get('straat', '')} {values.get('huisnummer', '')}".strip()
    return str(values.get("naam") or address or f"Pand …{str(values['pand_id'])[-6:]}")
