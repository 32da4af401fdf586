"""The header is found under titles, over two rows, and on the sheet with the buildings; what is no building is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import ID

SECOND = "0518100000203347"
HEADER = ["BAG pand", "Complexnaam", "Bouwjr", "Aantal VHE"]


def read_book(path: Path, sheets: dict[str, list[list[object]]], hidden: str = "") -> Intake:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
    workbook.save(path / "bezit.xlsx")
    return read_buildings(path / "bezit.xlsx", answer_codes={})


def test_title_rows_above_the_header_are_skipped_and_told_and_rows_keep_their_number(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(
        ["Bezit per complex"], ["Peildatum", 2026], [], HEADER, [ID, "De Brink", 1962, 24], [SECOND, "b", 19662, 8]
    )
    assert intake.buildings.index.tolist() == [5]
    assert intake.errors[0].row == 6
    told = intake.faults[0]
    assert (told.row, told.notice) == (4, True)
    assert told.problem == "deze rij is gelezen als kop; de rijen erboven zijn overgeslagen"


def test_a_header_in_the_first_row_is_not_worth_a_notice(read_sheet: Callable[..., Intake]) -> None:
    assert not read_sheet(HEADER, [ID, "De Brink", 1962, 24]).faults


def test_blank_rows_before_the_header_count(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("", "", "pand_id;bouwjaar", f"{ID};1962").buildings.index.tolist() == [4]


def test_a_header_of_two_rows_with_merged_cells_is_read_as_one(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ["Bezit van Woonbron"],
        ["BAG pand", "Huisnr", None, "Techniek", None, None, "Eigenaar"],
        [None, "van", "t/m", "Bouwjr", "Dak", "Bouwlagen", "code"],
        [ID, 214, 226, 1962, "plat", 4, "WB"],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("D2:F2")
    workbook.save(tmp_path / "a.xlsx")
    intake = read_buildings(tmp_path / "a.xlsx", answer_codes={})
    assert intake.buildings.index.tolist() == [4]
    row = intake.buildings.iloc[0]
    assert row[["pand_id", "huisnummer", "bouwjaar", "daktype", "bouwlagen"]].tolist() == [ID, "214-226", 1962, "plat", 4]
    assert intake.mapping["Eigenaar code"] is None
    assert "rij 2 en 3 zijn samen gelezen als kop" in intake.faults[0].problem


def test_the_sheet_that_reads_best_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Toelichting": [["Dit is de lijst van 2026"], ["naam", "uitleg"]],
        "Bezit": [["Lijst"], HEADER, [ID, "De Brink", 1962, 24]],
        "Draaitabel": [["Bouwjr", "Aantal VHE"], [1962, 24]],
    }
    intake = read_book(tmp_path, sheets)
    assert intake.buildings["pand_id"].tolist() == [ID]
    (told,) = [fault for fault in intake.faults if "werkblad" in fault.problem]
    assert told.problem == "werkblad 'Bezit' is gelezen; niet gelezen: Toelichting, Draaitabel"
    assert told.notice


def test_a_hidden_sheet_is_not_taken(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEADER, [ID, "oud", 1962, 24]]
    new: list[list[object]] = [["pand_id"], [SECOND]]
    assert read_book(tmp_path, {"oud": rows, "nieuw": new}, hidden="oud").buildings["pand_id"].tolist() == [SECOND]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["Totaal", None, None, 32], "totalen"),
        (["Subtotaal 01000", "", None, 32], "totalen"),
        ([None, "Som", None, 32], "totalen"),
        (["Eindtotaal", 2, 1962, 32], "totalen"),
        ([None, "Gemiddelde", 1960, 16], "totalen"),
        (HEADER, "de kop nog een keer"),
        ([None, "Complex 01001", None, None], "tussenkop of opmerking"),
        ([None, None, "Bron: administratie", None], "tussenkop of opmerking"),
    ],
)
def test_a_row_that_is_no_building_is_skipped_and_named(read_sheet: Callable[..., Intake], row: list[object], told: str) -> None:
    intake = read_sheet(HEADER, [ID, "De Brink", 1962, 24], row, [SECOND, "b", 1963, 8])
    assert intake.buildings.index.tolist() == [2, 4]
    assert not intake.errors
    (fault,) = intake.faults
    assert (fault.row, fault.notice) == (3, True)
    assert told in fault.problem


def test_a_building_that_is_called_total_is_a_building(read_sheet: Callable[..., Intake]) -> None:
    assert len(read_sheet(HEADER, [ID, "Totaal", 1962, 24]).buildings) == 1


def test_a_building_without_its_id_is_refused_not_skipped(read_sheet: Callable[..., Intake]) -> None:
    assert read_sheet(HEADER, [None, "De Brink", 1962, None]).errors[0].row == 2


def test_an_empty_column_without_a_name_is_not_worth_a_notice(read_sheet: Callable[..., Intake]) -> None:
    assert not read_sheet(["pand_id", None, "bouwjaar"], [ID, None, 1962]).faults


def test_two_columns_with_one_name_are_told_apart(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id", "Kleur", "Kleur"], [ID, "rood", "wit"])
    assert list(intake.mapping) == ["pand_id", "Kleur", "Kleur (kolom C)"]
    assert [column.examples for column in intake.columns] == [(ID,), ("rood",), ("wit",)]


def test_a_formula_that_was_never_worked_out_is_unknown_and_told(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id", "bouwjaar", "naam"], [ID, "=1900+62", "De Brink"])
    assert intake.buildings["bouwjaar"].isna().all()
    (told,) = intake.faults
    assert (told.row, told.column, told.value, told.notice) == (2, "bouwjaar", "=1900+62", True)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised(read_csv: Callable[..., Intake], encoding: str) -> None:
    assert read_csv("pand_id;naam", f"{ID};Zuiderzéé", encoding=encoding).buildings["naam"].tolist() == ["Zuiderzéé"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("delimiter", ["|", ";", "\t", ","])
def test_every_line_end_and_delimiter_is_read(tmp_path: Path, end: str, delimiter: str) -> None:
    rows = [["pand_id", "naam", "hoogte_m"], [ID, '"a|b;c,d"', '"12,5"']]
    (tmp_path / "a.csv").write_bytes(end.join(delimiter.join(row) for row in rows).encode("cp1252"))
    assert read_buildings(tmp_path / "a.csv", answer_codes={}).buildings.iloc[0].tolist() == [ID, "a|b;c,d", 12.5]


def test_a_comma_in_the_title_does_not_make_it_the_delimiter(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("Bezit, per complex, 1 januari, 2026, nieuw", "pand_id;naam;hoogte_m", f"{ID};a;12,5")
    assert intake.buildings["hoogte_m"].tolist() == [12.5]


def test_the_line_that_tells_excel_the_delimiter_counts_as_a_row(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("sep=|", "pand_id|naam", f"{ID}|a").buildings.index.tolist() == [3]


def test_nul_signs_are_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"pand_id;naam\n" + ID.encode() + b";a\x00b\n")
    with pytest.raises(UnusableInputError, match=r"nul-tekens.*CSV UTF-8"):
        read_buildings(tmp_path / "a.csv", answer_codes={})
