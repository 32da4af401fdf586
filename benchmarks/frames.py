"""A frame of made-up buildings in the column contract: 15 % of every fact missing, answers as categoricals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from quickscan.domain.facts import FACTS, STATUSES, Kind
from quickscan.domain.rules import Rules

MISSING = 0.15
# Plausible ranges, so that every band of every criterion is met; a fact that is not here runs over its own bounds.
RANGES: dict[str, tuple[float, float]] = {
    "bouwjaar": (1900, 2024),
    "aantal_verblijfsobjecten": (1, 120),
    "aantal_woningen": (1, 120),
    "oppervlakte_min": (25, 80),
    "oppervlakte_max": (80, 160),
    "gemiddelde_go_m2": (35, 120),
    "grondvlak_m2": (80, 2500),
    "dakoppervlak_plat_m2": (0, 2500),
    "hoogte_m": (3, 45),
    "bouwlagen": (1, 14),
    "aantal_portieken": (0, 8),
    "bloklengte_m": (10, 220),
    "garageboxen": (0, 30),
    "plint_m2": (0, 800),
    "vrije_kopgevels": (0, 4),
    "max_bouwhoogte_m": (5, 60),
    "groot_onderhoud_jaar": (2020, 2045),
    "ncw_per_woning_eur": (-80_000, 40_000),
    "afstand_buren_m": (5, 150),
    "extra_bouwlagen": (1, 3),
}
USES = ("woonfunctie", "winkelfunctie,woonfunctie", "kantoorfunctie", "bijeenkomstfunctie,woonfunctie")


def make_buildings(rules: Rules, size: int, *, seed: int = 1) -> pd.DataFrame:
    """Return `size` buildings with every fact that scoring can use, and an answer column for every criterion."""
    dice = np.random.default_rng(seed)
    columns: dict[str, object] = {"pand_id": np.char.mod("%016d", 518_100_000_000_000 + np.arange(size))}
    columns["gebruiksdoel"] = _choices(dice, USES, size)
    for name, spec in FACTS.items():
        if spec.is_number:
            low, high = RANGES.get(name, (spec.low or 0.0, spec.high or 1.0))
            values = dice.uniform(low, high, size)
            if spec.kind is Kind.GEHEEL:
                values = np.round(values)
            values[dice.random(size) < MISSING] = np.nan
            columns[name] = values
        elif spec.kind is Kind.KEUZE:
            columns[name] = _choices(dice, STATUSES if name == "status" else spec.options, size)
    for active in rules.criteria:
        columns[active.id] = _choices(dice, active.codes, size)
    return pd.DataFrame(columns)


def _choices(dice: np.random.Generator, options: tuple[str, ...], size: int) -> pd.Categorical:
    codes = dice.integers(0, len(options), size).astype(np.int8)
    codes[dice.random(size) < MISSING] = -1
    return pd.Categorical.from_codes(codes, categories=list(options))
