"""Several files in one go meet by pand_id: lists of buildings first, then files that only say more about these.

Per cell each source is heard once: of two files with the same source the one with the later day goes first, else the
one that was named first. Files that contradict each other are told as notices; the best source is in use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import EXPORT_MARK, Intake, SourceNote
from quickscan.domain.merging import GEOMETRY, Cells, Offer, Places, is_criterion, read_cells, same_cells
from quickscan.domain.terms import Herkomst

MOST_TOLD = 50  # contradictions told one by one per column; the rest is counted
_NO_NOTE = SourceNote(Herkomst.OPGAVE, "import")


@dataclass(frozen=True)
class Met:
    """Files that met. `buildings` has the best value of each cell and can be screened; its index is 0..n-1.

    `sources` tells per column and row where the value comes from. `offers` has all values, of worse sources too, for
    the buildings in the order of `buildings`. `elsewhere` are pand_ids in files that bring no buildings of their own.
    """

    buildings: pd.DataFrame
    sources: pd.DataFrame
    offers: tuple[Offer, ...]
    faults: tuple[Fault, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """One column of one file: cells for buildings at `places`, with the sender's rows."""

    column: str
    note: SourceNote
    file: str
    places: Places
    cells: Cells
    rows: Cells
    is_echo: bool


def meet(intakes: Sequence[Intake], *, names: Sequence[str] = (), known: Collection[str] = ()) -> Met:
    """Bring files together; `names` are those of the files, `known` the pand_ids that are there without any file."""
    shown = [*names, *(f"bestand {place + 1}" for place in range(len(names), len(intakes)))]
    files = sorted(zip(intakes, shown, strict=False), key=lambda file: not file[0].adds)
    pand_ids, elsewhere = _find_buildings([intake for intake, _ in files], known)
    index = pd.Index(pand_ids, dtype="str")
    said: dict[str, list[_Said]] = {}
    for intake, name in files:
        for one in _say(intake, name, index):
            said.setdefault(one.column, []).append(one)
    columns: dict[str, pd.Series] = {"pand_id": pd.Series(pand_ids, dtype="str")}
    sources: dict[str, Any] = {}
    offers: list[Offer] = []
    faults: list[Fault] = []
    for column in sorted(said, key=_place_of):
        found, clashes = _settle(said[column], pand_ids)
        offers += found
        faults += clashes
        columns[column], sources[column] = _choose(column, found, len(pand_ids))
    if elsewhere:
        faults.append(_say_elsewhere(elsewhere))
    return Met(pd.DataFrame(columns), pd.DataFrame(sources), tuple(offers), tuple(faults), tuple(elsewhere))


def is_own_export(intake: Intake) -> bool:
    """Tell whether a file was exported here, and perhaps edited since."""
    return EXPORT_MARK in intake.mapping


def _find_buildings(intakes: Sequence[Intake], known: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the buildings that take part, and those that only occur in files that bring none."""
    added: dict[str, None] = {}
    others: dict[str, None] = {}
    there = frozenset(known)
    for intake in intakes:
        if "pand_id" in intake.buildings.columns:
            (added if intake.adds else others).update(dict.fromkeys(intake.buildings["pand_id"].tolist()))
    more = [pand_id for pand_id in others if pand_id not in added]
    return (
        [*added, *(pand_id for pand_id in more if pand_id in there)],
        [pand_id for pand_id in more if pand_id not in there],
    )


def _say(intake: Intake, name: str, index: pd.Index) -> Iterator[_Said]:
    if "pand_id" not in intake.buildings.columns:
        return
    place_of = index.get_indexer(pd.Index(intake.buildings["pand_id"], dtype="str"))
    rows = intake.buildings.index.to_numpy(dtype=object)
    is_echo = is_own_export(intake)
    for column in map(str, intake.buildings.columns):
        if column == "pand_id" or not (column in FACTS or column == GEOMETRY or is_criterion(column)):
            continue
        found, cells = read_cells(intake.buildings[column])
        there = place_of[found] >= 0
        note = intake.sources.get(column, _NO_NOTE)
        if is_echo and cells.dtype.kind != "f" and column != GEOMETRY:
            cells = np.array([_bare(cell) for cell in cells], dtype=object)
        yield _Said(
            column, note, name, place_of[found][there].astype(np.int64), cells[there], rows[found][there], is_own_export(intake)
        )


def _bare(text: str) -> str:
    """Take away the apostrophe that our own exports put before what could run as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _settle(said: Sequence[_Said], pand_ids: Sequence[str]) -> tuple[list[Offer], list[Fault]]:
    """Return what each source says of one column, the best source first, and where files contradict each other."""
    order = list(Herkomst)
    ranked = sorted(said, key=lambda one: (order.index(one.note.source), -(one.note.day or date.min).toordinal()))
    count, is_number = len(pand_ids), ranked[0].cells.dtype.kind == "f"
    used = np.full(count, np.nan if is_number else None, dtype=float if is_number else object)
    used_by = np.full(count, -1, dtype=np.int64)
    heard = {source: np.zeros(count, dtype=bool) for source in order}
    offers, faults = [], []
    for number, one in enumerate(ranked):
        differs = (used_by[one.places] >= 0) & ~same_cells(one.cells, used[one.places])
        if one.column != GEOMETRY and len(said) > 1:
            faults += _tell(one, np.flatnonzero(differs), ranked, used, used_by, pand_ids)
        first = used_by[one.places] < 0
        used[one.places[first]], used_by[one.places[first]] = one.cells[first], number
        fresh = ~heard[one.note.source][one.places]
        heard[one.note.source][one.places] = True
        offers.append(Offer(one.column, one.note, one.places[fresh], one.cells[fresh], one.is_echo))
    return offers, faults


def _tell(
    one: _Said, which: Places, ranked: Sequence[_Said], used: Cells, used_by: Places, pand_ids: Sequence[str]
) -> list[Fault]:
    """Tell where a file says something else than the one that goes before it."""
    faults = []
    for place in which[:MOST_TOLD]:
        building = one.places[place]
        before = ranked[used_by[building]]
        first, second = _show(used[building]), _show(one.cells[place])
        problem = f"pand {pand_ids[building]}: '{before.file}' zegt {first}, '{one.file}' zegt {second}"
        advice = f"{first} telt ({before.note.source} uit '{before.file}'). Klopt dat niet, verbeter dan het bestand."
        faults.append(Fault(int(one.rows[place]), one.column, second, problem, advice, notice=True))
    if len(which) > MOST_TOLD:
        problem = f"'{one.file}' spreekt een ander bestand nog {len(which) - MOST_TOLD} keer tegen"
        faults.append(Fault(None, one.column, None, problem, "De beste bron telt.", notice=True))
    return faults


def _show(cell: object) -> str:
    return f"{cell:.15g}".replace(".", ",") if isinstance(cell, float) else str(cell)


def _choose(column: str, offers: Sequence[Offer], count: int) -> tuple[pd.Series, Any]:
    """Return the best value of each building and its source; the offers have the best source first."""
    is_number = column in FACTS and FACTS[column].is_number
    cells = np.full(count, np.nan if is_number else None, dtype=float if is_number else object)
    sources = np.full(count, None, dtype=object)
    for offer in reversed(offers):
        cells[offer.places] = offer.cells
        sources[offer.places] = str(offer.note.source)
    dtype = float if is_number else object if column == GEOMETRY else "str"
    return pd.Series(cells, dtype=dtype), pd.Categorical(sources, categories=[str(source) for source in Herkomst])


def _place_of(column: str) -> tuple[int, str]:
    """Return where a column stands: facts as in the contract, then criteria, then the geometry."""
    if column in FACTS:
        return list(FACTS).index(column), column
    return len(FACTS) + (column == GEOMETRY), column


def _say_elsewhere(elsewhere: Sequence[str]) -> Fault:
    named = ", ".join(elsewhere[:3]) + (", …" if len(elsewhere) > 3 else "")  # noqa: PLR2004 - three are an example
    problem = f"{len(elsewhere)} panden in een aanvullend bestand staan niet in de lijst van gebouwen"
    advice = "Ze zijn overgeslagen. Lees eerst een lijst in waarin deze gebouwen staan."
    return Fault(None, "pand_id", named, problem, advice, notice=True)
