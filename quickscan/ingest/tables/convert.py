"""Turn the cells of one column into values of a fact or a criterion.

Cells repeat, so each different cell is read once and the outcome is spread over the rows. A placeholder is a number
with which the BAG says "unknown"; it becomes unknown, with a notice. Words that were read as one of the choices of a fact
are told in one notice a column, so that the sender can see whether they were meant so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS, FactSpec, Kind
from quickscan.ingest.raw import SPARED, Cells, Reading, Rows, show_cell, sum_up
from quickscan.ingest.tables.aliases import make_key
from quickscan.ingest.tables.ids import WELL_FORMED, read_pand_id
from quickscan.ingest.tables.numbers import Marks, find_marks, read_number
from quickscan.ingest.tables.words import FORMULA, is_formula, make_choice_reader, read_postcode, read_text

PLACEHOLDERS: Mapping[str, tuple[float, ...]] = {
    "bouwjaar": (1005, 9999),
    "oppervlakte_min": (1, 999999),
    "oppervlakte_max": (1, 999999),
}
MAX_CELL = 32_767  # characters; Excel holds no more in a cell
_WORDS_NAMED = 8


def convert_column(
    target: str, header: str, cells: Cells, rows: Rows, *, codes: tuple[str, ...], is_register: bool
) -> tuple[pd.Series, list[Fault]]:
    """Return the values of a target (numbers as float64, the rest as text) and the faults, in the sender's words."""
    spec = FACTS.get(target)
    if spec is not None and spec.is_number:
        values, faults = _convert_numbers(spec, header, cells, rows)
        return _judge_placeholders(pd.Series(values, rows), spec, header, is_register=is_register, faults=faults)
    if target == "pand_id":
        return _convert_ids(header, cells, rows)
    read = _choose_reader(target, spec, codes)
    texts, faults = _spread(read, header, cells, rows)
    if spec is not None and spec.kind is Kind.KEUZE and not is_register:
        faults += _tell_words(read, header, cells, rows)
    return pd.Series(texts, rows, dtype="str"), faults


def _choose_reader(target: str, spec: FactSpec | None, codes: tuple[str, ...]) -> Callable[[object], Reading]:
    if spec is None:
        return make_choice_reader(target, codes)
    if spec.kind is Kind.KEUZE:
        return make_choice_reader(target, spec.options)
    return read_postcode if target == "postcode" else read_text


def _convert_ids(header: str, cells: Cells, rows: Rows) -> tuple[pd.Series, list[Fault]]:
    """Read ids. They do not repeat, so those that are right as they stand are let through all at once."""
    if cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=False) == "string":
        ids = pd.Series(cells, rows, dtype="str")
        doubtful = ~ids.str.fullmatch(WELL_FORMED).to_numpy(dtype=bool)
        if not doubtful.any():
            return ids, []
    values, faults = _spread(read_pand_id, header, cells, rows)
    return pd.Series(values, rows, dtype="str"), faults


def _convert_numbers(spec: FactSpec, header: str, cells: Cells, rows: Rows) -> tuple[Cells, list[Fault]]:
    if cells.dtype.kind in "iuf":
        return cells.astype(np.float64), []
    different = pd.unique(pd.Series(cells, dtype=object))
    marks = find_marks(different, spec.unit)
    values, faults = _spread(partial(read_number, spec=spec, marks=marks), header, cells, rows)
    numbers = values.astype(np.float64)
    if spec.unit == "%":
        faults += _find_fractions(numbers, header, cells, rows)
    if spec.kind is Kind.GETAL and marks is Marks.DUTCH:
        faults += _tell_thousands(different, spec, header, cells, rows)
    return numbers, faults


def _find_fractions(numbers: Cells, header: str, cells: Cells, rows: Rows) -> list[Fault]:
    """Refuse percentages written as a share of one, as a spreadsheet keeps them behind the screen."""
    with np.errstate(invalid="ignore"):
        fraction = (numbers > 0) & (numbers < 1)
        wrong = (numbers > 0) & (numbers <= 1) if fraction.any() else fraction
    advice = "Schrijf het percentage als getal van 0 tot en met 100, bijvoorbeeld 62."
    return [
        Fault(int(rows[place]), header, show_cell(cells[place]), "dit lijkt een deel van 1, er hoort een percentage", advice)
        for place in np.flatnonzero(wrong)
    ]


def _tell_thousands(different: Cells, spec: FactSpec, header: str, cells: Cells, rows: Rows) -> list[Fault]:
    """Tell the sender how a cell was read that can be read in two ways."""
    sure = "".join(cell for cell in different if isinstance(cell, str) and "," in cell)
    for cell in different:
        if not sure and isinstance(cell, str) and "." in cell:
            value = read_number(cell, spec, Marks.DUTCH).value
            if value is not None:
                problem = f"de punt is gelezen als teken voor duizendtallen: {value:.0f}"
                return [sum_up(rows[cells == cell], header, show_cell(cell), problem, "Bedoel je een komma? Schrijf een komma.")]
    return []


def _judge_placeholders(
    values: pd.Series, spec: FactSpec, header: str, *, is_register: bool, faults: list[Fault]
) -> tuple[pd.Series, list[Fault]]:
    advice = "Je hoeft niets te doen." if is_register else "Vul de echte waarde in als je die weet."
    for placeholder in PLACEHOLDERS.get(spec.name, ()):
        rows = values.index[values == placeholder]
        if len(rows):
            shown = f"{placeholder:g}" if placeholder < 1e5 else f"{placeholder:.0f}"  # noqa: PLR2004 - g would say 1e+06
            problem = f"{shown} betekent in de BAG dat de waarde onbekend is; ze telt als onbekend"
            faults.append(sum_up(rows.to_numpy(), header, shown, problem, advice))
            values = values.mask(values == placeholder)
    return values, faults


def _tell_words(read: Callable[[object], Reading], header: str, cells: Cells, rows: Rows) -> list[Fault]:
    """Tell in one notice which words were read as which choice, where more than the spelling differs."""
    places, different = pd.factorize(np.asarray(cells, dtype=object))
    told = []
    for which, cell in enumerate(different):
        reading = _read_safely(read, cell)
        if reading.value is None or reading.problem or make_key(str(cell)) == make_key(str(reading.value)):
            continue
        found = rows[places == which]
        told.append(f"'{show_cell(cell)}' als '{reading.value}' (rij {found[0]}{' en verder' if len(found) > 1 else ''})")
    if not told:
        return []
    more = f" en nog {len(told) - _WORDS_NAMED} woorden" if len(told) > _WORDS_NAMED else ""
    problem = f"woorden zijn gelezen als een keuze: {', '.join(told[:_WORDS_NAMED])}{more}"
    return [Fault(None, header, None, problem, "Klopt een woord niet? Verander het dan in het bestand.", notice=True)]


def _spread(read: Callable[[object], Reading], header: str, cells: Cells, rows: Rows) -> tuple[Cells, list[Fault]]:
    """Read each different cell once; return the value of every row and the faults."""
    places, different = pd.factorize(np.asarray(cells, dtype=object))
    readings = [_read_safely(read, cell) for cell in different]
    values = np.array([*(reading.value for reading in readings), None], dtype=object)[places]
    wrong = np.array([bool(reading.problem) for reading in readings], dtype=bool)
    rows_of = pd.Series(rows).groupby(places).indices if wrong.any() else {}
    faults: list[Fault] = []
    notices: dict[tuple[str, str], list[int]] = defaultdict(list)
    for which in np.flatnonzero(wrong):
        reading = readings[which]
        if reading.notice:
            notices[reading.problem, reading.advice].append(int(which))
        else:
            shown = show_cell(different[which])
            faults += [Fault(int(row), header, shown, reading.problem, reading.advice) for row in rows[rows_of[which]]]
    for told, cells_told in notices.items():
        groups = [[which] for which in cells_told] if len(cells_told) <= SPARED else [cells_told]
        for group in groups:
            found = np.sort(np.concatenate([rows[rows_of[which]] for which in group]))
            faults.append(sum_up(found, header, show_cell(different[group[0]]), *told))
    return values, faults


def _read_safely(read: Callable[[object], Reading], cell: object) -> Reading:
    if isinstance(cell, str) and len(cell) > MAX_CELL:
        return Reading(None, f"deze cel heeft meer dan {MAX_CELL} tekens", "Maak de tekst korter.")
    return Reading(None, *FORMULA, notice=True) if is_formula(cell) else read(cell)
