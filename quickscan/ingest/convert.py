"""Turn the cells of one column into values of a fact or a criterion.

Cells repeat, so each different cell is read once and the outcome is spread over the rows. A placeholder is a number
with which the BAG says "unknown". In a file from the register it becomes unknown, with a notice; in a sender's own
table it is an error, because there an empty cell says it better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS, FactSpec, Kind
from quickscan.ingest.ids import WELL_FORMED, read_pand_id
from quickscan.ingest.numbers import Marks, find_marks, read_number
from quickscan.ingest.raw import Cells, Reading, Rows, show_cell
from quickscan.ingest.words import make_choice_reader, read_postcode, read_text

PLACEHOLDERS: Mapping[str, tuple[float, ...]] = {
    "bouwjaar": (1005, 9999),
    "oppervlakte_min": (1, 999999),
    "oppervlakte_max": (1, 999999),
}
_ROWS_NAMED = 5


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
    texts, faults = _spread(_choose_reader(target, spec, codes), header, cells, rows)
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
        faults += _tell_thousands(different, spec, header)
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


def _tell_thousands(different: Cells, spec: FactSpec, header: str) -> list[Fault]:
    """Tell the sender how a cell was read that can be read in two ways."""
    sure = "".join(cell for cell in different if isinstance(cell, str) and "," in cell)
    for cell in different:
        if not sure and isinstance(cell, str) and "." in cell:
            value = read_number(cell, spec, Marks.DUTCH).value
            if value is not None:
                problem = f"de punt is gelezen als teken voor duizendtallen: {value:.0f}"
                return [Fault(None, header, show_cell(cell), problem, "Bedoel je een komma? Schrijf dan een komma.", notice=True)]
    return []


def _judge_placeholders(
    values: pd.Series, spec: FactSpec, header: str, *, is_register: bool, faults: list[Fault]
) -> tuple[pd.Series, list[Fault]]:
    for placeholder in PLACEHOLDERS.get(spec.name, ()):
        rows = values.index[values == placeholder]
        shown = f"{placeholder:g}" if placeholder < 1e5 else f"{placeholder:.0f}"  # noqa: PLR2004 - g would say 1e+06
        problem = f"{shown} betekent in de BAG dat de waarde onbekend is"
        if len(rows) and is_register:
            faults.append(_sum_up(rows, header, shown, f"{problem}; ze telt als onbekend", "Je hoeft niets te doen."))
        elif len(rows):
            advice = "Vul de echte waarde in, of laat de cel leeg als die onbekend is."
            faults += [Fault(int(row), header, shown, problem, advice) for row in rows]
        values = values.mask(values == placeholder) if len(rows) else values
    return values, faults


def _spread(read: Callable[[object], Reading], header: str, cells: Cells, rows: Rows) -> tuple[Cells, list[Fault]]:
    """Read each different cell once; return the value of every row and the faults."""
    places, different = pd.factorize(np.asarray(cells, dtype=object))
    readings = [read(cell) for cell in different]
    values = np.array([*(reading.value for reading in readings), None], dtype=object)[places]
    faults: list[Fault] = []
    wrong = np.flatnonzero([bool(reading.problem) for reading in readings])
    for which in wrong:
        reading, shown = readings[which], show_cell(different[which])
        found = rows[places == which]
        if reading.notice:
            faults.append(_sum_up(found, header, shown, reading.problem, reading.advice))
        else:
            faults += [Fault(int(row), header, shown, reading.problem, reading.advice) for row in found]
    return values, faults


def _sum_up(rows: Sequence[int] | Rows | pd.Index, header: str, shown: str | None, problem: str, advice: str) -> Fault:
    """Return one notice for all rows with the same cell: a notice a row would drown the errors."""
    if len(rows) == 1:
        return Fault(int(rows[0]), header, shown, problem, advice, notice=True)
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = ", …" if len(rows) > _ROWS_NAMED else ""
    return Fault(None, header, shown, f"{problem} ({len(rows)} rijen: {named}{more})", advice, notice=True)
