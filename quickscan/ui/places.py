"""The reference projects on a map: a point per gemeente on a sketch of the country, with the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from quickscan.services.references import Example
from quickscan.ui import numbers
from quickscan.ui.charts import Figure, Setting
from quickscan.ui.widetable import wide_table
from quickscan.wiring import reference_places

STRETCH = 1.63  # a degree of latitude over one of longitude, in the middle of the country
NORTH = 52.2  # names of places above this stand over their point, the others under it
NAMED = 5  # a place with at least so many projects has its name on the map


def group(projects: Sequence[Example]) -> pd.DataFrame:
    """Return a row per gemeente in the Netherlands that has a place: projects, homes and their names."""
    known = {place.naam: place for place in reference_places().plaats}
    found: dict[str, list[Example]] = {}
    for project in projects:
        if project.gemeente in known:
            found.setdefault(project.gemeente, []).append(project)
    rows = []
    for name, here in found.items():
        low, high = (sum(getattr(one.toegevoegd, end) for one in here if one.toegevoegd) for end in ("laag", "hoog"))
        rows.append(
            {
                "plaats": name,
                "lengte": known[name].lengte,
                "breedte": known[name].breedte,
                "projecten": len(here),
                "woningen_laag": low,
                "woningen_hoog": high,
                "onbekend": sum(one.toegevoegd is None for one in here),
                "namen": ", ".join(one.naam for one in here),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values(["projecten", "plaats"], ascending=[False, True]).reset_index(drop=True) if rows else frame


def figure(table: pd.DataFrame, setting: Setting) -> Figure:
    """Draw the places on the sketch; a larger point is more homes, and the number in it is the projects."""
    sketch = reference_places().schets
    land, water = ("#2b3445", "#10293c") if setting.dark else ("#e7e9ee", "#d3e4ef")
    letters = {"size": setting.size - 1, "color": setting.ink}

    def area(points: Sequence[tuple[float, float]], color: str) -> dict[str, Any]:
        edge = {"color": setting.line, "width": 1}
        x, y = [point[0] for point in points], [point[1] for point in points]
        return {"type": "scatter", "mode": "lines", "x": x, "y": y, "fill": "toself", "fillcolor": color, "line": edge,
                "hoverinfo": "skip", "showlegend": False}  # fmt: skip

    size = [20 + min(float(high), 300) ** 0.5 for high in table["woningen_hoog"]]
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": table["lengte"].tolist(),
        "y": table["breedte"].tolist(),
        "text": [f"<b>{count}</b>" for count in table["projecten"]],
        "textfont": {"color": "#ffffff", "size": setting.size - 2},
        "marker": {"size": size, "color": "#5115ef", "opacity": 0.88, "line": {"color": "#ffffff", "width": 1.5}},
        "customdata": table[["plaats", "namen"]].to_numpy(dtype=object).tolist(),
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        "showlegend": False,
    }
    notes = [
        {"x": x, "y": y, "text": f"<b>{name}</b>", "showarrow": False, "font": letters}
        | ({"yanchor": "bottom", "yshift": wide / 2} if y > NORTH else {"yanchor": "top", "yshift": -wide / 2})
        for name, x, y, count, wide in zip(
            table["plaats"], table["lengte"], table["breedte"], table["projecten"], size, strict=True
        )
        if count >= NAMED
    ]
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "height": 560,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "annotations": notes,
        "xaxis": {"range": [3.6, 6.5], **hidden},
        "yaxis": {"range": [51.1, 52.8], "scaleanchor": "x", "scaleratio": STRETCH, **hidden},
        "font": letters,
    }
    return {"data": [area(sketch.land, land), area(sketch.water, water), *(area(one, land) for one in sketch.eilanden), points],
            "layout": layout}  # fmt: skip


def rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same as texts."""
    homes = []
    for row in table.to_dict("records"):
        known = numbers.span(row["woningen_laag"], row["woningen_hoog"]) if row["woningen_hoog"] else numbers.DASH
        homes.append(known + (f" ({row['onbekend']} onbekend)" if row["onbekend"] else ""))
    return pd.DataFrame(
        {"Plaats": table["plaats"], "Projecten": table["projecten"], "Woningen erbij": homes, "Welke": table["namen"]}
    )


def draw_map(projects: Sequence[Example]) -> None:
    """Draw the map with its table beside it, folded."""
    table = group(projects)
    if table.empty:
        return
    setting = Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
    elsewhere = len(projects) - int(table["projecten"].sum())
    with st.expander("Op de kaart", icon=":material/map:", expanded=True):
        left, right = st.columns([1, 1], gap="large")
        alt = "Kaart van Nederland met projecten per gemeente: " + ", ".join(
            f"{name} {count}" for name, count in zip(table["plaats"], table["projecten"], strict=True)
        )
        with left:
            st.plotly_chart(figure(table, setting), config={"displayModeBar": False}, alt=alt, key="referentiekaart")
        with right, st.container(height=540, border=False):
            st.html(wide_table(rows(table), label="Projecten per plaats"))
        more = f" Niet op de kaart: {elsewhere}, in het buitenland of zonder plaats." if elsewhere else ""
        st.caption(f"Een punt is een gemeente, geen adres. De plekken en de schets zijn zelf geschat en grof.{more}")
