"""Together, on the screen: three scores side by side, the difference to discuss now, and the list of all of them."""

from __future__ import annotations

import html

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.answers import Party
from quickscan.domain.disagreement import Outcome, Side
from quickscan.domain.duo import PARTIES
from quickscan.domain.errors import QuickscanError
from quickscan.domain.explanation import Explanation
from quickscan.services.duo import Item, Meeting, Status
from quickscan.ui import account, duo, look, numbers, outcome, privacy, state
from quickscan.ui.frame import Desk

CURRENT, PLACE = "_verschil", "_verschil_gebouw"
ICONS = {
    Status.OPEN: ":material/radio_button_unchecked:",
    Status.AGREED: ":material/handshake:",
    Status.APART: ":material/call_split:",
}
BUILDING = "pages/scan/gebouw.py"


def draw_scores(meeting: Meeting) -> None:
    """Draw the score of each party and of both together; nothing in between is made up."""
    compared = meeting.comparison
    shown = zip((*PARTIES, Party.SAMEN), (compared.first, compared.second, compared.agreed), strict=True)
    st.html(f'<div class="duo-scores">{"".join(_score(who, result) for who, result in shown)}</div>')


def draw_tally(desk: Desk, pand_id: str, meeting: Meeting) -> None:
    """Say what is left to discuss, and offer what both said alike."""
    outcome.show_told()
    left, agreed, apart = (meeting.count(status) for status in (Status.OPEN, Status.AGREED, Status.APART))
    parts = [f"**Nog {left} van {len(meeting.items)} te bespreken**"] if left else []
    parts += [f"{agreed} eens geworden"] if agreed else []
    parts += [f"{apart} oneens"] if apart else []
    if parts:
        st.markdown(" · ".join(parts))
    if meeting.left_behind and account.may(Right.LEAD):
        count = len(meeting.left_behind)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Bij {numbers.whole(count)} {_questions(count)} zeiden jullie apart hetzelfde, maar samen staat er iets anders."
            )
            st.button("Neem die over", icon=":material/done_all:", on_click=_take_over, args=(desk, pand_id))


def draw_current(desk: Desk, pand_id: str, meeting: Meeting) -> Item | None:
    """Draw the difference to discuss now: the one asked for, else the heaviest that is open; None when all is settled."""
    item = _find_current(desk, pand_id, meeting)
    if item is None:
        outcome.show_problem()
        _done(meeting)
        return None
    difference, criterion = item.difference, item.difference.active.criterion
    with st.container(border=True, key="verschil", gap="small"):
        st.caption(
            f"{look.ASPECT_NAMES[criterion.aspect]} · telt voor {numbers.decimal(difference.share * 100)} % mee · "
            f"**{_points(difference.weighted)} verschil** in het totaal"
        )
        st.header(criterion.vraag, anchor=False)
        for column, who, side in zip(st.columns(2, gap="medium"), PARTIES, (difference.first, difference.second), strict=True):
            column.html(_side(who, side, meeting.comparison.agreed))
        _decision(item)
        if not account.may(Right.LEAD):
            account.say_who_can(Right.LEAD, "Wat samen geldt, legt een regisseur of beheerder vast.")
            return item
        key = f"reden_{pand_id}_{difference.active.id}_{item.together.version if item.together else 0}"
        why = st.text_input(
            "Waarom? Eén zin, voor later", key=key, max_chars=500, placeholder="Bijvoorbeeld: nagezien in het archief."
        )
        outcome.show_problem()
        with st.container(horizontal=True, key="besluit"):
            for who, side in zip(PARTIES, (difference.first, difference.second), strict=True):
                arguments = (desk, pand_id, item, side.code, key)
                st.button(f"Kies antwoord {who}", key=f"kies_{who}", icon=":material/check:", on_click=_agree, args=arguments)
            st.button("We zijn het oneens", icon=ICONS[Status.APART], on_click=_disagree, args=(desk, pand_id, item, key))
        privacy.warn(why)  # below the buttons, which must not move when somebody presses one
    return item


def draw_list(meeting: Meeting, current: Item | None) -> None:
    """List all differences, the heaviest first, to jump to."""
    if not meeting.items:
        return
    st.subheader("Alle verschillen, het zwaarste eerst", anchor=False)
    with st.container(key="verschillijst", gap=None):
        for item in meeting.items:
            difference = item.difference
            first, second = (_label(side) for side in (difference.first, difference.second))
            st.button(
                f"**{difference.active.criterion.naam}** · {_points(difference.weighted)} · {item.status}  \n"
                f"Gemeente: {first} · Corporatie: {second}",
                key=f"naar_{difference.active.id}",
                icon=":material/arrow_right_alt:" if item is current else ICONS[item.status],
                type="tertiary",
                wrap=True,
                on_click=_show,
                args=(difference.active.id,),
            )


def _find_current(desk: Desk, pand_id: str, meeting: Meeting) -> Item | None:
    place = (desk.portfolio.id, pand_id)
    if st.session_state.get(PLACE) != place:
        st.session_state[PLACE] = place
        st.session_state.pop(CURRENT, None)
    wanted = st.session_state.get(CURRENT)
    asked = [item for item in meeting.items if item.difference.active.id == wanted]
    return next(iter(asked or [item for item in meeting.items if item.status is Status.OPEN]), None)


def _done(meeting: Meeting) -> None:
    text = "Alle verschillen zijn besproken." if meeting.items else "Gemeente en corporatie verschillen nergens van mening."
    st.success(text, icon=":material/task_alt:")
    if st.button("Naar het gebouw", type="primary", icon=":material/apartment:"):
        state.go(BUILDING)


def _decision(item: Item) -> None:
    """Say what was decided about a difference, or what counts for both meanwhile."""
    if item.status is Status.APART and item.dissent is not None:
        dissent = item.dissent
        who = f"{look.plain(dissent.author)}, {numbers.moment(dissent.at)}"
        st.markdown(f"{ICONS[Status.APART]} **Oneens.** {look.plain(dissent.reason)}  \n:small[{who}]")
    if item.together is None:
        return
    active, answer = item.difference.active, item.together
    label = active.choice(answer.choice).label if answer.choice in active.codes and answer.choice else "weet ik niet"
    if item.status is Status.AGREED:
        who = f"{look.plain(answer.author)}, {numbers.moment(answer.at)}"
        st.markdown(f"{ICONS[Status.AGREED]} **Eens: {label}.** {look.plain(answer.note)}  \n:small[{who}]")
    else:
        st.caption(f"Samen telt nu nog het antwoord van eerder: {label}.")


def _score(who: Party, result: Explanation) -> str:
    style = look.OORDEEL[result.oordeel]
    return (
        f'<div class="duo-kaart"><div><b>{duo.NAMES[who]}</b>{look.chip(style)}</div>'
        f"{look.band_row('Score', result.total, color=style.color)}"
        f"<p>{numbers.percent(result.total.coverage)} bekend</p></div>"
    )


def _side(who: Party, side: Side, together: Explanation) -> str:
    """Return what a party says, why, and where together would stand with it."""
    said = []
    if side.answer is not None:
        if side.answer.note:
            said.append(f"<q>{html.escape(side.answer.note)}</q>")
        said.append(f"<small>{html.escape(side.answer.author)}, {side.answer.certainty}</small>")
    else:
        source = f"volgt uit {html.escape(side.line.origin_label)}" if side.line.choice else "niet beantwoord"
        said.append(f"<small>{source}</small>")
    style = look.OORDEEL[side.if_chosen.oordeel]
    return (
        f'<div class="duo-kant"><span>{duo.NAMES[who]}</span><b>{html.escape(_label(side))}</b>{"".join(said)}'
        f"<p>Kiezen jullie dit, dan wordt samen {_outcome(side.if_chosen, together)}</p>{look.chip(style)}</div>"
    )


def _outcome(outcome: Outcome, now: Explanation) -> str:
    total = outcome.total
    moved = round(total.likely) - round(now.total.likely)
    change = "" if moved == 0 else f", {abs(moved)} {'hoger' if moved > 0 else 'lager'}"
    return f'<span style="white-space:nowrap"><b>{total.likely:.0f}</b> ({total.low:.0f}–{total.high:.0f}){change}</span>'


def _label(side: Side) -> str:
    if side.line.choice is not None:
        return side.line.choice.label
    return "Weet ik niet" if side.answer is not None else "Nog niet bekend"


def _points(weighted: float) -> str:
    shown = numbers.decimal(weighted)
    return f"{shown} punt" if shown == "1" else f"{shown} punten"


def _questions(count: int) -> str:
    return "vraag" if count == 1 else "vragen"


def _show(criterion: str) -> None:
    outcome.forget()
    st.session_state[CURRENT] = criterion


def _agree(desk: Desk, pand_id: str, item: Item, choice: str | None, key: str) -> None:
    active = item.difference.active
    try:
        saved = desk.services.duo.agree(
            desk.portfolio.id,
            pand_id,
            active.id,
            choice=choice,
            reason=str(st.session_state.get(key, "")),
            rules=desk.rules,
            author=desk.author,
            expected_version=item.together.version if item.together else 0,
        )
    except QuickscanError as error:
        outcome.refuse(error)
        return
    label = active.choice(choice).label if choice else "weet ik niet"
    _settled(f"Bewaard {numbers.clock(saved.at)} · {active.criterion.naam}: {label}, samen")


def _disagree(desk: Desk, pand_id: str, item: Item, key: str) -> None:
    active = item.difference.active
    try:
        kept = desk.services.duo.disagree(
            desk.portfolio.id,
            pand_id,
            active.id,
            reason=str(st.session_state.get(key, "")),
            rules=desk.rules,
            author=desk.author,
            expected_version=item.dissent.version if item.dissent else 0,
        )
    except QuickscanError as error:
        outcome.refuse(error)
        return
    _settled(f"Bewaard {numbers.clock(kept.at)} · {active.criterion.naam}: oneens, met de reden erbij")


def _settled(text: str) -> None:
    st.session_state[CURRENT] = None
    outcome.tell(text)


def _take_over(desk: Desk, pand_id: str) -> None:
    try:
        count = desk.services.duo.take_over_same(desk.portfolio.id, pand_id, desk.rules, author=desk.author, replace=True)
    except QuickscanError as error:
        outcome.refuse(error)
        return
    outcome.tell(f"Overgenomen: {count} {'antwoord' if count == 1 else 'antwoorden'}")
