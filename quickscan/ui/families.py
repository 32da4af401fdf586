"""Building families on the screen: the ten largest on the map, all of them in a table, and what a series would mean."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from quickscan.domain.rules import Rules
from quickscan.domain.story import homes_text
from quickscan.domain.strategy.families import FEATURES, Families
from quickscan.domain.terms import Voorselectie
from quickscan.ui import cache, look, map3d, numbers
from quickscan.ui.frame import Desk

SHOWN = 10
COLUMN = "familie"
# Dark enough for a white number, and told apart by that number first.
COLORS = ("#5115ef", "#00705c", "#a35200", "#1f6fb2", "#8a1551", "#4d6b00", "#a3008f", "#b3261e", "#6b4a2b", "#00838f")
HEIGHT = 560


def choose_features() -> tuple[str, ...]:
    """Let a person choose what buildings must have in common; kept in the URL."""
    chosen = st.pills(
        "Wat telt mee",
        list(FEATURES),
        selection_mode="multi",
        default=list(FEATURES),
        format_func=FEATURES.__getitem__,
        key="kenmerken",
        bind="query-params",
        wrap=True,
        help="Minder kenmerken geeft grotere families, met meer verschil erbinnen.",
    )
    return tuple(name for name in FEATURES if name in chosen)


def styles(table: pd.DataFrame) -> tuple[look.Style, ...]:
    """Return colour, number and name of the largest families."""
    return tuple(
        look.Style(color, str(place + 1), ":material/apartment:", name)
        for place, (color, name) in enumerate(zip(COLORS, table["naam"].head(SHOWN), strict=False))
    )


def summary(families: Families) -> str:
    """Return the families as a sentence that can be read aloud."""
    table = families.table
    if table.empty:
        return "Er is geen gebouw binnen bereik, dus er zijn geen families."
    series = table[table["is_serie"]]
    text = (
        f"De {numbers.whole(table['gebouwen'].sum())} gebouwen binnen bereik vormen {numbers.whole(len(table))} families. "
        f"Daarvan zijn er {numbers.whole(len(series))} een serie: samen "
        f"{numbers.whole(series['open'].sum())} gebouwen met waarschijnlijk {homes(series['woningen'].sum())} erbij."
    )
    if len(series):
        first = series.iloc[0]
        text += f" De grootste serie: {first['naam'][0].lower()}{first['naam'][1:]}, {numbers.whole(first['open'])} gebouwen."
    return text


def homes(number: float) -> str:
    """Return "1 woning" or "1.582 woningen"."""
    return homes_text(number) if round(number) == 1 else f"{numbers.whole(number)} woningen"


def series_words(row: pd.Series, rules: Rules) -> str:
    """Return what building this family as one series does to its scale."""
    if not row["open"]:
        return "Geen van deze gebouwen is nog in beeld, dus er is geen serie te maken."
    reach = f"{homes(row['woningen'])} ({numbers.span(row['woningen_laag'], row['woningen_hoog'])})"
    scale = rules.criterion("fin.schaal").criterion.naam.lower()
    alone, together = numbers.whole(row["alleen_punten"]), numbers.whole(row["serie_punten"])
    text = f"**{numbers.whole(row['open'])}** van de {numbers.whole(row['gebouwen'])} gebouwen doen mee, met samen {reach}. "
    if not row["is_serie"]:
        return text + f"Het is er te weinig voor een serie: het gebouw haalt zelf {alone} van de 100 punten op {scale}."
    return text + (
        f"Elk apart halen ze gemiddeld **{alone}** van de 100 punten op {scale}. Als één serie vallen ze in de klasse "
        f"‘{row['serie'][0].lower()}{row['serie'][1:]}’, en dat geeft **{together}** punten."
    )


def table_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return what the table shows."""
    return pd.DataFrame(
        {
            "nummer": [str(place + 1) if place < SHOWN else "" for place in range(len(table))],
            "naam": table["naam"],
            "gebouwen": table["gebouwen"],
            "open": table["open"],
            "complexen": table["complexen"],
            "woningen_nu": table["woningen_nu"],
            "woningen": table["woningen"],
            "band": [numbers.span(low, high) for low, high in zip(table["woningen_laag"], table["woningen_hoog"], strict=True)],
            "alleen": table["alleen_punten"].round(),
            "serie": table["serie_punten"].round(),
            "onbekend": table["onbekend"],
        }
    )


def draw_table(table: pd.DataFrame, *, key: str) -> int | None:
    """Draw all families and return the place of the one that was picked."""
    config = {
        "nummer": st.column_config.TextColumn("Nr.", width="small", help="Het nummer op de kaart."),
        "naam": st.column_config.TextColumn("Familie", width="large", pinned=True),
        "gebouwen": st.column_config.NumberColumn("Gebouwen", format="%d", width="small"),
        "open": st.column_config.NumberColumn("Doen mee", format="%d", width="small", help="In beeld of twijfel."),
        "complexen": st.column_config.NumberColumn("Complexen", format="%d", width="small"),
        "woningen_nu": st.column_config.NumberColumn("Woningen nu", format="localized", width="small"),
        "woningen": st.column_config.NumberColumn("Woningen erbij", format="localized", help="Waarschijnlijk, op het dak."),
        "band": st.column_config.TextColumn("Laag tot hoog"),
        "alleen": st.column_config.NumberColumn("Schaal apart", format="%d", help="Gemiddelde punten op fin.schaal."),
        "serie": st.column_config.NumberColumn("Schaal als serie", format="%d", help="Punten op fin.schaal als één serie."),
        "onbekend": st.column_config.TextColumn("Onbekend", help="Kenmerken die niemand invulde; daarin kunnen ze verschillen."),
    }
    picked = st.dataframe(
        table_rows(table),
        column_config=config,
        hide_index=True,
        height=420,
        row_height=38,
        placeholder="–",
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt=f"Tabel met {numbers.whole(len(table))} families: gebouwen, woningen, en de punten op schaal apart en als serie.",
    )
    places = [int(place) for place in picked["selection"]["rows"]]
    return places[0] if places and places[0] < len(table) else None


def draw_map(desk: Desk, features: Sequence[str], families: Families) -> None:
    """Draw the largest families on the map, with the legend in words."""
    dark = st.context.theme.type == "dark"
    picture = cache.family_picture(desk.portfolio, desk.rules, tuple(features), dark=dark)
    shown = styles(families.table)
    st.html(map3d.legend_html(COLUMN, dark=dark, styles=shown))
    alt = f"Kaart met de {len(shown)} grootste families. Dezelfde families staan in de tabel eronder."
    st.pydeck_chart(map3d.as_deck(picture), height=HEIGHT, key=f"families_{desk.portfolio.id}", alt=alt)
    st.caption(
        "De kleur op het dak is de familie, geen nieuwe laag. Families die kleiner zijn, blijven grijs. " + (picture.note or "")
    )


def draw_members(desk: Desk, families: Families, place: int) -> list[str]:
    """Draw one family: what a series means, and its buildings; return the pand_ids that are still open."""
    table = desk.screened()
    row = families.table.iloc[place]
    st.subheader(look.plain(row["naam"]), anchor=False)
    st.markdown(series_words(row, desk.rules))
    if row["onbekend"]:
        st.caption(f"Onbekend: {row['onbekend']}. Daarin kunnen deze gebouwen nog verschillen.")
    members = table[families.place == place].sort_values(["woningen", "naam"], ascending=[False, True])
    words = {key: style.label for key, style in (*look.OORDEEL.items(), *look.VOORSELECTIE.items())}
    shown = pd.DataFrame(
        {
            "Gebouw": members["naam"],
            "Complex": members["complex_code"],
            "Bouwjaar": members["bouwjaar"].map(lambda year: numbers.value_text(float(year))),
            "Woningen nu": members["aantal_woningen"],
            "Woningen erbij": members["woningen"],
            "Voorselectie": members["voorselectie"].astype("object").map(words),
            "Oordeel": members["oordeel"].astype("object").map(words),
        }
    )
    st.dataframe(
        shown, hide_index=True, height=min(420, 40 + 36 * len(shown)), placeholder="–", alt=f"Gebouwen van {row['naam']}"
    )
    open_ = members["voorselectie"].isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)])
    return [str(pand_id) for pand_id in members.loc[open_, "pand_id"]]
