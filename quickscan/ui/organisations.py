"""Organisations on the screen, for who looks after the whole server: name them, and invite somebody who makes workspaces."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.domain.people import Organisation, Person
from quickscan.services.members import Made
from quickscan.ui import account, cache, errors, look, members

_MADE, _NAME = "_organisatie_link", "organisatie_naam"


def draw(person: Person) -> None:
    """Draw the organisations; nothing for who does not look after them."""
    accounts = cache.accounts()
    if not accounts.policy.leads(person):
        return
    st.subheader("Organisaties op deze server", anchor=False)
    st.write("Wie voor een organisatie is uitgenodigd, kan werkruimten maken. Die horen dan bij die organisatie.")
    with errors.shown():
        listed = accounts.organisations(account.fingerprint())
    for one in listed:
        with st.container(horizontal=True, vertical_alignment="center", key=f"organisatie_{one.id}"):
            st.markdown(f"**{look.plain(one.name)}**")
            st.button("Nodig iemand uit", key=f"nodig_{one.id}", on_click=_invite, args=(one,))
    made: Made | None = st.session_state.get(_MADE)
    if made is not None:
        st.markdown(f"Link voor **{look.plain(made.invitation.place)}**")
        members.draw_link(made)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Nieuwe organisatie", key=_NAME, max_chars=120, width=360)
        st.button("Voeg toe", icon=":material/add:", on_click=_add)


def _invite(organisation: Organisation) -> None:
    try:
        st.session_state[_MADE] = cache.accounts().invite_to(organisation, account.fingerprint())
    except QuickscanError as error:
        errors.show(error)


def _add() -> None:
    name = str(st.session_state.get(_NAME) or "").strip()
    if not name:
        return
    try:
        cache.accounts().add_organisation(name, account.fingerprint())
    except QuickscanError as error:
        errors.show(error)
        return
    st.session_state[_NAME] = ""
