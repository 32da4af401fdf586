"""What all tests share: the rules on one fixed day, and how many examples the property tests try.

`HYPOTHESIS_PROFILE=grondig` tries ten times as many examples; `snel` a tenth, while working on one test.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that `pytest` finds what `python -m pytest` finds

from quickscan.domain.rules import Rules
from quickscan.rulebook.loader import load_national

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEILDATUM = date(2026, 11, 21)

SLOW_MACHINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=SLOW_MACHINE)
settings.register_profile("snel", deadline=None, suppress_health_check=SLOW_MACHINE)
settings.register_profile("grondig", deadline=None, suppress_health_check=SLOW_MACHINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def rules() -> Rules:
    """Return the national rules on the day all tests use."""
    return load_national().on(PEILDATUM)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one browser for all tests of a process: Playwright does not run twice in one."""
    from tests.e2e.browser import chromium  # noqa: PLC0415 - most tests do without

    with chromium() as running:
        yield running
