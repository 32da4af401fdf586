"""Drawings of buildings without a library: an axonometric view as SVG, that scales and prints.

Everything is a prism: an outline in metres between two heights. Prisms are drawn from far to near (the painter's
algorithm); of each prism the walls that face the viewer, then its top. Existing volume is grey, what may come has colour.
Show a drawing with `st.image(svg)`: `st.html` takes SVG out.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from quickscan.domain.rules import Rules
from quickscan.ui import map3d
from quickscan.ui.look import ACCENT

Floats = npt.NDArray[np.float64]
SUN = (0.62, 0.42)  # metres of shadow per metre of height, east and north on the drawing's ground
WINDOW_M, BAY_M, SLIVER_M = 1.5, 3.3, 0.01
GAP_M = 0.9  # between the roof and the new layers
BESIDE_M, BESIDE_MOST_M, BESIDE_GAP_M = 7.5, 14.0, 0.9
EDGE = "stroke='{}' stroke-width='.4'"
FONT = "font-family='&quot;Source Sans 3&quot;,&quot;Source Sans Pro&quot;,system-ui,sans-serif' font-size='22' font-weight='650'"
MOST_LAYERS, MOST_STOREYS = 12, 60


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks down at `elevation` degrees, after turning the ground by `turn` degrees against the clock."""

    turn: float
    elevation: float

    def see(self, points: Floats, z: float = 0.0) -> Floats:
        """Return picture coordinates in metres, y downwards."""
        x, depth = self.rotate(points).T
        tilt = math.radians(self.elevation)
        return np.column_stack([x, -depth * math.sin(tilt) - z * math.cos(tilt)])

    def rotate(self, points: Floats) -> Floats:
        """Return points with the second axis pointing away from the viewer."""
        c, s = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        turned: Floats = points @ np.array([[c, s], [-s, c]])
        return turned


@dataclass(frozen=True, slots=True)
class Paint:
    """The colours of the parts of a prism."""

    top: str
    left: str
    right: str
    line: str

    @classmethod
    def of(cls, color: str, *, dark: bool = False) -> Paint:
        """Return the tones of one colour; the top is the colour itself."""
        return cls(color, shade(color, 0.72), shade(color, 0.86), shade(color, 1.5 if dark else 0.6))


@dataclass
class Canvas:
    """Collects SVG elements and remembers how far they reach."""

    camera: Camera
    scale: float
    parts: list[str] = field(default_factory=list)
    low: Floats = field(default_factory=lambda: np.full(2, np.inf))
    high: Floats = field(default_factory=lambda: np.full(2, -np.inf))

    def place(self, points: Floats, z: float = 0.0) -> Floats:
        """Return pixels; what is placed is inside the picture."""
        pixels: Floats = self.camera.see(points, z) * self.scale
        self.low, self.high = np.minimum(self.low, pixels.min(axis=0)), np.maximum(self.high, pixels.max(axis=0))
        return pixels

    def ring(self, points: Floats, z: float = 0.0) -> str:
        return f"M{_points(self.place(points, z))}Z"

    def add(self, path: str, attributes: str) -> None:
        if path:
            self.parts.append(f"<path d='{path}' {attributes}/>")

    def svg(self, label: str, *, margin: float = 12) -> str:
        """Return the whole drawing, as large as what was placed."""
        low = np.where(np.isfinite(self.low), self.low, 0) - margin
        size = np.where(np.isfinite(self.high), self.high, 1) + margin - low
        box = " ".join(_short(number) for number in (*low, *size))
        title = html.escape(_printable(label), quote=True)
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}' role='img' aria-label='{title}'>"
            f"<title>{title}</title>{''.join(self.parts)}</svg>"
        )


# ---- Prisms --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Windows:
    """A row of windows on every storey."""

    storey: float
    count: int
    glass: str


def draw_prism(
    canvas: Canvas,
    shape: BaseGeometry,
    base: float,
    top: float,
    paint: Paint,
    *,
    lines: Sequence[float] = (),
    windows: Windows | None = None,
    more: str = "",
) -> None:
    """Draw walls and top of one or more polygons, with horizontal lines at the heights asked."""
    for polygon in sorted(_polygons(shape), key=lambda part: -_depth(canvas.camera, part)):
        walls = _facing_walls(canvas.camera, polygon)
        # With windows wall by wall, so that a near wall hides the windows behind it; else in two strokes, which is shorter.
        for batch in [[wall] for wall in walls] if windows else [walls]:
            _draw_walls(canvas, batch, base, top, paint, more)
            ruled = "".join(f"M{_points(canvas.place(wall, z))}" for wall in batch for z in lines)
            canvas.add(ruled, f"fill='none' stroke='{paint.line}' stroke-opacity='.35' stroke-width='.7'")
            if windows:
                canvas.add("".join(_panes(canvas, batch[0], base, windows)), f"fill='{windows.glass}'")
        rings = "".join(canvas.ring(_ring(ring), top) for ring in (polygon.exterior, *polygon.interiors))
        canvas.add(rings, f"fill='{paint.top}' fill-rule='evenodd' {more}")


def _draw_walls(canvas: Canvas, walls: Sequence[Floats], base: float, top: float, paint: Paint, more: str) -> None:
    for tone, left in ((paint.left, True), (paint.right, False)):
        chosen = [wall for wall in walls if _faces_left(canvas.camera, wall) is left]
        canvas.add("".join(_quad(canvas, wall, base, top) for wall in chosen), f"fill='{tone}' {more or EDGE.format(tone)}")


def _quad(canvas: Canvas, wall: Floats, base: float, top: float) -> str:
    return f"M{_points(np.vstack([canvas.place(wall, base), canvas.place(wall, top)[::-1]]))}Z"


def _panes(canvas: Canvas, wall: Floats, base: float, windows: Windows) -> list[str]:
    length = float(np.hypot(*(wall[1] - wall[0])))
    bays = int((length - 0.8) // BAY_M)
    along = (wall[1] - wall[0]) / max(length, 0.01)
    paths = []
    for bay in range(bays):
        left = wall[0] + along * ((length - bays * BAY_M) / 2 + bay * BAY_M + 0.6)
        pane = np.array([left, left + along * (BAY_M - 1.2)])
        for level in range(windows.count):
            sill = base + (level + 0.3) * windows.storey
            paths.append(_quad(canvas, pane, sill, sill + min(WINDOW_M, windows.storey * 0.5)))
    return paths


def outline_prism(canvas: Canvas, shape: BaseGeometry, base: float, top: float, color: str) -> None:
    """Draw a prism as dashed edges only: it may come, it may not."""
    dashed = (
        f"fill='{color}' fill-opacity='.07' stroke='{color}' stroke-width='1.3' stroke-dasharray='5 4' stroke-linejoin='round'"
    )
    for polygon in _polygons(shape):
        for wall in _facing_walls(canvas.camera, polygon):
            canvas.add(_quad(canvas, wall, base, top), dashed)
        canvas.add(canvas.ring(_ring(polygon.exterior), top), dashed)


def cast_shadow(shape: BaseGeometry, height: float) -> BaseGeometry:
    """Return the ground that a prism shades."""
    swept = [shape]
    for polygon in _polygons(shape):
        corners = _ring(polygon.exterior)
        far = corners + np.array(SUN) * height
        swept += [
            shapely.convex_hull(shapely.multipoints(np.vstack([corners[[i, i - 1]], far[[i, i - 1]]])))
            for i in range(len(corners))
        ]
        swept.append(shapely.polygons(far))
    shaded: BaseGeometry = shapely.union_all(swept)
    return shaded


def _facing_walls(camera: Camera, polygon: Polygon) -> list[Floats]:
    """Return the walls that the viewer sees, far ones first."""
    walls = []
    for ring in (polygon.exterior, *polygon.interiors):
        points = shapely.get_coordinates(ring)
        turned = camera.rotate(points)
        # Outer rings run against the clock and holes with it, so that outside is always to the right of a wall.
        ahead = np.diff(turned[:, 0]) > SLIVER_M
        walls += [points[i : i + 2] for i in np.flatnonzero(ahead)]
    return sorted(walls, key=lambda wall: -float(camera.rotate(wall)[:, 1].mean()))


def _faces_left(camera: Camera, wall: Floats) -> bool:
    (_, depth0), (_, depth1) = camera.rotate(wall)
    return bool(depth1 < depth0)


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(shape)
    return [orient(part) for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _ring(ring: BaseGeometry) -> Floats:
    points: Floats = shapely.get_coordinates(ring)[:-1]
    return points


def _depth(camera: Camera, shape: BaseGeometry) -> float:
    return float(camera.rotate(shapely.get_coordinates(shapely.centroid(shape)))[0, 1])


# ---- The neighbourhood ---------------------------------------------------------------------------------------------


def neighbourhood_svg(
    buildings: pd.DataFrame,
    screened: pd.DataFrame,
    rules: Rules,
    *,
    surroundings: map3d.Surroundings | None = None,
    colouring: str = map3d.VERDICT,
    label: str = "Tekening van de wijk, met nieuwe lagen in de kleur van het oordeel",
    dark: bool = False,
) -> str:
    """Draw all buildings with `geometry`, their surroundings, and the new layers of what is in beeld or twijfel."""
    tones = map3d.DARK if dark else map3d.LIGHT
    canvas = Canvas(Camera(turn=-22, elevation=41), scale=1.15)
    shapes = shapely.simplify(shapely.from_wkb(buildings["geometry"].to_numpy(dtype=object)), map3d.SIMPLER_M)
    placed = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    roof = map3d.heights(buildings, rules)
    reached, new, places = map3d.in_reach(screened), map3d.has_new_layers(screened), map3d.colour_places(screened, colouring)
    tall = screened["lagen"].fillna(0).to_numpy(dtype=float) * rules.parameter("hoogte.nieuwe_laag_m").likely
    styles = map3d.swatches(colouring)
    storey = rules.parameter("hoogte.bestaande_laag_m").likely
    if surroundings is not None:
        _draw_ground(canvas, surroundings, tones, dark=dark)
    shade_path = shapely.union_all([cast_shadow(shapes[row], float(roof[row] + new[row] * tall[row])) for row in placed])
    canvas.add(_ground_path(canvas, shade_path), f"fill='#0b1730' fill-opacity='{'.45' if dark else '.13'}'")
    grey, pale = _quiet_paints(dark=dark)
    for row in sorted(placed, key=lambda place: -_depth(canvas.camera, shapes[place])):
        lines = np.arange(storey, roof[row] - 0.5, storey) if reached[row] else ()
        draw_prism(canvas, shapes[row], 0, float(roof[row]), grey if reached[row] else pale, lines=[float(z) for z in lines])
        if new[row]:
            base, style = float(roof[row]) + GAP_M, styles[places[row]]
            faint = "fill-opacity='.5' stroke='none'" if style.glyph == "?" else ""
            draw_prism(canvas, shapes[row], base, base + float(tall[row]), Paint.of(style.color, dark=dark), more=faint)
    return canvas.svg(label, margin=4)


def _quiet_paints(*, dark: bool) -> tuple[Paint, Paint]:
    """Return the greys of buildings in reach and of the rest."""
    if dark:
        return Paint("#5d6a82", "#37425a", "#465270", "#8fa0bb"), Paint("#3a465b", "#232d3f", "#2c374b", "#5f7191")
    return Paint("#e3e6eb", "#b4bac6", "#cbd0d9", "#7d8797"), Paint("#f1f2f5", "#d3d7de", "#e2e5ea", "#a3abb8")


def _draw_ground(canvas: Canvas, around: map3d.Surroundings, tones: map3d.Tones, *, dark: bool) -> None:
    streets = shapely.union_all(
        [shapely.buffer(shapely.from_wkb(street.line), street.width_m / 2, cap_style="flat") for street in around.straten]
    )
    layers = [
        (shapely.union_all(shapely.from_wkb(np.array(around.groen, dtype=object))), tones.green),
        (shapely.union_all(shapely.from_wkb(np.array(around.water, dtype=object))), tones.water),
        (streets, tones.street),
        (shapely.union_all(shapely.from_wkb(np.array(around.pleinen, dtype=object))), tones.square),
    ]
    plate = shapely.buffer(shapely.oriented_envelope(shapely.union_all([layer for layer, _ in layers])), -14)
    board = shapely.buffer(shapely.buffer(plate, -12), 22)
    canvas.add(_ground_path(canvas, board), f"fill='{'#0d1626' if dark else '#f7f8f9'}'")
    for shape, color in layers:
        canvas.add(_ground_path(canvas, shapely.simplify(shapely.intersection(shape, board), 0.4)), f"fill='{color}'")
    trees = np.array([spot for spot in around.bomen if shapely.contains_xy(board, *spot)]).reshape(-1, 2)
    if len(trees):
        # A dot is a line without length under a round brush: eight characters a tree.
        brush = f"fill='none' stroke-linecap='round' stroke-width='{_short(4.4 * canvas.scale)}'"
        canvas.add(
            "".join(f"M{_points([spot])}h0" for spot in canvas.place(trees + np.array(SUN) * 2)),
            f"{brush} stroke='#0b1730' stroke-opacity='.1'",
        )
        canvas.add("".join(f"M{_points([spot])}h0" for spot in canvas.place(trees, 2.5)), f"{brush} stroke='{tones.tree}'")


def _ground_path(canvas: Canvas, shape: BaseGeometry) -> str:
    rings = [ring for polygon in _polygons(shape) for ring in (polygon.exterior, *polygon.interiors)]
    return "".join(canvas.ring(_ring(ring)) for ring in rings)


# ---- One building --------------------------------------------------------------------------------------------------


def building_svg(
    footprint: bytes | BaseGeometry,
    storeys: float,
    new_layers: tuple[float, float, float],
    *,
    facades: int = 0,
    plinth: bool = False,
    color: str = ACCENT,
    storey_m: float = 2.8,
    new_storey_m: float = 3.2,
    name: str = "dit gebouw",
    dark: bool = False,
) -> str:
    """Draw one building with what may come.

    `new_layers` is laag, waarschijnlijk and hoog: up to laag solid, up to waarschijnlijk hatched, up to hoog dashed.
    `facades` is how many sides get a volume beside them (0 to 2); `plinth` colours the lowest storey.
    """
    shape = _lay_down(shapely.from_wkb(footprint) if isinstance(footprint, bytes) else footprint)
    standing = int(min(max(round(_known(storeys, 1)), 1), MOST_STOREYS))
    sure, likely, most = (int(min(max(round(_known(number, 0)), 0), MOST_LAYERS)) for number in new_layers)
    width = float(np.ptp(shapely.get_coordinates(shape)[:, 0]))
    tall = standing * storey_m + GAP_M + most * new_storey_m
    canvas = Canvas(Camera(turn=-27, elevation=28), scale=min(620 / max(width, 12.0), 420 / max(tall, 9.0), 16.0))
    canvas.parts.append(_hatch(color))
    grey, _ = _quiet_paints(dark=dark)
    soft = Paint.of(color, dark=dark)
    roof = standing * storey_m
    beside = _beside(shape, facades)
    ground = shapely.union_all(
        [cast_shadow(shape, roof + most * new_storey_m * 0.6), *(cast_shadow(extra, roof) for extra in beside)]
    )
    canvas.add(_ground_path(canvas, ground), f"fill='#0b1730' fill-opacity='{'.5' if dark else '.1'}'")
    lines, glass = _levels(0, storey_m, standing), "#1d2739" if dark else "#8f9bb0"
    lit = shade(color, 1.7)
    # The short sides lie left and right; the left one is behind the building and the right one in front.
    for extra in beside[1:]:
        draw_prism(canvas, extra, 0, roof, soft, windows=Windows(storey_m, standing, lit))
    if plinth:
        draw_prism(canvas, shape, 0, storey_m, soft, windows=Windows(storey_m, 1, lit))
    start = storey_m if plinth else 0.0
    if roof > start:
        above = Windows(storey_m, round((roof - start) / storey_m), glass)
        draw_prism(canvas, shape, start, roof, grey, lines=[z for z in lines if z > start], windows=above)
    for extra in beside[:1]:
        draw_prism(canvas, extra, 0, roof, soft, windows=Windows(storey_m, standing, lit))
    base = roof + (GAP_M if most else 0)
    for layer in range(most):
        low, high = base + layer * new_storey_m, base + (layer + 1) * new_storey_m - 0.25
        if layer < sure:
            draw_prism(canvas, shape, low, high, soft, windows=Windows(new_storey_m, 1, lit))
        elif layer < likely:
            draw_prism(canvas, shape, low, high, Paint("#ffffff", "#e9edf3", "#f4f6f9", color))
            hatch = f"url(#{_hatch_id(color)})"
            draw_prism(canvas, shape, low, high, Paint(hatch, hatch, hatch, color))
            outline_prism(canvas, shape, low, high, color)
        else:
            outline_prism(canvas, shape, low, high, color)
    text = layers_text(standing, sure, likely, most)
    _write_heights(canvas, shape, roof, base + most * new_storey_m, text, color=color, dark=dark)
    return canvas.svg(f"{name}: {text}")


def layers_text(standing: int, sure: int, likely: int, most: int) -> str:
    """Return "3 + 1 lagen", with the range when it is not sure."""
    if most == 0:
        return f"{standing} {'laag' if standing == 1 else 'lagen'}"
    reach = "" if sure == most else f" ({sure} tot {most})"
    return f"{standing} + {likely} {'laag' if standing + likely == 1 else 'lagen'}{reach}"


def _lay_down(shape: BaseGeometry) -> BaseGeometry:
    """Return the outline round (0, 0) with its longest side along x, so that every building is seen from its long side."""
    box = _ring(shapely.oriented_envelope(shape).exterior) if shape.area > 0 else np.array([[0, 0], [12, 0], [12, 9], [0, 9]])
    if shape.area == 0:
        shape = shapely.polygons(box)
    sides = np.diff(np.vstack([box, box[:1]]), axis=0)
    longest = sides[int(np.argmax(np.hypot(*sides.T)))]
    turn = -math.atan2(longest[1], longest[0])
    turn = (turn + math.pi / 2) % math.pi - math.pi / 2
    c, s = math.cos(turn), math.sin(turn)
    centre = box.mean(axis=0)
    laid: BaseGeometry = shapely.simplify(
        shapely.transform(shape, lambda points: (points - centre) @ np.array([[c, s], [-s, c]])), map3d.SIMPLER_M
    )
    return laid


def _beside(shape: BaseGeometry, count: int) -> list[BaseGeometry]:
    """Return a volume against the left and the right end, as many as asked; the one in front comes first."""
    x0, y0, x1, y1 = shapely.bounds(shape)
    ends = []
    for edge, outward in ((x1, 1), (x0, -1)):
        end = shapely.box(min(edge, edge - outward * 4), y0, max(edge, edge - outward * 4), y1)
        low, high = shapely.bounds(shapely.intersection(shape, end))[[1, 3]]
        start = edge + outward * BESIDE_GAP_M
        far = start + outward * BESIDE_M
        ends.append(shapely.box(min(start, far), low, max(start, far), min(high, low + BESIDE_MOST_M)))
    return ends[: max(count, 0)]


def _levels(base: float, storey: float, count: int) -> list[float]:
    return [base + storey * level for level in range(1, count)]


def _write_heights(canvas: Canvas, shape: BaseGeometry, roof: float, top: float, text: str, *, color: str, dark: bool) -> None:
    """Write the layers beside a bar: grey for what stands, colour for what may come."""
    x0, y0, _, _ = shapely.bounds(shape)
    left = float(canvas.low[0]) - 26
    corner = np.array([[x0, y0]])
    foot, eaves, head = (float(canvas.place(corner, z)[0, 1]) for z in (0.0, roof, top))
    ink = "#e9eef6" if dark else "#001a40"
    bar = "stroke-width='5' stroke-linecap='butt' fill='none'"
    canvas.add(f"M{_short(left)} {_short(foot)}V{_short(eaves)}", f"{bar} stroke='{'#5f7191' if dark else '#b4bac6'}'")
    if top > roof:
        canvas.add(f"M{_short(left)} {_short(eaves - 3)}V{_short(head)}", f"{bar} stroke='{color}'")
    y = max(foot, float(canvas.high[1])) + 34
    canvas.parts.append(f"<text x='{_short(left - 3)}' y='{_short(y)}' {FONT} fill='{ink}'>{html.escape(text)}</text>")
    canvas.low[0] = min(canvas.low[0], left - 8)
    canvas.high = np.maximum(canvas.high, np.array([left + 12.5 * len(text), y + 6]))


def _hatch(color: str) -> str:
    return (
        f"<defs><pattern id='{_hatch_id(color)}' width='7' height='7' patternUnits='userSpaceOnUse' "
        f"patternTransform='rotate(45)'><rect width='7' height='7' fill='{color}' fill-opacity='.18'/>"
        f"<rect width='2.4' height='7' fill='{color}'/></pattern></defs>"
    )


def _hatch_id(color: str) -> str:
    return f"arcering-{color.removeprefix('#')}"


# ---- Small things --------------------------------------------------------------------------------------------------


def shade(color: str, factor: float) -> str:
    """Return a darker colour (factor below 1) or a lighter one (above 1, 2 is white)."""
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    if factor <= 1:
        return "#" + "".join(f"{round(part * factor):02x}" for part in parts)
    return "#" + "".join(f"{round(part + (255 - part) * min(factor - 1, 1)):02x}" for part in parts)


def _points(points: Iterable[Any]) -> str:
    return " ".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _short(number: float) -> str:
    text = f"{number:.1f}"
    return text.removesuffix(".0")


def _known(number: float | None, otherwise: float) -> float:
    return otherwise if number is None or math.isnan(number) else float(number)


def _printable(text: str) -> str:
    """Return text without the control characters that XML does not know."""
    return "".join(letter for letter in text if letter.isprintable())
