"""What the subsidies do in one case: which hold, when to apply, what is missing, and which count in the sum.

A *venster* is when one can apply; it depends on the day the building work starts. A subsidy counts only when the case asks
for it, every voorwaarde holds, the venster is open, somebody filled in that there is budget, and money that goes to the
municipality is passed on. Of subsidies in one stapelregel only the highest counts.
Source: method section 7; the rules themselves name their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from quickscan.domain.finance.subsidies import (
    Budget,
    Criterium,
    StackingRule,
    Subsidy,
    SubsidyBook,
    SubsidyVersion,
    Uitkomst,
    Voorwaarde,
)


@dataclass(frozen=True, slots=True)
class Window:
    """When one can apply: `open` ja, nee or onbekend, from when, before when, and that in words."""

    open: Uitkomst
    after: date | None
    before: date | None
    text: str


@dataclass(frozen=True, slots=True)
class SubsidyOutcome:
    """What a scheme does in one case. `amount_eur` is what it could be; it is in the sum only when `counts`."""

    id: str
    naam: str
    gever: str
    soort: str
    aanvrager: str
    ontvanger: str
    state: Uitkomst
    checks: tuple[tuple[Voorwaarde, Uitkomst], ...]
    window: Window
    budget: Budget
    passed_on: float | None
    amount_eur: float
    counts: bool
    reason: str  # why it counts or not
    missing: tuple[str, ...]  # what is still needed to qualify
    criteria: tuple[Criterium, ...]
    source: str
    article: str
    assumed: bool


def judge_subsidies(
    book: SubsidyBook,
    *,
    day: date,
    facts: Mapping[str, Any],
    homes: float,
    costs_eur: float,
    result_eur: float,
    start: date | None = None,
    wanted: Sequence[str] = (),
    states: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[SubsidyOutcome, ...]:
    """Return the outcome of every scheme in force.

    `result_eur` is the net present value without subsidies; `facts` hold what the case says of itself and what a person
    filled in; `states` per scheme `budget` (see Budget) and `doorgifte`, the part that is passed on to the project.
    """
    known = {**facts, "woningen": homes, "tekort": result_eur < 0}
    outcomes = {
        subsidy.id: _judge(
            subsidy, version, day, known, homes, costs_eur, start, (states or {}).get(subsidy.id, {}), subsidy.id in wanted
        )
        for subsidy, version in book.on(day)
    }
    needing = {subsidy.id for subsidy, version in book.on(day) if version.alleen_bij_tekort}
    for rule in book.stapelregels:
        if rule.vanaf <= day:
            outcomes.update(_keep_highest([outcomes[name] for name in rule.leden if name in outcomes], rule))
    left = result_eur + sum(each.amount_eur for each in outcomes.values() if each.counts and each.id not in needing)
    for name in (name for name in outcomes if name in needing and outcomes[name].counts):
        if left >= 0:
            outcomes[name] = replace(
                outcomes[name], counts=False, reason="Er is geen tekort meer: deze subsidie is daarvoor bedoeld."
            )
        else:
            left += outcomes[name].amount_eur
    return tuple(outcomes.values())


def total_of(outcomes: Sequence[SubsidyOutcome]) -> float:
    """Return the euros that count."""
    return float(sum(each.amount_eur for each in outcomes if each.counts))


def _keep_highest(group: Sequence[SubsidyOutcome], rule: StackingRule) -> dict[str, SubsidyOutcome]:
    counting = sorted((each for each in group if each.counts), key=lambda each: -each.amount_eur)
    best = counting[0].naam if counting else ""
    return {
        each.id: replace(each, counts=False, reason=f"Telt niet op bij {best}; alleen de hoogste telt. {rule.waarom}")
        for each in counting[1:]
    }


def _judge(
    subsidy: Subsidy,
    version: SubsidyVersion,
    day: date,
    facts: Mapping[str, Any],
    homes: float,
    costs_eur: float,
    start: date | None,
    state: Mapping[str, Any],
    wanted: bool,  # noqa: FBT001 - private, one caller
) -> SubsidyOutcome:
    checks = tuple((condition, condition.holds(facts)) for condition in version.voorwaarden)
    window = find_window(version, day=day, start=start)
    budget = Budget(state.get("budget", "onbekend"))
    passed_on = state.get("doorgifte", None if subsidy.needs_passing_on else 1.0)
    number = homes if version.telt_voor is None else facts.get(version.telt_voor)
    verdicts = [verdict for _, verdict in checks] + [window.open]
    verdicts += [Uitkomst.ONBEKEND] if number is None else []
    outcome = Uitkomst.NEE if Uitkomst.NEE in verdicts else Uitkomst.ONBEKEND if Uitkomst.ONBEKEND in verdicts else Uitkomst.JA
    missing = [_needed(condition, verdict) for condition, verdict in checks if verdict is not Uitkomst.JA]
    if number is None:
        missing.append(f"Vul onder [feiten] in: {version.telt_voor}.")
    if window.open is Uitkomst.ONBEKEND:
        missing.append(window.text)
    if budget is Budget.ONBEKEND and subsidy.soort == "bijdrage":
        missing.append("Ga na of er nog budget is.")
    if passed_on is None:
        missing.append("Het geld gaat naar de gemeente: spreek af welk deel naar het project gaat.")
    counts, reason = _decide(subsidy, outcome, window, budget, passed_on, wanted)
    amount = _amount(version, float(number or 0), costs_eur) * float(1.0 if passed_on is None else passed_on)
    return SubsidyOutcome(
        id=subsidy.id,
        naam=subsidy.naam,
        gever=subsidy.gever,
        soort=subsidy.soort,
        aanvrager=subsidy.aanvrager,
        ontvanger=subsidy.ontvanger,
        state=outcome,
        checks=checks,
        window=window,
        budget=budget,
        passed_on=passed_on,
        amount_eur=amount,
        counts=counts and amount > 0,
        reason=reason,
        missing=tuple(missing),
        criteria=version.criteria,
        source=version.bron,
        article=version.artikel,
        assumed=version.aanname,
    )


def _needed(condition: Voorwaarde, verdict: Uitkomst) -> str:
    if verdict is Uitkomst.NEE:
        return f"Hieraan is niet voldaan: {condition.tekst}"
    return condition.doen or condition.tekst


def _amount(version: SubsidyVersion, homes: float, costs_eur: float) -> float:
    amounts = []
    if version.bedrag_eur_per_woning is not None:
        amounts.append(version.bedrag_eur_per_woning * homes)
    if version.hoogste_deel_van_kosten is not None:
        amounts.append(version.hoogste_deel_van_kosten * costs_eur)
    if not amounts:
        return 0.0
    return min([*amounts, *([version.hoogste_bedrag_eur] if version.hoogste_bedrag_eur else [])])


def _decide(
    subsidy: Subsidy,
    outcome: Uitkomst,
    window: Window,
    budget: Budget,
    passed_on: float | None,
    wanted: bool,  # noqa: FBT001 - private, one caller
) -> tuple[bool, str]:
    """Return whether a scheme counts, and why; the first reason against it is the one that is told."""
    for against, reason in (
        (subsidy.soort != "bijdrage", "Geen bedrag per project; telt niet mee in de som."),
        (outcome is Uitkomst.NEE and window.open is Uitkomst.NEE, window.text),
        (outcome is Uitkomst.NEE, "Aan een voorwaarde is niet voldaan."),
        (not wanted, "Niet gekozen in deze businesscase."),
        (outcome is Uitkomst.ONBEKEND, "Nog niet alle voorwaarden zijn bekend."),
        (budget is Budget.OP, "Het budget is op."),
        (budget is Budget.ONBEKEND, "Onbekend of er nog budget is; telt daarom niet mee."),
        (passed_on is None, "Het geld gaat naar de gemeente en er is geen afspraak over doorgifte; telt daarom niet mee."),
    ):
        if against:
            return False, reason
    return True, "Telt mee: aan de voorwaarden is voldaan en er is budget."


def find_window(version: SubsidyVersion, *, day: date, start: date | None) -> Window:
    """Return when one can apply, seen from a day, for building work that starts on `start`."""
    after, before = version.open_vanaf, version.open_tot
    bound_to_start = (
        version.start_minstens_weken_na_aanvraag is not None
        or version.start_hoogstens_maanden_na_aanvraag is not None
        or version.start_bouw_vanaf is not None
        or version.start_bouw_tot is not None
    )
    if start is not None:
        if version.start_bouw_vanaf and start < version.start_bouw_vanaf:
            return Window(Uitkomst.NEE, after, before, f"De bouw start vóór {_nl(version.start_bouw_vanaf)}, en dat is te vroeg.")
        if version.start_bouw_tot and start > version.start_bouw_tot:
            return Window(Uitkomst.NEE, after, before, f"De bouw start na {_nl(version.start_bouw_tot)}, en dat is te laat.")
        if version.start_minstens_weken_na_aanvraag is not None:
            latest = start - timedelta(weeks=version.start_minstens_weken_na_aanvraag)
            before = latest if before is None else min(before, latest)
        if version.start_hoogstens_maanden_na_aanvraag is not None:
            earliest = add_months(start, -version.start_hoogstens_maanden_na_aanvraag)
            after = earliest if after is None else max(after, earliest)
            before = start if before is None else min(before, start)
    told = _tell(after, before)
    if before is not None and before < day:
        return Window(Uitkomst.NEE, after, before, f"Aanvragen kon tot en met {_nl(before)}; dat is voorbij.")
    if after is not None and before is not None and after > before:
        return Window(
            Uitkomst.NEE, after, before, f"Aanvragen past niet: niet eerder dan {_nl(after)} en niet later dan {_nl(before)}."
        )
    if start is None and bound_to_start:
        return Window(Uitkomst.ONBEKEND, after, before, "Vul onder [planning] start_bouw in: de termijn hangt daarvan af.")
    return Window(Uitkomst.JA, after, before, told)


def _tell(after: date | None, before: date | None) -> str:
    if before is not None:
        return f"Aanvragen uiterlijk {_nl(before)}" + (f", niet eerder dan {_nl(after)}." if after else ".")
    return f"Aanvragen vanaf {_nl(after)}; er is geen einddatum bekend." if after else "Er is geen termijn bekend."


def _nl(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def add_months(day: date, months: float) -> date:
    """Return the same day some months away, or the last day of that month; parts of a month count in thirtieths."""
    whole = int(months // 1)
    at = day.month - 1 + whole
    year, month = day.year + at // 12, at % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            moved = date(year, month, last)
        except ValueError:
            continue
        return moved + timedelta(days=round((months - whole) * 30))
    raise AssertionError  # every month has a day 28
