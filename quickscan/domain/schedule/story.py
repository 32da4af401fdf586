"""The plan in words: when the first tenant moves in, what holds it up, and what is not known yet. Plain Dutch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from quickscan.domain.planbook import Season
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.plans import LEAST_SWING, BuildingPlan, Swing

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
MOST_CAUSES = 5
LEAST_TOLD = 1.0  # months; less is no reason to be late


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that holds the plan up: in one sentence, what costs time, and what to do about it."""

    key: str  # the criterion
    name: str  # as a noun in a sentence
    text: str
    months: float
    actions: tuple[str, ...]  # codes of actions that help


def month(day: date) -> str:
    """Return "mei 2028"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def months_text(months: float) -> str:
    """Return "4 maanden", "1 maand" or "een halve maand", rounded to what a plan can say."""
    if months < 0.75:  # noqa: PLR2004 - nearer to a half than to a whole
        return "een halve maand" if months >= 0.25 else "een week"  # noqa: PLR2004
    whole = round(months)
    return f"{whole} maand" if whole == 1 else f"{whole} maanden"


def tell_plan(plan: BuildingPlan, rules: Rules) -> str:
    """Return what a wethouder can read aloud about the time of a building."""
    tenant = plan.counts.tenant
    sentence = f"De eerste huurder trekt waarschijnlijk in {month(tenant.likely)} in"
    if month(tenant.early) != month(tenant.late):
        sentence += f" ({month(tenant.early)} tot {month(tenant.late)})"
    sentence += "."
    if plan.chosen:
        sentence += f" Parallel plannen scheelt {months_text(plan.saved_months)}."
    elif plan.saved_months >= 1:
        sentence += f" Met parallel plannen kan dat {months_text(plan.saved_months)} eerder."
    worst = tell_causes(plan, rules)[:1]
    if worst and worst[0].months >= LEAST_TOLD:
        sentence += f" Grootste vertraging: {worst[0].name}, {months_text(worst[0].months)}."
    return sentence


def tell_wish(plan: BuildingPlan) -> str:
    """Return how likely the wished date is, in words."""
    percent = round(plan.chance * 100)
    wish = f"{plan.wish.day} {month(plan.wish)}"
    if not plan.wished:
        return f"Zonder wensdatum rekent de planning met {wish}: in 80 van de 100 trekkingen woont de eerste huurder er dan."
    if percent >= 99:  # noqa: PLR2004 - never "zeker"
        return f"De wensdatum {wish} wordt in bijna alle trekkingen gehaald."
    if percent < 1:
        return f"De wensdatum {wish} wordt in bijna geen trekking gehaald. Schuif de start, kies lessen, of kies een latere dag."
    return f"De wensdatum {wish} wordt in {percent} van de 100 trekkingen gehaald."


def tell_causes(plan: BuildingPlan, rules: Rules) -> list[Cause]:
    """Return what holds the plan up, the worst first, each with the actions that its answer starts.

    Counting nature costs what it makes the first tenant wait, also when people chose by hand what to count.
    """
    found = [_cause(swing, rules) for swing in plan.delays if not (swing.nature and plan.seasons)]
    if plan.seasons and plan.nature_wait >= LEAST_SWING:
        found.append(_nature_cause(plan, rules))
    return sorted(found, key=lambda cause: -cause.months)[:MOST_CAUSES]


def tell_threats(plan: BuildingPlan, rules: Rules) -> list[Cause]:
    """Return what nobody knows and may still hold the plan up, the worst first."""
    found = []
    for swing in plan.threats[:MOST_CAUSES]:
        question = rules.criterion(swing.key).criterion.vraag
        text = f"{swing.name} is nog onbekend. Valt het tegen, dan kost het {months_text(swing.later)}. De vraag: {question}"
        found.append(Cause(swing.key, _noun(swing.name), text, swing.later, ()))
    return found


def _cause(swing: Swing, rules: Rules) -> Cause:
    chosen = [choice for choice in rules.criterion(swing.key).version.keuzes if choice.label == swing.now]
    actions = tuple(name for choice in chosen for name in choice.acties)
    text = f"{swing.name}: {_noun(swing.now)}. Dat kost {months_text(swing.delay)}."
    return Cause(swing.key, _noun(swing.name), text, swing.delay, actions)


def _nature_cause(plan: BuildingPlan, rules: Rules) -> Cause:
    (active,) = [each for each in rules.criteria if any(choice.seizoenen for choice in each.version.keuzes)][:1]
    seasons = [season for season in rules.planning.seizoenen if season.id in plan.seasons]
    text = f"Dieren tellen. {tell_seasons(seasons)} Dat kost hier {months_text(plan.nature_wait)}."
    actions = tuple(action.id for action in rules.acties.values() if action.seizoenen)
    return Cause(active.id, "dieren tellen", text, plan.nature_wait, actions)


def tell_seasons(seasons: Sequence[Season]) -> str:
    """Return when what can be counted."""
    parts = []
    for season in seasons:
        windows = " en van ".join(f"{_day(window.van)} tot en met {_day(window.tot_en_met)}" for window in season.vensters)
        parts.append(f"{season.naam.lower()} van {windows}")
    if not parts:
        return ""
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} en {parts[-1]}"
    return f"Tellen kan alleen in het seizoen: {listed}. Wie dat mist, wacht op het volgende jaar."


def _day(text: str) -> str:
    number, day = (int(part) for part in text.split("-"))
    return f"{day} {MONTHS[number - 1]}"


def _noun(text: str) -> str:
    return f"{text[0].lower()}{text[1:]}"
