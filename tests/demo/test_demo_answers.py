"""Answers of the fictional duo hold under any rulebook, and make the first screen lively."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from quickscan.demo import make_answers, make_demo, make_neighbourhood
from quickscan.demo.answers import DOSSIERS
from quickscan.domain.facts import check_buildings
from quickscan.domain.rules import Criterion, Rulebook, Rules
from quickscan.domain.screening import screen_buildings
from quickscan.rulebook.loader import load_national

DAY = date(2026, 11, 21)


def _criterion(name: str, choices: list[dict[str, Any]], **more: object) -> Criterion:
    content: dict[str, Any] = {
        "id": name,
        "aspect": {"pla": "planologisch", "bou": "bouwtechnisch", "fin": "financieel", "org": "organisatorisch"}[name[:3]],
        "naam": "Naam",
        "vraag": "Een vraag?",
        "hulp": {"wat": "Wat.", "waarom": "Waarom.", "waar": "Waar."},
        "interventies": ["optoppen"],
        "moeite": "bureau",
        "stap": 1,
        "versies": [
            {
                "vanaf": date(2026, 1, 1),
                "bron": "Toets",
                "aanname": True,
                "geraadpleegd": DAY,
                "gewicht": 1,
                "keuzes": [{"label": "Label", **choice} for choice in choices],
            }
        ],
        **more,
    }
    return Criterion.model_validate(content)


def _rules(*criteria: Criterion) -> Rules:
    return Rulebook(criteria=criteria, parameters=(), stappen=(), acties=(), voorselectie=()).on(DAY)


HEIGHT = _criterion(
    "pla.bouwhoogte",
    [
        {"code": "w", "punten": 100, "vanaf": 0},
        {"code": "x", "punten": 40, "tot": 0},
        {"code": "y", "punten": 0, "blokkade": "hard"},
    ],
    meting="hoogteruimte_m",
)
YEAR = _criterion(
    "bou.bouwjaar", [{"code": "oud", "punten": 15, "tot": 1965}, {"code": "jong", "punten": 90, "vanaf": 1965}], feit="bouwjaar"
)
ACCESS = _criterion(
    "bou.ontsluiting",
    [{"code": "g", "punten": 100, "waarden": ["galerij"]}, {"code": "p1", "punten": 60}, {"code": "p2", "punten": 15}],
    feit="ontsluiting",
)
SUPPORT = _criterion(
    "org.draagvlak", [{"code": "hoog", "punten": 100}, {"code": "half", "punten": 60}, {"code": "laag", "punten": 20}]
)
TINY = _rules(HEIGHT, YEAR, ACCESS, SUPPORT)


@pytest.fixture(scope="module")
def buildings() -> pd.DataFrame:
    return make_neighbourhood().buildings


@pytest.fixture(scope="module")
def national() -> Rules:
    return load_national().on(DAY)


def _of(answers: pd.DataFrame, buildings: pd.DataFrame, name: str) -> dict[str, str]:
    pand = buildings.loc[buildings["naam"] == name, "pand_id"].item()
    mine = answers[answers["pand_id"] == pand]
    return dict(zip(mine["criterion"], mine["choice"], strict=True))


def test_the_same_rules_give_the_same_answers(buildings: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(make_answers(buildings, TINY), make_answers(buildings, TINY))


def test_answers_are_codes_of_the_rules_given(buildings: pd.DataFrame) -> None:
    answers = make_answers(buildings, TINY)
    assert list(answers.columns) == ["pand_id", "criterion", "choice", "note"]
    codes = TINY.answer_codes
    assert all(choice in codes[criterion] for criterion, choice in zip(answers["criterion"], answers["choice"], strict=True))
    assert not answers.duplicated(["pand_id", "criterion"]).any()


def test_renaming_a_choice_only_renames_the_answer(buildings: pd.DataFrame) -> None:
    renamed = _criterion(
        "org.draagvlak", [{"code": "a", "punten": 100}, {"code": "b", "punten": 60}, {"code": "c", "punten": 20}]
    )
    before, after = (make_answers(buildings, _rules(criterion)) for criterion in (SUPPORT, renamed))
    assert before["choice"].map({"hoog": "a", "half": "b", "laag": "c"}).tolist() == after["choice"].tolist()


def test_what_a_fact_answers_is_not_answered_again(buildings: pd.DataFrame) -> None:
    assert "bou.bouwjaar" not in set(make_answers(buildings, TINY)["criterion"])


def test_a_portiek_is_never_called_a_galerij(buildings: pd.DataFrame) -> None:
    answers = make_answers(buildings, TINY)
    access = answers[answers["criterion"] == "bou.ontsluiting"].merge(buildings[["pand_id", "ontsluiting"]], on="pand_id")
    known = access[access["ontsluiting"].notna()]
    assert len(known) > 0
    assert set(known["choice"]) <= {"p1", "p2"}


def test_only_the_building_under_the_flight_path_has_a_hard_blocker(buildings: pd.DataFrame) -> None:
    answers = make_answers(buildings, TINY)
    assert _of(answers, buildings, "De Aalscholver")["pla.bouwhoogte"] == "y"
    assert (answers["choice"] == "y").sum() == 1


def test_moods_differ(buildings: pd.DataFrame) -> None:
    criteria = [
        _criterion(f"org.vraag_{letter}", [{"code": "hoog", "punten": 100}, {"code": "laag", "punten": 0}])
        for letter in "abcdefgh"
    ]
    answers = make_answers(buildings, _rules(*criteria))
    good, bad = (list(_of(answers, buildings, name).values()) for name in ("De Reiger", "Salviahof A"))
    assert good.count("hoog") > len(good) / 2
    assert bad.count("laag") > len(bad) / 2


def test_every_dossier_belongs_to_a_building(buildings: pd.DataFrame) -> None:
    assert set(DOSSIERS) <= set(buildings["naam"].dropna())


def test_a_part_of_the_neighbourhood_will_do(buildings: pd.DataFrame) -> None:
    part = buildings[buildings["naam"] == "De Reiger"]
    assert make_answers(part, TINY)["pand_id"].unique().tolist() == part["pand_id"].tolist()
    assert make_answers(buildings.iloc[:0], TINY).empty


def test_about_twenty_buildings_are_answered_and_six_nearly_completely(buildings: pd.DataFrame, national: Rules) -> None:
    answers = make_answers(buildings, national)
    counts = answers.groupby("pand_id").size()
    assert 18 <= len(counts) <= 24
    scores = screen_buildings(make_demo(national).buildings, national, questions=False)
    assert (scores["dekking"] >= 90).sum() >= 6


def test_notes_are_natural_and_told_once(buildings: pd.DataFrame, national: Rules) -> None:
    notes = make_answers(buildings, national)["note"]
    told = notes[notes != ""]
    assert len(told) >= 12
    assert told.is_unique
    assert told.str.endswith((".", "?")).all()


def test_the_first_screen_shows_every_verdict(national: Rules) -> None:
    demo = make_demo(national)
    assert check_buildings(demo.buildings, answers=national.answer_codes) == []
    verdicts = screen_buildings(demo.buildings, national, questions=False)["oordeel"].value_counts()
    assert verdicts["kansrijk"] >= 2
    assert verdicts["kansrijk, mits"] >= 2
    assert verdicts["complex"] >= 1
    assert verdicts["nu niet"] == 1
    assert verdicts["onvoldoende bekend"] >= 20


def test_the_columns_of_the_demo_are_its_answers(national: Rules) -> None:
    demo = make_demo(national)
    asked = [name for name in demo.buildings.columns if "." in name]
    cells = demo.buildings[["pand_id", *asked]].melt("pand_id", var_name="criterion", value_name="choice").dropna()
    left = set(cells.itertuples(index=False, name=None))
    assert left == set(demo.answers[["pand_id", "criterion", "choice"]].itertuples(index=False, name=None))
