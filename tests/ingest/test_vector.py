"""GeoPackages and GeoJSON in the layout of the BAG are read; a shape that cannot be right is an error of its row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import SQUARE

BOW_TIE = shapely.Polygon([(82_000, 455_000), (82_010, 455_010), (82_010, 455_000), (82_000, 455_010)])
FLAT = shapely.Polygon([(82_000, 455_000), (82_010, 455_010), (82_005, 455_005)])
ABROAD = shapely.box(400_000, 455_000, 400_010, 455_010)
SWAPPED = shapely.box(455_000, 82_000, 455_010, 82_010)
DEGREES = shapely.box(4.32, 52.07, 4.3201, 52.0701)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (None, "de vorm ontbreekt"),
        (shapely.Polygon(), "de vorm is leeg"),
        (FLAT, "heeft geen oppervlakte"),
        (BOW_TIE, "snijdt zichzelf bij 82005, 455005"),
        (SWAPPED, "x en y zijn verwisseld"),
        (ABROAD, "buiten Nederland"),
        (DEGREES, "dit zijn graden"),
        (shapely.Point(82_000, 455_000), "geen vlak"),
    ],
)
def test_a_faulty_shape_is_an_error_of_its_row(
    read_shapes: Callable[..., Intake], shape: shapely.Geometry | None, problem: str
) -> None:
    intake = read_shapes(SQUARE, shape)
    (fault,) = intake.errors
    assert (fault.row, fault.column) == (2, "geometry")
    assert problem in fault.problem
    assert intake.buildings.index.tolist() == [1]


@pytest.mark.parametrize(
    ("shape", "problem"),
    [(shapely.box(52.07, 4.32, 52.071, 4.321), "lengte- en breedtegraad zijn verwisseld"), (SQUARE, "dit zijn RD-coördinaten")],
)
def test_a_faulty_shape_in_degrees_is_an_error_of_its_row(
    read_shapes: Callable[..., Intake], shape: shapely.Geometry, problem: str
) -> None:
    (fault,) = read_shapes(shape, crs="EPSG:4326", suffix=".geojson").errors
    assert problem in fault.problem


def test_columns_of_the_bag_come_from_the_register_and_the_area_is_derived(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(SQUARE, bouwlagen=[4])
    assert not intake.faults
    assert intake.buildings["grondvlak_m2"].tolist() == [200]
    labels = {column: (note.source, note.label) for column, note in intake.sources.items()}
    assert labels["pand_id"] == labels["geometry"] == (Herkomst.REGISTER, "BAG")
    assert labels["grondvlak_m2"] == (Herkomst.AFGELEID, "oppervlakte van de omtrek")
    assert labels["bouwlagen"] == (Herkomst.OPGAVE, "panden.gpkg")


@pytest.mark.parametrize(("crs", "suffix"), [("EPSG:4326", ".geojson"), ("EPSG:4326", ".gpkg"), ("EPSG:25831", ".gpkg")])
def test_shapes_in_another_system_are_brought_to_rd(read_shapes: Callable[..., Intake], crs: str, suffix: str) -> None:
    from pyproj import Transformer  # noqa: PLC0415 - only here

    to_crs = Transformer.from_crs("EPSG:28992", crs, always_xy=True)
    moved = shapely.transform(SQUARE, lambda points: np.column_stack(to_crs.transform(*points.T)))
    intake = read_shapes(moved, crs=crs, suffix=suffix)
    assert not intake.errors
    assert intake.buildings["grondvlak_m2"].iloc[0] == pytest.approx(200, rel=0.02)
    assert shapely.from_wkb(intake.buildings["geometry"].iloc[0]).centroid.distance(SQUARE.centroid) < 0.5


def test_heights_in_a_shape_are_dropped(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(shapely.force_3d(SQUARE, 7), crs="EPSG:7415")
    assert not shapely.from_wkb(intake.buildings["geometry"].iloc[0]).has_z
    assert not intake.faults


def test_a_building_in_several_parts_keeps_them(read_shapes: Callable[..., Intake]) -> None:
    parts = shapely.MultiPolygon([SQUARE, shapely.box(82_020, 455_000, 82_030, 455_020)])
    intake = read_shapes(parts)
    assert not intake.faults
    assert intake.buildings["grondvlak_m2"].tolist() == [400]


def test_a_placeholder_of_the_bag_becomes_unknown_with_a_notice(read_shapes: Callable[..., Intake]) -> None:
    others = [shapely.affinity.translate(SQUARE, 20 * n) for n in range(3)]
    intake = read_shapes(*others, bouwjaar=[1005, 9999, 1962], oppervlakte_min=[1.0, 60.0, 999999.0])
    assert not intake.errors
    assert intake.buildings["bouwjaar"].isna().tolist() == [True, True, False]
    assert intake.buildings["oppervlakte_min"].isna().tolist() == [True, False, True]
    assert [notice.row for notice in intake.faults] == [1, 1, 2, 3]


def test_an_outline_too_large_for_a_building_leaves_the_area_unknown(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(shapely.box(82_000, 455_000, 83_000, 456_000))
    assert not intake.errors
    assert intake.faults[0].notice
    assert "grondvlak telt als onbekend" in intake.faults[0].problem


def test_an_unknown_status_is_an_error_and_a_negative_count_too(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(SQUARE, status=["Pand staat er nog"], aantal_verblijfsobjecten=[-3])
    assert {fault.column: fault.value for fault in intake.errors} == {
        "status": "Pand staat er nog",
        "aantal_verblijfsobjecten": "-3",
    }


def test_an_id_that_is_a_number_in_geojson_gets_its_zero_back_and_says_so(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(SQUARE, crs="EPSG:28992", suffix=".geojson", identificatie=[518100000203881])
    assert intake.buildings["pand_id"].tolist() == ["0518100000203881"]
    assert [fault.notice for fault in intake.faults] == [True]


def test_a_double_pand_is_an_error(read_shapes: Callable[..., Intake]) -> None:
    intake = read_shapes(SQUARE, SQUARE, identificatie=["0518100000203346"] * 2)
    assert [(fault.row, fault.problem) for fault in intake.errors] == [(2, "dit pand staat ook op rij 1")]


def test_a_file_without_features_is_an_error_of_the_file(read_shapes: Callable[..., Intake]) -> None:
    assert "geen gebouwen" in read_shapes().errors[0].problem


def write_layer(path: Path, layer: str, shape: shapely.Geometry | None, *, append: bool = True) -> None:
    geometry = None if shape is None else np.array([shapely.to_wkb(shape)], dtype=object)
    fields = [np.array(["0518100000203346"], dtype=object)]
    kind = None if shape is None else shape.geom_type
    crs = None if shape is None else "EPSG:28992"
    write(path, geometry, fields, ["pand_id"], driver="GPKG", layer=layer, geometry_type=kind, crs=crs, append=append)


def test_the_only_layer_with_areas_is_read_when_none_is_called_pand(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, "bezit", SQUARE, append=False)
    write_layer(path, "ingangen", shapely.Point(82_000, 455_000))
    intake = read_buildings(path, answer_codes={})
    assert len(intake.buildings) == 1
    assert intake.sources["pand_id"].source is Herkomst.OPGAVE


def test_the_layers_are_listed_when_it_is_unclear_which_to_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, "noord", SQUARE, append=False)
    write_layer(path, "zuid", SQUARE)
    with pytest.raises(UnusableInputError, match=r"noord \(vlakken\), zuid \(vlakken\)\. Geef de laag"):
        read_buildings(path, answer_codes={})


def test_a_geopackage_without_shapes_is_refused(tmp_path: Path) -> None:
    write_layer(tmp_path / "a.gpkg", "pand", None, append=False)
    with pytest.raises(UnusableInputError, match="geen vormen"):
        read_buildings(tmp_path / "a.gpkg", answer_codes={})


def test_a_geopackage_with_damaged_bytes_is_read_or_refused_and_never_crashes(
    tmp_path: Path, read_shapes: Callable[..., Intake]
) -> None:
    read_shapes(SQUARE)
    content, path = (tmp_path / "panden.gpkg").read_bytes(), tmp_path / "stuk.gpkg"
    for place in range(100, len(content), 4_001):
        path.write_bytes(content[:place] + bytes(200) + content[place + 200 :])
        try:
            read_buildings(path, answer_codes={})
        except UnusableInputError:
            continue


def test_a_geojson_cut_short_anywhere_is_refused(tmp_path: Path, read_shapes: Callable[..., Intake]) -> None:
    read_shapes(SQUARE, suffix=".geojson")
    content, path = (tmp_path / "panden.geojson").read_bytes().rstrip(), tmp_path / "kort.geojson"
    for size in range(1, len(content), 23):
        path.write_bytes(content[:size])
        with pytest.raises(UnusableInputError):
            read_buildings(path, answer_codes={})
