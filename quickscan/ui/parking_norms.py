"""The norm table of a workspace on the screen: take one in from a file, look at it, and type or change a line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.domain.parking_norms import COLUMNS, NormLine, Soort, as_cells, describe
from quickscan.services.parking import NormTable
from quickscan.ui import look, money, numbers
from quickscan.ui.businesscase_tables import money_table
from quickscan.ui.frame import Desk
from quickscan.wiring import read_parking_norms, write_parking_norms

TOLD, ROUND = "_normtabel_melding", "_normtabel_ronde"
NEW = "een nieuwe regel"
MOST_FAULTS = 12


def draw(desk: Desk, table: NormTable) -> None:
    """Draw the table with everything one can do to it."""
    count = len(table.lines)
    # The title stays the same: another title would fold it up, with the message inside.
    with st.expander("Normtabel van deze werkruimte", icon=":material/table_view:"):
        st.caption(
            "Parkeernormen zijn niet openbaar te downloaden: elke gemeente heeft een eigen parkeernota. Vul ze hier eenmaal in; "
            "elke case in deze werkruimte kan er dan uit kiezen. Een regel zonder bron wordt niet bewaard."
        )
        _tell()
        if not count:
            st.markdown("De tabel is nog leeg.")
        else:
            rows = [[describe(line), str(line.soort), _value(line), _visitors(line), line.bron] for line in table.lines]
            money_table(["Regel", "Soort", "Waarde", "Bezoek", "Bron"], rows, label="Parkeernormen van deze werkruimte")
        left, right = st.columns(2, gap="large")
        with left:
            _take_in(desk, table)
        with right:
            _edit(desk, table)


def _value(line: NormLine) -> str:
    if line.soort is Soort.KORTING:
        return f"−{numbers.decimal(line.waarde * 100, 1)} %"
    return numbers.decimal(line.waarde, 2)


def _visitors(line: NormLine) -> str:
    if line.soort is Soort.KORTING:
        return ""
    return "kengetal" if line.bezoekers is None else numbers.decimal(line.bezoekers, 2)


def _tell() -> None:
    told = st.session_state.pop(TOLD, None)
    if told is None:
        return
    good, text, faults = told
    (st.success if good else st.error)(look.plain(text), icon=":material/check:" if good else ":material/error:")
    if faults:
        shown = "\n".join(f"- {look.plain(fault)}" for fault in faults[:MOST_FAULTS])
        more = f"\n- en nog {len(faults) - MOST_FAULTS}" if len(faults) > MOST_FAULTS else ""
        st.warning(f"Deze rijen zijn niet overgenomen:\n\n{shown}{more}", icon=":material/rule:")


def _take_in(desk: Desk, table: NormTable) -> None:
    st.markdown("**Uit een bestand**")
    with st.container(key="normbestand"):
        uploaded = st.file_uploader(
            "Normtabel", type=["csv", "xlsx"], key=f"normtabel_{st.session_state.get(ROUND, 0)}", max_upload_size=1
        )
    if uploaded is not None:
        with tempfile.TemporaryDirectory(prefix="quickscan-") as folder:
            path = Path(folder) / f"normen{Path(uploaded.name).suffix.lower()}"
            path.write_bytes(uploaded.getvalue())
            try:
                found = read_parking_norms(path, uploaded.name)
                if found.lines:
                    desk.services.parking.add_all(desk.portfolio.id, table, found.lines, author=desk.author)
            except QuickscanError as error:
                st.session_state[TOLD] = (False, str(error), ())
            else:
                count = len(found.lines)
                text = f"{count} {'regel' if count == 1 else 'regels'} overgenomen uit {uploaded.name}."
                st.session_state[TOLD] = (bool(count), text, [fault.sentence() for fault in found.faults])
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
    st.download_button(
        "Deze tabel als CSV" if table.lines else "Lege invullijst (CSV)",
        data=lambda: write_parking_norms(table.lines),
        file_name="parkeernormen.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(f"Kolommen: {', '.join(COLUMNS)}.")


def _edit(desk: Desk, table: NormTable) -> None:
    st.markdown("**Een regel typen of wijzigen**")
    names = {describe(line): line for line in table.lines}
    version = table.record.version
    chosen = st.selectbox("Regel", [NEW, *names], key=f"normregel_{version}")
    line = names.get(chosen)
    now: dict[str, Any] = as_cells(line) if line else {"soort": str(Soort.NORM)}
    with st.form(f"normregel_{version}_{chosen}", border=True):
        cells: dict[str, Any] = {
            "gemeente": st.text_input("Gemeente", value=now.get("gemeente", ""), max_chars=80),
            "soort": st.selectbox("Soort", list(map(str, Soort)), index=list(map(str, Soort)).index(now["soort"])),
            "naam": st.text_input("Soort woning of maatregel", value=now.get("naam", ""), max_chars=80),
            "zone": st.text_input("Zone (mag leeg blijven)", value=now.get("zone", ""), max_chars=80),
        }
        value = st.text_input("Plekken per woning, of korting in %", value=_typed(line))
        visitors = st.text_input("Bezoek per woning (leeg: kengetal)", value=_typed_visitors(line))
        cells["bron"] = st.text_input("Bron", value=now.get("bron", ""), max_chars=200)
        with st.container(horizontal=True):
            kept = st.form_submit_button("Bewaar de regel", icon=":material/save:")
            gone = st.form_submit_button("Haal weg", icon=":material/delete:", disabled=line is None)
    if not kept and not gone:
        return
    number = money.parse(value)
    cells["waarde"] = number if number is None or cells["soort"] == Soort.NORM else number / 100
    cells["bezoekers"] = money.parse(visitors) if visitors.strip() else None
    parking = desk.services.parking
    try:
        if gone and line is not None:
            parking.remove(desk.portfolio.id, table, line, author=desk.author)
            st.session_state[TOLD] = (True, "De regel is weggehaald.", ())
        else:
            parking.save(desk.portfolio.id, table, cells, author=desk.author, instead_of=line)
            st.session_state[TOLD] = (True, "De regel is bewaard.", ())
    except QuickscanError as error:
        st.error(look.plain(str(error)), icon=":material/error:")
        return
    st.rerun()


def _typed(line: NormLine | None) -> str:
    if line is None:
        return ""
    return numbers.decimal(line.waarde * (100 if line.soort is Soort.KORTING else 1), 2)


def _typed_visitors(line: NormLine | None) -> str:
    return "" if line is None or line.bezoekers is None else numbers.decimal(line.bezoekers, 2)
