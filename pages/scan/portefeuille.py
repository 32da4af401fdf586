"""Portefeuille: the funnel, the ranked table with bands, and where the scores lie."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.terms import OORDELEN, VOORSELECTIES, Voorselectie
from quickscan.ui import charts, filters, frame, look, numbers, state, tables

desk = frame.open_page("Portefeuille", heading=False)
table = desk.screened()
stages = charts.funnel(table)
begun = bool((table["antwoorden"] > 0).any())

head, action = st.columns([4, 1], vertical_alignment="bottom")
head.title(desk.portfolio.name, anchor=False)
with action:
    st.download_button(
        "Neem mee als CSV",
        data=lambda: tables.export_rows(table),
        file_name="quickscan-portefeuille.csv",
        mime="text/csv",
        icon=":material/download:",
        width="stretch",
    )

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Van alle panden naar kansrijk", anchor=False)
    st.plotly_chart(charts.funnel_figure(stages), config={"displayModeBar": False}, alt=charts.funnel_words(stages))
    low = desk.rules.parameter("voorselectie.trechter_laag").likely
    high = desk.rules.parameter("voorselectie.trechter_hoog").likely
    st.caption(
        f"Elders bleef {numbers.whole(low)} tot {numbers.whole(high)} % van de kandidaten over na een echte toets. "
        f"Bron: {desk.rules.parameter('voorselectie.trechter_laag').value.bron}."
    )
with right:
    scored = table[table["voorselectie"].astype(str).isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)])]
    st.subheader("Waar de gebouwen staan", anchor=False)
    words = charts.verdict_words(scored)
    st.plotly_chart(charts.spread_figure(scored, begun=begun), config={"displayModeBar": False}, alt=words)
    st.caption(words)

st.subheader("De gebouwen", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    outcomes = st.pills(
        "Voorselectie",
        [str(o) for o in VOORSELECTIES],
        selection_mode="multi",
        default=[str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)],
        format_func=lambda o: look.VOORSELECTIE[o].label,
        key="voorselectie",
        bind="query-params",
    )
    verdicts = st.pills(
        "Oordeel",
        [str(o) for o in OORDELEN],
        selection_mode="multi",
        format_func=lambda o: look.OORDEEL[o].label,
        key="oordeel",
        bind="query-params",
    )
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    search = st.text_input("Zoek", placeholder="naam, straat of pand-id", key="zoek", bind="query-params", width=320)
    least = st.number_input("Woningen vanaf", min_value=0, value=0, step=1, key="vanaf", bind="query-params", width=160)

chosen = filters.narrow(table, outcomes=outcomes, verdicts=verdicts, search=search, least=float(least))
rows = tables.portfolio_rows(chosen.head(tables.MOST_ROWS), desk.rules)
homes = numbers.whole(chosen["woningen"].sum())
st.markdown(f"**{numbers.whole(len(chosen))}** gebouwen, samen waarschijnlijk **{homes}** woningen op het dak.")
if len(chosen) > tables.MOST_ROWS:
    st.caption(f"De tabel toont de eerste {numbers.whole(tables.MOST_ROWS)}; verfijn de keuze om de rest te zien.")
picked = tables.portfolio_table(rows, key=f"portefeuille_{desk.portfolio.id}", begun=begun)
ids = [str(chosen["pand_id"].iloc[place]) for place in picked if place < len(chosen)]

with st.container(horizontal=True):
    if st.button("Start quick scan", type="primary", icon=":material/checklist:", disabled=len(ids) != 1):
        state.remember(state.BUILDING, ids[0])
        state.go("pages/scan/quickscan.py")
    if st.button("Open gebouw", icon=":material/apartment:", disabled=len(ids) != 1):
        state.remember(state.BUILDING, ids[0])
        state.go("pages/scan/gebouw.py")
    if st.button("Vergelijk", icon=":material/compare_arrows:", disabled=not filters.can_compare(ids)):
        st.session_state["_vergelijk"] = ids
        state.go("pages/scan/vergelijken.py")
    if st.button("Bekijk op de kaart", icon=":material/map:"):
        state.go("pages/scan/kaart.py")
st.caption("Kies één rij voor een quick scan, of twee tot vijf rijen om te vergelijken.")
