"""Builds the look-ups the environment asks for: none at all, or every register there is a key for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from quickscan.domain.errors import LookupFailedError
from quickscan.lookups.registers import BAG, BAG3D, CBS, EP_ONLINE, LOCATIESERVER, SERVICES, place_service
from quickscan.services.lookups import Lookups, Register
from quickscan.settings import EP_ONLINE_KEY_VARIABLE, LOOKUP_VARIABLE

if TYPE_CHECKING:
    from quickscan.lookups.cache import AnswerCache
    from quickscan.lookups.client import Client

ON = "1"
_BAD_KEY = f"{EP_ONLINE.label}: niet gevraagd, want er staan vreemde tekens in {EP_ONLINE_KEY_VARIABLE}."
_NO_KEY = f"{EP_ONLINE.label}: niet gevraagd, want er is geen sleutel. Zet die in {EP_ONLINE_KEY_VARIABLE}."
_SWITCH_ON = f"Zet {LOOKUP_VARIABLE}={ON} aan en start opnieuw"


def open_lookups(
    environment: Mapping[str, str],
    folder: Path,
    *,
    now: Callable[[], datetime],
    make_client: Callable[[AnswerCache], Client] | None = None,
) -> Lookups:
    """Return the look-ups; switched off unless the environment says so, and soundly. Answers are kept in `folder`.

    `now` gives the moment with its time zone. `make_client` is for who wants other limits.
    """
    if environment.get(LOOKUP_VARIABLE, "").strip() != ON:
        return Lookups(switch_on=_SWITCH_ON)
    try:
        placed = {service.name: place_service(service, environment) for service in SERVICES}
    except LookupFailedError as error:
        return Lookups(switch_on=str(error).rstrip("."))
    from quickscan.lookups.bag import Bag  # noqa: PLC0415 - nearly always switched off, and then nothing of this is needed
    from quickscan.lookups.bag3d import Bag3d  # noqa: PLC0415
    from quickscan.lookups.cache import AnswerCache  # noqa: PLC0415
    from quickscan.lookups.cbs import Cbs  # noqa: PLC0415
    from quickscan.lookups.client import Client  # noqa: PLC0415
    from quickscan.lookups.eponline import EpOnline  # noqa: PLC0415
    from quickscan.lookups.locatieserver import Locatieserver  # noqa: PLC0415

    cache = AnswerCache(folder)
    cache.drop_old(now=now())
    client = make_client(cache) if make_client else Client(cache, now=now)
    bag = Bag(client, placed[BAG.name])
    others: list[Register] = [Bag3d(client, placed[BAG3D.name]), Cbs(client, placed[CBS.name])]
    key = environment.get(EP_ONLINE_KEY_VARIABLE, "").strip()
    usable = key.isascii() and key.isprintable()
    if key and usable:
        others.insert(1, EpOnline(client, placed[EP_ONLINE.name], key=key, today=lambda: now().date()))
    remarks = () if key and usable else (_BAD_KEY,) if key else (_NO_KEY,)
    addresses = Locatieserver(client, placed[LOCATIESERVER.name], bag)
    return Lookups(addresses, bag, tuple(others), remarks, _SWITCH_ON)
