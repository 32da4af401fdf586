"""The screened portfolio as a file: CSV, XLSX, GeoPackage or Parquet; the ending of the name decides.

All four hold the same columns: what identifies a building in the file that came in, then SCREEN_COLUMNS. Homes and
ranks are whole numbers, other numbers have four decimals (rounding keeps laag ≤ score ≤ hoog); unknown is empty.
In CSV and XLSX a text that a spreadsheet could run as a formula gets an apostrophe in front.
The same input gives the same bytes: no clock gets into a file, the reference date does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.screening import HOMES_COLUMNS
from quickscan.report.replacing import replacing

LAYER = "quickscan"
GEOMETRY = "geometry"
RD_NEW = 28992
DECIMALS = 4
IDENTITY_COLUMNS: tuple[str, ...] = (
    "naam",
    "complex_code",
    "straat",
    "huisnummer",
    "postcode",
    "woonplaats",
    "buurt",
    "bouwjaar",
)
WHOLE_COLUMNS = frozenset(
    {"rang", "bouwjaar", *(name for name in HOMES_COLUMNS if name.startswith(("woningen", "aanplakken", "uitplinten")))}
    - {"woningen_route", "woningen_verhouding"}
)
MAX_SHEET_ROWS = 1_048_575
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDE_COLUMNS = {"reden": 60, "blokkades": 40, "volgende_vraag": 26, "pand_id": 19, "naam": 24, "straat": 24}
WKB_TYPES = {
    1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection",
}  # fmt: skip
Geometry = npt.NDArray[np.object_]


def make_table(buildings: pd.DataFrame, screened: pd.DataFrame) -> pd.DataFrame:
    """Join what identifies the buildings to their results, rounded, whole numbers as such; the rows stay in order."""
    known = [name for name in IDENTITY_COLUMNS if name in buildings.columns]
    columns: dict[str, Any] = {"pand_id": screened["pand_id"]}
    columns |= {name: buildings[name] for name in known}
    columns |= {name: screened[name] for name in screened.columns if name != "pand_id"}
    for name, values in columns.items():
        if name in WHOLE_COLUMNS:
            columns[name] = _whole(values)
        elif pd.api.types.is_float_dtype(values.dtype):
            columns[name] = values.round(DECIMALS)
    return pd.DataFrame(columns, copy=False)


def _whole(values: pd.Series) -> pd.Series:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    missing = np.isnan(numbers)
    whole = pd.arrays.IntegerArray(np.where(missing, 0, numbers).astype(np.int64), missing)
    return pd.Series(whole, index=values.index)


def _load(module: str) -> Any:
    """Import what one kind of file needs; the other kinds do not pay for it. These libraries have no full types."""
    return import_module(module)


def require_writer(path: Path) -> None:
    """Raise UnusableInputError when no writer knows this ending."""
    if path.suffix.lower() not in _WRITERS:
        known = ", ".join(_WRITERS)
        problem = f"De uitvoer eindigt op '{path.suffix}'." if path.suffix else "De uitvoer heeft geen extensie."
        raise UnusableInputError(problem, f"Kies een bestandsnaam die eindigt op {known}.", where=str(path))


def write_table(path: Path, table: pd.DataFrame, *, geometry: Geometry | None, day: str) -> None:
    """Write the table whole or not at all. `geometry` is WKB in RD New per row, `day` the reference date (ISO)."""
    require_writer(path)
    if geometry is None and needs_geometry(path):
        raise no_geometry(path)
    with replacing(path) as temporary:
        _WRITERS[path.suffix.lower()](temporary, table, geometry, day)


def _write_csv(path: Path, table: pd.DataFrame, _geometry: Geometry | None, _day: str) -> None:
    csv = _load("pyarrow.csv")
    csv.write_csv(_arrow(table, guard=True), path)


def _write_parquet(path: Path, table: pd.DataFrame, geometry: Geometry | None, _day: str) -> None:
    pa, parquet = _load("pyarrow"), _load("pyarrow.parquet")
    arrow = _arrow(table)
    if geometry is not None:
        arrow = arrow.append_column(GEOMETRY, pa.array(geometry, pa.binary()))
        arrow = arrow.replace_schema_metadata({b"geo": json.dumps(describe_shapes(geometry_types(geometry))).encode()})
    parquet.write_table(arrow, path, compression="zstd")


def describe_shapes(types: list[str]) -> Mapping[str, Any]:
    """Return GeoParquet 1.1 metadata for these kinds of shapes; see geoparquet.org/releases/v1.1.0."""
    reference_system = _load("pyproj").CRS.from_epsg(RD_NEW)
    column = {"encoding": "WKB", "geometry_types": types, "crs": reference_system.to_json_dict()}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def geometry_types(geometry: Geometry) -> list[str]:
    """Return the kinds of shapes in WKB, sorted; a third dimension is named as GeoParquet does."""
    heads = {bytes(shape[:5]) for shape in geometry if shape is not None}
    names = set()
    for head in heads:
        code = int.from_bytes(head[1:5], "little" if head[0] else "big")
        flat = (code & 0x1FFFFFFF) % 1000
        has_z = bool(code & 0x80000000) or (code & 0x1FFFFFFF) // 1000 in (1, 3)
        names.add(WKB_TYPES.get(flat, "GeometryCollection") + (" Z" if has_z else ""))
    return sorted(names)


def _arrow(table: pd.DataFrame, *, guard: bool = False) -> Any:
    pa, compute = _load("pyarrow"), _load("pyarrow.compute")
    arrays = []
    for name in table.columns:
        array = pa.array(table[name].array, from_pandas=True)
        if pa.types.is_dictionary(array.type) or pa.types.is_large_string(array.type) or pa.types.is_null(array.type):
            array = array.cast(pa.string())
        if guard and pa.types.is_string(array.type):
            risky = compute.match_substring_regex(array, r"^[=+\-@\t\r]")
            array = compute.if_else(risky, compute.binary_join_element_wise("'", array, ""), array)
        arrays.append(array)
    return pa.Table.from_arrays(arrays, names=list(table.columns))


def _write_xlsx(path: Path, table: pd.DataFrame, _geometry: Geometry | None, day: str) -> None:
    xlsxwriter = _load("xlsxwriter")
    if len(table) > MAX_SHEET_ROWS:
        problem = f"Een werkblad heeft plaats voor {MAX_SHEET_ROWS:,} gebouwen.".replace(",", ".")
        raise UnusableInputError(problem, "Kies .csv of .parquet als uitvoer.", where=path.name)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": "Quickscan optoppen", "created": pd.Timestamp(day).to_pydatetime()})
        # Excel shows these in the reader's own notation: in Dutch a comma for decimals and a point for thousands.
        header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {"text": book.add_format({"num_format": "@"}), "whole": book.add_format({"num_format": "#,##0"})}
        formats |= {"year": book.add_format({"num_format": "0"}), "number": book.add_format({"num_format": "0.0"})}
        sheet = book.add_worksheet(LAYER)
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(table.columns):
            values = table[name]
            kind = "year" if name == "bouwjaar" else "whole" if name in WHOLE_COLUMNS else "number"
            is_text = not pd.api.types.is_numeric_dtype(values.dtype)
            chosen = formats["text" if is_text else kind]
            sheet.set_column(place, place, WIDE_COLUMNS.get(name, max(11, len(name) + 2)), chosen)
            sheet.write_string(0, place, name, header)
            missing = values.isna().to_numpy()
            for row, value in enumerate(values.tolist(), start=1):
                if missing[row - 1]:
                    continue
                if is_text:
                    sheet.write_string(row, place, guard_text(str(value)), chosen)
                else:
                    sheet.write_number(row, place, value, chosen)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def guard_text(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet could take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _write_gpkg(path: Path, table: pd.DataFrame, geometry: Geometry | None, day: str) -> None:
    assert geometry is not None, "write_table sees to it"  # noqa: S101
    write_gpkg(path, table, geometry, day)


def write_gpkg(path: Path, table: pd.DataFrame, geometry: Geometry, day: str, *, as_is: bool = False) -> None:
    """Write a GeoPackage over the empty file at `path`. With `as_is` no area becomes a multipolygon to be like the others."""
    pyogrio, raw = _load("pyogrio"), _load("pyogrio.raw")
    kinds = set(geometry_types(geometry))
    kind = "Polygon" if kinds == {"Polygon"} else "Unknown"
    if kinds <= {"Polygon", "MultiPolygon"} and kind == "Unknown" and not as_is:
        kind = "MultiPolygon"
    data, masks = [], []
    for name in table.columns:
        values = table[name]
        missing = values.isna().to_numpy()
        if isinstance(values.dtype, pd.Int64Dtype):
            data.append(values.to_numpy(dtype=np.int64, na_value=0))
        elif pd.api.types.is_numeric_dtype(values.dtype):
            data.append(values.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            data.append(values.astype(object).where(~missing, None).to_numpy())
        masks.append(missing)
    path.unlink()  # GDAL makes the file itself
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day}T00:00:00.000Z"})
    try:
        raw.write(
            path,
            geometry,
            data,
            np.array(table.columns, dtype=object),
            field_mask=masks,
            layer=LAYER,
            driver="GPKG",
            geometry_type=kind,
            promote_to_multi=kind == "MultiPolygon",
            crs=f"EPSG:{RD_NEW}",
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise OSError(str(error)) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def no_geometry(path: Path) -> UnusableInputError:
    """Return the refusal for a GeoPackage without shapes."""
    problem = "Een GeoPackage heeft vormen nodig, en het bestand dat je aanlevert heeft die niet."
    return UnusableInputError(problem, "Kies .csv, .xlsx of .parquet, of lever de panden aan als GeoPackage.", where=str(path))


def needs_geometry(path: Path) -> bool:
    """Tell whether this kind of file cannot do without shapes."""
    return path.suffix.lower() == ".gpkg"


_WRITERS: Mapping[str, Callable[[Path, pd.DataFrame, Geometry | None, str], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".gpkg": _write_gpkg,
    ".parquet": _write_parquet,
}
