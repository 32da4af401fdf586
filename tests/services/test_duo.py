"""Apart and together, on memory, SQLite and PostgreSQL: nothing leaks before the reveal, and nothing is settled without why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import URL

from quickscan.domain.answers import Answer, Party
from quickscan.domain.duo import (
    PARTIES,
    AlreadyRevealedError,
    Dissent,
    HiddenAnswersError,
    Mark,
    NotRevealedError,
    RevealRefusedError,
    StaleDissentError,
    Stand,
)
from quickscan.domain.errors import MissingReasonError, NotFoundError, QuickscanError, StaleAnswerError
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Interventie
from quickscan.services.duo import SAME_APART, Duo, DuoStore, Status
from quickscan.services.ports import Store
from quickscan.services.scans import Scans
from quickscan.store.database import open_store
from quickscan.store.duo import DuoTables
from tests.services.in_memory_store import InMemoryStore
from tests.store.conftest import postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

PAND = "0518000000000001"
KIND = Interventie.OPTOPPEN
SAMEN, GEMEENTE, CORPORATIE = Party.SAMEN, Party.GEMEENTE, Party.CORPORATIE


class InMemoryDuos:
    """Keeps duos in memory; meets the Protocol `DuoStore`."""

    def __init__(self, store: Store) -> None:
        self._store, self._stands = store, dict[tuple[str, str], Stand]()

    def read_stand(self, workspace_id: str, pand_id: str) -> Stand:
        self._store.read_facts(workspace_id, pand_id)  # is it there?
        return self._stands.get((workspace_id, pand_id), Stand())

    def read_revealed(self, workspace_id: str) -> frozenset[str]:
        return frozenset(pand_id for (where, pand_id), stand in self._stands.items() if where == workspace_id and stand.revealed)

    def read_answered(self, workspace_id: str, pand_id: str) -> Mapping[Party, frozenset[str]]:
        return {party: frozenset(self._store.read_answers(workspace_id, pand_id, party)) for party in Party}

    def _keep(self, workspace_id: str, pand_id: str, stand: Stand) -> Stand:
        self._stands[(workspace_id, pand_id)] = stand
        return stand

    def set_ready(self, workspace_id: str, pand_id: str, party: Party, *, ready: bool, author: str, at: datetime) -> Stand:
        stand = self.read_stand(workspace_id, pand_id)
        if stand.revealed or ready == (party in stand.ready):
            return stand
        marks = {who: mark for who, mark in stand.ready.items() if who is not party}
        stand = replace(stand, ready={**marks, party: Mark(author, at)} if ready else marks)
        return self._keep(workspace_id, pand_id, stand if stand.waits_for else replace(stand, revealed=Mark(author, at)))

    def reveal(self, workspace_id: str, pand_id: str, *, author: str, at: datetime) -> Stand:
        stand = self.read_stand(workspace_id, pand_id)
        return self._keep(workspace_id, pand_id, replace(stand, revealed=stand.revealed or Mark(author, at)))

    def save_dissent(
        self, workspace_id: str, pand_id: str, criterion: str, *, reason: str, author: str, at: datetime, expected_version: int
    ) -> Dissent:
        stand = self.read_stand(workspace_id, pand_id)
        stored = stand.dissents.get(criterion)
        if stored and (stored.reason, stored.version) == (reason, expected_version + 1):
            return stored
        if expected_version != (stored.version if stored else 0):
            raise StaleDissentError(
                criterion, stored=stored.reason if stored else "", author=stored.author if stored else "niemand"
            )
        dissent = Dissent(criterion, reason, author, at, expected_version + 1)
        self._keep(workspace_id, pand_id, replace(stand, dissents={**stand.dissents, criterion: dissent}))
        return dissent


@dataclass
class Table:
    """The two of them at one building."""

    duo: Duo
    workspace: str
    rules: Rules

    def say(self, party: Party, choice: str | None, *, criterion: str = "bou.lift", seen: int = 0, note: str = "") -> Answer:
        return self.duo.answer(
            self.workspace,
            PAND,
            criterion,
            choice=choice,
            rules=self.rules,
            author=f"van {party}",
            expected_version=seen,
            party=party,
            note=note,
        )

    def ready(self, party: Party, *, said: bool = True) -> Stand:
        return self.duo.set_ready(self.workspace, PAND, party, self.rules, ready=said, author=f"van {party}")

    def reveal(self, viewer: Party = SAMEN) -> Stand:
        return self.duo.reveal(self.workspace, PAND, self.rules, viewer=viewer, author="regisseur")

    def agree(self, choice: str | None, *, reason: str = "nagezien", seen: int = 0, criterion: str = "bou.lift") -> Answer:
        return self.duo.agree(
            self.workspace, PAND, criterion, choice=choice, reason=reason, rules=self.rules, author="Ada", expected_version=seen
        )

    def disagree(self, reason: str, *, seen: int = 0) -> Dissent:
        return self.duo.disagree(
            self.workspace, PAND, "bou.lift", reason=reason, rules=self.rules, author="Ada", expected_version=seen
        )

    def statuses(self) -> dict[str, Status]:
        meeting = self.duo.meet(self.workspace, PAND, self.rules, KIND)
        return {item.difference.active.id: item.status for item in meeting.items}

    def together(self) -> dict[str, Answer]:
        return dict(self.duo.read_answers(self.workspace, PAND, of=SAMEN, viewer=SAMEN))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def table(request: pytest.FixtureRequest, tmp_path: Path, rules: Rules) -> Iterator[Table]:
    if request.param == "memory":
        memory = InMemoryStore()
        yield set_table(memory, InMemoryDuos(memory), rules)
        return
    sqlite = URL.create("sqlite", database=str(tmp_path / "quickscan.db"))
    store = open_store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield set_table(store, DuoTables(store.engine), rules)
    store.close()


def set_table(store: Store, duos: DuoStore, rules: Rules) -> Table:
    """A workspace with one building and a clock that ticks a minute at each look."""
    moments = iter(datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(10_000))
    clock: Callable[[], datetime] = lambda: next(moments)  # noqa: E731 - a clock in one line
    frame = pd.DataFrame({"pand_id": [PAND]})
    made = store.create_workspace("Zuidwest", frame, {}, fictional=False, author="Ada", at=clock())
    return Table(Duo(duos, Scans(store, clock), clock), made.id, rules)


@pytest.fixture
def choices(rules: Rules) -> tuple[str, str]:
    """Two answers on the lift."""
    first, second, *_ = rules.criterion("bou.lift").codes
    return first, second


def test_before_the_reveal_nobody_gets_the_other_ones_answers(table: Table, choices: tuple[str, str]) -> None:
    for party, choice in zip(PARTIES, choices, strict=True):
        table.say(party, choice, note=f"geheim van {party}")
    for of in PARTIES:
        for viewer in Party:
            calls = (
                lambda of=of, viewer=viewer: table.duo.read_answers(table.workspace, PAND, of=of, viewer=viewer),
                lambda of=of, viewer=viewer: table.duo.look(table.workspace, PAND, table.rules, of=of, viewer=viewer).answers,
            )
            for call in calls:
                if viewer is of:
                    assert [answer.note for answer in call().values()] == [f"geheim van {of}"]
                else:
                    with pytest.raises(HiddenAnswersError) as caught:
                        call()
                    assert "geheim" not in str(caught.value)
    with pytest.raises(HiddenAnswersError):
        table.duo.meet(table.workspace, PAND, table.rules, KIND)
    for viewer in Party:  # what both said together is for both
        assert table.duo.read_answers(table.workspace, PAND, of=SAMEN, viewer=viewer) == {}


def test_progress_tells_how_far_and_not_what(table: Table, choices: tuple[str, str]) -> None:
    table.say(GEMEENTE, choices[0])
    table.say(GEMEENTE, None, criterion="bou.draagkracht")
    table.ready(CORPORATIE)
    found = table.duo.progress(table.workspace, PAND, table.rules, KIND)
    assert (found[GEMEENTE].answered, found[GEMEENTE].ready) == (2, False)
    assert (found[CORPORATIE].answered, found[CORPORATIE].ready) == (0, True)
    assert found[GEMEENTE].asked >= found[GEMEENTE].answered
    assert found[GEMEENTE].asked == found[CORPORATIE].asked > 30


def test_both_ready_opens_and_what_was_the_same_counts_for_together(table: Table, choices: tuple[str, str]) -> None:
    for party in PARTIES:
        table.say(party, choices[0])
        table.say(party, None, criterion="bou.draagkracht")
    assert table.ready(GEMEENTE).revealed is None
    assert table.ready(CORPORATIE).revealed is not None
    (shared,) = table.together().values()
    assert (shared.criterion, shared.choice, shared.note, shared.author) == ("bou.lift", choices[0], SAME_APART, "van corporatie")
    assert table.statuses() == {}
    for viewer in Party:
        assert len(table.duo.read_answers(table.workspace, PAND, of=GEMEENTE, viewer=viewer)) == 2


def test_one_party_cannot_open_alone_and_the_regisseur_can(table: Table) -> None:
    for party in PARTIES:
        with pytest.raises(RevealRefusedError):
            table.reveal(party)
    with pytest.raises(RevealRefusedError):
        table.ready(SAMEN)
    assert table.duo.stand(table.workspace, PAND).revealed is None
    opened = table.reveal()
    assert opened.revealed is not None
    assert table.reveal() == opened


def test_what_was_said_apart_stands_after_the_reveal(table: Table, choices: tuple[str, str]) -> None:
    table.say(GEMEENTE, choices[0])
    table.ready(GEMEENTE)
    table.say(GEMEENTE, choices[1], seen=1)  # ready is not closed: only the reveal is
    table.reveal()
    with pytest.raises(AlreadyRevealedError):
        table.say(GEMEENTE, choices[0], seen=2)
    assert table.duo.read_answers(table.workspace, PAND, of=GEMEENTE, viewer=SAMEN)["bou.lift"].choice == choices[1]
    assert table.say(SAMEN, choices[0]).party is SAMEN


def test_agreeing_saves_for_together_with_the_reason_and_changes_its_score(table: Table, choices: tuple[str, str]) -> None:
    for party, choice in zip(PARTIES, choices, strict=True):
        table.say(party, choice)
    table.reveal()
    (item,) = table.duo.meet(table.workspace, PAND, table.rules, KIND).items
    assert (item.status, item.together) == (Status.OPEN, None)
    saved = table.agree(choices[1], reason="  nagezien in het archief ")
    assert (saved.party, saved.note) == (SAMEN, "nagezien in het archief")
    meeting = table.duo.meet(table.workspace, PAND, table.rules, KIND)
    assert meeting.comparison.agreed.total == item.difference.second.if_chosen.total
    assert [(one.status, one.together) for one in meeting.items] == [(Status.AGREED, saved)]
    apart = [table.duo.read_answers(table.workspace, PAND, of=party, viewer=SAMEN)["bou.lift"].choice for party in PARTIES]
    assert apart == list(choices)  # individual answers stay


def test_agreeing_to_disagree_keeps_the_reason_and_leaves_the_score(table: Table, choices: tuple[str, str]) -> None:
    for party, choice in zip(PARTIES, choices, strict=True):
        table.say(party, choice)
    table.reveal()
    before = table.duo.meet(table.workspace, PAND, table.rules, KIND).comparison.agreed.total
    dissent = table.disagree(" eerst onderzoek ")
    meeting = table.duo.meet(table.workspace, PAND, table.rules, KIND)
    assert (meeting.items[0].status, meeting.items[0].dissent, dissent.reason) == (Status.APART, dissent, "eerst onderzoek")
    assert meeting.comparison.agreed.total == before
    assert table.together() == {}
    table.agree(choices[0])
    assert table.statuses() == {"bou.lift": Status.AGREED}
    table.disagree("toch niet", seen=1)
    assert table.statuses() == {"bou.lift": Status.APART}


def test_nothing_is_settled_without_a_reason_or_before_the_reveal(table: Table, choices: tuple[str, str]) -> None:
    for empty in ("", "  \n"):
        with pytest.raises(MissingReasonError):
            table.agree(choices[0], reason=empty)
        with pytest.raises(MissingReasonError):
            table.disagree(empty)
    for call in (lambda: table.agree(choices[0]), lambda: table.disagree("omdat")):
        with pytest.raises(NotRevealedError):
            call()
    assert table.together() == {}


def test_the_second_who_settles_sees_the_first(table: Table, choices: tuple[str, str]) -> None:
    table.reveal()
    table.agree(choices[0])
    with pytest.raises(StaleAnswerError):
        table.agree(choices[1], reason="anders")
    table.disagree("eerst onderzoek")
    with pytest.raises(StaleDissentError):
        table.disagree("iets anders")
    assert table.together()["bou.lift"].choice == choices[0]


def test_what_together_said_before_is_not_overwritten_unless_asked(table: Table, choices: tuple[str, str]) -> None:
    table.say(SAMEN, choices[1])
    for party in PARTIES:
        table.say(party, choices[0])
    table.reveal()
    assert table.together()["bou.lift"].choice == choices[1]
    assert table.duo.meet(table.workspace, PAND, table.rules, KIND).left_behind == ("bou.lift",)
    assert table.duo.take_over_same(table.workspace, PAND, table.rules, author="Ada") == 0
    assert table.duo.take_over_same(table.workspace, PAND, table.rules, author="Ada", replace=True) == 1
    assert table.together()["bou.lift"].choice == choices[0]
    table.agree(choices[1], reason="bij nader inzien", seen=2)
    assert table.duo.meet(table.workspace, PAND, table.rules, KIND).left_behind == ()  # decided since the reveal


def test_a_building_that_is_not_there_is_told(table: Table) -> None:
    calls: tuple[Callable[[str], object], ...] = (
        lambda pand: table.duo.stand(table.workspace, pand),
        lambda pand: table.duo.progress(table.workspace, pand, table.rules, KIND),
        lambda pand: table.duo.meet(table.workspace, pand, table.rules, KIND),
        lambda pand: table.duo.reveal(table.workspace, pand, table.rules, viewer=SAMEN, author="Ada"),
        lambda pand: table.duo.read_answers(table.workspace, pand, of=SAMEN, viewer=SAMEN),
    )
    for call in calls:
        with pytest.raises(NotFoundError):
            call("0000000000000000")


@pytest.mark.parametrize(
    "error", [HiddenAnswersError(GEMEENTE), AlreadyRevealedError(), NotRevealedError(), RevealRefusedError()]
)
def test_refusals_are_whole_dutch_sentences(error: QuickscanError) -> None:
    assert str(error)[0].isupper()
    assert str(error).endswith(".")


def restore(table: Table, party: Party, version: int, *, seen: int, reason: str = "toch beter") -> Answer:
    options = {"rules": table.rules, "author": "Ada", "reason": reason, "expected_version": seen, "party": party}
    return table.duo.restore(table.workspace, PAND, "bou.lift", version, **options)  # type: ignore[arg-type]


def test_an_earlier_version_comes_back_with_a_reason_only(table: Table) -> None:
    first, second = table.rules.criterion("bou.lift").codes[:2]
    table.say(SAMEN, first)
    table.say(SAMEN, second, seen=1)
    with pytest.raises(MissingReasonError):
        restore(table, SAMEN, 1, seen=2, reason=" ")
    assert restore(table, SAMEN, 1, seen=2).choice == first
    history = table.duo.history(table.workspace, PAND, "bou.lift", of=SAMEN, viewer=SAMEN)
    assert [answer.choice for answer in history] == [first, second, first]


def test_what_a_party_said_apart_can_be_taken_back_until_it_is_revealed(table: Table) -> None:
    first, second = table.rules.criterion("bou.lift").codes[:2]
    table.say(Party.GEMEENTE, first)
    table.say(Party.GEMEENTE, second, seen=1)
    undone = table.duo.undo_last(table.workspace, PAND, author="van gemeente", party=Party.GEMEENTE)
    assert (undone.choice, undone.version) == (first, 3)
    with pytest.raises(HiddenAnswersError):
        table.duo.history(table.workspace, PAND, "bou.lift", of=Party.GEMEENTE, viewer=Party.CORPORATIE)
    table.reveal()
    for change in (
        lambda: table.duo.undo_last(table.workspace, PAND, author="van gemeente", party=Party.GEMEENTE),
        lambda: restore(table, Party.GEMEENTE, 2, seen=3),
    ):
        with pytest.raises(AlreadyRevealedError):
            change()
    told = table.duo.history(table.workspace, PAND, "bou.lift", of=Party.GEMEENTE, viewer=Party.CORPORATIE)
    assert [answer.choice for answer in told] == [first, second, first]
