"""Drawings are sound SVG, small, without scripts, and say in colour what the numbers say."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import shapely

from quickscan.domain.screening import screen_buildings
from quickscan.ui import drawing, look, map3d
from quickscan.wiring import make_demo, rules_on

RULES = rules_on(date(2026, 11, 21))
FLAT = shapely.box(0, 0, 60, 11)
COLOR = "#00705c"


def parse(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


@pytest.fixture(scope="module")
def neighbourhood():
    demo = make_demo(RULES)
    return demo, screen_buildings(demo.buildings, RULES)


@pytest.mark.parametrize("dark", [False, True])
def test_the_neighbourhood_is_sound_and_at_most_250_kilobytes(neighbourhood, dark):
    demo, screened = neighbourhood
    svg = drawing.neighbourhood_svg(demo.buildings, screened, RULES, surroundings=demo.background, dark=dark)
    assert parse(svg).get("viewBox")
    assert len(svg.encode()) <= 250_000


def test_the_neighbourhood_is_the_same_every_time_and_shows_the_verdicts(neighbourhood):
    demo, screened = neighbourhood
    one, two = (drawing.neighbourhood_svg(demo.buildings, screened, RULES, surroundings=demo.background) for _ in range(2))
    assert one == two
    present = set(screened["oordeel"][map3d.has_new_layers(screened)].dropna())
    assert all(look.OORDEEL[verdict].color in one for verdict in present)


def test_what_is_out_of_reach_is_not_coloured():
    buildings = pd.DataFrame({"pand_id": ["9999100000000001"], "grondvlak_m2": [5.0], "geometry": [shapely.to_wkb(FLAT)]})
    svg = drawing.neighbourhood_svg(buildings, screen_buildings(buildings, RULES), RULES)
    assert not any(style.color in svg for style in look.OORDEEL.values())


@pytest.mark.parametrize(
    "shape",
    [
        FLAT,
        shapely.box(0, 0, 60, 60) - shapely.box(12, 12, 48, 48),
        shapely.box(0, 0, 60, 60) - shapely.box(12, 12, 70, 70),
        shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)]),
        shapely.Polygon(),
    ],
    ids=["flat", "court", "hook", "two parts", "empty"],
)
@pytest.mark.parametrize("facades", [0, 1, 2])
def test_every_outline_gives_a_sound_drawing(shape, facades):
    svg = drawing.building_svg(shapely.to_wkb(shape), 4, (0, 1, 2), facades=facades, plinth=True, color=COLOR)
    assert parse(svg).get("role") == "img"
    assert "nan" not in svg


def test_layers_are_solid_when_sure_hatched_when_likely_and_dashed_when_possible():
    sure, likely, possible = (drawing.building_svg(FLAT, 4, trio, color=COLOR) for trio in ((1, 1, 1), (0, 1, 1), (0, 0, 1)))
    assert f"fill='{COLOR}'" in sure
    assert "url(#" not in sure.split("</defs>")[1]
    assert "url(#" in likely.split("</defs>")[1]
    assert "stroke-dasharray" in possible
    assert "url(#" not in possible.split("</defs>")[1]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((3, 1, 1, 1), "3 + 1 lagen"), ((4, 0, 1, 2), "4 + 1 lagen (0 tot 2)"), ((5, 0, 0, 0), "5 lagen"), ((1, 0, 0, 0), "1 laag")],
)
def test_the_dimensions_are_written_out(numbers, text):
    assert drawing.layers_text(*numbers) == text


def test_unknown_numbers_do_not_break_the_drawing():
    assert "1 laag" in drawing.building_svg(FLAT, np.nan, (np.nan, np.nan, np.nan))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", 'O\'Hara & "zonen"', "a\x00b\x1b", "' onload='alert(1)"])
def test_a_name_is_escaped(name):
    root = parse(drawing.building_svg(FLAT, 4, (1, 1, 1), name=name))
    assert set(root.attrib) == {"viewBox", "role", "aria-label"}
    assert not [element for element in root.iter() if element.tag.endswith("script")]


def test_a_colour_for_the_plinth_and_the_sides_only_when_asked():
    assert COLOR not in drawing.building_svg(FLAT, 4, (0, 0, 0), color=COLOR).split("</defs>")[1]
    assert drawing.shade(COLOR, 0.72) in drawing.building_svg(FLAT, 4, (0, 0, 0), plinth=True, color=COLOR)
    assert COLOR in drawing.building_svg(FLAT, 4, (0, 0, 0), facades=1, color=COLOR).split("</defs>")[1]
