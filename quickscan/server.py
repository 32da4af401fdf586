"""The ASGI entry around app.py: Dutch as the page's language, and headers that a browser guards with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

APP = Path(__file__).resolve().parent.parent / "app.py"
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
)


class DutchPage:
    """Say that pages are Dutch: Streamlit writes `lang="en"` and has no setting for it (WCAG 3.1.1)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change only the start page and the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A compressed page cannot be changed on its way, so the start page is asked for plain.
        if scope["path"].count(".") == 0:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        started: Message | None = None
        is_page = False

        async def change(message: Message) -> None:
            nonlocal started, is_page
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *HEADERS]
                is_page = any(name == b"content-type" and b"text/html" in value for name, value in headers)
                started = {**message, "headers": headers}
                if not is_page:
                    await send(started)
                return
            if is_page and started is not None:
                body = message.get("body", b"").replace(b'<html lang="en"', b'<html lang="nl"', 1)
                message = {**message, "body": body}  # "en" and "nl" are equally long, so the length stays right
                await send(started)
                started = None
            await send(message)

        await self._app(scope, receive, change)


# Until some session has called st.navigation, Streamlit takes the folder pages/ for its old kind of multipage app: a
# deep link into a fresh process would say "page not found", and a script directly in pages/ would run without app.py.
PagesManager.uses_pages_directory = False

app = st.App(APP, middleware=[Middleware(DutchPage)])
