"""Answers of the fictional duo, chosen by points so that they hold whatever the rulebook calls its choices.

A `Dossier` says how a conversation about one building went: its mood, how far the duo came, and what blocks. An answer
never contradicts a fact that is known: such a criterion is skipped, or only what a fact cannot say is left to choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from quickscan.demo.dice import draw
from quickscan.demo.notes import NOTES
from quickscan.domain.facts import FACTS
from quickscan.domain.measures import MEASURES
from quickscan.domain.rules import ActiveCriterion, Choice, Rules
from quickscan.domain.terms import Blokkade, Interventie

ANSWER_COLUMNS = ("pand_id", "criterion", "choice", "note")
COMPUTED = frozenset({"lagen", "woningen"})  # inputs of measures that the tool reckons itself


class Mood(StrEnum):
    GOED = "goed"
    GEMENGD = "gemengd"
    LASTIG = "lastig"


# Up to the first number the best choice, up to the second one in the middle, above it the worst that does not block.
_CHANCES = {Mood.GOED: (0.80, 1.0), Mood.GEMENGD: (0.24, 0.76), Mood.LASTIG: (0.0, 0.25)}


@dataclass(frozen=True, slots=True)
class Dossier:
    """How the conversation about one building went. `share` is the part of the questions that got an answer."""

    mood: Mood
    share: float
    blocked: Mapping[str, Blokkade] = field(default_factory=dict)


DOSSIERS: Mapping[str, Dossier] = {
    "De Reiger": Dossier(Mood.GOED, 0.95),
    "Rietlanden A": Dossier(Mood.GOED, 0.93),
    "Waterlandplein C": Dossier(Mood.GOED, 0.94),
    "Tulpenhof A": Dossier(Mood.GEMENGD, 0.94),
    "De Aalscholver": Dossier(Mood.GOED, 0.92, {"pla.bouwhoogte": Blokkade.HARD}),
    "Salviahof A": Dossier(Mood.LASTIG, 0.95, {"bou.draagkracht": Blokkade.ZACHT}),
    "De Kievit": Dossier(Mood.GEMENGD, 0.72),
    "De Fuut": Dossier(Mood.GEMENGD, 0.62),
    "De Wulp": Dossier(Mood.LASTIG, 0.86, {"pla.eigendom": Blokkade.ZACHT}),
    "Spreeuwhof A": Dossier(Mood.GEMENGD, 0.66),
    "Tijmhof A": Dossier(Mood.GEMENGD, 0.68),
    "Merelhof A": Dossier(Mood.LASTIG, 0.60),
    "De Karekiet": Dossier(Mood.GOED, 0.70),
    "Irishof A": Dossier(Mood.GEMENGD, 0.55),
    "Anjerhof A": Dossier(Mood.LASTIG, 0.62),
    "Leliehof A": Dossier(Mood.GEMENGD, 0.35),
    "De Wilg": Dossier(Mood.GEMENGD, 0.40),
    "Bieslookhof A": Dossier(Mood.GEMENGD, 0.20),
    "Kervelhof D": Dossier(Mood.GEMENGD, 0.25),
    "Zwanentorens A": Dossier(Mood.LASTIG, 0.30),
    "De Oeverzwaluw": Dossier(Mood.GOED, 0.30),
}


def make_answers(buildings: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return ANSWER_COLUMNS for the buildings with a dossier; the same rules and buildings give the same answers."""
    rows: list[tuple[str, str, str, str]] = []
    told: set[tuple[str, bool]] = set()
    places = {name: place for place, name in enumerate(buildings["naam"]) if isinstance(name, str)}
    for name, dossier in DOSSIERS.items():
        if name not in places:
            continue
        building = buildings.iloc[places[name]].to_dict()
        for active in rules.criteria:
            options = _open_choices(active, building)
            blocking = _blocking(active, dossier)
            if blocking is None and (not options or draw("gevraagd", name, active.id) >= dossier.share):
                continue
            choice = blocking or _choose(options, dossier.mood, name, active.id)
            rows.append((str(building["pand_id"]), active.id, choice.code, _note(active, choice, told)))
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS)).astype("str")


def _blocking(active: ActiveCriterion, dossier: Dossier) -> Choice | None:
    wanted = dossier.blocked.get(active.id)
    return next((choice for choice in active.version.keuzes if wanted and choice.blokkade is wanted), None)


def _open_choices(active: ActiveCriterion, building: Mapping[str, object]) -> list[Choice]:
    """Return what a person may still say, best first; empty when facts answer the question or it does not apply."""
    if not _applies(active, building):
        return []
    choices = [choice for choice in active.version.keuzes if choice.blokkade is Blokkade.GEEN]
    fact, measure = active.criterion.feit, active.criterion.meting
    if measure is not None:
        inputs = set(MEASURES[measure].inputs) - COMPUTED
        if all(_known(building.get(name)) for name in inputs):
            return []
    elif fact is not None and _known(building.get(fact)):
        spec, value = FACTS[fact], building[fact]
        if (spec.is_number and active.version.has_bands) or any(value in choice.waarden for choice in active.version.keuzes):
            return []
        choices = [choice for choice in choices if not choice.is_band and not choice.waarden]
    # Of two choices with the same points the later one is the less exceptional: it stands further from a fact.
    order = sorted(range(len(choices)), key=lambda place: (-choices[place].punten, -place))
    return _plausible(active.id, [choices[place] for place in order], building)


def _applies(active: ActiveCriterion, building: Mapping[str, object]) -> bool:
    wanted = active.criterion.interventies
    if Interventie.OPTOPPEN in wanted:
        return True
    heads, plinth = building.get("vrije_kopgevels"), building.get("plint_m2")
    return (Interventie.AANPLAKKEN in wanted and _positive(heads)) or (Interventie.UITPLINTEN in wanted and _positive(plinth))


def _plausible(criterion: str, ordered: list[Choice], building: Mapping[str, object]) -> list[Choice]:
    """Leave out what everyone can see is not so: no lift to extend, no high floor, no bad label to improve."""
    best, worst = slice(1, None), slice(None, -1)
    if criterion == "bou.lift":
        ordered = ordered[best] if building.get("lift") != "ja" else ordered
        return ordered[worst] if building.get("bouwlagen") in (3.0, 4.0) else ordered
    if criterion == "bou.energie" and building.get("energielabel") not in ("D", "E", "F", "G"):
        return ordered[best]
    return ordered


def _choose(options: Sequence[Choice], mood: Mood, name: str, criterion: str) -> Choice:
    chance = draw("antwoord", name, criterion)
    best, middle = _CHANCES[mood]
    if chance < best or len(options) == 1:
        return options[0]
    if chance < middle:
        return options[min(1, len(options) - 1)] if mood is Mood.GOED else options[len(options) // 2]
    return options[-1]


def _note(active: ActiveCriterion, choice: Choice, told: set[tuple[str, bool]]) -> str:
    """Return a note that fits the best or the worst choice, each told once."""
    points = [other.punten for other in active.version.keuzes if other.blokkade is Blokkade.GEEN]
    for good, end in ((True, max(points, default=100.0)), (False, min(points, default=0.0))):
        fits = choice.punten == end or (not good and choice.blokkade is not Blokkade.GEEN)
        text = NOTES.get((active.id, good))
        if fits and text and (active.id, good) not in told:
            told.add((active.id, good))
            return text
    return ""


def _known(value: object) -> bool:
    return value is not None and not bool(pd.isna(value))


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
