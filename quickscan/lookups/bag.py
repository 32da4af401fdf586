"""Asks the BAG (OGC API Features of PDOK, no key): a pand, the objects in it, and the panden of an object.

An object is a verblijfsobject. The service has no "objects of this pand", so the objects are those within the outline's
box that say they belong to the pand. Links in answers are only read for the id at their end, never followed.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely

from quickscan.domain.errors import LookupFailedError
from quickscan.domain.intake import Intake
from quickscan.ingest.registers.geometry import RD_BOX
from quickscan.lookups.client import Answer, Client
from quickscan.lookups.features import (
    JSON_IN_RD,
    Box,
    Feature,
    check_feature,
    find_next_page,
    read_features,
    read_shape,
    write_box,
)
from quickscan.lookups.panden import find_homes, read_links, read_panden
from quickscan.lookups.registers import Service
from quickscan.services.lookups import Candidate, Piece, Place

PAGE = "1000"  # the most the service gives at once
MOST_PAGES = 5
MARGIN = 0.5  # metres around the outline, for objects on the edge
FEW = "10"
_PANDEN, _OBJECTS = "/collections/pand/items", "/collections/verblijfsobject/items"
_TOO_MANY = f"er zijn meer dan {int(PAGE) * MOST_PAGES} adressen rond het pand, woningen zijn niet geteld"


class Bag:
    """The register of buildings."""

    needs_place = False

    def __init__(self, client: Client, service: Service) -> None:
        self._client, self._service = client, service
        self.label = service.label

    def fetch(self, place: Place) -> Piece | None:
        """Return the pand and its objects; None when the BAG does not know the pand."""
        answer, pand = self._find_one(_PANDEN, place.pand_id)
        if pand is None:
            return None
        objects, pages = self._find_objects(pand)
        oldest = min((answer, *pages), key=lambda each: each.day)
        notes = [note for note in (oldest.note, "" if objects is not None else _TOO_MANY) if note]
        return Piece(place.pand_id, {"pand": pand, "objects": objects}, oldest.day, "; ".join(notes))

    def find_place(self, piece: Piece) -> Place:
        """Return where the pand is and which homes are in it."""
        homes = find_homes(piece.content["objects"] or ())
        ids = tuple(bag_id for home in homes if (bag_id := str(home.get("identificatie"))).isdecimal())
        return Place(piece.pand_id, self._find_point(piece.content["pand"]), ids)

    def read(self, pieces: Sequence[Piece]) -> Intake:
        """Return the facts of the panden as an Intake that brings them in."""
        return read_panden(self.label, pieces)

    def describe(self, pand_id: str) -> Candidate | None:
        """Return a pand as something to choose, None when the BAG does not know it."""
        _, pand = self._find_one(_PANDEN, pand_id)
        if pand is None:
            return None
        about = pand["properties"]
        return Candidate(f"Pand {pand_id}, bouwjaar {about.get('bouwjaar')}", (pand_id,), self._find_point(pand))

    def find_panden(self, object_id: str) -> tuple[str, ...]:
        """Return the ids of the panden an object is in; none when the BAG does not know the object."""
        _, found = self._find_one(_OBJECTS, object_id)
        ids = []
        for feature_id in read_links(found) if found else ():
            content = self._client.ask(self._service, f"{_PANDEN}/{feature_id}", JSON_IN_RD).content
            if content is not None:
                ids.append(str(check_feature(self._service, content)["properties"].get("identificatie")))
        return tuple(sorted(ids))

    def _find_one(self, path: str, bag_id: str) -> tuple[Answer, Feature | None]:
        """Return the feature with exactly this id: a service that ignores the question must not pass for an answer."""
        answer = self._client.ask(self._service, path, {**JSON_IN_RD, "identificatie": bag_id, "limit": FEW})
        features = read_features(self._service, answer.content)
        return answer, next((found for found in features if found["properties"].get("identificatie") == bag_id), None)

    def _find_objects(self, pand: Feature) -> tuple[list[Feature] | None, list[Answer]]:
        """Return the objects in a pand, None when there are too many around it to look through; and the answers."""
        left, low, right, high = read_shape(self._service, pand).bounds
        box: Box = (left - MARGIN, low - MARGIN, right + MARGIN, high + MARGIN)
        parameters = {**JSON_IN_RD, **write_box(box), "limit": PAGE}
        own: list[Feature] = []
        pages: list[Answer] = []
        for _ in range(MOST_PAGES):
            pages.append(self._client.ask(self._service, _OBJECTS, parameters))
            found = read_features(self._service, pages[-1].content)
            own += [item for item in found if str(pand.get("id")) in read_links(item)]
            following = find_next_page(pages[-1].content)
            if not following:
                return own, pages
            parameters = {**parameters, **following}
        return None, pages

    def _find_point(self, pand: Feature) -> tuple[float, float] | None:
        try:
            point: Any = shapely.point_on_surface(read_shape(self._service, pand))
        except LookupFailedError:
            return None
        left, low, right, high = RD_BOX
        return (point.x, point.y) if left <= point.x <= right and low <= point.y <= high else None
