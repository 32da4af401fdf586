"""Reference projects as cards: what stood there, what was added, and who says so.

The drawing is a scheme, not a picture: existing storeys in grey, what was added in the accent with a plus, and a dashed
outline where no source gives the number of storeys. Its words say the same.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import streamlit as st

from quickscan.domain.backtest import Backtest, Built, Summary, run_backtest
from quickscan.domain.rules import Rules
from quickscan.domain.story import homes_text, join_nl
from quickscan.services.references import Example
from quickscan.ui import numbers
from quickscan.wiring import references

METHODS = {
    "optoppen": ("Optoppen", ":material/vertical_align_top:"),
    "aanplakken": ("Aanplakken", ":material/align_horizontal_left:"),
    "uitplinten": ("Uitplinten", ":material/vertical_align_bottom:"),
    "gemengd": ("Gemengd", ":material/layers:"),
}
KINDS = {"programma": "programma, meer dan één gebouw", "potentiestudie": "studie van de potentie"}
UNKNOWN_STOREYS, MOST_STOREYS = 4, 12
READING_WIDTH = 940
FIRST_CARDS, ALL_CARDS = 12, "_voorbeelden_alle"
WIDTH, HEIGHT, TALLEST_STOREY = 132, 112, 15
ADDED = 'fill="#7a5af0"'
EXISTING = 'fill="#8a93a3" fill-opacity=".45"'
UNKNOWN = 'fill="none" stroke="#8a93a3" stroke-width="1.5" stroke-dasharray="4 3"'


def fetch(rules: Rules) -> tuple[Sequence[Example], Backtest]:
    """Return the projects and what the estimate says of those that can be reckoned with."""
    projects = references()
    return projects, run_backtest(projects, rules)


def count_words(count: Built | None, unknown: str = "aantal onbekend") -> str:
    """Return "44", or "34 tot 40" when sources differ."""
    return unknown if count is None else numbers.span(count.laag, count.hoog)


def added_words(count: Built | None) -> str:
    """Return "1 woning" or "34 tot 40 woningen"."""
    if count is None:
        return "een onbekend aantal woningen"
    return homes_text(count.hoog) if count.laag == count.hoog == 1 else f"{numbers.span(count.laag, count.hoog)} woningen"


def drawing(project: Example) -> str:
    """Return the scheme of a project as SVG: storeys there were, and what was added where."""
    known = project.bestaande_bouwlagen
    storeys = min(known.hoog, MOST_STOREYS) if known else UNKNOWN_STOREYS
    layers = project.toegevoegde_lagen
    added = max(1, min(layers.hoog if layers else 1, UNKNOWN_STOREYS))
    base, left, wide = HEIGHT - 6, 16, 84
    tall = min(TALLEST_STOREY, (base - 4) / (storeys + added))
    top = base - storeys * tall
    shapes = [_box(left, base - (place + 1) * tall, wide, tall - 2, EXISTING) for place in range(storeys) if known]
    if not known:
        shapes.append(_box(left, top, wide, storeys * tall, UNKNOWN))
    match project.methode:
        case "aanplakken":
            shapes += [_box(left + wide + 2, base - (place + 1) * tall, 16, tall - 2, ADDED) for place in range(storeys)]
        case "uitplinten":
            shapes.append(_box(left, base - tall, wide, tall - 2, ADDED))
        case _:
            shapes += [_box(left, top - (place + 1) * tall - 1, wide, tall - 2, ADDED) for place in range(added)]
            if project.methode == "gemengd":
                shapes.append(_box(left, base - tall, wide, tall - 2, ADDED))
    ground = f'<rect x="6" y="{base}" width="{WIDTH - 12}" height="2" fill="#8a93a3"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{''.join(shapes)}{ground}</svg>"
    )


def picture(project: Example) -> str:
    """Return the scheme as an image with its words; inline SVG is stripped by Streamlit."""
    words = html.escape(drawing_words(project))
    return f'<img src="data:image/svg+xml,{quote(drawing(project))}" alt="{words}" width="{WIDTH}" height="{HEIGHT}">'


def _box(x: float, y: float, width: float, height: float, style: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5" {style}/>'


def drawing_words(project: Example) -> str:
    """Return what the scheme shows."""
    there = count_words(project.bestaande_bouwlagen, "een onbekend aantal")
    added = count_words(project.toegevoegde_lagen, "een onbekend aantal")
    return f"Schema: {there} bestaande bouwlagen, {added} lagen erbij, {project.methode}."


def lands(projects: Iterable[Example]) -> list[str]:
    """Return the countries, the Netherlands first."""
    return sorted({project.land for project in projects}, key=lambda land: (land != "Nederland", land))


def pick(projects: Sequence[Example], methods: Sequence[str], countries: Sequence[str]) -> list[Example]:
    """Return the projects to show: nothing chosen is everything. Those in the back-test and those built come first."""
    order = ("opgeleverd", "in uitvoering", "gepland", "studie", "onbekend")
    shown = [
        project
        for project in projects
        if (not methods or project.methode in methods) and (not countries or project.land in countries)
    ]
    return sorted(shown, key=lambda project: (project.meting is None, project.soort != "gebouw", order.index(project.status)))


def tell_backtest(backtest: Backtest) -> str:
    """Return how near the estimate comes to what was built, and what that is worth."""
    summary, own = backtest.all, backtest.independent
    if summary is None:
        return "Nog geen project heeft genoeg gegevens om de schatting mee te toetsen."
    within = sum(case.in_range for case in backtest.cases)
    said = (
        f"Van **{summary.cases} projecten** is genoeg bekend om onze schatting te toetsen. Bij {within} van de {summary.cases} "
        f"ligt het echte aantal woningen binnen de band. De helft van de schattingen zit er hooguit {_off(summary)} naast."
    )
    borrowed = sum(case.borrowed for case in backtest.cases)
    if not borrowed:
        return said
    said += f" Maar op {borrowed} van de {summary.cases} is een rekenregel mede gebaseerd."
    if own is None:
        return f"{said} Een onafhankelijke toets is er nog niet."
    names = join_nl([case.name for case in backtest.cases if not case.borrowed])
    verb = "is" if own.cases == 1 else "zijn"
    return f"{said} Alleen {names} {verb} onafhankelijk: daar zit de schatting er {_off(own)} naast. Dat bewijst nog weinig."


def _off(summary: Summary) -> str:
    homes = numbers.decimal(summary.median_error)
    return f"{homes} {'woning' if homes == '1' else 'woningen'} ({numbers.percent(summary.median_share * 100)})"


def draw_backtest(backtest: Backtest) -> None:
    """Draw the sentence, with the cases behind it folded."""
    with st.container(width=READING_WIDTH):
        st.markdown(tell_backtest(backtest))
    if backtest.cases:
        with st.expander("Bekijk de toets per project", width=READING_WIDTH):
            rows = [
                {
                    "Project": case.name,
                    "Manier": str(case.interventie),
                    "Schatting": f"{numbers.whole(case.estimate[1])} ({numbers.span(case.estimate[0], case.estimate[2])})",
                    "Gebouwd": numbers.span(*case.built),
                    "Binnen de band": "ja" if case.in_range else "nee",
                    "Regel mede op gebaseerd": "ja" if case.borrowed else "nee",
                }
                for case in backtest.cases
            ]
            st.table(rows, hide_index=True, border="horizontal", alt="De toets per project")


def draw_card(project: Example) -> None:
    """Draw one project."""
    word, icon = METHODS[project.methode]
    with st.container(border=True, height="stretch"):
        st.subheader(project.naam, anchor=False)
        place = ", ".join(part for part in (project.gemeente, project.land if project.land != "Nederland" else "") if part)
        st.caption(" · ".join(part for part in (place or project.land, project.eigenaar) if part))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(word, icon=icon, color="violet")
            st.badge(status_words(project), color="gray")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(picture(project), width=WIDTH)
            with st.container(gap="xsmall", width="content"):
                st.markdown(f"**+ {added_words(project.toegevoegd)}**")
                st.caption(counts_words(project) or "Geen bron noemt wat er stond.")
        st.markdown(project.toelichting)
        if project.meting is not None:
            st.markdown(":material/check_circle: Gebruikt voor de toets.")
        else:
            st.markdown(f":material/info: Niet in de toets. {project.uitgesloten}")
        st.space("stretch")
        st.caption("Bron: " + "; ".join(project.bron))


def status_words(project: Example) -> str:
    """Return "opgeleverd, 2018"."""
    status = "status onbekend" if project.status == "onbekend" else project.status
    return f"{status}, {project.jaar}" if project.jaar else status


def counts_words(project: Example) -> str:
    """Return what stood there and since when, a line each."""
    said = []
    if project.bestaande_woningen:
        said.append(f"bij {count_words(project.bestaande_woningen)} bestaande")
    if project.bouwjaar or project.bouwperiode:
        said.append(f"bouwjaar {project.bouwjaar}" if project.bouwjaar else f"gebouwd: {project.bouwperiode}")
    if project.soort in KINDS:
        said.append(KINDS[project.soort])
    return "  \n".join(said)


def draw_cards(projects: Sequence[Example], columns: int = 3) -> None:
    """Draw the cards in rows of equal height; one under another on a phone. The first dozen, and the rest when asked."""
    every = len(projects) <= FIRST_CARDS or bool(st.session_state.get(ALL_CARDS))
    shown = projects if every else projects[:FIRST_CARDS]
    for start in range(0, len(shown), columns):
        for project, column in zip(shown[start : start + columns], st.columns(columns), strict=False):
            with column:
                draw_card(project)
    if not every:
        st.button(
            f"Toon alle {len(projects)} projecten",
            icon=":material/expand_more:",
            on_click=lambda: st.session_state.update({ALL_CARDS: True}),
        )
