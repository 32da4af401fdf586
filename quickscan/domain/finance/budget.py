"""Which buildings fit a budget best: the most new homes for the money that is short.

The *tekort* of a building is what the case lacks, in euros of today. A building without a tekort costs nothing and is always
in. `pick_by_rate` takes the buildings with the most homes per euro first; `pick_exactly` finds the best set there is, by
keeping for every number of homes the least money it takes. That is exact and quick for hundreds of buildings; above
`MOST_STEPS` steps it would be slow, and `pick` then takes the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quickscan.domain.finance.flows import Floats

HAIR = 1e-6  # euros; a budget of exactly the sum is enough
MOST_STEPS = 30_000_000  # buildings × homes: about half a second, and 30 MB


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen buildings as a mask, their homes and money, and whether no set can be better."""

    chosen: npt.NDArray[np.bool_]
    homes: float
    euros: float
    exact: bool


def order_by_rate(homes: Floats, shortage: Floats) -> npt.NDArray[np.intp]:
    """Return the places of the buildings, the most homes per euro first; without a tekort first of all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(shortage > 0, homes / shortage, np.inf)
    rate = np.where(homes > 0, np.round(rate, 12), -np.inf)  # equal but for the last bit is equal
    return np.lexsort((-homes, -rate))


def pick(homes: Floats, shortage: Floats, budget: float) -> Choice:
    """Return the best set: exactly when that can be worked out at once, else by homes per euro."""
    steps = len(homes) * float(np.sum(np.rint(homes)))
    return pick_exactly(homes, shortage, budget) if steps <= MOST_STEPS else pick_by_rate(homes, shortage, budget)


def pick_by_rate(homes: Floats, shortage: Floats, budget: float) -> Choice:
    """Return the set that taking the most homes per euro first gives; one that no longer fits is passed over."""
    chosen, left = np.zeros(len(homes), dtype=bool), budget
    for place in order_by_rate(homes, shortage):
        if homes[place] > 0 and shortage[place] <= left:
            chosen[place] = True
            left -= max(float(shortage[place]), 0.0)
    return _choice(chosen, homes, shortage, exact=False)


def pick_exactly(homes: Floats, shortage: Floats, budget: float) -> Choice:
    """Return the set with the most homes that the budget can pay; of equal sets the cheapest."""
    count = np.rint(homes).astype(int)
    price = np.maximum(shortage, 0.0)
    most = int(count[count > 0].sum())
    least = np.full(most + 1, np.inf)
    least[0] = 0.0
    takes = np.zeros((len(count), most + 1), dtype=bool)
    for place in np.flatnonzero(count > 0):
        number = int(count[place])
        tried = least[:-number] + price[place]
        takes[place, number:] = tried < least[number:]
        least[number:] = np.minimum(least[number:], tried)
    at = int(np.flatnonzero(least <= max(budget, 0.0) + HAIR).max())
    chosen = np.zeros(len(count), dtype=bool)
    for row in range(len(count) - 1, -1, -1):
        if takes[row, at]:
            chosen[row] = True
            at = at - int(count[row])
    return _choice(chosen, homes, shortage, exact=True)


def _choice(chosen: npt.NDArray[np.bool_], homes: Floats, shortage: Floats, *, exact: bool) -> Choice:
    return Choice(chosen, float(homes[chosen].sum()), float(np.maximum(shortage[chosen], 0).sum()), exact)
