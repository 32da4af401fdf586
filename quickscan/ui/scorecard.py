"""The score as people read it: verdict, bands, homes, what blocks, and what is still open."""

from __future__ import annotations

import html
import math

import streamlit as st

from quickscan.domain.explanation import Explanation, Given, Line
from quickscan.domain.rules import ActiveParameter, Rules
from quickscan.domain.story import homes_text
from quickscan.domain.terms import ASPECTEN, Aspect, Blokkade
from quickscan.ui import look, numbers
from quickscan.ui.forms import Saved

MOST_LINES = 6  # behind a "waarom?"


def live(explanation: Explanation, *, saved: Saved | None = None, whose: str = "") -> None:
    """Draw the panel beside a question: it moves with every answer. `whose` names the party, when there are more."""
    style = look.OORDEEL[explanation.oordeel]
    note = ""
    if saved is not None:
        note = f" · was {saved.before[0]:.0f}–{saved.before[2]:.0f}"
    heading = f'<p style="margin:0 0 .4rem 0;font-weight:650">Score van {html.escape(whose)}</p>' if whose else ""
    parts = [heading, look.chip(style), _big_homes(explanation)]
    parts.append(look.band_row("Totaal", explanation.total, color=style.color, note=note))
    for aspect in ASPECTEN:
        if aspect in explanation.aspects:
            weak = " · zwakste" if aspect is explanation.weakest else ""
            parts.append(look.band_row(look.ASPECT_NAMES[aspect], explanation.aspects[aspect], note=weak))
    st.html("".join(parts))
    st.markdown(f"**{numbers.percent(explanation.total.coverage)}** bekend van wat ertoe doet")
    blockers(explanation)


def in_short(explanation: Explanation) -> str:
    """Return verdict, score and homes on one line with the band below: what a phone shows above the question."""
    style, total, homes = look.OORDEEL[explanation.oordeel], explanation.total, explanation.homes
    count, unit = numbers.whole(homes.likely), homes_text(homes.likely).split(" ")[1] if not math.isnan(homes.likely) else ""
    tail = f" · <b>{count}</b> {unit}" if unit else ""
    return (
        '<div style="display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.2rem .6rem;'
        f'font-variant-numeric:tabular-nums">{look.chip(style)}<span>score <b>{total.likely:.0f}</b> '
        f"({total.low:.0f}–{total.high:.0f}){tail}</span></div>{look.band_html(total, color=style.color)}"
    )


def _big_homes(explanation: Explanation) -> str:
    homes = explanation.homes
    if math.isnan(homes.likely):
        return '<p style="margin:.4rem 0;font-size:1.1rem">Aantal woningen: <b>nog niet te zeggen</b></p>'
    reach = f" ({numbers.span(homes.low, homes.high)})" if homes.low != homes.high else ""
    return (
        f'<p style="margin:.4rem 0;font-variant-numeric:tabular-nums"><span style="font-size:2.4rem;font-weight:700;'
        f'line-height:1.1">{numbers.whole(homes.likely)}</span> <span style="font-size:1.1rem">'
        f"{homes_text(homes.likely).split(' ', 1)[1]}{reach}</span></p>"
    )


def blockers(explanation: Explanation) -> None:
    """List what blocks, hard ones first; nothing when nothing does."""
    for line in explanation.blockers:
        if line.choice is None:
            continue
        hard = line.choice.blokkade is Blokkade.HARD
        icon = ":material/block:" if hard else ":material/warning:"
        kind = "Blokkade" if hard else "Voorwaarde"
        st.markdown(f"{icon} **{kind}: {line.active.criterion.naam.lower()}.** {line.choice.label}")


def why(line: Line, rules: Rules) -> None:
    """Explain one criterion down to rule, value, source and who said it."""
    criterion, version = line.active.criterion, line.active.version
    st.markdown(f"**{criterion.vraag}**")
    answer = line.choice.label if line.choice else "nog niet bekend"
    st.markdown(f"Antwoord: **{answer}** · herkomst: {look.plain(line.origin_label) if line.origin else 'nog geen'}")
    if line.answer is not None:
        note = f" Notitie: {look.plain(line.answer.note)}" if line.answer.note else ""
        who, when = look.plain(line.answer.author), numbers.moment(line.answer.at)
        st.markdown(f"Gegeven door **{who}**, {when}, {line.answer.certainty}.{note}")
    for entry in line.inputs:
        st.markdown(given_line(entry))
    if line.formula:
        outcome = "onbekend" if line.measured is None else f"{numbers.decimal(line.measured)} {line.unit}"
        st.markdown(f"Berekening: {line.formula} = **{outcome}**")
        for active in line.parameters:
            st.markdown(parameter_line(active, numbers.decimal(active.likely, 2)))
    band = line.band
    expected = f"{numbers.span(band.low, band.high)}, verwacht {numbers.decimal(band.likely)}"
    points = numbers.decimal(band.likely) if line.choice else expected
    share, part = numbers.decimal(line.share * 100), numbers.decimal(line.contribution.likely)
    st.markdown(
        f"Punten: **{points}** van 100 · gewicht {numbers.decimal(line.weight)} · "
        f"telt voor {share} % mee in het totaal · draagt **{part}** punten bij"
    )
    article = f", {version.artikel}" if version.artikel else ""
    since, consulted = numbers.day(version.vanaf), numbers.day(version.geraadpleegd)
    st.markdown(f"Regel: `{line.active.id}`, geldig vanaf {since}. Bron: {version.bron}{article} (geraadpleegd {consulted}).")
    if version.aanname:
        st.markdown(f":violet-badge[:material/lightbulb: aanname] {version.toelichting}")
    elif version.toelichting:
        st.caption(version.toelichting)
    if line.choice and line.choice.acties:
        names = "; ".join(rules.acties[name].titel for name in line.choice.acties)
        st.markdown(f"Acties: {names}.")


def verdict_reason(result: Explanation, rules: Rules) -> None:
    """Explain the verdict with the limits that decide it."""
    names = ("dekking_minimaal", "kansrijk_totaal", "kansrijk_aspect", "mits_totaal", "mits_aspect")
    st.markdown(
        f"Het totaal is het gemiddelde van de aspecten: waarschijnlijk **{numbers.decimal(result.total.likely)}**, "
        f"met alles wat nog onbekend is op zijn slechtst **{numbers.decimal(result.total.low)}** en op zijn best "
        f"**{numbers.decimal(result.total.high)}**. Het zwakste aspect is **{look.ASPECT_NAMES[result.weakest].lower()}** "
        f"met {numbers.decimal(result.aspects[result.weakest].likely)}."
    )
    shares = {aspect: sum(e.share for e in result.lines if e.active.criterion.aspect is aspect) for aspect in result.aspects}
    st.markdown(
        "\n".join(
            f"- {look.ASPECT_NAMES[aspect]}: {numbers.decimal(result.aspects[aspect].likely)} × "
            f"{numbers.decimal(share * 100)} % = **{numbers.decimal(result.aspects[aspect].likely * share)}**"
            for aspect, share in shares.items()
        )
    )
    limits = (rules.parameter(f"oordeel.{name}") for name in names)
    st.markdown("De grenzen waar het oordeel van afhangt:")
    st.markdown("\n".join(parameter_line(active, numbers.decimal(active.likely)) for active in limits))


def aspect_reason(result: Explanation, aspect: Aspect) -> None:
    """Explain an aspect with its heaviest lines: answer, points × weight, source and who said it."""
    lines = [line for line in result.lines if line.active.criterion.aspect is aspect]
    whole = sum(line.share for line in lines) or 1.0
    band = result.aspects[aspect]
    st.markdown(
        f"**{look.ASPECT_NAMES[aspect]} {numbers.decimal(band.likely)}**: de punten van {len(lines)} vragen, elk maal haar "
        f"gewicht, bij elkaar. Het zwaarst wegen:"
    )
    for line in sorted(lines, key=lambda each: -each.share)[:MOST_LINES]:
        version = line.active.version
        part = line.share / whole
        guess = ", aanname" if version.aanname else ""
        st.markdown(
            f"- **{line.active.criterion.naam}**: {answer_text(line)}. {_points_text(line)} × {numbers.decimal(part * 100)} % "
            f"= {numbers.decimal(line.band.likely * part)}  \n:small[{_said_by(line)} Regel: {version.bron}{guess}.]"
        )
    if len(lines) > MOST_LINES:
        st.caption(f"De andere {len(lines) - MOST_LINES} staan onder 'Waarom deze score'.")


def coverage_reason(result: Explanation) -> None:
    """Explain what is known by what is not: the heaviest open questions."""
    st.markdown(
        f"**{numbers.percent(result.total.coverage)}** is het deel van alle gewichten waarvan het antwoord bekend is. "
        "Wat nog openstaat maakt de band breed, en kost zelf geen punten. Het zwaarst wegen:"
    )
    unknown = sorted((line for line in result.lines if line.choice is None), key=lambda line: -line.share)
    listed = (
        f"- **{line.active.criterion.naam}**: {numbers.decimal(line.share * 100)} % van het gewicht"
        for line in unknown[:MOST_LINES]
    )
    st.markdown("\n".join(listed) or "Alles is bekend.")


def answer_text(line: Line) -> str:
    """Return the answer of a line as it stands."""
    return line.choice.label if line.choice else "nog niet bekend"


def _points_text(line: Line) -> str:
    band = line.band
    points = numbers.decimal(band.likely)
    return f"{points} punten" if line.choice else f"Verwacht {points} punten ({numbers.span(band.low, band.high)})"


def _said_by(line: Line) -> str:
    if line.answer is not None and line.choice is not None:
        return f"Gegeven door {look.plain(line.answer.author)}, {numbers.moment(line.answer.at)}."
    return f"Herkomst: {look.plain(line.origin_label)}." if line.origin else "Nog geen bron."


def progress_html(explanation: Explanation, name: str) -> str:
    """Return the page's heading and four small bars: how many questions per aspect have an answer."""
    parts = []
    for aspect in ASPECTEN:
        lines = [line for line in explanation.lines if line.active.criterion.aspect is aspect]
        known = sum(line.choice is not None for line in lines)
        share = 100 * known / len(lines) if lines else 0
        label = html.escape(look.ASPECT_NAMES[aspect].split("-")[0])
        parts.append(
            '<div style="flex:1 1 8rem;min-width:7.5rem">'
            '<div style="display:flex;justify-content:space-between;gap:.4rem;font-size:.92rem">'
            f"<span>{label}</span><b>{known}/{len(lines)}</b></div>"
            '<div style="height:.45rem;border-radius:.3rem;background:rgba(138,147,163,.25)">'
            f'<div style="width:{share:.0f}%;height:100%;border-radius:.3rem;{look.tone(look.ACCENT)}"></div></div></div>'
        )
    heading = (
        f'<h1 style="font-size:1.05rem;font-weight:600;padding:0;margin:0 0 .35rem 0">Quick scan van {html.escape(name)}</h1>'
    )
    bars = f'<div class="voortgang" style="display:flex;gap:1rem;flex-wrap:wrap;margin:.2rem 0 0 0">{"".join(parts)}</div>'
    return heading + bars


def given_line(entry: Given) -> str:
    """Return one value that a rule used, with where it comes from."""
    return f"- {entry.label}: **{look.plain(numbers.value_text(entry.value, entry.unit))}** · {look.plain(entry.source_label)}"


def parameter_line(active: ActiveParameter, shown: str) -> str:
    """Return one number of the rulebook with its unit, source and whether it is our guess."""
    guess = " · aanname" if active.value.aanname else ""
    return f"- {active.parameter.naam}: **{shown}** {active.parameter.eenheid} · {active.value.bron}{guess}"
