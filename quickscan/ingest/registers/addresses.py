"""One address for a building out of the addresses in it: the street most of them share, and the numbers from low to high.

A postcode lies in one street (nearly always), so where streets are not given the postcode stands in for the street: the
numbers that belong to the most common postcode. So street, numbers and postcode of a building always go together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from quickscan.ingest.raw import Cells
from quickscan.ingest.registers.layers import Words
from quickscan.ingest.registers.layout import pick

Places = npt.NDArray[np.intp]
_DIGITS = 5  # of a house number in the BAG
STREET, NUMBER, POSTCODE, TOWN = "straat", "huisnummer", "postcode", "woonplaats"


def gather_addresses(buildings: Places, count: int, parts: Mapping[str, Words]) -> dict[str, Cells]:
    """Return per building (0 … count-1) the parts of its address.

    `buildings` says to which building each address belongs; `parts` are columns of addresses by the names above.
    """
    found: dict[str, Cells] = {}
    kept: npt.NDArray[np.bool_] = np.ones(len(buildings), dtype=bool)
    for name in (STREET, POSTCODE, TOWN):
        if name in parts:
            codes, words = parts[name]
            chosen = _most_common(np.where(kept, buildings, -1), codes, count)
            found[name] = pick(words, chosen)
            if name == STREET or STREET not in parts:
                kept &= codes == chosen[buildings]
    if NUMBER in parts and (STREET in parts or POSTCODE in parts):
        found[NUMBER] = _span_numbers(buildings, parts[NUMBER], kept, count)
    return found


def _most_common(buildings: Places, codes: Places, count: int) -> Places:
    """Return per building the code that occurs most, the first that came in a tie, and -1 without any."""
    known = (codes >= 0) & (buildings >= 0)
    wide = int(codes.max(initial=0)) + 1
    pairs, first, times = np.unique(buildings[known] * wide + codes[known], return_index=True, return_counts=True)
    order = np.lexsort((first, -times, pairs // wide))
    chosen = np.full(count, -1, dtype=np.intp)
    # the last that is written counts, so the best goes last
    chosen[(pairs // wide)[order][::-1]] = (pairs % wide)[order][::-1]
    return chosen


def _span_numbers(buildings: Places, given: Words, kept: npt.NDArray[np.bool_], count: int) -> Cells:
    """Return per building its number, or the lowest and the highest, such as "27-85"."""
    plain = [
        int(word) if str(word).isascii() and str(word).isdigit() and len(str(word)) <= _DIGITS else 0 for word in given.words
    ]
    numbers = np.array([*plain, 0], dtype=np.float64)[given.codes]
    known = kept & (numbers > 0)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, buildings[known], numbers[known])
    np.maximum.at(high, buildings[known], numbers[known])
    spans = np.full(count, None, dtype=object)
    for place in np.flatnonzero(low <= high):
        spans[place] = f"{low[place]:.0f}" if low[place] == high[place] else f"{low[place]:.0f}-{high[place]:.0f}"
    return spans
