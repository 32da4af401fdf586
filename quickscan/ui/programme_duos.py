"""Duos side by side: every workspace with a programme, by tranche, and together beside the target of a province."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quickscan.domain.programme.quarters import PER_YEAR, Quarter
from quickscan.domain.programme.tranches import compare_duos
from quickscan.ui import cache, errors, numbers
from quickscan.ui.programme import Office
from quickscan.ui.widetable import wide_table


def draw_duos(office: Office) -> None:
    """Draw the programmes of all workspaces that may be seen."""
    desk, rules = office.desk, office.desk.rules
    with errors.shown():
        duos = desk.services.programme.duos(lambda workspace: cache.screened(workspace, rules))
    goal = Quarter(round(rules.parameter("programma.doeljaar_zuid_holland").likely), PER_YEAR)
    table = compare_duos(duos, office.now, goal, rules)
    st.subheader("Duo's en tranches", anchor=False)
    if table.empty:
        st.info("Nog geen enkele werkruimte heeft een programma.", icon=":material/info:")
        return
    st.markdown(duo_words(table, goal, rules.parameter("programma.doel_zuid_holland").likely))
    st.html(wide_table(duo_rows(table), label="Programma's per duo, op tranche"))
    source = rules.parameter("programma.doel_zuid_holland").value
    st.caption(
        f"Elke werkruimte met een doel of een project is een duo. Stand eind {goal.label}. Het doel van de provincie: "
        f"{source.bron}, {source.artikel}. Werkruimten die je niet kunt openen, staan er niet bij."
    )


def duo_words(table: pd.DataFrame, goal: Quarter, target: float) -> str:
    """Return all duos together beside the target of the province."""
    done, planned, expected = (float(table[name].sum()) for name in ("opgeleverd", "gepland", "verwacht"))
    duos = f"{len(table)} duo" if len(table) == 1 else f"{len(table)} duo's"
    slipped = int(table["verschoven"].sum())
    tail = f" Verschoven: {slipped} {'project' if slipped == 1 else 'projecten'}." if slipped else ""
    return (
        f"**{duos}**: {numbers.whole(done)} woningen opgeleverd, en eind {goal.label} waarschijnlijk "
        f"**{numbers.whole(planned)}** ({numbers.whole(expected)} als uitval meetelt). Het doel van Zuid-Holland is "
        f"{numbers.whole(target)} woningen; dit is {numbers.decimal(100 * planned / target, 1)} % daarvan.{tail}"
    )


def duo_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per duo and a total per tranche when it has more than one."""
    rows = []
    for tranche, part in table.groupby("tranche", sort=True):
        rows += [_row(record) for record in part.to_dict("records")]
        if len(part) > 1:
            sums = part.select_dtypes("number").sum().to_dict()
            rows.append(_row({**sums, "tranche": tranche, "naam": f"samen {len(part)} duo's", "partijen": ""}))
    return pd.DataFrame(rows)


def _row(record: dict[str, object]) -> dict[str, str]:
    def whole(name: str) -> str:
        value = record[name]
        return numbers.whole(None if value is None else float(value))  # type: ignore[arg-type]

    low, high = record["doel_laag"], record["doel_hoog"]
    known = low is not None and low == low  # noqa: PLR0124 - NaN
    return {
        "Werkruimte": str(record["naam"]),
        "Tranche": str(record["tranche"]),
        "Projecten": whole("projecten"),
        "Vergund": whole("vergund"),
        "Opgeleverd": whole("opgeleverd"),
        "Gepland": f"{whole('gepland')} ({whole('gepland_laag')} tot {whole('gepland_hoog')})",
        "Daarna": whole("later"),
        "Doel": numbers.span(float(low), float(high)) if known else numbers.DASH,  # type: ignore[arg-type]
        "Verschoven": whole("verschoven"),
        "Wie": str(record["partijen"]) or numbers.DASH,
    }
