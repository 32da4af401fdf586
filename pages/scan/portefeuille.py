"""Portefeuille: the funnel, the ranked table with bands, and where the scores lie."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.terms import OORDELEN, VOORSELECTIES, Voorselectie
from quickscan.ui import charts, filters, frame, look, numbers, state, tables

desk = frame.open_page("Portefeuille", heading=False)
table = desk.screened()
stages = charts.funnel(table)
setting = charts.Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
begun = bool((table["antwoorden"] > 0).any())

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(look.plain(desk.portfolio.name), anchor=False, width="content")
    with st.popover("Neem mee", icon=":material/download:"):
        tables.offer_downloads(desk, table)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Van alle panden naar kansrijk", anchor=False)
    words = charts.funnel_words(stages)
    st.plotly_chart(charts.funnel_figure(stages, setting), config={"displayModeBar": False}, alt=words)
    low = desk.rules.parameter("voorselectie.trechter_laag").likely
    high = desk.rules.parameter("voorselectie.trechter_hoog").likely
    with st.popover("Lees als tekst", type="tertiary", icon=":material/notes:"):
        st.markdown(words)
    st.caption(
        f"Elders bleef {numbers.whole(low)} tot {numbers.whole(high)} % van de kandidaten over na een echte toets. "
        f"Bron: {desk.rules.parameter('voorselectie.trechter_laag').value.bron}."
    )
with right:
    scored = table[table["voorselectie"].astype(str).isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)])]
    st.subheader("Waar de gebouwen staan", anchor=False)
    words = charts.verdict_words(scored)
    figure = charts.spread_figure(scored, setting, begun=begun)
    if figure["data"]:  # Plotly refuses a chart without data
        st.plotly_chart(figure, config={"displayModeBar": False}, alt=words)
        with st.popover("Lees als tekst", type="tertiary", icon=":material/notes:"):
            st.markdown(charts.spread_words(scored))
        st.caption(f"{words} Een grotere stip is meer gebouwen op dezelfde plek.")
    elif scored.empty:
        st.info("Geen enkel gebouw is in beeld. Bij elk gebouw staat hieronder waarom.", icon=":material/info:")
    else:
        st.info("Van geen gebouw is genoeg bekend om het hier te tekenen. Vul eerst kenmerken in.", icon=":material/info:")

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
        wrap=True,
    )
    verdicts = st.pills(
        "Oordeel",
        [str(o) for o in OORDELEN],
        selection_mode="multi",
        format_func=lambda o: look.OORDEEL[o].label,
        key="oordeel",
        bind="query-params",
        wrap=True,
    )
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    search = st.text_input("Zoek", placeholder="naam, straat of pand-id", key="zoek", bind="query-params", width=320)
    least = st.number_input("Woningen vanaf", min_value=0, value=0, step=1, key="vanaf", bind="query-params", width=160)
    every = st.toggle("Alle kolommen", key="kolommen", bind="query-params")

chosen = filters.narrow(table, outcomes=outcomes, verdicts=verdicts, search=search, least=float(least))
rows = tables.portfolio_rows(chosen.head(tables.MOST_ROWS), desk.rules, dark=setting.dark)
homes = numbers.whole(chosen["woningen"].sum())
st.markdown(f"**{numbers.whole(len(chosen))}** gebouwen, samen waarschijnlijk **{homes}** woningen op het dak.")
if len(chosen) > tables.MOST_ROWS:
    st.caption(f"De tabel toont de eerste {numbers.whole(tables.MOST_ROWS)}; verfijn de keuze om de rest te zien.")
if rows.empty:
    st.info("Geen gebouw past bij deze keuze. Zet een filter uit om meer te zien.", icon=":material/filter_alt_off:")
    st.stop()
picked = tables.portfolio_table(rows, key=f"portefeuille_{desk.portfolio.id}", begun=begun, all_columns=every)
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
