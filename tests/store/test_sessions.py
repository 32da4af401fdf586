"""Live sessions on each database: one counter that counts every change, one presence a person, and nothing seen too early."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine

from quickscan.domain.answers import Party
from quickscan.domain.duo import AlreadyRevealedError, Mark
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.domain.sessions import (
    Course,
    Guest,
    Line,
    LineKind,
    NotYourSeatError,
    Seat,
    Session,
    SessionEndedError,
    SessionOpenError,
    Stop,
    Tick,
    Timer,
    Vote,
)
from quickscan.domain.terms import Interventie
from quickscan.services.ports import Deed, Workspace
from quickscan.store.duo import DuoTables
from quickscan.store.repository import SqlStore
from quickscan.store.session_tables import LINES, SEATS, SESSIONS, STOPS, VOTES
from quickscan.store.sessions import SessionTables
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace

CODE, PAND, SECOND = "ACD347", make_pand_id(), make_pand_id(1)
GEMEENTE, CORPORATIE = Party.GEMEENTE, Party.CORPORATIE
QUESTIONS = ("bou.lift", "bou.dak")
MANY, VOTES_EACH = 20, 10


@pytest.fixture
def live(store: SqlStore) -> SessionTables:
    return SessionTables(store.engine)


@pytest.fixture
def place(live: SessionTables, workspace: Workspace) -> tuple[str, str]:
    """The workspace and the code of an open session with two buildings."""
    assert live.open_session(workspace.id, make_session(workspace), author="Regie", at=NOON)
    return workspace.id, CODE


def make_session(workspace: Workspace, code: str = CODE) -> Session:
    stops = (Stop(PAND, "De Linden", QUESTIONS), Stop(SECOND, "Zuid", ()))
    kind = Interventie.OPTOPPEN
    return Session(code, workspace.id, "Proef", NOON.date(), kind, "Regie", NOON, None, 1, 1, 0, Timer(), stops)


def join(live: SessionTables, place: tuple[str, str], name: str = "Ada", party: Party | None = GEMEENTE, **changes: str) -> Seat:
    usual = {"key": f"sleutel-{name}", "who": f"{party}:{name}", "name": name}
    return live.join(*place, party=party, at=NOON, **(usual | changes))


def vote(live: SessionTables, place: tuple[str, str], seat: Seat, choice: str | None = "ja", **changes: object) -> Vote:
    given = {"pand_id": PAND, "criterion": "bou.lift", "note": "", "party": seat.party, "author": seat.name, "at": NOON} | changes
    return live.save_vote(*place, seat.key, choice=choice, **given)  # type: ignore[arg-type]


def remark(words: str = "Denk aan de bomen", kind: LineKind = LineKind.OPMERKING, course: Course | None = None) -> Line:
    return Line(0, kind, PAND, course, words, "Bo", "Ada", NOON)


def version(live: SessionTables, place: tuple[str, str]) -> int:
    return live.read_tick(*place).version


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Note what is asked of the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_a_session_is_kept_as_it_was_opened(live: SessionTables, place: tuple[str, str], workspace: Workspace) -> None:
    board = live.read_board(*place)
    assert board.session == make_session(workspace)
    assert (board.guests, board.votes, board.lines, board.done, board.revealed) == ((), (), (), 0, None)
    assert live.read_tick(*place) == Tick(1, 1, ended=False)
    assert live.find_sessions(workspace.id) == [board.session]
    assert live.find_code(CODE) == workspace.id
    assert live.find_code("XXXXXX") is None


def test_a_second_session_in_a_workspace_is_refused_until_the_first_is_closed(
    live: SessionTables, place: tuple[str, str], workspace: Workspace, store: SqlStore
) -> None:
    with pytest.raises(SessionOpenError, match=CODE):
        live.open_session(workspace.id, make_session(workspace, "QRT479"), author="Bo", at=NOON)
    other = make_workspace(store, name="Elders")
    assert live.open_session(other.id, make_session(other, CODE), author="Bo", at=NOON) is False  # the code is taken
    live.end(*place, author="Regie", at=NOON)
    assert live.open_session(workspace.id, make_session(workspace, "QRT479"), author="Bo", at=NOON + timedelta(hours=1))
    assert [session.code for session in live.find_sessions(workspace.id)] == ["QRT479", CODE]


def test_joining_twice_is_one_presence_and_one_tick(live: SessionTables, place: tuple[str, str]) -> None:
    first = join(live, place)
    again = join(live, place, key="een ander scherm")
    assert again == first
    assert version(live, place) == 2
    assert live.read_board(*place).guests == (Guest("Ada", GEMEENTE, here=True),)
    live.leave(*place, first.key)
    assert live.read_board(*place).present() == 0
    assert join(live, place).key == first.key
    assert live.read_board(*place).present(GEMEENTE) == 1


def test_twenty_join_at_once_and_the_counter_loses_no_tick(live: SessionTables, place: tuple[str, str]) -> None:
    start = Barrier(2 * MANY)

    def work(person: int) -> str:
        start.wait()
        name = f"persoon {person % MANY}"  # everybody comes in twice
        return join(live, place, name, key=f"scherm {person}").key

    with ThreadPoolExecutor(2 * MANY) as pool:
        keys = list(pool.map(work, range(2 * MANY)))
    assert keys[:MANY] == keys[MANY:]
    assert len(live.read_board(*place).guests) == MANY
    assert version(live, place) == 1 + MANY


def test_twenty_vote_at_once_and_every_vote_is_a_tick(live: SessionTables, place: tuple[str, str]) -> None:
    seats = [join(live, place, f"persoon {person}", (GEMEENTE, CORPORATIE)[person % 2]) for person in range(MANY)]
    start = Barrier(MANY)

    def work(person: int) -> None:
        start.wait()
        for number in range(VOTES_EACH):
            vote(live, place, seats[person], f"keuze {number}", criterion=f"bou.vraag{number % 5}")

    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(work, range(MANY)))
    assert version(live, place) == 1 + MANY + MANY * VOTES_EACH
    assert len(live.read_votes(*place, PAND)) == MANY * 5
    assert all(live.read_own_votes(*place, seat.key, PAND)["bou.vraag4"].choice == "keuze 9" for seat in seats)


def test_a_board_tells_how_many_and_never_what_or_who_before_the_reveal(
    live: SessionTables, place: tuple[str, str], store: SqlStore
) -> None:
    ada, cas = join(live, place), join(live, place, "Cas", CORPORATIE)
    for criterion in QUESTIONS:
        vote(live, place, ada, criterion=criterion)
    vote(live, place, cas, "nee", note="gezien")
    vote(live, place, cas, "nee", criterion="bou.elders")  # not a question of this stop
    before = live.read_board(*place)
    assert (before.answered, before.done, before.votes) == ({"bou.lift": 2, "bou.dak": 1}, 1, ())
    live.leave(*place, ada.key)
    assert live.read_board(*place).answered == {"bou.lift": 1}  # of those present

    DuoTables(store.engine).reveal(place[0], PAND, author="Regie", at=NOON)
    after = live.read_board(*place)
    assert after.revealed == Mark("Regie", NOON)
    assert Vote("Cas", CORPORATIE, "bou.lift", "nee", "gezien", NOON) in after.votes
    with pytest.raises(AlreadyRevealedError):
        vote(live, place, cas, "ja")


def test_the_same_vote_again_is_nothing_and_another_one_replaces_it(live: SessionTables, place: tuple[str, str]) -> None:
    seat = join(live, place)
    first = vote(live, place, seat)
    counted = version(live, place)
    assert vote(live, place, seat, at=NOON + timedelta(minutes=1)) == first
    assert version(live, place) == counted
    vote(live, place, seat, None, note="toch niet zeker")
    assert live.read_own_votes(*place, seat.key, PAND)["bou.lift"].choice is None
    assert version(live, place) == counted + 1


def test_a_vote_from_the_wrong_seat_is_refused(live: SessionTables, place: tuple[str, str]) -> None:
    ada, watcher = join(live, place), join(live, place, "Wim", None)
    wrong = (
        lambda: vote(live, place, watcher, party=GEMEENTE),
        lambda: vote(live, place, ada, party=CORPORATIE),
        lambda: vote(live, place, ada, pand_id=make_pand_id(2)),  # in the workspace, not in the session
        lambda: live.read_seat(*place, "geraden"),
    )
    for attempt in wrong:
        with pytest.raises(NotYourSeatError):
            attempt()
    assert live.read_votes(*place, PAND) == []


def test_who_stays_silent_is_gone_and_who_is_heard_again_is_back(live: SessionTables, place: tuple[str, str]) -> None:
    ada, bo = join(live, place), join(live, place, "Bo")
    counted = version(live, place)

    def beat(key: str, minutes: int) -> None:
        now = NOON + timedelta(minutes=minutes)
        live.beat(*place, key, at=now, gone_before=now - timedelta(minutes=2))

    beat(ada.key, 1)
    assert version(live, place) == counted  # nothing to see, nothing to draw
    beat(ada.key, 3)
    assert [guest.here for guest in live.read_board(*place).guests] == [True, False]
    assert version(live, place) == counted + 1
    beat(bo.key, 4)
    assert live.read_board(*place).present() == 2
    assert version(live, place) == counted + 2


def test_only_what_everybody_looks_at_moves_the_scene(live: SessionTables, place: tuple[str, str]) -> None:
    seat = join(live, place)
    vote(live, place, seat)
    live.change_timer(*place, lambda timer: timer.start(5, NOON))
    live.add_remark(*place, remark(), form="a")
    assert live.read_tick(*place) == Tick(5, 1, ended=False)
    live.go_to(*place, 1)
    assert live.read_tick(*place) == Tick(6, 6, ended=False)
    assert live.read_board(*place).session.current.pand_id == SECOND
    assert not live.read_board(*place).session.timer.is_set
    for nowhere in (1, 2, -1):
        live.go_to(*place, nowhere)
    assert version(live, place) == 6
    live.touch(*place)
    live.end(*place, author="Regie", at=NOON)
    live.end(*place, author="Regie", at=NOON)
    assert live.read_tick(*place) == Tick(8, 8, ended=True)


def test_a_clock_is_changed_from_what_it_is(live: SessionTables, place: tuple[str, str]) -> None:
    live.change_timer(*place, lambda timer: timer.start(5, NOON))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: live.change_timer(*place, lambda timer: timer.add_minute(NOON)), range(4)))
    assert live.read_board(*place).session.timer.seconds_left(NOON) == 9 * 60
    assert live.change_timer(*place, lambda timer: timer.pause(NOON)) == Timer(None, 540)
    assert live.read_board(*place).session.timer == Timer(None, 540)


def test_a_form_that_is_sent_twice_is_one_line(live: SessionTables, place: tuple[str, str]) -> None:
    first = live.add_remark(*place, remark(), form="formulier")
    assert live.add_remark(*place, remark(), form="formulier") == first
    second = live.add_decision(*place, remark("Onderzoek", LineKind.BESLUIT, Course.VERDER), form="ander")
    assert live.read_board(*place).lines == (first, second)
    assert (first.number, second.number, second.course) == (1, 2, Course.VERDER)


def test_nothing_is_added_to_a_session_that_is_over(live: SessionTables, place: tuple[str, str]) -> None:
    seat = join(live, place)
    vote(live, place, seat)
    live.end(*place, author="Regie", at=NOON)
    before = live.read_board(*place)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: join(live, place, "Te laat"),
        lambda: vote(live, place, seat, "nee"),
        lambda: live.go_to(*place, 1),
        lambda: live.change_timer(*place, lambda timer: timer.start(1, NOON)),
        lambda: live.add_remark(*place, remark(), form="a"),
        lambda: live.touch(*place),
    )
    for attempt in attempts:
        with pytest.raises(SessionEndedError):
            attempt()
    live.beat(*place, seat.key, at=NOON + timedelta(hours=9), gone_before=NOON + timedelta(hours=8))
    assert live.read_board(*place) == before


def test_another_workspace_does_not_reach_the_session(live: SessionTables, place: tuple[str, str], store: SqlStore) -> None:
    seat, elsewhere = join(live, place), (make_workspace(store, make_buildings(1), name="Elders").id, CODE)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: live.read_tick(*elsewhere),
        lambda: live.read_board(*elsewhere),
        lambda: live.read_seat(*elsewhere, seat.key),
        lambda: live.read_votes(*elsewhere, PAND),
        lambda: vote(live, elsewhere, seat),
        lambda: live.end(*elsewhere, author="Bo", at=NOON),
    )
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()
    assert live.read_own_votes(*elsewhere, seat.key, PAND) == {}


def test_what_people_do_is_in_the_log(live: SessionTables, place: tuple[str, str], store: SqlStore) -> None:
    seat = join(live, place)
    vote(live, place, seat)
    vote(live, place, seat, "nee")
    live.add_decision(*place, remark("Onderzoek", LineKind.BESLUIT, Course.LATER), form="a")
    live.end(*place, author="Regie", at=NOON)
    lines = store.read_log(place[0])
    told = [(line.what, line.author, line.old, line.new) for line in lines[:5]]
    assert told == [
        (Deed.SESSIE, "Regie", "open", "gesloten"),
        (Deed.BESLUIT, "Ada", None, "later terug"),
        (Deed.STEM, "Ada", "ja", "nee"),
        (Deed.STEM, "Ada", None, "ja"),
        (Deed.SESSIE, "Regie", None, "open"),
    ]


def test_looking_again_is_one_row_by_its_key(live: SessionTables, place: tuple[str, str], store: SqlStore) -> None:
    with statements(store.engine) as asked:
        live.read_tick(*place)
    assert [statement for statement in asked if not statement.startswith("BEGIN")] == [asked[-1]]
    assert asked[-1].startswith("SELECT live_session.version, live_session.scene, live_session.ended_at")
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT version FROM live_session WHERE code = 'ACD347'")).all()
        else:
            connection.execute(text("SET enable_seqscan = off"))  # a table of one row is read whole
            plan = connection.execute(text("EXPLAIN SELECT version FROM live_session WHERE code = 'ACD347'")).all()
    assert "pk_live_session" in str(plan) or "sqlite_autoindex_live_session_1" in str(plan)


def test_screens_of_a_process_share_a_look_until_the_scene_moves(
    live: SessionTables, place: tuple[str, str], store: SqlStore
) -> None:
    process, elsewhere = SessionTables(store.engine, share_s=60), live
    seat = join(process, place)
    before = process.read_tick(*place)
    vote(process, place, seat)
    with statements(store.engine) as asked:
        assert [process.read_tick(*place) for _ in range(5)] == [before] * 5
    assert not asked
    process.go_to(*place, 1)
    assert process.read_tick(*place) == elsewhere.read_tick(*place) != before

    brief = SessionTables(store.engine, share_s=0.01)
    before = brief.read_tick(*place)
    elsewhere.go_to(*place, 0)
    sleep(0.02)
    assert brief.read_tick(*place) == elsewhere.read_tick(*place) != before


def test_a_look_that_began_before_the_scene_moved_is_not_shared(
    live: SessionTables, place: tuple[str, str], store: SqlStore
) -> None:
    process, moved = SessionTables(store.engine, share_s=60), list[bool]()

    def move(*_: object) -> None:
        if not moved:
            moved.append(True)
            process.go_to(*place, 1)

    event.listen(store.engine, "after_cursor_execute", move)  # the counter was read, and is not kept yet
    process.read_tick(*place)
    event.remove(store.engine, "after_cursor_execute", move)
    assert process.read_tick(*place) == live.read_tick(*place)
    assert process.read_tick(*place).scene > 1


def test_all_of_it_goes_with_its_workspace(live: SessionTables, place: tuple[str, str], store: SqlStore) -> None:
    vote(live, place, join(live, place))
    live.add_remark(*place, remark(), form="a")
    store.delete_workspace(place[0], author="Ada", at=NOON)
    with store.engine.connect() as connection:
        left = [
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (SESSIONS, STOPS, SEATS, VOTES, LINES)
        ]
    assert left == [0] * 5
    with pytest.raises(QuickscanError):
        live.read_tick(*place)
