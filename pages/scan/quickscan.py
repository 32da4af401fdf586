"""Quick scan: one building, one question at a time, and a score that moves."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.answers import Party
from quickscan.domain.terms import ASPECTEN, Interventie
from quickscan.ui import cache, duo, errors, forms, look, scorecard, state, walk
from quickscan.ui.frame import Desk, choose_building, choose_interventie, open_page


@st.fragment  # an answer draws this part again, and not the frame around it
def scan_building(desk: Desk, pand_id: str, party: Party, interventie: Interventie) -> None:
    """Draw the score, and beside it the question; saved and scored again at each answer."""
    with errors.shown():
        scan = desk.services.duo.look(desk.portfolio.id, pand_id, desk.rules, of=party, viewer=party, interventies=(interventie,))
        answering = duo.draw_apart(desk, pand_id, interventie)
    result = scan.results[interventie]

    st.html(scorecard.progress_html(result, scan.name))
    with st.container(key="kort"):
        st.html(scorecard.in_short(result))
    left, right = st.columns([5, 3], gap="large")
    with right, st.container(border=True, key="paneel", gap="small"):
        scorecard.live(result, saved=st.session_state.get(forms.SAVED), whose=duo.OWNERS[party])
        st.markdown(f"**Nog {walk.questions_text(result, desk.rules)}**")
        with st.container(horizontal=True):
            if st.button("Bekijk het hele gebouw", icon=":material/apartment:"):
                state.go("pages/scan/gebouw.py")
            st.toggle("Sneltoetsen 0–9", value=True, key="sneltoetsen", persist_state="session")

    with left:
        orders = ["beste", *(str(aspect) for aspect in ASPECTEN), "kenmerken"]
        order = st.pills(
            "Volgorde",
            orders,
            default="beste",
            required=True,
            format_func=lambda name: walk.ORDER_NAMES.get(name) or look.ASPECT_NAMES[name].split("-")[0],
            key="volgorde",
            bind="query-params",
            label_visibility="collapsed",
        )
        walk.saved_line(result)
        if order == "kenmerken":
            st.header("Wat is bekend van het gebouw?", anchor=False)
            forms.fact_forms(desk, scan)
        elif not answering:
            duo.closed()
        else:
            line = walk.current(result, scan, str(order))
            if line is None:
                walk.all_done(desk, result, scan)
            else:
                forms.ask(desk, scan, line, result)
                walk.move_buttons(desk, result, scan, str(order), line)


desk = open_page("Quick scan", heading=False)
reach = cache.in_reach(desk.portfolio, desk.rules)

with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    walk.step_button("Vorige", ":material/arrow_back:", list(reach), -1)
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, reach)
    walk.step_button("Volgende", ":material/arrow_forward:", list(reach), 1)
    interventie = choose_interventie()
party = duo.party()
walk.begin(desk.portfolio.id, pand_id, party)

scan_building(desk, pand_id, party, interventie)
state.remember(state.BUILDING, pand_id)
