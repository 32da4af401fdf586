"""Reading files: a large XLSX against openpyxl's own read, and shapes in Arrow batches against one object at a time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import shapely
import xlsxwriter
from pyogrio import raw

from benchmarks.measuring import Result, interleaved
from benchmarks.national import make_rows
from benchmarks.scoring import DAY
from quickscan.ingest.reader import read_buildings
from quickscan.wiring import rules_on

GOAL_XLSX, GOAL_ARROW = 2.0, 1.0
SHEET_ROWS, SHAPES = 50_000, 100_000
ROOFS = ("Plat dak", "PLAT", "hellend", "kap", "")


def xlsx_against_openpyxl() -> Iterator[Result]:
    """Yield the seconds of checking a list of 50,000 buildings, beside openpyxl reading every value of it."""
    rules = rules_on(DAY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "complexen.xlsx")
        _write_sheet(path)
        intake = read_buildings(path, answer_codes=rules.answer_codes)
        if len(intake.buildings) != SHEET_ROWS:
            raise AssertionError(f"{len(intake.buildings)} rows came in: {intake.errors[:3]}")
        mine, theirs, ratio = interleaved(
            lambda: read_buildings(path, answer_codes=rules.answer_codes),
            lambda: _read_sheet(path),
            repeats=3,
            clock=time.process_time,
        )
    against = f"openpyxl dat alleen elke cel leest ({theirs:.2f} s)"
    yield Result("xlsx_50000", mine, "s processortijd", against, ratio, f"≤ {GOAL_XLSX:g}", ratio <= GOAL_XLSX)


def _read_sheet(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    seen = sum(1 for sheet in book for row in sheet.iter_rows(values_only=True) for _ in row)
    book.close()
    return seen


def _write_sheet(path: Path) -> None:
    """Write a list as a corporation sends it: texts, Dutch numbers as text, numbers, and gaps."""
    dice = np.random.default_rng(7)
    years = dice.integers(1946, 1990, SHEET_ROWS)
    homes, storeys = dice.integers(4, 120, SHEET_ROWS), dice.integers(2, 14, SHEET_ROWS)
    sizes, roofs = dice.uniform(45, 110, SHEET_ROWS), dice.integers(0, len(ROOFS), SHEET_ROWS)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Complexen")
        headers = ("BAG pand id", "Complexnaam", "Straatnaam", "Huisnr.", "Postcode", "Bouwjaar", "Aantal VHE", "Bouwlagen")
        sheet.write_row(0, 0, (*headers, "Gem. opp. (m2)", "Soort dak", "Lift aanwezig", "Energielabel"))
        for row in range(SHEET_ROWS):
            number = (f"05181{row:011d}", f"Complex {row % 900}", f"Straat {row % 1200}", f"{row % 250}-{row % 250 + 8}")
            facts = (f"25{row % 90 + 10}AB", int(years[row]), int(homes[row]), int(storeys[row]))
            told = (f"{sizes[row]:.1f}".replace(".", ","), ROOFS[roofs[row]], "Ja" if row % 3 else "nee", "ABCDEFG"[row % 7])
            sheet.write_row(row + 1, 0, (*number, *facts, *told))


def arrow_against_objects() -> Iterator[Result]:
    """Yield the seconds of reading 100,000 panden with their shapes in, beside the same layer read object by object."""
    rules = rules_on(DAY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "panden.gpkg")
        _write_layer(path)
        intake = read_buildings(path, answer_codes=rules.answer_codes)
        if len(intake.buildings) != SHAPES:
            raise AssertionError(f"{len(intake.buildings)} panden came in: {intake.errors[:3]}")
        code = "import sys; from benchmarks.reading import read_both; read_both(sys.argv[1])"
        done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
        arrow, objects = (float(number) for number in done.stdout.split())
        whole = interleaved(lambda: read_buildings(path, answer_codes=rules.answer_codes), lambda: None, repeats=3)[0]
    ratio = arrow / objects
    against = (
        f"pyogrio zonder Arrow, object voor object ({objects:.2f} s); het hele inlezen met alle controles duurt {whole:.2f} s"
    )
    yield Result("arrow_shapes", arrow, "s", against, ratio, f"≤ {GOAL_ARROW:g}", ratio <= GOAL_ARROW)


def read_both(path: str) -> None:
    """Print the seconds of reading the layer with Arrow and without; in a process of its own, so that memory starts equal."""

    def with_arrow() -> None:
        with raw.open_arrow(path, layer="pand", use_pyarrow=True) as (_, reader):
            for batch in reader:
                shapely.from_wkb(batch.column(batch.schema.names.index("geom")).to_numpy(zero_copy_only=False))

    def without() -> None:
        _, _, wkb, _ = raw.read(path, layer="pand")
        shapely.from_wkb(wkb)

    arrow, objects, _ = interleaved(with_arrow, without, repeats=5)
    print(arrow, objects)


def _write_layer(path: Path) -> None:
    table = make_rows(SHAPES, seed=3, start=0, shapes=True, blocks=0.03)
    table = pa.table({name: _plain(table.column(name)) for name in table.column_names})
    raw.write_arrow(table, path, layer="pand", driver="GPKG", geometry_name="geometry", geometry_type="Polygon", crs="EPSG:28992")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
