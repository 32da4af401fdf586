"""Strategie: five routes per complex, families that can be built as a series, and homes per buurt."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.ui import account, areas, cache, charts, errors, families, financial, programme_forms, routes, state
from quickscan.ui.building import sentence
from quickscan.ui.frame import Desk, open_page

PARTS = ("Vijf routes", "Families", "Gebieden")


def draw_routes(desk: Desk) -> None:
    """Draw all complexes, and the one that was picked as five cards."""
    found = cache.complexes(desk.portfolio, desk.rules)
    if found.table.empty:
        st.info("Er is geen complex binnen bereik.", icon=":material/info:")
        return
    chosen = routes.draw_overview(found, key=f"complexen_{desk.portfolio.id}")
    st.caption("Kies een rij om dat complex hieronder te zien. Zonder complexcode staat een gebouw op zichzelf.")
    sentence(routes.sentence(found.table.iloc[chosen]))
    st.html(routes.cards_html(found, chosen))
    routes.draw_sources(found, chosen)
    routes.draw_adaptability(found, chosen)


def draw_families(desk: Desk) -> None:
    """Draw the families on the map and in the table, and the one that was picked."""
    features = families.choose_features()
    found = cache.families(desk.portfolio, desk.rules, features)
    sentence(families.summary(found))
    if found.table.empty:
        return
    families.draw_map(desk, features, found)
    st.subheader("Alle families", anchor=False)
    place = families.draw_table(found.table, key=f"familietabel_{desk.portfolio.id}")
    if found.taken_over:
        st.caption(
            f"Bij {found.taken_over} gegevens nam een gebouw de ontsluiting of het bouwsysteem over van de rest van zijn complex."
        )
    members = families.draw_members(desk, found, place or 0)
    able = len(members) > 0 and account.may(Right.LEAD)
    if able and st.button("Maak hier een project van", icon=":material/add:"):
        st.session_state[programme_forms.HANDED_OVER] = (f"Serie {found.table['naam'].iloc[place or 0]}"[:80], tuple(members))
        state.go("pages/werk/programma.py")


def draw_areas(desk: Desk) -> None:
    """Draw homes, tekort and verdicts per buurt, and what else could carry homes."""
    money = financial.work_out(desk)
    with errors.shown():
        table = desk.services.strategy.areas(desk.portfolio.id, desk.screened(), desk.rules, money=money)
    sentence(areas.summary(table))
    if table.empty:
        return
    setting = charts.Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
    words = areas.verdict_words(table)
    st.subheader("Oordelen per buurt", anchor=False)
    st.plotly_chart(areas.verdict_figure(table, setting), config={"displayModeBar": False}, alt=words)
    with st.popover("Lees als tekst", type="tertiary", icon=":material/notes:"):
        st.markdown(words)
    st.subheader("Woningen en tekort", anchor=False)
    areas.draw_table(table)
    areas.draw_grounds(table, desk.rules)


desk = open_page("Strategie")
part = st.segmented_control(
    "Onderdeel", PARTS, default=PARTS[0], required=True, key="deel", bind="query-params", label_visibility="collapsed"
)
{PARTS[0]: draw_routes, PARTS[1]: draw_families, PARTS[2]: draw_areas}[str(part)](desk)
