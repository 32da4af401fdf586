"""The table of reference projects: every row sourced, every row usable or told why not, facts as they were found."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from quickscan.domain.facts import FACTS
from quickscan.domain.terms import Interventie
from quickscan.references import Aantal, Meting, ReferenceProject, ReferenceTableError, load_references, read_references

RESEARCH = Path(__file__).resolve().parents[3] / "shared" / "domain"  # the table that the facts came from, beside the checkout
CSV_NAMES = {  # id here → name in the table of the research
    "klapwiek_rotterdam": "Klapwiek (SOR)",
    "aquarius_amstelveen": "Aquarius (Eigen Haard)",
    "vaartdreef_1_zoetermeer": "Vaartdreef I (Vidomes)",
    "norbruislaan_utrecht": "Burgemeester Norbruislaan (Woonin)",
    "campanulastraat_den_haag": "Campanulastraat 27-85",
    "rode_garrels_purmerend": "D'Rode Garrels (Intermaris)",
    "dillenburgh_leidschendam": "Dillenburgh (Vidomes)",
    "leeuw_van_vlaanderen_amsterdam": "De Leeuw van Vlaanderen",
    "complex_50_117_osdorp": "Complex 50 & 117 Osdorp",
    "de_horsten_amersfoort": "De Horsten",
    "nieuwendam_amsterdam": "AWV/Stadgenoot Nieuwendam",
    "hertingenstraat_amsterdam": "Hertingenstraat (Rochdale)",
    "grijpmaflats_eindhoven": "Grijpmaflats (Woonbedrijf)",
    "veemgebouw_eindhoven": "Veemgebouw Strijp-S (Trudo)",
    "zoetelaar_almere": "De Zoetelaar (De Alliantie)",
    "feithplein_voorburg": "Feithplein (Grote/Kleine Feith)",
    "plesmanlaan_leiden": "Plesmanlaan 100",
    "karel_doorman_rotterdam": "Karel Doorman",
    "fenix_1_rotterdam": "Fenix I",
    "koningslaan_rotterdam": "Koningslaan, Lage Land (ex J.P. van Eesteren office)",
    "lage_land_rotterdam": "Lage Land (block of six)",
    "kloosterveste_gouda": "Kloosterveste bouwdeel 3-4",
    "asserring_amstelveen": "De Asserring (Snitker/Borst)",
    "particulier_blok_amsterdam": "Private block 1960s Amsterdam",
    "berk_beuk_budel": "De Berk / De Beuk Budel",
    "vivare_hoekwoningen": "Vivare hoekwoningen (programme)",
    "parkhof_maassluis": "Parkhof (Componistenbuurt-Zuid)",
    "muwi_babberspolder_vlaardingen": "MUWI I Babberspolder",
    "vaartdreef_2_zoetermeer": "Vaartdreef II ('t Seghe Waert)",
    "vidomes_2025": "Vidomes 2025 total",
    "meerwijk_haarlem": "Meerwijk (Elan Wonen)",
    "lex_rotterdam": "Lex (Alexandrium)",
    "kopermolen_leiden": "De Kopermolen",
    "korvezeestraat_delft": "Korvezeestraat (DUWO)",
    "havensteder_capelle": "Havensteder Capelle",
    "woonstede_ede": "Woonstede Ede",
    "meyburg_rotterdam": "Meyburg (SOR, TOPtotTEEN)",
    "boekholt_rotterdam": "Boekholt (SOR)",
    "howoge_seefelder_berlijn": "HOWOGE Seefelder Strasse",
    "fritz_kissel_frankfurt": "Fritz-Kissel-Siedlung (Nassauische Heimstaette)",
    "feelwood_saint_didier": "FeelWood (Rhone Saone Habitat)",
    "hedvig_stockholm": "Kvarteret Hedvig (Svenska Bostader)",
}
NUMBERS = {
    "year_built": "bouwjaar",
    "existing_dwellings": "bestaande_woningen",
    "existing_storeys": "bestaande_bouwlagen",
    "added_dwellings": "toegevoegd",
    "added_storeys": "toegevoegde_lagen",
}
METHODS = {"mixed": "gemengd"}
REMARK = re.compile(r"\[(existing_storeys|added_dwellings|added_storeys): (\d+)(?:-| and )(\d+)\]")

VALID = {
    "id": "toets",
    "naam": "Toets",
    "toegevoegd": 4,
    "methode": "optoppen",
    "status": "opgeleverd",
    "bron": ["Een bron"],
    "geraadpleegd": date(2026, 11, 21),
    "toelichting": "Een zin.",
    "meting": {"interventie": "optoppen", "ontsluiting": "portiek", "aantal_portieken": 2, "lagen": 1},
}


@pytest.fixture(scope="module")
def projects() -> dict[str, ReferenceProject]:
    return {project.id: project for project in load_references()}


@pytest.fixture(scope="module")
def research() -> dict[str, dict[str, str]]:
    table = RESEARCH / "reference_projects.csv"
    if not table.exists():
        pytest.skip("the folder ../shared/domain with the table of the research is not beside this checkout")
    with table.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def test_every_project_has_a_source_and_a_day(projects: dict[str, ReferenceProject]) -> None:
    for project in projects.values():
        assert project.bron, project.id
        assert project.geraadpleegd == date(2026, 11, 21), project.id


def test_every_project_can_test_a_rule_or_says_why_not(projects: dict[str, ReferenceProject]) -> None:
    for project in projects.values():
        assert (project.meting is None) != (not project.uitgesloten), project.id
        assert not project.uitgesloten or project.uitgesloten.endswith("."), project.id


def test_the_projects_that_test_a_rule_are_known(projects: dict[str, ReferenceProject]) -> None:
    fit = {name: project.meting.facts() for name, project in projects.items() if project.meting}
    assert fit == {
        "klapwiek_rotterdam": {"ontsluiting": "galerij", "bloklengte_m": 220.0, "extra_bouwlagen": 1.0},
        "howoge_seefelder_berlijn": {"ontsluiting": "portiek", "aantal_portieken": 7.0, "extra_bouwlagen": 2.0},
        "rode_garrels_purmerend": {"garageboxen": 24.0},
        "de_horsten_amersfoort": {"vrije_kopgevels": 6.0},
        "berk_beuk_budel": {"vrije_kopgevels": 2.0},
    }
    assert all(set(facts) <= set(FACTS) for facts in fit.values())


def test_it_is_said_which_rows_gave_the_rule_they_test(projects: dict[str, ReferenceProject]) -> None:
    independent = [name for name, project in projects.items() if project.meting and not project.regel_ontleend]
    assert independent == ["berk_beuk_budel"]


def test_every_inference_is_told(projects: dict[str, ReferenceProject]) -> None:
    for name in ("de_horsten_amersfoort", "berk_beuk_budel", "howoge_seefelder_berlijn", "rode_garrels_purmerend"):
        assert projects[name].afleiding, name


def test_mixed_projects_and_programmes_never_test_a_rule(projects: dict[str, ReferenceProject]) -> None:
    for project in projects.values():
        if project.methode == "gemengd" or project.soort != "gebouw" or project.status in ("gepland", "studie"):
            assert not project.fit_for_backtest, project.id


def test_every_row_of_the_research_is_carried_over(
    research: dict[str, dict[str, str]], projects: dict[str, ReferenceProject]
) -> None:
    assert set(CSV_NAMES.values()) == set(research)
    assert set(CSV_NAMES) <= set(projects)


@pytest.mark.parametrize("project_id", CSV_NAMES)
def test_facts_equal_those_of_the_research(
    research: dict[str, dict[str, str]], projects: dict[str, ReferenceProject], project_id: str
) -> None:
    row, project = research[CSV_NAMES[project_id]], projects[project_id]
    for theirs, ours in NUMBERS.items():
        value = getattr(project, ours)
        stated = REMARK.search(row["notes"])
        if row[theirs]:
            number = int(row[theirs])
            fits = value.laag <= number <= value.hoog if isinstance(value, Aantal) else value == number
            assert fits, theirs
        elif stated and stated[1] == theirs:
            assert (value.laag, value.hoog) == (int(stated[2]), int(stated[3])), theirs
        else:
            assert value is None, theirs
    assert project.methode == METHODS.get(row["method"], row["method"])
    assert project.gemeente in row["municipality"]


def test_a_row_without_inputs_and_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="reden in uitgesloten"):
        ReferenceProject.model_validate({**VALID, "meting": None})


def test_a_row_with_inputs_and_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="reden in uitgesloten"):
        ReferenceProject.model_validate({**VALID, "uitgesloten": "Omdat."})


def test_a_row_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="bron"):
        ReferenceProject.model_validate({**VALID, "bron": []})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        ReferenceProject.model_validate({**VALID, "bouwjaren": 1960})


def test_inputs_must_suit_their_interventie() -> None:
    with pytest.raises(ValidationError, match="kopgevels"):
        Meting.model_validate({"interventie": "aanplakken", "garageboxen": 4})


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValidationError, match="draai ze om"):
        Aantal(laag=5, hoog=3)


def test_inputs_name_one_interventie() -> None:
    assert Meting(interventie=Interventie.UITPLINTEN, garageboxen=24).facts() == {"garageboxen": 24.0}


def test_a_broken_table_names_the_project_and_the_remedy(tmp_path: Path) -> None:
    table = tmp_path / "projecten.toml"
    table.write_text('[[project]]\nid = "mijn_project"\nnaam = "Mijn project"\n', encoding="utf-8")
    with pytest.raises(ReferenceTableError, match="mijn_project, methode"):
        read_references(table)
    table.write_text("[[project]\n", encoding="utf-8")
    with pytest.raises(ReferenceTableError, match="geen geldige TOML"):
        read_references(table)
