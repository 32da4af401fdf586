"""Charts: frame in, figure out; each with the same story in words. A figure is Plotly's own JSON, as a plain dict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from quickscan.domain.terms import OORDELEN, Oordeel, Voorselectie
from quickscan.ui import look, numbers

Figure = dict[str, Any]
SEPARATORS = ",."  # Dutch: a comma for decimals, a point for thousands
STAGES: tuple[str, ...] = (
    "alle panden",
    "binnen bereik",
    "valt niet af",
    "in beeld",
    "quick scan begonnen",
    "kansrijk of kansrijk, mits",
)


def funnel(table: pd.DataFrame) -> pd.DataFrame:
    """Return per stage the number of buildings and the likely homes on their roofs."""
    outcome, verdict = table["voorselectie"].astype(str), table["oordeel"].astype(str)
    within = outcome != str(Voorselectie.BUITEN_BEREIK)
    stays = within & (outcome != str(Voorselectie.VALT_AF))
    seen = stays & (outcome == str(Voorselectie.IN_BEELD))
    begun = stays & (table["antwoorden"] > 0)
    good = begun & verdict.isin([str(Oordeel.KANSRIJK), str(Oordeel.KANSRIJK_MITS)])
    masks = (within | True, within, stays, seen, begun, good)
    return pd.DataFrame(
        {
            "stap": STAGES,
            "gebouwen": [int(mask.sum()) for mask in masks],
            "woningen": [float(table.loc[mask & stays, "woningen"].sum()) for mask in masks],
        }
    )


def funnel_figure(stages: pd.DataFrame) -> Figure:
    """Draw the funnel as bars of buildings, with the homes in words beside each."""
    texts = [
        f"<b>{numbers.whole(count)}</b>" + (f" · {numbers.whole(homes)} woningen" if place > 1 else "")
        for place, (count, homes) in enumerate(zip(stages["gebouwen"], stages["woningen"], strict=True))
    ]
    shades = ["#c9c2ee", "#b3a6ea", "#9a86ea", "#7f62ea", "#6739ec", look.OORDEEL[Oordeel.KANSRIJK].color]
    widest = max(float(stages["gebouwen"].max()) ** 0.5, 1.0)
    bars = {
        "type": "bar",
        "x": list(stages["gebouwen"] ** 0.5),  # areas that differ a thousandfold stay visible; the numbers are written out
        "y": list(stages["stap"]),
        "orientation": "h",
        "text": texts,
        "textposition": "outside",
        "marker": {"color": shades, "cornerradius": 4},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    layout = {
        "height": 290,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "separators": SEPARATORS,
        "xaxis": {"visible": False, "range": [0, widest * 1.75], "fixedrange": True},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "ticksuffix": "  ", "tickfont": {"size": 15}},
        "font": {"size": 15},
        "bargap": 0.28,
        "showlegend": False,
    }
    return {"data": [bars], "layout": layout}


def funnel_words(stages: pd.DataFrame) -> str:
    """Return the funnel as one sentence."""
    parts = [f"{numbers.whole(count)} {stage}" for stage, count in zip(stages["stap"], stages["gebouwen"], strict=True)]
    return "Trechter: " + ", ".join(parts) + "."


def spread_figure(table: pd.DataFrame, *, begun: bool) -> Figure:
    """Draw score against homes, a dot a building. Before anyone answered it is the score of the registers alone."""
    traces: list[dict[str, Any]] = []
    score, column = ("score", "oordeel") if begun else ("voorselectie_score", "voorselectie")
    styles = look.OORDEEL if begun else look.VOORSELECTIE
    for (name, style), shape in zip(styles.items(), ("circle", "diamond", "triangle-up", "x", "circle-open"), strict=False):
        part = table[table[column].astype(str) == str(name)]
        if part.empty:
            continue
        trace = {
            "type": "scatter",
            "x": list(part[score]),
            "y": list(part["woningen"]),
            "mode": "markers",
            "name": style.label,
            "marker": {"color": style.color, "symbol": shape, "size": 10, "opacity": 0.75},
            "text": list(part["naam"]),
            "hovertemplate": "<b>%{text}</b><br>score %{x:.0f}<br>%{y:.0f} woningen<extra></extra>",
        }
        if begun and len(part) <= MOST_BARS and name != Oordeel.ONVOLDOENDE:
            trace["error_x"] = {
                "type": "data",
                "array": list(part["score_hoog"] - part["score"]),
                "arrayminus": list(part["score"] - part["score_laag"]),
                "thickness": 0.8,
                "width": 0,
                "color": style.color,
            }
        traces.append(trace)
    title = "score (streep: laag tot hoog)" if begun else "score op registers alleen"
    layout = {
        "height": 360,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 0},
        "separators": SEPARATORS,
        "xaxis": {"title": {"text": title}} | ({"range": [0, 102]} if begun else {}),
        "yaxis": {"title": {"text": "extra woningen op het dak"}, "rangemode": "tozero"},
        "legend": {"orientation": "h", "y": -0.28, "font": {"size": 14}},
        "showlegend": True,
        "font": {"size": 14},
    }
    return {"data": traces, "layout": layout}


MOST_BARS = 60  # above this the bars hide the dots


def verdict_words(table: pd.DataFrame) -> str:
    """Return how many buildings have which verdict, as one sentence."""
    counts = table["oordeel"].astype(str).value_counts()
    parts = [f"{counts[str(o)]} {look.OORDEEL[o].word}" for o in OORDELEN if counts.get(str(o), 0)]
    return f"Oordelen: {', '.join(parts)}." if parts else "Nog geen oordelen."
