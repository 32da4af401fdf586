"""What the command line says, as Dutch text: the outcome of a check, of a screening and of the back-test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from quickscan.domain.backtest import Backtest, Summary
from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.domain.terms import OORDELEN, VOORSELECTIES


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun, with points for thousands."""
    return f"{number:,}".replace(",", ".") + f" {one if number == 1 else many}"


def decimal(number: float, digits: int = 1) -> str:
    """Return a number as it is written in Dutch."""
    return f"{number:.{digits}f}".replace(".", ",")


def fault_as_json(fault: Fault) -> dict[str, object]:
    """Return a fault with the keys that `check --json` promises."""
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "problem": fault.problem,
        "advice": fault.advice,
        "notice": fault.notice,
    }


def intake_as_json(intake: Intake) -> dict[str, object]:
    """Return the outcome of a check with the keys that `check --json` promises."""
    return {
        "rows": intake.rows,
        "accepted": len(intake.buildings),
        "refused": intake.refused,
        "mapping": dict(intake.mapping),
        "faults": [fault_as_json(fault) for fault in intake.faults],
    }


def describe_intake(intake: Intake, name: str, criteria: Mapping[str, str]) -> Iterator[str]:
    """Tell what was read, how columns were understood, and what is wrong. `criteria` gives the name of each criterion."""
    notices = [fault for fault in intake.faults if fault.notice]
    yield f"{name}: {count(intake.rows, 'rij', 'rijen')} gelezen, {len(intake.buildings)} goed, {intake.refused} geweigerd."
    yield ""
    yield "Kolommen:"
    width = min(max((len(str(column)) for column in intake.mapping), default=0), 40)
    for column, target in intake.mapping.items():
        yield f"  {column!s:<{width}}  → {_describe_target(target, criteria)}"
    if intake.errors:
        yield from ("", f"{count(len(intake.errors), 'fout', 'fouten')}:")
        yield from (f"  - {fault.sentence()}" for fault in intake.errors)
    if notices:
        yield from ("", f"{count(len(notices), 'melding', 'meldingen')} (houdt niets tegen):")
        yield from (f"  - {fault.sentence()}" for fault in notices)
    yield ""
    yield "Er is niets mis." if not intake.errors else "Verbeter de fouten en controleer het bestand opnieuw."


def _describe_target(target: str | None, criteria: Mapping[str, str]) -> str:
    if target is None:
        return "niet gebruikt"
    if target in criteria:
        return f"antwoord {target} ({criteria[target]})"
    return f"{target} ({FACTS[target].label})" if target in FACTS else target


def describe_screening(table: pd.DataFrame, *, source: str, notices: int) -> Iterator[str]:
    """Tell the funnel and the verdicts of a screened portfolio."""
    day, rulebook = (str(table[name].iloc[0]) if len(table) else "" for name in ("peildatum", "normenset"))
    yield f"{count(len(table), 'gebouw', 'gebouwen')} uit {source}, peildatum {day}, normenset {rulebook}."
    outcomes = table["voorselectie"].value_counts()
    yield "Voorselectie: " + ", ".join(f"{count(int(outcomes.get(str(name), 0)), name, name)}" for name in VOORSELECTIES) + "."
    verdicts = table["oordeel"].value_counts()
    yield (
        "Oordeel: " + ", ".join(f"{count(int(verdicts.get(str(name), 0)), f'“{name}”', f'“{name}”')}" for name in OORDELEN) + "."
    )
    low, likely, high = (
        int(table.loc[table["rang"].notna(), name].sum()) for name in ("woningen_laag", "woningen", "woningen_hoog")
    )
    yield (
        f"Op de daken van wat in beeld of twijfel is passen naar schatting {count(likely, 'woning', 'woningen')} "
        f"({count(low, 'laag', 'laag')}, {count(high, 'hoog', 'hoog')})."
    )
    if notices:
        yield f"{count(notices, 'melding', 'meldingen')} bij het lezen; 'check' toont ze."


def describe_backtest(result: Backtest) -> Iterator[str]:
    """Tell per project what was estimated and built, then how good that is, then what was left out and why."""
    yield f"{'project':<36} {'route':<12} {'laag':>5} {'waarsch.':>8} {'hoog':>5} {'gebouwd':>9} {'verschil':>8}  binnen band"
    for case in result.cases:
        low, likely, high = (f"{value:.0f}" for value in case.estimate)
        built = "–".join(str(number) for number in dict.fromkeys(case.built))
        gap = f"{case.error:+.0f}".replace("-", "−") if case.error else "0"
        inside = ("ja" if case.in_range else "nee") + (" *" if case.borrowed else "")
        yield f"{case.name[:36]:<36} {case.route:<12} {low:>5} {likely:>8} {high:>5} {built:>9} {gap:>8}  {inside}"
    yield ""
    yield f"Alle projecten: {_describe_summary(result.all)}"
    if any(case.borrowed for case in result.cases):
        yield f"Zonder de projecten met een *: {_describe_summary(result.independent)}"
        yield "* Een rekenregel is aan dit project ontleend; dat de schatting hier klopt, zegt weinig over andere gebouwen."
    yield "Getoetst is het aantal woningen per laag, kopgevel of plint; de lagen zijn ingevuld zoals ze gebouwd zijn."
    yield from ("", f"Niet gebruikt: {count(len(result.unused), 'project', 'projecten')}.")
    yield from (f"  - {unused.name}: {unused.reason}" for unused in result.unused)


def _describe_summary(summary: Summary | None) -> str:
    if summary is None:
        return "geen enkel project is bruikbaar."
    return (
        f"{count(summary.cases, 'project', 'projecten')}; mediaan van de absolute fout {decimal(summary.median_error)} woningen "
        f"({decimal(summary.median_share * 100)}% van wat gebouwd is); {decimal(summary.coverage * 100, 0)}% binnen de band."
    )
