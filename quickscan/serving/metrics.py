"""Figures for Prometheus, on a door of their own.

They are there only when QUICKSCAN_METINGEN says where (`127.0.0.1:9464`), and never on the port that visitors use: how
many people work, and when, is nobody else's business. Labels are few and fixed; no person, building or workspace.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, start_http_server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

disable_created_metrics()  # type: ignore[no-untyped-call]  # a moment of birth beside each figure doubles them, and nobody reads it
REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Counter("quickscan_requests", "Answers by kind of address and status.", ["kind", "status"], registry=REGISTRY)
SESSIONS = Gauge("quickscan_sessions", "Browsers that are connected now.", registry=REGISTRY)
RUNS = Histogram("quickscan_run_seconds", "From what a person did until the page was drawn.", buckets=_SECONDS, registry=REGISTRY)
SAVES = Histogram("quickscan_save_seconds", "One transaction that writes.", buckets=_SECONDS, registry=REGISTRY)
ERRORS = Counter("quickscan_errors", "Exceptions that nobody expected, by kind.", ["kind"], registry=REGISTRY)
KINDS = (
    ("/gezond", "gezond"),
    ("/_stcore/upload_file", "upload"),
    ("/_stcore/", "streamlit"),
    ("/media/", "download"),
    ("/static/", "onderdeel"),
    ("/component/", "onderdeel"),
    ("/auth", "inloggen"),
    ("/oauth2callback", "inloggen"),
)


def open_door(address: str, port: int) -> Callable[[], None]:
    """Serve the figures at `/metrics` of an address of their own; return what closes it."""
    server, thread = start_http_server(port, addr=address, registry=REGISTRY)

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)

    return close


class Measured:
    """Count answers, visits and runs. `ends_run` tells whether a message to the browser is the last of a run."""

    def __init__(self, app: ASGIApp, *, ends_run: Callable[[bytes], bool]) -> None:
        self._app, self._ends_run = app, ends_run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and count."""
        if scope["type"] == "http":
            await self._count(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._time(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = next((kind for prefix, kind in KINDS if scope["path"].startswith(prefix)), "pagina")

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                REQUESTS.labels(kind, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counted)

    async def _time(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: float | None = None
        accepted = False

        async def heard() -> Message:
            nonlocal asked
            message = await receive()
            if message["type"] == "websocket.receive" and asked is None:
                asked = time.perf_counter()
            return message

        async def said(message: Message) -> None:
            nonlocal asked, accepted
            if message["type"] == "websocket.accept":
                accepted = True
                SESSIONS.inc()
            await send(message)
            content = message.get("bytes") if message["type"] == "websocket.send" else None
            if asked is not None and content and self._ends_run(content):
                RUNS.observe(time.perf_counter() - asked)
                asked = None

        try:
            await self._app(scope, heard, said)
        finally:
            if accepted:
                SESSIONS.dec()
