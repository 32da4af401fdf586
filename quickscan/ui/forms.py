"""A question on the screen: the words, the big choices with their keys, a note and how sure; and saving it at once.

Saving happens in the button's callback, before the page is drawn again, so the page never shows what is not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.answers import Certainty
from quickscan.domain.errors import QuickscanError, StaleAnswerError
from quickscan.domain.explanation import Explanation, Line
from quickscan.domain.facts import FACTS, FactSpec, Kind
from quickscan.domain.terms import Herkomst, Moeite
from quickscan.services.scans import Scan
from quickscan.ui import account, clash, duo, errors, history, look, numbers, outcome, privacy, state
from quickscan.ui.frame import Desk

MOEITE_WORDS = {
    Moeite.BUREAU: "vanachter het bureau te vinden",
    Moeite.BELLETJE: "één telefoontje",
    Moeite.ONDERZOEK: "vraagt onderzoek",
}
HERKOMST_WORDS = {
    Herkomst.ANTWOORD: "antwoord",
    Herkomst.OPGAVE: "opgave van de eigenaar",
    Herkomst.REGISTER: "register",
    Herkomst.AFGELEID: "afgeleid",
    Herkomst.AANNAME: "aanname",
}
# What a kept business case answers: nobody has to work it out by hand.
WORKED_OUT = ("fin.rendement", "fin.subsidie", "fin.koppelkans", "fin.mjop", "pla.parkeren")
SAVED = "_bewaard"
FACT_GROUPS: dict[str, tuple[str, ...]] = {
    "Gebouw": ("bouwjaar", "bouwlagen", "hoogte_m", "aantal_woningen", "ontsluiting", "aantal_portieken", "bloklengte_m", "lift"),
    "Dak en plint": ("daktype", "dakoppervlak_plat_m2", "grondvlak_m2", "garageboxen", "plint_m2", "vrije_kopgevels"),
    "Plan": (
        "max_bouwhoogte_m",
        "huidige_functie",
        "extra_bouwlagen",
        "nieuw_woningtype",
        "groot_onderhoud_jaar",
        "ncw_per_woning_eur",
    ),
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What the last save did, for the line that says so."""

    criterion: str
    text: str
    at: str
    before: tuple[float, float, float]


def ask(desk: Desk, scan: Scan, line: Line, before: Explanation) -> None:
    """Draw one question with its choices, note and certainty."""
    criterion = line.active.criterion
    answer = scan.answers.get(line.active.id)
    offered = clash.waiting(line.active.id)
    with st.container(key="vraag"):
        st.header(criterion.vraag, anchor=False)
    if offered is not None:
        clash.draw(line.active, answer, offered, keep_mine=lambda: _keep_mine(desk, scan, line, offered, before))
    with st.expander("Uitleg: wat, waarom en waar te vinden", icon=":material/help:"):
        st.markdown(f"**Wat.** {criterion.hulp.wat}\n\n**Waarom.** {criterion.hulp.waarom}\n\n**Waar.** {criterion.hulp.waar}")
        if criterion.hulp.voorbeeld:
            st.markdown(f"**Voorbeeld.** {criterion.hulp.voorbeeld}")
        st.caption(f"Moeite: {MOEITE_WORDS[criterion.moeite]}. {source_text(line)}")
    if line.choice is not None and line.origin is not Herkomst.ANTWOORD:
        origin = f"{HERKOMST_WORDS[line.origin] if line.origin else ''} ({look.plain(line.origin_label)})"
        st.caption(f":material/info: Nu ingevuld vanuit {origin}: **{line.choice.label}**. Klopt dit niet? Kies iets anders.")
    if line.active.id in WORKED_OUT and st.button(
        "Laat de business case dit uitrekenen", type="tertiary", icon=":material/euro:", key=f"reken_{line.active.id}"
    ):
        state.go("pages/werk/businesscase.py")
    with st.container(key="keuzes", gap="xsmall"):
        for number, choice in enumerate(line.active.version.keuzes, start=1):
            _choice_button(desk, scan, line, choice.code, choice.label, str(number), before)
        _choice_button(desk, scan, line, None, clash.UNKNOWN, "0", before)
    left, right = st.columns([3, 2], gap="small")
    key = _input_key(scan, line)
    note = left.text_input(
        "Notitie",
        value=answer.note if answer else "",
        key=f"notitie_{key}",
        max_chars=500,
        placeholder="Waar komt dit vandaan? Geen namen van bewoners.",
        on_change=_resave if answer else None,
        args=(desk, scan, line, key, before) if answer else None,
    )
    right.selectbox(
        "Hoe zeker?",
        list(Certainty),
        index=list(Certainty).index(answer.certainty) if answer else 1,
        format_func=lambda certainty: str(certainty).capitalize(),
        key=f"zeker_{key}",
        on_change=_resave if answer else None,
        args=(desk, scan, line, key, before) if answer else None,
    )
    privacy.warn(note)
    if answer is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Beantwoord door {look.plain(answer.author)}, {numbers.moment(answer.at)}.", width="content")
            history.open_button(desk, scan.pand_id, line.active, duo.party())


def _input_key(scan: Scan, line: Line) -> str:
    """Return what tells the inputs of one party's answer apart from those of another, or of an earlier version."""
    answer = scan.answers.get(line.active.id)
    return f"{scan.pand_id}_{line.active.id}_{duo.party()}_{answer.version if answer else 0}"


def source_text(line: Line) -> str:
    """Return where a criterion's rule comes from, and whether it is our guess."""
    version = line.active.version
    article = f", {version.artikel}" if version.artikel else ""
    guess = " De punten zijn een aanname." if version.aanname else ""
    return f"Bron: {version.bron}{article}.{guess}"


def _choice_button(desk: Desk, scan: Scan, line: Line, code: str | None, label: str, key: str, before: Explanation) -> None:
    answer = scan.answers.get(line.active.id)
    chosen = answer is not None and answer.choice == code
    st.button(
        label,
        key=f"keuze_{line.active.id}_{code or 'weet_niet'}",
        type="primary" if chosen else "secondary",
        icon=":material/check:" if chosen else None,
        width="stretch",
        wrap=True,
        shortcut=key if st.session_state.get("sneltoetsen", True) else None,
        on_click=_save,
        args=(desk, scan, line, code, before),
    )


def _save(desk: Desk, scan: Scan, line: Line, code: str | None, before: Explanation) -> None:
    if _store(desk, scan, line, _filled_in(line, code, _input_key(scan, line)), before):
        st.session_state["_vraag"] = None


def _resave(desk: Desk, scan: Scan, line: Line, key: str, before: Explanation) -> None:
    answer = scan.answers[line.active.id]
    _store(desk, scan, line, _filled_in(line, answer.choice, key), before)
    st.session_state["_vraag"] = line.active.id


def _keep_mine(desk: Desk, scan: Scan, line: Line, offered: clash.Offered, before: Explanation) -> None:
    """Save what waited, over the version that was on the screen beside it."""
    clash.forget()
    if _store(desk, scan, line, offered, before):
        st.session_state["_vraag"] = line.active.id  # so that everybody sees what became of it


def _filled_in(line: Line, code: str | None, key: str) -> clash.Offered:
    note = str(st.session_state.get(f"notitie_{key}", "")).strip()
    certainty = Certainty(st.session_state.get(f"zeker_{key}", Certainty.REDELIJK))
    return clash.Offered(line.active.id, code, note, certainty)


def _store(desk: Desk, scan: Scan, line: Line, given: clash.Offered, before: Explanation) -> bool:
    """Save an answer, and return whether that went well; what clashed waits at its question."""
    answer, code = scan.answers.get(line.active.id), given.choice
    outcome.forget()
    try:
        saved = desk.services.duo.answer(
            desk.portfolio.id,
            scan.pand_id,
            line.active.id,
            choice=code,
            rules=desk.rules,
            author=desk.author,
            expected_version=answer.version if answer else 0,
            note=given.note,
            certainty=given.certainty,
            party=duo.party(),
        )
    except StaleAnswerError:
        st.session_state[SAVED] = None
        st.session_state[clash.CLASH] = given
        st.session_state["_vraag"] = line.active.id
        return False
    except QuickscanError as error:  # the screen stays, and says that nothing was saved
        st.session_state[SAVED] = None
        outcome.refuse(error)
        st.session_state["_vraag"] = line.active.id
        return False
    clash.forget()
    label = clash.choice_label(line.active, code)
    total = before.total
    st.session_state[SAVED] = Saved(
        line.active.id, f"{line.active.criterion.naam}: {label}", numbers.clock(saved.at), (total.low, total.likely, total.high)
    )
    asked = st.session_state.setdefault("_gesteld", [])
    if line.active.id in asked:
        asked.remove(line.active.id)
    asked.append(line.active.id)
    return True


def fact_forms(desk: Desk, scan: Scan, names: Sequence[str] | None = None) -> None:
    """Draw a form to fill in or correct facts; what changes is saved together, each fact as an answer."""
    if not account.may(Right.ANSWER):
        account.say_who_can(Right.ANSWER, "Je kijkt hier mee. Kenmerken vult in wie voor een partij of als regisseur meedoet.")
        return
    for group, listed in FACT_GROUPS.items():
        chosen = [name for name in listed if names is None or name in names]
        if not chosen:
            continue
        with st.form(f"feiten_{group}_{scan.pand_id}", border=True):
            st.markdown(f"**{group}**")
            entered = {name: _fact_input(scan, FACTS[name]) for name in chosen}
            if st.form_submit_button("Bewaar", type="primary", icon=":material/save:"):
                _save_facts(desk, scan, entered)


def _fact_input(scan: Scan, spec: FactSpec) -> tuple[str | float | None, str | float | None]:
    """Return what was there and what is filled in."""
    fact = next((fact for fact in scan.facts if fact.name == spec.name), None)
    current = fact.value if fact else None
    source = f" · {HERKOMST_WORDS[fact.source]}: {look.plain(fact.source_label)}" if fact else " · onbekend"
    label = f"{spec.label}{f' ({spec.unit})' if spec.unit else ''}{source}"
    key = f"feit_{scan.pand_id}_{spec.name}_{desk_version(scan)}"
    if spec.kind is Kind.KEUZE:
        options = list(spec.options)
        index = options.index(str(current)) if current in options else None
        return current, st.selectbox(label, options, index=index, placeholder="onbekend", help=spec.help, key=key)
    number = None if current is None else float(current)
    if spec.kind is Kind.GEHEEL:
        return number, st.number_input(
            label,
            value=None if number is None else int(number),
            min_value=None if spec.low is None else int(spec.low),
            max_value=None if spec.high is None else int(spec.high),
            step=1,
            format="%d",
            placeholder="onbekend",
            help=spec.help,
            key=key,
        )
    return number, st.number_input(
        label,
        value=number,
        min_value=None if spec.low is None else float(spec.low),
        max_value=None if spec.high is None else float(spec.high),
        step=0.1,
        format="%.1f",
        placeholder="onbekend",
        help=spec.help,
        key=key,
    )


def desk_version(scan: Scan) -> int:
    """Return a number that changes when the facts change, so that inputs show what is stored."""
    return hash(tuple((fact.name, fact.value, fact.source) for fact in scan.facts)) % 10_000_019


def _save_facts(desk: Desk, scan: Scan, entered: dict[str, tuple[str | float | None, str | float | None]]) -> None:
    changed = {name: new for name, (old, new) in entered.items() if new is not None and new != old}
    if not changed:
        st.info("Er is niets gewijzigd.")
        return
    try:
        for name, value in changed.items():
            desk.services.scans.save_fact(desk.portfolio.id, scan.pand_id, name, value, author=desk.author)
    except QuickscanError as error:
        errors.show(error)
        return
    st.toast(f"Bewaard: {', '.join(FACTS[name].label.lower() for name in changed)}.", icon=":material/check:")
    st.rerun()
