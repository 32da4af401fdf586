"""Bringing in files, second half: what is wrong, what would change, and yes or no."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from quickscan.domain.facts import FACTS
from quickscan.domain.merging import State
from quickscan.services.imports import ImportPlan, ImportRecord
from quickscan.ui import look, numbers, tables
from quickscan.ui.charts import Figure
from quickscan.ui.frame import Desk
from quickscan.ui.intake import target_names
from quickscan.ui.look import Style
from quickscan.ui.tray import Sent, Tray
from quickscan.wiring import make_fault_workbook

ROWS_SHOWN, FEW_ROWS = 500, 8
MOST_DOTS = 4_000  # on the map
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: dict[str, Style] = {
    State.NIEUW: Style("#00705c", "+", ":material/add_circle:", "nieuw"),
    State.GEWIJZIGD: Style("#1f6fb2", "◐", ":material/edit:", "gewijzigd"),
    State.ONGEWIJZIGD: Style("#7b8494", "–", ":material/remove:", "ongewijzigd"),
    State.ELDERS: Style("#8a1551", "✕", ":material/block:", "overgeslagen"),
}


def faults(sent: Sent) -> None:
    """Show what is wrong in one file, and the rows to mend as a workbook."""
    outcome = sent.outcome
    if outcome is None:
        return
    if not outcome.errors:
        notices = len(outcome.faults)
        said = "" if not notices else f" {numbers.whole(notices)} {'melding' if notices == 1 else 'meldingen'} om na te kijken."
        st.success(f"{look.plain(sent.name)}: geen fouten.{said}", icon=":material/task_alt:")
    else:
        whole_file = any(fault.row is None for fault in outcome.errors)
        count = numbers.whole(outcome.refused)
        text = "het bestand kan zo niet worden overgenomen." if whole_file else ""
        if outcome.refused:
            text = f"{count} van {numbers.whole(outcome.rows)} rijen geweigerd. De andere rijen kunnen wel mee."
        st.warning(f"{look.plain(sent.name)}: {text}", icon=":material/rule:")
        if outcome.refused:
            st.download_button(
                "Te verbeteren rijen (Excel)",
                data=lambda: make_fault_workbook(outcome, name=sent.name),
                file_name=f"te-verbeteren-{Path(sent.name).stem}.xlsx",
                mime=XLSX,
                icon=":material/download:",
                key=f"fouten_{sent.file_id}",
                help="De eigen rijen met erbij wat er is en wat te doen. Verbeter ze en lees dit bestand daarna in.",
                on_click="ignore",
            )
    if outcome.faults:
        with st.expander(f"Alle meldingen bij {look.plain(sent.name)}", icon=":material/list:", expanded=bool(outcome.errors)):
            shown = faults_frame(sent)
            st.dataframe(
                shown.head(ROWS_SHOWN),
                hide_index=True,
                row_height=40,
                height="content" if len(shown) <= FEW_ROWS else 360,
                column_config={"Waarde": st.column_config.TextColumn(width=170), "Rij": st.column_config.NumberColumn(width=60)},
                alt="Fouten en meldingen met rij, kolom, waarde, probleem en advies.",
            )


def faults_frame(sent: Sent) -> pd.DataFrame:
    """Return faults and notices as a table, faults first."""
    found = sent.outcome.faults if sent.outcome is not None else ()
    ordered = sorted(found, key=lambda fault: fault.notice)
    return pd.DataFrame(
        {
            "Soort": ["melding" if fault.notice else "fout" for fault in ordered],
            "Rij": pd.array([fault.row for fault in ordered], dtype="Int64"),
            "Kolom": [fault.column or "" for fault in ordered],
            "Waarde": [fault.value or "" for fault in ordered],
            "Wat is er": [fault.problem for fault in ordered],
            "Wat te doen": [fault.advice for fault in ordered],
        }
    )


def plan(made: ImportPlan, desk: Desk) -> frozenset[tuple[str, str]]:
    """Show what the import would do; return the answers that a person chooses to give up."""
    counts = {
        State.NIEUW: made.added,
        State.GEWIJZIGD: made.changed,
        State.ONGEWIJZIGD: made.unchanged,
        State.ELDERS: made.elsewhere,
    }
    shown = [(STATES[name].word, count) for name, count in counts.items() if count or name == State.NIEUW]
    shown += [("geweigerd", made.refused)] if made.refused else []
    with st.container(horizontal=True, gap="large"):
        for word, count in shown:
            st.metric(word.capitalize(), numbers.whole(count), width="content")
    for fault in made.faults:
        if fault.row is None and fault.column is None and fault.notice:
            st.caption(f":material/info: {look.plain(fault.sentence())}")
    has_places = made.buildings["geometry"].notna().any()
    tabs = st.tabs(["Gebouwen", "Kaart", f"Wijzigingen ({numbers.whole(len(made.changes))})"])
    with tabs[0]:
        _buildings(made)
    with tabs[1]:
        if has_places:
            st.plotly_chart(
                map_figure(made.buildings, dark=st.context.theme.type == "dark"),
                config={"displayModeBar": False, "scrollZoom": True},
                alt=f"Kaart met {numbers.whole(len(made.buildings))} gebouwen, gekleurd naar nieuw, gewijzigd of ongewijzigd.",
            )
        else:
            st.info("Van deze gebouwen is geen plek bekend. Lees er BAG-panden bij in om ze op de kaart te zien.")
    with tabs[2]:
        _changes(made, desk)
    return _conflicts(made, desk)


def _buildings(made: ImportPlan) -> None:
    rows = made.buildings.head(ROWS_SHOWN)
    styles = [STATES[word].label for word in rows["state"].astype(str)]
    table = pd.DataFrame(
        {
            "Gebouw": rows["naam"].astype(str),
            "Pand-id": rows["pand_id"].astype(str),
            "Wat gebeurt er": styles,
            "Waarden": rows["changes"].astype(int),
        }
    )
    st.dataframe(table, hide_index=True, row_height=40, height=320, alt="Gebouwen met wat het inlezen ermee doet.")
    if len(made.buildings) > ROWS_SHOWN:
        st.caption(f"De eerste {ROWS_SHOWN} van {numbers.whole(len(made.buildings))}.")


def _changes(made: ImportPlan, desk: Desk) -> None:
    if made.changes.empty:
        st.caption("Er verandert geen enkele waarde.")
        return
    st.dataframe(
        change_rows(made.changes.head(ROWS_SHOWN), target_names(desk.rules)),
        hide_index=True,
        row_height=40,
        height=320,
        alt="Waarden die veranderen: was, wordt, en uit welke bron.",
    )
    st.download_button(
        "Alle wijzigingen als CSV",
        data=lambda: tables.export_rows(change_rows(made.changes, target_names(desk.rules))),
        file_name="wijzigingen.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def change_rows(changes: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return changes as a table for people: names for facts, numbers in Dutch."""

    def words(values: pd.Series, facts: pd.Series) -> list[str]:
        return [
            "" if value is None or value != value else _value_words(value, fact)  # noqa: PLR0124 - NaN
            for value, fact in zip(values, facts.astype(str), strict=True)
        ]

    facts = changes["fact"].astype(str)
    return pd.DataFrame(
        {
            "Pand-id": changes["pand_id"].astype(str).to_numpy(),
            "Wat": [names.get(name, name) for name in facts],
            "Was": words(changes["old"], facts),
            "Bron": ["" if pd.isna(source) else str(source) for source in changes["old_source"]],
            "Wordt": words(changes["new"], facts),
            "Nieuwe bron": [str(source) for source in changes["new_source"]],
            "Gevolg": changes["effect"].astype(str).to_numpy(),
        }
    )


def _value_words(value: object, fact: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        unit = FACTS[fact].unit if fact in FACTS else ""
        plain_year = fact in {"bouwjaar", "renovatiejaar", "groot_onderhoud_jaar"}
        return f"{value:.0f}" if plain_year else numbers.value_text(float(value), unit)
    return str(value)


def _conflicts(made: ImportPlan, desk: Desk) -> frozenset[tuple[str, str]]:
    """Let a person decide, value by value, where a file says something else than somebody answered."""
    clashes = made.conflicts
    if clashes.empty:
        return frozenset()
    count = len(clashes)
    st.subheader("Hier heeft iemand al iets anders geantwoord", anchor=False)
    st.markdown(
        f"Bij {numbers.whole(count)} {'waarde' if count == 1 else 'waarden'} zegt het bestand iets anders dan een antwoord. "
        "Het antwoord blijft staan, tenzij hieronder is gekozen voor het bestand."
    )
    shown = change_rows(clashes.head(ROWS_SHOWN), target_names(desk.rules))
    every = st.checkbox("Overal het bestand volgen", key="botsing_alles")
    chosen = set()
    for row, fact in zip(shown.to_dict("records"), clashes["fact"].astype(str), strict=False):
        pand_id = str(row["Pand-id"])
        was, new = look.plain(str(row["Was"])), look.plain(str(row["Wordt"]))
        label = f"{look.plain(str(row['Wat']))} van …{pand_id[-6:]}: antwoord **{was}**, bestand **{new}**"
        if st.checkbox(label, key=f"botsing_{pand_id}_{fact}", disabled=every):
            chosen.add((pand_id, fact))
    if every:
        return frozenset(zip(clashes["pand_id"].astype(str), clashes["fact"].astype(str), strict=True))
    return frozenset(chosen)


def map_figure(buildings: pd.DataFrame, *, dark: bool) -> Figure:
    """Return the buildings as dots in RD New, one colour a state; of many an even part, and all of them in the counts.

    Drawn as SVG: Plotly's WebGL dots make programs out of text, which the content security policy stops.
    """
    import shapely  # noqa: PLC0415 - only where there is something to draw

    placed = buildings[buildings["geometry"].notna()]
    shapes = shapely.from_wkb(placed["geometry"].to_numpy(dtype=object))
    points = shapely.centroid(shapes)
    x, y, words = shapely.get_x(points), shapely.get_y(points), placed["state"].astype(str).to_numpy()
    traces = []
    step = -(-len(placed) // MOST_DOTS) or 1
    for name, style in STATES.items():
        every = np.flatnonzero(words == str(name))
        here = every[::step]
        if len(here):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": np.round(x[here], 1),
                    "y": np.round(y[here], 1),
                    "name": f"{style.label} ({numbers.whole(len(every))})",
                    "marker": {"size": 6, "color": look.paler(style.color) if dark else style.color, "opacity": 0.8},
                    "text": placed["naam"].astype(str).to_numpy()[here],
                    "hovertemplate": "%{text}<extra>" + style.word + "</extra>",
                }
            )
    layout = {
        "height": 420,
        "margin": {"l": 0, "r": 0, "t": 30, "b": 0},
        "legend": {"orientation": "h", "y": 1.08, "x": 0},
        "showlegend": True,
        "dragmode": "pan",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(138,147,163,.08)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False, "scaleanchor": "x", "scaleratio": 1},
    }
    return {"data": traces, "layout": layout}


def confirm(desk: Desk, held: Tray, made: ImportPlan, take_over: frozenset[tuple[str, str]]) -> ImportRecord | None:
    """Ask for the name and the yes; return the record of the import once it is kept."""
    if made.is_empty and not take_over:
        refused = made.rows > 0 and made.refused == made.rows
        text = "Alle rijen zijn geweigerd. Verbeter ze eerst." if refused else "Er valt niets over te nemen: alles was al bekend."
        st.info(text, icon=":material/info:")
        return None
    name = None
    if made.workspace_id is None:
        first = next(iter(held.files.values()), None)
        suggestion = Path(first.name).stem if first is not None else "Opgezochte gebouwen"
        name = st.text_input("Naam van de werkruimte", value=suggestion, max_chars=120)
    buildings, values = made.added + made.changed, made.values + len(take_over)  # noqa: PD011 - a number, not a frame
    what = f"{numbers.whole(buildings)} {'gebouw' if buildings == 1 else 'gebouwen'}"
    if not buildings:  # a better source for what was known, or something beside it
        what = f"{numbers.whole(values)} {'waarde' if values == 1 else 'waarden'}"
    label = f"Neem {what} over"
    if not st.button(label, type="primary", icon=":material/check:"):
        return None
    with st.spinner("De gebouwen worden bewaard …"):
        record = desk.services.imports.confirm(made, name=name, author=desk.author, take_over=take_over)
        for sent in held.files.values():
            if sent.mapping:
                desk.services.imports.remember_mapping(record.workspace_id, held.sender, sent.mapping, author=desk.author)
    return record
