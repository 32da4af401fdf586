"""BIG5, the aanpasbaarheidsscan and the area view: known answers, unknown that is not held against a building, sources."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quickscan.demo import make_neighbourhood
from quickscan.domain.errors import RulebookError
from quickscan.domain.rules import Rules
from quickscan.domain.screening import screen_buildings
from quickscan.domain.strategy.areas import add_up_areas, homes_above_parking
from quickscan.domain.strategy.big5 import ROUTES, Complexes, compare_complexes
from quickscan.domain.strategy.book import Route
from quickscan.rulebook.strategy import load_strategy, read_strategy
from quickscan.services.portfolios import describe
from quickscan.ui import areas, routes
from tests.strategy.test_families import flats

FORBIDDEN = re.compile(r"\b(mag|veilig|goedgekeurd|u|uw)\b", re.IGNORECASE)


def compare(buildings: pd.DataFrame, rules: Rules) -> Complexes:
    return compare_complexes(buildings, screen(buildings, rules), rules, load_strategy())


def screen(buildings: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    result = screen_buildings(buildings, rules).drop(columns="pand_id")
    return pd.concat([describe(buildings), result], axis=1)


def likely(found: Complexes, route: Route, row: int = 0) -> tuple[float, float, float]:
    return tuple(float(found.table[f"{route}{suffix}"].iloc[row]) for suffix in ("_laag", "", "_hoog"))  # type: ignore[return-value]


def test_homes_per_route_follow_the_numbers_of_the_rulebook(rules: Rules) -> None:
    one = flats(complex_code=["7"], gemiddelde_go_m2=[92.0], garageboxen=[20.0])
    found = compare(one, rules)
    screened = screen(one, rules)
    assert likely(found, Route.OPTOPPEN)[1] == screened["woningen"].iloc[0]
    assert likely(found, Route.ONDERTOPPEN) == (8, 10, 11)  # 20 boxes, 2 (1,7 to 2,5) a home
    assert likely(found, Route.SPLITSEN) == (1, 3, 7)  # 24 roomy homes × 0,05, 0,15 and 0,3
    assert likely(found, Route.WONINGDELEN) == (0, 1, 2)
    assert likely(found, Route.SLOOP_NIEUWBOUW) == (0, 9, 24)  # 24 homes come back as 24, 33,6 or 48


def test_maisonnettes_split_by_floor_and_small_homes_do_not_split(rules: Rules) -> None:
    found = compare(flats(ontsluiting=["maisonnette"], gemiddelde_go_m2=[80.0]), rules)
    assert likely(found, Route.SPLITSEN) == (4, 14, 23)
    small = compare(flats(gemiddelde_go_m2=[52.0]), rules)
    assert likely(small, Route.SPLITSEN) == (0, 0, 0)
    unknown = compare(flats(gemiddelde_go_m2=[np.nan]), rules)
    assert np.isnan(likely(unknown, Route.SPLITSEN)).all()
    assert unknown.table["splitsen_onbekend"].iloc[0] == 1


def test_buildings_of_a_complex_are_added_up_and_named_after_what_they_share(rules: Rules) -> None:
    buildings = flats(
        complex_code=["9", "9", None], naam=["De Linden A", "De Linden B", "Zuidhof"], gemiddelde_go_m2=[90.0, np.nan, 90.0]
    )
    found = compare(buildings, rules)
    assert found.table["naam"].tolist() == ["De Linden", "Zuidhof"]
    assert found.table["gebouwen"].tolist() == [2, 1]
    assert found.table["splitsen_onbekend"].tolist() == [1, 0]
    assert found.members.tolist() == [0, 0, 1]
    apart = compare(buildings.iloc[[0]].reset_index(drop=True), rules)
    assert likely(found, Route.SPLITSEN) == likely(apart, Route.SPLITSEN)


def test_a_low_end_is_never_above_the_likely_number_nor_that_above_the_high_end(rules: Rules) -> None:
    table = compare(make_neighbourhood().buildings, rules).table
    for route in ROUTES:
        known = table[table[str(route)].notna()]
        assert (known[f"{route}_laag"] <= known[str(route)]).all()
        assert (known[str(route)] <= known[f"{route}_hoog"]).all()


def test_an_argument_counts_only_where_it_holds_and_unknown_counts_for_nothing(rules: Rules) -> None:
    def told(side: str, route: Route, **facts: list[object]) -> set[str]:
        return {reason.argument.id for reason in compare(flats(**facts), rules).reasons_of(0, route, side)}

    assert "op_tijdvak" in told("voor", Route.OPTOPPEN, bouwjaar=[1968.0])
    assert "op_tijdvak" not in told("voor", Route.OPTOPPEN, bouwjaar=[1992.0])
    assert "op_tijdvak" not in told("voor", Route.OPTOPPEN, bouwjaar=[np.nan])
    assert "sloop_label" in told("voor", Route.SLOOP_NIEUWBOUW, energielabel=["G"])
    assert "split_klein" not in told("tegen", Route.SPLITSEN, gemiddelde_go_m2=[np.nan])


def test_every_argument_and_every_check_can_hold_somewhere_in_the_neighbourhood_or_its_opposite(rules: Rules) -> None:
    found = compare(make_neighbourhood().buildings, rules)
    told = {r.argument.id for row in range(len(found.table)) for route in ROUTES for side in ("voor", "tegen")
            for r in found.reasons_of(row, route, side)}  # fmt: skip
    always = {argument.id for argument in load_strategy().argumenten if argument.als is None}
    assert always <= told
    assert len(told - always) >= 8
    for row in range(len(found.table)):
        for finding in found.findings_of(row):
            assert finding.favourable + finding.attention + finding.unknown == found.table["gebouwen"].iloc[row]


def test_the_scan_has_all_themes_of_the_source_and_each_check_helps() -> None:
    book = load_strategy()
    themes = {
        "Volkshuisvesting",
        "Financieel kader",
        "Ruimtelijk ontwerp",
        "Bouwkundige staat",
        "Cultuurhistorie",
        "Participatie",
        "Ontwikkelend beheer",
    }
    assert {check.thema for check in book.checks} == themes
    assert {argument.route for argument in book.argumenten if argument.kant == "voor"} == set(ROUTES)
    assert {argument.route for argument in book.argumenten if argument.kant == "tegen"} == set(ROUTES)
    for check in book.checks:
        said = (check.hulp.wat, check.hulp.waarom, check.hulp.waar, check.bij_gunstig, check.bij_aandacht)
        assert all(text.endswith(".") for text in said)
        assert not any(FORBIDDEN.search(text) for text in said)
        assert check.aanname
    assert not any(FORBIDDEN.search(argument.tekst) for argument in book.argumenten)


def test_unknown_is_told_as_a_next_question_and_never_as_a_warning(rules: Rules) -> None:
    found = compare(flats(gemiddelde_go_m2=[np.nan]), rules)
    words = [routes.finding_words(finding, 1) for finding in found.findings_of(0)]
    assert any(label == "? onbekend" and text.startswith("Zoek het op: ") for label, text in words)
    html = routes.cards_html(found, 0)
    assert "onbekend" in html
    assert html.count('class="route"') == len(ROUTES)


def test_a_name_is_never_markup_on_the_cards(rules: Rules) -> None:
    found = compare(flats(naam=["<script>x</script>"], complex_code=["<b>"]), rules)
    assert "<script" not in routes.cards_html(found, 0)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("big5", ('feit = "bouwjaar"', 'feit = "bouwjar"'), "bestaat niet"),
        ("big5", ('criterium = "fin.mjop"', 'criterium = "fin.nooit"'), "criterium 'fin.nooit' bestaat niet"),
        ("big5", ('id = "op_dak"', 'id = "op_tijdvak"'), "staat er twee keer"),
        ("aanpasbaarheid", ("punten_vanaf = 60", "vanaf_waarde = 60"), "punten_vanaf of punten_onder"),
    ],
)
def test_a_broken_file_is_told_with_its_place(tmp_path: Path, file: str, change: tuple[str, str], told: str) -> None:
    folder = tmp_path / "strategie"
    folder.mkdir()
    source = Path(read_strategy.__code__.co_filename).with_name("strategie")
    for path in source.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace(*change, 1) if path.stem == file else text, encoding="utf-8")
    with pytest.raises(RulebookError, match=told) as error:
        read_strategy(tmp_path, criteria=frozenset({"fin.mjop"}))
    assert f"strategie/{file}.toml" in str(error.value)


# ---- Areas


def test_a_buurt_adds_up_its_buildings_and_the_parts_make_the_whole(rules: Rules) -> None:
    buildings = make_neighbourhood().buildings
    screened = screen(buildings, rules)
    table = add_up_areas(buildings, screened, rules)
    open_ = screened["voorselectie"].isin(["in beeld", "twijfel"])
    assert table["woningen"].sum() == screened.loc[open_, "woningen"].sum()
    assert table["open"].sum() == open_.sum()
    assert set(table["buurt"]) == {"Bloemenbuurt", "Kruidenbuurt", "Vogelbuurt", "Parkbuurt"}
    assert table["tekort_eur"].isna().all()
    assert "Vogelbuurt" in areas.verdict_words(table)


def test_the_money_of_a_buurt_is_that_of_its_buildings_and_unknown_stays_unknown(rules: Rules) -> None:
    buildings = flats(buurt=["Noord", "Noord", "Zuid"])
    screened = screen(buildings, rules)
    money = pd.DataFrame({"pand_id": buildings["pand_id"][:2], "tekort_eur": [100.0, 50.0], "eigen_case": [True, False]})
    table = add_up_areas(buildings, screened, rules, money=money).set_index("buurt")
    assert table.loc["Noord", "tekort_eur"] == 150
    assert table.loc["Noord", "eigen_cases"] == 1
    assert np.isnan(table.loc["Zuid", "tekort_eur"])


def test_rows_of_garageboxen_are_recognised_and_carry_homes(rules: Rules) -> None:
    buildings = flats(
        gebruiksdoel=["overige gebruiksfunctie", "overige gebruiksfunctie", "overige gebruiksfunctie", "woonfunctie"],
        aantal_woningen=[0.0, 0.0, 0.0, 24.0],
        aantal_verblijfsobjecten=[12.0, 12.0, 2.0, 24.0],
        oppervlakte_max=[16.0, 400.0, 16.0, 70.0],
        grondvlak_m2=[200.0, 200.0, 40.0, 600.0],
    )
    table = add_up_areas(buildings, screen(buildings, rules), rules)
    assert (table["rijen"].sum(), table["boxen"].sum()) == (1, 12)
    # 200 m² × 2 layers × 0,85 usable × 0,775 ÷ 55 m²
    assert table["boven"].sum() == 4
    assert (table["boven_laag"] <= table["boven"]).all()


def test_a_larger_parking_lot_never_carries_less(rules: Rules) -> None:
    found = np.array([homes_above_parking(float(area), rules) for area in range(0, 5000, 250)])
    assert (np.diff(found, axis=0) >= 0).all()
    assert found[0].tolist() == [0, 0, 0]
    assert (found[:, 0] <= found[:, 1]).all()
    assert (found[:, 1] <= found[:, 2]).all()
