"""The services that can be asked: their names, addresses, and how long an answer may be kept.

The addresses are those of ecosystem A8; each can be replaced by an environment variable (a proxy, a test).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from quickscan.domain.errors import LookupFailedError
from quickscan.settings import EP_ONLINE_KEY_VARIABLE, LOOKUP_ADDRESS_VARIABLE


@dataclass(frozen=True, slots=True)
class Service:
    """One register. `name` is that of its variable, `label` is for people, `keep` is how long an answer stays fresh.

    `no_access` is what to do when it shuts the door.
    """

    name: str
    label: str
    address: str
    keep: timedelta
    no_access: str = ""


LOCATIESERVER = Service(
    "LOCATIESERVER", "PDOK Locatieserver", "https://api.pdok.nl/bzk/locatieserver/search/v3_1", timedelta(days=30)
)
BAG = Service("BAG", "BAG via PDOK", "https://api.pdok.nl/kadaster/bag/ogc/v2", timedelta(days=30))
BAG3D = Service("3DBAG", "3DBAG", "https://api.3dbag.nl", timedelta(days=180))
EP_ONLINE = Service(
    "EP_ONLINE",
    "EP-Online",
    "https://public.ep-online.nl/api/v5",
    timedelta(days=30),
    f"Controleer de sleutel in {EP_ONLINE_KEY_VARIABLE}; een nieuwe vraag je gratis aan op apikey.ep-online.nl.",
)
CBS = Service("CBS", "CBS wijken en buurten", "https://api.pdok.nl/cbs/wijken-en-buurten-2026/ogc/v1", timedelta(days=180))
SERVICES = (LOCATIESERVER, BAG, BAG3D, EP_ONLINE, CBS)


def place_service(service: Service, environment: Mapping[str, str]) -> Service:
    """Return the service at the address the environment gives, else at its own. Plain http only on this machine."""
    variable = LOOKUP_ADDRESS_VARIABLE.format(name=service.name)
    address = environment.get(variable, "").strip().rstrip("/")
    if not address:
        return service
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme, parts.hostname) not in (("https", parts.hostname), ("http", "127.0.0.1")):
        advice = f"Geef {variable} een adres dat begint met https://, of haal de variabele weg."
        raise LookupFailedError(service.label, f"'{address}' is geen veilig adres", advice)
    return replace(service, address=address)
