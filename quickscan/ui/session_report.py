"""The summary of a session on the screen, and as a file to take along."""

from __future__ import annotations

import html

import streamlit as st

from quickscan.domain.session_summary import Contrast, Finding, Summary, name_guests, of_kind
from quickscan.domain.sessions import Course, Line, LineKind
from quickscan.ui import errors, look, numbers, session, session_desk
from quickscan.ui.session import Room
from quickscan.wiring import make_session_report

GOES_ON = {Course.VERDER: "Hiermee verder", Course.LATER: "Later terug", Course.STOP: "Niet verder"}


def draw(room: Room) -> None:
    """Draw the summary."""
    with errors.shown():
        board = room.board()
        summary = room.sessions.summarise(room.workspace_id, room.code, room.rules(board))
    held = board.session
    until = f" tot {numbers.clock(held.ended_at)}" if held.ended_at else ", nog bezig"
    st.title(f"Verslag: {look.plain(held.title)}", anchor=False)
    st.markdown(f"{numbers.moment(held.opened_at)}{until} · {len(held.stops)} gebouwen · code {held.code}")
    with st.container(horizontal=True):
        st.download_button(
            "Neem het verslag mee",
            data=lambda: make_session_report(summary),
            file_name=f"verslag-{held.code}.html",
            mime="text/html",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
        st.button("Terug", icon=":material/arrow_back:", on_click=_back)
    _outcome(summary)
    st.markdown(f"**Erbij waren:** {look.plain(name_guests(board.guests)) or 'niemand'}")
    for finding in summary.findings:
        _finding(finding)
    if summary.general:
        st.subheader("Algemeen", anchor=False)
        _lines(summary.general)


def _back() -> None:
    st.session_state.pop(session.REPORT, None)
    session.step_out()


def _outcome(summary: Summary) -> None:
    cards = []
    for course, word in GOES_ON.items():
        names = list(summary.names(course))
        if names:
            listed = "".join(f"<li>{html.escape(name)}</li>" for name in names)
            cards.append(f'<div class="duo-kaart"><div><b>{word}</b><span>{len(names)}</span></div><ul>{listed}</ul></div>')
    if cards:
        st.html(f'<div class="duo-kaarten sessie-koersen">{"".join(cards)}</div>')


def _finding(finding: Finding) -> None:
    with st.container(border=True):
        st.subheader(look.plain(finding.stop.name), anchor=False)
        st.markdown(look.plain(finding.story))
        result = finding.explanation
        if result is not None:
            style = look.OORDEEL[result.oordeel]
            st.html(look.chip(style) + look.band_row("Score", result.total, color=style.color))
        if not finding.revealed:
            st.caption(":material/visibility_off: De antwoorden van gemeente en corporatie zijn niet onthuld.")
        elif not finding.contrasts:
            st.caption(":material/handshake: Gemeente en corporatie verschillen nergens van mening.")
        else:
            st.html(_contrasts(finding.contrasts))
        _lines(finding.lines)


def _contrasts(contrasts: tuple[Contrast, ...]) -> str:
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in (one.topic, one.gemeente, one.corporatie, one.outcome))
        + "</tr>"
        for one in contrasts
    )
    head = "".join(f"<th>{word}</th>" for word in ("Verschil", "Gemeente", "Corporatie", "Stand"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="sessie-tabel" role="region" tabindex="0" aria-label="Verschillen">{table}</div>'


def _lines(lines: tuple[Line, ...]) -> None:
    for kind, word in ((LineKind.BESLUIT, "Besluiten"), (LineKind.OPMERKING, "Parkeerplaats")):
        listed = of_kind(lines, kind)
        if listed:
            st.markdown(f"**{word}**\n\n" + "\n".join(session_desk.line_text(line) for line in listed))
