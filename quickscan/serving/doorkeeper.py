"""Who may connect: by the name that was asked for (Host), and the page that asks (Origin).

Streamlit checks both, but lets every page on localhost in, on any port, and to judge a strange origin it asks a server
on the internet for its own address. Here the rule is one line, so Streamlit never comes to that: a browser must be on
the page that this server itself serves. https://owasp.org/www-community/attacks/csrf says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# What Streamlit serves to anyone and this app has no use for: its figures, and its door for programs.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z.-]+)(?::\d{1,5})?")
POLICY_VIOLATION = 1008  # RFC 6455; sent before the handshake is done, the server makes it a 403


class Doorkeeper:
    """Refuse requests for another name, and websockets from another page.

    With an `origin`, that of the public address, a websocket must come from there, and a client that does not say where
    it comes from is refused. Without one (a laptop), a websocket must come from the address it asks for.
    """

    def __init__(self, app: ASGIApp, *, origin: str = "", names: Iterable[str] = ()) -> None:
        self._app, self._origin = app, origin
        self._names = LOOPBACK_NAMES | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        said = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"origin")}
        host, origin = said.get(b"host", ""), said.get(b"origin")
        if scope["type"] == "websocket":
            if self._is_ours(host) and self._comes_from_us(host, origin):
                await self._app(scope, receive, send)
            else:
                await receive()  # the request to connect
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "origin or host"})
        elif not self._is_ours(host):
            await PlainTextResponse("Deze naam hoort niet bij deze server.", status_code=400)(scope, receive, send)
        elif scope["path"].startswith(CLOSED):
            await PlainTextResponse("Deze pagina bestaat niet.", status_code=404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        return found is not None and found[1].strip("[]") in self._names

    def _comes_from_us(self, host: str, origin: str | None) -> bool:
        if self._origin:
            return origin is not None and origin.lower() == self._origin
        return origin is None or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
