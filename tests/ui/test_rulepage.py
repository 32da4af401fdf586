"""The rulebook on screen: search narrows, aannames show, and every rule says where it comes from."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from quickscan.domain.rules import Choice, Rules
from quickscan.domain.terms import ASPECTEN, Interventie
from quickscan.ui import look, rulepage, ruletext
from quickscan.ui.ruletext import Wanted, find

PAGE = str(Path(__file__).parents[2] / "pages" / "beheer" / "regels.py")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("QUICKSCAN_DATABASE", f"sqlite:///{tmp_path / 'regels.db'}")
    return AppTest.from_file(PAGE, default_timeout=30)


def labels(app: AppTest) -> list[str]:
    return [expander.label for expander in app.expander]


def test_all_words_of_a_search_must_occur(rules: Rules) -> None:
    both = find(rules, Wanted(("stec", "1965")))
    one = find(rules, Wanted(("stec",)))
    assert 0 < len(both.criteria) < len(one.criteria) < len(rules.criteria)


def test_a_search_finds_a_rule_by_its_id_question_and_help(rules: Rules) -> None:
    for word in ("bou.bouwjaar", "periode", "bag-viewer"):
        assert "bou.bouwjaar" in [active.id for active in find(rules, Wanted((word,))).criteria]


def test_only_aannames_leaves_out_what_has_a_source_of_its_own(rules: Rules) -> None:
    found = find(rules, Wanted(assumptions=True))
    assert found.parameters
    assert all(active.value.aanname for active in found.parameters)
    assert len(found.parameters) < len(rules.parameters)
    assert not found.steps


@pytest.mark.parametrize("place", range(50))
def test_every_criterion_shows_its_source_or_is_marked_as_aanname(rules: Rules, place: int) -> None:
    version = rules.criteria[place].version
    shown = rulepage.version_html(version, rules.day, current=True)
    assert version.aanname == ("Aanname</span>" in shown)
    assert version.bron.split("'")[0] in shown
    assert version.aanname or version.artikel


def test_the_shares_of_an_aspect_add_up_to_a_hundred(rules: Rules) -> None:
    for aspect in ASPECTEN:
        shares = ruletext.weight_shares(ruletext.of_aspect(rules.criteria, aspect), Interventie.OPTOPPEN)
        assert sum(share for _, share in shares) == pytest.approx(100)
        assert shares == sorted(shares, key=lambda pair: -pair[1])


def test_a_band_reads_as_dutch() -> None:
    assert ruletext.when_words(Choice(code="a", label="abc", punten=1, vanaf=1945, tot=1965)) == "van 1945 tot 1965"
    assert (
        ruletext.when_words(Choice(code="a", label="abc", punten=1, boven=13, tot_en_met=20), "m") == "boven 13 tot en met 20 m"
    )
    assert ruletext.when_words(Choice(code="a", label="abc", punten=1)) == ""


def test_a_number_shows_its_range_and_its_unit_in_the_singular(rules: Rules) -> None:
    assert ruletext.value_words(rules.parameter("woningen.beuk_m")) == ("5,5 m", "5 tot 6")
    assert ruletext.value_words(rules.parameter("lagen.van_1945_tot_1965"))[0] == "1 laag"
    assert ruletext.value_words(rules.parameter("lagen.grens_1965")) == ("1965", "")


def test_text_of_a_rule_cannot_become_html(rules: Rules) -> None:
    active = rules.criterion("bou.bouwjaar")
    choices = (Choice(code="a", label="<b>x</b>", punten=0), Choice(code="b", label="abc", punten=1))
    changed = active.version.model_copy(update={"keuzes": choices})
    assert "<b>x</b>" not in rulepage.choices_html(type(active)(active.criterion, changed), rules)


def test_the_download_holds_every_criterion(rules: Rules) -> None:
    assert len(json.loads(ruletext.as_json())["criteria"]) == len(rules.criteria)
    assert ruletext.as_csv(rules).decode("utf-8-sig").count("\n") == 1 + sum(len(a.codes) for a in rules.criteria)


def test_the_page_shows_the_fingerprint_and_one_aspect(page: AppTest, rules: Rules) -> None:
    page.run()
    assert not page.exception
    assert rules.fingerprint in " ".join(text.value for text in page.markdown)
    assert len(labels(page)) == len(ruletext.of_aspect(rules.criteria, ASPECTEN[0]))
    assert all("Aanname" in label for label in labels(page))


def test_a_search_on_the_page_narrows_and_goes_through_all_aspects(page: AppTest) -> None:
    page.run()
    page.text_input(key="regels_zoek").input("fundering").run()
    assert not page.exception
    assert 0 < len(labels(page)) < 10
    assert any("Fundering" in label for label in labels(page))


def test_a_search_without_result_says_so(page: AppTest) -> None:
    page.run()
    page.text_input(key="regels_zoek").input("zeppelin").run()
    assert "niets gevonden" in page.info[0].value


@pytest.mark.parametrize("part", ruletext.PARTS)
def test_each_part_draws(page: AppTest, part: str) -> None:
    page.query_params["regels_deel"] = part
    page.run()
    assert not page.exception


def test_a_link_opens_one_criterion(page: AppTest, rules: Rules) -> None:
    page.query_params["criterium"] = "bou.bouwjaar"
    page.run()
    assert not page.exception
    assert [heading.value for heading in page.header] == ["Bouwjaar"]
    assert rules.criterion("bou.bouwjaar").criterion.vraag in " ".join(text.value for text in page.markdown)
    page.button[0].click().run()
    assert len(labels(page)) > 5


def test_a_link_to_an_unknown_criterion_offers_the_search(page: AppTest) -> None:
    page.query_params["criterium"] = "bou.luchtschip"
    page.run()
    assert look.plain("bou.luchtschip") in page.warning[0].value
    assert page.text_input(key="regels_zoek")


def test_a_rerun_takes_less_than_half_a_second(page: AppTest) -> None:
    page.run()
    began = time.perf_counter()
    page.text_input(key="regels_zoek").input("e").run()
    assert not page.exception
    assert time.perf_counter() - began < 2.5  # 0.5 s on a quiet machine; this one is shared
