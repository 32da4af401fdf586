"""The audit log on the screen: every line with who, what, from what to what, why and when, in the words of the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from quickscan.domain.answers import Party
from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Rules
from quickscan.services.ports import Deed, LogLine
from quickscan.ui import duo, look, numbers, tables
from quickscan.ui.frame import Desk

EVERY = "Alles"
MOST_READ = 5_000  # lines that a filter looks through
MOST_SHOWN = 500
KINDS: Mapping[Deed, str] = {
    Deed.ANTWOORD: "Antwoord",
    Deed.FEIT: "Kenmerk",
    Deed.IMPORT: "Import",
    Deed.TERUGDRAAIEN: "Import ongedaan gemaakt",
    Deed.WERKRUIMTE: "Werkruimte gemaakt",
    Deed.VERWIJDEREN: "Werkruimte verwijderd",
    Deed.KOLOMMEN: "Kolommen onthouden",
    Deed.VASTSTELLEN: "Vastgesteld",
    Deed.KLAAR: "Klaar met een gebouw",
    Deed.ONTHULLEN: "Antwoorden onthuld",
    Deed.ONEENS: "Oneens gebleven",
    Deed.CASE: "Business case",
    Deed.PLANNING: "Planning",
    Deed.ACTIE: "Actie",
    Deed.PROGRAMMA: "Programma",
    Deed.LID: "Lid geworden",
    Deed.ROL: "Rol gewijzigd",
    Deed.LID_WEG: "Geen lid meer",
    Deed.UITNODIGING: "Uitgenodigd",
    Deed.UITNODIGING_WEG: "Uitnodiging ingetrokken",
    Deed.ORGANISATIE: "Organisatie gemaakt",
    Deed.GEWIST: "Persoon gewist",
}
PARTIES = {str(party): name for party, name in duo.NAMES.items()}


def read(desk: Desk, names: Mapping[str, str]) -> Sequence[LogLine]:
    """Draw the filters, kept in the URL, and return the lines that fit."""
    told = look.tell_apart(names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pand_id = st.selectbox(
            "Gebouw",
            ["", *names],
            format_func=lambda each: told.get(each, EVERY),
            key="log_gebouw",
            bind="query-params",
            width=320,
        )
        kinds = {str(kind): words for kind, words in KINDS.items()}
        kind = st.selectbox(
            "Soort",
            ["", *kinds],
            format_func=lambda each: kinds.get(each, EVERY),
            key="log_soort",
            bind="query-params",
            width=240,
        )
        lines = desk.services.journal.read(
            desk.portfolio.id,
            viewer=duo.party(),
            pand_id=pand_id or None,
            what=Deed(kind) if kind else None,
            most=MOST_READ,
        )
        people = sorted({line.author for line in lines})
        person = st.selectbox(
            "Wie", ["", *people], format_func=lambda each: each or EVERY, key="log_wie", bind="query-params", width=240
        )
    return [line for line in lines if not person or line.author == person]


def rows(lines: Sequence[LogLine], names: Mapping[str, str], rules: Rules) -> pd.DataFrame:
    """Return the lines as a table in the words of the screen."""
    return pd.DataFrame([_row(line, names, rules) for line in lines], dtype=object)


def _row(line: LogLine, names: Mapping[str, str], rules: Rules) -> dict[str, str]:
    what = {str(kind): words for kind, words in KINDS.items()}.get(line.what, line.what)
    party = "" if line.party in (None, str(Party.SAMEN)) else PARTIES.get(str(line.party), "")
    building = "" if line.pand_id is None else names.get(line.pand_id, f"Pand …{line.pand_id[-6:]}")
    why = [line.note, str(line.detail.get("reason", ""))]
    return {
        "Wanneer": numbers.moment(line.at),
        "Wie": line.author,
        "Soort": f"{what} ({party.lower()})" if party else what,
        "Gebouw": building,
        "Wat": _subject(line, rules),
        "Was": _value(line, line.old, rules),
        "Werd": _value(line, line.new, rules),
        "Waarom": " · ".join(said for said in why if said),
    }


def _subject(line: LogLine, rules: Rules) -> str:
    if line.name is None:
        number = line.detail.get("number")
        return f"nr. {number}" if number else ""
    if line.what == Deed.FEIT and line.name in FACTS:
        return FACTS[line.name].label
    return next((active.criterion.naam for active in rules.criteria if active.id == line.name), line.name)


def _value(line: LogLine, value: str | None, rules: Rules) -> str:
    if line.what == Deed.VASTSTELLEN:
        return ""  # a checksum, which says nothing to a person
    if value is None:
        known = line.what == Deed.ANTWOORD and (value is line.new or line.detail.get("version") != 1)
        return "weet ik niet" if known else ""
    if line.what == Deed.ANTWOORD:
        active = next((active for active in rules.criteria if active.id == line.name), None)
        return active.choice(value).label if active is not None and value in active.codes else value
    if line.what == Deed.FEIT and line.name in FACTS and FACTS[line.name].is_number:
        return numbers.value_text(float(value), FACTS[line.name].unit)
    return value


def draw(found: pd.DataFrame) -> None:
    """Draw the newest lines, and offer all of them as a file."""
    if found.empty:
        st.info("Geen regel past bij deze keuze.", icon=":material/filter_alt_off:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{numbers.whole(len(found))}** regels")
        st.download_button(
            "Als CSV",
            data=lambda: tables.export_rows(found),
            file_name="quickscan-logboek.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if len(found) > MOST_SHOWN:
        st.caption(f"De tabel toont de nieuwste {MOST_SHOWN}; het bestand heeft ze allemaal, tot {numbers.whole(MOST_READ)}.")
    words = "Wijzigingen met moment, wie, soort, gebouw, wat er stond, wat er kwam te staan en waarom; de nieuwste bovenaan."
    st.dataframe(found.head(MOST_SHOWN), hide_index=True, row_height=38, height=620 if len(found) > 14 else "content", alt=words)  # noqa: PLR2004
