"""Programma: the target curve, the funnel, milestones per project, what fills a gap, and duos side by side."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import outcome, programme, programme_duos, programme_forms, programme_gaps, programme_projects
from quickscan.ui.building import sentence
from quickscan.ui.frame import open_page
from quickscan.ui.widetable import wide_table

QUIET = {"displayModeBar": False}

desk = open_page("Programma", heading=False)
office = programme.open_office(desk)
handed = programme_forms.HANDED_OVER in st.session_state

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Programma", anchor=False, width="content")
    if office.may_change:
        with st.container(horizontal=True, width="content"):
            with st.popover("Doel", icon=":material/flag:"):
                programme_forms.draw_target(office)
            if not handed:
                with st.popover("Nieuw project", icon=":material/add:"):
                    programme_forms.draw_new(office)
outcome.show()
sentence(programme.summary(office))
if handed and office.may_change:
    with st.container(border=True, key="nieuw_project"):
        st.subheader("Nieuw project", anchor=False)
        programme_forms.draw_new(office)

if office.plan.target is not None or office.plan.projects:
    st.subheader("Doellijn", anchor=False)
    st.plotly_chart(programme.curve_figure(office), config=QUIET, alt=programme.summary(office), key="doellijn")
    with st.popover("Lees als tabel", type="tertiary", icon=":material/notes:"):
        st.html(wide_table(programme.curve_rows(office), label="De doellijn per jaar"))

if office.plan.projects:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Van idee naar oplevering", anchor=False)
        words = programme.phase_words(office)
        st.plotly_chart(programme.phase_figure(office), config=QUIET, alt=words, key="trechter")
        st.caption(words)
    with right:
        st.subheader("Opleveringen per kwartaal", anchor=False)
        words = programme.quarter_words(office)
        st.plotly_chart(programme.quarter_figure(office), config=QUIET, alt=words, key="kwartalen")
        with st.popover("Lees als tekst", type="tertiary", icon=":material/notes:"):
            st.markdown(words)

    st.subheader("Projecten en mijlpalen", anchor=False)
    st.html(programme_projects.table_html(office))
    chosen = programme_projects.choose_project(office)
    if chosen is not None:
        programme_projects.draw_project(office, chosen)

if office.plan.target is not None or office.plan.projects:
    programme_gaps.draw_gaps(office)
programme_duos.draw_duos(office)
