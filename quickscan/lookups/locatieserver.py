"""Finds buildings by what somebody types: an address, a postcode with a number, or a pand-id.

The Locatieserver always answers something, so an address counts only when it is the one that was typed: the same house
number, the same postcode when there is one, and no word typed that the address does not have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from quickscan.domain.errors import LookupFailedError
from quickscan.lookups.bag import Bag
from quickscan.lookups.client import Client
from quickscan.lookups.features import surprise
from quickscan.lookups.registers import Service
from quickscan.services.lookups import Candidate

MOST_TYPED = 200
MOST_ADDRESSES = 10  # more than a person wants to choose from
ROWS = "50"
# The fields whose words may be typed, and the others.
WORDS = (
    *("weergavenaam", "straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "huis_nlt"),
    *("postcode", "woonplaatsnaam", "gemeentenaam", "provincienaam"),
)
FIELDS = ("id", "type", *WORDS, "adresseerbaarobject_id", "centroide_rd")
_STRANGE = re.compile(r"[^\w\s,.'-]")  # what may mean something to the search engine behind it
_POSTCODE = re.compile(r"\b([1-9][0-9]{3})\s?([A-Z]{2})\b", re.IGNORECASE)
_BAG_ID = re.compile(r"(?:NL\.IMBAG\.Pand\.)?([0-9]{4}(?:10|01)[0-9]{10})", re.IGNORECASE)
_RD_POINT = re.compile(r"POINT\s*\(([0-9.]+) ([0-9.]+)\)")
_HOW = "Typ een postcode met huisnummer, een adres met plaats, of een pand-id van 16 cijfers."


class Locatieserver:
    """The address book: the Locatieserver for the address, the BAG for the pand."""

    def __init__(self, client: Client, service: Service, bag: Bag) -> None:
        self._client, self._service, self._bag = client, service, bag

    def find(self, text: str) -> Sequence[Candidate]:
        """Return the buildings that may be meant; raises LookupFailedError when there is none."""
        typed = " ".join(text.split())
        if not typed or len(typed) > MOST_TYPED:
            raise LookupFailedError("Opzoeken", "er is niets ingevuld" if not typed else "de tekst is te lang", _HOW)
        if identified := _BAG_ID.fullmatch(typed):
            return self._find_id(identified[1])
        documents = self._ask(typed)
        accepted = [document for document in documents if _is_meant(document, typed)]
        if not accepted:
            raise self._say_not_found(typed, documents)
        return self._find_panden(accepted)

    def _find_id(self, bag_id: str) -> Sequence[Candidate]:
        if bag_id[4:6] == "01":
            panden = self._bag.find_panden(bag_id)
            found = Candidate(f"Verblijfsobject {bag_id}", panden) if panden else None
        else:
            found = self._bag.describe(bag_id)
        if found is None:
            raise LookupFailedError(self._bag.label, f"{bag_id} staat niet in de BAG", f"Controleer de cijfers. {_HOW}")
        return (found,)

    def _ask(self, typed: str) -> list[Mapping[str, Any]]:
        plain = " ".join(_STRANGE.sub(" ", typed).split())
        parameters = {"q": plain, "fq": "type:adres", "rows": ROWS, "fl": ",".join(FIELDS)}
        content = self._client.ask(self._service, "/free", parameters).content
        response = content.get("response") if isinstance(content, dict) else None
        documents = response.get("docs") if isinstance(response, dict) else None
        if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
            raise surprise(self._service)
        return documents

    def _find_panden(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[Candidate]:
        """Return a candidate an address; addresses in the same pand are one candidate, named after the first."""
        found: dict[tuple[str, ...], Candidate] = {}
        for document in documents[:MOST_ADDRESSES]:
            panden = self._bag.find_panden(str(document.get("adresseerbaarobject_id")))
            if panden and panden not in found:
                found[panden] = Candidate(str(document.get("weergavenaam")), panden, _read_point(document))
        if not found:
            label = documents[0].get("weergavenaam")
            raise LookupFailedError(
                self._service.label, f"bij {label} hoort geen pand in de BAG", f"Kies een ander adres. {_HOW}"
            )
        return tuple(found.values())

    def _say_not_found(self, typed: str, documents: Sequence[Mapping[str, Any]]) -> LookupFailedError:
        near = f" Het dichtst in de buurt komt {documents[0].get('weergavenaam')}." if documents else ""
        return LookupFailedError(self._service.label, f"het adres '{typed}' is niet gevonden", f"Controleer het.{near} {_HOW}")


def _is_meant(document: Mapping[str, Any], typed: str) -> bool:
    """Tell whether an address is the one that was typed."""
    number = str(document.get("huisnummer", ""))
    postcode = _POSTCODE.search(typed)
    if document.get("type") != "adres" or (postcode and "".join(postcode.groups()).upper() != document.get("postcode")):
        return False
    rest = _words(_POSTCODE.sub(" ", typed))
    known = [word for field in WORDS for word in _words(str(document.get(field, "")))]
    if not number or number not in rest:
        return False
    suffix = f"{document.get('huisletter', '')}{document.get('huisnummertoevoeging', '')}".casefold()
    return all(word in known or word == suffix for word in rest)


def _words(text: str) -> list[str]:
    """Return the words without accents or capitals; a number and the letter behind it are two."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))
    return re.findall(r"[0-9]+|[^\W\d_]+", plain.replace("'", ""))


def _read_point(document: Mapping[str, Any]) -> tuple[float, float] | None:
    found = _RD_POINT.fullmatch(str(document.get("centroide_rd", "")))
    return (float(found[1]), float(found[2])) if found else None
