"""Taking part, on a phone: one question at a time with answers as large as a thumb; or only watching along.

What a person answers is saved in the button's callback, before anything is drawn again. The line with the counts looks
again by itself; the question is only drawn again by a click, or when the scene moved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.sessions import LONGEST_TEXT, Board, Seat, Stop, Vote
from quickscan.ui import errors, look, outcome, session, session_wall
from quickscan.ui.clash import UNKNOWN
from quickscan.ui.session import POLL_S, Room

CURRENT, SAVED, PLACE = "_sessie_vraag", "_sessie_stem", "_sessie_gebouw"
VOTE, WHY = "stem_", "waarom_"  # how the keys of buttons and fields begin


def draw(room: Room, seat: Seat) -> None:
    """Draw the building, the counts, the question, and the ways out."""
    with errors.shown():
        board = room.board()
        rules = room.rules(board)
    _begin(board)
    st.html(session_wall.heading(board))
    _live(room, board.session.scene)
    if board.revealed is None and board.session.current.questions:
        _ask(room, seat, board.session.current, rules)
    else:
        st.html(session_wall.questions(board, rules) if board.revealed is None else session_wall.outcome(board, rules))
        outcome.show()
    _foot(room, board.session.current, seat)


def watch(room: Room, seat: Seat) -> None:
    """Draw what the room sees, for who only watches."""
    _wall(room)
    outcome.show()
    _foot(room, None, seat)


@st.fragment(run_every=POLL_S)
def _live(room: Room, scene: int) -> None:
    board = session.look_again(room, scene)
    st.html(session_wall.short_figures(board, room.sessions.seconds_left(board.session.timer)))


@st.fragment(run_every=POLL_S)
def _wall(room: Room) -> None:
    board = session.look_again(room, None)
    st.html(session_wall.heading(board) + room.wall(board))


def _begin(board: Board) -> None:
    """Forget the question of another building; its buttons still count for a tap that comes late."""
    here = (board.session.current.pand_id, board.session.code, board.session.place)
    before = st.session_state.get(PLACE)
    if before != here:
        st.session_state[PLACE] = here
        for name in (CURRENT, SAVED):
            st.session_state.pop(name, None)
        outcome.forget()
        forget_fields(keep={here[0], before[0] if before else here[0]})


def forget_fields(*, keep: Collection[str]) -> None:
    """Let go of the buttons and fields of all buildings but these.

    Streamlit remembers each one that a visit ever saw; with a key for every answer to every question of thirty buildings,
    and a hundred phones, that would be a few hundred MB. Private surface: tests/ui/test_session_phone.py pins it.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    known = context.session_state._state._new_widget_state.widget_metadata  # noqa: SLF001 - there is no other way to it
    for name in list(known):
        key = user_key_from_element_id(name) or ""
        if key.startswith((VOTE, WHY)) and not any(pand_id in key for pand_id in keep):
            known.pop(name, None)


@st.fragment
def _ask(room: Room, seat: Seat, stop: Stop, rules: Rules) -> None:
    """Draw the question asked for, else the first that this seat has not answered.

    Every run writes the same places, and as many in the list: where two runs of fragments meet, Streamlit may leave
    standing what a run did not write over, and then answers of the last question would stand below those of this one.
    """
    with errors.shown():
        votes = room.sessions.own_votes(room.workspace_id, room.code, seat.key, stop.pand_id)
    open_ones = [name for name in stop.questions if name not in votes]
    wanted = st.session_state.get(CURRENT)
    current = wanted if wanted in stop.questions else next(iter(open_ones), None)
    longest = max(len(rules.criterion(name).version.keuzes) + 1 for name in stop.questions)
    _say_saved()
    if current is None:
        _all_done(stop, rules, votes)
    else:
        _question(room, seat, stop, rules, current, votes, longest)


def _say_saved() -> None:
    saved = st.session_state.get(SAVED)
    if not outcome.show():
        st.caption(
            f":material/cloud_done: {look.plain(saved)}" if saved else "Niemand ziet wat een ander zegt, tot het onthullen."
        )


def _fill(written: int, longest: int) -> None:
    for _ in range(longest - written):
        st.empty()


def _all_done(stop: Stop, rules: Rules, votes: Mapping[str, Vote]) -> None:
    """Draw what was said, as one list: a building may have forty questions, and a hundred phones draw this at once."""
    st.html('<div class="sessie-klaar"><b>✓ Klaar met dit gebouw</b><p>Wacht op de anderen. Wijzigen kan nog.</p></div>')
    _fill(0, 2)
    asked = [rules.criterion(name) for name in stop.questions]
    said = [votes[active.id].choice for active in asked]
    key = f"wijzig_{stop.pand_id}"
    st.radio(
        "Je antwoorden. Kies er een om het te wijzigen.",
        stop.questions,
        index=None,
        format_func=lambda name: rules.criterion(name).criterion.naam,
        captions=[active.choice(choice).label if choice else UNKNOWN for active, choice in zip(asked, said, strict=True)],
        key=key,
        on_change=_change,
        args=(key,),
        width="stretch",
    )
    _fill(0, 2)


def _question(room: Room, seat: Seat, stop: Stop, rules: Rules, current: str, votes: Mapping[str, Vote], longest: int) -> None:
    active, vote = rules.criterion(current), votes.get(current)
    place, done = stop.questions.index(current), sum(name in votes for name in stop.questions)
    st.html(_progress(place, done, len(stop.questions)))
    with st.container(key="vraag"):
        st.header(active.criterion.vraag, anchor=False)
    with st.expander("Uitleg", icon=":material/help:"):
        st.markdown(f"{active.criterion.hulp.wat}\n\n{active.criterion.hulp.waarom}")
    key = f"{WHY}{room.code}_{stop.pand_id}_{current}"
    choices = (*active.version.keuzes, None)
    with st.container(key="keuzes", gap="xsmall"):
        for choice in choices:
            code, label = (choice.code, choice.label) if choice else (None, UNKNOWN)
            chosen = vote is not None and vote.choice == code
            st.button(
                label,
                key=f"{VOTE}{current}_{code or 'weet_niet'}_{stop.pand_id}",  # a late tap is not one on the next building
                type="primary" if chosen else "secondary",
                icon=":material/check:" if chosen else None,
                width="stretch",
                wrap=True,
                on_click=_vote,
                args=(room, seat, stop, active, code, rules, key),
            )
        _fill(len(choices), longest)
    st.text_input(
        "Waarom? Eén zin, of laat het leeg",
        value=vote.note if vote else "",
        key=key,
        max_chars=LONGEST_TEXT,
        placeholder="Geen namen van bewoners.",
        on_change=_vote if vote else None,
        args=(room, seat, stop, active, vote.choice, rules, key) if vote else None,
    )
    with st.container(horizontal=True, key="sessie_stappen"):
        before = stop.questions[place - 1] if place else None
        after = stop.questions[place + 1] if place + 1 < len(stop.questions) else None
        st.button("Vorige", icon=":material/arrow_back:", disabled=before is None, on_click=_show, args=(before,))
        st.button("Volgende", icon=":material/arrow_forward:", icon_position="right", on_click=_show, args=(after,))


def _change(key: str) -> None:
    _show(st.session_state[key])


def _show(criterion: str | None) -> None:
    st.session_state[CURRENT] = criterion
    st.session_state.pop(SAVED, None)


def _vote(room: Room, seat: Seat, stop: Stop, active: ActiveCriterion, choice: str | None, rules: Rules, key: str) -> None:
    note = str(st.session_state.get(key, ""))
    if not outcome.attempt(
        lambda: room.sessions.vote(
            room.workspace_id, room.code, seat, stop.pand_id, active.id, choice=choice, rules=rules, note=note
        )
    ):
        return
    label = active.choice(choice).label if choice else UNKNOWN
    st.session_state[SAVED] = f"Bewaard · {active.criterion.naam}: {label}"
    st.session_state[CURRENT] = None


def _progress(place: int, done: int, whole: int) -> str:
    share = 100 * done / whole if whole else 0
    return (
        f'<div class="sessie-voortgang"><span>Vraag {place + 1} van {whole}</span><span>{done} beantwoord</span></div>'
        f'<div class="duo-meter"><div style="width:{share:.0f}%;{look.tone(look.ACCENT)}"></div></div>'
    )


def _foot(room: Room, stop: Stop | None, seat: Seat) -> None:
    """Draw the parking lot, for who takes part, and the way out."""
    who = f"{look.plain(seat.name)}, {seat.party}" if seat.party else "toeschouwer"
    with st.container(horizontal=True, key="sessie_voet", vertical_alignment="center"):
        st.caption(f":material/person: {who} · code {room.code}")
        if stop is not None:
            _park(room, stop)
        st.button("Verlaat de sessie", icon=":material/logout:", type="tertiary", on_click=session.leave, args=(room,))


@st.fragment
def _park(room: Room, stop: Stop) -> None:
    """Draw the way to the parking lot; the form only for who opened it, since most phones never do."""
    with st.popover("Opmerking", icon=":material/local_parking:", key="sessie_parkeren", on_change="rerun") as lot:
        st.caption("Wat hier komt te staan, bespreken jullie later.")  # something to read until the form is there
        if lot.open:
            outcome.show()
            remark_form(room, stop)


def remark_form(room: Room, stop: Stop) -> None:
    """Draw the form for the parking lot."""
    token = session.token("opmerking")
    with st.form("opmerking", border=False):
        st.text_area("Wat willen jullie niet vergeten?", key=f"opmerking_{token}", max_chars=LONGEST_TEXT, height=110)
        st.checkbox(f"Gaat over {look.plain(stop.name)}", value=True, key=f"opmerking_gebouw_{token}")
        st.form_submit_button("Zet op de parkeerplaats", type="primary", on_click=_remark, args=(room, stop.pand_id, token))


def _remark(room: Room, pand_id: str, token: str) -> None:
    text, about = (
        str(st.session_state.get(f"opmerking_{token}", "")),
        bool(st.session_state.get(f"opmerking_gebouw_{token}", True)),
    )
    if outcome.attempt(
        lambda: room.sessions.remark(
            room.workspace_id, room.code, text=text, pand_id=pand_id if about else None, author=room.author, form=token
        ),
        told="Bewaard op de parkeerplaats",
    ):
        session.renew("opmerking")
