"""Business case: one building from investment to onrendabele top, live, with every number open to its source."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import businesscase, cache, charts, errors, look, outcome, parking_norms, state
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import businesscase_figures as figures
from quickscan.ui import businesscase_paper as paper
from quickscan.ui import businesscase_parking as parking
from quickscan.ui import businesscase_rent as rent
from quickscan.ui import businesscase_subsidies as subsidies
from quickscan.ui import businesscase_tables as tables
from quickscan.ui import businesscase_works as works
from quickscan.ui.building import sentence
from quickscan.ui.businesscase_fields import Table
from quickscan.ui.frame import choose_building, open_page

desk = open_page("Business case", heading=False)
with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, cache.in_reach(desk.portfolio, desk.rules))
    with errors.shown():
        building = desk.services.scans.look(desk.portfolio.id, pand_id, desk.rules)
        scan = businesscase.choose_subject(desk, building, cache.complex_codes(desk.portfolio).get(pand_id))
        number = st.session_state.get(f"{fields.NUMBER}{scan.pand_id}")
        worked = desk.services.finance.look(desk.portfolio.id, scan, desk.rules, number=number)
    table = Table(desk, scan, businesscase.as_seen(worked), rent.count(desk, worked))
    businesscase.choose_case(table)
    businesscase.manage_case(table)
    with st.popover("Neem mee", icon=":material/download:"):
        businesscase.offer_files(table)
state.remember(state.BUILDING, pand_id)
businesscase.keep_in_step(table)

result = worked.result
with st.container(horizontal=True, vertical_alignment="center", key="kop"):
    st.title(f"Business case {look.plain(scan.name)}", anchor=False, width="content")
    if result is not None:
        st.html(businesscase.verdict(result, desk.rules), width="content")
outcome.show()
businesscase.say_closed(worked)
if result is None:
    businesscase.incomplete(worked)
    fields.drawer(table)
    st.stop()

setting = charts.Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
sentence(businesscase.sentence(worked, result, scan.name))
businesscase.members(scan, cache.in_reach(desk.portfolio, desk.rules))
left, right = st.columns([5, 6], gap="large")
with left, st.container(gap="small", key="knoppen"):
    st.subheader("Draai aan de knoppen", anchor=False)
    businesscase.knobs(table, desk.rules)
    if fields.SAVED in st.session_state and worked.saved.version:
        st.caption(f":material/check: Bewaard {st.session_state[fields.SAVED]}.")
with right, st.container(gap="small"):
    businesscase.figures(result)
    businesscase.chart(
        "spreiding",
        "Hoe zeker is dat?",
        figures.distribution(result, setting),
        figures.distribution_words(result),
        "Getrokken uit de banden van elk onzeker getal; kosten bewegen samen. Woningen en vertraging komen uit de scan.",
    )
st.caption(businesscase.about(worked))
businesscase.jump()
for remark in result.remarks:
    st.info(look.plain(remark), icon=":material/info:")

businesscase.makeup(result, setting)
left, right = st.columns(2, gap="large")
with left:
    rate = table.values["parameters.disconteringsvoet"]
    businesscase.chart(
        "kasstroom",
        "Kasstroom door de jaren",
        figures.cash_flow(result, rate, setting),
        figures.cash_flow_words(result, rate),
        "Wat de nieuwe woningen dragen, met hun deel van lift en verduurzaming.",
    )
with right:
    tables.scenarios(result)
tables.sensitivity(result)
tables.alternatives(result)
tables.compare_cases(table)
subsidies.subsidies(table)
left, right = st.columns(2, gap="large")
with left:
    rent.draw(table)
with right:
    works.draw(table)
norms = desk.services.parking.read(desk.portfolio.id)
parking.balance(table)
with st.container(key="invullen"):
    parking.fill_in(table, norms)
    parking_norms.draw(desk, norms)
    fields.drawer(table)
paper.assumptions(table)
