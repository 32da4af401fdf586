"""Whatever order people import, answer, give facts and undo in: the real store holds what the plain model holds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import shapely
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.domain.facts import Fact
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.merging import Effect
from quickscan.domain.terms import Herkomst
from quickscan.services.imports import FileNote, Imports
from quickscan.store.database import open_store
from quickscan.store.repository import SqlStore
from tests.services.in_memory_store import InMemoryStore

PANDS = [f"0518{number:012d}" for number in range(4)]
SHAPES = [None, shapely.box(0, 0, 1, 1).wkb, shapely.box(0, 0, 2, 1).wkb, shapely.Point(1, 1).wkb]
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AUTHORS = st.sampled_from(["Ada", "Bo"])
COLUMNS = {
    "bouwjaar": st.sampled_from([None, 1960.0, 1970.0]),
    "naam": st.sampled_from([None, "De Linden", "Zuid"]),
    "bou.dak": st.sampled_from([None, "plat", "kap"]),
    "geometry": st.sampled_from(SHAPES),
}
FILES = st.lists(st.fixed_dictionaries({"pand_id": st.sampled_from(PANDS), **COLUMNS}), unique_by=lambda row: row["pand_id"])
SOURCES = st.sampled_from([Herkomst.OPGAVE, Herkomst.REGISTER, Herkomst.AFGELEID])


def make_intake(rows: list[dict[str, object]], source: Herkomst, *, adds: bool) -> Intake:
    types = {"pand_id": "str", "bouwjaar": float, "naam": "str", "bou.dak": "str", "geometry": object}
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=types[name]) for name in types})
    return Intake(frame, {}, dict.fromkeys(types, SourceNote(source, str(source))), (), len(rows), adds=adds)


class Both(RuleBasedStateMachine):
    """Does everything twice, and looks for a difference after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.real: SqlStore = open_store(f"sqlite:///{Path(self.folder.name) / 'quickscan.db'}")
        self.model = InMemoryStore()
        self.minute = 0
        empty = pd.DataFrame({"pand_id": PANDS[:1]})
        self.ids = {
            id(store): store.create_workspace("Zuid", empty, {}, fictional=False, author="Ada", at=START).id
            for store in (self.real, self.model)
        }

    def teardown(self) -> None:
        self.real.close()
        self.folder.cleanup()

    def both(self, do: Callable[[SqlStore | InMemoryStore, str], object]) -> object:
        """Do it in both stores at the same moment, and return what both return (or how both refuse)."""
        self.minute += 1
        outcomes = []
        for store in (self.real, self.model):
            try:
                outcomes.append(do(store, self.ids[id(store)]))
            except QuickscanError as error:
                outcomes.append(type(error).__name__)
        assert outcomes[0] == outcomes[1]
        return outcomes[0]

    def now(self) -> datetime:
        return START + timedelta(minutes=self.minute)

    @rule(rows=FILES, source=SOURCES, adds=st.booleans(), author=AUTHORS, take=st.booleans())
    def bring_in(self, rows: list[dict[str, object]], source: Herkomst, *, adds: bool, author: str, take: bool) -> None:
        def do(store: SqlStore | InMemoryStore, workspace_id: str) -> object:
            imports = Imports(store, self.now)
            plan = imports.plan([(FileNote("a.csv", "", 0), make_intake(rows, source, adds=adds))], workspace_id=workspace_id)
            clashes = plan.conflicts
            chosen = set(zip(clashes["pand_id"], clashes["fact"], strict=True)) if take else set()
            record = imports.confirm(plan, name=None, author=author, take_over=chosen)
            again = imports.plan([(FileNote("a.csv", "", 0), make_intake(rows, source, adds=adds))], workspace_id=workspace_id)
            left = set(again.changes["effect"]) - {Effect.BOTST}
            assert not left, "what was just brought in changes nothing the second time"
            return record.number, record.added, record.changed, record.refused, sorted(plan.changes["effect"])

        self.both(do)

    @rule(pand_id=st.sampled_from(PANDS), value=st.sampled_from([1955.0, 1970.0]), source=st.sampled_from(Herkomst))
    def give_fact(self, pand_id: str, value: float, source: Herkomst) -> None:
        fact = Fact("bouwjaar", value, source, "gesprek", START.date(), "hoog")
        self.both(lambda store, where: store.save_fact(where, pand_id, fact, author="Cas", at=self.now()))

    @rule(
        pand_id=st.sampled_from(PANDS),
        choice=st.sampled_from([None, "plat", "kap"]),
        party=st.sampled_from([Party.SAMEN, Party.GEMEENTE]),
        certainty=st.sampled_from(Certainty),
        seen=st.integers(0, 4),
    )
    def answer(self, pand_id: str, choice: str | None, party: Party, certainty: Certainty, seen: int) -> None:
        def do(store: SqlStore | InMemoryStore, where: str) -> object:
            stored = store.read_answers(where, pand_id, party).get("bou.dak")
            version = (stored.version if stored else 0) if seen else 7  # 7: somebody who is late
            return store.save_answer(
                where,
                pand_id,
                "bou.dak",
                choice=choice,
                note="",
                certainty=certainty,
                author="Cas",
                party=party,
                at=self.now(),
                expected_version=version,
            )

        self.both(do)

    @rule(author=AUTHORS)
    def undo(self, author: str) -> None:
        def do(store: SqlStore | InMemoryStore, where: str) -> object:
            try:
                report = store.undo_import(where, author=author, at=self.now())
            except NotFoundError:
                return None
            kept = report.kept.to_dict("records")
            return report.removed, report.stayed, report.restored, kept, report.record.undone_by, report.record.number

        self.both(do)

    @invariant()
    def they_hold_the_same(self) -> None:
        real, model = self.ids[id(self.real)], self.ids[id(self.model)]
        pd.testing.assert_frame_equal(self.real.read_buildings(real), self.model.read_buildings(model))
        one, other = self.real.get_workspace(real), self.model.get_workspace(model)
        assert (one.facts_version, one.answers_version, one.buildings, one.answers) == (
            other.facts_version,
            other.answers_version,
            other.buildings,
            other.answers,
        )
        for pand_id in self.real.read_buildings(real)["pand_id"]:
            assert list(self.real.read_facts(real, pand_id)) == list(self.model.read_facts(model, pand_id))
            for party in Party:
                found = self.real.read_answers(real, pand_id, party)
                assert found == self.model.read_answers(model, pand_id, party)
                history = self.real.read_history(real, pand_id, "bou.dak", party)
                assert list(history) == list(self.model.read_history(model, pand_id, "bou.dak", party))
        for mine, theirs in zip(self.real.find_imports(real), self.model.find_imports(model), strict=True):
            assert (mine.number, mine.undone_at, mine.undone_by) == (theirs.number, theirs.undone_at, theirs.undone_by)
            changes = [self.real.read_import_changes(real, mine.number), self.model.read_import_changes(model, mine.number)]
            assert read_rows(changes[0]) == read_rows(changes[1])


def read_rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows with None for everything that is not there."""
    return [{name: None if pd.isna(cell) else cell for name, cell in row.items()} for row in frame.to_dict("records")]


Both.TestCase.settings = settings(
    max_examples=20, stateful_step_count=12, deadline=None, phases=[Phase.generate]
)  # shrinking takes minutes
TestBoth = Both.TestCase
