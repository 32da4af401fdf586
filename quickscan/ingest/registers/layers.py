"""Look into a GeoPackage or GeoJSON and read one layer as plain columns.

A layer is one table of features with the same fields; a GeoJSON is one layer. Features come in Arrow batches: a column
is handed over as it lies in memory, which reads 15,000 objects in 10 ms instead of 45 ms.
"""

# mypy: disable-error-code="no-untyped-call"
# (pyogrio and shapely have no types)

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
from pyogrio.raw import open_arrow

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.guard.files import FileKind
from quickscan.ingest.raw import Cells
from quickscan.ingest.tables.aliases import make_key

DRIVERS = {FileKind.GPKG: "GPKG", FileKind.GEOJSON: "GeoJSON"}
MAX_FEATURES = 1_000_000  # of one layer in memory; `screen` reads larger files in parts
EXPORT_AGAIN = "Exporteer het opnieuw uit je GIS-programma, in RD (EPSG:28992)."


@dataclass(frozen=True, slots=True)
class Layer:
    """What is known of a layer before it is read; `crs` is such as "EPSG:28992"."""

    name: str | None
    fields: tuple[str, ...]
    shape: str | None
    crs: str | None

    @property
    def has_areas(self) -> bool:
        """Tell whether the features may be areas; a GeoJSON may hold several kinds."""
        return self.shape is not None and ("Polygon" in self.shape or self.shape in ("Unknown", "GeometryCollection"))

    def find_field(self, *spellings: str) -> str | None:
        """Return the field with the first of these keys that is there (see make_key)."""
        by_key = {make_key(field): field for field in reversed(self.fields)}
        return next((by_key[key] for key in map(make_key, spellings) if key in by_key), None)


@contextmanager
def refuse_damaged(kind: FileKind, name: str) -> Iterator[None]:
    """Turn every way in which GDAL and Arrow say that a file is broken into an UnusableInputError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns about what the checks of shapes say better
            yield
    except (RuntimeError, ValueError, OSError, pa.ArrowException, MemoryError, OverflowError) as error:
        raise UnusableInputError(f"Dit {DRIVERS[kind]}-bestand is beschadigd.", EXPORT_AGAIN, where=name) from error


def find_layers(path: Path, kind: FileKind, name: str) -> tuple[Layer, ...]:
    """Return the layers of a file; raises UnusableInputError when it is not what it is called."""
    with refuse_damaged(kind, name):
        names = [str(layer) for layer, _ in pyogrio.list_layers(path)] if kind is FileKind.GPKG else [None]
        found = [(layer, pyogrio.read_info(path, layer=layer)) for layer in names]
    if any(about["driver"] != DRIVERS[kind] for _, about in found):
        raise UnusableInputError(f"Dit is geen {DRIVERS[kind]}, al heet het zo.", EXPORT_AGAIN, where=name)
    if any((about["features"] or 0) > MAX_FEATURES for _, about in found):
        problem = f"Dit bestand heeft meer dan {MAX_FEATURES // 1_000_000} miljoen rijen in één laag."
        raise UnusableInputError(problem, "Neem een kleiner gebied.", where=name)
    return tuple(
        Layer(layer, tuple(map(str, about["fields"])), about["geometry_type"] or None, about["crs"]) for layer, about in found
    )


def read_layer(
    path: Path, kind: FileKind, name: str, layer: Layer, fields: Sequence[str], *, shapes: bool = True
) -> tuple[dict[str, Cells], Cells | None, int]:
    """Return the cells of these fields, the shapes as WKB (None without), and the number of features."""
    with refuse_damaged(kind, name):
        columns, geometry, rows = _read_columns(path, layer, fields, shapes=shapes)
        cells = {field: take_cells(column) for field, column in columns.items()}
        return cells, None if geometry is None else _take_objects(geometry), rows


def read_words(path: Path, kind: FileKind, name: str, layer: Layer, fields: Sequence[str]) -> dict[str, Words]:
    """Return these fields as codes and different words, without the shapes."""
    with refuse_damaged(kind, name):
        columns, _, _ = _read_columns(path, layer, fields, shapes=False)
        return {field: encode(column) for field, column in columns.items()}


def _read_columns(
    path: Path, layer: Layer, fields: Sequence[str], *, shapes: bool
) -> tuple[dict[str, pa.ChunkedArray], pa.ChunkedArray | None, int]:
    opened = open_arrow(path, layer=layer.name, columns=list(fields), read_geometry=shapes, use_pyarrow=True)
    with opened as (about, reader):
        table = reader.read_all()
    geometry = about["geometry_name"] or "wkb_geometry"
    found = table.column(geometry) if shapes and layer.shape and geometry in table.column_names else None
    return {field: table.column(field) for field in fields}, found, len(table)


class Words(NamedTuple):
    """A column of repeated cells: the place of each cell in `words`, -1 for an empty one."""

    codes: npt.NDArray[np.intp]
    words: Cells


def encode(column: pa.ChunkedArray | pa.Array) -> Words:
    """Return a column as codes and different words: words are looked at once each."""
    if not pa.types.is_string(column.type) and not pa.types.is_integer(column.type):
        column = pa.array(take_cells(column), from_pandas=True)
        column = column if pa.types.is_string(column.type) else column.cast(pa.string())
    chunked = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    encoded = chunked.dictionary_encode().combine_chunks()
    codes = encoded.indices.to_numpy(zero_copy_only=False) if not encoded.null_count else encoded.indices.fill_null(-1).to_numpy()
    return Words(codes.astype(np.intp), _take_objects(encoded.dictionary))


def take_cells(column: pa.ChunkedArray) -> Cells:
    """Return a column as numbers, or as objects with None for what is empty. Lists become text with commas."""
    kind = column.type
    if pa.types.is_integer(kind) and column.null_count:
        # as text: a float would lose the last digits of a long id
        return _take_objects(column.cast(pa.string()))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.asarray(column.to_numpy())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return np.array([None if cell is None else ",".join(map(str, cell)) for cell in column.to_pylist()], dtype=object)
    if pa.types.is_dictionary(kind):
        return take_cells(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _take_objects(column)
    cells = np.empty(len(column), dtype=object)  # dates, booleans and what is rare
    cells[:] = column.to_pylist()
    return cells


def _take_objects(column: pa.ChunkedArray | pa.Array) -> Cells:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)


def list_layers_in_words(layers: Sequence[Layer]) -> str:
    """Return the layers as a person would name them."""
    words: Mapping[Any, str] = _SHAPE_WORDS
    listed = (f"{layer.name} ({words.get((layer.shape or 'None').split(' ')[0], layer.shape)})" for layer in layers)
    return ", ".join(listed) or "er zijn geen lagen"


_SHAPE_WORDS = {"Polygon": "vlakken", "MultiPolygon": "vlakken", "Point": "punten", "LineString": "lijnen", "None": "geen vormen"}
