"""The portfolio as a table: one row a building, the band drawn in its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from quickscan.domain.rules import Rules
from quickscan.domain.terms import OORDELEN, VOORSELECTIES
from quickscan.ui import look, numbers
from quickscan.ui.frame import Desk
from quickscan.wiring import make_export

EXPORTS: Mapping[Literal["xlsx", "csv", "gpkg"], tuple[str, str]] = {
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV", "text/csv"),
    "gpkg": ("GeoPackage", "application/geopackage+sqlite3"),
}
MOST_ROWS = 2_000  # a table longer than this is not read but searched


def portfolio_rows(table: pd.DataFrame, rules: Rules, *, dark: bool = False) -> pd.DataFrame:
    """Return what the table shows, in reading order; the index stays that of `table`."""
    names = {active.id: active.criterion.naam for active in rules.criteria}
    styles = look.OORDEEL
    verdicts = table["oordeel"].astype("object")
    top = max(float(table["woningen_hoog"].max(skipna=True) or 1), 1.0) if len(table) else 1.0
    shown = {
        "naam": table["naam"],
        "voorselectie": [[look.VOORSELECTIE[name].label] for name in table["voorselectie"].astype(str)],
        "oordeel": [[styles[v].label] if isinstance(v, str) and v in styles else [] for v in verdicts],
        "woningen": table["woningen"],
        "woningen_band": _cells(table, "woningen_laag", "woningen", "woningen_hoog", dark=dark, top=top),
        "score": table["score"],
        "score_band": _cells(table, "score_laag", "score", "score_hoog", dark=dark, colors=[_color(v) for v in verdicts]),
        "register_score": table["voorselectie_score"],
        "register_band": _cells(table, "voorselectie_score_laag", "voorselectie_score", "voorselectie_score_hoog", dark=dark),
        "dekking": table["dekking"],
        "volgende": [names.get(name, "") for name in table["volgende_vraag"]],
        "bouwjaar": table["bouwjaar"],
        "woningen_nu": table["aantal_woningen"],
        "rang": table["rang"],
        "reden": table["reden"],
        "pand_id": table["pand_id"],
    }
    return pd.DataFrame(shown, index=table.index)


def _color(verdict: object) -> str:
    return look.OORDEEL[verdict].color if isinstance(verdict, str) and verdict in look.OORDEEL else look.ACCENT


def _cells(
    table: pd.DataFrame, low: str, likely: str, high: str, *, dark: bool, top: float = 100, colors: Sequence[str] | None = None
) -> list[str | None]:
    drawn: dict[tuple[object, ...], str | None] = {}
    cells = []
    columns = zip(table[low], table[likely], table[high], colors or [look.ACCENT] * len(table), strict=True)
    for a, b, c, color in columns:
        key = (round(a) if a == a else None, round(b) if b == b else None, round(c) if c == c else None, color)  # noqa: PLR0124 - NaN
        if key not in drawn:
            drawn[key] = look.band_cell(a, b, c, color=look.paler(color) if dark else color, top=top)
        cells.append(drawn[key])
    return cells


# What fits on a screen beside each other; the rest is asked for.
MAIN = ("naam", "oordeel", "woningen", "woningen_band", "score", "score_band", "dekking", "volgende")
MAIN_BEFORE = ("naam", "voorselectie", "woningen", "woningen_band", "register_score", "register_band", "dekking", "volgende")


def portfolio_table(rows: pd.DataFrame, *, key: str, begun: bool, all_columns: bool = False, height: int = 520) -> list[int]:
    """Draw the table and return the places of the selected rows; before any answer the registers' score is shown."""
    config: Mapping[str, Any] = {
        "naam": st.column_config.TextColumn("Gebouw", width="medium", pinned=True),
        "voorselectie": st.column_config.MultiselectColumn(
            "Voorselectie",
            options=[look.VOORSELECTIE[o].label for o in VOORSELECTIES],
            color=[look.VOORSELECTIE[o].color for o in VOORSELECTIES],
            help="Wat registers alleen al zeggen.",
        ),
        "oordeel": st.column_config.MultiselectColumn(
            "Oordeel",
            options=[look.OORDEEL[o].label for o in OORDELEN],
            color=[look.OORDEEL[o].color for o in OORDELEN],
            help="Het oordeel over optoppen, met wat nu bekend is.",
        ),
        "woningen": st.column_config.NumberColumn(
            "Woningen", format="%d", width="small", help="Waarschijnlijk aantal op het dak."
        ),
        "woningen_band": st.column_config.ImageColumn(
            "Woningen als band", width=136, help="Woningen van laag tot hoog; de streep is waarschijnlijk."
        ),
        "score": st.column_config.NumberColumn("Score", format="%d", width="small"),
        "score_band": st.column_config.ImageColumn(
            "Score als band", width=136, help="Van laag tot hoog; de streep is waarschijnlijk."
        ),
        "register_score": st.column_config.NumberColumn("Score", format="%d", width="small", help="Op registers alleen."),
        "register_band": st.column_config.ImageColumn(
            "Score als band", width=136, help="Op registers alleen, van laag tot hoog."
        ),
        "dekking": st.column_config.NumberColumn(
            "Bekend", format="%d %%", width="small", help="Deel van het gewicht dat bekend is."
        ),
        "volgende": st.column_config.TextColumn("Volgende vraag"),
        "bouwjaar": st.column_config.NumberColumn("Bouwjaar", format="%d", width="small"),
        "woningen_nu": st.column_config.NumberColumn("Woningen nu", format="%d", width="small"),
        "rang": st.column_config.NumberColumn("Rang", format="%d", width="small", help="Volgorde op verwachte woningen."),
        "reden": st.column_config.TextColumn("Waarom", width="large"),
        "pand_id": st.column_config.TextColumn("Pand-id"),
    }
    hidden = {"register_score", "register_band"} if begun else {"score", "score_band", "oordeel"}
    main = MAIN if begun else MAIN_BEFORE
    rest = [name for name in rows.columns if name not in hidden and name not in main] if all_columns else []
    state = st.dataframe(
        rows,
        column_order=[*main, *rest],
        column_config=config,
        hide_index=True,
        height=height,
        row_height=40,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        alt=f"Tabel met {numbers.whole(len(rows))} gebouwen, per gebouw oordeel, woningen, score en volgende vraag.",
    )
    return [int(place) for place in state["selection"]["rows"]]


def offer_downloads(desk: Desk, table: pd.DataFrame) -> None:
    """Offer the ranked list, and all facts and answers in a form that can be read in again."""
    st.markdown("**De uitkomst**, voor in een spreadsheet")
    st.download_button(
        "Uitkomst als CSV",
        data=lambda: export_rows(table),
        file_name="quickscan-portefeuille.csv",
        mime="text/csv",
        icon=":material/table:",
        on_click="ignore",
    )
    st.markdown("**De gegevens**: alle kenmerken en antwoorden, om aan te vullen en weer in te lezen")
    with st.container(horizontal=True):
        for kind, (label, mime) in EXPORTS.items():
            st.download_button(
                label,
                data=lambda kind=kind: make_export(desk.services.portfolios.export(desk.portfolio.id), kind),  # type: ignore[misc]
                file_name=f"quickscan-gegevens.{kind}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
            )


def export_rows(table: pd.DataFrame) -> bytes:
    """Return the shown buildings as CSV for a Dutch spreadsheet; cells cannot start a formula."""
    safe = table.copy()
    for name in safe.columns:
        if safe[name].dtype == object or str(safe[name].dtype) in {"str", "string", "category"}:
            text = safe[name].astype("object").where(safe[name].notna(), "").astype(str)
            safe[name] = text.where(~text.str.match(r"^[=+\-@\t\r]"), "'" + text)
    return safe.to_csv(index=False, sep=";", decimal=",").encode("utf-8-sig")
