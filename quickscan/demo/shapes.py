# mypy: allow-untyped-calls
"""Outlines of buildings, in metres round their own middle, with the length along x."""

from __future__ import annotations

from enum import StrEnum

from shapely.affinity import rotate, translate
from shapely.geometry import Polygon

Ring = list[tuple[float, float]]


class Shape(StrEnum):
    RECHT = "recht"
    HAAK = "haak"  # an L: the wing stands on the left end
    TRAP = "trap"  # stepped sideways, part by part
    GALERIJ = "galerij"  # a slab with a tower for stair and lift
    TOREN = "toren"  # a square with its corners taken out
    KRUIS = "kruis"  # nave and transept


def draw_outline(shape: Shape, *, length: float, depth: float, wing: float, x: float, y: float, angle: float) -> Polygon:
    """Return the outline at its place; `wing` is the second leg of an L, `angle` turns against the clock."""
    ring = _RINGS[shape](length, depth, wing)
    outline: Polygon = translate(rotate(Polygon(ring), angle, origin=(0, 0)), x, y)
    return outline


def _straight(length: float, depth: float, _wing: float) -> Ring:
    a, b = length / 2, depth / 2
    return [(-a, -b), (a, -b), (a, b), (-a, b)]


def _hook(length: float, depth: float, wing: float) -> Ring:
    a, b = length / 2, wing / 2
    return [(-a, -b), (a, -b), (a, -b + depth), (-a + depth, -b + depth), (-a + depth, b), (-a, b)]


def _stepped(length: float, depth: float, wing: float) -> Ring:
    parts, step = 3, wing
    part = length / parts
    front, back = [], []
    for place in range(parts):
        left, low = -length / 2 + place * part, (place - 1) * step - depth / 2
        front += [(left, low), (left + part, low)]
        back += [(left, low + depth), (left + part, low + depth)]
    return front + back[::-1]


def _slab(length: float, depth: float, _wing: float) -> Ring:
    a, b = length / 2, depth / 2
    left = -a + length * 0.22
    return [(-a, -b), (a, -b), (a, b), (left + 5.5, b), (left + 5.5, b + 3.5), (left, b + 3.5), (left, b), (-a, b)]


def _tower(length: float, _depth: float, _wing: float) -> Ring:
    a, c = length / 2, length / 2 - 3.5
    return [
        (-c, -a), (c, -a), (c, -c), (a, -c), (a, c), (c, c), (c, a), (-c, a), (-c, c), (-a, c), (-a, -c), (-c, -c),
    ]  # fmt: skip


def _cross(length: float, depth: float, wing: float) -> Ring:
    a, b, w = length / 2, depth / 2, wing / 2
    left, right = length * 0.1, length * 0.1 + depth
    return [
        (-a, -b),
        (left, -b),
        (left, -w),
        (right, -w),
        (right, -b),
        (a, -b),
        (a, b),
        (right, b),
        (right, w),
        (left, w),
        (left, b),
        (-a, b),
    ]


_RINGS = {
    Shape.RECHT: _straight,
    Shape.HAAK: _hook,
    Shape.TRAP: _stepped,
    Shape.GALERIJ: _slab,
    Shape.TOREN: _tower,
    Shape.KRUIS: _cross,
}
