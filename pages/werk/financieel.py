"""Portefeuille-financieel: what every building lacks, and which set of buildings fits a budget best."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import charts, financial, state, tables
from quickscan.ui.building import sentence
from quickscan.ui.businesscase import chart
from quickscan.ui.frame import open_page

desk = open_page("Portefeuille-financieel")
table = financial.work_out(desk)
if table.empty:
    st.info("Van geen enkel gebouw is bekend hoeveel woningen erop passen. Vul eerst kenmerken in.", icon=":material/info:")
    st.stop()

setting = charts.Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
sentence(financial.summary(table))
left, right = st.columns([2, 3], gap="large")
with left:
    st.subheader("Budgetlijn", anchor=False)
    budget = financial.choose_budget(table)
    choice = financial.choose_set(table, budget)
    words = financial.choice_words(table, choice, budget)
    st.markdown(words)
    st.caption(
        "Het tekort is in euro van nu en zonder subsidie: dat is wat een subsidie, de gemeente of de corporatie moet bijleggen. "
        "Zonder eigen case geldt de normenset, zonder vertraging, lift of verduurzaming; dan is elke woning even duur."
    )
with right:
    chart("budget", "Woningen per euro", financial.budget_figure(table, choice, budget, setting), words)

st.subheader("De gebouwen", anchor=False)
rows = financial.rows(table, choice)
picked = financial.draw_table(rows, key=f"financieel_{desk.portfolio.id}")
with st.container(horizontal=True):
    if st.button("Open business case", type="primary", icon=":material/euro:", disabled=picked is None):
        state.remember(state.BUILDING, picked)
        state.go("pages/werk/businesscase.py")
    st.download_button(
        "Als CSV",
        data=lambda: tables.export_rows(rows),
        file_name="quickscan-financieel.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
st.caption("Kies een rij om de business case van dat gebouw te openen. Klik op een kop om te sorteren.")
