"""The set of buildings that fits a budget best, against trying every set."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.finance.budget import order_by_rate, pick, pick_by_rate, pick_exactly

SETS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 900)), min_size=1, max_size=8)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    homes, shortage = zip(*pairs, strict=True)
    return np.array(homes, dtype=float), np.array(shortage, dtype=float)


@given(SETS, st.integers(0, 3000))
def test_no_set_is_better_than_the_exact_one(pairs: list[tuple[int, int]], budget: int):
    homes, shortage = columns(pairs)
    found = pick_exactly(homes, shortage, budget)
    best = max(
        float(homes[np.array(mask, dtype=bool)].sum())
        for mask in product((False, True), repeat=len(homes))
        if shortage[np.array(mask, dtype=bool)].sum() <= budget
    )
    assert found.homes == best
    assert found.euros <= budget


@given(SETS, st.integers(0, 3000))
def test_the_quick_set_stays_within_the_budget_and_never_beats_the_exact_one(pairs: list[tuple[int, int]], budget: int):
    homes, shortage = columns(pairs)
    quick = pick_by_rate(homes, shortage, budget)
    assert quick.euros <= budget
    assert quick.homes <= pick(homes, shortage, budget).homes


def test_a_building_without_a_shortage_is_always_in():
    found = pick(np.array([5.0, 9.0]), np.array([0.0, 100.0]), 0)
    assert list(found.chosen) == [True, False]


def test_the_best_rate_is_not_always_the_best_set():
    homes, shortage = np.array([6.0, 5.0, 5.0]), np.array([60.0, 52.0, 52.0])
    assert (pick_by_rate(homes, shortage, 104).homes, pick(homes, shortage, 104).homes) == (6, 10)


def test_too_many_buildings_are_taken_by_rate_and_it_says_so():
    size = 3_000
    found = pick(np.full(size, 20.0), np.full(size, 10.0), 1_000)
    assert (found.exact, found.homes) == (False, 2_000)


def test_equal_rates_keep_the_largest_first():
    assert list(order_by_rate(np.array([3.0, 9.0, 6.0]), np.array([30.0, 90.0, 60.0]))) == [1, 2, 0]


@pytest.mark.parametrize("budget", [-1.0, 0.0])
def test_no_budget_buys_nothing(budget: float):
    assert pick(np.array([4.0]), np.array([10.0]), budget).homes == 0
