"""Looking a building up in the registers, when that is switched on: type, choose, and it goes through the same preview."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.services.lookups import Candidate
from quickscan.ui import cache, errors, look
from quickscan.ui.tray import Tray

CANDIDATES = "_kandidaten"


def offer(held: Tray) -> None:
    """Offer to find one building by address or pand-id; say how to switch it on when it is off."""
    lookups = cache.lookups()
    st.markdown("**Zoek een gebouw op**")
    if not lookups.on:
        st.caption(
            "Opzoeken in de BAG, 3DBAG, EP-Online en bij het CBS staat uit; er gaat niets naar buiten. "
            f"{look.plain(lookups.switch_on)}."
        )
        return
    with st.form("opzoeken", border=False):
        text = st.text_input("Adres, postcode met huisnummer, of pand-id", max_chars=120, placeholder="2591 XW 214")
        if st.form_submit_button("Zoek", icon=":material/search:") and text.strip():
            try:
                st.session_state[CANDIDATES] = tuple(lookups.find(text))
            except QuickscanError as error:
                st.session_state.pop(CANDIDATES, None)
                errors.show(error)
    candidates: tuple[Candidate, ...] = st.session_state.get(CANDIDATES, ())
    if not candidates:
        return
    chosen = st.radio(
        "Welk gebouw?", range(len(candidates)), format_func=lambda place: f"{candidates[place].label} · {_ids(candidates[place])}"
    )
    if st.button("Haal gegevens op", icon=":material/download:"):
        _collect(held, candidates[chosen])


def _ids(candidate: Candidate) -> str:
    return ", ".join(f"…{pand_id[-6:]}" for pand_id in candidate.pand_ids)


def _collect(held: Tray, candidate: Candidate) -> None:
    bar = st.progress(0.0, text="Registers worden gevraagd …")

    def show(done: int, every: int) -> None:
        bar.progress(done / every, text="Registers worden gevraagd …")

    try:
        outcome = cache.lookups().collect(candidate.pand_ids, on_progress=show)
    except QuickscanError as error:
        errors.show(error)
        return
    held.found = outcome
    st.session_state.pop(CANDIDATES, None)
    st.rerun()


def found(held: Tray) -> None:
    """Say which registers answered, and which did not."""
    if held.found is None:
        return
    with st.container(border=True):
        names = ", ".join(look.plain(label) for label, _ in held.found.intakes) or "geen enkel register"
        st.markdown(f":material/travel_explore: **Opgezocht** in {names}")
        for problem in held.found.problems:
            st.warning(look.plain(problem), icon=":material/cloud_off:")
        for note in held.found.notes:
            st.caption(look.plain(note))
        if st.button("Laat dit weg", icon=":material/close:"):
            held.found = None
            st.rerun()
