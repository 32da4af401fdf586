"""Real runs of the command line, in a process of their own."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DEN_HAAG = PROJECT.parent / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"
DAY = "2026-11-21"
Run = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run `python -m quickscan …` and return what it said."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "quickscan", *(str(argument) for argument in arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
        )
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def den_haag() -> Path:
    if not DEN_HAAG.is_file():
        pytest.skip(f"het echte bestand van Den Haag ontbreekt: {DEN_HAAG}")
    return DEN_HAAG


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows as a CSV and return its path."""

    def write(*rows: dict[str, object], name: str = "panden.csv") -> Path:
        path = tmp_path / name
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def block(**more: object) -> dict[str, object]:
    """Return one apartment block that is in reach."""
    return {
        "pand_id": "0518100000000001",
        "bouwjaar": 1972,
        "status": "Pand in gebruik",
        "gebruiksdoel": "woonfunctie",
        "aantal_woningen": 48,
        "bouwlagen": 4,
        "grondvlak_m2": 900,
    } | more
