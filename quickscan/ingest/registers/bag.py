"""Count the verblijfsobjecten of the BAG per pand: how many, how many homes, what for, how large, and where.

A verblijfsobject is the smallest unit with an address of its own, mostly a home. One in use has one of the statuses in
IN_USE; a home is one in use with a woonfunctie among its purposes. A verblijfsobject that lies in several panden
("a,b") is counted once: in the pand that is named first, whatever else is in the file, so that two files together
never count it twice. Its other panden are mentioned: their count is what is left, which may be 0. A pand that no
verblijfsobject mentions keeps the number that the BAG gives with the pand itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.raw import Cells, Matched, RawTable, Rows
from quickscan.ingest.registers.addresses import gather_addresses
from quickscan.ingest.registers.layers import Layer, Words
from quickscan.ingest.registers.layout import add_columns, keep_believable, pick
from quickscan.ingest.tables.ids import WELL_FORMED

IN_USE = ("Verblijfsobject in gebruik", "Verblijfsobject in gebruik (niet ingemeten)", "Verbouwing verblijfsobject")
WOONFUNCTIE = "woonfunctie"
PURPOSES = (
    "bijeenkomstfunctie",
    "celfunctie",
    "gezondheidszorgfunctie",
    "industriefunctie",
    "kantoorfunctie",
    "logiesfunctie",
    "onderwijsfunctie",
    "overige gebruiksfunctie",
    "sportfunctie",
    "winkelfunctie",
    WOONFUNCTIE,
)
NO_AREA = (1, 999_999)  # with these the BAG says that the floor area is not known
OBJECT = "verblijfsobject: "  # before the headers of that layer, where both layers are read
BAG = SourceNote(Herkomst.REGISTER, "BAG")
_ADDRESS = ("straat", "huisnummer", "postcode", "woonplaats")
_PAND = re.compile(rf"(?<![0-9]){WELL_FORMED}(?![0-9])")
# What a column of objects is called: WFS, OGC API, extract.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "pand": ("pandidentificatie", "pand.href", "pandrelatering", "maaktDeelUitVan"),
    "status": ("status", "verblijfsobjectstatus"),
    "gebruiksdoel": ("gebruiksdoel", "gebruiksdoelen", "gebruiksdoelverblijfsobject"),
    "oppervlakte": ("oppervlakte", "oppervlakteverblijfsobject"),
    "straat": ("openbare_ruimte", "openbare_ruimte_naam", "openbareruimtenaam", "straatnaam"),
    "huisnummer": ("huisnummer",),
    "postcode": ("postcode",),
    "woonplaats": ("woonplaats", "woonplaats_naam"),
}
# What a column of objects becomes; the count of homes needs its status, the count of all its identificatie.
_TARGETS: Mapping[str, str] = {
    "pand": "pand_id",
    "status": "aantal_woningen",
    "gebruiksdoel": "gebruiksdoel",
    "oppervlakte": "gemiddelde_go_m2",
    "straat": "straat",
    "huisnummer": "huisnummer",
    "postcode": "postcode",
    "woonplaats": "woonplaats",
}


@dataclass(frozen=True, slots=True)
class ObjectLayer:
    """A layer of verblijfsobjecten: which of its fields is what."""

    layer: Layer
    fields: Mapping[str, str]
    identity: str

    @property
    def targets(self) -> dict[str, str]:
        """Return header → fact, in the order of the fields of the layer."""
        what = {field: _TARGETS[name] for name, field in self.fields.items()} | {self.identity: "aantal_verblijfsobjecten"}
        if "status" not in self.fields and "gebruiksdoel" in self.fields:
            what[self.fields["gebruiksdoel"]] = "aantal_woningen"
        return {field: what[field] for field in self.layer.fields if field in what}


def find_objects(layer: Layer) -> ObjectLayer | None:
    """Return the layer as one of verblijfsobjecten when it is: an identificatie of its own, a pand, and a status or use."""
    identity = layer.find_field("identificatie")
    found = {name: field for name, spellings in _FIELDS.items() if (field := layer.find_field(*spellings))}
    if identity is None or "pand" not in found or not found.keys() & {"oppervlakte", "gebruiksdoel"}:
        return None
    return ObjectLayer(layer, found, identity)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the objects say per pand: `facts` has a row per pand that is mentioned, in the order of `panden`.

    `objects` counts how many objects there are, `astray` how many have no pand that can be read, `of_pand` how many
    name each pand first.
    """

    panden: pd.Index
    facts: dict[str, Cells]
    of_pand: npt.NDArray[np.int64]
    objects: int
    astray: int


def count_objects(columns: Mapping[str, Words]) -> Counted:
    """Count the objects per pand; `columns` have the names in _FIELDS."""
    first, panden = _read_panden(columns["pand"])
    size = len(panden)
    used = first >= 0
    if "status" in columns:
        used &= _look_up([word in IN_USE for word in columns["status"].words], columns["status"], nothing=False)
    homes = used
    facts: dict[str, Cells] = {"aantal_verblijfsobjecten": _count(first[used], size)}
    if "gebruiksdoel" in columns:
        purposes = columns["gebruiksdoel"]
        masks = _look_up([_read_purposes(words) for words in purposes.words], purposes, nothing=0)
        homes = used & ((masks & _HOME) > 0)
        facts["aantal_woningen"] = _count(first[homes], size)
        facts["gebruiksdoel"] = _join_purposes(first[used], masks[used], size)
    if "oppervlakte" in columns:
        given = columns["oppervlakte"]
        areas = np.append(_read_areas(given.words), np.nan)[given.codes]
        facts["gemiddelde_go_m2"] = _average(first[homes], areas[homes], size)
    address = {name: Words(columns[name].codes[used], columns[name].words) for name in _ADDRESS if name in columns}
    facts |= gather_addresses(first[used], size, address)
    return Counted(panden, facts, np.bincount(first[first >= 0], minlength=size), len(first), int((first < 0).sum()))


def _look_up(values: list[Any], given: Words, *, nothing: int) -> npt.NDArray[Any]:
    """Return for each object what its word means, and `nothing` where there is no word."""
    return np.array([*values, nothing], dtype=type(nothing))[given.codes]


def join_objects(raw: RawTable, counted: Counted, targets: Mapping[str, str]) -> RawTable:
    """Return the panden with what their verblijfsobjecten say about them; `targets` is header → fact of the objects."""
    ids = pd.Index(raw.cells["pand_id"])
    places = counted.panden.get_indexer(ids)
    mentioned = places >= 0
    cells, notes = dict(raw.cells), dict(raw.notes)
    faults = list(raw.faults)
    matched = add_columns(raw.matched, {OBJECT + header: target for header, target in targets.items()})
    for target, values in counted.facts.items():
        if target not in matched.positions:
            continue
        if values.dtype == object:
            told = pick(values, places)
            own = cells.get(target)
            # A pand without an object in use keeps the use that the BAG gives with the pand.
            cells[target] = told if own is None else np.where(pd.isna(told), own, told)
        else:
            told = np.append(values, np.nan)[places]
            cells[target] = np.where(mentioned, told, _get_own(raw, target, len(ids)))
        notes[target] = BAG
    faults += _keep_believable(cells, matched, raw.rows)
    elsewhere = int(counted.of_pand[~counted.panden.isin(ids)].sum())
    return replace(
        raw,
        matched=matched,
        cells=cells,
        notes=notes,
        faults=[*faults, *_tell_objects(counted, elsewhere)],
        recognised="BAG-panden met verblijfsobjecten (PDOK)",
    )


def make_object_table(counted: Counted, matched: Matched) -> RawTable:
    """Return a table of panden out of verblijfsobjecten alone. It only adds to panden that are known."""
    rows = np.arange(1, len(counted.panden) + 1, dtype=np.int64)
    found: dict[str, Cells] = {"pand_id": np.asarray(counted.panden, dtype=object), **counted.facts}
    cells = {target: found[target] for target in matched.positions if target in found}
    faults = [*_tell_objects(counted, 0), *_keep_believable(cells, matched, rows)]
    notes = dict.fromkeys(cells, BAG)
    return RawTable(matched, cells, rows, faults=faults, notes=notes, recognised="BAG-verblijfsobjecten (PDOK)", adds=False)


def _keep_believable(cells: dict[str, Cells], matched: Matched, rows: Rows) -> list[Fault]:
    faults: list[Fault] = []
    for target in ("aantal_verblijfsobjecten", "aantal_woningen", "gemiddelde_go_m2"):
        if target in cells:
            cells[target], found = keep_believable(target, _as_floats(cells[target]), rows, matched.header_of[target])
            faults += found
    return faults


def _tell_objects(counted: Counted, elsewhere: int) -> list[Fault]:
    faults = []
    if elsewhere:
        problem = f"{elsewhere} verblijfsobjecten liggen in een pand dat niet in dit bestand staat; ze tellen niet mee"
        advice = "Neem de panden en de verblijfsobjecten van hetzelfde gebied."
        faults.append(Fault(None, None, None, problem, advice, notice=True))
    if counted.astray:
        problem = f"bij {counted.astray} verblijfsobjecten staat geen pand-id; ze tellen niet mee"
        advice = "Haal de verblijfsobjecten op bij de WFS van PDOK: daar staat het pand-id erbij."
        faults.append(Fault(None, None, None, problem, advice, notice=True))
    return faults


def _get_own(raw: RawTable, target: str, size: int) -> npt.NDArray[np.float64]:
    """Return what the pand itself gives. Homes are known to be 0 where there are no verblijfsobjecten at all."""
    if target in raw.cells:
        return _as_floats(raw.cells[target])
    if target == "aantal_woningen" and "aantal_verblijfsobjecten" in raw.cells:
        return np.where(_as_floats(raw.cells["aantal_verblijfsobjecten"]) == 0, 0, np.nan)
    return np.full(size, np.nan)


def _as_floats(cells: Cells) -> npt.NDArray[np.float64]:
    if cells.dtype.kind in "iuf":
        return cells.astype(np.float64)
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _read_panden(given: Words) -> tuple[npt.NDArray[np.intp], pd.Index]:
    """Return of each object the place of the pand it names first (-1 for none), and all panden that are named.

    An object names ids with commas between them, or links that end in an id.
    """
    named = [_PAND.findall(str(words)) for words in given.words]
    panden = list(dict.fromkeys([*(ids[0] for ids in named if ids), *(pand for ids in named for pand in ids)]))
    place_of = {pand: place for place, pand in enumerate(panden)}
    places = [place_of[ids[0]] if ids else -1 for ids in named]
    return np.array([*places, -1], dtype=np.intp)[given.codes], pd.Index(panden, dtype=object)


_HOME = 1 << PURPOSES.index(WOONFUNCTIE)


def _read_purposes(words: object) -> int:
    """Return purposes as a sum of powers of two, one a purpose."""
    named = {word.strip() for word in str(words).split(",")}
    return sum(1 << place for place, purpose in enumerate(PURPOSES) if purpose in named)


def _join_purposes(panden: npt.NDArray[np.intp], masks: npt.NDArray[np.int64], size: int) -> Cells:
    """Return per pand the purposes of its objects together, as the BAG writes them; None without any."""
    together = np.zeros(size, dtype=np.int64)
    np.bitwise_or.at(together, panden, masks)
    different, places = np.unique(together, return_inverse=True)
    words = [",".join(purpose for place, purpose in enumerate(PURPOSES) if mask >> place & 1) or None for mask in different]
    return np.array(words, dtype=object)[places]


def _count(panden: npt.NDArray[np.intp], size: int) -> npt.NDArray[np.float64]:
    return np.bincount(panden, minlength=size).astype(np.float64)


def _read_areas(cells: Cells) -> npt.NDArray[np.float64]:
    areas = _as_floats(cells)
    with np.errstate(invalid="ignore"):
        return np.where((areas > 0) & ~np.isin(areas, NO_AREA) & np.isfinite(areas), areas, np.nan)


def _average(panden: npt.NDArray[np.intp], areas: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    known = ~np.isnan(areas)
    total = np.bincount(panden[known], weights=areas[known], minlength=size)
    count = np.bincount(panden[known], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(count > 0, total / count, np.nan))
