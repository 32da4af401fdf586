"""Scoring apart and together: answer as a party, get ready, reveal, and settle what differs.

Who asks (`viewer`) decides what is given: before the reveal a party's answers are for that party alone, and everybody
else, together included, gets a HiddenAnswersError. Pages only show what they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.columns import OneBuilding
from quickscan.domain.disagreement import Answers, Comparison, Difference, compare, same_answers
from quickscan.domain.duo import (
    PARTIES,
    AlreadyRevealedError,
    Dissent,
    HiddenAnswersError,
    NotRevealedError,
    RevealRefusedError,
    Stand,
)
from quickscan.domain.errors import StaleAnswerError, require_reason
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import applicable_tables, look_at
from quickscan.domain.terms import INTERVENTIES, Interventie
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.scans import Scan, Scans, best_values

SAME_APART = "Gemeente en corporatie antwoordden apart hetzelfde."


class DuoStore(Protocol):
    """What is kept of a duo. Every write is one committed transaction, or nothing; a building that is not there
    raises NotFoundError.

    Reads: read_…. Writes: the others.
    """

    def read_stand(self, workspace_id: str, pand_id: str) -> Stand:
        """Return where the two stand with a building."""

    def read_revealed(self, workspace_id: str) -> frozenset[str]:
        """Return the pand_ids of all buildings of which the answers are open."""

    def read_answered(self, workspace_id: str, pand_id: str) -> Mapping[Party, frozenset[str]]:
        """Return which criteria each party answered, without a word of what it said."""

    def set_ready(self, workspace_id: str, pand_id: str, party: Party, *, ready: bool, author: str, at: datetime) -> Stand:
        """Say that a party is ready or not; the second one that is ready reveals. After the reveal nothing changes."""

    def reveal(self, workspace_id: str, pand_id: str, *, author: str, at: datetime) -> Stand:
        """Open the answers for good; the first reveal stays."""

    def save_dissent(
        self, workspace_id: str, pand_id: str, criterion: str, *, reason: str, author: str, at: datetime, expected_version: int
    ) -> Dissent:
        """Keep that the two disagree, beside what was kept before. Saving the same again changes nothing.

        `expected_version` is the version the person saw (0: none yet); raises StaleDissentError when it has moved on.
        """


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a party is with a building, without a word about its answers."""

    answered: int
    asked: int
    ready: bool


class Status(StrEnum):
    """What became of a difference."""

    OPEN = "nog te bespreken"
    AGREED = "eens geworden"
    APART = "oneens"


@dataclass(frozen=True, slots=True)
class Item:
    """A difference with what the two decided about it."""

    difference: Difference
    status: Status
    together: Answer | None  # what counts for both now, also when it is from before the reveal
    dissent: Dissent | None


@dataclass(frozen=True)
class Meeting:
    """All there is to discuss about a building."""

    stand: Stand
    comparison: Comparison
    items: tuple[Item, ...]  # those with the most weight first
    left_behind: tuple[str, ...]  # criteria that both answered alike, while together still says something else

    def count(self, status: Status) -> int:
        """Return how many differences have a status."""
        return sum(item.status is status for item in self.items)


@dataclass(frozen=True)
class Duo:
    """Use cases around one building of a duo."""

    store: DuoStore
    scans: Scans
    clock: Clock = utc_now
    by_rule: Scans | None = None  # writes what follows from what both said, whoever was the last to get ready

    def stand(self, workspace_id: str, pand_id: str) -> Stand:
        """Return who is ready and whether the answers are open; raises NotFoundError."""
        return self.store.read_stand(workspace_id, pand_id)

    def progress(self, workspace_id: str, pand_id: str, rules: Rules, interventie: Interventie) -> Mapping[Party, Progress]:
        """Return how far each party is. Asked is what facts do not settle, and what the party answered all the same."""
        stand = self.store.read_stand(workspace_id, pand_id)
        values = best_values(pand_id, self.scans.store.read_facts(workspace_id, pand_id))
        situation = look_at(OneBuilding(values), rules)
        tables = applicable_tables(rules, interventie)
        names = {table.active.id for table in tables}
        unsettled = {table.active.id for table in tables if situation.places[table.active.id][0] == table.unknown}
        said, found = self.store.read_answered(workspace_id, pand_id), {}
        for party in PARTIES:
            answered = names & said[party]
            found[party] = Progress(len(answered), len(unsettled | answered), party in stand.ready)
        return found

    def read_answers(self, workspace_id: str, pand_id: str, *, of: Party, viewer: Party) -> Mapping[str, Answer]:
        """Return what a party answered; raises HiddenAnswersError when it is not for the viewer to see (yet)."""
        self._require_visible(workspace_id, pand_id, of=of, viewer=viewer)
        return self.scans.store.read_answers(workspace_id, pand_id, of)

    def look(
        self,
        workspace_id: str,
        pand_id: str,
        rules: Rules,
        *,
        of: Party,
        viewer: Party,
        interventies: Sequence[Interventie] = INTERVENTIES,
    ) -> Scan:
        """Return a building as a party scores it; raises HiddenAnswersError as `read_answers` does."""
        self._require_visible(workspace_id, pand_id, of=of, viewer=viewer)
        return self.scans.look(workspace_id, pand_id, rules, party=of, interventies=interventies)

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
        party: Party,
        note: str = "",
        certainty: Certainty = Certainty.REDELIJK,
    ) -> Answer:
        """Save an answer as `Scans.answer` does; raises AlreadyRevealedError for what a party says apart too late."""
        self._require_open(workspace_id, pand_id, party)
        return self.scans.answer(
            workspace_id,
            pand_id,
            criterion,
            choice=choice,
            rules=rules,
            author=author,
            expected_version=expected_version,
            note=note,
            certainty=certainty,
            party=party,
        )

    def history(self, workspace_id: str, pand_id: str, criterion: str, *, of: Party, viewer: Party) -> Sequence[Answer]:
        """Return every version of one answer, newest first; raises HiddenAnswersError as `read_answers` does."""
        self._require_visible(workspace_id, pand_id, of=of, viewer=viewer)
        return self.scans.history(workspace_id, pand_id, criterion, party=of)

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
        party: Party,
    ) -> Answer:
        """Put an earlier version back as `Scans.restore` does; raises AlreadyRevealedError as `answer` does."""
        self._require_open(workspace_id, pand_id, party)
        return self.scans.restore(
            workspace_id,
            pand_id,
            criterion,
            version,
            rules=rules,
            author=author,
            reason=reason,
            expected_version=expected_version,
            party=party,
        )

    def undo_last(self, workspace_id: str, pand_id: str, *, author: str, party: Party) -> Answer:
        """Take back one's own last answer at a building, as `Scans.undo_last` does; raises AlreadyRevealedError too."""
        self._require_open(workspace_id, pand_id, party)
        return self.scans.undo_last(workspace_id, author=author, party=party, pand_id=pand_id)[1]

    def set_ready(self, workspace_id: str, pand_id: str, party: Party, rules: Rules, *, ready: bool, author: str) -> Stand:
        """Say that a party is ready or not; when both are, the answers open. Together has nothing to get ready."""
        if party is Party.SAMEN:
            raise RevealRefusedError
        stand = self.store.set_ready(workspace_id, pand_id, party, ready=ready, author=author, at=self.clock())
        if stand.revealed:
            self._take_over_same(workspace_id, pand_id, rules, author=author, scans=self.by_rule or self.scans)
        return stand

    def reveal(self, workspace_id: str, pand_id: str, rules: Rules, *, viewer: Party, author: str) -> Stand:
        """Open the answers now; raises RevealRefusedError when one party wants it alone."""
        stand = self.store.read_stand(workspace_id, pand_id)
        if stand.revealed is None:
            if viewer is not Party.SAMEN:
                raise RevealRefusedError
            stand = self.store.reveal(workspace_id, pand_id, author=author, at=self.clock())
        self.take_over_same(workspace_id, pand_id, rules, author=author)
        return stand

    def take_over_same(self, workspace_id: str, pand_id: str, rules: Rules, *, author: str, replace: bool = False) -> int:
        """Make what both answered alike the answer of together, and return how many were.

        What together said before the reveal stays, unless a person asks to `replace` it. Each answer is saved by itself,
        and what was cut short is taken up by doing it again.
        """
        return self._take_over_same(workspace_id, pand_id, rules, author=author, scans=self.scans, replace=replace)

    def _take_over_same(
        self, workspace_id: str, pand_id: str, rules: Rules, *, author: str, scans: Scans, replace: bool = False
    ) -> int:
        stand = self._require_revealed(workspace_id, pand_id)
        first, second, shared = self._read_all(workspace_id, pand_id)
        count = 0
        for name, choice in _left_behind(stand, first, second, shared, rules).items():
            seen = shared[name].version if name in shared else 0
            if seen and not replace:
                continue
            try:
                _save_together(scans, workspace_id, pand_id, name, choice, SAME_APART, rules, author, seen)
            except StaleAnswerError:  # somebody answered for both in between: that stands
                continue
            count += 1
        return count

    def meet(self, workspace_id: str, pand_id: str, rules: Rules, interventie: Interventie) -> Meeting:
        """Return the scores side by side and every difference; raises HiddenAnswersError before the reveal."""
        stand = self.store.read_stand(workspace_id, pand_id)
        if stand.revealed is None:
            raise HiddenAnswersError(stand.waits_for[0] if stand.waits_for else PARTIES[0])
        first, second, shared = self._read_all(workspace_id, pand_id)
        facts = self.scans.store.read_facts(workspace_id, pand_id)
        values = best_values(pand_id, facts)
        comparison = compare(values, first, second, rules, interventie, agreed=shared, facts=facts)
        items = []
        for difference in comparison.differences:
            name = difference.active.id
            together, dissent = shared.get(name), stand.dissents.get(name)
            items.append(Item(difference, _status(together, dissent, stand.revealed.at), together, dissent))
        return Meeting(stand, comparison, tuple(items), tuple(_left_behind(stand, first, second, shared, rules)))

    def agree(
        self,
        workspace_id: str,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        reason: str,
        rules: Rules,
        author: str,
        expected_version: int,
    ) -> Answer:
        """Save what the two agree on as the answer of together, with the reason as its note.

        Raises MissingReasonError, NotRevealedError, and what `Scans.answer` raises.
        """
        why = require_reason(reason)
        self._require_revealed(workspace_id, pand_id)
        return _save_together(self.scans, workspace_id, pand_id, criterion, choice, why, rules, author, expected_version)

    def disagree(
        self, workspace_id: str, pand_id: str, criterion: str, *, reason: str, rules: Rules, author: str, expected_version: int
    ) -> Dissent:
        """Keep that the two agree to disagree, and why; the answer of together stays as it was.

        Raises MissingReasonError, NotRevealedError, UnknownRuleError and StaleDissentError.
        """
        why = require_reason(reason)
        rules.criterion(criterion)
        self._require_revealed(workspace_id, pand_id)
        return self.store.save_dissent(
            workspace_id, pand_id, criterion, reason=why, author=author, at=self.clock(), expected_version=expected_version
        )

    def _require_visible(self, workspace_id: str, pand_id: str, *, of: Party, viewer: Party) -> None:
        if of not in (viewer, Party.SAMEN) and self.store.read_stand(workspace_id, pand_id).revealed is None:
            raise HiddenAnswersError(of)

    def _require_open(self, workspace_id: str, pand_id: str, party: Party) -> None:
        if party is not Party.SAMEN and self.store.read_stand(workspace_id, pand_id).revealed:
            raise AlreadyRevealedError

    def _require_revealed(self, workspace_id: str, pand_id: str) -> Stand:
        stand = self.store.read_stand(workspace_id, pand_id)
        if stand.revealed is None:
            raise NotRevealedError
        return stand

    def _read_all(self, workspace_id: str, pand_id: str) -> tuple[Answers, Answers, Answers]:
        first, second, shared = (self.scans.store.read_answers(workspace_id, pand_id, who) for who in (*PARTIES, Party.SAMEN))
        return first, second, shared


def _save_together(
    scans: Scans,
    workspace_id: str,
    pand_id: str,
    criterion: str,
    choice: str | None,
    note: str,
    rules: Rules,
    author: str,
    seen: int,
) -> Answer:
    return scans.answer(
        workspace_id, pand_id, criterion, choice=choice, rules=rules, author=author, expected_version=seen, note=note
    )


def _status(together: Answer | None, dissent: Dissent | None, revealed: datetime) -> Status:
    """Return what was decided last; an answer of together from before the reveal decided nothing about the difference."""
    if together is not None and together.at >= revealed and (dissent is None or together.at >= dissent.at):
        return Status.AGREED
    return Status.OPEN if dissent is None else Status.APART


def _left_behind(stand: Stand, first: Answers, second: Answers, shared: Answers, rules: Rules) -> dict[str, str]:
    """Return what both answered alike and together did not take over, nor decided otherwise since the reveal."""
    codes = rules.answer_codes
    return {
        name: choice
        for name, choice in same_answers(first, second).items()
        if choice in codes.get(name, ())  # else it is a question of other rules
        and (name not in shared or (shared[name].choice != choice and stand.revealed and shared[name].at < stand.revealed.at))
    }
