"""What is true of each fictional building: sizes, homes, technique and ownership, all following from the plan.

Everything is reckoned in one direction, so that a building agrees with itself: outline → homes per storey → floor area
per home; storeys → height → what the plan allows. What nobody knows is taken out afterwards, in `gaps`.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Polygon

from quickscan.demo.dice import draw, pick
from quickscan.demo.plan import FLATS, HIGH, Block, Soort
from quickscan.demo.shapes import Shape

Cell = str | float | None

STOREY_M, PLINTH_M, ROOF_EDGE_M = 2.8, 3.6, 0.5
HOME_M = {Soort.GALERIJ: 6.9, Soort.MAISONNETTE: 6.0, Soort.WINKELS: 7.2}  # façade per home
TOWER_HOMES = 6  # per storey
ZORG_HOME_M2 = 64.0  # of the footprint, with its share of the corridors
BOX_M = 2.95
GO_SHARE = {
    Soort.PORTIEK: 0.82, Soort.GALERIJ: 0.74, Soort.TOREN: 0.74, Soort.MAISONNETTE: 0.84, Soort.WINKELS: 0.76, Soort.ZORG: 0.68,
}  # fmt: skip
DOELEN = {
    Soort.WINKELS: "woonfunctie,winkelfunctie",
    Soort.ZORG: "woonfunctie,gezondheidszorgfunctie",
    Soort.GARAGES: "overige gebruiksfunctie",
    Soort.SCHOOL: "onderwijsfunctie",
    Soort.GYMZAAL: "sportfunctie",
    Soort.KERK: "bijeenkomstfunctie",
    Soort.SUPERMARKT: "winkelfunctie",
    Soort.WIJKCENTRUM: "bijeenkomstfunctie",
    Soort.PAVILJOEN: "bijeenkomstfunctie",
    Soort.KANTOOR: "kantoorfunctie",
}
ONTSLUITING = {
    Soort.PORTIEK: "portiek", Soort.GALERIJ: "galerij", Soort.TOREN: "corridor", Soort.MAISONNETTE: "maisonnette",
    Soort.WINKELS: "galerij", Soort.ZORG: "corridor",
}  # fmt: skip
SYSTEMS = {
    Soort.PORTIEK: ("traditioneel", "muwi", "muwi", "rbm", "korrelbeton"),
    Soort.GALERIJ: ("era", "tunnel", "coignet", "tunnel"),
    Soort.TOREN: ("tunnel",),
    Soort.MAISONNETTE: ("traditioneel", "rbm", "pronto"),
    Soort.WINKELS: ("traditioneel",),
    Soort.ZORG: ("tunnel",),
}
MIXED_OWNERSHIP = {"Lijsterhof": ("gespikkeld", 64.0), "De Wulp": ("vve", 38.0), "Kervelhof": ("gespikkeld", 81.0)}
LEASEHOLD = ("Waterlandplein", "Waterlandtoren")
INSULATED_SINCE = 1973
LABELS_RENOVATED, LABELS_NEWER, LABELS_OLDER = ("B", "B", "A"), ("C", "C", "D", "B"), ("D", "E", "E", "F", "D", "C", "G")
RENOVATED = {"Merelhof": 2019.0, "De Els": 2016.0, "Leliehof": 2021.0}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The measures of one building from which the other facts follow."""

    footprint: float
    length: float
    homes: int
    home_m2: float
    units: int
    height: float


def measure_block(block: Block, outline: Polygon) -> Sizes:
    """Reckon homes, floor area and height from the outline and the storeys."""
    footprint = round(outline.area, 1)
    length = block.length + (block.wing - block.depth if block.shape is Shape.HAAK else 0.0)
    storeys = block.layers - (1 if block.storage or block.soort is Soort.WINKELS else 0)
    homes, home_m2 = 0, 0.0
    if block.soort in FLATS:
        per_storey = _homes_per_storey(block, footprint, length)
        # A maisonnette takes two storeys.
        homes = per_storey * storeys // (2 if block.soort is Soort.MAISONNETTE else 1)
        share = GO_SHARE[block.soort] * (0.94 + 0.1 * draw("woningmaat", block.complex, block.year))
        home_m2 = footprint * storeys * share / homes
    elif block.soort is Soort.RIJ:
        homes, home_m2 = 1, float(round(footprint * 2 * 0.84 + 12 + 6 * draw("rij", block.x, block.y)))
    elif block.soort is Soort.BOERDERIJ:
        homes, home_m2 = 1, 236.0
    extra = {Soort.WINKELS: int(length // 9), Soort.ZORG: 1}.get(block.soort, 0)
    units = homes + extra if homes else (block.parts if block.soort is Soort.GARAGES else 1)
    units = 0 if block.soort is Soort.SCHUUR else units
    return Sizes(footprint, round(length, 1), homes, round(home_m2, 1), units, _height(block))


def _homes_per_storey(block: Block, footprint: float, length: float) -> int:
    if block.soort is Soort.PORTIEK:
        return 2 * block.parts
    if block.soort is Soort.TOREN:
        return TOWER_HOMES
    if block.soort is Soort.ZORG:
        return int(footprint // ZORG_HOME_M2)
    return int((length - (5.5 if block.soort is Soort.GALERIJ else 0)) // HOME_M[block.soort])


def _height(block: Block) -> float:
    special = {
        Soort.KERK: 11.4, Soort.GYMZAAL: 6.8, Soort.SUPERMARKT: 5.6, Soort.GARAGES: 2.6, Soort.BOERDERIJ: 8.9,
        Soort.SCHUUR: 5.2, Soort.PAVILJOEN: 4.1, Soort.WIJKCENTRUM: 4.6,
    }  # fmt: skip
    if block.soort in special:
        return special[block.soort]
    ground = PLINTH_M if block.soort in (Soort.WINKELS, Soort.TOREN) else STOREY_M - (0.4 if block.storage else 0.0)
    roof = (3.1 if block.soort is Soort.PORTIEK else 2.7) if block.pitched else ROOF_EDGE_M
    return round(ground + (block.layers - 1) * STOREY_M + roof + 0.2 * draw("hoogte", block.x, block.y), 1)


def describe_block(block: Block, sizes: Sizes) -> dict[str, Cell]:
    """Return the facts of one building as they are, before anything is forgotten. None: does not apply."""
    key = (block.complex or block.soort, block.x, block.y)
    facts: dict[str, Cell] = {
        "bouwjaar": float(block.year),
        "status": "Pand in gebruik",
        "gebruiksdoel": DOELEN.get(block.soort, None if block.soort is Soort.SCHUUR else "woonfunctie"),
        "aantal_verblijfsobjecten": float(sizes.units),
        "aantal_woningen": float(sizes.homes),
        "grondvlak_m2": sizes.footprint,
        "dakoppervlak_plat_m2": round(sizes.footprint * (0.04 if block.pitched else 0.96), 1),
        "daktype": "kap" if block.pitched else ("plat getrapt" if _has_level_steps(block) else "plat"),
        "hoogte_m": sizes.height,
        "bouwlagen": float(block.layers),
        "monumentstatus": _heritage(block),
        "huidige_functie": _plan_function(block),
        "parkeerregime": "blauwe zone"
        if block.complex == "Waterlandplein"
        else pick(("vrij", "vrij", "vergunning"), "parkeren", block.complex),
        "max_bouwhoogte_m": _allowed_height(block, sizes.height),
    }
    facts |= _unit_sizes(block, sizes, key)
    if block.soort in FLATS:
        facts |= _flat_facts(block, sizes, key)
    elif block.soort is Soort.GARAGES:
        facts["garageboxen"] = float(block.parts)
    return facts


def _has_level_steps(block: Block) -> bool:
    return block.soort in (Soort.ZORG, Soort.SCHOOL, Soort.KERK) or block.complex == "Rietlanden"


def _heritage(block: Block) -> str:
    if block.soort is Soort.BOERDERIJ:
        return "rijksmonument"
    if block.soort is Soort.KERK:
        return "gemeentelijk monument"
    return "beeldbepalend" if block.complex == "Anjerhof" else "geen"


def _plan_function(block: Block) -> str:
    if block.soort in (Soort.SCHOOL, Soort.GYMZAAL, Soort.KERK, Soort.WIJKCENTRUM):
        return "maatschappelijk"
    if block.soort in (Soort.SUPERMARKT, Soort.PAVILJOEN, Soort.WINKELS) or block.complex == "Waterlandtoren":
        return "centrum"
    return "gemengd" if block.soort in (Soort.KANTOOR, Soort.ZORG) else "wonen"


def _allowed_height(block: Block, height: float) -> float:
    """Return the height in the plan: a whole number of metres, as plans have it, often with some room to spare."""
    room = pick((0.4, 0.4, 3.8, 3.8, 4.5, 7.2), "plan", block.complex or block.soort, block.layers)
    return float(int(height + room + 0.999))


def _unit_sizes(block: Block, sizes: Sizes, key: tuple[object, ...]) -> dict[str, Cell]:
    if block.soort is Soort.GARAGES:
        return {"oppervlakte_min": 15.0, "oppervlakte_max": 16.0}
    if not sizes.units:
        return {}
    if not sizes.homes:
        area = float(round(sizes.footprint * block.layers * 0.88))
        return {"oppervlakte_min": area, "oppervlakte_max": area}
    spread = 0.0 if sizes.homes == 1 else 0.06 + 0.12 * draw("spreiding", *key)
    small, large = float(round(sizes.home_m2 * (1 - spread))), float(round(sizes.home_m2 * (1 + spread)))
    if block.soort is Soort.WINKELS:
        large = float(round(sizes.footprint * 0.4))
    return {"oppervlakte_min": small, "oppervlakte_max": max(small, large), "gemiddelde_go_m2": sizes.home_m2}


def _flat_facts(block: Block, sizes: Sizes, key: tuple[object, ...]) -> dict[str, Cell]:
    form, share = MIXED_OWNERSHIP.get(block.complex, ("volledig", 100.0))
    renovated = RENOVATED.get(block.complex)
    labels = LABELS_RENOVATED if renovated else LABELS_NEWER if block.year >= INSULATED_SINCE else LABELS_OLDER
    label = pick(labels, "label", *key)
    lift = block.soort in (Soort.TOREN, Soort.ZORG) or (block.soort is Soort.GALERIJ and block.layers > HIGH)
    boxes, plinth = _ground_floor(block, sizes)
    return {
        "ontsluiting": ONTSLUITING[block.soort],
        "aantal_portieken": float(block.parts) if block.soort is Soort.PORTIEK else None,
        "bloklengte_m": sizes.length,
        "lift": "ja" if lift else "nee",
        "bouwsysteem": pick(SYSTEMS[block.soort], "systeem", block.complex),
        "fundering": "staal" if block.year < 1956 else "betonpalen",  # noqa: PLR2004
        "conditiescore": float(pick((2, 2, 3, 3, 3, 4), "conditie", *key) - (1 if renovated else 0)),
        "energielabel": label,
        "energielabel_slechtst": _worse(label),
        "eigendomsvorm": form,
        "aandeel_eigendom": share,
        "grondpositie": "erfpacht" if block.complex in LEASEHOLD else "eigen grond",
        "garageboxen": boxes,
        "plint_m2": plinth,
        "groot_onderhoud_jaar": (renovated + 25)
        if renovated
        else float(pick((2027, 2028, 2029, 2031, 2034, 2038), "mjop", block.complex)),
        "renovatiejaar": renovated,
        "woz_gemiddeld_eur": float(round((86 + sizes.home_m2 * 2.35 + 26 * draw("woz", *key)) * 1000, -3)),
    }


def _ground_floor(block: Block, sizes: Sizes) -> tuple[float, float]:
    """Return garage boxes in the lowest layer, and the floor area there that could become homes."""
    if block.soort is Soort.WINKELS:
        return 0.0, round(sizes.footprint * 0.86, 1)
    if not block.storage:
        return 0.0, 0.0
    boxes = float(int(sizes.length // BOX_M * 0.7)) if block.soort is Soort.GALERIJ or block.complex == "Spreeuwhof" else 0.0
    return boxes, round(sizes.footprint * 0.7, 1)


def _worse(label: str) -> str:
    letters = "ABCDEFG"
    return letters[min(letters.index(label) + 1, len(letters) - 1)]
