"""The gallery of real projects: filters, schemes, and the honest sentence on the back-test."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from quickscan.domain.backtest import Backtest, Case
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Interventie
from quickscan.ui import gallery
from quickscan.wiring import references

PAGE = str(Path(__file__).parents[2] / "pages" / "scan" / "leren.py")


def case(name: str, likely: float, built: int, *, borrowed: bool) -> Case:
    return Case(name, Interventie.OPTOPPEN, "galerij", (likely - 1, likely, likely + 1), (built, built), borrowed)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("QUICKSCAN_DATABASE", f"sqlite:///{tmp_path / 'voorbeelden.db'}")
    return AppTest.from_file(PAGE, default_timeout=30)


def test_nothing_chosen_shows_all_with_the_tested_ones_first() -> None:
    shown = gallery.pick(references(), (), ())
    assert len(shown) == len(references())
    assert shown[0].meting is not None


def test_a_filter_keeps_only_what_was_chosen() -> None:
    shown = gallery.pick(references(), ("optoppen",), ("Duitsland",))
    assert shown
    assert {(project.methode, project.land) for project in shown} == {("optoppen", "Duitsland")}


def test_every_project_has_a_method_a_status_and_a_scheme_that_can_be_read() -> None:
    for project in references():
        assert project.methode in gallery.METHODS
        assert gallery.status_words(project)
        assert gallery.drawing(project).startswith("<svg")
        assert 'alt="Schema:' in gallery.picture(project)


def test_an_unknown_number_of_storeys_is_dashed() -> None:
    unknown = next(project for project in references() if project.bestaande_bouwlagen is None)
    known = next(project for project in references() if project.bestaande_bouwlagen is not None)
    assert "stroke-dasharray" in gallery.drawing(unknown)
    assert "stroke-dasharray" not in gallery.drawing(known)
    assert "onbekend" in gallery.drawing_words(unknown)


def test_the_sentence_says_which_projects_are_not_independent() -> None:
    said = gallery.tell_backtest(Backtest((case("A", 10, 10, borrowed=True), case("B", 12, 16, borrowed=False)), ()))
    assert "**2 projecten**" in said
    assert "Bij 1 van de 2" in said
    assert "op 1 van de 2 is een rekenregel mede gebaseerd" in said
    assert "Alleen B is onafhankelijk: daar zit de schatting er 4 woningen (25 %) naast" in said


def test_without_cases_or_without_independent_ones_the_sentence_admits_it() -> None:
    assert "geen project" in gallery.tell_backtest(Backtest((), ()))
    assert "Een onafhankelijke toets is er nog niet" in gallery.tell_backtest(Backtest((case("A", 1, 1, borrowed=True),), ()))


def test_the_page_shows_cards_and_the_filter_narrows(page: AppTest, rules: Rules) -> None:
    page.run()
    assert not page.exception
    assert gallery.tell_backtest(gallery.fetch(rules)[1]) in [text.value for text in page.markdown]
    assert len(page.subheader) == gallery.FIRST_CARDS
    page.button_group(key="voorbeelden_manier").set_value(["uitplinten"]).run()
    assert len(page.subheader) == sum(project.methode == "uitplinten" for project in references())


def test_the_rest_comes_when_asked(page: AppTest) -> None:
    page.run()
    page.button[0].click().run()
    assert len(page.subheader) == len(references())
