"""The address in an invitation. It keeps the secret in a cookie until somebody is logged in, and leads to the app.

Logging in goes by way of another server and comes back to the start page, so the secret cannot stay in the address. It
stands behind the question mark, which the proxy does not write down, and no script in the page can read the cookie.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

ADDRESS = "/uitnodiging"
COOKIE = "quickscan_uitnodiging"
LASTS_S = 3600  # long enough to log in, also when that asks for a telephone
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,100}")


def make_route() -> Route:
    """Return the route of the address."""

    async def open_invitation(request: Request) -> RedirectResponse:
        answer = RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
        secret = request.query_params.get("code", "")
        if _SECRET.fullmatch(secret):  # anything else never was one of ours
            answer.set_cookie(COOKIE, secret, max_age=LASTS_S, httponly=True, samesite="lax")
        return answer

    return Route(ADDRESS, open_invitation)
