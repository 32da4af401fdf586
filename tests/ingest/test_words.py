"""Words that mean one thing become one code; other words are a fault that lists the codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from quickscan.domain.intake import Intake
from tests.ingest.conftest import ID


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("Dak", ["plat", "Plat dak", "PLAT", "horizontaal", "horizontal", "Platdak", "vlak"], "plat"),
        ("Dak", ["pannendak", "Zadeldak"], "kap"),
        ("Lift (J/N)", ["aanwezig", "met lift"], "ja"),
        ("monument", ["SGR", "beschermd stadsgezicht"], "beschermd gezicht"),
        ("Label", ["label C", "Energielabel C", "c"], "C"),
        ("Dak", ["hellend", "schuin", "Kap", "slanted"], "kap"),
        ("Dak", ["multiple horizontal", "plat_getrapt"], "plat getrapt"),
        ("Lift (J/N)", ["J", "ja", "JA", "true", "1", "WAAR"], "ja"),
        ("Lift (J/N)", ["N", "nee", "false", "0"], "nee"),
        ("detailsoort", ["GAL", "galerijflat"], "galerij"),
        ("detailsoort", ["POF", "POW", "Portiekflat"], "portiek"),
        ("detailsoort", ["MAI", "maisonette"], "maisonnette"),
        ("Label", ["AP4", "A++++", "a++++"], "A++++"),
        ("Label", ["APP", "A++"], "A++"),
        ("Eigendom", ["100%", "volledig", "Volledig"], "volledig"),
        ("Eigendom", ["VvE", "vve"], "vve"),
        ("status", ["PAND IN GEBRUIK", "pand in gebruik"], "Pand in gebruik"),
        ("bou.dak", ["plat_vrij", "Plat vrij", "PLAT-VRIJ"], "plat_vrij"),
    ],
)
def test_words_for_one_thing_become_one_code(
    read_column: Callable[..., Intake], header: str, cells: list[str], code: str
) -> None:
    intake = read_column(header, *cells)
    assert not intake.errors
    assert intake.buildings.iloc[:, 1].unique().tolist() == [code]


@pytest.mark.parametrize(
    ("header", "cell", "advice"),
    [
        ("lift", "misschien", "Kies uit: ja, nee."),
        ("status", "Pand bestaat", "Kies uit: Pand in gebruik, "),
        ("bou.dak", "rond", "Kies uit: plat_vrij, plat_vol."),
    ],
)
def test_another_word_is_an_error_that_lists_the_choices(
    read_column: Callable[..., Intake], header: str, cell: str, advice: str
) -> None:
    (fault,) = read_column(header, cell).errors
    assert (fault.row, fault.column, fault.value) == (2, header, cell)
    assert fault.advice.startswith(advice)


def test_one_notice_tells_of_all_rows_with_a_word_that_is_read_as_unknown(read_column: Callable[..., Intake]) -> None:
    intake = read_column("lift", *["n.v.t."] * 7)
    (notice,) = intake.faults
    assert notice.notice
    assert notice.problem == "deze waarde telt als onbekend (7 rijen: 2, 3, 4, 5, 6, …)"
    assert intake.buildings["lift"].isna().all()


def test_the_words_read_as_a_choice_are_told_in_one_notice(read_column: Callable[..., Intake]) -> None:
    (notice,) = read_column("Dak", "PLAT", "Plat dak", "hellend", "Plat dak").faults
    assert (
        notice.problem
        == "woorden zijn gelezen als een keuze: 'Plat dak' als 'plat' (rij 3 en verder), 'hellend' als 'kap' (rij 4)"
    )


@pytest.mark.parametrize(
    ("cell", "left"), [("Hofje <script>alert(1)</script>", "Hofje"), ("<b>De Brink</b>", "De Brink"), ("a <br/> b", "a b")]
)
def test_markup_in_a_text_is_taken_out_and_told(read_column: Callable[..., Intake], cell: str, left: str) -> None:
    intake = read_column("naam", f'"{cell}"')
    assert intake.buildings["naam"].tolist() == [left]
    assert [(fault.row, fault.column, fault.value, fault.notice) for fault in intake.faults] == [(2, "naam", cell, True)]


@pytest.mark.parametrize("cell", ["3 < 4", "a<b", "Hof > 2"])
def test_a_sign_that_is_no_markup_stays(read_column: Callable[..., Intake], cell: str) -> None:
    intake = read_column("naam", cell)
    assert intake.buildings["naam"].tolist() == [cell]
    assert not intake.faults


def test_a_wrong_postcode_is_left_out_with_a_notice_and_a_good_one_is_spelled_as_in_the_bag(
    read_column: Callable[..., Intake],
) -> None:
    intake = read_column("PC", "2591 xw", "25951AB")
    assert intake.buildings["postcode"].tolist()[0] == "2591XW"
    assert intake.buildings["postcode"].isna().tolist() == [False, True]
    assert not intake.errors


def test_a_house_number_that_a_spreadsheet_made_a_date_is_refused(read_sheet: Callable[..., Intake]) -> None:
    (fault,) = read_sheet(["pand_id", "huisnummer"], [ID, datetime(2026, 3, 27)]).errors  # noqa: DTZ001 - a cell has no zone
    assert "een datum van gemaakt" in fault.problem


def test_text_is_kept_as_text_whatever_it_looks_like(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("pand_id;naam;complexnr", f"{ID};1-2;01000").buildings.iloc[0].tolist() == [ID, "1-2", "01000"]


@pytest.mark.parametrize("header", ["naam", "bouwjaar", "lift", "postcode", "Kleur deur"])
def test_a_formula_is_never_a_value_and_is_told(read_csv: Callable[..., Intake], header: str) -> None:
    intake = read_csv(f"pand_id;{header}", f'{ID};"=HYPERLINK(""http://x"")"')
    told = [fault for fault in intake.faults if fault.row]
    assert [(fault.row, fault.column, fault.value, fault.notice) for fault in told] == [
        (2, header, '=HYPERLINK("http://x")', True)
    ]
    assert intake.buildings.drop(columns="pand_id").isna().all(axis=None)


def test_a_formula_for_a_pand_id_refuses_the_row(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;naam", "=A1;De Brink")
    assert [fault.row for fault in intake.errors] == [2]
    assert intake.buildings.empty


def test_truth_values_and_numbers_of_a_workbook_are_words_too(read_sheet: Callable[..., Intake]) -> None:
    intake = read_sheet(["pand_id", "lift", "huisnummer"], [ID, True, 214])
    assert intake.buildings.iloc[0].tolist() == [ID, "ja", "214"]
    assert not intake.errors
