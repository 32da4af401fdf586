"""Columns that together say one thing, and cells that say two.

"Huisnr van" 214 and "Huisnr t/m" 226 become house number 214-226; a letter and an addition come behind the number. "VvE 62%"
under Eigendom says who owns the building and which share; "gereed 2021" under Groot onderhoud says when it was done, which is
a year of renovation and not the year of the next works. What was split off fills a fact that has no column of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from quickscan.domain.errors import Fault
from quickscan.ingest.raw import SPARED, Cells, RawTable, is_moment, show_cell, sum_up
from quickscan.ingest.tables.aliases import get_value_synonyms, is_unknown, make_key
from quickscan.ingest.tables.numbers import EXCEL_ERRORS
from quickscan.ingest.tables.words import is_formula

_HOUSE_PARTS = ("huisletter", "huisnummer_toevoeging", "huisnummer_tot")
_SHARE = re.compile(r"(?:(.*\S)\s+)?(\d{1,3}(?:[.,]\d+)?)\s*%")
_WHOLE_SHARE = 100
_DONE = re.compile(r"(?:gereed|uitgevoerd|afgerond|klaar|gedaan|opgeleverd)\s*(?:in\s*)?:?\s*((?:19|20)\d\d)", re.IGNORECASE)


def join_house_numbers(raw: RawTable) -> RawTable:
    """Return the table with one house number a row: 12, 12A-2 or 214-226."""
    if "huisnummer" not in raw.cells or not any(part in raw.cells for part in _HOUSE_PARTS):
        return raw
    empty = np.full(len(raw.rows), None, dtype=object)
    letters, additions, ends = (raw.cells.get(part, empty) for part in _HOUSE_PARTS)
    joined = np.empty(len(raw.rows), dtype=object)
    joined[:] = [_join(*cells) for cells in zip(raw.cells["huisnummer"], letters, additions, ends, strict=True)]
    return replace(raw, cells={**raw.cells, "huisnummer": joined})


def _join(number: object, letter: object, addition: object, end: object) -> object:
    for cell in (number, letter, addition, end):
        if is_moment(cell) or is_formula(cell) or (isinstance(cell, str) and cell.strip().upper() in EXCEL_ERRORS):
            return cell  # read as it stands, so that the sender hears what is wrong with it
    first = _write(number)
    if not first:
        return None
    full = first + _write(letter) + (f"-{_write(addition)}" if _write(addition) else "")
    last = _write(end)
    return f"{full}-{last}" if last and last != first else full


def _write(cell: object) -> str:
    text = "" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()
    return "" if is_unknown(text) else text


def split_double_cells(raw: RawTable) -> RawTable:
    """Return the table with the cells that say two things divided over two facts, and a notice of each."""
    return _split_done_works(_split_shares(raw))


def _split_shares(raw: RawTable) -> RawTable:
    """Read a share behind the form of ownership. A share alone says nothing about the form, unless it is all."""
    if "eigendomsvorm" not in raw.cells or "aandeel_eigendom" in raw.cells:
        return raw
    forms, shares = raw.cells["eigendomsvorm"].copy(), np.full(len(raw.rows), None, dtype=object)
    known = get_value_synonyms("eigendomsvorm")
    for place, cell in enumerate(forms):
        found = _SHARE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and (found[1] is None or make_key(found[1]) in known):
            shares[place] = f"{found[2]}%"
            is_all = float(found[2].replace(",", ".")) == _WHOLE_SHARE
            forms[place] = found[1] or (cell if is_all else None)
    return _move(raw, "eigendomsvorm", forms, "aandeel_eigendom", shares, "het percentage is gelezen als aandeel_eigendom")


def _split_done_works(raw: RawTable) -> RawTable:
    """Read works that are done as a renovation; when the next works come is then unknown."""
    if "groot_onderhoud_jaar" not in raw.cells:
        return raw
    planned, done = raw.cells["groot_onderhoud_jaar"].copy(), np.full(len(raw.rows), None, dtype=object)
    for place, cell in enumerate(planned):
        if isinstance(cell, str) and (found := _DONE.fullmatch(cell.strip())):
            planned[place], done[place] = None, found[1]
    told = "dit is gedaan onderhoud: het volgende jaar telt als onbekend"
    told += "" if "renovatiejaar" in raw.cells else ", het jaartal is gelezen als renovatiejaar"
    return _move(raw, "groot_onderhoud_jaar", planned, "renovatiejaar", done, told)


def _move(raw: RawTable, source: str, left: Cells, target: str, moved: Cells, problem: str) -> RawTable:
    places = np.flatnonzero(moved != None)  # noqa: E711 - cell by cell
    if not len(places):
        return raw
    header = raw.header_of[source]
    cells = {**raw.cells, source: left}
    made = dict(raw.made)
    if target not in raw.cells:
        cells[target], made[target] = moved, header
    advice = f"Zet het liever in een eigen kolom {target}."
    faults: list[Fault] = [*raw.faults]
    original = raw.cells[source]
    different = list(dict.fromkeys(original[places]))
    for cell in different if len(different) <= SPARED else different[:1]:
        which = places[original[places] == cell] if len(different) <= SPARED else places
        faults.append(sum_up(raw.rows[which], header, show_cell(cell), problem, advice))
    return replace(raw, cells=cells, made=made, faults=faults)
