"""The peer that most people would write first: a pydantic model per building, and plain Python per criterion.

It takes the facts as they are: no derivation, no homes, no measures. So it does less work than `score_buildings`, which
makes the comparison a mild one. Where a criterion needs a measure, only an answer counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from quickscan.domain.facts import FACTS, NUMBER_FACTS
from quickscan.domain.rules import ActiveCriterion, Choice, Rules
from quickscan.domain.scoring import score_buildings
from quickscan.domain.terms import ASPECTEN, Blokkade, Interventie


class Building(BaseModel):
    """One building: its facts and its answers."""

    model_config = ConfigDict(frozen=True)

    pand_id: str
    facts: dict[str, float | str]
    answers: dict[str, str]


class Outcome(BaseModel):
    """What scoring one building gives."""

    oordeel: str
    band: tuple[float, float, float]
    dekking: float
    aspects: dict[str, tuple[float, float, float]]
    blokkades: list[str]


def score(buildings: pd.DataFrame, rules: Rules) -> list[Outcome]:
    """Score the buildings one by one."""
    facts = [name for name in FACTS if name in buildings.columns and name != "pand_id"]
    criteria = [active for active in rules.criteria if Interventie.OPTOPPEN in active.criterion.interventies]
    limits = [
        rules.parameter(f"oordeel.{name}").likely
        for name in ("dekking_minimaal", "kansrijk_totaal", "kansrijk_aspect", "mits_totaal", "mits_aspect")
    ]
    outcomes = []
    for row in buildings.to_dict(orient="records"):
        known = {name: row[name] for name in facts if row[name] == row[name] and row[name] is not None}
        answers = {active.id: row[active.id] for active in criteria if isinstance(row[active.id], str)}
        building = Building(pand_id=row["pand_id"], facts=known, answers=answers)
        outcomes.append(_score_one(building, criteria, limits, rules))
    return outcomes


def _score_one(building: Building, criteria: list[ActiveCriterion], limits: list[float], rules: Rules) -> Outcome:
    sums: dict[str, list[float]] = {aspect: [0.0, 0.0, 0.0, 0.0, 0.0] for aspect in ASPECTEN}
    blockers, hard, soft = [], False, False
    for active in criteria:
        version, total = active.version, sums[active.criterion.aspect]
        choice = _find_choice(building, active)
        if choice is None:
            points = [k.punten for k in version.keuzes]
            band = (min(points), version.expected, max(points))
        else:
            band = (choice.punten, choice.punten, choice.punten)
            total[3] += version.gewicht
            hard |= choice.blokkade is Blokkade.HARD
            soft |= choice.blokkade is Blokkade.ZACHT
            if choice.blokkade is not Blokkade.GEEN:
                blockers.append(active.id)
        for place in range(3):
            total[place] += version.gewicht * band[place]
        total[4] += version.gewicht
    aspects = {name: (s[0] / s[4], s[1] / s[4], s[2] / s[4]) for name, s in sums.items()}
    share = {aspect: rules.aspectgewichten[aspect] / sum(rules.aspectgewichten.values()) for aspect in ASPECTEN}
    low, likely, high = (sum(aspects[aspect][k] * share[aspect] for aspect in ASPECTEN) for k in range(3))
    known = sum(sums[aspect][3] / sums[aspect][4] * share[aspect] for aspect in ASPECTEN) * 100
    weakest = min(aspect[1] for aspect in aspects.values())
    verdict = _judge((low, likely, high), known, weakest, hard=hard, soft=soft, limits=limits)
    return Outcome(oordeel=verdict, band=(low, likely, high), dekking=known, aspects=aspects, blokkades=blockers)


def _judge(band: tuple[float, float, float], known: float, weakest: float, *, hard: bool, soft: bool, limits: list[float]) -> str:
    coverage, good_total, good_aspect, fair_total, fair_aspect = limits
    if hard:
        return "nu niet"
    if known < coverage or (band[0] < fair_total and band[2] >= good_total):
        return "onvoldoende bekend"
    if band[1] >= good_total and weakest >= good_aspect and not soft:
        return "kansrijk"
    return "kansrijk, mits" if band[1] >= fair_total and weakest >= fair_aspect else "complex"


def _find_choice(building: Building, active: ActiveCriterion) -> Choice | None:
    answer = building.answers.get(active.id)
    if answer is not None:
        return active.choice(answer)
    value: Any = building.facts.get(active.criterion.feit or "")
    if value is None:
        return None
    for choice in active.version.keuzes:
        if isinstance(value, str):
            if value in choice.waarden:
                return choice
        elif choice.is_band and _in_band(value, choice):
            return choice
    return None


def _in_band(value: float, choice: Choice) -> bool:
    if choice.boven is not None or choice.tot_en_met is not None:
        return (choice.boven is None or value > choice.boven) and (choice.tot_en_met is None or value <= choice.tot_en_met)
    return (choice.vanaf is None or value >= choice.vanaf) and (choice.tot is None or value < choice.tot)


def require_same(buildings: pd.DataFrame, rules: Rules) -> None:
    """Raise when the loop differs from the tool on buildings where nothing is left to derive or measure."""
    answered = buildings.copy()
    for active in rules.criteria:
        if active.criterion.meting is not None or active.criterion.feit in NUMBER_FACTS:
            answered[active.id] = answered[active.id].fillna(active.codes[0])
    ours, theirs = score_buildings(answered, rules), score(answered, rules)
    if not np.allclose(ours["score"].to_numpy(), [outcome.band[1] for outcome in theirs]):
        raise AssertionError("the loop differs from score_buildings in score")
    if ours["oordeel"].astype(str).tolist() != [outcome.oordeel for outcome in theirs]:
        raise AssertionError("the loop differs from score_buildings in oordeel")
