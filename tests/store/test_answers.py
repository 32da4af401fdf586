"""Answers: committed at once, twice is once, and nobody is silently overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import StaleAnswerError
from quickscan.services.ports import Workspace
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from tests.store.conftest import NOON, make_buildings, make_pand_id, make_workspace, save


def read_history(store: SqlStore, workspace: Workspace) -> list[Answer]:
    return list(store.read_history(workspace.id, make_pand_id(), "bou.lift", Party.SAMEN))


def test_a_saved_answer_is_returned_as_it_is_stored(store: SqlStore, workspace: Workspace) -> None:
    saved = save(store, workspace, "ja", note="gezien", certainty=Certainty.REDELIJK)
    assert saved == Answer("bou.lift", "ja", "gezien", Certainty.REDELIJK, "Ada", Party.SAMEN, NOON, 1)
    assert store.read_answers(workspace.id, make_pand_id(), Party.SAMEN) == {"bou.lift": saved}
    standing = (store.read_facts(workspace.id, make_pand_id()), {"bou.lift": saved})
    assert store.read_standing(workspace.id, make_pand_id(), Party.SAMEN) == standing


def test_every_change_is_a_version_in_the_history_newest_first(store: SqlStore, workspace: Workspace) -> None:
    versions = [save(store, workspace, choice, expected_version=seen) for seen, choice in enumerate(["ja", "nee", None, "ja"])]
    assert [answer.version for answer in versions] == [1, 2, 3, 4]
    assert read_history(store, workspace) == versions[::-1]


def test_every_change_raises_the_version_of_the_answers_only(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja")
    save(store, workspace, "nee", expected_version=1)
    now = store.get_workspace(workspace.id)
    assert (now.answers_version, now.facts_version) == (3, 1)


def test_saving_the_same_again_changes_nothing(store: SqlStore, workspace: Workspace) -> None:
    first = save(store, workspace, "ja")
    before = store.get_workspace(workspace.id)
    for seen in (0, 1, 7):  # a request that was sent twice still holds the version from before
        assert save(store, workspace, "ja", author="Bo", at=NOON + timedelta(hours=1), expected_version=seen) == first
    assert (store.get_workspace(workspace.id), read_history(store, workspace)) == (before, [first])


@pytest.mark.parametrize("change", [{"note": "anders"}, {"certainty": Certainty.INSCHATTING}, {"choice": None}])
def test_another_note_certainty_or_choice_is_a_change(store: SqlStore, workspace: Workspace, change: dict[str, object]) -> None:
    save(store, workspace, "ja")
    assert save(store, workspace, **({"choice": "ja", "expected_version": 1} | change)).version == 2


def test_second_writer_is_told_who_was_first_and_what_he_said(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja", author="Bo")
    with pytest.raises(StaleAnswerError) as caught:
        save(store, workspace, "nee", author="Cas")
    assert (caught.value.stored, caught.value.offered, caught.value.author) == ("ja", "nee", "Bo")
    assert [answer.choice for answer in read_history(store, workspace)] == ["ja"]


def test_a_version_that_never_was_is_stale_too(store: SqlStore, workspace: Workspace) -> None:
    with pytest.raises(StaleAnswerError):
        save(store, workspace, "ja", expected_version=3)
    assert store.get_workspace(workspace.id) == workspace


def test_parties_answer_beside_each_other(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja", party=Party.GEMEENTE)
    save(store, workspace, "nee", party=Party.CORPORATIE)
    answers = [store.read_answers(workspace.id, make_pand_id(), party) for party in Party]
    assert [answer["bou.lift"].choice if answer else None for answer in answers] == [None, "ja", "nee"]


def test_codes_are_one_row_an_answer_without_weet_ik_niet(store: SqlStore) -> None:
    made = make_workspace(store, make_buildings(3))
    save(store, made, "nee", pand_id=make_pand_id(2))
    save(store, made, "ja", pand_id=make_pand_id(0), criterion="pla.hoogte")
    save(store, made, "ja", pand_id=make_pand_id(0))
    save(store, made, None, pand_id=make_pand_id(1))
    save(store, made, "ja", party=Party.GEMEENTE)
    codes = store.read_answer_codes(made.id, Party.SAMEN)
    assert list(codes.columns) == ["pand_id", "criterion", "choice"]
    assert codes.to_numpy().tolist() == [
        [make_pand_id(0), "bou.lift", "ja"],
        [make_pand_id(0), "pla.hoogte", "ja"],
        [make_pand_id(2), "bou.lift", "nee"],
    ]


def test_no_answers_is_a_frame_with_columns(store: SqlStore, workspace: Workspace) -> None:
    codes = store.read_answer_codes(workspace.id, Party.SAMEN)
    assert (list(codes.columns), len(codes)) == (["pand_id", "criterion", "choice"], 0)


@pytest.mark.parametrize("note", ["'); DROP TABLE answer; --", "é漢🏢\n\t", "x" * 100_000], ids=["sql", "script", "long"])
def test_a_note_is_kept_to_the_letter(store: SqlStore, workspace: Workspace, note: str) -> None:
    save(store, workspace, note=note)
    assert store.read_answers(workspace.id, make_pand_id(), Party.SAMEN)["bou.lift"].note == note


def test_a_note_that_cannot_be_kept_is_refused_in_dutch(store: SqlStore, workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="tekens"):
        save(store, workspace, note="half \ud800")
    assert store.read_answers(workspace.id, make_pand_id(), Party.SAMEN) == {}


def test_postgresql_cannot_keep_a_nul_and_says_so(postgres_url: URL, opened: Callable[..., SqlStore]) -> None:
    store = opened(postgres_url)
    with pytest.raises(StoreError, match="tekens"):
        save(store, make_workspace(store), note="\x00")
    with pytest.raises(StoreError, match="tekens"):
        make_workspace(store, make_buildings(1, naam=["\x00"]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answer_history SET choice = 'nee'",
        "DELETE FROM answer_history",
        "UPDATE answer_history SET workspace_id = 'weg'",
    ],
)
def test_database_refuses_to_change_the_history(store: SqlStore, workspace: Workspace, statement: str) -> None:
    saved = save(store, workspace, "ja")
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert read_history(store, workspace) == [saved]


def test_database_refuses_to_replace_or_empty_the_history(store: SqlStore, workspace: Workspace) -> None:
    saved = save(store, workspace, "ja")
    replace = "INSERT OR REPLACE INTO answer_history SELECT * FROM answer_history"
    statement = replace if store.engine.dialect.name == "sqlite" else "TRUNCATE answer_history"
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert read_history(store, workspace) == [saved]


def test_database_refuses_words_we_do_not_have(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja")
    with pytest.raises(DBAPIError, match="ck_answer_certainty"), store.engine.begin() as connection:
        connection.execute(text("UPDATE answer SET certainty = 'misschien'"))
