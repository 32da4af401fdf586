"""The business case at scale: draws for a portfolio, and the measures of many series, each beside its peer.

The floor of the draws is the same flows by hand: per building an array of draws × years, discounted and added up, from the very
same draws. The peer of the internal rate is pyxirr, that of the net present value numpy.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measuring import Result, interleaved
from quickscan.domain.finance.filling import fill_in
from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.measures import irr, npv
from quickscan.domain.finance.posts import Values
from quickscan.domain.finance.uncertainty import Band, draw_values, find_bands, simulate
from quickscan.domain.finance.valuation import value_plan
from quickscan.domain.rules import Rules
from quickscan.wiring import rules_on

PROJECT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 21)
BUILDINGS, DRAWS, YEARS, SEED = 1_000, 10_000, 60, 1
SERIES = 100_000
GOAL, GOAL_MEMORY = 1.5, 2_000.0
CLOSE = 1e-9


def make_portfolio(size: int) -> pd.DataFrame:
    """Return buildings with a lift, verduurzaming, a band of homes and a band of delay."""
    chance = np.random.default_rng(SEED)
    homes = chance.integers(8, 40, size).astype(float)
    return pd.DataFrame(
        {
            "woning.aantal": homes,
            "woning.aantal_laag": np.floor(homes * 0.8),
            "woning.aantal_hoog": np.ceil(homes * 1.15),
            "woning.bouwkosten_eur_ex_btw": chance.uniform(140_000, 190_000, size),
            "woning.huur_eur_per_maand": chance.uniform(650, 930, size),
            "planning.vertraging_hoog": chance.integers(6, 30, size).astype(float),
            "lift.aantal": np.where(chance.random(size) < 0.5, 1.0, np.nan),
            "bestaand.aantal_woningen": homes * 3,
            "verduurzaming.kosten_eur_ex_btw": np.where(chance.random(size) < 0.5, 60_000.0, np.nan),
        }
    )


def _prepared(size: int) -> tuple[Values, dict[str, Band], Rules]:
    rules = rules_on(DAY)
    values = fill_in(make_portfolio(size), rules)
    return values, find_bands(values, rules), rules


def _by_hand(values: Values) -> Floats:
    """Return the worth of drawn buildings from their flows, year by year, as a spreadsheet would."""
    year = np.arange(YEARS)

    def of(key: str, row: int) -> Floats:
        array = values[key]
        found: Floats = array[row if len(array) > 1 else 0].reshape(-1)
        return found

    buildings = max(len(value) for value in values.values())
    worth = np.empty((buildings, DRAWS))
    for row in range(buildings):
        homes, btw = of("woning.aantal", row), 1 + of("parameters.btw", row)
        existing, rate = of("bestaand.aantal_woningen", row), of("parameters.disconteringsvoet", row)
        delay = of("planning.vertraging_maanden", row) / 12
        rent = homes * of("woning.huur_eur_per_maand", row) * 12 * (1 - of("parameters.derving", row))
        costs = homes * (of("parameters.onderhoud_eur_per_jaar", row) + of("parameters.beheer_eur_per_jaar", row))
        costs = costs + of("lift.aantal", row) * of("lift.onderhoud_eur_per_jaar", row)
        invested = homes * of("woning.bouwkosten_eur_ex_btw", row) + of("lift.aantal", row) * of("lift.kosten_eur_ex_btw", row)
        invested = (invested + existing * of("verduurzaming.kosten_eur_ex_btw", row)) * btw
        rents, expenses = (
            (1 + of(f"parameters.{name}", row))[:, None] ** (year + delay[:, None]) for name in ("huurstijging", "kostenstijging")
        )
        flows = rent[:, None] * rents - costs[:, None] * expenses
        discount = (1 + rate)[:, None] ** -(year + 0.5 + delay[:, None])
        worth[row] = (flows * discount).sum(axis=1) - invested * (1 + of("parameters.bouwkostenstijging", row)) ** delay
    return worth


def draws_against_floor() -> Iterator[Result]:
    """Yield the processor time for all draws of a portfolio, beside the floor, after checking that both agree."""
    values, bands, rules = _prepared(BUILDINGS)
    sample = 40  # buildings of the floor: it is so much slower that the rest is extrapolated

    def floor(size: int) -> Floats:
        small, small_bands, _ = _prepared(size)
        parts = draw_values(small, small_bands, rules, draws=DRAWS, seed=SEED, keys=range(size))
        return np.concatenate([_by_hand(drawn) for _, drawn in parts])

    small, small_bands, _ = _prepared(sample)
    parts = draw_values(small, small_bands, rules, draws=DRAWS, seed=SEED, keys=range(sample))
    mine = np.concatenate([np.broadcast_to(value_plan(drawn).total, (part.stop - part.start, DRAWS)) for part, drawn in parts])
    if not np.allclose(mine, floor(sample), rtol=CLOSE, atol=1e-3):
        raise AssertionError("the floor differs from value_plan")
    ours, theirs, ratio = interleaved(
        lambda: simulate(values, bands, rules, draws=DRAWS, seed=SEED),
        lambda: floor(sample),
        repeats=3,
        clock=time.process_time,
    )
    factor = BUILDINGS / sample
    against = f"dezelfde kasstromen met de hand in numpy, {sample} gebouwen gemeten, geëxtrapoleerd ({theirs * factor:.1f} s)"
    name = f"finance_{BUILDINGS}x{YEARS}x{DRAWS}"
    yield Result(name, ours, "s processortijd", against, ratio / factor, f"≤ {GOAL}", ratio / factor <= GOAL)


def draws_memory() -> Iterator[Result]:
    """Yield the peak memory of a process that draws for the whole portfolio."""
    code = "from benchmarks.finance import print_memory; print_memory()"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True)
    peak = float(done.stdout)
    ratio = peak / GOAL_MEMORY
    against = f"de grens van {GOAL_MEMORY:.0f} MB voor het hele proces"
    yield Result("finance_peak_memory", peak, "MB", against, ratio, "≤ 1", ratio <= 1)


def print_memory() -> None:
    """Print the peak memory in MB while drawing, sampled from another thread. Runs in a process of its own."""
    import psutil  # noqa: PLC0415 - only this process samples

    values, bands, rules = _prepared(BUILDINGS)
    process, seen, done = psutil.Process(), [0], threading.Event()

    def sample() -> None:
        while not done.is_set():
            seen.append(process.memory_info().rss)
            time.sleep(0.002)

    watcher = threading.Thread(target=sample)
    watcher.start()
    simulate(values, bands, rules, draws=DRAWS, seed=SEED)
    done.set()
    watcher.join()
    print(max(seen) / 1e6)


def _series() -> Floats:
    chance = np.random.default_rng(SEED)
    flows = chance.normal(8_000, 1_500, (SERIES, YEARS + 1)).clip(100)
    flows[:, 0] = -150_000 * chance.uniform(0.8, 1.2, SERIES)
    return flows


def rates_against_pyxirr() -> Iterator[Result]:
    """Yield the processor time for the internal rate of many series, beside pyxirr on a sample of them."""
    import pyxirr  # noqa: PLC0415 - only this measurement needs it

    flows, sample = _series(), SERIES // 10
    rows = list(flows[:sample])
    theirs_rates = np.array([pyxirr.irr(row) for row in rows])
    if not np.allclose(irr(flows[:sample]).rate, theirs_rates, rtol=0, atol=CLOSE):
        raise AssertionError("irr differs from pyxirr")
    ours, theirs, ratio = interleaved(
        lambda: irr(flows), lambda: [pyxirr.irr(row) for row in rows], repeats=3, clock=time.process_time
    )
    against = f"pyxirr, {sample} reeksen gemeten, geëxtrapoleerd ({theirs * 10:.1f} s)"
    yield Result(f"irr_{SERIES}", ours, "s processortijd", against, ratio / 10, f"≤ {GOAL}", ratio / 10 <= GOAL)


def values_against_numpy() -> Iterator[Result]:
    """Yield the processor time for the net present value of many series, beside the plain numpy expression."""
    flows, rates = _series(), np.random.default_rng(SEED).uniform(0.01, 0.1, SERIES)
    cases = (
        ("", rates, lambda: (flows * (1 + rates[:, None]) ** -np.arange(YEARS + 1)).sum(axis=1)),
        ("_one_rate", 0.0417, lambda: flows @ 1.0417 ** -np.arange(YEARS + 1.0)),
    )
    for name, rate, peer in cases:
        if not np.allclose(npv(rate, flows), peer(), rtol=CLOSE, atol=1e-6):
            raise AssertionError("npv differs from numpy")
        ours, theirs, ratio = interleaved(lambda rate=rate: npv(rate, flows), peer, repeats=9, clock=time.process_time)
        against = f"dezelfde som in numpy ({theirs * 1000:.0f} ms)"
        yield Result(f"npv_{SERIES}{name}", ours, "s processortijd", against, ratio, f"≤ {GOAL}", ratio <= GOAL)
