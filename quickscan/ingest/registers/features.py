"""Read features that are in memory already: an answer of the BAG OGC API of PDOK, panden or verblijfsobjecten.

The answer is GeoJSON: each feature has properties with the names of the BAG and a shape in degrees, or in RD when the
collection says so. In that API a verblijfsobject points to its pand with a link (pand.href); only a link that ends in the
sixteen digits of a pand says which pand it is.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.raw import Cells, RawTable
from quickscan.ingest.registers.bag import count_objects, find_objects, make_object_table
from quickscan.ingest.registers.geometry import RD, WGS84
from quickscan.ingest.registers.jsons import take_list, take_mapping, take_text
from quickscan.ingest.registers.layers import Layer, encode
from quickscan.ingest.registers.layout import match_layout
from quickscan.ingest.registers.vector import settle_shapes
from quickscan.ingest.tables.aliases import make_key
from quickscan.ingest.tables.headers import match_headers
from quickscan.ingest.tables.names import PARTS

MAX_FIELDS = 200


def read_bag_features(
    collection: Mapping[str, Any],
    *,
    name: str = "BAG",
    criteria: Iterable[str] = (),
    mapping: Mapping[str, str | None] | None = None,
) -> RawTable:
    """Return the panden in a collection, or what its verblijfsobjecten say per pand; raises UnusableInputError."""
    features = take_list(collection, "features") if collection.get("type") != "Feature" else [collection]
    properties = [take_mapping(feature, "properties") for feature in features]
    fields = tuple(dict.fromkeys(field for each in properties for field in each))[:MAX_FIELDS]
    cells = {field: _take_cells(properties, field) for field in fields}
    if objects := find_objects(Layer(None, fields, None, None)):
        counted = count_objects({what: encode(_write(cells[field])) for what, field in objects.fields.items()})
        layout = {make_key(field): target for field, target in objects.targets.items()}
        return make_object_table(counted, match_layout(fields, layout, mapping=mapping))
    matched = match_headers(fields, criteria=criteria, with_places=False, mapping=mapping)
    rows = np.arange(1, len(features) + 1, dtype=np.int64)
    named = {target: cells[header] for target, header in matched.header_of.items() if target not in PARTS}
    shapes, faults = settle_shapes(_read_shapes(features), rows, _find_system(collection), name, required=False)
    table = RawTable(matched, named, rows, shapes, faults=faults)
    return replace(table, recognised="BAG-panden (PDOK)") if matched.is_register else table


def _take_cells(properties: list[Mapping[str, Any]], field: str) -> Cells:
    cells = np.empty(len(properties), dtype=object)
    cells[:] = [_take_plain(each.get(field)) for each in properties]
    return cells


def _write(cells: Cells) -> pa.Array:
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _take_plain(value: object) -> str | float | None:
    if isinstance(value, list):
        return ",".join(map(str, value)) if all(isinstance(part, str) for part in value) else None
    if isinstance(value, str | float | bool):
        return value
    try:
        return (str(value) if len(str(value)) > _EXACT_DIGITS else float(value)) if isinstance(value, int) else None
    except ValueError:  # thousands of digits
        return None


_EXACT_DIGITS = 15  # longer whole numbers are ids, of which a float would lose the last digits


def _find_system(collection: Mapping[str, Any]) -> str:
    told = take_text(collection, "crs", "properties", "name") or ""
    return RD if told.endswith("28992") else WGS84


def _read_shapes(features: Iterable[Any]) -> Cells:
    try:
        texts = [json.dumps(geometry) if (geometry := take_mapping(feature, "geometry")) else None for feature in features]
        shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    except (ValueError, TypeError, RecursionError) as error:
        raise UnusableInputError("De vormen in dit antwoord kloppen niet.", "Probeer het later nog eens.") from error
    return np.asarray(shapely.force_2d(shapes), dtype=object)
