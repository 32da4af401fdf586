"""Who is at the screen. On a laptop that is one user without a log-in; on a server it is who the log-in service named.

Every run of a page begins here. What this module keeps in the tab (`_persoon`, `_zetels`) only decides what is drawn:
whether something happens is asked anew, by the guard, each time something is read or written.
"""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right, Seat
from quickscan.domain.errors import QuickscanError
from quickscan.domain.people import Pass, Person, name_former, read_key
from quickscan.services.accounts import fingerprint_of_login
from quickscan.ui import cache, errors, look, state
from quickscan.wiring import is_shared, today

__all__ = ["is_shared"]

INVITED = "quickscan_uitnodiging"  # the cookie in which an invitation waits until somebody is logged in
_PERSON, _SEATS, _ACCEPTED = "_persoon", "_zetels", "_aangenomen"


def enter() -> bool:
    """Tell whether the pages are open to whoever is there; `draw_door` draws what there is instead."""
    if not is_shared():
        return True
    st.session_state.pop(_SEATS, None)
    with errors.shown():
        found = _find_pass()
        st.session_state[_PERSON] = found.person if found else None
        return found is not None and _waiting() is None and cache.accounts().has_place(found.person)


def _find_pass() -> Pass | None:
    if not st.user.is_logged_in:
        return None
    return cache.accounts().enter(st.user.to_dict())


def person() -> Person | None:
    """Return who is logged in; None on a laptop."""
    found: Person | None = st.session_state.get(_PERSON)
    return found


def author() -> str:
    """Return the name that goes with answers: that of the log-in, or on a laptop the one that was filled in."""
    found = person()
    return found.name if found else state.author()


def name_of(author: str) -> str:
    """Return the name for an author that came out of a cache, where people are numbers; anything else as it is."""
    number = read_key(author) if is_shared() else None
    return author if number is None else cache.accounts().store.find_names([number]).get(number, name_former(number))


def seat(workspace_id: str | None = None) -> Seat | None:
    """Return what somebody is in a workspace, the current one when left out; None on a laptop, who may do everything."""
    found, workspace_id = person(), workspace_id or state.recall(state.WORKSPACE)
    if found is None or workspace_id is None:
        return None
    seats: dict[str, Seat | None] = st.session_state.setdefault(_SEATS, {})
    if workspace_id not in seats:
        known = cache.accounts().find(fingerprint(), workspace_id)
        seats[workspace_id] = known.seat if known else None
    return seats[workspace_id]


def may(right: Right) -> bool:
    """Tell whether to draw what needs a right in the current workspace."""
    if not is_shared():
        return True
    if right is Right.MAKE:
        found = person()
        return found is not None and cache.accounts().policy.may_make(found)
    here = seat()
    return here is not None and right in here.rights


def say_who_can(right: Right, words: str) -> None:
    """Say that a role only reads here, to who is on a server and has another one."""
    if not may(right):
        st.info(words, icon=":material/visibility:")


def draw_door() -> None:
    """Draw what there is for somebody who cannot go on: a log-in, an invitation, or nothing yet."""

    found = person()
    if found is None:
        _draw_login()
        return
    with errors.shown():
        invitation = _waiting()
    if invitation is not None:
        _draw_invitation(found)
    else:
        _draw_no_place(found)


def _draw_login() -> None:
    from quickscan.ui import hero  # noqa: PLC0415 - it draws with the frame, which needs this module

    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        st.title("Passen er woningen op, tegen of onder dit gebouw?", anchor=False)
        st.write("Log in om samen te zien hoeveel, hoe haalbaar dat is, en wat er eerst moet gebeuren.")
        if st.user.is_logged_in:
            st.info("Je bent uitgelogd, of je was een tijd weg. Wat bewaard was, is bewaard.", icon=":material/schedule:")
        if st.button("Inloggen", type="primary", icon=":material/login:"):
            st.login()
    with right, st.container(key="held"):
        hero.draw(cache.rules(today()))


def _draw_no_place(found: Person) -> None:
    st.title("Welkom", anchor=False)
    st.write(f"Je bent ingelogd als **{look.plain(found.name)}**. Er is nog geen werkruimte waar je bij kunt.")
    if isinstance(st.context.cookies.get(INVITED), str):
        st.warning("De uitnodiging werkt niet (meer). Vraag om een nieuwe link.", icon=":material/link_off:")
    st.write("Kreeg je een uitnodiging? Open de link uit het bericht. Anders: vraag de beheerder van de werkruimte om een link.")
    with st.container(horizontal=True):
        if st.button("Kijk opnieuw", icon=":material/refresh:"):
            st.rerun()
        draw_log_out()


def _waiting() -> str | None:
    """Return the secret of an invitation that was opened in this browser and can be used."""
    secret = st.context.cookies.get(INVITED)
    if not isinstance(secret, str) or st.session_state.get(_ACCEPTED) == secret:
        return None
    return secret if cache.accounts().look_at(secret) is not None else None


def _draw_invitation(found: Person) -> None:
    secret = _waiting() or ""
    invitation = cache.accounts().look_at(secret)
    if invitation is None:
        st.rerun()
    st.title("Uitnodiging", anchor=False)
    place = look.plain(invitation.place)
    if invitation.seat is None:
        st.write(f"Je bent uitgenodigd om voor **{place}** werkruimten te maken.")
    else:
        st.write(f"Je bent uitgenodigd voor de werkruimte **{place}**, als **{invitation.seat.role}**.")
    st.caption(f"Je doet mee als {look.plain(found.name)}. Die naam staat bij wat je antwoordt.")
    with st.container(horizontal=True):
        st.button("Doe mee", type="primary", icon=":material/login:", on_click=_accept, args=(secret,))
        st.button("Nu niet", on_click=_put_off, args=(secret,))
    show_problem()


def _accept(secret: str) -> None:
    try:
        invitation = cache.accounts().accept(secret, fingerprint())
    except QuickscanError as error:
        st.session_state["_uitnodiging"] = str(error)
        return
    st.session_state[_ACCEPTED] = secret
    if invitation.workspace_id is not None:
        state.remember(state.WORKSPACE, invitation.workspace_id)


def _put_off(secret: str) -> None:
    st.session_state[_ACCEPTED] = secret


def show_problem() -> None:
    """Say once why an invitation was refused."""
    problem = st.session_state.pop("_uitnodiging", None)
    if problem:
        st.warning(look.plain(problem), icon=":material/link_off:")


def draw_block() -> None:
    """Draw in the sidebar who is logged in, as what, and the ways out."""
    found, here = person(), seat()
    if found is None:
        return
    role = f" · {here.role}" if here else ""
    st.markdown(f":material/account_circle: **{look.plain(found.name)}**{role}")
    with st.container(horizontal=True):
        draw_log_out()
        if st.button("Overal uitloggen", type="tertiary", help="Ook in andere browsers en op andere apparaten."):
            cache.accounts().log_out_everywhere(found)
            st.logout()


def draw_log_out() -> None:
    """Draw the way out of this browser."""
    if st.button("Uitloggen", type="tertiary", icon=":material/logout:"):
        cache.accounts().log_out(fingerprint())
        st.logout()


def fingerprint() -> str:
    """Return by what the guard knows this log-in."""
    return fingerprint_of_login(st.user.to_dict())
