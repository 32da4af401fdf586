"""Read a source whose columns are known beforehand, and say once what holds for many of its rows.

A layout is the key of a column (see make_key) → what it is read as. A value in a register that cannot be true is no
reason to refuse a building: it counts as unknown, with one notice for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import How
from quickscan.ingest.raw import Cells, Matched, Rows
from quickscan.ingest.tables.aliases import make_key

NOTHING_TO_DO = "Je hoeft niets te doen."
_ROWS_NAMED = 5


def match_layout(
    headers: Sequence[str],
    layout: Mapping[str, str],
    *,
    also: Mapping[str, str] | None = None,
    mapping: Mapping[str, str | None] | None,
    is_register: bool = True,
) -> Matched:
    """Return what each column is; what a person decided goes first. Other columns are known to be of no use here.

    `also` is a layout of columns that help to make a fact of another column, such as the date of a label. They come
    first in the outcome, because of two columns for one target the last one is that target's own.
    """
    chosen = mapping or {}
    helping = {header: target for header in headers if header not in chosen and (target := (also or {}).get(make_key(header)))}
    own = [header for header in headers if header not in helping]
    targets: list[str | None] = []
    for header in own:
        target = chosen[header] if header in chosen else layout.get(make_key(header))
        targets.append(None if target in targets else target)
    helps = [target if target in targets else None for target in helping.values()]
    every, became = (*helping, *own), (*helps, *targets)
    hows = [
        How.CHOSEN if header in chosen else How.KNOWN if target else How.UNUSED
        for header, target in zip(every, became, strict=True)
    ]
    return Matched(every, became, (), is_register=is_register, hows=tuple(hows))


def add_columns(matched: Matched, targets: Mapping[str, str]) -> Matched:
    """Return `matched` with columns of another table (header → target) put before its own, which go first in a tie."""
    own = frozenset(matched.headers)
    more = {header: target for header, target in targets.items() if header not in own}
    return replace(
        matched,
        headers=(*more, *matched.headers),
        targets=(*more.values(), *matched.targets),
        hows=(*[How.KNOWN] * len(more), *matched.reasons),
    )


def pick(values: Sequence[object] | Cells, places: npt.NDArray[np.intp]) -> Cells:
    """Return the value at each place as an object, None at place -1."""
    padded = np.empty(len(values) + 1, dtype=object)
    padded[:-1] = values
    return np.asarray(padded[places])


def tell_rows(rows: Rows, column: str | None, problem: str, advice: str = NOTHING_TO_DO) -> list[Fault]:
    """Return one notice for all these rows together; none when there are no rows."""
    if not len(rows):
        return []
    if len(rows) == 1:
        return [Fault(int(rows[0]), column, None, problem, advice, notice=True)]
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED]) + (", …" if len(rows) > _ROWS_NAMED else "")
    return [Fault(None, column, None, f"{problem} ({len(rows)} rijen: {named})", advice, notice=True)]


def keep_believable(
    name: str, values: npt.NDArray[np.float64], rows: Rows, header: str
) -> tuple[npt.NDArray[np.float64], list[Fault]]:
    """Return the values of a fact with NaN for those out of its bounds, and a notice about these."""
    fact = FACTS[name]
    low, high = -np.inf if fact.low is None else fact.low, np.inf if fact.high is None else fact.high
    with np.errstate(invalid="ignore"):
        wrong = ~np.isnan(values) & ~((values >= low) & (values <= high))
    unit = f" {fact.unit}" if fact.unit else ""
    problem = f"{fact.label.lower()} ligt buiten {low:g} tot en met {high:.0f}{unit}; ze telt als onbekend"
    return np.where(wrong, np.nan, values), tell_rows(rows[wrong], header, problem)
