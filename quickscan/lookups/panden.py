"""Reads what the BAG says about panden: their own fields, and what their objects add up to (as in a BAG file)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from quickscan.domain.derive import WOONFUNCTIE
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.contract import make_intake
from quickscan.ingest.registers.bag import IN_USE, count_objects, join_objects
from quickscan.ingest.registers.features import read_bag_features
from quickscan.ingest.registers.layers import Words
from quickscan.lookups.features import RD_NEW, Feature
from quickscan.services.lookups import Piece

ELSEWHERE = "0000100000000000"  # stands for a pand that was not asked for: its objects are counted there, not here
_RD = {"properties": {"name": RD_NEW}}
_OWN = ("identificatie", "bouwjaar", "status", "gebruiksdoel", "oppervlakte_min", "oppervlakte_max", "aantal_verblijfsobjecten")
# What `count_objects` calls a column → what the service calls it, and what it becomes.
_OBJECTS = {
    "status": ("status", "aantal_woningen"),
    "gebruiksdoel": ("gebruiksdoel", "gebruiksdoel"),
    "oppervlakte": ("oppervlakte", "gemiddelde_go_m2"),
    "straat": ("openbare_ruimte_naam", "straat"),
    "huisnummer": ("huisnummer", "huisnummer"),
    "postcode": ("postcode", "postcode"),
    "woonplaats": ("woonplaats_naam", "woonplaats"),
}


def find_homes(objects: Sequence[Feature]) -> list[Mapping[str, Any]]:
    """Return the properties of the homes among the objects of a pand: those in use, with a woonfunctie."""
    found = [item["properties"] for item in objects]
    return [home for home in found if home.get("status") in IN_USE and WOONFUNCTIE in str(home.get("gebruiksdoel"))]


def read_links(item: Feature) -> list[str]:
    """Return the feature ids at the end of the links from an object to its panden; none when there are no such links."""
    links = item["properties"].get("pand.href") or []
    found = [
        str(link).partition("?")[0].rstrip("/").rpartition("/")[2] for link in (links if isinstance(links, list) else [links])
    ]
    return [feature_id for feature_id in found if feature_id.replace("-", "").isalnum()]


def read_panden(label: str, pieces: Sequence[Piece]) -> Intake:
    """Return the panden as an Intake that brings them in."""
    collection = {"crs": _RD, "features": [_take_own(piece.content["pand"]) for piece in pieces]}
    raw = read_bag_features(collection, name=label)
    objects = {
        str(item["properties"].get("identificatie")): item["properties"] | {"pand": _name_panden(item, pieces)}
        for piece in pieces
        for item in piece.content["objects"] or ()
    }
    if objects:
        found = list(objects.values())
        columns = {"pand": "pand"} | {name: header for name, (header, _) in _OBJECTS.items()}
        counted = count_objects({name: _take_words(found, header) for name, header in columns.items()})
        targets = {"identificatie": "aantal_verblijfsobjecten"} | dict(_OBJECTS.values())
        raw = join_objects(raw, counted, targets)
    day = min(piece.day for piece in pieces)
    notes = {fact: SourceNote(Herkomst.REGISTER, label, day) for fact in (*raw.cells, "geometry")}
    return make_intake(replace(raw, notes=notes, recognised=f"opgezocht: {label}"), answer_codes={}, name=label)


def _take_own(pand: Feature) -> Feature:
    return {"properties": {name: pand["properties"].get(name) for name in _OWN}, "geometry": pand.get("geometry")}


def _name_panden(item: Feature, pieces: Sequence[Piece]) -> str:
    """Return the pand-ids an object is in, in its own order."""
    known = {str(piece.content["pand"].get("id")): piece.pand_id for piece in pieces}
    return ",".join(known.get(feature_id, ELSEWHERE) for feature_id in read_links(item))


def _take_words(found: Sequence[Mapping[str, Any]], header: str) -> Words:
    values = [item.get(header) for item in found]
    plain = [str(value) if isinstance(value, (str, int, float)) else None for value in values]
    codes, words = pd.factorize(np.array(plain, dtype=object))
    return Words(codes, np.asarray(words, dtype=object))
