"""Facts about buildings, and the column contract that every frame of buildings meets.

A fact is a value with a source (`Herkomst`), a date and a confidence. In a frame of buildings each fact is a column
with the name below: numbers are float64 with NaN for unknown, the rest is text (or a categorical) with NA for unknown.
Beside facts a frame may hold a column per criterion id; its cells are the codes of the chosen options.
`check_buildings` collects everything that is wrong with a frame and never changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.terms import Herkomst


class Kind(StrEnum):
    TEKST = "tekst"
    GEHEEL = "geheel getal"
    GETAL = "getal"
    KEUZE = "keuze"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """What a fact is called, what it may be, and where a person finds it. Bounds are inclusive."""

    name: str
    label: str
    kind: Kind
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.GEHEEL, Kind.GETAL)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one fact of one building, with who says so and since when."""

    name: str
    value: str | float
    source: Herkomst
    source_label: str
    source_date: date | None = None
    confidence: str = "normaal"  # hoog, normaal or laag


JA_NEE = ("ja", "nee")
LABELS = ("A++++", "A+++", "A++", "A+", "A", "B", "C", "D", "E", "F", "G")
STATUS_IN_USE = ("Pand in gebruik", "Pand in gebruik (niet ingemeten)", "Verbouwing pand")
STATUSES = (
    *STATUS_IN_USE,
    "Bouwvergunning verleend",
    "Niet gerealiseerd pand",
    "Bouw gestart",
    "Sloopvergunning verleend",
    "Pand gesloopt",
    "Pand buiten gebruik",
    "Pand ten onrechte opgevoerd",
)


def _text(name: str, label: str, help: str) -> FactSpec:
    return FactSpec(name, label, Kind.TEKST, help)


def _whole(name: str, label: str, help: str, low: float, high: float, unit: str = "") -> FactSpec:
    return FactSpec(name, label, Kind.GEHEEL, help, unit, low, high)


def _number(name: str, label: str, help: str, low: float, high: float, unit: str) -> FactSpec:
    return FactSpec(name, label, Kind.GETAL, help, unit, low, high)


def _choice(name: str, label: str, help: str, options: tuple[str, ...]) -> FactSpec:
    return FactSpec(name, label, Kind.KEUZE, help, options=options)


_SPECS: tuple[FactSpec, ...] = (
    _text("pand_id", "Pand-id", "De 16 cijfers van het pand in de BAG. Als tekst, met de nul vooraan."),
    _text("complex_code", "Complexcode", "De code van het complex bij de eigenaar."),
    _text("naam", "Naam", "De naam waaronder het gebouw bekend is."),
    _text("straat", "Straat", "De straatnaam van de hoofdingang."),
    _text("huisnummer", "Huisnummer", "Huisnummer of reeks, bijvoorbeeld 27-85."),
    _text("postcode", "Postcode", "Vier cijfers en twee letters."),
    _text("woonplaats", "Woonplaats", "De woonplaats uit de BAG."),
    _text("gemeentecode", "Gemeentecode", "De CBS-code, bijvoorbeeld GM0518."),
    _text("gemeente", "Gemeente", "De naam van de gemeente."),
    _text("wijkcode", "Wijkcode", "De CBS-code van de wijk."),
    _text("wijk", "Wijk", "De naam van de wijk."),
    _text("buurtcode", "Buurtcode", "De CBS-code van de buurt, bijvoorbeeld BU05180001."),
    _text("buurt", "Buurt", "De naam van de buurt."),
    _whole("bouwjaar", "Bouwjaar", "Het oorspronkelijke bouwjaar uit de BAG.", 1100, 2035),
    _choice("status", "Pandstatus", "De status van het pand in de BAG.", STATUSES),
    _text("gebruiksdoel", "Gebruiksdoel", "De gebruiksdoelen in het pand, gescheiden door een komma."),
    _whole("aantal_verblijfsobjecten", "Verblijfsobjecten", "Het aantal verblijfsobjecten in het pand.", 0, 5000),
    _whole("aantal_woningen", "Woningen", "Het aantal woningen in het gebouw.", 0, 5000),
    _number("oppervlakte_min", "Kleinste oppervlakte", "De kleinste gebruiksoppervlakte in het pand.", 1, 999998, "m²"),
    _number("oppervlakte_max", "Grootste oppervlakte", "De grootste gebruiksoppervlakte in het pand.", 1, 999998, "m²"),
    _number("gemiddelde_go_m2", "Gemiddelde woning", "De gemiddelde gebruiksoppervlakte van een woning.", 8, 1000, "m²"),
    _number("grondvlak_m2", "Grondvlak", "De oppervlakte van het pand op de kaart.", 1, 200000, "m²"),
    _number("dakoppervlak_plat_m2", "Plat dak", "De oppervlakte van het platte dak.", 0, 200000, "m²"),
    _choice("daktype", "Daktype", "Plat op één niveau, plat met verspringing, of een kap.", ("plat", "plat getrapt", "kap")),
    _number("hoogte_m", "Hoogte", "De hoogte van het dak boven maaiveld.", 2, 250, "m"),
    _whole("bouwlagen", "Bouwlagen", "Het aantal bouwlagen, met de begane grond.", 1, 80),
    _choice(
        "ontsluiting",
        "Ontsluiting",
        "Hoe bewoners bij hun voordeur komen.",
        ("portiek", "galerij", "corridor", "maisonnette", "overig"),
    ),
    _whole("aantal_portieken", "Portieken", "Het aantal trappenhuizen met een eigen voordeur.", 0, 100),
    _number("bloklengte_m", "Bloklengte", "De lengte van het blok, gemeten langs de gevel.", 3, 1000, "m"),
    _choice("lift", "Lift", "Is er een lift?", JA_NEE),
    _choice(
        "bouwsysteem",
        "Bouwsysteem",
        "De bouwmethode, als die bekend is.",
        (
            "traditioneel",
            "muwi",
            "rbm",
            "korrelbeton",
            "bmb",
            "airey",
            "coignet",
            "dura-coignet",
            "larsen-nielsen",
            "era",
            "elementum",
            "rottinghuis",
            "tunnel",
            "pronto",
            "welschen",
            "simplex",
            "overig",
        ),
    ),
    _choice("fundering", "Fundering", "Op staal of op palen, en welk soort.", ("staal", "houten palen", "betonpalen")),
    _whole("conditiescore", "Conditiescore", "De conditie volgens NEN 2767: 1 is uitstekend, 6 is zeer slecht.", 1, 6),
    _choice("energielabel", "Energielabel", "Het label dat het vaakst voorkomt.", LABELS),
    _choice("energielabel_slechtst", "Slechtste label", "Het slechtste label in het gebouw.", LABELS),
    _choice(
        "monumentstatus",
        "Monumentstatus",
        "Bescherming van het gebouw of het gebied.",
        ("geen", "beeldbepalend", "beschermd gezicht", "gemeentelijk monument", "rijksmonument"),
    ),
    _choice("eigendomsvorm", "Eigendom", "Wie het gebouw bezit.", ("volledig", "gespikkeld", "vve")),
    _number("aandeel_eigendom", "Aandeel eigendom", "Het deel van de woningen dat van de corporatie is.", 0, 100, "%"),
    _choice("grondpositie", "Grond", "Eigen grond of erfpacht.", ("eigen grond", "erfpacht")),
    _whole("garageboxen", "Garageboxen", "Het aantal garageboxen of bergingen in de onderste laag.", 0, 1000),
    _number("plint_m2", "Plint", "De oppervlakte in de onderste laag die woning kan worden.", 0, 50000, "m²"),
    _whole("vrije_kopgevels", "Vrije kopgevels", "Kopgevels en oksels waar tegenaan gebouwd kan worden.", 0, 50),
    _number("max_bouwhoogte_m", "Toegestane hoogte", "De hoogte die het omgevingsplan toestaat.", 0, 300, "m"),
    _choice(
        "huidige_functie",
        "Functie in het plan",
        "De functie van de plek in het omgevingsplan.",
        ("wonen", "gemengd", "centrum", "bedrijf", "maatschappelijk", "anders"),
    ),
    _choice(
        "parkeerregime",
        "Parkeerregime",
        "Hoe parkeren in de straat is geregeld.",
        ("vergunning", "betaald", "blauwe zone", "vrij"),
    ),
    _whole("groot_onderhoud_jaar", "Groot onderhoud", "Het jaar van het volgende groot onderhoud.", 1990, 2100),
    _whole("renovatiejaar", "Renovatiejaar", "Het jaar van de laatste renovatie.", 1900, 2035),
    _number("woz_gemiddeld_eur", "Gemiddelde WOZ", "De gemiddelde WOZ-waarde van een woning.", 1000, 5000000, "€"),
    _number("ncw_per_woning_eur", "Resultaat per woning", "De netto contante waarde per nieuwe woning.", -1e6, 1e6, "€"),
    _number("afstand_buren_m", "Afstand tot buren", "De afstand tot het dichtstbijzijnde huis ten noorden.", 0, 500, "m"),
    _whole("extra_bouwlagen", "Gewenste lagen", "Het aantal bouwlagen dat erop zou moeten komen.", 1, 20),
    _choice(
        "nieuw_woningtype",
        "Nieuw woningtype",
        "Het soort woning dat erop komt.",
        ("studio", "tweekamer", "driekamer"),
    ),
)

FACTS: dict[str, FactSpec] = {spec.name: spec for spec in _SPECS}
NUMBER_FACTS: tuple[str, ...] = tuple(spec.name for spec in _SPECS if spec.is_number)
TEXT_FACTS: tuple[str, ...] = tuple(spec.name for spec in _SPECS if not spec.is_number)
PAND_ID_LENGTH = 16


def check_buildings(buildings: pd.DataFrame, *, answers: dict[str, tuple[str, ...]] | None = None) -> list[Fault]:
    """Return every fault in a frame of buildings; an empty list means that it meets the contract.

    `answers` gives the codes each criterion accepts. The frame's index is taken as the row the sender counts.
    """
    if "pand_id" not in buildings.columns:
        problem = "de verplichte kolom pand_id ontbreekt"
        return [Fault(None, "pand_id", None, problem, "Voeg een kolom pand_id toe met de 16 cijfers uit de BAG.")]
    faults = check_ids(buildings["pand_id"]) + check_values(buildings, answers=answers)
    return sorted(faults, key=lambda fault: (fault.row is None, fault.row or 0))


def check_values(buildings: pd.DataFrame, *, answers: dict[str, tuple[str, ...]] | None = None) -> list[Fault]:
    """Return what is wrong with the numbers and the choices of a frame of buildings, column by column."""
    faults: list[Fault] = []
    for spec in _SPECS:
        if spec.name in buildings.columns and spec.is_number:
            faults += _check_numbers(buildings[spec.name], spec)
        elif spec.name in buildings.columns and spec.kind is Kind.KEUZE:
            faults += _check_codes(buildings[spec.name], spec.name, spec.options)
    for criterion, codes in (answers or {}).items():
        if criterion in buildings.columns:
            faults += _check_codes(buildings[criterion], criterion, codes)
    return faults


def _rows(index: pd.Index, mask: np.ndarray) -> Iterable[tuple[int, int]]:
    return ((int(index[position]), int(position)) for position in np.flatnonzero(mask))


def check_ids(ids: pd.Series) -> list[Fault]:
    """Return what is wrong with the ids: not sixteen digits, or the same one twice."""
    text = ids.astype("string").fillna("")
    well_formed = text.str.fullmatch(rf"[0-9]{{{PAND_ID_LENGTH}}}").to_numpy(dtype=bool)
    faults = []
    for row, position in _rows(ids.index, ~well_formed):
        value = str(text.iloc[position])
        problem, advice = _explain_id(value)
        faults.append(Fault(row, "pand_id", value or None, problem, advice))
    twice = text.duplicated(keep=False).to_numpy() & well_formed
    first: dict[str, int] = {}
    for row, position in _rows(ids.index, twice):
        value = str(text.iloc[position])
        if value in first:
            advice = "Laat één van de twee rijen staan."
            faults.append(Fault(row, "pand_id", value, f"dit pand staat ook op rij {first[value]}", advice))
        else:
            first[value] = row
    return faults


def _explain_id(value: str) -> tuple[str, str]:
    if not value:
        return "het pand-id ontbreekt", "Vul de 16 cijfers uit de BAG in."
    if "E+" in value.upper():
        return (
            "Excel heeft het pand-id afgerond; de cijfers zijn verloren",
            "Zet de kolom op 'Tekst' en neem het pand-id opnieuw over uit de bron.",
        )
    if value.isdigit() and len(value) == PAND_ID_LENGTH - 1:
        return (
            f"pand-id heeft {len(value)} cijfers, {PAND_ID_LENGTH} nodig",
            "Waarschijnlijk viel de nul vooraan weg: zet de kolom op 'Tekst' en zet de 0 ervoor.",
        )
    if value.isdigit():
        return f"pand-id heeft {len(value)} cijfers, {PAND_ID_LENGTH} nodig", "Neem het pand-id over uit de BAG-viewer."
    return f"pand-id is geen getal van {PAND_ID_LENGTH} cijfers", "Neem het pand-id over uit de BAG-viewer."


def _check_numbers(values: pd.Series, spec: FactSpec) -> list[Fault]:
    faults: list[Fault] = []
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raw, values = values, pd.to_numeric(values, errors="coerce")
        faults += [
            Fault(row, spec.name, str(raw.iloc[position]), f"{spec.label.lower()} is geen getal", "Vul alleen cijfers in.")
            for row, position in _rows(raw.index, (raw.notna() & values.isna()).to_numpy())
        ]
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        outside = np.isinf(numbers)
        outside |= numbers < spec.low if spec.low is not None else False
        outside |= numbers > spec.high if spec.high is not None else False
        broken = (numbers != np.floor(numbers)) & ~np.isnan(numbers) & ~outside & (spec.kind is Kind.GEHEEL)
    unit = f" {spec.unit}" if spec.unit else ""
    faults += [
        Fault(
            row,
            spec.name,
            f"{numbers[position]:g}",
            f"{spec.label.lower()} ligt buiten {spec.low:g} tot en met {spec.high:g}{unit}",
            "Verbeter de waarde, of laat de cel leeg als het onbekend is.",
        )
        for row, position in _rows(values.index, outside)
    ]
    faults += [
        Fault(row, spec.name, f"{numbers[position]:g}", f"{spec.label.lower()} is geen heel getal", "Rond af op een heel getal.")
        for row, position in _rows(values.index, broken)
    ]
    return faults


def _check_codes(values: pd.Series, column: str, codes: tuple[str, ...]) -> list[Fault]:
    known = values.isna().to_numpy() | values.isin(codes).to_numpy()
    return [
        Fault(row, column, str(values.iloc[position]), "deze waarde is geen keuze", f"Kies uit: {', '.join(codes)}.")
        for row, position in _rows(values.index, ~known)
    ]
