"""Measures: numbers computed from facts, so that a criterion can be answered without asking.

A measure takes the columns it names, the dwellings estimate where it needs that, and the rules; it returns a float64
array with NaN where an input is unknown. Its sentence says in Dutch what is computed, for the explanation on screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quickscan.domain.rules import Rules

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, Floats]
DECIMALS = 6  # a micrometre: 15 − 11,3 − 3,7 must be 0, so that what just fits does fit


@dataclass(frozen=True, slots=True)
class Measure:
    """A computed number: its inputs, unit, sentence and the parameters that it uses."""

    name: str
    label: str
    unit: str
    sentence: str
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    compute: Callable[[Columns, Rules], Floats]


def _height_room(columns: Columns, rules: Rules) -> Floats:
    needed = columns["lagen"] * rules.parameter("hoogte.nieuwe_laag_m").likely + rules.parameter("hoogte.tussenlaag_m").likely
    return np.round(columns["max_bouwhoogte_m"] - columns["hoogte_m"] - needed, DECIMALS)


def _top_floor(columns: Columns, rules: Rules) -> Floats:
    # The floor of the new top layer: all existing layers, and the new ones but the last, plus the intermediate layer.
    layers_below = columns["bouwlagen"] + columns["lagen"] - 1
    floor = layers_below * rules.parameter("hoogte.bestaande_laag_m").likely + rules.parameter("hoogte.tussenlaag_m").likely
    return np.round(floor, DECIMALS)


def _flat_share(columns: Columns, _: Rules) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = columns["dakoppervlak_plat_m2"] / columns["grondvlak_m2"] * 100
    return np.minimum(share, 100.0)


def _years_to_maintenance(columns: Columns, rules: Rules) -> Floats:
    return columns["groot_onderhoud_jaar"] - float(rules.day.year)


def _homes(columns: Columns, _: Rules) -> Floats:
    return columns["woningen"]


def _shadow_margin(columns: Columns, rules: Rules) -> Floats:
    added = columns["lagen"] * rules.parameter("hoogte.nieuwe_laag_m").likely + rules.parameter("hoogte.tussenlaag_m").likely
    shadow = (columns["hoogte_m"] + added) * rules.parameter("bezonning.schaduw_per_meter").likely
    return np.round(columns["afstand_buren_m"] - shadow, DECIMALS)


def _homes_per_storey(columns: Columns, _: Rules) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        per_storey: Floats = columns["aantal_woningen"] / columns["bouwlagen"]
    return per_storey


_MEASURES: tuple[Measure, ...] = (
    Measure(
        "hoogteruimte_m",
        "Ruimte onder de toegestane hoogte",
        "m",
        "toegestane hoogte − huidige hoogte − nieuwe lagen × laaghoogte − tussenlaag",
        ("max_bouwhoogte_m", "hoogte_m", "lagen"),
        ("hoogte.nieuwe_laag_m", "hoogte.tussenlaag_m"),
        _height_room,
    ),
    Measure(
        "hoogste_vloer_m",
        "Vloer van de nieuwe bovenste laag",
        "m",
        "(bouwlagen + nieuwe lagen − 1) × bestaande laaghoogte + tussenlaag",
        ("bouwlagen", "lagen"),
        ("hoogte.bestaande_laag_m", "hoogte.tussenlaag_m"),
        _top_floor,
    ),
    Measure(
        "aandeel_plat_dak",
        "Deel van het dak dat plat is",
        "%",
        "plat dak ÷ grondvlak × 100, ten hoogste 100",
        ("dakoppervlak_plat_m2", "grondvlak_m2"),
        (),
        _flat_share,
    ),
    Measure(
        "jaren_tot_onderhoud",
        "Jaren tot groot onderhoud",
        "jaar",
        "jaar van groot onderhoud − jaar van de peildatum",
        ("groot_onderhoud_jaar",),
        (),
        _years_to_maintenance,
    ),
    Measure(
        "nieuwe_woningen",
        "Nieuwe woningen",
        "woningen",
        "het waarschijnlijke aantal woningen op het dak",
        ("woningen",),
        (),
        _homes,
    ),
    Measure(
        "schaduwmarge_m",
        "Ruimte tussen schaduw en buren",
        "m",
        "afstand tot buren − (hoogte + nieuwe lagen + tussenlaag) × schaduwlengte per meter hoogte",
        ("afstand_buren_m", "hoogte_m", "lagen"),
        ("hoogte.nieuwe_laag_m", "hoogte.tussenlaag_m", "bezonning.schaduw_per_meter"),
        _shadow_margin,
    ),
    Measure(
        "woningen_per_laag",
        "Woningen per bouwlaag",
        "woningen",
        "aantal woningen ÷ bouwlagen",
        ("aantal_woningen", "bouwlagen"),
        (),
        _homes_per_storey,
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _MEASURES}
