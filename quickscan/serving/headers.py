"""What every answer carries so that a browser guards the page, and Dutch as the page's language.

The content security policy is what Streamlit 1.67 with our pages was seen to need in Chromium, and nothing more
(tests/server/test_policy.py walks every page with it on). Why each exception is there stands beside it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def make_policy(start_page: str) -> str:
    """Return the content security policy for a start page (Streamlit's index.html): its own inline scripts may run."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in _INLINE_SCRIPT.findall(start_page)
    ]
    policy: Mapping[str, Sequence[str]] = {
        "default-src": ["'none'"],  # frames, plug-ins, media and workers from elsewhere: the app has none
        # deck.gl and protobuf compile WebAssembly; that cannot make scripts out of text, as 'unsafe-eval' can.
        "script-src": ["'self'", *(f"'sha256-{made}'" for made in hashes), "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # Streamlit's frame writes its styles into the page
        "img-src": ["'self'", "data:"],  # our drawings and icons travel inside the page
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],  # the websocket and uploads; map tiles from elsewhere would be added here
        "manifest-src": ["'self'"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


def make_headers(policy: str, *, has_tls: bool) -> tuple[Header, ...]:
    """Return the headers of every answer. Only behind TLS may a browser be told to insist on it."""
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",  # for browsers that do not know frame-ancestors
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if has_tls:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


class SafeAnswers:
    """Add the headers to every answer, mark cookies for https only, and say that pages are Dutch.

    Streamlit writes `lang="en"` and has no setting for it (WCAG 3.1.1); nor does it mark its log-in cookie as Secure.
    """

    def __init__(self, app: ASGIApp, *, headers: Sequence[Header], has_tls: bool) -> None:
        self._app, self._headers, self._has_tls = app, headers, has_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change the headers, and the text of pages only."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A compressed page cannot be changed on its way, so the start page is asked for plain.
        if "." not in scope["path"]:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        is_page = False

        async def change(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._complete(message["headers"])}
                is_page = any(name == b"content-type" and b"text/html" in value for name, value in message["headers"])
            elif is_page and message["type"] == "http.response.body":
                # "en" and "nl" are equally long, so the length that was promised stays right
                message = {**message, "body": message.get("body", b"").replace(b'<html lang="en"', b'<html lang="nl"', 1)}
            await send(message)

        await self._app(scope, receive, change)

    def _complete(self, headers: Sequence[Header]) -> list[Header]:
        ours = {name for name, _ in self._headers}
        kept = [(name, self._secure(value) if name == b"set-cookie" else value) for name, value in headers if name not in ours]
        return [*kept, *self._headers]

    def _secure(self, cookie: bytes) -> bytes:
        return cookie + b"; Secure" if self._has_tls and b"; secure" not in cookie.lower() else cookie
