"""The parts of the building page: the sentence, the score, the homes, what stands in the way, the pace, the facts."""

from __future__ import annotations

import html
import math
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from quickscan.domain.dwellings import ROUTE_INPUTS, ROUTE_PARAMETERS, ROUTE_TEXTS, Route
from quickscan.domain.explanation import Band, Explanation, given
from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Rules
from quickscan.domain.story import tell
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Interventie
from quickscan.services.scans import Scan
from quickscan.ui import look, numbers, scorecard, state
from quickscan.ui.forms import HERKOMST_WORDS, MOEITE_WORDS

MOST_QUESTIONS = 5
OTHER_PARAMETERS = {
    Interventie.AANPLAKKEN: (
        ("vrije_kopgevels", "bouwlagen"),
        ("woningen.per_kopgevel",),
        "vrije kopgevels × woningen per kopgevel",
    ),
    Interventie.UITPLINTEN: (
        ("garageboxen", "plint_m2"),
        ("woningen.garageboxen_per_woning", "woningen.plint_bruikbaar"),
        "garageboxen ÷ boxen per woning, of anders plint × bruikbaar deel ÷ woninggrootte",
    ),
}


def sentence(text: str) -> None:
    """Show the sentence that can be read aloud."""
    style = "font-size:clamp(1.15rem,2.1vw,1.6rem);line-height:1.45;max-width:62rem;margin:.2rem 0 1rem 0"
    st.html(f'<p style="{style}">{html.escape(text)}</p>')


def share() -> None:
    """Offer the link that opens exactly this."""
    with st.popover("Deel", icon=":material/link:"):
        names = (state.WORKSPACE, state.BUILDING)
        query = urlencode({name: value for name in names if (value := state.recall(name))})
        base = (st.context.url or "").split("?", maxsplit=1)[0]
        st.caption("Deze link opent dit gebouw, voor wie bij deze installatie kan.")
        st.code(f"{base}?{query}", language=None, wrap_lines=True)


def score(result: Explanation, rules: Rules) -> None:
    """Show verdict, total and aspects; each with a quiet "waarom?"."""
    style = look.OORDEEL[result.oordeel]
    st.html(look.chip(style))
    st.html(look.band_row("Totaal", result.total, color=style.color))
    with st.popover("waarom dit oordeel?", type="tertiary"):
        verdict_reason(result, rules)
    for aspect in ASPECTEN:
        if aspect not in result.aspects:
            continue
        weak = " · zwakste" if aspect is result.weakest else ""
        st.html(look.band_row(look.ASPECT_NAMES[aspect], result.aspects[aspect], note=weak))
    st.markdown(f"**{numbers.percent(result.total.coverage)}** bekend van wat ertoe doet")


def verdict_reason(result: Explanation, rules: Rules) -> None:
    """Explain the verdict with the limits that decide it."""
    names = ("dekking_minimaal", "kansrijk_totaal", "kansrijk_aspect", "mits_totaal", "mits_aspect")
    st.markdown(
        f"Het totaal is het gemiddelde van de aspecten: waarschijnlijk **{numbers.decimal(result.total.likely)}**, "
        f"met alles wat nog onbekend is op zijn slechtst **{numbers.decimal(result.total.low)}** en op zijn best "
        f"**{numbers.decimal(result.total.high)}**. Het zwakste aspect is **{look.ASPECT_NAMES[result.weakest].lower()}** "
        f"met {numbers.decimal(result.aspects[result.weakest].likely)}."
    )
    for name in names:
        active = rules.parameter(f"oordeel.{name}")
        st.markdown(scorecard.parameter_line(active, numbers.decimal(active.likely)))


def homes(scan: Scan, rules: Rules) -> None:
    """Show the homes per interventie as bands on one scale, with the reckoning behind each."""
    bands = {kind: scan.results[kind].homes for kind in INTERVENTIES}
    top = max([band.high for band in bands.values() if not math.isnan(band.high)] or [1.0]) or 1.0
    for kind, band in bands.items():
        text = html.escape(scorecard.homes_band(band))
        drawing = look.band_html(band, top=top)
        row = f"<span>{look.INTERVENTIE_NAMES[kind]}</span><b>{text}</b>"
        st.html(f'<div style="display:flex;justify-content:space-between">{row}</div>{drawing}')
        with st.popover(f"waarom dit aantal bij {kind}?", type="tertiary"):
            homes_reason(scan, kind, rules)


def homes_reason(scan: Scan, kind: Interventie, rules: Rules) -> None:
    """Explain a number of homes: the route, its inputs with source, and its parameters."""
    result = scan.results[kind]
    facts = {fact.name: fact for fact in reversed(scan.facts)}
    if kind is Interventie.OPTOPPEN:
        inputs, parameters, formula = ROUTE_INPUTS[result.route], ROUTE_PARAMETERS[result.route], ROUTE_TEXTS[result.route]
        st.markdown(f"Route **{result.route}**: {formula}.")
        st.markdown(f"Lagen: **{_band_text(result.layers)}**, het minste van wat het plan, de constructie en de wens toelaten.")
        inputs = (*inputs, "bouwjaar", "max_bouwhoogte_m", "hoogte_m", "extra_bouwlagen")
        _plausible(result, rules)
        if result.route is Route.PER_BOUWLAAG:
            st.warning("Dit is een noodgreep: vul de bloklengte, de portieken of het platte dak in.", icon=":material/warning:")
    else:
        inputs, parameters, formula = OTHER_PARAMETERS[kind]
        st.markdown(f"{formula[0].upper()}{formula[1:]}.")
    for name in inputs:
        entry = given(scan.situation, name, facts, 0)
        st.markdown(scorecard.given_line(entry))
    for name in parameters:
        active = rules.parameter(name)
        spread = (numbers.decimal(number, 3) for number in (active.low, active.likely, active.high))
        st.markdown(scorecard.parameter_line(active, " – ".join(spread)))


def _plausible(result: Explanation, rules: Rules) -> None:
    usual = rules.parameter("woningen.plausibel_per_laag")
    if not math.isnan(result.ratio):
        fits = usual.low <= result.ratio <= usual.high
        verdict = "dat past bij" if fits else "dat wijkt af van"
        reach = f"{numbers.decimal(usual.low)} tot {numbers.decimal(usual.high)}"
        st.markdown(f"Toets: per nieuwe laag {numbers.decimal(result.ratio, 2)} × de woningen per laag nu; {verdict} {reach}.")


def _band_text(band: Band) -> str:
    if math.isnan(band.likely):
        return "onbekend"
    return (
        numbers.whole(band.likely)
        if band.low == band.high
        else f"{numbers.whole(band.likely)} ({numbers.span(band.low, band.high)})"
    )


def obstacles(result: Explanation) -> None:
    """Show what blocks, and under which conditions it can be done."""
    st.subheader("Wat in de weg staat", anchor=False)
    scorecard.blockers(result)
    conditions = list(result.conditions)
    if conditions:
        st.markdown("**Het kan, mits**")
        st.markdown("\n".join(f"- {text}" for text in conditions))
    if not result.blockers and not conditions:
        st.markdown(":material/check: Uit wat nu bekend is, komt geen blokkade of voorwaarde.")


def pace(result: Explanation) -> None:
    """Show what speeds up and what delays, in months on a step."""
    st.subheader("Wat versnelt, wat vertraagt", anchor=False)
    if not result.speeds_up and not result.delays:
        st.markdown("Nog geen versneller of vertrager bekend.")
    for icon, lines in ((":material/fast_forward:", result.speeds_up), (":material/hourglass_bottom:", result.delays)):
        for line in lines:
            months = numbers.signed_months(line.choice.maanden if line.choice else 0)
            st.markdown(f"{icon} **{line.active.criterion.naam}**: {months} op stap {line.active.criterion.stap}")


def next_questions(result: Explanation) -> None:
    """Show the questions that matter most."""
    if not result.questions:
        return
    st.subheader("Eerst uitzoeken", anchor=False)
    for place, question in enumerate(result.questions[:MOST_QUESTIONS], start=1):
        criterion = question.active.criterion
        reasons = []
        if question.may_block:
            reasons.append("kan het plan stoppen")
        if question.chance > 0:
            reasons.append(f"{numbers.percent(question.chance * 100)} kans op een ander oordeel")
        reasons.append(MOEITE_WORDS[criterion.moeite])
        st.markdown(f"{place}. **{criterion.vraag}** {', '.join(reasons)}.")


def actions(result: Explanation, rules: Rules) -> None:
    """Show the actions that the answers start, by step."""
    listed = result.actions(rules)
    if not listed:
        return
    st.subheader("Wat nu te doen", anchor=False)
    steps = {step.nummer: step.naam for step in rules.stappen}
    st.dataframe(
        pd.DataFrame(
            {
                "Stap": [f"{action.stap}. {steps[action.stap]}" for action in listed],
                "Actie": [action.titel for action in listed],
                "Wie": [action.wie for action in listed],
                "Soort": [action.soort for action in listed],
                "Bron": [f"{action.bron}, {action.artikel}" for action in listed],
            }
        ),
        hide_index=True,
        row_height=40,
        alt="Acties die uit de antwoorden volgen, per stap.",
    )


def facts_table(scan: Scan) -> None:
    """Show every known fact with its source and day."""
    rows = [
        {
            "Kenmerk": FACTS[fact.name].label,
            "Waarde": numbers.value_text(fact.value, FACTS[fact.name].unit),
            "Herkomst": HERKOMST_WORDS[fact.source],
            "Bron": fact.source_label,
            "Datum": numbers.day(fact.source_date) if fact.source_date else numbers.DASH,
        }
        for fact in scan.facts
        if fact.name in FACTS
    ]
    for name, mask in scan.situation.derived.items():
        if bool(mask[0]):
            entry = given(scan.situation, name, {}, 0)
            text = numbers.value_text(entry.value, entry.unit)
            rows.append(
                {
                    "Kenmerk": entry.label,
                    "Waarde": text,
                    "Herkomst": "afgeleid",
                    "Bron": "berekend uit de rest",
                    "Datum": numbers.DASH,
                }
            )
    st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=38, alt="Kenmerken van het gebouw met waarde en bron.")


def picture(scan: Scan, result: Explanation, rules: Rules) -> None:
    """Show the building with what may come: layers on top, homes beside it, homes in the plinth."""
    from quickscan.ui import drawing  # noqa: PLC0415 - shapely is loaded where a building is drawn

    footprint = scan.building["geometry"].iloc[0] if "geometry" in scan.building else None
    if not isinstance(footprint, bytes):
        return
    layers = scan.results[Interventie.OPTOPPEN].layers
    beside, below = (scan.results[kind].homes.likely for kind in (Interventie.AANPLAKKEN, Interventie.UITPLINTEN))
    svg = drawing.building_svg(
        footprint,
        float(scan.situation.columns.number("bouwlagen")[0]),
        (layers.low, layers.likely, layers.high),
        facades=int(min(max(_or_zero(float(scan.situation.columns.number("vrije_kopgevels")[0])), 0), 2)) if beside > 0 else 0,
        plinth=below > 0,
        color=look.OORDEEL[result.oordeel].color,
        storey_m=rules.parameter("hoogte.bestaande_laag_m").likely,
        new_storey_m=rules.parameter("hoogte.nieuwe_laag_m").likely,
        name=scan.name,
        dark=st.context.theme.type == "dark",
    )
    st.image(svg, width="stretch", alt=f"Tekening van {scan.name} met wat erbij kan: {tell(result)}")


def _or_zero(number: float) -> float:
    return 0.0 if math.isnan(number) else number
