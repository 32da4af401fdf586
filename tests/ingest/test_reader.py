"""A file is read as what it is, whatever it is called; and odd cells in a register are faults, never a crash."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from pyogrio.raw import write

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import ID, SQUARE
from tests.ingest.test_bag import OBJECTS, write_bag
from tests.ingest.test_bag3d import make_tile, write_gpkg
from tests.ingest.test_eponline import A, label, write_csv
from tests.ingest.test_vera import UNITS

FEATURE = {"type": "Feature", "properties": {"pand_id": ID}, "geometry": {"type": "Polygon", "coordinates": []}}


def write_json(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("suffix", [".json", ".geojson", ".city.json"])
def test_a_json_is_read_as_what_it_holds(tmp_path: Path, suffix: str) -> None:
    ring = [[82_000, 455_000], [82_010, 455_000], [82_010, 455_020], [82_000, 455_020], [82_000, 455_000]]
    feature = {**FEATURE, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    found = [
        read_buildings(write_json(tmp_path / f"a{suffix}", document), answer_codes={})
        for document in (make_tile({}), UNITS, {"type": "FeatureCollection", "crs": crs, "features": [feature]})
    ]
    assert [intake.recognised for intake in found] == ["3DBAG (CityJSON)", "VERA-eenheden", "lijst van gebouwen"]
    assert [len(intake.buildings) for intake in found] == [1, 1, 1]


def test_a_geopackage_is_read_as_what_its_layers_are(tmp_path: Path) -> None:
    assert read_buildings(write_bag(tmp_path / "3dbag.gpkg", OBJECTS), answer_codes={}).recognised.startswith("BAG-panden met")
    assert read_buildings(write_gpkg(tmp_path / "bag.gpkg"), answer_codes={}).recognised == "3DBAG (GPKG)"


def test_labels_are_known_by_their_header_and_not_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "bezit.csv"
    path.write_text(write_csv([label(A, 1, "C")]))
    assert read_buildings(path, answer_codes={}).recognised == "energielabels (EP-Online)"


def make_geo(crs: object) -> dict[str, Any]:
    return {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {"geom": {"encoding": "WKB", "geometry_types": [], "crs": crs}},
    }


def write_parquet(path: Path, columns: dict[str, Sequence[Any]], geo: dict[str, Any] | None = None) -> Path:
    table = pa.table(columns)
    parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)} if geo else {}), path)
    return path


def test_a_small_geoparquet_is_read(tmp_path: Path) -> None:
    columns = {"identificatie": [ID], "bouwjaar": [1962], "status": ["Pand in gebruik"], "geom": [shapely.to_wkb(SQUARE)]}
    geo = make_geo({"id": {"authority": "EPSG", "code": 28992}})
    intake = read_buildings(write_parquet(tmp_path / "a.parquet", columns, geo), answer_codes={})
    assert not intake.faults
    assert intake.buildings["grondvlak_m2"].tolist() == [200]
    assert intake.sources["bouwjaar"].source is Herkomst.REGISTER


def test_a_parquet_without_shapes_is_a_list(tmp_path: Path) -> None:
    columns = {"pand_id": [518100000203346], "bouwlagen": pa.array([4], pa.int8()), "lift": pa.array(["ja"]).dictionary_encode()}
    intake = read_buildings(write_parquet(tmp_path / "a.parquet", columns), answer_codes={}, mapping={"lift": None})
    assert intake.buildings[["pand_id", "bouwlagen"]].to_numpy().tolist() == [["0518100000203346", 4]]
    assert "lift" not in intake.buildings


@pytest.mark.parametrize(
    "geo", [{"columns": 3}, make_geo("?"), make_geo(None), {"primary_column": "geom", "columns": {"geom": {}}}]
)
def test_a_parquet_that_does_not_say_where_it_lies_is_refused(tmp_path: Path, geo: dict[str, Any]) -> None:
    path = write_parquet(tmp_path / "a.parquet", {"pand_id": [ID], "geom": [shapely.to_wkb(SQUARE)]}, geo)
    with pytest.raises(UnusableInputError):
        read_buildings(path, answer_codes={})


CELLS: list[Any] = [
    "x",
    "",
    "1",
    "NL.IMBAG.Pand.0344100000089763",
    "0518100000000001,0518100000000002",
    -99997,
    3.7,
    float("inf"),
    float("nan"),
    True,
    2**62,
    datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    b"\xff\x00",
    "<b>\u202e🏠",
]
LAYOUTS = {
    "pand": ["identificatie", "bouwjaar", "status", "gebruiksdoel", "aantal_verblijfsobjecten"],
    "verblijfsobject": ["identificatie", "pandidentificatie", "status", "gebruiksdoel", "oppervlakte", "huisnummer", "postcode"],
    "lod12_2d": ["identificatie", "b3_h_70p"],
    "buurten": ["buurtcode", "buurtnaam", "wijkcode", "gemeentecode", "gemiddelde_woningwaarde", "jaar"],
    "gebouwen": [
        "identificatie",
        "b3_h_maaiveld",
        "b3_h_70p",
        "b3_dak_type",
        "b3_bouwlagen",
        "b3_pw_datum",
        "b3_mutatie_ahn3_ahn4",
    ],
}
SHAPES = [
    SQUARE,
    None,
    shapely.Point(82_000, 455_000),
    shapely.Polygon(),
    shapely.box(4.1, 52, 4.2, 52.1),
    shapely.box(0, 0, 1e300, 1),
]
layers = st.dictionaries(
    st.sampled_from(list(LAYOUTS)),
    st.tuples(
        st.lists(st.sampled_from(CELLS), min_size=7, max_size=7), st.lists(st.sampled_from(SHAPES), max_size=3), st.booleans()
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=25)
@given(layers, st.sampled_from(["EPSG:28992", "EPSG:4326", "EPSG:3857", None]))
def test_odd_cells_and_shapes_in_a_register_are_faults_or_refused(found: dict[str, Any], crs: str | None) -> None:
    import tempfile  # noqa: PLC0415 - a fixture would be shared by all examples

    known = pd.DataFrame({"pand_id": [ID], "geometry": [shapely.to_wkb(SQUARE)]})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        for name, (cells, shapes, is_spatial) in found.items():
            write_odd(path, name, cells, shapes if is_spatial else None, len(shapes), crs)
        try:
            intake = read_buildings(path, answer_codes={}, known=known)
        except UnusableInputError as error:
            assert error.advice  # noqa: PT017 - either outcome is right
        else:
            assert all(fault.problem for fault in intake.faults)


def write_odd(path: Path, name: str, cells: list[Any], shapes: list[Any] | None, count: int, crs: str | None) -> None:
    geometry = (
        None if shapes is None else np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a layer has no system of coordinates is the point
        _write(path, name, cells, geometry, count, crs)


def _write(path: Path, name: str, cells: list[Any], geometry: Any, count: int, crs: str | None) -> None:
    write(
        path,
        geometry=geometry,
        field_data=[make_cells(cell, count) for cell in cells[: len(LAYOUTS[name])]],
        fields=LAYOUTS[name],
        geometry_type=None if geometry is None else "Unknown",
        crs=crs,
        driver="GPKG",
        layer=name,
        append=path.exists(),
    )


def make_cells(cell: Any, count: int) -> Any:
    kind = (
        np.dtype("datetime64[ms]")
        if isinstance(cell, datetime)
        else np.dtype(type(cell))
        if isinstance(cell, int | float)
        else object
    )
    return np.array([cell] * count, dtype=kind)
