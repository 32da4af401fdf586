"""Inlezen: a file becomes a workspace, or a list of what has to be mended. All or nothing."""

from __future__ import annotations

import streamlit as st

from quickscan.ui import errors, frame, intake, state

desk = frame.open_page("Eigen gebouwen inlezen", needs_workspace=False)
left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown("Kies een bestand: onze invullijst (Excel of CSV), of panden uit de BAG (GeoPackage of GeoJSON).")
    upload = st.file_uploader("Bestand", type=["xlsx", "csv", "gpkg", "geojson", "json"], label_visibility="collapsed")
with right, st.container(border=True):
    intake.offer_templates()

if upload is None:
    intake.before()
else:
    with errors.shown(), st.spinner("Het bestand wordt gecontroleerd …"):
        outcome = intake.checked(desk, upload)
    intake.summary(outcome, upload.name)
    if outcome.errors:
        intake.show_faults(outcome, upload.name)
    else:
        name = st.text_input("Naam van de werkruimte", value=upload.name.rsplit(".", 1)[0], max_chars=120)
        if st.button("Neem over", type="primary", icon=":material/check:"):
            with errors.shown(), st.spinner("De gebouwen worden bewaard …"):
                workspace = desk.services.portfolios.create(outcome, name=name, author=desk.author)
            frame.enter(workspace.id)
            state.go("pages/scan/portefeuille.py")
    intake.show_mapping(outcome)
