"""Regels: the rulebook to read, search and question. `?criterium=bou.bouwjaar` opens one criterion."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.rules import ActiveCriterion, UnknownRuleError
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Aspect, Interventie
from quickscan.ui import look, rulepage, ruletext
from quickscan.ui.frame import open_page

desk = open_page("Regels", needs_workspace=False)
rules = desk.rules
rulepage.draw_masthead(rules)

asked = st.query_params.get("criterium")
if asked:
    try:
        active = rules.criterion(asked)
    except UnknownRuleError:
        told = f"Het criterium ‘{look.plain(asked[:60])}’ staat niet in deze normenset. Zoek het hieronder op."
        st.warning(told, icon=":material/search_off:")
    else:
        if st.button("Alle regels", icon=":material/arrow_back:"):
            st.query_params.pop("criterium")
            st.rerun()
        rulepage.draw_single(active, rules)
        st.stop()

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
wanted = ruletext.Wanted(tuple((query or "").casefold().split()), assumed)
found = ruletext.find(rules, wanted)

part = st.segmented_control(
    "Onderdeel",
    ruletext.PARTS,
    default=ruletext.PARTS[0],
    required=True,
    key="regels_deel",
    bind="query-params",
    label_visibility="collapsed",
)
if wanted != ruletext.Wanted():
    st.caption(ruletext.found_words(found, rules, wanted))


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
        members = ruletext.of_aspect(found.criteria, aspect)
        if members:
            draw_aspect(aspect, members)


def draw_aspect(aspect: Aspect, members: list[ActiveCriterion]) -> None:
    """Draw the weights beside the criteria; only the criteria when somebody searches."""
    st.header(look.ASPECT_NAMES[aspect], anchor=False)
    if wanted.words:
        with st.container(width=rulepage.READING_WIDTH):
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
        st.caption("Aandeel in dit aspect. " + ruletext.aspect_words(rules))
    with right:
        st.subheader(f"{len(members)} criteria", anchor=False)
        for active in members:
            rulepage.draw_expander(active, rules)


if not found.count(part) and not (part == ruletext.PARTS[3] and found.steps):
    st.info("Hier is niets gevonden. Probeer een ander woord of een ander onderdeel.", icon=":material/search_off:")
elif part == "Criteria":
    draw_criteria()
else:
    with st.container(width=rulepage.READING_WIDTH):
        if part == "Getallen":
            rulepage.draw_parameters(found.parameters, unfold=bool(wanted.words))
        elif part == "Voorselectie":
            rulepage.draw_preselection(found.preselection)
        else:
            rulepage.draw_steps(rules, found)
