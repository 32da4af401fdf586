"""The inputs of a business case: every key with its meaning, its bounds and where its default comes from.

A key is `section.name`, as in a case file. A section is a part of the plan: woning and parameters are always there, the
others only when the case has them. What is left out takes the rulebook's value (`parameter`), the value of another key
(`same_as`), or is not in the sum at all (`absent`). Bounds only keep out typing errors; they are no norms. The bounds
of the law, such as the highest rent of a segment, are dated parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    WONING = "woning"
    PARAMETERS = "parameters"
    EXTRA = "extra"
    LIFT = "lift"
    VERDUURZAMING = "verduurzaming"
    AANPLAKKEN = "aanplakken"
    UITPLINTEN = "uitplinten"
    MJOP = "mjop"
    BESTAAND = "bestaand"
    RENOVATIE = "renovatie"
    SLOOP_NIEUWBOUW = "sloop_nieuwbouw"
    PLANNING = "planning"
    ONZEKERHEID = "onzekerheid"


ALWAYS: tuple[Section, ...] = (Section.WONING, Section.PARAMETERS, Section.PLANNING, Section.ONZEKERHEID)


@dataclass(frozen=True, slots=True)
class Segment:
    """A rent segment: the parameter with its highest rent, the usual rent, and the discount rate that belongs to it."""

    code: str
    label: str
    limit: str | None
    rent: str | None
    discount: str


DAEB, NIET_DAEB = "financieel.disconteringsvoet_daeb", "financieel.disconteringsvoet_niet_daeb"
SEGMENTS: dict[str, Segment] = {
    segment.code: segment
    for segment in (
        Segment("sociaal", "sociale huur", "huur.grens_daeb", "huur.streefhuur", DAEB),
        Segment("sociaal_laag", "sociale huur tot de lage aftoppingsgrens", "huur.grens_laag", "huur.grens_laag", DAEB),
        Segment("sociaal_hoog", "sociale huur tot de hoge aftoppingsgrens", "huur.grens_hoog", "huur.grens_hoog", DAEB),
        Segment("jongeren", "sociale huur voor jongeren", "huur.grens_jongeren", "huur.grens_jongeren", DAEB),
        Segment("middenhuur", "middenhuur", "huur.grens_midden", "huur.grens_midden", NIET_DAEB),
        Segment("vrij", "vrije sector", None, None, NIET_DAEB),
    )
}
SHARING: tuple[str, ...] = ("alle_woningen", "alleen_nieuw")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One number of a case. Shares are parts of one: 1 percent is 0,01."""

    section: Section
    name: str
    label: str
    unit: str
    low: float
    high: float
    parameter: str | None = None
    same_as: str | None = None
    absent: float | None = None
    whole: bool = False
    by_year: bool = False  # a list gives a value per year

    @property
    def key(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def shown(self) -> str:
        """Return the key as results name it: without its section for what every case has."""
        return self.name if self.section in (Section.WONING, Section.PARAMETERS) else self.key


MOST_EUR = 5e7
YEAR = "jaartal"  # a year is written without a dot
MOST_PER_HOME = 2e6
MOST_HOMES = 5_000
_W, _P, _X, _L = Section.WONING, Section.PARAMETERS, Section.EXTRA, Section.LIFT
_V, _B, _R, _S = Section.VERDUURZAMING, Section.BESTAAND, Section.RENOVATIE, Section.SLOOP_NIEUWBOUW
_A, _U, _T, _O, _M = Section.AANPLAKKEN, Section.UITPLINTEN, Section.PLANNING, Section.ONZEKERHEID, Section.MJOP


def _homes(section: Section, name: str, label: str, *, low: float = 1, **more: object) -> InputSpec:
    return InputSpec(section, name, label, "woningen", low, MOST_HOMES, whole=True, **more)  # type: ignore[arg-type]  # one shape for all counts


def _euro(section: Section, name: str, label: str, unit: str = "€", high: float = MOST_PER_HOME, **more: object) -> InputSpec:
    return InputSpec(section, name, label, unit, 0, high, **more)  # type: ignore[arg-type]  # one shape for all amounts


def _growth(name: str, label: str) -> InputSpec:
    return InputSpec(_P, name, label, "per jaar", -0.05, 0.15, parameter=f"financieel.{name}", by_year=True)


_SPECS: tuple[InputSpec, ...] = (
    _homes(_W, "aantal", "Nieuwe woningen op het dak"),
    _homes(_W, "aantal_laag", "Nieuwe woningen, laag", same_as="woning.aantal"),
    _homes(_W, "aantal_hoog", "Nieuwe woningen, hoog", same_as="woning.aantal"),
    _euro(
        _W, "bouwkosten_eur_ex_btw", "Bouwkosten, bijkomende kosten inbegrepen", "€ per woning", parameter="financieel.bouwkosten"
    ),
    _euro(_W, "huur_eur_per_maand", "Huur in het eerste jaar", "€ per maand", 20_000, parameter="huur.streefhuur"),
    InputSpec(_P, "disconteringsvoet", "Disconteringsvoet", "per jaar", 0, 0.2, parameter=DAEB),
    InputSpec(_P, "horizon_jaren", "Horizon", "jaar", 1, 100, parameter="financieel.horizon_jaren", whole=True),
    _growth("huurstijging", "Huurstijging"),
    _growth("kostenstijging", "Stijging van onderhoud en beheer"),
    _growth("bouwkostenstijging", "Stijging van de bouwkosten"),
    InputSpec(_P, "derving", "Huurderving", "deel van de huur", 0, 0.5, parameter="financieel.derving"),
    _euro(_P, "onderhoud_eur_per_jaar", "Onderhoud", "€ per woning per jaar", 50_000, parameter="financieel.onderhoud"),
    _euro(
        _P,
        "beheer_eur_per_jaar",
        "Beheer, belasting en verzekering",
        "€ per woning per jaar",
        50_000,
        parameter="financieel.beheer",
    ),
    InputSpec(_P, "btw", "Btw die niet te verrekenen is", "deel", 0, 0.3, parameter="financieel.btw"),
    _euro(_P, "restwaarde_eur", "Restwaarde aan het eind", "€ per woning", parameter="financieel.restwaarde"),
    InputSpec(_P, "bijkomende_kosten", "Bijkomende kosten", "deel van de bouwkosten", 0, 1, absent=0),
    InputSpec(_P, "onvoorzien", "Onvoorzien", "deel van de bouwkosten", 0, 0.5, absent=0),
    InputSpec(_M, "jaar", "Jaar van groot onderhoud", YEAR, 1990, 2100, absent=0, whole=True),
    InputSpec(_M, "over_jaren", "Jaren tot groot onderhoud", "jaar", 0, 60, absent=0),
    _euro(_M, "gevel_eur_ex_btw", "Bespaard gevelwerk", high=MOST_EUR, absent=0),
    _euro(_M, "steiger_eur_ex_btw", "Bespaard op steiger en bouwplaats", high=MOST_EUR, absent=0),
    _euro(_M, "installaties_eur_ex_btw", "Bespaard aan installaties", high=MOST_EUR, absent=0),
    _euro(_M, "overig_eur_ex_btw", "Ander werk dat vervalt", high=MOST_EUR, absent=0),
    _euro(_X, "fundering_eur_ex_btw", "Fundering versterken", "€ per nieuwe woning", absent=0),
    _euro(_X, "asbest_eur_ex_btw", "Asbest verwijderen", "€ per bestaande woning", absent=0),
    InputSpec(_X, "dak_m2", "Dak dat niet vernieuwd hoeft te worden", "m²", 0, 200_000, absent=0),
    _euro(_X, "dak_bespaard_eur_ex_btw", "Bespaard per m² dak", "€ per m²", 5_000, parameter="financieel.dak_bespaard"),
    InputSpec(_X, "dak_over_jaren", "Jaren tot het dak vernieuwd moest worden", "jaar", 0, 60, same_as="mjop.over_jaren"),
    InputSpec(_X, "parkeerplaatsen", "Parkeerplaatsen die afgekocht of gemaakt worden", "plaatsen", 0, 5_000, absent=0),
    _euro(_X, "parkeerplaats_eur", "Kosten van een parkeerplaats", "€ per plaats", 200_000, parameter="financieel.parkeerplaats"),
    InputSpec(_X, "leges", "Leges", "deel van de bouwkosten", 0, 0.2, absent=0),
    _euro(_X, "grondprijs_eur", "Grondprijs", "€ per nieuwe woning", absent=0),
    _euro(_X, "canon_eur_per_jaar", "Canon", "€ per nieuwe woning per jaar", 50_000, absent=0),
    _euro(_X, "overig_eur_ex_btw", "Overige investering", "€", MOST_EUR, absent=0),
    InputSpec(_L, "aantal", "Liften", "liften", 1, 50, absent=1, whole=True),
    _euro(_L, "kosten_eur_ex_btw", "Lift met schacht", "€ per lift", parameter="financieel.lift"),
    _euro(
        _L,
        "onderhoud_eur_per_jaar",
        "Onderhoud van de lift",
        "€ per lift per jaar",
        100_000,
        parameter="financieel.lift_onderhoud",
    ),
    _euro(_L, "vergoeding_eur_per_maand", "Vergoeding voor de lift", "€ per bestaande woning per maand", 500, absent=0),
    _euro(_V, "kosten_eur_ex_btw", "Verduurzaming", "€ per bestaande woning", parameter="financieel.verduurzaming"),
    InputSpec(_V, "btw", "Btw over verduurzaming", "deel", 0, 0.3, same_as="parameters.btw"),
    _euro(
        _V, "huurverhoging_eur_per_maand", "Huurverhoging na verduurzaming", "€ per bestaande woning per maand", 1_000, absent=0
    ),
    _euro(_V, "onderhoud_bespaard_eur_per_jaar", "Bespaard onderhoud", "€ per bestaande woning per jaar", 20_000, absent=0),
    _euro(_V, "verhuiskosten_eur", "Verhuiskostenvergoeding", "€ per bestaande woning", 100_000, absent=0),
    _homes(_A, "aantal", "Nieuwe woningen tegen het gebouw"),
    _euro(_A, "bouwkosten_eur_ex_btw", "Bouwkosten bij aanplakken", "€ per woning", same_as="woning.bouwkosten_eur_ex_btw"),
    _euro(_A, "huur_eur_per_maand", "Huur bij aanplakken", "€ per maand", 20_000, same_as="woning.huur_eur_per_maand"),
    _homes(_U, "aantal", "Nieuwe woningen in de plint"),
    _euro(_U, "bouwkosten_eur_ex_btw", "Bouwkosten bij uitplinten", "€ per woning", same_as="woning.bouwkosten_eur_ex_btw"),
    _euro(_U, "huur_eur_per_maand", "Huur bij uitplinten", "€ per maand", 20_000, same_as="woning.huur_eur_per_maand"),
    _homes(_B, "aantal_woningen", "Bestaande woningen"),
    _euro(_B, "huur_eur_per_maand", "Huur van een bestaande woning", "€ per maand", 20_000, parameter="bestaand.huur"),
    _euro(_B, "onderhoud_eur_per_jaar", "Onderhoud bestaand", "€ per woning per jaar", 50_000, parameter="bestaand.onderhoud"),
    _euro(
        _B, "beheer_eur_per_jaar", "Beheer bestaand", "€ per woning per jaar", 50_000, same_as="parameters.beheer_eur_per_jaar"
    ),
    _euro(_B, "groot_onderhoud_eur_ex_btw", "Groot onderhoud", "€ per bestaande woning", absent=0),
    InputSpec(_B, "groot_onderhoud_over_jaren", "Jaren tot groot onderhoud", "jaar", 0, 60, same_as="mjop.over_jaren"),
    _euro(_R, "kosten_eur_ex_btw", "Renovatie", "€ per bestaande woning", parameter="alternatief.renovatie"),
    _euro(_R, "huurverhoging_eur_per_maand", "Huurverhoging na renovatie", "€ per woning per maand", 1_000, absent=0),
    _homes(_S, "aantal", "Woningen na sloop-nieuwbouw", same_as="bestaand.aantal_woningen"),
    _euro(_S, "sloop_eur_ex_btw", "Sloop", "€ per bestaande woning", parameter="alternatief.sloop"),
    _euro(_S, "bouwkosten_eur_ex_btw", "Stichtingskosten nieuwbouw", "€ per woning", parameter="alternatief.nieuwbouw"),
    _euro(_S, "huur_eur_per_maand", "Huur nieuwbouw", "€ per maand", 20_000, same_as="woning.huur_eur_per_maand"),
    _euro(
        _S,
        "verhuiskosten_eur",
        "Verhuiskostenvergoeding",
        "€ per bestaande woning",
        100_000,
        parameter="alternatief.verhuiskosten",
    ),
    InputSpec(_S, "bouwtijd_jaren", "Jaren zonder huur", "jaar", 0, 10, parameter="alternatief.bouwtijd_jaren"),
    InputSpec(_T, "vertraging_maanden", "Vertraging", "maanden", 0, 240, absent=0),
    InputSpec(_T, "vertraging_laag", "Vertraging, laag", "maanden", 0, 240, same_as="planning.vertraging_maanden"),
    InputSpec(_T, "vertraging_hoog", "Vertraging, hoog", "maanden", 0, 240, same_as="planning.vertraging_maanden"),
    InputSpec(_O, "trekkingen", "Trekkingen", "keer", 100, 100_000, parameter="onzekerheid.trekkingen", whole=True),
    InputSpec(_O, "zaad", "Zaad van de trekkingen", "getal", 0, 2**31, parameter="onzekerheid.zaad", whole=True),
)

INPUTS: dict[str, InputSpec] = {spec.key: spec for spec in _SPECS}
# `true` in a case file stands for the usual amount of something that is left out otherwise.
USUAL: dict[str, str] = {
    "extra.fundering_eur_ex_btw": "financieel.fundering",
    "extra.asbest_eur_ex_btw": "financieel.asbest",
    "extra.leges": "financieel.leges",
    "parameters.bijkomende_kosten": "financieel.bijkomende_kosten",
    "parameters.onvoorzien": "financieel.onvoorzien",
    "verduurzaming.verhuiskosten_eur": "alternatief.verhuiskosten",
}
# What else may be in a section, beside numbers.
CHOICES: dict[str, tuple[str, ...]] = {"woning.segment": tuple(SEGMENTS), "parameters.gedeelde_kosten": SHARING}
DATES: tuple[str, ...] = ("planning.start_bouw", "planning.oplevering")
SUBSIDIES_KEY = "parameters.subsidies"
# Rents that the law of their segment limits.
LIMITED_RENTS: tuple[str, ...] = ("woning.huur_eur_per_maand", "aanplakken.huur_eur_per_maand", "uitplinten.huur_eur_per_maand")
