"""Two people answered the same question: both answers side by side, who gave the other, and the choice between them.

Nothing of the second one was saved. What it wanted to save waits in the tab until a person chooses.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from quickscan.domain.answers import Answer, Certainty
from quickscan.domain.rules import ActiveCriterion
from quickscan.ui import look, numbers

CLASH = "_botsing"
UNKNOWN = "Weet ik niet"


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody wanted to save when another was first."""

    criterion: str
    choice: str | None
    note: str
    certainty: Certainty


def waiting(criterion: str) -> Offered | None:
    """Return what waits for a choice at this question."""
    offered = st.session_state.get(CLASH)
    return offered if isinstance(offered, Offered) and offered.criterion == criterion else None


def draw(active: ActiveCriterion, stored: Answer | None, offered: Offered, *, keep_mine: Callable[[], None]) -> None:
    """Draw both answers and the two buttons; `stored` is what counts now, and None when it was taken back."""
    with st.container(key="botsing", border=True, gap="small"):
        who = look.plain(stored.author) if stored else "Iemand"
        st.markdown(
            f":material/group: **{who} was net iets eerder bij deze vraag.** Jouw antwoord is nog niet bewaard. Wat geldt?"
        )
        theirs, mine = st.columns(2, gap="medium")
        theirs.html(_side("Bewaard", active, stored, f"{stored.author}, {numbers.moment(stored.at)}" if stored else ""))
        mine.html(_side("Jouw antwoord", active, offered, "nog niet bewaard"))
        keep = f"Houd dat van {who}" if stored else "Laat de vraag open"
        theirs.button(keep, key="houd_hun", icon=":material/person:", width="stretch", on_click=forget)
        mine.button("Bewaar dat van mij", key="houd_mijn", icon=":material/edit:", width="stretch", on_click=keep_mine)


def forget() -> None:
    """Let what was offered go."""
    st.session_state.pop(CLASH, None)


def choice_label(active: ActiveCriterion, code: str | None) -> str:
    """Return the words of a choice; the code itself when the rules do not know it (any more)."""
    if code is None:
        return UNKNOWN
    return active.choice(code).label if code in active.codes else code


def _side(title: str, active: ActiveCriterion, said: Answer | Offered | None, who: str) -> str:
    if said is None:
        return f'<div class="duo-kant"><span>{title}</span><b>Nog niet beantwoord</b></div>'
    note = f"<p>{html.escape(said.note)}</p>" if said.note else ""
    return (
        f'<div class="duo-kant"><span>{title}</span><b>{html.escape(choice_label(active, said.choice))}</b>{note}'
        f"<small>{html.escape(str(said.certainty))} · {html.escape(who)}</small></div>"
    )
