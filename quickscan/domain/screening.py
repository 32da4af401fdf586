"""The whole quick scan as one frame in, one frame out: what the command `screen` writes and the portfolio page shows.

Most buildings of a country are out of reach, and what is out of reach has no score, no homes and no verdict. So reach
is settled first for all, and only what is in reach is scored. `screen_reached` keeps it in that short form, for files
that are too large to spread out in memory; `screen_buildings` spreads it over all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Columns, Output
from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.preselection import PRESELECTION_COLUMNS, merge_where, preselect, rank, reach
from quickscan.domain.questions import next_questions
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import CHUNK, SCORE_COLUMNS, join_parts, look_at, score_situation
from quickscan.domain.terms import VOORSELECTIES, Interventie, Voorselectie

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
REACH = 4  # settling reach takes few arrays, so its chunks may be this many times as large


@dataclass(frozen=True, slots=True)
class Screened:
    """The outcome in short form: of every building the voorselectie and the reason, of those in reach all the rest.

    `places` are the rows in reach; `reached` has a row for each of them and every column of SCREEN_COLUMNS that says
    something about one building alone (so no `rang`).
    """

    voorselectie: pd.Categorical
    reden: pd.Categorical
    places: npt.NDArray[np.intp]
    reached: pd.DataFrame


def screen_reached(
    buildings: pd.DataFrame,
    rules: Rules,
    *,
    interventie: Interventie = Interventie.OPTOPPEN,
    questions: bool = True,
    chunk: int = CHUNK,
) -> Screened:
    """Settle which buildings are in reach, and score those."""
    settled = [reach(columns, rules) for columns in Columns.chunks(buildings, chunk * REACH)]
    inside = np.concatenate([inside for inside, _ in settled])
    reasons = join_parts([reason for _, reason in settled])
    assert isinstance(reasons, pd.Categorical)  # noqa: S101 - for mypy
    places = np.flatnonzero(inside)
    within = buildings if inside.all() else buildings.iloc[places]
    reached = _score(within, rules, interventie, questions=questions, chunk=chunk)
    outcome = np.full(len(buildings), VOORSELECTIES.index(Voorselectie.BUITEN_BEREIK), dtype=np.int8)
    outcome[places] = reached["voorselectie"].cat.codes
    why = pd.Categorical.from_codes(np.zeros(len(buildings), dtype=np.int32), categories=[""])
    if len(places):
        codes = np.zeros(len(buildings), dtype=np.int32)
        codes[places] = reached["reden"].cat.codes
        why = pd.Categorical.from_codes(codes, categories=reached["reden"].cat.categories)
    return Screened(
        voorselectie=pd.Categorical.from_codes(outcome, categories=[str(outcome) for outcome in VOORSELECTIES]),
        reden=merge_where(inside, why, reasons),
        places=places,
        reached=reached.drop(columns=["voorselectie", "reden"]),
    )


def _score(buildings: pd.DataFrame, rules: Rules, interventie: Interventie, *, questions: bool, chunk: int) -> pd.DataFrame:
    parts = []
    for columns in Columns.chunks(buildings, chunk):
        situation = look_at(columns, rules)
        part = {**score_situation(situation, rules, interventie), **dwelling_columns(situation.dwellings)}
        part |= preselect(situation, rules)
        asked = np.full(columns.size, questions)
        part["volgende_vraag"] = next_questions(situation, rules, interventie, rows=asked)
        parts.append(part)
    joined = {name: join_parts([part[name] for part in parts]) for name in parts[0]}
    return pd.DataFrame({"pand_id": buildings["pand_id"].to_numpy(), **joined}, copy=False)


def screen_buildings(
    buildings: pd.DataFrame,
    rules: Rules,
    *,
    interventie: Interventie = Interventie.OPTOPPEN,
    questions: bool = True,
    chunk: int = CHUNK,
) -> pd.DataFrame:
    """Return SCREEN_COLUMNS for every building on its index. What is out of reach has no score, no homes, no verdict."""
    screened = screen_reached(buildings, rules, interventie=interventie, questions=questions, chunk=chunk)
    reached, places, size = screened.reached, screened.places, len(buildings)
    ranked = rank(reached["verwachte_woningen"].to_numpy(), reached["voorselectie_score"].to_numpy(), reached["pand_id"])
    columns: dict[str, object] = {
        "pand_id": buildings["pand_id"].to_numpy(),
        "voorselectie": screened.voorselectie,
        "reden": np.asarray(screened.reden, dtype=object),
        "rang": spread(ranked, places, size),
        "normenset": rules.fingerprint,
        "peildatum": rules.day.isoformat(),
    }
    for name in SCREEN_COLUMNS:
        if name not in columns:
            columns[name] = spread(reached[name].array, places, size)
    return pd.DataFrame({name: columns[name] for name in SCREEN_COLUMNS}, index=buildings.index)


def join_screened(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return what `screen_buildings` gives for all rows together, from what it gave for consecutive parts of them."""
    if len(parts) == 1:
        return parts[0]
    index = parts[0].index.append([part.index for part in parts[1:]])
    joined = pd.DataFrame({name: join_parts([_take(part[name]) for part in parts]) for name in SCREEN_COLUMNS}, index=index)
    places = np.flatnonzero((joined["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)).to_numpy(dtype=bool))
    reached = joined.iloc[places]
    ranked = rank(reached["verwachte_woningen"].to_numpy(), reached["voorselectie_score"].to_numpy(), reached["pand_id"])
    return joined.assign(rang=spread(ranked, places, len(joined)))


def _take(values: pd.Series) -> Output:
    return values.array if isinstance(values.array, pd.Categorical) else values.to_numpy()


def spread(values: Output | pd.api.extensions.ExtensionArray, places: npt.NDArray[np.intp], size: int) -> Output:
    """Return an array of `size` with the values at their places; elsewhere a number or choice is missing, a text ""."""
    if isinstance(values, pd.Categorical):
        codes = np.full(size, -1, dtype=values.codes.dtype)
        codes[places] = values.codes
        return pd.Categorical.from_codes(codes, dtype=values.dtype)
    array = np.asarray(values)
    spread_out = np.full(size, "", dtype=object) if array.dtype == object else np.full(size, np.nan)
    spread_out[places] = array
    return spread_out
