"""Quickscan optoppen: the frame around all pages. Start it with `make app` or `python -m quickscan app`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from quickscan.ui import cache, sidebar

ASSETS = Path(__file__).parent / "assets"

st.set_page_config(
    page_title="Quickscan optoppen",
    page_icon=str(ASSETS / "icoon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed",
)
st.logo(str(ASSETS / "logo.svg"), size="large")
st.html(ASSETS / "stijl.css")

pages = [
    st.Page("pages/scan/start.py", title="Start", icon=":material/home:", default=True),
    st.Page("pages/scan/portefeuille.py", title="Portefeuille", icon=":material/view_list:", url_path="portefeuille"),
    st.Page("pages/scan/kaart.py", title="Kaart", icon=":material/map:", url_path="kaart"),
    st.Page("pages/scan/quickscan.py", title="Quick scan", icon=":material/checklist:", url_path="quickscan"),
    st.Page("pages/scan/verschillen.py", title="Verschillen", icon=":material/balance:", url_path="verschillen"),
    st.Page("pages/samen/sessie.py", title="Sessie", icon=":material/groups:", url_path="sessie"),
    st.Page("pages/scan/gebouw.py", title="Gebouw", icon=":material/apartment:", url_path="gebouw"),
    st.Page("pages/scan/vergelijken.py", title="Vergelijken", icon=":material/compare_arrows:", url_path="vergelijken"),
    st.Page("pages/scan/voorbeelden.py", title="Voorbeelden", icon=":material/photo_library:", url_path="voorbeelden"),
    st.Page("pages/beheer/regels.py", title="Regels", icon=":material/menu_book:", url_path="regels"),
    st.Page("pages/werk/businesscase.py", title="Business case", icon=":material/euro:", url_path="businesscase"),
    st.Page("pages/werk/financieel.py", title="Financieel", icon=":material/savings:", url_path="financieel"),
    st.Page("pages/werk/inlezen.py", title="Inlezen", icon=":material/upload_file:", url_path="inlezen"),
]
page = st.navigation(pages, position="top")
sidebar.draw()
page.run()
cache.prepare_demo()
