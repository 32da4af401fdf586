"""How many homes fit: in metres and square metres, always as laag, waarschijnlijk and hoog.

A route is a way to reckon the homes on a roof. The first route whose inputs are known is used, and it is shown:
`galerij` (length of the block over the width of a home), `portiek` (homes per stairwell), `dak` (usable flat roof over
the floor area of a home), `grondvlak` (the same, with the roof guessed from the footprint), `per bouwlaag` (what
stands on a storey now; a last resort). Layers are the least of what the plan, the structure and the wish allow.
Source: method section 5; every number is a dated parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Bools, Codes, Columns, Floats, Output
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Blokkade

Trio = npt.NDArray[np.float64]  # shape (3, buildings): laag, waarschijnlijk, hoog


class Route(StrEnum):
    GALERIJ = "galerij"
    PORTIEK = "portiek"
    DAK = "dak"
    GRONDVLAK = "grondvlak"
    PER_BOUWLAAG = "per bouwlaag"
    GEEN = "onbekend"


ROUTES: tuple[Route, ...] = tuple(Route)
ROUTE_TEXTS: dict[Route, str] = {
    Route.GALERIJ: "bloklengte ÷ beukmaat × lagen",
    Route.PORTIEK: "portieken × woningen per portiek × lagen",
    Route.DAK: "plat dak × bruikbaar deel × vormfactor × lagen ÷ woninggrootte",
    Route.GRONDVLAK: "grondvlak × deel dat plat dak is × bruikbaar deel × vormfactor × lagen ÷ woninggrootte",
    Route.PER_BOUWLAAG: "huidige woningen per bouwlaag × verhouding tot een nieuwe laag × lagen; een noodgreep",
    Route.GEEN: "te weinig bekend om te rekenen",
}
ROUTE_INPUTS: dict[Route, tuple[str, ...]] = {
    Route.GALERIJ: ("ontsluiting", "bloklengte_m"),
    Route.PORTIEK: ("ontsluiting", "aantal_portieken"),
    Route.DAK: ("dakoppervlak_plat_m2", "nieuw_woningtype"),
    Route.GRONDVLAK: ("grondvlak_m2", "daktype", "nieuw_woningtype"),
    Route.PER_BOUWLAAG: ("aantal_woningen", "bouwlagen"),
    Route.GEEN: (),
}
ROUTE_PARAMETERS: dict[Route, tuple[str, ...]] = {
    Route.GALERIJ: ("woningen.beuk_m",),
    Route.PORTIEK: ("woningen.per_portiek",),
    Route.DAK: ("woningen.bruikbaar_dak", "woningen.vormfactor"),
    Route.GRONDVLAK: ("woningen.plat_deel_van_grondvlak", "woningen.bruikbaar_dak", "woningen.vormfactor"),
    Route.PER_BOUWLAAG: ("woningen.per_bestaande_laag",),
    Route.GEEN: (),
}
ERAS: tuple[str, ...] = ("lagen.voor_1945", "lagen.van_1945_tot_1965", "lagen.van_1965_tot_1992", "lagen.vanaf_1992")
UNIT_SIZES: dict[str, str] = {
    "studio": "woningen.go_studio_m2",
    "tweekamer": "woningen.go_tweekamer_m2",
    "driekamer": "woningen.go_driekamer_m2",
}
UNKNOWN_UNIT_SIZE = "woningen.go_onbekend_m2"


@dataclass(frozen=True, slots=True)
class Dwellings:
    """Homes per building and interventie, with the layers and the route behind the homes on the roof."""

    layers: Trio
    optoppen: Trio  # whole homes
    unrounded: Floats  # likely homes on the roof before rounding down, to rank with
    aanplakken: Trio
    uitplinten: Trio
    route: Codes  # place in ROUTES
    ratio: Floats  # new homes per layer over existing homes per storey; NaN when unknown


def estimate_dwellings(columns: Columns, rules: Rules) -> Dwellings:
    """Estimate the homes for every building in a chunk; unknown is NaN, and laag ≤ waarschijnlijk ≤ hoog."""
    layers = _layers(columns, rules)
    per_layer, route = _homes_per_layer(columns, rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        now = columns.number("aantal_woningen") / columns.number("bouwlagen")
        ratio = np.where(now > 0, per_layer[1] / now, np.nan)
    return Dwellings(
        layers=layers,
        optoppen=np.floor(per_layer * layers + 1e-9),
        unrounded=per_layer[1] * layers[1],
        aanplakken=_against(columns, rules),
        uitplinten=_below(columns, rules),
        route=route,
        ratio=ratio,
    )


def _trio(rules: Rules, parameter: str) -> Trio:
    active = rules.parameter(parameter)
    return np.array([[active.low], [active.likely], [active.high]])


def _divisor(rules: Rules, parameter: str) -> Trio:
    """Low homes come from a large home, so the trio turns round."""
    return _trio(rules, parameter)[::-1]


def _layers(columns: Columns, rules: Rules) -> Trio:
    bouwjaar = columns.number("bouwjaar")
    limits = [rules.parameter(f"lagen.grens_{year}").likely for year in ("1945", "1965", "1992")]
    era = np.searchsorted(limits, bouwjaar, side="right")
    era[np.isnan(bouwjaar)] = len(ERAS)
    table = np.hstack([_trio(rules, name) for name in (*ERAS, "lagen.bouwjaar_onbekend")])
    layers = table[:, era]

    calculated, short = _strength(columns, rules)
    proven = rules.parameter("lagen.met_berekening").likely
    if calculated.any():
        layers[0, calculated] = np.maximum(layers[0, calculated], 1)
        layers[1, calculated] = np.maximum(layers[1, calculated], 1)
        layers[2, calculated] = np.maximum(layers[2, calculated], proven)
    layers[0, short] = 0

    wish = columns.number("extra_bouwlagen")
    wished = ~np.isnan(wish)
    if wished.any():
        ceiling = np.where(calculated, np.maximum(proven, layers[2]), layers)
        layers = np.where(wished, np.minimum(ceiling, wish), layers)

    answered, hard = _height_answer(columns, rules)
    room = columns.number("max_bouwhoogte_m") - columns.number("hoogte_m") - rules.parameter("hoogte.tussenlaag_m").likely
    storeys = np.maximum(np.floor(room / rules.parameter("hoogte.nieuwe_laag_m").likely + 1e-9), 0)
    tight = ~np.isnan(storeys) & ~answered
    # Above the plan's height a BOPA may still be granted: that is the high end, not the likely one.
    layers[:2, tight] = np.minimum(layers[:2, tight], storeys[tight])
    layers[:, hard] = 0
    return layers


def _strength(columns: Columns, rules: Rules) -> tuple[Bools, Bools]:
    """Return where a calculation shows a reserve (the best choice), and where a shortage is known (a blocker)."""
    active = rules.criterion("bou.draagkracht")
    best = max(active.version.keuzes, key=lambda choice: choice.punten).code
    blocked = [choice.code for choice in active.version.keuzes if choice.blokkade is not Blokkade.GEEN]
    return columns.matches(active.id, (best,))[0], columns.matches(active.id, blocked)[0]


def _height_answer(columns: Columns, rules: Rules) -> tuple[Bools, Bools]:
    """Return where a person said how the height is solved, and where it is a hard limit."""
    active = rules.criterion("pla.bouwhoogte")
    hard = [choice.code for choice in active.version.keuzes if choice.blokkade is Blokkade.HARD]
    return columns.matches(active.id, active.codes)[0], columns.matches(active.id, hard)[0]


def _homes_per_layer(columns: Columns, rules: Rules) -> tuple[Trio, Codes]:
    galerij, _ = columns.matches("ontsluiting", ("galerij",))
    portiek, known_access = columns.matches("ontsluiting", ("portiek",))
    length, stairs = columns.number("bloklengte_m"), columns.number("aantal_portieken")
    flat, footprint = columns.number("dakoppervlak_plat_m2"), columns.number("grondvlak_m2")
    density = _trio(rules, "woningen.bruikbaar_dak") * _trio(rules, "woningen.vormfactor") / _unit_sizes(columns, rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        now = columns.number("aantal_woningen") / columns.number("bouwlagen")
    now[~np.isfinite(now)] = np.nan
    candidates: tuple[tuple[Bools, Trio], ...] = (
        (galerij & (length > 0), length / _divisor(rules, "woningen.beuk_m")),
        ((portiek | ~known_access) & (stairs > 0), stairs * _trio(rules, "woningen.per_portiek")),
        (flat > 0, flat * density),
        (footprint > 0, footprint * _trio(rules, "woningen.plat_deel_van_grondvlak") * density),
        (~np.isnan(now), now * _trio(rules, "woningen.per_bestaande_laag")),
    )
    per_layer = np.full((3, columns.size), np.nan)
    route = np.full(columns.size, len(ROUTES) - 1, dtype=np.int8)
    for place in range(len(candidates) - 1, -1, -1):
        usable, homes = candidates[place]
        per_layer = np.where(usable, homes, per_layer)
        route[usable] = place
    return per_layer, route


def _unit_sizes(columns: Columns, rules: Rules) -> Trio:
    kinds = (*UNIT_SIZES.values(), UNKNOWN_UNIT_SIZE)
    table = np.hstack([_divisor(rules, name) for name in kinds])
    unknown = len(UNIT_SIZES)
    codes = columns.codes("nieuw_woningtype", {name: place for place, name in enumerate(UNIT_SIZES)}, unknown)
    return table[:, [unknown]] if codes is None else table[:, codes]


def _against(columns: Columns, rules: Rules) -> Trio:
    facades, storeys = columns.number("vrije_kopgevels"), columns.number("bouwlagen")
    per_facade = np.broadcast_to(_trio(rules, "woningen.per_kopgevel"), (3, columns.size)).copy()
    known = ~np.isnan(storeys)
    # One home on each storey of a side is the most that fits; a high side can hold more than the usual band.
    per_facade[:, known] = np.minimum(per_facade[:, known], storeys[known])
    per_facade[2, known] = np.maximum(per_facade[2, known], storeys[known])
    return np.floor(per_facade * facades)


def _below(columns: Columns, rules: Rules) -> Trio:
    boxes, plinth = columns.number("garageboxen"), columns.number("plint_m2")
    by_boxes = boxes / _divisor(rules, "woningen.garageboxen_per_woning")
    by_area = plinth * _trio(rules, "woningen.plint_bruikbaar") / _unit_sizes(columns, rules)
    use_boxes = (boxes > 0) | np.isnan(plinth)
    return np.floor(np.where(use_boxes, by_boxes, by_area) + 1e-9)


def dwelling_columns(dwellings: Dwellings) -> dict[str, Output]:
    """Return the estimate as named columns."""
    low, likely, high = dwellings.optoppen
    return {
        "woningen_laag": low,
        "woningen": likely,
        "woningen_hoog": high,
        "woningen_route": pd.Categorical.from_codes(dwellings.route, categories=[str(route) for route in ROUTES]),
        "lagen_laag": dwellings.layers[0],
        "lagen": dwellings.layers[1],
        "lagen_hoog": dwellings.layers[2],
        "woningen_verhouding": dwellings.ratio,
        "aanplakken_laag": dwellings.aanplakken[0],
        "aanplakken": dwellings.aanplakken[1],
        "aanplakken_hoog": dwellings.aanplakken[2],
        "uitplinten_laag": dwellings.uitplinten[0],
        "uitplinten": dwellings.uitplinten[1],
        "uitplinten_hoog": dwellings.uitplinten[2],
    }
