"""Posts: the lines of money of a plan, from its inputs.

A post has an amount in euros of today for the whole plan, positive when it comes in, and a profile that says when.
A shared post (a lift, verduurzaming, with what they bring in) is for all dwellings of the building: the new homes bear
their share of it. Amounts have the shape (building, draw). Btw is inside the amount, and told apart in `btw`.
Source: method section 7; handreiking 3.3 for spreading shared costs over the whole building.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from quickscan.domain.finance.flows import Floats

Values = Mapping[str, Floats]
MONTHS = 12
NONE = np.zeros((1, 1))
SAVED_WORKS = {
    "gevel": "Gevelwerk dat vervalt",
    "steiger": "Steiger en bouwplaats gedeeld",
    "installaties": "Werk aan installaties dat vervalt",
    "overig": "Ander werk dat vervalt",
}


class Profile(StrEnum):
    BOUW = "bouw"  # on the day of the investment, at the prices of that day
    NU = "nu"  # on the day of the investment, an amount that a delay does not change
    HUUR = "huur"  # every year, growing with the rents
    KOSTEN = "kosten"  # every year, growing with the costs
    EENMALIG = "eenmalig"  # once, `after` years, at the prices of then
    EINDE = "einde"  # once, at the end of the horizon


class Groep(StrEnum):
    INVESTERING = "investering"
    OPBRENGST = "opbrengst"
    EXPLOITATIE = "exploitatie"
    BIJDRAGE = "bijdrage"


class Maatregel(StrEnum):
    OPTOPPEN = "optoppen"
    VERDUURZAMEN = "verduurzamen"
    LIFT = "lift"
    AANPLAKKEN = "aanplakken"
    UITPLINTEN = "uitplinten"


ALL = frozenset(Maatregel)
NEW_HOMES: dict[Maatregel, str] = {
    Maatregel.OPTOPPEN: "woning",
    Maatregel.AANPLAKKEN: "aanplakken",
    Maatregel.UITPLINTEN: "uitplinten",
}


@dataclass(frozen=True, slots=True)
class Post:
    """One line of money of one part of a plan."""

    name: str
    label: str
    group: Groep
    profile: Profile
    amount: Floats
    maatregel: Maatregel = Maatregel.OPTOPPEN
    shared: bool = False
    after: Floats | None = None  # years; only for EENMALIG, and for yearly posts that start later
    btw: Floats | float = 0.0  # the part of the amount that is btw


def count_new_homes(values: Values, measures: frozenset[Maatregel] = ALL) -> Floats:
    """Return the new homes of a plan."""
    return np.asarray(sum((values[f"{section}.aantal"] for each, section in NEW_HOMES.items() if each in measures), start=NONE))


def share_of_new(values: Values, measures: frozenset[Maatregel] = ALL) -> Floats:
    """Return the part of shared posts that the new homes bear: their part of all dwellings, or everything."""
    new = count_new_homes(values, measures)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(new > 0, new / (new + values["bestaand.aantal_woningen"]), 0.0)
    return np.where(values["parameters.gedeelde_kosten"] > 0, part, 1.0)


def make_posts(values: Values, measures: frozenset[Maatregel] = ALL) -> tuple[Post, ...]:
    """Return the posts of a plan with these maatregelen; what a case does not have has the amount 0."""
    posts: list[Post] = []
    for measure, section in NEW_HOMES.items():
        if measure in measures and np.any(values[f"{section}.aantal"]):
            posts += _new_homes(values, measure, section)
    posts += _extra(values, measures)
    if Maatregel.LIFT in measures and np.any(values["lift.aantal"]):
        posts += _lift(values)
    if Maatregel.VERDUURZAMEN in measures and np.any(values["verduurzaming.kosten_eur_ex_btw"]):
        posts += _verduurzaming(values)
    return tuple(posts)


def _cost(amount: Floats, btw: Floats | float) -> tuple[Floats, Floats]:
    """Return an expense with its btw, and that btw, both negative."""
    return -amount * (1 + btw), -amount * btw


def _new_homes(values: Values, measure: Maatregel, section: str) -> Iterator[Post]:
    homes, btw = values[f"{section}.aantal"], values["parameters.btw"]
    of = "" if measure is Maatregel.OPTOPPEN else f" bij {measure}"
    name = "" if measure is Maatregel.OPTOPPEN else f"{measure}_"
    building = homes * values[f"{section}.bouwkosten_eur_ex_btw"]
    more = building * values["parameters.bijkomende_kosten"]
    lines = (
        ("bouwkosten", "Bouwkosten", building),
        ("bijkomende_kosten", "Bijkomende kosten", more),
        ("onvoorzien", "Onvoorzien", (building + more) * values["parameters.onvoorzien"]),
        ("fundering", "Fundering", homes * values["extra.fundering_eur_ex_btw"] if not name else NONE),
    )
    for code, label, amount in lines:
        if np.any(amount):
            total, tax = _cost(amount, btw)
            yield Post(f"{name}{code}", f"{label}{of}", Groep.INVESTERING, Profile.BOUW, total, measure, btw=tax)
    untaxed = (
        ("leges", "Leges", building * values["extra.leges"]),
        ("grondprijs", "Grondprijs", homes * values["extra.grondprijs_eur"]),
    )
    for code, label, amount in untaxed:
        if np.any(amount):
            yield Post(f"{name}{code}", f"{label}{of}", Groep.INVESTERING, Profile.BOUW, -amount, measure)
    rent = homes * (values[f"{section}.huur_eur_per_maand"] * MONTHS)
    yearly = (
        ("huur", "Huur", Groep.OPBRENGST, Profile.HUUR, rent),
        ("derving", "Huurderving", Groep.OPBRENGST, Profile.HUUR, -rent * values["parameters.derving"]),
        ("onderhoud", "Onderhoud", Groep.EXPLOITATIE, Profile.KOSTEN, -homes * values["parameters.onderhoud_eur_per_jaar"]),
        (
            "beheer",
            "Beheer, belasting en verzekering",
            Groep.EXPLOITATIE,
            Profile.KOSTEN,
            -homes * values["parameters.beheer_eur_per_jaar"],
        ),
        ("canon", "Canon", Groep.EXPLOITATIE, Profile.KOSTEN, -homes * values["extra.canon_eur_per_jaar"]),
        ("restwaarde", "Restwaarde", Groep.OPBRENGST, Profile.EINDE, homes * values["parameters.restwaarde_eur"]),
    )
    for code, label, group, profile, amount in yearly:
        if np.any(amount):
            yield Post(f"{name}{code}", f"{label}{of}", group, profile, amount, measure)


def _extra(values: Values, measures: frozenset[Maatregel]) -> Iterator[Post]:
    if not measures & NEW_HOMES.keys():
        return
    btw = values["parameters.btw"]
    asbestos, tax = _cost(values["bestaand.aantal_woningen"] * values["extra.asbest_eur_ex_btw"], btw)
    if np.any(asbestos):
        yield Post("asbest", "Asbest verwijderen", Groep.INVESTERING, Profile.BOUW, asbestos, shared=True, btw=tax)
    other, tax = _cost(values["extra.overig_eur_ex_btw"], btw)
    if np.any(other):
        yield Post("overig", "Overige investering", Groep.INVESTERING, Profile.BOUW, other, btw=tax)
    parking = values["extra.parkeerplaatsen"] * values["extra.parkeerplaats_eur"]
    if np.any(parking):
        yield Post("parkeren", "Parkeerplaatsen", Groep.INVESTERING, Profile.BOUW, -parking)
    saved, tax = _cost(values["extra.dak_m2"] * values["extra.dak_bespaard_eur_ex_btw"], btw)
    if np.any(saved):
        yield Post(
            "dak",
            "Dak niet vernieuwd",
            Groep.INVESTERING,
            Profile.EENMALIG,
            -saved,
            after=np.maximum(values["extra.dak_over_jaren"], 0.0),
            btw=-tax,
        )
    yield from _saved_works(values)


def _saved_works(values: Values) -> Iterator[Post]:
    """Return the works of the maintenance plan that the plan makes needless; nothing once they are done before it starts."""
    after, delay = values["mjop.over_jaren"], values["planning.vertraging_maanden"] / MONTHS
    for code, label in SAVED_WORKS.items():
        if not np.any(values[f"mjop.{code}_eur_ex_btw"]):
            continue
        amount = np.where(in_time(after, delay), values[f"mjop.{code}_eur_ex_btw"], 0.0)
        saved, tax = _cost(amount, values["parameters.btw"])
        yield Post(f"mjop_{code}", label, Groep.INVESTERING, Profile.EENMALIG, -saved, after=np.maximum(after, 0.0), btw=-tax)


def in_time(after: Floats, delay: Floats) -> npt.NDArray[np.bool_]:
    """Tell whether the building work starts no later than the year of major maintenance; both in years from the planned start."""
    return (after >= 0) & (delay < after + 1)


def _lift(values: Values) -> Iterator[Post]:
    lifts = values["lift.aantal"]
    total, tax = _cost(lifts * values["lift.kosten_eur_ex_btw"], values["parameters.btw"])
    of = Maatregel.LIFT
    yield Post("lift", "Lift", Groep.INVESTERING, Profile.BOUW, total, of, shared=True, btw=tax)
    upkeep = -lifts * values["lift.onderhoud_eur_per_jaar"]
    yield Post("lift_onderhoud", "Onderhoud van de lift", Groep.EXPLOITATIE, Profile.KOSTEN, upkeep, of, shared=True)
    months = values["bestaand.aantal_woningen"] * values["lift.vergoeding_eur_per_maand"] * MONTHS
    if np.any(months):
        yield Post("lift_vergoeding", "Vergoeding voor de lift", Groep.OPBRENGST, Profile.HUUR, months, of, shared=True)


def _verduurzaming(values: Values) -> Iterator[Post]:
    homes, of = values["bestaand.aantal_woningen"], Maatregel.VERDUURZAMEN
    total, tax = _cost(homes * values["verduurzaming.kosten_eur_ex_btw"], values["verduurzaming.btw"])
    yield Post("verduurzaming", "Verduurzaming", Groep.INVESTERING, Profile.BOUW, total, of, shared=True, btw=tax)
    moving = -homes * values["verduurzaming.verhuiskosten_eur"]
    if np.any(moving):
        yield Post("verhuiskosten", "Verhuiskostenvergoeding", Groep.INVESTERING, Profile.BOUW, moving, of, shared=True)
    rent = homes * values["verduurzaming.huurverhoging_eur_per_maand"] * (MONTHS * (1 - values["parameters.derving"]))
    if np.any(rent):
        yield Post("huurverhoging", "Huurverhoging bestaand", Groep.OPBRENGST, Profile.HUUR, rent, of, shared=True)
    saved = homes * values["verduurzaming.onderhoud_bespaard_eur_per_jaar"]
    if np.any(saved):
        yield Post("onderhoud_bespaard", "Bespaard onderhoud", Groep.EXPLOITATIE, Profile.KOSTEN, saved, of, shared=True)
