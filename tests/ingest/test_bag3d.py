"""The 3DBAG: heights above ground, storeys within the limits of the estimate, and the same outcome from each of its files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from quickscan.domain.columns import Columns
from quickscan.domain.derive import derive_facts
from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import check_buildings
from quickscan.domain.intake import Intake
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.ingest.contract import make_intake
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.registers.bag3d import HIGHEST_WITH_STOREYS_M, MOST_STOREYS, read_cityjson_objects
from tests.ingest.writing import write_layer

DATA = Path(__file__).parents[3] / "shared" / "data"
TILES = sorted((DATA / "3dbag").glob("*.city.json"))
with_tiles = pytest.mark.skipif(not TILES, reason=f"the shared data folder {DATA} has no tiles of the 3DBAG")
PAND = "NL.IMBAG.Pand.0344100000089763"
ATTRIBUTES: dict[str, Any] = {
    "identificatie": PAND,
    "oorspronkelijkbouwjaar": 1962,
    "status": "Pand in gebruik",
    "b3_h_maaiveld": 1.5,
    "b3_h_dak_70p": 12.75,
    "b3_dak_type": "multiple horizontal",
    "b3_opp_dak_plat": 150.5,
    "b3_opp_grond": 200.0,
    "b3_bouwlagen": 4,
    "b3_pw_bron": "AHN4",
    "b3_pw_datum": 2020,
    "b3_mutatie_ahn3_ahn4": False,
}
# What a document of the 3DBAG has beside these: attributes.json of its specification.
OTHERS = [
    "b3_h_dak_50p",
    "b3_h_dak_min",
    "b3_h_dak_max",
    "b3_h_nok",
    "b3_n_nok",
    "b3_volume_lod12",
    "b3_volume_lod13",
    "b3_volume_lod22",
    "b3_opp_dak_schuin",
    "b3_opp_buitenmuur",
    "b3_opp_scheidingsmuur",
    "b3_n_vlakken",
    "b3_rmse_lod12",
    "b3_val3dity_lod22",
    "b3_kwaliteitsindicator",
    "b3_extrusie",
    "b3_pw_onvoldoende",
    "b3_pw_selectie_reden",
    "b3_mutatie_ahn4_ahn5",
    "b3_nodata_fractie_ahn3",
    "b3_puntdichtheid_ahn4",
    "b3_kas_warenhuis",
    "b3_is_glas_dak",
    "b3_bag_bag_overlap",
    "b3_azimut",
    "b3_hellingshoek",
    "b3_dd_id",
    "b3_pand_deel_id",
    "b3_t_run",
    "begingeldigheid",
    "eindgeldigheid",
    "documentdatum",
    "documentnummer",
    "geconstateerd",
    "tijdstipregistratie",
    "voorkomenidentificatie",
]


def make_tile(*buildings: dict[str, Any], version: str = "2.0", **more: Any) -> dict[str, Any]:
    """Return a CityJSON with these attributes over the default ones, each with a footprint of 10 by 20 metres."""
    objects: dict[str, Any] = {}
    for n, attributes in enumerate(buildings):
        identity = f"NL.IMBAG.Pand.03441000000{n:05}"
        corners = [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3]
        objects[identity] = {
            "type": "Building",
            "attributes": {**ATTRIBUTES, "identificatie": identity, **attributes},
            "children": [f"{identity}-0"],
            "geometry": [{"type": "MultiSurface", "lod": "0", "boundaries": [[corners]]}],
        }
        objects[f"{identity}-0"] = {"type": "BuildingPart", "attributes": {}, "parents": [identity], "geometry": []}
    square = [[0, 0, 0], [10_000, 0, 0], [10_000, 20_000, 0], [0, 20_000, 0]]
    return {
        "type": "CityJSON",
        "version": version,
        "transform": {"scale": [0.001] * 3, "translate": [140_000.0, 455_000.0, 0.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": objects,
        "vertices": [[x + 30_000 * n, y, z] for n in range(len(buildings)) for x, y, z in square],
        **more,
    }


def read(document: Any) -> Intake:
    return make_intake(read_cityjson_objects(document), answer_codes={}, name="tegel")


def read_one(**attributes: Any) -> Intake:
    return read(make_tile(attributes))


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_building_is_read_with_its_height_above_ground(tmp_path: Path, version: str) -> None:
    path = tmp_path / "9-1-1.city.json"
    path.write_text(json.dumps(make_tile({}, version=version)))
    intake = read_buildings(path, answer_codes={})
    assert (intake.recognised, intake.adds, intake.faults) == ("3DBAG (CityJSON)", True, ())
    (row,) = intake.buildings.drop(columns="geometry").to_dict("records")
    assert row == {
        "pand_id": "0344100000000000",
        "bouwjaar": 1962,
        "status": "Pand in gebruik",
        "hoogte_m": 11.25,
        "daktype": "plat getrapt",
        "dakoppervlak_plat_m2": 150.5,
        "grondvlak_m2": 200,
        "bouwlagen": 4,
    }
    outline = shapely.from_wkb(intake.buildings["geometry"].iloc[0])
    assert outline.equals(shapely.box(140_000, 455_000, 140_010, 455_020))


def test_every_fact_says_where_it_is_from_and_when_it_was_measured() -> None:
    sources = read_one().sources
    measured = date(2020, 1, 1)
    assert {name: (note.source, note.label, note.day) for name, note in sources.items()} == {
        **dict.fromkeys(("pand_id", "bouwjaar", "status"), (Herkomst.REGISTER, "BAG via 3DBAG", None)),
        **dict.fromkeys(
            ("hoogte_m", "daktype", "dakoppervlak_plat_m2", "grondvlak_m2", "geometry"), (Herkomst.REGISTER, "3DBAG", measured)
        ),
        "bouwlagen": (Herkomst.REGISTER, "3DBAG (schatting uit de hoogte van het dak)", measured),
    }


@pytest.mark.parametrize(
    ("storeys", "roof", "trusted"),
    [
        (4, 12.75, True),
        (MOST_STOREYS, 1.5 + HIGHEST_WITH_STOREYS_M, True),
        (5, 1.5 + HIGHEST_WITH_STOREYS_M + 0.01, False),
        (MOST_STOREYS + 1, 12.75, False),
        (4, None, False),
        (0, 12.75, False),
        (2.5, 12.75, False),
        (None, 12.75, False),
    ],
)
def test_storeys_count_only_within_the_limits_of_the_estimate(
    storeys: float | None, roof: float | None, *, trusted: bool
) -> None:
    found = read_one(b3_bouwlagen=storeys, b3_h_dak_70p=roof).buildings["bouwlagen"]
    assert found.tolist() == [storeys] if trusted else found.isna().all()


def test_storeys_that_are_not_trusted_are_derived_from_the_height_and_say_so(rules: Rules) -> None:
    buildings = read_one(b3_bouwlagen=7, b3_h_dak_70p=21.5).buildings
    columns = Columns(buildings)
    derived = derive_facts(columns, rules)
    assert derived["bouwlagen"].tolist() == [True]
    assert columns.number("bouwlagen").tolist() == [round(20 / rules.parameter("afgeleid.laaghoogte_m").likely)]


def test_a_height_that_cannot_be_is_unknown_with_one_notice() -> None:
    intake = read(make_tile({"b3_h_dak_70p": 2.0}, {"b3_h_dak_70p": 900.0}, {}))
    assert not intake.errors
    assert intake.buildings["hoogte_m"].isna().tolist() == [True, True, False]
    assert [fault.problem for fault in intake.faults] == [
        "hoogte ligt buiten 2 tot en met 250 m; ze telt als onbekend (2 rijen: 1, 2)"
    ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("horizontal", "plat"),
        ("single horizontal", "plat"),
        ("multiple horizontal", "plat getrapt"),
        ("slanted", "kap"),
        *[(word, None) for word in ("unknown", "no points", "no planes", "could not detect", None)],
    ],
)
def test_roof_types_of_old_and_new_releases_are_known(word: str | None, kind: str | None) -> None:
    intake = read_one(b3_dak_type=word)
    assert not intake.faults
    assert [None if pd.isna(cell) else cell for cell in intake.buildings["daktype"]] == [kind]


@pytest.mark.parametrize(
    ("attributes", "outdated"),
    [
        ({"b3_mutatie_ahn3_ahn4": True, "b3_pw_bron": "AHN3"}, True),
        ({"b3_mutatie_ahn3_ahn4": True, "b3_pw_bron": "AHN4"}, False),
        ({"b3_mutatie_ahn4_ahn5": True, "b3_pw_bron": "AHN4"}, True),
        ({"b3_mutatie_ahn4_ahn5": True, "b3_pw_bron": None}, True),
        ({"b3_mutatie_ahn4_ahn5": False, "b3_pw_bron": "AHN3"}, False),
    ],
)
def test_a_building_that_changed_after_it_was_measured_is_told(attributes: dict[str, Any], *, outdated: bool) -> None:
    faults = read_one(**attributes).faults
    assert ["verouderd" in fault.problem and fault.notice for fault in faults] == [True] * outdated


def test_a_footprint_that_crosses_itself_is_mended_and_told() -> None:
    tile = make_tile({})
    tile["CityObjects"]["NL.IMBAG.Pand.0344100000000000"]["geometry"][0]["boundaries"] = [[[0, 2, 1, 3]]]
    intake = read(tile)
    assert not intake.errors
    assert "hersteld" in intake.faults[0].problem
    assert shapely.from_wkb(intake.buildings["geometry"].iloc[0]).is_valid


def test_an_answer_of_the_api_and_lines_of_features_give_the_same() -> None:
    tile = make_tile({})
    feature = {"type": "CityJSONFeature", "CityObjects": tile["CityObjects"], "vertices": tile["vertices"]}
    about = {"metadata": tile["metadata"], "transform": tile["transform"], "type": "CityJSON", "version": "2.0"}
    expected = read(tile).buildings
    for document in (
        {"feature": feature, "id": PAND, "metadata": about, "links": []},
        {"features": [feature], "metadata": about, "links": []},
        {"lines": [{**about, "CityObjects": {}, "vertices": []}, feature]},
    ):
        pd.testing.assert_frame_equal(read(document).buildings, expected)


def test_a_file_of_lines_is_read(tmp_path: Path) -> None:
    tile = make_tile({})
    path = tmp_path / "tegel.city.jsonl"
    feature = {"type": "CityJSONFeature", "CityObjects": tile["CityObjects"], "vertices": tile["vertices"]}
    path.write_text("\n".join(json.dumps(line) for line in ({**tile, "CityObjects": {}, "vertices": []}, feature)))
    assert read_buildings(path, answer_codes={}).buildings["hoogte_m"].tolist() == [11.25]


def write_gpkg(path: Path, *, prefix: str = "b3_h_70p") -> Path:
    panden = {
        key: [value, value]
        for key, value in ATTRIBUTES.items()
        if key not in ("identificatie", "b3_h_dak_70p", "b3_mutatie_ahn3_ahn4", "b3_dak_type")
    }
    ids = [PAND, "NL.IMBAG.Pand.0344100000089764"]
    shapes = [shapely.force_3d(shapely.box(140_000 + 30 * n, 455_000, 140_010 + 30 * n, 455_020), 3) for n in range(2)]
    panden |= {"identificatie": ids, "b3_dak_type": ["horizontal", "slanted"]}
    write_layer(path, "pand", panden, shapes, crs="EPSG:7415")
    roofs = [shapely.box(140_000, 455_000, 140_010, 455_015), shapely.box(140_000, 455_015, 140_010, 455_020), shapes[1]]
    parts = {"identificatie": [PAND, PAND, ids[1]], prefix: [11.5, 15.5, 9.5]}
    return write_layer(path, "lod12_2d", parts, roofs, crs="EPSG:7415")


@pytest.mark.parametrize("prefix", ["b3_h_70p", "b3_h_dak_70p"])
def test_a_geopackage_has_its_heights_in_the_layer_of_roof_parts(tmp_path: Path, prefix: str) -> None:
    intake = read_buildings(write_gpkg(tmp_path / "3dbag.gpkg", prefix=prefix), answer_codes={})
    assert (intake.recognised, intake.errors) == ("3DBAG (GPKG)", ())
    assert intake.buildings["hoogte_m"].tolist() == [11, 8]  # (15 × 10 m² × 11,5 + 5 × 10 m² × 15,5) ÷ 200 m² − 1,5 m
    assert intake.buildings["bouwlagen"].tolist() == [4, 4]
    assert intake.buildings["daktype"].tolist() == ["plat", "kap"]
    assert not shapely.from_wkb(intake.buildings["geometry"].iloc[0]).has_z


@pytest.mark.parametrize("roof", ["b3_h_dak_70p", "b3_h_70p"])
def test_every_useful_attribute_is_mapped_and_the_others_bring_no_notice(roof: str) -> None:
    attributes = {**dict.fromkeys(OTHERS), roof: 12.75} | ({} if roof in ATTRIBUTES else {"b3_h_dak_70p": None})
    tile = make_tile(attributes)
    if roof not in ATTRIBUTES:
        for found in tile["CityObjects"].values():
            found["attributes"].pop("b3_h_dak_70p", None)
    intake = read(tile)
    assert not intake.faults
    assert {header: target for header, target in intake.mapping.items() if target} == {
        "identificatie": "pand_id",
        "oorspronkelijkbouwjaar": "bouwjaar",
        "status": "status",
        "b3_h_maaiveld": "hoogte_m",
        roof: "hoogte_m",
        "b3_dak_type": "daktype",
        "b3_opp_dak_plat": "dakoppervlak_plat_m2",
        "b3_opp_grond": "grondvlak_m2",
        "b3_bouwlagen": "bouwlagen",
    }
    assert intake.buildings["hoogte_m"].tolist() == [11.25]


def test_what_a_person_leaves_out_is_left_out() -> None:
    raw = read_cityjson_objects(make_tile({}), mapping={"b3_bouwlagen": None})
    assert "bouwlagen" not in raw.cells


@pytest.mark.parametrize(
    "damage",
    [
        {"vertices": "x"},
        {"vertices": [[0], ["a", "b", "c"]]},
        {"transform": {"scale": 1}},
        {"transform": {"scale": [None] * 3, "translate": [0, 0, 0]}},
        {"metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4326"}},
        {"CityObjects": {"a": None}},
        {"CityObjects": {"a": {"type": "Building", "attributes": [], "geometry": [{"lod": "0", "boundaries": 3}]}}},
        {"CityObjects": [1, 2]},
    ],
    ids=str,
)
def test_a_damaged_tile_is_refused_or_says_what_is_wrong(damage: dict[str, Any]) -> None:
    try:
        faults = read(make_tile({}, **damage)).faults
    except UnusableInputError as error:
        faults = (Fault(None, None, None, error.problem, error.advice),)
    assert all(fault.problem and fault.advice for fault in faults)
    assert faults


@pytest.mark.parametrize("boundaries", [[[[0, 1, 99]]], [[[-1, 0, 1]]], [[["a", 0, 1]]], [[]], [3], [[[0, 1]]], None])
def test_a_boundary_that_points_nowhere_leaves_the_building_without_a_place(boundaries: Any) -> None:
    tile = make_tile({})
    tile["CityObjects"]["NL.IMBAG.Pand.0344100000000000"]["geometry"][0]["boundaries"] = boundaries
    intake = read(tile)
    assert pd.isna(intake.buildings["geometry"]).all()
    assert [fault.problem for fault in intake.faults] == ["de omtrek is niet te lezen; het gebouw staat niet op de kaart"]


@with_tiles
def test_two_public_tiles_join_on_pand_id_and_heights_are_above_ground() -> None:
    intakes = [read_buildings(path, answer_codes={}) for path in TILES]
    assert [len(intake.buildings) for intake in intakes] == [105, 493]
    assert all(not intake.errors and check_buildings(intake.buildings) == [] for intake in intakes)
    together = pd.concat([intake.buildings for intake in intakes])
    assert together["pand_id"].is_unique
    assert together["pand_id"].str.fullmatch(r"[0-9]{4}10[0-9]{10}").all()
    told = {
        key.rpartition(".")[2]: found["attributes"]
        for path in TILES
        for key, found in json.loads(path.read_text())["CityObjects"].items()
        if found["type"] == "Building"
    }
    assert set(told) == set(together["pand_id"])
    heights = pd.Series({pand: each["b3_h_dak_70p"] - each["b3_h_maaiveld"] for pand, each in told.items()})
    assert (together.set_index("pand_id")["hoogte_m"] - heights).abs().max() <= 0.005
    assert together["hoogte_m"].max() < 20  # above NAP the ground alone lies at 2 to 5 m
    trusted = together[together["bouwlagen"].notna()]
    assert (trusted["hoogte_m"] <= HIGHEST_WITH_STOREYS_M).all()
    assert len(trusted) == 296
    outlines = shapely.area(shapely.from_wkb(together["geometry"].to_numpy(dtype=object)))
    assert (abs(outlines / together["grondvlak_m2"] - 1) < 0.05).mean() > 0.95


@with_tiles
def test_a_tile_joins_a_list_of_an_owner_on_pand_id(tmp_path: Path) -> None:
    tile = read_buildings(TILES[0], answer_codes={}).buildings
    path = tmp_path / "bezit.csv"
    path.write_text("pand_id;aantal woningen\n" + "\n".join(f"'{pand};8" for pand in tile["pand_id"][:20]))
    own = read_buildings(path, answer_codes={}).buildings
    joined = own.merge(tile, on="pand_id", validate="one_to_one")
    assert len(joined) == 20
    assert joined["hoogte_m"].notna().all()
