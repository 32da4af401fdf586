# mypy: allow-untyped-calls
"""Streets, water and green of the fictional neighbourhood, so that a map needs no network."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi, sin

from shapely.affinity import rotate
from shapely.geometry import LineString, Point, Polygon, box

from quickscan.demo.dice import draw
from quickscan.demo.plan import HEIGHT, WIDTH, Block

Line = tuple[str, float, LineString]


def draw_streets() -> list[Line]:
    """Return name, width in metres, and the middle line of every street."""
    curve = [(520.0 + 50 * t, 588 + 16 * sin(t / 10 * 2 * pi)) for t in range(11)]
    return [
        ("Waterlandlaan", 15.0, LineString([(-20, 378), (WIDTH + 20, 378)])),
        ("Sluislaan", 13.0, LineString([(520, -20), (520, HEIGHT + 20)])),
        ("Noorderdreef", 9.0, LineString([(12, 748), (1028, 748)])),
        ("Zuiderdreef", 9.0, LineString([(12, 14), (1028, 14)])),
        ("Westerkade", 8.0, LineString([(12, 14), (12, 748)])),
        ("Oosterkade", 8.0, LineString([(1028, 14), (1028, 748)])),
        ("Tulpenstraat", 7.5, LineString([(183, 378), (183, 748)])),
        ("Dahliastraat", 7.5, LineString([(347, 378), (347, 748)])),
        ("Rozenlaan", 8.0, LineString([(12, 566), (520, 566)])),
        ("Vogelzanglaan", 9.0, LineString([*curve, (1028, 588)])),
        ("Merelstraat", 7.5, LineString([(694, 378), (694, 598)])),
        ("Lijsterstraat", 7.5, LineString([(857, 378), (857, 574)])),
        ("Tijmstraat", 7.5, LineString([(183, 14), (183, 334)])),
        ("Salviastraat", 7.5, LineString([(347, 14), (347, 334)])),
        ("Kruidenlaan", 8.0, LineString([(12, 178), (520, 178)])),
        ("Singelkade", 7.0, LineString([(12, 334), (1028, 334)])),
        ("Parklaan", 8.0, LineString([(520, 178), (1028, 178)])),
        ("Pleinstraat", 8.0, LineString([(699, 14), (699, 334)])),
        ("Rietstraat", 7.0, LineString([(806, 14), (806, 178)])),
        ("Zeggestraat", 6.0, LineString([(947, 14), (947, 178)])),
    ]


def draw_paths() -> list[Line]:
    """Return footpaths: through the park, between the slabs and across the courts. No building has its address here."""
    pond = [(866 + 84 * cos(t / 20 * 2 * pi), 265 + 46 * sin(t / 20 * 2 * pi)) for t in range(21)]
    return [
        ("Zwanenpad", 2.5, LineString(pond)),
        ("Zwanenpad", 2.5, LineString([(703, 262), (745, 258), (782, 265)])),
        ("Weidepad", 2.5, LineString([(526, 733), (640, 728), (760, 731), (860, 727), (960, 731), (1024, 729)])),
        ("Kruidenpad", 2.5, LineString([(187, 250), (226, 252), (300, 246), (343, 240)])),
        ("Tulpenpad", 2.5, LineString([(62, 650), (100, 640), (146, 652)])),
        ("Violenpad", 2.5, LineString([(386, 650), (430, 660), (474, 648)])),
    ]


def draw_forecourts(boxes: Iterable[Block]) -> list[Polygon]:
    """Return the paving in front of rows of garage boxes."""
    return [
        rotate(box(b.x - b.length / 2, b.y - b.depth / 2 - 6.5, b.x + b.length / 2, b.y), b.angle, origin=(b.x, b.y))
        for b in boxes
    ]  # fmt: skip


def draw_water() -> list[Polygon]:
    """Return the singel, the ditches at the edges and the pond in the park."""
    singel = LineString([(-20 + 20 * t, 355.5 + 2.5 * sin(t / 7)) for t in range(55)]).buffer(6.5, cap_style="flat")
    west = LineString([(-8, -20), (-8, HEIGHT + 20)]).buffer(7, cap_style="flat")
    east = LineString([(1048, -20), (1048, HEIGHT + 20)]).buffer(7, cap_style="flat")
    ring = []
    for place in range(36):
        turn = place / 36 * 2 * pi
        reach = 1 + 0.16 * sin(3 * turn + 0.6) + 0.08 * sin(5 * turn)
        ring.append((866 + 62 * reach * cos(turn), 268 + 31 * reach * sin(turn)))
    return [singel, west, east, Polygon(ring)]


def draw_green() -> list[Polygon]:
    """Return courts, verges, the park, the playing field and the orchard."""
    verges = [box(-20, 362.5, WIDTH + 20, 369.5), box(-20, 386.5, WIDTH + 20, 391), box(-20, 339, WIDTH + 20, 348.5)]
    edges = [box(-1, 20, 7, 740), box(1033, 20, 1041, 740), box(20, 753.5, 1020, 764), box(20, -4, 1020, 8.5)]
    courts = [
        box(x0, y0, x1, y1).buffer(-6).buffer(6)
        for x0, y0, x1, y1 in (
            (62, 445, 136, 520), (222, 445, 300, 520), (390, 445, 462, 520),
            (58, 612, 146, 686), (222, 612, 302, 686), (386, 612, 474, 686),
            (562, 428, 600, 466), (606, 484, 662, 500), (726, 428, 764, 466), (770, 484, 826, 500),
            (888, 428, 926, 466), (932, 484, 988, 500),
            (60, 216, 146, 280), (262, 226, 300, 282), (200, 200, 300, 270),
            (540, 612, 1018, 738),
            (572, 30, 606, 166), (628, 30, 664, 166),
            (40, 50, 160, 66), (40, 86, 160, 102), (40, 122, 160, 138),
            (219, 40, 233, 160), (255, 40, 269, 160), (291, 40, 305, 160),
            (366, 106, 438, 140), (814, 58, 930, 72), (826, 106, 936, 120),
        )
    ]  # fmt: skip
    park = Polygon([(708, 186), (880, 186), (880, 230), (972, 230), (972, 326), (708, 326)]).buffer(-5).buffer(5)
    orchard = Polygon([(886, 188), (968, 188), (968, 228), (886, 228)])
    return [*verges, *edges, *courts, park, orchard]


def draw_squares() -> list[Polygon]:
    """Return the paved square, the playground and the forecourt of the church."""
    return [box(577, 222, 668, 307), box(226, 286, 290, 318).buffer(-1), box(364, 280, 412, 286)]


def draw_trees(streets: list[Line]) -> list[tuple[float, float]]:
    """Return rows of trees along the main streets and scattered trees in the green."""
    spots: list[tuple[float, float]] = []
    for name, width, line in streets:
        if not name.endswith(("laan", "dreef", "kade")):
            continue
        for side in (1, -1):
            row = line.parallel_offset(width / 2 + 3.0, "left" if side > 0 else "right")
            spots += [tuple(row.interpolate(d).coords[0]) for d in range(10, int(row.length) - 8, 16)]
    for place, area in enumerate(draw_green()[7:]):
        x0, y0, x1, y1 = area.bounds
        for tree in range(int(area.area / 330)):
            spot = (x0 + (x1 - x0) * draw("boom-x", place, tree), y0 + (y1 - y0) * draw("boom-y", place, tree))
            if area.contains(Point(spot)):
                spots.append(spot)
    return spots
