"""The whole quick scan as one frame in, one frame out: what the command `screen` writes and the portfolio page shows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from quickscan.domain.columns import Columns
from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.preselection import PRESELECTION_COLUMNS, preselect, rank
from quickscan.domain.questions import next_questions
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import CHUNK, SCORE_COLUMNS, join_parts, look_at, score_situation
from quickscan.domain.terms import Interventie, Voorselectie

HOMES_COLUMNS: tuple[str, ...] = (
    "woningen_laag",
    "woningen",
    "woningen_hoog",
    "woningen_route",
    "lagen_laag",
    "lagen",
    "lagen_hoog",
    "woningen_verhouding",
    "aanplakken_laag",
    "aanplakken",
    "aanplakken_hoog",
    "uitplinten_laag",
    "uitplinten",
    "uitplinten_hoog",
)
SCREEN_COLUMNS: tuple[str, ...] = (
    "pand_id",
    *PRESELECTION_COLUMNS[:2],
    "rang",
    *SCORE_COLUMNS,
    *HOMES_COLUMNS,
    "volgende_vraag",
    *PRESELECTION_COLUMNS[2:],
    "normenset",
    "peildatum",
)
_TEXTS_OUT_OF_REACH = ("oordeel", "zwakste_aspect", "blokkades", "woningen_route")


def screen_buildings(
    buildings: pd.DataFrame,
    rules: Rules,
    *,
    interventie: Interventie = Interventie.OPTOPPEN,
    questions: bool = True,
    chunk: int = CHUNK,
) -> pd.DataFrame:
    """Return SCREEN_COLUMNS for every building on its index. What is out of reach has no score, no homes, no verdict."""
    parts = []
    for columns in Columns.chunks(buildings, chunk):
        situation = look_at(columns, rules)
        part = {**score_situation(situation, rules, interventie), **dwelling_columns(situation.dwellings)}
        part |= preselect(situation, rules)
        in_reach = np.asarray(part["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)) & questions
        part["volgende_vraag"] = next_questions(situation, rules, interventie, rows=in_reach)
        parts.append(part)
    joined = {name: join_parts([part[name] for part in parts]) for name in parts[0]}
    out = pd.DataFrame(joined, index=buildings.index)
    out["pand_id"] = buildings["pand_id"].to_numpy()
    return _finish(out, rules)


def _finish(out: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    beyond = (out["voorselectie"] == str(Voorselectie.BUITEN_BEREIK)).to_numpy()
    numbers = [name for name in (*SCORE_COLUMNS, *HOMES_COLUMNS) if name not in _TEXTS_OUT_OF_REACH]
    cleared = {name: out[name].mask(beyond) for name in (*numbers, *_TEXTS_OUT_OF_REACH)}
    out = out.assign(**cleared)
    ranked = rank(out["verwachte_woningen"].to_numpy(), out["voorselectie_score"].to_numpy(), out["pand_id"])
    out = out.assign(rang=ranked, normenset=rules.fingerprint, peildatum=rules.day.isoformat())
    result: pd.DataFrame = out[list(SCREEN_COLUMNS)]
    return result
