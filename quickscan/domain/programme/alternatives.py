"""Which buildings that are not planned yet can fill a gap best, and why.

A candidate is in beeld or twijfel, has room for homes, is in no project and has no verdict "nu niet". The order says what is
best: first who can be ready in time, then what registers and the scan say of it, then whether it is of the family of a project
that runs already, then the homes to expect. From that order as many are taken as the gap needs, and whoever turns out not to
be needed is let go again. When a building can be ready follows from the usual pace of the rulebook; where the verdict is good
the feasibility counts as done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.programme.curve import Gap
from quickscan.domain.programme.plan import Milestone, Plan, plan_from
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Oordeel, Voorselectie

_VERDICTS: Mapping[str, int] = {
    str(Oordeel.KANSRIJK): 0,
    str(Oordeel.KANSRIJK_MITS): 1,
    str(Oordeel.ONVOLDOENDE): 2,
    str(Oordeel.COMPLEX): 3,
}
FEASIBLE = frozenset({str(Oordeel.KANSRIJK), str(Oordeel.KANSRIJK_MITS)})


@dataclass(frozen=True)
class Alternatives:
    """The candidates in order. `table` adds to pand_id, naam, oordeel, voorselectie and the three numbers of homes: `klaar`
    (Quarter), `op_tijd`, `familie` (the name of a running project of the same family, or "") and `gekozen`."""

    table: pd.DataFrame
    gap: Gap

    @property
    def chosen(self) -> pd.DataFrame:
        found: pd.DataFrame = self.table[self.table["gekozen"]]
        return found

    @property
    def fills(self) -> float:
        """The likely homes of what was chosen."""
        return float(self.chosen["woningen"].sum())


def find_alternatives(
    screened: pd.DataFrame,
    plan: Plan,
    gap: Gap,
    now: Quarter,
    rules: Rules,
    *,
    families: npt.NDArray[np.intp] | None = None,
) -> Alternatives:
    """Return the candidates for a gap; `families` is per row of `screened` the family, -1 for none."""
    taken = {pand_id for project in plan.active for pand_id in project.pand_ids}
    outcome, verdict = screened["voorselectie"].astype("object"), screened["oordeel"].astype("object")
    open_ = outcome.isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)])
    fit = open_ & (screened["woningen"] >= 1) & verdict.isin(list(_VERDICTS)) & ~screened["pand_id"].isin(taken)
    columns = ["pand_id", "naam", "oordeel", "voorselectie", "woningen_laag", "woningen", "woningen_hoog", "verwachte_woningen"]
    table = screened.loc[fit, columns].copy()
    verdict = table["oordeel"].astype("object")
    slow, quick = _ready(now, rules, None), _ready(now, rules, Milestone.HAALBAAR)
    feasible = verdict.isin(FEASIBLE).to_numpy(dtype=bool)
    table["klaar"] = [quick if is_feasible else slow for is_feasible in feasible]
    in_time = np.where(feasible, quick <= gap.quarter, slow <= gap.quarter)
    table["op_tijd"] = in_time
    table["familie"] = _kin(screened, plan, families, fit.to_numpy(dtype=bool))
    order = np.lexsort(
        (
            table["pand_id"].to_numpy(dtype=str),
            -table["verwachte_woningen"].fillna(0).to_numpy(dtype=float),
            (table["familie"] == "").to_numpy(dtype=bool),
            verdict.map(_VERDICTS).to_numpy(dtype=int),
            (table["voorselectie"].astype("object") != str(Voorselectie.IN_BEELD)).to_numpy(dtype=bool),
            ~in_time,
        )
    )
    table = table.iloc[order].reset_index(drop=True)
    table["gekozen"] = take_enough(table["woningen"].to_numpy(dtype=float), gap.homes)
    return Alternatives(table, gap)


def _ready(now: Quarter, rules: Rules, reached: Milestone | None) -> Quarter:
    quarter = plan_from(now, rules, reached=reached)[Milestone.OPLEVERING].planned
    assert quarter is not None  # noqa: S101 - plan_from plans them all
    return quarter


def _kin(screened: pd.DataFrame, plan: Plan, families: npt.NDArray[np.intp] | None, fit: npt.NDArray[np.bool_]) -> list[str]:
    """Return per candidate the name of the first running project with a building of its family."""
    if families is None:
        return [""] * int(fit.sum())
    place = dict(zip(screened["pand_id"], families.tolist(), strict=True))
    names: dict[int, str] = {}
    for project in plan.active:
        for family in {place.get(pand_id, -1) for pand_id in project.pand_ids} - {-1}:
            names.setdefault(family, project.name)
    return [names.get(family, "") for family in families[fit].tolist()]


def take_enough(homes: npt.NDArray[np.float64], need: float) -> npt.NDArray[np.bool_]:
    """Return what to take, in this order, to have at least `need`; nothing is taken that is not needed."""
    before = np.cumsum(homes) - homes
    taken = before < need
    spare = float(homes[taken].sum()) - need
    for place in np.flatnonzero(taken)[::-1]:
        if homes[place] <= spare:
            taken[place] = False
            spare -= float(homes[place])
    return taken
