"""Read a business case as a person wrote it: check every key and tell every fault at once, naming the key.

`read_case` takes the tables of a case file and gives a `Case`: numbers by key (`section.name`) and the rest. Nothing is
filled in yet; that is what `quickscan.domain.finance.filling` does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from quickscan.domain.finance.faults import CaseError, CaseFault, tell_value
from quickscan.domain.finance.inputs import (
    ALWAYS,
    CHOICES,
    DATES,
    INPUTS,
    LIMITED_RENTS,
    SEGMENTS,
    SHARING,
    SUBSIDIES_KEY,
    USUAL,
    InputSpec,
    Section,
)
from quickscan.domain.finance.rentpoints import check_home
from quickscan.domain.finance.subsidies import Budget, SubsidyBook
from quickscan.domain.rules import ActiveParameter, Rules

OWN_TABLES = ("feiten", "subsidies", "parkeren", "bandbreedte", "huurpunten")  # tables with a shape of their own
TOP = ("naam", "peildatum")
MOST_SHARE = 1.0  # an input that goes no higher is a part of one, and a larger number was meant as a percentage
TRIOS = (
    ("woning.aantal_laag", "woning.aantal", "woning.aantal_hoog"),
    ("planning.vertraging_laag", "planning.vertraging_maanden", "planning.vertraging_hoog"),
)


@dataclass(frozen=True)
class Case:
    """A case as given: numbers by key, and the rest. Nothing is filled in yet."""

    name: str
    numbers: Mapping[str, float | tuple[float, ...]]
    segment: str = "sociaal"
    sharing: str = SHARING[0]
    sections: frozenset[str] = frozenset(ALWAYS)
    start: date | None = None
    completion: date | None = None
    subsidies: tuple[str, ...] = ()
    subsidy_states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    parking: Mapping[str, Any] = field(default_factory=dict)
    points: Mapping[str, Any] = field(default_factory=dict)  # the home of which huurpunten are counted
    left_out: frozenset[str] = frozenset()  # of segment and sharing: what the case did not say


def read_case(content: Mapping[str, Any], rules: Rules, subsidies: SubsidyBook) -> Case:
    """Return the case of a file's tables; raises CaseError with every fault."""
    faults: list[CaseFault] = []
    numbers: dict[str, float | tuple[float, ...]] = {}
    sections = {str(each) for each in Section}
    for top, table in content.items():
        if top in TOP:
            continue
        if top not in sections and top not in OWN_TABLES:
            faults.append(_unknown(top, top, [*TOP, *sections, *OWN_TABLES]))
        elif not isinstance(table, Mapping):
            faults.append(
                CaseFault(
                    top, table, "dit hoort een blok te zijn", f"Schrijf [{top}] op een eigen regel, met de sleutels eronder."
                )
            )
        elif top in sections:
            faults += _read_section(top, table, rules, numbers)
    tables = {name: table for name, table in content.items() if isinstance(table, Mapping)}
    choices = _read_choices(tables, faults)
    start, completion = (_read_day(tables, key, faults) for key in DATES)
    if start and completion and completion < start:
        faults.append(
            CaseFault("planning.oplevering", completion, f"ligt vóór start_bouw ({start})", "Draai de datums om of verbeter ze.")
        )
    wanted = tables.get("parameters", {}).get("subsidies", [])
    faults += _check_subsidies(wanted, tables.get("subsidies", {}), subsidies)
    faults += _check_facts(tables.get("feiten", {}), subsidies.asked)
    faults += check_home(tables.get("huurpunten", {}))
    _place_maintenance(numbers, (start or rules.day).year)
    given = frozenset({*map(str, ALWAYS), *(top for top in tables if top in sections)})
    wrong = {fault.key for fault in faults}
    ranges = _read_ranges(tables, faults)
    faults += [fault for fault in _check_together(numbers, given, choices, rules, ranges) if fault.key not in wrong]
    if faults:
        raise CaseError(faults)
    return Case(
        name=str(content.get("naam", "")),
        numbers=numbers,
        segment=choices.get("woning.segment", "sociaal"),
        sharing=choices.get("parameters.gedeelde_kosten", SHARING[0]),
        sections=given,
        start=start,
        completion=completion,
        subsidies=tuple(wanted),
        subsidy_states=tables.get("subsidies", {}),
        facts=tables.get("feiten", {}),
        ranges=ranges,
        parking=tables.get("parkeren", {}),
        points=tables.get("huurpunten", {}),
        left_out=frozenset(CHOICES) - frozenset(choices),
    )


def _place_maintenance(numbers: dict[str, float | tuple[float, ...]], start: int) -> None:
    """Tell how many years after the planned start the major maintenance is; below 0 it is done before."""
    year = numbers.get("mjop.jaar")
    if isinstance(year, float) and year and "mjop.over_jaren" not in numbers:
        numbers["mjop.over_jaren"] = year - start


def _unknown(key: str, name: str, known: Sequence[str]) -> CaseFault:
    near = difflib.get_close_matches(name, known, n=1)
    advice = f"Bedoel je {near[0]}?" if near else f"Kies uit: {', '.join(sorted(known))}."
    return CaseFault(key, None, "deze sleutel is onbekend", f"{advice} Haal de sleutel anders weg.")


def _read_section(
    section: str, table: Mapping[str, Any], rules: Rules, numbers: dict[str, float | tuple[float, ...]]
) -> Iterator[CaseFault]:
    names = [spec.name for spec in INPUTS.values() if spec.section == section]
    others = [key.split(".")[1] for key in (*CHOICES, *DATES, SUBSIDIES_KEY) if key.split(".")[0] == section]
    for name, value in table.items():
        key = f"{section}.{name}"
        if name in others:
            continue
        if name not in names:
            yield _unknown(key, name, [*names, *others])
            continue
        spec = INPUTS[key]
        if value is True and key in USUAL:
            numbers[key] = rules.parameter(USUAL[key]).likely
            continue
        fault = _number_fault(spec, value)
        if fault is not None:
            yield fault
        else:
            numbers[key] = tuple(map(float, value)) if isinstance(value, list) else float(value)


def _number_fault(spec: InputSpec, value: object) -> CaseFault | None:
    if isinstance(value, list):
        if not spec.by_year:
            return CaseFault(spec.key, value, "is een lijst", "Geef één getal; alleen stijgingen kunnen per jaar.")
        found = [fault for fault in (_number_fault(spec, each) for each in value) if fault]
        empty = CaseFault(spec.key, value, "is een lege lijst", "Geef een getal, of een getal per jaar.")
        return found[0] if found else (None if value else empty)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        usual = " of true voor het kengetal" if spec.key in USUAL else ""
        return CaseFault(
            spec.key, value, "is geen getal", f"Schrijf een getal zonder aanhalingstekens, met een punt voor decimalen{usual}."
        )
    if not spec.low <= value <= spec.high:
        return CaseFault(spec.key, value, f"{spec.label.lower()} ligt buiten {_bounds(spec)}", _advise(spec, float(value)))
    if spec.whole and value != int(value):
        return CaseFault(spec.key, value, f"{spec.label.lower()} is geen heel getal", "Rond af op een heel getal.")
    return None


def _bounds(spec: InputSpec) -> str:
    return f"{tell_value(float(spec.low))} tot en met {tell_value(float(spec.high))}"


def _advise(spec: InputSpec, value: float) -> str:
    if value < 0 <= spec.low:
        low = tell_value(float(spec.low))
        return f"Geef een getal van {low} of hoger."
    if spec.high <= MOST_SHARE and value > spec.high:
        return f"{tell_value(value)} betekent hier {tell_value(value * 100)} %. Schrijf 4,17 procent als 0.0417."
    return "Verbeter het getal."


def _read_choices(tables: Mapping[str, Mapping[str, Any]], faults: list[CaseFault]) -> dict[str, str]:
    found = {}
    for key, options in CHOICES.items():
        section, name = key.split(".")
        if name in tables.get(section, {}):
            value = tables[section][name]
            if value in options:
                found[key] = str(value)
            else:
                faults.append(CaseFault(key, value, "dit is geen keuze", f"Kies uit: {', '.join(options)}."))
    return found


def _read_day(tables: Mapping[str, Mapping[str, Any]], key: str, faults: list[CaseFault]) -> date | None:
    section, name = key.split(".")
    value = tables.get(section, {}).get(name)
    if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
        return value
    faults.append(CaseFault(key, value, "is geen datum", "Schrijf bijvoorbeeld 2027-03-01, zonder aanhalingstekens."))
    return None


def _read_ranges(tables: Mapping[str, Mapping[str, Any]], faults: list[CaseFault]) -> dict[str, tuple[float, float]]:
    """Read [bandbreedte]: the name of a number with [laag, hoog]."""
    found = {}
    names = {spec.shown: spec for spec in INPUTS.values()}
    for name, value in _flat(tables.get("bandbreedte", {})):
        key = f"bandbreedte.{name}"
        spec = names.get(name)
        if spec is None:
            faults.append(_unknown(key, name, list(names)))
        elif not (isinstance(value, list) and len(value) == 2 and all(_number_fault(spec, each) is None for each in value)):  # noqa: PLR2004 - laag and hoog
            faults.append(CaseFault(key, value, "is geen band binnen de grenzen van het getal", "Schrijf [laag, hoog]."))
        elif value[0] > value[1]:
            faults.append(CaseFault(key, value, "laag is hoger dan hoog", "Zet het laagste getal eerst."))
        else:
            found[spec.key] = (float(value[0]), float(value[1]))
    return found


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield name, value


def _check_subsidies(wanted: object, states: Mapping[str, Any], book: SubsidyBook) -> Iterator[CaseFault]:
    if not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
        yield CaseFault(SUBSIDIES_KEY, wanted, "is geen lijst van namen", 'Schrijf bijvoorbeeld subsidies = ["sft"], of [].')
        return
    for name in wanted:
        if name not in book.ids:
            yield CaseFault(SUBSIDIES_KEY, name, "deze subsidie is onbekend", f"Kies uit: {', '.join(book.ids)}.")
    for name, state in states.items():
        key = f"subsidies.{name}"
        if name not in book.ids:
            yield _unknown(key, name, book.ids)
        elif not isinstance(state, Mapping):
            yield CaseFault(key, state, "dit hoort een blok te zijn", f"Schrijf [{key}] met daaronder budget en doorgifte.")
        else:
            yield from _state_faults(key, state)


def _state_faults(key: str, state: Mapping[str, Any]) -> Iterator[CaseFault]:
    for name, value in state.items():
        if name == "budget":
            if value not in tuple(Budget):
                yield CaseFault(f"{key}.budget", value, "dit is geen keuze", f"Kies uit: {', '.join(Budget)}.")
        elif name == "doorgifte":
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                advice = "Schrijf welk deel naar het project gaat: 1.0 voor alles."
                yield CaseFault(f"{key}.doorgifte", value, "is geen deel van 0 tot en met 1", advice)
        else:
            yield _unknown(f"{key}.{name}", name, ("budget", "doorgifte"))


def _check_facts(facts: Mapping[str, Any], asked: Mapping[str, str]) -> Iterator[CaseFault]:
    for name, value in facts.items():
        key, number = f"feiten.{name}", isinstance(value, int | float) and not isinstance(value, bool)
        if name not in asked:
            yield _unknown(key, name, list(asked))
        elif asked[name] == "getal" and not (number and value >= 0):
            yield CaseFault(key, value, "is geen getal van 0 of hoger", "Schrijf een getal; 30 procent is 0.3.")
        elif asked[name] == "ja of nee" and not isinstance(value, bool):
            yield CaseFault(key, value, "is geen true of false", "Schrijf true of false, zonder aanhalingstekens.")
        elif asked[name] == "tekst" and not isinstance(value, str):
            yield CaseFault(key, value, "is geen tekst", "Zet er aanhalingstekens omheen.")


def _check_together(
    numbers: Mapping[str, Any], sections: frozenset[str], choices: Mapping[str, str], rules: Rules, ranges: Mapping[str, Any]
) -> Iterator[CaseFault]:
    segment = SEGMENTS[choices.get("woning.segment", "sociaal")]
    yield from _missing(numbers, sections, needs_rent=segment.rent is None)
    if segment.limit is not None:
        yield from _rent_faults(numbers, segment.label, rules.parameter(segment.limit))
    for low, middle, high in TRIOS:
        likely = numbers.get(middle, 0.0)
        for key, wrong in ((low, numbers.get(low, likely) > likely), (high, numbers.get(high, likely) < likely)):
            if wrong:
                problem = f"ligt aan de verkeerde kant van {middle} ({tell_value(float(likely))})"
                yield CaseFault(key, numbers[key], problem, "Zet laag, waarschijnlijk en hoog op volgorde.")
    for key, (low_end, high_end) in ranges.items():
        number = numbers.get(key)
        if number is not None and not isinstance(number, tuple) and not low_end <= number <= high_end:
            at = f"bandbreedte.{INPUTS[key].shown}"
            yield CaseFault(
                at, [low_end, high_end], f"{key} ({tell_value(number)}) ligt niet in deze band", "Verbeter de band of het getal."
            )


def _missing(numbers: Mapping[str, Any], sections: frozenset[str], *, needs_rent: bool) -> Iterator[CaseFault]:
    others = ("aanplakken", "uitplinten")
    if "woning.aantal" not in numbers and not any(f"{section}.aantal" in numbers for section in others):
        yield CaseFault("woning.aantal", None, "ontbreekt", "Zet onder [woning] hoeveel nieuwe woningen er komen.")
    for section in others:
        if section in sections and f"{section}.aantal" not in numbers:
            yield CaseFault(f"{section}.aantal", None, "ontbreekt", f"Zet onder [{section}] hoeveel nieuwe woningen er komen.")
    if needs_rent and "woning.huur_eur_per_maand" not in numbers:
        yield CaseFault("woning.huur_eur_per_maand", None, "ontbreekt", "Bij de vrije sector hoort een huur; vul hem in.")
    asking = {"bestaand", "verduurzaming", "renovatie", "sloop_nieuwbouw"} & sections
    asking |= {"extra.asbest_eur_ex_btw"} & set(numbers)
    if asking and "bestaand.aantal_woningen" not in numbers:
        problem = f"ontbreekt, en is nodig voor {', '.join(sorted(asking))}"
        yield CaseFault("bestaand.aantal_woningen", None, problem, "Zet onder [bestaand] hoeveel woningen er nu zijn.")


def _rent_faults(numbers: Mapping[str, Any], label: str, limit: ActiveParameter) -> Iterator[CaseFault]:
    for key in LIMITED_RENTS:
        if numbers.get(key, 0.0) > limit.likely + 1e-9:
            told = f"{limit.likely:.2f}".replace(".", ",")
            problem = f"ligt boven de grens van € {told} voor {label} (sinds {limit.value.vanaf.isoformat()})"
            yield CaseFault(key, numbers[key], problem, "Verlaag de huur, of kies een ander segment onder [woning].")
