"""Asks in which buurt of the CBS a pand stands. Only codes and names are kept, not the border."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry import Point

from quickscan.domain.intake import Intake
from quickscan.ingest.registers.cbs import LAYOUT
from quickscan.ingest.tables.aliases import make_key
from quickscan.lookups.client import Client
from quickscan.lookups.features import JSON_IN_RD, read_features, read_shape, write_box
from quickscan.lookups.registers import Service
from quickscan.lookups.tables import make_lookup_intake
from quickscan.services.lookups import Piece, Place

AROUND = 0.5  # metres: the service refuses a box without area
FACTS = ("buurtcode", "buurt", "wijkcode", "wijk", "gemeentecode", "gemeente")
_PATH = "/collections/buurten/items"


class Cbs:
    """The register of neighbourhoods."""

    needs_place = True

    def __init__(self, client: Client, service: Service) -> None:
        self._client, self._service = client, service
        self.label = service.label

    def fetch(self, place: Place) -> Piece | None:
        """Return the buurt, wijk and gemeente of a pand; None when no buurt holds its point."""
        if place.point is None:
            return None
        x, y = place.point
        parameters = {**JSON_IN_RD, **write_box((x - AROUND, y - AROUND, x + AROUND, y + AROUND)), "limit": "10"}

        def find() -> Any:
            return self._pick(self._client.fetch(self._service, _PATH, parameters), Point(x, y))

        answer = self._client.recall(self._service, f"{self._service.address}{_PATH} {parameters['bbox']}", find)
        return None if answer.content is None else Piece(place.pand_id, answer.content, answer.day, answer.note)

    def read(self, pieces: Sequence[Piece]) -> Intake:
        """Return the neighbourhoods as an Intake that only adds to panden known from elsewhere."""
        return make_lookup_intake(self.label, pieces, [piece.content for piece in pieces], headers={fact: fact for fact in FACTS})

    def _pick(self, content: Any, point: Point) -> Mapping[str, Any] | None:
        for feature in read_features(self._service, content):
            if read_shape(self._service, feature).covers(point):
                named = {LAYOUT.get(make_key(name)): value for name, value in feature["properties"].items()}
                return {fact: named.get(fact) for fact in FACTS}
        return None
