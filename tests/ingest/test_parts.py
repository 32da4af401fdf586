"""Columns that together say one thing are joined, and a cell that says two fills two facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from quickscan.domain.intake import Intake
from tests.ingest.conftest import ID

SECOND = "0518100000203347"


@pytest.mark.parametrize(
    ("headers", "cells", "number"),
    [
        ("Huisnr van;Huisnr t/m", "214;226", "214-226"),
        ("Huisnr van;Huisnr t/m", "214;214", "214"),
        ("Huisnr van;Huisnr t/m", "214;", "214"),
        ("Huisnr van;Huisnr t/m", "214;-", "214"),
        ("Huisnr van;Huisnr t/m", ";226", None),
        ("huisnummer;huisletter;toevoeging", "12;A;2", "12A-2"),
        ("huisnummer;huisletter;toevoeging", "12;;bis", "12-bis"),
        ("Pand_huisnummer;Pand_huisnummer_toev", "12;3", "12-3"),
    ],
)
def test_the_parts_of_a_house_number_are_joined(
    read_csv: Callable[..., Intake], headers: str, cells: str, number: str | None
) -> None:
    intake = read_csv(f"pand_id;{headers}", f"{ID};{cells}")
    assert not intake.faults
    assert intake.buildings["huisnummer"].astype(object).where(intake.buildings["huisnummer"].notna(), None).tolist() == [number]
    assert set(intake.mapping.values()) == {"pand_id", "huisnummer"}


def test_the_numbers_of_a_workbook_are_joined_too(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id", "huisnr van", "huisnr t/m"], [ID, 214, 226.0])
    assert intake.buildings["huisnummer"].tolist() == ["214-226"]


def test_a_part_that_became_a_date_refuses_the_row(read_sheet: Callable[..., Intake]) -> None:
    moment = datetime(2026, 3, 27)  # noqa: DTZ001 - a cell has no zone
    assert "datum" in read_sheet(["pand_id", "huisnr van", "huisnr t/m"], [ID, 3, moment]).errors[0].problem


def test_examples_are_the_senders_own_cells(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Huisnr van;Huisnr t/m", f"{ID};214;226")
    assert [column.examples for column in intake.columns] == [(ID,), ("214",), ("226",)]


def test_a_share_behind_the_form_of_ownership_becomes_a_fact_of_its_own(read_csv: Callable[..., Intake]) -> None:
    cells = ["VvE 62%", "100%", "volledig", "62,5 %", "gespikkeld"]
    intake = read_csv("pand_id;Eigendom", *(f"05181000002{n:05};{cell}" for n, cell in enumerate(cells)))
    assert not intake.errors
    forms = intake.buildings["eigendomsvorm"]
    assert forms.astype(object).where(forms.notna(), None).tolist() == ["vve", "volledig", "volledig", None, "gespikkeld"]
    assert intake.buildings["aandeel_eigendom"].tolist() == pytest.approx([62, 100, np.nan, 62.5, np.nan], nan_ok=True)
    told = [(fault.row, fault.value) for fault in intake.faults if "aandeel_eigendom" in fault.problem]
    assert told == [(2, "VvE 62%"), (3, "100%"), (5, "62,5 %")]


def test_a_share_gives_way_to_a_column_with_shares(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Eigendom;Eigendom %", f"{ID};VvE 62%;60")
    assert intake.buildings[["eigendomsvorm", "aandeel_eigendom"]].to_numpy().tolist() == [["vve", 60]]
    assert "percentage is niet overgenomen" in intake.faults[0].problem


def test_a_share_over_a_hundred_is_refused_with_the_cell_of_the_sender(read_csv: Callable[..., Intake]) -> None:
    (fault,) = read_csv("pand_id;Eigendom", f"{ID};VvE 162%").errors
    assert (fault.row, fault.column) == (2, "Eigendom")


def test_an_owner_we_do_not_know_is_refused_with_the_cell_of_the_sender(read_csv: Callable[..., Intake]) -> None:
    (fault,) = read_csv("pand_id;Eigendom", f"{ID};Woonbron 62%").errors
    assert fault.value == "Woonbron 62%"


@pytest.mark.parametrize("cell", ["gereed 2021", "Gereed in 2021", "uitgevoerd 2021", "opgeleverd: 2021"])
def test_works_that_are_done_are_a_renovation(read_csv: Callable[..., Intake], cell: str) -> None:
    intake = read_csv("pand_id;Groot onderhoud", f"{ID};{cell}", f"{SECOND};2031")
    assert not intake.errors
    assert intake.buildings["groot_onderhoud_jaar"].tolist() == pytest.approx([np.nan, 2031], nan_ok=True)
    assert intake.buildings["renovatiejaar"].tolist() == pytest.approx([2021, np.nan], nan_ok=True)
    (notice,) = intake.faults
    assert (notice.notice, notice.row, notice.column, notice.value) == (True, 2, "Groot onderhoud", cell)


def test_a_column_with_renovations_stays_what_it_is(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Groot onderhoud;Renovatie", f"{ID};gereed 2021;1998")
    assert intake.buildings["renovatiejaar"].tolist() == [1998]
    assert "renovatiejaar" not in intake.faults[0].problem


def test_other_words_about_works_are_refused(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("pand_id;Groot onderhoud", f"{ID};binnenkort").errors[0].row == 2
