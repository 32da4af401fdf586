"""Real files: the BAG of a part of The Hague, and a corporation's list with everything that goes wrong in one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from quickscan.domain.facts import check_buildings
from quickscan.domain.intake import Intake
from quickscan.ingest.reader import read_buildings

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")


def test_the_bag_of_the_hague_is_read_in_full_without_a_fault() -> None:
    start = time.perf_counter()
    intake = read_buildings(DATA / "denhaag" / "pdok_bag_panden.gpkg", answer_codes={})
    print(f"\nDen Haag: {intake.rows} panden in {time.perf_counter() - start:.3f} s")  # noqa: T201 - a measurement
    assert intake.rows == len(intake.buildings) == 5_613
    assert intake.recognised == "BAG-panden met verblijfsobjecten (PDOK)"
    (notice,) = intake.faults  # one pand with homes of 2.000 m²
    assert (notice.notice, notice.column) == (True, "verblijfsobject: oppervlakte")
    assert check_buildings(intake.buildings) == []
    assert intake.buildings["grondvlak_m2"].notna().all()


def read_messy(kind: str) -> Intake:
    return read_buildings(DATA / "messy" / f"corporatie_export.{kind}", answer_codes={})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_messy_list_gives_each_fault_with_its_row_and_cell(kind: str) -> None:
    intake = read_messy(kind)
    assert {(fault.row, fault.column): fault.value for fault in intake.errors} == {
        (9, "BAG pand"): "5,18E+14",
        (14, "Bouwjr"): "19662",
        (17, "Aantal VHE"): "24 + 2",
        (18, "Aantal VHE"): "-4",
        (23, "BAG pand"): "0518100000205985",
        (30, "BAG pand"): None,
    }
    mended = {(fault.row, fault.column): fault.value for fault in intake.faults if fault.notice and fault.row}
    assert mended.items() >= {(5, "BAG pand"): "518100000203881", (11, "Bouwjr"): "ca. 1962", (13, "Bouwjr"): "1005"}.items()
    assert intake.rows == 120
    assert len(intake.buildings) == 120 - intake.refused
    assert check_buildings(intake.buildings) == []


def test_the_two_kinds_of_the_messy_list_give_the_same_faults_and_the_same_buildings() -> None:
    from_csv, from_xlsx = read_messy("csv"), read_messy("xlsx")
    assert from_csv.faults == from_xlsx.faults
    without_name = [column for column in from_csv.buildings.columns if column != "naam"]  # cp1252 cannot write Ω
    assert from_csv.buildings[without_name].equals(from_xlsx.buildings[without_name])
