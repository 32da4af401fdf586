"""Planning: when the first tenant moves in, what holds it up, and what happens when the start or the way of working changes."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.schedule.story import tell_plan
from quickscan.ui import building, cache, charts, errors, look, planning, state
from quickscan.ui.frame import choose_building, open_page

desk = open_page("Planning", heading=False)
with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, cache.in_reach(desk.portfolio, desk.rules))
    building.share()
state.remember(state.BUILDING, pand_id)
with errors.shown():
    planned = cache.planned(desk.portfolio, desk.rules, pand_id)
today = desk.rules.day
setting = charts.Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)

st.title(f"Planning {look.plain(planned.name)}", anchor=False)
building.sentence(tell_plan(planned.plan, desk.rules))
planning.milestones(planned)
left, right = st.columns([6, 5], gap="large")
with left, st.container(gap="xsmall"):
    planning.holdups(desk, planned)
with right, st.container(gap="xsmall"):
    planning.this_month(planned, today)

left, right = st.columns([3, 9], gap="large")
with left, st.container(gap="small", key="planknoppen"):
    planning.knobs(desk, planned, today)
    planning.said(planned)
with right, st.container(gap="small"):
    planning.both_plans(desk, planned, setting, today)
    planning.wish(planned)

left, right = st.columns(2, gap="large")
with left:
    planning.swings(planned, setting)
with right:
    planning.threats(desk, planned)
    planning.subsidies(desk, planned, today)
planning.how(desk, planned)
