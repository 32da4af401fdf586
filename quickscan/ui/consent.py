"""Taking part and agreeing, on the screen: the level, the two rules of consent, measures for moving, and the fifteen tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from quickscan.domain.consent import Check, Outcome, check_owners, check_tenants, find_gaps
from quickscan.services.planning import Planned
from quickscan.services.scans import Scan
from quickscan.ui import look
from quickscan.ui.frame import Desk
from quickscan.ui.planning import follow, save

ICONS = {
    Outcome.NIET_NODIG: ":material/do_not_disturb_on:",
    Outcome.IN_ORDE: ":material/check_circle:",
    Outcome.NOG_DOEN: ":material/pending:",
    Outcome.ONBEKEND: ":material/help:",
}
ROLE_TEXTS = {
    "initiatiefnemer": "Initiatiefnemer",
    "planontwikkelaar": "Planontwikkelaar, gemachtigd of gedelegeerd",
    "plantoetser": "Plantoetser",
}
LEVEL, COMBINED = "participatie", {False: "Alleen optoppen", True: "Ook werk in de woningen"}


def residents(desk: Desk, planned: Planned, scan: Scan, today: date) -> None:
    """Show how residents take part, whether their agreement is needed, and what helps them move."""
    left, right = st.columns(2, gap="large")
    with left:
        _level(desk, planned, today)
        _measures(desk, planned, today)
    with right:
        _agreement(desk, planned, scan, today)


def _key(planned: Planned, name: str) -> str:
    return f"{name}_{planned.pand_id}"


def _keeper(desk: Desk, planned: Planned, today: date, field: str, key: str, turn: Callable[[Any], Any]) -> Callable[[], None]:
    """Return a callback that keeps what a widget says."""

    def keep() -> None:
        save(desk, planned, today, **{field: turn(st.session_state[key])})

    return keep


def _level(desk: Desk, planned: Planned, today: date) -> None:
    st.subheader("Hoe doen bewoners mee?", anchor=False)
    levels = {level.id: level for level in desk.rules.planning.participatie}
    key = follow(_key(planned, "niveau"), planned.settings.level or None)
    st.segmented_control(
        "Niveau",
        list(levels),
        format_func=lambda name: levels[name].naam,
        key=key,
        on_change=_keeper(desk, planned, today, "level", key, lambda value: str(value or "")),
        label_visibility="collapsed",
    )
    chosen = levels.get(planned.settings.level)
    for level in [chosen] if chosen else levels.values():
        st.markdown(f"**{level.naam}.** {level.uitleg} Past bij: {level.past_bij}.")
    st.caption(f"Bron: {next(iter(levels.values())).bron}, hoofdstuk 2. Waar het bij past, is een aanname.")


def _agreement(desk: Desk, planned: Planned, scan: Scan, today: date) -> None:
    settings = planned.settings
    st.subheader("Is instemming nodig?", anchor=False)
    key = follow(_key(planned, "gecombineerd"), settings.combined)
    st.segmented_control(
        "Wat gebeurt er?",
        list(COMBINED),
        format_func=COMBINED.__getitem__,
        key=key,
        on_change=_keeper(desk, planned, today, "combined", key, lambda value: value),
    )
    if settings.combined:
        first, second = st.columns(2)
        key = follow(_key(planned, "instemming"), None if settings.agreed is None else round(settings.agreed * 100, 6))
        with first:
            st.number_input(
                "Stemde in (%)",
                min_value=0.0,
                max_value=100.0,
                step=1.0,
                format="%.0f",
                value=None,
                placeholder="onbekend",
                key=key,
                on_change=_keeper(desk, planned, today, "agreed", key, _share),
            )
        key = follow(_key(planned, "gevraagd"), settings.asked_on)
        with second:
            st.date_input(
                "Bericht verstuurd op",
                value=None,
                format="DD-MM-YYYY",
                key=key,
                on_change=_keeper(desk, planned, today, "asked_on", key, lambda value: value),
            )
    homes = float(scan.situation.columns.number("aantal_woningen")[0])
    draw_check(check_tenants(settings, homes, desk.rules, today=today))
    ownership = _choice(scan, desk)
    if ownership != "volledig":
        key = follow(_key(planned, "stemmen"), None if settings.votes is None else round(settings.votes * 100, 6))
        st.number_input(
            "Stemmen voor in de VvE (% van alle stemmen)",
            min_value=0.0,
            max_value=100.0,
            step=1.0,
            format="%.0f",
            value=None,
            placeholder="onbekend",
            key=key,
            on_change=_keeper(desk, planned, today, "votes", key, _share),
        )
    draw_check(check_owners(settings, ownership, desk.rules))


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _choice(scan: Scan, desk: Desk) -> str | None:
    """Return the choice on ownership, None when it is unknown."""
    choices = desk.rules.criterion("pla.eigendom").version.keuzes
    place = int(scan.situation.places["pla.eigendom"][0])
    return choices[place].code if place < len(choices) else None


def draw_check(check: Check) -> None:
    """Show what a rule says, with its nuance and source."""
    st.markdown(f"{ICONS[check.outcome]} **{check.name}: {check.outcome}.** {check.text}")
    st.caption(f"{check.nuance} Bron: {check.source}. Geen juridisch advies.")


def _measures(desk: Desk, planned: Planned, today: date) -> None:
    st.subheader("Pakket voor doorstroming", anchor=False)
    chosen, measures = planned.settings.measures, desk.rules.planning.doorstroming
    kinds = list(dict.fromkeys(measure.soort for measure in measures))
    for column, pair in zip(st.columns(2, gap="medium"), (kinds[:2], kinds[2:]), strict=True):
        with column:
            for kind in pair:
                st.markdown(f"**{kind.capitalize()}**")
                with st.container(key=f"pakket_{kind.split()[0]}", gap="xsmall"):
                    for measure in (measure for measure in measures if measure.soort == kind):
                        st.checkbox(
                            measure.naam,
                            help=measure.uitleg,
                            key=follow(_key(planned, f"maatregel_{measure.id}"), measure.id in chosen),
                            on_change=_toggle_measure,
                            args=(desk, planned, today, measure.id),
                        )
    missing = [kind for kind in kinds if not any(measure.id in chosen for measure in measures if measure.soort == kind)]
    if chosen and missing:
        st.info(f"Van deze soorten is nog niets gekozen: {', '.join(missing)}.", icon=":material/info:")
    st.caption(f"Een pakket heeft uit elke soort iets. Bron: {measures[0].bron}, {measures[0].artikel}.")


def _toggle_measure(desk: Desk, planned: Planned, today: date, name: str) -> None:
    save(desk, planned, today, measures=planned.settings.measures ^ {name})


def tasks(desk: Desk, planned: Planned, today: date) -> None:
    """Show the fifteen tasks of the triangle, who has each, and which nobody has."""
    listed, given = desk.rules.planning.taken, planned.settings.tasks
    gaps = find_gaps(listed, given)
    if gaps:
        st.warning(
            f"**{len(gaps)} van de {len(listed)} taken hebben nog geen naam:** {', '.join(str(task.nummer) for task in gaps)}.",
            icon=":material/person_off:",
        )
    else:
        st.success(f"Alle {len(listed)} taken hebben een naam.", icon=":material/check_circle:")
    version = planned.settings.version
    with st.form(_key(planned, "taken"), border=False):
        entered = {}
        columns = st.columns(3, gap="large")
        for column, (role, title) in zip(columns, ROLE_TEXTS.items(), strict=True):
            with column:
                st.markdown(f"**{title}**")
                for task in (task for task in listed if task.rol == role):
                    entered[str(task.nummer)] = st.text_input(
                        f"{task.nummer}. {task.titel}",
                        value=given.get(str(task.nummer), ""),
                        placeholder=f"meestal {task.meestal}",
                        max_chars=80,
                        key=_key(planned, f"taak_{task.nummer}_{version}"),
                    )
        with st.container(horizontal=True):
            kept = st.form_submit_button("Bewaar", type="primary", icon=":material/save:")
            usual = st.form_submit_button("Vul in wie het meestal doet", icon=":material/group_add:")
    if kept or usual:
        if usual:
            entered = {str(task.nummer): entered[str(task.nummer)].strip() or task.meestal for task in listed}
        save(desk, planned, today, tasks={number: who.strip() for number, who in entered.items() if who.strip()})
        st.rerun()
    source = listed[0]
    st.caption(f"Bron: {source.bron}, {source.artikel}. Wie een taak meestal doet, is een aanname. {look.plain(planned.name)}.")
