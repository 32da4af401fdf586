"""The way into a session: with a code and a name, or by opening one; and the sessions that were."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.answers import Party
from quickscan.domain.sessions import LONGEST_NAME, read_code
from quickscan.ui import account, cache, errors, frame, look, numbers, outcome, session, state
from quickscan.ui.frame import Desk
from quickscan.ui.session import Room

WATCHER = "kijkt"
ROLES = {str(Party.GEMEENTE): "Gemeente", str(Party.CORPORATIE): "Corporatie", WATCHER: "Ik kijk mee"}
MOST_QUESTIONS = 8
PROPOSED = 3  # buildings that are proposed for a new session
IMPORTANT, CHOSEN = "De vragen die ertoe doen", "Zelf gekozen vragen"


def draw_joining(room: Room) -> None:
    """Ask who is there: a name and for whom."""
    with errors.shown():
        board = room.board()
    st.title("Doe mee", anchor=False)
    st.markdown(f"**{look.plain(board.session.title)}** · code {room.code}")
    outcome.show()
    with st.form("meedoen", border=False):
        if account.person() is None:  # who logged in has a name already
            st.text_input(
                "Naam", key="sessie_naam", max_chars=LONGEST_NAME, value=_known_name(), placeholder="Voornaam is genoeg"
            )
        with st.container(key="sessie_rol"):
            st.segmented_control(
                "Ik doe mee voor",
                _roles(room),
                format_func=lambda name: ROLES[name],
                key="sessie_als",
                default=None,
                width="stretch",
            )
        st.form_submit_button("Doe mee", type="primary", icon=":material/login:", width="stretch", on_click=_join, args=(room,))
    st.caption("De naam staat later bij de antwoorden. Tot het onthullen ziet niemand wat een ander zegt.")
    st.button("Andere code", type="tertiary", icon=":material/arrow_back:", on_click=session.step_out)


def draw_door(desk: Desk) -> None:
    """Ask for a code; with a workspace, offer to open a session there too."""
    st.title("Sessie", anchor=False)
    outcome.show()
    with st.container(horizontal=True, vertical_alignment="bottom", key="sessie_code"):
        typed = st.text_input("Code op het scherm", key="sessie_getypt", max_chars=12, placeholder="ABC123", width=220)
        if st.button("Doe mee", icon=":material/login:", type="secondary" if desk.workspace else "primary") and typed.strip():
            outcome.forget()
            state.remember(session.CODE, read_code(typed))
            st.rerun()
    if desk.workspace is None:
        st.write("Wil je zelf een sessie openen? Kies dan eerst een werkruimte op de startpagina.")
        if st.button("Naar de startpagina", icon=":material/home:"):
            state.go(frame.START)
        return
    if account.may(Right.LEAD):
        st.subheader("Open een sessie", anchor=False)
        _opening(desk)
    _earlier(desk)


def _roles(room: Room) -> list[str]:
    """Return what somebody can take part as: on a server that follows from the role."""
    seat = account.seat(room.workspace_id)
    return [name for name in ROLES if seat is None or name == WATCHER or Party(name) in seat.speaks_for]


def _known_name() -> str:
    name = state.author()
    return "" if name == state.DEFAULT_AUTHOR else name


def _join(room: Room) -> None:
    role = st.session_state.get("sessie_als")
    if role not in ROLES:
        outcome.refuse("Kies nog voor wie je meedoet: gemeente, corporatie, of alleen meekijken.")
        return
    party = None if role == WATCHER else Party(str(role))

    def join() -> None:
        name = room.author if account.person() else str(st.session_state.get("sessie_naam", ""))
        seat = room.sessions.join(room.workspace_id, room.code, name=name, party=party)
        state.remember(session.SEAT, seat.key)

    outcome.attempt(join)


def _opening(desk: Desk) -> None:
    names = cache.in_reach(desk.portfolio, desk.rules)
    if not names:
        st.info("In deze werkruimte staat geen gebouw dat binnen bereik is.", icon=":material/info:")
        return
    chosen = st.multiselect(
        "Gebouwen, in de volgorde van de sessie",
        list(names),
        default=list(names)[:PROPOSED],
        format_func=lambda pand_id: frame.name_of(names[pand_id], pand_id),
        key="sessie_gebouwen",
        placeholder="Zoek een gebouw",
        help="De volgorde waarin je kiest is de volgorde van de sessie. In twee uur lukken er ongeveer tien.",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        interventie = frame.choose_interventie()
        which = st.radio("Welke vragen?", (IMPORTANT, CHOSEN), key="sessie_welke", horizontal=True)
    with right:
        title = st.text_input("Naam van de sessie", value="Werksessie", key="sessie_titel", max_chars=LONGEST_NAME)
        most, criteria = MOST_QUESTIONS, []
        if which == IMPORTANT:
            most = int(st.number_input("Vragen per gebouw, hoogstens", 1, 40, MOST_QUESTIONS, key="sessie_hoogstens"))
        else:
            labels = {active.id: active.criterion.naam for active in desk.rules.criteria}
            criteria = st.multiselect("Vragen", list(labels), format_func=lambda name: labels[name], key="sessie_vragen")
    if st.button("Open de sessie", type="primary", icon=":material/groups:", disabled=not chosen):
        with errors.shown():
            desk.services.sessions.open(
                desk.portfolio.id,
                chosen,
                desk.rules,
                interventie=interventie,
                author=desk.author,
                title=title,
                criteria=criteria,
                most=most,
            )
        st.rerun()


def _earlier(desk: Desk) -> None:
    over = [each for each in desk.services.sessions.list_sessions(desk.portfolio.id) if each.ended_at is not None]
    if not over:
        return
    st.subheader("Eerdere sessies", anchor=False)
    for each in over:
        with st.container(horizontal=True, vertical_alignment="center"):
            count = len(each.stops)
            buildings = "1 gebouw" if count == 1 else f"{count} gebouwen"
            st.markdown(f"**{look.plain(each.title)}** · {numbers.moment(each.opened_at)} · {buildings}")
            if st.button("Verslag", key=f"verslag_{each.code}", icon=":material/description:"):
                st.session_state[session.REPORT] = each.code
                st.rerun()
