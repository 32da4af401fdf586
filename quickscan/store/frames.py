"""Turns a frame of buildings into rows to store, and stored rows back into a frame.

Wide is a frame as the rest of the tool knows it: a row a building, a column a fact. Long is how it is kept: a row a
value. Unknown values exist only in the wide form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from quickscan.domain.errors import FaultyInputError, UnusableInputError
from quickscan.domain.facts import FACTS, check_buildings
from quickscan.domain.merging import is_criterion


@dataclass(frozen=True, slots=True)
class LongValues:
    """Values of a frame as parallel lists, ordered by row (from 0) and then by name."""

    rows: list[int]
    names: list[str]
    cells: list[Any]


def check_ids(buildings: pd.DataFrame) -> None:
    """Raise FaultyInputError when pand-ids are missing, malformed or double: the database would refuse them all."""
    faults = check_buildings(buildings.loc[:, buildings.columns == "pand_id"])
    if faults:
        raise FaultyInputError(faults)


def lengthen_facts(buildings: pd.DataFrame) -> LongValues:
    """Return the known facts: a float for a number, text for the rest."""
    names = [name for name in FACTS if name in buildings.columns and name != "pand_id"]
    return _lengthen({name: _read_column(buildings[name]) for name in names})


def lengthen_answers(buildings: pd.DataFrame) -> LongValues:
    """Return the known choices in the criterion columns."""
    names = [name for name in buildings.columns if isinstance(name, str) and is_criterion(name)]
    return _lengthen({name: _read_text(buildings[name]) for name in names})


def read_geometries(buildings: pd.DataFrame) -> list[bytes | None]:
    """Return the shapes as WKB, None where there is none."""
    if "geometry" not in buildings.columns:
        return [None] * len(buildings)
    return [shape if isinstance(shape, bytes) else None for shape in buildings["geometry"]]


def widen_facts(
    building_ids: Sequence[int], pand_ids: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> pd.DataFrame:
    """Return a frame with a row a building, in the given order; a building without facts has a row too.

    `rows` hold a building id and then a value, or None, for each of `names`; in any order.
    """
    ids = np.asarray(building_ids, dtype=np.int64)
    known, *facts = _read_columns(rows, width=1 + len(names))
    sorter = np.argsort(ids)
    places = sorter[np.searchsorted(ids, known.astype(np.int64), sorter=sorter)]
    columns: dict[str, Any] = {"pand_id": pd.Series(pand_ids, dtype="str")}
    for name, cells in zip(names, facts, strict=True):
        column = np.full(len(ids), None, dtype=object)
        column[places] = cells
        columns[name] = column.astype(float) if FACTS[name].is_number else pd.Series(column, dtype="str")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(ids)))


def _read_columns(rows: Iterable[Sequence[Any]], *, width: int) -> np.ndarray:
    """Return the rows as `width` columns of objects."""
    return np.fromiter(chain.from_iterable(rows), dtype=object).reshape(-1, width).T


def _read_column(column: pd.Series) -> pd.Series:
    return _read_number(column) if FACTS[str(column.name)].is_number else _read_text(column)


def _read_number(column: pd.Series) -> pd.Series:
    try:
        return pd.Series(pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan), name=column.name)
    except (TypeError, ValueError) as error:
        problem = f"In kolom '{column.name}' staat tekst waar een getal hoort."
        raise UnusableInputError(problem, "Verbeter het bestand en lees het opnieuw in.") from error


def _read_text(column: pd.Series) -> pd.Series:
    return pd.Series(column.to_numpy(dtype=object, na_value=None), name=column.name, dtype="str")


def _lengthen(columns: Mapping[str, pd.Series]) -> LongValues:
    rows, codes, values = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, object)]
    names = sorted(columns)
    for code, name in enumerate(names):
        known = np.flatnonzero(columns[name].notna().to_numpy())
        rows.append(known)
        codes.append(np.full(len(known), code))
        values.append(columns[name].to_numpy(dtype=object)[known])
    row, code_of_row, value = np.concatenate(rows), np.concatenate(codes), np.concatenate(values)
    order = np.lexsort((code_of_row, row))
    texts = np.array(names, dtype=object)[code_of_row[order]] if names else np.empty(0, object)
    return LongValues(row[order].tolist(), texts.tolist(), value[order].tolist())
