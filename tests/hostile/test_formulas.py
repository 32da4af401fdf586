"""A text that a spreadsheet would run as a formula comes in as text, and goes out as text that nothing runs."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.intake import Intake
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.ingest.reader import read_buildings
from quickscan.report.export import make_export
from quickscan.report.faults import write_fault_workbook
from quickscan.report.tables import make_table, write_table
from tests.hostile.tables import FORMULAS

RUNS = re.compile(r"^[\s\ufeff]*[=+\-@\t\r\n|]")
NUMBER = re.compile(r"^-?\d+([.,]\d+)?(E[+-]?\d+)?$")
TEXTS = [name for name, spec in FACTS.items() if spec.kind is Kind.TEKST and name != "pand_id"]
DAY = "2026-11-21"


def write_upload(path: Path, *, broken: bool = False) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["pand_id", "bouwjaar", *TEXTS])
        for number, formula in enumerate(FORMULAS):
            writer.writerow([f"05181000002{number:05}", "x" if broken else 1962, *[formula] * len(TEXTS)])
    return path


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    found = read_buildings(write_upload(tmp_path / "lijst.csv"), answer_codes={})
    assert len(found.buildings) > len(FORMULAS) // 2
    return found


def assert_inert_csv(path: Path, delimiter: str) -> None:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        cells = [cell for row in csv.reader(stream, delimiter=delimiter) for cell in row]
    assert any("SUM(1)" in cell for cell in cells), "the formulas are there, as text"
    assert [cell for cell in cells if RUNS.match(cell) and not cell.startswith("|") and not NUMBER.match(cell)] == []


def assert_inert_workbook(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            if part.startswith("xl/worksheets/"):
                assert b"<f>" not in packed.read(part)
                assert b"<f " not in packed.read(part)
                assert b"<hyperlink " not in packed.read(part)
        assert not any("externalLink" in part for part in packed.namelist())
    texts = [
        cell
        for sheet in openpyxl.load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert any("SUM(1)" in cell.value for cell in texts)
    assert all(cell.data_type == "s" for cell in texts)


def test_a_formula_in_a_screened_portfolio_is_text(tmp_path: Path, intake: Intake, rules: Rules) -> None:
    buildings = intake.buildings.reset_index(drop=True)
    table = make_table(buildings, screen_buildings(buildings, rules))
    for ending in (".csv", ".xlsx"):
        write_table(tmp_path / f"uit{ending}", table, geometry=None, day=DAY)
    assert_inert_csv(tmp_path / "uit.csv", ",")
    assert_inert_workbook(tmp_path / "uit.xlsx")


def test_a_formula_in_an_exported_workspace_is_text(tmp_path: Path, intake: Intake) -> None:
    buildings = intake.buildings.reset_index(drop=True)
    for kind in ("csv", "xlsx"):
        (tmp_path / f"werkruimte.{kind}").write_bytes(make_export(buildings, kind, day=DAY))
    assert_inert_csv(tmp_path / "werkruimte.csv", ";")
    assert_inert_workbook(tmp_path / "werkruimte.xlsx")


def test_a_formula_in_a_refused_row_goes_back_as_text(tmp_path: Path) -> None:
    refused = read_buildings(write_upload(tmp_path / "fout.csv", broken=True), answer_codes={})
    assert refused.refused == len(FORMULAS)
    path = tmp_path / "fouten.xlsx"
    headers = [column.header for column in refused.columns]
    path.write_bytes(write_fault_workbook(refused, refused.refused_rows, headers, name="fout.csv"))
    assert_inert_workbook(path)
