"""All pages, in the groups of the navigation. A page keeps its address when it moves to another group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from quickscan.ui import account

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

_GROUPS: dict[str, tuple[tuple[str, str, str], ...]] = {  # group → (script, title, icon); the address is the script's name
    "Scan": (
        ("scan/portefeuille", "Portefeuille", "view_list"),
        ("scan/kaart", "Kaart", "map"),
        ("scan/quickscan", "Quick scan", "checklist"),
        ("scan/gebouw", "Gebouw", "apartment"),
        ("scan/vergelijken", "Vergelijken", "compare_arrows"),
    ),
    "Samen": (
        ("scan/verschillen", "Verschillen", "balance"),
        ("samen/sessie", "Sessie", "groups"),
        ("samen/vastgesteld", "Vastgesteld", "verified"),
    ),
    "Geld": (
        ("werk/businesscase", "Business case", "euro"),
        ("werk/financieel", "Financieel", "savings"),
    ),
    "Plan": (
        ("werk/planning", "Planning", "calendar_month"),
        ("werk/acties", "Acties", "task_alt"),
        ("werk/strategie", "Strategie", "hub"),
        ("werk/programma", "Programma", "timeline"),
    ),
    "Gegevens": (
        ("werk/inlezen", "Inlezen", "upload_file"),
        ("beheer/regels", "Regels", "menu_book"),
        ("scan/leren", "Leren", "school"),
        ("beheer/logboek", "Logboek", "receipt_long"),
    ),
}
_MADE = "_bladen"
_MEMBERS = ("beheer/leden", "Leden", "group")  # only where people log in


def make_pages() -> dict[str, list[StreamlitPage]]:
    """Return the pages by group, as st.navigation wants them; made once per visit, for it looks up twenty files."""
    made: dict[str, list[StreamlitPage]] | None = st.session_state.get(_MADE)
    if made is None:
        made = st.session_state[_MADE] = _make_pages()
    return made


def _make_pages() -> dict[str, list[StreamlitPage]]:
    pages = {"": [st.Page("pages/scan/start.py", title="Start", icon=":material/home:", default=True)]}
    for group, rows in _GROUPS.items():
        pages[group] = _make_rows((*rows, _MEMBERS) if group == "Samen" and account.is_shared() else rows)
    # The old address of Leren, in links that people kept.
    pages["Gegevens"].append(st.Page("pages/scan/leren.py", title="Voorbeelden", url_path="voorbeelden", visibility="hidden"))
    return pages


def _make_rows(rows: Sequence[tuple[str, str, str]]) -> list[StreamlitPage]:
    return [
        st.Page(f"pages/{script}.py", title=title, icon=f":material/{icon}:", url_path=script.split("/")[1])
        for script, title, icon in rows
    ]
