"""A list with a row per dwelling, summed up to a row per pand. What is about one dwelling is not kept.

A unit list has the same pand on many rows and something that differs per row: the number of the dwelling (VHE), or its house
number. Without that, a pand on two rows is a mistake, and stays one. A mean needs at least two dwellings: the value of
one dwelling is about the people who live there. The row shown for a building is the first of its rows.
"""

# mypy: disable-error-code="no-any-return,no-untyped-call"
# (pandas types its groups loosely)

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import LABELS, PAND_ID_LENGTH
from quickscan.ingest.raw import Cells, RawTable

FEWEST = 2  # dwellings of which a mean may be kept
# Columns whose cells are about one dwelling; no example of them is shown either.
_MEANS = ("gemiddelde_go_m2", "woz_gemiddeld_eur")
_LABEL, _WORST = "energielabel", "energielabel_slechtst"
_HOUSE = ("naam", "huisnummer", "huisletter", "huisnummer_toevoeging", "eenheid", "oppervlakte_woning")
OF_ONE_HOME = frozenset({*_MEANS, _LABEL, _WORST, *_HOUSE})
_AREAS = ("gemeente", "gemeentecode", "wijk", "wijkcode", "buurt", "buurtcode")
_ADDRESS = ("straat", "postcode", "woonplaats", *_AREAS, "complex_code")  # a block may stand on a corner
_NO_HOME = re.compile(
    r"garage|parke|parkeer|berging|bedrijf|winkel|kantoor|opslag|fietsenstalling|maatschappelijk|trafo|antenne|"
    r"^(?:par|bog|mog|gar|ber|ove?r?)$",
    re.IGNORECASE,
)
_SEEN = 20  # panden named in a notice


def is_unit_list(raw: RawTable) -> bool:
    """Tell whether most rows are dwellings of panden that have several rows."""
    if "pand_id" not in raw.cells or raw.shapes is not None or not len(raw.rows):
        return False
    ids = _write(raw.cells["pand_id"]).str.zfill(PAND_ID_LENGTH)
    several = (ids.duplicated(keep=False) & (ids.str.strip("0") != "")).to_numpy()
    if several.mean() <= 1 / 2 or _counts_homes(raw, several):
        return False
    if "eenheid" in raw.cells:
        return _is_different(_write(raw.cells["eenheid"])[several], ids[several])
    if "huisnummer" not in raw.cells:
        return False
    houses = _write(raw.cells["huisnummer"])
    for part in ("postcode", "straat"):
        houses = houses + "|" + (_write(raw.cells[part]) if part in raw.cells else "")
    ends = _write(raw.cells["huisnummer"]).str.extract(r"^(\d{1,6})\s*(?:-|t/m)\s*(\d{1,6})$").astype(np.float64)
    is_range = (ends[1] > ends[0]).to_numpy()  # 1-9 stands for more than one dwelling, 12-3 is a house with an addition
    return is_range[several].mean() <= 1 / 2 and _is_different(houses[several], ids[several])


def _counts_homes(raw: RawTable, several: Cells) -> bool:
    """Tell whether a row says how many dwellings it stands for; a number per row that never repeats is a dwelling's name."""
    if "aantal_woningen" not in raw.cells:
        return False
    counts = _write(raw.cells["aantal_woningen"])[several]
    return not (counts.isin(["", "1", "1.0", "0"]).all() or ("eenheid" not in raw.cells and counts.is_unique))


def _is_different(names: pd.Series, ids: pd.Series) -> bool:
    """Tell whether nearly every row has a name of its own within its pand."""
    known = names != ""
    repeated = pd.DataFrame({"id": ids, "name": names})[known].duplicated()
    return bool(known.mean() > 1 / 2 and repeated.mean() < 1 / 10)


def _write(cells: Cells) -> pd.Series:
    return pd.Series([_squeeze(cell) for cell in cells], dtype="str")


def _squeeze(cell: object) -> str:
    return "" if cell is None else f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def prepare_units(raw: RawTable) -> RawTable:
    """Return the table with what a dwelling is called and measures under the names of facts."""
    cells = {target: column for target, column in raw.cells.items() if target != "aantal_woningen"}
    made = dict(raw.made)
    if "oppervlakte_woning" in cells and "gemiddelde_go_m2" not in cells:
        cells["gemiddelde_go_m2"] = cells["oppervlakte_woning"]
        made["gemiddelde_go_m2"] = raw.header_of["oppervlakte_woning"]
    return replace(raw, cells=cells, made=made, recognised="lijst van woningen")


def find_homes(raw: RawTable) -> Cells:
    """Tell of each row whether it is a dwelling; without a column that says what it is, every row is."""
    homes = np.ones(len(raw.rows), dtype=bool)
    for part in ("eenheid_soort", "gebruiksdoel"):
        if part in raw.cells:
            words = _write(raw.cells[part])
            homes &= ~(words.str.contains(_NO_HOME) & ~words.str.contains("woon", case=False)).to_numpy(dtype=bool)
    return homes


def find_repeated(raw: RawTable) -> list[Fault]:
    """Return a fault for each dwelling that is on two rows of one pand."""
    if "eenheid" not in raw.cells:
        return []
    units = pd.DataFrame({"id": _write(raw.cells["pand_id"]), "unit": _write(raw.cells["eenheid"])})
    first = units.assign(row=raw.rows).groupby(["id", "unit"], sort=False)["row"].transform("first").to_numpy()
    twice = (first != raw.rows) & (units["unit"] != "").to_numpy()
    header = raw.header_of["eenheid"]
    return [
        Fault(
            int(raw.rows[place]),
            header,
            None,
            f"deze woning staat ook op rij {first[place]}",
            "Laat één van de twee rijen staan.",
        )
        for place in np.flatnonzero(twice)
    ]


def sum_up_units(
    frame: pd.DataFrame, homes: Cells, wrong: frozenset[int], header_of: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a row per pand and what the sender must know. A pand with a wrong row does not come in: it would be too small."""
    refused = frame.index.isin(list(wrong))
    ids = frame["pand_id"]
    partly = ids.isin(ids[refused].dropna()).to_numpy() & ~refused
    faults = [
        Fault(
            int(row),
            header_of.get("pand_id"),
            str(ids[row]),
            "een andere rij van dit pand is geweigerd",
            "Verbeter die rij eerst.",
        )
        for row in ids.index[partly]  # all of them: they come back together with the wrong one
    ]
    good = frame[~refused & ~partly & ids.notna().to_numpy()]
    at_home = pd.Series(homes, frame.index)[good.index]
    groups = good.groupby("pand_id", sort=False)
    firsts = good.index[~good["pand_id"].duplicated()]
    counts = at_home.groupby(good["pand_id"], sort=False).sum()
    columns: dict[str, pd.Series] = {"pand_id": pd.Series(counts.index, counts.index)}
    for column in good.columns:
        name = str(column)
        if name == "pand_id":
            continue
        values = good[name].where(at_home) if name in (*_MEANS, _LABEL, _WORST) else good[name]
        columns[name], differs = _sum_up(values, good["pand_id"], name)
        if len(differs):
            faults.append(_say_differs(header_of.get(name, name), [int(firsts[place]) for place in differs]))
    if _LABEL in columns:
        worst = columns.get(_WORST)
        columns[_WORST] = _find_worst(good[_LABEL].where(at_home), good["pand_id"]) if worst is None else worst
    columns["aantal_woningen"] = counts.astype(np.float64)
    summed = pd.DataFrame(columns).reindex(groups.size().index)
    alone = (summed["aantal_woningen"] < FEWEST).to_numpy()
    few = [name for name in (*_MEANS, _LABEL, _WORST) if name in summed.columns]
    hidden = bool(summed.loc[alone, few].notna().to_numpy().any())
    summed.loc[alone, few] = np.nan
    summed.index = pd.Index(firsts, name=frame.index.name)
    return summed, [*_say_units(int(at_home.sum()), len(good), len(summed), hidden=hidden), *faults]


def _sum_up(values: pd.Series, ids: pd.Series, name: str) -> tuple[pd.Series, Cells]:
    """Return one value a pand, and the places of the panden whose rows do not agree."""
    if find := _HOW.get(name):
        return find(values, ids), np.empty(0, dtype=np.int64)
    groups = values.groupby(ids, sort=False)
    several = groups.nunique().gt(1)
    return groups.first().mask(several), np.flatnonzero(several)


def _find_mean(numbers: pd.Series, ids: pd.Series) -> pd.Series:
    groups = numbers.groupby(ids, sort=False)
    return groups.mean().where(groups.count() >= FEWEST)


def _find_first(values: pd.Series, ids: pd.Series) -> pd.Series:
    return values.groupby(ids, sort=False).first()


def _find_common(values: pd.Series, ids: pd.Series) -> pd.Series:
    """Return the value most rows have; of two as common the last in order, which is the worse label."""
    counted = pd.DataFrame({"id": ids, "value": values}).dropna().value_counts().reset_index()
    common = counted.sort_values(["count", "value"]).drop_duplicates("id", keep="last").set_index("id")["value"]
    return common.reindex(ids.drop_duplicates())


def _rank(labels: pd.Series) -> pd.Series:
    return labels.map({label: place for place, label in enumerate(LABELS)}).astype(np.float64)


def _name_labels(ranks: pd.Series) -> pd.Series:
    return ranks.map(dict(enumerate(LABELS))).astype("str")


def _find_common_label(labels: pd.Series, ids: pd.Series) -> pd.Series:
    return _name_labels(_find_common(_rank(labels), ids))


def _find_worst(labels: pd.Series, ids: pd.Series) -> pd.Series:
    return _name_labels(_rank(labels).groupby(ids, sort=False).max())


def _find_span(numbers: pd.Series, ids: pd.Series) -> pd.Series:
    """Return the lowest and highest house number; the number as it is when there is one."""
    first = numbers.str.extract(r"^(\d{1,6})")[0].astype(np.float64).groupby(ids, sort=False)
    low, high = first.min(), first.max()
    span = low.map("{:.0f}".format).astype("str") + "-" + high.map("{:.0f}".format).astype("str")
    return span.where((low != high) & low.notna(), _find_first(numbers, ids)).astype("str")


def _unite(uses: pd.Series, ids: pd.Series) -> pd.Series:
    """Return the different uses within a pand."""
    different = uses.str.split(",").explode().str.strip()
    pairs = pd.DataFrame({"id": ids.reindex(different.index), "use": different}).dropna().drop_duplicates().sort_values("use")
    united: pd.Series = pairs["use"].groupby(pairs["id"]).agg(",".join)
    return united.reindex(ids.drop_duplicates()).astype("str")


_HOW: Mapping[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    **dict.fromkeys(_MEANS, _find_mean),
    **dict.fromkeys(_ADDRESS, _find_common),
    _LABEL: _find_common_label,
    _WORST: _find_worst,
    "huisnummer": _find_span,
    "gebruiksdoel": _unite,
    "geometry": _find_first,
}


def _say_differs(header: str, rows: list[int]) -> Fault:
    named = ", ".join(map(str, rows[:_SEEN])) + (", …" if len(rows) > _SEEN else "")
    problem = f"de rijen van één pand zeggen niet hetzelfde; de waarde telt als onbekend (panden vanaf rij {named})"
    return Fault(rows[0] if len(rows) == 1 else None, header, None, problem, "Maak de waarde in alle rijen gelijk.", notice=True)


def _say_units(homes: int, rows: int, panden: int, *, hidden: bool) -> list[Fault]:
    other = f" en {rows - homes} andere ruimten" if rows > homes else ""
    problem = f"dit is een lijst met een rij per woning: {homes} woningen{other} zijn samengevat tot {panden} panden"
    told = [Fault(None, None, None, problem, "Kijk of de aantallen kloppen.", notice=True)]
    if hidden:
        problem = "bij panden met één woning zijn oppervlakte, label en WOZ weggelaten, want die gaan over de bewoners"
        told.append(Fault(None, None, None, problem, "Je hoeft niets te doen.", notice=True))
    return told
