"""What a browser tab remembers: the workspace, the building and the name at the answers. Also in the URL, to share.

The database is the truth; this only says what is looked at.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

WORKSPACE = "werkruimte"
BUILDING = "pand"
AUTHOR = "naam"
DAY = "peildatum"
DEFAULT_AUTHOR = "lokale gebruiker"


def recall(name: str) -> str | None:
    """Return what the URL says, else what the tab remembers."""
    value = st.query_params.get(name) or st.session_state.get(f"_{name}")
    return str(value) if value else None


def remember(name: str, value: str | None) -> None:
    """Keep a choice in the tab and in the URL."""
    st.session_state[f"_{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def go(page: str) -> NoReturn:
    """Go to another page and take the workspace and the building along in the URL.

    The parameters are always given: Streamlit refuses to clear those that a filter of this page is bound to.
    """
    kept = {name: value for name in (WORKSPACE, BUILDING) if (value := st.session_state.get(f"_{name}"))}
    st.switch_page(page, query_params=kept)


def author() -> str:
    """Return the name that goes with answers."""
    return str(st.session_state.get(AUTHOR) or "").strip() or DEFAULT_AUTHOR
