"""Subsidies: what holds, when to apply, what does not stack, and why something does not count."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.errors import RulebookError
from quickscan.domain.finance.granting import SubsidyOutcome, add_months, find_window, judge_subsidies, total_of
from quickscan.domain.finance.subsidies import Budget, SubsidyBook, SubsidyVersion, Uitkomst
from quickscan.rulebook.loader import NATIONAL
from quickscan.rulebook.subsidies import load_subsidies, read_subsidies
from tests.finance.conftest import run

DAY = date(2026, 11, 21)
FACTS = {"sociale_huur": True, "betaalbaar": True, "jaren_sociale_huur": 25, "aandeel_statushouders": 0.3,
         "provincie": "Zuid-Holland", "blijvend": True, "in_regionaal_programma": True,
         "houtbouw": True, "zh_houtbouw_nagegaan": True}  # fmt: skip
GIVEN = {"budget": "beschikbaar", "doorgifte": 1.0}


def judge(
    *wanted: str,
    result: float = -500_000.0,
    states: dict | None = None,
    facts: dict | None = None,
    start: date | None = date(2027, 9, 1),
):
    outcomes = judge_subsidies(
        load_subsidies(),
        day=DAY,
        facts=FACTS if facts is None else facts,
        homes=20,
        costs_eur=4_000_000,
        result_eur=result,
        start=start,
        wanted=wanted,
        states=dict.fromkeys(wanted, GIVEN) if states is None else states,
    )
    return {each.id: each for each in outcomes}


def test_every_scheme_of_the_research_is_there_with_a_source(subsidies: SubsidyBook):
    assert set(subsidies.ids) >= {"sft", "realisatiestimulans", "szgw", "srw_knelpuntenpot", "zh_houtbouw", "woningbouwimpuls"}
    for subsidy in subsidies.subsidies:
        for version in subsidy.versies:
            assert version.bron
            assert version.artikel or version.aanname
            assert version.toelichting.endswith(".")
            assert all(condition.tekst.endswith(".") for condition in version.voorwaarden)


def test_a_subsidy_counts_when_everything_is_known():
    sft = judge("sft")["sft"]
    assert (sft.counts, sft.amount_eur, sft.missing) == (True, 280_000, ())
    assert sft.aanvrager == sft.ontvanger == "gemeente"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"doorgifte": 1.0}, "Onbekend of er nog budget is"),
        ({"budget": "onbekend", "doorgifte": 1.0}, "Onbekend of er nog budget is"),
        ({"budget": "op", "doorgifte": 1.0}, "op"),
        ({"budget": "beschikbaar"}, "doorgifte"),
    ],
)
def test_unknown_budget_or_no_passing_on_does_not_count_and_says_so(state: dict, reason: str):
    sft = judge("sft", states={"sft": state})["sft"]
    assert not sft.counts
    assert reason in sft.reason


def test_what_is_passed_on_is_the_amount():
    assert judge("sft", states={"sft": {**GIVEN, "doorgifte": 0.5}})["sft"].amount_eur == 140_000


def test_of_sft_and_realisatiestimulans_only_the_highest_counts_with_why():
    found = judge("sft", "realisatiestimulans")
    assert found["sft"].counts
    assert not found["realisatiestimulans"].counts
    assert "alleen de hoogste" in found["realisatiestimulans"].reason
    less = {"sft": {**GIVEN, "doorgifte": 0.25}, "realisatiestimulans": GIVEN}
    turned = judge("sft", "realisatiestimulans", states=less)
    assert (turned["sft"].counts, turned["realisatiestimulans"].counts) == (False, True)


def test_the_province_only_adds_while_a_shortage_is_left():
    assert judge("sft", "srw_knelpuntenpot")["srw_knelpuntenpot"].counts
    covered = judge("sft", "srw_knelpuntenpot", result=-200_000)["srw_knelpuntenpot"]
    assert not covered.counts
    assert "tekort" in covered.reason


def test_the_highest_amount_of_a_project_holds():
    many = judge_subsidies(
        load_subsidies(), day=DAY, facts=FACTS, homes=80, costs_eur=1e7, result_eur=-1e7, start=date(2027, 9, 1),
        wanted=["srw_knelpuntenpot"], states={"srw_knelpuntenpot": GIVEN},
    )  # fmt: skip
    assert next(each for each in many if each.id == "srw_knelpuntenpot").amount_eur == 300_000


@given(
    wanted=st.sets(st.sampled_from(load_subsidies().ids)),
    passed=st.floats(0, 1),
    result=st.floats(-1e6, 1e5),
    budget=st.sampled_from(list(Budget)),
    known=st.booleans(),
)
def test_subsidies_never_stack_against_their_rule(wanted: set[str], passed: float, result: float, budget: Budget, known: bool):  # noqa: FBT001
    state = {"budget": str(budget), "doorgifte": passed}
    found = judge(*wanted, result=result, states=dict.fromkeys(wanted, state), facts=FACTS if known else {})
    for rule in load_subsidies().stapelregels:
        assert sum(found[name].counts for name in rule.leden) <= 1
    for each in found.values():
        if each.counts:
            assert each.id in wanted
            assert each.state is Uitkomst.JA
            assert budget in (Budget.BESCHIKBAAR, Budget.TOEGEKEND)
    if budget is Budget.ONBEKEND:
        assert total_of(list(found.values())) == 0


def test_unknown_facts_are_unknown_and_told():
    sft = judge("sft", facts={"sociale_huur": True})["sft"]
    assert sft.state is Uitkomst.ONBEKEND
    assert not sft.counts
    assert any("jaren_sociale_huur" in text for text in sft.missing)


def test_the_deadline_follows_the_start_of_the_building_work():
    srw = judge("srw_knelpuntenpot")["srw_knelpuntenpot"].window
    assert (srw.before, srw.after) == (date(2027, 6, 2), date(2024, 9, 1))
    sft = judge("sft")["sft"].window
    assert (sft.open, sft.after, sft.before) == (Uitkomst.JA, date(2026, 3, 1), date(2027, 9, 1))
    assert judge("sft", start=None)["sft"].window.open is Uitkomst.ONBEKEND
    assert judge("sft", start=date(2026, 1, 1))["sft"].window.open is Uitkomst.NEE
    assert judge("realisatiestimulans", start=date(2030, 2, 1))["realisatiestimulans"].state is Uitkomst.NEE


def test_a_closed_round_is_said():
    szgw = judge("szgw", facts={**FACTS, "zorgwoningen": 10, "aandeel_wlz": 0.3, "rolstoelgeschikt": True})["szgw"]
    assert szgw.amount_eur == 125_000
    assert not szgw.counts
    assert "28-11-2025" in szgw.reason


def test_a_window_that_cannot_be_met_is_said():
    version = (
        load_subsidies()
        .subsidies[0]
        .versies[0]
        .model_copy(update={"open_vanaf": date(2027, 8, 1), "open_tot": None, "start_minstens_weken_na_aanvraag": 13})
    )
    window = find_window(version, day=DAY, start=date(2027, 9, 1))
    assert window.open is Uitkomst.NEE
    assert "past niet" in window.text


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 1, 15), -18, date(2025, 7, 15)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 1), 0.5, date(2027, 1, 16)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: float, wanted: date):
    assert add_months(day, months) == wanted


def test_woningbouwimpuls_is_a_check_of_an_area():
    area = {
        "gebied_woningen": 240,
        "gebied_cofinanciering": 0.5,
        "gebied_aandeel_betaalbaar": 0.6,
        "gebied_stimulans_te_weinig": True,
    }
    found: SubsidyOutcome = judge(facts=area)["woningbouwimpuls"]
    assert found.state is Uitkomst.JA
    assert not found.counts
    assert [criterion.gewicht for criterion in found.criteria] == [0.25] * 4
    assert judge(facts={**area, "gebied_woningen": 199})["woningbouwimpuls"].state is Uitkomst.NEE
    assert judge(facts={**area, "gebied_cofinanciering": 0.49})["woningbouwimpuls"].state is Uitkomst.NEE


def test_a_case_counts_what_counts_and_keeps_the_bare_outcome():
    tables = {
        "woning": {"aantal": 20},
        "parameters": {"subsidies": ["sft", "realisatiestimulans"]},
        "planning": {"start_bouw": date(2027, 9, 1)},
        "feiten": {"jaren_sociale_huur": 15, "aandeel_statushouders": 0.3},
    }
    unknown = run(**tables)
    assert unknown.base.per_home[0] == unknown.bare.per_home[0]
    known = run(**tables, subsidies={"sft": GIVEN, "realisatiestimulans": GIVEN})
    assert known.base.per_home[0] - known.bare.per_home[0] == pytest.approx(14_000)
    assert known.base.total[0] - known.bare.total[0] == pytest.approx(280_000)


def test_a_delay_can_cost_the_window():
    tables = {
        "parameters": {"subsidies": ["realisatiestimulans"]},
        "planning": {"start_bouw": date(2029, 9, 1)},
        "subsidies": {"realisatiestimulans": GIVEN},
    }
    assert next(each for each in run(**tables).subsidies if each.id == "realisatiestimulans").counts
    tables["planning"]["vertraging_maanden"] = 6
    assert not next(each for each in run(**tables).subsidies if each.id == "realisatiestimulans").counts


def copy_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    target = tmp_path / "normen"
    shutil.copytree(NATIONAL / "subsidies", target / "subsidies")
    path = target / "subsidies" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("name", "old", "new", "wanted"),
    [
        ("sft.toml", 'id = "sft"', 'id = "sfd"', "horen gelijk te zijn"),
        ("sft.toml", "bedrag_eur_per_woning = 14000", "bedrag_eur_per_woning = -1", "bedrag_eur_per_woning"),
        ("sft.toml", "minstens = 10", "minstens = 10\nhoogstens = 12", "één toets"),
        ("sft.toml", "[[versies.voorwaarden]]", "[[versies.voorwaarde]]", "onbekende sleutel"),
        ("sft.toml", "vanaf = 2025-02-03", "vanaf = 'feb'", "geen datum"),
        ("stapelregels.toml", '"realisatiestimulans"]', '"stimulans"]', "bestaat niet"),
    ],
)
def test_a_broken_file_is_reported_with_its_name(tmp_path: Path, name: str, old: str, new: str, wanted: str):
    folder = copy_with(tmp_path, name, old, new)
    with pytest.raises(RulebookError) as caught:
        read_subsidies(folder)
    assert any(fault.startswith(f"subsidies/{name}") and wanted in fault for fault in caught.value.faults), caught.value.faults


def test_any_change_gives_another_fingerprint_and_the_order_of_files_does_not(tmp_path: Path):
    changed = read_subsidies(copy_with(tmp_path, "sft.toml", "bedrag_eur_per_woning = 14000", "bedrag_eur_per_woning = 14001"))
    book = load_subsidies()
    assert changed.fingerprint != book.fingerprint
    turned = book.model_copy(update={"subsidies": book.subsidies[::-1]})
    assert turned.fingerprint == book.fingerprint


def test_a_version_must_have_a_source():
    with pytest.raises(ValueError, match="bron"):
        SubsidyVersion.model_validate({"vanaf": DAY, "artikel": "1", "geraadpleegd": DAY})
