"""The money of a whole workspace: every building with new homes, or complex with a case, as one row.

A building with a leading case counts with its numbers; the others with the scan's homes and the usual numbers, without
delay. The panden of a complex with a leading case are one row, under the pand_id of the first of them; a pand with a leading
case of its own stays out of it. All without subsidy: what is short is what a subsidy or somebody has to bring.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from quickscan.domain.finance.case import MANY_COLUMNS, run_many
from quickscan.domain.finance.complexes import is_complex
from quickscan.domain.finance.filling import fill_case, sections_of
from quickscan.domain.finance.inputs import INPUTS, SHARING
from quickscan.domain.rules import Rules
from quickscan.services.finance import Finance

MANY_DRAWS = 2_000_000  # buildings × draws in a portfolio: about a second
FEWEST_DRAWS = 1_000  # per building, also when there are many: enough for a chance in whole percents


def work_out_all(
    finance: Finance, workspace_id: str, screened: pd.DataFrame, rules: Rules, *, draws: int | None = None
) -> pd.DataFrame:
    """Return pand_id, naam, oordeel, `eigen_case`, `tekort_eur` and MANY_COLUMNS; see above."""
    table = screened[screened["woningen"].fillna(0) >= 1].reset_index(drop=True)
    frame = _from_scan(table)
    segments, alone, mine = ["sociaal"] * len(table), np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    names, gone = table["naam"].astype(object).tolist(), np.zeros(len(table), dtype=bool)
    place_of = {pand_id: place for place, pand_id in enumerate(table["pand_id"])}
    own = finance.own_values(workspace_id)
    cases = list(finance.leading(workspace_id, rules))
    apart = {saved.pand_id for saved, _ in cases}
    for saved, subject in cases:
        places = [place_of[pand_id] for pand_id in subject.members if pand_id in place_of]
        if is_complex(saved.pand_id):
            places = [place for place in places if table["pand_id"].iloc[place] not in apart]
        case = finance.read_leading(saved, subject, rules)
        if case is None or not places:
            continue
        place = places[0]
        gone[places[1:]] = True
        mine[place], segments[place], alone[place] = True, case.segment, case.sharing != SHARING[0]
        if is_complex(saved.pand_id):
            names[place] = f"{subject.name[0].upper()}{subject.name[1:]} ({len(subject.members)} gebouwen)"
        filled, sections = fill_case(case, rules, workspace=own), sections_of(case)
        for key, spec in INPUTS.items():
            if key in case.numbers or spec.section in sections:
                frame.loc[place, key] = float(filled[key].reshape(-1)[0])
    found = pd.DataFrame(index=table.index, columns=list(MANY_COLUMNS), dtype=float)
    for sharing, rows in ((SHARING[0], ~alone), (SHARING[1], alone)):
        places = [int(place) for place in np.flatnonzero(rows)]
        if places:
            found.iloc[places] = run_many(
                frame.iloc[places],
                rules,
                workspace=own,
                segments=[segments[place] for place in places],
                sharing=sharing,
                draws=_draws_for(len(table), rules) if draws is None else draws,
                keys=places,
            ).to_numpy()
    named = table[["pand_id", "oordeel"]].assign(
        naam=names, eigen_case=mine, tekort_eur=np.maximum(-found["ncw_totaal_eur"], 0.0)
    )
    whole: pd.DataFrame = pd.concat([named, found], axis=1)[~gone].reset_index(drop=True)
    return whole


def _from_scan(table: pd.DataFrame) -> pd.DataFrame:
    homes = {
        "woning.aantal": table["woningen"].round(),
        "woning.aantal_laag": table["woningen_laag"].clip(lower=1).round(),
        "woning.aantal_hoog": table["woningen_hoog"].round(),
        "bestaand.aantal_woningen": table["aantal_woningen"].where(table["aantal_woningen"] > 0),
    }
    frame = pd.DataFrame(homes).astype(float)
    frame["woning.aantal_laag"] = frame[["woning.aantal_laag", "woning.aantal"]].min(axis=1)
    frame["woning.aantal_hoog"] = frame[["woning.aantal_hoog", "woning.aantal"]].max(axis=1)
    return frame


def _draws_for(buildings: int, rules: Rules) -> int:
    return int(min(max(MANY_DRAWS / buildings, FEWEST_DRAWS), rules.parameter("onzekerheid.trekkingen").likely))
