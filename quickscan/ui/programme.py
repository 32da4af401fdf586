"""The programme on the screen: the sentence, the target curve, the funnel, and planned beside delivered per quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.programme.curve import Curve, count_phases, count_quarters, draw_curve, find_target_gap
from quickscan.domain.programme.plan import Homes, Plan, homes_of
from quickscan.domain.programme.quarters import PER_YEAR, Quarter
from quickscan.ui import account, errors, numbers
from quickscan.ui.charts import SEPARATORS, Figure, Setting
from quickscan.ui.families import homes as homes_words
from quickscan.ui.frame import Desk

DONE, PLANNED, TARGET = "#00705c", "#5115ef", "#7b8494"


@dataclass(frozen=True)
class Office:
    """What the page works with: the programme as it stands, and its lines."""

    desk: Desk
    plan: Plan
    homes: Mapping[int, Homes]
    now: Quarter
    curve: Curve
    screened: pd.DataFrame
    setting: Setting
    may_change: bool  # what may be asked for decides what is drawn; the guard asks anew


def open_office(desk: Desk) -> Office:
    """Read the programme of the workspace and work out its lines."""
    with errors.shown():
        plan = desk.services.programme.look(desk.portfolio.id)
    screened, now = desk.screened(), Quarter.of(desk.rules.day)
    homes = homes_of(plan.projects, screened)
    setting = Setting(st.context.theme.type == "dark", 21 if st.session_state.get("projector") else 15)
    curve = draw_curve(plan, homes, now, desk.rules)
    return Office(desk, plan, homes, now, curve, screened, setting, account.may(Right.LEAD))


def summary(office: Office) -> str:
    """Return the programme as sentences that can be read aloud."""
    plan, curve = office.plan, office.curve
    target = plan.target
    if target is None and not plan.projects:
        return "Er is nog geen programma. Zet een doel, of maak het eerste project."
    parts = []
    if target is not None:
        goal = numbers.span(target.low, target.high)
        parts.append(f"{target.name} wil {goal} woningen, tussen {target.starts.label} en {target.ends_late.label}.")
    done = curve.at(curve.reached, office.now)
    low, likely, high, expected = (line[-1] for line in (curve.low, curve.likely, curve.high, curve.expected))
    parts.append(
        f"Opgeleverd: {homes_words(done)}. Met alles wat gepland is worden het er waarschijnlijk {numbers.whole(likely)} "
        f"({numbers.span(low, high)}); wie de kans op uitval meetelt, komt op {numbers.whole(expected)}."
    )
    gap = find_target_gap(curve, target)
    if gap is not None:
        parts.append(f"Voor het laagste doel zijn nog {homes_words(gap.homes)} nodig.")
    elif target is not None:
        parts.append("Dat is genoeg voor het laagste doel.")
    return " ".join(parts)


def curve_figure(office: Office) -> Figure:
    """Draw the lines of the target, the plan and what was delivered, by quarter."""
    curve, setting = office.curve, office.setting
    place = list(range(len(curve.quarters)))
    labels = [quarter.label for quarter in curve.quarters]
    violet, green, grey = setting.mark(PLANNED), setting.mark(DONE), setting.mark(TARGET)

    def line(values: Any, name: str, **more: Any) -> dict[str, Any]:
        shown = [None if number != number else round(float(number), 1) for number in values]  # noqa: PLR0124 - NaN
        return {"type": "scatter", "mode": "lines", "x": place, "y": shown, "name": name, "customdata": labels,
                "hovertemplate": f"%{{customdata}}: %{{y:.0f}} woningen, {name}<extra></extra>"} | more  # fmt: skip

    traces = []
    if office.plan.target is not None:
        traces += [
            line(curve.target_high, "doel, hoogste", line={"color": grey, "width": 1.5, "dash": "dash"}, showlegend=False),
            line(curve.target_low, "doel", line={"color": grey, "width": 2, "dash": "dash"}, fill="tonexty",
                 fillcolor="rgba(123,132,148,.16)"),
        ]  # fmt: skip
    stairs = {"shape": "hv"}
    traces += [
        line(curve.high, "gepland, hoog", line={"color": violet, "width": 0, **stairs}, showlegend=False, hoverinfo="skip"),
        line(curve.low, "gepland, laag tot hoog", line={"color": violet, "width": 0, **stairs}, fill="tonexty",
             fillcolor="rgba(122,90,240,.22)", hoverinfo="skip"),
        line(curve.first, "eerst gepland", line={"color": setting.ink, "width": 1.5, "dash": "dot", **stairs}),
        line(curve.likely, "nu gepland", line={"color": violet, "width": 3.5, **stairs}),
        line(curve.reached, "opgeleverd", line={"color": green, "width": 5, **stairs}),
    ]  # fmt: skip
    letters = {"size": setting.size, "color": setting.ink}
    axis = {"tickfont": letters, "gridcolor": setting.line, "zeroline": False, "fixedrange": True}
    years = [step for step, quarter in enumerate(curve.quarters) if quarter.number == 1]
    years = years[:: max(1, len(years) // 12)]
    now = office.now.since(curve.quarters[0])
    layout = {
        "height": round(190 + 15 * setting.size),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "separators": SEPARATORS,
        "font": letters,
        "xaxis": {"tickvals": years, "ticktext": [str(curve.quarters[step].year) for step in years], **axis},
        "yaxis": {"title": {"text": "woningen, opgeteld", "font": letters}, "rangemode": "tozero", **axis},
        "shapes": [{"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "paper",
                    "line": {"color": setting.ink, "width": 1.5, "dash": "dot"}}],
        "annotations": [{"x": now, "y": 1, "yref": "paper", "text": "nu", "showarrow": False, "xanchor": "left", "xshift": 5,
                         "font": letters}],
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": letters},
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def curve_rows(office: Office) -> pd.DataFrame:
    """Return the lines as a table: the last quarter of every year, and the quarter of now."""
    curve = office.curve
    rows = []
    for step, quarter in enumerate(curve.quarters):
        if quarter.number != PER_YEAR and quarter != office.now and step != len(curve.quarters) - 1:
            continue
        rows.append(
            {
                "Eind": quarter.label + (" (nu)" if quarter == office.now else ""),
                "Doel": _span(curve.target_low[step], curve.target_high[step]),
                "Eerst gepland": numbers.whole(float(curve.first[step])),
                "Nu gepland": numbers.whole(float(curve.likely[step])),
                "Laag tot hoog": numbers.span(float(curve.low[step]), float(curve.high[step])),
                "Met uitval": numbers.whole(float(curve.expected[step])),
                "Opgeleverd": numbers.whole(float(curve.reached[step])),
            }
        )
    return pd.DataFrame(rows)


def _span(low: float, high: float) -> str:
    return numbers.DASH if low != low else numbers.span(low, high)  # noqa: PLR0124 - NaN


def phase_figure(office: Office) -> Figure:
    """Draw the funnel: how many projects came at least so far, with their homes in words."""
    table, setting = count_phases(office.plan, office.homes), office.setting
    letters = {"size": setting.size, "color": setting.ink}
    shades = ["#c9c2ee", "#b3a6ea", "#9a86ea", "#7f62ea", "#6739ec", "#5115ef", setting.mark(DONE)]
    words = [
        f"<b>{row['zover']}</b> · {numbers.whole(row['woningen_zover'])} woningen" if row["zover"] else "0"
        for row in table.to_dict("records")
    ]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": table["zover"].tolist(),
        "y": [name.capitalize() for name in table["fase"]],
        "text": words,
        "textposition": "outside",
        "textfont": letters,
        "cliponaxis": False,
        "marker": {"color": shades, "cornerradius": 4},
        "hoverinfo": "skip",
    }
    layout = {
        "height": round(60 + 15 * setting.size),
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "xaxis": {"visible": False, "fixedrange": True, "range": [0, max(float(table["zover"].max()), 1) * 1.8]},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "ticksuffix": "  ", "tickfont": letters},
        "font": letters,
        "bargap": 0.28,
    }
    return {"data": [bars], "layout": layout}


def phase_words(office: Office) -> str:
    """Return the funnel as one sentence."""
    table = count_phases(office.plan, office.homes)
    parts = [f"{row['zover']} tot en met {row['fase']}" for row in table.to_dict("records")]
    stopped = len(office.plan.projects) - len(office.plan.active)
    tail = f" Gestopt: {stopped}." if stopped else ""
    return f"Projecten die zo ver kwamen: {', '.join(parts)}.{tail}"


def quarter_figure(office: Office) -> Figure:
    """Draw per quarter the homes first planned, planned now and delivered."""
    table, setting = count_quarters(office.plan, office.homes), office.setting
    letters = {"size": setting.size, "color": setting.ink}
    axis = {"tickfont": letters, "gridcolor": setting.line, "zeroline": False, "fixedrange": True}
    looks = (("eerst", "eerst gepland", "#8a93a3", "/"), ("nu", "nu gepland", setting.mark(PLANNED), ""),
             ("opgeleverd", "opgeleverd", setting.mark(DONE), "x"))  # fmt: skip
    bars = [
        {
            "type": "bar",
            "name": label,
            "x": [quarter.label for quarter in table["kwartaal"]],
            "y": table[name].tolist(),
            "marker": {"color": color, "cornerradius": 3, "pattern": {"shape": shape, "fillmode": "overlay"}},
            "hovertemplate": f"%{{x}}: %{{y:.0f}} woningen, {label}<extra></extra>",
        }
        for name, label, color, shape in looks
    ]
    layout = {
        "barmode": "group",
        "height": round(60 + 15 * setting.size),
        "margin": {"l": 0, "r": 0, "t": 4, "b": 0},
        "separators": SEPARATORS,
        "font": letters,
        "xaxis": {"type": "category", **axis},
        "yaxis": {"title": {"text": "woningen", "font": letters}, "rangemode": "tozero", **axis},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": letters},
    }
    return {"data": bars, "layout": layout}


def quarter_words(office: Office) -> str:
    """Return the same as text, a line per quarter."""
    lines = [
        f"- {row['kwartaal'].label}: eerst {numbers.whole(row['eerst'])}, nu {numbers.whole(row['nu'])}, "
        f"opgeleverd {numbers.whole(row['opgeleverd'])}"
        for row in count_quarters(office.plan, office.homes).to_dict("records")
    ]
    return "\n".join(lines) or "Er is nog geen oplevering gepland."
