"""Charts: frame in, figure out; each with the same story in words. A figure is Plotly's own JSON, as a plain dict."""

from __future__ import annotations

import html
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Setting:
    """The page a chart stands on: light or dark, and how large the letters are (larger on a projector)."""

    dark: bool = False
    size: int = 15

    @property
    def ink(self) -> str:
        return "#e9eef6" if self.dark else "#001a40"

    @property
    def line(self) -> str:
        return "#26344e" if self.dark else "#d5dae1"

    def mark(self, color: str) -> str:
        """Return a colour that stands out on this page: paler in the dark."""
        return look.paler(color) if self.dark else color


def funnel_figure(stages: pd.DataFrame, setting: Setting = Setting()) -> Figure:
    """Draw the funnel as bars of buildings, with the homes in words beside each."""
    texts = [
        f"<b>{numbers.whole(count)}</b>" + (f" · {numbers.whole(homes)} woningen" if place > 1 else "")
        for place, (count, homes) in enumerate(zip(stages["gebouwen"], stages["woningen"], strict=True))
    ]
    shades = ["#c9c2ee", "#b3a6ea", "#9a86ea", "#7f62ea", "#6739ec", setting.mark(look.OORDEEL[Oordeel.KANSRIJK].color)]
    letters = {"size": setting.size, "color": setting.ink}
    widest = max(float(stages["gebouwen"].max()) ** 0.5, 1.0)
    bars = {
        "type": "bar",
        "x": list(stages["gebouwen"] ** 0.5),  # areas that differ a thousandfold stay visible; the numbers are written out
        "y": [stage.replace(" of ", "  <br>of ") for stage in stages["stap"]],
        "orientation": "h",
        "text": texts,
        "textposition": "outside",
        "textfont": letters,
        "marker": {"color": shades, "cornerradius": 4},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    layout = {
        "height": 130 + 11 * setting.size,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "separators": SEPARATORS,
        "xaxis": {"visible": False, "range": [0, widest * (1.5 + setting.size / 40)], "fixedrange": True},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "ticksuffix": "  ", "tickfont": letters},
        "font": letters,
        "bargap": 0.28,
        "showlegend": False,
    }
    return {"data": [bars], "layout": layout}


def funnel_words(stages: pd.DataFrame) -> str:
    """Return the funnel as one sentence."""
    parts = [
        f"{numbers.whole(count)} {stage}" + (f" ({numbers.whole(homes)} woningen)" if place > 1 else "")
        for place, (stage, count, homes) in enumerate(zip(stages["stap"], stages["gebouwen"], stages["woningen"], strict=True))
    ]
    return "Trechter: " + ", ".join(parts) + "."


def spread_figure(table: pd.DataFrame, setting: Setting = Setting(), *, begun: bool) -> Figure:
    """Draw score against homes; buildings on the same spot are one larger dot.

    Before anyone answered it is the score of the registers alone. What is least known lies at the bottom.
    """
    traces: list[dict[str, Any]] = []
    score, column = ("score", "oordeel") if begun else ("voorselectie_score", "voorselectie")
    styles = look.OORDEEL if begun else look.VOORSELECTIE
    shapes = ("circle", "diamond", "triangle-up", "x", "circle")
    for (name, style), shape in reversed(list(zip(styles.items(), shapes, strict=False))):
        part = _merged(table[table[column].astype(str) == str(name)], score)
        if part.empty:
            continue
        faint = name == Oordeel.ONVOLDOENDE
        color = setting.mark(style.color)
        trace = {
            "type": "scatter",
            "x": list(part[score]),
            "y": list(part["woningen"]),
            "mode": "markers",
            "name": style.label,
            "marker": {
                "color": color,
                "symbol": shape,
                "size": list((setting.size * 0.55) * part["aantal"].clip(upper=12) ** 0.5 + (2 if faint else 4)),
                "opacity": 0.45 if faint else 0.9,
                "line": {"width": 1, "color": "#020508" if setting.dark else "#ffffff"},
            },
            "text": list(part["namen"]),
            "hovertemplate": "<b>%{text}</b><br>score %{x:.0f}<br>%{y:.0f} woningen<extra></extra>",
        }
        if begun and len(part) <= MOST_BARS and not faint:
            trace["error_x"] = {
                "type": "data",
                "array": list(part["score_hoog"] - part["score"]),
                "arrayminus": list(part["score"] - part["score_laag"]),
                "thickness": 0.8,
                "width": 0,
                "color": color,
            }
        traces.append(trace)
    title = "score (streep: laag tot hoog)" if begun else "score op registers alleen"
    letters = {"size": setting.size - 1, "color": setting.ink}
    axis = {"tickfont": letters, "gridcolor": setting.line, "zeroline": False, "fixedrange": True}
    most = float(table["woningen"].max(skipna=True)) if len(table) and table["woningen"].notna().any() else 1.0
    layout = {
        "height": 230 + 9 * setting.size,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 0},
        "separators": SEPARATORS,
        "xaxis": {"title": {"text": title, "font": letters}, **axis} | ({"range": [0, 102]} if begun else {}),
        "yaxis": {"title": {"text": "extra woningen op het dak", "font": letters}, "range": [-most * 0.06, most * 1.1], **axis},
        "legend": {"orientation": "h", "y": -0.28, "font": letters, "traceorder": "reversed", "itemsizing": "constant"},
        "showlegend": True,
        "font": letters,
    }
    return {"data": traces, "layout": layout}


def _merged(part: pd.DataFrame, score: str) -> pd.DataFrame:
    """Return one row for all buildings that would be drawn on the same spot, with their names and how many they are."""
    if part.empty:
        return part
    spots = part.groupby([(part[score] / NEAR).round(), part["woningen"].round()], sort=False)
    merged = spots[[name for name in (score, "woningen", "score_laag", "score_hoog") if name in part]].mean()
    merged["score"] = merged[score]
    merged["aantal"] = spots.size()
    merged["namen"] = spots["naam"].agg(_names)
    whole: pd.DataFrame = merged.reset_index(drop=True)
    return whole


def _names(names: pd.Series) -> str:
    shown = [html.escape(str(name)) for name in names[:MOST_NAMES]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" en nog {numbers.whole(more)}" if more else "")


NEAR = 1.5  # points of score that a dot is wide
MOST_NAMES = 4
MOST_BARS = 60  # above this the bars hide the dots


def verdict_words(table: pd.DataFrame) -> str:
    """Return how many buildings have which verdict, as one sentence."""
    counts = table["oordeel"].astype(str).value_counts()
    parts = [f"{counts[str(o)]} {look.OORDEEL[o].word}" for o in OORDELEN if counts.get(str(o), 0)]
    return f"Oordelen: {', '.join(parts)}." if parts else "Nog geen oordelen."


def spread_words(table: pd.DataFrame) -> str:
    """Return the chart of score against homes as text: per verdict how many, which scores and how many homes."""
    lines = []
    for verdict in OORDELEN:
        part = table[table["oordeel"].astype(str) == str(verdict)]
        if len(part):
            reach = f"score {numbers.span(part['score'].min(), part['score'].max())}"
            homes = numbers.whole(part["woningen"].sum())
            lines.append(f"- {look.OORDEEL[verdict].label}: {len(part)} gebouwen, {reach}, samen {homes} woningen")
    return "\n".join(lines) or "Nog geen oordelen."
