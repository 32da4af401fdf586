"""Every number of a business case as a field: what it is now, what it would be, where that comes from, and what is wrong.

A field is kept as soon as it changes. What cannot be right is not kept: it stays in the field, with a sentence below it. An
empty field, or one that says the default, takes the default again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.domain.finance.faults import CaseError, CaseFault
from quickscan.domain.finance.filling import Assumption, parameter_of
from quickscan.domain.finance.inputs import INPUTS, LIMITED_RENTS, SEGMENTS, SHARING, USUAL, InputSpec
from quickscan.domain.finance.rentpoints import Points, TypicalHome, check_rents
from quickscan.domain.finance.saved import value_at
from quickscan.domain.rules import Rules
from quickscan.services.complexes import Subject
from quickscan.services.finance import OF_A_CASE, Worked
from quickscan.services.scans import Scan
from quickscan.ui import look, money, numbers, outcome
from quickscan.ui.businesscase_groups import GROUPS, OPTIONAL, SHARING_NAMES
from quickscan.ui.frame import Desk

NUMBER, SAVED, FAULTS = "_case_", "_case_bewaard", "_case_fouten"
STEPS_MOST = 120  # places on a slider


@dataclass(frozen=True, slots=True)
class Counted:
    """The huurpunten of the home of a case, or why they could not be counted."""

    home: TypicalHome | None
    points: Points | None
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """What lies on the table: the building, the case worked out, and every number that counts by its key."""

    desk: Desk
    scan: Scan | Subject
    worked: Worked
    counted: Counted | None = None  # None: nobody asked for the huurpunten of this case

    @property
    def assumptions(self) -> dict[str, Assumption]:
        return {each.key: each for each in self.worked.result.assumptions} if self.worked.result else {}

    @property
    def values(self) -> dict[str, float]:
        """Return every number by key; growths by year are left out."""
        return {key: float(each.value) for key, each in self.assumptions.items() if isinstance(each.value, int | float)}

    def key(self, name: str) -> str:
        """Return a widget's key: of this case, so that another building starts anew."""
        return f"zaak_{self.worked.saved.pand_id}_{self.worked.saved.number}_{name}"


def save(table: Table, changes: Mapping[str, Any], at: str | None = None) -> bool:
    """Keep changes at once; what is wrong is told at the field `at` (or the first one changed)."""
    desk, field = table.desk, at or next(iter(changes))
    faults: dict[str, str] = st.session_state.setdefault(FAULTS, {})
    outcome.forget()
    try:
        kept = desk.services.finance.change(
            desk.portfolio.id, table.worked, changes, scan=table.scan, rules=desk.rules, author=desk.author
        )
    except CaseError as error:
        faults[table.key(field)] = " ".join(money.say(fault) for fault in error.faults)
        return False
    except QuickscanError as error:
        outcome.refuse(error)
        return False
    faults.pop(table.key(field), None)
    st.session_state[f"{NUMBER}{table.worked.saved.pand_id}"] = kept.number
    st.session_state[SAVED] = numbers.clock(kept.at)
    return True


def keep(table: Table, changes: Mapping[str, Any]) -> None:
    """Keep changes, as a callback."""
    save(table, changes)


def tell_fault(table: Table, field: str) -> None:
    """Draw what is wrong with a field, below it."""
    told = st.session_state.get(FAULTS, {}).get(table.key(field))
    if told is None:
        told = next((money.say(fault) for fault in table.worked.faults if fault.key == field), None)
    if told is not None:
        st.error(look.plain(told), icon=":material/error:")


def warn_rent(table: Table, field: str) -> None:
    """Draw below a rent that it is higher than the huurpunten allow; a warning, because the home is partly a guess."""
    counted = table.counted
    if counted is None or counted.points is None or counted.home is None or field not in LIMITED_RENTS:
        return
    for fault in check_rents(table.values, counted.points, counted.home):
        if fault.key == field:
            st.warning(look.plain(money.say(fault)), icon=":material/warning:")


def switch(table: Table, section: str, label: str) -> None:
    """Draw a switch for a part of the plan."""
    on = section in table.worked.tables and section in table.worked.saved.tables
    key = f"{table.key(section)}_{on}"

    def turn() -> None:
        given = dict(table.worked.start.suggested.get(section, {})) or (
            {"aantal": 1} if section.startswith(("aan", "uit")) else {}
        )
        save(table, {section: given if st.session_state[key] else None})

    st.toggle(label, value=on, key=key, on_change=turn, disabled=table.worked.saved.locked)
    tell_fault(table, section)


def slide(table: Table, field: str, label: str, reach: tuple[float, float], step: float, told: Callable[[float], str]) -> None:
    """Draw a slider over a number; the number itself and the default are always on it."""
    now = table.values.get(field)
    if now is None:
        return
    usual = default_of(table, field)
    step = max(step, np.ceil((reach[1] - reach[0]) / STEPS_MOST / step) * step)
    places = {float(place) for place in np.arange(reach[0], reach[1] + step / 2, step) if place <= reach[1]}
    options = sorted({*places, reach[1], now, *([usual] if usual is not None else [])})
    slider = f"{field}_schuif"  # what is wrong with it is told here, and not at the field of the same number
    key = f"{table.key(slider)}_{now}"

    def moved() -> None:
        chosen = float(st.session_state[key])
        save(table, {field: None if chosen == usual else chosen}, slider)

    st.select_slider(
        label,
        options,
        value=now,
        format_func=told,
        key=key,
        on_change=moved,
        disabled=table.worked.saved.locked,
        help=None if usual is None else f"Standaard {told(usual)}.",
    )
    tell_fault(table, slider)
    warn_rent(table, field)


def default_of(table: Table, field: str) -> float | None:
    """Return what a number is when nobody fills it in: the scan's, the workspace's, or the rulebook's."""
    scan = value_at(table.worked.start.tables, field)
    if scan is None:
        scan = value_at(table.worked.start.suggested, field)
    if isinstance(scan, int | float):
        return float(scan)
    spec = INPUTS[field]
    if field in table.worked.own:
        return table.worked.own[field]
    segment = table.worked.case.segment if table.worked.case else "sociaal"
    parameter = parameter_of(spec, segment)
    if parameter is not None:
        return table.desk.rules.parameter(parameter).likely
    if spec.same_as is not None:
        return table.values.get(spec.same_as)
    return spec.absent


def drawer(table: Table) -> None:
    """Draw the assumptions: a group at a time, every number with its unit, default and source."""
    st.subheader("Uitgangspunten", anchor="uitgangspunten")
    own = [each for each in table.assumptions.values() if each.origin == "zaak"]
    guesses = sum(each.assumed for each in table.assumptions.values() if each.origin == "normenset")
    if table.worked.result is not None:
        st.markdown(
            f"{numbers.whole(len(own))} getallen komen uit deze case of de quick scan, de rest uit de normenset. "
            f"Van die laatste zijn er {numbers.whole(guesses)} een **aanname**."
        )
    pand_id = table.worked.saved.pand_id
    scope = st.segmented_control(
        "Geldt voor", ["deze case", "de hele werkruimte"], default="deze case", required=True, key=f"geldt_{pand_id}"
    )
    group = st.pills("Groep", list(GROUPS), default=next(iter(GROUPS)), required=True, key=f"groep_{pand_id}", wrap=True)
    chosen = GROUPS[group]
    if scope == "deze case":
        _case_fields(table, chosen)
    else:
        _workspace_fields(table, chosen)


def _case_fields(table: Table, chosen: tuple[str, ...]) -> None:
    off = {section for section in OPTIONAL if section not in table.worked.saved.tables}
    waiting = [
        OPTIONAL[section] for section in OPTIONAL if section in off and any(key.startswith(f"{section}.") for key in chosen)
    ]
    if waiting:
        st.caption(f"Staat nu uit: {', '.join(waiting).lower()}. Zet het bovenaan de pagina aan om de getallen te zien.")
    if "woning.huur_eur_per_maand" in chosen:
        st.caption("De grens van de soort huur wordt bewaakt. De hoogste huur van de woning zelf staat onder Huurpunten.")
    shown = [key for key in chosen if key.split(".", maxsplit=1)[0] not in off]
    left, right = st.columns(2, gap="large")
    for place, key in enumerate(shown):
        with (left, right)[place % 2]:
            if key in INPUTS:
                number(table, INPUTS[key])
            elif key.startswith("planning."):
                _day(table, key)
            else:
                _choice(table, key)


def number(table: Table, spec: InputSpec, *, place: str = "") -> None:
    """Draw one number with where it comes from; `place` tells apart the same number elsewhere on the page."""
    stored = value_at(table.worked.saved.tables, spec.key)
    usual = default_of(table, spec.key)
    shown = table.values.get(spec.key, usual) if stored is None else stored
    text = money.written(spec, shown if isinstance(shown, int | float) else None)
    field = f"{spec.key}{place}"
    key = f"{table.key(field)}_{text}"

    def typed() -> None:
        entered = str(st.session_state[key]).strip()
        number = money.read_field(spec, entered)
        if entered and number is None:
            fault = CaseFault(spec.key, None, f"‘{entered}’ is geen getal", "Schrijf bijvoorbeeld 1.250 of 4,17.")
            st.session_state.setdefault(FAULTS, {})[table.key(field)] = money.say(fault)
            return
        same = number is None or (usual is not None and number == round(usual, 10))
        save(table, {spec.key: None if same else number}, field)

    st.text_input(
        money.label_of(spec),
        value=text,
        key=key,
        on_change=typed,
        help=_source(table, spec, usual),
        disabled=table.worked.saved.locked,
        placeholder="niet ingevuld",
    )
    tell_fault(table, field)
    warn_rent(table, spec.key)
    st.caption(_origin(table, spec, stored, usual))


def _origin(table: Table, spec: InputSpec, stored: Any, usual: float | None) -> str:
    if isinstance(stored, int | float):
        if usual is None:
            return "Zelf ingevuld."
        difference = float(stored) - usual
        more = "hoger" if difference > 0 else "lager"
        told = f"{money.with_unit(spec, abs(difference))} {more}" if difference else "gelijk"
        return f"Zelf ingevuld: {told} dan de standaard van {money.with_unit(spec, usual)}."
    if value_at(table.worked.start.tables, spec.key) is not None:
        return "Uit de quick scan."
    if spec.key in table.worked.own:
        return "Uitgangspunt van deze werkruimte."
    found = table.assumptions.get(spec.key)
    parameter = found.parameter if found else parameter_of(spec, "sociaal")
    if parameter is None:
        same = f"Zelfde als {INPUTS[spec.same_as].label.lower()}." if spec.same_as else ""
        return same or ("Standaard." if spec.absent else "Telt niet mee zolang dit 0 is.")
    active = table.desk.rules.parameter(parameter)
    return f"Normenset{', **aanname**' if active.value.aanname else ''}: {look.plain(active.value.bron)}."


def _source(table: Table, spec: InputSpec, usual: float | None) -> str | None:
    segment = table.worked.case.segment if table.worked.case else "sociaal"
    parameter = parameter_of(spec, segment) or USUAL.get(spec.key)
    if parameter is None:
        return None
    return _told(table.desk.rules, parameter, spec, usual)


def _told(rules: Rules, parameter: str, spec: InputSpec, usual: float | None) -> str:
    active = rules.parameter(parameter)
    article = f", {active.value.artikel}" if active.value.artikel else ""
    band = (
        f" Van {money.with_unit(spec, active.low)} tot {money.with_unit(spec, active.high)}." if active.high > active.low else ""
    )
    standard = (
        f" Standaard {money.with_unit(spec, usual)}." if usual else f" Gebruikelijk is {money.with_unit(spec, active.likely)}."
    )
    guess = " Dit is een aanname." if active.value.aanname else ""
    return look.plain(
        f"{active.parameter.uitleg}{standard}{band} Bron: {active.value.bron}{article}.{guess} {active.value.toelichting}"
    )


def _day(table: Table, field: str) -> None:
    stored = value_at(table.worked.saved.tables, field)
    key = f"{table.key(field)}_{stored}"

    def picked() -> None:
        chosen = st.session_state[key]
        save(table, {field: chosen if isinstance(chosen, date) else None})

    st.date_input(
        money.fact_label(field.split(".")[1]),
        value=stored,
        format="DD-MM-YYYY",
        key=key,
        on_change=picked,
        disabled=table.worked.saved.locked,
    )
    tell_fault(table, field)
    st.caption("Van deze dag hangt af welke subsidie past." if field.endswith("start_bouw") else "Mag leeg blijven.")


def _choice(table: Table, field: str) -> None:
    section, name = field.split(".")
    if name == "segment":
        options, label = {code: segment.label for code, segment in SEGMENTS.items()}, "Soort huur"
    else:
        options, label = {code: SHARING_NAMES[code] for code in SHARING}, "Lift en verduurzaming tellen"
    usual = next(iter(options))
    stored = value_at(table.worked.saved.tables, field) or usual
    key = f"{table.key(field)}_{stored}"

    def picked() -> None:
        chosen = st.session_state[key]
        changes: dict[str, Any] = {field: None if chosen == usual else chosen}
        if name == "segment":  # the usual rent belongs to the segment
            changes["woning.huur_eur_per_maand"] = None
            if SEGMENTS[chosen].rent is None:
                changes["woning.huur_eur_per_maand"] = table.values.get("woning.huur_eur_per_maand")
        save(table, changes)

    st.selectbox(
        label,
        list(options),
        index=list(options).index(stored),
        format_func=options.__getitem__,
        key=key,
        on_change=picked,
        disabled=table.worked.saved.locked,
    )
    del section
    tell_fault(table, field)
    st.caption(
        "De grens en de gewone huur van het jaar horen bij de soort huur."
        if name == "segment"
        else "De handreiking rekent over alles."
    )


def _workspace_fields(table: Table, chosen: tuple[str, ...]) -> None:
    desk = table.desk
    shown = [INPUTS[key] for key in chosen if key in INPUTS and INPUTS[key].parameter is not None and key not in OF_A_CASE]
    if not shown:
        st.info("In deze groep heeft alleen de case zelf getallen.", icon=":material/info:")
        return
    st.caption("Deze getallen gelden voor alle cases in deze werkruimte die zelf niets anders zeggen, en nergens anders.")
    left, right = st.columns(2, gap="large")
    for place, spec in enumerate(shown):
        with (left, right)[place % 2]:
            _workspace_number(table, spec, desk)


def _workspace_number(table: Table, spec: InputSpec, desk: Desk) -> None:
    usual = desk.rules.parameter(str(spec.parameter)).likely
    now = table.worked.own.get(spec.key, usual)
    text = money.written(spec, now)
    key = f"eigen_{desk.portfolio.id}_{spec.key}_{text}"
    faults: dict[str, str] = st.session_state.setdefault(FAULTS, {})

    def typed() -> None:
        entered = str(st.session_state[key]).strip()
        number = money.read_field(spec, entered)
        faults.pop(f"eigen_{spec.key}", None)
        if entered and number is None:
            faults[f"eigen_{spec.key}"] = f"{spec.label}: ‘{entered}’ is geen getal. Schrijf bijvoorbeeld 1.250 of 4,17."
            return
        same = number is None or number == usual
        try:
            desk.services.finance.change_own(
                desk.portfolio.id, spec.key, None if same else number, rules=desk.rules, author=desk.author
            )
        except CaseError as error:
            faults[f"eigen_{spec.key}"] = " ".join(money.say(fault) for fault in error.faults)
        except QuickscanError as error:
            outcome.refuse(error)

    help_text = _told(desk.rules, str(spec.parameter), spec, usual)
    st.text_input(money.label_of(spec), value=text, key=key, on_change=typed, help=help_text)
    if f"eigen_{spec.key}" in faults:
        st.error(look.plain(faults[f"eigen_{spec.key}"]), icon=":material/error:")
    difference = now - usual
    st.caption(
        f"Wijkt af: {money.with_unit(spec, abs(difference))} {'hoger' if difference > 0 else 'lager'} dan de normenset "
        f"({money.with_unit(spec, usual)})."
        if difference
        else "Zoals de normenset."
    )
