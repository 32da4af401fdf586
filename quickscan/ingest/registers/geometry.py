"""Check the shapes of buildings and bring them to RD New (EPSG:28992), in which everything here counts metres.

A system is how coordinates are written: RD (x, y in metres) or degrees (longitude, latitude in WGS 84). The boxes are
generous rectangles around the Netherlands. Degrees in an RD file, RD numbers in a degrees file and coordinates that
changed places are the classic mistakes, so they are recognised and named.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from enum import Enum

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from quickscan.domain.errors import Fault
from quickscan.ingest.raw import Cells, Rows

Bools = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
RD = "EPSG:28992"
WGS84 = "EPSG:4326"
RD_BOX: Box = (7_000, 289_000, 300_000, 629_000)
DEGREES_BOX: Box = (3.2, 50.7, 7.3, 53.7)
AREAS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_RESTORE = "Herstel de vorm in je GIS-programma (in QGIS: 'Geometrie herstellen'), of haal de rij weg."


class System(Enum):
    """How coordinates are written; its value is the box they should lie in."""

    RD = RD_BOX
    DEGREES = DEGREES_BOX

    @property
    def other(self) -> System:
        return System.DEGREES if self is System.RD else System.RD


# How a file may name these systems.
SYSTEMS = {
    RD: System.RD,
    "EPSG:7415": System.RD,  # RD with heights above NAP
    WGS84: System.DEGREES,
    "EPSG:4979": System.DEGREES,
    "OGC:CRS84": System.DEGREES,
}


def check_shapes(
    shapes: Cells, rows: Rows, column: str, system: System, *, areas_only: bool, required: bool
) -> tuple[Cells, list[Fault]]:
    """Return the sound shapes, None for the others, and the faults, at most one a row."""
    missing = shapely.is_missing(shapes)
    types = (*AREAS, GeometryType.POINT) if not areas_only else AREAS
    checks: list[tuple[Bools, str, str]] = [
        (missing & required, "de vorm ontbreekt of is niet te lezen", "Geef elk pand een vlak, of haal de rij weg."),
        (shapely.is_empty(shapes), "de vorm is leeg", "Geef elk pand een vlak, of haal de rij weg."),
        (
            ~np.isin(shapely.get_type_id(shapes), types) & ~missing,
            "de vorm is geen vlak",
            "Lever de omtrek van het pand als vlak.",
        ),
        *_check_places(shapely.bounds(shapes), missing, system),
        (_have_no_area(shapes), "de omtrek heeft geen oppervlakte", _RESTORE),
    ]
    unjudged = np.ones(len(shapes), dtype=bool)
    faults = []
    for wrong, problem, advice in checks:
        faults += [Fault(int(row), column, None, problem, advice) for row in rows[wrong & unjudged]]
        unjudged &= ~wrong
    sound: Bools = unjudged & ~missing
    for place in np.flatnonzero(sound & ~shapely.is_valid(shapes)):
        problem = _explain_invalid(str(shapely.is_valid_reason(shapes[place])))
        faults.append(Fault(int(rows[place]), column, None, problem, _RESTORE))
        sound[place] = False
    kept = shapes.copy()
    kept[~sound] = None
    return kept, faults


def _check_places(bounds: npt.NDArray[np.float64], missing: Bools, system: System) -> list[tuple[Bools, str, str]]:
    outside = ~_lie_in(bounds, system.value) & ~missing
    swapped = outside & _lie_in(bounds[:, [1, 0, 3, 2]], system.value)
    other = outside & ~swapped & (_lie_in(bounds, system.other.value) | _lie_in(bounds[:, [1, 0, 3, 2]], system.other.value))
    if system is System.RD:
        turned = "x en y zijn verwisseld", "Zet x (oost) vóór y (noord): x is in Nederland kleiner dan y."
        mixed = "dit zijn graden, er horen RD-coördinaten", "Reken de coördinaten om naar RD (EPSG:28992)."
    else:
        turned = "lengte- en breedtegraad zijn verwisseld", "Zet de lengtegraad (3 tot 7) vóór de breedtegraad (50 tot 54)."
        mixed = "dit zijn RD-coördinaten, er horen graden", "Geef het bestand het stelsel EPSG:28992, of noem de kolommen x en y."
    elsewhere = "de plek ligt buiten Nederland", "Controleer de coördinaten en het coördinatenstelsel."
    return [(swapped, *turned), (other, *mixed), (outside & ~swapped & ~other, *elsewhere)]


def _lie_in(bounds: npt.NDArray[np.float64], box: Box) -> Bools:
    low_x, low_y, high_x, high_y = box
    with np.errstate(invalid="ignore"):
        inside: Bools = (bounds[:, 0] >= low_x) & (bounds[:, 1] >= low_y) & (bounds[:, 2] <= high_x) & (bounds[:, 3] <= high_y)
    return inside


def _have_no_area(shapes: Cells) -> Bools:
    """Tell which areas are flat. A figure eight has no area either, but its hull has: that one crosses itself."""
    flat: Bools = np.isin(shapely.get_type_id(shapes), AREAS) & (shapely.area(shapes) == 0)
    flat[flat] = shapely.area(shapely.convex_hull(shapes[flat])) == 0
    return flat


def _explain_invalid(reason: str) -> str:
    kind, _, place = reason.partition("[")
    x, _, y = place.rstrip("]").partition(" ")
    where = f" bij {x}, {y}" if y else ""
    return f"de omtrek snijdt zichzelf{where}" if "ntersection" in kind else f"de omtrek klopt niet{where} ({kind.strip()})"


def move_to_rd(shapes: Cells, crs: str) -> Cells:
    """Return the shapes in RD New; missing ones stay missing."""
    from pyproj import Transformer  # noqa: PLC0415 - most files are in RD already

    transformer = Transformer.from_crs(crs, RD, always_xy=True)

    def to_rd(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(shapes, to_rd), dtype=object)


def measure_areas(shapes: Cells) -> npt.NDArray[np.float64]:
    """Return the area of each shape in m²; NaN for a point and for a missing shape."""
    areas = np.asarray(shapely.area(shapes), dtype=np.float64)
    return np.where(areas > 0, areas, np.nan)


def write_wkb(shapes: Cells) -> Cells:
    """Return each shape as WKB; None for a missing one."""
    return np.asarray(shapely.to_wkb(shapes), dtype=object)
