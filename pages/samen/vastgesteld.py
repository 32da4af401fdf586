"""Vastgesteld: lay down one building or all of them as they are now, look back, prove the numbers, and compare with now."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import cache, errors, look, settled, since, state
from quickscan.ui.frame import open_page

desk = open_page("Vastgesteld")
names = cache.names(desk.portfolio)

left, right = st.columns([2, 3], gap="large")
with left:
    st.markdown(
        "Een vaststelling verandert nooit meer. Zij houdt kenmerken, antwoorden, regels en uitkomsten van dat moment vast."
    )
    settled.settle_form(desk, cache.in_reach(desk.portfolio, desk.rules), state.recall(state.BUILDING))
with errors.shown():
    records = desk.services.snapshots.history(desk.portfolio.id)
with right:
    if not records:
        st.info("Er is in deze werkruimte nog niets vastgesteld.", icon=":material/verified:")
        st.stop()
    record = settled.choose(records, names)

settled.heading(record, names)
settled.proof(desk, record, names)
views = ["Zoals het was", "Vergelijk met nu"]
view = st.segmented_control("Bekijk", views, default=views[0], required=True, key="vast_beeld", label_visibility="collapsed")
with errors.shown():
    if view == views[1]:
        since.draw(settled.compare(desk, record), names, desk.rules)
        st.stop()
    pand_id = record.pand_id
    if pand_id is None:
        whole = desk.services.snapshots.read(desk.portfolio.id, record.number)
        listed = since.results_of_all(whole, names)
        told = look.tell_apart({each: names.get(each, each) for each in listed})
        pand_id = st.selectbox("Eén gebouw van dichtbij", listed, format_func=told.__getitem__, key="vast_open")
    since.then(desk.services.snapshots.look(desk.portfolio.id, record.number, pand_id))
