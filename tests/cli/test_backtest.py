from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from quickscan.domain.backtest import run_backtest
from quickscan.domain.terms import Interventie
from quickscan.wiring import rules_on


@dataclass
class Built:
    laag: int
    hoog: int


@dataclass
class Inputs:
    interventie: Interventie
    values: dict[str, float | str]

    def facts(self) -> dict[str, float | str]:
        return self.values


@dataclass
class Project:
    naam: str = "Blok"
    meting: Inputs | None = None
    toegevoegd: Built | None = field(default_factory=lambda: Built(40, 40))
    bouwjaar: int | None = 1970
    uitgesloten: str = ""
    regel_ontleend: bool = False


def a_gallery(built: Built, **more: object) -> Project:
    values: dict[str, float | str] = {"ontsluiting": "galerij", "bloklengte_m": 220.0, "extra_bouwlagen": 1.0}
    return Project(meting=Inputs(Interventie.OPTOPPEN, values), toegevoegd=built, **more)  # type: ignore[arg-type]


RULES = rules_on(date(2026, 11, 21))


def test_the_error_is_likely_minus_built() -> None:
    (case,) = run_backtest([a_gallery(Built(44, 44))], RULES).cases
    assert case.route == "galerij"
    assert case.estimate[1] == 40
    assert case.error == -4
    assert case.share == pytest.approx(4 / 44)
    assert case.in_range


def test_between_the_ends_of_the_sources_there_is_no_error() -> None:
    (case,) = run_backtest([a_gallery(Built(38, 44))], RULES).cases
    assert case.error == 0


def test_built_layers_are_taken_as_proven() -> None:
    project = a_gallery(Built(80, 80), bouwjaar=1950)
    assert project.meting is not None
    project.meting.values["extra_bouwlagen"] = 2.0
    (case,) = run_backtest([project], RULES).cases
    assert case.estimate[1] == 80


def test_what_is_left_out_keeps_its_reason() -> None:
    result = run_backtest([Project(uitgesloten="Nog een plan.")], RULES)
    assert result.unused[0].reason == "Nog een plan."
    assert result.all is None


def test_projects_that_a_rule_was_drawn_from_are_summed_up_apart() -> None:
    result = run_backtest([a_gallery(Built(44, 44), regel_ontleend=True), a_gallery(Built(50, 50))], RULES)
    assert result.all is not None
    assert result.all.cases == 2
    assert result.independent is not None
    assert result.independent.median_error == 10


def test_a_project_without_the_inputs_of_any_route_is_left_out() -> None:
    result = run_backtest([Project(meting=Inputs(Interventie.OPTOPPEN, {"bouwlagen": 4.0}))], RULES)
    assert not result.cases
    assert "missen" in result.unused[0].reason
