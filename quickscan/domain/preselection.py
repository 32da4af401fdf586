"""What registers alone can say, before anybody has answered anything.

`buiten bereik` is not a bad score but no score: not in use, no homes, too small. `valt af` is a register fact that
rules a building out. What is left is `in beeld` or `twijfel`, by the score over the register criteria alone, and is
ranked by expected homes: the likely number times that score. Source: method section 4, Voorselectie.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Bools, Codes, Columns, Floats, Output
from quickscan.domain.derive import derive_facts
from quickscan.domain.measures import MEASURES
from quickscan.domain.rules import PreselectionRule, Rules
from quickscan.domain.scoring import HIGH, KNOWN, LIKELY, LOW, Situation, applicable_tables, look_at
from quickscan.domain.terms import VOORSELECTIES, Interventie, Voorselectie

PRESELECTION_COLUMNS: tuple[str, ...] = (
    "voorselectie",
    "reden",
    "voorselectie_score_laag",
    "voorselectie_score",
    "voorselectie_score_hoog",
    "voorselectie_dekking",
    "verwachte_woningen",
)
_PLACE = {outcome: place for place, outcome in enumerate(VOORSELECTIES)}
_ESTIMATED = frozenset({"lagen", "woningen"})  # numbers that are only there after the homes were estimated


def reach(columns: Columns, rules: Rules) -> tuple[Bools, pd.Categorical]:
    """Return which buildings of a chunk are in reach, and why the others are not.

    It needs a small part of the work of scoring, and of a country's buildings it leaves one in thirty.
    """
    measures = [MEASURES[rule.meting] for rule in rules.voorselectie if rule.meting]
    if any(_ESTIMATED & {*measure.inputs} for measure in measures):
        look_at(columns, rules)
    else:
        derive_facts(columns, rules)
    _add_measures(columns, rules)
    outcome, reason = _rule_outcomes(columns, rules)
    return outcome != _PLACE[Voorselectie.BUITEN_BEREIK], reason


def preselect(situation: Situation, rules: Rules) -> dict[str, Output]:
    """Return PRESELECTION_COLUMNS for one chunk; scores and homes are NaN for what is out of reach."""
    band = _register_band(situation, rules)
    _add_measures(situation.columns, rules)
    outcome, reason = _rule_outcomes(situation.columns, rules)
    open_ = outcome < 0
    homes = situation.dwellings.optoppen
    good = (
        (band[:, LIKELY] >= rules.parameter("voorselectie.in_beeld_score").likely)
        & (band[:, KNOWN] * 100 >= rules.parameter("voorselectie.dekking_minimaal").likely)
        & (homes[1] > 0)
    )
    outcome[open_] = np.where(good, _PLACE[Voorselectie.IN_BEELD], _PLACE[Voorselectie.TWIJFEL])[open_]
    if open_.any():
        reason = merge_where(open_, _explain(situation, rules, good), reason)
    in_reach = outcome != _PLACE[Voorselectie.BUITEN_BEREIK]
    band[~in_reach] = np.nan
    # Unrounded, so that small blocks of one stairwell each do not all rank alike.
    expected = np.where(open_, situation.dwellings.unrounded * band[:, LIKELY] / 100, np.nan)
    return {
        "voorselectie": pd.Categorical.from_codes(outcome, categories=[str(outcome) for outcome in VOORSELECTIES]),
        "reden": reason,
        "voorselectie_score_laag": band[:, LOW],
        "voorselectie_score": band[:, LIKELY],
        "voorselectie_score_hoog": band[:, HIGH],
        "voorselectie_dekking": band[:, KNOWN] * 100,
        "verwachte_woningen": expected,
    }


def rank(expected: Floats, score: Floats, pand_ids: pd.Series) -> Floats:
    """Return 1 for the most expected homes; NaN stays unranked. Ties go by score, then by pand_id, never by row order."""
    ranked = np.flatnonzero(~np.isnan(expected))
    ids = pand_ids.iloc[ranked]
    names = ids.to_numpy() if pd.api.types.is_integer_dtype(ids.dtype) else ids.to_numpy(dtype=str)
    if not (names[1:] >= names[:-1]).all():  # registers come in order of their ids
        ranked = ranked[np.argsort(names, kind="stable")]
    # Homes and scores have few different values, so their places among those are small whole numbers, quick to sort.
    homes, _ = pd.factorize(-expected[ranked], sort=True)
    scores, different = pd.factorize(-np.nan_to_num(score[ranked]), sort=True)
    ranked = ranked[np.argsort(homes * len(different) + scores, kind="stable")]
    places = np.full(len(expected), np.nan)
    places[ranked] = np.arange(1, len(ranked) + 1)
    return places


def _register_band(situation: Situation, rules: Rules) -> npt.NDArray[np.float64]:
    total = np.zeros((situation.columns.size, 4))
    weight = 0.0
    for table in applicable_tables(rules, Interventie.OPTOPPEN):
        if table.active.criterion.voorselectie:
            total += table.weighted[situation.places[table.active.id]]
            weight += table.weight
    return total / (weight or np.nan)


def _add_measures(columns: Columns, rules: Rules) -> None:
    for name in {rule.meting for rule in rules.voorselectie if rule.meting}:
        measure = MEASURES[name]
        columns.set_number(name, measure.compute({fact: columns.number(fact) for fact in measure.inputs}, rules))


def merge_where(chosen: Bools, these: pd.Categorical, others: pd.Categorical) -> pd.Categorical:
    """Return these where chosen and the others elsewhere; both have a text for every building."""
    places: dict[str, int] = {}
    first = np.array([places.setdefault(text, len(places)) for text in these.categories], dtype=np.int32)
    second = np.array([places.setdefault(text, len(places)) for text in others.categories], dtype=np.int32)
    codes = np.where(chosen, first[these.codes], second[others.codes])
    return pd.Categorical.from_codes(codes, categories=list(places))


def _rule_outcomes(columns: Columns, rules: Rules) -> tuple[Codes, pd.Categorical]:
    """Return the place of the outcome (-1: no rule holds) and the reason ("" then)."""
    outcome = np.full(columns.size, -1, dtype=np.int8)
    reason = np.zeros(columns.size, dtype=np.int32)
    texts = {"": 0}
    for rule in rules.voorselectie:
        met = rule_holds(columns, rule) & (outcome < 0)
        if met.any():
            outcome[met] = _PLACE[rule.uitkomst]
            which, filled = _fill_in(columns, rule, met)
            places = np.array([texts.setdefault(text, len(texts)) for text in filled], dtype=np.int32)
            reason[met] = places[which]
    return outcome, pd.Categorical.from_codes(reason, categories=list(texts))


def rule_holds(columns: Columns, rule: PreselectionRule) -> Bools:
    """Return for which buildings a preselection rule is met."""
    name = rule.feit or rule.meting or ""
    if rule.onder is not None or rule.boven is not None:
        values = columns.number(name)
        with np.errstate(invalid="ignore"):
            held = np.zeros(columns.size, dtype=bool)
            held |= values < rule.onder if rule.onder is not None else False
            held |= values > rule.boven if rule.boven is not None else False
        return held | (np.isnan(values) & rule.telt_als_onbekend)
    known = columns.text(name).notna().to_numpy()
    if rule.zonder:
        held = ~columns.text(name).str.contains(rule.zonder, regex=False, na=False).to_numpy(dtype=bool) & known
    elif rule.is_een_van:
        held, _ = columns.matches(name, rule.is_een_van)
    else:
        held = ~columns.matches(name, rule.is_geen_van)[0] & known
    return held | (~known & rule.telt_als_onbekend)


def _fill_in(columns: Columns, rule: PreselectionRule, met: Bools) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return for each building that meets the rule which text is its reason, and the texts: one per different value."""
    if "{waarde}" not in rule.reden:
        return np.zeros(np.count_nonzero(met), dtype=np.intp), [rule.reden]
    name = rule.feit or ""
    if rule.onder is not None or rule.boven is not None:
        which, values = pd.factorize(columns.number(name)[met])
        shown = [_show_number(value) for value in values]
    else:
        which, values = pd.factorize(columns.text(name)[met])
        shown = [str(value) for value in values]
    return which, [rule.reden.replace("{waarde}", value) for value in (*shown, "onbekend")]  # -1, unknown, is the last


def _show_number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _explain(situation: Situation, rules: Rules, good: Bools) -> pd.Categorical:
    """Return a sentence on what counts for and against, made once per combination of choices."""
    tables = [table for table in applicable_tables(rules, Interventie.OPTOPPEN) if table.active.criterion.voorselectie]
    key = good.astype(np.int64)
    for table in tables:
        key = key * (table.unknown + 1) + situation.places[table.active.id]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    sentences = []
    for row in first:
        strong: list[str] = []
        weak: list[str] = []
        unknown: list[str] = []
        for table in tables:
            place = int(situation.places[table.active.id][row])
            if place == table.unknown:
                unknown.append(table.active.criterion.naam.lower())
                continue
            text = f"{table.active.criterion.naam.lower()} ({table.active.version.keuzes[place].label})"
            (strong if table.points[place, LIKELY] >= table.points[table.unknown, LIKELY] else weak).append(text)
        listed = (("Gunstig", strong), ("Ongunstig", weak), ("Nog onbekend", unknown))
        parts = [f"{label}: {', '.join(items)}." for label, items in listed if items]
        sentences.append(" ".join(parts))
    codes, texts = pd.factorize(np.array(sentences, dtype=object))  # two combinations may read the same
    return pd.Categorical.from_codes(codes[inverse], categories=texts)
