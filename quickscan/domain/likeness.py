"""Which reference projects are like a building: in what can be compared, with the reasons in words.

Compared are the time of building, the ontsluiting, the storeys, the size, and whether the way homes were added is one that this
building has room for. What no source tells about a project is not compared, and is told. A likeness is an invitation to go and
look there, not a prediction; how near is near enough is an aanname in the rulebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from quickscan.domain.backtest import Built
from quickscan.domain.rules import Rules

DECADES: Mapping[str, int] = {"dertig": 1930, "veertig": 1940, "vijftig": 1950, "zestig": 1960, "zeventig": 1970, "tachtig": 1980}
ACCESS = ("galerij", "portiek", "maisonnette", "corridor")
WAYS = ("optoppen", "aanplakken", "uitplinten")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


class Project(Protocol):
    """What a reference project tells about itself. What no source tells is None or empty."""

    @property
    def naam(self) -> str: ...
    @property
    def methode(self) -> str: ...
    @property
    def bouwjaar(self) -> int | None: ...
    @property
    def bouwperiode(self) -> str: ...
    @property
    def bestaande_woningen(self) -> Built | None: ...
    @property
    def bestaande_bouwlagen(self) -> Built | None: ...
    @property
    def toelichting(self) -> str: ...
    @property
    def soort(self) -> str: ...


ProjectT = TypeVar("ProjectT", bound=Project)


@dataclass(frozen=True)
class Likeness(Generic[ProjectT]):
    """How a project is like a building: what is alike, what differs, and what cannot be compared."""

    project: ProjectT
    alike: tuple[str, ...]
    differs: tuple[str, ...]
    unknown: tuple[str, ...]


def find_alike(
    projects: Sequence[ProjectT], facts: Mapping[str, str | float], rooms: Mapping[str, float], rules: Rules, *, most: int = 6
) -> list[Likeness[ProjectT]]:
    """Return the projects most like a building; `rooms` are the likely homes per way of adding. One likeness is too few."""
    found = [compare(project, facts, rooms, rules) for project in projects if project.soort == "gebouw"]
    enough = [one for one in found if len(one.alike) > 1]
    return sorted(enough, key=lambda one: (len(one.differs) - len(one.alike), -len(one.alike), one.project.naam))[:most]


def compare(project: ProjectT, facts: Mapping[str, str | float], rooms: Mapping[str, float], rules: Rules) -> Likeness[ProjectT]:
    """Compare one project with a building."""
    said: dict[str, list[str]] = {"alike": [], "differs": [], "unknown": []}

    def tell(same: bool | None, text: str, subject: str) -> None:  # noqa: FBT001 - three outcomes
        said["unknown" if same is None else "alike" if same else "differs"].append(subject if same is None else text)

    near = rules.parameter("lijken.jaren").likely
    year, years = facts.get("bouwjaar"), built_in(project)
    if isinstance(year, float) and years:
        same = years[0] - near <= year <= years[1] + near
        shown = f"{years[0]}" if years[0] == years[1] else f"{years[0]}–{years[1]}"
        tell(same, f"gebouwd in {shown}, hier {year:.0f}", "bouwtijd")
    else:
        tell(None, "", "bouwtijd")

    access, there = facts.get("ontsluiting"), access_of(project)
    tell(there == access if access and there else None, f"ontsluiting: {there}, hier {access}", "ontsluiting")
    step, factor = rules.parameter("lijken.lagen").likely, rules.parameter("lijken.maat").likely
    for name, fact, count in (("bouwlagen", "bouwlagen", project.bestaande_bouwlagen),
                              ("woningen", "aantal_woningen", project.bestaande_woningen)):  # fmt: skip
        value = facts.get(fact)
        if not isinstance(value, float) or count is None:
            tell(None, "", name)
            continue
        by_step = name == "bouwlagen"
        low, high = (count.laag - step, count.hoog + step) if by_step else (count.laag / factor, count.hoog * factor)
        shown = f"{count.laag}" if count.laag == count.hoog else f"{count.laag} tot {count.hoog}"
        tell(low <= value <= high, f"{shown} {name}, hier {value:.0f}", name)
    ways = [way for way in WAYS if rooms.get(way, 0) >= 1]
    if project.methode in WAYS:
        here = project.methode in ways
        tell(here, f"{project.methode}, {'daar is hier ook plaats voor' if here else 'daar is hier geen plaats voor'}", "manier")
    elif len(ways) > 1:
        tell(same=True, text="meer dan één manier om woningen toe te voegen", subject="manier")
    return Likeness(project, *(tuple(said[name]) for name in ("alike", "differs", "unknown")))


def built_in(project: Project) -> tuple[int, int] | None:
    """Return the first and last year in which a project's building was built, as far as it is told."""
    if project.bouwjaar is not None:
        return project.bouwjaar, project.bouwjaar
    years = [int(year) for year in _YEAR.findall(project.bouwperiode)]
    if years:
        return min(years), max(years)
    decade = next((start for word, start in DECADES.items() if word in project.bouwperiode), None)
    return None if decade is None else (decade, decade + 9)


def access_of(project: Project) -> str | None:
    """Return the ontsluiting that the text on a project names, when it names one only."""
    named = [word for word in ACCESS if word in project.toelichting.lower()]
    return named[0] if len(named) == 1 else None
