"""Voorbeelden: real projects as a gallery, and what they say about our estimate."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import errors, gallery
from quickscan.ui.frame import open_page

desk = open_page("Voorbeelden", needs_workspace=False)

with errors.shown():
    projects, backtest = gallery.fetch(desk.rules)

st.markdown("Gebouwen waar echt woningen bij kwamen, of waar dat plan er ligt. Bij elk project staat waar het vandaan komt.")
gallery.draw_backtest(backtest)

with st.container(horizontal=True):
    methods = st.pills(
        "Manier",
        list(gallery.METHODS),
        selection_mode="multi",
        format_func=lambda method: gallery.METHODS[method][0],
        key="voorbeelden_manier",
        wrap=True,
        bind="query-params",
    )
    countries = st.pills(
        "Land", gallery.lands(projects), selection_mode="multi", key="voorbeelden_land", wrap=True, bind="query-params"
    )
shown = gallery.pick(projects, methods, countries)
st.caption(f"{len(shown)} van {len(projects)} projecten")
if not shown:
    st.info("Geen project past bij deze keuze. Kies een andere manier of een ander land.", icon=":material/search_off:")
gallery.draw_cards(shown)
