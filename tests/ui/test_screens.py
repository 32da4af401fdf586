"""The screens' pieces: the style sheet, bands in two tones, the small map, the charts and what they say in words."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from quickscan.demo import make_neighbourhood
from quickscan.domain.explanation import Band
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.domain.terms import OORDELEN, Oordeel
from quickscan.services.portfolios import describe
from quickscan.ui import building, charts, look, tables
from quickscan.wiring import rules_on

STYLE = Path(__file__).resolve().parents[2] / "assets" / "stijl.css"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rules_on()


@pytest.fixture(scope="module")
def table(rules: Rules) -> pd.DataFrame:
    buildings = make_neighbourhood().buildings
    result = screen_buildings(buildings, rules)
    screened = pd.concat([describe(buildings), result.drop(columns="pand_id")], axis=1)
    return screened.assign(antwoorden=0)


def test_the_style_sheet_has_no_angle_bracket_and_balanced_braces() -> None:
    text = STYLE.read_text(encoding="utf-8")
    assert "<" not in text  # the sanitizer would drop all of it
    assert text.count("{") == text.count("}")
    assert "@import" not in text
    assert "url(" not in text


def test_a_band_has_a_tone_for_light_and_dark_and_says_itself_in_words() -> None:
    drawn = look.band_html(Band(20, 50, 80, 40))
    assert "light-dark(" in drawn
    assert f"background:{look.ACCENT};" in drawn  # for a browser that does not know light-dark
    assert 'aria-label="waarschijnlijk 50, laag 20, hoog 80"' in drawn
    assert "onbekend" in look.band_row("Optoppen", Band(math.nan, math.nan, math.nan, 0))
    assert "&lt;b&gt;" in look.band_row("<b>", Band(1, 2, 3, 4))


def test_a_paler_colour_is_lighter_and_stays_a_colour() -> None:
    for style in look.OORDEEL.values():
        assert re.fullmatch(r"#[0-9a-f]{6}", look.paler(style.color))
        assert int(look.paler(style.color)[1:3], 16) > int(style.color[1:3], 16)


@pytest.mark.parametrize("dark", [False, True])
def test_the_small_map_shows_the_building_among_its_neighbours(*, dark: bool) -> None:
    shapes = [shapely.box(x, 0, x + 12, 40) for x in (0, 60, 2_000)]
    svg, near = building.map_svg(shapely.STRtree(shapes), 0, None, color="#00705c", dark=dark)
    assert near == 1  # the far one is off the map
    assert ">50 m<" in svg
    assert ">N<" in svg
    assert "<script" not in svg
    assert "nan" not in svg


def test_the_small_map_holds_a_building_larger_than_the_map() -> None:
    svg, near = building.map_svg(shapely.STRtree([shapely.box(0, 0, 900, 20)]), 0, None, color="#00705c", dark=False)
    assert near == 0
    _, _, width, height = (float(number) for number in re.search(r"viewBox='([^']+)'", svg)[1].split())  # type: ignore[index]
    assert width > height > 0


def test_the_funnel_tells_in_words_what_its_bars_show(table: pd.DataFrame) -> None:
    stages = charts.funnel(table)
    words = charts.funnel_words(stages)
    for stage, count in zip(stages["stap"], stages["gebouwen"], strict=True):
        assert f"{count} {stage}" in words
    larger = charts.funnel_figure(stages, charts.Setting(size=21))
    assert larger["layout"]["height"] > charts.funnel_figure(stages)["layout"]["height"]


def dots(figure: charts.Figure) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["type"] == "scatter"]


def test_buildings_on_one_spot_are_one_larger_dot_with_their_names(table: pd.DataFrame) -> None:
    one = table[table["score"].notna() & table["woningen"].notna()].head(1)
    many = pd.concat([one] * 6).assign(naam=[f"<i>{letter}" for letter in "abcdef"])
    (single,), (merged,) = (dots(charts.spread_figure(part, begun=True)) for part in (one, many))
    assert len(merged["x"]) == 1
    assert merged["marker"]["size"][0] > single["marker"]["size"][0]
    assert "en nog 2" in merged["text"][0]
    assert "<i>" not in merged["text"][0]


def test_the_words_beside_the_spread_count_every_judged_building(table: pd.DataFrame) -> None:
    judged = table[table["oordeel"].notna()]
    counted = [int(number) for number in re.findall(r": (\d+) gebouwen", charts.spread_words(judged))]
    assert sum(counted) == judged["oordeel"].astype(str).isin([str(verdict) for verdict in OORDELEN]).sum()
    assert charts.spread_words(table.head(0)) == "Nog geen oordelen."


def test_unknown_lies_below_the_verdicts(table: pd.DataFrame) -> None:
    names = [trace["name"] for trace in dots(charts.spread_figure(table[table["oordeel"].notna()], begun=True))]
    unknown = look.OORDEEL[Oordeel.ONVOLDOENDE].label
    assert unknown not in names or names[0] == unknown


def test_the_table_shows_first_what_fits_beside_each_other(table: pd.DataFrame, rules: Rules) -> None:
    rows = tables.portfolio_rows(table.assign(volgende_vraag=""), rules, dark=True)
    assert set(tables.MAIN) | set(tables.MAIN_BEFORE) <= set(rows.columns)
