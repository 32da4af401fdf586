"""Subsidies on the business case page: what holds, what is missing, and by when to apply."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from quickscan.domain.finance.faults import CaseFault
from quickscan.domain.finance.granting import SubsidyOutcome
from quickscan.domain.finance.saved import value_at
from quickscan.domain.finance.subsidies import Budget, Uitkomst
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import look, money, numbers
from quickscan.ui.businesscase_fields import Table

MARKS = {
    Uitkomst.JA: (":material/check_circle:", "voldoet"),
    Uitkomst.NEE: (":material/cancel:", "voldoet niet"),
    Uitkomst.ONBEKEND: (":material/help:", "nog niet bekend"),
}
BUDGETS = {
    Budget.ONBEKEND: "onbekend",
    Budget.BESCHIKBAAR: "er is budget",
    Budget.TOEGEKEND: "toegekend",
    Budget.OP: "het budget is op",
}
UNKNOWN = "onbekend"
YES_NO: dict[str, bool | None] = {UNKNOWN: None, "ja": True, "nee": False}  # a choice of None would be an empty field


def subsidies(table: Table) -> None:
    """Show every scheme in force, the fitting first; each opens to its conditions and what it still needs."""
    result = table.worked.result
    if result is None:
        return
    st.subheader("Subsidies", anchor="subsidies")
    counted = sum(each.amount_eur for each in result.subsidies if each.counts)
    st.markdown(
        f"In de som telt nu **{money.euro(counted)}** subsidie mee. Een regeling telt pas als alle voorwaarden kloppen, "
        "er budget is, en vaststaat welk deel naar het project gaat. Van de SFT en de Realisatiestimulans telt alleen de hoogste."
    )
    order = {Uitkomst.JA: 0, Uitkomst.ONBEKEND: 1, Uitkomst.NEE: 2}
    for outcome in sorted(result.subsidies, key=lambda each: (not each.counts, order[each.state], -each.amount_eur)):
        icon, word = MARKS[outcome.state]
        amount = money.euro(outcome.amount_eur) if outcome.soort == "bijdrage" and outcome.amount_eur else _kind(outcome)
        counts = " · telt mee" if outcome.counts else ""
        with st.expander(f"**{look.plain(outcome.naam)}** · {amount} · {word}{counts}", icon=icon):
            _scheme(table, outcome)


def _kind(outcome: SubsidyOutcome) -> str:
    return {"gebiedstoets": "toets voor een heel gebied", "expertise": "hulp, geen geld"}.get(
        outcome.soort, "bedrag nog onbekend"
    )


def _scheme(table: Table, outcome: SubsidyOutcome) -> None:
    st.markdown(f"Van {outcome.gever}. Aanvrager: {outcome.aanvrager}; het geld gaat naar: {outcome.ontvanger}.")
    st.markdown(f":material/event: {look.plain(money.without_keys(outcome.window.text))}")
    for check, verdict in outcome.checks:
        icon, word = MARKS[verdict]
        st.markdown(f"{icon} {look.plain(check.tekst)} *{word}*")
    missing = [] if outcome.counts else outcome.missing
    if missing:
        lines = "\n".join(f"- {look.plain(money.without_keys(text))}" for text in missing)
        st.markdown(f"**Nog nodig**\n\n{lines}")
    for criterion in outcome.criteria:
        st.markdown(f"Weegt mee: {look.plain(criterion.naam)} ({numbers.whole(criterion.gewicht * 100)} %).")
    st.markdown(f"**{look.plain(outcome.reason)}**")
    _facts(table, outcome)
    if outcome.soort == "bijdrage":
        _state(table, outcome)
    guess = " Deels een aanname." if outcome.assumed else ""
    article = f", {outcome.article}" if outcome.article else ""
    st.caption(f"Bron: {look.plain(outcome.source + article)}.{guess}")


def _facts(table: Table, outcome: SubsidyOutcome) -> None:
    """Draw the facts that only a person can tell, those that this scheme asks for."""
    asked = table.desk.services.finance.subsidies.asked
    names = dict.fromkeys(check.feit for check, _ in outcome.checks if check.feit in asked)
    for name in names:
        field, label = f"feiten.{name}", money.fact_label(name)
        stored = value_at(table.worked.saved.tables, field)
        key = f"{table.key(field)}_{outcome.id}_{stored}"
        kind = asked[name]
        if kind == "ja of nee":
            st.selectbox(
                label,
                list(YES_NO),
                index=list(YES_NO.values()).index(stored),
                key=key,
                on_change=_told,
                args=(table, field, key),
                disabled=table.worked.saved.locked,
            )
        elif kind == "tekst":
            st.text_input(
                label, value=stored or "", key=key, on_change=_told, args=(table, field, key), disabled=table.worked.saved.locked
            )
        else:
            share = label.endswith("(%)")
            shown = "" if stored is None else numbers.decimal(stored * (100 if share else 1), 2)
            st.text_input(
                label,
                value=shown,
                key=key,
                on_change=_typed,
                args=(table, field, key, share),
                placeholder="onbekend",
                disabled=table.worked.saved.locked,
            )
        fields.tell_fault(table, field)


def _told(table: Table, field: str, key: str) -> None:
    chosen = st.session_state[key]
    fields.save(table, {field: YES_NO[chosen] if chosen in YES_NO else chosen.strip() or None})


def _typed(table: Table, field: str, key: str, share: bool) -> None:  # noqa: FBT001 - a callback gets its arguments by place
    entered = str(st.session_state[key]).strip()
    number = money.parse(entered)
    if entered and number is None:
        fault = CaseFault(field, None, f"‘{entered}’ is geen getal", "Schrijf bijvoorbeeld 12 of 0,6.")
        st.session_state.setdefault(fields.FAULTS, {})[table.key(field)] = money.say(fault)
        return
    fields.save(table, {field: number if number is None or not share else round(number / 100, 10)})


def _state(table: Table, outcome: SubsidyOutcome) -> None:
    """Draw what a person decides about a scheme: count on it, is there budget, how much is passed on."""
    chosen: list[str] = list(value_at(table.worked.saved.tables, "parameters.subsidies") or [])
    on, locked = outcome.id in chosen, table.worked.saved.locked
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        key = f"{table.key(f'subsidie_{outcome.id}')}_{on}"

        def turn() -> None:
            rest = [name for name in chosen if name != outcome.id]
            fields.save(table, {"parameters.subsidies": [*rest, outcome.id] if st.session_state[key] else rest or None})

        st.toggle("Reken hierop in deze case", value=on, key=key, on_change=turn, disabled=locked)
        _pick(
            table, f"subsidies.{outcome.id}.budget", "Budget", {word: str(code) for code, word in BUDGETS.items()}, outcome.budget
        )
        parts: dict[str, float | None] = {"nog geen afspraak": None, "niets": 0.0, "de helft": 0.5, "alles": 1.0}
        if outcome.passed_on not in parts.values():
            parts[f"{numbers.whole((outcome.passed_on or 0.0) * 100)} %"] = outcome.passed_on
        _pick(table, f"subsidies.{outcome.id}.doorgifte", "Deel voor het project", parts, outcome.passed_on)


def _pick(table: Table, field: str, label: str, options: Mapping[str, str | float | None], now: str | float | None) -> None:
    key = f"{table.key(field)}_{now}"
    st.selectbox(
        label,
        list(options),
        index=list(options.values()).index(now),
        key=key,
        on_change=lambda: fields.keep(table, {field: options[st.session_state[key]]}),
        disabled=table.worked.saved.locked,
        width=220,
    )
