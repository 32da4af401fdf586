"""The parts of the building page: the sentence, the score, the homes, what stands in the way, the pace, the facts."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import shapely
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from quickscan.domain.dwellings import ROUTE_INPUTS, ROUTE_PARAMETERS, ROUTE_TEXTS, Route
from quickscan.domain.explanation import Band, Explanation, Line, given
from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Rules
from quickscan.domain.story import tell
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Blokkade, Interventie, Voorselectie
from quickscan.services.scans import Scan
from quickscan.ui import cache, look, map3d, numbers, scorecard, state
from quickscan.ui.forms import HERKOMST_WORDS, MOEITE_WORDS
from quickscan.ui.frame import Desk

MOST_QUESTIONS = 5
MOST_SHOWN = 6  # conditions or months before the rest is folded
NEAR_M = 110.0  # how far the small map looks to the sides
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
    style = "font-size:clamp(1.15rem,2.1vw,1.6rem);line-height:1.45;max-width:76rem;margin:0 0 .3rem 0"
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
    """Show the total and the aspects as bands; each opens to what it is made of."""
    total = result.total
    with figure(look.band_row("Totaal", total, color=look.OORDEEL[result.oordeel].color), total, "totaal"):
        scorecard.verdict_reason(result, rules)
    for aspect in ASPECTEN:
        if aspect not in result.aspects:
            continue
        weak = " · zwakste" if aspect is result.weakest else ""
        band = result.aspects[aspect]
        with figure(look.band_row(look.ASPECT_NAMES[aspect].split("-")[0], band, note=weak), band, str(aspect)):
            scorecard.aspect_reason(result, aspect)
    known = f"<b>{numbers.percent(total.coverage)}</b> bekend van wat ertoe doet"
    with figure(known, None, "dekking"):
        scorecard.coverage_reason(result)


def figure(drawn: str, band: Band | None, key: str) -> DeltaGenerator:
    """Draw a figure with a quiet "waarom?" behind it, and return what that opens."""
    label = "waarom?" if band is None or math.isnan(band.likely) else f"waarom {numbers.whole(band.likely)}?"
    with st.container(key=f"cijfer_{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(drawn, width="stretch")
        return st.popover(label, type="tertiary")


def homes(scan: Scan, rules: Rules) -> None:
    """Show the homes per interventie as bands on one scale, with the reckoning behind each."""
    bands = {kind: scan.results[kind].homes for kind in INTERVENTIES}
    top = max([band.high for band in bands.values() if not math.isnan(band.high)] or [1.0]) or 1.0
    for kind, band in bands.items():
        with figure(look.band_row(look.INTERVENTIE_NAMES[kind], band, top=top), band, f"woningen_{kind}"):
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


def obstacles(result: Explanation, rules: Rules) -> None:
    """Show what blocks, and under which conditions it can be done; each opens to its rule."""
    st.subheader("Wat in de weg staat", anchor=False)
    for line in result.blockers:
        hard = line.choice is not None and line.choice.blokkade is Blokkade.HARD
        icon, kind = (":material/block:", "Blokkade") if hard else (":material/warning:", "Voorwaarde")
        text = f"{icon} **{kind}: {line.active.criterion.naam.lower()}.** {scorecard.answer_text(line)}"
        _opens(text, line, rules, "blok")
    by_text = {line.choice.voorwaarde: line for line in reversed(result.lines) if line.choice and line.choice.voorwaarde}
    if result.conditions:
        st.markdown("**Het kan, mits**")
    listed = [(f":material/arrow_right: {text}", by_text[text]) for text in result.conditions]
    _list(listed, rules, "mits", "voorwaarden")
    if not result.blockers and not result.conditions:
        st.markdown(":material/check: Uit wat nu bekend is, komt geen blokkade of voorwaarde.")


def _list(listed: Sequence[tuple[str, Line]], rules: Rules, kind: str, plural: str) -> None:
    """Show the first lines, and the rest on request; each opens to its rule."""
    for text, line in listed[:MOST_SHOWN]:
        _opens(text, line, rules, kind)
    rest = listed[MOST_SHOWN:]
    if rest:
        with st.expander(f"Nog {len(rest)} {plural}"):
            for text, line in rest:
                _opens(text, line, rules, kind)


def _opens(text: str, line: Line, rules: Rules, kind: str) -> None:
    with st.container(key=f"cijfer_{kind}_{line.active.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(text, width="stretch")
        with st.popover("waarom?", type="tertiary"):
            scorecard.why(line, rules)


def pace(result: Explanation, rules: Rules) -> None:
    """Show what speeds up and what delays, in months on a step; each opens to the answer and the rule."""
    st.subheader("Wat versnelt, wat vertraagt", anchor=False)
    if not result.speeds_up and not result.delays:
        st.markdown("Nog geen versneller of vertrager bekend.")
    steps = {step.nummer: step.naam for step in rules.stappen}
    listed: list[tuple[str, Line]] = []
    for icon, lines in ((":material/fast_forward:", result.speeds_up), (":material/hourglass_bottom:", result.delays)):
        for line in lines:
            months = numbers.signed_months(line.choice.maanden if line.choice else 0)
            step = line.active.criterion.stap
            where = f"stap {step}, {steps[step].lower()}" if step in steps else f"stap {step}"
            listed.append((f"{icon} **{line.active.criterion.naam}**: {months} op {where}", line))
    _list(listed, rules, "tempo", "versnellers en vertragers")


def next_questions(result: Explanation) -> None:
    """Show the questions that matter most, and how their order came about."""
    if not result.questions:
        return
    st.subheader("Eerst uitzoeken", anchor=False)
    listed = []
    for place, question in enumerate(result.questions[:MOST_QUESTIONS], start=1):
        criterion = question.active.criterion
        reasons = []
        if question.may_block:
            reasons.append("kan het plan stoppen")
        if question.chance > 0:
            reasons.append(f"{numbers.percent(question.chance * 100)} kans op een ander oordeel")
        reasons.append(MOEITE_WORDS[criterion.moeite])
        listed.append(f"{place}. **{criterion.vraag}** {', '.join(reasons)}.")
    st.markdown("\n".join(listed))
    with st.container(key="cijfer_volgorde"), st.popover("waarom deze volgorde?", type="tertiary"):
        st.markdown(
            "De waarde van een vraag telt op: of zij het plan kan stoppen, de kans op een ander oordeel, en hoeveel smaller "
            "de band wordt. Dat wordt gedeeld door de moeite. De kans is het deel van de antwoorden dat het oordeel verandert."
        )
        for question in result.questions[:MOST_QUESTIONS]:
            version = question.active.version
            st.markdown(
                f"- **{question.active.criterion.naam}**: waarde {numbers.decimal(question.worth, 2)}; "
                f"versmalt de totaalband met {numbers.decimal(question.width)} punten. "
                f"Regel: {version.bron}{', aanname' if version.aanname else ''}."
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


def out_of_reach(desk: Desk, scan: Scan) -> None:
    """Say so when registers put this building out of reach: what follows is then only arithmetic."""
    outcome, reason = desk.services.scans.preselect(scan, desk.rules)
    if outcome in (Voorselectie.BUITEN_BEREIK, Voorselectie.VALT_AF):
        style = look.VOORSELECTIE[outcome]
        st.warning(f"**{style.word.capitalize()}.** {look.plain(reason)}", icon=style.icon)


def picture(desk: Desk, scan: Scan, result: Explanation) -> None:
    """Show the building with what may come: layers on top, homes beside it, homes in the plinth."""
    from quickscan.ui import drawing  # noqa: PLC0415 - shapely is loaded where a building is drawn

    footprint = desk.services.scans.footprint(desk.portfolio.id, scan.pand_id)
    if footprint is None:
        return
    rules = desk.rules
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
    st.caption("Grijs staat er nu. Vol past zeker, gearceerd waarschijnlijk, gestippeld hooguit.")


def small_map(desk: Desk, scan: Scan, result: Explanation) -> None:
    """Show the building from above among its neighbours, with north and a scale."""
    tree, places = cache.outlines(desk.portfolio.id, desk.portfolio.facts_version)
    if scan.pand_id not in places:
        return
    around = cache.surroundings() if desk.portfolio.fictional else None
    color, dark = look.OORDEEL[result.oordeel].color, st.context.theme.type == "dark"
    svg, near = map_svg(tree, places[scan.pand_id], around, color=color, dark=dark)
    words = f"Kaartje van boven: {scan.name} in de kleur van het oordeel, met {near} gebouwen eromheen."
    st.image(svg, width="stretch", alt=words)


def map_svg(tree: shapely.STRtree, place: int, around: map3d.Surroundings | None, *, color: str, dark: bool) -> tuple[str, int]:
    """Draw one outline in colour among its neighbours in grey, with north and a scale; and count the neighbours."""
    from quickscan.ui import drawing  # noqa: PLC0415 - shapely is loaded where a building is drawn

    tones = map3d.DARK if dark else map3d.LIGHT
    ink, paper = ("#e9eef6", "#0d1626") if dark else ("#001a40", "#f7f8f9")
    this = tree.geometries[place]
    x0, y0, x1, y1 = this.bounds
    wide = max(NEAR_M, (x1 - x0) / 2 + 25, ((y1 - y0) / 2 + 25) / 0.62)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    box = shapely.box(x - wide, y - 0.62 * wide, x + wide, y + 0.62 * wide)
    canvas = drawing.Canvas(drawing.Camera(turn=0, elevation=90), scale=300 / wide)

    def draw(shapes: object, attributes: str) -> None:
        rings = []
        for part in shapely.get_parts(shapely.intersection(shapes, box)):
            if part.geom_type == "Polygon" and not part.is_empty:
                rings += [canvas.ring(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors)]
        canvas.add("".join(rings), f"{attributes} fill-rule='evenodd'")

    draw(box, f"fill='{paper}'")
    if around is not None:
        for wkb, tone in ((around.groen, tones.green), (around.water, tones.water), (around.pleinen, tones.square)):
            draw(shapely.union_all(shapely.from_wkb(list(wkb))), f"fill='{tone}'")
        streets = [shapely.buffer(shapely.from_wkb(road.line), road.width_m / 2) for road in around.straten]
        draw(shapely.union_all(streets), f"fill='{tones.street}'")
    others = [int(other) for other in tree.query(box, predicate="intersects") if other != place]
    for other in others:
        draw(tree.geometries[other], f"fill='{tones.building}' stroke='{tones.edge}' stroke-width='1'")
    draw(this, f"fill='{drawing.shade(color, 1.35) if dark else color}' stroke='{ink}' stroke-width='3'")
    left, foot = (float(number) for number in canvas.low[0:1].tolist() + canvas.high[1:2].tolist())
    right, head = float(canvas.high[0]), float(canvas.low[1])
    bar = 50 * canvas.scale
    halo = f"fill='{ink}' paint-order='stroke' stroke='{paper}' stroke-width='5' {drawing.FONT}"
    canvas.parts += [
        f"<path d='M{left + 18:.0f} {foot - 24:.0f}v8h{bar:.0f}v-8' fill='none' stroke='{ink}' stroke-width='3'/>",
        f"<text x='{left + 28 + bar:.0f}' y='{foot - 14:.0f}' {halo}>50 m</text>",
        f"<path d='M{right - 30:.0f} {head + 16:.0f}l9 26l-9 -6l-9 6z' fill='{ink}'/>",
        f"<text x='{right - 38:.0f}' y='{head + 66:.0f}' {halo}>N</text>",
    ]
    return canvas.svg("kaartje", margin=0), len(others)


def _or_zero(number: float) -> float:
    return 0.0 if math.isnan(number) else number
