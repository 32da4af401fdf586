"""The peer of the live session: the same widgets, fragments and amount of text, and no logic, data or database.

Run by `benchmarks.live` with `streamlit run`. A click on a choice counts one up, so that as on the real page the next
question has other buttons; every MOVE_S seconds everybody is taken to another building, as the regisseur does.
`?plek=` with a w in front is somebody who only watches.
"""

from __future__ import annotations

import os
import time

import streamlit as st

from benchmarks.peer_frame import run

POLL_S = 1.5
MOVE_S = float(os.environ.get("BENCHMARK_MOVE_S", "60"))
QUESTIONS, MOST_CHOICES = 40, 6
CHOICES = ("Ja, een berekening toont genoeg reserve", "Waarschijnlijk, er zijn tekeningen", "Nee, er is een tekort")
TEXT = (
    "Een nieuwe laag maakt het gebouw zwaarder. De muren en de fundering moeten dat kunnen dragen. Kijk in het archief naar "
    "tekeningen en berekeningen, en vraag een constructeur.\n\nIs er geen reserve, dan is versterken nodig. Dat kost tijd."
)
QUESTION = "Past de nieuwe hoogte binnen de hoogte die het omgevingsplan toestaat?"
ROW = (
    '<li><span>{question}</span><div class="duo-meter"><div style="width:40%;background:#5115ef;background:light-dark('
    '#5115ef,color-mix(in srgb,#5115ef 58%,#fff))"></div></div><b>20/50</b></li>'
)


def scene() -> int:
    """Return which building everybody looks at."""
    return int(time.time() // MOVE_S)


def figures() -> str:
    """Return as much as the wall shows."""
    numbers = "".join(f"<div><b>{number}</b><span>klaar met dit gebouw</span></div>" for number in (50, 12))
    rows = ROW.format(question=QUESTION[:46]) * QUESTIONS
    names = "".join(f"<span><b>Gemeente:</b> m{number}, m2, m4, m6 en nog 21</span>" for number in range(3))
    return f'<div class="sessie-cijfers">{numbers}</div><ol class="sessie-vragen">{rows}</ol><p class="sessie-gasten">{names}</p>'


def heading() -> str:
    """Return the building."""
    return f'<div class="sessie-kop"><p>Gebouw {scene() % 3 + 1} van 3 · Werksessie</p><h1>De Grutto</h1></div>'


@st.fragment(run_every=POLL_S)
def line(seen: int) -> None:
    """Draw the line with counts."""
    if scene() != seen:
        st.rerun()
    st.html('<p class="sessie-regel" role="status"><b>12 van 50</b> klaar</p>')


@st.fragment(run_every=POLL_S)
def wall() -> None:
    """Draw the wall."""
    st.html(heading() + figures())


def count_up() -> None:
    """Go to the next question."""
    st.session_state["count"] = st.session_state.get("count", 0) + 1


@st.fragment
def ask() -> None:
    """Draw a question with its choices."""
    count = st.session_state.get("count", 0)
    st.caption(f":material/cloud_done: Bewaard · Criterium {count}: {CHOICES[0]}")
    st.html(
        f'<div class="sessie-voortgang"><span>Vraag {count} van {QUESTIONS}</span><span>{count} beantwoord</span></div>'
        '<div class="duo-meter"><div style="width:40%;background:#5115ef;background:light-dark(#5115ef,color-mix(in srgb,'
        '#5115ef 58%,#fff))"></div></div>'
    )
    with st.container(key="vraag"):
        st.header(QUESTION, anchor=False)
    with st.expander("Uitleg", icon=":material/help:"):
        st.markdown(TEXT)
    with st.container(key="keuzes", gap="xsmall"):
        for number, label in enumerate((*CHOICES, "Weet ik niet")):
            st.button(label, key=f"stem_{count}_{number}", width="stretch", wrap=True, on_click=count_up)
        for _ in range(MOST_CHOICES - len(CHOICES) - 1):
            st.empty()
    st.text_input(
        "Waarom? Eén zin, of laat het leeg", key=f"waarom_{count}", max_chars=500, placeholder="Geen namen van bewoners."
    )
    with st.container(horizontal=True, key="sessie_stappen"):
        st.button("Vorige", icon=":material/arrow_back:", on_click=lambda: None)
        st.button("Volgende", icon=":material/arrow_forward:", icon_position="right", on_click=lambda: None)


@st.fragment
def park() -> None:
    """Draw the way to the parking lot, closed."""
    with st.popover("Opmerking", icon=":material/local_parking:", key="sessie_parkeren", on_change="rerun"):
        st.caption("Wat hier komt te staan, bespreken jullie later.")


def foot(*, answers: bool) -> None:
    """Draw the parking lot and the way out."""
    with st.container(horizontal=True, key="sessie_voet", vertical_alignment="center"):
        st.caption(":material/person: m1, gemeente · code ACD347")
        if answers:
            park()
        st.button("Verlaat de sessie", icon=":material/logout:", type="tertiary", on_click=lambda: None)


def page() -> None:
    """Draw what somebody in the session sees."""
    seat = str(st.query_params.get("plek", "m"))
    st.query_params["werkruimte"] = "8c37a1ef-d76b-47df-b327-6e6842c4946d"
    if seat.startswith("w"):
        wall()
    else:
        st.html(heading())
        line(scene())
        ask()
    foot(answers=not seat.startswith("w"))


run(page, choices=False)
