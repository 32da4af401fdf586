"""What came of the last deed: a line that stays until the next deed, or until somebody goes to another page or building.

A line that goes by itself takes everything below it along, and a button that moves under a finger does not count the press.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.ui import look

_PROBLEM, _TOLD, _PLACE = "_uitkomst_probleem", "_uitkomst_bewaard", "_uitkomst_plek"


def attempt(deed: Callable[[], object], told: str = "") -> bool:
    """Do something in a callback; keep what came of it for what is drawn next, and return whether it went well."""
    forget()
    try:
        deed()
    except QuickscanError as error:
        refuse(error)
        return False
    tell(told)
    return True


def act(deed: Callable[[], object], told: str = "") -> None:
    """Do something, as what a button does."""
    attempt(deed, told)


def tell(text: str) -> None:
    """Keep what was done."""
    forget()
    if text:
        st.session_state[_TOLD] = text


def refuse(why: QuickscanError | str) -> None:
    """Keep why something was not done."""
    forget()
    st.session_state[_PROBLEM] = str(why)


def forget() -> None:
    """Start anew: a deed begins, and what was said of the one before no longer holds."""
    for name in (_PROBLEM, _TOLD):
        st.session_state.pop(name, None)


def arrive(*place: str | None) -> None:
    """Forget it too when this is another place than where it was done; a page may only settle late on what it shows."""
    before = st.session_state.get(_PLACE, place)
    st.session_state[_PLACE] = place
    if any(was not in (None, now) for was, now in zip(before, place, strict=True)):
        forget()


def show() -> bool:
    """Draw it, and return whether there was anything to say."""
    return show_problem() or show_told()


def show_problem() -> bool:
    """Draw only why something was not done, for a page that has a place of its own for that."""
    problem = st.session_state.get(_PROBLEM)
    if problem:
        st.warning(look.plain(problem), icon=":material/error:")
    return bool(problem)


def show_told() -> bool:
    """Draw only what was done."""
    told = st.session_state.get(_TOLD)
    if told:
        st.caption(f":material/cloud_done: {look.plain(told)}")
    return bool(told)
