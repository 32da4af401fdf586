"""The vectorised kernel against the plain reference: 2,000 random buildings, all three interventies."""

from __future__ import annotations

import numpy as np
import pytest

from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.rules import Overlay
from quickscan.domain.scoring import look_at, score_buildings
from quickscan.domain.terms import INTERVENTIES, Aspect, Interventie
from quickscan.rulebook.loader import load_national
from tests.domain import reference
from tests.domain.buildings import DAY, frame_of, make_building, national_rules, numbered, seed_size

BUILDINGS = 2_000
NEAR = 1e-9


@pytest.fixture(scope="module")
def buildings() -> list[dict[str, str | float | None]]:
    generator = np.random.default_rng(2026)
    made = []
    for _ in range(BUILDINGS):
        levels = generator.choice([0, 0, 40, 100, 180, 255], 2).astype(np.uint8).tobytes()
        made.append(make_building(levels + generator.bytes(seed_size() - 2)))
    return numbered(made)


@pytest.mark.parametrize("interventie", INTERVENTIES)
def test_the_kernel_gives_the_numbers_and_the_verdict_of_the_reference(buildings, interventie: Interventie):
    rules = national_rules()
    scores = score_buildings(frame_of(buildings), rules, interventie=interventie)
    expected = [reference.score(building, rules, interventie) for building in buildings]
    for place, column in enumerate(("score_laag", "score", "score_hoog")):
        np.testing.assert_allclose(scores[column], [outcome.total[place] for outcome in expected], rtol=0, atol=NEAR)
    np.testing.assert_allclose(scores["dekking"], [outcome.coverage for outcome in expected], rtol=0, atol=NEAR)
    for aspect in expected[0].aspects:
        for place, suffix in enumerate(("_laag", "", "_hoog")):
            wanted = [outcome.aspects[aspect][place] for outcome in expected]
            np.testing.assert_allclose(scores[f"{aspect}{suffix}"], wanted, rtol=0, atol=NEAR)
    assert scores["oordeel"].tolist() == [str(outcome.oordeel) for outcome in expected]


def test_the_random_buildings_reach_every_verdict(buildings):
    reached = {
        str(verdict)
        for interventie in INTERVENTIES
        for verdict in score_buildings(frame_of(buildings), national_rules(), interventie=interventie)["oordeel"]
    }
    assert reached == {"kansrijk", "kansrijk, mits", "complex", "nu niet", "onvoldoende bekend"}


def test_the_kernel_estimates_the_homes_of_the_reference(buildings):
    rules = national_rules()
    columns = dwelling_columns(look_at(frame_of(buildings), rules).dwellings)
    expected = [reference.score(building, rules, Interventie.OPTOPPEN) for building in buildings]
    names = {"homes": "woningen", "layers": "lagen", "against": "aanplakken", "below": "uitplinten"}
    for field, name in names.items():
        for place, suffix in enumerate(("_laag", "", "_hoog")):
            wanted = [getattr(outcome, field)[place] for outcome in expected]
            np.testing.assert_array_equal(columns[f"{name}{suffix}"], wanted, err_msg=f"{name}{suffix}")
    assert list(columns["woningen_route"]) == [outcome.route for outcome in expected]


def test_other_weights_give_the_same_as_the_reference_with_other_weights(buildings):
    overlay = Overlay(
        gewichten={"pla.parkeren": 0, "bou.dak": 2.5, "org.rollen": 30},
        aspectgewichten={Aspect.FINANCIEEL: 0, Aspect.BOUWTECHNISCH: 2},
    )
    rules = load_national().on(DAY, overlay=overlay)
    scores = score_buildings(frame_of(buildings[:300]), rules)
    wanted = [reference.score(building, rules, Interventie.OPTOPPEN).total[1] for building in buildings[:300]]
    np.testing.assert_allclose(scores["score"], wanted, rtol=0, atol=NEAR)
