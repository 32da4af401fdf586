"""What was settled ("vastgesteld"), on the screen: settle with a reason, list, work it out again, take it along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.errors import QuickscanError, require_reason
from quickscan.domain.rules import Rules
from quickscan.domain.terms import INTERVENTIES
from quickscan.services.ports import SnapshotRecord
from quickscan.services.snapshots import SinceThen, Verdict
from quickscan.ui import account, errors, look, numbers
from quickscan.ui.frame import Desk
from quickscan.ui.since import draw_differences, result_rows
from quickscan.wiring import rulebook

ALL, ONE = "Alle gebouwen", "Eén gebouw"
NUMBER, TOLD = "vaststelling", "_vastgesteld"


def settle_form(desk: Desk, names: Mapping[str, str], current: str | None) -> None:
    """Draw the form that settles one building or all of them, with the reason; nothing for who may not."""
    if not account.may(Right.LEAD):
        st.caption("Vaststellen kan een regisseur of beheerder van deze werkruimte.")
        return
    with st.container(border=True, key="vaststellen"):
        what = st.segmented_control("Wat leggen jullie vast?", [ONE, ALL], default=ONE, required=True, key="vast_wat")
        pand_id = None
        if what == ONE:
            ids, told = list(names), look.tell_apart(names)
            place = ids.index(current) if current is not None and current in names else 0
            pand_id = st.selectbox("Gebouw", ids, index=place if ids else None, format_func=told.__getitem__, key="vast_pand")
        why = st.text_input(
            "Waarvoor? Eén zin", key="vast_reden", max_chars=300, placeholder="Bijvoorbeeld: keuze in het bestuurlijk overleg."
        )
        if st.button("Stel vast", type="primary", icon=":material/verified:"):
            _settle(desk, why, pand_id if what == ONE else None)


def _settle(desk: Desk, why: str, pand_id: str | None) -> None:
    try:
        reason = require_reason(why)
        with st.spinner("Alles wordt doorgerekend en bewaard …"):
            record = desk.services.snapshots.settle(
                desk.portfolio.id, rulebook(), desk.rules.day, author=desk.author, pand_id=pand_id, note=reason
            )
    except QuickscanError as error:
        errors.show(error)
        return
    st.session_state[TOLD] = f"Bewaard {numbers.clock(record.at)} · vaststelling {record.number}"
    st.query_params[NUMBER] = str(record.number)
    st.rerun()


def choose(records: Sequence[SnapshotRecord], names: Mapping[str, str]) -> SnapshotRecord:
    """List what was settled and return the one to open; kept in the URL. There is at least one."""
    told = st.session_state.pop(TOLD, None)
    if told:
        st.success(told, icon=":material/cloud_done:")
    rows = [
        {
            "Nr.": record.number,
            "Wat": subject(record, names),
            "Waarvoor": record.note,
            "Wie": record.author,
            "Wanneer": numbers.moment(record.at),
        }
        for record in records
    ]
    words = "Vaststellingen met nummer, wat, waarvoor, wie en wanneer; de nieuwste bovenaan."
    st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=40, height="content" if len(rows) < 8 else 360, alt=words)  # noqa: PLR2004
    by_number = {record.number: record for record in records}
    asked = st.query_params.get(NUMBER, "")
    first = int(asked) if asked.isdecimal() and int(asked) in by_number else records[0].number
    number = st.selectbox(
        "Open een vaststelling",
        list(by_number),
        index=list(by_number).index(first),
        format_func=lambda each: f"Nr. {each} · {subject(by_number[each], names)} · {numbers.moment(by_number[each].at)}",
        key=f"vaststelling_{first}_{len(records)}",
    )
    st.query_params[NUMBER] = str(number)
    return by_number[number]


def subject(record: SnapshotRecord, names: Mapping[str, str]) -> str:
    """Return what was settled: a building by its name, or how many buildings."""
    if record.pand_id is None:
        return f"Alle {numbers.whole(record.buildings)} gebouwen"
    return names.get(record.pand_id, f"Pand …{record.pand_id[-6:]}")


def heading(record: SnapshotRecord, names: Mapping[str, str]) -> None:
    """Draw what it is, who settled it and why."""
    st.subheader(look.plain(f"Nr. {record.number} · {subject(record, names)}"), anchor=False)
    note = f" Waarvoor: **{look.plain(record.note)}**" if record.note else ""
    st.markdown(
        f"Vastgesteld door **{look.plain(record.author)}** op {numbers.moment(record.at)}, met de regels van "
        f"{numbers.day(record.day)} (normenset `{record.fingerprint}`).{note}"
    )


def proof(desk: Desk, record: SnapshotRecord, names: Mapping[str, str]) -> None:
    """Offer to work it out again, and to take it along."""
    with st.container(horizontal=True):
        again = st.button("Reken na", key=f"reken_{record.number}", icon=":material/calculate:")
        st.download_button(
            "Neem mee",
            data=lambda: desk.services.snapshots.export(record.workspace_id, record.number),
            file_name=f"vaststelling-{record.number}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    if again:
        with st.spinner("Alles wordt opnieuw doorgerekend …"):
            verdict = desk.services.snapshots.verify(record.workspace_id, record.number)
        _tell_verdict(record, verdict, names, desk.rules)


def _tell_verdict(record: SnapshotRecord, verdict: Verdict, names: Mapping[str, str], rules: Rules) -> None:
    if verdict.holds:
        kinds = len(INTERVENTIES)
        count = "1 gebouw" if record.buildings == 1 else f"{numbers.whole(record.buildings)} gebouwen"
        st.success(
            f"Nagerekend: van {count} komen alle uitkomsten, voor {kinds} ingrepen, op precies dezelfde getallen uit. "
            f"De inhoud is onveranderd (kenmerk {record.checksum[:12]}).",
            icon=":material/verified:",
        )
        return
    if not verdict.is_untouched:
        st.error(
            "De bewaarde inhoud klopt niet met het kenmerk: iemand heeft buiten de app om iets gewijzigd. "
            "Vergelijk met een back-up, en meld het bij de beheerder.",
            icon=":material/report:",
        )
    if not verdict.different.empty:
        st.error(f"{numbers.whole(len(verdict.different))} uitkomsten komen er nu anders uit.", icon=":material/difference:")
        draw_differences(result_rows(verdict.different, names, rules), "Uitkomsten die er anders uitkomen.")


def compare(desk: Desk, record: SnapshotRecord) -> SinceThen:
    """Lay a snapshot beside now, by the rules of the reference date."""
    return desk.services.snapshots.compare(record.workspace_id, record.number, rulebook(), desk.rules.day)
