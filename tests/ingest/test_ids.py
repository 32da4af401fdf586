"""A pand-id that was damaged, or is another id, is refused with the likely cause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quickscan.domain.intake import Intake
from tests.ingest.conftest import ID


@pytest.mark.parametrize(
    ("cell", "problem", "advice"),
    [
        ("518200000203881", "15 cijfers", "BAG-viewer"),
        ("5,18E+14", "afgerond", "'Tekst'"),
        ("5.18E+14", "afgerond", "'Tekst'"),
        ("0518100000203346.0", "als getal", "'Tekst'"),
        ("0518010000203346", "verblijfsobject", "BAG-viewer"),
        ("0518200000203346", "nummeraanduiding", "BAG-viewer"),
        (f"{ID}, 0518100000203347", "meer dan één pand-id", "eigen rij"),
        ("12345", "5 cijfers", "BAG-viewer"),
        ("Vlaskamp 12", "geen getal", "BAG-viewer"),
        ("onbekend", "ontbreekt", "16 cijfers"),
    ],
)
def test_a_wrong_pand_id_is_explained(read_csv: Callable[..., Intake], cell: str, problem: str, advice: str) -> None:
    (fault,) = read_csv("BAG pand;naam", f'"{cell}";De Brink').errors
    assert (fault.row, fault.column, fault.value) == (2, "BAG pand", cell)
    assert problem in fault.problem
    assert advice in fault.advice


@pytest.mark.parametrize("cell", [ID, f"NL.IMBAG.Pand.{ID}", f"nl.imbag.pand.{ID}", f"'{ID}", f" {ID} "])
def test_a_pand_id_is_read_with_what_others_put_around_it(read_csv: Callable[..., Intake], cell: str) -> None:
    assert read_csv("pand_id;naam", f"{cell};De Brink").buildings["pand_id"].tolist() == [ID]


@pytest.mark.parametrize("cell", ["518100000203881", "518100000203881.0", "NL.IMBAG.Pand.518100000203881"])
def test_a_lost_leading_zero_is_put_back_and_told(read_csv: Callable[..., Intake], cell: str) -> None:
    intake = read_csv("BAG pand;naam", f"{cell};De Brink")
    (notice,) = intake.faults
    assert intake.buildings["pand_id"].tolist() == ["0518100000203881"]
    assert (notice.notice, notice.row, notice.column, notice.value) == (True, 2, "BAG pand", cell)
    assert "de nul vooraan is teruggezet" in notice.problem


def test_many_lost_zeros_are_one_notice(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;naam", *(f"5181000002000{n:02};x" for n in range(20)))
    (notice,) = intake.faults
    assert "(20 rijen: 2, 3, 4, 5, 6, …)" in notice.problem
    assert len(intake.buildings) == 20


def test_a_pand_that_is_there_with_and_without_its_zero_is_there_twice(read_csv: Callable[..., Intake]) -> None:
    (fault,) = read_csv("pand_id;naam", "0518100000203881;a", "518100000203881;b").errors
    assert (fault.row, fault.problem) == (3, "dit pand staat ook op rij 2")


def test_a_pand_id_that_is_a_number_in_a_workbook_has_lost_digits(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id"], [518100000203881], [1709100000001230], [5.18e14])
    assert intake.buildings["pand_id"].tolist() == ["0518100000203881"]
    assert ["afgerond" in intake.errors[0].problem, intake.errors[1].row] == [True, 4]


def test_of_a_double_pand_the_later_row_is_refused_and_the_first_is_named(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;naam", f"{ID};a", "0518100000203347;b", f"{ID};c")
    (fault,) = intake.errors
    assert (fault.row, fault.problem) == (4, "dit pand staat ook op rij 2")
    assert intake.buildings["naam"].tolist() == ["a", "b"]
    assert intake.buildings.index.tolist() == [2, 3]
