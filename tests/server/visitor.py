"""A visitor without a browser: Streamlit's protocol over a websocket, also through a proxy with TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.client import Client, CountingSocket
from tests.server.entering import XSRF_COOKIE

COOKIE = "quickscan_plek"


class Visitor(Client):
    """One visit. `origin` is the page that the socket says to come from; "own" is the address itself.

    `cookies` are those of a log-in; the token against forged requests is then told as well, as the page does.
    """

    def __init__(
        self,
        address: str,
        *,
        origin: str | None = "own",
        place: str = "",
        tls: ssl.SSLContext | None = None,
        page: str = "",
        query: str = "",
        cookies: Mapping[str, str] | None = None,
        patience_s: float = 60,
    ) -> None:
        parts = urlsplit(address)
        self._socket = CountingSocket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.settimeout(60)
        self._socket.connect(("127.0.0.1", parts.port or 443))
        said = address if origin == "own" else origin
        held = dict(cookies or {}) | ({COOKIE: place} if place else {})
        told = [Subprotocol("streamlit"), *(Subprotocol(held[name]) for name in (XSRF_COOKIE,) if name in held)]
        try:
            self._closing = ExitStack()
            self._connection = self._closing.enter_context(
                connect(
                    f"{'wss' if tls else 'ws'}://{parts.netloc}/_stcore/stream",
                    sock=self._socket,
                    ssl=tls,
                    origin=Origin(said) if said else None,
                    additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in held.items())} if held else {},
                    subprotocols=told,
                    max_size=None,
                    ping_interval=None,
                    open_timeout=patience_s,
                )
            )
        except BaseException:
            self._socket.close()
            raise
        self._page, self._query, self._hash = page, query, ""
        self._known: dict[str, Any] = {}

    def __exit__(self, *_: object) -> None:
        self._closing.close()
