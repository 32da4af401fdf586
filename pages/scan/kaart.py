"""The map: what stands in grey, what may come in colour; a click opens the building beside it. With the same as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quickscan.domain.explanation import Band
from quickscan.domain.story import tell_homes
from quickscan.domain.terms import ASPECTEN, VOORSELECTIES, Interventie, Voorselectie
from quickscan.ui import cache, look, map3d, numbers, state
from quickscan.ui.frame import name_of, open_page

HEIGHT = 640
FILTERS = [str(outcome) for outcome in VOORSELECTIES if outcome is not Voorselectie.BUITEN_BEREIK]


def choose(table: pd.DataFrame, picked: str) -> tuple[map3d.Choice, bool]:
    """Draw the row of choices; each is kept in the URL."""
    colourings = list(map3d.COLOURINGS)
    names = dict(zip(table["pand_id"], table["naam"], strict=True))
    reached = list(table.loc[map3d.in_reach(table), "pand_id"])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        colouring = st.selectbox(
            "Kleur nieuwe lagen naar",
            colourings,
            index=colourings.index(map3d.default_colouring(table)),
            format_func=map3d.COLOURINGS.__getitem__,
            key="kleur",
            bind="query-params",
            width=230,
        )
        st.selectbox(
            "Zoek een gebouw",
            reached,
            index=None,
            format_func=lambda pand_id: name_of(names[pand_id], pand_id),
            key=picked,
            placeholder="Naam of adres",
            width=260,
        )
        used = bool(st.session_state.get("toon")) + bool(st.session_state.get("minstens"))
        with st.popover(f"Filter ({used})" if used else "Filter", icon=":material/filter_alt:"):
            outcomes = st.pills(
                "Toon alleen",
                FILTERS,
                selection_mode="multi",
                key="toon",
                bind="query-params",
            )
            least = st.number_input("Minstens nieuwe woningen", 0, 500, 0, key="minstens", bind="query-params", width=190)
        as_table = st.toggle("Toon als tabel", key="tabel", bind="query-params")
    dark = st.context.theme.type == "dark"
    return map3d.Choice(colouring, tuple(sorted(outcomes)), int(least), dark), as_table


def show_map(picture: map3d.Picture, choice: map3d.Choice, *, key: str, picked: str) -> None:
    """Draw the map with its legend. A click on a building picks it, a click beside it lets go."""

    def pick() -> None:
        st.session_state[picked] = map3d.clicked(st.session_state[key]["selection"])

    alt = f"Kaart met {numbers.whole(picture.shown)} gebouwen in 3D. Dezelfde inhoud staat in de tabel: zet 'Toon als tabel' aan."
    st.html(map3d.legend_html(choice.colouring, dark=choice.dark))
    st.pydeck_chart(map3d.as_deck(picture), height=HEIGHT, on_select=pick, selection_mode="single-object", key=key, alt=alt)
    st.caption(picture.note or "Slepen verschuift, rechts slepen draait, scrollen zoomt. Klik op een gebouw voor meer.")


def show_table(table: pd.DataFrame, choice: map3d.Choice) -> None:
    """Draw what the map shows as rows: for the keyboard, a screen reader, or who likes lists."""
    rows = table.loc[map3d.counts(table, choice)].sort_values("rang", na_position="last")
    words = {key: style.label for key, style in (*look.OORDEEL.items(), *look.VOORSELECTIE.items())}
    shown = pd.DataFrame({"Naam": rows["naam"], "Voorselectie": rows["voorselectie"].astype("object").map(words)})
    shown["Oordeel"] = rows["oordeel"].astype("object").map(words)
    for name, column in (("Woningen", "woningen"), ("Score", "score")):
        for suffix, part in ((" laag", "_laag"), ("", ""), (" hoog", "_hoog")):
            shown[name + suffix] = rows[column + part].round()
    for aspect in ASPECTEN:
        shown[look.ASPECT_NAMES[aspect]] = rows[str(aspect)].round()
    st.dataframe(shown, hide_index=True, height=HEIGHT, placeholder="–", alt="De gebouwen op de kaart als tabel")
    st.caption(
        f"{numbers.whole(len(shown))} gebouwen. De scores zijn de waarschijnlijke; laag en hoog zeggen wat nog onbekend is."
    )


def show_building(row: pd.Series, *, picked: str) -> None:
    """Draw a building in short beside the map, with the ways on."""
    st.subheader(look.plain(row["naam"]), anchor=False)
    outcome = look.VOORSELECTIE[str(row["voorselectie"])]
    verdict = look.OORDEEL.get(str(row["oordeel"]))
    st.html(" ".join(look.chip(style) for style in dict.fromkeys((verdict or outcome, outcome))))
    homes = Band(row["woningen_laag"], row["woningen"], row["woningen_hoog"])
    st.write(f"{tell_homes(homes, Interventie.OPTOPPEN)} Van wat ertoe doet is {numbers.percent(row['dekking'])} bekend.")
    st.caption(str(row["reden"]))
    bands = [(look.ASPECT_NAMES[aspect], str(aspect)) for aspect in ASPECTEN]
    rows = (look.band_row(name, Band(row[f"{key}_laag"], row[key], row[f"{key}_hoog"])) for name, key in bands)
    st.html("".join(rows))
    for label, page, kind in (("Naar het gebouw", "gebouw", "primary"), ("Start quick scan", "quickscan", "secondary")):
        if st.button(label, type=kind, width="stretch", key=f"naar_{page}"):  # type: ignore[arg-type]
            state.remember(state.BUILDING, str(row["pand_id"]))
            state.go(f"pages/scan/{page}.py")
    st.button("Sluiten", type="tertiary", icon=":material/close:", on_click=lambda: st.session_state.update({picked: None}))


desk = open_page("Kaart")
table = desk.screened()
picked = f"gekozen_{desk.portfolio.id}"
choice, as_table = choose(table, picked)
chosen = table.loc[table["pand_id"] == st.session_state.get(picked)]
places = st.columns([2.3, 1] if len(chosen) else 1, gap="large")
with places[0]:
    if as_table:
        show_table(table, choice)
    else:
        show_map(cache.picture(desk.portfolio, desk.rules, choice), choice, key=f"kaart_{desk.portfolio.id}", picked=picked)
if len(chosen):
    with places[1]:
        show_building(chosen.iloc[0], picked=picked)
