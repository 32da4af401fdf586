"""Vergelijken: two to five buildings side by side, differences first, and how firm their order is."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import cache, compare, errors
from quickscan.ui.frame import open_page

desk = open_page("Vergelijken")

with errors.shown():
    interventie = compare.choose_interventie()
    table = desk.screened(interventie)
    chosen = compare.choose_buildings(desk.portfolio, table)
if len(chosen) < compare.FEWEST:
    st.info("Kies minstens twee gebouwen om ze naast elkaar te zien.", icon=":material/compare_arrows:")
    st.stop()

with errors.shown():
    scans = [desk.services.scans.look(desk.portfolio.id, pand_id, desk.rules, interventies=[interventie]) for pand_id in chosen]
    firm = cache.robustness(desk.portfolio, desk.rules, tuple(chosen), interventie)
names = compare.name_apart(scans)
results = [scan.results[interventie] for scan in scans]

for place, column in enumerate(st.columns(len(scans))):
    with column:
        compare.draw_card(scans[place], names[place], interventie)

st.header("Verschillen eerst", anchor=False)
compare.draw_differences(results, names)

st.header("Robuustheid", anchor=False)
compare.draw_robustness(firm, results, names, desk.rules)
