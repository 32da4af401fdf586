"""Plans at scale: buildings × draws of the network with calendars, beside bare numpy of the same sampling and sums.

The floor draws the same triangles with numpy's own `triangular` and adds them up, building by building, and does no
more: no calendar, no lessons, no percentiles. Before measuring it is checked that both draw from the same
distribution.
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

from benchmarks.measuring import Result, interleaved
from quickscan.calendars.dutch import days_off
from quickscan.domain.columns import Floats
from quickscan.domain.schedule.calendar import HORIZON_YEARS, Calendar, make_calendar
from quickscan.domain.schedule.effects import CHAIN, Effects
from quickscan.domain.schedule.network import Network, draw_parts, make_network, simulate
from quickscan.wiring import rules_on

PROJECT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 21)
BUILDINGS, DRAWS, SEED = 1_000, 10_000, 1
GOAL, GOAL_MEMORY = 2.0, 1_000.0
CLOSE = 0.02  # of the mean of the drawn durations


def make_plans(size: int) -> tuple[Network, Calendar]:
    """Return plans of buildings with delays, procedures, nature to count and lessons, each its own."""
    rules = rules_on(DAY)
    plan = rules.planning
    chance = np.random.default_rng(SEED)
    calendar = make_calendar(
        date(2026, 1, 1),
        seasons=plan.seizoenen,
        closings=plan.sluitingen,
        days_off=days_off(2026, 2026 + HORIZON_YEARS),
    )
    terms = ("planning.termijn_regulier_weken", "planning.termijn_afwijken_weken", "planning.termijn_uitgebreid_weken")
    nature = [frozenset[str](), *(frozenset({season.id}) for season in plan.seizoenen)]
    lessons = [lesson.id for lesson in plan.lessen]
    effects = Effects(
        delays=chance.choice([0.0, 1.0, 3.0, 6.0], (size, len(CHAIN)), p=[0.7, 0.15, 0.1, 0.05]),
        savings=np.zeros((size, len(CHAIN))),
        terms=tuple(terms[place] for place in chance.integers(0, len(terms), size)),
        seasons=tuple(nature[place] for place in chance.integers(0, len(nature), size)),
        protected=chance.random(size) < 0.2,
        lessons=(frozenset(),) * size,
    )
    chosen = [frozenset(name for name in lessons if chance.random() < 0.4) for _ in range(size)]
    starts = chance.integers(300, 1_000, size).astype(float).tolist()
    return make_network(effects, rules, calendar, starts=starts, keys=range(size), lessons=chosen), calendar


def _bare(network: Network) -> Floats:
    """Return when each plan ends, step after step: the same sampling and sums, and nothing else."""
    chance = np.random.default_rng(SEED)
    ends = np.empty((len(network), DRAWS))
    for row in range(len(network)):
        end = np.full(DRAWS, float(network.start[row, 0]))
        for place in range(len(CHAIN)):
            end += chance.triangular(*network.triangles[row, place].tolist(), size=DRAWS)
            end += network.extra[row, place]
        ends[row] = end
    return ends


def against_bare_numpy() -> Iterator[Result]:
    """Yield the processor time for all draws of a portfolio with calendars, beside the floor."""
    network, calendar = make_plans(BUILDINGS)
    drawn = [
        float(durations.sum(axis=0).mean()) for _, _, durations in draw_parts(network.take(slice(0, 40)), draws=DRAWS, seed=SEED)
    ]
    bare = float((_bare(network.take(slice(0, 40))) - network.start[:40]).mean())
    if not np.isclose(np.mean(drawn), bare, rtol=CLOSE):
        raise AssertionError("the floor draws other durations")
    ours, theirs, ratio = interleaved(
        lambda: simulate(network, calendar, draws=DRAWS, seed=SEED), lambda: _bare(network), repeats=5, clock=time.process_time
    )
    against = f"dezelfde trekkingen en sommen in kale numpy, zonder kalender en percentielen ({theirs:.2f} s)"
    yield Result(f"schedule_{BUILDINGS}x{DRAWS}", ours, "s processortijd", against, ratio, f"≤ {GOAL}", ratio <= GOAL)


def memory() -> Iterator[Result]:
    """Yield the peak memory of a process that draws for the whole portfolio."""
    code = "from benchmarks.schedule import print_memory; print_memory()"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True)
    peak = float(done.stdout)
    ratio = peak / GOAL_MEMORY
    against = f"de grens van {GOAL_MEMORY:.0f} MB voor het hele proces"
    yield Result("schedule_peak_memory", peak, "MB", against, ratio, "≤ 1", ratio <= 1)


def print_memory() -> None:
    """Print the peak memory in MB while drawing, sampled from another thread. Runs in a process of its own."""
    import psutil  # noqa: PLC0415 - only this process samples

    network, calendar = make_plans(BUILDINGS)
    process, seen, done = psutil.Process(), [0], threading.Event()

    def sample() -> None:
        while not done.is_set():
            seen.append(process.memory_info().rss)
            time.sleep(0.002)

    watcher = threading.Thread(target=sample)
    watcher.start()
    simulate(network, calendar, draws=DRAWS, seed=SEED)
    done.set()
    watcher.join()
    print(max(seen) / 1e6)
