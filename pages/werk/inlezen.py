"""Inlezen: files become a workspace or fill one up. Nothing is kept before the preview was seen and confirmed."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.ui import account, errors, finding, frame, imported, intake, preview, tray

desk = frame.open_page("Gebouwen inlezen", needs_workspace=False)
if not (account.may(Right.LEAD) or account.may(Right.MAKE)):
    st.info("Je kijkt hier mee. Een regisseur of beheerder leest gebouwen in.", icon=":material/visibility:")
    imported.history(desk)
    st.stop()
record = st.session_state.get(imported.DONE)
place = st.container()
left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown("Kies één of meer bestanden: een lijst van de eigenaar, panden uit de BAG, of iets dat die aanvult.")
    with errors.shown():
        held = intake.choose(desk)
if not held.files and held.found is None:  # other ways to begin
    with right:
        with st.container(border=True):
            intake.offer_templates()
        with st.container(border=True):
            finding.offer(held)

if held.files or held.found is not None:
    st.session_state.pop(imported.DONE, None)
    if held.under_way(desk) is not None:
        with place:
            intake.steps(0)
        intake.waiting(desk, held)
        st.stop()
    st.subheader("Dit is gelezen", anchor=False)
    for sent in held.files.values():
        with st.container(border=True):
            intake.recognised(held, sent, desk.rules)
            preview.faults(sent)
    finding.found(held)
    with errors.shown():
        made = held.plan(desk)
    with place:
        intake.steps(2 if made is None else 3)
    if made is not None:
        st.subheader("Dit gaat er gebeuren", anchor=False)
        with errors.shown():
            chosen = preview.plan(made, desk)
            kept = preview.confirm(desk, held, made, chosen)
        if kept is not None:
            st.session_state[imported.DONE] = kept
            tray.empty()
            frame.enter(kept.workspace_id)
            st.rerun()
elif record is not None:
    with place:
        intake.steps(4)
    imported.finished(record)
else:
    with place:
        intake.steps(0)
    intake.before()
imported.history(desk)
