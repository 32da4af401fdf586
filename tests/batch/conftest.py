"""Files of made-up buildings as Parquet, and the in-memory path to compare with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from quickscan.domain.intake import Intake
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.ingest.reader import read_buildings
from quickscan.report.tables import make_table, write_table
from tests.cli.conftest import run
from tests.domain.buildings import frame_of, make_building, numbered, seed_size

__all__ = ["run"]  # the command line in a process of its own, as the tests of the command line have it
Save = Callable[..., Path]


def make_frame(size: int, *, seed: int = 1) -> pd.DataFrame:
    """Return so many buildings, in every state from wholly unknown to wholly known."""
    dice = np.random.default_rng(seed)
    return frame_of(numbered([make_building(dice.bytes(seed_size())) for _ in range(size)]))


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a frame as Parquet and return its path."""

    def save(frame: pd.DataFrame, name: str = "panden.parquet") -> Path:
        path = tmp_path / name
        parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
        return path

    return save


def in_memory(source: Path, out: Path, rules: Rules) -> Intake:
    """Screen a file in one piece, as `screen` does with a small one, and write it."""
    intake = read_buildings(source, answer_codes=rules.answer_codes)
    table = make_table(intake.buildings, screen_buildings(intake.buildings, rules))
    geometry = intake.buildings["geometry"].to_numpy(dtype=object) if "geometry" in intake.buildings else None
    write_table(out, table, geometry=geometry, day=rules.day.isoformat())
    return intake


def require_same(found: Path, wanted: Path) -> None:
    """Raise unless two Parquet files hold the same columns with the very same values."""
    mine, theirs = parquet.read_table(found), parquet.read_table(wanted)
    assert mine.schema.names == theirs.schema.names
    assert mine.num_rows == theirs.num_rows
    for name in mine.schema.names:
        assert mine.column(name).type == theirs.column(name).type, name
        assert mine.column(name).to_pylist() == theirs.column(name).to_pylist(), name
