"""Homes per buurt: what stands there, what may come, what is short, how the verdicts lie, and what else could be built upon.

A buurt is known by its code, else by its name; buildings without either are together. *Tekort* is what the business cases of
its buildings lack, known only where somebody worked them out. *Ondergrond* is what is no building with homes and can still
carry some: rows of garageboxen. The BAG knows no garageboxen, so a row is recognised by many small units without homes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Bools, Columns, Floats
from quickscan.domain.derive import WOONFUNCTIE
from quickscan.domain.rules import Rules
from quickscan.domain.terms import OORDELEN, Voorselectie

NO_BUURT = "Buurt onbekend"
ROOF, GO, SHAPE = "woningen.bruikbaar_dak", "woningen.go_onbekend_m2", "woningen.vormfactor"
Trio = npt.NDArray[np.float64]  # shape (3, …): laag, waarschijnlijk, hoog


def add_up_areas(
    buildings: pd.DataFrame, screened: pd.DataFrame, rules: Rules, *, money: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a row per buurt, the most likely homes first.

    Its columns: buurt, gebouwen (in reach), open, woningen_nu, woningen_laag, woningen, woningen_hoog, a count per oordeel of
    the open buildings, begonnen, tekort_eur and eigen_cases (NaN and 0 without `money`), and of the ondergrond rijen, boxen,
    boven_laag, boven and boven_hoog.
    """
    columns = Columns(buildings)
    outcome = screened["voorselectie"].astype("object")
    reached = (outcome != str(Voorselectie.BUITEN_BEREIK)).to_numpy(dtype=bool)
    open_ = outcome.isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)]).to_numpy(dtype=bool)
    rows = find_box_rows(columns, rules)
    code, name = columns.text("buurtcode").astype("object"), columns.text("buurt").astype("object")
    key = code.where(code.notna(), name.where(name.notna(), NO_BUURT))
    counted = reached | rows
    verdict = screened["oordeel"].astype("object").to_numpy()
    boxes = np.where(rows, _boxes(columns), 0.0)
    over = homes_above_boxes(columns.number("grondvlak_m2"), rules) * rows
    frame = pd.DataFrame(
        {
            "buurt": name.where(name.notna(), key).to_numpy(dtype=object),
            "gebouwen": reached,
            "open": open_,
            "woningen_nu": np.where(reached, np.nan_to_num(columns.number("aantal_woningen")), 0.0),
            **{each: np.where(open_, np.nan_to_num(_numbers(screened, each)), 0.0) for each in _HOMES},
            **{str(each): open_ & (verdict == str(each)) for each in OORDELEN},
            "begonnen": open_ & (_numbers(screened, "antwoorden") > 0 if "antwoorden" in screened else open_ & False),
            **_money(screened, money, open_),
            "rijen": rows,
            "boxen": boxes,
            **dict(zip(("boven_laag", "boven", "boven_hoog"), np.nan_to_num(over), strict=True)),
        }
    )[counted]
    grouped = frame.groupby(key.to_numpy(dtype=object)[counted], sort=True)
    table = grouped.sum(numeric_only=True, min_count=1)
    table.insert(0, "buurt", grouped["buurt"].first())
    whole = [each for each in table.columns if each not in ("buurt", "tekort_eur")]
    table[whole] = table[whole].astype(float).astype(int)
    ordered: pd.DataFrame = table.sort_values(["woningen", "buurt"], ascending=[False, True], kind="stable").reset_index(
        drop=True
    )
    return ordered


_HOMES = ("woningen_laag", "woningen", "woningen_hoog")


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    numbers: Floats = frame[name].to_numpy(dtype=float, na_value=np.nan)
    return numbers


def _money(screened: pd.DataFrame, money: pd.DataFrame | None, open_: Bools) -> dict[str, Floats]:
    if money is None:
        return {"tekort_eur": np.full(len(screened), np.nan), "eigen_cases": np.zeros(len(screened))}
    by_pand = money.set_index("pand_id")
    short = screened["pand_id"].map(by_pand["tekort_eur"]).to_numpy(dtype=float)
    own = screened["pand_id"].map(by_pand["eigen_case"]).fillna(value=False).to_numpy(dtype=float)
    return {"tekort_eur": np.where(open_, short, np.nan), "eigen_cases": np.where(open_, own, 0.0)}


def find_box_rows(columns: Columns, rules: Rules) -> Bools:
    """Return which panden are rows of garageboxen: told so, or many small units without a woonfunctie."""
    homeless = ~columns.contains("gebruiksdoel", WOONFUNCTIE) & ~(columns.number("aantal_woningen") > 0)
    small = columns.number("oppervlakte_max") <= rules.parameter("grond.garage_hoogstens_m2").likely
    enough = _boxes(columns) >= rules.parameter("grond.kleinste_rij").likely
    return homeless & enough & (small | (columns.number("garageboxen") > 0))


def _boxes(columns: Columns) -> Floats:
    told, units = columns.number("garageboxen"), columns.number("aantal_verblijfsobjecten")
    return np.where(np.isnan(told), units, told)


def homes_above_boxes(footprint: Floats, rules: Rules) -> Trio:
    """Return laag, waarschijnlijk and hoog of the homes on layers above rows of garageboxen with these footprints."""
    return _stacked(footprint, _trio(rules, "grond.lagen_boven_garages") * _trio(rules, ROOF), rules)


def homes_above_parking(area: float, rules: Rules) -> tuple[float, float, float]:
    """Return the homes above a parking lot of so many m²; the cars stay below."""
    built = _trio(rules, "grond.lagen_boven_parkeren") * _trio(rules, "grond.bebouwd_deel_parkeren")
    low, likely, high = _stacked(np.array([area]), built, rules)[:, 0]
    return float(low), float(likely), float(high)


def _stacked(area: Floats, share: Trio, rules: Rules) -> Trio:
    homes: Trio = np.floor(area * share * _trio(rules, SHAPE) / _trio(rules, GO)[::-1] + 1e-9)
    return homes


def _trio(rules: Rules, parameter: str) -> Trio:
    active = rules.parameter(parameter)
    return np.array([[active.low], [active.likely], [active.high]])
