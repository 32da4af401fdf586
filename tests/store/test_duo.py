"""A duo on each database: ready, the reveal for good, and disagreement kept in versions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from quickscan.domain.answers import Party
from quickscan.domain.duo import Dissent, Mark, StaleDissentError, Stand
from quickscan.domain.errors import NotFoundError
from quickscan.services.ports import Workspace
from quickscan.store.duo import DuoDissentRow, DuoReadyRow, DuoRevealRow, DuoTables
from quickscan.store.repository import SqlStore
from quickscan.store.tables import table_of
from tests.store.conftest import NOON, make_pand_id

PAND = make_pand_id()
ROWS = (DuoReadyRow, DuoRevealRow, DuoDissentRow)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def duo(store: SqlStore) -> DuoTables:
    return DuoTables(store.engine)


def ready(duo: DuoTables, workspace: Workspace, party: Party, *, said: bool = True) -> Stand:
    return duo.set_ready(workspace.id, PAND, party, ready=said, author=f"van {party}", at=NOON)


def disagree(duo: DuoTables, workspace: Workspace, reason: str, *, seen: int = 0, author: str = "Ada") -> Dissent:
    return duo.save_dissent(workspace.id, PAND, "bou.lift", reason=reason, author=author, at=NOON, expected_version=seen)


def test_nobody_has_begun(duo: DuoTables, workspace: Workspace) -> None:
    assert duo.read_stand(workspace.id, PAND) == Stand()
    assert Stand().waits_for == (Party.GEMEENTE, Party.CORPORATIE)


def test_one_that_is_ready_can_take_it_back(duo: DuoTables, workspace: Workspace) -> None:
    assert ready(duo, workspace, Party.GEMEENTE).ready == {Party.GEMEENTE: Mark("van gemeente", NOON)}
    assert ready(duo, workspace, Party.GEMEENTE, said=False) == Stand()
    assert duo.read_stand(workspace.id, PAND) == Stand()


def test_the_second_one_that_is_ready_reveals_and_nothing_takes_that_back(duo: DuoTables, workspace: Workspace) -> None:
    assert ready(duo, workspace, Party.CORPORATIE).revealed is None
    stand = ready(duo, workspace, Party.GEMEENTE)
    assert stand.revealed == Mark("van gemeente", NOON)
    assert stand.waits_for == ()
    assert ready(duo, workspace, Party.GEMEENTE, said=False) == stand
    assert duo.reveal(workspace.id, PAND, author="later", at=LATER) == stand


def test_a_reveal_does_not_wait_and_happens_once(duo: DuoTables, workspace: Workspace) -> None:
    first = duo.reveal(workspace.id, PAND, author="regisseur", at=NOON)
    assert duo.reveal(workspace.id, PAND, author="iemand anders", at=LATER) == first
    assert first == Stand(revealed=Mark("regisseur", NOON))


def test_each_building_stands_by_itself(duo: DuoTables, workspace: Workspace) -> None:
    duo.reveal(workspace.id, PAND, author="Ada", at=NOON)
    assert duo.read_stand(workspace.id, make_pand_id(1)) == Stand()


def test_disagreement_is_kept_in_versions_and_the_last_one_counts(duo: DuoTables, store: SqlStore, workspace: Workspace) -> None:
    disagree(duo, workspace, "eerst onderzoek")
    last = disagree(duo, workspace, "het blijft zo", seen=1)
    assert duo.read_stand(workspace.id, PAND).dissents == {"bou.lift": last}
    assert last.version == 2
    with store.engine.connect() as connection:
        kept = connection.execute(text("SELECT reason FROM duo_dissent ORDER BY version")).scalars().all()
    assert kept == ["eerst onderzoek", "het blijft zo"]


def test_saying_the_same_twice_is_once_and_a_late_one_sees_the_first(duo: DuoTables, workspace: Workspace) -> None:
    first = disagree(duo, workspace, "eerst onderzoek", author="Bo")
    assert disagree(duo, workspace, "eerst onderzoek", author="Bo") == first
    for seen in (0, 7):
        with pytest.raises(StaleDissentError) as caught:
            disagree(duo, workspace, "iets anders", seen=seen)
        assert (caught.value.stored, caught.value.author) == ("eerst onderzoek", "Bo")
    assert duo.read_stand(workspace.id, PAND).dissents == {"bou.lift": first}


def test_a_building_that_is_not_there_is_told(duo: DuoTables, workspace: Workspace) -> None:
    calls = (
        lambda where: duo.read_stand(*where),
        lambda where: duo.reveal(*where, author="Ada", at=NOON),
        lambda where: duo.set_ready(*where, Party.GEMEENTE, ready=True, author="Ada", at=NOON),
        lambda where: duo.save_dissent(*where, "bou.lift", reason="x", author="Ada", at=NOON, expected_version=0),
    )
    for call in calls:
        with pytest.raises(NotFoundError):
            call((workspace.id, "0000000000000000"))
        with pytest.raises(NotFoundError):
            call(("elders", PAND))


def test_all_of_it_goes_with_its_building(duo: DuoTables, store: SqlStore, workspace: Workspace) -> None:
    ready(duo, workspace, Party.GEMEENTE)
    duo.reveal(workspace.id, PAND, author="Ada", at=NOON)
    disagree(duo, workspace, "eerst onderzoek")
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM building"))
        left = [connection.execute(select(func.count()).select_from(table_of(row))).scalar_one() for row in ROWS]
    assert left == [0, 0, 0]


def test_database_refuses_that_together_is_ready(duo: DuoTables, store: SqlStore, workspace: Workspace) -> None:
    ready(duo, workspace, Party.GEMEENTE)
    with pytest.raises(DBAPIError, match="ck_duo_ready_party"), store.engine.begin() as connection:
        connection.execute(text("UPDATE duo_ready SET party = 'samen'"))
