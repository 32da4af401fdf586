"""Read a GeoPackage or GeoJSON with buildings as areas, such as the panden of the BAG from PDOK.

Rows are numbered as the features come, from 1. Only the columns with a use are read, without height (Z), and everything
is brought to RD New.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.ingest.guard.files import FileKind
from quickscan.ingest.raw import Cells, RawTable, Rows
from quickscan.ingest.registers.geometry import SYSTEMS, System, check_shapes, move_to_rd
from quickscan.ingest.registers.layers import EXPORT_AGAIN, Layer, list_layers_in_words, read_layer
from quickscan.ingest.tables.headers import match_headers

PAND = "pand"


def read_vector(
    path: Path,
    kind: FileKind,
    name: str,
    *,
    layer: Layer,
    criteria: Iterable[str],
    mapping: Mapping[str, str | None] | None = None,
) -> RawTable:
    """Return the used columns and the shapes of the layer with buildings."""
    matched = match_headers(layer.fields, criteria=criteria, with_places=False, mapping=mapping)
    used = matched.header_of
    cells, wkb, rows = read_layer(path, kind, name, layer, list(used.values()))
    if wkb is None:
        raise UnusableInputError("De laag met gebouwen heeft geen vormen.", EXPORT_AGAIN, where=name)
    numbered = np.arange(1, rows + 1, dtype=np.int64)
    named = {target: cells[header] for target, header in used.items()}
    if "pand_id" in named and named["pand_id"].dtype.kind in "iu":
        named["pand_id"] = named["pand_id"].astype(str).astype(object)  # whole numbers of 64 bits keep every digit
    shapes, kept, faults = place_shapes(wkb, numbered, layer.crs, name)
    return RawTable(matched, named, numbered, shapes, kept, faults)


def choose_layer(layers: Sequence[Layer], name: str) -> Layer:
    """Return the layer "pand", or else the only layer with areas; raises UnusableInputError when it is unclear."""
    named = [layer for layer in layers if (layer.name or "").casefold() == PAND]
    areas = [layer for layer in layers if layer.has_areas]
    for candidates in (named, areas, layers if layers and layers[0].name is None else ()):
        if len(candidates) == 1:
            return candidates[0]
    problem = f"Het is niet duidelijk in welke laag de gebouwen staan: {list_layers_in_words(layers)}."
    raise UnusableInputError(problem, f"Geef de laag met de omtrekken van de panden de naam '{PAND}'.", where=name)


def place_shapes(
    wkb: Cells, rows: Rows, crs: str | None, name: str, *, required: bool = True
) -> tuple[Cells, Cells | None, list[Fault]]:
    """Return the sound shapes in RD, the same as WKB where the file's own bytes will do, and what is wrong with the others."""
    if not crs:
        raise UnusableInputError("In dit bestand ontbreekt het coördinatenstelsel.", EXPORT_AGAIN, where=name)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    as_given = SYSTEMS.get(crs) is System.RD
    if shapely.has_z(shapes).any() or shapely.has_m(shapes).any():
        shapes, as_given = shapely.force_2d(shapes), False
    sound, faults = settle_shapes(shapes, rows, crs, name, required=required)
    kept = wkb.copy()
    kept[shapely.is_missing(sound)] = None
    return sound, kept if as_given else None, faults


def settle_shapes(shapes: Cells, rows: Rows, crs: str, name: str, *, required: bool) -> tuple[Cells, list[Fault]]:
    """Return the sound shapes in RD (None for the others), and what is wrong."""
    system = SYSTEMS.get(crs)
    if system is None:
        shapes, system = _move(shapes, crs, name), System.RD
    sound, faults = check_shapes(shapes, rows, "geometry", system, areas_only=True, required=required)
    return (_move(sound, crs, name) if system is System.DEGREES else sound), faults


def _move(shapes: Cells, crs: str, name: str) -> Cells:
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - most files are in RD already

    try:
        return move_to_rd(shapes, crs)
    except (ProjError, ValueError) as error:
        problem = "Het coördinatenstelsel van dit bestand is niet te gebruiken."
        raise UnusableInputError(problem, EXPORT_AGAIN, where=name) from error
