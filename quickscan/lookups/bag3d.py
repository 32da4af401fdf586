"""Asks the 3DBAG for the height and the roof of a pand. Only its attributes are kept, not the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quickscan.domain.intake import Intake
from quickscan.ingest.contract import make_intake
from quickscan.ingest.registers.bag3d import read_cityjson_objects
from quickscan.lookups.client import Client
from quickscan.lookups.features import surprise
from quickscan.lookups.registers import Service
from quickscan.services.lookups import Piece, Place

PREFIX = "NL.IMBAG.Pand."
OWN = "b3_"  # what it says itself; the rest is the BAG at second hand


class Bag3d:
    """The register of heights and roofs."""

    needs_place = False

    def __init__(self, client: Client, service: Service) -> None:
        self._client, self._service = client, service
        self.label = service.label

    def fetch(self, place: Place) -> Piece | None:
        """Return the attributes of one pand; None when it has no model."""
        path = f"/collections/pand/items/{PREFIX}{place.pand_id}"

        def find() -> Any:
            content = self._client.fetch(self._service, path)
            return None if content is None else self._pick(content, place.pand_id)

        answer = self._client.recall(self._service, self._service.address + path, find)
        return None if answer.content is None else Piece(place.pand_id, answer.content, answer.day, answer.note)

    def read(self, pieces: Sequence[Piece]) -> Intake:
        """Return heights and roofs as an Intake that only adds to panden known from elsewhere."""
        objects = {PREFIX + piece.pand_id: {"type": "Building", "attributes": piece.content} for piece in pieces}
        raw = read_cityjson_objects({"CityObjects": objects}, name=self.label)
        day = min(piece.day for piece in pieces)
        notes = {
            fact: note if note.day else replace(note, day=day) for fact, note in raw.notes.items()
        }  # their day is of the survey
        raw = replace(raw, shapes=None, wkb=None, notes=notes, recognised=f"opgezocht: {self.label}", adds=False)
        return make_intake(raw, answer_codes={}, name=self.label)

    def _pick(self, content: Any, pand_id: str) -> Mapping[str, Any]:
        feature = content.get("feature") if isinstance(content, dict) else None
        objects = feature.get("CityObjects") if isinstance(feature, dict) else None
        building = objects.get(PREFIX + pand_id) if isinstance(objects, dict) else None
        attributes = building.get("attributes") if isinstance(building, dict) else None
        if not isinstance(attributes, dict):
            raise surprise(self._service)
        return {name: value for name, value in attributes.items() if name.startswith(OWN)}
