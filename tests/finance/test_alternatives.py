"""The alternatives: over the same years, at the same rates, and each post where it belongs."""

from __future__ import annotations

import pytest

from tests.finance.conftest import run

BLOCK = {
    "bestaand": {
        "aantal_woningen": 10,
        "huur_eur_per_maand": 600,
        "onderhoud_eur_per_jaar": 2_000,
        "beheer_eur_per_jaar": 1_000,
        "groot_onderhoud_eur_ex_btw": 20_000,
        "groot_onderhoud_over_jaren": 5,
    }
}
RENTS = sum(1.02**year / 1.0417 ** (year + 0.5) for year in range(60))
COSTS = sum(1.025**year / 1.0417 ** (year + 0.5) for year in range(60))


def alternatives(**tables):
    return {each.name: each for each in run(**(BLOCK | tables)).alternatives}


def test_without_existing_homes_there_is_nothing_to_compare():
    assert run().alternatives == ()


def test_keeping_on_letting_by_hand():
    found = alternatives()["doorexploiteren"]
    major = 10 * 20_000 * 1.21 * 1.025**5 / 1.0417**5
    assert found.costs == pytest.approx(10 * 3_000 * COSTS + major)
    assert found.income == pytest.approx(10 * 600 * 12 * 0.99 * RENTS)
    assert found.per_home_per_year == pytest.approx(found.costs / COSTS / 10)


def test_renovating_saves_major_maintenance_and_costs_the_investment():
    found = alternatives(
        renovatie={"kosten_eur_ex_btw": 50_000, "huurverhoging_eur_per_maand": 50}, sloop_nieuwbouw={"verhuiskosten_eur": 0}
    )
    assert found["renoveren"].costs == pytest.approx(10 * 3_000 * COSTS + 10 * 50_000 * 1.21)
    assert found["renoveren"].income == pytest.approx(10 * 650 * 12 * 0.99 * RENTS)


def test_building_again_starts_later_and_stops_at_the_same_moment():
    found = alternatives(
        sloop_nieuwbouw={
            "aantal": 14,
            "sloop_eur_ex_btw": 10_000,
            "bouwkosten_eur_ex_btw": 200_000,
            "verhuiskosten_eur": 5_000,
            "bouwtijd_jaren": 2,
        }
    )["sloop-nieuwbouw"]
    later = sum(1.025**year / 1.0417 ** (year + 0.5) for year in range(2, 60))
    assert found.homes == 14
    assert found.costs == pytest.approx(14 * 3_150 * later + 1.21 * (10 * 10_000 + 14 * 200_000) + 50_000)
    rents = sum(1.02**year / 1.0417 ** (year + 0.5) for year in range(2, 60))
    assert found.income == pytest.approx(14 * 713.02 * 12 * 0.99 * rents)


def test_optoppen_is_keeping_on_letting_with_the_plan_on_top():
    result = run(**BLOCK)
    found = {each.name: each for each in result.alternatives}
    assert found["optoppen"].result == pytest.approx(found["doorexploiteren"].result + float(result.base.total[0]))
    assert found["optoppen"].homes == 11


def test_verduurzamen_takes_the_place_of_major_maintenance():
    found = alternatives(verduurzaming={"kosten_eur_ex_btw": 40_000})
    assert "optoppen + verduurzamen" in found
    assert "Groot onderhoud" not in [label for label, _ in found["optoppen + verduurzamen"].posts]
    assert "Groot onderhoud" in [label for label, _ in found["doorexploiteren"].posts]
