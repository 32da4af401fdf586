"""Actions on the screen: the board of the portfolio, the list of a building, the checklist, the agenda, and changing one.

An action is a button that opens it: what to do and why, how far it is, who has it, before when, a note, and what was said before.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from quickscan.domain.actions import PlannedAction, SavedAction, Status
from quickscan.domain.errors import QuickscanError
from quickscan.domain.schedule.story import month
from quickscan.services.planning import Board, Planned
from quickscan.ui import look, numbers, outcome, state
from quickscan.ui.frame import Desk
from quickscan.ui.planning import end_of_month, text_table
from quickscan.wiring import make_agenda

VIEWS = {
    "bord": "Bord",
    "gebouw": "Dit gebouw",
    "checklist": "Checklist",
    "agenda": "Agenda",
    "bewoners": "Bewoners en instemming",
    "rollen": "Rollen",
}
ICONS = {
    Status.TE_DOEN: ":material/radio_button_unchecked:",
    Status.BEZIG: ":material/pending:",
    Status.KLAAR: ":material/check_circle:",
    Status.NIET_NODIG: ":material/do_not_disturb_on:",
}
ROLES = ("corporatie", "gemeente", "bouwer", "provincie")
MONTHS_AHEAD = 3  # columns of the board after what is late
MOST_CARDS = 7  # in one column before the rest is counted
ALL = "iedereen"


def choose_view() -> str:
    """Let a person choose what to look at; kept in the URL."""
    return str(
        st.segmented_control(
            "Weergave",
            list(VIEWS),
            default="bord",
            required=True,
            format_func=VIEWS.__getitem__,
            key="weergave",
            bind="query-params",
            label_visibility="collapsed",
        )
    )


def owners_of(actions: Sequence[PlannedAction]) -> list[str]:
    """Return who can have an action: the roles, and every name somebody gave."""
    given = {action.saved.owner for action in actions if action.saved.owner}
    return [*ROLES, *sorted(given - set(ROLES))]


def has(action: PlannedAction, owner: str) -> bool:
    """Tell whether an action is for an owner: by name when one is given, else as one of the parties."""
    return owner == ALL or (action.saved.owner == owner if action.saved.owner else owner in action.parties)


def board(desk: Desk, found: Board, today: date) -> None:
    """Show who has what to do, month by month or per owner, over the whole portfolio."""
    running = [action for action in found.actions if action.is_open]
    if not running:
        st.info("Er is nog geen gebouw met acties. Begin met de quick scan van een gebouw.", icon=":material/info:")
        return
    this_month = [action for action in running if action.acts_on <= end_of_month(today)]
    late = sum(action.is_late(today) for action in this_month)
    st.html(f'<p class="bordzin">{html.escape(board_sentence(this_month, late, found, today))}</p>')
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = st.selectbox(
            "Van wie?", [ALL, *owners_of(running)], key="bord_eigenaar", format_func=lambda name: name.capitalize(), width=240
        )
        per_owner = st.segmented_control(
            "Indeling",
            ["per maand", "per eigenaar"],
            default="per maand",
            required=True,
            key="bord_indeling",
            width="content",
        )
        _download(desk, [(action, found.names[action.pand_id]) for action in running if has(action, str(owner))])
    shown = [action for action in running if has(action, str(owner))]
    if per_owner == "per eigenaar":
        _by_owner(shown, today)
        return
    columns = st.columns(MONTHS_AHEAD + 1, gap="small")
    for column, (title, part) in zip(columns, by_month(shown, today), strict=True):
        with column, st.container(key=f"kolom_{title.split()[0].lower()}", gap="xsmall"):
            st.markdown(f"**{title}** · {len(part)}")
            for action in part[:MOST_CARDS]:
                _card(desk, action, found.names[action.pand_id], today)
            if len(part) > MOST_CARDS:
                with st.expander(f"Nog {len(part) - MOST_CARDS}"):
                    for action in part[MOST_CARDS : 4 * MOST_CARDS]:
                        _card(desk, action, found.names[action.pand_id], today)
                    if len(part) > 4 * MOST_CARDS:
                        st.caption("De rest staat in de agenda.")


def board_sentence(this_month: Sequence[PlannedAction], late: int, found: Board, today: date) -> str:
    """Return what has to begin this month, and for whom, in one sentence."""
    if not this_month:
        coming = next(action for action in found.actions if action.is_open)
        return f"In {month(today)} hoeft er niets te beginnen. Het eerste is op {numbers.day(coming.acts_on)}."
    count = "1 actie" if len(this_month) == 1 else f"{len(this_month)} acties"
    parts = [
        f"{role} {n}" for role in ROLES if (n := sum(role in action.parties and not action.saved.owner for action in this_month))
    ]
    named = sum(bool(action.saved.owner) for action in this_month)
    parts += [f"op naam {named}"] if named else []
    told = f"In {month(today)}: {count} om te beginnen of af te maken ({', '.join(parts)})."
    return f"{told} Daarvan is {late} te laat." if late == 1 else f"{told} Daarvan zijn er {late} te laat." if late else told


def by_month(actions: Sequence[PlannedAction], today: date) -> list[tuple[str, list[PlannedAction]]]:
    """Return the actions of this month (with what is late), of the months after it, and of later."""
    found, first = [], date.min
    day = today
    for _ in range(MONTHS_AHEAD):
        last = end_of_month(day)
        found.append((month(day).capitalize(), [action for action in actions if first <= action.acts_on <= last]))
        first = day = last + timedelta(days=1)
    found.append(("Daarna", [action for action in actions if action.acts_on >= first]))
    return found


def _by_owner(actions: Sequence[PlannedAction], today: date) -> None:
    """Show a table of how much each owner has to do in which month."""
    months = by_month(actions, today)
    names: dict[str, list[int]] = {}
    for place, (_, part) in enumerate(months):
        for action in part:
            names.setdefault(action.owner, [0] * len(months))[place] += 1
    rows = [[name, *(str(count or numbers.DASH) for count in counts)] for name, counts in sorted(names.items())]
    text_table(["Wie", *(title for title, _ in months)], rows, label="Aantal acties per eigenaar en maand")


def _card(desk: Desk, action: PlannedAction, building: str, today: date) -> None:
    late = action.is_late(today)
    mark = ":material/event_busy:" if late else ICONS[action.status]
    when = f"{'**te laat**: ' if late else ''}{numbers.short_day(action.acts_on)}"
    label = f"**{look.plain(action.title)}**  \n{look.plain(building)} · {look.plain(action.owner)}  \n{when}"
    if st.button(label, key=f"kaart_{action.pand_id}_{action.code}", icon=mark, width="stretch"):
        show(desk, action, building)


def of_building(desk: Desk, planned: Planned, today: date) -> None:
    """Show all actions of a building by step, what may be considered, and a form to add one."""
    left, right = st.columns([3, 2], gap="large")
    names = {step.nummer: step.naam for step in desk.rules.stappen}
    with left:
        hide = st.toggle("Alleen wat nog open is", value=True, key="alleen_open")
        opened = False
        for step, name in names.items():
            every = [action for action in planned.actions if action.step == step]
            running = [action for action in every if action.is_open]
            part = running if hide else every
            if not part:
                continue
            first = f" · eerst {numbers.short_day(running[0].acts_on)}" if running else ""
            title = f"**{step}. {name}** · {len(every) - len(running)} van {len(every)} af{first}"
            with st.expander(title, expanded=not opened), st.container(key=f"lijststap_{step}", gap="xsmall"):
                for action in part:
                    _row(desk, action, planned.name, today)
            opened = opened or bool(running)
    with right:
        _add(desk, planned)
        _ideas(desk, planned)


def _row(desk: Desk, action: PlannedAction, building: str, today: date) -> None:
    late = action.is_late(today)
    why = f" · {', '.join(action.reasons).lower()}" if action.reasons else ""
    when = f"{'te laat, ' if late else ''}{numbers.short_day(action.acts_on)}" if action.is_open else str(action.status)
    label = f"**{look.plain(action.title)}**  \n{look.plain(action.owner)} · {when}{look.plain(why)}"
    icon = ":material/event_busy:" if late else ICONS[action.status]
    if st.button(label, key=f"rij_{action.pand_id}_{action.code}", icon=icon, width="stretch"):
        show(desk, action, building)


def _add(desk: Desk, planned: Planned) -> None:
    names = {step.nummer: step.naam for step in desk.rules.stappen}
    with st.form("eigen_actie", clear_on_submit=True):
        st.markdown("**Eigen actie**")
        title = st.text_input("Wat moet er gebeuren?", max_chars=120)
        step = st.selectbox("In welke stap?", list(names), format_func=lambda number: f"{number}. {names[number]}")
        owner = st.text_input("Wie?", max_chars=80, placeholder="Een rol of een naam")
        due = st.date_input("Klaar op", value=None, format="DD-MM-YYYY")
        if st.form_submit_button("Voeg toe", icon=":material/add:"):
            outcome.attempt(
                lambda: desk.services.planning.add(
                    desk.portfolio.id,
                    planned.pand_id,
                    title=title,
                    step=int(step or 1),
                    owner=owner,
                    due=due,
                    author=desk.author,
                )
            )
            st.rerun()


def _ideas(desk: Desk, planned: Planned) -> None:
    if not planned.ideas:
        return
    st.markdown("**Overweeg ook**")
    with st.container(key="ideeen", gap="xsmall"):
        for idea in planned.ideas:
            with st.expander(f"{idea.stap}. {idea.titel}"):
                st.markdown(f"{idea.uitleg} _{idea.wie}, {idea.soort}._")
                st.caption(f"Bron: {idea.bron}, {idea.artikel}.")
                st.button(
                    "Neem op in de lijst",
                    key=f"idee_{idea.id}_{planned.pand_id}",
                    icon=":material/add_task:",
                    on_click=_take_on,
                    args=(desk, planned.pand_id, idea.id),
                )


def _take_on(desk: Desk, pand_id: str, code: str) -> None:
    planning = desk.services.planning
    outcome.attempt(lambda: planning.take_on(desk.portfolio.id, pand_id, code, rules=desk.rules, author=desk.author))


@st.dialog("Actie", width="medium")
def show(desk: Desk, action: PlannedAction, building: str) -> None:
    """Open one action: what, why, how far, who, when, and what was said before."""
    st.markdown(f"#### {look.plain(action.title)}")
    step = next((step.naam for step in desk.rules.stappen if step.nummer == action.step), "")
    st.caption(f"{look.plain(building)} · stap {action.step}, {step.lower()} · {action.kind}")
    if action.action is not None:
        st.markdown(action.action.uitleg)
    if action.reasons:
        st.markdown(f"Omdat in de quick scan: {look.plain(', '.join(action.reasons).lower())}.")
    st.markdown(f"Uiterlijk beginnen **{numbers.day(action.start_by)}**, klaar **{numbers.day(action.ready_by)}**.")
    saved, key = action.saved, f"{action.pand_id}_{action.code}_{action.saved.version}"
    with st.form(f"actie_{key}", border=False):
        status = st.segmented_control("Hoe ver?", [str(each) for each in Status], default=str(saved.status), required=True)
        owner = st.text_input(
            "Wie?", value=saved.owner, max_chars=80, placeholder=" en ".join(action.parties) or "Een rol of naam"
        )
        due = st.date_input("Afgesproken klaar op (leeg: volgt de planning)", value=saved.due, format="DD-MM-YYYY")
        note = st.text_area("Notitie", value=saved.note, max_chars=500, placeholder="Geen namen van bewoners.")
        if st.form_submit_button("Bewaar", type="primary", icon=":material/save:"):
            _keep(desk, saved, status=Status(str(status)), owner=owner, due=due, note=note)
            st.rerun()
    _history(desk, action)
    if action.action is not None:
        guess = "" if action.action.doorlooptijd_bron != "aanname" else " (aanname)"
        weeks = numbers.decimal(action.action.doorlooptijd_weken)
        st.caption(f"Doorlooptijd {weeks} weken{guess}. Bron: {action.action.bron}, {action.action.artikel}.")


def _keep(desk: Desk, saved: SavedAction, *, status: Status, owner: str, due: date | None, note: str) -> None:
    outcome.forget()
    try:
        kept = desk.services.planning.change(
            desk.portfolio.id, saved, status=status, owner=owner, due=due, note=note, author=desk.author
        )
    except QuickscanError as error:
        outcome.refuse(error)
        return
    st.toast(f"Bewaard {numbers.clock(kept.at)}.", icon=":material/check:")


def _history(desk: Desk, action: PlannedAction) -> None:
    if not action.saved.version:
        return
    with st.expander(f"Geschiedenis ({action.saved.version})"):
        for version in desk.services.planning.history(desk.portfolio.id, action.pand_id, action.code):
            parts = [str(version.status), version.owner, f"klaar {numbers.day(version.due)}" if version.due else "", version.note]
            told = look.plain(" · ".join(part for part in parts if part))
            st.markdown(f"- {numbers.moment(version.at)}, {look.plain(version.author)}: {told}")


def checklist(desk: Desk, planned: Planned, today: date) -> None:
    """Show the checklist "altijd doen" with how far each line is."""
    done = sum(progress.is_done for progress in planned.checklist)
    total = len(planned.checklist)
    st.markdown(f"**{done} van {total} punten af** voor {look.plain(planned.name)}.")
    st.progress(done / total if total else 0.0)
    names = {step.nummer: step.naam for step in desk.rules.stappen}
    columns = st.columns(2, gap="large")
    for step, name in names.items():
        part = [progress for progress in planned.checklist if progress.item.stap == step]
        with columns[0 if step <= 3 else 1]:  # noqa: PLR2004 - the first three steps have as many lines as the rest
            st.markdown(f"**{step}. {name}**")
            for progress in part:
                mark = ":material/check_circle:" if progress.is_done else ":material/radio_button_unchecked:"
                with st.expander(f"{progress.item.titel} · {progress.done} van {len(progress.actions)}", icon=mark):
                    for action in progress.actions:
                        _row_in_list(desk, action, planned.name, today, progress.item.nummer)
    item = planned.checklist[0].item
    st.caption(f"Bron: {item.bron}, {item.artikel}, in onze woorden.")


def _row_in_list(desk: Desk, action: PlannedAction, building: str, today: date, number: int) -> None:
    late = action.is_late(today)
    label = f"**{look.plain(action.title)}**  \n{look.plain(action.owner)} · {numbers.short_day(action.acts_on)}"
    icon = ":material/event_busy:" if late else ICONS[action.status]
    if st.button(label, key=f"punt_{number}_{action.pand_id}_{action.code}", icon=icon, width="stretch"):
        show(desk, action, building)


def agenda(desk: Desk, found: Board, planned: Planned, today: date) -> None:
    """Show open actions as a list by date, of this building or of all, and offer it as a calendar file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        scope = st.segmented_control(
            "Van", ["dit gebouw", "alle gebouwen"], default="dit gebouw", required=True, key="agenda_van", width="content"
        )
        whole = scope == "alle gebouwen"
        names: Mapping[str, str] = found.names if whole else {planned.pand_id: planned.name}
        listed = [action for action in (found.actions if whole else planned.actions) if action.is_open]
        owner = st.selectbox(
            "Van wie?", [ALL, *owners_of(listed)], key="agenda_eigenaar", format_func=lambda name: name.capitalize(), width=240
        )
        listed = [action for action in listed if has(action, str(owner))]
        _download(desk, [(action, names[action.pand_id]) for action in listed])
    frame = pd.DataFrame(
        {
            "Begin": [action.start_by for action in listed],
            "Klaar": [action.ready_by for action in listed],
            "Actie": [action.title for action in listed],
            "Gebouw": [names[action.pand_id] for action in listed],
            "Wie": [action.owner for action in listed],
            "Status": ["te laat" if action.is_late(today) else str(action.status) for action in listed],
            "Stap": [action.step for action in listed],
        }
    )
    dates = {name: st.column_config.DateColumn(name, format="DD-MM-YYYY") for name in ("Begin", "Klaar")}
    st.dataframe(
        frame, hide_index=True, column_config=dates, row_height=38, height=560, alt=f"{len(frame)} open acties op datum."
    )
    st.caption(
        "Het .ics-bestand opent in elke agenda. Lees het later opnieuw in: dan verschuift een actie mee, zonder dubbel te komen."
    )


def _download(desk: Desk, listed: Sequence[tuple[PlannedAction, str]]) -> None:
    st.download_button(
        "Agenda (.ics)",
        data=lambda: make_agenda(listed, desk.rules, workspace_id=desk.portfolio.id, name=desk.portfolio.name),
        file_name="quickscan-acties.ics",
        mime="text/calendar",
        icon=":material/event:",
        on_click="ignore",
        disabled=not listed,
    )


def to_planning() -> None:
    """Offer the way to the plan of this building."""
    if st.button("Planning", icon=":material/calendar_month:"):
        state.go("pages/werk/planning.py")
