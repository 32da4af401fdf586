"""The fictional neighbourhood: the same every time, within the contract, drawn as a real one and never taken for one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import shapely

from quickscan.demo import Neighbourhood, make_neighbourhood
from quickscan.domain.facts import FACTS, check_buildings
from quickscan.domain.terms import Herkomst

FINGERPRINT = """
import hashlib
from quickscan.demo import make_neighbourhood
hood = make_neighbourhood()
table = hood.buildings.drop(columns="geometry").to_csv().encode()
content = table + b"".join(hood.buildings["geometry"]) + repr(hood.background).encode()
print(hashlib.sha256(content).hexdigest())
"""


@pytest.fixture(scope="module")
def hood() -> Neighbourhood:
    return make_neighbourhood()


@pytest.fixture(scope="module")
def buildings(hood: Neighbourhood) -> pd.DataFrame:
    return hood.buildings


@pytest.fixture(scope="module")
def outlines(buildings: pd.DataFrame) -> np.ndarray:
    return shapely.from_wkb(buildings["geometry"].to_numpy())


def _digest(hood: Neighbourhood) -> str:
    table = hood.buildings.drop(columns="geometry").to_csv().encode()
    content = table + b"".join(hood.buildings["geometry"]) + repr(hood.background).encode()
    return hashlib.sha256(content).hexdigest()


def test_every_call_and_every_process_give_the_same_bytes(hood: Neighbourhood) -> None:
    elsewhere = [
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert {_digest(hood), _digest(make_neighbourhood()), *elsewhere} == {_digest(hood)}


def test_the_buildings_meet_the_contract(buildings: pd.DataFrame) -> None:
    assert check_buildings(buildings) == []
    assert list(buildings.index) == list(range(len(buildings)))
    assert set(buildings.columns) - set(FACTS) == {"geometry"}


def test_numbers_are_floats_and_unknown_text_is_missing(buildings: pd.DataFrame) -> None:
    for name in buildings.columns.drop("geometry"):
        if FACTS[name].is_number:
            assert buildings[name].dtype == np.float64, name
        else:
            assert not buildings[name].isin(["", "nan", "None", "<NA>"]).any(), name


def test_ids_and_postcodes_cannot_be_real(buildings: pd.DataFrame) -> None:
    assert buildings["pand_id"].is_unique
    assert buildings["pand_id"].str.fullmatch(r"999910\d{10}").all()
    assert buildings["postcode"].str.fullmatch(r"\d{4} (SA|SD|SS)").all()
    assert (buildings["gemeentecode"] == "GM9999").all()


def test_every_column_says_that_it_is_fictional(hood: Neighbourhood) -> None:
    assert "(fictief)" in hood.name
    assert set(hood.sources) == set(hood.buildings.columns)
    assert {note.label for note in hood.sources.values()} == {"fictief (voorbeeldwijk)"}
    assert {note.source for note in hood.sources.values()} == {Herkomst.OPGAVE, Herkomst.REGISTER}


def test_no_two_buildings_overlap(outlines: np.ndarray) -> None:
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    pairs = left < right
    # Neighbours in a row share a wall; coordinates are rounded to a centimetre.
    shared = shapely.area(shapely.intersection(outlines[left[pairs]], outlines[right[pairs]]))
    assert shared.max() < 0.2


def test_outlines_are_valid_and_stand_in_one_place(outlines: np.ndarray) -> None:
    assert shapely.is_valid(outlines).all()
    x0, y0, x1, y1 = shapely.total_bounds(outlines)
    assert 154_000 < x0 < x1 < 156_000
    assert 479_000 < y0 < y1 < 481_000


def test_no_building_stands_on_a_street_or_in_the_water(hood: Neighbourhood, outlines: np.ndarray) -> None:
    streets = [shapely.buffer(shapely.from_wkb(s.line), s.width_m / 2) for s in hood.background.straten]
    taken = shapely.union_all([*streets, *shapely.from_wkb(list(hood.background.water))])
    assert not shapely.intersects(outlines, taken).any()


def test_no_path_or_tree_runs_into_a_building(hood: Neighbourhood, outlines: np.ndarray) -> None:
    paths = shapely.from_wkb([path.line for path in hood.background.paden])
    built = shapely.union_all(outlines)
    assert not shapely.intersects(paths, built).any()
    assert shapely.distance(shapely.points(hood.background.bomen), built).min() > 2


def test_there_is_the_variety_of_a_post_war_neighbourhood(buildings: pd.DataFrame) -> None:
    access = buildings["ontsluiting"].value_counts()
    assert 130 <= len(buildings) <= 170
    assert access["portiek"] >= 30
    assert access["galerij"] >= 9
    assert access["maisonnette"] >= 5
    assert access["corridor"] >= 3
    assert (buildings["aantal_woningen"] == 1).sum() >= 20
    assert (buildings["bouwlagen"] >= 11).sum() >= 2
    assert buildings["gebruiksdoel"].str.contains("winkelfunctie").sum() >= 4
    assert buildings["gebruiksdoel"].str.startswith("overige").sum() >= 10
    assert {"plat", "plat getrapt", "kap"} <= set(buildings["daktype"].dropna())
    assert buildings["buurt"].nunique() == 4
    corners = shapely.get_num_coordinates(shapely.from_wkb(buildings["geometry"].to_numpy()))
    assert (corners == 7).sum() >= 6  # an L
    assert (corners > 7).sum() >= 12  # stepped, with a stair tower, or a cross


def test_the_special_ones_are_there(buildings: pd.DataFrame) -> None:
    farm = buildings[buildings["monumentstatus"] == "rijksmonument"]
    assert farm["bouwjaar"].tolist() == [1874.0]
    assert (buildings["monumentstatus"] == "gemeentelijk monument").sum() == 1
    assert (buildings["status"] == "Sloopvergunning verleend").sum() >= 1
    assert {"onderwijsfunctie", "bijeenkomstfunctie"} <= set(buildings["gebruiksdoel"])


@pytest.mark.parametrize(
    ("fact", "least", "most"),
    [
        ("bouwsysteem", 0.2, 0.8),
        ("conditiescore", 0.1, 0.7),
        ("energielabel", 0.02, 0.3),
        ("max_bouwhoogte_m", 0.1, 0.5),
        ("bouwlagen", 0.02, 0.3),
        ("hoogte_m", 0.001, 0.1),
        ("fundering", 0.5, 0.95),
    ],
)
def test_flats_have_gaps_as_in_real_life(buildings: pd.DataFrame, fact: str, least: float, most: float) -> None:
    flats = buildings[buildings["aantal_woningen"] > 3]
    assert least <= flats[fact].isna().mean() <= most


def test_one_owner_sent_only_names(buildings: pd.DataFrame) -> None:
    silent = buildings[buildings["naam"].fillna("").str.startswith("Bieslookhof")]
    assert len(silent) == 4
    assert silent[["ontsluiting", "aantal_portieken", "bloklengte_m", "lift", "bouwsysteem"]].isna().all(axis=None)
    assert silent["aantal_woningen"].notna().all()


def test_a_building_agrees_with_itself(buildings: pd.DataFrame, outlines: np.ndarray) -> None:
    flats = buildings[buildings["aantal_woningen"] > 3]
    assert np.allclose(buildings["grondvlak_m2"], shapely.area(outlines), atol=1.5)
    assert not (flats["dakoppervlak_plat_m2"] > flats["grondvlak_m2"]).any()
    homes = buildings[buildings["aantal_woningen"] > 0]
    assert (homes["oppervlakte_min"] <= homes["gemiddelde_go_m2"]).all()
    assert (homes["gemiddelde_go_m2"] <= homes["oppervlakte_max"]).all()
    assert (flats["aantal_woningen"] <= flats["aantal_verblijfsobjecten"]).all()
    whole = flats["aantal_woningen"] * flats["gemiddelde_go_m2"]
    known = flats["bouwlagen"].notna()
    assert (whole[known] < flats["grondvlak_m2"][known] * flats["bouwlagen"][known]).all()
    assert flats["gemiddelde_go_m2"].between(35, 120).all()


def test_storeys_and_height_go_together(buildings: pd.DataFrame) -> None:
    flats = buildings[(buildings["aantal_woningen"] > 3) & (buildings["daktype"] != "kap")]
    per_storey = (flats["hoogte_m"] / flats["bouwlagen"]).dropna()
    assert per_storey.between(2.7, 3.3).all()
    room = (buildings["max_bouwhoogte_m"] - buildings["hoogte_m"]).dropna()
    assert (room >= 0).all()


def test_stairwells_follow_from_the_length(buildings: pd.DataFrame) -> None:
    straight = buildings[(buildings["ontsluiting"] == "portiek") & (buildings["bloklengte_m"] < 120)]
    per_stair = (straight["bloklengte_m"] / straight["aantal_portieken"]).dropna()
    assert per_stair.between(14, 15).all()
    homes = (straight["aantal_woningen"] / straight["aantal_portieken"] / 2).dropna()
    assert (homes == homes.round()).all()


def test_house_numbers_are_given_once_in_a_street(buildings: pd.DataFrame) -> None:
    given: set[tuple[str, int]] = set()
    for street, numbers in zip(buildings["straat"], buildings["huisnummer"], strict=True):
        if not isinstance(numbers, str):
            continue
        first, _, last = numbers.partition("-")
        span = {(street, number) for number in range(int(first), int(last or first) + 1, 2)}
        assert not span & given, (street, numbers)
        given |= span


def test_every_street_in_an_address_is_on_the_map(hood: Neighbourhood) -> None:
    assert set(hood.buildings["straat"]) <= {street.name for street in hood.background.straten}


def test_names_are_given_once(buildings: pd.DataFrame) -> None:
    homes = buildings[buildings["aantal_woningen"] > 3]
    assert homes["naam"].notna().all()
    assert homes["naam"].is_unique


def test_it_is_made_before_anyone_notices() -> None:
    took = []
    for _ in range(3):
        start = time.perf_counter()
        make_neighbourhood()
        took.append(time.perf_counter() - start)
    assert min(took) < 0.3
