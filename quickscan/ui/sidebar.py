"""The sidebar: workspace, reference date, and the party and the name that go with answers."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import account, cache, duo, errors, frame, look, session, state
from quickscan.wiring import today

PROJECTOR = "html { font-size: 24px; }"  # everything on the screen is sized in rem; readable at five metres


def draw() -> None:
    """Draw the choices that hold on every page; none for who sits in a live session, where others choose."""
    if state.recall(session.SEAT):
        with st.sidebar:
            account.draw_block()
        return
    with errors.shown():  # in the middle of the screen: the sidebar may be folded away
        workspaces = list(cache.services().portfolios.list_workspaces())
    with st.sidebar, errors.shown():
        names = look.tell_apart({workspace.id: workspace.name for workspace in workspaces})
        st.session_state[frame.LISTED] = {workspace.id: workspace for workspace in workspaces}
        current = state.recall(state.WORKSPACE)
        if names:
            chosen = st.selectbox(
                "Werkruimte",
                list(names),
                index=list(names).index(current) if current in names else None,
                format_func=lambda workspace_id: names[workspace_id],
                placeholder="Kies een werkruimte",
                key=f"zijbalk_werkruimte_{current}_{len(names)}",
            )
            if chosen and chosen != current:
                frame.enter(chosen)
                st.rerun()
        st.date_input("Peildatum van de regels", value=today(), format="DD-MM-YYYY", key=state.DAY, persist_state="session")
        duo.choose_party()
        if account.person() is None:
            st.text_input(
                "Naam bij antwoorden",
                key=state.AUTHOR,
                placeholder=state.DEFAULT_AUTHOR,
                max_chars=80,
                persist_state="session",
                help="Deze naam komt bij elk antwoord te staan. Geen namen van bewoners.",
            )
        account.draw_block()
        if st.toggle("Projector: grote letters", key="projector", persist_state="session"):
            st.html(f"<style>{PROJECTOR}</style>")
        st.caption(f"Normenset {cache.rules(frame.day()).fingerprint}")
