"""Facts that follow from other facts. They fill gaps, never replace what is known, and are labelled `afgeleid`.

Storeys follow from the height, or else from the floor area of all homes over the footprint; both are estimates that
a person can replace. Source: method section 2; the storey height and the floor area ratio are dated parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quickscan.domain.columns import Bools, Columns
from quickscan.domain.rules import Rules

WOONFUNCTIE = "woonfunctie"
DERIVED_FACTS: Mapping[str, str] = {
    "aantal_woningen": "het aantal verblijfsobjecten in een pand met een woonfunctie",
    "gemiddelde_go_m2": "het midden tussen de kleinste en de grootste oppervlakte in een pand met alleen woningen",
    "bouwlagen": "de hoogte ÷ laaghoogte, of anders alle woonoppervlakte ÷ (grondvlak × deel van de vloer dat woning is)",
    "hoogte_m": "het aantal bouwlagen × laaghoogte",
}


def derive_facts(columns: Columns, rules: Rules) -> dict[str, Bools]:
    """Fill gaps in `columns` and return per derived fact which buildings got it.

    The order matters: homes, then floor area, then storeys, then height; a height is never derived from storeys that
    were themselves derived, so that an estimate is not stacked on an estimate.
    """
    derived: dict[str, Bools] = {}
    has_homes = columns.contains("gebruiksdoel", WOONFUNCTIE)
    only_homes = has_homes & ~columns.contains("gebruiksdoel", ",")
    homes = np.where(has_homes, columns.number("aantal_verblijfsobjecten"), np.nan)
    _fill(columns, "aantal_woningen", homes, derived)

    middle = (columns.number("oppervlakte_min") + columns.number("oppervlakte_max")) / 2
    _fill(columns, "gemiddelde_go_m2", np.where(only_homes, middle, np.nan), derived)

    height_per_storey = rules.parameter("afgeleid.laaghoogte_m").likely
    from_height = np.maximum(np.round(columns.number("hoogte_m") / height_per_storey), 1.0)
    known_storeys = ~np.isnan(columns.number("bouwlagen"))
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = columns.number("grondvlak_m2") * rules.parameter("afgeleid.go_deel_van_bvo").likely
        from_area = np.round(columns.number("aantal_woningen") * columns.number("gemiddelde_go_m2") / floor)
    # More storeys than this means that area and footprint do not belong together: unknown, not a skyscraper.
    believable = from_area <= rules.parameter("afgeleid.meeste_bouwlagen").likely
    from_area = np.where(believable, np.maximum(from_area, 1.0), np.nan)
    _fill(columns, "bouwlagen", np.where(np.isnan(from_height), from_area, from_height), derived)

    stated = np.where(known_storeys, columns.number("bouwlagen"), np.nan)
    _fill(columns, "hoogte_m", stated * height_per_storey, derived)
    return derived


def _fill(columns: Columns, name: str, values: np.ndarray, derived: dict[str, Bools]) -> None:
    current = columns.number(name)
    gaps = np.isnan(current) & ~np.isnan(values)
    if gaps.any():
        columns.set_number(name, np.where(gaps, values, current))
        derived[name] = gaps
