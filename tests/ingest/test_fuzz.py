"""Whatever bytes come in, a file is read or refused; nothing else is raised and the outcome meets the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import FACTS, check_buildings
from quickscan.ingest.reader import read_buildings
from tests.ingest.conftest import CODES, ID

CELLS = st.one_of(
    st.sampled_from([ID, "1.234", "12,5", "ja", "€ 3,-", "ca. 1962", "-", "n.v.t.", "#REF!", "5,18E+14", "POINT (1 2)", "1,1,1"]),
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
)
HEADERS = st.one_of(st.sampled_from([*FACTS, *CODES, "x", "y", "lon", "lat", "geometry"]), st.text(max_size=8))
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
@given(st.binary(max_size=200))
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.xlsx", b"PK\x03\x04"), ("a.gpkg", b"SQLite format 3\x00"), ("a.geojson", b'{"type":"FeatureCollection",')],
)
def test_random_bytes_behind_a_right_signature_are_refused(tmp_path: Path, name: str, start: bytes, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(start + content)
    read_or_refuse(path)
