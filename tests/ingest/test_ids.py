"""A pand-id that was damaged, or is another id, is refused with the likely cause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quickscan.domain.intake import Intake
from tests.ingest.conftest import ID


@pytest.mark.parametrize(
    ("cell", "problem", "advice"),
    [
        ("518100000203881", "15 cijfers", "bedoel je 0518100000203881?"),
        ("518100000203881.0", "15 cijfers", "bedoel je 0518100000203881?"),
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


def test_a_pand_id_that_is_a_number_in_a_workbook_has_lost_digits(read_sheet: Callable[..., Intake]) -> None:
    faults = read_sheet(["pand_id"], [518100000203881], [1709100000001230], [5.18e14]).errors
    assert ["15 cijfers" in faults[0].problem, "afgerond" in faults[1].problem, faults[2].row] == [True, True, 4]


def test_of_a_double_pand_the_later_row_is_refused_and_the_first_is_named(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;naam", f"{ID};a", "0518100000203347;b", f"{ID};c")
    (fault,) = intake.errors
    assert (fault.row, fault.problem) == (4, "dit pand staat ook op rij 2")
    assert intake.buildings["naam"].tolist() == ["a", "b"]
    assert intake.buildings.index.tolist() == [2, 3]
