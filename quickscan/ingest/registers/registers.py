"""Recognise the registers in a GeoPackage or GeoJSON by its layers and columns, and read each with its own reader."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.guard.files import FileKind
from quickscan.ingest.raw import RawTable
from quickscan.ingest.registers import bag
from quickscan.ingest.registers.layers import DRIVERS, EXPORT_AGAIN, Layer, read_layer, read_words
from quickscan.ingest.registers.layout import match_layout
from quickscan.ingest.registers.vector import choose_layer, read_vector
from quickscan.ingest.tables.aliases import make_key

_HEIGHTS = ("b3_h_maaiveld", "b3_h_dak_70p", "b3_h_70p")
_ROOF_LAYERS = ("lod12_2d", "lod13_2d", "lod22_2d")  # the first has the fewest parts a building


def read_registers(
    path: Path,
    kind: FileKind,
    name: str,
    *,
    layers: Sequence[Layer],
    criteria: Iterable[str],
    mapping: Mapping[str, str | None] | None = None,
) -> RawTable:
    """Return the buildings of a file: of the 3DBAG, of the BAG with or without verblijfsobjecten, or a list of an owner."""
    if is_bag3d(layers):
        return _read_bag3d(path, kind, name, layers, mapping)
    objects = next((found for layer in layers if (found := bag.find_objects(layer))), None)
    if objects and not any(layer.has_areas and not bag.find_objects(layer) for layer in layers):
        counted = _count(path, kind, name, objects)
        layout = {make_key(field): target for field, target in objects.targets.items()}
        matched = match_layout(objects.layer.fields, layout, mapping=mapping)
        return bag.make_object_table(counted, matched)
    layer = choose_layer(layers, name)
    raw = read_vector(path, kind, name, layer=layer, criteria=criteria, mapping=mapping)
    if objects and "pand_id" in raw.cells and objects.layer is not layer:
        left_out = {header for header, target in (mapping or {}).items() if target is None}
        targets = {field: target for field, target in objects.targets.items() if bag.OBJECT + field not in left_out}
        return bag.join_objects(raw, _count(path, kind, name, objects), targets)
    return replace(raw, recognised="BAG-panden (PDOK)") if raw.matched.is_register else raw


def is_areas(layers: Sequence[Layer]) -> bool:
    """Tell whether a file is about buurten, wijken or gemeenten, and not about buildings."""
    if is_bag3d(layers) or any(bag.find_objects(layer) for layer in layers):
        return False
    from quickscan.ingest.registers.cbs import find_areas  # noqa: PLC0415 - cbs knows much that a file of buildings does not need

    return find_areas(layers) is not None


def is_bag3d(layers: Sequence[Layer]) -> bool:
    """Tell whether a file is of the 3DBAG: it has ground levels, or layers of roof parts with heights."""
    return any(
        layer.find_field("identificatie") and layer.find_field(*_HEIGHTS)
        for layer in layers
        if layer.has_areas or layer.name in _ROOF_LAYERS
    )


def _count(path: Path, kind: FileKind, name: str, objects: bag.ObjectLayer) -> bag.Counted:
    columns = read_words(path, kind, name, objects.layer, list(dict.fromkeys(objects.fields.values())))
    return bag.count_objects({what: columns[field] for what, field in objects.fields.items()})


def _read_bag3d(
    path: Path, kind: FileKind, name: str, layers: Sequence[Layer], mapping: Mapping[str, str | None] | None
) -> RawTable:
    from quickscan.ingest.registers import bag3d  # noqa: PLC0415 - most files are not of the 3DBAG

    by_name = {layer.name: layer for layer in layers}
    panden = by_name.get("pand") or next((layer for layer in layers if layer.find_field(bag3d.GROUND)), None)
    if panden is None or not panden.find_field("identificatie"):
        raise UnusableInputError("In deze 3DBAG ontbreekt de laag 'pand'.", "Haal het bestand opnieuw op.", where=name)
    cells, wkb, _ = read_layer(path, kind, name, panden, panden.fields)
    columns = {field.lower(): column for field, column in cells.items()}
    roofs = next((by_name[part] for part in _ROOF_LAYERS if part in by_name and by_name[part].find_field(*bag3d.ROOFS)), None)
    if roofs and not panden.find_field(*bag3d.ROOFS) and (identity := roofs.find_field("identificatie")):
        height = roofs.find_field(*bag3d.ROOFS) or ""
        parts, shapes, _ = read_layer(path, kind, name, roofs, [identity, height])
        areas = np.ones(len(parts[height])) if shapes is None else shapely.area(shapely.from_wkb(shapes, on_invalid="ignore"))
        found = {"identificatie": parts[identity], height.lower(): parts[height]}
        columns[height.lower()] = bag3d.join_roof_parts(columns, found, areas)
    if not panden.crs and wkb is not None:
        raise UnusableInputError("In dit bestand ontbreekt het coördinatenstelsel.", EXPORT_AGAIN, where=name)
    footprints = None if wkb is None else shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    return bag3d.make_table(columns, footprints, name=name, kind=DRIVERS[kind], mapping=mapping, crs=panden.crs or "")
