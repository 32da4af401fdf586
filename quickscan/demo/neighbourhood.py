# mypy: allow-untyped-calls
"""Put the plan in RD New and write the frame of buildings that meets the contract.

The place is open polder in the south of Flevoland; the neighbourhood itself does not exist. Pand-ids start with 9999,
which is no gemeentecode, and postcodes end in SA, SD or SS, which are never given out: neither can be a real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, radians, sin
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from quickscan.demo.addresses import give_addresses, give_names
from quickscan.demo.dossier import Cell, describe_block, measure_block
from quickscan.demo.gaps import forget
from quickscan.demo.plan import HEIGHT, TURN, WIDTH, Block, Soort, draw_plan
from quickscan.demo.shapes import draw_outline
from quickscan.demo.situation import count_free_heads, measure_to_north
from quickscan.demo.surroundings import (
    Line,
    draw_forecourts,
    draw_green,
    draw_paths,
    draw_squares,
    draw_streets,
    draw_trees,
    draw_water,
)
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst

NAME = "Voorbeeldwijk Nieuw-Waterland (fictief)"
PLACE, MUNICIPALITY, DISTRICT = "Nieuw-Waterland", "Voorbeeldgemeente (fictief)", "Nieuw-Waterland"
SOURCE_LABEL = "fictief (voorbeeldwijk)"
SOURCE_DAY = date(2026, 11, 1)
CENTRE_RD = (155_000.0, 480_000.0)
ID_PREFIX = "999910"  # gemeentecode 9999 does not exist; 10 is the BAG's number for a pand
QUARTERS = (("Bloemenbuurt", "Kruidenbuurt"), ("Vogelbuurt", "Parkbuurt"))
QUARTER_CODES = {
    "Bloemenbuurt": "BU99990001",
    "Vogelbuurt": "BU99990002",
    "Kruidenbuurt": "BU99990003",
    "Parkbuurt": "BU99990004",
}
OWNER_FACTS = frozenset(
    {
        "complex_code",
        "naam",
        "ontsluiting",
        "aantal_portieken",
        "bloklengte_m",
        "lift",
        "bouwsysteem",
        "fundering",
        "conditiescore",
        "eigendomsvorm",
        "aandeel_eigendom",
        "grondpositie",
        "garageboxen",
        "plint_m2",
        "vrije_kopgevels",
        "groot_onderhoud_jaar",
        "renovatiejaar",
    }
)


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the background: its middle line (WKB, RD New) and its width."""

    name: str
    width_m: float
    line: bytes


@dataclass(frozen=True, slots=True)
class Background:
    """What lies round the buildings, as WKB in RD New; draw green first, then water, streets, paths, squares and trees."""

    groen: tuple[bytes, ...]
    water: tuple[bytes, ...]
    straten: tuple[Street, ...]
    paden: tuple[Street, ...]
    pleinen: tuple[bytes, ...]
    bomen: tuple[tuple[float, float], ...]  # x, y


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The fictional neighbourhood: its buildings, what lies round them, and where each column comes from."""

    name: str
    buildings: pd.DataFrame
    background: Background
    sources: Mapping[str, SourceNote]


def make_neighbourhood() -> Neighbourhood:
    """Build the neighbourhood. Every call gives the same, to the last byte."""
    blocks = draw_plan()
    outlines = [
        draw_outline(b.shape, length=b.length, depth=b.depth, wing=b.wing, x=b.x, y=b.y, angle=b.angle) for b in blocks
    ]  # fmt: skip
    streets, water = draw_streets(), draw_water()
    sizes = [measure_block(block, outline) for block, outline in zip(blocks, outlines, strict=True)]
    heads = count_free_heads(blocks, outlines, streets, water)
    distances = measure_to_north(blocks, outlines)
    addresses = give_addresses(blocks, [size.units for size in sizes], streets)
    names = give_names(blocks)
    codes = {name: f"{1204 + 7 * place}" for place, name in enumerate(sorted({b.complex for b in blocks} - {""}))}
    rows: list[dict[str, Cell]] = []
    for place, (block, size) in enumerate(zip(blocks, sizes, strict=True)):
        facts = describe_block(block, size) | {"vrije_kopgevels": heads[place], "afstand_buren_m": distances[place]}
        quarter = QUARTERS[block.x >= WIDTH / 2][block.y < HEIGHT / 2 - 2]
        rows.append(
            forget(facts | _special_status(block, names[place]), block, f"{block.x}|{block.y}")
            | addresses[place]
            | {
                "pand_id": f"{ID_PREFIX}{4_100_001 + 13 * place:010d}",
                "complex_code": codes.get(block.complex),
                "naam": names[place],
                "woonplaats": PLACE,
                "gemeentecode": "GM9999",
                "gemeente": MUNICIPALITY,
                "wijkcode": "WK999900",
                "wijk": DISTRICT,
                "buurtcode": QUARTER_CODES[quarter],
                "buurt": quarter,
            }
        )
    buildings = _frame(rows)
    buildings["geometry"] = pd.Series(_wkb(outlines), index=buildings.index, dtype=object)
    background = Background(
        groen=tuple(_wkb(draw_green())),
        water=tuple(_wkb(water)),
        straten=_street_shapes(streets),
        paden=_street_shapes(draw_paths()),
        pleinen=tuple(_wkb([*draw_squares(), *draw_forecourts(b for b in blocks if b.soort is Soort.GARAGES)])),
        bomen=_place_trees(streets, outlines, water),
    )
    return Neighbourhood(NAME, buildings, background, _sources(buildings))


def _to_rd(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    c, s = cos(radians(TURN)), sin(radians(TURN))
    moved = points - (WIDTH / 2, HEIGHT / 2)
    turned = moved @ np.array([[c, s], [-s, c]]) + CENTRE_RD
    rounded: npt.NDArray[np.float64] = np.round(turned, 2)
    return rounded


def _wkb(shapes: Sequence[BaseGeometry]) -> list[bytes]:
    return [bytes(item) for item in shapely.to_wkb(shapely.transform(np.array(shapes, dtype=object), _to_rd))]


def _street_shapes(lines: Sequence[Line]) -> tuple[Street, ...]:
    shapes = _wkb([line for _, _, line in lines])
    return tuple(Street(name, width, shape) for (name, width, _), shape in zip(lines, shapes, strict=True))


def _frame(rows: list[dict[str, Cell]]) -> pd.DataFrame:
    columns = {}
    for name, spec in FACTS.items():
        cells = [row.get(name) for row in rows]
        if any(cell is not None for cell in cells):
            columns[name] = pd.Series(cells, dtype="float64" if spec.is_number else "str")
    return pd.DataFrame(columns)


def _sources(buildings: pd.DataFrame) -> Mapping[str, SourceNote]:
    return MappingProxyType(
        {
            column: SourceNote(Herkomst.OPGAVE if column in OWNER_FACTS else Herkomst.REGISTER, SOURCE_LABEL, SOURCE_DAY)
            for column in buildings.columns
        }
    )


def _special_status(block: Block, name: str | None) -> dict[str, Cell]:
    """Return the status of the few buildings that are not simply in use."""
    if name in ("Lavasgaarde C", "Lavasgaarde D"):
        return {"status": "Sloopvergunning verleend"}
    if name == "De Els":
        return {"status": "Verbouwing pand"}
    if block.soort is Soort.GYMZAAL:
        return {"status": "Pand buiten gebruik"}
    if block.soort is Soort.PAVILJOEN:
        return {"status": "Pand in gebruik (niet ingemeten)"}
    return {}


def _place_trees(streets: list[Line], outlines: Sequence[Polygon], water: Sequence[Polygon]) -> tuple[tuple[float, float], ...]:
    spots = np.array(draw_trees(streets))
    blocked = np.array([*outlines, *water, *(line.buffer(width / 2) for _, width, line in streets)], dtype=object)
    hit = shapely.STRtree(blocked).query(shapely.points(spots), predicate="dwithin", distance=2.2)[0]
    free = np.setdiff1d(np.arange(len(spots)), hit)
    return tuple((float(x), float(y)) for x, y in _to_rd(spots[free]))
