"""Small files to read: each test writes the one it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from pyogrio.raw import write

from quickscan.domain.intake import Intake
from quickscan.ingest.reader import read_buildings

ID = "0518100000203346"
CODES = {"bou.dak": ("plat_vrij", "plat_vol"), "org.draagvlak": ("hoog", "laag")}
SQUARE = shapely.box(82_000, 455_000, 82_010, 455_020)


@pytest.fixture
def read_csv(tmp_path: Path) -> Callable[..., Intake]:
    """Return a function that writes lines of CSV and reads them back."""

    def run(*lines: str, encoding: str = "utf-8") -> Intake:
        path = tmp_path / "bezit.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return read_buildings(path, answer_codes=CODES)

    return run


@pytest.fixture
def read_column(read_csv: Callable[..., Intake]) -> Callable[..., Intake]:
    """Return a function that reads cells of one column, each with a pand of its own."""

    def run(header: str, *cells: str) -> Intake:
        return read_csv(f"pand_id;{header}", *(f"05181000002{n:05};{cell}" for n, cell in enumerate(cells)))

    return run


@pytest.fixture
def read_sheet(tmp_path: Path) -> Callable[..., Intake]:
    """Return a function that writes rows of a workbook and reads them back."""

    def run(*rows: list[object], sheet: str = "Blad1") -> Intake:
        workbook = openpyxl.Workbook()
        workbook.active.title = sheet
        for row in rows:
            workbook.active.append(row)
        path = tmp_path / "bezit.xlsx"
        workbook.save(path)
        return read_buildings(path, answer_codes=CODES)

    return run


@pytest.fixture
def read_shapes(tmp_path: Path) -> Callable[..., Intake]:
    """Return a function that writes shapes with the columns of the BAG and reads them back."""

    def run(*shapes: shapely.Geometry | None, crs: str = "EPSG:28992", suffix: str = ".gpkg", **columns: list[object]) -> Intake:
        path = tmp_path / f"panden{suffix}"
        count = len(shapes)
        fields: dict[str, list[object]] = {
            "identificatie": [f"05181000002{n:05}" for n in range(count)],
            "bouwjaar": [1962] * count,
            "status": ["Pand in gebruik"] * count,
            **columns,
        }
        types = {int: np.int64, float: np.float64}
        write(
            path,
            geometry=np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
            field_data=[np.array(cells, dtype=types.get(type(cells[0]) if cells else str, object)) for cells in fields.values()],
            fields=list(fields),
            geometry_type="Unknown",
            crs=crs,
            driver="GPKG" if suffix == ".gpkg" else "GeoJSON",
            layer="pand",
        )
        return read_buildings(path, answer_codes=CODES)

    return run
