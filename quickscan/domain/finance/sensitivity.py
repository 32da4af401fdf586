"""What moves the outcome: fixed steps for the table, and the ends of each band for the tornado.

A swing is one number set to a lower and a higher value while the rest stays; the outcome is the net present value per
new home. The table's steps are dated parameters; the tornado's ends are those of the draws, largest swing first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quickscan.domain.finance.filling import change
from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.inputs import INPUTS
from quickscan.domain.finance.posts import ALL, NONE, Maatregel, Values
from quickscan.domain.finance.uncertainty import Band
from quickscan.domain.finance.valuation import value_plan
from quickscan.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Swing:
    """A number, its two values, and the outcome per new home at each; NaN where a value makes no sense."""

    key: str
    label: str
    unit: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class _Step:
    key: str
    parameter: str
    relative: bool


STEPS: tuple[_Step, ...] = (
    _Step("woning.huur_eur_per_maand", "gevoeligheid.huur_eur", relative=False),
    _Step("woning.bouwkosten_eur_ex_btw", "gevoeligheid.bouwkosten", relative=True),
    _Step("parameters.disconteringsvoet", "gevoeligheid.disconteringsvoet", relative=False),
    _Step("woning.aantal", "gevoeligheid.woningen", relative=True),
    _Step("planning.vertraging_maanden", "gevoeligheid.vertraging_maanden", relative=False),
)


def make_table(
    values: Values, rules: Rules, *, measures: frozenset[Maatregel] = ALL, contribution: Floats = NONE
) -> tuple[Swing, ...]:
    """Return the sensitivity table of one case: each number a step down and a step up."""
    swings = []
    for step in STEPS:
        now, size = float(values[step.key].reshape(-1)[0]), rules.parameter(step.parameter).likely
        away = now * size if step.relative else size
        ends = (max(now - away, 0.0), now + away)
        if step.key == "woning.aantal":
            ends = (max(1.0, float(np.rint(ends[0]))), float(np.rint(ends[1]))) if now else (0.0, 0.0)
        swings.append(_swing(values, step.key, ends, measures, contribution))
    return tuple(swings)


def make_tornado(
    values: Values, bands: Mapping[str, Band], *, measures: frozenset[Maatregel] = ALL, contribution: Floats = NONE
) -> tuple[Swing, ...]:
    """Return the uncertain numbers that move one case, at the ends of their bands, the largest swing first."""
    swings = [
        _swing(values, key, (float(band.low[0, 0]), float(band.high[0, 0])), measures, contribution)
        for key, band in bands.items()
    ]
    return tuple(sorted((swing for swing in swings if swing.size > 0), key=lambda swing: -swing.size))


def _swing(values: Values, key: str, ends: tuple[float, float], measures: frozenset[Maatregel], contribution: Floats) -> Swing:
    spec = INPUTS[key]
    low, high = (float(value_plan(change(values, key, end), measures, contribution=contribution).per_home[0, 0]) for end in ends)
    return Swing(key=key, label=spec.label, unit=spec.unit, low=ends[0], high=ends[1], at_low=low, at_high=high)
