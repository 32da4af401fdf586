"""Log-ins without a log-in service: the cookie that Streamlit gives after one, signed with the secret of these tests.

tests/access walks the whole way, with a real log-in service and a browser; here it is about what comes after.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from quickscan import wiring
from tests.server.running import COOKIE_SECRET

USER_COOKIE = "_streamlit_user"
XSRF_COOKIE = "_streamlit_xsrf"


def make_claims(subject: str, **more: object) -> dict[str, object]:
    """Return what a log-in service says of somebody who logs in now."""
    said = {"iss": "https://inloggen.test", "sub": subject, "iat": int(time.time()), "nonce": secrets.token_hex(8)}
    return {**said, "name": subject.capitalize(), "email": f"{subject}@gemeente.test", **more}


def make_cookie(public: str, claims: Mapping[str, object]) -> str:
    """Return the cookie that a browser holds after a log-in at the address `public`."""
    content = {**claims, "origin": public, "is_logged_in": True, "provider": "default"}
    return create_signed_value(COOKIE_SECRET, USER_COOKIE, json.dumps(content)).decode()


def register(stores: wiring.Stores, claims: Mapping[str, object]) -> str:
    """Make somebody known, and return the key under which their work is kept."""
    found = wiring.open_accounts(stores).enter(claims)
    assert found is not None
    return found.person.key
