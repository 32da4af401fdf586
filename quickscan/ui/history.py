"""Looking back and going back: every version of one answer, an earlier one put back with a reason, and the last one undone.

Nothing is read until somebody opens it, so that answering does not pay for it. History only grows: putting back and
undoing each write a new version.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.answers import Answer, Party
from quickscan.domain.errors import NotFoundError, QuickscanError, StaleAnswerError
from quickscan.domain.rules import ActiveCriterion
from quickscan.ui import account, duo, errors, numbers, outcome
from quickscan.ui.clash import choice_label
from quickscan.ui.frame import Desk


def open_button(desk: Desk, pand_id: str, active: ActiveCriterion, party: Party) -> None:
    """Draw the button that opens the versions of one answer."""
    if st.button("Geschiedenis", key=f"versies_{active.id}", type="tertiary", icon=":material/history:"):
        _open(desk, pand_id, active, party)


@st.dialog("Geschiedenis van dit antwoord", width="large", icon=":material/history:")
def _open(desk: Desk, pand_id: str, active: ActiveCriterion, party: Party) -> None:
    """Show every version, the newest first, and put one back with a reason."""
    st.markdown(f"**{active.criterion.vraag}**")
    with errors.shown():
        versions = desk.services.duo.history(desk.portfolio.id, pand_id, active.id, of=party, viewer=duo.party())
        now = desk.services.duo.read_answers(desk.portfolio.id, pand_id, of=party, viewer=duo.party()).get(active.id)
    st.html(versions_html(active, versions, now))
    earlier = [answer for answer in versions if now is None or answer.version != now.version]
    earlier = [answer for answer in earlier if answer.choice is None or answer.choice in active.codes]
    if not earlier or party is not duo.party() or not account.may(Right.ANSWER):
        return
    by_version = {answer.version: answer for answer in earlier}
    with st.form("terugzetten", border=False):
        version = st.selectbox(
            "Zet een eerdere versie terug",
            list(by_version),
            format_func=lambda number: f"Versie {number}: {choice_label(active, by_version[number].choice)}",
        )
        reason = st.text_input("Waarom? Eén zin, voor het logboek", max_chars=300, placeholder="Bijvoorbeeld: verkeerd geklikt.")
        if not st.form_submit_button("Zet terug", type="primary", icon=":material/settings_backup_restore:"):
            return
    try:
        saved = desk.services.duo.restore(
            desk.portfolio.id,
            pand_id,
            active.id,
            version,
            rules=desk.rules,
            author=desk.author,
            reason=reason,
            expected_version=now.version if now else 0,
            party=party,
        )
    except QuickscanError as error:
        errors.show(error)
        return
    outcome.tell(f"Bewaard {numbers.clock(saved.at)} · versie {version} van {active.criterion.naam} is teruggezet")
    st.rerun()


def versions_html(active: ActiveCriterion, versions: Sequence[Answer], now: Answer | None) -> str:
    """Return the versions as a list, the newest first, for a page that cleans HTML."""
    items = []
    for answer in versions:
        mark = " · geldt nu" if now is not None and answer.version == now.version else ""
        note = f"<p>{html.escape(answer.note)}</p>" if answer.note else ""
        who = html.escape(f"{answer.author}, {numbers.moment(answer.at)} · {answer.certainty}")
        label = html.escape(choice_label(active, answer.choice))
        items.append(f"<li><span>Versie {answer.version}{mark}</span><b>{label}</b>{note}<small>{who}</small></li>")
    return f'<ol class="versies">{"".join(items)}</ol>'


def undo_button(desk: Desk, pand_id: str) -> None:
    """Draw the button that takes back one's own last answer at this building."""
    st.button(
        "Maak ongedaan",
        key="ongedaan",
        icon=":material/undo:",
        help="Zet het laatste antwoord van jou bij dit gebouw terug op wat er eerder stond.",
        on_click=_undo,
        args=(desk, pand_id),
    )


def _undo(desk: Desk, pand_id: str) -> None:
    try:
        answer = desk.services.duo.undo_last(desk.portfolio.id, pand_id, author=desk.author, party=duo.party())
    except NotFoundError:
        outcome.refuse("Er is bij dit gebouw geen antwoord van jou om ongedaan te maken.")
        return
    except StaleAnswerError as error:
        st.session_state["_vraag"] = error.criterion
        outcome.refuse(f"{error.author} heeft dit antwoord daarna gewijzigd. Er is niets ongedaan gemaakt. Kies zelf wat geldt.")
        return
    except QuickscanError as error:
        outcome.refuse(error)
        return
    active = desk.rules.criterion(answer.criterion)
    st.session_state["_vraag"] = answer.criterion
    st.session_state["_bewaard"] = None
    outcome.tell(
        f"Bewaard {numbers.clock(answer.at)} · ongedaan gemaakt: {active.criterion.naam} is weer "
        f"{choice_label(active, answer.choice).lower()}"
    )
