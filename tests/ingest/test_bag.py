"""The BAG: verblijfsobjecten are counted per pand, and one that lies in two panden only once."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.derive import WOONFUNCTIE
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.contract import make_intake
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.registers import bag
from quickscan.ingest.registers.features import read_bag_features
from quickscan.ingest.registers.layers import encode
from tests.ingest.writing import write_layer

DATA = Path(__file__).parents[3] / "shared" / "data"
A, B, C = "0518100000000001", "0518100000000002", "0518100000000003"
ELSEWHERE = "0518100000000009"
IN_USE, WITHDRAWN = "Verblijfsobject in gebruik", "Verblijfsobject ingetrokken"
OBJECT_KEYS = (
    "pandidentificatie",
    "status",
    "gebruiksdoel",
    "oppervlakte",
    "openbare_ruimte",
    "huisnummer",
    "postcode",
    "woonplaats",
)
OBJECTS = [
    (A, IN_USE, "woonfunctie", 60, "Laan", "27", "2591AA", "Den Haag"),
    (A, "Verbouwing verblijfsobject", "woonfunctie,kantoorfunctie", 80, "Laan", "85", "2591AB", "Den Haag"),
    (A, "Verblijfsobject in gebruik (niet ingemeten)", "winkelfunctie", 100, "Plein", "1", "2591ZZ", "Den Haag"),
    (A, WITHDRAWN, "woonfunctie", 500, "Laan", "99", "2591AB", "Den Haag"),
    (A, "Verblijfsobject gevormd", "sportfunctie", 500, "Laan", "101", "2591AB", "Den Haag"),
    (f"{B},{A}", IN_USE, "woonfunctie", 1, "Plein", "3", "2591ZZ", "Den Haag"),
    (ELSEWHERE, IN_USE, "woonfunctie", 60, "Plein", "5", "2591ZZ", "Den Haag"),
]


def write_bag(path: Path, objects: Sequence[tuple[Any, ...]], **pand: list[Any]) -> Path:
    columns = {
        "identificatie": [A, B, C],
        "bouwjaar": [1962, 1963, 1964],
        "status": ["Pand in gebruik"] * 3,
        "gebruiksdoel": ["sportfunctie", None, "woonfunctie"],
        "aantal_verblijfsobjecten": [9, 9, 7],
        **pand,
    }
    write_layer(path, "pand", columns, [shapely.box(82_000 + 20 * n, 455_000, 82_010 + 20 * n, 455_020) for n in range(3)])
    return write_objects(path, objects)


def write_objects(path: Path, objects: Sequence[tuple[Any, ...]]) -> Path:
    columns = {key: [each[place] for each in objects] for place, key in enumerate(OBJECT_KEYS)}
    ids = [f"05180100000{n:05}" for n in range(len(objects))]
    points = [shapely.Point(82_000 + n, 455_000) for n in range(len(objects))]
    return write_layer(path, "verblijfsobject", {"identificatie": ids, **columns}, points)


def list_rows(intake: Intake, *columns: str) -> dict[str, tuple[Any, ...]]:
    frame = intake.buildings.set_index("pand_id")[list(columns)].astype(object)
    return {str(pand): tuple(None if pd.isna(cell) else cell for cell in cells) for pand, *cells in frame.itertuples()}


def test_objects_are_counted_per_pand_and_one_in_two_panden_once(tmp_path: Path) -> None:
    intake = read_buildings(write_bag(tmp_path / "bag.gpkg", OBJECTS), answer_codes={})
    assert intake.recognised == "BAG-panden met verblijfsobjecten (PDOK)"
    assert not intake.errors
    assert list_rows(intake, "aantal_verblijfsobjecten", "aantal_woningen", "gemiddelde_go_m2", "gebruiksdoel") == {
        A: (3, 2, 70, "kantoorfunctie,winkelfunctie,woonfunctie"),
        B: (1, 1, None, "woonfunctie"),  # 1 m² says that the area is not known
        C: (7, None, None, "woonfunctie"),  # no object mentions it: what the pand itself says
    }
    assert intake.sources["aantal_woningen"].source is Herkomst.REGISTER


def test_street_numbers_and_postcode_go_together(tmp_path: Path) -> None:
    intake = read_buildings(write_bag(tmp_path / "bag.gpkg", OBJECTS), answer_codes={})
    assert list_rows(intake, "straat", "huisnummer", "postcode", "woonplaats") == {
        A: ("Laan", "27-85", "2591AA", "Den Haag"),
        B: ("Plein", "3", "2591ZZ", "Den Haag"),
        C: (None, None, None, None),
    }


def test_objects_of_a_pand_that_is_not_there_are_told(tmp_path: Path) -> None:
    intake = read_buildings(write_bag(tmp_path / "bag.gpkg", OBJECTS), answer_codes={})
    assert [fault.problem for fault in intake.faults] == [
        "1 verblijfsobjecten liggen in een pand dat niet in dit bestand staat; ze tellen niet mee"
    ]


def test_a_pand_that_is_only_named_second_has_no_objects_of_its_own(tmp_path: Path) -> None:
    only = [(f"{A},{B}", IN_USE, "woonfunctie", 60, "Laan", "1", "2591AA", "Den Haag")]
    intake = read_buildings(write_bag(tmp_path / "bag.gpkg", only), answer_codes={})
    counts = list_rows(intake, "aantal_verblijfsobjecten", "aantal_woningen")
    assert (counts[A], counts[B]) == ((1, 1), (0, 0))


def test_an_average_that_cannot_be_a_home_is_unknown_with_a_notice(tmp_path: Path) -> None:
    large = [(A, IN_USE, "woonfunctie", 49_060, "Laan", "1", "2591AA", "Den Haag")]
    intake = read_buildings(write_bag(tmp_path / "bag.gpkg", large), answer_codes={})
    assert not intake.errors
    assert list_rows(intake, "gemiddelde_go_m2")[A] == (None,)
    assert intake.faults[0].notice
    assert (intake.faults[0].row, intake.faults[0].column) == (1, "verblijfsobject: oppervlakte")


def test_a_column_of_objects_that_a_person_leaves_out_is_left_out(tmp_path: Path) -> None:
    path = write_bag(tmp_path / "bag.gpkg", OBJECTS)
    intake = read_buildings(path, answer_codes={}, mapping={"verblijfsobject: oppervlakte": None})
    assert "gemiddelde_go_m2" not in intake.buildings


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_objects_alone_only_add_to_panden_that_are_known(tmp_path: Path, suffix: str) -> None:
    intake = read_buildings(write_objects(tmp_path / f"vbo{suffix}", OBJECTS), answer_codes={})
    assert (intake.adds, intake.recognised) == (False, "BAG-verblijfsobjecten (PDOK)")
    assert not intake.errors
    assert list_rows(intake, "aantal_verblijfsobjecten", "aantal_woningen", "huisnummer") == {
        A: (3, 2, "27-85"),
        B: (1, 1, "3"),
        ELSEWHERE: (1, 1, "5"),
    }


def test_an_answer_of_the_ogc_api_is_read_without_a_file() -> None:
    ring = [[4.32, 52.07], [4.3201, 52.07], [4.3201, 52.0701], [4.32, 52.0701], [4.32, 52.07]]
    pand = {
        "type": "Feature",
        "id": "5c3b",
        "properties": {
            "identificatie": A,
            "bouwjaar": 1962,
            "status": "Pand in gebruik",
            "gebruiksdoel": "woonfunctie",
            "oppervlakte_min": 60,
            "oppervlakte_max": 80,
            "aantal_verblijfsobjecten": 24,
            "rdf_seealso": "http://bag",
            "verblijfsobject.href": ["https://api/verblijfsobject/items/1"],
            "geconstateerd": "N",
            "documentdatum": "1962-01-01",
            "documentnummer": "a",
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    raw = read_bag_features({"type": "FeatureCollection", "features": [pand]})
    intake = make_intake(raw, answer_codes={}, name="BAG")
    assert not intake.faults
    assert list_rows(intake, "bouwjaar", "aantal_verblijfsobjecten") == {A: (1962, 24)}
    assert intake.buildings["grondvlak_m2"].iloc[0] == pytest.approx(76, abs=3)
    assert intake.sources["bouwjaar"].source is Herkomst.REGISTER


@pytest.mark.parametrize(
    ("link", "counted"), [(f"https://api/pand/items/{A}", 1), ("https://api/pand/items/5c3b8f1e-0000-4000-8000-1234567890ab", 0)]
)
def test_a_link_to_a_pand_counts_when_it_ends_in_the_id(link: str, counted: int) -> None:
    properties = {"identificatie": "0518010000000001", "status": IN_USE, "gebruiksdoel": WOONFUNCTIE, "oppervlakte": 60}
    feature = {"type": "Feature", "properties": {**properties, "pand.href": [link]}, "geometry": None}
    raw = read_bag_features({"type": "FeatureCollection", "features": [feature]})
    assert raw.cells["pand_id"].tolist() == [A] * counted
    assert any("geen pand-id" in fault.problem for fault in raw.faults) is not counted


PANDEN_WFS = [
    "identificatie",
    "bouwjaar",
    "status",
    "gebruiksdoel",
    "oppervlakte_min",
    "oppervlakte_max",
    "aantal_verblijfsobjecten",
    "rdf_seealso",
]
OBJECTS_WFS = [
    "identificatie",
    "rdf_seealso",
    "oppervlakte",
    "status",
    "gebruiksdoel",
    "openbare_ruimte",
    "huisnummer",
    "huisletter",
    "toevoeging",
    "postcode",
    "woonplaats",
    "bouwjaar",
    "pandidentificatie",
    "pandstatus",
]
OBJECTS_OGC = [
    "identificatie",
    "status",
    "gebruiksdoel",
    "oppervlakte",
    "openbare_ruimte_naam",
    "huisnummer",
    "huisletter",
    "toevoeging",
    "postcode",
    "woonplaats_naam",
    "hoofdadres_identificatie",
    "pand.href",
]


@pytest.mark.parametrize("fields", [OBJECTS_WFS, OBJECTS_OGC])
def test_every_useful_column_of_objects_is_mapped(fields: list[str]) -> None:
    feature = {"type": "Feature", "properties": dict.fromkeys(fields, "1"), "geometry": None}
    matched = read_bag_features({"type": "FeatureCollection", "features": [feature]}).matched
    assert matched.positions.keys() == {
        *("pand_id", "aantal_verblijfsobjecten", "aantal_woningen", "gebruiksdoel", "gemiddelde_go_m2"),
        *("straat", "huisnummer", "postcode", "woonplaats"),
    }
    assert not matched.faults


def test_every_useful_column_of_panden_is_mapped() -> None:
    feature = {"type": "Feature", "properties": dict.fromkeys(PANDEN_WFS, "1"), "geometry": None}
    matched = read_bag_features({"type": "FeatureCollection", "features": [feature]}).matched
    assert list(matched.targets) == ["pand_id", *PANDEN_WFS[1:-1], None]
    assert not matched.faults


ids = st.sampled_from([A, B, C])
named = st.lists(ids, min_size=0, max_size=3).map(",".join)
uses = st.lists(st.sampled_from(bag.PURPOSES), min_size=0, max_size=3).map(",".join)
statuses = st.sampled_from([*bag.IN_USE, WITHDRAWN, ""])


@given(st.lists(st.tuples(named, statuses, uses, st.integers(0, 200) | st.none()), max_size=30))
def test_counts_equal_a_plain_count_and_no_object_is_counted_twice(objects: list[tuple[str, str, str, int | None]]) -> None:
    columns = [[each[place] for each in objects] for place in range(4)]
    words = {
        name: encode(_make_array(column))
        for name, column in zip(("pand", "status", "gebruiksdoel", "oppervlakte"), columns, strict=True)
    }
    counted = bag.count_objects(words)
    homes = Counter(
        pand.split(",")[0] for pand, status, use, _ in objects if pand and status in bag.IN_USE and WOONFUNCTIE in use.split(",")
    )
    used = Counter(pand.split(",")[0] for pand, status, *_ in objects if pand and status in bag.IN_USE)
    assert dict(zip(counted.panden, counted.facts["aantal_woningen"], strict=True)) == {
        pand: homes[pand] for pand in counted.panden
    }
    assert sum(counted.facts["aantal_verblijfsobjecten"]) == sum(used.values())
    assert counted.astray == sum(not pand for pand, *_ in objects)


def _make_array(column: list[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - only here

    return pa.array([None if cell is None else str(cell) for cell in column], pa.string())


HOSTILE: list[Mapping[str, Any]] = [
    {},
    {"features": None},
    {"features": [None, 1, "x", []]},
    {"features": [{"properties": 3, "geometry": 4}]},
    {"features": [{"properties": {"identificatie": {"a": 1}}, "geometry": {"type": "Polygon"}}]},
    {"features": [{"properties": {"identificatie": 10**400}, "geometry": {"type": "Polygon", "coordinates": "x"}}]},
    {"features": [{"properties": {"identificatie": [1, None]}, "geometry": {"type": "Point", "coordinates": [None]}}]},
]


@pytest.mark.parametrize("collection", HOSTILE, ids=lambda each: json.dumps(each)[:40])
def test_an_odd_answer_gives_no_buildings_and_never_crashes(collection: Mapping[str, Any]) -> None:
    intake = make_intake(read_bag_features(collection), answer_codes={}, name="BAG")
    assert intake.buildings.empty


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")
def test_counts_of_the_hague_equal_sql_and_pandas() -> None:
    path = DATA / "denhaag" / "pdok_bag_panden.gpkg"
    intake = read_buildings(path, answer_codes={})
    found = intake.buildings.set_index("pand_id")
    query = """
        WITH v AS MATERIALIZED (
            SELECT substr(pandidentificatie, 1, 16) AS pand, fid, gebruiksdoel LIKE '%woonfunctie%' AS home,
                   CASE WHEN oppervlakte NOT IN (1, 999999) THEN oppervlakte END AS area
            FROM verblijfsobject WHERE status IN ('Verblijfsobject in gebruik', 'Verblijfsobject in gebruik (niet ingemeten)',
                'Verbouwing verblijfsobject'))
        SELECT p.identificatie, p.aantal_verblijfsobjecten AS own, count(v.fid) AS used, coalesce(sum(v.home), 0) AS homes,
               avg(CASE WHEN v.home THEN v.area END) AS area
        FROM pand p LEFT JOIN v ON v.pand = p.identificatie
        GROUP BY p.identificatie"""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        panden = database.execute("SELECT identificatie, pandidentificatie, status, gebruiksdoel FROM verblijfsobject").fetchall()
        counted = pd.read_sql_query(query, database).set_index("identificatie").loc[found.index]
    plain = pd.DataFrame(panden, columns=["id", "pand", "status", "use"])
    mentioned = pd.Series(found.index.isin(plain["pand"].str.split(",").explode().str.strip()), index=found.index)
    assert (found["aantal_verblijfsobjecten"] == counted["used"].where(mentioned, counted["own"])).all()
    homes = counted["homes"].where(mentioned | (counted["own"] == 0)).astype(float)
    assert found["aantal_woningen"].equals(homes.rename("aantal_woningen").astype(np.float64))
    believable = counted["area"].where(counted["area"].between(8, 1000)).astype(float)
    assert np.allclose(found["gemiddelde_go_m2"], believable, equal_nan=True)
    plain = plain[plain["status"].isin(bag.IN_USE) & plain["use"].str.contains("woonfunctie")]
    per_pand = plain["pand"].str.split(",").str[0].value_counts()
    assert found["aantal_woningen"].sum() == len(plain) == per_pand.sum()
    assert (per_pand.reindex(found.index, fill_value=0) == found["aantal_woningen"].fillna(0)).all()
