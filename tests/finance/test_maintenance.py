"""The maintenance plan (MJOP): works that become needless are saved in their year, unless they are done before the start."""

from __future__ import annotations

from datetime import date

import pytest

from tests.finance.conftest import run

YEAR = 2026  # of the reference date in these tests
FACADE = 100_000.0


def saved(result, name: str = "mjop_gevel") -> float:
    return sum(step.amount for step in result.steps if step.name == name)


def test_a_saved_work_counts_in_its_year_with_btw_at_the_prices_of_then():
    result = run(mjop={"jaar": YEAR + 4, "gevel_eur_ex_btw": FACADE})
    assert saved(result) == pytest.approx(FACADE * 1.21 * (1.025 / 1.0417) ** 4)
    assert result.base.total[0] - run().base.total[0] == pytest.approx(saved(result))


def test_the_years_count_from_the_planned_start():
    result = run(mjop={"jaar": YEAR + 4, "gevel_eur_ex_btw": FACADE}, planning={"start_bouw": date(YEAR + 4, 3, 1)})
    assert saved(result) == pytest.approx(FACADE * 1.21)


@pytest.mark.parametrize(
    "plan",
    [
        {"mjop": {"jaar": YEAR - 1}},
        {"mjop": {"jaar": YEAR + 1}, "planning": {"vertraging_maanden": 24}},
        {"mjop": {"jaar": YEAR + 1}, "planning": {"start_bouw": date(YEAR + 2, 1, 1)}},
    ],
)
def test_a_work_that_is_done_before_the_start_saves_nothing_and_that_is_said(plan: dict):
    plan["mjop"] |= {"gevel_eur_ex_btw": FACADE}
    result = run(**plan)
    assert saved(result) == 0
    assert any("telt niet mee" in remark for remark in result.remarks)


def test_in_the_year_itself_there_is_still_time():
    result = run(mjop={"jaar": YEAR + 1, "gevel_eur_ex_btw": FACADE}, planning={"vertraging_maanden": 23})
    assert saved(result) > 0
    assert not any("telt niet mee" in remark for remark in result.remarks)


def test_a_year_alone_changes_nothing():
    assert run(mjop={"jaar": YEAR + 4}).base.total[0] == run().base.total[0]


def test_major_maintenance_of_the_building_as_it_stands_falls_in_that_year():
    plain = {"aantal_woningen": 10, "groot_onderhoud_eur_ex_btw": 20_000}
    by_year = run(bestaand=plain, mjop={"jaar": YEAR + 6}).alternatives
    by_count = run(bestaand=plain | {"groot_onderhoud_over_jaren": 6}).alternatives
    assert by_year[0].costs == pytest.approx(by_count[0].costs)


def test_the_roof_falls_in_the_same_year_unless_somebody_says_another():
    roof = {"dak_m2": 100.0, "dak_bespaard_eur_ex_btw": 100.0}
    with_year = run(mjop={"jaar": YEAR + 4}, extra=roof)
    assert saved(with_year, "dak") == pytest.approx(10_000 * 1.21 * (1.025 / 1.0417) ** 4)
    assert saved(run(mjop={"jaar": YEAR + 4}, extra=roof | {"dak_over_jaren": 1}), "dak") > saved(with_year, "dak")
    assert saved(run(mjop={"jaar": YEAR - 4}, extra=roof), "dak") == saved(run(extra=roof), "dak") == pytest.approx(12_100)


def test_every_work_has_its_own_line():
    works = {f"{name}_eur_ex_btw": FACADE for name in ("gevel", "steiger", "installaties", "overig")}
    names = {step.name for step in run(mjop={"jaar": YEAR, **works}).steps}
    assert {"mjop_gevel", "mjop_steiger", "mjop_installaties", "mjop_overig"} <= names
