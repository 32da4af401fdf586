"""Measure two things in turn, so that a busy machine slows both; report medians and the ratio against a goal."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of output. `against` is what was measured beside it in the same run; `ratio` is what the goal is about.

    A line without a goal is there to be read with the others.
    """

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    goal: str | None
    holds: bool | None

    def as_json(self) -> str:
        """Return one JSON object on one line."""
        content = {**self.__dict__, "value": round(self.value, 4), "ratio": round(self.ratio, 3)}
        return json.dumps(content, ensure_ascii=False)


Topic = Callable[[], Iterator[Result]]


def seconds(run: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return how long one run takes, after the rubbish of others was cleared."""
    gc.collect()
    start = clock()
    run()
    return clock() - start


def interleaved(
    ours: Callable[[], object], other: Callable[[], object], *, repeats: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float, float]:
    """Run both in turn and return the median of ours, of the other, and of the ratio per pair; one warm-up is not counted.

    For what computes on one core in this process, `clock=time.process_time` leaves out what other programs take.
    """
    seconds(ours, clock), seconds(other, clock)
    pairs = [(seconds(ours, clock), seconds(other, clock)) for _ in range(repeats)]
    return (
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(mine / theirs for mine, theirs in pairs),
    )
