"""Which reference projects are like a building, and the map of them: known answers, reasons in words, nothing made up."""

from __future__ import annotations

import pytest

from quickscan.domain.likeness import access_of, built_in, compare, find_alike
from quickscan.domain.rules import Rules
from quickscan.references.places import load_places
from quickscan.ui import places
from quickscan.ui.charts import Setting
from quickscan.wiring import references

BUILDING: dict[str, str | float] = {
    "bouwjaar": 1966.0, "ontsluiting": "galerij", "bouwlagen": 4.0, "aantal_woningen": 60.0,
}  # fmt: skip
ROOMS = {"optoppen": 12.0, "uitplinten": 0.0, "aanplakken": 0.0}


def named(name: str):
    return next(project for project in references() if project.naam == name)


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("Klapwiek", (1993, 1993)),
        ("Campanulastraat 27-85", (1950, 1959)),
        ("D’ Rode Garrels", (1960, 1969)),
        ("Kvarteret Hedvig", (1963, 1963)),
        ("Fritz-Kissel-Siedlung", None),
        ("Grijpmaflats", None),
    ],
)
def test_the_time_of_building_is_read_from_what_a_source_tells(name: str, years: tuple[int, int] | None) -> None:
    assert built_in(named(name)) == years


def test_access_is_only_read_when_one_is_named() -> None:
    assert access_of(named("Klapwiek")) == "galerij"
    assert access_of(named("De Zoetelaar")) is None


def test_what_is_alike_differs_and_is_unknown_is_told_apart(rules: Rules) -> None:
    found = compare(named("Klapwiek"), BUILDING, ROOMS, rules)
    assert found.alike == ("ontsluiting: galerij, hier galerij", "optoppen, daar is hier ook plaats voor")
    assert found.differs == ("gebouwd in 1993, hier 1966", "228 woningen, hier 60")
    assert found.unknown == ("bouwlagen",)


def test_a_building_of_which_nothing_is_known_is_like_nothing(rules: Rules) -> None:
    assert find_alike(references(), {}, {}, rules) == []


def test_the_most_alike_come_first_and_one_likeness_is_too_few(rules: Rules) -> None:
    found = find_alike(references(), BUILDING, ROOMS, rules)
    assert found
    scores = [len(one.alike) - len(one.differs) for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(len(one.alike) >= 2 for one in found)
    assert all(one.project.soort == "gebouw" for one in found)


def test_every_dutch_gemeente_of_a_project_has_a_place_and_places_are_rounded() -> None:
    known = {place.naam for place in load_places().plaats}
    assert {project.gemeente for project in references() if project.land == "Nederland" and project.gemeente} == known
    for place in load_places().plaats:
        assert round(place.lengte * 20) / 20 == pytest.approx(place.lengte)
        assert round(place.breedte * 20) / 20 == pytest.approx(place.breedte)


def test_the_map_and_its_table_tell_the_same() -> None:
    table = places.group(references())
    figure = places.figure(table, Setting())
    points = figure["data"][-1]
    assert points["text"] == [f"<b>{count}</b>" for count in table["projecten"]]
    assert places.rows(table)["Plaats"].tolist() == [one[0] for one in points["customdata"]]
    assert table["projecten"].sum() == sum(project.gemeente in set(table["plaats"]) for project in references())
