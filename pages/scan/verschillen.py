"""Verschillen: what gemeente and corporatie said apart, side by side, and what they make of it together."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import cache, differences, duo, errors, state
from quickscan.ui.frame import choose_building, choose_interventie, open_page

desk = open_page("Verschillen")
reach = cache.in_reach(desk.portfolio, desk.rules)

with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, reach)
    interventie = choose_interventie()
state.remember(state.BUILDING, pand_id)

with errors.shown():
    stand = desk.services.duo.stand(desk.portfolio.id, pand_id)
    meeting = None
    if stand.revealed is not None:
        meeting = desk.services.duo.meet(desk.portfolio.id, pand_id, desk.rules, interventie)
if meeting is None:
    duo.draw_waiting(desk, pand_id, interventie, stand)
else:
    differences.draw_scores(meeting)
    differences.draw_tally(desk, pand_id, meeting)
    current = differences.draw_current(desk, pand_id, meeting)
    differences.draw_list(meeting, current)
