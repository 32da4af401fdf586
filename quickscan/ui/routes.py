"""The five routes (BIG5) on the screen: all complexes in a table, one complex as five cards, and its aanpasbaarheidsscan."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from quickscan.domain.explanation import Band
from quickscan.domain.strategy.big5 import ROUTES, Complexes, Finding, Reason
from quickscan.domain.strategy.book import Route
from quickscan.ui import look, numbers
from quickscan.ui.widetable import wide_table

NAMES: dict[Route, str] = {
    Route.OPTOPPEN: "Optoppen",
    Route.ONDERTOPPEN: "Ondertoppen",
    Route.SPLITSEN: "Splitsen",
    Route.WONINGDELEN: "Woningdelen",
    Route.SLOOP_NIEUWBOUW: "Sloop-nieuwbouw",
}
EXPLAINED: dict[Route, str] = {
    Route.OPTOPPEN: "Woningen op het dak, uit de scan.",
    Route.ONDERTOPPEN: "Woningen in de plint (uitplinten), uit de scan.",
    Route.SPLITSEN: "Van een grote woning twee maken.",
    Route.WONINGDELEN: "Meer mensen in een grote woning. Dit zijn plekken, geen woningen.",
    Route.SLOOP_NIEUWBOUW: "Wat er na nieuwbouw méér staat dan nu.",
}
PARAMETERS: dict[Route, tuple[str, ...]] = {
    Route.SPLITSEN: ("big5.splitsen_vanaf_m2", "big5.splitsen_deel", "big5.splitsen_deel_maisonnette"),
    Route.WONINGDELEN: ("big5.delen_vanaf_m2", "big5.delen_deel"),
    Route.SLOOP_NIEUWBOUW: ("big5.nieuw_per_gesloopt",),
}


def unit(route: Route, number: float) -> str:
    """Return "1 woning", "12 woningen" or "3 plekken"."""
    one, many = ("plek", "plekken") if route is Route.WONINGDELEN else ("woning", "woningen")
    return f"{numbers.whole(number)} {one if round(number) == 1 else many}"


def overview(found: Complexes) -> pd.DataFrame:
    """Return a row per complex with the likely homes and their range per route."""
    table = found.table
    shown = pd.DataFrame(
        {"naam": table["naam"], "buurt": table["buurt"], "gebouwen": table["gebouwen"], "woningen_nu": table["woningen_nu"]}
    )
    for route in ROUTES:
        trios = zip(table[f"{route}_laag"], table[str(route)], table[f"{route}_hoog"], strict=True)
        shown[str(route)] = [_cell(*trio) for trio in trios]
    return shown


def _cell(low: float, likely: float, high: float) -> str:
    if math.isnan(likely):
        return "onbekend"
    return numbers.whole(likely) if round(low) == round(high) else f"{numbers.whole(likely)} ({numbers.span(low, high)})"


def draw_overview(found: Complexes, *, key: str) -> int:
    """Draw all complexes and return the row of the one that was picked, the first when none was."""
    config = {
        "naam": st.column_config.TextColumn("Complex", pinned=True, width="medium"),
        "buurt": st.column_config.TextColumn("Buurt"),
        "gebouwen": st.column_config.NumberColumn("Gebouwen", format="%d", width="small"),
        "woningen_nu": st.column_config.NumberColumn("Woningen nu", format="localized", width="small"),
        **{str(route): st.column_config.TextColumn(NAMES[route], help=EXPLAINED[route]) for route in ROUTES},
    }
    shown = overview(found)
    picked = st.dataframe(
        shown,
        column_config=config,
        hide_index=True,
        height=320,
        row_height=38,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt=f"Tabel met {numbers.whole(len(shown))} complexen en per route de woningen, waarschijnlijk en van laag tot hoog.",
    )
    places = [int(place) for place in picked["selection"]["rows"]]
    return places[0] if places and places[0] < len(shown) else 0


def sentence(row: pd.Series) -> str:
    """Return what the five routes give a complex, as a sentence that can be read aloud."""
    known = {route: float(row[str(route)]) for route in ROUTES if route is not Route.WONINGDELEN}
    known = {route: number for route, number in known.items() if not math.isnan(number) and round(number) > 0}
    if not known:
        return f"{row['naam']}: bij geen enkele route zijn nu extra woningen te verwachten."
    staying = {route: number for route, number in known.items() if route is not Route.SLOOP_NIEUWBOUW}
    text = f"{row['naam']}: "
    if staying:
        best = max(staying, key=lambda route: staying[route])
        text += f"wie het gebouw laat staan, haalt het meeste uit {NAMES[best].lower()}: {unit(best, staying[best])}."
    else:
        text += "alleen met nieuwbouw komen er woningen bij."
    if Route.SLOOP_NIEUWBOUW in known:
        now, extra = row["woningen_nu"], known[Route.SLOOP_NIEUWBOUW]
        text += f" Sloop-nieuwbouw geeft er {numbers.whole(extra)} meer, maar dan gaan er eerst {unit(Route.SPLITSEN, now)} weg."
    return text


def cards_html(found: Complexes, row: int) -> str:
    """Return the five routes side by side: homes with their range, and what speaks for and against."""
    table = found.table.iloc[row]
    highs = [table[f"{route}_hoog"] for route in ROUTES if not math.isnan(table[f"{route}_hoog"])]
    top = max([float(number) for number in highs] or [1.0]) or 1.0
    many = int(table["gebouwen"])
    return f'<div class="routes">{"".join(_card(found, row, route, top, many) for route in ROUTES)}</div>'


def _card(found: Complexes, row: int, route: Route, top: float, many: int) -> str:
    table = found.table.iloc[row]
    low, likely, high = (float(table[f"{route}{suffix}"]) for suffix in ("_laag", "", "_hoog"))
    if math.isnan(likely):
        count, reach = "onbekend", "er is te weinig over dit complex bekend"
    elif round(high) == 0:
        count, reach = "geen erbij", "ook niet in het hoogste geval"
    else:
        count, reach = f"+ {unit(route, likely)}", numbers.span(low, high)
    unknown = int(table[f"{route}_onbekend"])
    if unknown and unknown < many:
        reach += f"; van {unknown} van de {many} gebouwen onbekend"
    band = look.band_html(Band(low, likely, high, math.nan), top=top)
    return (
        f'<section class="route"><h3>{NAMES[route]}</h3><p class="route-telling"><b>{html.escape(count)}</b>'
        f"<span>{html.escape(reach)}</span></p>{band}<p class='route-uitleg'>{EXPLAINED[route]}</p>"
        f"{_list('Voor', '+', found.reasons_of(row, route, 'voor'), many)}"
        f"{_list('Tegen', '−', found.reasons_of(row, route, 'tegen'), many)}</section>"
    )


def _list(title: str, sign: str, reasons: Sequence[Reason], many: int) -> str:
    if not reasons:
        return f"<h4>{title}</h4><p class='route-niets'>Niets bekend.</p>"
    items = "".join(
        f'<li><span aria-hidden="true">{sign}</span><span>{html.escape(reason.argument.tekst)}{_share(reason, many)}</span></li>'
        for reason in reasons
    )
    return f"<h4>{title}</h4><ul>{items}</ul>"


def _share(reason: Reason, many: int) -> str:
    return f" <small>({reason.buildings} van {many} gebouwen)</small>" if reason.buildings < many else ""


def draw_sources(found: Complexes, row: int) -> None:
    """Draw where the arguments come from, folded."""
    with st.expander("Waar komt dit vandaan?"):
        st.markdown(
            "Optoppen en ondertoppen komen uit de scan. De andere drie zijn een vuistregel met deze getallen; bijna alle zijn "
            "een aanname. De routes zijn keuzes naast elkaar: tel ze niet bij elkaar op."
        )
        rows = [
            {
                "Route": NAMES[route],
                "Kant": reason.argument.kant,
                "Argument": reason.argument.tekst,
                "Aanname": "aanname" if reason.argument.aanname else "",
                "Bron": ", ".join(part for part in (reason.argument.bron, reason.argument.artikel) if part),
            }
            for route in ROUTES
            for side in ("voor", "tegen")
            for reason in found.reasons_of(row, route, side)
        ]
        st.html(wide_table(pd.DataFrame(rows), label="De argumenten met hun bron"))
        wanted = {"regels_deel": "Getallen", "regels_zoek": "splitsen"}
        st.page_link(
            "pages/beheer/regels.py", label="Bekijk de getallen in de regels", icon=":material/menu_book:", query_params=wanted
        )


def finding_words(finding: Finding, many: int) -> tuple[str, str]:
    """Return the outcome of a check as a glyph with a word, and what to make of it."""
    check, rest = finding.check, f" Van {finding.unknown} van de {many} gebouwen is het onbekend."
    if finding.unknown == many:
        return "? onbekend", f"Zoek het op: {check.hulp.waar[0].lower()}{check.hulp.waar[1:]}"
    if not finding.attention:
        return "✓ gunstig", check.bij_gunstig + (rest if finding.unknown else "")
    if not finding.favourable:
        return "! let op", check.bij_aandacht + (rest if finding.unknown else "")
    parts = ((finding.favourable, "gunstig"), (finding.attention, "let op"), (finding.unknown, "onbekend"))
    said = ", ".join(f"{count} {word}" for count, word in parts if count)
    return "◐ verschilt", f"{said}, van {many} gebouwen."


def draw_adaptability(found: Complexes, row: int) -> None:
    """Draw the aanpasbaarheidsscan of a complex, theme by theme, with help for each check."""
    findings, many = found.findings_of(row), int(found.table["gebouwen"].iloc[row])
    good = sum(finding.favourable > 0 and not finding.attention for finding in findings)
    open_ = sum(finding.unknown == many for finding in findings)
    st.subheader("Aanpasbaarheidsscan", anchor=False)
    st.markdown(
        f"Hoe goed is dit complex aan te passen? Van de {len(findings)} punten zijn er **{good} gunstig** en {open_} nog "
        "onbekend. Onbekend is geen min: het is de volgende vraag."
    )
    rows = [
        {
            "Punt": finding.check.naam,
            "Thema": finding.check.thema,
            "Uitkomst": finding_words(finding, many)[0],
            "Wat betekent dat": finding_words(finding, many)[1],
        }
        for finding in findings
    ]
    st.html(wide_table(pd.DataFrame(rows), label="De aanpasbaarheidsscan per punt"))
    with st.expander("Wat betekenen deze punten?"):
        for finding in findings:
            check = finding.check
            st.markdown(f"**{check.naam}**  \n{check.hulp.wat} {check.hulp.waarom}  \n*Waar te vinden:* {check.hulp.waar}")
        first = findings[0].check
        st.caption(f"Onderwerpen: {first.bron}, {first.artikel}. De grenzen en teksten zijn een aanname.")
