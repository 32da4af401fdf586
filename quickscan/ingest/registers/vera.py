"""Read units of a corporation in VERA, the data standard of Aedes, and keep per pand only what they have in common.

A unit (Eenheid) is one dwelling, shop or parking place; it lies in a pand, which the BAG knows by sixteen digits, and
belongs to clusters, of which one is what people call the complex. A document holds units, panden with units, or clusters
with units: one, a list, or an object with lists. Of a unit only what is named here is read: no names, no tenants, no
rents. Its rows are about dwellings, and never leave this module; what does is one row per pand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS, LABELS
from quickscan.ingest.raw import Cells, RawTable
from quickscan.ingest.registers.addresses import gather_addresses
from quickscan.ingest.registers.jsons import take_list, take_mapping, take_number, take_text
from quickscan.ingest.registers.layers import encode
from quickscan.ingest.registers.layout import keep_believable, match_layout
from quickscan.ingest.tables.aliases import get_value_synonyms, make_key
from quickscan.ingest.tables.ids import read_pand_id

# Where each fact is found, in the words of VERA; this is what the screen shows as the columns of the file.
PLACES: Mapping[str, str] = {
    "panden.bag.bagIdentificatie": "pand_id",
    "id": "aantal_woningen",
    "bouwjaar": "bouwjaar",
    "gebruiksoppervlakte": "gemiddelde_go_m2",
    "detailSoort.code": "ontsluiting",
    "energieprestaties.label.code": "energielabel",
    "monumenten.code": "monumentstatus",
    "panden.liftAanwezig": "lift",
    "conditiemeting.conditiescore.code": "conditiescore",
    "renovatie.datum": "renovatiejaar",
    "clusters.code": "complex_code",
    "clusters.naam": "naam",
    "adres.straatnaam": "straat",
    "adres.huisnummer": "huisnummer",
    "adres.postcode": "postcode",
    "adres.woonplaats.naam": "woonplaats",
}
_UNIT_KEYS = frozenset(
    [
        "panden",
        "adres",
        "energieprestaties",
        "detailSoort",
        "adresseerbaarObjectBasisregistratie",
        "woningwaarderingstelsel",
        "bouwjaar",
        "gebruiksoppervlakte",
        "wozEenheden",
    ]
)
_PAND_KEYS = frozenset({"bag", "liftAanwezig", "kavelOppervlakte"})
_LISTS = ("eenheden", "panden", "clusters")
MAX_UNITS = 500_000
FEWEST_HOMES = 2  # of which a label may be kept
_HOMES = ("WOO", "WON")  # what a unit is when it is a home; without a kind it counts as one
# Which cluster is the complex: that of maintenance lies closest to a building, then finance and policy.
_COMPLEXES = ("OND", "FIN", "STR", "VEX", "PRO", "VVE")
# From the weakest protection to the strongest; PRO (province) and WER (world heritage) have no word here.
_MONUMENTS: Mapping[str, str] = {
    **dict.fromkeys(("DOR", "STA", "DGG", "DGR", "SGG", "SGR"), "beschermd gezicht"),
    "GEM": "gemeentelijk monument",
    "RIJ": "rijksmonument",
}
_BY_WEIGHT = ("beschermd gezicht", "gemeentelijk monument", "rijksmonument")
_FINAL = "DEF"
_YEAR = re.compile(r"^([12][0-9]{3})(?:-|$)")
_ADDRESS = ("straat", "huisnummer", "postcode", "woonplaats")
_FROM_OWN_SYSTEM = "Vul het BAG-pand in je eigen systeem in en exporteer opnieuw, of lever een lijst met pand-id's."


@dataclass(slots=True)
class _Pand:
    """What the units in one pand say; `row` is the first unit, counted from 1."""

    row: int
    homes: int = 0
    said: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, name: str, value: object) -> None:
        if value is not None and value == value:  # noqa: PLR0124 - NaN is the one value that differs from itself
            self.said.setdefault(name, []).append(value)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit with what it was found under."""

    unit: Mapping[str, Any]
    pand: Mapping[str, Any]
    clusters: tuple[Mapping[str, Any], ...]


def is_vera(document: object) -> bool:
    """Tell whether a document holds units, panden or clusters of VERA."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, Mapping):
        return False
    return bool(first.keys() & (_UNIT_KEYS | _PAND_KEYS)) or any(isinstance(first.get(name), list) for name in _LISTS)


def read_vera(document: object, name: str, *, mapping: Mapping[str, str | None] | None = None) -> RawTable:
    """Return a row per pand out of the units in a document; a unit without a pand is a fault."""
    panden: dict[str, _Pand] = {}
    faults: list[Fault] = []
    for row, found in enumerate(_find_units(document), start=1):
        if row > MAX_UNITS:
            raise UnusableInputError(f"Dit bestand heeft meer dan {MAX_UNITS} eenheden.", "Splits het bestand.", where=name)
        pand_id, problem = _find_pand_id(found)
        if pand_id is None:
            label = take_text(found.unit, "id") or take_text(found.unit, "code") or str(row)
            faults.append(Fault(row, "panden.bag.bagIdentificatie", None, f"eenheid {label[:40]}: {problem}", _FROM_OWN_SYSTEM))
        else:
            _gather(panden.setdefault(pand_id, _Pand(row)), found)
    return _make_table(panden, faults, mapping)


def _find_units(document: object) -> Iterator[_Unit]:
    entries = document if isinstance(document, list) else [document]
    for entry in entries:
        yield from _open(entry, {}, ())


def _open(entry: object, pand: Mapping[str, Any], clusters: tuple[Mapping[str, Any], ...], *, steps: int = 2) -> Iterator[_Unit]:
    """Yield the units in a unit, a pand, a cluster or an object with lists of these; so many steps deep and no more."""
    if not isinstance(entry, Mapping):
        return
    units = [unit for unit in take_list(entry, "eenheden") if isinstance(unit, Mapping)]
    if entry.keys() & _PAND_KEYS:
        yield from (_Unit(unit, entry, clusters) for unit in units or [{}])
    elif entry.keys() & _UNIT_KEYS and not units and not entry.keys() <= set(_LISTS):
        yield _Unit(entry, pand, clusters)
    else:
        own = (*clusters, entry) if entry.keys() & {"soort", "code"} else clusters
        yield from (_Unit(unit, pand, own) for unit in units)
        for part in (*take_list(entry, "panden"), *take_list(entry, "clusters")):
            if steps:
                yield from _open(part, pand, own, steps=steps - 1)


def _find_pand_id(found: _Unit) -> tuple[str | None, str]:
    """Return the pand a unit lies in, the first that is named, or why there is none."""
    of_unit = [*take_list(found.unit, "panden"), *take_list(take_mapping(found.unit, "gebouw"), "panden")]
    address = take_mapping(found.unit, "adresseerbaarObjectBasisregistratie")
    ids = [take_text(pand, "bag", "bagIdentificatie") for pand in (found.pand, *of_unit)]
    ids += [take_text(pand, "bagIdentificatie") for pand in take_list(address, "bagPandenBasisregistratie")]
    given = next(filter(None, ids), None)
    if given is None:
        return None, "het BAG-pand ontbreekt"
    reading = read_pand_id(given)
    return (reading.value, "") if isinstance(reading.value, str) else (None, reading.problem or "het BAG-pand ontbreekt")


def _gather(pand: _Pand, found: _Unit) -> None:
    unit = found.unit
    own = [found.pand, *take_list(unit, "panden")]
    is_home = bool(unit) and take_text(unit, "soort", "code") in (None, *_HOMES)
    pand.homes += is_home
    pand.add("bouwjaar", take_number(unit, "bouwjaar"))
    if is_home:
        pand.add("gemiddelde_go_m2", _take_area(unit))
        pand.add("ontsluiting", get_value_synonyms("ontsluiting").get(make_key(take_text(unit, "detailSoort", "code") or "")))
        pand.add("energielabel", _find_label(take_list(unit, "energieprestaties")))
        for name, path in zip(_ADDRESS, (("straatnaam",), ("huisnummer",), ("postcode",), ("woonplaats", "naam")), strict=True):
            pand.said.setdefault(name, []).append(take_text(unit, "adres", *path))
    for code in (take_text(each, "code") for part in (unit, *own) for each in take_list(part, "monumenten")):
        pand.add("monumentstatus", _MONUMENTS.get(code or ""))
    for part in own:
        lift = part.get("liftAanwezig") if isinstance(part, Mapping) else None
        pand.add("lift", {True: "ja", False: "nee"}.get(lift) if isinstance(lift, bool) else None)
    clusters = [*found.clusters, *take_list(unit, "clusters")]
    for part in (unit, *own, *clusters):
        pand.add("conditiescore", _find_condition(part))
        pand.add("renovatiejaar", max((_take_year(each) for each in take_list(part, "renovatie")), default=None))
    pand.add("complex", _choose_complex(clusters))


def _take_area(unit: Mapping[str, Any]) -> float:
    area = take_number(unit, "gebruiksoppervlakte")
    return area if area > 1 else float("nan")  # 1 is the BAG's word for unknown


def _find_label(performances: Sequence[Any]) -> str | None:
    """Return the label that was registered last, of those that are final."""
    labels = get_value_synonyms("energielabel")
    final = [each for each in performances if take_text(each, "status", "code") in (None, _FINAL)]
    dated = [
        (take_text(each, "registratiedatum") or take_text(each, "begindatum") or "", label)
        for each in final
        if (label := labels.get(make_key(take_text(each, "label", "code") or "")))
    ]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None


def _find_condition(part: object) -> float:
    for each in take_list(part, "conditiemeting"):
        for path in (("conditiescore", "code"), ("conditiescore",), ("score", "code"), ("score",), ("code",)):
            score = take_number(each, *path)
            if FACTS["conditiescore"].low <= score <= FACTS["conditiescore"].high:  # type: ignore[operator]
                return score
    return float("nan")


def _take_year(renovation: object) -> float:
    found = _YEAR.match(take_text(renovation, "datum") or "")
    return float(found[1]) if found else 0.0


def _choose_complex(clusters: Iterable[Any]) -> tuple[str, str | None] | None:
    """Return code and name of the cluster that is the complex; one without a kind will do when there is no other."""
    order = (*_COMPLEXES, None)
    found = [
        (order.index(kind), code, take_text(cluster, "naam"))
        for cluster in clusters
        if (kind := take_text(cluster, "soort", "code")) in order
        and (code := take_text(cluster, "code") or take_text(cluster, "id"))
    ]
    return min(found, key=lambda each: each[0])[1:] if found else None


def _make_table(panden: Mapping[str, _Pand], faults: list[Fault], mapping: Mapping[str, str | None] | None) -> RawTable:
    rows = np.array([pand.row for pand in panden.values()], dtype=np.int64)
    all_of = list(panden.values())
    columns: dict[str, list[Any]] = {
        "pand_id": list(panden),
        "aantal_woningen": [float(pand.homes) if pand.homes else None for pand in all_of],
        "bouwjaar": [_most_common(pand.said.get("bouwjaar", ())) for pand in all_of],
        "gemiddelde_go_m2": [_average(pand.said.get("gemiddelde_go_m2", ())) for pand in all_of],
        "ontsluiting": [_most_common(pand.said.get("ontsluiting", ())) for pand in all_of],
        "energielabel": [_most_common(sorted(_get_labels(pand), reverse=True)) for pand in all_of],
        "energielabel_slechtst": [max(_get_labels(pand), default=None) for pand in all_of],
        "monumentstatus": [max(pand.said.get("monumentstatus", ()), key=_BY_WEIGHT.index, default=None) for pand in all_of],
        "lift": [max(pand.said.get("lift", ()), key=("nee", "ja").index, default=None) for pand in all_of],
        "conditiescore": [max(pand.said.get("conditiescore", ()), default=None) for pand in all_of],
        "renovatiejaar": [max(pand.said.get("renovatiejaar", ()), default=0) or None for pand in all_of],
    }
    complexes = [_most_common(pand.said.get("complex", ())) or (None, None) for pand in all_of]
    columns["complex_code"], columns["naam"] = [code for code, _ in complexes], [title for _, title in complexes]
    for target in ("energielabel", "energielabel_slechtst"):
        columns[target] = [None if place is None else LABELS[place] for place in columns[target]]
    cells = {target: np.array(values, dtype=object) for target, values in columns.items()} | _gather_address(all_of)
    known = {target: values for target, values in cells.items() if target == "pand_id" or not pd.isna(values).all()}
    places = {make_key(place): target for place, target in PLACES.items()}
    found_at = [place for place, target in PLACES.items() if target in known]
    matched = match_layout(found_at, places, mapping=mapping, is_register=False)
    for target in {"bouwjaar", "gemiddelde_go_m2", "aantal_woningen", "renovatiejaar"} & known.keys():
        numbers = np.array(columns[target], dtype=np.float64)
        known[target], found = keep_believable(target, numbers, rows, matched.header_of.get(target, target))
        faults += found
    made = {"energielabel_slechtst": "energieprestaties.label.code"}
    return RawTable(matched, known, rows, faults=faults, recognised="VERA-eenheden", made=made)


def _get_labels(pand: _Pand) -> list[int]:
    """Return the labels of the homes, none of a pand with a single home: that would be the label of a household."""
    return [LABELS.index(label) for label in pand.said.get("energielabel", ())] if pand.homes >= FEWEST_HOMES else []


def _most_common(values: Sequence[Any]) -> Any:
    """Return the value that occurs most, the first in a tie; None without any."""
    return Counter(values).most_common(1)[0][0] if values else None


def _average(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _gather_address(panden: Sequence[_Pand]) -> dict[str, Cells]:
    places = np.repeat(np.arange(len(panden)), [len(pand.said.get("straat", ())) for pand in panden])
    parts = {
        name: encode(pa.array([each for pand in panden for each in pand.said.get(name, ())], pa.string())) for name in _ADDRESS
    }
    return gather_addresses(places, len(panden), parts)
