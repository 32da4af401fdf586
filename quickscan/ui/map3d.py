"""The map: a frame of buildings in, deck.gl JSON out. Nothing in it asks the network for anything.

What stands is grey, at its own height; new layers float a hair above it in the colour that was chosen. A shape is sent
once as decimetres from the middle of the portfolio (deck.gl's METER_OFFSETS), so that 5,600 buildings are some hundreds
of kilobytes. A colouring is a way to colour the new layers; a swatch is one colour of it with its glyph and word.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from quickscan.domain.columns import Bools, Columns, Floats
from quickscan.domain.derive import derive_facts
from quickscan.domain.rules import Rules
from quickscan.domain.terms import ASPECTEN, Voorselectie
from quickscan.ui.look import ASPECT_NAMES, OORDEEL, VOORSELECTIE, Style
from quickscan.ui.numbers import percent, span, whole

GAP_M = 0.6  # how far new layers float above the roof, for the eye only
SIMPLER_M = 0.3  # corners nearer than this to the line are left out
MOST_DRAWN = 20_000
UNITS_PER_M = 10  # coordinates are whole decimetres
VIEW_PIXELS = (1100.0, 780.0)  # width and height that must hold all buildings
BEARING, NEARER = -15, 0.085  # the view looks from the south-east, at a point a little nearer than the middle
TILE, EARTH_M = 512.0, 40_030_000.0  # as deck.gl has them
METRES_PER_DEGREE = EARTH_M / 360
SOMEWHERE_RD = (154_900.0, 462_900.0, 155_100.0, 463_100.0)  # when no building has a shape
# deck.gl 9.4 lights `material: false` all the same, and a roof then gets 0.69 of its colour. Its two lights give a flat
# roof 0.568; with these numbers a roof has exactly the colour of the legend and the walls differ a little from it.
ROOF_LIGHT, DIFFUSE = 1 / 11**0.5 + 0.9 * 2.5 / 71.25**0.5, -0.4
MATERIAL = {"ambient": 1 - DIFFUSE * ROOF_LIGHT, "diffuse": DIFFUSE, "shininess": 1, "specularColor": [0, 0, 0]}
BUILDING_LAYER, NEW_LAYER = "gebouwen", "nieuw"

VERDICT, PRESELECTION = "oordeel", "voorselectie"
COLOURINGS: Mapping[str, str] = {VERDICT: "Oordeel", PRESELECTION: "Voorselectie", **{str(a): ASPECT_NAMES[a] for a in ASPECTEN}}
STEPS: tuple[Style, ...] = (
    Style("#8f4204", "1", ":material/counter_1:", "score tot 20"),
    Style("#d9780f", "2", ":material/counter_2:", "20 tot 40"),
    Style("#a79fc0", "3", ":material/counter_3:", "40 tot 60"),
    Style("#8865f5", "4", ":material/counter_4:", "60 tot 80"),
    Style("#3b0fb0", "5", ":material/counter_5:", "80 of meer"),
    Style("#5f6775", "?", ":material/help:", "onbekend"),
)


class RoadLike(Protocol):
    """A street: its middle line (WKB, RD New) and its width."""

    @property
    def width_m(self) -> float: ...
    @property
    def line(self) -> bytes: ...


class Surroundings(Protocol):
    """What lies round the buildings, as WKB in RD New."""

    @property
    def groen(self) -> Sequence[bytes]: ...
    @property
    def water(self) -> Sequence[bytes]: ...
    @property
    def straten(self) -> Sequence[RoadLike]: ...
    @property
    def pleinen(self) -> Sequence[bytes]: ...
    @property
    def bomen(self) -> Sequence[tuple[float, float]]: ...


@dataclass(frozen=True, slots=True)
class Tones:
    """The quiet colours, for a light or a dark page."""

    water: str
    green: str
    street: str
    square: str
    tree: str
    building: str
    beyond: str
    edge: str


LIGHT = Tones("#c5dcea", "#dfead6", "#e9ebef", "#f0ebe2", "#b9d0ab", "#c3c8d1", "#e0e3e8", "#8e96a4")
DARK = Tones("#10293c", "#14241c", "#1b2230", "#23211f", "#21382a", "#566177", "#2b3445", "#8996ae")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is on the map: how it is coloured, which buildings count, and on which page colour."""

    colouring: str
    outcomes: tuple[str, ...] = ()  # of the voorselectie; empty means all
    least_homes: int = 0
    dark: bool = False
    styles: tuple[Style, ...] = ()  # the colouring is then a column of places in these (-1: none), and marks roofs


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn map: the JSON, how many buildings count, and what was left out."""

    spec: str
    shown: int
    note: str


class RawDeck:
    """What st.pydeck_chart asks of a deck, around JSON that is made once. Private surface: a test pins it."""

    layers = None
    mapbox_key = None

    def __init__(self, spec: str) -> None:
        self._spec = spec
        # Streamlit escapes what goes in the braces; `_plain` takes the markup out before as well.
        self._tooltip = {
            "html": "<b>{n}</b><br>{w}<br>{o}",
            "style": {
                "background": "#001a40",
                "color": "#ffffff",
                "borderRadius": "8px",
                "padding": "10px 14px",
                "fontFamily": "inherit",
                "fontSize": "15px",
                "lineHeight": "1.45",
                "maxWidth": "320px",
                "zIndex": "5",
            },
        }

    def to_json(self) -> str:
        return self._spec


def as_deck(picture: Picture) -> Any:
    """Return the picture in the shape that st.pydeck_chart takes for a pydeck.Deck."""
    return RawDeck(picture.spec)


def swatches(colouring: str) -> tuple[Style, ...]:
    """Return the colours of new layers, in the order of the legend."""
    if colouring == VERDICT:
        return tuple(OORDEEL.values())
    if colouring == PRESELECTION:
        return VOORSELECTIE[Voorselectie.IN_BEELD], VOORSELECTIE[Voorselectie.TWIJFEL]
    return STEPS


def default_colouring(screened: pd.DataFrame) -> str:
    """Return the verdict once any building has one, the voorselectie until then."""
    judged = screened["oordeel"].isin([str(key) for key, style in OORDEEL.items() if style.word != "onvoldoende bekend"])
    return VERDICT if judged.any() else PRESELECTION


def in_reach(screened: pd.DataFrame) -> Bools:
    """Return which buildings the screening looked at."""
    reached: Bools = (screened["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)).to_numpy(dtype=bool)
    return reached


def counts(screened: pd.DataFrame, choice: Choice) -> Bools:
    """Return which buildings are in reach and pass the filters."""
    kept = in_reach(screened)
    if choice.outcomes:
        kept = kept & screened["voorselectie"].isin(choice.outcomes).to_numpy(dtype=bool)
    if choice.least_homes > 0:
        kept = kept & (screened["woningen"].fillna(0) >= choice.least_homes).to_numpy(dtype=bool)
    return kept


def has_new_layers(screened: pd.DataFrame) -> Bools:
    """Return which buildings are in beeld or twijfel and hold at least one new home."""
    open_ = screened["voorselectie"].isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)])
    holds: Bools = (open_ & (screened["woningen"].fillna(0) > 0) & (screened["lagen"].fillna(0) > 0)).to_numpy(dtype=bool)
    return holds


def colour_places(screened: pd.DataFrame, colouring: str) -> npt.NDArray[np.intp]:
    """Return for each building the place of its colour in `swatches`."""
    styles = swatches(colouring)
    if colouring in (VERDICT, PRESELECTION):
        order = {style.word: place for place, style in enumerate(styles)}
        places = screened[colouring].astype("object").map(order).fillna(-1).to_numpy(dtype=np.intp)
    else:
        score = screened[colouring].to_numpy(dtype=float, na_value=np.nan)
        known = screened[f"{colouring}_dekking"].to_numpy(dtype=float, na_value=np.nan) > 0
        places = np.where(known, np.clip(np.nan_to_num(score) // 20, 0, len(styles) - 2), len(styles) - 1).astype(np.intp)
    return np.where(places < 0, len(styles) - 1, places)


def heights(buildings: pd.DataFrame, rules: Rules) -> Floats:
    """Return metres above the ground: the height, else storeys, else a slab of one storey."""
    columns = Columns(buildings)
    derive_facts(columns, rules)
    storey = rules.parameter("hoogte.bestaande_laag_m").likely
    known, storeys = columns.number("hoogte_m"), columns.number("bouwlagen") * storey
    return np.where(np.isnan(known), np.where(np.isnan(storeys), storey, storeys), known)


# ---- Places --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """RD New to metres from an origin, such that deck.gl draws each point at its own longitude and latitude.

    deck.gl's metres are those of its sphere and get wider to the north (`project_offset_`); both are undone here, and
    the turn of RD against the north comes out by itself because every point goes through longitude and latitude.
    """

    longitude: float
    latitude: float

    @classmethod
    def around(cls, x: float, y: float) -> Projection:
        longitude, latitude = _to_wgs84().transform(x, y)
        return cls(round(longitude, 6), round(latitude, 6))

    def offsets(self, points: Floats) -> Floats:
        """Return an array like `points` (x, y in RD) with deck.gl's metres east and north of the origin."""
        if not len(points):
            return points
        longitude, latitude = _to_wgs84().transform(points[:, 0], points[:, 1])
        per_metre, per_metre_north = self.scales()
        east = (np.asarray(longitude) - self.longitude) * TILE / 360
        north = (_mercator(np.asarray(latitude)) - _mercator(np.array(self.latitude))) / per_metre
        return np.column_stack([east / (per_metre + per_metre_north * north), north])

    def scales(self) -> tuple[float, float]:
        """Return deck.gl's common units per metre, and how much more per metre to the north."""
        turn = math.radians(self.latitude)
        per_metre = TILE / EARTH_M / math.cos(turn)
        per_degree = TILE / 360 / math.cos(turn)
        growth = TILE / EARTH_M * math.radians(1) * math.tan(turn) / math.cos(turn)
        return per_metre, growth / per_degree * per_metre


def _mercator(latitude: Floats) -> Floats:
    stretched: Floats = TILE * np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2)) / (2 * np.pi)
    return stretched


def _to_wgs84() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)


def _flat(shape: BaseGeometry, height: int | None = None) -> list[int] | dict[str, list[int]]:
    """Return one polygon as deck.gl reads it: a flat row of numbers, with the starts of its holes when it has any."""
    rings = [shape.exterior, *shape.interiors]
    values: list[int] = []
    starts: list[int] = []
    for ring in rings:
        points = np.rint(shapely.get_coordinates(ring)[:-1]).astype(int)
        if height is not None:
            points = np.column_stack([points, np.full(len(points), height)])
        starts.append(len(values))
        values += points.ravel().tolist()
    if len(starts) == 1:
        return values
    return {"positions": values, "holeIndices": starts[1:]}


def _parts(
    shapes: npt.NDArray[Any], projection: Projection, *, simpler: float = SIMPLER_M
) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Return all polygons in decimetres round the origin, and for each the place of the shape it is a part of."""
    simple = shapely.simplify(shapes, simpler) if simpler else shapes
    parts, origin = shapely.get_parts(simple, return_index=True)
    polygons = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    parts, origin = parts[polygons], origin[polygons]
    moved = shapely.transform(parts, projection.offsets)
    return shapely.transform(moved, lambda points: points * UNITS_PER_M), origin


# ---- Layers --------------------------------------------------------------------------------------------------------


def make_picture(
    buildings: pd.DataFrame,
    screened: pd.DataFrame,
    rules: Rules,
    choice: Choice,
    *,
    surroundings: Surroundings | None = None,
) -> Picture:
    """Draw the map of `buildings` (facts and `geometry`) with `screened` beside it, row by row."""
    tones = DARK if choice.dark else LIGHT
    geometry = buildings["geometry"] if "geometry" in buildings else pd.Series(None, index=buildings.index, dtype=object)
    shapes = shapely.from_wkb(geometry.astype("object").where(geometry.notna(), None).to_numpy(dtype=object))
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    reached, kept = in_reach(screened), counts(screened, choice)
    drawn = placed & reached if int(placed.sum()) > MOST_DRAWN else placed
    framed = shapes[drawn & reached] if (drawn & reached).any() else shapes[drawn]
    box = shapely.total_bounds(framed) if len(framed) else np.array(SOMEWHERE_RD)
    projection = Projection.around((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    roof = np.rint(heights(buildings, rules) * UNITS_PER_M).astype(int)
    layers = _ground(surroundings, projection, tones) if surroundings is not None else []
    layers.append(_beyond(shapes, drawn & ~kept, roof, projection, tones))
    layers += _counted(screened, shapes, drawn & kept, roof, projection, rules, choice, tones)
    spec = {
        "initialViewState": _view(box, projection),
        "views": [{"@@type": "MapView", "controller": True}],
        "mapProvider": None,
        "mapStyle": "__MAP_STYLE__",
        "layers": [layer for layer in layers if layer["data"]],
    }
    return Picture(orjson.dumps(spec).decode(), int((drawn & kept).sum()), _note(placed, drawn, kept))


def _note(placed: Bools, drawn: Bools, kept: Bools) -> str:
    """Return what the map leaves out, in words; empty when nothing is."""
    notes = []
    if drawn.sum() < placed.sum():
        left = whole(int(placed.sum()))
        notes.append(
            f"De kaart toont alleen de {whole(int(drawn.sum()))} gebouwen binnen bereik; {left} is te veel om vlot te tekenen."
        )
    without = int((kept & ~placed).sum())
    if without:
        notes.append(f"Zonder vorm, en dus niet op de kaart: {whole(without)} {'gebouw' if without == 1 else 'gebouwen'}.")
    return " ".join(notes)


def _view(box: Floats, projection: Projection) -> dict[str, float]:
    """Return a view from the south-east that holds all of the box; what is near takes more of the picture."""
    turn = math.radians(projection.latitude)
    wide, deep = float(box[2] - box[0]), float(box[3] - box[1])
    metres = max(wide / VIEW_PIXELS[0], deep / VIEW_PIXELS[1], 0.12)
    zoom = math.log2(EARTH_M / TILE * math.cos(turn) / metres)
    toward = NEARER * deep / METRES_PER_DEGREE
    return {
        "longitude": round(projection.longitude - toward * math.sin(math.radians(BEARING)) / math.cos(turn), 6),
        "latitude": round(projection.latitude - toward * math.cos(math.radians(BEARING)), 6),
        "zoom": round(min(zoom, 18.0), 2),
        "pitch": 50,
        "bearing": BEARING,
        "maxPitch": 75,
    }


def _layer(name: str, data: list[Any], projection: Projection, color: str, **more: object) -> dict[str, Any]:
    """Return a PolygonLayer. A colour given to the sublayer stays as it is when something is selected."""
    scale = 1 / UNITS_PER_M
    return {
        "@@type": "PolygonLayer",
        "id": name,
        "data": data,
        "coordinateSystem": "meter-offsets",  # Streamlit registers no enumerations, so "@@#COORDINATE_SYSTEM…" breaks the map
        "coordinateOrigin": [projection.longitude, projection.latitude],
        "modelMatrix": [scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, 1],
        "positionFormat": "XY",
        "getPolygon": "@@=p",
        "stroked": False,
        "pickable": False,
        "material": MATERIAL,
        "_subLayerProps": {"fill": {"getFillColor": _rgb(color)}},
    } | more


def _counted(
    screened: pd.DataFrame,
    shapes: npt.NDArray[Any],
    kept: Bools,
    roof: npt.NDArray[np.int_],
    projection: Projection,
    rules: Rules,
    choice: Choice,
    tones: Tones,
) -> list[dict[str, Any]]:
    """Return the layer of what stands, and one layer for each colour of what may come."""
    parts, origin = _parts(shapes[kept], projection)
    rows = np.flatnonzero(kept)[origin]
    texts = _texts(screened.loc[kept], choice.colouring, rows=np.flatnonzero(kept), styles=choice.styles)
    grey = [{"p": _flat(part), "h": int(roof[row]), **texts[row]} for part, row in zip(parts, rows, strict=True)]
    # No wireframe: deck.gl draws it once more to find what is under the pointer, and without a graphics card a click then
    # takes longer than the quarter of a second in which it counts as one.
    edges = {"extruded": True, "pickable": True, "autoHighlight": True, "highlightColor": [255, 196, 61, 200]}
    layers = [_layer(BUILDING_LAYER, grey, projection, tones.building, getElevation="@@=h", **edges)]
    if choice.styles:
        places, storeys = screened[choice.colouring].to_numpy(dtype=np.intp), np.ones(len(screened))
        new: Bools = places >= 0
    else:
        new, places = has_new_layers(screened), colour_places(screened, choice.colouring)
        storeys = screened["lagen"].fillna(0).to_numpy(dtype=float)
    tall = np.rint(storeys * rules.parameter("hoogte.nieuwe_laag_m").likely * UNITS_PER_M).astype(int)
    lift = round(GAP_M * UNITS_PER_M)
    for place, style in enumerate(choice.styles or swatches(choice.colouring)):
        floating = [
            {"p": _flat(part, int(roof[row]) + lift), "h": int(tall[row]), **texts[row]}
            for part, row in zip(parts, rows, strict=True)
            if new[row] and places[row] == place
        ]
        layers.append(
            _layer(
                f"{NEW_LAYER}-{place}",
                floating,
                projection,
                style.color,
                positionFormat="XYZ",
                getElevation="@@=h",
                **edges,
            )
        )
    return layers


def _beyond(
    shapes: npt.NDArray[Any], others: Bools, roof: npt.NDArray[np.int_], projection: Projection, tones: Tones
) -> dict[str, Any]:
    """Return what is out of reach or filtered out: shape and height, nothing to point at."""
    parts, origin = _parts(shapes[others], projection)
    rows = np.flatnonzero(others)[origin]
    data = [[int(roof[row]), _flat(part)] for part, row in zip(parts, rows, strict=True)]
    return _layer("overig", data, projection, tones.beyond, getPolygon="@@=this[1]", getElevation="@@=this[0]", extruded=True)


def _ground(around: Surroundings, projection: Projection, tones: Tones) -> list[dict[str, Any]]:
    """Return green, water, streets, squares and trees, in that order."""
    streets = [shapely.buffer(shapely.from_wkb(street.line), street.width_m / 2, cap_style="square") for street in around.straten]
    kinds = (
        ("groen", shapely.from_wkb(np.array(around.groen, dtype=object)), tones.green),
        ("water", shapely.from_wkb(np.array(around.water, dtype=object)), tones.water),
        ("straten", np.array([shapely.union_all(streets)], dtype=object), tones.street),
        ("pleinen", shapely.from_wkb(np.array(around.pleinen, dtype=object)), tones.square),
        ("bomen", shapely.buffer(shapely.points(np.array(around.bomen).reshape(-1, 2)), 2.6, quad_segs=2), tones.tree),
    )
    layers = []
    for name, shapes, color in kinds:
        parts, _ = _parts(shapes, projection, simpler=0.0 if name == "bomen" else SIMPLER_M)
        tall = {"extruded": True, "getElevation": 60} if name == "bomen" else {}
        layers.append(_layer(name, [_flat(part) for part in parts], projection, color, getPolygon="@@=-", **tall))
    return layers


def _texts(
    counted: pd.DataFrame, colouring: str, *, rows: npt.NDArray[np.intp], styles: Sequence[Style] = ()
) -> dict[int, dict[str, str]]:
    """Return id, name, homes and verdict in words for each row; what a click gives back and the tooltip shows."""
    words = {key: style.label for key, style in (*OORDEEL.items(), *VOORSELECTIE.items())}
    columns = ["pand_id", "naam", "woningen_laag", "woningen", "woningen_hoog", "oordeel", "voorselectie", "dekking", colouring]
    texts = {}
    for row, pand_id, name, low, likely, high, verdict, outcome, known, score in zip(
        rows, *(counted[column].to_numpy(dtype=object) for column in columns), strict=True
    ):
        if styles:
            said = styles[int(score)].word if score >= 0 else words.get(str(outcome), "")
        elif colouring in ASPECT_NAMES:
            said = f"{ASPECT_NAMES[colouring]}: {whole(_number(score))}"
        else:
            said = words.get(str(outcome if colouring == PRESELECTION else verdict), "")
        texts[int(row)] = {
            "i": str(pand_id),
            "n": _plain(str(name)),
            "w": _homes(_number(low), _number(likely), _number(high)),
            "o": f"{said} · {percent(_number(known))} bekend",
        }
    return texts


def _homes(low: float, likely: float, high: float) -> str:
    if math.isnan(likely):
        return "woningen nog niet te zeggen"
    reach = "" if low == high else f" ({span(low, high)})"
    return f"{whole(likely)} {'woning' if likely == 1 else 'woningen'}{reach}"


def _number(value: object) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]


def _plain(text: str) -> str:
    """Return text without what the deck's JSON (@@) or its tooltip (braces, tags) would read as more than text."""
    plain = text.translate(_HARMLESS).strip()
    return (plain.lstrip("@") if plain.startswith("@@") else plain) or "–"


_HARMLESS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})


def _rgb(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def legend_html(colouring: str, *, dark: bool, styles: Sequence[Style] = ()) -> str:
    """Return the legend: colour with glyph and word, and the two greys."""
    tones = DARK if dark else LIGHT
    items = [(style.color, style.glyph, style.word, "#ffffff") for style in styles or swatches(colouring)]
    items += [(tones.building, "", "bestaand gebouw", ""), (tones.beyond, "", "buiten bereik of weggefilterd", "")]
    rows = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.45em;white-space:nowrap"><span aria-hidden="true" style="'
        f"display:inline-grid;place-items:center;width:1.35em;height:1.35em;border-radius:.3em;background:{color};color:{ink};"
        f'font-size:.85em;font-weight:700;box-shadow:inset 0 0 0 1px rgba(128,140,160,.45)">{html.escape(glyph)}</span>'
        f"{html.escape(word)}</span>"
        for color, glyph, word, ink in items
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;font-size:.95rem">{rows}</div>'


def clicked(selection: Mapping[str, Any] | None) -> str | None:
    """Return the pand_id of the object that was clicked."""
    for objects in ((selection or {}).get("objects") or {}).values():
        for item in objects:
            if isinstance(item, Mapping) and item.get("i"):
                return str(item["i"])
    return None
