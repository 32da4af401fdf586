"""Net present value and internal rate equal their peers, and say so when there is no answer or more than one."""

from __future__ import annotations

import numpy as np
import numpy_financial
import pytest
import pyxirr

from quickscan.domain.finance.measures import Solutions, irr, npv, payback, zero_of_line

SERIES, YEARS = 10_000, 60


@pytest.fixture(scope="module")
def flows() -> np.ndarray:
    """Random investments with income that may turn negative late: most have one sign change, some two."""
    chance = np.random.default_rng(5)
    made = chance.normal(7_000, 2_500, (SERIES, YEARS + 1))
    made[: SERIES // 2] = np.abs(made[: SERIES // 2])
    made[:, 0] = -chance.uniform(50_000, 250_000, SERIES)
    return made


def test_npv_equals_pyxirr_and_numpy_financial(flows: np.ndarray):
    rates = np.random.default_rng(6).uniform(-0.02, 0.12, SERIES)
    mine = npv(rates, flows)
    assert mine == pytest.approx([pyxirr.npv(rate, row) for rate, row in zip(rates, flows, strict=True)], rel=1e-9, abs=1e-6)
    some = slice(0, 500)
    peers = [numpy_financial.npv(rate, row) for rate, row in zip(rates[some], flows[some], strict=True)]
    assert mine[some] == pytest.approx(peers, rel=1e-9, abs=1e-6)
    assert npv(0.0417, flows) == pytest.approx([pyxirr.npv(0.0417, row) for row in flows], rel=1e-9, abs=1e-6)


def test_irr_equals_pyxirr_wherever_there_is_one(flows: np.ndarray):
    outcome = irr(flows)
    one = outcome.solutions == Solutions.EEN
    assert one.sum() > SERIES * 0.5
    mine, rows = outcome.rate[one], flows[one]
    assert np.abs(npv(mine, rows) / np.abs(rows).sum(axis=1)).max() < 1e-9
    # pyxirr may land on a rate below −90 % or fail on a series with a late turn: compare where it found the same root.
    theirs = np.array([pyxirr.irr(row, silent=True) or np.nan for row in rows], dtype=float)
    same = np.abs(theirs - mine) < 1e-9
    assert same.mean() > 0.999


def test_irr_equals_numpy_financial_on_series_with_one_sign_change(flows: np.ndarray):
    rows = flows[:300]
    assert irr(rows).rate == pytest.approx([numpy_financial.irr(row) for row in rows], abs=1e-9)


def test_mid_year_equals_pyxirr_with_dates_of_half_years(flows: np.ndarray):
    """With the first year half a year away, discounting is that of the whole series times half a year."""
    rate, row = 0.0417, flows[0]
    later = pyxirr.npv(rate, row[1:]) / (1 + rate) ** 0.5
    half = np.zeros((1, 2 * YEARS + 1))
    half[0, 0], half[0, 1::2] = row[0], row[1:]
    assert npv((1 + rate) ** 0.5 - 1, half)[0] == pytest.approx(row[0] + later, rel=1e-12)
    found = irr(half, step=0.5).rate[0]
    assert row[0] + pyxirr.npv(found, row[1:]) / (1 + found) ** 0.5 == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("lead", [0.25, 0.5, 1.5, 3.0])
def test_irr_knows_when_the_first_income_comes(lead: float):
    outcome = irr(np.array([[-100.0, 121.0]]), lead=lead)
    assert outcome.rate[0] == pytest.approx(1.21 ** (1 / lead) - 1, rel=1e-9)


@pytest.mark.parametrize("row", [[-1.0, -2.0, -3.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [0.0, 5.0, 0.0], [1.0, -1.0, 1.0]])
def test_no_solution_is_said(row: list[float]):
    outcome = irr(np.array([row]))
    assert Solutions(int(outcome.solutions[0])) is Solutions.GEEN
    assert np.isnan(outcome.rate[0])


@pytest.mark.parametrize(
    "row",
    [
        [-100.0, 230.0, -132.0],  # 10 % and 20 %
        [-1000.0, 2900.0, -2790.0, 891.0],  # 10 %, and twice −10 %, where it only touches zero
        [-1.0, 6.0, -11.0, 6.0],  # 0 %, 100 % and 200 %
    ],
)
def test_more_than_one_solution_is_said(row: list[float]):
    outcome = irr(np.array([row]))
    assert Solutions(int(outcome.solutions[0])) is Solutions.MEER
    assert np.isnan(outcome.rate[0])


def test_two_sign_changes_with_one_sensible_rate_are_counted_as_the_polynomial_says():
    chance = np.random.default_rng(8)
    rows = chance.normal(0, 1, (400, 20))
    outcome = irr(rows)
    for row, found in zip(rows, outcome.solutions, strict=True):
        roots = np.roots(row[::-1])
        real = roots[(np.abs(roots.imag) < 1e-10) & (roots.real > 1e-3) & (roots.real < 1e3)]
        assert found == min(len(real), 2)


def test_loss_making_series_have_a_negative_rate():
    assert irr(np.array([[-100.0, 40.0, 40.0]])).rate[0] == pytest.approx(numpy_financial.irr([-100, 40, 40]), abs=1e-12)


def test_payback_is_the_moment_the_sum_turns_positive_for_good():
    rows = np.array([[-100.0, 50.0, 50.0, 50.0], [-100.0, 10.0, 10.0, 10.0], [-10.0, 40.0, -50.0, 40.0], [5.0, 1.0, 1.0, 1.0]])
    assert payback(rows, first=0.5) == pytest.approx([1.5, np.nan, 2.0, 0.0], nan_ok=True)


def test_the_zero_of_a_line():
    assert zero_of_line(np.array([-4.0, 3.0]), np.array([-2.0, 3.0])) == pytest.approx([2.0, np.nan], nan_ok=True)
