"""Export, import: 0 differences in the same workspace, and the same facts, answers and results in a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from quickscan import wiring
from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.intake import Intake
from quickscan.domain.merging import Effect
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.report.export import ExportKind, choose_columns, make_export
from quickscan.services.imports import FileNote, ImportPlan

DAY = "2026-11-21"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DEN_HAAG = Path(__file__).resolve().parents[3] / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"
KINDS: tuple[ExportKind, ...] = ("csv", "xlsx", "gpkg")
NASTY = [
    "a;b",
    'zegt "ja"',
    "regel 1\nregel 2",
    "007",
    "=1+1",
    "+31",
    "-",
    "@x",
    "'s-Gravenhage",
    "É ½ 😀",
    " spatie ",
    "1,5",
    "x" * 500,
]


@dataclass
class Desk:
    """The services on a store of their own."""

    services: wiring.Services
    rules: Rules
    folder: Path

    def read_back(self, workspace_id: str, kind: ExportKind) -> Intake:
        path = self.folder / f"export.{kind}"
        path.write_bytes(make_export(self.services.portfolios.export(workspace_id), kind, day=DAY))
        return wiring.read_buildings(path, answer_codes=self.rules.answer_codes)

    def plan(self, intake: Intake, workspace_id: str | None) -> ImportPlan:
        return self.services.imports.plan([(FileNote("export", "", 0), intake)], workspace_id=workspace_id)

    def bring_in(self, intake: Intake) -> str:
        return self.services.imports.confirm(self.plan(intake, None), name="Nieuw", author="Ada").workspace_id


@pytest.fixture
def desk(tmp_path: Path, rules: Rules) -> Iterator[Desk]:
    services = wiring.make_services(f"sqlite:///{tmp_path / 'quickscan.db'}")
    yield Desk(services, rules, tmp_path)
    services.imports.store.close()  # type: ignore[attr-defined] # the real store has connections to let go of


def require_no_difference(desk: Desk, workspace_id: str, kind: ExportKind) -> None:
    plan = desk.plan(desk.read_back(workspace_id, kind), workspace_id)
    assert plan.refused == 0
    assert plan.changes.to_dict("records") == []
    assert (plan.added, plan.changed, plan.elsewhere, len(plan.conflicts)) == (0, 0, 0, 0)
    assert plan.unchanged == len(desk.services.portfolios.buildings(workspace_id))


def read_cells(column: pd.Series) -> list[object]:
    return column.astype(object).where(column.notna(), None).tolist()


def require_equal(desk: Desk, one: str, other: str, *, exact: bool) -> None:
    portfolios = desk.services.portfolios
    first, second = (choose_columns(portfolios.export(which)) for which in (one, other))
    first = first.dropna(axis="columns", how="all")
    second = second[first.columns]
    for name in first.columns:
        if name == "postcode":  # of one spelling after an import
            assert first[name].str.replace(" ", "").tolist() == second[name].str.replace(" ", "").tolist()
        elif name in FACTS and FACTS[name].is_number and not exact:
            np.testing.assert_allclose(first[name], second[name], rtol=1e-12)
        else:
            assert read_cells(first[name]) == read_cells(second[name]), name
    results = [portfolios.screen(which, desk.rules).drop(columns="naam") for which in (one, other)]
    pd.testing.assert_frame_equal(*results, check_exact=exact, check_dtype=False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_demo_comes_back_without_a_difference(desk: Desk, kind: ExportKind) -> None:
    demo = desk.services.portfolios.open_demo(desk.rules, author="Ada").id
    require_no_difference(desk, demo, kind)
    require_equal(desk, demo, desk.bring_in(desk.read_back(demo, kind)), exact=kind != "xlsx")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.skipif(not DEN_HAAG.is_file(), reason=f"{DEN_HAAG} is not here")
def test_real_panden_come_back_without_a_difference(desk: Desk, kind: ExportKind) -> None:
    intake = wiring.read_buildings(DEN_HAAG, answer_codes=desk.rules.answer_codes)
    slice_of_it = Intake(intake.buildings.iloc[::8], intake.mapping, intake.sources, (), len(intake.buildings.iloc[::8]))
    workspace_id = desk.bring_in(slice_of_it)
    require_no_difference(desk, workspace_id, kind)
    require_equal(desk, workspace_id, desk.bring_in(desk.read_back(workspace_id, kind)), exact=kind != "xlsx")


def make_every_fact(rules: Rules) -> pd.DataFrame:
    """Return a building a nasty text, with every fact and every criterion filled in."""
    count = len(NASTY)
    columns: dict[str, object] = {"pand_id": [f"0518{number:012d}" for number in range(count)]}
    for name, spec in FACTS.items():
        if name in ("pand_id", "postcode"):
            continue
        if spec.kind is Kind.TEKST:
            columns[name] = NASTY
        elif spec.kind is Kind.KEUZE:
            columns[name] = [spec.options[place % len(spec.options)] for place in range(count)]
        else:
            low, high = max(spec.low or 0, 2), spec.high or 0
            numbers = np.linspace(low + 1 / 3, high - (high - low) / 3, count)
            columns[name] = np.ceil(numbers) if spec.kind is Kind.GEHEEL else numbers
    columns["max_bouwhoogte_m"] = [1.234] * count  # in a column of its own this could be read as thousands
    columns["ncw_per_woning_eur"] = [-1234.5] * count
    columns["postcode"] = ["2592AA"] * count
    for criterion, codes in rules.answer_codes.items():
        columns[criterion] = [codes[place % len(codes)] for place in range(count)]
    around = [shapely.box(82_000 + place, 455_000.1, 82_010 + place, 455_020 + place / 3) for place in range(count)]
    columns["geometry"] = [shape.wkb for shape in around]
    return pd.DataFrame(columns)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_value_comes_back(desk: Desk, kind: ExportKind) -> None:
    frame = make_every_fact(desk.rules)
    made = desk.services.portfolios.store.create_workspace("Alles", frame, {}, fictional=False, author="Ada", at=NOW)
    require_no_difference(desk, made.id, kind)
    again = desk.services.portfolios.export(desk.bring_in(desk.read_back(made.id, kind)))
    for name in frame.columns:
        if name in FACTS and FACTS[name].kind is Kind.TEKST:
            # A cell of a list has no line breaks, and no spaces around it.
            assert again[name].tolist() == [" ".join(text.split()) for text in frame[name]]
        elif name in FACTS and FACTS[name].is_number:
            np.testing.assert_allclose(again[name].astype(float), frame[name], rtol=0 if kind != "xlsx" else 1e-12)
        else:
            assert again[name].tolist() == frame[name].tolist(), name


def test_a_cell_edited_in_an_export_is_a_statement_of_its_sender(desk: Desk) -> None:
    demo = desk.services.portfolios.open_demo(desk.rules, author="Ada").id
    intake = desk.read_back(demo, "csv")
    intake.buildings.loc[intake.buildings.index[0], "bouwjaar"] = 1950.0
    plan = desk.plan(intake, demo)
    (change,) = plan.changes.to_dict("records")
    assert (change["fact"], change["new"], change["new_source"]) == ("bouwjaar", 1950.0, Herkomst.OPGAVE)
    assert change["effect"] == Effect.VERVANGT


def test_no_cell_of_an_export_runs_as_a_formula() -> None:
    frame = pd.DataFrame({"pand_id": ["0518" + "0" * 12] * 3, "naam": ["=1+1", "@x", "gewoon"]})
    lines = make_export(frame, "csv", day=DAY).decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in lines] == ["naam", "'=1+1", "'@x", "gewoon"]


def test_a_geopackage_without_any_shape_is_refused() -> None:
    frame = pd.DataFrame({"pand_id": ["0518" + "0" * 12], "bouwjaar": [1962.0], "geometry": [None]})
    with pytest.raises(UnusableInputError, match="GeoPackage"):
        make_export(frame, "gpkg", day=DAY)
