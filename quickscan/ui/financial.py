"""The money of a whole portfolio: what each building lacks, and which set of buildings fits a budget best."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from quickscan.domain.finance.budget import Choice, order_by_rate, pick
from quickscan.services.case_table import work_out_all
from quickscan.ui import look, money, numbers
from quickscan.ui.charts import SEPARATORS, Figure, Setting
from quickscan.ui.frame import Desk

KEPT = "_financieel"
FAR = 0.7  # of the width; beyond this a text to the right would not fit
PER = 100_000  # euros: homes per amount that people can picture


def work_out(desk: Desk) -> pd.DataFrame:
    """Return every building with new homes and its money; worked out again only when something changed."""
    portfolio, rules = desk.portfolio, desk.rules
    finance = desk.services.finance
    stamp = (portfolio.id, portfolio.facts_version, portfolio.answers_version, rules.fingerprint, rules.day,
             finance.stamp(portfolio.id))  # fmt: skip
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != stamp:
        with st.spinner("Gebouwen doorrekenen …"):
            kept = (stamp, work_out_all(finance, portfolio.id, desk.screened(), rules))
        st.session_state[KEPT] = kept
    found: pd.DataFrame = kept[1]
    return found


def summary(table: pd.DataFrame) -> str:
    """Return the portfolio as a sentence that can be read aloud."""
    homes, short = float(table["nieuwe_woningen"].sum()), float(table["tekort_eur"].sum())
    closing = int((table["ncw_totaal_eur"] >= 0).sum())
    own = int(table["eigen_case"].sum())
    text = (
        f"Op {numbers.whole(len(table))} gebouwen passen waarschijnlijk {numbers.whole(homes)} nieuwe woningen. "
        f"Samen komen ze {money.short(short)} tekort, op een investering van {money.short(table['investering_eur'].sum())}. "
    )
    text += (
        f"{numbers.whole(closing)} daarvan sluiten zonder bijdrage. " if closing else "Geen enkel gebouw sluit zonder bijdrage. "
    )
    told = "heeft een eigen case" if own == 1 else "hebben een eigen case"
    return text + (
        f"{numbers.whole(own)} {'gebouw' if own == 1 else 'gebouwen'} {told}." if own else "Er is nog geen eigen case."
    )


def choose_budget(table: pd.DataFrame) -> float:
    """Let a person set the budget, in millions."""
    total = float(table["tekort_eur"].sum()) / money.MILLION
    top = max(math.ceil(total * 2) / 2, 1.0)
    options = [round(place, 2) for place in np.arange(0, top + 0.01, max(round(top / 60, 1), 0.1))]
    usual = min(options, key=lambda place: abs(place - top / 3))
    chosen = st.select_slider(
        "Budget om het tekort te dekken",
        options,
        value=usual,
        format_func=lambda place: f"€ {numbers.decimal(place, 2)} mln",
        key="budget",
    )
    return float(chosen) * money.MILLION


def choose_set(table: pd.DataFrame, budget: float) -> Choice:
    """Return which buildings fit the budget best."""
    return pick(table["nieuwe_woningen"].to_numpy(float), table["tekort_eur"].to_numpy(float), budget)


def choice_words(table: pd.DataFrame, choice: Choice, budget: float) -> str:
    """Return what the budget buys, and how that was found."""
    count = int(choice.chosen.sum())
    how = (
        "Alle combinaties zijn meegewogen: een betere is er niet."
        if choice.exact
        else "Gekozen op woningen per euro, de beste eerst. Voor zoveel gebouwen is niet elke combinatie nagerekend."
    )
    each = f" Dat is {money.euro(choice.euros / choice.homes, near=100)} per woning." if choice.homes else ""
    return (
        f"Met {money.short(budget)} kunnen **{numbers.whole(count)}** van de {numbers.whole(len(table))} gebouwen door, samen "
        f"**{numbers.whole(choice.homes)} woningen**. Daarvoor is {money.short(choice.euros)} nodig.{each} {how}"
    )


def budget_figure(table: pd.DataFrame, choice: Choice, budget: float, setting: Setting) -> Figure:
    """Draw how many homes come with every euro, the best buildings first, with the budget and the chosen set on it."""
    homes, short = table["nieuwe_woningen"].to_numpy(float), table["tekort_eur"].to_numpy(float)
    order = order_by_rate(homes, short)
    euros = np.concatenate([[0.0], np.cumsum(short[order])]) / money.MILLION
    letters = {"size": setting.size, "color": setting.ink}
    axis = {"tickfont": letters, "gridcolor": setting.line, "zeroline": False, "fixedrange": True}
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [float(each) for each in euros],
        "y": [float(each) for each in np.concatenate([[0.0], np.cumsum(homes[order])])],
        "name": "beste gebouwen eerst",
        "line": {"color": setting.mark("#9a86ea"), "width": 3, "shape": "hv"},
        "marker": {"size": 5},
        "hovertemplate": "€ %{x:.2f} mln: %{y:.0f} woningen<extra></extra>",
    }
    spot = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [choice.euros / money.MILLION],
        "y": [choice.homes],
        "name": "gekozen set",
        "text": [f"<b>{numbers.whole(choice.homes)} woningen</b>"],
        "textposition": "top left" if choice.euros > float(short.sum()) * FAR else "bottom right",
        "textfont": letters,
        "marker": {"size": 15, "symbol": "diamond", "color": setting.mark("#00705c")},
        "hoverinfo": "skip",
    }
    layout = {
        "height": round(150 + 14 * setting.size),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "separators": SEPARATORS,
        "font": letters,
        "xaxis": {"title": {"text": "tekort samen, € mln", "font": letters}, "rangemode": "tozero", **axis},
        "yaxis": {"title": {"text": "nieuwe woningen", "font": letters}, "rangemode": "tozero", **axis},
        "shapes": [{"type": "line", "x0": budget / money.MILLION, "x1": budget / money.MILLION, "y0": 0, "y1": 1, "yref": "paper",
                    "line": {"color": setting.ink, "width": 2, "dash": "dash"}}],
        "annotations": [{"x": budget / money.MILLION, "y": 0.02, "yref": "paper", "text": "budgetlijn", "showarrow": False,
                         "xanchor": "left", "xshift": 6, "font": letters}],
        "legend": {"orientation": "h", "y": 1.16, "x": 0, "font": letters},
    }  # fmt: skip
    return {"data": [line, spot], "layout": layout}


def rows(table: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """Return what the table shows; the order is that of homes per euro."""
    homes, short = table["nieuwe_woningen"].to_numpy(float), table["tekort_eur"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(short > 0, homes / short * PER, np.nan)
    shown = pd.DataFrame(
        {
            "naam": table["naam"],
            "keuze": np.where(choice.chosen, "✓ past", "– past niet"),
            "oordeel": [look.OORDEEL[v].label if v in look.OORDEEL else "" for v in table["oordeel"].astype(str)],
            "woningen": homes,
            "investering": table["investering_eur"].round(-3),
            "tekort": table["tekort_eur"].round(-3),
            "per_woning": table["onrendabele_top_eur"].round(-2),
            "per_euro": rate.round(2),
            "kans": (table["kans_sluitend"] * 100).round(),
            "case": np.where(table["eigen_case"], "eigen case", "standaard"),
            "pand_id": table["pand_id"],
        },
        index=table.index,
    )
    ordered: pd.DataFrame = shown.iloc[order_by_rate(homes, short)].reset_index(drop=True)
    return ordered


def draw_table(shown: pd.DataFrame, *, key: str) -> str | None:
    """Draw the table and return the pand_id of the selected row."""
    config = {
        "naam": st.column_config.TextColumn("Gebouw", pinned=True, width="medium"),
        "keuze": st.column_config.TextColumn("In het budget"),
        "oordeel": st.column_config.TextColumn("Oordeel"),
        "woningen": st.column_config.NumberColumn("Woningen", format="%d", width="small"),
        "investering": st.column_config.NumberColumn("Investering (€)", format="localized"),
        "tekort": st.column_config.NumberColumn("Tekort (€)", format="localized"),
        "per_woning": st.column_config.NumberColumn("Tekort per woning (€)", format="localized"),
        "per_euro": st.column_config.NumberColumn(
            "Woningen per ton", format="localized", help="Nieuwe woningen per € 100.000 tekort."
        ),
        "kans": st.column_config.NumberColumn("Kans", format="%d %%", width="small", help="Kans dat het sluit."),
        "case": st.column_config.TextColumn("Getallen"),
    }
    selected = st.dataframe(
        shown,
        column_order=list(config),
        column_config=config,
        hide_index=True,
        height=460,
        row_height=40,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt=f"Tabel met {numbers.whole(len(shown))} gebouwen: woningen, investering, tekort, kans, en wat in het budget past.",
    )
    places = [int(place) for place in selected["selection"]["rows"]]
    return str(shown["pand_id"].iloc[places[0]]) if places and places[0] < len(shown) else None
