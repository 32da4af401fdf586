"""Parking: what new homes ask, what there is, and what closes the gap.

The *vraag* is new homes × norm, with visitors; *kortingen* lower it one after another (multiplied), never by more than the
cap; what a shared car saves is taken off after that. The *aanbod* is what may stand full minus what stands there now, and
only counts when somebody counted. Norms are the municipality's own; the defaults are labelled guesses.
Source: method section 8. Only extra demand counts: homes that are there already are not asked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from quickscan.domain.errors import QuickscanError
from quickscan.domain.rules import Rules

HAIR = 1e-9  # places; 24 × 0,5 − 12 is no shortage
CODES = ("sluit", "sluit_met_maatregelen", "tekort_klein", "tekort_groot")  # choices of the criterion pla.parkeren


class ParkingInputError(QuickscanError):
    """A number of the parking balance makes no sense; names the key and what to do."""

    def __init__(self, key: str, problem: str, advice: str) -> None:
        self.key, self.problem, self.advice = key, problem, advice
        super().__init__(f"parkeren.{key}: {problem}. {advice}")


@dataclass(frozen=True, slots=True)
class Homes:
    """New homes of one kind with their norm; `source` says whose norm it is."""

    number: float
    norm: float
    visitors: float
    source: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction of the demand: a part of one, with where it comes from."""

    name: str
    share: float
    source: str


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is, when it was counted: places, and how many were taken at the busiest moment."""

    places: float
    taken: float
    highest_occupancy: float

    @property
    def free(self) -> float:
        """Places that can still be given out; never below zero."""
        return max(self.places * self.highest_occupancy - self.taken, 0.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to close what is left of the gap by itself."""

    name: str
    amount: float
    unit: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The outcome; `code` is a choice of pla.parkeren, None while nobody counted what there is."""

    gross: float
    reduction: float  # the part that was taken off, after the cap
    capped: bool
    shared_cars: float  # places saved by shared cars
    demand: float
    free: float | None
    shortage: float | None
    made: float  # places that the plan itself makes, rents or buys off
    before_measures: float | None  # the shortage without reductions and shared cars
    code: str | None
    measures: tuple[Measure, ...]


def gross_demand(homes: Sequence[Homes]) -> float:
    """Return the places that the norm asks, visitors included."""
    return sum(kind.number * (kind.norm + kind.visitors) for kind in homes)


def combine_reductions(reductions: Sequence[Reduction], *, cap: float) -> tuple[float, bool]:
    """Return the part that all reductions together take off, and whether the cap held them back."""
    left = 1.0
    for reduction in reductions:
        left *= 1 - reduction.share
    return min(1 - left, cap), 1 - left > cap + HAIR


def balance_parking(
    homes: Sequence[Homes],
    rules: Rules,
    *,
    reductions: Sequence[Reduction] = (),
    supply: Supply | None = None,
    shared_cars: int = 0,
    cap: float | None = None,
    exempt: bool = False,
    made: float = 0.0,
) -> Balance:
    """Return the balance; `exempt` when the municipality asks no places for optoppen, `made` what the plan itself brings."""
    gross = 0.0 if exempt else gross_demand(homes)
    highest = rules.parameter("parkeren.korting_hoogste").likely if cap is None else cap
    share, capped = combine_reductions(reductions, cap=highest)
    per_car = rules.parameter("parkeren.deelauto_vervangt").likely
    saved = min(shared_cars * max(per_car - 1, 0.0), gross * (1 - share))  # the shared car itself takes a place too
    demand = gross * (1 - share) - saved
    if gross <= HAIR:
        return Balance(0.0, 0.0, capped=False, shared_cars=0.0, demand=0.0, free=None if supply is None else supply.free,
                       shortage=0.0, made=made, before_measures=0.0, code="sluit", measures=())  # fmt: skip
    if supply is None:
        return Balance(gross, share, capped, saved, demand, None, None, made, None, None, ())
    shortage, before = max(demand - supply.free - made, 0.0), max(gross - supply.free, 0.0)
    code = _code(shortage, before, demand, rules)
    measures = _close(shortage, share, gross, highest, per_car, supply, homes) if shortage > HAIR else ()
    return Balance(gross, share, capped, saved, demand, supply.free, shortage, made, before, code, measures)


def _code(shortage: float, before: float, demand: float, rules: Rules) -> str:
    if shortage <= HAIR:
        return "sluit" if before <= HAIR else "sluit_met_maatregelen"
    small = shortage <= demand * rules.parameter("parkeren.klein_tekort").likely + HAIR
    return "tekort_klein" if small else "tekort_groot"


def _close(
    shortage: float, share: float, gross: float, highest: float, per_car: float, supply: Supply, homes: Sequence[Homes]
) -> tuple[Measure, ...]:
    """Return what would close the gap by itself; what cannot is left out."""
    found = []
    if per_car > 1:
        cars = ceil(shortage / (per_car - 1) - HAIR)
        found.append(
            Measure("deelauto's", cars, "auto's", f"{cars} deelauto's erbij, als elke deelauto {per_car:g} plekken vervangt.")
        )
    needed = shortage / gross
    if share + needed <= highest + HAIR:
        found.append(Measure("korting", needed, "deel", f"Nog {needed * 100:.0f} procent korting op de norm."))
    places = ceil(shortage - HAIR)
    found.append(Measure("plekken", places, "plekken", f"{places} plekken maken, huren of afkopen."))
    per_home = sum(kind.number for kind in homes)
    norm = (gross - gross_demand([Homes(kind.number, 0.0, kind.visitors, kind.source) for kind in homes])) / per_home
    lower = norm - shortage / (per_home * (1 - share)) if share < 1 else -inf
    if lower >= 0:
        told = f"{lower:.2f}".replace(".", ",")
        found.append(Measure("norm", lower, "plekken per woning", f"Een norm van {told} plek per woning, zonder bezoek."))
    if supply.highest_occupancy < 1 and supply.places - supply.taken >= shortage + supply.free - HAIR:
        text = f"Een hogere bezetting dan {supply.highest_occupancy * 100:.0f} procent toestaan."
        found.append(Measure("bezetting", 1.0, "deel", text))
    return tuple(found)


_NUMBERS = {"norm": 10.0, "bezoekers": 5.0, "capaciteit": 100_000.0, "bezet": 100_000.0, "deelautos": 1_000.0,
            "korting_hoogste": 1.0, "bezetting_hoogste": 1.0}  # fmt: skip
_OTHERS = ("bron", "vrijgesteld", "kortingen")


def read_parking(table: Mapping[str, Any], *, new_homes: float, rules: Rules, made: float = 0.0) -> Balance:
    """Return the balance of a case's [parkeren] table, with what the plan itself makes; raises ParkingInputError."""
    for name, value in table.items():
        if name in _OTHERS:
            continue
        if name not in _NUMBERS:
            raise ParkingInputError(name, "deze sleutel is onbekend", f"Kies uit: {', '.join([*_NUMBERS, *_OTHERS])}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _NUMBERS[name]:
            raise ParkingInputError(name, f"{value} ligt buiten 0 tot en met {_NUMBERS[name]:g}", "Verbeter het getal.")
    if ("capaciteit" in table) != ("bezet" in table):
        raise ParkingInputError("capaciteit", "capaciteit en bezet horen bij elkaar", "Vul allebei in, uit één telling.")
    reductions = []
    if not isinstance(table.get("kortingen", {}), Mapping):
        raise ParkingInputError("kortingen", "dit hoort een blok te zijn", "Schrijf bijvoorbeeld kortingen = { hov = 0.1 }.")
    for name, item in dict(table.get("kortingen", {})).items():
        share = item.get("deel") if isinstance(item, Mapping) else item
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ParkingInputError(f"kortingen.{name}", "is geen deel van 0 tot en met 1", "Schrijf 10 procent als 0.1.")
        reductions.append(Reduction(name, float(share), str(item.get("bron", "")) if isinstance(item, Mapping) else ""))
    supply = None
    if "capaciteit" in table:
        highest = float(table.get("bezetting_hoogste", rules.parameter("parkeren.bezetting_hoogste").likely))
        supply = Supply(float(table["capaciteit"]), float(table["bezet"]), highest)
    homes = Homes(
        new_homes,
        float(table.get("norm", rules.parameter("parkeren.norm").likely)),
        float(table.get("bezoekers", rules.parameter("parkeren.bezoekers").likely)),
        str(table.get("bron", "normenset, aanname")),
    )
    return balance_parking(
        [homes],
        rules,
        reductions=reductions,
        supply=supply,
        shared_cars=int(table.get("deelautos", 0)),
        cap=float(table["korting_hoogste"]) if "korting_hoogste" in table else None,
        exempt=table.get("vrijgesteld", False) is True,
        made=made,
    )
