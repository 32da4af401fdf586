"""Many at once: nothing locks, nothing is lost, and of two on one answer exactly one wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from quickscan.domain.answers import Answer, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.services.ports import Deed, Workspace
from quickscan.store.repository import SqlStore
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace, save

THREADS, SAVES, ROUNDS = 8, 25, 10
WRITERS, CHANGES, LATE = 20, 50, 1_000


def test_eight_people_save_at_once_and_nothing_is_lost(store: SqlStore) -> None:
    made = make_workspace(store, make_buildings(THREADS))
    start = Barrier(THREADS)

    def work(person: int) -> None:
        start.wait()
        for number in range(SAVES):
            save(store, made, pand_id=make_pand_id(person), criterion=f"bou.vraag{number}", author=f"persoon {person}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    now = store.get_workspace(made.id)
    assert (now.answers, now.answers_version) == (THREADS * SAVES, 1 + THREADS * SAVES)
    assert len(store.read_answer_codes(made.id, Party.SAMEN)) == THREADS * SAVES


def test_twenty_people_change_their_answers_fifty_times_and_nothing_locks_or_is_lost(store: SqlStore) -> None:
    made = make_workspace(store, make_buildings(1))
    start = Barrier(WRITERS)

    def work(person: int) -> None:
        start.wait()
        for seen in range(CHANGES):
            criterion, author = f"bou.vraag{person}", f"persoon {person}"
            saved = save(store, made, f"keuze{seen}", criterion=criterion, author=author, expected_version=seen)
            assert saved.version == seen + 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    kept = store.read_answers(made.id, make_pand_id(), Party.SAMEN)
    assert {(answer.choice, answer.version) for answer in kept.values()} == {(f"keuze{CHANGES - 1}", CHANGES)}
    assert store.get_workspace(made.id).answers_version == 1 + WRITERS * CHANGES
    assert len(store.read_log(made.id, what=Deed.ANTWOORD, most=9_999)) == WRITERS * CHANGES


def test_a_thousand_late_writes_are_all_told_and_change_nothing(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja", author="Bo")
    save(store, workspace, "nee", author="Bo", expected_version=1)
    before = store.get_workspace(workspace.id)
    for attempt in range(LATE):
        with pytest.raises(StaleAnswerError) as told:
            save(store, workspace, f"keuze{attempt}", author="Ada", expected_version=attempt % 2)
        assert (told.value.stored, told.value.offered, told.value.author) == ("nee", f"keuze{attempt}", "Bo")
    assert store.get_workspace(workspace.id) == before


def test_of_two_writers_on_one_answer_exactly_one_wins(store: SqlStore, workspace: Workspace) -> None:
    start = Barrier(2)

    def write(attempt: tuple[str, str, int]) -> Answer | StaleAnswerError:
        author, choice, seen = attempt
        start.wait()
        try:
            return save(store, workspace, choice, author=author, expected_version=seen)
        except StaleAnswerError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        for seen in range(ROUNDS):  # the first round inserts, the others update
            outcomes = list(pool.map(write, [("Bo", f"bo{seen}", seen), ("Cas", f"cas{seen}", seen)]))
            (winner,) = (outcome for outcome in outcomes if isinstance(outcome, Answer))
            (loser,) = (outcome for outcome in outcomes if isinstance(outcome, StaleAnswerError))
            assert (loser.stored, loser.author) == (winner.choice, winner.author)
    history = store.read_history(workspace.id, make_pand_id(), "bou.lift", Party.SAMEN)
    assert [answer.version for answer in history] == list(range(ROUNDS, 0, -1))


def test_a_reader_is_not_held_up_by_a_writer(store: SqlStore, workspace: Workspace) -> None:
    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(lambda: [save(store, workspace, criterion=f"bou.vraag{number}") for number in range(SAVES)])
        seen = []
        while not writer.done():
            seen.append(store.get_workspace(workspace.id))
    writer.result()
    assert all(found.answers == found.answers_version - 1 for found in seen)  # both of one moment


def test_deleting_while_others_save_ends_in_an_empty_store(store: SqlStore, workspace: Workspace) -> None:
    start = Barrier(3)

    def work(person: int) -> None:
        start.wait()
        try:
            for number in range(SAVES):
                save(store, workspace, criterion=f"bou.vraag{person}x{number}")
        except NotFoundError:
            pass

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(work, person) for person in range(2)]
        start.wait()
        store.delete_workspace(workspace.id, author="Ada", at=NOON)
        for writer in writers:
            writer.result()
    assert store.find_workspaces() == []
