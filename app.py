"""Quickscan optoppen: the frame around all pages. Start it with `make app` or `python -m quickscan app`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from quickscan.ui import account, cache, navigation, outcome, sidebar, state

ASSETS = Path(__file__).parent / "assets"

st.set_page_config(
    page_title="Quickscan optoppen",
    page_icon=str(ASSETS / "icoon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed",
)
st.logo(str(ASSETS / "logo.svg"), size="large")
st.html(ASSETS / "stijl.css")

is_open = account.enter()  # the gate: nothing of a page runs for somebody who is not known
page = st.navigation(navigation.make_pages(), position="top" if is_open else "hidden")
if is_open:
    sidebar.draw()
    outcome.arrive(page.url_path, state.recall(state.WORKSPACE), state.recall(state.BUILDING))
    page.run()
    cache.prepare_demo()
else:
    account.draw_door()
