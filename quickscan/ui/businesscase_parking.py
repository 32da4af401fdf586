"""Parking on the business case page: the balance, each reduction with its source, and the measures that close the gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from quickscan.domain.finance.faults import CaseFault
from quickscan.domain.finance.saved import value_at
from quickscan.domain.parking import Balance, read_parking
from quickscan.domain.parking_norms import NormLine, Soort, describe
from quickscan.services.parking import NormTable
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import look, money, numbers
from quickscan.ui.businesscase_fields import Table
from quickscan.ui.businesscase_tables import money_table

WORDS = {
    "sluit": "Het parkeren sluit.",
    "sluit_met_maatregelen": "Het parkeren sluit, met de kortingen en plekken uit deze case.",
    "tekort_klein": "Er is een klein tekort aan plekken.",
    "tekort_groot": "Er is een groot tekort aan plekken.",
}
FIELDS = ("norm", "bezoekers", "deelautos", "korting_hoogste", "bezetting_hoogste")
SHARES = ("korting_hoogste", "bezetting_hoogste")
OWN_NORM = "eigen norm of kengetal"
REDUCTIONS = "parkeren.kortingen"


def balance(table: Table) -> None:
    """Show the balance of this case; before anything is filled in, what the usual numbers would ask."""
    st.subheader("Parkeren", anchor="parkeren")
    result = table.worked.result
    if result is None:
        return
    found, guess = result.parking, result.parking is None
    if found is None:
        made = table.values.get("extra.parkeerplaatsen", 0.0)
        found = read_parking({}, new_homes=float(result.base.homes[0]), rules=table.desk.rules, made=made)
    st.markdown(_sentence(found, guess=guess))
    if not guess:
        _as_table(table, found)
    if found.measures:
        lines = "\n".join(f"- {look.plain(measure.sentence)}" for measure in found.measures)
        st.markdown(f"**Elk van deze maatregelen sluit het gat**\n\n{lines}")
        _offer_places(table, found)


def _sentence(found: Balance, *, guess: bool) -> str:
    asked = f"De nieuwe woningen vragen **{numbers.decimal(found.demand)} plekken**"
    if guess:
        return f"{asked}, met een norm die een **aanname** is. Vul de norm van de gemeente en een telling in voor een oordeel."
    if found.shortage is None:
        return f"{asked}. Er is nog niet geteld wat er vrij is, dus er is geen oordeel. Vul de telling hieronder in."
    rest = f"Er zijn er **{numbers.decimal(found.free or 0.0)}** vrij"
    made = f" en er komen er {numbers.decimal(found.made)} bij" if found.made else ""
    return f"{asked}. {rest}{made}: het tekort is **{numbers.decimal(found.shortage)}**. {WORDS.get(found.code or '', '')}"


def _as_table(table: Table, found: Balance) -> None:
    given = value_at(table.worked.tables, "parkeren") or {}
    norm_source = str(given.get("bron") or ("ingevuld" if "norm" in given else "normenset, aanname"))
    rows = [["Vraag volgens de norm, met bezoek", numbers.decimal(found.gross), norm_source]]
    for name, item in dict(given.get("kortingen", {})).items():
        share, source = (item.get("deel"), item.get("bron")) if isinstance(item, Mapping) else (item, "")
        shown = f"−{numbers.whole(float(share or 0.0) * 100)} %"
        rows.append([f"Korting: {name}", shown, str(source or "bron ontbreekt")])
    if found.capped:
        rows.append(["Begrensd op", f"−{numbers.whole(found.reduction * 100)} %", "hoogste korting samen"])
    if found.shared_cars:
        rows.append(["Minder door deelauto's", f"−{numbers.decimal(found.shared_cars)}", "kengetal deelauto, aanname"])
    rows.append(["Blijft over aan vraag", numbers.decimal(found.demand), ""])
    if found.free is not None:
        rows.append(["Vrij op straat", numbers.decimal(found.free), "telling, tot de hoogste bezetting"])
    if found.made:
        rows.append(["Plekken uit het plan", numbers.decimal(found.made), "deze case"])
    if found.shortage is not None:
        rows.append(["Tekort", numbers.decimal(found.shortage), ""])
    money_table(["", "Plekken", "Waar het vandaan komt"], rows, label="Parkeerbalans")


def _offer_places(table: Table, found: Balance) -> None:
    places = next((measure.amount for measure in found.measures if measure.name == "plekken"), None)
    if places is None:
        return
    wanted = places + found.made
    st.button(
        f"Reken {numbers.whole(wanted)} plekken mee in de investering",
        icon=":material/add_road:",
        key=table.key("plekken_erbij"),
        on_click=lambda: fields.keep(table, {"extra.parkeerplaatsen": wanted}),
        disabled=table.worked.saved.locked,
    )


def fill_in(table: Table, norms: NormTable) -> None:
    """Draw what a person knows about parking: the norm, the reductions, and what was counted."""
    rules = table.desk.rules
    usual = {name: rules.parameter(f"parkeren.{name}").likely for name in FIELDS if name != "deelautos"}
    lines = norms.of(next((str(fact.value) for fact in table.scan.facts if fact.name == "gemeente"), None))
    with st.expander("Parkeren invullen", icon=":material/local_parking:"):
        st.caption(
            f"Zonder eigen norm geldt {numbers.decimal(usual['norm'], 2)} plek per woning en "
            f"{numbers.decimal(usual['bezoekers'], 2)} voor bezoek. Dat is een **aanname**: elke gemeente heeft een eigen tabel."
        )
        left, right = st.columns(2, gap="large")
        with left:
            _norm_from_table(table, [line for line in lines if line.soort is Soort.NORM])
            for name in FIELDS[:2]:
                _field(table, name, usual.get(name))
            _counted(table)
        with right:
            _reductions(table, [line for line in lines if line.soort is Soort.KORTING])
            for name in FIELDS[2:]:
                _field(table, name, usual.get(name))
            _exempt(table)


def _norm_from_table(table: Table, lines: list[NormLine]) -> None:
    if not lines:
        st.caption("De normtabel hieronder is nog leeg. Vul hem eenmaal, dan kies je hier de norm met zijn bron.")
        return
    stored = value_at(table.worked.saved.tables, "parkeren") or {}
    names = {describe(line): line for line in lines}
    now = next(
        (name for name, line in names.items() if line.waarde == stored.get("norm") and _source_of(line) == stored.get("bron")),
        OWN_NORM,
    )
    key = f"{table.key('normkeuze')}_{now}"

    def picked() -> None:
        line = names.get(st.session_state[key])
        norm, visitors, source = (line.waarde, line.bezoekers, _source_of(line)) if line else (None, None, None)
        fields.save(table, {"parkeren.norm": norm, "parkeren.bezoekers": visitors, "parkeren.bron": source}, "parkeren.normkeuze")

    st.selectbox(
        "Norm uit de tabel",
        [OWN_NORM, *names],
        index=[OWN_NORM, *names].index(now),
        key=key,
        on_change=picked,
        disabled=table.worked.saved.locked,
    )
    fields.tell_fault(table, "parkeren.normkeuze")


def _source_of(line: NormLine) -> str:
    return f"{describe(line)}. {line.bron}"


def _field(table: Table, name: str, usual: float | None) -> None:
    field, share = f"parkeren.{name}", name in SHARES
    stored = value_at(table.worked.saved.tables, field)
    times = 100 if share else 1
    shown = numbers.decimal(stored * times, 2) if isinstance(stored, int | float) else ""
    key = f"{table.key(field)}_{shown}"

    def typed() -> None:
        entered = str(st.session_state[key]).strip()
        number = money.parse(entered)
        if entered and number is None:
            fault = CaseFault(field, None, f"‘{entered}’ is geen getal", "Schrijf bijvoorbeeld 12 of 0,6.")
            st.session_state.setdefault(fields.FAULTS, {})[table.key(field)] = money.say(fault)
            return
        changes: dict[str, Any] = {field: None if number is None else round(number / times, 10)}
        if name == "norm":  # the source belonged to the norm that was there
            changes["parkeren.bron"] = None
        fields.save(table, changes)

    st.text_input(
        money.fact_label(name),
        value=shown,
        key=key,
        on_change=typed,
        placeholder=f"standaard {numbers.decimal(usual * times, 2)} (aanname)" if usual is not None else "niet ingevuld",
        disabled=table.worked.saved.locked,
    )
    fields.tell_fault(table, field)


def _exempt(table: Table) -> None:
    on = value_at(table.worked.saved.tables, "parkeren.vrijgesteld") is True
    key = f"{table.key('vrijgesteld')}_{on}"
    st.toggle(
        money.fact_label("vrijgesteld"),
        value=on,
        key=key,
        on_change=lambda: fields.keep(table, {"parkeren.vrijgesteld": st.session_state[key] or None}),
        disabled=table.worked.saved.locked,
    )


def _counted(table: Table) -> None:
    """Draw what was counted, as a form: the two numbers come from one count."""
    stored = [value_at(table.worked.saved.tables, f"parkeren.{name}") for name in ("capaciteit", "bezet")]
    with st.form(table.key(f"geteld_{stored}"), border=True):
        st.markdown("**Geteld op straat**")
        texts = [
            st.text_input(money.fact_label(name), value="" if now is None else numbers.decimal(now, 1), placeholder="niet geteld")
            for name, now in zip(("capaciteit", "bezet"), stored, strict=True)
        ]
        if st.form_submit_button("Bewaar de telling", icon=":material/save:", disabled=table.worked.saved.locked):
            found = [money.parse(text) if text.strip() else None for text in texts]
            if any(text.strip() and number is None for text, number in zip(texts, found, strict=True)):
                st.error("Dit is geen getal. Schrijf bijvoorbeeld 40.", icon=":material/error:")
            elif fields.save(table, {"parkeren.capaciteit": found[0], "parkeren.bezet": found[1]}):
                st.rerun()
    fields.tell_fault(table, "parkeren.capaciteit")


def _reductions(table: Table, lines: list[NormLine]) -> None:
    """Draw which reductions count: those of the norm table, and one's own; none without a source."""
    stored = dict(value_at(table.worked.saved.tables, REDUCTIONS) or {})
    offered = {line.naam: {"deel": line.waarde, "bron": _source_of(line)} for line in lines}
    every = {**offered, **stored}
    locked = table.worked.saved.locked
    if every:
        key = f"{table.key('kortingen')}_{sorted(stored)}_{len(every)}"

        def picked() -> None:
            chosen = {name: every[name] for name in st.session_state[key]}
            fields.save(table, {REDUCTIONS: chosen or None})

        st.multiselect(
            "Kortingen die tellen",
            list(every),
            default=list(stored),
            format_func=lambda name: f"{name} ({_share_of(every[name])})",
            key=key,
            on_change=picked,
            placeholder="geen",
            disabled=locked,
        )
    with st.form(table.key(f"korting_{len(stored)}"), border=True):
        st.markdown("**Een korting erbij**")
        name = st.text_input("Maatregel", placeholder="bijvoorbeeld tramhalte binnen 400 m", max_chars=80).strip()
        share = st.text_input("Korting (%)", placeholder="bijvoorbeeld 10")
        source = st.text_input("Bron", placeholder="bijvoorbeeld parkeernota 2025, artikel 4", max_chars=200).strip()
        if st.form_submit_button("Voeg toe", icon=":material/add:", disabled=locked):
            number = money.parse(share)
            if not name or not source or number is None or not 0 < number <= 100:  # noqa: PLR2004 - percent
                st.error("Vul een maatregel, een korting van 1 tot en met 100 % en een bron in.", icon=":material/error:")
            elif fields.save(table, {REDUCTIONS: {**stored, name: {"deel": round(number / 100, 6), "bron": source}}}):
                st.rerun()
    fields.tell_fault(table, REDUCTIONS)


def _share_of(item: Any) -> str:
    share = item.get("deel") if isinstance(item, Mapping) else item
    return f"{numbers.decimal(float(share or 0.0) * 100, 1)} %"
