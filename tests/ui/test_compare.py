"""Buildings side by side: the differences first, and how firm their order is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from quickscan.domain.explanation import Explanation, explain
from quickscan.domain.robustness import Robustness
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at
from quickscan.domain.terms import Interventie
from quickscan.ui import compare
from quickscan.wiring import make_services

ROOT = Path(__file__).parents[2]


def explained(rules: Rules, **answers: str) -> Explanation:
    columns = {name.replace("__", "."): [code] for name, code in answers.items()}
    frame = pd.DataFrame({"pand_id": ["0518100000000001"], **columns})
    return explain(look_at(frame, rules), rules, Interventie.OPTOPPEN)


def robustness(first: list[float], same: list[float]) -> Robustness:
    return Robustness(np.array(first), np.array(first), np.array(same), 500, 1)


def test_only_what_differs_is_listed_the_widest_gap_first(rules: Rules) -> None:
    strong = explained(rules, bou__draagkracht="reserve_berekend", bou__archief=rules.criterion("bou.archief").codes[0])
    weak = explained(rules, bou__draagkracht="tekort")
    found = compare.find_differences([strong, weak])
    assert [difference.active.id for difference in found] == ["bou.draagkracht", "bou.archief"]
    assert found[0].points > found[1].points


def test_the_table_gives_each_building_its_choice_and_calls_unknown_unknown(rules: Rules) -> None:
    results = [explained(rules, bou__draagkracht="tekort"), explained(rules)]
    shown = compare.differences_html(compare.find_differences(results), ["<A>", "B"])
    assert "Nee, een berekening toont een tekort" in shown
    assert "onbekend" in shown
    assert "<A>" not in shown
    assert "&lt;A&gt;" in shown


def test_the_sentence_names_the_leader_and_its_rival(rules: Rules) -> None:
    results = [explained(rules, bou__draagkracht="tekort"), explained(rules, bou__draagkracht="reserve_berekend")]
    frame = compare.robustness_frame(robustness([0.17, 0.83], [1.0, 0.9]), ["A", "B"])
    said = " ".join(compare.tell_robustness(frame, results))
    assert "In **83 % van de** wegingen blijft **B** bovenaan." in said
    assert "Anders staat A (17 %) bovenaan." in said
    assert "Het oordeel over **B**" in said


def test_when_nothing_moves_the_sentence_says_all(rules: Rules) -> None:
    frame = compare.robustness_frame(robustness([1.0, 0.0], [1.0, 1.0]), ["A", "B"])
    said = " ".join(compare.tell_robustness(frame, [explained(rules), explained(rules)]))
    assert "In **alle** wegingen" in said
    assert "Elk oordeel blijft" in said


def test_the_figure_tells_its_bars_apart_without_colour() -> None:
    figure = compare.robustness_figure(compare.robustness_frame(robustness([1.0, 0.0], [0.8, 1.0]), ["A", "B"]))
    assert {bar["marker"]["pattern"]["shape"] for bar in figure["data"]} == {"", "/"}
    assert figure["data"][1]["text"] == ["80 %", "100 %"]


def test_the_default_is_the_buildings_with_most_answers() -> None:
    table = pd.DataFrame({"pand_id": list("abcd"), "antwoorden": [1, 5, 5, 0], "rang": [1.0, 3.0, 2.0, np.nan]})
    assert compare.default_ids(table) == ["c", "b", "a"]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Rules) -> AppTest:
    url = f"sqlite:///{tmp_path / 'vergelijken.db'}"
    monkeypatch.setenv("QUICKSCAN_DATABASE", url)
    st.cache_resource.clear()
    st.cache_data.clear()
    workspace = make_services(url).portfolios.open_demo(rules, author="toets")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["werkruimte"] = workspace.id
    app.run()
    return app


def test_the_page_compares_three_buildings_and_keeps_them_in_the_url(page: AppTest) -> None:
    page.switch_page("pages/scan/vergelijken.py").run()
    assert not page.exception
    assert len(page.subheader) == compare.START_WITH
    assert [heading.value for heading in page.header] == ["Verschillen eerst", "Robuustheid"]
    assert any("wegingen" in text.value for text in page.markdown)
    chosen = page.query_params[compare.PARAM]
    assert len((chosen[0] if isinstance(chosen, list) else chosen).split(",")) == compare.START_WITH


def test_what_the_portfolio_hands_over_goes_first(page: AppTest) -> None:
    page.switch_page("pages/scan/vergelijken.py").run()
    ids = page.multiselect[0].value
    page.session_state[compare.HANDED_OVER] = ids[:2]
    page.run()
    assert page.multiselect[0].value == ids[:2]
    assert len(page.subheader) == 2


def test_one_building_is_not_a_comparison(page: AppTest) -> None:
    page.switch_page("pages/scan/vergelijken.py").run()
    page.multiselect[0].set_value(page.multiselect[0].value[:1]).run()
    assert "minstens twee" in page.info[0].value
