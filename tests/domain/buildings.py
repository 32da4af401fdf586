"""Random buildings for the property tests.

A building is made from a handful of bytes, one a fact and one a criterion. The first two bytes say how much is unknown:
a byte at or below that level means unknown, any other picks a value. So one draw makes a whole building, every state can
be reached (no fact at all, everything known, each choice), and a failing example shrinks towards "all unknown".
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from quickscan.domain.facts import FACTS
from quickscan.domain.rules import ActiveCriterion, Overlay, Rules
from quickscan.domain.terms import INTERVENTIES, Interventie
from quickscan.rulebook.loader import load_national

Value = str | float | None
Building = dict[str, Value]

DAY = date(2026, 11, 21)
BATCH = 25  # buildings in one example
NUMBERS: Mapping[str, Sequence[float]] = {
    "bouwjaar": (1900, 1944, 1945, 1958, 1964, 1965, 1972, 1991, 1992, 2005),
    "aantal_verblijfsobjecten": (0, 3, 4, 24, 60),
    "aantal_woningen": (1, 3, 4, 18, 48, 120),
    "oppervlakte_min": (20, 45, 60),
    "oppervlakte_max": (60, 75, 110),
    "gemiddelde_go_m2": (35, 58, 72.5, 90),
    "grondvlak_m2": (120, 380, 950.5, 2400),
    "dakoppervlak_plat_m2": (0, 90, 350, 900.25, 2300),
    "hoogte_m": (5.5, 8.4, 11.3, 12.5, 19.6, 31),
    "bouwlagen": (1, 2, 3, 4, 5, 8, 9, 14),
    "aantal_portieken": (0, 1, 3, 7, 12),
    "bloklengte_m": (12, 54.9, 88, 220),
    "conditiescore": (1, 2, 3, 4, 5, 6),
    "garageboxen": (0, 1, 9, 24),
    "plint_m2": (0, 60, 400),
    "vrije_kopgevels": (0, 1, 2, 4),
    "max_bouwhoogte_m": (9, 12, 15, 15.2, 18.5, 24),
    "groot_onderhoud_jaar": (2024, 2026, 2031, 2032, 2036, 2037, 2050),
    "ncw_per_woning_eur": (-90000, -40000, -39999, -15000, -1, 0, 12000),
    "afstand_buren_m": (4, 25.5, 60),
    "extra_bouwlagen": (1, 2, 3, 5),
}
TEXTS: Mapping[str, Sequence[str]] = {
    "status": ("Pand in gebruik", "Verbouwing pand", "Sloopvergunning verleend", "Pand buiten gebruik"),
    "gebruiksdoel": ("woonfunctie", "woonfunctie, winkelfunctie", "kantoorfunctie"),
    **{spec.name: spec.options for spec in FACTS.values() if spec.options and spec.name != "status"},
}
FACT_NAMES: tuple[str, ...] = (*NUMBERS, *TEXTS)
# These two answers also change the number of layers, and so what is computed from the layers.
LAYER_CRITERIA = frozenset({"pla.bouwhoogte", "bou.draagkracht"})


@cache
def national_rules() -> Rules:
    """Return the national rules on the tests' day."""
    return load_national().on(DAY)


def rules_with(gewichten: Mapping[str, float]) -> Rules:
    """Return the national rules with other weights."""
    return load_national().on(DAY, overlay=Overlay(gewichten=dict(gewichten)))


def seed_size() -> int:
    """Return how many bytes make a building."""
    return 2 + len(FACT_NAMES) + len(national_rules().criteria)


def make_building(seed: bytes, *, pand_id: str = "0599100000000001") -> Building:
    """Return the building that belongs to these bytes: all facts and criteria, None for unknown."""
    fact_level, answer_level, rest = seed[0], seed[1], seed[2:]
    building: Building = {"pand_id": pand_id}
    for name, byte in zip(FACT_NAMES, rest, strict=False):
        values = NUMBERS.get(name) or TEXTS[name]
        building[name] = values[byte % len(values)] if byte > fact_level else None
    for active, byte in zip(national_rules().criteria, rest[len(FACT_NAMES) :], strict=True):
        building[active.id] = active.codes[byte % len(active.codes)] if byte > answer_level else None
    return building


def frame_of(buildings: Sequence[Building]) -> pd.DataFrame:
    """Return a frame that meets the column contract."""
    return pd.DataFrame(list(buildings)).astype(dict.fromkeys([name for name in NUMBERS if name in buildings[0]], "float64"))


def numbered(buildings: Sequence[Building]) -> list[Building]:
    """Return the buildings, each with its own pand_id."""
    return [{**building, "pand_id": f"05991{place:011d}"} for place, building in enumerate(buildings)]


def everything_answered(building: Building, pick: int) -> Building:
    """Return the building with an answer on every criterion that has none; `pick` says which."""
    answers = {
        active.id: active.codes[(pick + place) % len(active.codes)]
        for place, active in enumerate(national_rules().criteria)
        if building[active.id] is None
    }
    return {**building, **answers}


def batches() -> st.SearchStrategy[list[Building]]:
    """BATCH buildings at once, each with its own pand_id: scoring a batch costs hardly more than scoring one."""
    size = seed_size()
    drawn = st.binary(min_size=BATCH * size, max_size=BATCH * size)
    return drawn.map(lambda data: numbered([make_building(data[size * i : size * (i + 1)]) for i in range(BATCH)]))


def picks() -> st.SearchStrategy[bytes]:
    """One byte a building, to pick a choice with."""
    return st.binary(min_size=BATCH, max_size=BATCH)


def criteria() -> st.SearchStrategy[ActiveCriterion]:
    """One criterion of the rulebook."""
    return st.sampled_from(national_rules().criteria)


def interventies() -> st.SearchStrategy[Interventie]:
    """One of the three interventies."""
    return st.sampled_from(INTERVENTIES)


def cases(number: int, *, each: int = BATCH) -> settings:
    """Say how many buildings a test tries in CI; an example holds `each` of them."""
    factor = {"snel": 0.1, "grondig": 10}.get(os.environ.get("HYPOTHESIS_PROFILE", "ci"), 1)
    return settings(max_examples=max(int(number * factor / each), 5))
