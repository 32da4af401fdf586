"""The parking norms of municipalities, as a workspace keeps them: a line per norm or reduction, each with its source.

A *norm* is the number of places that a kind of home asks, with what visitors ask on top; a *korting* is the part that a
measure takes off, such as shared cars or a tram stop. Both may hold in one zone only ("" is everywhere). Norms are public
policy but no public data: what stands here was typed or imported by somebody, so a line without a source is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from quickscan.domain.errors import Fault

MOST_LINES = 500
LONGEST = 200
HIGHEST = {"norm": 10.0, "bezoekers": 5.0, "korting": 1.0}
COLUMNS: Mapping[str, str] = {
    "gemeente": "naam van de gemeente",
    "soort": "norm of korting",
    "naam": "bij een norm het soort woning, bij een korting de maatregel",
    "zone": "waar het geldt; leeg is overal",
    "waarde": "bij een norm plekken per woning (0,6), bij een korting een deel (20 %)",
    "bezoekers": "plekken per woning voor bezoek; alleen bij een norm, leeg is het kengetal",
    "bron": "waar het staat, bijvoorbeeld de parkeernota met jaar en bladzijde",
}


class Soort(StrEnum):
    NORM = "norm"
    KORTING = "korting"


@dataclass(frozen=True, slots=True)
class NormLine:
    """One norm or reduction of one municipality."""

    gemeente: str
    soort: Soort
    naam: str
    zone: str
    waarde: float
    bezoekers: float | None
    bron: str

    @property
    def key(self) -> tuple[str, ...]:
        """What may be there once: municipality, kind, name and zone, whatever the capitals."""
        return tuple(part.strip().casefold() for part in (self.gemeente, str(self.soort), self.naam, self.zone))


def check_line(cells: Mapping[str, Any], *, row: int | None = None) -> tuple[NormLine | None, list[Fault]]:
    """Return the line of typed or imported cells, None when anything is wrong; numbers are numbers here, or None when empty."""
    texts = {name: " ".join(str(cells.get(name) or "").split()) for name in ("gemeente", "naam", "zone", "bron", "soort")}
    kind = texts["soort"].casefold() or str(Soort.NORM)
    wrong = [*_check_texts(texts), *_check_numbers(cells, kind)]
    faults = [Fault(row, column, _tell(cells.get(column)), problem, advice) for column, problem, advice in wrong]
    if faults:
        return None, faults
    visitors = cells.get("bezoekers")
    share = None if visitors is None else float(visitors)
    return NormLine(
        texts["gemeente"], Soort(kind), texts["naam"], texts["zone"], float(cells["waarde"]), share, texts["bron"]
    ), []


def _check_texts(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield column, problem and advice of what is wrong with the words of a line."""
    for name in ("gemeente", "naam", "bron"):
        if not texts[name]:
            yield name, f"{name} is leeg", f"Vul in: {COLUMNS[name]}."
    for name, text in texts.items():
        if len(text) > LONGEST:
            yield name, "deze tekst is te lang", f"Gebruik ten hoogste {LONGEST} tekens."


def _check_numbers(cells: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield the same of its kind and numbers."""
    if kind not in tuple(Soort):
        yield "soort", "dit is geen soort regel", "Schrijf norm of korting."
        return
    told = "1,2 plekken als 1,2" if kind == Soort.NORM else "20 procent als 20 % of 0,2"
    if not _is_within(cells.get("waarde"), HIGHEST[kind]):
        yield "waarde", f"dit is geen {kind} van 0 tot en met {HIGHEST[kind]:g}", f"Schrijf {told}."
    visitors = cells.get("bezoekers")
    if visitors is None:
        return
    if kind == Soort.KORTING:
        yield "bezoekers", "bij een korting hoort geen getal voor bezoek", "Laat dit leeg."
    elif not _is_within(visitors, HIGHEST["bezoekers"]):
        yield "bezoekers", f"dit is geen getal van 0 tot en met {HIGHEST['bezoekers']:g}", "Laat dit leeg voor het kengetal."


def _tell(value: object) -> str | None:
    return None if value is None else f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def _is_within(value: object, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= high


def find_doubles(lines: Sequence[tuple[int | None, NormLine]]) -> Iterator[Fault]:
    """Yield a fault for every line that was there already, by its row."""
    seen: dict[tuple[str, ...], int | None] = {}
    for row, line in lines:
        if line.key in seen:
            where = f" (rij {seen[line.key]})" if seen[line.key] is not None else ""
            problem = f"deze {line.soort} van {line.gemeente} staat er al{where}"
            yield Fault(row, "naam", line.naam, problem, "Haal een van de twee weg, of geef ze een zone.")
        seen.setdefault(line.key, row)


def with_line(lines: Sequence[NormLine], new: NormLine, *, instead_of: NormLine | None = None) -> tuple[NormLine, ...]:
    """Return the lines with one more, in the place of another or of one with the same key; sorted as people look for them."""
    gone = {new.key, instead_of.key if instead_of else new.key}
    return sort_lines([*(line for line in lines if line.key not in gone), new])


def merge_lines(lines: Sequence[NormLine], new: Iterable[NormLine]) -> tuple[NormLine, ...]:
    """Return the lines with the new ones over them."""
    merged = {line.key: line for line in lines}
    merged.update({line.key: line for line in new})
    return sort_lines(merged.values())


def sort_lines(lines: Iterable[NormLine]) -> tuple[NormLine, ...]:
    """Return the lines by municipality, norms before reductions, by name and zone."""
    return tuple(sorted(lines, key=lambda line: (line.key[0], line.soort is Soort.KORTING, line.key[2:])))


def as_cells(line: NormLine) -> dict[str, Any]:
    """Return a line as plain cells, as it is stored and written."""
    return {**asdict(line), "soort": str(line.soort)}


def read_lines(stored: Sequence[Mapping[str, Any]]) -> tuple[NormLine, ...]:
    """Return the lines of what was stored."""
    return tuple(NormLine(**{**cells, "soort": Soort(cells["soort"])}) for cells in stored)


def describe(line: NormLine) -> str:
    """Return a line as a choice on the screen."""
    zone = f", {line.zone}" if line.zone else ""
    return f"{line.gemeente}: {line.naam}{zone}"
