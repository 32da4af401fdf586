"""What the command line says, as Dutch text: the outcome of a check, of a screening and of the back-test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.domain.terms import OORDELEN, VOORSELECTIES

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from quickscan.domain.backtest import Backtest, Summary

HOMES = ("woningen_laag", "woningen", "woningen_hoog")


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun, with points for thousands."""
    return f"{number:,}".replace(",", ".") + f" {one if number == 1 else many}"


def decimal(number: float, digits: int = 1) -> str:
    """Return a number as it is written in Dutch."""
    return f"{number:.{digits}f}".replace(".", ",")


def describe_written(out: Path, rows: int, columns: int) -> str:
    """Return the line that says where the result is, and how large it is."""
    return f"Geschreven: {out} ({count(rows, 'rij', 'rijen')}, {count(columns, 'kolom', 'kolommen')})."


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


def intake_as_json(intake: Intake, *, refused: int | None = None) -> dict[str, object]:
    """Return the outcome of a check with the keys that `check --json` promises.

    `refused` is the number of rows when there are more faults than were kept.
    """
    return {
        "recognised": intake.recognised,
        "rows": intake.rows,
        "accepted": len(intake.buildings),
        "refused": intake.refused if refused is None else refused,
        "mapping": dict(intake.mapping),
        "faults": [fault_as_json(fault) for fault in intake.faults],
    }


def refusal_as_json(error: UnusableInputError) -> dict[str, object]:
    """Return the same keys for a file that cannot be read at all."""
    fault = Fault(None, None, None, error.problem, error.advice)
    return {"recognised": None, "rows": 0, "accepted": 0, "refused": 0, "mapping": {}, "faults": [fault_as_json(fault)]}


def describe_refused(name: str, refused: int, errors: int, faults: Sequence[Fault]) -> Iterator[str]:
    """Tell which rows of a screened file were left out, and why; `errors` may be more than there are faults kept."""
    if not errors:
        return
    left_out = f"{count(refused, 'rij', 'rijen')} geweigerd, de andere zijn wel gescoord" if refused else "er is iets mis"
    yield f"{name}: {left_out}."
    yield from (f"- {fault.sentence()}" for fault in faults)
    if errors > len(faults):
        yield f"… en nog {count(errors - len(faults), 'fout', 'fouten')}."


def describe_intake(intake: Intake, name: str, criteria: Mapping[str, str], *, refused: int | None = None) -> Iterator[str]:
    """Tell what was read, how columns were understood, and what is wrong. `criteria` gives the name of each criterion."""
    notices = [fault for fault in intake.faults if fault.notice]
    wrong = intake.refused if refused is None else refused
    yield f"{name}: {count(intake.rows, 'rij', 'rijen')} gelezen, {len(intake.buildings)} goed, {wrong} geweigerd."
    yield f"Herkend als: {intake.recognised}."
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


@dataclass
class Funnel:
    """Counts of a screened portfolio, added up table by table: voorselectie, oordeel, and homes on the roofs in reach."""

    buildings: int = 0
    day: str = ""
    rulebook: str = ""
    outcomes: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    homes: Counter[str] = field(default_factory=Counter)

    def add(self, table: pd.DataFrame | pa.Table) -> None:
        """Count the rows of a table with SCREEN_COLUMNS."""
        if isinstance(table, pd.DataFrame):
            ranked = table[table["rang"].notna()]
            self._count(self.outcomes, table["voorselectie"].value_counts().items())
            self._count(self.verdicts, table["oordeel"].value_counts().items())
            self._count(self.homes, ((name, ranked[name].sum()) for name in HOMES))
            self.day, self.rulebook = (str(table[name].iloc[0]) if len(table) else "" for name in ("peildatum", "normenset"))
        else:
            self._add_arrow(table)
        self.buildings += len(table)

    def merge(self, other: Funnel) -> None:
        """Add what another one counted, of other rows of the same portfolio."""
        self.buildings += other.buildings
        for mine, theirs in ((self.outcomes, other.outcomes), (self.verdicts, other.verdicts), (self.homes, other.homes)):
            self._count(mine, theirs.items())
        self.day, self.rulebook = other.day or self.day, other.rulebook or self.rulebook

    def _add_arrow(self, table: pa.Table) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415 - most portfolios fit in a frame

        for name, counter in (("voorselectie", self.outcomes), ("oordeel", self.verdicts)):
            counted = table.column(name).drop_null().value_counts().to_pylist()
            self._count(counter, ((each["values"], each["counts"]) for each in counted))
        ranked = table.select(["rang", *HOMES]).drop_null()
        self._count(self.homes, ((name, pc.sum(ranked.column(name), min_count=0).as_py()) for name in HOMES))
        self.day, self.rulebook = (str(table.column(name)[0]) if len(table) else "" for name in ("peildatum", "normenset"))

    @staticmethod
    def _count(counter: Counter[str], found: Iterable[tuple[object, float]]) -> None:
        for name, number in found:
            counter[str(name)] += int(number)


def describe_screening(funnel: Funnel, *, source: str, notices: int) -> Iterator[str]:
    """Tell the funnel and the verdicts of a screened portfolio."""
    told = f"peildatum {funnel.day}, normenset {funnel.rulebook}"
    yield f"{count(funnel.buildings, 'gebouw', 'gebouwen')} uit {source}, {told}."
    yield "Voorselectie: " + ", ".join(count(funnel.outcomes[str(name)], name, name) for name in VOORSELECTIES) + "."
    yield "Oordeel: " + ", ".join(count(funnel.verdicts[str(name)], f"“{name}”", f"“{name}”") for name in OORDELEN) + "."
    low, likely, high = (funnel.homes[name] for name in HOMES)
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
