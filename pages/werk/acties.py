"""Acties: who has to do what and before when, over the portfolio and for one building; taking part, agreeing and roles."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.terms import Interventie
from quickscan.ui import actions, cache, consent, errors, outcome, planning, state
from quickscan.ui.frame import choose_building, open_page

desk = open_page("Acties")
today = desk.rules.day
view = actions.choose_view()
with errors.shown():
    found = cache.board(desk.portfolio, desk.rules)
if view == "bord":
    outcome.show()
    actions.board(desk, found, today)
    st.stop()

with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, cache.in_reach(desk.portfolio, desk.rules))
    actions.to_planning()
state.remember(state.BUILDING, pand_id)
with errors.shown():
    planned = cache.planned(desk.portfolio, desk.rules, pand_id)
outcome.show()
if view == "gebouw":
    actions.of_building(desk, planned, today)
elif view == "checklist":
    actions.checklist(desk, planned, today)
elif view == "agenda":
    actions.agenda(desk, found, planned, today)
else:
    planning.said(planned)
    if view == "rollen":
        consent.tasks(desk, planned, today)
    else:
        with errors.shown():
            scan = desk.services.scans.look(desk.portfolio.id, pand_id, desk.rules, interventies=(Interventie.OPTOPPEN,))
        consent.residents(desk, planned, scan, today)
