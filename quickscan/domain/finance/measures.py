"""Measures of a series of flows: net present value, internal rate of return, payback, and the zero of a straight line.

A series is the last axis: the first flow comes at once, the second after `lead` periods, the rest one `step` apart.
The internal rate is the rate at which the series is worth nothing. A series whose sign never changes has none; one
whose sign changes more than once may have several. Then no number is given: `IrrOutcome` says which of the three it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from quickscan.domain.finance.flows import Floats

ROUNDS = 60
CLOSE = 1e-13  # in the logarithm of 1 + rate
CHUNK = 2_000  # series at a time: what fits in the cache
LOWEST, HIGHEST = np.log(1e-3), np.log(1e3)  # rates searched: −99,9 % to +99.900 % a period
TOUCH = 1e-9  # of the largest flow: as near as a turning point on the finer grid can come to zero
SCAN = 400  # places between them where the worth is looked at, when the sign changes more than once


class Solutions(IntEnum):
    GEEN = 0
    EEN = 1
    MEER = 2


SOLUTION_TEXTS: dict[Solutions, str] = {
    Solutions.GEEN: "geen oplossing",
    Solutions.EEN: "",
    Solutions.MEER: "meer dan één oplossing",
}


@dataclass(frozen=True, slots=True)
class IrrOutcome:
    """Per series: the rate per period (NaN unless there is exactly one) and how many solutions there are."""

    rate: Floats
    solutions: npt.NDArray[np.int8]


def npv(rate: float | Floats, flows: Floats) -> Floats:
    """Return the net present value of series one period apart, the first at once; `rate` per series or one for all."""
    rate = np.asarray(rate, dtype=float)
    if rate.ndim == 0:
        worth: Floats = flows @ np.power(1 + rate, -np.arange(flows.shape[-1], dtype=float))
        return worth
    factor, worth = 1 / (1 + rate), np.array(flows[..., -1], dtype=float)
    for period in range(flows.shape[-1] - 2, -1, -1):
        worth = flows[..., period] + factor * worth
    return worth


def irr(flows: Floats, *, step: float = 1.0, lead: float | Floats | None = None) -> IrrOutcome:
    """Return the internal rate per period of series of shape (n, periods); `lead` may differ per series."""
    leads = np.broadcast_to(np.asarray(step if lead is None else lead, dtype=float), flows.shape[:1])
    rates, solutions = np.full(len(flows), np.nan), np.zeros(len(flows), dtype=np.int8)
    for start in range(0, len(flows), CHUNK):
        part = slice(start, start + CHUNK)
        rates[part], solutions[part] = _irr_chunk(np.ascontiguousarray(flows[part].T), step, leads[part])
    return IrrOutcome(rates, solutions)


def _irr_chunk(columns: Floats, step: float, lead: Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Solve a chunk laid out as (periods, n), so that each step of Horner's rule reads memory in order."""
    changes = _sign_changes(columns)
    log_rate = np.full(columns.shape[1], np.nan)
    single = np.flatnonzero(changes == 1)
    log_rate[single] = _solve_single(columns[:, single], step, lead[single])
    solutions = np.minimum(changes, 1).astype(np.int8)
    for place in np.flatnonzero(changes > 1):
        roots = _scan(columns[:, place], step, lead[place])
        solutions[place] = min(len(roots), 2)
        log_rate[place] = roots[0] if len(roots) == 1 else np.nan
    return np.expm1(log_rate), solutions


def _sign_changes(columns: Floats) -> npt.NDArray[np.int64]:
    changes, last = np.zeros(columns.shape[1], dtype=np.int64), np.sign(columns[0])
    if (columns[1:] > 0).all() or (columns[1:] < 0).all():  # the usual case: an investment, then only income
        changes += (last * columns[1]) < 0
        return changes
    for row in columns[1:]:
        sign = np.sign(row)
        changes += (sign * last) < 0
        last = np.where(sign == 0, last, sign)
    return changes


def _solve_single(columns: Floats, step: float, lead: Floats) -> Floats:
    """Solve series whose sign changes once, by Newton on log(worth of one sign) − log(worth of the other).

    That difference is monotone in the log of 1 + rate and almost a straight line, so a few rounds do.
    """
    if not columns.shape[1]:
        return np.empty(0)
    if (columns[1:] >= 0).all() or (columns[1:] <= 0).all():
        return _newton_simple(np.abs(columns[1:]), np.log(np.abs(columns[0])), step, lead)
    positive, negative = np.maximum(columns, 0), np.maximum(-columns, 0)
    start_positive = np.argmax(positive > 0, axis=0) > np.argmax(negative > 0, axis=0)
    early, late = np.where(start_positive, negative, positive), np.where(start_positive, positive, negative)
    guess = np.zeros(columns.shape[1])
    for _ in range(ROUNDS):
        value_early, time_early = _weigh(early, guess, step, lead)
        value_late, time_late = _weigh(late, guess, step, lead)
        change = np.clip((np.log(value_late) - np.log(value_early)) / (time_late - time_early), -1, 1)
        guess = np.clip(guess + change, LOWEST, HIGHEST)
        if np.max(np.abs(change)) < CLOSE:
            break
    return guess


def _newton_simple(later: Floats, log_first: Floats, step: float, lead: Floats) -> Floats:
    """Solve first = Σ later × factor^time: everything after the first flow has one sign."""
    guess = np.zeros(later.shape[1])
    for _ in range(ROUNDS):
        value, slope = _horner(later, np.exp(-step * guess))
        time = lead + step * slope / value
        change = np.clip((np.log(value) - lead * guess - log_first) / time, -1, 1)
        guess = guess + change
        if np.max(np.abs(change)) < CLOSE * 10:  # Newton doubles the digits: one more round changes nothing
            break
    return guess


def _horner(later: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Return Σ flow × factor^k and Σ k × flow × factor^k."""
    value, slope = later[-1].copy(), np.zeros_like(factor)
    for row in later[-2::-1]:
        slope += value
        slope *= factor
        value *= factor
        value += row
    return value, slope


def _weigh(columns: Floats, guess: Floats, step: float, lead: Floats) -> tuple[Floats, Floats]:
    """Return the worth of series of one sign, and the mean time of that worth."""
    value, slope = _horner(columns[1:], np.exp(-step * guess))
    away = np.exp(-lead * guess)
    worth = columns[0] + away * value
    return worth, away * (lead * value + step * slope) / worth


def _scan(flows: Floats, step: float, lead: float) -> list[float]:
    """Return every log rate where one series is worth nothing: signs on a grid, and turning points that touch zero."""
    times = np.concatenate([[0.0], lead + step * np.arange(len(flows) - 1)])

    def worth(log_rates: Floats) -> Floats:
        # Scaled by the largest term, so that nothing overflows; the sign and the zeros stay.
        exponents = -np.outer(log_rates, times)
        exponents -= exponents.max(axis=1, keepdims=True)
        scaled: Floats = np.exp(exponents) @ flows
        return scaled

    ends = ((LOWEST, -0.5, SCAN // 4), (-0.5, 0.7, SCAN), (0.7, HIGHEST, SCAN // 4))
    grid = np.unique(np.concatenate([np.linspace(*end) for end in ends]))
    values, touching = worth(grid), []
    for place in range(1, len(grid) - 1):
        turning = abs(values[place]) < min(abs(values[place - 1]), abs(values[place + 1]))
        if turning and values[place - 1] * values[place] > 0 and values[place] * values[place + 1] > 0:
            fine = np.linspace(grid[place - 1], grid[place + 1], SCAN)
            found = worth(fine)
            if (found > 0).all() or (found < 0).all():
                nearest = int(np.argmin(np.abs(found)))
                touching += [float(fine[nearest])] if abs(found[nearest]) < TOUCH * np.abs(flows).max() else []
            grid, values = np.concatenate([grid, fine]), np.concatenate([values, found])
    order = np.argsort(grid, kind="stable")
    grid, values = grid[order], values[order]
    crossing = np.flatnonzero(values[:-1] * values[1:] < 0)
    low, high, sign = grid[crossing], grid[crossing + 1], np.sign(values[crossing])
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        left = np.sign(worth(middle)) == sign
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return sorted({*touching, *map(float, grid[values == 0]), *map(float, (low + high) / 2)})


def payback(flows: Floats, *, first: float | Floats = 0.5) -> Floats:
    """Return after how many years the sum of the yearly flows has turned positive for good; NaN when it never does.

    The first flow comes at once; `first` is when the next one counts. Within a year the sum is taken to run straight.
    """
    total = np.cumsum(flows, axis=-1)
    behind = total < 0
    if flows.shape[-1] == 1:
        return np.where(behind[..., 0], np.nan, 0.0)
    last = flows.shape[-1] - 1 - np.argmax(behind[..., ::-1], axis=-1)  # last year with a shortage
    never = behind[..., -1]
    at = np.minimum(last, flows.shape[-1] - 2)
    before, after = (np.take_along_axis(total, (at + shift)[..., None], axis=-1)[..., 0] for shift in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        within = -before / (after - before)
    start = np.where(at == 0, 0.0, np.asarray(first) + at - 1)
    length = np.where(at == 0, first, 1.0)
    return np.where(never, np.nan, np.where(behind.any(axis=-1), start + within * length, 0.0))


def zero_of_line(at_zero: Floats, at_one: Floats) -> Floats:
    """Return where a straight line is zero, from its values at 0 and at 1; NaN for a flat line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        place: Floats = np.where(at_one == at_zero, np.nan, -at_zero / (at_one - at_zero))
    return place
