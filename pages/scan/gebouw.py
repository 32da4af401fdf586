"""Gebouw: the whole result of one building on one page, every figure open to its source."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.answers import Party
from quickscan.domain.story import tell
from quickscan.domain.terms import ASPECTEN
from quickscan.ui import building, cache, errors, forms, history, look, numbers, outcome, planning, scorecard, state
from quickscan.ui.frame import choose_building, choose_interventie, open_page

desk = open_page("Gebouw", heading=False)
with st.container(key="gebouwkeuze", horizontal=True, vertical_alignment="center", gap="small"):
    with st.container(key="gebouwnaam", width=420):
        pand_id = choose_building(desk, cache.in_reach(desk.portfolio, desk.rules))
    interventie = choose_interventie()
    building.share()

with errors.shown():
    scan = desk.services.scans.look(desk.portfolio.id, pand_id, desk.rules)
result = scan.results[interventie]
state.remember(state.BUILDING, pand_id)

with st.container(horizontal=True, vertical_alignment="center"):
    st.title(look.plain(scan.name), anchor=False, width="content")
    st.html(look.chip(look.OORDEEL[result.oordeel]), width="content")
outcome.show()
building.sentence(tell(result))
building.out_of_reach(desk, scan)
left, middle, right = st.columns([4, 4, 3], gap="medium")
with left, st.container(gap="xsmall"):
    st.subheader("Score", anchor=False)
    building.score(result, desk.rules)
with middle, st.container(gap="xsmall"):
    st.subheader("Woningen", anchor=False)
    building.homes(scan, desk.rules)
    building.picture(desk, scan, result)
with right, st.container(gap="small"):
    building.small_map(desk, scan, result)
    if st.button("Verder met de quick scan", type="primary", icon=":material/checklist:", width="stretch"):
        state.go("pages/scan/quickscan.py")

left, right = st.columns(2, gap="large")
with left, st.container(gap="xsmall"):
    building.obstacles(result, desk.rules)
with right, st.container(gap="xsmall"):
    building.pace(result, desk.rules)
    building.next_questions(result)

with errors.shown():
    planning.short(desk, cache.planned(desk.portfolio, desk.rules, pand_id))

st.subheader("Waarom deze score", anchor=False)
st.caption("Elke regel opent naar antwoord, punten, gewicht, bron en wie het zei.")
aspect = st.pills(
    "Aspect",
    [str(name) for name in ASPECTEN],
    default=str(result.weakest),
    required=True,
    format_func=lambda name: look.ASPECT_NAMES[name],
    key=f"aspect_{pand_id}",
    label_visibility="collapsed",
)
with st.container(gap="xsmall"):
    for line in (line for line in result.lines if line.active.criterion.aspect == aspect):
        choice = line.choice.label if line.choice else "nog niet bekend"
        points = numbers.decimal(line.band.likely) if line.choice else numbers.span(line.band.low, line.band.high)
        icon = ":material/check_circle:" if line.choice else ":material/radio_button_unchecked:"
        with st.expander(f"**{line.active.criterion.naam}** · {choice} · {points} van 100", icon=icon):
            scorecard.why(line, desk.rules)
            if line.answer is not None:
                history.open_button(desk, pand_id, line.active, Party.SAMEN)
            st.page_link("pages/beheer/regels.py", label="Lees de regel", query_params={"criterium": line.active.id})

st.subheader("Kenmerken en hun bron", anchor=False)
building.facts_table(scan)
with st.expander("Kenmerken aanvullen of verbeteren", icon=":material/edit:"):
    forms.fact_forms(desk, scan)
