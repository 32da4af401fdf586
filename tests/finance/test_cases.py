"""Cases that people keep: filled from the scan, changed, copied, locked, and fed back; the same on both databases."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import NotFoundError
from quickscan.domain.finance.case import run_case
from quickscan.domain.finance.faults import CaseError
from quickscan.domain.finance.reading import read_case
from quickscan.domain.finance.saved import LockedCaseError, StaleCaseError
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.rulebook.subsidies import load_subsidies
from quickscan.services.case_table import work_out_all
from quickscan.services.feeding import SOURCE
from quickscan.services.finance import Finance, Worked
from quickscan.services.scans import Scan, Scans
from quickscan.store.finance import CaseTables
from quickscan.store.repository import SqlStore
from quickscan.wiring import make_case_file, make_case_outcome
from tests.store.conftest import (  # noqa: F401 - the databases, as the tests of the store have them
    NOON,
    empty_postgres_url,
    make_buildings,
    make_workspace,
    opened,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_url,
    store,
    url,
)

BUILD = "woning.bouwkosten_eur_ex_btw"


@dataclass
class Office:
    """A workspace with one building in it, and somebody at work."""

    finance: Finance
    scans: Scans
    workspace: str
    pand_id: str
    rules: Rules

    def scan(self) -> Scan:
        return self.scans.look(self.workspace, self.pand_id, self.rules)

    def look(self, number: int | None = None) -> Worked:
        return self.finance.look(self.workspace, self.scan(), self.rules, number=number)

    def change(self, changes: dict, worked: Worked | None = None) -> None:
        self.finance.change(self.workspace, worked or self.look(), changes, scan=self.scan(), rules=self.rules, author="Anna")

    def settle(self, worked: Worked, **what: object) -> None:
        self.finance.settle(self.workspace, worked, scan=self.scan(), rules=self.rules, author="Anna", **what)


@pytest.fixture
def make_office(store: SqlStore, rules: Rules) -> Callable[..., Office]:  # noqa: F811 - the fixture above
    def make(**facts: list) -> Office:
        given = {
            "bouwjaar": [1968],
            "bouwlagen": [4],
            "dakoppervlak_plat_m2": [900.0],
            "aantal_woningen": [24],
            "groot_onderhoud_jaar": [2030],
        } | facts
        buildings = make_buildings(1, **given)
        workspace = make_workspace(store, buildings)
        finance = Finance(store, CaseTables(store.engine), load_subsidies, clock=lambda: NOON)
        return Office(finance, Scans(store, clock=lambda: NOON), workspace.id, buildings["pand_id"].iloc[0], rules)

    return make


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office()


def test_without_a_case_the_scan_says_the_homes_and_nothing_is_written(office: Office):
    worked = office.look()
    homes = office.scan().results["optoppen"].homes
    assert worked.result is not None
    assert worked.saved.version == 0
    assert worked.tables["woning"]["aantal"] == round(homes.likely)
    assert worked.tables["bestaand"] == {"aantal_woningen": 24}
    assert office.finance.stamp(office.workspace) == ()
    assert "ncw_per_woning_eur" not in {fact.name for fact in office.scan().facts}


def test_a_change_is_kept_and_moves_the_outcome(office: Office):
    before = office.look().result
    office.change({BUILD: 150_000.0, "verduurzaming": {}})
    worked = office.look()
    assert (worked.saved.version, worked.saved.author, worked.saved.leading) == (1, "Anna", True)
    assert worked.saved.tables == {"woning": {"bouwkosten_eur_ex_btw": 150_000.0}, "verduurzaming": {}}
    assert worked.result.base.per_home[0] < before.base.per_home[0]  # verduurzaming costs more than cheaper building saves
    assert len(worked.result.scenarios) == len(before.scenarios) + 1
    office.change({BUILD: None, "verduurzaming": None})
    assert office.look().result.base.per_home[0] == pytest.approx(before.base.per_home[0])


def test_the_outcome_goes_into_the_scan_as_derived_and_below_what_a_person_says(office: Office):
    office.change({BUILD: 120_000.0})
    worth = round(office.look().result.bare.per_home[0])
    fact = next(fact for fact in office.scan().facts if fact.name == "ncw_per_woning_eur")
    assert (fact.value, fact.source) == (worth, Herkomst.AFGELEID)
    assert SOURCE in fact.source_label
    line = next(line for line in office.scan().results["optoppen"].lines if line.active.id == "fin.rendement")
    assert line.choice is not None
    office.scans.save_fact(office.workspace, office.pand_id, "ncw_per_woning_eur", -1000, author="Bea")
    office.change({BUILD: 200_000.0})
    assert next(fact for fact in office.scan().facts if fact.name == "ncw_per_woning_eur").value == -1000


def test_an_answer_of_a_person_stays_and_one_of_the_case_follows_it(office: Office):
    office.change({"verduurzaming": {}})
    answer = office.scan().answers["fin.koppelkans"]
    assert (answer.choice, answer.author, answer.certainty) == ("alle_woningen", SOURCE, Certainty.INSCHATTING)
    office.change({"parameters.gedeelde_kosten": "alleen_nieuw"})
    answer = office.scan().answers["fin.koppelkans"]
    assert answer.choice == "alleen_nieuw"
    office.scans.answer(
        office.workspace,
        office.pand_id,
        "fin.koppelkans",
        choice="deels",
        rules=office.rules,
        author="Bea",
        expected_version=answer.version,
        party=Party.SAMEN,
    )
    office.change({"parameters.gedeelde_kosten": None})
    assert office.scan().answers["fin.koppelkans"].choice == "deels"


def test_the_year_of_maintenance_follows_only_when_nobody_knows_it(make_office: Callable[..., Office]):
    office = make_office(groot_onderhoud_jaar=[None])
    office.change({"mjop.jaar": 2029.0})
    fact = next(fact for fact in office.scan().facts if fact.name == "groot_onderhoud_jaar")
    assert (fact.value, fact.source) == (office.rules.day.year + 3, Herkomst.AFGELEID)


@pytest.mark.parametrize(
    ("changes", "key", "word"),
    [
        ({"woning.huur_eur_per_maand": -1.0}, "woning.huur_eur_per_maand", "buiten"),
        ({"woning.huur_eur_per_maand": 5_000.0}, "woning.huur_eur_per_maand", "grens"),
        ({"parameters.horizon_jaren": 0.0}, "parameters.horizon_jaren", "buiten"),
        ({"parameters.disconteringsvoet": 3.0}, "parameters.disconteringsvoet", "buiten"),
        (
            {"planning.start_bouw": date(2028, 1, 1), "planning.oplevering": date(2027, 1, 1)},
            "planning.oplevering",
            "vóór",
        ),
        ({"parkeren.capaciteit": 10.0}, "parkeren.capaciteit", "bezet"),
    ],
)
def test_what_cannot_be_is_refused_at_its_key_and_not_kept(office: Office, changes: dict, key: str, word: str):
    with pytest.raises(CaseError) as caught:
        office.change(changes)
    assert [fault.key for fault in caught.value.faults] == [key]
    assert word in caught.value.faults[0].problem
    assert office.finance.stamp(office.workspace) == ()


def test_the_second_of_two_people_is_told_and_a_request_sent_twice_is_not(office: Office):
    seen = office.look()
    office.change({BUILD: 150_000.0}, seen)
    office.change({BUILD: 150_000.0}, seen)
    with pytest.raises(StaleCaseError, match="Anna"):
        office.change({BUILD: 151_000.0}, seen)
    assert office.look().saved.version == 1


def test_a_copy_goes_its_own_way_and_a_locked_case_stays(office: Office):
    office.change({BUILD: 150_000.0})
    worked = office.look()
    copied = office.finance.copy(
        office.workspace, worked, name="Goedkoper", scan=office.scan(), rules=office.rules, author="Anna"
    )
    office.settle(office.look(1), locked=True)
    office.change({BUILD: 130_000.0}, office.look(copied.number))
    first, second = office.look(1), office.look(2)
    assert (first.saved.name, first.saved.leading, second.saved.leading) == ("Eerste case", True, False)
    assert second.result.base.per_home[0] > first.result.base.per_home[0]
    with pytest.raises(LockedCaseError, match="staat vast"):
        office.change({BUILD: 1.0}, first)
    with pytest.raises(LockedCaseError):
        office.finance.remove(office.workspace, first.saved, author="Ada")
    derived = {fact.name: fact.value for fact in office.scan().facts}["ncw_per_woning_eur"]
    assert derived == round(first.result.bare.per_home[0])


def test_another_case_can_lead_and_then_feeds_the_scan(office: Office):
    office.change({BUILD: 150_000.0})
    office.finance.copy(office.workspace, office.look(), name="Tweede", scan=office.scan(), rules=office.rules, author="Anna")
    office.change({BUILD: 100_000.0}, office.look(2))
    office.settle(office.look(2), leading=True)
    assert [case.leading for case in office.look().cases] == [False, True]
    assert office.look().saved.number == 2
    derived = {fact.name: fact.value for fact in office.scan().facts}["ncw_per_woning_eur"]
    assert derived == round(office.look(2).result.bare.per_home[0])
    office.finance.remove(office.workspace, office.look(1).saved, author="Ada")
    assert [case.number for case in office.look().cases] == [2]
    with pytest.raises(LockedCaseError, match="telt voor de scan"):
        office.finance.remove(office.workspace, office.look().saved, author="Ada")


def test_a_workspace_changes_only_itself(office: Office, make_office: Callable[..., Office]):
    other = make_office()
    before = other.look().result.base.per_home[0]
    office.finance.change_own(office.workspace, "parameters.disconteringsvoet", 0.03, rules=office.rules, author="Anna")
    assert office.look().result.base.per_home[0] > before
    assert other.look().result.base.per_home[0] == before
    used = next(each for each in office.look().result.assumptions if each.key == "parameters.disconteringsvoet")
    assert (used.origin, used.value, used.standard) == ("werkruimte", 0.03, pytest.approx(0.0417))
    with pytest.raises(CaseError):
        office.finance.change_own(office.workspace, "parameters.disconteringsvoet", 3.0, rules=office.rules, author="Anna")
    with pytest.raises(NotFoundError):
        office.finance.change_own(office.workspace, "woning.aantal", 3.0, rules=office.rules, author="Anna")
    office.finance.change_own(office.workspace, "parameters.disconteringsvoet", None, rules=office.rules, author="Anna")
    assert office.look().result.base.per_home[0] == before


def test_a_case_goes_with_its_workspace(office: Office):
    office.change({BUILD: 150_000.0})
    office.finance.store.delete_workspace(office.workspace, author="Anna", at=NOON)
    with pytest.raises(NotFoundError):
        office.finance.stamp(office.workspace)


def test_a_case_without_homes_says_what_is_missing(make_office: Callable[..., Office]):
    office = make_office(bouwlagen=[None], dakoppervlak_plat_m2=[None], bouwjaar=[None])
    worked = office.look()
    assert worked.result is None
    assert [fault.key for fault in worked.faults] == ["woning.aantal"]
    office.change({"woning.aantal": 6.0})
    assert office.look().result is not None


def test_the_portfolio_counts_a_building_with_its_own_case(office: Office):
    table = lambda: work_out_all(office.finance, office.workspace, screened(office), office.rules, draws=200)  # noqa: E731
    plain = table().iloc[0]
    assert not plain["eigen_case"]
    assert plain["tekort_eur"] == pytest.approx(-plain["ncw_totaal_eur"])
    office.change({"verduurzaming": {}, "parameters.gedeelde_kosten": "alleen_nieuw"})
    own = table().iloc[0]
    assert own["eigen_case"]
    assert own["ncw_per_woning_eur"] == pytest.approx(office.look().result.bare.per_home[0])
    assert own["investering_eur"] == pytest.approx(office.look().result.bare.investment[0])


def screened(office: Office):
    from quickscan.services.portfolios import Portfolios  # noqa: PLC0415 - only here

    return Portfolios(office.finance.store, make_demo=lambda _: None).screen(office.workspace, office.rules)


def test_the_file_of_a_case_gives_the_same_outcome_elsewhere(office: Office):
    office.change({BUILD: 150_000.0, "lift": {}, "planning.start_bouw": date(2027, 9, 1), "feiten.houtbouw": True})
    office.change({"parkeren": {"norm": 0.5, "kortingen": {"ov": 0.1}}, "parameters.subsidies": ["sft"]})
    worked = office.look()
    made = make_case_file(worked.tables, name='Een "naam"', day=office.rules.day)
    content = tomllib.loads(made.decode())
    assert content == {"naam": 'Een "naam"', "peildatum": office.rules.day, **worked.tables}
    again = run_case(read_case(content, office.rules, load_subsidies()), office.rules, load_subsidies())
    assert again.base.per_home[0] == pytest.approx(worked.result.base.per_home[0])
    told = json.loads(json.dumps(make_case_outcome(worked.result, office.rules)))
    assert told["ncw_per_woning_eur"] == pytest.approx(worked.result.base.per_home[0])


def test_a_case_reads_back_as_it_was_kept(office: Office):
    office.change({"planning.start_bouw": date(2027, 9, 1), "parameters.subsidies": ["sft"], "feiten.houtbouw": False})
    kept = office.look().saved
    assert kept.tables == {
        "planning": {"start_bouw": date(2027, 9, 1)},
        "parameters": {"subsidies": ["sft"]},
        "feiten": {"houtbouw": False},
    }
    assert replace(kept, at=NOON) == kept


def test_a_portfolio_without_homes_now_or_on_the_roof_is_no_fault(make_office: Callable[..., Office]):
    without = make_office(aantal_woningen=[None])
    table = work_out_all(without.finance, without.workspace, screened(without), without.rules, draws=100)
    assert len(table) == 1
    assert table["ncw_per_woning_eur"].notna().all()
    empty = make_office(bouwlagen=[None], dakoppervlak_plat_m2=[None], bouwjaar=[None])
    assert work_out_all(empty.finance, empty.workspace, screened(empty), empty.rules).empty
