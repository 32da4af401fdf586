"""The frame of a peer: the same bar of pages, style sheet and sidebar as the app, and no logic, data or database behind it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).resolve().parent.parent / "assets"
PAGES = (
    "Start",
    "Portefeuille",
    "Kaart",
    "Quick scan",
    "Verschillen",
    "Gebouw",
    "Vergelijken",
    "Voorbeelden",
    "Regels",
    "Business case",
)
PAGES += ("Financieel", "Inlezen", "Sessie")
HELP = "**Wat.** Het omgevingsplan noemt voor elke plek een hoogste bouwhoogte. "


@st.cache_resource(show_spinner=False)
def freeze() -> bool:
    """Take the imports out of the garbage collector, as the turns of the real app do; it is spared the turns themselves."""
    import pandas  # noqa: F401, ICN001, PLC0415
    import pyarrow  # noqa: F401, ICN001, PLC0415

    gc.collect()
    gc.freeze()
    return True


def sidebar() -> None:
    """Draw the sidebar's widgets."""
    with st.sidebar:
        st.selectbox("Werkruimte", ["Voorbeeldwijk"], format_func=str, placeholder="Kies een werkruimte", key="werkruimte")
        st.date_input("Peildatum van de regels", format="DD-MM-YYYY", key="peildatum", persist_state="session")
        help_text = HELP[:70]
        parties = ["Samen", "Gemeente", "Corporatie"]
        st.segmented_control(
            "Ik antwoord als",
            parties,
            default=parties[0],
            required=True,
            format_func=str,
            key="als",
            bind="query-params",
            help=help_text,
        )
        st.text_input(
            "Naam bij antwoorden",
            key="naam",
            placeholder="lokale gebruiker",
            max_chars=80,
            help=help_text,
            persist_state="session",
        )
        st.toggle("Projector: grote letters", key="projector", persist_state="session")
        st.caption("Normenset 0123456789ab")


def run(page: Callable[[], None], *, choices: bool = True) -> None:
    """Draw the frame, with or without the sidebar's choices, and the page in it."""
    freeze()
    st.set_page_config(page_title="Peer", page_icon=str(ASSETS / "favicon.png"), layout="wide", initial_sidebar_state="collapsed")
    st.logo(str(ASSETS / "logo.svg"), size="large")
    st.html(ASSETS / "stijl.css")
    pages = [
        st.Page(page, title=name, icon=":material/home:", url_path=name.lower().replace(" ", ""), default=not place)
        for place, name in enumerate(PAGES)
    ]
    chosen = st.navigation(pages, position="top")
    if choices:
        sidebar()
    chosen.run()
