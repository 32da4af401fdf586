"""Write small GeoPackages and GeoJSON files for the tests of registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write

_TYPES = {bool: np.bool_, int: np.int64, float: np.float64}


def write_layer(
    path: Path,
    layer: str,
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[shapely.Geometry] | None = None,
    *,
    crs: str = "EPSG:28992",
) -> Path:
    """Add a layer to a file, a GeoPackage by default; a column takes the type of its first cell that is not None."""
    is_gpkg = path.suffix == ".gpkg"
    cells = {name: _make_cells(column) for name, column in columns.items()}
    write(
        path,
        geometry=None if shapes is None else np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        field_data=list(cells.values()),
        fields=list(cells),
        geometry_type=None if shapes is None else "Unknown",
        crs=None if shapes is None else crs,
        driver="GPKG" if is_gpkg else "GeoJSON",
        layer=layer,
        append=is_gpkg and path.exists(),
    )
    return path


def _make_cells(column: Sequence[Any]) -> Any:
    first = next((cell for cell in column if cell is not None), "")
    has_gaps = any(cell is None for cell in column)
    kind = _TYPES.get(type(first), object)
    if has_gaps and kind is np.int64:
        kind = np.float64
    return np.array([np.nan if cell is None and kind is np.float64 else cell for cell in column], dtype=kind)
