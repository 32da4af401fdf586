"""Start: what this is, the two obvious things to do, and where somebody left off."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.ui import account, frame, hero, state

desk = frame.open_page("Quickscan optoppen", needs_workspace=False, heading=False)
left, right = st.columns(2, gap="large", vertical_alignment="center")
with left:
    st.title("Passen er woningen op, tegen of onder dit gebouw?", anchor=False)
    st.markdown(
        "De quick scan optoppen laat gemeente en corporatie samen zien **hoeveel woningen** erbij kunnen, "
        "**hoe haalbaar** dat is en **wat er eerst moet gebeuren**. Onbekend blijft zichtbaar onbekend."
    )
    if account.may(Right.MAKE):
        with st.container(key="begin", horizontal=True):
            if st.button("Bekijk de voorbeeldwijk", type="primary", icon=":material/holiday_village:"):
                with st.spinner("De voorbeeldwijk wordt gebouwd …"):
                    demo = desk.services.portfolios.open_demo(desk.rules, author="voorbeeld")
                frame.enter(demo.id)
                state.go("pages/scan/portefeuille.py")
            if st.button("Begin met eigen gebouwen", icon=":material/upload_file:"):
                state.go("pages/werk/inlezen.py")
with right, st.container(key="held"):
    hero.draw(desk.rules)

workspaces = desk.services.portfolios.list_workspaces()
if workspaces:
    st.subheader("Verder waar het gebleven was", anchor=False)
    hero.resume(workspaces)

st.subheader("Zo werkt het", anchor=False)
hero.steps()
