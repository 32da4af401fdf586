# mypy: allow-untyped-calls
"""Names, streets and house numbers. A postcode that ends in SA, SD or SS is never given out, so none here is real."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from quickscan.demo.dossier import Cell
from quickscan.demo.plan import FLATS, Block, Soort
from quickscan.demo.surroundings import Line

POSTCODE_LETTERS = ("SA", "SD")


def give_names(blocks: Sequence[Block]) -> list[str | None]:
    """Name flats after their complex, with a letter when it has more than one; a house in a row has no name."""
    homes: dict[str, int] = {}
    for block in blocks:
        if block.soort in FLATS:
            homes[block.complex] = homes.get(block.complex, 0) + 1
    fixed = {
        Soort.SCHOOL: "Basisschool De Waterlelie",
        Soort.GYMZAAL: "Gymzaal De Waterlelie",
        Soort.KERK: "Ontmoetingskerk",
        Soort.SUPERMARKT: "Supermarkt Waterlandplein",
        Soort.WIJKCENTRUM: "Wijkcentrum Het Anker",
        Soort.PAVILJOEN: "Paviljoen Waterlandplein",
        Soort.BOERDERIJ: "Hoeve Landzicht",
        Soort.SCHUUR: "Schuur Hoeve Landzicht",
    }
    given: dict[str, int] = {}
    names: list[str | None] = []
    for block in blocks:
        if block.soort in FLATS:
            place = given.get(block.complex, 0)
            given[block.complex] = place + 1
            names.append(block.complex if homes[block.complex] == 1 else f"{block.complex} {chr(ord('A') + place)}")
        elif block.soort is Soort.GARAGES:
            names.append(f"Garageboxen {block.complex}")
        else:
            names.append(fixed.get(block.soort))
    return names


def give_addresses(blocks: Sequence[Block], units: Sequence[int], streets: Sequence[Line]) -> list[dict[str, Cell]]:
    """Give every building the nearest street, and house numbers along it: odd on the left, even on the right."""
    lines = [line for _, _, line in streets]
    middles = shapely.points([(b.x, b.y) for b in blocks])
    nearest = [min(range(len(lines)), key=lambda place: lines[place].distance(point)) for point in middles]
    queue = []
    for place, street in enumerate(nearest):
        line, point = lines[street], middles[place]
        along = line.project(point)
        ahead, here = line.interpolate(along + 1), line.interpolate(max(along - 1, 0))
        left = (ahead.x - here.x) * (point.y - here.y) - (ahead.y - here.y) * (point.x - here.x) > 0
        queue.append((street, not left, along, place))
    addresses: list[dict[str, Cell]] = [{} for _ in blocks]
    following: dict[tuple[int, bool], int] = {}
    for street, even, _, place in sorted(queue):
        first = following.get((street, even), 2 if even else 1)
        count = max(units[place], 1)
        last = first + 2 * (count - 1)
        following[street, even] = last + 2
        addresses[place] = {"straat": streets[street][0], "postcode": f"{9900 + street} {POSTCODE_LETTERS[even]}"}
        if units[place]:
            addresses[place]["huisnummer"] = str(first) if count == 1 else f"{first}-{last}"
    return addresses
