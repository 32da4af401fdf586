"""Narrow a screened portfolio down to what somebody wants to see."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

LEAST_COMPARED, MOST_COMPARED = 2, 5


def can_compare(pand_ids: Sequence[str]) -> bool:
    """Tell whether this many buildings fit beside each other."""
    return LEAST_COMPARED <= len(pand_ids) <= MOST_COMPARED


def narrow(
    table: pd.DataFrame, *, outcomes: Sequence[str], verdicts: Sequence[str], search: str | None, least: float
) -> pd.DataFrame:
    """Return the rows that meet every filter, ranked; an empty filter lets all through."""
    keep = pd.Series(data=True, index=table.index)
    if outcomes:
        keep &= table["voorselectie"].astype(str).isin(outcomes)
    if verdicts:
        keep &= table["oordeel"].astype(str).isin(verdicts)
    if least > 0:
        keep &= table["woningen"].fillna(0) >= least
    for word in (search or "").lower().split():
        found = pd.Series(data=False, index=table.index)
        for column in ("naam", "straat", "huisnummer", "complex_code", "buurt", "pand_id"):
            found |= table[column].astype("object").astype(str).str.lower().str.contains(word, regex=False)
        keep &= found
    narrowed: pd.DataFrame = table[keep].sort_values(["rang", "pand_id"], na_position="last")
    return narrowed
