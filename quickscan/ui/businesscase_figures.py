"""The charts of the business case: a result in, Plotly's own JSON out, each with the same story in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.inputs import INPUTS
from quickscan.domain.finance.sensitivity import Swing
from quickscan.ui import money, numbers
from quickscan.ui.charts import SEPARATORS, Figure, Setting

GOOD, BAD, PLAIN, PALE = "#00705c", "#a35200", "#5115ef", "#9a86ea"
MOST_SWINGS = 8  # the rest hardly moves the outcome
ROOM = 0.5  # of the width, beside the bars: for their amounts, on a phone too
LEAST = 0.01  # of the largest swing; what moves the outcome less is not drawn
BAR = 2.4  # height of one bar, in letters


def waterfall(result: CaseResult, setting: Setting) -> Figure:
    """Draw how the parts of the whole plan add up to its net present value, from the investment down."""
    amounts = [step.amount for step in result.steps] + [float(result.base.total[0])]
    names = [_wrapped(step.label) for step in result.steps] + ["Samen: NCW"]
    # The amount stands with the name: beside the bar it would not fit on a phone.
    labels = [f"{name}<br><b>{money.short(amount)}</b>" for name, amount in zip(names, amounts, strict=True)]
    ends = np.cumsum([0.0, *amounts[:-1]])
    reach = [float(min(0.0, ends.min(), amounts[-1])), float(max(0.0, ends.max(), amounts[-1]))]
    room = (reach[1] - reach[0]) * 0.03
    bars = {
        "type": "waterfall",
        "orientation": "h",
        "measure": ["relative"] * len(result.steps) + ["total"],
        "y": labels,
        "x": amounts,
        "connector": {"line": {"color": setting.line}},
        "increasing": {"marker": {"color": setting.mark(GOOD)}},
        "decreasing": {"marker": {"color": setting.mark(BAD)}},
        "totals": {"marker": {"color": setting.mark(PLAIN)}},
        "hoverinfo": "skip",
    }
    layout = _layout(setting, rows=1.35 * len(labels)) | {
        "xaxis": {"visible": False, "range": [reach[0] - room, reach[1] + room], "fixedrange": True},
        "yaxis": _names_axis(setting),
    }
    return {"data": [bars], "layout": layout}


def waterfall_words(result: CaseResult) -> str:
    """Return the waterfall as text."""
    parts = [f"- {step.label}: {money.euro(step.amount)}" for step in result.steps]
    return "\n".join([*parts, f"- **Samen, de NCW van het hele plan: {money.euro(float(result.base.total[0]))}**"])


def cash_flow(result: CaseResult, rate: float, setting: Setting) -> Figure:
    """Draw what the new homes have brought in up to each year: as money of then, and as money of today."""
    plain, today = _sums(result, rate)
    years = list(range(len(plain)))
    traces = [
        _line(years, plain, "opgeteld, in euro van elk jaar", setting.mark(PALE), dash="dot"),
        _line(years, today, "opgeteld, in euro van nu", setting.mark(PLAIN), dash="solid"),
    ]
    axis = {"tickfont": _letters(setting), "gridcolor": setting.line, "fixedrange": True, "zerolinecolor": setting.ink}
    layout = _layout(setting, rows=8) | {
        "xaxis": {"title": _title("jaar na de investering", setting), **axis, "zeroline": False},
        "yaxis": {
            **axis,
            "zeroline": True,
            "zerolinewidth": 2,
            "tickformat": ",.0f",
            "title": _title("euro", setting),
        },
        "legend": {"orientation": "h", "y": 1.14, "x": 0, "font": _letters(setting)},
        "showlegend": True,
    }
    return {"data": traces, "layout": layout}


def cash_flow_words(result: CaseResult, rate: float) -> str:
    """Return the cash flow as text: what goes out at once, what comes in later, and when it is earned back."""
    plain, today = _sums(result, rate)
    flows = result.flows
    back = float(result.base.payback[0])
    earned = f"na {numbers.whole(np.ceil(back))} jaar" if np.isfinite(back) else "binnen de looptijd niet"
    lines = [
        f"- Op dag 0 gaat er {money.euro(-float(flows[0]))} uit.",
        f"- In het eerste jaar blijft er {money.euro(float(flows[1]))} over, in het laatste {money.euro(float(flows[-1]))}.",
        f"- De investering is {earned} terugverdiend, zonder rente.",
        f"- Met rente is de stand aan het eind {money.euro(float(today[-1]))}; zonder rente {money.euro(float(plain[-1]))}.",
    ]
    return "\n".join(lines)


def tornado(swings: Sequence[Swing], now: float, setting: Setting) -> Figure:
    """Draw what the ends of each band do to the outcome per home, the largest first."""
    shown = [swing for swing in swings[:MOST_SWINGS] if swing.size > swings[0].size * LEAST]
    names = [
        f"{_wrapped(swing.label.split(',', maxsplit=1)[0])}<br><span style='font-size:.85em'>{_ends(swing)}</span>"
        for swing in shown
    ]
    every = [number for swing in shown for number in (swing.at_low, swing.at_high, now)] or [0.0]
    room = (max(every) - min(every)) * ROOM or 1.0
    traces = []
    for title, color, pattern, better in (("slechter", BAD, "/", False), ("beter", GOOD, "", True)):
        ends = [max(swing.at_low, swing.at_high) if better else min(swing.at_low, swing.at_high) for swing in shown]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "x": [end - now for end in ends],
                "base": now,
                "name": title,
                "text": [money.short(end) for end in ends],
                "textposition": "outside",
                "textfont": _letters(setting, less=2),
                "cliponaxis": False,
                "marker": {
                    "color": setting.mark(color),
                    "pattern": {"shape": pattern, "fgcolor": setting.mark(color), "size": 6},
                },
                "hoverinfo": "skip",
            }
        )
    layout = _layout(setting, rows=1.6 * len(shown)) | {
        "barmode": "overlay",
        "xaxis": {"visible": False, "range": [min(every) - room, max(every) + room], "fixedrange": True},
        "yaxis": _names_axis(setting),
        "shapes": [_upright(now, setting.ink)],
        "legend": {"orientation": "h", "y": 1.12, "x": 0, "font": _letters(setting)},
        "showlegend": True,
    }
    return {"data": traces, "layout": layout}


def tornado_words(swings: Sequence[Swing]) -> str:
    """Return the tornado as text."""
    lines = [
        f"- {swing.label}: {_ends(swing)} geeft {money.euro(swing.at_low)} tot {money.euro(swing.at_high)} per woning"
        for swing in swings
    ]
    return "\n".join(lines) or "Er zijn geen onzekere getallen."


def distribution(result: CaseResult, setting: Setting) -> Figure:
    """Draw how often each outcome per home came up: with a shortage in one colour, without in another, and P10/P50/P90."""
    counts, edges = result.spread.bars or (np.zeros(1), np.array([0.0, 1.0]))
    middles = (edges[:-1] + edges[1:]) / 2
    share = 100 * counts / max(float(counts.sum()), 1.0)
    traces = []
    for title, color, pattern, part in (("tekort", BAD, "/", middles < 0), ("geen tekort", GOOD, "", middles >= 0)):
        if part.any():
            traces.append(
                {
                    "type": "bar",
                    "x": list(middles[part]),
                    "y": list(share[part]),
                    "width": float(edges[1] - edges[0]),
                    "name": title,
                    "marker": {
                        "color": setting.mark(color),
                        "pattern": {"shape": pattern, "fgcolor": setting.mark(color), "size": 6},
                    },
                    "hoverinfo": "skip",
                }
            )
    top = float(share.max()) or 1.0
    notes = [
        {"x": float(place), "y": top * height, "text": f"<b>{name}</b><br>{money.short(float(place))}", "showarrow": False,
         "font": _letters(setting, less=2), "yanchor": "bottom"}
        for name, place, height in zip(("P10", "P50", "P90"), result.spread.per_home[:, 0], (1.03, 1.03, 1.03), strict=True)
    ]  # fmt: skip
    axis = {"tickfont": _letters(setting), "fixedrange": True, "zeroline": False}
    layout = _layout(setting, rows=8) | {
        "bargap": 0,
        "xaxis": {**axis, "title": _title("NCW per nieuwe woning, in euro", setting), "tickformat": ",.0f", "nticks": 5},
        "yaxis": {"visible": False, "range": [0, top * 1.35], "fixedrange": True},
        "annotations": notes,
        "shapes": [_upright(float(place), setting.ink, dash="dot", top=top * 1.02) for place in result.spread.per_home[:, 0]],
        "legend": {"orientation": "h", "y": 1.16, "x": 0, "font": _letters(setting)},
        "showlegend": True,
        "barmode": "overlay",
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def distribution_words(result: CaseResult) -> str:
    """Return the distribution as text."""
    low, middle, high = (money.euro(float(amount), near=100) for amount in result.spread.per_home[:, 0])
    return (
        f"- In 1 van de 10 trekkingen is de NCW per woning {low} of minder (P10).\n"
        f"- De helft ligt onder {middle} (P50).\n- In 1 van de 10 is het {high} of meer (P90).\n"
        f"- Kans dat het plan sluit: **{money.chance(float(result.spread.closes[0]))}**, "
        f"uit {numbers.whole(result.spread.draws)} trekkingen."
    )


def _ends(swing: Swing) -> str:
    spec = INPUTS[swing.key]
    low, high = money.written(spec, swing.low), money.written(spec, swing.high)
    if money.is_share(spec):
        return f"{low} – {high} %"
    return f"€ {low} – {high}" if spec.unit.startswith("€") else f"{low} – {high} {money.unit_of(spec)}".strip()


def _sums(result: CaseResult, rate: float) -> tuple[np.ndarray, np.ndarray]:
    years = np.maximum(np.arange(len(result.flows)) - 0.5, 0.0)  # what comes in a year counts in its middle
    return np.cumsum(result.flows), np.cumsum(result.flows * (1 + rate) ** -years)


def _letters(setting: Setting, *, less: int = 0) -> dict[str, object]:
    return {"size": setting.size - less, "color": setting.ink}


def _title(text: str, setting: Setting) -> Figure:
    return {"text": text, "font": _letters(setting)}


def _names_axis(setting: Setting) -> dict[str, object]:
    return {
        "autorange": "reversed",
        "fixedrange": True,
        "ticksuffix": "  ",
        "tickfont": _letters(setting, less=1),
        "automargin": True,
    }


def _layout(setting: Setting, *, rows: float) -> Figure:
    return {
        "height": round(60 + BAR * setting.size * max(rows, 3)),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 8},
        "separators": SEPARATORS,
        "font": _letters(setting),
        "bargap": 0.3,
        "showlegend": False,
    }


def _line(years: list[int], sums: np.ndarray, name: str, color: str, *, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": years,
        "y": [float(amount) for amount in sums],
        "name": name,
        "line": {"color": color, "width": 3, "dash": dash},
        "hovertemplate": "jaar %{x}: € %{y:,.0f}<extra></extra>",
    }


def _upright(place: float, color: str, *, dash: str = "solid", top: float | None = None) -> Figure:
    """Draw an upright line over the whole height, or up to `top`."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "y0": 0,
        "y1": 1 if top is None else top,
        "yref": "paper" if top is None else "y",
        "line": {"color": color, "width": 1.5, "dash": dash},
    }


def _wrapped(text: str, width: int = 22) -> str:
    """Break a long name at a comma or space, so that the bars keep their room on a phone."""
    if len(text) <= width:
        return text
    at = text.rfind(" ", 0, width)
    return text if at < 0 else f"{text[:at]}<br>{text[at + 1 :]}"
