"""Setting the target of a programme, and beginning a project."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.programme.plan import Homes, Project, Target
from quickscan.domain.programme.quarters import PER_YEAR, Quarter, quarters_between
from quickscan.domain.rules import Rules
from quickscan.ui import outcome
from quickscan.ui.programme import Office
from quickscan.ui.programme_projects import choose_buildings, choose_homes

HANDED_OVER = "_programma_gebouwen"  # another page leaves (name, pand_ids) here: a project to begin with
BACK, AHEAD = -24, 80  # quarters from now that can be chosen


def _quarter(label: str, value: Quarter, now: Quarter, *, key: str) -> Quarter:
    options = quarters_between(min(now.plus(BACK), value), max(now.plus(AHEAD), value))
    chosen: Quarter = st.selectbox(label, options, index=options.index(value), format_func=lambda one: one.label, key=key)
    return chosen


def usual_target(now: Quarter, rules: Rules) -> Target:
    """Return a target to begin with: that of Zoetermeer, from now on."""
    homes, years = rules.parameter("programma.woningen_zoetermeer"), rules.parameter("programma.jaren_zoetermeer")
    early, late = (now.plus(round(PER_YEAR * end) - 1) for end in (years.low, years.high))
    return Target("Ons programma", round(homes.low), round(homes.high), now, early, late)


def draw_target(office: Office) -> None:
    """Draw the form of the target."""
    desk, rules = office.desk, office.desk.rules
    stored = office.plan.target
    target = stored or usual_target(office.now, rules)
    key = f"doel_{desk.portfolio.id}_{target.version}"
    if stored is None:
        source = rules.parameter("programma.woningen_zoetermeer").value
        st.caption(f"Vooraf ingevuld is het doel van Zoetermeer ({source.bron}). Pas het aan.")
    name = st.text_input("Naam van het programma", target.name, max_chars=80, key=f"{key}_naam")
    left, right = st.columns(2)
    with left:
        low = st.number_input("Minste woningen", 1, 100_000, target.low, key=f"{key}_laag")
        starts = _quarter("Start", target.starts, office.now, key=f"{key}_start")
    with right:
        high = st.number_input("Meeste woningen", 1, 100_000, target.high, key=f"{key}_hoog")
        early = _quarter("Vroegste einde", target.ends_early, office.now, key=f"{key}_vroeg")
    late = _quarter("Laatste einde", target.ends_late, office.now, key=f"{key}_laat")
    st.markdown("**Het duo**")
    gemeente = st.text_input("Gemeente", target.gemeente, max_chars=80, key=f"{key}_gemeente")
    corporatie = st.text_input("Corporatie", target.corporatie, max_chars=80, key=f"{key}_corporatie")
    tranche = st.text_input("Tranche", target.tranche, max_chars=40, key=f"{key}_tranche", placeholder="bijvoorbeeld 1e tranche")
    changed = Target(name, int(low), int(high), starts, early, late, tranche, gemeente, corporatie, target.version)
    st.button(
        "Bewaar het doel",
        type="primary",
        key=f"{key}_bewaar",
        on_click=outcome.act,
        args=(
            lambda: desk.services.programme.set_target(desk.portfolio.id, changed, author=desk.author),
            f"Bewaard: {low} tot {high} woningen.",
        ),
    )


def draw_new(office: Office) -> None:
    """Draw the form of a new project; another page may have chosen its name and buildings."""
    desk = office.desk
    given_name, given = st.session_state.get(HANDED_OVER, ("", ()))
    key = f"nieuw_{desk.portfolio.id}_{len(office.plan.projects)}_{hash((given_name, tuple(given)))}"
    name = st.text_input("Naam", given_name, max_chars=80, key=f"{key}_naam", placeholder="bijvoorbeeld Serie Rietlanden")
    panden = choose_buildings(office, given, key=key)
    own = choose_homes(None, Homes(0, 0, 0), key=key)
    start = _quarter("Initiatief in", office.now, office.now, key=f"{key}_start")
    st.caption("De andere mijlpalen krijgen het gewone tempo uit de normenset. Daarna zijn ze te verschuiven.")

    def begin() -> None:
        project = Project(0, name, tuple(panden), own)
        if outcome.attempt(
            lambda: desk.services.programme.add(desk.portfolio.id, project, start=start, rules=desk.rules, author=desk.author),
            f"Bewaard: {name} staat in het programma.",
        ):
            st.session_state.pop(HANDED_OVER, None)

    st.button("Maak het project", type="primary", key=f"{key}_maak", on_click=begin)
