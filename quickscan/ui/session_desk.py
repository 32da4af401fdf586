"""The regisseur's screen, for the wall: the building, the figures, the clock, the reveal, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from quickscan.domain.session_summary import of_kind
from quickscan.domain.sessions import LONGEST_NAME, LONGEST_TEXT, Board, Course, Line, LineKind, Stop
from quickscan.ui import cache, errors, look, numbers, outcome, session, session_phone, session_wall, state
from quickscan.ui.session import WALL_POLL_S, Room

MINUTES = (3, 5, 10)
DIFFERENCES = "pages/scan/verschillen.py"
COURSE_ICONS = {Course.VERDER: ":material/arrow_forward:", Course.LATER: ":material/schedule:", Course.STOP: ":material/block:"}


def draw(room: Room) -> None:
    """Draw the whole screen."""
    with errors.shown():
        board = room.board()
    address = join_address(room.code)
    left, right = st.columns([4, 1], gap="medium")
    with left:
        st.html(session_wall.heading(board))
        _controls(room, board)
        outcome.show()
        _live(room, board.session.scene)
    with right, st.container(key="sessie_deur"):
        st.image(cache.qr_svg(address), width="stretch", alt=f"QR-code om mee te doen met code {room.code}")
        st.html(session_wall.invitation(address, room.code))
        if is_here_only(address):
            st.caption("Alleen vensters op deze computer kunnen meedoen. Voor telefoons is een server nodig.")
        with st.popover("Groot", icon=":material/qr_code_2:"):
            st.image(cache.qr_svg(address), width=560, alt=f"QR-code om mee te doen met code {room.code}")
            st.html(session_wall.invitation(address, room.code))


def join_address(code: str) -> str:
    """Return the address that brings a phone into the session."""
    here = (st.context.url or "").rstrip("/")
    return f"{here.removesuffix('/sessie')}/sessie?{session.CODE}={code}"


def is_here_only(address: str) -> bool:
    """Tell whether an address leads to the computer it is opened on, so that no phone can follow it."""
    return urlsplit(address).hostname in {"127.0.0.1", "localhost", "::1"}


@st.fragment(run_every=WALL_POLL_S)
def _live(room: Room, scene: int) -> None:
    board = session.look_again(room, scene)
    st.html(room.wall(board))
    _lines(board)


def _controls(room: Room, board: Board) -> None:
    here, last = board.session.place, len(board.session.stops) - 1
    with st.container(horizontal=True, key="sessie_regie", vertical_alignment="center", gap="small"):
        _button(room, "Vorige", ":material/arrow_back:", lambda: _go(room, here - 1), disabled=here == 0)
        _button(room, "Volgende", ":material/arrow_forward:", lambda: _go(room, here + 1), disabled=here == last)
        if board.revealed is None:
            with st.popover("Onthul", icon=":material/visibility:", type="primary"):
                _reveal(room, board)
        elif st.button("Bespreek de verschillen", icon=":material/balance:", type="primary"):
            state.remember(state.BUILDING, board.session.current.pand_id)
            state.go(DIFFERENCES)
        with st.popover("Klok", icon=":material/timer:"):
            _clock(room, board)
        with st.popover("Besluit", icon=":material/gavel:"):
            _decide(room, board.session.current)
        with st.popover("Parkeer", icon=":material/local_parking:"):
            session_phone.remark_form(room, board.session.current)
        with st.popover("Sluit", icon=":material/flag:"):
            _close(room)


def _button(room: Room, label: str, icon: str, deed: Callable[[], object], *, disabled: bool = False) -> None:
    key = f"sessie_{label.lower().replace(' ', '_')}_{room.code}"
    st.button(label, key=key, icon=icon, disabled=disabled, on_click=outcome.act, args=(deed,))


def _go(room: Room, place: int) -> None:
    room.sessions.go_to(room.workspace_id, room.code, place)


def _reveal(room: Room, board: Board) -> None:
    here = board.present()
    st.write(
        f"{numbers.whole(board.done)} van {numbers.whole(here)} zijn klaar. Na het onthullen ziet iedereen alle antwoorden van "
        "dit gebouw. Dat is niet terug te draaien."
    )
    rules = room.rules(board)
    _button(
        room,
        "Ja, onthul",
        ":material/visibility:",
        lambda: room.sessions.reveal(room.workspace_id, room.code, rules, author=room.author),
    )


def _clock(room: Room, board: Board) -> None:
    sessions, place, timer = room.sessions, (room.workspace_id, room.code), board.session.timer
    with st.container(horizontal=True):
        for minutes in MINUTES:
            _button(room, f"{minutes} minuten", ":material/play_arrow:", partial(sessions.start_timer, *place, minutes))
    with st.container(horizontal=True):
        if timer.is_running:
            _button(room, "Pauze", ":material/pause:", lambda: sessions.pause_timer(*place))
        else:
            _button(room, "Ga door", ":material/play_arrow:", lambda: sessions.resume_timer(*place), disabled=not timer.is_set)
        _button(room, "Minuut erbij", ":material/more_time:", lambda: sessions.add_minute(*place), disabled=not timer.is_set)
        _button(room, "Weg", ":material/timer_off:", lambda: sessions.stop_timer(*place), disabled=not timer.is_set)


def _decide(room: Room, stop: Stop) -> None:
    token = session.token("besluit")
    with st.form("besluit", border=False):
        st.pills(
            look.plain(stop.name),
            [str(course) for course in Course],
            format_func=lambda word: f"{COURSE_ICONS[Course(word)]} {word.capitalize()}",
            key=f"besluit_koers_{token}",
        )
        st.text_area("Wat spreken jullie af?", key=f"besluit_tekst_{token}", max_chars=LONGEST_TEXT, height=110)
        st.text_input("Wie pakt het op?", key=f"besluit_wie_{token}", max_chars=LONGEST_NAME)
        st.form_submit_button("Leg vast", type="primary", on_click=_keep_decision, args=(room, stop, token))


def _keep_decision(room: Room, stop: Stop, token: str) -> None:
    given = {name: str(st.session_state.get(f"besluit_{name}_{token}") or "") for name in ("koers", "tekst", "wie")}
    course = Course(given["koers"]) if given["koers"] else None
    if outcome.attempt(
        lambda: room.sessions.decide(
            room.workspace_id,
            room.code,
            text=given["tekst"],
            pand_id=stop.pand_id,
            author=room.author,
            form=token,
            course=course,
            owner=given["wie"],
        ),
        told="Besluit bewaard",
    ):
        session.renew("besluit")


def _close(room: Room) -> None:
    st.write("Daarna kan niemand meer antwoorden. Alles wat bewaard is, staat in het verslag.")
    _button(
        room,
        "Ja, sluit de sessie",
        ":material/flag:",
        lambda: room.sessions.end(room.workspace_id, room.code, author=room.author),
    )
    if st.button("Bekijk het verslag tot nu toe", icon=":material/description:", type="tertiary"):
        st.session_state[session.REPORT] = room.code
        st.rerun()


def _lines(board: Board) -> None:
    """List what was decided about this building, and what is parked: the last first."""
    here = tuple(line for line in board.lines if line.pand_id in (board.session.current.pand_id, None))
    decided, parked = of_kind(here, LineKind.BESLUIT), of_kind(here, LineKind.OPMERKING)
    if not decided and not parked:
        return
    for column, word, listed in zip(st.columns(2, gap="medium"), ("Besluiten", "Parkeerplaats"), (decided, parked), strict=True):
        if listed:
            column.markdown(f"**{word}**\n\n" + "\n".join(line_text(line) for line in reversed(listed)))


def line_text(line: Line) -> str:
    """Return one remark or decision as a Markdown list item."""
    course = f"**{line.course.capitalize()}.** " if line.course else ""
    owner = f" · wie: {look.plain(line.owner)}" if line.owner else ""
    text = "" if line.course and line.text.lower() == line.course else look.plain(line.text)
    return f"- {course}{text}{owner} :small[{look.plain(line.author)}, {numbers.clock(line.at)}]"
