"""The plan in words: when the first tenant moves in, what holds it up, and what is not known yet. Plain Dutch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from quickscan.domain.planbook import Season
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.plans import BuildingPlan, Swing

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


def tell_plan(plan: BuildingPlan) -> str:
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
    worst = plan.delays[:1]
    if worst and worst[0].delay >= LEAST_TOLD:
        sentence += f" Grootste vertraging: {_named(worst[0])}, {months_text(worst[0].delay)}."
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
    """Return what holds the plan up, the worst first, each with the actions that its answer starts."""
    return [_cause(swing, plan, rules) for swing in plan.delays[:MOST_CAUSES]]


def tell_threats(plan: BuildingPlan, rules: Rules) -> list[Cause]:
    """Return what nobody knows and may still hold the plan up, the worst first."""
    found = []
    for swing in plan.threats[:MOST_CAUSES]:
        question = rules.criterion(swing.key).criterion.vraag
        text = f"{swing.name} is nog onbekend. Valt het tegen, dan kost het {months_text(swing.later)}. De vraag: {question}"
        found.append(Cause(swing.key, text, swing.later, ()))
    return found


def _cause(swing: Swing, plan: BuildingPlan, rules: Rules) -> Cause:
    active = rules.criterion(swing.key)
    chosen = [choice for choice in active.version.keuzes if choice.label == swing.now]
    actions = tuple(name for choice in chosen for name in choice.acties)
    cost = months_text(swing.delay)
    if swing.nature:
        seasons = [season for season in rules.planning.seizoenen if season.id in plan.seasons]
        known = (
            f"{swing.now[0].lower()}{swing.now[1:]}" if swing.known else "nog onbekend, daarom rekent de planning met onderzoek"
        )
        text = " ".join(part for part in (f"Natuur: {known}.", tell_seasons(seasons), f"Dat kost hier {cost}.") if part)
        return Cause(swing.key, text, swing.delay, actions or ("quickscan_natuur",))
    return Cause(swing.key, f"{swing.name}: {swing.now[0].lower()}{swing.now[1:]}. Dat kost {cost}.", swing.delay, actions)


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


def _named(swing: Swing) -> str:
    """Return a criterion as a noun in a sentence."""
    return "dieren tellen" if swing.nature else f"{swing.name[0].lower()}{swing.name[1:]}"
