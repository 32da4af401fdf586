"""Families of the panden of Den Haag, from the frames that the app has, beside measuring and grouping them bare.

The floor parses the same outlines, measures area and perimeter, and groups by the same five numbers in pandas. It names
nothing, takes nothing over from a complex and reckons no scale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from benchmarks.measuring import Result, interleaved
from benchmarks.screen import DEN_HAAG
from quickscan.domain.columns import Columns
from quickscan.domain.derive import derive_facts
from quickscan.domain.screening import screen_buildings
from quickscan.domain.strategy.families import make_families
from quickscan.wiring import measure_outlines, read_buildings, rules_on

GOAL = 2.0
REPEATS = 15


def against_floor() -> Iterator[Result]:
    """Yield the seconds of making families, beside bare measuring and grouping."""
    if not DEN_HAAG.is_file():
        print(f"families: overgeslagen, {DEN_HAAG} ontbreekt", file=sys.stderr)
        return
    rules = rules_on()
    buildings = read_buildings(DEN_HAAG, answer_codes={}).buildings
    screened = screen_buildings(buildings, rules, questions=False)
    columns = Columns(buildings)
    derive_facts(columns, rules)
    numbers = {name: columns.number(name) for name in ("bouwjaar", "bouwlagen", "aantal_woningen")}

    def ours() -> object:
        return make_families(buildings, screened, rules, outlines=measure_outlines(buildings["geometry"]))

    def bare() -> object:
        shapes = shapely.from_wkb(buildings["geometry"].to_numpy(dtype=object))
        half, area = shapely.length(shapely.simplify(shapes, 1.0)) / 2, shapely.area(shapes)
        depth = (half - np.sqrt(np.maximum(half**2 - 4 * area, 0))) / 2
        frame = pd.DataFrame({**numbers, "diepte": depth // 2, "woningen": screened["woningen"]})
        frame["bouwjaar"] //= 10
        return frame.groupby(["bouwjaar", "bouwlagen", "diepte"], dropna=False)[["aantal_woningen", "woningen"]].sum()

    mine, _, ratio = interleaved(ours, bare, repeats=REPEATS)
    against = "kaal: vormen meten met shapely en groeperen met pandas"
    yield Result("families_den_haag", mine, "s", against, ratio, f"≤ {GOAL}", ratio <= GOAL)
