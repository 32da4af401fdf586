"""Draws: the same seed gives the same numbers, bands are kept to, and costs move together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.finance.filling import fill_case
from quickscan.domain.finance.sensitivity import make_table, make_tornado
from quickscan.domain.finance.uncertainty import draw_values, find_bands, simulate, triangle
from tests.finance.conftest import national_rules, read, run

DRAWS = 20_000


def drawn(**tables):
    case, rules = read(**tables), national_rules()
    values = fill_case(case, rules)
    bands = find_bands(values, rules, given=case.ranges)
    [(_, found)] = list(draw_values(values, bands, rules, draws=DRAWS, seed=1, keys=[0]))
    return values, bands, found


@given(ends=st.lists(st.floats(-100, 100), min_size=3, max_size=3).map(sorted), uniform=st.floats(0, 1))
def test_a_draw_stays_within_its_band(ends: list[float], uniform: float):
    number = triangle(np.array([[uniform]]), *(np.array([[end]]) for end in ends))[0, 0]
    assert ends[0] - 1e-9 <= number <= ends[2] + 1e-9


def test_a_triangle_has_the_mean_of_its_corners():
    uniform = (np.arange(100_000) + 0.5) / 100_000
    numbers = triangle(uniform[None, :], *(np.array([[end]]) for end in (2.0, 3.0, 10.0)))
    assert numbers.mean() == pytest.approx(5.0, abs=1e-3)
    assert np.quantile(numbers, 1 / 8) == pytest.approx(3.0, abs=1e-3)


def test_costs_move_together_and_growths_too():
    _, _, found = drawn(lift={"aantal": 1}, bestaand={"aantal_woningen": 10})
    tie = national_rules().parameter("onzekerheid.samenhang_kosten").likely
    pair = np.corrcoef(found["woning.bouwkosten_eur_ex_btw"][0], found["lift.kosten_eur_ex_btw"][0])[0, 1]
    assert pair == pytest.approx(tie, abs=0.05)
    growths = np.corrcoef(found["parameters.huurstijging"][0, :, 0], found["parameters.kostenstijging"][0, :, 0])[0, 1]
    assert growths == pytest.approx(national_rules().parameter("onzekerheid.samenhang_groei").likely, abs=0.05)


def test_homes_and_delay_come_from_the_band_of_the_case_and_homes_are_whole():
    _, _, found = drawn(
        woning={"aantal": 20, "aantal_laag": 16, "aantal_hoog": 22}, planning={"vertraging_maanden": 3, "vertraging_hoog": 24}
    )
    homes, delay = found["woning.aantal"][0], found["planning.vertraging_maanden"][0]
    assert (homes.min(), homes.max()) == (16, 22)
    assert (homes == np.rint(homes)).all()
    assert 3 <= delay.min() < delay.max() <= 24


def test_a_band_of_the_case_goes_before_that_of_the_rulebook():
    _, bands, found = drawn(bandbreedte={"bouwkosten_eur_ex_btw": [139_000, 150_000]})
    assert float(bands["woning.bouwkosten_eur_ex_btw"].low[0, 0]) == 139_000
    assert 139_000 <= found["woning.bouwkosten_eur_ex_btw"].min() <= found["woning.bouwkosten_eur_ex_btw"].max() <= 150_000


def test_the_same_seed_gives_the_same_and_another_seed_something_near():
    first, again, other = (run(onzekerheid={"trekkingen": 5_000, "zaad": seed}).spread for seed in (1, 1, 2))
    assert (first.per_home == again.per_home).all()
    assert (first.per_home != other.per_home).all()
    assert first.per_home == pytest.approx(other.per_home, abs=3_000)


def test_percentiles_are_in_order_and_the_chance_fits_them():
    spread = run(onzekerheid={"trekkingen": 5_000}, woning={"bouwkosten_eur_ex_btw": 120_000}).spread
    low, middle, high = spread.per_home[:, 0]
    assert low < middle < high
    assert (spread.closes[0] > 0.5) == (middle > 0)


def test_without_bands_every_draw_is_the_case_itself():
    case, rules = read(), national_rules()
    values = fill_case(case, rules)
    spread = simulate(values, {}, rules, draws=100, seed=1)
    assert spread.per_home[:, 0] == pytest.approx([-3166.07] * 3, abs=0.01)
    assert spread.closes[0] == 0


def test_the_table_moves_the_five_numbers_that_are_asked_for():
    values, bands, _ = drawn(woning={"aantal": 10}, planning={"vertraging_maanden": 6})
    table = {swing.key: swing for swing in make_table(values, national_rules())}
    assert list(table) == [
        "woning.huur_eur_per_maand",
        "woning.bouwkosten_eur_ex_btw",
        "parameters.disconteringsvoet",
        "woning.aantal",
        "planning.vertraging_maanden",
    ]
    assert table["woning.huur_eur_per_maand"].at_low < table["woning.huur_eur_per_maand"].at_high
    assert table["parameters.disconteringsvoet"].at_low > table["parameters.disconteringsvoet"].at_high
    assert (table["planning.vertraging_maanden"].low, table["planning.vertraging_maanden"].high) == (0, 18)
    sizes = [swing.size for swing in make_tornado(values, bands)]
    assert sizes == sorted(sizes, reverse=True)


def test_fifty_euros_of_rent_and_a_point_of_interest_move_as_much_as_research_says():
    table = {swing.key: swing for swing in run().table}
    assert table["woning.huur_eur_per_maand"].size / 2 == pytest.approx(20_000, rel=0.1)
    assert 25_000 < table["parameters.disconteringsvoet"].size / 2 < 45_000
