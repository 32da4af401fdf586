"""Read the place of a building from a table: columns x and y (RD), lon and lat (degrees), or shapes as text (WKT, RD)."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import shapely

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FactSpec, Kind
from quickscan.ingest.raw import Cells, Rows, show_cell
from quickscan.ingest.registers.geometry import WGS84, System, check_shapes, move_to_rd
from quickscan.ingest.tables.aliases import is_unknown
from quickscan.ingest.tables.numbers import find_marks, read_degrees, read_number

_METRES = FactSpec("coordinaat", "Coördinaat", Kind.GETAL, "Een RD-coördinaat in meters.", "m")
_SHAPE = re.compile(r"\s*(?:POINT|POLYGON|MULTIPOLYGON)\b", re.IGNORECASE)  # nested collections can exhaust the parser
_PAIRS = (("x", "y", System.RD), ("lon", "lat", System.DEGREES))


def read_places(cells: Mapping[str, Cells], header_of: Mapping[str, str], rows: Rows) -> tuple[Cells | None, list[Fault]]:
    """Return a shape a row in RD (None where unknown) and the faults; None when the table has no places."""
    if "geometry" in cells:
        return _read_shapes(cells["geometry"], header_of["geometry"], rows)
    for first, second, system in _PAIRS:
        if first in cells and second in cells:
            return _read_points(cells[first], cells[second], (header_of[first], header_of[second]), rows, system)
        if first in cells or second in cells:
            given, absent = (first, second) if first in cells else (second, first)
            problem = f"bij deze kolom hoort een kolom {absent}"
            return None, [Fault(None, header_of[given], None, problem, f"Voeg kolom {absent} toe, of haal deze kolom weg.")]
    return None, []


def _read_shapes(cells: Cells, header: str, rows: Rows) -> tuple[Cells, list[Fault]]:
    texts = np.array([None if cell is None or is_unknown(str(cell)) else str(cell) for cell in cells], dtype=object)
    legible = np.array([text if text and _SHAPE.match(text) else None for text in texts], dtype=object)
    shapes = shapely.force_2d(shapely.from_wkt(legible, on_invalid="ignore"))
    unread = np.array([text is not None for text in texts], dtype=bool) & shapely.is_missing(shapes)
    advice = "Schrijf de omtrek als WKT in RD, bijvoorbeeld POLYGON ((82000 455000, …))."
    faults = [
        Fault(int(rows[place]), header, show_cell(cells[place]), "deze vorm is niet te lezen", advice)
        for place in np.flatnonzero(unread)
    ]
    sound, found = check_shapes(shapes, rows, header, System.RD, areas_only=False, required=False)
    return sound, faults + found


def _read_points(first: Cells, second: Cells, headers: tuple[str, str], rows: Rows, system: System) -> tuple[Cells, list[Fault]]:
    faults: list[Fault] = []
    axes = []
    for cells, header in zip((first, second), headers, strict=True):
        axis, unread = _read_axis(cells, system)
        advice = "Zet er één getal neer, of laat beide cellen leeg als de plek onbekend is."
        faults += [
            Fault(int(rows[place]), header, show_cell(cells[place]), "dit is geen coördinaat", advice)
            for place in np.flatnonzero(unread)
        ]
        axes.append(axis)
    known = ~np.isnan(axes[0]) & ~np.isnan(axes[1])
    half = np.isnan(axes[0]) ^ np.isnan(axes[1])
    told = {fault.row for fault in faults}
    advice = "Vul beide cellen in, of laat ze allebei leeg."
    faults += [
        Fault(int(row), " en ".join(headers), None, "één van de twee coördinaten ontbreekt", advice)
        for row in rows[half]
        if int(row) not in told
    ]
    points = np.full(len(rows), None, dtype=object)
    points[known] = shapely.points(axes[0][known], axes[1][known])
    sound, found = check_shapes(points, rows, " en ".join(headers), system, areas_only=False, required=False)
    return (move_to_rd(sound, WGS84) if system is System.DEGREES else sound), faults + found


def _read_axis(cells: Cells, system: System) -> tuple[Cells, Cells]:
    """Return the numbers (NaN for unknown) and which cells are no number."""
    marks = find_marks(cells)
    values = np.full(len(cells), np.nan)
    unread = np.zeros(len(cells), dtype=bool)
    for place, cell in enumerate(cells):
        if cell is None or is_unknown(str(cell)):
            continue
        value = read_degrees(cell) if system is System.DEGREES else read_number(cell, _METRES, marks).value
        unread[place] = value is None
        values[place] = np.nan if value is None else float(value)
    return values, unread
