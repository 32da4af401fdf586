"""Columns with personal data are recognised by their name and by what is in them, and never read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quickscan.domain.intake import How, Intake
from quickscan.ingest.tables import table
from quickscan.ingest.tables.privacy import is_private_content, is_private_header
from tests.ingest.conftest import ID

# Numbers that pass the eleven test and belong to nobody: the tax office gives them out for testing.
BSNS = ["111222333", "123456782"]


@pytest.mark.parametrize(
    "header",
    [
        *[
            "Huurder",
            "Naam huurder",
            "Naam bewoner(s)",
            "BSN",
            "Burgerservicenummer",
            "Geboortedatum",
            "Inkomen",
            "E-mail",
            "e-mailadres",
        ],
        *[
            "Telefoon",
            "Tel.nr.",
            "Mobiel",
            "IBAN",
            "Rekeningnr",
            "Huur",
            "Netto huur",
            "Netto huur p/m",
            "Kale huur",
            "Huurprijs",
        ],
        *["Achternaam", "Contractant", "huur per adres", "Huurachterstand"],
    ],
)
def test_a_header_that_names_personal_data_is_private(header: str) -> None:
    assert is_private_header(header)


@pytest.mark.parametrize(
    "header",
    [
        *[
            "Verhuureenheid",
            "Aantal verhuureenheden",
            "Verhuurd",
            "percentage_huurwoningen",
            "gemiddeld_inkomen_per_inwoner",
            "Naam",
        ],
        *["Aantal huurwoningen", "Aantal bewoners", "perc_huurwoningen_in_bezit_woningcorporaties", "Opmerking"],
    ],
)
def test_a_header_about_a_place_is_not_private(header: str) -> None:
    assert not is_private_header(header)


@pytest.mark.parametrize(
    "cells",
    [
        BSNS,
        [111222333, 123456782.0, None],
        ["jan@example.nl", "", None],
        ["NL91 ABNA 0417 1643 00"],
        ["06-12345678", "+31 70 1234567"],
    ],
)
def test_cells_about_persons_are_recognised(cells: list[object]) -> None:
    assert is_private_content(cells)


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [None, ""],
        [ID, "0518100000203347"],
        ["111222333", "123456789", "987654320", "100000001"],
        ["1962", "1963"],
        ["2592AA", "2592AB"],
        ["NL00ABNA0417164300"],
        ["x" * 100_000],
        ["01000", "01001"],
    ],
)
def test_other_cells_are_not(cells: list[object]) -> None:
    assert not is_private_content(cells)


def test_a_column_with_bsns_is_not_read_whatever_it_is_called(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Complexnr;bouwjaar", f"{ID};{BSNS[0]};1962", f"0518100000203347;{BSNS[1]};1963")
    assert intake.mapping == {"pand_id": "pand_id", "Complexnr": None, "bouwjaar": "bouwjaar"}
    assert intake.columns[1].how is How.PRIVATE
    assert intake.columns[1].examples == ()
    (notice,) = intake.faults
    assert (notice.notice, notice.column) == (True, "Complexnr")
    assert "persoonsgegevens" in notice.problem
    assert not any(number in repr(intake) for number in BSNS)


def test_a_very_large_list_hands_back_the_columns_with_a_use_only(
    read_csv: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_KEPT", 0)
    intake = read_csv("pand_id;Kleur", "12345;rood", "12346;wit")
    assert intake.refused_rows == {2: ("12345", ""), 3: ("12346", "")}


def test_a_refused_row_comes_back_without_its_personal_data(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Huurder;bouwjaar;Kleur", "5,18E+14;De Vries;1962;rood".replace(",", "."))
    assert intake.refused_rows == {2: ("5.18E+14", "", "1962", "rood")}
