"""What people settled about the plan of one building: start, wish, lessons, nature, and who takes part and agrees.

None means that nobody chose: then the answers decide (lessons, nature), or the plan starts on the day one looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from quickscan.domain.errors import QuickscanError, UnusableInputError

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MOST_YEARS = 20  # a day further away is a slip of the pen
LONGEST_NAME = 80


class StalePlanningError(QuickscanError):
    """Somebody else changed the plan of this building in between."""

    def __init__(self, *, author: str) -> None:
        self.author = author
        super().__init__(
            f"{author} heeft de planning van dit gebouw net gewijzigd. Kijk hieronder wat er nu staat en kies opnieuw."
        )


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The settings of one building as they were kept; version 0 was never kept."""

    start: date | None = None
    wish: date | None = None
    lessons: frozenset[str] | None = None
    seasons: frozenset[str] | None = None
    level: str = ""  # how far residents take part
    combined: bool | None = None  # is work inside the rented homes part of it?
    agreed: float | None = None  # share of the tenants that agreed, 0–1
    asked_on: date | None = None  # when the proposal was sent
    votes: float | None = None  # share of all votes in the VvE, 0–1
    tasks: Mapping[str, str] = field(default_factory=dict)  # number of the task → who
    measures: frozenset[str] = frozenset()  # for doorstroming
    version: int = 0
    author: str = ""
    at: datetime = NEVER

    def with_changes(self, **changes: Any) -> PlanSettings:
        """Return other settings; raises UnusableInputError when a share or name cannot be true."""
        changed = replace(self, **changes)
        for share, name in ((changed.agreed, "aandeel dat instemt"), (changed.votes, "aandeel van de stemmen")):
            if share is not None and not 0 <= share <= 1:
                raise UnusableInputError(f"Het {name} is geen getal van 0 tot en met 100 procent.", "Vul een ander getal in.")
        if any(len(who) > LONGEST_NAME for who in changed.tasks.values()):
            raise UnusableInputError(f"Een naam bij een taak is langer dan {LONGEST_NAME} tekens.", "Kort hem in.")
        return changed


def check_dates(settings: PlanSettings, today: date) -> None:
    """Refuse a start or wish that lies too far from the day on which one looks, and a wish before the plan begins."""
    for day, name in ((settings.start, "start"), (settings.wish, "wensdatum")):
        if day is not None and abs(day.year - today.year) > MOST_YEARS:
            raise UnusableInputError(f"De {name} in {day.year} ligt te ver weg.", f"Kies een jaar dicht bij {today.year}.")
    if settings.wish is not None and settings.wish <= (settings.start or today):
        raise UnusableInputError("De wensdatum ligt vóór de start.", "Kies een latere wensdatum of een eerdere start.")


def settings_as_tables(settings: PlanSettings) -> dict[str, Any]:
    """Return what is kept beside the two dates, as plain values."""
    return {
        "lessen": None if settings.lessons is None else sorted(settings.lessons),
        "seizoenen": None if settings.seasons is None else sorted(settings.seasons),
        "niveau": settings.level,
        "gecombineerd": settings.combined,
        "instemming": settings.agreed,
        "gevraagd_op": settings.asked_on.isoformat() if settings.asked_on else None,
        "stemmen": settings.votes,
        "taken": dict(sorted(settings.tasks.items())),
        "doorstroming": sorted(settings.measures),
    }


def settings_from_tables(tables: Mapping[str, Any], *, start: date | None, wish: date | None) -> PlanSettings:
    """Return settings from what was kept; the other way round from `settings_as_tables`."""
    lessons, seasons, asked = tables.get("lessen"), tables.get("seizoenen"), tables.get("gevraagd_op")
    return PlanSettings(
        start=start,
        wish=wish,
        lessons=None if lessons is None else frozenset(lessons),
        seasons=None if seasons is None else frozenset(seasons),
        level=str(tables.get("niveau") or ""),
        combined=tables.get("gecombineerd"),
        agreed=tables.get("instemming"),
        asked_on=date.fromisoformat(asked) if asked else None,
        votes=tables.get("stemmen"),
        tasks=dict(tables.get("taken") or {}),
        measures=frozenset(tables.get("doorstroming") or ()),
    )
