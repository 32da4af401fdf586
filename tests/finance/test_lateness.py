"""The delay of a case comes from the time model: seasons and luck in it, the worst end from what nobody knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quickscan.domain.finance.starting import find_delay
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Interventie
from quickscan.services.scans import Scan
from quickscan.wiring import Services, join_services, open_stores
from tests.store.conftest import make_buildings, make_workspace


class Desk:
    """A workspace with one building, with every service as a laptop has them."""

    def __init__(self, folder: Path, rules: Rules) -> None:
        stores = open_stores(f"sqlite:///{(folder / 'quickscan.db').as_posix()}")
        buildings = make_buildings(
            1, bouwjaar=[1968], bouwlagen=[4], dakoppervlak_plat_m2=[900.0], aantal_woningen=[24], groot_onderhoud_jaar=[2031]
        )
        self.services: Services = join_services(stores)
        self.workspace, self.pand_id = make_workspace(stores.store, buildings).id, str(buildings["pand_id"].iloc[0])
        self.rules = rules

    def scan(self) -> Scan:
        return self.services.scans.look(self.workspace, self.pand_id, self.rules)

    def late(self) -> tuple[float, float, float]:
        return self.services.planning.find_lateness(self.workspace, self.scan(), self.rules)

    def answer(self, criterion: str, choice: str) -> None:
        self.services.scans.answer(
            self.workspace, self.pand_id, criterion, choice=choice, rules=self.rules, author="Bas", expected_version=0
        )


@pytest.fixture
def desk(tmp_path: Path, rules: Rules) -> Desk:
    return Desk(tmp_path, rules)


def slowest(desk: Desk) -> tuple[str, str, float]:
    """Return the open question whose worst choice costs most months, that choice, and the months."""
    lines = [line for line in desk.scan().results[Interventie.OPTOPPEN].lines if line.choice is None]
    found = [(line.active.id, choice.code, choice.maanden) for line in lines for choice in line.active.version.keuzes]
    return max(found, key=lambda each: each[2])


def test_the_case_has_the_delay_of_the_time_model_and_the_worst_end_of_the_answers(desk: Desk):
    planning = desk.services.finance.look(desk.workspace, desk.scan(), desk.rules).start.tables["planning"]
    early, likely, late = desk.late()
    worst = find_delay(desk.scan().results[Interventie.OPTOPPEN])[2]
    assert (planning["vertraging_laag"], planning["vertraging_maanden"]) == (early, likely)
    assert planning["vertraging_hoog"] == max(late, worst)
    assert 0 <= early <= likely <= late


def test_a_slow_answer_makes_the_building_later_by_about_its_months(desk: Desk):
    before = desk.late()
    criterion, choice, months = slowest(desk)
    assert months >= 6
    desk.answer(criterion, choice)
    after = desk.late()
    assert after[1] - before[1] == pytest.approx(months, abs=months / 2)  # a season may swallow or add some
    assert after[1] > before[1]


def test_nature_that_need_not_be_counted_makes_it_no_later(desk: Desk):
    before = desk.late()
    settings = desk.services.planning.settings(desk.workspace, desk.pand_id)
    desk.services.planning.settle(desk.workspace, desk.pand_id, settings, author="Bas", today=desk.rules.day, seasons=frozenset())
    after = desk.late()
    assert all(new <= old for new, old in zip(after, before, strict=True))
    assert after[1] < before[1]


def test_a_later_start_of_the_plan_is_no_delay_by_itself(desk: Desk):
    settings = desk.services.planning.settings(desk.workspace, desk.pand_id)
    desk.services.planning.settle(
        desk.workspace,
        desk.pand_id,
        settings,
        author="Bas",
        today=desk.rules.day,
        start=date(desk.rules.day.year + 3, 1, 1),
        seasons=frozenset(),
    )
    assert desk.late()[1] <= 1
