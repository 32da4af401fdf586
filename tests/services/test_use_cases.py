"""The use cases on a store in memory: what a person does, and what must not happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import pytest

from quickscan.domain.errors import Fault, FaultyInputError, NotFoundError, StaleAnswerError, UnusableInputError
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.rules import Rules, UnknownRuleError
from quickscan.domain.screening import SCREEN_COLUMNS
from quickscan.domain.terms import Herkomst, Interventie
from quickscan.services import imports as imports_module
from quickscan.services.imports import FileNote, Imports
from quickscan.services.portfolios import DESCRIBED, Portfolios, with_answers
from quickscan.services.ports import Store, Workspace
from quickscan.services.scans import Scans
from tests.services.in_memory_store import InMemoryStore

FIRST, SECOND = "0599100000000001", "0599100000000002"
NOW = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)


@dataclass
class SmallDemo:
    """Two buildings, one of them with an answer."""

    name: str
    buildings: pd.DataFrame
    sources: Mapping[str, SourceNote]
    answers: pd.DataFrame


def two_buildings() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pand_id": [FIRST, SECOND],
            "naam": ["Lindehof", None],
            "straat": ["Lindelaan", "Kade"],
            "huisnummer": ["1-20", "3"],
            "status": ["Pand in gebruik"] * 2,
            "gebruiksdoel": ["woonfunctie"] * 2,
            "aantal_woningen": [24.0, 12.0],
            "bouwjaar": [1970.0, 1958.0],
            "bou.dak": ["plat", "kap"],
        },
        index=[2, 3],
    )


@dataclass
class Desk:
    """Everything one test works with."""

    store: InMemoryStore
    portfolios: Portfolios
    imports: Imports
    scans: Scans
    made: list[str]

    def workspace(self) -> Workspace:
        return self.bring_in(intake(), name="Proef")

    def bring_in(self, taken: Intake, *, name: str) -> Workspace:
        plan = self.imports.plan([(FileNote("lijst.csv", "", 0), taken)], workspace_id=None)
        return self.portfolios.get(self.imports.confirm(plan, name=name, author="Noor").workspace_id)


def intake(*faults: Fault) -> Intake:
    return Intake(two_buildings(), {}, {"bouwjaar": SourceNote(Herkomst.REGISTER, "BAG")}, faults, 2)


@pytest.fixture
def desk() -> Desk:
    store: Store = InMemoryStore()
    made: list[str] = []

    def make_demo(rules: Rules) -> SmallDemo:
        made.append(rules.fingerprint)
        notes = [(FIRST, "bou.dak", "plat", "Gezien op de luchtfoto."), (SECOND, "bou.dak", "kap", "")]
        answers = pd.DataFrame(notes, columns=["pand_id", "criterion", "choice", "note"])
        return SmallDemo("Voorbeeldbuurt", two_buildings(), {}, answers)

    portfolios = Portfolios(store, make_demo, clock=lambda: NOW)
    return Desk(store, portfolios, Imports(store, clock=lambda: NOW), Scans(store, clock=lambda: NOW), made)


def test_the_demo_is_made_once(desk: Desk, rules: Rules):
    first = desk.portfolios.open_demo(rules, author="Noor")
    second = desk.portfolios.open_demo(rules, author="Sam")
    assert first == second == desk.portfolios.find_demo()
    assert first.fictional
    assert len(desk.made) == 1
    assert len(desk.portfolios.list_workspaces()) == 1


def test_the_demo_comes_with_its_answers_and_their_notes(desk: Desk, rules: Rules):
    demo = desk.portfolios.open_demo(rules, author="Noor")
    answer = desk.scans.look(demo.id, FIRST, rules).answers["bou.dak"]
    assert (answer.choice, answer.note) == ("plat", "Gezien op de luchtfoto.")
    assert desk.scans.look(demo.id, SECOND, rules).answers["bou.dak"].note == ""


def test_without_a_demo_there_is_none(desk: Desk):
    desk.workspace()
    assert desk.portfolios.find_demo() is None


def test_a_plan_stores_nothing(desk: Desk):
    plan = desk.imports.plan([(FileNote("lijst.csv", "", 0), intake())], workspace_id=None)
    assert plan.added == 2
    assert desk.portfolios.list_workspaces() == []


def test_a_workspace_without_a_name_gets_one(desk: Desk):
    notice = Fault(None, "eigen", None, "deze kolom is niet gebruikt", "Dat is goed.", notice=True)
    assert desk.bring_in(intake(notice), name="  ").name == "Eigen gebouwen"


def test_a_file_that_is_too_large_is_refused_with_a_way_out(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports_module, "MAX_BUILDINGS", 1)
    with pytest.raises(UnusableInputError, match="splits het bestand"):
        desk.workspace()
    assert desk.portfolios.list_workspaces() == []


def test_a_deleted_workspace_is_gone(desk: Desk):
    workspace = desk.workspace()
    desk.portfolios.delete(workspace.id)
    with pytest.raises(NotFoundError):
        desk.portfolios.get(workspace.id)


def test_a_stored_answer_goes_before_one_from_the_file_and_leaves_the_other_buildings_alone(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    desk.scans.answer(workspace.id, FIRST, "bou.dak", choice="kap", rules=rules, author="Noor", expected_version=1)
    assert desk.portfolios.buildings(workspace.id)["bou.dak"].tolist() == ["kap", "kap"]
    desk.scans.answer(workspace.id, SECOND, "bou.lift", choice="verlengbaar", rules=rules, author="Noor", expected_version=0)
    merged = desk.portfolios.buildings(workspace.id)
    assert merged["bou.dak"].tolist() == ["kap", "kap"]
    assert merged["bou.lift"].fillna("").tolist() == ["", "verlengbaar"]


def test_merging_answers_changes_neither_frame():
    buildings, answers = two_buildings(), pd.DataFrame([(FIRST, "bou.dak", "kap")], columns=["pand_id", "criterion", "choice"])
    copies = buildings.copy(deep=True), answers.copy(deep=True)
    merged = with_answers(buildings, answers)
    assert merged["bou.dak"].tolist() == ["kap", "kap"]  # the second comes from the file and stays
    pd.testing.assert_frame_equal(buildings, copies[0])
    pd.testing.assert_frame_equal(answers, copies[1])
    assert merged.index.tolist() == [2, 3]


def test_the_screened_portfolio_has_names_scores_and_the_number_of_answers(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    desk.scans.answer(workspace.id, FIRST, "bou.lift", choice="verlengbaar", rules=rules, author="Noor", expected_version=0)
    screened = desk.portfolios.screen(workspace.id, rules)
    assert list(screened.columns) == [*DESCRIBED, *(name for name in SCREEN_COLUMNS if name != "pand_id"), "antwoorden"]
    assert screened["naam"].tolist() == ["Lindehof", "Kade 3"]
    assert screened["antwoorden"].tolist() == [2, 1]
    assert set(screened["peildatum"]) == {"2026-11-21"}


def test_robustness_comes_in_the_order_asked_and_skips_what_is_gone(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    asked = [SECOND, "0599100000000099", FIRST]
    robustness = desk.portfolios.robustness(workspace.id, asked, rules, interventie=Interventie.OPTOPPEN, best=1)
    assert len(robustness.first) == 2
    assert robustness.first[1] > robustness.first[0]  # the newer block with the flat roof is FIRST, asked last
    empty = desk.portfolios.robustness(workspace.id, [], rules, interventie=Interventie.OPTOPPEN)
    assert len(empty.first) == 0


def test_an_unknown_criterion_or_choice_is_refused_and_nothing_is_kept(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    for criterion, choice in (("bou.schoorsteen", "ja"), ("bou.dak", "rond")):
        with pytest.raises(UnknownRuleError, match="staat niet in de normenset"):
            desk.scans.answer(workspace.id, FIRST, criterion, choice=choice, rules=rules, author="Noor", expected_version=0)
    assert list(desk.scans.look(workspace.id, FIRST, rules).answers) == ["bou.dak"]


def test_weet_ik_niet_is_an_answer_that_counts_as_unknown(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    answer = desk.scans.answer(workspace.id, FIRST, "bou.lift", choice=None, rules=rules, author="Noor", expected_version=0)
    assert (answer.choice, answer.version, answer.at) == (None, 1, NOW)
    scan = desk.scans.look(workspace.id, FIRST, rules)
    line = next(line for line in scan.results[Interventie.OPTOPPEN].lines if line.active.id == "bou.lift")
    assert line.choice is None
    assert line.answer == answer


def test_the_second_writer_is_told_who_was_first(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    desk.scans.answer(workspace.id, FIRST, "bou.lift", choice="verlengbaar", rules=rules, author="Noor", expected_version=0)
    with pytest.raises(StaleAnswerError, match="Noor"):
        desk.scans.answer(workspace.id, FIRST, "bou.lift", choice="ruimte_schacht", rules=rules, author="Sam", expected_version=0)
    assert [answer.author for answer in desk.scans.history(workspace.id, FIRST, "bou.lift")] == ["Noor"]


def test_a_scan_tells_its_story_with_name_and_answers(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    desk.scans.answer(workspace.id, FIRST, "bou.dak", choice="kap", rules=rules, author="Noor", expected_version=1, note=" ja ")
    scan = desk.scans.look(workspace.id, FIRST, rules)
    assert scan.name == "Lindehof"
    assert scan.answers["bou.dak"].note == "ja"
    assert scan.story.endswith(".")
    assert set(scan.results) == set(Interventie)


def test_a_fact_that_a_person_gives_is_kept_as_an_answer(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    desk.scans.save_fact(workspace.id, FIRST, "max_bouwhoogte_m", "15,5", author="Noor")
    facts = desk.scans.look(workspace.id, FIRST, rules).facts
    (fact,) = [fact for fact in facts if fact.name == "max_bouwhoogte_m"]
    assert (fact.value, fact.source, fact.source_label, fact.source_date) == (15.5, Herkomst.ANTWOORD, "Noor", NOW.date())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("bouwjaar", 1066, "bouwjaar ligt buiten 1100 tot en met 2035"),
        ("bouwjaar", 1970.5, "bouwjaar is geen heel getal"),
        ("bouwjaar", "zeventig", "bouwjaar is geen getal"),
        ("bouwjaar", float("nan"), "bouwjaar is geen getal"),
        ("hoogte_m", float("inf"), "hoogte ligt buiten 2 tot en met 250 m"),
        ("ontsluiting", "touwladder", "deze waarde is geen keuze"),
        ("naam", "  ", "naam is leeg"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused_in_dutch(desk: Desk, rules: Rules, name: str, value: str | float, says: str):
    workspace = desk.workspace()
    with pytest.raises(FaultyInputError) as caught:
        desk.scans.save_fact(workspace.id, FIRST, name, value, author="Noor")
    assert says in str(caught.value)
    assert all(fault.row is None for fault in caught.value.faults)
    assert all(fact.source is not Herkomst.ANTWOORD for fact in desk.scans.look(workspace.id, FIRST, rules).facts)


@pytest.mark.parametrize("name", ["schoorsteenhoogte", "pand_id"])
def test_a_fact_that_the_tool_does_not_keep_is_refused(desk: Desk, name: str):
    workspace = desk.workspace()
    with pytest.raises(NotFoundError, match="Feit"):
        desk.scans.save_fact(workspace.id, FIRST, name, "1", author="Noor")


def test_a_building_that_is_gone_is_reported(desk: Desk, rules: Rules):
    workspace = desk.workspace()
    with pytest.raises(NotFoundError, match="Pand"):
        desk.scans.look(workspace.id, "0599100000000099", rules)
