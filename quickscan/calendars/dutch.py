"""The Dutch public holidays, as plain dates. The package computes them; nothing is asked of the network."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=16)
def days_off(first_year: int, last_year: int) -> frozenset[date]:
    """Return the public holidays of these years."""
    found = holidays.country_holidays("NL", years=range(first_year, last_year + 1))
    return frozenset(found)
