"""What the tests of the business case share: subsidies, and a case from a few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quickscan.cli import main
from quickscan.domain.finance.case import CaseResult, run_case
from quickscan.domain.finance.reading import Case, read_case
from quickscan.domain.finance.subsidies import SubsidyBook
from quickscan.domain.rules import Rules
from quickscan.rulebook.loader import load_national
from quickscan.rulebook.subsidies import load_subsidies
from tests.conftest import PEILDATUM

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "voorbeelden"
PARAMETERS = {
    "disconteringsvoet": 0.0417,
    "horizon_jaren": 60,
    "huurstijging": 0.02,
    "kostenstijging": 0.025,
    "derving": 0.01,
    "onderhoud_eur_per_jaar": 1700,
    "beheer_eur_per_jaar": 1450,
    "btw": 0.21,
    "restwaarde_eur": 0,
    "subsidies": [],
}
HOME = {"aantal": 1, "bouwkosten_eur_ex_btw": 140_000, "huur_eur_per_maand": 713.02}
Content = dict[str, Any]


def content(**tables: Mapping[str, Any]) -> Content:
    """Return the minimal case with tables added or overridden; None takes a key away."""
    made: Content = {"woning": dict(HOME), "parameters": dict(PARAMETERS)}
    for name, table in tables.items():
        merged = {**made.get(name, {}), **table}
        made[name] = {key: value for key, value in merged.items() if value is not None}
    return made


def read(**tables: Mapping[str, Any]) -> Case:
    return read_case(content(**tables), national_rules(), load_subsidies())


def run(**tables: Mapping[str, Any]) -> CaseResult:
    """Work out a case with few draws."""
    tables.setdefault("onzekerheid", {"trekkingen": 100})
    return run_case(read(**tables), national_rules(), load_subsidies())


@cache
def national_rules() -> Rules:
    """Return the rules on the day of the tests, once for all examples of a property."""
    return load_national().on(PEILDATUM)


@pytest.fixture(scope="session")
def subsidies() -> SubsidyBook:
    return load_subsidies()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run the command line in this process; return its exit code and the JSON it wrote."""

    def tell(path: Path) -> tuple[int, dict[str, Any]]:
        code = main(["businesscase", str(path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return tell
