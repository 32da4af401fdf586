"""Apart, on the screen: as whom somebody answers, how far each party is, and getting ready or opening the answers.

Nothing here draws what another party said; that is for `differences`, after the reveal.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.answers import Party
from quickscan.domain.duo import PARTIES, Stand
from quickscan.domain.terms import Interventie
from quickscan.services.duo import Progress
from quickscan.ui import account, errors, look, numbers, outcome, state
from quickscan.ui.frame import Desk
from quickscan.wiring import is_shared

PARTY = "als"  # in the URL too, so that a reload of the tab stays with the same party
NAMES: dict[Party, str] = {Party.SAMEN: "Samen", Party.GEMEENTE: "Gemeente", Party.CORPORATIE: "Corporatie"}
OWNERS: dict[Party, str] = {Party.SAMEN: "", Party.GEMEENTE: "de gemeente", Party.CORPORATIE: "de corporatie"}
QUICK_SCAN, DIFFERENCES = "pages/scan/quickscan.py", "pages/scan/verschillen.py"
POLL_S = 2  # how often a screen that waits for the reveal looks whether it happened
_GOING = "_duo_gaat"


def choose_party() -> None:
    """Draw the choice of the sidebar; on a server only for who has one."""
    offered = _offered()
    if len(offered) == 1:
        return
    if st.session_state.get(PARTY) not in (None, *map(str, offered)):
        del st.session_state[PARTY]
    chosen_elsewhere = _GOING in st.session_state  # a default beside it would be one choice too many
    st.segmented_control(
        "Ik antwoord als",
        [str(party) for party in offered],
        default=None if chosen_elsewhere else str(offered[0]),
        required=True,
        format_func=lambda name: NAMES[Party(name)],
        key=PARTY,
        bind="query-params",
        help="Gemeente en corporatie antwoorden eerst apart. Wat de een zegt, ziet de ander pas na het onthullen.",
    )


def party() -> Party:
    """Return as whom this tab answers; it follows from the role, and the choice counts only among what that leaves."""
    offered, chosen = _offered(), st.session_state.get(PARTY)
    return Party(chosen) if chosen in offered else offered[0]


def _offered() -> tuple[Party, ...]:
    seat = account.seat()
    return tuple(Party) if not is_shared() else (seat and seat.speaks_for) or (Party.SAMEN,)


def draw_apart(desk: Desk, pand_id: str, interventie: Interventie) -> bool:
    """Draw how far both parties are, for who answers as one of them, and return whether answering is still open."""
    who = party()
    if not account.may(Right.ANSWER):
        return False
    if who is Party.SAMEN:
        return True
    stand = desk.services.duo.stand(desk.portfolio.id, pand_id)
    with st.container(key="apart", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_short_progress(_progress(desk, pand_id, interventie), who))
        if stand.revealed is None:
            _ready_button(desk, pand_id, stand, who)
    return stand.revealed is None


def closed() -> None:
    """Say that what a party said apart stands, or that somebody only watches, and where to go on."""
    if not account.may(Right.ANSWER):
        st.info(
            "Je kijkt hier mee. Antwoorden kan een gemeente, corporatie, regisseur of beheerder.", icon=":material/visibility:"
        )
        return
    st.info(
        "De antwoorden zijn onthuld. Wat ieder apart zei, staat nu vast. Bespreek samen waar het verschilt.",
        icon=":material/lock:",
    )
    if st.button("Naar de verschillen", type="primary", icon=":material/balance:"):
        state.go(DIFFERENCES)


def draw_waiting(desk: Desk, pand_id: str, interventie: Interventie, stand: Stand) -> None:
    """Draw who still has to get ready, and the ways on."""
    if st.session_state.pop(_GOING, False):
        state.go(QUICK_SCAN)
    _watch(desk, pand_id, interventie)
    who = party()
    outcome.show()
    with st.container(horizontal=True, key="onthullen"):
        if who is Party.SAMEN:
            for one in (party for party in PARTIES if party in _offered()):
                st.button(f"Antwoord als {one}", key=f"als_{one}", icon=":material/edit_note:", on_click=_become, args=(one,))
            if is_shared() and account.may(Right.MANAGE) and len(_offered()) == 1:
                st.caption("Antwoord je zelf ook voor de gemeente of de corporatie? Stel dat in bij Leden.")
            if account.may(Right.LEAD):
                with st.popover("Nu onthullen", icon=":material/visibility:"):
                    st.write(
                        "Dan ziet iedereen alle antwoorden van dit gebouw. Dat is niet terug te draaien. Spreek het samen af."
                    )
                    st.button("Ja, onthul", type="primary", on_click=_reveal, args=(desk, pand_id))
        else:
            if st.button("Verder met antwoorden", icon=":material/edit_note:"):
                state.go(QUICK_SCAN)
            _ready_button(desk, pand_id, stand, who)


def waiting_text(stand: Stand) -> str:
    """Return who still has to get ready, as a sentence."""
    names = [str(one) for one in stand.waits_for]
    both = len(names) == len(PARTIES)
    return f"{' en '.join(names).capitalize()} {'zijn' if both else 'is'} nog niet klaar met dit gebouw."


@st.fragment(run_every=POLL_S)
def _watch(desk: Desk, pand_id: str, interventie: Interventie) -> None:
    """Draw how far both are, again and again until the answers are open."""
    with errors.shown():
        stand = desk.services.duo.stand(desk.portfolio.id, pand_id)
        found = _progress(desk, pand_id, interventie)
    if stand.revealed is not None:
        st.rerun()
    cards = "".join(_card(one, found[one], stand) for one in PARTIES)
    st.html(
        f'<div class="duo-kaarten">{cards}</div><p class="duo-wacht"><b>{waiting_text(stand)}</b> '
        "Tot die tijd ziet ieder alleen de eigen antwoorden.</p>"
    )


def _progress(desk: Desk, pand_id: str, interventie: Interventie) -> Mapping[Party, Progress]:
    return desk.services.duo.progress(desk.portfolio.id, pand_id, desk.rules, interventie)


def _short_progress(found: Mapping[Party, Progress], who: Party) -> str:
    parts = []
    for one in PARTIES:
        mine = " (jij)" if one is who else ""
        ready = " · klaar" if found[one].ready else ""
        parts.append(f"<span><b>{NAMES[one]}{mine}</b>: {found[one].answered} van {found[one].asked} beantwoord{ready}</span>")
    return f'<div class="duo-stand">{"".join(parts)}</div>'


def _card(one: Party, progress: Progress, stand: Stand) -> str:
    mark = stand.ready.get(one)
    share = 100 * progress.answered / progress.asked if progress.asked else 100
    word = f"✓ klaar, {numbers.clock(mark.at)}" if mark else "nog bezig" if progress.answered else "nog niet begonnen"
    return (
        f'<div class="duo-kaart"><div><b>{NAMES[one]}</b><span>{word}</span></div>'
        f'<div class="duo-meter"><div style="width:{share:.0f}%;{look.tone(look.ACCENT)}"></div></div>'
        f"<p>{progress.answered} van {progress.asked} beantwoord</p></div>"
    )


def _ready_button(desk: Desk, pand_id: str, stand: Stand, who: Party) -> None:
    ready = who in stand.ready
    st.button(
        "Toch nog niet klaar" if ready else "Klaar met dit gebouw",
        key="klaar",
        icon=":material/undo:" if ready else ":material/task_alt:",
        type="secondary" if ready else "primary",
        on_click=_set_ready,
        args=(desk, pand_id, who, not ready),
    )


def _set_ready(desk: Desk, pand_id: str, who: Party, ready: bool) -> None:  # noqa: FBT001 - a callback gets its arguments by place
    duo = desk.services.duo
    outcome.attempt(lambda: duo.set_ready(desk.portfolio.id, pand_id, who, desk.rules, ready=ready, author=desk.author))


def _reveal(desk: Desk, pand_id: str) -> None:
    duo = desk.services.duo
    outcome.attempt(lambda: duo.reveal(desk.portfolio.id, pand_id, desk.rules, viewer=party(), author=desk.author))


def _become(who: Party) -> None:
    st.session_state[PARTY] = str(who)
    st.session_state[_GOING] = True
