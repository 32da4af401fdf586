from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio.raw
import pytest
import shapely

from quickscan.domain.errors import UnusableInputError
from quickscan.report.replacing import replacing, require_writable
from quickscan.report.tables import geometry_types, guard_text, make_table, write_table

DAY = "2026-11-21"


def a_table() -> pd.DataFrame:
    buildings = pd.DataFrame({"naam": ["=1+1", None], "bouwjaar": [1972.0, np.nan]})
    screened = pd.DataFrame(
        {"pand_id": ["0518100000000001", "0518100000000002"], "score": [50.123456, np.nan], "rang": [1.0, np.nan]}
    )
    return make_table(buildings, screened)


def shapes(*kinds: str) -> np.ndarray:
    square = shapely.box(0, 0, 1, 1)
    made = {"Polygon": square, "MultiPolygon": shapely.MultiPolygon([square]), "Point": shapely.Point(1, 2)}
    return np.array([made[kind].wkb if kind else None for kind in kinds], dtype=object)


def test_numbers_are_rounded_and_counts_are_whole() -> None:
    table = a_table()
    assert table["score"].tolist()[0] == 50.1235
    assert str(table["rang"].dtype) == str(table["bouwjaar"].dtype) == "Int64"


def test_csv_is_utf8_with_commas_points_and_empty_for_unknown(tmp_path: Path) -> None:
    path = tmp_path / "uit.csv"
    write_table(path, a_table(), geometry=None, day=DAY)
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        '"0518100000000001","\'=1+1",1972,50.1235,1',
        '"0518100000000002",,,,',
    ]


def test_parquet_says_where_the_shapes_are(tmp_path: Path) -> None:
    path = tmp_path / "uit.parquet"
    write_table(path, a_table(), geometry=shapes("Polygon", ""), day=DAY)
    table = pyarrow.parquet.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Polygon"]
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 28992}
    assert table["naam"].to_pylist() == ["=1+1", None]
    assert shapely.from_wkb(table["geometry"].to_pylist()[0]).area == 1


def test_parquet_without_shapes_is_plain_parquet(tmp_path: Path) -> None:
    path = tmp_path / "uit.parquet"
    write_table(path, a_table(), geometry=None, day=DAY)
    assert pd.read_parquet(path)["pand_id"].tolist() == ["0518100000000001", "0518100000000002"]


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [(("Polygon", "Polygon"), "Polygon"), (("Polygon", "MultiPolygon"), "MultiPolygon"), (("Point", "Polygon"), "Unknown")],
)
def test_geopackage_keeps_unknown_empty_and_names_the_kind_of_shape(tmp_path: Path, kinds: tuple[str, ...], kind: str) -> None:
    path = tmp_path / "uit.gpkg"
    write_table(path, a_table(), geometry=shapes(*kinds), day=DAY)
    meta, _, geometry, columns = pyogrio.raw.read(path, layer="quickscan")
    assert meta["geometry_type"] == kind
    found = dict(zip(meta["fields"], columns, strict=True))
    assert found["naam"].tolist() == ["=1+1", None]
    assert np.isnan(found["rang"][1])
    assert len(geometry) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["uit.gpkg"]


def test_the_kinds_of_shapes_are_read_from_the_bytes() -> None:
    high = np.array([shapely.to_wkb(shapely.force_3d(shapely.box(0, 0, 1, 1)), flavor="iso")], dtype=object)
    assert geometry_types(high) == ["Polygon Z"]
    assert geometry_types(shapes("Point", "MultiPolygon", "")) == ["MultiPolygon", "Point"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_texts_that_look_like_formulas_are_disarmed(text: str) -> None:
    assert guard_text(text) == f"'{text}"
    assert guard_text("gewoon = tekst") == "gewoon = tekst"


def test_a_failing_write_leaves_the_old_file_and_no_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "uit.csv"
    path.write_text("oud", encoding="utf-8")
    with pytest.raises(RuntimeError, match="halverwege"):
        _write_half(path)
    assert path.read_text(encoding="utf-8") == "oud"
    assert [file.name for file in tmp_path.iterdir()] == ["uit.csv"]


def _write_half(path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise RuntimeError("halverwege")


def test_a_full_disk_is_told_in_dutch(tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="Schrijven lukt niet"), replacing(tmp_path / "uit.csv"):
        raise OSError(28, "No space left on device")


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="map"):
        require_writable(tmp_path)
