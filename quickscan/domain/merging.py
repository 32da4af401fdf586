"""What an import would do to what a workspace knows, cell by cell. Nothing is changed here.

An offer is what one source says about one column (a fact, a criterion or the geometry). What is known has a value per
source; the best source is in use. An offer from a better source goes before what is in use, one from the same source
takes its place, one from a worse source is kept beside it. What a person answered gives way only when a person chooses
so. A cell that says what is known already, from the same or a worse source, does nothing; an empty cell never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Aspect, Herkomst

GEOMETRY = "geometry"
CHANGE_COLUMNS = ("pand_id", "fact", "old", "old_source", "new", "new_source", "effect", "label", "day")
CRITERION_PREFIXES = tuple(f"{aspect[:3]}." for aspect in Aspect)
_RANKS = {source: rank for rank, source in enumerate(Herkomst)}  # 0 is best
_NOTHING_KNOWN = len(Herkomst)
_SAME_NUMBER = 1e-9  # a spreadsheet keeps 15 digits: what differs beyond them is no other value
_AREA_CODES = (3, 6)  # of WKB: polygon and multipolygon

Cells = npt.NDArray[Any]
Places = npt.NDArray[np.int64]


class Effect(StrEnum):
    """What one cell of an import does; the value is what the screen says."""

    NIEUW = "nieuw"
    VERVANGT = "vervangt"  # the value in use becomes another
    BEVESTIGT = "bevestigt"  # the same value, from a better source
    NAAST = "naast"  # kept, but a better source stays in use
    BOTST = "botst met antwoord"  # only taken when a person chooses it


NEW_VALUES = (Effect.NIEUW, Effect.VERVANGT)  # after these another value is in use


class State(StrEnum):
    """What an import does to one building."""

    NIEUW = "nieuw"
    GEWIJZIGD = "gewijzigd"
    ONGEWIJZIGD = "ongewijzigd"
    ELDERS = "niet in de werkruimte"  # the file only says more about buildings that are there, and this one is not


@dataclass(frozen=True)
class Known:
    """What a workspace knows. The frames of `facts` have a row for each row of `buildings`, on the same index 0..n-1."""

    buildings: pd.DataFrame  # pand_id, geometry
    facts: Mapping[Herkomst, pd.DataFrame]  # a column a fact
    answers: pd.DataFrame  # pand_id, criterion, choice (missing for a deliberate "weet ik niet")

    @classmethod
    def nothing(cls) -> Known:
        """Return what a workspace knows that is not there yet."""
        empty = pd.DataFrame({"pand_id": pd.Series([], dtype="str"), GEOMETRY: pd.Series([], dtype=object)})
        return cls(empty, {}, pd.DataFrame({"pand_id": [], "criterion": [], "choice": []}, dtype="str"))


@dataclass(frozen=True, slots=True)
class Offer:
    """Known cells of one column from one source, for the buildings at `places` in a list of pand_ids."""

    column: str
    note: SourceNote
    places: Places
    cells: Cells
    is_echo: bool = False  # comes from an export of ours: what is equal says nothing, as nobody looked at it


def is_criterion(column: str) -> bool:
    """Tell whether a column holds answers to a criterion."""
    return column.startswith(CRITERION_PREFIXES)


def read_cells(column: pd.Series) -> tuple[Places, Cells]:
    """Return the places of the known cells, and these: floats for a number fact, objects for the rest."""
    cells = _to_array(column, is_number=str(column.name) in FACTS and FACTS[str(column.name)].is_number)
    places = np.flatnonzero(_is_known(cells)).astype(np.int64)
    return places, cells[places]


def compare(known: Known, pand_ids: Sequence[str], offers: Iterable[Offer]) -> pd.DataFrame:
    """Return CHANGE_COLUMNS with a row for each cell that would do something, those that clash with an answer too.

    `old` is what is in use before the cell comes in; `new` what the cell says. Of a shape both are a word.
    """
    row_of = pd.Index(known.buildings["pand_id"]).get_indexer(pd.Index(pand_ids, dtype="str"))
    by_column: dict[str, list[Offer]] = {}
    for offer in sorted(offers, key=lambda offer: _RANKS[offer.note.source]):
        by_column.setdefault(offer.column, []).append(offer)
    parts: list[_Part] = []
    for column, found in by_column.items():
        if column == GEOMETRY:
            parts += _compare_shapes(known, row_of, found)
        elif is_criterion(column):
            parts += _compare_answers(known, pand_ids, found)
        elif column in FACTS and column != "pand_id":
            parts += _compare_facts(known, row_of, found)
    return _join(parts, np.asarray(pand_ids, dtype=object))


def same_cells(one: Cells, other: Cells, *, spaced: bool = True) -> npt.NDArray[np.bool_]:
    """Tell per place whether two cells say the same: numbers to 9 digits, texts apart from how much white space.

    Without `spaced` a text says the same with and without spaces, as a postcode does.
    """
    between = " " if spaced else ""
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        return np.isclose(one, other, rtol=_SAME_NUMBER, atol=0)
    equal = np.asarray(one == other, dtype=bool)
    for place in np.flatnonzero(~equal):
        if isinstance(one[place], str) and isinstance(other[place], str):
            equal[place] = between.join(one[place].split()) == between.join(other[place].split())
    return equal


def name_shape(shape: bytes) -> str:
    """Return the Dutch word for the kind of a shape in WKB."""
    code = int.from_bytes(shape[1:5], "little" if shape[:1] == b"\x01" else "big")
    return "vlak" if code & 0xFF in _AREA_CODES or code % 1000 in _AREA_CODES else "punt"


@dataclass(frozen=True, slots=True)
class _Part:
    """Changes in one column from one source."""

    column: str
    note: SourceNote
    places: Places
    old: Cells
    old_rank: Places
    new: Cells
    effect: Cells


def _to_array(column: pd.Series, *, is_number: bool) -> Cells:
    if is_number:
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    cells: Cells = column.astype(object).to_numpy(dtype=object, copy=True)
    cells[column.isna().to_numpy()] = None
    return cells


def _is_known(cells: Cells) -> npt.NDArray[np.bool_]:
    if cells.dtype.kind == "f":
        return ~np.isnan(cells)
    return np.array([cell is not None and cell != "" for cell in cells], dtype=bool)


def _take(cells: Cells, row_of: Places) -> Cells:
    """Return the cells at these rows, unknown where the row is -1."""
    taken = np.full(len(row_of), np.nan if cells.dtype.kind == "f" else None, dtype=cells.dtype)
    there = row_of >= 0
    taken[there] = cells[row_of[there]]
    return taken


def _compare_facts(known: Known, row_of: Places, offers: Sequence[Offer]) -> list[_Part]:
    """Compare the offers of one fact, the best source first; each sees what the ones before it bring."""
    column = offers[0].column
    stored = {
        source: _take(_to_array(frame[column], is_number=FACTS[column].is_number), row_of)
        for source, frame in known.facts.items()
        if column in frame.columns
    }
    rank = np.full(len(row_of), _NOTHING_KNOWN, dtype=np.int64)
    used = np.full(len(row_of), np.nan if FACTS[column].is_number else None, dtype=float if FACTS[column].is_number else object)
    for source in reversed(Herkomst):
        if source in stored:
            there = _is_known(stored[source])
            rank[there], used[there] = _RANKS[source], stored[source][there]
    parts = []
    for offer in offers:
        places, mine = offer.places, _RANKS[offer.note.source]
        old, old_rank = used[places], rank[places]
        effect = np.full(len(places), None, dtype=object)
        spaced = column != "postcode"
        like_used = same_cells(offer.cells, old, spaced=spaced)
        own = stored.get(offer.note.source)
        own_there = np.zeros(len(places), dtype=bool) if own is None else _is_known(own[places])
        said_before = own_there & (same_cells(offer.cells, own[places], spaced=spaced) if own is not None else False)
        effect[old_rank == _NOTHING_KNOWN] = Effect.NIEUW
        better, worse = old_rank > mine, old_rank < mine
        effect[better & (old_rank < _NOTHING_KNOWN)] = Effect.VERVANGT
        effect[better & like_used] = Effect.BEVESTIGT
        effect[(old_rank == mine) & ~like_used] = Effect.VERVANGT
        effect[worse & (~like_used | own_there)] = Effect.NAAST
        effect[(old_rank == _RANKS[Herkomst.ANTWOORD]) & ~like_used] = Effect.BOTST
        effect[said_before | (like_used & offer.is_echo)] = None
        part = _keep(_Part(column, offer.note, places, old, old_rank, offer.cells, effect))
        parts.append(part)
        goes_first = np.isin(part.effect.astype(str), [Effect.NIEUW, Effect.VERVANGT, Effect.BEVESTIGT])
        used[part.places[goes_first]], rank[part.places[goes_first]] = part.new[goes_first], mine
    return parts


def _compare_answers(known: Known, pand_ids: Sequence[str], offers: Sequence[Offer]) -> list[_Part]:
    """Compare the offers of one criterion. There is one answer, so only the best source is heard."""
    column = offers[0].column
    given = known.answers[known.answers["criterion"] == column]
    row_of = pd.Index(given["pand_id"]).get_indexer(pd.Index(pand_ids, dtype="str"))
    choices = _take(_to_array(given["choice"], is_number=False), row_of)
    heard = np.zeros(len(pand_ids), dtype=bool)
    parts = []
    for offer in offers:
        places, cells = _not_heard(offer, heard)
        old, answered = choices[places], row_of[places] >= 0
        effect = np.where(answered, Effect.BOTST, Effect.NIEUW).astype(object)
        effect[answered & same_cells(cells, old)] = None
        ranks = np.where(answered, _RANKS[Herkomst.ANTWOORD], _NOTHING_KNOWN)
        parts.append(_keep(_Part(column, offer.note, places, old, ranks, cells, effect)))
    return parts


def _compare_shapes(known: Known, row_of: Places, offers: Sequence[Offer]) -> list[_Part]:
    """Compare shapes. A building has one, without a source; a point never takes the place of an area."""
    shapes = _take(_to_array(known.buildings[GEOMETRY], is_number=False), row_of)
    heard = np.zeros(len(row_of), dtype=bool)
    parts = []
    for offer in offers:
        places, cells = _not_heard(offer, heard)
        old = shapes[places]
        there = _is_known(old)
        old_words, new_words = _name_shapes(old), _name_shapes(cells)
        effect = np.where(there, Effect.VERVANGT, Effect.NIEUW).astype(object)
        effect[there & ((old == cells) | ((old_words == "vlak") & (new_words == "punt")))] = None
        unknown = np.full(len(places), _NOTHING_KNOWN, dtype=np.int64)
        parts.append(_keep(_Part(GEOMETRY, offer.note, places, old_words, unknown, new_words, effect)))
    return parts


def _not_heard(offer: Offer, heard: npt.NDArray[np.bool_]) -> tuple[Places, Cells]:
    """Return the part of an offer about places that no better source spoke of, and mark these."""
    fresh = ~heard[offer.places]
    heard[offer.places] = True
    return offer.places[fresh], offer.cells[fresh]


def _name_shapes(shapes: Cells) -> Cells:
    return np.array([None if shape is None else name_shape(shape) for shape in shapes], dtype=object)


def _keep(part: _Part) -> _Part:
    """Return the cells that do something."""
    does = np.array([effect is not None for effect in part.effect], dtype=bool)
    return _Part(
        part.column, part.note, part.places[does], part.old[does], part.old_rank[does], part.new[does], part.effect[does]
    )


def _join(parts: Sequence[_Part], pand_ids: Cells) -> pd.DataFrame:
    """Put the parts below one another, a building at a time."""
    parts = [part for part in parts if len(part.places)]
    counts = [len(part.places) for part in parts]
    places = np.concatenate([part.places for part in parts]) if parts else np.empty(0, dtype=np.int64)
    order = np.argsort(places, kind="stable")

    def spread(values: Sequence[Any]) -> Cells:
        """Repeat what is one for a whole part."""
        held = np.empty(len(parts), dtype=object)
        held[:] = values
        return np.repeat(held, counts)[order]

    def join(arrays: Sequence[Cells]) -> Cells:
        return np.concatenate([array.astype(object) for array in arrays])[order] if arrays else np.empty(0, dtype=object)

    words = np.array([*map(str, Herkomst), None], dtype=object)
    ranks = np.concatenate([part.old_rank for part in parts])[order] if parts else np.empty(0, dtype=np.int64)
    old = join([part.old for part in parts])
    old[pd.isna(old)] = None
    return pd.DataFrame(
        {
            "pand_id": pd.Series(pand_ids[places[order]], dtype="str"),
            "fact": pd.Categorical(spread([part.column for part in parts])),
            "old": pd.Series(old, dtype=object),
            "old_source": pd.Categorical(words[ranks], categories=[str(source) for source in Herkomst]),
            "new": pd.Series(join([part.new for part in parts]), dtype=object),
            "new_source": pd.Categorical(spread([str(part.note.source) for part in parts]), categories=list(map(str, Herkomst))),
            "effect": pd.Categorical(np.asarray(join([part.effect for part in parts])), categories=list(map(str, Effect))),
            "label": pd.Categorical(spread([part.note.label for part in parts])),
            "day": pd.Series(spread([part.note.day for part in parts]), dtype=object),
        },
        columns=list(CHANGE_COLUMNS),
    )
