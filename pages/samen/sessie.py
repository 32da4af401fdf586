"""Sessie: a workshop in which everybody answers on a phone and looks at the same building on the wall."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.ui import account, errors, session, session_desk, session_door, session_phone, session_report, state
from quickscan.ui.frame import open_page

desk = open_page("Sessie", needs_workspace=False, heading=False)
with errors.shown():
    room = session.find_room(desk)
asked = st.session_state.get(session.REPORT)

if asked and desk.workspace is not None:
    session_report.draw(session.Room(desk.services.sessions, desk.portfolio.id, asked, desk.author, None))
elif room is None:
    session_door.draw_door(desk)
elif room.is_over():
    session_report.draw(room)
elif room.seat is not None and room.seat.party is not None:
    session_phone.draw(room, room.seat)
elif room.seat is not None:
    session_phone.watch(room, room.seat)
elif state.recall(session.CODE) or not account.may(Right.LEAD):
    session_door.draw_joining(room)
else:
    session_desk.draw(room)
