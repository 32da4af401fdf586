"""Leren: real projects with a map and numbers, those that are like one building, and what evaluations taught."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import cache, errors, gallery, lessons, places
from quickscan.ui.frame import Desk, choose_building, open_page

PARTS = ("Projecten", "Lijkt op dit gebouw", "Evaluaties")


def draw_projects(desk: Desk) -> None:
    """Draw all projects, with the back-test, the map and a card each."""
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
        return
    places.draw_map(shown)
    gallery.draw_cards(shown)


def draw_alike(desk: Desk) -> None:
    """Draw the projects that are like one building of the workspace."""
    if desk.workspace is None:
        st.info("Kies eerst een werkruimte, in de zijbalk of bij Start.", icon=":material/folder_open:")
        return
    pand_id = choose_building(desk, cache.in_reach(desk.portfolio, desk.rules))
    with errors.shown():
        scan = desk.services.scans.look(desk.portfolio.id, pand_id, desk.rules)
        projects, _ = gallery.fetch(desk.rules)
    lessons.draw_alike(projects, scan, desk.rules)


def draw_evaluations(desk: Desk) -> None:
    """Draw what was learned so far, and the four questions of a project of this workspace."""
    with errors.shown():
        found = desk.services.programme.lessons()
    lessons.draw_lessons(found)
    if desk.workspace is not None:
        lessons.draw_questions(desk)


desk = open_page("Leren", needs_workspace=False)
part = st.segmented_control(
    "Onderdeel",
    PARTS,
    default=None if "leren_deel" in st.session_state else PARTS[0],  # choosing a building runs this page twice
    required=True,
    key="leren_deel",
    bind="query-params",
    label_visibility="collapsed",
)
{PARTS[0]: draw_projects, PARTS[1]: draw_alike, PARTS[2]: draw_evaluations}[str(part)](desk)
