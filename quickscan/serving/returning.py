"""Back to where somebody was going, after a log-in: Streamlit itself always comes back to the start page.

A link to a building, or the QR code of a live session, is often the first thing of the day, and asks for a log-in. The
address of the page that asked for it is kept in a cookie while the log-in service has the word, and the way back leads
there. Only an address of this server is taken, so nobody can be sent elsewhere; no script in the page can read the cookie.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"  # Streamlit's own
COOKIE = "quickscan_terug"
LASTS_S = 900  # long enough for a log-in with a telephone
LONGEST = 1_000  # characters of an address


class WayBack:
    """Remember at the start of a log-in where it was asked for, and lead there at its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the two of a log-in get a cookie, or another address to go to."""
        if scope["type"] != "http" or scope["path"] not in (LOGIN, CALLBACK):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        place = find_page(headers) if scope["path"] == LOGIN else read_cookie(headers)
        lasts = LASTS_S if scope["path"] == LOGIN else 0

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and place:
                changed = MutableHeaders(raw=message["headers"])
                if scope["path"] == CALLBACK and changed.get("location") == "/":
                    changed["location"] = place
                kept = quote(place, safe="/") if lasts else ""
                changed.append("set-cookie", f"{COOKIE}={kept}; Max-Age={lasts}; Path=/; HttpOnly; SameSite=Lax")
            await send(message)

        await self._app(scope, receive, answer)


def find_page(headers: Headers) -> str:
    """Return the address on this server of the page that asked; "" for the start page, or when it is not ours."""
    asked = urlsplit(headers.get("referer", ""))
    if not asked.netloc or asked.netloc.lower() != headers.get("host", "").lower():
        return ""
    return require_here(f"{asked.path}?{asked.query}" if asked.query else asked.path)


def read_cookie(headers: Headers) -> str:
    """Return the address that was kept; "" when there is none, or it could lead elsewhere."""
    try:
        kept = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return require_here(unquote(kept.value)) if kept else ""


def require_here(place: str) -> str:
    """Return an address when it is a page of this server and not the start page; else ""."""
    within = place.startswith("/") and not place.startswith(("//", "/\\", LOGIN, CALLBACK))
    plain = place.isascii() and place.isprintable() and "\\" not in place
    return place if within and plain and place != "/" and len(place) <= LONGEST else ""
