"""What the pages of strategy and programme say: the same as their pictures, in Dutch that can be read aloud."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from quickscan.demo.portfolio import make_demo
from quickscan.demo.programme import make_programme
from quickscan.domain.programme.alternatives import find_alternatives
from quickscan.domain.programme.curve import Gap, draw_curve, find_target_gap
from quickscan.domain.programme.plan import Plan, homes_of, shift
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.programme.tranches import Duo, compare_duos
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.domain.strategy.families import make_families
from quickscan.ingest.registers.outlines import measure_outlines
from quickscan.services.portfolios import describe
from quickscan.ui import families, programme, programme_duos, programme_gaps, programme_projects
from quickscan.ui.charts import Setting
from quickscan.ui.programme import Office
from quickscan.ui.widetable import wide_table


@pytest.fixture(scope="module")
def demo(rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame, Plan]:
    buildings = make_demo(rules).buildings
    screened = pd.concat([describe(buildings), screen_buildings(buildings, rules).drop(columns="pand_id")], axis=1)
    return buildings, screened, make_programme(buildings, rules)


@pytest.fixture
def office(demo: tuple[pd.DataFrame, pd.DataFrame, Plan], rules: Rules) -> Office:
    return seat(demo[2], demo[1], rules)


def seat(plan: Plan, screened: pd.DataFrame, rules: Rules) -> Office:
    now, homes = Quarter.of(rules.day), homes_of(plan.projects, screened)
    curve = draw_curve(plan, homes, now, rules)
    return Office(None, plan, homes, now, curve, screened, Setting(), may_change=True)  # type: ignore[arg-type]  # no desk needed


def test_the_sentence_tells_target_plan_and_what_is_short(office: Office, rules: Rules) -> None:
    said = programme.summary(office)
    assert "wil 200 tot 300 woningen, tussen K3 2024 en K2 2034" in said
    assert "Opgeleverd: 13 woningen" in said
    short = find_target_gap(office.curve, office.plan.target)
    assert short is not None
    assert f"nog {short.homes:.0f} woningen nodig" in said
    assert programme.summary(seat(Plan(), office.screened, rules)).startswith("Er is nog geen programma")


def test_the_lines_of_the_figure_are_those_of_the_table(office: Office) -> None:
    drawn = {trace["name"]: trace["y"] for trace in programme.curve_figure(office)["data"]}
    rows = programme.curve_rows(office)
    assert rows["Nu gepland"].iloc[-1] == f"{drawn['nu gepland'][-1]:.0f}"
    assert rows["Opgeleverd"].iloc[-1] == "–"
    assert len(rows[rows["Eind"].str.endswith("(nu)")]) == 1
    assert drawn["opgeleverd"][-1] is None


def test_milestones_show_what_was_reached_what_is_late_and_never_markup(office: Office) -> None:
    plan = replace(office.plan, projects=(replace(office.plan.projects[0], name="<b>x</b>"), *office.plan.projects[1:]))
    told = programme_projects.table_html(replace(office, plan=plan))
    assert "<b>x</b>" not in told
    assert "&lt;b&gt;x" in told
    assert told.count("gestopt") >= 1
    assert "✓ K2 2026 <small>(+2)</small>" in told
    assert "te laat" in told
    later = shift(office.plan.projects[4], 2)
    assert programme_projects.slip_words(later) == "2 kwartalen later"
    assert programme_projects.slip_words(shift(office.plan.projects[4], -1)) == "1 kwartaal eerder"


def test_a_gap_is_told_with_what_fills_it_and_what_cannot_be_in_time(office: Office, rules: Rules) -> None:
    soon = Gap(16, office.now.plus(1), "de eerste planning")
    found = find_alternatives(office.screened, office.plan, soon, office.now, rules)
    assert "16 woningen** minder dan eerst gepland" in programme_gaps.gap_words(soon)
    said = programme_gaps.alternative_words(found)
    assert all(name in said for name in found.chosen["naam"])
    assert "op zijn vroegst zijn ze klaar in" in said
    far = find_alternatives(office.screened, office.plan, Gap(9_000, office.now.plus(40), "het doel"), office.now, rules)
    assert "Dat is minder dan nodig" in programme_gaps.alternative_words(far)
    nothing = find_alternatives(office.screened.head(0), office.plan, soon, office.now, rules)
    assert "geen gebouw in beeld" in programme_gaps.alternative_words(nothing)


def test_duos_are_told_one_by_one_and_together(office: Office, rules: Rules) -> None:
    goal = Quarter(2029, 4)
    one = Duo("a", "Noord", office.plan, office.homes)
    table = compare_duos([one, replace(one, workspace_id="b", name="Zuid")], office.now, goal, rules)
    rows = programme_duos.duo_rows(table)
    assert rows["Werkruimte"].tolist() == ["Noord", "Zuid", "samen 2 duo's"]
    assert rows["Opgeleverd"].tolist() == ["13", "13", "26"]
    assert rows["Doel"].tolist() == ["200 tot 300", "200 tot 300", "400 tot 600"]
    assert "**2 duo's**: 26 woningen opgeleverd" in programme_duos.duo_words(table, goal, 15_000)


def test_families_are_told_with_what_a_series_does(demo: tuple[pd.DataFrame, pd.DataFrame, Plan], rules: Rules) -> None:
    buildings, screened, _ = demo
    found = make_families(buildings, screened, rules, outlines=measure_outlines(buildings["geometry"]))
    said = families.summary(found)
    assert f"vormen {len(found.table)} families" in said
    words = families.series_words(found.table.iloc[0], rules)
    assert "van de 100 punten op schaal" in words
    assert "Als één serie" in words
    alone = found.table[~found.table["is_serie"] & (found.table["open"] == 1)].iloc[0]
    assert "te weinig voor een serie" in families.series_words(alone, rules)
    assert len(families.styles(found.table)) == 10
    assert families.table_rows(found.table)["nummer"].tolist()[:11] == [*map(str, range(1, 11)), ""]


def test_a_wide_table_escapes_every_text() -> None:
    told = wide_table(pd.DataFrame({"<a>": ["<b>"], "c": ["d & e"]}), label='"x"')
    assert "<b>" not in told
    assert "d &amp; e" in told
    assert 'aria-label="&quot;x&quot;"' in told
