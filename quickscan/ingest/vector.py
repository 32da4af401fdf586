"""Read a GeoPackage or GeoJSON with buildings as areas, such as the panden of the BAG from PDOK.

A layer is one table in a GeoPackage. Rows are numbered as the features come, from 1. Only the columns with a use are
read, without height (Z), and everything is brought to RD New.
"""

# mypy: disable-error-code="no-untyped-call"
# (pyogrio and shapely have no types)

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyogrio.raw import read as read_raw

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.ingest.files import FileKind
from quickscan.ingest.geometry import RD, WGS84, System, check_shapes, move_to_rd
from quickscan.ingest.headers import match_headers
from quickscan.ingest.raw import Cells, RawTable, Rows

LAYER = "pand"
DRIVERS = {FileKind.GPKG: "GPKG", FileKind.GEOJSON: "GeoJSON"}
SYSTEMS = {
    RD: System.RD,
    "EPSG:7415": System.RD,  # RD with heights above NAP
    WGS84: System.DEGREES,
    "EPSG:4979": System.DEGREES,
    "OGC:CRS84": System.DEGREES,
}
_EXPORT_AGAIN = "Exporteer het opnieuw uit je GIS-programma, in RD (EPSG:28992)."


def read_vector(path: Path, kind: FileKind, name: str, *, criteria: Iterable[str]) -> RawTable:
    """Return the used columns and the shapes of the layer with buildings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns about what the checks below say better
            layer = _choose_layer(path, kind, name)
            about = pyogrio.read_info(path, layer=layer)
            if about["driver"] != DRIVERS[kind]:
                raise UnusableInputError(f"Dit is geen {DRIVERS[kind]}, al heet het zo.", _EXPORT_AGAIN, where=name)
            matched = match_headers([str(field) for field in about["fields"]], criteria=criteria, with_places=False)
            used = list(matched.header_of.values())
            meta, _, wkb, values = read_raw(path, layer=layer, columns=used, force_2d=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise UnusableInputError(f"Dit {DRIVERS[kind]}-bestand is beschadigd.", _EXPORT_AGAIN, where=name) from error
    if wkb is None:
        raise UnusableInputError("De laag met gebouwen heeft geen vormen.", _EXPORT_AGAIN, where=name)
    rows = np.arange(1, len(wkb) + 1, dtype=np.int64)
    target_of = {header: target for target, header in matched.header_of.items()}
    cells = {
        target_of[str(field)]: _write_lists(column) if str(kind_of_field).endswith("List") else column
        for field, kind_of_field, column in zip(meta["fields"], meta["ogr_types"], values, strict=True)
    }
    if "pand_id" in cells and cells["pand_id"].dtype.kind in "iu":
        cells["pand_id"] = cells["pand_id"].astype(str).astype(object)  # whole numbers of 64 bits keep every digit
    shapes, faults = _place(shapely.from_wkb(wkb, on_invalid="ignore"), rows, about["crs"], name)
    wkb[shapely.is_missing(shapes)] = None
    is_rd = SYSTEMS.get(about["crs"]) is System.RD
    return RawTable(matched, cells, rows, shapes, wkb if is_rd else None, faults)


def _choose_layer(path: Path, kind: FileKind, name: str) -> str | None:
    """Return the layer "pand", or else the only layer with areas; None for a file that has no layers to choose from."""
    if kind is FileKind.GEOJSON:
        return None
    layers = {str(layer): str(shape) for layer, shape in pyogrio.list_layers(path)}
    named = [layer for layer in layers if layer.casefold() == LAYER]
    areas = [layer for layer, shape in layers.items() if "Polygon" in shape]
    for candidates in (named, areas):
        if len(candidates) == 1:
            return candidates[0]
    listed = ", ".join(f"{layer} ({_SHAPE_WORDS.get(shape.split(' ')[0], shape)})" for layer, shape in layers.items())
    problem = f"Het is niet duidelijk in welke laag de gebouwen staan: {listed or 'er zijn geen lagen'}."
    raise UnusableInputError(problem, f"Geef de laag met de omtrekken van de panden de naam '{LAYER}'.", where=name)


_SHAPE_WORDS = {"Polygon": "vlakken", "MultiPolygon": "vlakken", "Point": "punten", "LineString": "lijnen", "None": "geen vormen"}


def _write_lists(column: Cells) -> Cells:
    """Return a column of lists as text, such as gebruiksdoel in some GeoJSON."""
    return np.array([None if cell is None else ",".join(map(str, cell)) for cell in column], dtype=object)


def _place(shapes: Cells, rows: Rows, crs: str | None, name: str) -> tuple[Cells, list[Fault]]:
    """Return the sound shapes in RD, and what is wrong with the others."""
    if not crs:
        raise UnusableInputError("In dit bestand ontbreekt het coördinatenstelsel.", _EXPORT_AGAIN, where=name)
    system = SYSTEMS.get(crs)
    if system is None:
        shapes, system = _try_move(shapes, crs, name), System.RD
        crs = RD
    sound, faults = check_shapes(shapes, rows, "geometry", system, areas_only=True, required=True)
    return (_try_move(sound, crs, name) if system is System.DEGREES else sound), faults


def _try_move(shapes: Cells, crs: str, name: str) -> Cells:
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - most files are in RD already

    try:
        return move_to_rd(shapes, crs)
    except (ProjError, ValueError) as error:
        problem = "Het coördinatenstelsel van dit bestand is niet te gebruiken."
        raise UnusableInputError(problem, _EXPORT_AGAIN, where=name) from error
