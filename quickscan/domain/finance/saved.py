"""A kept business case: what a person filled in for one building, and nothing else.

`tables` has the shape of a case file, but holds only what differs from what the scan and the rulebook say; an empty table
switches a part of the plan on, such as verduurzaming. A locked case (*vast*) cannot change. The leading case (*telt voor de
scan*) is the one whose outcome feeds the scan. The workspace's own values are kept the same way, under no building.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quickscan.domain.errors import QuickscanError
from quickscan.domain.finance.inputs import INPUTS

Tables = Mapping[str, Any]
WHOLE_WORKSPACE = ""  # stands in the place of a pand_id for the workspace's own values
# A number that belongs to another: who fills in the one, no longer wants the scan's for the others.
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "woning.aantal": ("woning.aantal_laag", "woning.aantal_hoog"),
    "planning.vertraging_maanden": ("planning.vertraging_laag", "planning.vertraging_hoog"),
}


@dataclass(frozen=True, slots=True)
class SavedCase:
    """One case of one building; `version` is 0 while nothing was kept yet."""

    pand_id: str
    number: int  # from 1, per building
    name: str
    tables: Tables
    locked: bool
    leading: bool
    version: int
    author: str
    at: datetime


class StaleCaseError(QuickscanError):
    """Somebody else changed the case in between."""

    def __init__(self, name: str, *, author: str) -> None:
        self.name, self.author = name, author
        super().__init__(f"De case '{name}' is intussen gewijzigd door {author}. Deze wijziging is niet bewaard. Kies opnieuw.")


class LockedCaseError(QuickscanError):
    """The case is locked, or is needed as it is."""

    def __init__(self, name: str, problem: str, advice: str) -> None:
        self.name = name
        super().__init__(f"De case '{name}' {problem}. {advice}")


def value_at(tables: Tables, key: str) -> Any:
    """Return what is filled in for `section.name` (or deeper), None when nothing is."""
    found: Any = tables
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def with_value(tables: Tables, key: str, value: Any) -> dict[str, Any]:
    """Return the tables with one value changed; None takes it away, and an empty section it stood in stays."""
    head, _, rest = key.partition(".")
    changed = dict(tables)
    if not rest:
        changed.pop(head, None)
        return changed if value is None else {**changed, head: value}
    inner = with_value(changed.get(head) or {}, rest, value)
    if value is None and head not in changed:
        return changed
    return {**changed, head: inner}


def flat_values(tables: Tables, section: str = "") -> dict[str, Any]:
    """Return every value by its `section.name`, in order; an empty table, which switches a part on, is "aan"."""
    found: dict[str, Any] = {}
    for name, value in tables.items():
        key = f"{section}.{name}" if section else name
        if isinstance(value, Mapping):
            found |= flat_values(value, key) or {key: "aan"}
        else:
            found[key] = value
    return found


def merge_tables(scan: Tables, own: Tables, *, suggested: Tables | None = None) -> dict[str, Any]:
    """Return a whole case: the scan's numbers, with a person's over them.

    `suggested` holds numbers for parts that count only when a person switched them on.
    """
    merged: dict[str, Any] = {name: dict(table) for name, table in scan.items()}
    for middle, ends in TOGETHER.items():
        section = middle.split(".", maxsplit=1)[0]
        if section in merged and value_at(own, middle) is not None:
            for end in ends:
                merged[section].pop(end.split(".")[1], None)
    for name, table in own.items():
        if isinstance(table, Mapping):
            merged[name] = {**(suggested or {}).get(name, {}), **merged.get(name, {}), **table}
        else:
            merged[name] = table
    return merged


def own_values(tables: Tables) -> dict[str, float]:
    """Return the numbers of a workspace by key, as `fill_in` takes them."""
    found = {key: value_at(tables, key) for key in INPUTS}
    return {key: float(value) for key, value in found.items() if isinstance(value, int | float)}
