"""What was brought in: the end of an import, the imports before it, and the way back from the last one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quickscan.domain.access import Right
from quickscan.services.imports import ImportRecord, UndoReport
from quickscan.ui import account, look, numbers, state, tables
from quickscan.ui.frame import Desk, enter
from quickscan.ui.intake import target_names

DONE, UNDONE = "_ingelezen", "_ongedaan"


def finished(record: ImportRecord) -> None:
    """Say what was kept, and where to go on."""
    counts = [f"{numbers.whole(record.added)} gebouwen nieuw"] if record.added else []
    counts += [f"{numbers.whole(record.changed)} gebouwen gewijzigd"] if record.changed else []
    values = record.values  # noqa: PD011 - a number, not a frame
    st.success(
        f"Bewaard: {', '.join([*counts, f'{numbers.whole(values)} waarden'])}. "
        f"Dit is import {record.number} van deze werkruimte.",
        icon=":material/cloud_done:",
    )
    if record.refused:
        st.info(
            f"{numbers.whole(record.refused)} rijen zijn geweigerd. Verbeter ze in het Excel-bestand en lees dat hier in.",
            icon=":material/rule:",
        )
    with st.container(horizontal=True):
        if st.button("Naar de portefeuille", type="primary", icon=":material/table_chart:"):
            enter(record.workspace_id)
            state.go("pages/scan/portefeuille.py")
        if st.button("Naar de kaart", icon=":material/map:"):
            enter(record.workspace_id)
            state.go("pages/scan/kaart.py")


def history(desk: Desk) -> None:
    """List the imports of the open workspace, and offer the way back from the last one."""
    if desk.workspace is None:
        return
    records = desk.services.imports.history(desk.workspace.id)
    report = st.session_state.pop(UNDONE, None)
    if isinstance(report, UndoReport):
        _undone(report)
    if not records:
        return
    st.subheader(f"Eerder ingelezen in {look.plain(desk.workspace.name)}", anchor=False)
    st.dataframe(
        pd.DataFrame([_record_row(record) for record in records]),
        hide_index=True,
        row_height=40,
        alt="Imports met nummer, moment, wie, bestand en wat er veranderde.",
    )
    last = next((record for record in records if record.undone_at is None), None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "Import", [record.number for record in records], format_func=lambda number: f"Import {number}", width=160
        )
        st.download_button(
            "Wat veranderde er?",
            data=lambda: tables.export_rows(_changed(desk, records[0].workspace_id, number)),
            file_name=f"import-{number}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if (
            last is not None
            and account.may(Right.LEAD)
            and st.button(f"Maak import {last.number} ongedaan", icon=":material/undo:")
        ):
            _ask_undo(desk, last)


def _changed(desk: Desk, workspace_id: str, number: int) -> pd.DataFrame:
    """Return what an import changed, with the words of the screen."""
    found = desk.services.imports.changes_of(workspace_id, number)
    names = target_names(desk.rules) | {"pand_id": "Gebouw toegevoegd"}
    return pd.DataFrame(
        {
            "Pand-id": found["pand_id"].to_numpy(),
            "Wat": [names.get(name, name) for name in found["fact"].astype(str)],
            "Bron": found["source"].to_numpy(),
            "Was": found["old"].to_numpy(),
            "Werd": found["new"].to_numpy(),
        }
    )


def _record_row(record: ImportRecord) -> dict[str, object]:
    files = ", ".join(f"{file.name} ({file.sha256[:8]})" for file in record.files)
    undone = "" if record.undone_at is None else f"ongedaan door {record.undone_by}, {numbers.moment(record.undone_at)}"
    return {
        "Nr.": record.number,
        "Wanneer": numbers.moment(record.at),
        "Wie": record.author,
        "Bestand": files,
        "Nieuw": record.added,
        "Gewijzigd": record.changed,
        "Waarden": record.values,  # noqa: PD011 - a number, not a frame
        "Geweigerd": record.refused,
        "Ongedaan": undone,
    }


@st.dialog("Import ongedaan maken?")
def _ask_undo(desk: Desk, record: ImportRecord) -> None:
    st.markdown(
        f"Import {record.number} bracht {numbers.whole(record.added)} gebouwen en {numbers.whole(record.values)} waarden. "
        "Alles komt terug zoals het was. Wat iemand daarna heeft geantwoord of gewijzigd, blijft staan."
    )
    if st.button("Ja, maak ongedaan", type="primary", icon=":material/undo:"):
        st.session_state[UNDONE] = desk.services.imports.undo_last(record.workspace_id, author=desk.author)
        st.rerun()


def _undone(report: UndoReport) -> None:
    text = (
        f"Import {report.record.number} is ongedaan gemaakt: {numbers.whole(report.removed)} gebouwen weg, "
        f"{numbers.whole(report.restored)} waarden terug."
    )
    if report.stayed:
        text += f" {numbers.whole(len(report.stayed))} gebouwen blijven, omdat er intussen iets op is geantwoord."
    if len(report.kept):
        text += f" {numbers.whole(len(report.kept))} waarden zijn daarna gewijzigd en blijven staan."
    st.success(text, icon=":material/undo:")
