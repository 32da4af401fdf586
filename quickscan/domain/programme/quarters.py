"""A quarter of a year: what a programme counts in. Quarters can be compared, counted and moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PER_YEAR, MONTHS = 4, 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day is in."""
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    @property
    def label(self) -> str:
        """How it is written: "K3 2027"."""
        return f"K{self.number} {self.year}"

    def plus(self, quarters: int) -> Quarter:
        """Return the quarter so many later, or earlier when negative."""
        place = self.year * PER_YEAR + self.number - 1 + quarters
        return Quarter(place // PER_YEAR, place % PER_YEAR + 1)

    def since(self, other: Quarter) -> int:
        """Return how many quarters this one is later than another."""
        return (self.year - other.year) * PER_YEAR + self.number - other.number


def quarters_between(first: Quarter, last: Quarter) -> tuple[Quarter, ...]:
    """Return all quarters from the first up to and including the last."""
    return tuple(first.plus(step) for step in range(last.since(first) + 1))
