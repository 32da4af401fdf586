"""Leden: who is in the workspace and as what, who is invited, and the way out."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.ui import account, errors, members, organisations
from quickscan.ui.frame import open_page

desk = open_page("Leden", needs_workspace=False)
person = account.person()
if person is None:
    st.info("Op deze computer is er één gebruiker, die alles kan. Leden zijn er op een gedeelde server.", icon=":material/info:")
    st.stop()

if desk.workspace is None or (seat := account.seat(desk.workspace.id)) is None:
    st.write("Kies in de zijbalk een werkruimte om te zien wie erbij kan.")
else:
    members.show_told()
    with errors.shown():
        people = desk.services.members.look(desk.workspace.id, seat)
    left, right = st.columns([3, 2], gap="large")
    with left:
        members.draw_list(desk, people, mine=person.number)
        members.draw_leave(desk, person.number)
    with right:
        if account.may(Right.MANAGE):
            with errors.shown():
                members.draw_invite(desk)
        else:
            members.draw_roles()
organisations.draw(person)
