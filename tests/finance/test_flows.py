"""A euro at another moment: the formula, year by year, and laid out give the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.finance.filling import fill_case
from quickscan.domain.finance.flows import discount_after, index_after, spread_yearly, value_yearly
from quickscan.domain.finance.posts import make_posts
from quickscan.domain.finance.valuation import lay_out, lead_of, value_plan
from tests.finance.conftest import national_rules, read

rates = st.floats(0, 0.2)
growths = st.floats(-0.05, 0.15)


def one(number: float) -> np.ndarray:
    return np.array([[number]])


@given(rate=rates, growth=growths, years=st.integers(1, 100))
def test_the_formula_is_the_sum_of_the_years(rate: float, growth: float, years: int):
    by_hand = sum((1 + growth) ** year / (1 + rate) ** (year + 0.5) for year in range(years))
    for path in (one(growth)[..., None], np.full((1, 1, 3), growth)):
        assert value_yearly(one(rate), path, one(years))[0, 0] == pytest.approx(by_hand, rel=1e-11)


@given(rate=rates, path=st.lists(growths, min_size=2, max_size=8), years=st.integers(1, 40))
def test_a_list_of_growths_goes_on_with_its_last_value(rate: float, path: list[float], years: int):
    index, worth = 1.0, 0.0
    for year in range(years):
        worth += index / (1 + rate) ** (year + 0.5)
        index *= 1 + path[min(year, len(path) - 1)]
    growth = np.array(path)[None, None, :]
    assert value_yearly(one(rate), growth, one(years))[0, 0] == pytest.approx(worth, rel=1e-11)
    flows = spread_yearly(growth[:, 0], np.array([float(years)]), years + 2)
    assert (flows[0, years:] == 0).all()
    assert (flows[0] * (1 + rate) ** -(np.arange(years + 2) + 0.5)).sum() == pytest.approx(worth, rel=1e-11)


def test_prices_grow_by_part_of_a_year_too():
    growth = np.array([0.04, 0.02])[None, None, :]
    assert index_after(growth, one(1.5))[0, 0] == pytest.approx(1.04 * 1.02**0.5)
    assert index_after(one(0.02)[..., None], one(2.5))[0, 0] == pytest.approx(1.02**2.5)
    assert discount_after(one(0.05), one(0.5))[0, 0] == pytest.approx(1.05**-0.5)


@given(
    delay=st.sampled_from([0, 3, 6, 12, 30]),
    rest=st.sampled_from([0, 40_000]),
    horizon=st.integers(1, 60),
    growth=st.sampled_from([0.02, [0.04, 0.03, 0.02]]),
)
def test_the_flows_of_a_plan_are_worth_what_its_posts_are_worth(delay: int, rest: int, horizon: int, growth: float | list[float]):
    case = read(
        parameters={"restwaarde_eur": rest, "horizon_jaren": horizon, "huurstijging": growth},
        planning={"vertraging_maanden": delay},
        bestaand={"aantal_woningen": 12},
        lift={"aantal": 1},
        verduurzaming={"huurverhoging_eur_per_maand": 30},
    )
    values = fill_case(case, national_rules())
    flows = lay_out(values, make_posts(values))[0]
    times = np.concatenate([[0.0], lead_of(values)[0] + 0.5 * np.arange(len(flows) - 1)])
    assert (flows * 1.0417**-times).sum() == pytest.approx(value_plan(values).total[0, 0], rel=1e-10)
