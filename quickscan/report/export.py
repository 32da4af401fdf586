"""A workspace as a file in the layout of our own list: read again, it brings in the same facts, answers and shapes.

A column a fact, by its own name, then a column a criterion, then the shape. CSV is for Dutch spreadsheets: a semicolon
between cells and a comma for decimals. A text that could run as a formula has an apostrophe before it, which is taken
away when the file comes back. In CSV and XLSX a shape is text (WKT, RD New); an XLSX has no room for one of more than
32,767 characters, and leaves it out. A GeoPackage holds shapes as such; a building without one is in it, but whoever
reads it will miss its shape. A last column marks the file as ours: cells that come back unchanged are no new statement
of anybody.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import EXPORT_MARK
from quickscan.domain.merging import is_criterion
from quickscan.report.tables import GEOMETRY, guard_text, write_gpkg

ExportKind = Literal["csv", "xlsx", "gpkg"]
SHEET = "gebouwen"
AREA = "grondvlak_m2"
MAX_CELL = 32_767  # characters in a cell of a workbook
_TEXT = 49  # the number under which Excel knows its own format "Tekst"
Cells = npt.NDArray[Any]


def make_export(buildings: pd.DataFrame, kind: ExportKind, *, day: str) -> bytes:
    """Return the file. `buildings` are those of `Portfolios.export`; `day` (ISO) is what a workbook says of its making.

    Raises UnusableInputError for a GeoPackage of buildings without any shape.
    """
    return _WRITERS[kind](choose_columns(buildings).assign(**{EXPORT_MARK: day}), day)


def choose_columns(buildings: pd.DataFrame) -> pd.DataFrame:
    """Return what an export holds, in order. Where there are shapes there is a column with the area, be it empty: without
    one the reader would measure the areas that nobody gave."""
    facts = [name for name in FACTS if name in buildings.columns and (name == "pand_id" or buildings[name].notna().any())]
    criteria = sorted(str(name) for name in buildings.columns if is_criterion(str(name)) and buildings[name].notna().any())
    has_shapes = GEOMETRY in buildings.columns and buildings[GEOMETRY].notna().any()
    names = [name for name in FACTS if name in facts or (has_shapes and name == AREA)]
    return buildings.reindex(columns=[*names, *criteria, *([GEOMETRY] if has_shapes else [])])


def _write_csv(buildings: pd.DataFrame, _day: str) -> bytes:
    columns = [_write_texts(buildings[name]) for name in buildings.columns]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(buildings.columns)
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue().encode("utf-8-sig")


def _write_texts(column: pd.Series) -> list[str]:
    """Return the cells as text, "" for unknown."""
    if column.name == GEOMETRY:
        return _write_shapes(column)
    known = column.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        # Every digit, never an exponent.
        return [
            np.format_float_positional(number, trim="-").replace(".", ",") if there else ""
            for number, there in zip(numbers, known, strict=True)
        ]
    return [guard_text(text) for text in column.astype(object).where(known, "").tolist()]


def _write_shapes(column: pd.Series) -> list[str]:
    import shapely  # noqa: PLC0415 - only where there are shapes

    shapes = shapely.from_wkb(column.astype(object).where(column.notna(), None).to_numpy())
    texts = shapely.to_wkt(shapes, rounding_precision=-1)  # every digit
    return ["" if text is None else str(text) for text in texts]


def _write_xlsx(buildings: pd.DataFrame, day: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only for this kind of file

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"title": "Quickscan optoppen", "created": datetime.fromisoformat(day)})
        bold = workbook.add_format({"bold": True})
        text = workbook.add_format({"num_format": _TEXT, "quote_prefix": True})  # what starts with = stays text
        sheet: Any = workbook.add_worksheet(SHEET)
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(map(str, buildings.columns)):
            sheet.set_column(place, place, max(12, min(len(name) + 2, 30)), None)
            sheet.write_string(0, place, name, bold)
            column = buildings[name]
            if pd.api.types.is_numeric_dtype(column.dtype):
                numbers = column.to_numpy(dtype=float, na_value=np.nan)
                for row in np.flatnonzero(~np.isnan(numbers)).tolist():
                    sheet.write_number(row + 1, place, numbers[row])
                continue
            for line, cell in enumerate(_write_texts(column), start=1):
                if cell and len(cell) <= MAX_CELL:
                    sheet.write_string(line, place, cell, text)
    return stream.getvalue()


def _write_gpkg(buildings: pd.DataFrame, day: str) -> bytes:
    if GEOMETRY not in buildings.columns:
        advice = "Kies CSV of Excel, of lees eerst de omtrekken van de panden in."
        raise UnusableInputError("Van deze gebouwen is geen vorm bekend, en een GeoPackage heeft die nodig.", advice)
    shapes = buildings[GEOMETRY].astype(object).where(buildings[GEOMETRY].notna(), None).to_numpy()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.gpkg"
        path.touch()
        table = buildings.drop(columns=GEOMETRY)
        guarded = {
            name: _write_texts(table[name]) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name].dtype)
        }
        write_gpkg(path, table.assign(**guarded).replace("", None), shapes, day, as_is=True)
        return path.read_bytes()


_WRITERS: Mapping[ExportKind, Callable[[pd.DataFrame, str], bytes]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "gpkg": _write_gpkg,
}
