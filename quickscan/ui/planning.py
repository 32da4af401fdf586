"""The planning page: when the first tenant moves in, what holds it up, who has to do what, and the knobs.

Every knob saves in its callback, before the page is drawn again, so the page never shows what is not kept.
"""

from __future__ import annotations

import calendar
import html
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from quickscan.domain.actions import PlannedAction
from quickscan.domain.finance.granting import find_window
from quickscan.domain.finance.subsidies import Uitkomst
from quickscan.domain.planbook import Season
from quickscan.domain.schedule.plans import Moment
from quickscan.domain.schedule.settings import PlanSettings, StalePlanningError
from quickscan.domain.schedule.story import Cause, month, months_text, tell_causes, tell_seasons, tell_threats, tell_wish
from quickscan.services.planning import Planned
from quickscan.ui import account, look, numbers, outcome, scorecard, state
from quickscan.ui import planning_figures as figures
from quickscan.ui.businesscase import chart
from quickscan.ui.charts import Setting
from quickscan.ui.frame import Desk

PLANNING, ACTIONS, QUICK_SCAN = "pages/werk/planning.py", "pages/werk/acties.py", "pages/scan/quickscan.py"
ABSENT = object()
YEARS_AHEAD = 4  # how far the slider of the start reaches
MOST_NOW = 4  # actions of this month before the rest is counted
MOST_CAUSES = 3
LEAST_WAIT = 0.5  # months of waiting for nature worth a sentence


def end_of_month(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def milestones(planned: Planned) -> None:
    """Show the permit, the start of building and the first tenant: likely month, and from early to late."""
    plan = planned.plan.counts
    shown = (("Vergunning", plan.permit), ("Start bouw", plan.building), ("Eerste huurder", plan.tenant))
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{month(moment.likely)}<small>{html.escape(reach(moment))}</small></dd></div>"
        for name, moment in shown
    )
    st.html(f'<dl class="mijlpalen">{cells}</dl>')


def reach(moment: Moment) -> str:
    """Return the luck of a moment in words: from P10 to P80."""
    if month(moment.early) == month(moment.late):
        return "dezelfde maand in bijna alle trekkingen"
    return f"{month(moment.early)} tot {month(moment.late)}"


def holdups(desk: Desk, planned: Planned) -> None:
    """Show what costs the most time, each with why and the first thing to do."""
    st.subheader("Wat houdt het op", anchor=False)
    causes = tell_causes(planned.plan, desk.rules)
    if not causes:
        st.markdown(":material/check: Uit wat nu bekend is, komt geen vertraging.")
    for cause in causes[:MOST_CAUSES]:
        _cause(desk, cause)
    rest = causes[MOST_CAUSES:]
    if rest:
        with st.expander(f"Nog {len(rest)}"):
            for cause in rest:
                _cause(desk, cause)


def _cause(desk: Desk, cause: Cause) -> None:
    rules = desk.rules
    with st.container(key=f"cijfer_oorzaak_{cause.key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/hourglass_bottom: {look.plain(cause.text)}", width="stretch")
        with st.popover("wat helpt?", type="tertiary"):
            active = rules.criterion(cause.key)
            for name in cause.actions:
                action = rules.acties[name]
                st.markdown(f"**{action.titel}** ({action.wie}). {action.uitleg}")
            guess = " De maanden zijn een aanname." if active.version.aanname else ""
            st.caption(f"Bron: {active.version.bron}, {active.version.artikel}.{guess}")
            st.page_link("pages/beheer/regels.py", label="Lees de regel", query_params={"criterium": cause.key})


def this_month(planned: Planned, today: date) -> None:
    """Show who has to do what this month, and what was late already; the way to all actions below it."""
    st.subheader("Deze maand", anchor=False)
    due = planned.open_by(end_of_month(today))
    for action in due[:MOST_NOW]:
        st.html(action_line(action, today))
    rest = due[MOST_NOW:]
    if rest:
        st.caption(f"En nog {len(rest)}.")
    if not due:
        coming = [action for action in planned.actions if action.is_open][:1]
        st.markdown(":material/check: Deze maand hoeft er niets te beginnen.")
        for action in coming:
            st.html(action_line(action, today, lead="Daarna: "))
    if st.button("Naar de acties", icon=":material/task_alt:", key="naar_acties"):
        state.go(ACTIONS)


def action_line(action: PlannedAction, today: date, *, lead: str = "") -> str:
    """Return one action as a line: who in front, then what, and by when."""
    late = action.is_late(today)
    word = "te laat, " if late else ""
    verb = "klaar" if action.acts_on == action.ready_by and action.status == "bezig" else "begin"
    return (
        f'<div class="actieregel{" laat" if late else ""}"><b>{html.escape(lead + action.owner)}</b>'
        f"<span>{html.escape(action.title)}</span>"
        f"<small>{word}{verb} uiterlijk {numbers.day(action.acts_on)}</small></div>"
    )


def knobs(desk: Desk, planned: Planned, today: date) -> None:
    """Show what can be chosen: the start, the wish, the seven lessons and the nature to count."""
    plan, settings = planned.plan, planned.settings

    def keep(key: str, field: str) -> None:
        save(desk, planned, today, **{field: st.session_state[key]})

    st.subheader("Draai aan de planning", anchor=False)
    with st.container(key="start"):
        key = follow(f"schuif_{planned.pand_id}", plan.start)
        st.slider(
            "Stap 1 begint op",
            min_value=min(plan.start, today),
            max_value=max(plan.start, date(today.year + YEARS_AHEAD, today.month, 1)),
            step=timedelta(days=7),
            format="DD-MM-YYYY",
            key=key,
            on_change=keep,
            args=(key, "start"),
        )
        _exact_start(desk, planned, today)
    key = follow(f"wens_{planned.pand_id}", settings.wish)
    st.date_input(
        "Wensdatum van de eerste huurder",
        value=None,
        format="DD-MM-YYYY",
        key=key,
        on_change=keep,
        args=(key, "wish"),
        help="Leeg: de planning rekent met de dag waarop in 80 van de 100 trekkingen de eerste huurder er woont.",
    )
    st.markdown("**Zeven lessen van parallel plannen**")
    if settings.lessons is None:
        told = "volgt de quick scan" if plan.chosen else "nog geen gekozen"
        st.caption(f"Nu: {told}. Zet een les aan en zie wat hij doet.")
    with st.container(key="lessen", gap="xsmall"):
        for lesson in desk.rules.planning.lessen:
            gained = desk.rules.parameter(lesson.parameter).likely
            st.toggle(
                lesson.naam,
                key=follow(f"les_{lesson.id}_{planned.pand_id}", lesson.id in plan.chosen),
                on_change=_keep_lessons,
                args=(desk, planned, today),
                help=f"{lesson.uitleg} Tot {numbers.decimal(gained, 2)} maanden eerder (aanname). "
                f"Bron: {lesson.bron}, {lesson.artikel}.",
            )
    _nature_knob(desk, planned, today)


def _exact_start(desk: Desk, planned: Planned, today: date) -> None:
    """Offer to type the day. In a form, so that it never sends an older day along with a move of the slider."""
    name = f"startdag_{planned.pand_id}_{planned.plan.start}"
    with st.form(name, border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input("Of kies een dag", value=planned.plan.start, format="DD-MM-YYYY")
        if st.form_submit_button("Zet"):
            save(desk, planned, today, start=day)
            st.rerun()


def follow(key: str, value: object) -> str:
    """Make a widget show what is kept, whatever it showed before, and return its key.

    The key stays the same over saves, so that who moves a slider with the keyboard keeps the focus.
    """
    if st.session_state.get(key, ABSENT) != value:
        st.session_state[key] = value
    return key


def _keep_lessons(desk: Desk, planned: Planned, today: date) -> None:
    chosen = [lesson.id for lesson in desk.rules.planning.lessen if st.session_state.get(f"les_{lesson.id}_{planned.pand_id}")]
    save(desk, planned, today, lessons=frozenset(chosen))


def _nature_knob(desk: Desk, planned: Planned, today: date) -> None:
    seasons = {season.id: season.naam for season in desk.rules.planning.seizoenen}
    key = follow(f"natuur_{planned.pand_id}", [season for season in seasons if season in planned.plan.seasons])

    def keep() -> None:
        save(desk, planned, today, seasons=frozenset(st.session_state[key]))

    st.pills(
        "Welke dieren moeten geteld worden?",
        list(seasons),
        selection_mode="multi",
        format_func=seasons.__getitem__,
        key=key,
        on_change=keep,
    )
    if planned.settings.seasons is None:
        st.caption("Volgt de quick scan. Onbekend telt als onderzoek nodig (aanname).")


def save(desk: Desk, planned: Planned, today: date, **changes: Any) -> None:
    """Keep changes of the settings, or remember what to say about it.

    Who turns two knobs quickly has not seen the first change yet; it is one's own, so the second goes on top of it.
    """
    planning, seen = desk.services.planning, planned.settings

    def keep(settings: PlanSettings) -> None:
        planning.settle(desk.portfolio.id, planned.pand_id, settings, author=desk.author, today=today, **changes)

    def keep_on_top() -> None:
        try:
            keep(seen)
        except StalePlanningError:
            now = planning.settings(desk.portfolio.id, planned.pand_id)
            if now.author != desk.author:
                raise
            keep(now)

    outcome.attempt(keep_on_top)


def said(planned: Planned) -> None:
    """Say what went wrong with the last save, or when it was kept."""
    if not outcome.show() and planned.settings.version:
        at, author = numbers.moment(planned.settings.at), look.plain(account.name_of(planned.settings.author))
        st.caption(f":material/check: Bewaard door {author}, {at}.")


def both_plans(desk: Desk, planned: Planned, setting: Setting, today: date) -> None:
    """Show the plan one by one and in parallel, on the same time line."""
    plan = planned.plan
    seasons = [season for season in desk.rules.planning.seizoenen if season.id in plan.seasons]
    first, second = st.columns(2, gap="medium")
    every = len(desk.rules.planning.lessen)
    chosen = len(plan.chosen)
    told = f"{chosen} van de {every} lessen" if chosen else f"als alle {every} lessen lukken"
    won = f"{months_text(plan.saved_months)} eerder" if plan.saved_months > 0 else "even snel"
    for column, one, name, title in (
        (first, plan.serial, "na_elkaar", "Na elkaar"),
        (second, plan.parallel, "parallel", f"Parallel: {won}"),
    ):
        with column:
            figure = figures.gantt(one, plan, seasons, setting, today=today)
            chart(name, title, figure, figures.gantt_words(one))
    st.caption(f"Parallel: {told}. {_legend(seasons, wished=plan.wished)}")
    _tell_waiting(planned, seasons)


def _legend(seasons: Sequence[Season], *, wished: bool) -> str:
    parts = [
        "Vol: tot het waarschijnlijk klaar is (P50). Gearceerd: tot het in 80 van de 100 trekkingen klaar is.",
        "De dikke lijn is de eerste huurder.",
    ]
    if wished:
        parts.append("De stippellijn is de wensdatum.")
    if seasons:
        parts.append("In de lichte banden kunnen dieren geteld worden.")
    return " ".join(parts)


def _tell_waiting(planned: Planned, seasons: Sequence[Season]) -> None:
    plan = planned.plan
    if not seasons:
        return
    nature = plan.counts.nature
    report = f" Het rapport is er waarschijnlijk in {month(nature.end.likely)}." if nature else ""
    if plan.nature_wait >= LEAST_WAIT:
        text = f"**Wachten op het seizoen: {months_text(plan.nature_wait)}.** {tell_seasons(seasons)}{report}"
        st.warning(text, icon=":material/pets:")
    else:
        st.info(f"**Het seizoen wordt gehaald.**{report} {tell_seasons(seasons)}", icon=":material/pets:")


def wish(planned: Planned) -> None:
    """Say how likely the wished day is, and show the latest start of every step."""
    plan = planned.plan
    st.subheader("Uiterlijk beginnen", anchor=False)
    st.markdown(look.plain(tell_wish(plan)))
    names = {bar.step: bar.name for bar in plan.serial.bars}
    bars = {bar.step: bar for bar in plan.counts.bars}
    rows = [
        [f"{step}. {names[step]}", numbers.day(bars[step].start.likely), numbers.day(day)]
        for step, day in plan.latest.items()
        if step in bars and step != 8  # noqa: PLR2004 - after the first tenant
    ]
    rows.append(["Eerste huurder", numbers.day(plan.counts.tenant.likely), numbers.day(plan.wish)])
    text_table(["Begin van", "Waarschijnlijk", "Uiterlijk"], rows, label="Waarschijnlijke en laatste startdatum per stap")
    late = plan.latest[1] < plan.start
    share = round(plan.share * 100)
    if late:
        st.warning(
            f"Om de wensdatum in {share} van de 100 trekkingen te halen, begint stap 1 op {numbers.day(plan.latest[1])}. "
            "Dat is vóór de start die nu gekozen is.",
            icon=":material/event_busy:",
        )
    st.caption(f"Wie op de uiterste dag begint, haalt de datum in ten minste {share} van de 100 trekkingen (aanname).")


def swings(planned: Planned, setting: Setting) -> None:
    """Show what moves the first tenant most."""
    found = planned.plan.swings
    chart(
        "tornado",
        "Wat verschuift de eerste huurder?",
        figures.tornado(found, setting),
        figures.tornado_words(found),
        "Maanden eerder of later als één ding anders loopt. De rest blijft gelijk, met dezelfde trekkingen.",
    )


def threats(desk: Desk, planned: Planned) -> None:
    """Show what nobody knows yet and may hold the plan up."""
    found = tell_threats(planned.plan, desk.rules)
    if not found:
        return
    st.subheader("Nog onbekend, kan tijd kosten", anchor=False)
    for cause in found:
        st.markdown(f":material/help: {look.plain(cause.text)}")
    if st.button("Zoek het uit in de quick scan", icon=":material/checklist:"):
        state.go(QUICK_SCAN)


def subsidies(desk: Desk, planned: Planned, today: date) -> None:
    """Show which subsidies fit the plan in time, and when to apply."""
    plan = planned.plan.counts
    rows = []
    for subsidy, version in desk.services.finance.subsidies.on(desk.rules.day):
        likely, late = (find_window(version, day=today, start=day) for day in (plan.building.likely, plan.building.late))
        if likely.open is Uitkomst.JA and late.open is not Uitkomst.JA:
            fits, text = "krap", f"{likely.text} Start de bouw later, dan: {late.text}"
        else:
            fits, text = {Uitkomst.JA: "past", Uitkomst.NEE: "past niet", Uitkomst.ONBEKEND: "onbekend"}[likely.open], likely.text
        rows.append([subsidy.naam, fits, text])
    st.subheader("Passen de subsidies in de tijd?", anchor=False)
    text_table(["", "In de tijd", "Wanneer"], rows, label="Subsidies en hun termijn")
    st.caption("Alleen de termijn, met de start van de bouw uit deze planning. De voorwaarden staan bij de business case.")


def how(desk: Desk, planned: Planned) -> None:
    """Say what the plan reckons with, open to its parameters."""
    rules, plan = desk.rules, planned.plan
    with st.expander("Waar komt dit vandaan?", icon=":material/menu_book:"):
        usual = numbers.decimal(plan.usual_months, 0)
        st.markdown(
            f"Zonder tegenslag zegt de handreiking: ongeveer {usual} maanden tot de eerste huurder. De antwoorden leggen er "
            "maanden bovenop of halen ze eraf, en de kalender laat wachten op het seizoen, de bouwvak en de termijnen. In één "
            "stap telt de langste vertraging heel, en elke andere voor een deel."
        )
        for name in rules.parameters:
            if name.startswith("planning.") and "les_" not in name:
                active = rules.parameter(name)
                ends = dict.fromkeys(numbers.decimal(number, 2) for number in (active.low, active.likely, active.high))
                st.markdown(scorecard.parameter_line(active, " – ".join(ends)))


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, label: str) -> None:
    """Draw a small table of words as HTML: it prints, it is read aloud, and on a phone it scrolls by itself."""
    top = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="geldtabel tekst" role="region" tabindex="0" aria-label="{html.escape(label)}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def short(desk: Desk, planned: Planned) -> None:
    """Show time and actions on the building page, each with the way to more."""
    today = desk.rules.day
    left, right = st.columns(2, gap="large")
    with left, st.container(gap="xsmall"):
        st.subheader("Tijd", anchor=False)
        milestones(planned)
        if st.button("Naar de planning", icon=":material/calendar_month:", key="naar_planning"):
            state.go(PLANNING)
    with right, st.container(gap="xsmall"):
        this_month(planned, today)
