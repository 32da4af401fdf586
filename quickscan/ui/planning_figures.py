"""The charts of the planning page: a plan in, Plotly's own JSON out, each with the same story in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from quickscan.domain.planbook import Season
from quickscan.domain.schedule.plans import Bar, BuildingPlan, Plan, Swing
from quickscan.domain.schedule.story import month, months_text
from quickscan.ui import numbers
from quickscan.ui.charts import SEPARATORS, Figure, Setting

SERIAL, PARALLEL, NATURE, LATE, EARLY = "#586c88", "#5115ef", "#0e7c74", "#a35200", "#00705c"
MOST_SWINGS = 8
ROOM = 0.45  # of the longest bar, beside the bars: for their months, on a phone too
BAR = 2.1  # height of one bar, in letters
DAY_MS = 86_400_000
LEAST_DAYS = 3  # a bar that is shorter is not seen


def gantt(plan: Plan, whole: BuildingPlan, seasons: Sequence[Season], setting: Setting, *, today: date) -> Figure:
    """Draw the steps of one plan: solid until it is likely there, paler until it is in 80 of 100 draws.

    Both plans of a building get the same time line, so that they can be laid side by side.
    """
    first = min(whole.start, today) - timedelta(days=20)
    last = max(whole.serial.bars[-1].end.likely, whole.parallel.bars[-1].end.likely, whole.wish) + timedelta(days=60)
    color = setting.mark(PARALLEL if plan.lessons else SERIAL)
    bars = [*plan.bars]
    if plan.nature is not None:
        bars.insert(3, plan.nature)
    names = [_name(bar, plan) for bar in bars]
    colors = [setting.mark(NATURE) if bar is plan.nature else color for bar in bars]
    sure = [(bar.start.likely, bar.end.likely) for bar in bars]
    unsure = [(bar.end.likely, min(bar.end.late, last)) for bar in bars]
    traces = [_bars(names, unsure, colors, faint=True), _bars(names, sure, colors, faint=False)]
    tenant = plan.tenant.likely
    layout = {
        "height": round(70 + BAR * setting.size * len(bars)),
        "margin": {"l": 0, "r": 6, "t": 26, "b": 4},
        "separators": SEPARATORS,
        "font": _letters(setting),
        "barmode": "overlay",
        "bargap": 0.38,
        "showlegend": False,
        "xaxis": _time_axis(first, last, setting),
        "yaxis": _names_axis(setting),
        "shapes": [
            *_season_bands(seasons, first, last, setting),
            _upright(tenant, color, width=3),
            *([_upright(whole.wish, setting.ink, dash="dot")] if whole.wished else []),
        ],
        "annotations": [
            {
                "x": tenant.isoformat(),
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "right" if (tenant - first) / (last - first) > 0.5 else "left",  # noqa: PLR2004 - past the middle
                "text": f"<b>{month(tenant)}</b>",
                "showarrow": False,
                "font": {"size": setting.size + 1, "color": color},
            }
        ],
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def gantt_words(plan: Plan) -> str:
    """Return the time line as text."""
    bars = [*plan.bars, *([plan.nature] if plan.nature else [])]
    lines = [
        f"- {_name(bar, plan)}: van {month(bar.start.likely)} tot {month(bar.end.likely)}, uiterlijk {month(bar.end.late)}"
        for bar in bars
    ]
    milestones = (("Vergunning", plan.permit), ("Start bouw", plan.building), ("Eerste huurder", plan.tenant))
    lines += [
        f"- **{name}: {month(moment.likely)}** ({month(moment.early)} tot {month(moment.late)})" for name, moment in milestones
    ]
    return "\n".join(lines)


def _name(bar: Bar, plan: Plan) -> str:
    return bar.name if bar is plan.nature else f"{bar.step}. {bar.name}"


def _bars(names: Sequence[str], spans: Sequence[tuple[date, date]], colors: Sequence[str], *, faint: bool) -> Figure:
    least = 0 if faint else LEAST_DAYS
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(names),
        "base": [start.isoformat() for start, _ in spans],
        "x": [max((end - start).days, least) * DAY_MS for start, end in spans],
        "marker": {
            "color": list(colors),
            "cornerradius": 4,
            "pattern": {"shape": "/" if faint else "", "fgcolor": list(colors), "size": 6, "bgcolor": "rgba(0,0,0,0)"},
        },
        "opacity": 0.55 if faint else 1,
        "hoverinfo": "skip",
    }  # fmt: skip


def _season_bands(seasons: Sequence[Season], first: date, last: date, setting: Setting) -> list[Figure]:
    """Return the times in which nature can be counted, as pale bands behind the bars."""
    found = []
    for year in range(first.year, last.year + 1):
        for season in seasons:
            for window in season.vensters:
                start, end = (date(year, *(int(part) for part in text.split("-"))) for text in (window.van, window.tot_en_met))
                if end > first and start < last:
                    found.append(
                        {
                            "type": "rect",
                            "x0": max(start, first).isoformat(),
                            "x1": min(end, last).isoformat(),
                            "y0": 0,
                            "y1": 1,
                            "yref": "paper",
                            "fillcolor": setting.mark(NATURE),
                            "opacity": 0.09,
                            "line": {"width": 0},
                            "layer": "below",
                        }
                    )
    return found


def _names_axis(setting: Setting) -> Figure:
    return {
        "autorange": "reversed",
        "fixedrange": True,
        "ticksuffix": "  ",
        "tickfont": _letters(setting, less=1),
        "automargin": True,
    }


def _time_axis(first: date, last: date, setting: Setting) -> Figure:
    days = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return {
        "type": "date",
        "range": [first.isoformat(), last.isoformat()],
        "fixedrange": True,
        "tickvals": [day.isoformat() for day in days],
        "ticktext": [str(day.year) for day in days],
        "gridcolor": setting.line,
        "tickfont": _letters(setting),
        "side": "bottom",
        "zeroline": False,
    }


def tornado(swings: Sequence[Swing], setting: Setting) -> Figure:
    """Draw how many months each thing moves the first tenant, the largest first: earlier to the left, later to the right."""
    shown = swings[:MOST_SWINGS]
    names = [f"{_wrapped(swing.name)}<br><span style='font-size:.85em'>{_kind(swing)}</span>" for swing in shown]
    reach = max([swing.size for swing in shown] or [1.0])
    traces = []
    for title, color, pattern, side in (("eerder", EARLY, "", -1), ("later", LATE, "/", 1)):
        months = [swing.earlier if side < 0 else swing.later for swing in shown]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "x": [side * size for size in months],
                "name": title,
                "text": [f"{numbers.decimal(size, 0 if size >= 1 else 1)} mnd" if size else "" for size in months],
                "textposition": "outside",
                "textfont": _letters(setting, less=2),
                "cliponaxis": False,
                "marker": {
                    "color": setting.mark(color),
                    "cornerradius": 3,
                    "pattern": {"shape": pattern, "fgcolor": setting.mark(color), "size": 6},
                },
                "hoverinfo": "skip",
            }
        )
    left = max([swing.earlier for swing in shown] or [0.0])
    right = max([swing.later for swing in shown] or [0.0])
    layout = {
        "height": round(70 + 3.1 * setting.size * max(len(shown), 2)),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 4},
        "separators": SEPARATORS,
        "font": _letters(setting),
        "barmode": "overlay",
        "bargap": 0.34,
        "xaxis": {"visible": False, "range": [-left - reach * ROOM, right + reach * ROOM], "fixedrange": True},
        "yaxis": _names_axis(setting),
        "shapes": [_upright(0, setting.ink)],
        "legend": {"orientation": "h", "y": 1.12, "x": 0, "font": _letters(setting)},
        "showlegend": True,
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def tornado_words(swings: Sequence[Swing]) -> str:
    """Return the tornado as text."""
    lines = []
    for swing in swings[:MOST_SWINGS]:
        parts = [f"tot {months_text(swing.earlier)} eerder"] if swing.earlier else []
        parts += [f"tot {months_text(swing.later)} later"] if swing.later else []
        lines.append(f"- {swing.name} ({_kind(swing)}): {' of '.join(parts)}")
    return "\n".join(lines) or "Niets verschuift de eerste huurder noemenswaardig."


def _kind(swing: Swing) -> str:
    if swing.kind == "stap":
        return "duur van de stap, van kort tot lang"
    if swing.kind == "les":
        return "les gekozen; eraf is later" if swing.later else "les nog niet gekozen"
    if not swing.known:
        return "nog onbekend"
    return "als dit is opgelost"


def _wrapped(text: str, width: int = 26) -> str:
    if len(text) <= width:
        return text
    at = text.rfind(" ", 0, width)
    return text if at < 0 else f"{text[:at]}<br>{text[at + 1 :]}"


def _letters(setting: Setting, *, less: int = 0) -> dict[str, object]:
    return {"size": setting.size - less, "color": setting.ink}


def _upright(place: date | float, color: str, *, dash: str = "solid", width: float = 1.5) -> Figure:
    where = place.isoformat() if isinstance(place, date) else place
    return {
        "type": "line",
        "x0": where,
        "x1": where,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": color, "width": width, "dash": dash},
    }
