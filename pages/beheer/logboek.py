"""Logboek: who changed what, from what to what, why and when; to filter and to take along."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import cache, errors, logbook
from quickscan.ui.frame import open_page

desk = open_page("Logboek")
st.markdown(
    "Elke wijziging in deze werkruimte, de nieuwste bovenaan. De database weigert om een regel te wijzigen of weg te halen."
)
names = cache.names(desk.portfolio)
with errors.shown():
    lines = logbook.read(desk, names)
logbook.draw(logbook.rows(lines, names, desk.rules))
