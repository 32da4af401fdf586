"""The plan of the fictional neighbourhood: which building stands where, in metres from the south-west corner.

Four quarters round a crossing, as a town planner of the 1950s would draw them: stempels (repeated courts of strips) in
the north-west, galerijflats and haken in the north-east, low courts, a school and a church in the south-west, and in
the south-east a square with shops, a park with towers, and slabs. The 1970s and a farmhouse from before it all remain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from quickscan.demo.shapes import Shape

WIDTH, HEIGHT = 1040.0, 760.0
TURN = 11.0  # degrees, against the clock, from the axes of the plan to those of RD New
HIGH = 5  # more storeys than this: a lift, and storerooms below
PORTIEK_M = 14.5  # façade per stairwell, with two homes on each storey


class Soort(StrEnum):
    """What kind of building it is; all facts follow from it."""

    PORTIEK = "portiekflat"
    GALERIJ = "galerijflat"
    TOREN = "toren"
    MAISONNETTE = "maisonnettes"
    WINKELS = "winkels met woningen"
    ZORG = "woonzorggebouw"
    RIJ = "rijtjeshuis"
    GARAGES = "garageboxen"
    SCHOOL = "school"
    GYMZAAL = "gymzaal"
    KERK = "kerk"
    SUPERMARKT = "supermarkt"
    WIJKCENTRUM = "wijkcentrum"
    PAVILJOEN = "paviljoen"
    BOERDERIJ = "boerderij"
    SCHUUR = "schuur"
    KANTOOR = "kantoor"


FLATS = (Soort.PORTIEK, Soort.GALERIJ, Soort.TOREN, Soort.MAISONNETTE, Soort.WINKELS, Soort.ZORG)


@dataclass(frozen=True, slots=True)
class Block:
    """One building on the plan. `x`, `y` is its middle; `wing` belongs to the shape; `parts` counts stairwells or boxes."""

    soort: Soort
    complex: str
    x: float
    y: float
    length: float
    depth: float
    layers: int
    year: int
    angle: float = 0.0
    shape: Shape = Shape.RECHT
    wing: float = 0.0
    parts: int = 0
    pitched: bool = False
    storage: bool = False  # the lowest layer holds storerooms or garage boxes, no homes


def draw_plan() -> tuple[Block, ...]:
    """Return every building, quarter by quarter."""
    return (*_north_west(), *_north_east(), *_centre(), *_park(), *_south_east(), *_south_west())


def _strip(name: str, x: float, y: float, stairs: int, layers: int, year: int, *, upright: bool = False, **more: bool) -> Block:
    """Return a portiekflat; `upright` runs north-south."""
    angle = 90.0 if upright else 0.0
    return Block(
        Soort.PORTIEK, name, x, y, stairs * PORTIEK_M, 10.2, layers, year, angle=angle, parts=stairs,
        pitched=more.get("pitched", False), storage=more.get("storage", False),
    )  # fmt: skip


def _terrace(name: str, x: float, y: float, homes: int, year: int, *, upright: bool = False) -> list[Block]:
    """Return a row of ground-level houses, each a pand of its own, starting with its west or south end at (x, y)."""
    step, places = 5.7, range(homes)
    house = Block(Soort.RIJ, name, x, y, step, 8.8, 2, year, pitched=True)
    if upright:
        return [replace(house, y=y + (place + 0.5) * step, angle=90.0) for place in places]
    return [replace(house, x=x + (place + 0.5) * step) for place in places]


def _boxes(name: str, x: float, y: float, count: int, *, upright: bool = False, year: int = 1964) -> Block:
    angle = 90.0 if upright else 0.0
    return Block(Soort.GARAGES, name, x, y, count * 2.95, 5.6, 1, year, angle=angle, parts=count)


def _mirrored(blocks: list[Block], *, x: float, y: float, width: float, height: float, flip_x: bool, flip_y: bool) -> list[Block]:
    """Put a stempel, drawn in its own corner, in its cell of the grid; neighbours are each other's mirror image."""
    return [
        replace(b, x=x + (width - b.x if flip_x else b.x), y=y + (height - b.y if flip_y else b.y))
        for b in blocks
    ]  # fmt: skip


def _north_west() -> list[Block]:
    names = (("Anjerhof", "Dahliahof", "Irishof"), ("Leliehof", "Tulpenhof", "Violenhof"))
    years = ((1955, 1956, 1958), (1959, 1960, 1961))
    blocks: list[Block] = []
    for row, y in enumerate((396.0, 576.0)):
        for column, x in enumerate((26.0, 190.0, 354.0)):
            name, year = names[row][column], years[row][column]
            old = year < 1957  # noqa: PLR2004 - the first two courts still have a pitched roof
            long = 7 if row else 6
            stempel = [
                _strip(name, 68, 145, long, 4, year, pitched=old, storage=not old),
                _strip(name, 19, 82, 4, 3, year, upright=True, pitched=old),
                _strip(name, 132, 88, 5 if row else 4, 4, year, upright=True, storage=not old),
                _boxes(name, 92, 121, 12 if column else 10, year=year + 6),
            ]
            if (row + column) % 2:
                stempel.append(_strip(name, 86, 22, 3, 3, year))
            else:
                stempel += _terrace(name, 56, 22, 5, year)
            blocks += _mirrored(stempel, x=x, y=y, width=150, height=160, flip_x=column == 1, flip_y=row == 0)
    return blocks


def _north_east() -> list[Block]:
    blocks: list[Block] = []
    slabs = (("De Reiger", 5, 1966), ("De Fuut", 6, 1967), ("De Kievit", 8, 1968), ("De Grutto", 9, 1969), ("De Wulp", 8, 1971))
    for place, (name, layers, year) in enumerate(slabs):
        x = 586.0 + place * 94
        length = (88.0, 92.0, 98.0, 104.0, 92.0)[place]
        blocks.append(
            Block(
                Soort.GALERIJ,
                name,
                x,
                668 + place * 2,
                length,
                11.8,
                layers,
                year,
                angle=62,
                shape=Shape.GALERIJ,
                storage=layers > HIGH,
            )
        )
        if place < 4:  # noqa: PLR2004 - no boxes beside the last slab
            blocks.append(replace(_boxes(name, x + 46, 640 + place * 2, 9), angle=62.0))
    courts = (("Merelhof", 540.0, 1963), ("Lijsterhof", 704.0, 1963), ("Spreeuwhof", 866.0, 1964))
    for place, (name, x, year) in enumerate(courts):
        low, high = (4, 4) if place != 1 else (3, 4)
        hook = Block(Soort.PORTIEK, name, 0, 0, 72.5, 10.2, low, year, shape=Shape.HAAK, wing=68.5, parts=9, storage=place == 2)  # noqa: PLR2004
        blocks += [
            replace(hook, x=x + 44, y=442, angle=0),
            replace(hook, x=x + 104, y=510, angle=180, layers=high),
            _boxes(name, x + 62, 478, 8, year=1968),
        ]
        blocks.append(_strip(name, x + 117, 418, 3, 3, year))
        blocks.append(_strip(name, x + 24, 524, 3, 3, year + 1, upright=True))
    return blocks


def _centre() -> list[Block]:
    shops = Block(Soort.WINKELS, "Waterlandplein", 0, 0, 50, 12.5, 4, 1962)
    return [
        replace(shops, x=583, y=316, length=58),
        replace(shops, x=645, y=316, length=58),
        replace(shops, x=677, y=262, length=64, angle=90),
        replace(shops, x=640, y=202, length=60, layers=3),
        Block(Soort.TOREN, "Waterlandtoren", 556, 207, 25, 25, 12, 1972, shape=Shape.TOREN),
        Block(Soort.SUPERMARKT, "", 557, 268, 38, 27, 1, 1988, angle=90),
        Block(Soort.PAVILJOEN, "", 618, 268, 9, 9, 1, 2009),
        Block(Soort.KANTOOR, "", 594, 206, 20, 14, 3, 1974),
    ]


def _park() -> list[Block]:
    tower = Block(Soort.TOREN, "Zwanentorens", 0, 0, 24, 24, 13, 1970, shape=Shape.TOREN)
    return [
        replace(tower, x=738, y=304, angle=20),
        replace(tower, x=748, y=220, angle=20, layers=11),
        Block(Soort.GALERIJ, "De Aalscholver", 992, 272, 84, 11.8, 7, 1973, angle=90, shape=Shape.GALERIJ, storage=True),
        Block(Soort.BOERDERIJ, "", 906, 203, 26, 13, 1, 1874, angle=-14, pitched=True),
        Block(Soort.SCHUUR, "", 936, 215, 18, 9, 1, 1911, angle=76, pitched=True),
        Block(Soort.WIJKCENTRUM, "", 800, 206, 34, 16, 1, 1976, shape=Shape.HAAK, wing=26),
    ]


def _south_east() -> list[Block]:
    blocks: list[Block] = []
    for place, (name, layers, length) in enumerate((("De Wilg", 5, 96), ("De Els", 5, 96), ("De Populier", 6, 84))):
        blocks.append(
            Block(
                Soort.GALERIJ,
                name,
                558 + place * 56,
                98,
                length,
                11.8,
                layers,
                1965 + place,
                angle=90,
                shape=Shape.GALERIJ,
            )
        )
        if place:
            blocks.append(_boxes(name, 530.5 + place * 56, 76, 12, upright=True, year=1967))
    blocks.append(Block(Soort.ZORG, "De Oeverzwaluw", 750, 126, 69, 15, 5, 1979, shape=Shape.TRAP, wing=7))
    blocks.append(_strip("De Karekiet", 752, 50, 5, 4, 1978, storage=True))
    for place, (stairs, layers) in enumerate(((6, 4), (5, 4), (6, 4))):
        strip = _strip("Rietlanden", 866 + place * 6, 52 + place * 48, stairs, layers, 1974 + place)
        blocks.append(replace(strip, shape=Shape.TRAP, wing=4.5))
    blocks.append(_boxes("Rietlanden", 880, 76, 11, year=1975))
    blocks.append(_boxes("Rietlanden", 876, 124, 11, year=1975))
    for place, y in enumerate((58.0, 128.0)):
        blocks.append(Block(Soort.MAISONNETTE, "Lisdodde", 971, y, 54, 9.6, 4, 1977, angle=90))
        blocks += _terrace("", 1002, 34 + 70 * place, 8, 1981, upright=True)
    return blocks


def _south_west() -> list[Block]:
    blocks: list[Block] = []
    maisonnette = Block(Soort.MAISONNETTE, "Salviahof", 0, 0, 60, 9.6, 4, 1962)
    blocks += [
        replace(maisonnette, x=102, y=314, length=90),
        replace(maisonnette, x=44, y=254, length=72, angle=90),
        replace(maisonnette, x=160, y=250, length=66, angle=90),
        replace(maisonnette, x=102, y=200, length=54),
        _boxes("Salviahof", 102, 290, 10),
        Block(Soort.SCHOOL, "", 250, 296, 62, 14, 2, 1961, shape=Shape.HAAK, wing=44),
        Block(Soort.GYMZAAL, "", 316, 216, 26, 14, 1, 1968, angle=90),
        Block(Soort.KERK, "", 388, 302, 38, 14, 1, 1958, shape=Shape.KRUIS, wing=26),
        Block(Soort.KANTOOR, "", 384, 262, 16, 11, 2, 1958, pitched=True),
        _strip("Tijmhof", 462, 312, 6, 4, 1964),
        _strip("Tijmhof", 466, 276, 5, 4, 1964),
        _boxes("Tijmhof", 466, 294, 14),
    ]
    blocks += _terrace("", 366, 202, 10, 1967)
    blocks.append(_strip("Tijmhof", 388, 234, 4, 3, 1965))
    blocks.append(_strip("Tijmhof", 467, 234, 4, 3, 1965))
    for place, y in enumerate((40.0, 76.0, 112.0, 148.0)):
        blocks.append(_strip("Lavasgaarde", 96 + 4 * place, y, 7, 3 if place % 2 else 4, 1957, pitched=place == 3))  # noqa: PLR2004
    for place, x in enumerate((208.0, 244.0, 280.0, 316.0)):
        blocks.append(
            _strip("Bieslookhof", x, 98 + (10 if place % 2 else -6), 6, 4, 1962 + place // 2, upright=True, storage=True)
        )
    for y in (40.0, 96.0, 150.0):
        blocks.append(Block(Soort.MAISONNETTE, "Kervelhof", 402, y, 72, 9.6, 4, 1969))
    blocks.append(_boxes("Kervelhof", 402, 68, 14))
    blocks += _terrace("", 472, 30, 8, 1970, upright=True)
    blocks.append(_strip("Kervelhof", 472, 128, 5, 4, 1970, upright=True))
    return blocks
