"""Take the buildings out of CityJSON, 1.1 and 2.0, as the 3DBAG writes it: their attributes and their footprints.

A city object is a building or a part of one; only the building has attributes. A vertex is a whole number a coordinate,
which `transform` turns into metres; a boundary points into the list of vertices. The footprint is the surface of level
of detail 0. A document is a file, a file of lines, or an answer of the 3DBAG API (one item, or a page of items).
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.registers.jsons import take_list, take_mapping, take_number, take_text

_GET_AGAIN = "Haal de tegel opnieuw op bij de 3DBAG (3dbag.nl)."
_RD_CODES = ("28992", "7415")
_LOD_0 = 0.0
_RING = 3  # corners an area has at least


class CityBuilding(NamedTuple):
    """One building: its id as written, its attributes, and its footprint in RD; None when it has none that can be read.

    `drawn` tells whether it should have one.
    """

    identity: str
    attributes: Mapping[str, Any]
    footprint: Any
    drawn: bool


def find_buildings(document: Mapping[str, Any], name: str) -> Iterator[CityBuilding]:
    """Yield the buildings of a document in its order; raises UnusableInputError when it does not hold together."""
    lines = take_list(document, "lines")
    parts = [document, *take_list(document, "feature"), *take_list(document, "features"), *lines]
    shared = [document, take_mapping(document, "metadata"), *lines[:1]]
    _check_system(shared, name)
    for part in parts:
        objects = take_mapping(part, "CityObjects")
        if objects:
            vertices = _read_vertices(part, [part, *shared], name)
            yield from _read_objects(objects, vertices)


def _check_system(documents: list[Any], name: str) -> None:
    for document in documents:
        for place in (document, take_mapping(document, "metadata")):
            system = take_text(place, "referenceSystem")
            if system and not system.endswith(_RD_CODES):
                problem = "De coördinaten van deze CityJSON staan niet in RD."
                raise UnusableInputError(problem, "Lever het aan in EPSG:7415, zoals de 3DBAG.", where=name)


def _read_vertices(part: Any, places: list[Any], name: str) -> npt.NDArray[np.float64]:
    """Return x and y of every vertex in metres."""
    transform = next((found for place in places if (found := take_mapping(place, "transform"))), None)
    try:
        vertices = np.array([corner[:2] for corner in take_list(part, "vertices")], dtype=np.float64).reshape(-1, 2)
        if transform is None:
            return vertices
        scale, move = (np.array(transform[key][:2], dtype=np.float64) for key in ("scale", "translate"))
        with np.errstate(all="ignore"):
            metres: npt.NDArray[np.float64] = vertices * scale.reshape(2) + move.reshape(2)
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise UnusableInputError("De coördinaten in deze CityJSON kloppen niet.", _GET_AGAIN, where=name) from error
    if not np.isfinite(metres).all():
        raise UnusableInputError("De coördinaten in deze CityJSON kloppen niet.", _GET_AGAIN, where=name)
    return metres


def _read_objects(objects: Mapping[str, Any], vertices: npt.NDArray[np.float64]) -> Iterator[CityBuilding]:
    for identity, found in objects.items():
        attributes = take_mapping(found, "attributes")
        # parts of buildings have a parent and say nothing themselves
        if isinstance(found, Mapping) and found.get("type") in ("Building", "BuildingPart") and not found.get("parents"):
            yield CityBuilding(identity, attributes, _read_footprint(found, vertices), bool(found.get("geometry")))


def _read_footprint(found: Mapping[str, Any], vertices: npt.NDArray[np.float64]) -> Any:
    for geometry in take_list(found, "geometry"):
        if take_number(geometry, "lod") == _LOD_0 and geometry.get("type") in ("MultiSurface", "CompositeSurface"):
            surfaces = [_read_surface(surface, vertices) for surface in take_list(geometry, "boundaries")]
            areas = [surface for surface in surfaces if surface is not None]
            return None if not areas else areas[0] if len(areas) == 1 else shapely.union_all(shapely.make_valid(areas))
    return None


def _read_surface(surface: object, vertices: npt.NDArray[np.float64]) -> Any:
    """Return an area out of its rings (the outer one first), None when it cannot be one."""
    if not isinstance(surface, list) or not surface:
        return None
    rings = []
    for ring in surface:
        if not isinstance(ring, list) or len(ring) < _RING:
            return None
        if not all(isinstance(place, int) and 0 <= place < len(vertices) for place in ring):
            return None
        rings.append(vertices[ring])
    if not all(np.isfinite(ring).all() for ring in rings):
        return None
    return shapely.polygons(shapely.linearrings(rings[0]), holes=[shapely.linearrings(ring) for ring in rings[1:]] or None)
