"""Imports as a person meets them: a preview that changes nothing, and a choice."""

# ruff: noqa: PD011 - `values` is a number here

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
import shapely

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import Fault, StalePlanError, UnusableInputError
from quickscan.domain.facts import Fact
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.merging import Effect, State
from quickscan.domain.terms import Herkomst
from quickscan.services import imports as imports_module
from quickscan.services.imports import FileNote, ImportPlan, Imports
from tests.services.in_memory_store import InMemoryStore

A, B, C = "0599100000000001", "0599100000000002", "0599100000000003"
NOW = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
AREA = shapely.box(0, 0, 1, 1).wkb


@pytest.fixture
def imports() -> Imports:
    return Imports(InMemoryStore(), clock=lambda: NOW)


def make_intake(ids: list[str], *faults: Fault, adds: bool = True, **columns: list[object]) -> Intake:
    frame = pd.DataFrame({"pand_id": ids, **columns}, index=range(2, len(ids) + 2))
    return Intake(frame, {}, dict.fromkeys(frame.columns, SourceNote(Herkomst.OPGAVE, "a.csv")), faults, len(ids), adds=adds)


def plan(imports: Imports, *intakes: Intake, workspace_id: str | None = None) -> ImportPlan:
    notes = [(FileNote(f"{place}.csv", "", 0), intake) for place, intake in enumerate(intakes, start=1)]
    return imports.plan(notes, workspace_id=workspace_id)


def start(imports: Imports) -> str:
    first = make_intake([A, B], bouwjaar=[1965.0, 1970.0], naam=["Linde", None], geometry=[AREA, None])
    return imports.confirm(plan(imports, first), name="Zuid", author="Noor").workspace_id


def test_a_preview_stores_nothing(imports: Imports) -> None:
    made = plan(imports, make_intake([A]))
    assert (made.added, made.workspace_id, made.facts_version) == (1, None, 0)
    assert imports.store.find_workspaces() == []


def test_every_building_has_a_state_and_a_name(imports: Imports) -> None:
    made = start(imports)
    files = make_intake([A, B, C], bouwjaar=[1966.0, 1970.0, None], straat=[None, "Kade", None], huisnummer=[None, "3", None])
    found = plan(imports, files, make_intake(["0599100000000009"], adds=False), workspace_id=made)
    assert found.buildings[["state", "naam", "changes"]].to_numpy().tolist() == [
        [State.GEWIJZIGD, "Linde", 1],
        [State.GEWIJZIGD, "Kade 3", 2],
        [State.NIEUW, "Pand …000003", 0],
        [State.ELDERS, "Pand …000009", 0],
    ]
    assert (found.added, found.changed, found.unchanged, found.elsewhere) == (1, 2, 0, 1)
    assert found.buildings["geometry"].tolist() == [AREA, None, None, None]


def test_refused_rows_are_told_and_stay_out(imports: Imports) -> None:
    fault = Fault(9, "bouwjaar", "1066", "te oud", "Verbeter de waarde.")
    notice = Fault(None, "x", None, "deze kolom wordt niet gebruikt", "Je hoeft niets te doen.", notice=True)
    found = plan(imports, make_intake([A], fault, notice))
    assert (found.refused, found.rows, found.faults) == (1, 1, (fault, notice))
    record = imports.confirm(found, name=None, author="Noor")
    assert (record.refused, record.added) == (1, 1)
    assert imports.store.get_workspace(record.workspace_id).name == "Eigen gebouwen"


def test_only_the_chosen_conflicts_are_taken(imports: Imports) -> None:
    made = start(imports)
    for pand_id in (A, B):
        fact = Fact("bouwjaar", 1950.0, Herkomst.ANTWOORD, "Sam", NOW.date(), "hoog")
        imports.store.save_fact(made, pand_id, fact, author="Sam", at=NOW)
    found = plan(imports, make_intake([A, B], bouwjaar=[1980.0, 1981.0], lift=["ja", "ja"]), workspace_id=made)
    assert (len(found.conflicts), found.values, found.changed) == (2, 2, 2)
    assert found.buildings["conflicts"].tolist() == [1, 1]
    record = imports.confirm(found, name=None, author="Noor", take_over=[(B, "bouwjaar"), (A, "lift"), ("weg", "bouwjaar")])
    assert record.values == 3
    assert imports.store.read_buildings(made)["bouwjaar"].tolist() == [1950, 1981]


def test_a_conflict_alone_leaves_something_to_choose(imports: Imports) -> None:
    made = start(imports)
    kept = imports.store
    at = {"author": "Sam", "party": Party.SAMEN, "at": NOW, "expected_version": 0}
    kept.save_answer(made, A, "bou.dak", choice="plat", note="", certainty=Certainty.ZEKER, **at)  # type: ignore[arg-type]
    found = plan(imports, make_intake([A], **{"bou.dak": ["kap"]}), workspace_id=made)
    assert (found.values, found.changed, found.is_empty) == (0, 0, False)
    assert found.conflicts["effect"].tolist() == [Effect.BOTST]
    record = imports.confirm(found, name=None, author="Noor", take_over=[(A, "bou.dak")])
    assert (record.changed, record.values) == (1, 1)


def test_what_is_confirmed_or_kept_beside_leaves_a_building_unchanged(imports: Imports) -> None:
    made = start(imports)
    register = make_intake([A, B], bouwjaar=[1999.0, 1970.0])
    register = Intake(register.buildings, {}, {"bouwjaar": SourceNote(Herkomst.REGISTER, "BAG")}, (), 2)
    found = plan(imports, register, workspace_id=made)
    assert found.changes["effect"].tolist() == [Effect.NAAST]
    assert (found.changed, found.unchanged, found.values) == (0, 2, 1)


def test_a_stale_plan_is_refused(imports: Imports) -> None:
    made = start(imports)
    found = plan(imports, make_intake([A], bouwjaar=[1980.0]), workspace_id=made)
    imports.store.save_fact(made, A, Fact("naam", "x", Herkomst.ANTWOORD, "Sam"), author="Sam", at=NOW)
    with pytest.raises(StalePlanError, match="Zuid"):
        imports.confirm(found, name=None, author="Noor")
    assert len(imports.history(made)) == 1


def test_too_many_buildings_are_refused_with_a_way_out(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(imports)
    monkeypatch.setattr(imports_module, "MAX_BUILDINGS", 2)
    assert plan(imports, make_intake([A, B]), workspace_id=made).unchanged == 2
    with pytest.raises(UnusableInputError, match="splits het bestand"):
        plan(imports, make_intake([C]), workspace_id=made)


def test_a_new_workspace_needs_a_file_that_brings_buildings(imports: Imports) -> None:
    found = plan(imports, make_intake([A], adds=False))
    assert (found.added, found.elsewhere) == (0, 1)
    with pytest.raises(UnusableInputError, match="geen gebouwen"):
        imports.confirm(found, name="x", author="Noor")


def test_undoing_says_what_it_did(imports: Imports) -> None:
    made = start(imports)
    imports.confirm(plan(imports, make_intake([A, C], bouwjaar=[1980.0, 1990.0]), workspace_id=made), name=None, author="Noor")
    report = imports.undo_last(made, author="Sam")
    assert (report.removed, report.restored, report.stayed, len(report.kept)) == (1, 1, (), 0)
    assert (report.record.undone_by, report.record.undone_at) == ("Sam", NOW)
    assert imports.store.read_buildings(made)["bouwjaar"].tolist() == [1965, 1970]
