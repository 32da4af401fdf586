"""Columns are recognised by the names that senders use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import How, Intake
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.tables.aliases import _VALUES, get_column_aliases, get_value_synonyms, make_key
from quickscan.ingest.tables.headers import match_headers, show_target
from quickscan.ingest.tables.names import COLUMN_NAMES
from quickscan.ingest.tables.privacy import is_private_header
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
    for target, words in COLUMN_NAMES.items():
        assert {aliases[make_key(word)] for word in words.split("; ")} == {target}


def test_every_synonym_belongs_to_a_choice_that_exists() -> None:
    for fact, words_of in _VALUES.items():
        assert set(words_of) <= set(FACTS[fact].options)
        assert set(get_value_synonyms(fact).values()) == set(FACTS[fact].options)


def test_an_unknown_column_is_a_notice_and_its_rows_count(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;Kleur deur", f"{ID};rood")
    assert intake.mapping == {"pand_id": "pand_id", "Kleur deur": None}
    assert [fault.sentence() for fault in intake.faults] == [
        "kolom 'Kleur deur': deze kolom wordt niet gebruikt. Je hoeft niets te doen."
    ]
    assert not intake.errors
    assert len(intake.buildings) == 1


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Bouwjar", "bouwjaar"),
        ("Aantl woningen", "aantal_woningen"),
        ("Fundeering", "fundering"),
        ("Grondvlk (m2)", "grondvlak_m2"),
        ("Postcod", "postcode"),
    ],
)
def test_a_typing_error_in_a_header_is_read_and_told(header: str, target: str) -> None:
    matched = match_headers(["pand_id", header], criteria=[])
    assert matched.targets == ("pand_id", target)
    assert matched.reasons[1] is How.LIKE
    (notice,) = matched.faults
    assert notice.notice
    assert notice.sentence() == (
        f"kolom '{header}': deze kolom is gelezen als {target}. Klopt dat niet, kies dan zelf wat deze kolom is."
    )


@pytest.mark.parametrize("header", ["Bouwjaar CV", "Bouwjaar 2", "Bouwjaar dak", "Label 2030", "Liift", "oppervlakte_mix"])
def test_a_header_that_may_be_something_else_is_not_read(header: str) -> None:
    assert match_headers([header], criteria=[]).targets == (None,)


def test_a_doubtful_header_gets_a_suggestion(read_csv: Callable[..., Intake]) -> None:
    (notice,) = read_csv("pand_id;Bouwjaar CV", f"{ID};2004").faults
    assert notice.advice == "Bedoel je 'bouwjaar'? Kies dat dan zelf, of verander de kop."


def test_two_headers_alike_one_target_are_both_left_alone() -> None:
    assert match_headers(["Bouwjar", "Bouwjaaar"], criteria=[]).targets == (None, None)


def test_likeness_gives_way_to_a_name_that_is_known() -> None:
    assert match_headers(["Bouwjar", "Bouwjaar"], criteria=[]).targets == (None, "bouwjaar")


def test_what_a_person_decided_goes_before_what_is_recognised() -> None:
    mapping = {"Jaar": "bouwjaar", "Label": None, "x": "geometry", "Huisnr t/m": "huisnummer"}
    matched = match_headers(["Bouwjaar", "Jaar", "Label", "x", "Huisnr t/m"], criteria=[], mapping=mapping)
    assert matched.targets == (None, "bouwjaar", None, "x", "huisnummer_tot")
    assert matched.reasons == (How.UNUSED, How.CHOSEN, How.CHOSEN, How.CHOSEN, How.CHOSEN)
    assert not [fault for fault in matched.faults if not fault.notice]


def test_a_decision_holds_for_the_whole_file_and_its_columns_show_values(tmp_path: Path) -> None:
    path = tmp_path / "bezit.csv"
    path.write_text(f"Code;Jaar;Label\n{ID};1962;C\n0518100000203347;1962;D\n", encoding="utf-8")
    mapping = {"Code": "pand_id", "Jaar": "bouwjaar", "Label": None}
    intake = read_buildings(path, answer_codes={}, mapping=mapping)
    assert intake.mapping == mapping
    assert intake.buildings.columns.tolist() == ["pand_id", "bouwjaar"]
    assert [(column.how, column.examples) for column in intake.columns] == [
        (How.CHOSEN, (ID, "0518100000203347")),
        (How.CHOSEN, ("1962",)),
        (How.CHOSEN, ("C", "D")),
    ]


def test_a_decision_for_a_fact_that_does_not_exist_is_ignored() -> None:
    assert match_headers(["Label"], criteria=[], mapping={"Label": "kleur"}).targets == ("energielabel",)


def test_a_person_cannot_choose_a_column_with_personal_data() -> None:
    matched = match_headers(["Naam huurder"], criteria=[], mapping={"Naam huurder": "naam"})
    assert (matched.targets, matched.reasons) == ((None,), (How.PRIVATE,))


def test_no_name_of_a_column_is_taken_for_personal_data() -> None:
    assert not [name for words in COLUMN_NAMES.values() for name in words.split("; ") if is_private_header(name)]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Pand.liftAanwezig", "lift"),
        ("eenheid_bouwjaar", "bouwjaar"),
        ("clusters[0].code", "complex_code"),
        ("pand.bag.bagIdentificatie", "pand_id"),
        ("juridischEigendomspercentage", "aandeel_eigendom"),
        ("oorspronkelijkbouwjaar", "bouwjaar"),
        ("pandstatus", "status"),
        ("BAGPandIDs", "pand_id"),
        ("Pand_energieklasse", "energielabel"),
        ("BU_CODE", "buurtcode"),
        ("b3_opp_grond", "grondvlak_m2"),
        ("openbare_ruimte_naam", "straat"),
        ("conditiemeting", "conditiescore"),
        ("Huisnr t/m", "huisnummer"),
        ("VHE-nummer", "aantal_woningen"),
    ],
)
def test_the_spellings_of_registers_and_exports_are_known(header: str, shown: str) -> None:
    assert show_target(match_headers([header], criteria=[]).targets[0]) == shown


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
