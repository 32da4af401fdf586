"""The typical new home of which the huurpunten are counted, and what a count gives.

*Huurpunten* are the points of the woningwaarderingsstelsel: together they give the highest rent that may be asked. Who counts
them is not the domain's affair (`services.finance.PointCounter`); here stand the home that is counted, as a case's
`[huurpunten]` table and the rulebook give it, and the outcome. Sizes that nobody gives are labelled guesses.
A home without a WOZ-waarde is counted with the lowest that the law allows, so the outcome is then on the careful side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quickscan.domain.dwellings import UNIT_SIZES
from quickscan.domain.errors import QuickscanError
from quickscan.domain.finance.faults import CaseFault
from quickscan.domain.finance.inputs import LIMITED_RENTS
from quickscan.domain.rules import Rules

TABLE = "huurpunten"
LABELS: tuple[str, ...] = ("A++++", "A+++", "A++", "A+", "A", "B", "C", "D", "E", "F", "G")
USUAL_KIND = "tweekamer"
KIND_NAMES = {"studio": "studio", "tweekamer": "tweekamerwoning", "driekamer": "driekamerwoning"}
# The bounds keep out typing errors only.
NUMBERS: Mapping[str, tuple[float, float]] = {
    "oppervlakte_m2": (15, 250),
    "woz_eur": (20_000, 3_000_000),
    "buitenruimte_m2": (0, 100),
}
NUMBER_NAMES = {
    "oppervlakte_m2": "Oppervlakte van de woning",
    "woz_eur": "WOZ-waarde van de woning",
    "buitenruimte_m2": "Balkon of loggia",
}


class PointsError(QuickscanError):
    """The points of a home could not be counted; the rent then has to be entered by hand."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        advice = "Vul de huur zelf in; de grens van de soort huur blijft bewaakt."
        super().__init__(f"De huurpunten zijn niet geteld: {problem} {advice}")


@dataclass(frozen=True, slots=True)
class TypicalHome:
    """One new home: areas in m², the kitchen in mm; `woz_eur` None counts the lowest that the law allows."""

    kind: str
    area_m2: float
    label: str
    woz_eur: float | None
    outdoor_m2: float
    bedrooms_m2: tuple[float, ...]
    bathroom_m2: float
    storage_m2: float
    hall_m2: float
    kitchen_mm: float
    built: int  # year in which it is expected to be let

    @property
    def living_m2(self) -> float:
        """What is left for living and cooking."""
        return self.area_m2 - sum(self.bedrooms_m2) - self.bathroom_m2 - self.storage_m2 - self.hall_m2


@dataclass(frozen=True, slots=True)
class Points:
    """The outcome of a count: whole points, the highest rent a month, and the points per part of the stelsel.

    `surcharge` is the part that a new home may add, which is inside `highest_rent`; it only applies to middenhuur.
    """

    points: float
    highest_rent: float
    surcharge: float
    parts: tuple[tuple[str, float], ...]


def check_home(table: Mapping[str, Any]) -> Iterator[CaseFault]:
    """Yield what is wrong with a case's [huurpunten] table."""
    choices: Mapping[str, tuple[str, ...]] = {"woningtype": tuple(UNIT_SIZES), "energielabel": LABELS}
    for name, value in table.items():
        key = f"{TABLE}.{name}"
        if name in choices:
            if value not in choices[name]:
                yield CaseFault(key, value, "dit is geen keuze", f"Kies uit: {', '.join(choices[name])}.")
        elif name in NUMBERS:
            low, high = NUMBERS[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                yield CaseFault(key, value, f"ligt buiten {low:g} tot en met {high:.0f}", "Verbeter het getal, of laat het weg.")
        else:
            yield CaseFault(key, None, "deze sleutel is onbekend", f"Kies uit: {', '.join([*choices, *NUMBERS])}.")


def make_home(table: Mapping[str, Any], rules: Rules) -> TypicalHome:
    """Return the home of a checked [huurpunten] table, filled up from the rulebook; raises PointsError when it cannot exist."""

    def usual(name: str) -> float:
        return rules.parameter(f"huurpunten.{name}").likely

    kind = str(table.get("woningtype", USUAL_KIND))
    bedrooms = {"studio": (), "tweekamer": ("slaapkamer_m2",), "driekamer": ("slaapkamer_m2", "tweede_slaapkamer_m2")}[kind]
    woz = table.get("woz_eur")
    home = TypicalHome(
        kind=kind,
        area_m2=float(table.get("oppervlakte_m2", rules.parameter(UNIT_SIZES[kind]).likely)),
        label=str(table.get("energielabel", "A" + "+" * round(usual("plussen")))),
        woz_eur=None if woz is None else float(woz),
        outdoor_m2=float(table.get("buitenruimte_m2", usual("buitenruimte_m2"))),
        bedrooms_m2=tuple(usual(name) for name in bedrooms),
        bathroom_m2=usual("badkamer_m2"),
        storage_m2=usual("berging_m2"),
        hall_m2=usual("hal_m2"),
        kitchen_mm=usual("aanrecht_mm"),
        built=rules.day.year + 2,
    )
    if home.living_m2 < home.bathroom_m2:
        problem = f"een {KIND_NAMES[kind]} past niet in {home.area_m2:g} m². Kies een kleiner type of een grotere oppervlakte."
        raise PointsError(problem)
    return home


def check_rents(numbers: Mapping[str, float], points: Points, home: TypicalHome) -> Iterator[CaseFault]:
    """Yield the rents that are higher than the points allow, by key; a guess about the home makes it no refusal."""
    for key in LIMITED_RENTS:
        rent = numbers.get(key, 0.0)
        if rent > points.highest_rent + 1e-9:
            told = f"{points.highest_rent:.2f}".replace(".", ",")
            problem = f"ligt boven de hoogste huur van € {told} bij {points.points:.0f} huurpunten ({KIND_NAMES[home.kind]})"
            advice = "Verlaag de huur, of verbeter onder Huurpunten wat er van de woning bekend is."
            yield CaseFault(key, rent, problem, advice)
