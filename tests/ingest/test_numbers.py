"""Numbers are read as Dutch senders write them; what is no number is a fault that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.ingest.tables.ids import read_pand_id
from quickscan.ingest.tables.numbers import Marks, read_degrees, read_number
from tests.ingest.conftest import ID


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        ("gemiddelde_go_m2", "61,0", 61),
        ("gemiddelde_go_m2", "61.5", 61.5),
        ("grondvlak", "163 m²", 163),
        ("grondvlak", "1.234", 1234),
        ("grondvlak", "1.234,5 m2", 1234.5),
        ("grondvlak", "1,234.5", 1234.5),
        ("hoogte", "12.5", 12.5),
        ("hoogte", "0.123", np.nan),
        ("hoogte", "12,5 m", 12.5),
        ("woz", "€ 325.000,00", 325_000),
        ("woz", "€325.000,-", 325_000),
        ("woz", "1.325.000", 1_325_000),
        ("woz", "325000 euro", 325_000),
        ("ncw", "-12.500", -12_500),
        ("ncw", "€ −12.500,50", -12_500.5),
        ("aandeel_eigendom", "62 %", 62),
        ("bouwjaar", "1.962", 1962),
        ("bouwjaar", " 1962 ", 1962),
        ("bouwjaar", "1962.0", 1962),
    ],
)
def test_a_number_is_read_in_any_usual_spelling(read_column: Callable[..., Intake], header: str, cell: str, value: float) -> None:
    intake = read_column(header, cell)
    if np.isnan(value):  # read as 0,123, which is below the bound
        assert "ligt buiten" in intake.errors[0].problem
    else:
        assert not intake.errors
        assert intake.buildings.iloc[0, 1] == pytest.approx(value)


def test_a_point_before_three_digits_groups_thousands_and_the_sender_is_told(read_column: Callable[..., Intake]) -> None:
    intake = read_column("grondvlak", "163", "1.234")
    assert intake.buildings["grondvlak_m2"].tolist() == [163, 1234]
    assert "1234" in intake.faults[0].problem
    assert intake.faults[0].notice


def test_a_point_before_three_digits_is_decimal_when_the_column_has_decimal_points(read_column: Callable[..., Intake]) -> None:
    intake = read_column("grondvlak", "163.25", "152.871")
    assert intake.buildings["grondvlak_m2"].tolist() == [163.25, 152.871]
    assert not intake.faults


def test_a_cell_that_can_be_read_in_two_ways_is_refused_in_a_column_with_both_marks(
    read_column: Callable[..., Intake],
) -> None:
    (fault,) = read_column("grondvlak", "163.25", "152,8", "1.234").errors
    assert fault.row == 4
    assert "dit kan 1234 zijn of 1,234" in fault.problem


@pytest.mark.parametrize("word", ["", "onbekend", "n.n.b.", "?", "-", "Weet ik niet", "n.b."])
def test_a_word_for_unknown_is_unknown(read_column: Callable[..., Intake], word: str) -> None:
    intake = read_column("bouwjaar", word)
    assert not intake.faults
    assert intake.buildings["bouwjaar"].isna().all()


@pytest.mark.parametrize(
    ("header", "cell", "problem"),
    [
        ("Bouwjr", "ca. 1962-1964", "geen precies getal"),
        ("Bouwjr", "voor 1962", "hier staat tekst"),
        ("Aantal VHE", ">24", "geen precies getal"),
        ("Bouwjr", "1962-1964", "een som of een reeks"),
        ("Aantal VHE", "24 + 2", "een som of een reeks"),
        ("Aantal VHE", "vierentwintig", "hier staat tekst"),
        ("Aantal VHE", "-4", "ligt buiten 0 tot en met 5000"),
        ("Aantal VHE", "12,5", "geen heel getal"),
        ("Bouwjr", "19662", "ligt buiten 1100 tot en met 2035"),
        ("Bouwjr", "01-05-1962", "hier staat een datum"),
        ("Bouwjr", "1" * 33_000, "deze cel heeft meer dan 32767 tekens"),
        ("Bouwjr", "1" * 500, "hier staat tekst"),
        ("WOZ", "3,25E+05", "Excel heeft dit getal afgekort"),
        ("WOZ", "#VERW!", "in Excel een fout"),
        ("aandeel_eigendom", "0,62", "dit lijkt een deel van 1"),
        ("Bouwjr", "inf", "hier staat tekst"),
    ],
)
def test_what_is_no_number_is_an_error_with_the_header_and_the_cell_of_the_sender(
    read_column: Callable[..., Intake], header: str, cell: str, problem: str
) -> None:
    intake = read_column(header, cell)
    (fault,) = intake.errors
    assert (fault.row, fault.column) == (2, header)
    assert (fault.value or "").rstrip("…") == cell[:80]
    assert problem in fault.problem
    assert fault.advice
    assert intake.buildings.empty


@pytest.mark.parametrize(
    ("header", "cell"), [("Bouwjr", "1005"), ("Bouwjr", "9999"), ("oppervlakte_max", "999999"), ("oppervlakte_min", "1")]
)
def test_a_placeholder_of_the_bag_is_unknown_and_the_row_comes_in(
    read_column: Callable[..., Intake], header: str, cell: str
) -> None:
    intake = read_column(header, cell)
    (notice,) = intake.faults
    assert (notice.notice, notice.row, notice.column, notice.value) == (True, 2, header, cell)
    assert intake.buildings.iloc[:, 1].isna().tolist() == [True]


@pytest.mark.parametrize("cell", ["ca. 1962", "circa 1962", "± 1962", "omstreeks 1962", "CA 1962"])
def test_about_a_year_is_that_year_and_the_sender_is_told(read_column: Callable[..., Intake], cell: str) -> None:
    intake = read_column("Bouwjr", cell)
    (notice,) = intake.faults
    assert intake.buildings["bouwjaar"].tolist() == [1962]
    assert (notice.notice, notice.row, notice.column, notice.value) == (True, 2, "Bouwjr", cell)
    assert "gelezen als 1962" in notice.problem


def test_about_a_number_that_cannot_be_is_refused(read_column: Callable[..., Intake]) -> None:
    assert "ligt buiten" in read_column("Bouwjr", "ca. 19662").errors[0].problem


def test_a_date_in_a_year_column_of_a_workbook_is_refused_and_the_year_is_suggested(read_sheet: Callable[..., Intake]) -> None:
    (fault,) = read_sheet(["pand_id", "bouwjaar"], [ID, datetime(1962, 5, 1)]).errors  # noqa: DTZ001 - a cell has no zone
    assert fault.advice == "Zet er alleen het jaartal neer (1962)."


def test_a_whole_number_too_large_for_a_float_is_a_fault() -> None:
    assert read_number(10**400, FACTS["bouwjaar"], Marks.DUTCH).problem
    assert read_pand_id(10**400).problem
    assert read_degrees(10**400) is None


def test_numbers_of_a_workbook_are_taken_as_they_are(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id", "hoogte_m", "bouwjaar"], [ID, 12.5, 1962])
    assert intake.buildings.iloc[0].tolist() == [ID, 12.5, 1962]
