"""Subsidies and parking on the business case page: what holds, what is missing, by when, and what closes the gap."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from quickscan.domain.finance.faults import CaseFault
from quickscan.domain.finance.granting import SubsidyOutcome
from quickscan.domain.finance.saved import value_at
from quickscan.domain.finance.subsidies import Budget, Uitkomst
from quickscan.domain.parking import Balance
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
PARKING_WORDS = {
    "sluit": "Het parkeren sluit.",
    "sluit_met_maatregelen": "Het parkeren sluit, met de maatregelen hieronder.",
    "tekort_klein": "Er is een klein tekort aan plekken.",
    "tekort_groot": "Er is een groot tekort aan plekken.",
}
PARKING_FIELDS = (("norm", False), ("bezoekers", False), ("capaciteit", False), ("bezet", False), ("deelautos", True))


def subsidies(table: Table) -> None:
    """Show every scheme in force, the fitting first; each opens to its conditions and what it still needs."""
    result = table.worked.result
    if result is None:
        return
    st.subheader("Subsidies", anchor=False)
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


def parking(table: Table) -> None:
    """Show the parking balance, with what a person counted; without a count there is no verdict."""
    st.subheader("Parkeren", anchor=False)
    result = table.worked.result
    balance = result.parking if result else None
    if balance is not None:
        _balance(balance)
    else:
        st.markdown("Nog niet ingevuld. Vul de norm van de gemeente in, en wat er geteld is, voor een oordeel over het parkeren.")
    rules = table.desk.rules
    usual = {name: rules.parameter(f"parkeren.{name}").likely for name in ("norm", "bezoekers")}
    with st.expander("Parkeren invullen", icon=":material/local_parking:"):
        st.caption(
            f"Zonder eigen norm geldt {numbers.decimal(usual['norm'], 2)} plek per woning en "
            f"{numbers.decimal(usual['bezoekers'], 2)} voor bezoek. Dat is een **aanname**: elke gemeente heeft een eigen tabel."
        )
        left, right = st.columns(2, gap="large")
        for place, (name, _whole) in enumerate(PARKING_FIELDS):
            with (left, right)[place % 2]:
                _parking_field(table, name, usual.get(name))
        with left:
            _counted(table)


def _parking_field(table: Table, name: str, usual: float | None) -> None:
    if name in ("capaciteit", "bezet"):
        return  # these two belong together; see `_counted`
    field = f"parkeren.{name}"
    stored = value_at(table.worked.saved.tables, field)
    shown = numbers.decimal(stored, 2) if stored is not None else ""
    key = f"{table.key(field)}_{shown}"
    holder = f"standaard {numbers.decimal(usual, 2)}" if usual is not None else "niet ingevuld"
    st.text_input(
        money.fact_label(name), value=shown, key=key, on_change=_typed, args=(table, field, key, False), placeholder=holder,
        disabled=table.worked.saved.locked,
    )  # fmt: skip
    fields.tell_fault(table, field)


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


def _balance(balance: Balance) -> None:
    st.markdown(
        f"De nieuwe woningen vragen **{numbers.decimal(balance.demand)} plekken** (norm {numbers.decimal(balance.gross)}"
        + (f", {numbers.whole(balance.reduction * 100)} % korting" if balance.reduction else "")
        + (f", {numbers.decimal(balance.shared_cars)} minder door deelauto's" if balance.shared_cars else "")
        + ")."
    )
    if balance.shortage is None:
        st.markdown("Er is nog niet geteld wat er vrij is, dus er is geen oordeel. Vul de telling hieronder in.")
        return
    free = numbers.decimal(balance.free or 0.0)
    words = PARKING_WORDS.get(balance.code or "", "")
    st.markdown(f"Vrij: **{free}**. Tekort: **{numbers.decimal(balance.shortage)}**. {words}")
    if balance.measures:
        lines = "\n".join(f"- {look.plain(measure.sentence)}" for measure in balance.measures)
        st.markdown(f"Elk van deze maatregelen sluit het gat:\n\n{lines}")
