"""Two questions that a proxy, a container or a monitor asks: does the process live, and can it serve?

`/gezond` says that the process answers, and nothing else. `/gezond/klaar` also wants the database, reachable and with
tables of this version; 503 with the reason in a word when not. Neither tells an address, a version or a name.
Streamlit's own `/_stcore/health` stays what it was.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATIENCE_S = 2.0  # a proxy that waits longer has long chosen another replica
FRESH_S = 1.0  # an answer is given again for so long, so that asking often costs the database nothing
_log = logging.getLogger(__name__)


class Readiness(StrEnum):
    """Whether this process can serve, and what is missing if not."""

    READY = "klaar"
    UNREACHABLE = "database niet bereikbaar"
    OUTDATED = "tabellen niet bijgewerkt"
    SLOW = "database antwoordt te traag"


class Watch:
    """Asks the database, one question at a time and never longer than `PATIENCE_S`."""

    def __init__(self, probe: Callable[[], Readiness], *, patience_s: float = PATIENCE_S, fresh_s: float = FRESH_S) -> None:
        self._probe, self._patience_s, self._fresh_s = probe, patience_s, fresh_s
        self._asking: asyncio.Task[Readiness] | None = None
        self._known, self._until = Readiness.READY, 0.0

    async def look(self) -> Readiness:
        """Return how it is now. A database that hangs holds one thread, however often somebody asks."""
        if time.monotonic() < self._until:
            return self._known
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(asyncio.to_thread(self._ask))
        try:
            found = await asyncio.wait_for(asyncio.shield(self._asking), self._patience_s)
        except TimeoutError:
            found = Readiness.SLOW
        if found != self._known:
            _log.warning("Gereedheid: %s", found)
        self._known, self._until = found, time.monotonic() + self._fresh_s
        return found

    def _ask(self) -> Readiness:
        try:
            return self._probe()
        except Exception as error:  # noqa: BLE001 - whatever it is, it means that we cannot serve
            _log.error("De database kon niet worden gevraagd", exc_info=error)
            return Readiness.UNREACHABLE


def make_routes(watch: Watch) -> list[Route]:
    """Return the routes of both questions."""

    async def live(_: Request) -> JSONResponse:
        return _say("gezond", ok=True)

    async def ready(_: Request) -> JSONResponse:
        found = await watch.look()
        return _say(found, ok=found is Readiness.READY)

    return [Route("/gezond", live), Route("/gezond/klaar", ready)]


def _say(word: str, *, ok: bool) -> JSONResponse:
    return JSONResponse({"toestand": word}, status_code=200 if ok else 503, headers={"cache-control": "no-store"})
