"""What the scan knows of a business case before anyone fills in anything: homes, existing homes, maintenance and delay.

The delay is what the time model says, when there is one. Its worst end comes from the answers: within a step of the
handreiking work goes on side by side, so the longest counts; the steps follow each other, so they add up, and a question
without an answer may still bring the delay of its worst choice. This is a rough measure, and the case says where it came from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickscan.domain.dwellings import UNIT_SIZES
from quickscan.domain.explanation import Explanation
from quickscan.domain.terms import Interventie


@dataclass(frozen=True, slots=True)
class Start:
    """The scan's part of a case: `tables` count at once, `suggested` when a person switches that part on."""

    tables: Mapping[str, Mapping[str, Any]]
    suggested: Mapping[str, Mapping[str, Any]]
    bouwjaar: float | None
    label: str | None
    woz: float | None = None  # of an existing home, on average


def start_case(
    results: Mapping[Interventie, Explanation],
    facts: Mapping[str, str | float],
    *,
    lateness: tuple[float, float, float] | None = None,
) -> Start:
    """Return what the scan of one building gives a case.

    `lateness` is what the time model says: the months that the building work starts later than usual, P10, P50 and P80. It
    knows the seasons and the luck of steps, but counts an unknown answer as the usual one; so the worst end stays the answers'.
    """
    tables: dict[str, dict[str, Any]] = {"woning": {}, "bestaand": {}, "planning": {}}
    top = results[Interventie.OPTOPPEN]
    homes = _whole(top.homes.likely)
    if homes:
        ends = (min(_whole(top.homes.low), homes) or 1, max(_whole(top.homes.high), homes))
        tables["woning"] = {"aantal": homes, "aantal_laag": ends[0], "aantal_hoog": ends[1]}
    there = _whole(_number(facts.get("aantal_woningen")))
    if there:
        tables["bestaand"]["aantal_woningen"] = there
    year = _number(facts.get("groot_onderhoud_jaar"))
    if not math.isnan(year):
        tables["mjop"] = {"jaar": year}
    low, likely, high = find_delay(top)
    if lateness is not None:
        low, likely, high = lateness[0], lateness[1], max(lateness[2], high)
    if high:
        tables["planning"] = {"vertraging_maanden": likely, "vertraging_laag": low, "vertraging_hoog": high}
    suggested: dict[str, dict[str, Any]] = {
        str(kind): {"aantal": found}
        for kind in (Interventie.AANPLAKKEN, Interventie.UITPLINTEN)
        if kind in results and (found := _whole(results[kind].homes.likely))
    }
    kind, worth = facts.get("nieuw_woningtype"), _number(facts.get("woz_gemiddeld_eur"))
    if kind in UNIT_SIZES:
        suggested["huurpunten"] = {"woningtype": kind}
    built, label = _number(facts.get("bouwjaar")), facts.get("energielabel")
    return Start(
        tables={name: table for name, table in tables.items() if table},
        suggested=suggested,
        bouwjaar=None if math.isnan(built) else built,
        label=label if isinstance(label, str) else None,
        woz=None if math.isnan(worth) else worth,
    )


def find_delay(result: Explanation) -> tuple[float, float, float]:
    """Return the months of delay that the answers bring: low, likely and high; never below zero."""
    steps: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for line in result.lines:
        step = line.active.criterion.stap
        if line.choice is not None:
            steps[step].append((line.choice.maanden,) * 3)
        else:
            months = [choice.maanden for choice in line.active.version.keuzes]
            steps[step].append((min(months), 0.0, max(months)))
    ends = [sum(_longest([each[end] for each in found]) for found in steps.values()) for end in range(3)]
    low, likely, high = (max(0.0, months) for months in ends)
    return min(low, likely), likely, max(likely, high)


def _longest(months: list[float]) -> float:
    """Return the longest delay; what speeds up only counts when nothing in the step delays."""
    longest = max(months)
    return longest if longest > 0 else min(months)


def _whole(number: float) -> int:
    return 0 if math.isnan(number) else round(number)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
