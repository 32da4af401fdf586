"""A programme in quarters: moving, slipping, the target curve, and what fills a gap best."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.demo.portfolio import make_demo
from quickscan.demo.programme import HIGH, LOW, make_programme
from quickscan.domain.programme.alternatives import find_alternatives, take_enough
from quickscan.domain.programme.curve import (
    Curve,
    Gap,
    count_phases,
    count_quarters,
    draw_curve,
    find_slip_gap,
    find_target_gap,
)
from quickscan.domain.programme.plan import (
    MILESTONES,
    Homes,
    Milestone,
    Plan,
    PlanError,
    Project,
    Target,
    check_project,
    check_target,
    homes_of,
    plan_from,
    reach,
    shift,
    take_back,
)
from quickscan.domain.programme.quarters import Quarter, quarters_between
from quickscan.domain.programme.tranches import Duo, compare_duos
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.services.portfolios import describe

NOW = Quarter(2026, 4)
TARGET = Target("Programma", 100, 200, NOW, NOW.plus(19), NOW.plus(39))


@pytest.fixture(scope="module")
def demo(rules: Rules) -> tuple[pd.DataFrame, Plan]:
    """The fictional neighbourhood screened, and its programme."""
    buildings = make_demo(rules).buildings
    screened = pd.concat([describe(buildings), screen_buildings(buildings, rules).drop(columns="pand_id")], axis=1)
    return screened, make_programme(buildings, rules)


def project(number: int, rules: Rules, *, start: Quarter = NOW, homes: float = 20, reached: int = 0) -> Project:
    """Return a project of the usual pace with so many homes, of which so many milestones were reached on time."""
    made = Project(number, f"Project {number}", own=Homes(homes / 2, homes, homes * 2), marks=plan_from(start, rules))
    for milestone in MILESTONES[:reached]:
        quarter = made.mark(milestone).planned
        assert quarter is not None
        made = reach(made, quarter)
    return made


def lines(plan: Plan, rules: Rules, now: Quarter = NOW) -> Curve:
    nothing = pd.DataFrame(columns=["pand_id", "woningen_laag", "woningen", "woningen_hoog"])
    return draw_curve(plan, homes_of(plan.projects, nothing), now, rules)


# ---- Quarters


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-200, 200))
def test_moving_a_quarter_and_back_is_where_it_was_and_counts_what_it_moved(day: date, steps: int) -> None:
    quarter = Quarter.of(day)
    assert quarter.plus(steps).since(quarter) == steps
    assert quarter.plus(steps).plus(-steps) == quarter
    assert Quarter.of(quarter.first_day) == quarter
    assert (quarter < quarter.plus(steps)) == (steps > 0)


def test_quarters_read_and_count_as_on_a_calendar() -> None:
    assert Quarter.of(date(2026, 9, 30)).label == "K3 2026"
    assert Quarter(2026, 4).plus(1) == Quarter(2027, 1)
    assert [one.label for one in quarters_between(Quarter(2026, 4), Quarter(2027, 2))] == ["K4 2026", "K1 2027", "K2 2027"]


# ---- One project


def test_the_usual_pace_is_that_of_the_rulebook(rules: Rules) -> None:
    marks = plan_from(NOW, rules)
    months = [rules.parameter(f"programma.maanden_{one}").likely for one in MILESTONES[1:]]
    assert sum(months) == 28
    assert [marks[one].planned for one in MILESTONES] == [NOW.plus(step) for step in (0, 3, 5, 6, 7, 9)]
    assert all(mark.first == mark.planned and mark.reached is None for mark in marks.values())


@given(st.integers(0, 6), st.integers(-12, 12))
def test_moving_keeps_the_order_and_what_was_reached(rules: Rules, reached: int, quarters: int) -> None:
    before = project(1, rules, reached=reached)
    after = shift(before, quarters)
    check_project(after)
    for milestone in MILESTONES:
        assert after.mark(milestone).reached == before.mark(milestone).reached
        assert after.mark(milestone).first == before.mark(milestone).first
    if quarters >= 0 and before.phase is not Milestone.OPLEVERING:
        assert after.slip == quarters
        assert shift(after, -quarters).marks == before.marks


def test_reaching_late_moves_what_follows_and_early_does_not(rules: Rules) -> None:
    begun = project(1, rules, reached=1)
    planned = begun.mark(Milestone.HAALBAAR).planned
    assert planned is not None
    late, early = reach(begun, planned.plus(2)), reach(begun, planned.plus(-1))
    assert (late.phase, late.slip) == (Milestone.HAALBAAR, 2)
    assert (early.phase, early.slip) == (Milestone.HAALBAAR, 0)
    assert take_back(late).phase is Milestone.INITIATIEF


def test_delivery_keeps_the_homes_that_came_and_taking_it_back_lets_them_go(rules: Rules) -> None:
    nearly = project(1, rules, reached=5)
    done = reach(nearly, NOW.plus(9), delivered=18)
    assert (done.phase, done.delivered, done.next_milestone) == (Milestone.OPLEVERING, 18, None)
    with pytest.raises(PlanError, match="alle mijlpalen zijn al gehaald"):
        reach(done, NOW)
    assert take_back(done).delivered is None
    with pytest.raises(PlanError, match="nog geen mijlpaal gehaald"):
        take_back(project(1, rules))


def test_what_cannot_be_right_is_told_with_what_to_do(rules: Rules) -> None:
    good = project(1, rules)
    marks = {**good.marks, Milestone.START: replace(good.mark(Milestone.START), planned=NOW.plus(-1))}
    for wrong, told in (
        (replace(good, name=" "), "Geef een naam"),
        (replace(good, own=Homes(5, 4, 6)), "Zet het kleinste aantal eerst"),
        (replace(good, marks=marks), r"start \(K3 2026\) ligt vóór vergunning"),
        (replace(good, delivered=-1), "getal vanaf 0"),
    ):
        with pytest.raises(PlanError, match=told) as error:
            check_project(wrong)
        assert "niets bewaard" in str(error.value)
    for change in (
        {"low": 0},
        {"low": 300},
        {"ends_early": TARGET.starts},
        {"name": ""},
        {"ends_late": TARGET.ends_early.plus(-1)},
    ):
        with pytest.raises(PlanError):
            check_target(replace(TARGET, **change))  # type: ignore[arg-type]


def test_homes_come_from_the_scan_unless_somebody_says_otherwise(demo: tuple[pd.DataFrame, Plan]) -> None:
    screened, plan = demo
    known = next(one for one in plan.projects if one.name == "Waterlandplein")
    here = screened[screened["pand_id"].isin(known.pand_ids)]
    found = homes_of([known], screened)[known.number]
    assert (found.low, found.likely, found.high) == tuple(here[["woningen_laag", "woningen", "woningen_hoog"]].sum())
    assert homes_of([replace(known, own=Homes(1, 2, 3))], screened)[known.number] == Homes(1, 2, 3)
    assert homes_of([replace(known, own=Homes(1, 2, 3), delivered=9)], screened)[known.number] == Homes(9, 9, 9)
    assert homes_of([replace(known, pand_ids=("weg",))], screened)[known.number] == Homes(0, 0, 0)


# ---- The curve


def test_the_lines_of_the_target_are_straight_and_end_where_it_says(rules: Rules) -> None:
    curve = lines(Plan(TARGET), rules)
    assert curve.at(curve.target_low, TARGET.ends_late) == 100
    assert curve.at(curve.target_high, TARGET.ends_early) == 200
    assert curve.target_high[-1] == 200
    assert np.allclose(np.diff(curve.target_low), 100 / 40)
    assert find_target_gap(curve, TARGET) == Gap(100, TARGET.ends_late, "het doel")


def test_moving_one_project_a_quarter_moves_the_curve_and_opens_a_gap(rules: Rules) -> None:
    one, two = project(1, rules, homes=20), project(2, rules, homes=30, start=NOW.plus(2))
    before = lines(Plan(TARGET, (one, two)), rules)
    assert find_slip_gap(before) is None
    after = lines(Plan(TARGET, (shift(one, 1), two)), rules)
    delivery = one.delivery
    assert delivery is not None
    assert before.at(before.likely, delivery) - after.at(after.likely, delivery) == 20
    assert after.at(after.likely, delivery.plus(1)) == before.at(before.likely, delivery.plus(1))
    assert find_slip_gap(after) == Gap(20, delivery, "de eerste planning")
    assert find_target_gap(after, TARGET) == find_target_gap(before, TARGET)


@given(st.lists(st.tuples(st.integers(-12, 12), st.integers(0, 6), st.integers(0, 8), st.integers(1, 60)), max_size=6))
def test_lines_only_rise_in_the_right_order_and_end_at_the_sum(rules: Rules, made: list[tuple[int, int, int, int]]) -> None:
    projects = [
        shift(project(number, rules, start=NOW.plus(begun), homes=homes, reached=reached), late)
        for number, (begun, reached, late, homes) in enumerate(made, start=1)
    ]
    curve = lines(Plan(None, tuple(projects)), rules)
    for line in (curve.low, curve.likely, curve.high, curve.first, curve.expected):
        assert (np.diff(line) >= 0).all()
    assert (curve.low <= curve.likely).all()
    assert (curve.likely <= curve.high).all()
    assert (curve.expected <= curve.likely + 1e-9).all()
    assert curve.likely[-1] == sum(homes for *_, homes in made)
    known = ~np.isnan(curve.reached)
    assert known.sum() == NOW.since(curve.quarters[0]) + 1
    assert (curve.reached[known] <= curve.likely[known] + 1e-9).all()


def test_a_stopped_project_is_on_no_line_and_the_past_opens_no_gap(rules: Rules) -> None:
    late = shift(project(1, rules, start=NOW.plus(-14)), 2)  # first planned, and moved, long before now
    assert find_slip_gap(lines(Plan(None, (late,)), rules)) is None
    stopped = replace(project(2, rules), stopped=True)
    assert lines(Plan(None, (stopped,)), rules).high.tolist() == [0.0]
    assert count_phases(Plan(None, (stopped,)), {2: Homes(1, 2, 3)})["zover"].tolist() == [0] * 7


def test_the_funnel_never_widens_and_quarters_add_up(demo: tuple[pd.DataFrame, Plan], rules: Rules) -> None:
    screened, plan = demo
    homes = homes_of(plan.projects, screened)
    funnel = count_phases(plan, homes)
    assert funnel["zover"].is_monotonic_decreasing
    assert funnel["projecten"].sum() == len(plan.active) == funnel["zover"].iloc[0]
    quarters = count_quarters(plan, homes)
    curve = draw_curve(plan, homes, Quarter.of(rules.day), rules)
    assert quarters["nu"].sum() == curve.likely[-1]
    assert quarters["opgeleverd"].sum() == curve.at(curve.reached, curve.now) == 13


# ---- What fills a gap


def test_alternatives_are_free_buildings_in_order_with_enough_homes(demo: tuple[pd.DataFrame, Plan], rules: Rules) -> None:
    screened, plan = demo
    found = find_alternatives(screened, plan, Gap(30, NOW.plus(30), "het doel"), NOW, rules)
    taken = {pand_id for one in plan.active for pand_id in one.pand_ids}
    assert not set(found.table["pand_id"]) & taken
    assert (found.table["woningen"] >= 1).all()
    assert set(found.table["voorselectie"]) <= {"in beeld", "twijfel"}
    assert found.fills >= 30
    assert found.table["oordeel"].iloc[0] == "kansrijk"
    assert found.table["op_tijd"].all()
    for pand_id in found.chosen["pand_id"]:
        assert found.fills - found.chosen.set_index("pand_id")["woningen"][pand_id] < 30, "nothing is chosen that is not needed"


def test_a_building_that_got_a_project_is_no_alternative_any_more(demo: tuple[pd.DataFrame, Plan], rules: Rules) -> None:
    screened, plan = demo
    gap = Gap(30, NOW.plus(30), "het doel")
    best = find_alternatives(screened, plan, gap, NOW, rules).chosen["pand_id"].iloc[0]
    more = replace(plan, projects=(*plan.projects, Project(99, "Nieuw", (str(best),), marks=plan_from(NOW, rules))))
    assert best not in set(find_alternatives(screened, more, gap, NOW, rules).table["pand_id"])


def test_who_cannot_be_ready_comes_after_who_can_and_family_goes_before_others(
    demo: tuple[pd.DataFrame, Plan], rules: Rules
) -> None:
    screened, plan = demo
    soon = find_alternatives(screened, plan, Gap(10, NOW.plus(6), "de eerste planning"), NOW, rules)
    assert soon.table["op_tijd"].tolist() == sorted(soon.table["op_tijd"], reverse=True)
    assert set(soon.table.loc[soon.table["op_tijd"], "oordeel"]) == {"kansrijk", "kansrijk, mits"}
    families = np.where(screened["naam"].isin(["Lavasgaarde B", "Spreeuwhof A"]), 7, -1)
    kin = find_alternatives(screened, plan, Gap(500, NOW.plus(30), "het doel"), NOW, rules, families=families)
    alike = kin.table[kin.table["oordeel"] == "onvoldoende bekend"]
    assert alike.iloc[0]["naam"] == "Lavasgaarde B"
    assert alike.iloc[0]["familie"] == "Spreeuwhof"


@given(st.lists(st.integers(1, 40), max_size=15), st.integers(1, 150))
def test_enough_is_taken_and_never_one_too_many(homes: list[int], need: int) -> None:
    counts = np.array(homes, dtype=float)
    taken = take_enough(counts, float(need))
    if counts.sum() >= need:
        assert counts[taken].sum() >= need
        assert all(counts[taken].sum() - one < need for one in counts[taken])
    else:
        assert taken.all()


# ---- Duos, and the demo


def test_duos_add_up_at_the_year_of_the_province(rules: Rules) -> None:
    early = Duo("a", "Noord", Plan(replace(TARGET, tranche="1e tranche"), (project(1, rules, homes=20),)), {1: Homes(10, 20, 40)})
    late = Duo("b", "Zuid", Plan(None, (project(1, rules, start=NOW.plus(30), homes=50),)), {1: Homes(25, 50, 100)})
    table = compare_duos([late, early], NOW, Quarter(2029, 4), rules)
    assert table["tranche"].tolist() == ["1e tranche", "zonder tranche"]
    assert table["gepland"].tolist() == [20, 0]
    assert table["later"].tolist() == [0, 50]
    assert compare_duos([], NOW, NOW, rules).empty


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2027, 1, 1), date(2030, 6, 30)])
def test_the_demo_has_a_past_and_a_future_on_any_day_and_is_the_same_every_time(rules: Rules, day: date) -> None:
    moved = replace(rules, day=day)
    buildings = make_demo(rules).buildings
    plan = make_programme(buildings, moved)
    assert plan == make_programme(buildings, moved)
    assert len(plan.projects) == 8
    assert {one.phase for one in plan.projects} == {None, *MILESTONES}
    for one in plan.projects:
        check_project(one)
        now = Quarter.of(day)
        assert all(mark.reached is None or mark.reached <= now for mark in one.marks.values())
        assert one.stopped or one.delivery is None or one.phase is Milestone.OPLEVERING or one.delivery > now
    assert plan.target is not None
    check_target(plan.target)
    assert (plan.target.low, plan.target.high) == (LOW, HIGH)
    assert len(plan.evaluations) == 4
    assert all("fictief" in text for text in (plan.target.name, plan.target.gemeente, plan.target.corporatie))
