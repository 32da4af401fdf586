"""One short name for each request, so that what the proxy, the log and a person tell can be put side by side.

The proxy names a request in `X-Request-ID`; without a proxy we do. A websocket is one request for as long as it is open,
so its name is the name of the visit. Nothing about the person is in it.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
request_id: ContextVar[str] = ContextVar("request_id", default="")
_NAME = re.compile(rb"[0-9A-Za-z-]{8,64}")  # anything else could be an attempt to write lines into the log


def make_code() -> str:
    """Return a code that a person can read out over the telephone."""
    drawn = secrets.token_hex(4)
    return f"{drawn[:4]}-{drawn[4:]}"


class NamedRequests:
    """Give each request its name: to the log by a context variable, to the app and the client by a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request and pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER and _NAME.fullmatch(value)), None)
        name = given or secrets.token_hex(16).encode()
        others = [pair for pair in scope["headers"] if pair[0] != HEADER]
        token = request_id.set(name.decode())

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (HEADER, name)]}
            await send(message)

        try:
            await self._app({**scope, "headers": [*others, (HEADER, name)]}, receive, answer)
        finally:
            request_id.reset(token)
