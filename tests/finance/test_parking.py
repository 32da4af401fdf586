"""The parking balance: demand, reductions under a cap, supply that was counted, and what closes the gap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.parking import (
    CODES,
    Balance,
    Homes,
    ParkingInputError,
    Reduction,
    Supply,
    balance_parking,
    combine_reductions,
    gross_demand,
    read_parking,
)
from tests.finance.conftest import national_rules

RULES = national_rules()


def balance(homes: float = 24, norm: float = 0.5, visitors: float = 0.0, **more) -> Balance:
    return balance_parking([Homes(homes, norm, visitors, "proef")], RULES, **more)


def test_the_example_of_the_criterion():
    """24 homes with a norm of 0,5 ask 12 places; 8 are free, and two shared cars cover the rest."""
    supply = Supply(places=40, taken=26, highest_occupancy=0.85)
    assert gross_demand([Homes(24, 0.5, 0, "")]) == 12
    assert supply.free == 8
    assert balance(supply=supply).code == "tekort_groot"
    with_cars = balance(supply=supply, shared_cars=2)
    assert (with_cars.demand, with_cars.shortage, with_cars.code) == (6, 0, "sluit_met_maatregelen")


def test_reductions_are_multiplied_and_held_by_the_cap():
    both = (Reduction("hov", 0.1, ""), Reduction("fiets", 0.1, ""))
    assert combine_reductions(both, cap=0.2) == (pytest.approx(0.19), False)
    assert combine_reductions((*both, Reduction("deel", 0.1, "")), cap=0.2) == (0.2, True)


@pytest.mark.parametrize(
    ("taken", "code"),
    [(0, "sluit"), (22, "sluit"), (24.5, "tekort_klein"), (25, "tekort_klein"), (25.1, "tekort_groot"), (60, "tekort_groot")],
)
def test_the_outcome_follows_the_shortage(taken: float, code: str):
    assert balance(supply=Supply(40, taken, 0.85)).code == code


def test_without_a_count_there_is_a_demand_but_no_verdict():
    found = balance()
    assert (found.demand, found.code, found.shortage) == (12, None, None)


def test_an_exemption_asks_nothing():
    assert balance(exempt=True).code == "sluit"


@given(
    homes=st.integers(1, 80),
    norm=st.floats(0, 1.5),
    visitors=st.floats(0, 0.3),
    places=st.floats(0, 100),
    share=st.floats(0, 1.2),
    cut=st.lists(st.floats(0, 0.5), max_size=3),
    cars=st.integers(0, 5),
)
def test_what_is_said_to_close_the_gap_closes_it(homes, norm, visitors, places, share, cut, cars):
    supply = Supply(places, places * share, 0.85)
    reductions = [Reduction(str(number), each, "") for number, each in enumerate(cut)]
    found = balance(homes, norm, visitors, supply=supply, reductions=reductions, shared_cars=cars)
    assert found.code in CODES
    assert 0 <= found.demand <= found.gross + 1e-9
    assert found.shortage is not None
    assert (found.shortage > 1e-9) == bool(found.measures)
    for measure in found.measures:
        if measure.name == "plekken":
            after = found.shortage - measure.amount
        elif measure.name == "deelauto's":
            after = balance(
                homes, norm, visitors, supply=supply, reductions=reductions, shared_cars=cars + int(measure.amount)
            ).shortage
        elif measure.name == "norm" and not cars:
            after = balance(homes, measure.amount, visitors, supply=supply, reductions=reductions).shortage
        else:
            continue
        assert after is not None
        assert after <= 1e-6


def test_a_table_is_read_with_defaults_from_the_rulebook():
    found = read_parking({"capaciteit": 50, "bezet": 20, "kortingen": {"hov": 0.1}}, new_homes=10, rules=RULES)
    norm = RULES.parameter("parkeren.norm").likely + RULES.parameter("parkeren.bezoekers").likely
    assert found.gross == pytest.approx(10 * norm)
    assert found.code == "sluit"


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"norm": -1}, "norm"),
        ({"norn": 1}, "norn"),
        ({"norm": "0.5"}, "norm"),
        ({"capaciteit": 10}, "capaciteit"),
        ({"kortingen": {"hov": 10}}, "kortingen.hov"),
        ({"kortingen": 0.1}, "kortingen"),
        ({"bezetting_hoogste": 85}, "bezetting_hoogste"),
    ],
)
def test_wrong_numbers_name_their_key(table: dict, key: str):
    with pytest.raises(ParkingInputError) as caught:
        read_parking(table, new_homes=10, rules=RULES)
    assert caught.value.key == key
