"""A complex as one plan: what the scans of its panden give a case together.

A *complex* is what an owner manages as one: the panden with the same complex_code. Its case is kept under a key of its own,
which fits where a pand_id fits. Homes add up; the delay is the longest of all, because one procedure and one building site
wait for the last answer; the year of maintenance is the first one that is planned.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from quickscan.domain.errors import QuickscanError
from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.domain.finance.starting import Start

PREFIX = "C-"
DELAYS = ("vertraging_laag", "vertraging_maanden", "vertraging_hoog")
COUNTS = ("aantal", "aantal_laag", "aantal_hoog")


class NoPlanError(QuickscanError):
    """No building of a complex gets new homes."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"Van complex {code} komt geen enkel gebouw in aanmerking. Er is daarom alleen een case per gebouw.")


def complex_key(code: str) -> str:
    """Return under what the cases of a complex are kept; a pand_id is all digits, so it is never one."""
    key = PREFIX + code.strip()
    if len(key) <= PAND_ID_LENGTH and key.isascii():
        return key
    return PREFIX + hashlib.sha256(code.strip().encode()).hexdigest()[: PAND_ID_LENGTH - len(PREFIX)]


def is_complex(key: str) -> bool:
    """Tell whether a case is of a complex."""
    return key.startswith(PREFIX)


def join_starts(starts: Sequence[Start]) -> Start:
    """Return the scan's part of a case for panden together."""
    sums: dict[str, float] = defaultdict(float)
    for start in starts:
        for name in COUNTS:
            sums[name] += start.tables.get("woning", {}).get(name, 0)
    tables: dict[str, dict[str, Any]] = {}
    if sums["aantal"]:
        tables["woning"] = {name: round(sums[name]) for name in COUNTS}
    there = [start.tables.get("bestaand", {}).get("aantal_woningen") for start in starts]
    if all(count is not None for count in there):  # one unknown, and the share of the new homes would be wrong
        tables["bestaand"] = {"aantal_woningen": sum(count for count in there if count is not None)}
    years = [start.tables["mjop"]["jaar"] for start in starts if "mjop" in start.tables]
    if years:
        tables["mjop"] = {"jaar": min(years)}
    late = [start.tables["planning"] for start in starts if "planning" in start.tables]
    if late:
        tables["planning"] = {name: max(each[name] for each in late) for name in DELAYS}
    worths = [start.woz for start in starts if start.woz is not None]
    return Start(
        tables=tables,
        suggested=_join_suggested([start.suggested for start in starts]),
        bouwjaar=_only([start.bouwjaar for start in starts]),
        label=_only([start.label for start in starts]),
        woz=sum(worths) / len(worths) if worths else None,
    )


def _join_suggested(every: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    joined: dict[str, dict[str, Any]] = {}
    for section in ("aanplakken", "uitplinten"):
        total = sum(each.get(section, {}).get("aantal", 0) for each in every)
        if total:
            joined[section] = {"aantal": total}
    kind = _only([each.get("huurpunten", {}).get("woningtype") for each in every])
    if kind is not None:
        joined["huurpunten"] = {"woningtype": kind}
    return joined


def _only(values: Sequence[Any]) -> Any:
    """Return the value that all share, None when they differ."""
    return values[0] if values and all(value == values[0] for value in values) else None
