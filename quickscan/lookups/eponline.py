"""Asks EP-Online (REST v5, with a key) for the energy labels of the homes in a pand.

A label of one home says something about who lives there. So the answers for single homes are never kept: only the
counts per pand are, and a pand with one home is not asked about at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from quickscan.domain.facts import LABELS
from quickscan.domain.intake import Intake
from quickscan.lookups.client import Client
from quickscan.lookups.features import surprise
from quickscan.lookups.registers import Service
from quickscan.lookups.tables import make_lookup_intake
from quickscan.services.lookups import Piece, Place

FEWEST = 2  # homes, and valid labels: one alone is that of a household
MOST_HOMES = 200  # one question a home
_PATH = "/PandEnergielabel/AdresseerbaarObject/"
_PRIVATE = "niet opgezocht bij een pand met één woning, want dat label is een persoonsgegeven"
_TOO_MANY = f"niet opgezocht bij een pand met meer dan {MOST_HOMES} woningen; lees daarvoor het totaalbestand van EP-Online in"
_HEADERS = {"energielabel": "Energieklasse (vaakst)", "energielabel_slechtst": "Energieklasse (slechtst)"}


class EpOnline:
    """The register of energy labels."""

    needs_place = True

    def __init__(self, client: Client, service: Service, *, key: str, today: Callable[[], date]) -> None:
        self._client, self._service, self._key, self._today = client, service, key, today
        self.label = service.label

    def fetch(self, place: Place) -> Piece | None:
        """Return how often each label occurs in the pand; None when too few homes have a valid one."""
        homes = len(place.homes)
        if not homes:
            return None
        if not FEWEST <= homes <= MOST_HOMES:
            return Piece(place.pand_id, None, self._today(), _PRIVATE if homes < FEWEST else _TOO_MANY)
        question = f"{self._service.address} {place.pand_id} {' '.join(sorted(place.homes))}"
        answer = self._client.recall(self._service, question, lambda: self._count(place.homes))
        return Piece(place.pand_id, answer.content, answer.day, answer.note) if answer.content else None

    def read(self, pieces: Sequence[Piece]) -> Intake:
        """Return the labels as an Intake that only adds to panden known from elsewhere."""
        rows = [_read_counts(piece.content) for piece in pieces]
        return make_lookup_intake(self.label, pieces, rows, headers=_HEADERS)

    def _count(self, homes: Sequence[str]) -> Mapping[str, int]:
        """Return the counts, empty when there are too few labels to hide a household among."""
        labels = Counter(label for label in map(self._find_label, homes) if label)
        return dict(labels) if labels.total() >= FEWEST else {}

    def _find_label(self, home: str) -> str | None:
        """Return the newest label of one home that still holds."""
        content = self._client.fetch(self._service, _PATH + home, headers={"Authorization": self._key})
        if content is None:
            return None
        if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
            raise surprise(self._service)
        day = self._today().isoformat()
        valid = [
            record
            for record in content
            if str(record.get("BAGVerblijfsobjectID")) == home
            and str(record.get("Geldig_tot") or "") >= day  # both ISO: the order of the letters is that of time
            and record.get("Energieklasse") in LABELS
        ]
        newest: Any = max(valid, key=lambda record: str(record.get("Registratiedatum") or ""), default={})
        return str(newest["Energieklasse"]) if newest else None


def _read_counts(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Return the modal label (the worse of two that are as frequent) and the worst."""
    ranked = sorted(counts, key=LABELS.index)
    return {"energielabel": max(reversed(ranked), key=lambda label: counts[label]), "energielabel_slechtst": ranked[-1]}
