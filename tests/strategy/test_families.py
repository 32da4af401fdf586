"""Families: they follow from a building's own facts, whatever stands elsewhere and in whatever order, and say so in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.demo import make_neighbourhood
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.domain.strategy.families import Families, make_families, strip_depth, take_over
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.registers.outlines import measure_outlines
from quickscan.services.portfolios import describe
from quickscan.ui import families as drawn
from quickscan.ui import map3d

DEN_HAAG = Path(__file__).resolve().parents[3] / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"


def sort(buildings: pd.DataFrame, rules: Rules, **options: object) -> Families:
    screened = screen_buildings(buildings, rules)
    return make_families(buildings, screened, rules, outlines=measure_outlines(buildings["geometry"]), **options)  # type: ignore[arg-type]


def names_of(families: Families, buildings: pd.DataFrame) -> dict[str, str]:
    """Return per pand what its family is called; "" out of reach."""
    names = np.append(families.table["naam"].to_numpy(dtype=object), "")
    return dict(zip(buildings["pand_id"], names[families.place], strict=True))


@pytest.fixture(scope="module")
def hood() -> pd.DataFrame:
    return make_neighbourhood().buildings


def flats(**columns: list[object]) -> pd.DataFrame:
    """Return flats alike but for what the test is about."""
    count = len(next(iter(columns.values())))
    usual: dict[str, object] = {
        "pand_id": [f"0518{number:012d}" for number in range(count)],
        "status": ["Pand in gebruik"] * count,
        "gebruiksdoel": ["woonfunctie"] * count,
        "bouwjaar": [1964.0] * count,
        "bouwlagen": [4.0] * count,
        "ontsluiting": ["portiek"] * count,
        "bouwsysteem": ["muwi"] * count,
        "aantal_woningen": [24.0] * count,
        "grondvlak_m2": [600.0] * count,
        "bloklengte_m": [60.0] * count,
        "aantal_portieken": [3.0] * count,
        "naam": [f"Flat {number}" for number in range(count)],
        "geometry": [None] * count,
    }
    return pd.DataFrame(usual | columns)


def test_a_family_is_told_in_words(rules: Rules) -> None:
    buildings = flats(
        bouwjaar=[1964.0, 1938.0, 1972.0, None],
        bouwlagen=[4.0, 3.0, 11.0, 2.0],
        ontsluiting=["portiek", "galerij", None, "maisonnette"],
        bouwsysteem=["muwi", None, "tunnel", "dura-coignet"],
    )
    assert list(names_of(sort(buildings, rules), buildings).values()) == [
        "Portiekflats 1960–1969, 4 lagen, MUWI, ±10 m diep",
        "Galerijflats van vóór 1940, 3 lagen, ±10 m diep",
        "Woongebouwen 1970–1979, 9 of meer lagen, tunnelbouw, ±10 m diep",
        "Maisonnettes, 2 lagen, Dura-Coignet, ±10 m diep",
    ]
    assert set(sort(buildings, rules).table["onbekend"]) == {"", "bouwsysteem", "ontsluiting", "tijdvak"}


def test_what_the_classes_leave_together_is_one_family_and_what_they_part_is_two(rules: Rules) -> None:
    years = flats(bouwjaar=[1960.0, 1969.0, 1970.0])
    assert sort(years, rules).table["gebouwen"].tolist() == [2, 1]
    depths = flats(grondvlak_m2=[545.0, 655.0, 665.0])  # 9,1, 10,9 and 11,1 m deep
    assert sort(depths, rules).table["gebouwen"].tolist() == [2, 1]


def test_a_series_scores_on_scale_with_all_its_homes_together(rules: Rules) -> None:
    found = sort(flats(bouwjaar=[1968.0] * 5), rules).table
    assert len(found) == 1
    row = found.iloc[0]
    scale = rules.criterion("fin.schaal")
    assert (row["woningen"], row["open"]) == (30, 5)  # 3 portieken × 2 homes × 1 layer each
    assert row["alleen_punten"] == scale.choice("minder_dan_8").punten
    assert row["serie_punten"] == scale.choice("30_of_meer").punten
    assert row["is_serie"]


def test_one_building_is_no_series_and_out_of_reach_is_no_family(rules: Rules) -> None:
    buildings = flats(gebruiksdoel=["woonfunctie", "kantoorfunctie"])
    families = sort(buildings, rules)
    assert families.place.tolist() == [0, -1]
    assert not families.table["is_serie"].any()
    assert sort(flats(gebruiksdoel=["kantoorfunctie"]), rules).table.empty


def test_the_neighbourhood_makes_the_same_families_in_any_order(hood: pd.DataFrame, rules: Rules) -> None:
    first = sort(hood, rules)
    for seed in range(3):
        mixed = hood.sample(frac=1.0, random_state=seed).reset_index(drop=True)
        again = sort(mixed, rules)
        assert names_of(again, mixed) == names_of(first, hood)
        pd.testing.assert_frame_equal(again.table, first.table)


def test_a_building_keeps_its_family_when_others_come_or_go(hood: pd.DataFrame, rules: Rules) -> None:
    whole = names_of(sort(hood, rules), hood)
    for complexes in (["1204"], ["1365", "1330"]):
        part = hood[hood["complex_code"].isin(complexes)].reset_index(drop=True)
        found = names_of(sort(part, rules), part)
        assert found == {pand_id: whole[pand_id] for pand_id in found}


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=40), st.data())
def test_a_complex_fills_in_what_it_agrees_on_and_never_changes_what_was_said(said: list[int], data: st.DataObject) -> None:
    complexes = np.array(data.draw(st.lists(st.integers(-1, 4), min_size=len(said), max_size=len(said))))
    given_values = np.array(said)
    filled, count = take_over(given_values, complexes)
    assert (filled[given_values >= 0] == given_values[given_values >= 0]).all()
    assert count == int((filled != given_values).sum())
    for number in set(complexes[complexes >= 0].tolist()):
        inside = complexes == number
        spoken = set(given_values[inside & (given_values >= 0)].tolist())
        expected = spoken if len(spoken) == 1 else {-1} if (given_values[inside] < 0).any() else set()
        assert set(filled[inside & (given_values < 0)].tolist()) <= expected


@given(st.floats(20, 200), st.floats(6, 18), st.floats(0, 100))
def test_a_bent_strip_is_as_deep_as_a_straight_one(length: float, depth: float, wing: float) -> None:
    straight = strip_depth(np.array([length * depth]), np.array([2 * (length + depth)]))
    bent = strip_depth(np.array([(length + wing) * depth]), np.array([2 * (length + wing + depth)]))
    assert straight[0] == pytest.approx(min(length, depth))
    assert bent[0] == pytest.approx(min(length + wing, depth))


def test_features_that_do_not_count_make_larger_families_in_the_same_words(hood: pd.DataFrame, rules: Rules) -> None:
    fine, coarse = sort(hood, rules), sort(hood, rules, features=("tijdvak", "lagen"))
    assert len(coarse.table) < len(fine.table)
    assert coarse.table["gebouwen"].sum() == fine.table["gebouwen"].sum()
    assert coarse.table["woningen"].sum() == pytest.approx(fine.table["woningen"].sum())
    assert all(name.startswith("Woongebouwen") for name in coarse.table["naam"])


@pytest.mark.skipif(not DEN_HAAG.is_file(), reason="de proefgegevens van Den Haag staan niet naast het project")
def test_families_of_den_haag_are_stable_and_explained(rules: Rules) -> None:
    buildings = read_buildings(DEN_HAAG, answer_codes={}).buildings
    found = sort(buildings, rules)
    assert len(buildings) == 5613
    assert (found.place >= 0).sum() == found.table["gebouwen"].sum() > 1000
    assert found.table["naam"].is_unique
    assert found.table["woningen"].is_monotonic_decreasing
    largest = found.table.iloc[0]
    assert largest["naam"] == "Woongebouwen 1960–1969, 4 lagen, ±10 m diep"
    assert largest["onbekend"] == "ontsluiting, bouwsysteem"

    half = buildings.iloc[::-2].reset_index(drop=True)
    again, whole = names_of(sort(half, rules), half), names_of(found, buildings)
    assert again == {pand_id: whole[pand_id] for pand_id in again}


@pytest.mark.skipif(not DEN_HAAG.is_file(), reason="de proefgegevens van Den Haag staan niet naast het project")
def test_the_ten_largest_families_of_den_haag_are_on_the_map(rules: Rules) -> None:
    buildings = read_buildings(DEN_HAAG, answer_codes={}).buildings
    screened = pd.concat([describe(buildings), screen_buildings(buildings, rules).drop(columns="pand_id")], axis=1)
    found = make_families(buildings, screened, rules, outlines=measure_outlines(buildings["geometry"]))
    shown = drawn.styles(found.table)
    marked = screened.assign(**{drawn.COLUMN: np.where(found.place < len(shown), found.place, -1)})
    picture = map3d.make_picture(buildings, marked, rules, map3d.Choice(drawn.COLUMN, styles=shown))
    layers = {layer["id"]: layer["data"] for layer in orjson.loads(picture.spec)["layers"]}
    assert len(shown) == 10
    for place, style in enumerate(shown):
        roofs = layers[f"{map3d.NEW_LAYER}-{place}"]
        assert len({roof["i"] for roof in roofs}) == found.table["gebouwen"].iloc[place]
        assert all(roof["o"].startswith(style.word) for roof in roofs)
