"""Tables are read as a spreadsheet shows them: its rows, its sheet, its encoding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import shapely

from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import ID


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_found(read_csv: Callable[..., Intake], encoding: str, delimiter: str) -> None:
    intake = read_csv(delimiter.join(["pand_id", "naam"]), delimiter.join([ID, "Zuiderzéé"]), encoding=encoding)
    assert intake.buildings.iloc[0].tolist() == [ID, "Zuiderzéé"]
    assert not intake.faults


def test_rows_count_as_in_the_spreadsheet_with_blank_rows_and_line_breaks_in_a_cell(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;naam", f'{ID};"De\nBrink"', "", ";", "0518100000203347;b", "x;c")
    assert intake.buildings.index.tolist() == [2, 5]
    assert intake.buildings["naam"].tolist() == ["De Brink", "b"]
    assert intake.errors[0].row == 6
    assert intake.rows == 3


def test_a_table_without_rows_is_an_error_of_the_file(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;bouwjaar")
    (fault,) = intake.errors
    assert fault.row is None
    assert "geen gebouwen" in fault.problem
    assert intake.rows == 0


def test_a_row_with_more_cells_than_the_header_is_refused(read_csv: Callable[..., Intake]) -> None:
    (fault,) = read_csv("pand_id;naam", f"{ID};De Brink; fase 2").errors
    assert (fault.row, fault.problem) == (2, "deze rij heeft 3 cellen, de kop heeft er 2")


def test_a_row_with_fewer_cells_is_unknown_at_the_end(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("pand_id;naam", ID).buildings["naam"].isna().all()


def test_the_sheet_gebouwen_is_read_wherever_it_is(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["iets anders"])
    sheet = workbook.create_sheet("Gebouwen")
    sheet.append(["pand_id"])
    sheet.append([ID])
    workbook.save(tmp_path / "a.xlsx")
    assert read_buildings(tmp_path / "a.xlsx", answer_codes={}).buildings["pand_id"].tolist() == [ID]


def test_error_cells_of_a_workbook_are_errors_of_their_row(read_sheet: Callable[..., Intake]) -> None:
    (fault,) = read_sheet(["pand_id", "bouwjaar"], [ID, "#REF!"]).errors
    assert (fault.row, fault.value) == (2, "#REF!")
    assert "fout" in fault.problem


def test_what_a_sender_gives_is_his_statement_from_this_file(read_csv: Callable[..., Intake]) -> None:
    source = read_csv("pand_id;bouwjaar", f"{ID};1962").sources["bouwjaar"]
    assert (source.source, source.label) == (Herkomst.OPGAVE, "bezit.csv")


@pytest.mark.parametrize(
    ("header", "cells", "found"),
    [
        ("x;y", "82005,5;455010", (82005.5, 455010)),
        ("x;y", "82005.5;455010.0", (82005.5, 455010)),
        ("lon;lat", "5.38720621;52.15517440", (155_000, 463_000)),
        ("lengtegraad;breedtegraad", "5,38720621;52,15517440", (155_000, 463_000)),
    ],
)
def test_coordinates_become_a_point_in_rd(
    read_csv: Callable[..., Intake], header: str, cells: str, found: tuple[float, float]
) -> None:
    intake = read_csv(f"pand_id;{header}", f"{ID};{cells}", "0518100000203347;;")
    assert not intake.errors
    point = shapely.from_wkb(intake.buildings["geometry"].iloc[0])
    assert (point.x, point.y) == pytest.approx(found, abs=2 if "l" in header else 0.01)
    assert intake.buildings["geometry"].isna().tolist() == [False, True]
    assert intake.mapping[header.split(";", maxsplit=1)[0]] == "geometry"


@pytest.mark.parametrize(
    ("header", "cells", "problem"),
    [
        ("lon;lat", "52,07;4,32", "verwisseld"),
        ("lon;lat", "82005;455010", "dit zijn RD-coördinaten"),
        ("lon;lat", "13,4;52,5", "buiten Nederland"),
        ("x;y", "455010;82005", "x en y zijn verwisseld"),
        ("x;y", "4,32;52,07", "dit zijn graden"),
        ("x;y", "1;2", "buiten Nederland"),
        ("x;y", "82005;", "één van de twee"),
        ("x;y", "82005;hier", "geen coördinaat"),
        ("wkt;naam", "POLYGON ((1 2;a", "niet te lezen"),
        ("wkt;naam", "LINESTRING (1 2, 3 4);a", "niet te lezen"),
    ],
)
def test_a_place_that_cannot_be_right_is_an_error(read_csv: Callable[..., Intake], header: str, cells: str, problem: str) -> None:
    (fault,) = read_csv(f"pand_id;{header}", f"{ID};{cells}").errors
    assert fault.row == 2
    assert problem in fault.problem


def test_half_a_pair_of_coordinate_columns_is_an_error(read_csv: Callable[..., Intake]) -> None:
    assert "hoort een kolom y" in read_csv("pand_id;x", f"{ID};82005").errors[0].problem


def test_a_shape_as_text_gives_the_area_too(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;geometry", f'{ID};"{shapely.box(82_000, 455_000, 82_010, 455_020).wkt}"')
    assert intake.buildings["grondvlak_m2"].tolist() == [200]
    assert intake.sources["grondvlak_m2"].source is Herkomst.AFGELEID
