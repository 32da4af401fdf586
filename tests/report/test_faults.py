"""The fault workbook: the sender's own rows, inert, and mended they come in."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from quickscan.domain.errors import Fault
from quickscan.domain.intake import FAULT_HEADERS, FAULT_SHEETS, Intake
from quickscan.ingest.reader import read_buildings
from quickscan.report.faults import show_text, write_fault_workbook

CODES = {"bou.dak": ("plat_vrij", "plat_vol")}
HEADERS = ["Pandnummer", "Bouwjaar", "Opmerking"]
MESSY = Path(__file__).resolve().parents[3] / "shared" / "data" / "messy"
LINES = [
    ["0518100000000001", "1962", "goed"],
    ["518100000000002", "ca. 1962", '=HYPERLINK("http://x")'],
    ["0518100000000003", "1066", '+31 70 "a"; b'],
]


def read_sheet(content: bytes, place: int = 0) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert tuple(book.sheetnames) == FAULT_SHEETS
    return list(book.worksheets[place].iter_rows(values_only=True))


@pytest.fixture
def sent(tmp_path: Path) -> Intake:
    path = tmp_path / "bezit.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([HEADERS, *LINES])
    return read_buildings(path, answer_codes=CODES)


def write(intake: Intake) -> bytes:
    rows = {row: LINES[row - 2] for row in sorted({fault.row for fault in intake.errors if fault.row})}
    return write_fault_workbook(intake, rows, HEADERS, name="bezit.csv")


def test_refused_rows_come_back_as_they_were_sent_with_what_is_wrong(sent: Intake) -> None:
    head, *rows = read_sheet(write(sent))
    assert head == (*HEADERS, *FAULT_HEADERS)
    refused = sorted({fault.row for fault in sent.errors if fault.row})
    assert [list(row[:3]) for row in rows] == [LINES[row - 2] for row in refused]
    assert [row[3] for row in rows] == [str(row) for row in refused]
    for row, number in zip(rows, refused, strict=True):
        for fault in sent.errors:
            if fault.row == number:
                assert fault.problem in str(row[4])
                assert fault.advice in str(row[5])


def test_no_cell_is_a_formula_or_a_number(sent: Intake) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write(sent)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}


def test_mended_rows_come_in(sent: Intake, tmp_path: Path) -> None:
    path = tmp_path / "verbeterd.xlsx"
    path.write_bytes(write(sent))
    book = openpyxl.load_workbook(path)
    sheet = book[FAULT_SHEETS[0]]
    wanted = {}
    for line in range(2, sheet.max_row + 1):
        pand_id = str(sheet.cell(line, 1).value).zfill(16)
        sheet.cell(line, 1).value = pand_id
        sheet.cell(line, 2).value = "1962"
        wanted[pand_id] = 1962.0
    book.save(path)
    again = read_buildings(path, answer_codes=CODES)
    assert again.errors == ()
    assert dict(zip(again.buildings["pand_id"], again.buildings["bouwjaar"], strict=True)) == wanted
    both = set(sent.buildings["pand_id"]) | set(wanted)
    assert both == {f"051810000000000{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize("name", ["corporatie_export.csv", "corporatie_export.xlsx"])
def test_rows_of_a_real_list_that_nobody_mended_are_refused_for_the_same_reasons(tmp_path: Path, name: str) -> None:
    """Nothing is mangled on the way: what was wrong is wrong in the same words, and nothing else is."""
    if not (MESSY / name).is_file():
        pytest.skip(f"{MESSY / name} is not here")
    sent = read_buildings(MESSY / name, answer_codes=CODES)
    headers = [column.header for column in sent.columns]
    path = tmp_path / "terug.xlsx"
    path.write_bytes(write_fault_workbook(sent, sent.refused_rows, headers, name=name))
    again = read_buildings(path, answer_codes=CODES)
    assert again.rows == sent.refused == len(sent.refused_rows) > 0

    def tell(intake: Intake) -> set[tuple[object, ...]]:
        # That a pand is there twice can only be seen beside the other row.
        about_rows = [fault for fault in intake.errors if fault.row is not None and "staat ook op rij" not in fault.problem]
        return {(fault.column, fault.value, fault.problem) for fault in about_rows}

    assert tell(again) == tell(sent)


def test_the_second_sheet_has_all_faults_and_notices_faults_first() -> None:
    faults = (
        Fault(None, "Opmerking", None, "deze kolom wordt niet gebruikt", "Je hoeft niets te doen.", notice=True),
        Fault(2, "Bouwjaar", "=1+1", "hier staat tekst", "Vul een getal in."),
    )
    intake = Intake(pd.DataFrame({"pand_id": []}), {}, {}, faults, 1)
    content = write_fault_workbook(intake, {2: ["1", "=1+1", None]}, HEADERS, name="x.csv")
    rows = read_sheet(content, 1)
    assert [row[0] for row in rows] == ["Soort", "fout", "melding"]
    assert rows[1] == ("fout", "2", "Bouwjaar", "=1+1", "hier staat tekst", "Vul een getal in.")


def test_without_refused_rows_there_is_still_a_sheet_with_the_columns() -> None:
    intake = Intake(pd.DataFrame({"pand_id": []}), {}, {}, (), 0)
    assert read_sheet(write_fault_workbook(intake, {}, HEADERS, name="x.csv")) == [(*HEADERS, *FAULT_HEADERS)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (518100000203346.0, "518100000203346"),
        (61.5, "61,5"),
        (float("nan"), ""),
        (True, "WAAR"),
        (date(2026, 3, 1), "01-03-2026"),
        ("=1", "=1"),
        (7, "7"),
    ],
)
def test_a_cell_is_written_as_its_sender_would_type_it(cell: object, text: str) -> None:
    assert show_text(cell) == text


def test_the_same_faults_are_the_same_file(sent: Intake) -> None:
    assert write(sent) == write(sent)
