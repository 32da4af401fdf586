"""What must hold for every case, on random cases; and what a reader takes for granted about the numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.finance.case import MANY_COLUMNS, measure, run_many
from quickscan.domain.finance.filling import fill_case
from quickscan.domain.finance.posts import make_posts
from quickscan.domain.finance.scenarios import make_scenarios, make_steps
from quickscan.domain.finance.valuation import Factors, value_plan, value_post
from tests.finance.conftest import national_rules, read, run

Tables = dict[str, dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn) -> Tables:
    """Draw a sensible case: social rent, rents above running costs, costs that rise no slower than rents."""
    rent_growth = draw(st.floats(0, 0.03))
    made: Tables = {
        "woning": {
            "aantal": draw(st.integers(1, 60)),
            "bouwkosten_eur_ex_btw": draw(st.floats(60_000, 300_000)),
            "huur_eur_per_maand": draw(st.floats(500, 932)),
        },
        "parameters": {
            "disconteringsvoet": draw(st.floats(0.03, 0.09)),
            "horizon_jaren": draw(st.integers(15, 70)),
            "huurstijging": rent_growth,
            "kostenstijging": rent_growth + draw(st.floats(0, 0.01)),
            "bouwkostenstijging": draw(st.floats(0.0, 0.06)),
            "onderhoud_eur_per_jaar": draw(st.floats(500, 2_000)),
            "beheer_eur_per_jaar": draw(st.floats(300, 1_500)),
        },
    }
    if draw(st.booleans()):
        made["bestaand"] = {"aantal_woningen": draw(st.integers(4, 120))}
        if draw(st.booleans()):
            made["lift"] = {"aantal": draw(st.integers(1, 4))}
        if draw(st.booleans()):
            made["verduurzaming"] = {"huurverhoging_eur_per_maand": draw(st.floats(0, 60))}
        if draw(st.booleans()):
            made["aanplakken"] = {"aantal": draw(st.integers(1, 12))}
    return made


def worth_of(tables: Tables, **changes: dict[str, Any]) -> float:
    merged = {name: {**tables.get(name, {}), **changes.get(name, {})} for name in {*tables, *changes}}
    return float(value_plan(fill_case(read(**merged), national_rules())).new_homes[0, 0])


@given(tables=cases(), more=st.floats(1, 50_000))
def test_higher_building_costs_lower_the_outcome(tables: Tables, more: float):
    cost = tables["woning"]["bouwkosten_eur_ex_btw"] + more
    assert worth_of(tables, woning={"bouwkosten_eur_ex_btw": cost}) < worth_of(tables)


@given(tables=cases(), more=st.floats(0.0001, 0.05))
def test_a_higher_discount_rate_lowers_the_outcome(tables: Tables, more: float):
    rate = tables["parameters"]["disconteringsvoet"] + more
    assert worth_of(tables, parameters={"disconteringsvoet": rate}) < worth_of(tables)


@given(tables=cases(), share=st.floats(0.01, 1))
def test_a_higher_rent_raises_the_outcome(tables: Tables, share: float):
    rent = tables["woning"]["huur_eur_per_maand"]
    more = rent + (932.93 - rent) * share
    assert worth_of(tables, woning={"huur_eur_per_maand": more}) > worth_of(tables)


@given(tables=cases())
def test_break_even_rent_and_building_costs_give_zero(tables: Tables):
    head = measure(fill_case(read(**tables), national_rules()))
    if head.break_even_rent[0] <= 932.93:
        assert worth_of(tables, woning={"huur_eur_per_maand": float(head.break_even_rent[0])}) == pytest.approx(0, abs=1)
    if head.break_even_build[0] <= 2_000_000:
        assert worth_of(tables, woning={"bouwkosten_eur_ex_btw": float(head.break_even_build[0])}) == pytest.approx(0, abs=1)


@given(tables=cases())
def test_at_the_internal_rate_the_outcome_is_zero(tables: Tables):
    rate = float(measure(fill_case(read(**tables), national_rules())).irr.rate[0])
    if 0 <= rate <= 0.2:
        invested = tables["woning"]["aantal"] * tables["woning"]["bouwkosten_eur_ex_btw"]
        assert worth_of(tables, parameters={"disconteringsvoet": rate}) == pytest.approx(0, abs=1e-6 * invested)


@given(tables=cases(), months=st.floats(0, 60), more=st.floats(0, 60))
def test_a_delay_never_helps_a_case_whose_costs_only_rise(tables: Tables, months: float, more: float):
    sooner = worth_of(tables, planning={"vertraging_maanden": months})
    assert worth_of(tables, planning={"vertraging_maanden": months + more}) <= sooner + 1e-6 * abs(sooner)


@given(tables=cases())
def test_the_difference_between_scenarios_is_the_sum_of_its_waterfall(tables: Tables):
    values = fill_case(read(**tables), national_rules())
    contribution = np.full((1, 1), 9_000.0)
    scenarios = make_scenarios(values, contribution=contribution)
    for before, after in pairwise(scenarios):
        steps = make_steps(values, after.measures, contribution=contribution, without=before.measures)
        gap = float(after.worth.total[0, 0] - before.worth.total[0, 0])
        assert sum(step.amount for step in steps) == pytest.approx(gap, abs=0.01)
    last = scenarios[-1]
    assert sum(step.amount for step in make_steps(values, last.measures, contribution=contribution)) == pytest.approx(
        float(last.worth.total[0, 0]), abs=0.01
    )


@given(tables=cases())
def test_the_whole_plan_is_the_new_homes_and_what_the_others_bear(tables: Tables):
    values = fill_case(read(**tables), national_rules())
    worth, factors = value_plan(values), Factors(values)
    assert sum(float(value_post(post, factors)[0, 0]) for post in make_posts(values)) == pytest.approx(
        float(worth.total[0, 0]), abs=0.01
    )
    assert 0 < float(worth.part[0, 0]) <= 1
    borne = float(worth.new_homes[0, 0]) + (1 - float(worth.part[0, 0])) * float(worth.shared[0, 0])
    assert borne == pytest.approx(float(worth.total[0, 0]), abs=0.01)


@given(tables=cases())
def test_a_row_of_a_portfolio_is_the_same_as_the_case(tables: Tables):
    case = read(**tables)
    head = measure(fill_case(case, national_rules()))
    row = run_many(pd.DataFrame([dict(case.numbers)]), national_rules(), draws=0)
    assert tuple(row.columns) == MANY_COLUMNS
    assert row["ncw_per_woning_eur"].iloc[0] == pytest.approx(float(head.per_home[0]), rel=1e-12)
    assert row["irr"].iloc[0] == pytest.approx(float(head.irr.rate[0]), rel=1e-12, nan_ok=True)


def test_a_portfolio_keeps_its_index_and_computes_each_row_by_itself():
    frame = pd.DataFrame(
        {
            "woning.aantal": [4.0, 10.0, 20.0],
            "lift.aantal": [np.nan, 1.0, np.nan],
            "bestaand.aantal_woningen": [np.nan, 30.0, 40.0],
            "parameters.horizon_jaren": [60.0, 50.0, np.nan],
            "planning.vertraging_hoog": [np.nan, 12.0, 24.0],
        },
        index=["a", "b", "c"],
    )
    together = run_many(frame, national_rules(), draws=200, keys=[7, 8, 9])
    assert list(together.index) == ["a", "b", "c"]
    for row, key in zip(frame.index, (7, 8, 9), strict=True):
        alone = run_many(frame.loc[[row]], national_rules(), draws=200, keys=[key])
        pd.testing.assert_frame_equal(alone, together.loc[[row]], rtol=1e-9, check_dtype=False)
    assert together["irr_oplossingen"].tolist() == [1, 1, 1]


def test_an_empty_portfolio_gives_an_empty_frame():
    frame = pd.DataFrame({"woning.aantal": pd.Series([], dtype=float)})
    assert run_many(frame, national_rules()).shape == (0, len(MANY_COLUMNS))


def test_a_lift_costs_less_per_new_home_when_all_dwellings_share_it():
    """Research 2.8: a lift of 200.000 over 12 new homes alone is 20 thousand per home, with btw."""
    alone = {"woning": {"aantal": 12}, "bestaand": {"aantal_woningen": 36}}
    lift = {"kosten_eur_ex_btw": 200_000, "onderhoud_eur_per_jaar": 0}
    without = run(**alone).base.per_home[0]
    shared = run(**alone, lift=lift).base.per_home[0]
    carried = run(**alone, lift=lift, parameters={"gedeelde_kosten": "alleen_nieuw"}).base.per_home[0]
    assert without - carried == pytest.approx(200_000 * 1.21 / 12)
    assert without - shared == pytest.approx(200_000 * 1.21 / 48)


def test_costs_on_top_land_where_they_should():
    base = run().base.per_home[0]
    for extra, cost in (
        ({"extra": {"fundering_eur_ex_btw": 10_000}}, 12_100),
        ({"extra": {"grondprijs_eur": 5_000}}, 5_000),
        ({"extra": {"leges": 0.02}}, 2_800),
        ({"extra": {"parkeerplaatsen": 0.5, "parkeerplaats_eur": 20_000}}, 10_000),
        ({"extra": {"dak_m2": 50, "dak_bespaard_eur_ex_btw": 100}}, -6_050),
        ({"parameters": {"bijkomende_kosten": 0.2}}, 140_000 * 0.2 * 1.21),
        ({"parameters": {"onvoorzien": 0.1}}, 140_000 * 0.1 * 1.21),
    ):
        assert base - run(**extra).base.per_home[0] == pytest.approx(cost), extra
    assert run(parameters={"restwaarde_eur": 100_000}).base.per_home[0] - base == pytest.approx(100_000 / 1.0417**60)


def test_true_takes_the_usual_amount_and_says_so():
    result = run(extra={"leges": True})
    leges = next(each for each in result.assumptions if each.key == "extra.leges")
    assert leges.value == national_rules().parameter("financieel.leges").likely


def test_a_workspace_changes_only_what_it_names_and_the_case_goes_first():
    case = read(parameters={"derving": None})
    rules = national_rules()
    own = fill_case(case, rules, workspace={"parameters.derving": 0.05, "parameters.btw": 0.09})
    assert own["parameters.derving"][0, 0] == 0.05
    assert own["parameters.btw"][0, 0] == 0.21  # the case says so itself
    assert fill_case(case, rules)["parameters.derving"][0, 0] == 0.01
