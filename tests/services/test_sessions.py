"""A live session through its use cases, on both databases: votes become answers of a party at the reveal, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import URL

from quickscan.domain.answers import Party
from quickscan.domain.duo import AlreadyRevealedError
from quickscan.domain.errors import NotFoundError
from quickscan.domain.rules import Rules, UnknownRuleError
from quickscan.domain.session_summary import Contrast, name_guests
from quickscan.domain.sessions import Board, Course, IncompleteError, NoSuchSessionError, Seat, SessionEndedError
from quickscan.domain.terms import Interventie
from quickscan.report.session import make_session_report
from quickscan.services.duo import SAME_APART, Duo
from quickscan.services.scans import Scans
from quickscan.services.sessions import Sessions
from quickscan.store.database import open_store
from quickscan.store.duo import DuoTables
from quickscan.store.sessions import SessionTables
from tests.store.conftest import postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FIRST, SECOND = "0518000000000001", "0518000000000002"
KIND = Interventie.OPTOPPEN
SAMEN, GEMEENTE, CORPORATIE = Party.SAMEN, Party.GEMEENTE, Party.CORPORATIE
YES, NO = "verlengbaar", "ruimte_schacht"  # choices of bou.lift


@dataclass
class Workshop:
    """An open session of two buildings with one question, and the people in it."""

    sessions: Sessions
    workspace: str
    rules: Rules
    code: str = ""

    def sit(self, name: str, party: Party | None) -> Seat:
        return self.sessions.join(self.workspace, self.code, name=name, party=party)

    def vote(self, seat: Seat, choice: str | None, *, note: str = "", criterion: str = "bou.lift") -> None:
        self.sessions.vote(self.workspace, self.code, seat, FIRST, criterion, choice=choice, rules=self.rules, note=note)

    def reveal(self) -> None:
        self.sessions.reveal(self.workspace, self.code, self.rules, author="Regie")

    def board(self) -> Board:
        return self.sessions.board(self.workspace, self.code)

    def answer(self, party: Party) -> tuple[str | None, str, str] | None:
        found = self.sessions.scans.store.read_answers(self.workspace, FIRST, party).get("bou.lift")
        return None if found is None else (found.choice, found.author, found.note)


@pytest.fixture(params=["sqlite", "postgresql"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path, rules: Rules) -> Iterator[Workshop]:
    sqlite = URL.create("sqlite", database=str(tmp_path / "sessie.db"))
    store = open_store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    buildings = pd.DataFrame({"pand_id": [FIRST, SECOND], "naam": ["De Linden", "Zuid"]})
    workspace = store.create_workspace("Zuidwest", buildings, {}, fictional=False, author="Ada", at=NOON).id
    scans, live = Scans(store), SessionTables(store.engine)
    sessions = Sessions(live, live, scans, Duo(DuoTables(store.engine), scans), clock=lambda: NOON)
    made = Workshop(sessions, workspace, rules)
    made.code = sessions.open(workspace, [FIRST, SECOND], rules, interventie=KIND, author="Regie", criteria=["bou.lift"])
    yield made
    store.close()


def test_a_session_asks_the_open_questions_that_matter_in_the_order_of_the_scan(workshop: Workshop) -> None:
    sessions, rules = workshop.sessions, workshop.rules
    sessions.end(workshop.workspace, workshop.code, author="Regie")
    code = sessions.open(workshop.workspace, [SECOND, FIRST, SECOND], rules, interventie=KIND, author="Regie", most=3)
    first, second = sessions.board(workshop.workspace, code).session.stops
    asked = sessions.scans.look(workshop.workspace, SECOND, rules, interventies=(KIND,)).results[KIND].questions
    assert first.questions == tuple(question.active.id for question in asked[:3])
    assert (first.pand_id, first.name, second.pand_id) == (SECOND, "Zuid", FIRST)


def test_what_cannot_be_opened_is_told(workshop: Workshop) -> None:
    sessions, rules = workshop.sessions, workshop.rules
    wrong: tuple[tuple[type[Exception], list[str], list[str]], ...] = (
        (IncompleteError, [], []),
        (NotFoundError, ["0000000000000000"], []),
        (UnknownRuleError, [FIRST], ["bou.bestaat_niet"]),
    )
    for error, buildings, criteria in wrong:
        with pytest.raises(error):
            sessions.open(workshop.workspace, buildings, rules, interventie=KIND, author="Regie", criteria=criteria)


def test_a_code_that_is_taken_gives_way_to_another(workshop: Workshop) -> None:
    codes = iter([workshop.code, workshop.code, "QRT479"])
    again = replace(workshop.sessions, make_code=lambda: next(codes))
    again.end(workshop.workspace, workshop.code, author="Regie")
    assert again.open(workshop.workspace, [FIRST], workshop.rules, interventie=KIND, author="Regie") == "QRT479"


def test_a_code_is_found_as_people_type_it(workshop: Workshop) -> None:
    typed = f" {workshop.code[:3].lower()}-{workshop.code[3:]} "
    assert workshop.sessions.find_workspace(typed) == workshop.workspace
    with pytest.raises(NoSuchSessionError, match="XXXX"):
        workshop.sessions.find_workspace("XXXX")


def test_the_same_name_and_party_is_the_same_person_and_watchers_need_no_name(workshop: Workshop) -> None:
    ada = workshop.sit("Ada", GEMEENTE)
    assert workshop.sit("  ada ", GEMEENTE) == ada
    assert workshop.sit("Ada", CORPORATIE).key != ada.key
    assert workshop.sit("", None).key != workshop.sit("", None).key
    assert (workshop.board().present(), workshop.board().watching) == (2, 2)
    with pytest.raises(IncompleteError):
        workshop.sit("  ", GEMEENTE)


def test_votes_become_the_answer_of_a_party_at_the_reveal(workshop: Workshop) -> None:
    ada, bo, cas = (workshop.sit(name, GEMEENTE) for name in ("Ada", "Bo", "Cas"))
    dirk = workshop.sit("Dirk", CORPORATIE)
    for seat, choice in ((ada, YES), (bo, YES), (cas, NO), (dirk, NO)):
        workshop.vote(seat, choice, note="gezien" if seat is dirk else "")
    assert (workshop.answer(GEMEENTE), workshop.answer(CORPORATIE)) == (None, None)
    assert workshop.board().votes == ()

    workshop.reveal()
    labels = {choice.code: choice.label for choice in workshop.rules.criterion("bou.lift").version.keuzes}
    told = f"In de sessie: {labels[YES]} (2); {labels[NO]} (1)."
    assert workshop.answer(GEMEENTE) == (YES, "3 van de gemeente", told)
    assert workshop.answer(CORPORATIE) == (NO, "Dirk", "gezien")
    assert workshop.answer(SAMEN) is None  # they differ
    assert len(workshop.board().votes) == 4
    with pytest.raises(AlreadyRevealedError):
        workshop.vote(ada, NO)


def test_a_divided_party_has_no_answer_and_that_is_told(workshop: Workshop) -> None:
    workshop.vote(workshop.sit("Ada", GEMEENTE), YES)
    workshop.vote(workshop.sit("Bo", GEMEENTE), NO)
    workshop.reveal()
    choice, author, note = workshop.answer(GEMEENTE) or ("", "", "")
    assert (choice, author) == (None, "2 van de gemeente")
    assert note.startswith("Verdeeld. In de sessie:")


def test_what_both_voted_alike_counts_for_both_and_revealing_again_changes_nothing(workshop: Workshop) -> None:
    workshop.vote(workshop.sit("Ada", GEMEENTE), YES)
    workshop.vote(workshop.sit("Cas", CORPORATIE), YES)
    workshop.reveal()
    assert workshop.answer(SAMEN) == (YES, "Regie", SAME_APART)
    store = workshop.sessions.scans.store
    before = store.get_workspace(workshop.workspace)
    workshop.reveal()
    assert store.get_workspace(workshop.workspace) == before


def test_a_vote_in_the_very_moment_of_the_reveal_is_not_lost(workshop: Workshop) -> None:
    ada = workshop.sit("Ada", GEMEENTE)
    workshop.vote(ada, NO)

    class LateVote(DuoTables):
        def reveal(self, *place: str, **about: object) -> object:  # type: ignore[override]
            workshop.vote(ada, YES)
            return super().reveal(*place, **about)  # type: ignore[arg-type]

    duo = workshop.sessions.duo
    late = replace(duo, store=LateVote(duo.store.engine))  # type: ignore[attr-defined]
    workshop.sessions = replace(workshop.sessions, duo=late)
    workshop.reveal()
    assert workshop.answer(GEMEENTE) == (YES, "Ada", "")


def test_a_reveal_outside_the_session_reaches_its_screens(workshop: Workshop) -> None:
    ada = workshop.sit("Ada", GEMEENTE)
    workshop.sessions.duo.reveal(workshop.workspace, FIRST, workshop.rules, viewer=SAMEN, author="Bo")
    scene = workshop.sessions.tick(workshop.workspace, workshop.code).scene
    with pytest.raises(AlreadyRevealedError):
        workshop.vote(ada, YES)
    assert workshop.sessions.tick(workshop.workspace, workshop.code).scene > scene


def test_an_answer_that_the_rules_do_not_know_is_refused(workshop: Workshop) -> None:
    with pytest.raises(UnknownRuleError):
        workshop.vote(workshop.sit("Ada", GEMEENTE), "misschien")


def test_the_summary_tells_what_came_out_and_the_file_says_the_same(workshop: Workshop) -> None:
    sessions, place = workshop.sessions, (workshop.workspace, workshop.code)
    workshop.vote(workshop.sit("Ada", GEMEENTE), YES)
    workshop.vote(workshop.sit("Cas", CORPORATIE), NO)
    workshop.reveal()
    sessions.decide(*place, text="", pand_id=FIRST, author="Regie", form="1", course=Course.LATER)
    sessions.decide(*place, text="Eerst onderzoek", pand_id=FIRST, author="Regie", form="2", course=Course.VERDER, owner="Ada")
    sessions.remark(*place, text="Denk aan <b>bomen</b>", pand_id=None, author="Cas", form="3")
    sessions.end(*place, author="Regie")

    summary = sessions.summarise(*place, workshop.rules)
    first, second = summary.findings
    labels = [choice.label for choice in workshop.rules.criterion("bou.lift").version.keuzes]
    topic = workshop.rules.criterion("bou.lift").criterion.naam
    assert isinstance(first.contrasts[0], Contrast)
    assert first.contrasts[0].topic == topic
    assert {first.contrasts[0].gemeente, first.contrasts[0].corporatie} <= set(labels)
    assert (first.course, second.course, second.revealed) == (Course.VERDER, None, False)
    assert list(summary.names(Course.VERDER)) == ["De Linden"]
    assert first.explanation is not None
    assert first.story
    assert name_guests(summary.board.guests) == "Ada (gemeente); Cas (corporatie)"

    page = make_session_report(summary).decode()
    for words in ("De Linden", first.story.split(".")[0], "Eerst onderzoek", "Wie: Ada", "Denk aan &lt;b&gt;bomen", topic):
        assert words in page
    assert "<b>bomen" not in page
    with pytest.raises(SessionEndedError):
        sessions.remark(*place, text="te laat", pand_id=None, author="Cas", form="4")


def test_empty_words_are_refused(workshop: Workshop) -> None:
    place = (workshop.workspace, workshop.code)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: workshop.sessions.remark(*place, text="  ", pand_id=None, author="Cas", form="1"),
        lambda: workshop.sessions.decide(*place, text="", pand_id=FIRST, author="Cas", form="2"),
    )
    for attempt in attempts:
        with pytest.raises(IncompleteError, match="is leeg"):
            attempt()
