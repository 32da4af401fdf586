# mypy: allow-untyped-calls
"""What follows from where a building stands: free head façades, and the nearest home its shadow can reach."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from quickscan.demo.plan import FLATS, TURN, Block, Soort
from quickscan.demo.shapes import Shape, draw_outline
from quickscan.demo.surroundings import Line

HEAD_ROOM_M = 9.0  # free ground that building against a head façade needs
LOOK_NORTH_M = 120.0


def count_free_heads(
    blocks: Sequence[Block], outlines: Sequence[Polygon], streets: Sequence[Line], water: Sequence[Polygon]
) -> list[float | None]:
    """Count the head façades with room for a building against them; an L has an inner corner as well."""
    paved = [line.buffer(width / 2) for _, width, line in streets]
    obstacles = np.array([*outlines, *paved, *water], dtype=object)
    tree = shapely.STRtree(obstacles)
    counts: list[float | None] = []
    for block in blocks:
        if block.soort not in FLATS or block.soort is Soort.TOREN:
            counts.append(None)
            continue
        probes = [
            draw_outline(
                Shape.RECHT, length=HEAD_ROOM_M, depth=block.depth - 1.0, wing=0, angle=block.angle + turn,
                x=block.x + dx * cos(radians(block.angle)) - dy * sin(radians(block.angle)),
                y=block.y + dx * sin(radians(block.angle)) + dy * cos(radians(block.angle)),
            )
            for dx, dy, turn in _head_places(block)
        ]  # fmt: skip
        hit = {int(probe) for probe, _ in tree.query(np.array(probes, dtype=object), predicate="intersects").T}
        counts.append(float(len(probes) - len(hit) + (1 if block.shape is Shape.HAAK else 0)))
    return counts


def _head_places(block: Block) -> list[tuple[float, float, float]]:
    """Return where the probes stand, in the building's own axes: along, across, and turned by."""
    reach = block.length / 2 + HEAD_ROOM_M / 2 + 0.3
    if block.shape is Shape.HAAK:
        low, left = -block.wing / 2 + block.depth / 2, -block.length / 2 + block.depth / 2
        return [(reach, low, 0.0), (left, block.wing / 2 + HEAD_ROOM_M / 2 + 0.3, 90.0)]
    shift = block.wing if block.shape is Shape.TRAP else 0.0
    return [(-reach, -shift, 0.0), (reach, shift, 0.0)]


def measure_to_north(blocks: Sequence[Block], outlines: Sequence[Polygon]) -> list[float | None]:
    """Measure from each flat to the nearest home north of it, which is where its shadow falls at noon."""
    turn = radians(-TURN)  # north of RD in the axes of the plan
    north = (-sin(turn), cos(turn))
    homes = [place for place, b in enumerate(blocks) if b.soort in FLATS or b.soort in (Soort.RIJ, Soort.BOERDERIJ)]
    tree = shapely.STRtree([outlines[place] for place in homes])
    flats = [place for place, b in enumerate(blocks) if b.soort in FLATS]
    shadows = []
    for place in flats:
        outline = outlines[place]
        far = shapely.transform(outline, lambda xy: xy + np.array(north) * LOOK_NORTH_M)
        shadows.append(MultiPolygon([outline, far]).convex_hull)
    distances: list[float | None] = [None] * len(blocks)
    found: dict[int, list[float]] = {}
    for shadow, hit in tree.query(np.array(shadows, dtype=object), predicate="intersects").T:
        mine, other = flats[shadow], homes[hit]
        middle = outlines[other].centroid
        ahead = (middle.x - blocks[mine].x) * north[0] + (middle.y - blocks[mine].y) * north[1]
        if mine != other and ahead > 0:
            found.setdefault(mine, []).append(outlines[mine].distance(outlines[other]))
    for place in flats:
        distances[place] = round(min(found.get(place, [LOOK_NORTH_M])), 1)
    return distances
