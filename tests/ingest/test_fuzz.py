"""Whatever bytes come in, a file is read or refused; nothing else is raised and the outcome meets the contract."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import FACTS, check_buildings
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import CODES, ID

WORDS = [ID, "1.234", "12,5", "ja", "€ 3,-", "ca. 1962", "-", "n.v.t.", "#REF!", "5,18E+14", "POINT (1 2)", "1,1,1"]
WORDS += [
    "=1+1",
    "VvE 62%",
    "gereed 2021",
    "<b>x</b>",
    "Totaal",
    "518100000203346",
    "111222333",
    "1-9",
    "A",
    "Label C",
    "jan@example.nl",
]
CELLS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
)
OTHERS = [
    "x",
    "y",
    "lon",
    "lat",
    "geometry",
    "VHE-nummer",
    "Huisnr t/m",
    "huisletter",
    "Bouwjar",
    "Huurder",
    "soort",
    "oppervlakte",
    "",
]
HEADERS = st.one_of(st.sampled_from([*FACTS, *CODES, *OTHERS]), st.text(max_size=8))
# What a workbook can hold: openpyxl refuses to write control characters.
SHEET_CELLS = st.one_of(
    CELLS.map(lambda text: ILLEGAL_CHARACTERS_RE.sub("", text)),
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - a cell has no zone
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=3)),
)
FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refuse(path: Path) -> None:
    try:
        intake = read_buildings(path, answer_codes=CODES)
    except UnusableInputError as error:
        assert error.advice  # noqa: PT017 - both outcomes are good
        return
    assert len(intake.buildings) <= intake.rows
    assert all(fault.sentence() for fault in intake.faults)
    if len(intake.buildings):
        assert check_buildings(intake.buildings, answers=CODES) == []


@FAST
@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    read_or_refuse(path)


@FAST
@given(st.lists(HEADERS, min_size=1, max_size=6), st.lists(st.lists(CELLS, max_size=7), max_size=6))
def test_random_tables_are_read_or_refused(tmp_path: Path, headers: list[str], rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(";".join(row) for row in [["pand_id", *headers], *rows]), encoding="utf-8", errors="replace")
    read_or_refuse(path)


@FAST
@given(
    st.lists(
        st.lists(st.one_of(SHEET_CELLS, HEADERS.map(lambda text: ILLEGAL_CHARACTERS_RE.sub("", text))), max_size=6), max_size=9
    )
)
def test_random_workbooks_are_read_or_refused(tmp_path: Path, rows: list[list[object]]) -> None:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(tmp_path / "a.xlsx")
    read_or_refuse(tmp_path / "a.xlsx")


@FAST
@given(
    st.lists(HEADERS, max_size=6),
    st.lists(st.tuples(st.sampled_from([ID, ID[:-1] + "7", ID[1:]]), st.lists(SHEET_CELLS, max_size=6)), max_size=9),
)
def test_random_lists_of_dwellings_are_read_or_refused(
    tmp_path: Path, headers: list[str], rows: list[tuple[str, list[object]]]
) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["pand_id", "VHE-nummer", *(ILLEGAL_CHARACTERS_RE.sub("", header) for header in headers)])
    for number, (pand, row) in enumerate(rows):
        workbook.active.append([pand, number, *row])
    workbook.save(tmp_path / "a.xlsx")
    read_or_refuse(tmp_path / "a.xlsx")


@FAST
@given(st.binary(max_size=200))
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.xlsx", b"PK\x03\x04"), ("a.gpkg", b"SQLite format 3\x00"), ("a.geojson", b'{"type":"FeatureCollection",')],
)
def test_random_bytes_behind_a_right_signature_are_refused(tmp_path: Path, name: str, start: bytes, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(start + content)
    read_or_refuse(path)
