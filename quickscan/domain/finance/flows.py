"""What a euro at another moment is worth on the day of the investment.

Year 1 starts on the day of the investment; what comes in or goes out in a year counts at the middle of that year, and
growth starts in the second year. A growth has one axis more than the rest: its last axis is the year, of length 1 when
it is the same in every year; a list that is shorter than the horizon goes on with its last value.
Shapes: (building, draw) for everything, (building, draw, year) for growths; each axis may be 1.
Source: method section 7 (yearly flows, mid-year).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MID_YEAR = 0.5


def value_yearly(rate: Floats, growth: Floats, years: Floats) -> Floats:
    """Return what 1 euro a year is worth, `years` long; the first comes after half a year."""
    if growth.shape[-1] == 1:
        return _geometric(rate, growth[..., 0], years)
    return _year_by_year(rate, growth, years)


def _geometric(rate: Floats, growth: Floats, years: Floats) -> Floats:
    gap = (rate - growth) / (1 + rate)  # 1 − the ratio between a year and the year before
    with np.errstate(divide="ignore", invalid="ignore"):
        total = -np.expm1(years * np.log1p(-gap)) / gap
    return np.where(gap == 0, years, total) / np.sqrt(1 + rate)


def _year_by_year(rate: Floats, growth: Floats, years: Floats) -> Floats:
    worth = np.zeros(np.broadcast_shapes(rate.shape, growth.shape[:-1], years.shape))
    euro = 1 / np.sqrt(1 + rate)
    for year in range(int(np.max(years, initial=0))):
        worth = worth + np.where(year < years, euro, 0.0)
        euro = euro * (1 + growth[..., min(year, growth.shape[-1] - 1)]) / (1 + rate)
    return worth


def index_after(growth: Floats, years: Floats) -> Floats:
    """Return how much a price has grown after some years; halves of a year count."""
    if growth.shape[-1] == 1:
        return np.exp(years * np.log1p(growth[..., 0]))
    logs = np.log1p(growth)
    index, last = np.zeros(np.broadcast_shapes(growth.shape[:-1], years.shape)), growth.shape[-1] - 1
    for year in range(int(np.ceil(np.max(years, initial=0)))):
        index = index + np.clip(years - year, 0, 1) * logs[..., min(year, last)]
    return np.exp(index)


def discount_after(rate: Floats, years: Floats) -> Floats:
    """Return what 1 euro after some years is worth now."""
    return np.exp(-years * np.log1p(rate))


def spread_yearly(growth: Floats, years: Floats, horizon: int) -> Floats:
    """Return 1 euro a year as flows, shape (…, horizon): grown from the second year, 0 after the last."""
    year = np.arange(horizon)
    grown = np.take(growth, np.minimum(year[:-1], growth.shape[-1] - 1), axis=-1)
    index = np.concatenate([np.ones((*grown.shape[:-1], 1)), np.cumprod(1 + grown, axis=-1)], axis=-1)[..., :horizon]
    return np.where(year < years[..., None], index, 0.0)
