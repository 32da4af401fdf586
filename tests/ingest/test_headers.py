"""Columns are recognised by the names that senders use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.ingest.aliases import _COLUMNS, _VALUES, get_column_aliases, get_value_synonyms, make_key
from quickscan.ingest.headers import match_headers
from tests.ingest.conftest import ID


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Bouwjr", "bouwjaar"),
        ("Aantal VHE", "aantal_woningen"),
        ("BAG pand", "pand_id"),
        ("Pand_bagpandid", "pand_id"),
        ("Lift (J/N)", "lift"),
        ("Grondvlak [m²]", "grondvlak_m2"),
        ("grondvlak m2", "grondvlak_m2"),
        ("  GRONDVLAK_M2 ", "grondvlak_m2"),
        ("Gem. opp. (m2)", "gemiddelde_go_m2"),
        ("Eigendom", "eigendomsvorm"),
        ("Eigendom %", "aandeel_eigendom"),
        ("oorspronkelijkBouwjaar", "bouwjaar"),
        ("b3_dak_type", "daktype"),
        ("liftAanwezig", "lift"),
        ("bou.dak", "bou.dak"),
        ("Bou_Dak", "bou.dak"),
        ("Breedtegraad", "lat"),
        ("Kleur deur", None),
    ],
)
def test_a_header_is_recognised_in_the_spelling_of_the_sender(header: str, target: str | None) -> None:
    assert match_headers([header], criteria=["bou.dak"]).targets == (target,)


def test_every_fact_is_recognised_by_its_name() -> None:
    assert match_headers(list(FACTS), criteria=[]).targets == tuple(FACTS)


def test_no_alias_stands_for_two_columns() -> None:
    aliases = get_column_aliases()
    for target, words in _COLUMNS.items():
        assert {aliases[make_key(word)] for word in words.split("; ")} == {target}


def test_every_synonym_belongs_to_a_choice_that_exists() -> None:
    for fact, words_of in _VALUES.items():
        assert set(words_of) <= set(FACTS[fact].options)
        assert set(get_value_synonyms(fact).values()) == set(FACTS[fact].options)


def test_an_unknown_column_is_a_notice_and_its_rows_count(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Huurprijs", f"{ID};712,10")
    assert intake.mapping == {"pand_id": "pand_id", "Huurprijs": None}
    assert [fault.sentence() for fault in intake.faults] == [
        "kolom 'Huurprijs': deze kolom wordt niet gebruikt. Je hoeft niets te doen."
    ]
    assert not intake.errors
    assert len(intake.buildings) == 1


def test_a_typing_error_in_a_header_gets_a_suggestion(read_csv: Callable[..., Intake]) -> None:
    (notice,) = read_csv("pand_id;bouwlaagen", f"{ID};4").faults
    assert notice.advice == "Bedoel je 'bouwlagen'? Verander dan de kop."


def test_two_columns_for_one_fact_are_an_error_that_names_both(read_csv: Callable[..., Intake]) -> None:
    (fault,) = read_csv("pand_id;bouwjaar;Bouwjr", f"{ID};1962;1963").errors
    assert fault.sentence() == (
        "kolom 'Bouwjr': deze kolom en kolom 'bouwjaar' zijn allebei gelezen als bouwjaar. Laat één van de twee kolommen staan."
    )


def test_without_pand_id_nothing_is_taken_over(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("bouwjaar", "1962")
    (fault,) = intake.errors
    assert "verplichte kolom pand_id ontbreekt" in fault.problem
    assert intake.buildings.empty
    assert intake.rows == 1


def test_a_column_without_a_header_is_named_by_its_letter(read_csv: Callable[..., Intake]) -> None:
    assert read_csv("pand_id;;bouwjaar", f"{ID};x;1962").mapping["(kolom B)"] is None
