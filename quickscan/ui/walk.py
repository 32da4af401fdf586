"""The way through the questions of one building: which comes now, back, skip, and done."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from quickscan.domain.answers import Party
from quickscan.domain.explanation import Explanation, Line, count_that_matter
from quickscan.domain.rules import Rules
from quickscan.domain.terms import ASPECTEN
from quickscan.services.scans import Scan
from quickscan.ui import history, look, outcome, state
from quickscan.ui.clash import CLASH
from quickscan.ui.forms import SAVED
from quickscan.ui.frame import Desk

ORDER_NAMES = {"beste": "Beste vraag eerst", "kenmerken": "Kenmerken"}
CURRENT, ASKED, SKIPPED, HERE = "_vraag", "_gesteld", "_overgeslagen", "_gebouw_nu"


def step_button(label: str, icon: str, pand_ids: Sequence[str], step: int) -> None:
    """Draw a button to the previous or next building in reach."""
    current = state.recall(state.BUILDING)
    place = pand_ids.index(current) if current in pand_ids else 0
    st.button(
        label,
        key=f"stap_{label.lower()}",
        icon=icon,
        icon_position="right" if step > 0 else "left",
        disabled=not 0 <= place + step < len(pand_ids),
        on_click=_go,
        args=(pand_ids[max(0, min(place + step, len(pand_ids) - 1))] if pand_ids else None,),
    )


def begin(workspace_id: str, pand_id: str, party: Party) -> None:
    """Forget what was asked and saved at another building or as another party, however somebody came here."""
    here = (workspace_id, pand_id, party)
    if st.session_state.get(HERE) != here:
        st.session_state[HERE] = here
        for name in (CURRENT, SAVED, SKIPPED, ASKED, CLASH):
            st.session_state.pop(name, None)
        outcome.forget()


def _go(pand_id: str | None) -> None:
    state.remember(state.BUILDING, pand_id)


def current(result: Explanation, scan: Scan, order: str) -> Line | None:
    """Return the question to show: the one asked for, else the first open one in the chosen order."""
    lines = {line.active.id: line for line in result.lines}
    wanted = st.session_state.get(CURRENT)
    if wanted in lines and (order == "beste" or lines[wanted].active.criterion.aspect == order):
        return lines[wanted]
    row = _row(result, scan, order)
    skipped = st.session_state.get(SKIPPED, [])
    fresh = [name for name in row if name not in skipped] or row
    return lines[fresh[0]] if fresh else None


def _row(result: Explanation, scan: Scan, order: str) -> list[str]:
    """Return the open questions in order; what was answered "weet ik niet" does not come again by itself."""
    ranked = [question.active.id for question in result.questions if question.active.id not in scan.answers]
    if order == "beste":
        return ranked
    of_aspect = [line.active.id for line in result.lines if line.active.criterion.aspect == order]
    return [name for name in of_aspect if name in ranked] or of_aspect[:1]


def move_buttons(desk: Desk, result: Explanation, scan: Scan, order: str, line: Line) -> None:
    """Draw back, skip and undo, and the list to jump in."""
    asked = [name for name in st.session_state.get(ASKED, []) if name != line.active.id]
    with st.container(horizontal=True):
        st.button(
            "Vorige vraag",
            icon=":material/arrow_upward:",
            disabled=not asked,
            on_click=_show,
            args=(asked[-1] if asked else None,),
        )
        st.button("Overslaan", icon=":material/redo:", on_click=_skip, args=(line.active.id,), shortcut="S")
        with st.popover("Alle vragen", icon=":material/list:"):
            _all_questions(result, order)
        history.undo_button(desk, scan.pand_id)


def _all_questions(result: Explanation, order: str) -> None:
    """List the questions by aspect, each with its answer as it stands, to jump to."""
    for aspect in ASPECTEN:
        lines = [line for line in result.lines if line.active.criterion.aspect is aspect]
        if not lines or order not in {"beste", aspect}:
            continue
        known = sum(line.choice is not None for line in lines)
        st.markdown(f"**{look.ASPECT_NAMES[aspect]}** · {known} van {len(lines)} bekend")
        with st.container(key=f"lijst_{aspect}", gap=None):
            for line in lines:
                st.button(
                    f"{line.active.criterion.naam} · {line.choice.label}" if line.choice else line.active.criterion.naam,
                    key=f"spring_{line.active.id}",
                    icon=":material/check_circle:" if line.choice else ":material/radio_button_unchecked:",
                    type="tertiary",
                    wrap=True,
                    on_click=_show,
                    args=(line.active.id,),
                )


def _show(criterion: str | None) -> None:
    outcome.forget()
    st.session_state[CURRENT] = criterion
    st.session_state[ASKED] = [name for name in st.session_state.get(ASKED, []) if name != criterion]


def _skip(criterion: str) -> None:
    outcome.forget()
    st.session_state[CURRENT] = None
    st.session_state[SKIPPED] = [*st.session_state.get(SKIPPED, []), criterion]


def saved_line(result: Explanation) -> None:
    """Say what was saved and what it did to the score, or why nothing was."""
    said, saved = outcome.show(), st.session_state.get(SAVED)
    if saved is None and not said:  # a line all the same: a choice that is pressed right after a note may not move
        st.caption(":material/cloud_done: Een keuze telt meteen mee in de score.")
    elif saved is not None:
        low, likely, high = saved.before
        now = result.total
        moved = f"score {likely:.0f} ({low:.0f}–{high:.0f}) → **{now.likely:.0f} ({now.low:.0f}–{now.high:.0f})**"
        st.caption(f":material/cloud_done: Bewaard {saved.at} · {saved.text} · {moved}")


def questions_text(result: Explanation, rules: Rules) -> str:
    """Return "1 vraag die ertoe doet" or "6 vragen die ertoe doen"."""
    count = count_that_matter(result, rules)
    return "1 vraag die ertoe doet" if count == 1 else f"{count} vragen die ertoe doen"


def all_done(desk: Desk, result: Explanation, scan: Scan) -> None:
    """Say that no question is open, and offer the ways on."""
    left = len(result.questions)
    text = (
        "Alle vragen zijn beantwoord."
        if not left
        else f"Alle vragen zijn langs geweest; op {left} is het antwoord nog niet bekend."
    )
    st.success(text, icon=":material/task_alt:")
    with st.container(horizontal=True):
        if st.button("Naar het gebouw", type="primary", icon=":material/apartment:"):
            state.go("pages/scan/gebouw.py")
        history.undo_button(desk, scan.pand_id)
