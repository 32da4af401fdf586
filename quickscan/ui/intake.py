"""Bringing in a file: the template, the check, the faults to take away, and how columns were understood."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.ui import look, numbers, tables
from quickscan.ui.frame import Desk
from quickscan.wiring import make_template

FAULTS_SHOWN = 500
BEFORE = (
    (
        ":material/fact_check:",
        "Eerst nakijken",
        "Elke rij wordt gecontroleerd. Zit er een fout in, dan wordt niets overgenomen en staat er per rij wat te doen.",
    ),
    (
        ":material/tune:",
        "Leeg is onbekend",
        "Een lege cel mag. Hoe meer er bekend is, hoe smaller de band; later aanvullen kan per gebouw.",
    ),
    (
        ":material/lock:",
        "Blijft hier",
        "Het bestand gaat nergens anders heen dan naar deze installatie. Zet er geen namen van bewoners in.",
    ),
)


def offer_templates() -> None:
    """Offer our own list to fill in."""
    st.markdown("**Invullijst**")
    st.caption("Eén rij per gebouw. Alleen pand_id is verplicht; leeg is onbekend. Het tweede blad legt elke kolom uit.")
    with st.container(horizontal=True):
        st.download_button(
            "Excel",
            data=lambda: make_template("xlsx"),
            file_name="invullijst-quickscan.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
        )
        st.download_button(
            "CSV",
            data=lambda: make_template("csv"),
            file_name="invullijst-quickscan.csv",
            mime="text/csv",
            icon=":material/download:",
        )


def before() -> None:
    """Say what will happen with a file, and what makes the answer sharper."""
    st.subheader("Wat er met het bestand gebeurt", anchor=False)
    for column, (icon, title, text) in zip(st.columns(3, gap="large"), BEFORE, strict=True):
        column.markdown(f"{icon} **{title}**\n\n{text}")


def checked(desk: Desk, upload: UploadedFile) -> Intake:
    """Return the outcome of reading an upload; read once per file and per rulebook. Raises UnusableInputError."""
    key = (upload.file_id, desk.rules.fingerprint)
    kept = st.session_state.get("_inlezen")
    if kept is not None and kept[0] == key:
        outcome: Intake = kept[1]
        return outcome
    with tempfile.TemporaryDirectory() as folder:
        # The name on disk is ours; of the sender's name only the ending counts.
        path = Path(folder) / f"upload{Path(upload.name).suffix.lower()}"
        path.write_bytes(upload.getbuffer())
        outcome = desk.services.portfolios.check(path, desk.rules, name=upload.name)
    st.session_state["_inlezen"] = (key, outcome)
    return outcome


def summary(outcome: Intake, name: str) -> None:
    """Say in one line what was found."""
    good = numbers.whole(len(outcome.buildings))
    if outcome.errors:
        count = len(outcome.errors)
        fault = "1 fout" if count == 1 else f"{numbers.whole(count)} fouten"
        st.error(
            f"{look.plain(name)}: {numbers.whole(outcome.rows)} rijen gelezen, "
            f"{numbers.whole(outcome.refused)} geweigerd, {fault}. Er is niets overgenomen. "
            "Verbeter de rijen hieronder en kies het bestand opnieuw.",
            icon=":material/error:",
        )
    else:
        st.success(
            f"{look.plain(name)}: {numbers.whole(outcome.rows)} rijen gelezen, {good} gebouwen klaar om over te nemen.",
            icon=":material/task_alt:",
        )


def show_faults(outcome: Intake, name: str) -> None:
    """Show the faults as a table, and all of them as a file."""
    table = faults_frame(outcome)
    st.dataframe(
        table.head(FAULTS_SHOWN), hide_index=True, row_height=40, alt="Fouten met rij, kolom, waarde, probleem en advies."
    )
    st.download_button(
        "Alle meldingen als CSV",
        data=tables.export_rows(table),
        file_name=f"meldingen-{Path(name).stem}.csv",
        mime="text/csv",
        icon=":material/download:",
    )


def faults_frame(outcome: Intake) -> pd.DataFrame:
    """Return faults and notices as a table, faults first."""
    ordered = sorted(outcome.faults, key=lambda fault: fault.notice)
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


def show_mapping(outcome: Intake) -> None:
    """Show what each column was taken for."""
    with st.expander("Zo zijn de kolommen begrepen", icon=":material/table_rows:", expanded=not outcome.errors):
        rows = [
            {"Kolom in het bestand": column, "Wordt": FACTS[name].label if name in FACTS else (name or "niet gebruikt")}
            for column, name in outcome.mapping.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Kolommen van het bestand en waarvoor ze gebruikt worden.")
