"""Agreeing: the 70 percent rule and the four fifths of a VvE, each with its nuance and never more than a check."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from quickscan.domain.consent import Outcome, check_owners, check_tenants, find_gaps
from quickscan.domain.errors import UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.settings import PlanSettings, check_dates, settings_as_tables, settings_from_tables

TODAY = date(2026, 11, 27)
COMBINED = PlanSettings(combined=True)


@pytest.mark.parametrize(
    ("settings", "homes", "expected", "told"),
    [
        (PlanSettings(), 24, Outcome.ONBEKEND, "Kies eerst"),
        (PlanSettings(combined=False), 24, Outcome.NIET_NODIG, "vraagt geen instemming"),
        (COMBINED, math.nan, Outcome.ONBEKEND, "hoeveel woningen"),
        (COMBINED, 9, Outcome.NOG_DOEN, "Onder de 10 woningen"),
        (COMBINED, 10, Outcome.NOG_DOEN, "Vanaf 70 procent"),
        (PlanSettings(combined=True, agreed=0.699), 24, Outcome.NOG_DOEN, "69 procent stemde in. Er is 70 procent nodig"),
        (PlanSettings(combined=True, agreed=0.7), 24, Outcome.IN_ORDE, "Vul in wanneer"),
        (
            PlanSettings(combined=True, agreed=0.7, asked_on=TODAY - timedelta(weeks=7)),
            24,
            Outcome.NOG_DOEN,
            "loopt tot 4-12-2026",
        ),
        (PlanSettings(combined=True, agreed=0.7, asked_on=TODAY - timedelta(weeks=8)), 24, Outcome.IN_ORDE, "is voorbij"),
    ],
)
def test_tenants(rules: Rules, settings: PlanSettings, homes: float, expected: Outcome, told: str) -> None:
    check = check_tenants(settings, homes, rules, today=TODAY)
    assert (check.outcome, told in check.text) == (expected, True), check.text
    assert "vermoeden" in check.nuance
    assert "8 weken naar de rechter" in check.nuance
    assert check.source == "Burgerlijk Wetboek, boek 7, artikel 220"


@pytest.mark.parametrize(
    ("votes", "ownership", "expected", "told"),
    [
        (None, None, Outcome.ONBEKEND, "quick scan"),
        (None, "volledig", Outcome.NIET_NODIG, "één eigenaar"),
        (None, "vve_besluit", Outcome.IN_ORDE, "er een besluit"),
        (None, "gespikkeld", Outcome.NOG_DOEN, "vier vijfde"),
        (0.8, "gespikkeld", Outcome.IN_ORDE, "vier vijfde of meer"),
        (0.79, "gespikkeld", Outcome.NOG_DOEN, "kantonrechter"),
        (0.5, None, Outcome.NOG_DOEN, "kantonrechter"),
        (0.49, "vve_zonder_meerderheid", Outcome.NOG_DOEN, "ook voor een machtiging is dit te weinig"),
    ],
)
def test_owners(rules: Rules, votes: float | None, ownership: str | None, expected: Outcome, told: str) -> None:
    check = check_owners(PlanSettings(votes=votes), ownership, rules)
    assert (check.outcome, told in check.text) == (expected, True), check.text
    assert "15 dagen" in check.nuance
    assert "3 maanden" in check.nuance


def test_a_task_without_a_name_is_a_gap_and_a_space_is_no_name(rules: Rules) -> None:
    tasks = rules.planning.taken
    assert find_gaps(tasks, {}) == tasks
    given = {str(task.nummer): "Noor" for task in tasks} | {"4": " "}
    assert [task.nummer for task in find_gaps(tasks, given)] == [4]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"agreed": 1.2}, "aandeel dat instemt"),
        ({"votes": -0.1}, "aandeel van de stemmen"),
        ({"tasks": {"1": "x" * 81}}, "langer dan 80 tekens"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_what_to_do(changes: dict[str, object], told: str) -> None:
    with pytest.raises(UnusableInputError, match=told):
        PlanSettings().with_changes(**changes)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (PlanSettings(start=date(2062, 1, 1)), "start in 2062 ligt te ver weg"),
        (PlanSettings(wish=date(2062, 1, 1)), "wensdatum in 2062 ligt te ver weg"),
        (PlanSettings(start=date(2027, 1, 1), wish=date(2027, 1, 1)), "vóór de start"),
        (PlanSettings(wish=TODAY), "vóór de start"),
    ],
)
def test_days_that_cannot_be_are_refused(settings: PlanSettings, told: str) -> None:
    with pytest.raises(UnusableInputError, match=told):
        check_dates(settings, TODAY)
    check_dates(PlanSettings(start=date(2045, 1, 1), wish=date(2046, 1, 1)), TODAY)


def test_settings_are_the_same_after_being_kept() -> None:
    settings = PlanSettings(
        start=TODAY,
        wish=date(2029, 1, 1),
        lessons=frozenset(),
        seasons=frozenset({"vleermuis"}),
        level="consulteren",
        combined=True,
        agreed=0.72,
        asked_on=TODAY,
        votes=0.8,
        tasks={"1": "Noor"},
        measures=frozenset({"verhuisplan"}),
    )
    for each in (settings, PlanSettings()):
        assert settings_from_tables(settings_as_tables(each), start=each.start, wish=each.wish) == each
