"""Scoring a million buildings: against the same arithmetic by hand, against a loop over models, and in memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import floor, loop
from benchmarks.frames import make_buildings
from benchmarks.measuring import Result, interleaved
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import score_buildings
from quickscan.wiring import rules_on

PROJECT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 21)
SIZE = 1_000_000
SAMPLE = 2_000  # for the loop
GOAL_FLOOR, GOAL_LOOP, GOAL_MEMORY = 1.5, 20.0, 4.0


@cache
def _buildings() -> pd.DataFrame:
    return make_buildings(rules_on(DAY), SIZE)


def against_floor() -> Iterator[Result]:
    """Yield the seconds for a million buildings × all criteria, beside the floor, after checking that both agree."""
    rules, buildings = rules_on(DAY), _buildings()
    tables = floor.prepare(buildings, rules)
    require_same(buildings.iloc[:20_000], tables, rules)
    mine, theirs, ratio = interleaved(
        lambda: score_buildings(buildings, rules),
        lambda: floor.score(buildings, tables, rules),
        repeats=7,
        clock=time.process_time,
    )
    against = f"dezelfde rekensom met de hand in numpy, in brokken van {floor.CHUNK} ({theirs:.2f} s)"
    yield Result("scoring_1e6_vs_numpy", mine, "s processortijd", against, ratio, f"≤ {GOAL_FLOOR}", ratio <= GOAL_FLOOR)


def require_same(buildings: pd.DataFrame, tables: floor.Floor, rules: Rules) -> None:
    """Raise when the floor and the tool do not give the same numbers."""
    ours, theirs = score_buildings(buildings, rules), floor.score(buildings, tables, rules)
    for name, values in theirs.items():
        if name == "blokkades":
            continue
        mine = ours[name].cat.codes.to_numpy() if isinstance(ours[name].dtype, pd.CategoricalDtype) else ours[name].to_numpy()
        if not np.allclose(mine, values, rtol=0, atol=1e-9):  # a last binary digit may differ
            raise AssertionError(f"the floor differs from score_buildings in {name}")


def against_loop() -> Iterator[Result]:
    """Yield how many times faster than a loop over pydantic models; the loop is measured on a sample and extrapolated."""
    rules, buildings = rules_on(DAY), _buildings()
    sample = buildings.iloc[:SAMPLE]
    loop.require_same(sample.iloc[:200], rules)
    mine, theirs, ratio = interleaved(
        lambda: score_buildings(buildings, rules), lambda: loop.score(sample, rules), repeats=3, clock=time.process_time
    )
    factor = SIZE / SAMPLE
    against = f"een lus over pydantic-modellen, {SAMPLE} gebouwen gemeten en geëxtrapoleerd naar {SIZE} ({theirs * factor:.0f} s)"
    speedup = factor / ratio
    yield Result("scoring_1e6_vs_loop", mine, "s processortijd", against, speedup, f"≥ {GOAL_LOOP:g}", speedup >= GOAL_LOOP)


def peak_memory() -> Iterator[Result]:
    """Yield the peak memory of a process that scores, beside the size of the frame that it got."""
    code = "from benchmarks.scoring import print_memory; print_memory()"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True)
    frame, before, peak = (float(number) for number in done.stdout.split())
    ratio = peak / frame
    against = f"het frame dat erin gaat ({frame:.0f} MB); het hele proces was vóór het scoren {before:.0f} MB"
    goal = f"≤ {GOAL_MEMORY:g}"
    yield Result("scoring_1e6_peak_memory", peak, "MB", against, ratio, goal, ratio <= GOAL_MEMORY)


def print_memory() -> None:
    """Print, in MB: the frame, the process before scoring, and its peak while scoring. Runs in a process of its own.

    Sampled from another thread, because the peak that the system keeps also counts the making of the frame.
    """
    import threading  # noqa: PLC0415 - only this process samples

    import psutil  # noqa: PLC0415

    rules = rules_on(DAY)
    score_buildings(make_buildings(rules, 1_000), rules)  # imports and caches are not what is measured
    buildings = _buildings()
    process, seen, done = psutil.Process(), [0], threading.Event()

    def sample() -> None:
        while not done.is_set():
            seen.append(process.memory_info().rss)
            time.sleep(0.002)

    before = process.memory_info().rss
    watcher = threading.Thread(target=sample)
    watcher.start()
    result = score_buildings(buildings, rules)
    done.set()
    watcher.join()
    assert len(result) == SIZE  # noqa: S101 - keeps the result alive until here
    frame = float(buildings.memory_usage(deep=True).sum())
    print(frame / 1e6, before / 1e6, max(seen) / 1e6)
