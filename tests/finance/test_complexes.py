"""A case of a whole complex: the panden together, fed back to each of them, one row in the portfolio; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.domain.finance.complexes import NoPlanError, complex_key, is_complex, join_starts
from quickscan.domain.finance.starting import Start
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.services.case_table import work_out_all
from quickscan.services.complexes import Subject
from quickscan.services.feeding import SOURCE
from quickscan.services.finance import Finance
from quickscan.services.portfolios import Portfolios
from quickscan.services.scans import Scans
from quickscan.store.finance import CaseTables
from quickscan.store.repository import SqlStore
from quickscan.wiring import load_subsidies, make_demo
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

BUILD, RATE = "woning.bouwkosten_eur_ex_btw", "parameters.disconteringsvoet"
CODE = "1204"


class Office:
    """A workspace with two panden of one complex, one alone, and a garage of the complex that gets no homes."""

    def __init__(self, store: SqlStore, rules: Rules) -> None:  # noqa: F811 - the fixture above
        buildings = make_buildings(
            4,
            bouwjaar=[1968, 1968, 1970, 1968],
            bouwlagen=[4, 4, 4, 1],
            dakoppervlak_plat_m2=[900.0, 600.0, 900.0, 40.0],
            aantal_woningen=[24, 16, 24, None],
            groot_onderhoud_jaar=[2031, 2029, None, None],
            complex_code=[CODE, CODE, None, CODE],
            gebruiksdoel=["woonfunctie"] * 3 + ["overige gebruiksfunctie"],
        )
        self.store, self.rules = store, rules
        self.panden = [str(pand_id) for pand_id in buildings["pand_id"]]
        self.workspace = make_workspace(store, buildings).id
        self.finance = Finance(store, CaseTables(store.engine), load_subsidies, clock=lambda: NOON)
        self.scans = Scans(store, clock=lambda: NOON)

    def subject(self) -> Subject:
        return self.finance.look_at_complex(self.workspace, CODE, self.rules)

    def change(self, changes: dict, subject: object) -> None:
        worked = self.finance.look(self.workspace, subject, self.rules)
        self.finance.change(self.workspace, worked, changes, scan=subject, rules=self.rules, author="Anna")

    def scan(self, place: int):
        return self.scans.look(self.workspace, self.panden[place], self.rules)

    def fed(self, place: int) -> float | None:
        found = [fact.value for fact in self.scan(place).facts if fact.name == "ncw_per_woning_eur"]
        return float(found[0]) if found else None


@pytest.fixture
def office(store: SqlStore, rules: Rules) -> Office:  # noqa: F811
    return Office(store, rules)


def test_homes_add_up_and_the_first_maintenance_counts(office: Office):
    subject = office.subject()
    apart = [office.finance.look(office.workspace, office.scan(place), office.rules).start.tables for place in (0, 1)]
    assert subject.members == tuple(office.panden[:2])  # the garage gets no homes
    assert subject.start.tables["woning"]["aantal"] == sum(each["woning"]["aantal"] for each in apart)
    assert subject.start.tables["bestaand"] == {"aantal_woningen": 40}
    assert subject.start.tables["mjop"] == {"jaar": 2029}
    assert subject.start.tables["planning"]["vertraging_hoog"] == max(each["planning"]["vertraging_hoog"] for each in apart)


def test_a_case_of_the_complex_is_kept_apart_and_fed_to_every_pand(office: Office):
    subject = office.subject()
    office.change({BUILD: 150_000.0}, subject)
    kept = office.finance.look(office.workspace, office.subject(), office.rules)
    assert (kept.saved.pand_id, kept.saved.version) == (complex_key(CODE), 1)
    assert office.finance.look(office.workspace, office.scan(0), office.rules).saved.version == 0
    assert office.fed(0) == office.fed(1) == round(float(kept.result.bare.per_home[0]))
    assert office.fed(2) is None
    total = kept.result.base.homes[0]
    scale = office.scan(0).answers["fin.schaal"]
    assert scale.author == SOURCE
    choice = office.rules.criterion("fin.schaal").choice(scale.choice)
    assert choice.vanaf is None or choice.vanaf <= total
    assert choice.tot is None or total < choice.tot


def test_a_pand_with_a_case_of_its_own_keeps_it(office: Office):
    office.change({BUILD: 190_000.0}, office.scan(0))
    own = office.fed(0)
    office.change({BUILD: 140_000.0}, office.subject())
    assert office.fed(0) == own
    assert office.fed(1) > own


def test_a_complex_is_one_row_in_the_portfolio(office: Office):
    screened = Portfolios(office.store, make_demo).screen(office.workspace, office.rules)
    before = work_out_all(office.finance, office.workspace, screened, office.rules, draws=100)
    assert len(before) == 3
    office.change({BUILD: 150_000.0}, office.subject())
    after = work_out_all(office.finance, office.workspace, screened, office.rules, draws=100)
    assert after["naam"].iloc[0] == "Complex 1204 (2 gebouwen)"
    assert list(after["eigen_case"]) == [True, False]
    assert after["nieuwe_woningen"].sum() == before["nieuwe_woningen"].sum()
    worked = office.finance.look(office.workspace, office.subject(), office.rules)
    assert after["ncw_totaal_eur"].iloc[0] == pytest.approx(float(worked.result.bare.total[0]))
    office.change({BUILD: 160_000.0}, office.scan(1))
    apart = work_out_all(office.finance, office.workspace, screened, office.rules, draws=100)
    assert list(apart["pand_id"]) == office.panden[:3]


def test_a_complex_without_new_homes_says_so(office: Office):
    with pytest.raises(NoPlanError, match="komt geen enkel gebouw in aanmerking"):
        office.finance.look_at_complex(office.workspace, "onbekend", office.rules)
    assert office.finance.complexes(office.workspace) == dict.fromkeys([*office.panden[:2], office.panden[3]], CODE)


def test_a_number_of_the_workspace_moves_what_every_leading_case_tells_the_scan(office: Office):
    office.change({BUILD: 150_000.0}, office.scan(2))
    office.change({BUILD: 150_000.0}, office.subject())
    before = [office.fed(place) for place in range(3)]
    office.finance.change_own(office.workspace, RATE, 0.06, rules=office.rules, author="Anna")
    assert all(office.fed(place) < old for place, old in enumerate(before))
    office.finance.change_own(office.workspace, RATE, None, rules=office.rules, author="Anna")
    assert [office.fed(place) for place in range(3)] == before


def test_what_the_scan_learns_later_reaches_the_scan_when_the_case_is_opened(office: Office):
    office.change({BUILD: 150_000.0}, office.scan(2))
    before = office.fed(2)
    office.scans.save_fact(office.workspace, office.panden[2], "huidige_functie", "wonen", author="Bas")
    criterion = next(
        line.active.id
        for line in office.scan(2).results["optoppen"].lines
        if line.choice is None and max(choice.maanden for choice in line.active.version.keuzes) >= 6
    )
    slow = max(office.rules.criterion(criterion).version.keuzes, key=lambda choice: choice.maanden)
    office.scans.answer(
        office.workspace, office.panden[2], criterion, choice=slow.code, rules=office.rules, author="Bas", expected_version=0
    )
    assert office.fed(2) == before  # an answer works nothing out
    scan = office.scan(2)
    worked = office.finance.look(office.workspace, scan, office.rules)
    office.finance.refresh(office.workspace, worked, scan, office.rules)
    assert office.fed(2) < before
    version = office.store.get_workspace(office.workspace).facts_version
    office.finance.refresh(office.workspace, worked, scan, office.rules)  # nothing new, nothing written
    assert office.store.get_workspace(office.workspace).facts_version == version


def test_what_a_person_says_goes_before_the_case(office: Office):
    office.scans.save_fact(office.workspace, office.panden[1], "ncw_per_woning_eur", -1_000.0, author="Bas")
    office.change({BUILD: 190_000.0}, office.subject())
    best = next(fact for fact in office.scan(1).facts if fact.name == "ncw_per_woning_eur")
    assert (best.value, best.source) == (-1_000.0, Herkomst.ANTWOORD)


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40))
def test_a_key_fits_where_a_pand_id_fits(code: str):
    key = complex_key(code)
    assert len(key) <= PAND_ID_LENGTH
    assert is_complex(key)
    assert not is_complex("0363100012345678")


def test_one_unknown_count_leaves_the_existing_homes_unknown():
    homes = {"aantal": 4, "aantal_laag": 3, "aantal_hoog": 5}
    known = Start({"woning": homes, "bestaand": {"aantal_woningen": 8}}, {}, 1968, "C")
    unknown = replace(known, tables={"woning": homes}, bouwjaar=1970)
    joined = join_starts([known, unknown])
    assert "bestaand" not in joined.tables
    assert joined.tables["woning"] == {"aantal": 8, "aantal_laag": 6, "aantal_hoog": 10}
    assert (joined.bouwjaar, joined.label) == (None, "C")
