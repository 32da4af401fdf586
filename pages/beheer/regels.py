"""Regels: the rulebook to read, search and question. `?criterium=bou.bouwjaar` opens one criterion."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.rules import ActiveCriterion, UnknownRuleError
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Aspect, Interventie
from quickscan.ui import look, rulepage
from quickscan.ui.frame import open_page

CRITERION = "criterium"

desk = open_page("Regels", needs_workspace=False)
rules = desk.rules
rulepage.draw_masthead(rules)


def draw_one(criterion_id: str) -> None:
    """Draw the criterion that another page, or somebody's link, points at."""
    if st.button("Alle regels", icon=":material/arrow_back:"):
        st.query_params.pop(CRITERION)
        st.rerun()
    active = rules.criterion(criterion_id)
    st.header(active.criterion.naam, anchor=False)
    st.caption(f"{look.ASPECT_ICONS[active.criterion.aspect]} {look.ASPECT_NAMES[active.criterion.aspect]}")
    if active.version.aanname:
        st.badge("Aanname", icon=":material/edit_note:", color="orange")
    rulepage.draw_criterion(active, rules)


asked = st.query_params.get(CRITERION)
if asked:
    try:
        draw_one(asked)
        st.stop()
    except UnknownRuleError:
        st.warning(f"Het criterium ‘{asked}’ staat niet in deze normenset. Zoek het hieronder op.", icon=":material/search_off:")

with st.container(horizontal=True, vertical_alignment="bottom"):
    query = st.text_input(
        "Zoek in de regels",
        key="regels_zoek",
        bind="query-params",
        placeholder="Bijvoorbeeld parkeren, Stec of 1965",
        icon=":material/search:",
        width=420,
    )
    assumed = st.toggle("Alleen aannames", key="regels_aannames", bind="query-params")
    rulepage.draw_downloads(rules)
wanted = rulepage.Wanted(tuple((query or "").casefold().split()), assumed)
found = rulepage.find(rules, wanted)

part = st.segmented_control(
    "Onderdeel",
    rulepage.PARTS,
    default=rulepage.PARTS[0],
    required=True,
    key="regels_deel",
    bind="query-params",
    label_visibility="collapsed",
)
if wanted != rulepage.Wanted():
    st.caption("Gevonden: " + ", ".join(f"{found.count(name)} in {name}" for name in rulepage.PARTS) + ".")


def draw_criteria() -> None:
    """Draw one aspect at a time with its weights; a search goes through all four."""
    if wanted.words:
        shown = list(ASPECTEN)
    else:
        shown = [
            st.pills(
                "Aspect",
                ASPECTEN,
                default=ASPECTEN[0],
                required=True,
                format_func=lambda aspect: look.ASPECT_NAMES[aspect],
                key="regels_aspect",
                bind="query-params",
                label_visibility="collapsed",
            )
        ]
    for aspect in shown:
        members = rulepage.of_aspect(found.criteria, aspect)
        if members:
            draw_aspect(aspect, members)


def draw_aspect(aspect: Aspect, members: list[ActiveCriterion]) -> None:
    """Draw the weights beside the criteria; only the criteria when somebody searches."""
    st.header(look.ASPECT_NAMES[aspect], anchor=False)
    if wanted.words:
        for active in members:
            rulepage.draw_expander(active, rules)
        return
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.subheader("Gewichten", anchor=False)
        interventie = st.segmented_control(
            "Bij",
            INTERVENTIES,
            default=Interventie.OPTOPPEN,
            required=True,
            format_func=lambda each: look.INTERVENTIE_NAMES[each],
            key="regels_interventie",
            label_visibility="collapsed",
        )
        rulepage.draw_weights(members, interventie)
        st.caption("Aandeel in dit aspect. " + rulepage.aspect_words(rules))
    with right:
        st.subheader(f"{len(members)} criteria", anchor=False)
        for active in members:
            rulepage.draw_expander(active, rules)


if not found.count(part) and not (part == rulepage.PARTS[3] and found.steps):
    st.info("Hier is niets gevonden. Probeer een ander woord of een ander onderdeel.", icon=":material/search_off:")
elif part == "Criteria":
    draw_criteria()
elif part == "Getallen":
    rulepage.draw_parameters(found.parameters, unfold=bool(wanted.words))
elif part == "Voorselectie":
    rulepage.draw_preselection(found.preselection)
else:
    rulepage.draw_steps(rules, found)
