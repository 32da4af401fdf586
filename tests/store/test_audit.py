"""The audit log: every change leaves a line, no line can be changed, and the log alone tells what the tables hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.duo import PARTIES
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.domain.facts import Fact
from quickscan.domain.finance.saved import WHOLE_WORKSPACE, SavedCase
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.services.imports import FileNote, Imports
from quickscan.services.ports import Deed, Workspace
from quickscan.store.duo import DuoTables
from quickscan.store.finance import CaseTables
from quickscan.store.repository import SqlStore
from tests.store.conftest import NOON, make_pand_id, make_workspace, save
from tests.store.replay import look, replay

Open = Callable[..., SqlStore]
BOUWJAAR = Fact("bouwjaar", 1970.0, Herkomst.ANTWOORD, "gesprek", NOON.date(), "hoog")


def test_an_answer_leaves_a_line_with_old_and_new(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja", note="gezien", author="Ada")
    save(store, workspace, "nee", author="Bo", expected_version=1, reason="hersteld")
    newest, first = store.read_log(workspace.id, what=Deed.ANTWOORD)
    assert (first.author, first.pand_id, first.name, first.party) == ("Ada", make_pand_id(), "bou.lift", "samen")
    assert (first.old, first.new, first.note, first.at) == (None, "ja", "gezien", NOON)
    assert (newest.author, newest.old, newest.new) == ("Bo", "ja", "nee")
    assert newest.detail == {"certainty": "zeker", "version": 2, "reason": "hersteld"}


def test_a_fact_leaves_a_line_and_saving_it_again_does_not(store: SqlStore, workspace: Workspace) -> None:
    for value in (1970.0, 1970.0, 1971.5):
        fact = Fact("bouwjaar", value, *(BOUWJAAR.source, BOUWJAAR.source_label, BOUWJAAR.source_date, "hoog"))
        store.save_fact(workspace.id, make_pand_id(), fact, author="Ada", at=NOON)
    lines = store.read_log(workspace.id, pand_id=make_pand_id())
    assert [(line.old, line.new) for line in lines] == [("1970.0", "1971.5"), (None, "1970.0")]


def test_a_case_leaves_a_line_that_says_what_differs(store: SqlStore, workspace: Workspace) -> None:
    cases = CaseTables(store.engine)
    first = SavedCase(make_pand_id(), 1, "Basis", {"woning": {"aantal": 4}, "verduurzaming": {}}, False, True, 0, "", NOON)
    kept = cases.write_case(workspace.id, first, author="Ada", at=NOON)
    changed = replace(kept, tables={"woning": {"aantal": 6}}, locked=True)
    cases.write_case(workspace.id, changed, author="Bo", at=NOON)
    cases.remove_case(workspace.id, make_pand_id(), 1, expected_version=2, author="Cas", at=NOON)
    gone, second, line = store.read_log(workspace.id, what=Deed.CASE)
    assert (line.author, line.name, line.pand_id, line.old) == ("Ada", "Basis", make_pand_id(), None)
    assert line.new == "naam: Basis; vast: nee; telt voor de scan: ja; verduurzaming: aan; woning.aantal: 4"
    assert (second.author, second.old) == ("Bo", "vast: nee; verduurzaming: aan; woning.aantal: 4")
    assert second.new == "vast: ja; woning.aantal: 6"
    assert (gone.author, gone.new, gone.detail["version"]) == ("Cas", None, None)


def test_a_duo_leaves_a_line_for_ready_revealed_and_apart(store: SqlStore, workspace: Workspace) -> None:
    duo, where = DuoTables(store.engine), (workspace.id, make_pand_id())
    for party, ready in ((Party.GEMEENTE, True), (Party.GEMEENTE, False), (Party.GEMEENTE, True), (Party.CORPORATIE, True)):
        duo.set_ready(*where, party, ready=ready, author=f"van {party}", at=NOON)
    duo.reveal(*where, author="te laat", at=NOON)
    for seen, reason in enumerate(("te duur", "te laat")):
        duo.save_dissent(*where, "bou.lift", reason=reason, author="Ada", at=NOON, expected_version=seen)
    lines = list(reversed(store.read_log(workspace.id, pand_id=make_pand_id())))
    assert [(line.what, line.party, line.old, line.new) for line in lines[:4]] == [
        (Deed.KLAAR, "gemeente", None, "klaar"),
        (Deed.KLAAR, "gemeente", "klaar", None),
        (Deed.KLAAR, "gemeente", None, "klaar"),
        (Deed.KLAAR, "corporatie", None, "klaar"),
    ]
    assert [(line.what, line.author, line.note) for line in lines[4:5]] == [
        (Deed.ONTHULLEN, "van corporatie", "beide partijen waren klaar")
    ]
    assert [(line.what, line.name, line.old, line.new) for line in lines[5:]] == [
        (Deed.ONEENS, "bou.lift", None, "te duur"),
        (Deed.ONEENS, "bou.lift", "te duur", "te laat"),
    ]


def test_what_is_refused_leaves_no_line(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace, "ja")
    before = store.read_log(workspace.id)
    save(store, workspace, "ja")  # the same again
    with pytest.raises(StaleAnswerError):
        save(store, workspace, "nee")
    with pytest.raises(NotFoundError):
        save(store, workspace, pand_id="weg")
    assert store.read_log(workspace.id) == before


def test_the_log_stays_when_its_workspace_goes(store: SqlStore, workspace: Workspace) -> None:
    save(store, workspace)
    store.delete_workspace(workspace.id, author="Bo", at=NOON)
    lines = store.read_log(workspace.id)
    assert [line.what for line in lines] == [Deed.VERWIJDEREN, Deed.ANTWOORD, Deed.WERKRUIMTE]
    assert (lines[0].author, lines[0].old) == ("Bo", "Zuidwest")


@pytest.mark.parametrize("table", ["audit_log", "snapshot", "settled_rulebook"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}='x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_happened(store: SqlStore, workspace: Workspace, table: str, statement: str) -> None:
    column = {"audit_log": "author", "snapshot": "note", "settled_rulebook": "fingerprint"}[table]
    _fill(store, workspace.id)
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(statement.format(table, column)))


@pytest.mark.parametrize("table", ["audit_log", "snapshot", "settled_rulebook"])
def test_sqlite_refuses_to_replace_what_happened(sqlite_url: object, opened: Open, table: str) -> None:
    store = opened(sqlite_url)
    _fill(store, make_workspace(store).id)
    with pytest.raises(DBAPIError, match="append only"), store.engine.begin() as connection:
        connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608 - our own names


@pytest.mark.parametrize("table", ["audit_log", "snapshot", "settled_rulebook"])
def test_postgresql_refuses_to_empty_what_happened(postgres_url: object, opened: Open, table: str) -> None:
    with pytest.raises(DBAPIError, match="append only"), opened(postgres_url).engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table}"))


def _fill(store: SqlStore, workspace_id: str) -> None:
    with store.engine.begin() as connection:
        blob = "x'00'" if store.engine.dialect.name == "sqlite" else r"'\x00'"
        connection.execute(text(f"INSERT INTO settled_rulebook VALUES ('a', {blob})"))  # noqa: S608
        values = f"(:w, 1, '2026-11-21T12:00:00.000000+00:00', 'Ada', NULL, '', '2026-11-21', 'a', 'a', 1, 'c', {blob})"
        connection.execute(text(f"INSERT INTO snapshot VALUES {values}"), {"w": workspace_id})  # noqa: S608


class Office:
    """People who do whatever comes up: answer, give facts, import, undo, make and delete workspaces."""

    def __init__(self, store: SqlStore, seed: int) -> None:
        self.store, self.any, self.now = store, random.Random(seed), NOON  # noqa: S311 - not a secret
        self.duo, self.cases = DuoTables(store.engine), CaseTables(store.engine)
        self.ids: list[str] = []
        self.new_workspace()

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def make_rows(self) -> pd.DataFrame:
        count = self.any.randint(1, 6)
        frame = pd.DataFrame({"pand_id": self.any.sample([make_pand_id(number) for number in range(9)], count)})
        frame["bouwjaar"] = [self.any.choice([None, 1950.0, 1960.5, 1970.0]) for _ in range(count)]
        frame["naam"] = pd.Series([self.any.choice([None, "Zuid", "Élan «ë»"]) for _ in range(count)], dtype="str")
        frame["bou.dak"] = pd.Series([self.any.choice([None, "plat", "kap"]) for _ in range(count)], dtype="str")
        shapes = [None, shapely.Point(1, 2).wkb, shapely.box(0, 0, 1, 1).wkb]
        frame["geometry"] = pd.Series([self.any.choice(shapes) for _ in range(count)], dtype=object)
        return frame

    def new_workspace(self) -> None:
        made = self.store.create_workspace("Zuid", self.make_rows(), {}, fictional=False, author="Ada", at=self.tick())
        self.ids.append(made.id)

    def delete(self) -> None:
        if len(self.ids) > 1:
            where = self.ids.pop(self.any.randrange(len(self.ids)))
            self.store.delete_workspace(where, author="Bo", at=self.tick())

    def answer(self) -> None:
        where, pand_id = self.pick()
        party, criterion = self.any.choice(list(Party)), self.any.choice(["bou.dak", "bou.lift", "soc.draagvlak"])
        stored = self.store.read_answers(where, pand_id, party).get(criterion)
        self.store.save_answer(
            where,
            pand_id,
            criterion,
            choice=self.any.choice([None, "plat", "kap"]),
            note=self.any.choice(["", "zo is het", 'met "teken" \\ en €']),
            certainty=self.any.choice(list(Certainty)),
            author=self.any.choice(["Ada", "Bo"]),
            party=party,
            at=self.tick(),
            expected_version=stored.version if stored else 0,
        )

    def give_fact(self) -> None:
        where, pand_id = self.pick()
        day = self.any.choice([None, NOON.date()])
        source = self.any.choice(list(Herkomst))
        fact = self.any.choice(
            [Fact("bouwjaar", 1900 + self.any.random() * 99, source, "x", day), Fact("naam", "Oost", source, "y", day, "laag")]
        )
        self.store.save_fact(where, pand_id, fact, author="Cas", at=self.tick())

    def bring_in(self) -> None:
        rows, source = self.make_rows(), self.any.choice([Herkomst.OPGAVE, Herkomst.REGISTER])
        notes = dict.fromkeys(rows.columns, SourceNote(source, "bestand", self.any.choice([None, NOON.date()])))
        intake = Intake(rows, {}, notes, (), len(rows), adds=self.any.random() < 0.7)
        imports = Imports(self.store, self.tick)
        plan = imports.plan([(FileNote("a.csv", "", 0), intake)], workspace_id=self.any.choice([None, *self.ids]))
        if plan.workspace_id is None and not plan.added:
            return
        clashes = plan.conflicts
        chosen = set(zip(clashes["pand_id"], clashes["fact"], strict=True)) if self.any.random() < 0.5 else set()
        record = imports.confirm(plan, name="Nieuw", author="Ada", take_over=chosen)
        if plan.workspace_id is None:
            self.ids.append(record.workspace_id)

    def undo(self) -> None:
        try:
            self.store.undo_import(self.any.choice(self.ids), author="Bo", at=self.tick())
        except NotFoundError:
            return

    def get_ready_or_reveal(self) -> None:
        where, pand_id = self.pick()
        if self.any.random() < 0.2:
            self.duo.reveal(where, pand_id, author="Ada", at=self.tick())
            return
        party, ready = self.any.choice(PARTIES), self.any.random() < 0.6
        self.duo.set_ready(where, pand_id, party, ready=ready, author="Bo", at=self.tick())

    def disagree(self) -> None:
        where, pand_id = self.pick()
        criterion = self.any.choice(["bou.dak", "bou.lift"])
        stored = self.duo.read_stand(where, pand_id).dissents.get(criterion)
        reason, seen = self.any.choice(["te duur", "te laat"]), stored.version if stored else 0
        self.duo.save_dissent(where, pand_id, criterion, reason=reason, author="Cas", at=self.tick(), expected_version=seen)

    def change_case(self) -> None:
        where, pand_id = self.pick()
        pand_id = self.any.choice([pand_id, WHOLE_WORKSPACE])
        every = {case.number: case for case in self.cases.read_cases(where, pand_id)}
        number = self.any.choice([1, 2, 3])
        stored = every.get(number)
        if stored is not None and self.any.random() < 0.2:
            version = stored.version
            self.cases.remove_case(where, pand_id, number, expected_version=version, author="Ada", at=self.tick())
            return
        tables = self.any.choice([{}, {"woning": {"aantal": 4}}, {"verduurzaming": {}, "planning": {"start": NOON.date()}}])
        chances = [self.any.random() < 0.4 for _ in range(2)]
        fresh = SavedCase(pand_id, number, "één", tables, *chances, stored.version if stored else 0, "", NOON)
        self.cases.write_case(where, fresh, author="Bo", at=self.tick())

    def pick(self) -> tuple[str, str]:
        while True:
            where = self.any.choice(self.ids)
            pand_ids = self.store.read_buildings(where)["pand_id"].tolist()
            if pand_ids:
                return where, self.any.choice(pand_ids)
            self.new_workspace()


def live(store: SqlStore, operations: int) -> None:
    """Do so many things, and see now and then whether log and tables tell the same."""
    office = Office(store, seed=operations)
    deeds = [office.answer, office.give_fact, office.bring_in, office.undo, office.new_workspace, office.delete]
    deeds += [office.get_ready_or_reveal, office.disagree, office.change_case]
    for number in range(1, operations + 1):
        office.any.choices(deeds, weights=[48, 13, 11, 8, 2, 3, 5, 4, 6])[0]()
        if number % (operations // 5) == 0:
            told, there = replay(store), look(store)
            assert told.keys() == there.keys()
            for where, cells in there.items():
                assert told[where] == cells, where
                assert list(told[where]["shapes"]) == list(cells["shapes"]), "buildings in the same order"
    for name in ("answers", "cases", "dissents"):
        assert sum(len(cells[name]) for cells in look(store).values()), f"{name}: something is left to compare"


def test_the_log_alone_tells_what_the_tables_hold(store: SqlStore) -> None:
    live(store, 750)  # on two databases: 1,500


@pytest.mark.long
def test_the_log_of_ten_thousand_operations_tells_what_the_tables_hold(store: SqlStore) -> None:
    live(store, 10_000)
