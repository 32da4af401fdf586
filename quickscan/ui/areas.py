"""Homes per buurt on the screen, and what else could be built upon: garageboxen and parking lots."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quickscan.domain.rules import Rules
from quickscan.domain.strategy.areas import homes_above_parking
from quickscan.domain.terms import OORDELEN
from quickscan.ui import look, money, numbers
from quickscan.ui.charts import SEPARATORS, Figure, Setting
from quickscan.ui.families import homes
from quickscan.ui.widetable import wide_table


def summary(table: pd.DataFrame) -> str:
    """Return the areas as a sentence that can be read aloud."""
    if table.empty:
        return "Er is geen gebouw binnen bereik."
    first, total = table.iloc[0], table["woningen"].sum()
    if len(table) == 1:
        return f"In {first['buurt']} passen waarschijnlijk {homes(total)} op het dak."
    share = numbers.percent(100 * first["woningen"] / total) if total else "0 %"
    return (
        f"In {numbers.whole(len(table))} buurten passen samen waarschijnlijk {homes(total)} op het dak. "
        f"De meeste in {first['buurt']}: {homes(first['woningen'])}, {share} van het geheel."
    )


def verdict_figure(table: pd.DataFrame, setting: Setting) -> Figure:
    """Draw per buurt how many open buildings have which verdict; the number stands in each part."""
    letters = {"size": setting.size, "color": setting.ink}
    shown = table.head(12).iloc[::-1]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": look.OORDEEL[verdict].label,
            "y": shown["buurt"].tolist(),
            "x": [int(count) for count in shown[str(verdict)]],
            "text": [str(count) if count else "" for count in shown[str(verdict)]],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": "#ffffff", "size": setting.size},
            "marker": {"color": look.OORDEEL[verdict].color, "line": {"color": "#ffffff", "width": 1}},
            "hovertemplate": f"%{{y}}: %{{x}} {look.OORDEEL[verdict].word}<extra></extra>",
        }
        for verdict in OORDELEN
    ]
    layout = {
        "barmode": "stack",
        "height": round(110 + 2.6 * setting.size * len(shown)),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "separators": SEPARATORS,
        "font": letters,
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {"automargin": True, "ticksuffix": "  ", "tickfont": letters, "fixedrange": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": letters, "traceorder": "normal"},
        "bargap": 0.3,
    }
    return {"data": bars, "layout": layout}


def verdict_words(table: pd.DataFrame) -> str:
    """Return the chart as text, a line per buurt."""
    lines = []
    for row in table.to_dict("records"):
        parts = [f"{row[str(verdict)]} {look.OORDEEL[verdict].word}" for verdict in OORDELEN if row[str(verdict)]]
        lines.append(f"- {look.plain(str(row['buurt']))}: {', '.join(parts) or 'geen gebouw in beeld'}")
    return "\n".join(lines)


def draw_table(table: pd.DataFrame) -> None:
    """Draw a row per buurt."""
    shown = pd.DataFrame(
        {
            "Buurt": table["buurt"],
            "Gebouwen": table["gebouwen"],
            "Doen mee": table["open"],
            "Scan begonnen": table["begonnen"],
            "Woningen nu": table["woningen_nu"],
            "Woningen erbij": table["woningen"],
            "Laag tot hoog": [numbers.span(*ends) for ends in zip(table["woningen_laag"], table["woningen_hoog"], strict=True)],
            "Tekort": table["tekort_eur"].map(money.short, na_action="ignore").astype("object").fillna("onbekend"),
            "Eigen cases": table["eigen_cases"],
        }
    )
    st.dataframe(shown, hide_index=True, height=min(420, 44 + 38 * len(shown)), row_height=38, alt="Woningen en tekort per buurt")
    st.caption(
        "Het tekort is wat de businesscases samen missen, zonder subsidie. Zonder eigen case geldt de normenset, met aannames."
    )


def draw_grounds(table: pd.DataFrame, rules: Rules) -> None:
    """Draw what garageboxen could carry per buurt, and reckon a parking lot."""
    st.subheader("Garageboxen en parkeerterreinen als ondergrond", anchor=False)
    left, right = st.columns(2, gap="large")
    rows = table[table["rijen"] > 0]
    with left:
        if rows.empty:
            st.info("In deze werkruimte is geen rij garageboxen herkend.", icon=":material/garage:")
        else:
            low, likely, high = (int(rows[name].sum()) for name in ("boven_laag", "boven", "boven_hoog"))
            st.markdown(
                f"Er zijn **{numbers.whole(rows['rijen'].sum())} rijen** met samen {numbers.whole(rows['boxen'].sum())} "
                f"garageboxen. Daarboven passen misschien **{homes(likely)}** ({numbers.span(low, high)})."
            )
            shown = pd.DataFrame(
                {
                    "Buurt": rows["buurt"],
                    "Rijen": rows["rijen"],
                    "Garageboxen": rows["boxen"],
                    "Woningen erboven": rows["boven"],
                    "Laag tot hoog": [numbers.span(*ends) for ends in zip(rows["boven_laag"], rows["boven_hoog"], strict=True)],
                }
            )
            st.html(wide_table(shown, label="Garageboxen per buurt"))
        limit = numbers.whole(rules.parameter("grond.garage_hoogstens_m2").likely)
        st.caption(
            f"De BAG kent geen garageboxen. We herkennen een rij aan eenheden zonder woningen van hoogstens {limit} m² (aanname)."
        )
    with right:
        area = st.number_input(
            "Oppervlakte van een parkeerterrein (m²)",
            0,
            100_000,
            1_500,
            step=100,
            key="parkeerterrein",
            bind="query-params",
            width=320,
        )
        above = homes_above_parking(float(area), rules)
        st.markdown(f"Boven dit terrein passen misschien **{homes(above[1])}** ({numbers.span(above[0], above[2])}).")
        st.caption(
            f"Aanname: {numbers.span(*_ends(rules, 'grond.lagen_boven_parkeren'))} lagen, met de auto's eronder, op "
            f"{numbers.span(*(100 * end for end in _ends(rules, 'grond.bebouwd_deel_parkeren')))} % van het terrein. "
            "Parkeerterreinen staan niet in de BAG; meet ze op de kaart."
        )


def _ends(rules: Rules, parameter: str) -> tuple[float, float]:
    active = rules.parameter(parameter)
    return active.low, active.high
