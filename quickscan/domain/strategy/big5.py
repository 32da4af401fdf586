"""Five routes side by side, per complex: how many homes each gives, and what speaks for and against it.

A *complex* is the buildings with one complex_code; a building without a code stands alone. Homes are laag, waarschijnlijk and
hoog, added up over its buildings, so the ends of a complex are wider than chance would make them. Optoppen and ondertoppen
come from the scan; splitsen, woningdelen and sloop-nieuwbouw are reckoned from what stands there with a few numbers of the
rulebook, nearly all of them aannames. Sloop-nieuwbouw counts what comes back beyond what goes; woningdelen gives places to
live (*plekken*), which are no homes. Routes are alternatives or go together; they are never added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Bools, Columns, Floats
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import Situation, look_at
from quickscan.domain.strategy.book import HOLDS, UNKNOWN, Argument, Check, Outcomes, Route, StrategyBook, judge
from quickscan.domain.strategy.families import measure_depth
from quickscan.domain.terms import Voorselectie

ROUTES: tuple[Route, ...] = tuple(Route)
MAISONNETTE = "maisonnette"
Trio = npt.NDArray[np.float64]  # shape (3, buildings): laag, waarschijnlijk, hoog


@dataclass(frozen=True, slots=True)
class Reason:
    """An argument for one complex, and in how many of its buildings it holds."""

    argument: Argument
    buildings: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A check for one complex: in how many buildings it is favourable, worth attention, and unknown."""

    check: Check
    favourable: int
    attention: int
    unknown: int


@dataclass(frozen=True)
class Complexes:
    """All complexes in reach. `table` has a row per complex, the most homes by optoppen first.

    Its columns: sleutel, naam, code, buurt, gebouwen, open, woningen_nu, and per route `{route}_laag`, `{route}` and
    `{route}_hoog` (NaN: none of its buildings says enough) and `{route}_onbekend`, the buildings that say too little.
    """

    table: pd.DataFrame
    members: npt.NDArray[np.intp]  # per building its row in `table`, -1 out of reach
    reasons: Mapping[Route, Sequence[tuple[Argument, Outcomes]]]
    findings: Sequence[tuple[Check, Outcomes]]

    def reasons_of(self, row: int, route: Route, side: str) -> list[Reason]:
        """Return what speaks for (`voor`) or against (`tegen`) a route in a complex; what nobody knows is left out."""
        inside = self.members == row
        found = [
            Reason(argument, int((outcome[inside] == HOLDS).sum()))
            for argument, outcome in self.reasons[route]
            if argument.kant == side
        ]
        return [reason for reason in found if reason.buildings]

    def findings_of(self, row: int) -> list[Finding]:
        """Return the aanpasbaarheidsscan of a complex."""
        inside = self.members == row
        found = []
        for check, outcome in self.findings:
            favourable, unknown = int((outcome[inside] == HOLDS).sum()), int((outcome[inside] == UNKNOWN).sum())
            found.append(Finding(check, favourable, int(inside.sum()) - favourable - unknown, unknown))
        return found


def compare_complexes(
    buildings: pd.DataFrame, screened: pd.DataFrame, rules: Rules, book: StrategyBook, *, outlines: pd.DataFrame | None = None
) -> Complexes:
    """Work out the five routes for every complex in reach; `screened` is row by row the screening of `buildings`."""
    outcome = screened["voorselectie"].astype("object")
    reached = (outcome != str(Voorselectie.BUITEN_BEREIK)).to_numpy(dtype=bool)
    open_ = outcome.isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)]).to_numpy(dtype=bool)
    columns = Columns(buildings)
    situation = look_at(columns, rules)
    columns.set_number("diepte_m", measure_depth(columns, outlines))
    keys = _complex_keys(columns)
    unique, first, inverse = np.unique(keys[reached], return_index=True, return_inverse=True)
    rows = np.flatnonzero(reached)
    table = pd.DataFrame({"sleutel": unique, "naam": _names(screened["naam"], keys, unique, rows, inverse)})
    code, buurt = columns.text("complex_code"), columns.text("buurt")
    table["code"] = code.astype("object").to_numpy()[rows[first]] if len(rows) else []
    table["buurt"] = buurt.astype("object").where(buurt.notna(), "").to_numpy()[rows[first]] if len(rows) else []
    count = len(unique)
    table["gebouwen"] = np.bincount(inverse, minlength=count)
    table["open"] = np.bincount(inverse, weights=open_[rows], minlength=count).astype(int)
    table["woningen_nu"] = _total(columns.number("aantal_woningen")[rows], inverse, count)
    for route, trio in route_homes(situation, screened, rules, open_).items():
        for suffix, numbers in zip(("_laag", "", "_hoog"), trio, strict=True):
            table[f"{route}{suffix}"] = _total(numbers[rows], inverse, count)
        table[f"{route}_onbekend"] = np.bincount(inverse, weights=np.isnan(trio[1][rows]), minlength=count).astype(int)
    order = np.lexsort((table["sleutel"].to_numpy(dtype=str), -table[str(Route.OPTOPPEN)].fillna(0).to_numpy(dtype=float)))
    members = np.full(columns.size, -1, dtype=np.intp)
    members[rows] = np.argsort(order)[inverse]
    judged = {route: [(one, _hold(one, situation, rules)) for one in book.argumenten if one.route is route] for route in ROUTES}
    checked = [(check, judge(check.gunstig, situation, rules)) for check in book.checks]
    return Complexes(table.iloc[order].reset_index(drop=True), members, judged, checked)


def _hold(argument: Argument, situation: Situation, rules: Rules) -> Outcomes:
    if argument.als is None:
        return np.full(situation.columns.size, HOLDS, dtype=np.int8)
    return judge(argument.als, situation, rules)


def _complex_keys(columns: Columns) -> npt.NDArray[np.object_]:
    code, pand = columns.text("complex_code").astype("object"), columns.text("pand_id").astype("object")
    keys: npt.NDArray[np.object_] = ("complex " + code).where(code.notna() & (code != ""), "pand " + pand).to_numpy(dtype=object)
    return keys.astype(str)


def _names(
    names: pd.Series,
    keys: npt.NDArray[np.object_],
    unique: npt.NDArray[np.object_],
    rows: npt.NDArray[np.intp],
    inverse: npt.NDArray[np.intp],
) -> list[str]:
    """Return what a complex is called: what the names of its buildings have in common, else its code."""
    given = names.astype(str).to_numpy()[rows]
    by_complex = pd.Series(given).groupby(inverse, sort=True)
    ends = zip(unique, by_complex.min(), by_complex.max(), strict=True)
    return [_shared(first, last) or key.removeprefix("pand ").capitalize() for key, first, last in ends] if len(keys) else []


def _shared(first: str, last: str) -> str:
    """Return the whole words with which the first and the last name by alphabet, and so all between, begin."""
    if first == last:
        return first
    begun = [a for a, b in zip(first.split(), last.split(), strict=False) if a == b]
    ahead = first.split()[: len(begun)]
    return " ".join(begun) if begun == ahead and len(" ".join(begun)) > 2 else ""  # noqa: PLR2004 - an article is no name


def _total(numbers: Floats, inverse: npt.NDArray[np.intp], count: int) -> Floats:
    known = ~np.isnan(numbers)
    total = np.bincount(inverse, weights=np.where(known, numbers, 0.0), minlength=count)
    return np.where(np.bincount(inverse, weights=known, minlength=count) > 0, total, np.nan)


def route_homes(situation: Situation, screened: pd.DataFrame, rules: Rules, open_: Bools) -> dict[Route, Trio]:
    """Return laag, waarschijnlijk and hoog per building and route; NaN where too little is known.

    What the voorselectie ruled out for building on top gives no homes there, and may still be split or replaced.
    """
    columns = situation.columns
    now, size = columns.number("aantal_woningen"), columns.number("gemiddelde_go_m2")
    two_floors, _ = columns.matches("ontsluiting", (MAISONNETTE,))
    splits = np.where(two_floors, _trio(rules, "big5.splitsen_deel_maisonnette"), _trio(rules, "big5.splitsen_deel"))
    roomy = np.where(two_floors, 1.0, _at_least(size, rules.parameter("big5.splitsen_vanaf_m2").likely))
    shared = _at_least(size, rules.parameter("big5.delen_vanaf_m2").likely)
    return {
        Route.OPTOPPEN: np.where(open_, _of_scan(screened, "woningen"), 0.0),
        Route.ONDERTOPPEN: _of_scan(screened, "uitplinten"),
        Route.SPLITSEN: _whole(now * roomy * splits),
        Route.WONINGDELEN: _whole(now * shared * _trio(rules, "big5.delen_deel")),
        Route.SLOOP_NIEUWBOUW: _whole(now * (_trio(rules, "big5.nieuw_per_gesloopt") - 1)),
    }


def _at_least(values: Floats, limit: float) -> Floats:
    return np.where(np.isnan(values), np.nan, (values >= limit).astype(float))


def _trio(rules: Rules, parameter: str) -> Trio:
    active = rules.parameter(parameter)
    return np.array([[active.low], [active.likely], [active.high]])


def _of_scan(screened: pd.DataFrame, name: str) -> Trio:
    return np.array(
        [screened[column].to_numpy(dtype=float, na_value=np.nan) for column in (f"{name}_laag", name, f"{name}_hoog")]
    )


def _whole(numbers: Trio) -> Trio:
    homes: Trio = np.floor(numbers + 1e-9)
    return homes
