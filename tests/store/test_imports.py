"""Imports in the database: whole or not at all, kept for good, and undone exactly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from quickscan.domain.answers import Party
from quickscan.domain.errors import NotFoundError, StalePlanError, UnusableInputError
from quickscan.domain.facts import Fact
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.merging import Effect
from quickscan.domain.terms import Herkomst
from quickscan.services.imports import FileNote, ImportPlan, ImportRecord, Imports
from quickscan.services.ports import Workspace
from quickscan.store.errors import StoreError
from quickscan.store.repository import SqlStore
from tests.store.conftest import NOON, make_buildings, make_pand_id, save

FILE = FileNote("bezit 'é'.csv", "0" * 64, 1234, "lijst van gebouwen", "Haag Wonen")
AREA, LARGER = shapely.box(0, 0, 1, 1).wkb, shapely.box(0, 0, 2, 2).wkb


def make_intake(frame: pd.DataFrame, source: Herkomst = Herkomst.OPGAVE, *, adds: bool = True) -> Intake:
    sources = dict.fromkeys(frame.columns, SourceNote(source, str(source), NOON.date()))
    return Intake(frame.set_axis(range(2, len(frame) + 2)), {}, sources, (), len(frame), adds=adds)


def plan(store: SqlStore, workspace_id: str | None, frame: pd.DataFrame, source: Herkomst = Herkomst.OPGAVE) -> ImportPlan:
    return Imports(store, lambda: NOON).plan([(FILE, make_intake(frame, source))], workspace_id=workspace_id)


def bring_in(
    store: SqlStore,
    workspace_id: str | None,
    frame: pd.DataFrame,
    source: Herkomst = Herkomst.OPGAVE,
    *,
    minutes: int = 0,
    take_over: bool = False,
) -> ImportRecord:
    made = plan(store, workspace_id, frame, source)
    chosen = set(zip(made.conflicts["pand_id"], made.conflicts["fact"], strict=True)) if take_over else set()
    clock = Imports(store, lambda: NOON + timedelta(minutes=minutes))
    return clock.confirm(made, name="Nieuw", author="Ada", take_over=chosen)


def undo(store: SqlStore, workspace_id: str) -> object:
    return Imports(store, lambda: NOON + timedelta(hours=2)).undo_last(workspace_id, author="Bo")


def look(store: SqlStore, workspace_id: str) -> list[object]:
    """Return everything a person can see of the facts and answers in a workspace."""
    frame = store.read_buildings(workspace_id)
    seen: list[object] = [frame.astype(object).where(frame.notna(), None).to_dict("records")]
    for pand_id in frame["pand_id"]:
        seen.append(store.read_facts(workspace_id, pand_id))
        answers = store.read_answers(workspace_id, pand_id, Party.SAMEN).values()
        seen.append([(one.criterion, one.choice, one.note, one.certainty, one.author, one.at) for one in answers])
    return seen


@pytest.fixture
def first() -> pd.DataFrame:
    columns = {"bouwjaar": [1965, 1972, None], "naam": ["De Linden", None, "Zuid"], "bou.dak": ["plat", None, "kap"]}
    return make_buildings(3, **columns, geometry=[AREA, None, AREA])


def test_a_new_workspace_has_what_the_file_has_and_a_record_of_it(store: SqlStore, first: pd.DataFrame) -> None:
    record = bring_in(store, None, first)
    made = store.get_workspace(record.workspace_id)
    assert made == Workspace(record.workspace_id, "Nieuw", False, NOON, 1, 1, buildings=3, answers=2)
    assert record == ImportRecord(made.id, 1, NOON, "Ada", (FILE,), added=3, changed=0, values=8, refused=0)
    assert Imports(store).history(made.id) == [record]
    assert store.read_facts(made.id, make_pand_id())[0] == Fact("naam", "De Linden", Herkomst.OPGAVE, "opgave", NOON.date())
    kept = store.read_buildings(made.id)
    assert kept["geometry"].tolist() == [AREA, None, AREA]


def test_the_second_time_the_same_file_changes_nothing(store: SqlStore, first: pd.DataFrame) -> None:
    record = bring_in(store, None, first)
    again = plan(store, record.workspace_id, first)
    assert (again.added, again.changed, again.unchanged, again.is_empty) == (0, 0, 3, True)


def test_every_import_is_a_version_newest_first_and_raises_both_counters(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    bring_in(store, made, make_buildings(1, bouwjaar=[1966]), minutes=1)
    assert [record.number for record in Imports(store).history(made)] == [2, 1]
    now = store.get_workspace(made)
    assert (now.facts_version, now.answers_version) == (2, 2)


def test_the_changes_of_an_import_can_be_looked_back_at(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    bring_in(store, made, make_buildings(4, bouwjaar=[1966, 1972, None, 1999], geometry=[LARGER, None, AREA, None]), minutes=1)
    changes = Imports(store).changes_of(made, 2).to_dict("records")
    assert [tuple(row.values()) for row in changes] == [
        (make_pand_id(0), "bouwjaar", "opgave", 1965.0, 1966.0),
        (make_pand_id(0), "geometry", "opgave", "vlak", "vlak"),
        (make_pand_id(3), "pand_id", "opgave", None, make_pand_id(3)),
    ]
    with pytest.raises(NotFoundError, match="Import"):
        Imports(store).changes_of(made, 9)


def test_undoing_puts_everything_back_and_the_versions_on(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    store.save_fact(
        made, make_pand_id(1), Fact("naam", "Kade", Herkomst.ANTWOORD, "Cas", NOON.date(), "hoog"), author="Cas", at=NOON
    )
    before = look(store, made)
    second = make_buildings(
        4, bouwjaar=[1966, None, 1990, 1999], naam=["Linde", "Oever", None, "Nieuw"], geometry=[LARGER, AREA, None, AREA]
    )
    second["bou.dak"] = ["kap", "kap", None, "plat"]
    bring_in(store, made, second, minutes=1, take_over=True)
    after = look(store, made)
    assert after != before
    report = Imports(store, lambda: NOON + timedelta(hours=2)).undo_last(made, author="Bo")
    assert look(store, made) == before
    assert (report.removed, report.stayed, len(report.kept)) == (1, (), 0)
    assert (report.record.undone_by, report.record.undone_at) == ("Bo", NOON + timedelta(hours=2))
    assert [record.undone_by for record in Imports(store).history(made)] == ["Bo", None]
    now = store.get_workspace(made)
    assert (now.facts_version, now.answers_version) == (4, 3)


def test_undoing_twice_undoes_the_one_before_and_then_there_is_nothing_left(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    bring_in(store, made, make_buildings(1, bouwjaar=[1966]), minutes=1)
    undo(store, made)
    undo(store, made)
    assert store.read_buildings(made).empty
    with pytest.raises(NotFoundError, match="geen import meer"):
        undo(store, made)


def test_what_was_undone_can_come_in_again(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    before = look(store, made)
    undo(store, made)
    bring_in(store, made, first)
    assert look(store, made) == before
    versions = store.read_history(made, make_pand_id(), "bou.dak", Party.SAMEN)
    assert [answer.version for answer in versions] == [2, 1]


def test_an_added_building_on_which_somebody_answered_stays_and_is_told(store: SqlStore) -> None:
    made = bring_in(store, None, make_buildings(1)).workspace_id
    bring_in(store, made, make_buildings(5, **{"bou.dak": [None, "plat", "plat", "plat", "plat"]}), minutes=1)
    workspace = store.get_workspace(made)
    save(store, workspace, "ja", pand_id=make_pand_id(1))
    save(store, workspace, "kap", pand_id=make_pand_id(2), criterion="bou.dak", expected_version=1)
    fact = Fact("bouwjaar", 1950.0, Herkomst.ANTWOORD, "Cas")
    store.save_fact(made, make_pand_id(3), fact, author="Cas", at=NOON)
    report = Imports(store).undo_last(made, author="Bo")
    assert report.stayed == (make_pand_id(1), make_pand_id(2), make_pand_id(3))
    assert report.removed == 1
    assert store.read_buildings(made)["pand_id"].tolist() == [make_pand_id(place) for place in range(4)]


def test_a_cell_that_somebody_changed_since_is_left_alone_and_told(store: SqlStore) -> None:
    made = bring_in(store, None, make_buildings(2, bouwjaar=[1965, 1965])).workspace_id
    bring_in(store, made, make_buildings(2, bouwjaar=[1970, 1970], **{"bou.dak": ["plat", "plat"]}), minutes=1)
    later = Fact("bouwjaar", 1980.0, Herkomst.OPGAVE, "brief")
    store.save_fact(made, make_pand_id(0), later, author="Cas", at=NOON)
    save(store, store.get_workspace(made), "kap", criterion="bou.dak", expected_version=1, pand_id=make_pand_id(1))
    report = Imports(store).undo_last(made, author="Bo")
    assert report.kept.to_dict("records") == [
        {"pand_id": make_pand_id(0), "fact": "bouwjaar"},
        {"pand_id": make_pand_id(1), "fact": "bou.dak"},
    ]
    assert store.read_buildings(made)["bouwjaar"].tolist() == [1980, 1965]
    assert report.restored == 2


def test_undoing_a_taken_over_answer_brings_the_old_one_back_as_a_new_version(store: SqlStore) -> None:
    made = bring_in(store, None, make_buildings(1)).workspace_id
    save(store, store.get_workspace(made), "plat", criterion="bou.dak", note="gezien", author="Cas")
    bring_in(store, made, make_buildings(1, **{"bou.dak": ["kap"]}), minutes=1, take_over=True)
    undo(store, made)
    (answer,) = store.read_answers(made, make_pand_id(), Party.SAMEN).values()
    assert (answer.choice, answer.note, answer.author, answer.version) == ("plat", "gezien", "Cas", 3)
    history = store.read_history(made, make_pand_id(), "bou.dak", Party.SAMEN)
    assert [version.choice for version in history] == ["plat", "kap", "plat"]


def test_an_answer_of_an_import_that_is_undone_leaves_a_line_that_says_so(store: SqlStore) -> None:
    made = bring_in(store, None, make_buildings(1)).workspace_id
    bring_in(store, made, make_buildings(1, **{"bou.dak": ["kap"]}), minutes=1)
    undo(store, made)
    assert store.read_answers(made, make_pand_id(), Party.SAMEN) == {}
    last, _ = store.read_history(made, make_pand_id(), "bou.dak", Party.SAMEN)
    assert (last.choice, last.note, last.author) == (None, "Import 2 is teruggedraaid.", "Bo")
    assert save(store, store.get_workspace(made), "plat", criterion="bou.dak").version == 3


def test_a_conflict_is_only_taken_when_somebody_chose_so(store: SqlStore) -> None:
    made = bring_in(store, None, make_buildings(1, bouwjaar=[1965])).workspace_id
    fact = Fact("bouwjaar", 1950.0, Herkomst.ANTWOORD, "Cas")
    store.save_fact(made, make_pand_id(), fact, author="Cas", at=NOON)
    newer = make_buildings(1, bouwjaar=[1970])
    assert plan(store, made, newer).conflicts["effect"].tolist() == [Effect.BOTST]
    bring_in(store, made, newer, minutes=1)
    assert store.read_facts(made, make_pand_id())[0] == fact
    bring_in(store, made, newer, minutes=2, take_over=True)
    assert [found.value for found in store.read_facts(made, make_pand_id())] == [1970.0]
    undo(store, made)
    assert store.read_facts(made, make_pand_id())[0] == fact


def test_a_plan_made_before_somebody_answered_is_refused_and_nothing_is_stored(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    stale = plan(store, made, make_buildings(5, bouwjaar=[1, 2, 3, 4, 5]))
    save(store, store.get_workspace(made), "ja")
    before = look(store, made), store.get_workspace(made)
    with pytest.raises(StalePlanError, match="Nieuw"):
        Imports(store).confirm(stale, name=None, author="Ada")
    assert (look(store, made), store.get_workspace(made)) == before
    assert len(Imports(store).history(made)) == 1


def test_of_two_who_confirm_at_once_one_wins(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    plans = [plan(store, made, make_buildings(1, bouwjaar=[year])) for year in (1970, 1980)]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def confirm(mine: ImportPlan) -> None:
        start.wait()
        try:
            Imports(store).confirm(mine, name=None, author="Ada")
            outcomes.append("klaar")
        except StalePlanError:
            outcomes.append("te laat")

    threads = [threading.Thread(target=confirm, args=[mine]) for mine in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["klaar", "te laat"]


def test_an_error_in_the_middle_leaves_everything_as_it_was(
    store: SqlStore, first: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bring_in(store, None, first).workspace_id
    before = look(store, made), store.get_workspace(made)
    second = make_buildings(4, bouwjaar=[1, 2, 3, 4], **{"bou.dak": ["kap", "kap", None, "plat"]})

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("halverwege")

    with monkeypatch.context() as patched:
        patched.setattr("quickscan.store.import_writer.insert_estimates", fail)
        with pytest.raises(RuntimeError, match="halverwege"):
            bring_in(store, made, second, minutes=1)
        with pytest.raises(RuntimeError, match="halverwege"):
            bring_in(store, None, second, minutes=1)
    assert (look(store, made), store.get_workspace(made)) == before
    assert store.find_workspaces() == [before[1]]
    assert [record.number for record in Imports(store).history(made)] == [1]


def test_a_connection_that_is_lost_in_the_middle_leaves_everything_as_it_was(
    postgres_url: object, opened: Callable[..., SqlStore], first: pd.DataFrame
) -> None:
    store = opened(postgres_url)
    made = bring_in(store, None, first).workspace_id
    before = look(store, made), store.get_workspace(made)
    armed = True

    @event.listens_for(store.engine, "before_cursor_execute")
    def cut(connection: object, _cursor: object, statement: str, *_: object) -> None:
        if armed and statement.startswith("DELETE FROM fact"):
            pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[attr-defined]
            with store.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    with pytest.raises(StoreError):
        bring_in(store, made, make_buildings(4, bouwjaar=[1, 2, 3, 4]), minutes=1)
    armed = False
    assert (look(store, made), store.get_workspace(made)) == before


def test_nothing_to_put_in_a_new_workspace_is_refused(store: SqlStore) -> None:
    with pytest.raises(UnusableInputError, match="geen gebouwen"):
        bring_in(store, None, make_buildings(0))
    assert store.find_workspaces() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE import_version SET author = 'Eve'",
        "UPDATE import_version SET files = '[]', undone_at = at, undone_by = 'Eve'",
        "DELETE FROM import_version",
        "UPDATE import_change SET new_number = 1",
        "DELETE FROM import_change",
    ],
)
def test_what_happened_cannot_be_rewritten(store: SqlStore, first: pd.DataFrame, statement: str) -> None:
    made = bring_in(store, None, first).workspace_id
    bring_in(store, made, make_buildings(1, bouwjaar=[1970]), minutes=1)
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(statement))


def test_an_undone_import_stays_undone(store: SqlStore, first: pd.DataFrame) -> None:
    undo(store, bring_in(store, None, first).workspace_id)
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text("UPDATE import_version SET undone_at = NULL, undone_by = NULL"))


@pytest.mark.parametrize("statement", ["REPLACE INTO {0} SELECT * FROM {0}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"])
@pytest.mark.parametrize("table", ["import_version", "import_change"])
def test_what_happened_cannot_be_replaced(
    sqlite_url: object, opened: Callable[..., SqlStore], first: pd.DataFrame, statement: str, table: str
) -> None:
    store = opened(sqlite_url)
    bring_in(store, None, first)
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(statement.format(table)))


@pytest.mark.parametrize("table", ["import_version", "import_change"])
def test_what_happened_cannot_be_emptied(postgres_url: object, opened: Callable[..., SqlStore], table: str) -> None:
    with pytest.raises(DBAPIError, match="append only"), opened(postgres_url).engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table}"))


def test_with_its_workspace_everything_goes(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first).workspace_id
    Imports(store).remember_mapping(made, "Haag Wonen", {"Bj": "bouwjaar"})
    store.delete_workspace(made, author="Ada", at=NOON)
    with store.engine.connect() as connection:
        for table in ("import_version", "import_change", "column_mapping", "fact", "answer_history"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608 - our own names


def test_a_mapping_is_remembered_per_sender_in_any_spelling(store: SqlStore, workspace: Workspace) -> None:
    imports = Imports(store)
    imports.remember_mapping(workspace.id, "Haag Wonen", {"Bj.": "bouwjaar", "Opm": None})
    imports.remember_mapping(workspace.id, " haag  wonen", {"bj.": "renovatiejaar"})
    imports.remember_mapping(workspace.id, "Staedion", {"Bj.": "bouwjaar"})
    recalled = imports.recall_mapping(workspace.id, "HAAG WONEN", ["BJ.", "opm", "Naam"])
    assert recalled == {"BJ.": "renovatiejaar", "opm": None}
    assert imports.recall_mapping(None, "Haag Wonen", ["Bj."]) == {}
    assert imports.recall_mapping(workspace.id, "iemand anders", ["Bj."]) == {}


def test_known_buildings_say_where_they_are(store: SqlStore, first: pd.DataFrame) -> None:
    made = bring_in(store, None, first.assign(postcode=["2592AA", None, None])).workspace_id
    known = Imports(store).known_buildings(made)
    assert list(known.columns) == ["pand_id", "geometry", "postcode", "huisnummer", "straat", "woonplaats"]
    assert known["postcode"].tolist()[0] == "2592AA"


def test_thousands_of_cells_go_and_come_back(store: SqlStore) -> None:
    count = 3000
    numbers = np.arange(count) + 0.1
    ids = [make_pand_id(int(place)) for place in np.random.default_rng(2).permutation(count)]
    frame = pd.DataFrame({"pand_id": ids, "hoogte_m": numbers, "naam": [f"n{place}" for place in range(count)]})
    made = bring_in(store, None, frame).workspace_id
    before = store.read_buildings(made)
    bring_in(store, made, frame.assign(hoogte_m=numbers + 1), minutes=1)
    assert store.read_buildings(made)["hoogte_m"].tolist() == (numbers + 1).tolist()
    undo(store, made)
    pd.testing.assert_frame_equal(store.read_buildings(made), before)


def test_what_is_not_there_is_not_found(store: SqlStore, workspace: Workspace) -> None:
    imports = Imports(store)
    asked = (
        lambda: imports.history("weg"),
        lambda: imports.undo_last("weg", author="Ada"),
        lambda: imports.undo_last(workspace.id, author="Ada"),
        lambda: imports.changes_of(workspace.id, 1),
        lambda: imports.remember_mapping("weg", "x", {"a": None}),
        lambda: imports.recall_mapping("weg", "x", ["a"]),
        lambda: imports.known_buildings("weg"),
        lambda: imports.plan([(FILE, make_intake(make_buildings(1)))], workspace_id="weg"),
    )
    for question in asked:
        with pytest.raises(NotFoundError, match="bestaat niet"):
            question()
