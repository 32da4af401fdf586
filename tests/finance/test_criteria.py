"""A business case answers criteria with codes that the rulebook has."""

from __future__ import annotations

from datetime import date

import pytest

from quickscan.domain.finance.criteria import find_answers, find_facts
from tests.finance.conftest import national_rules, run

SOCIAL = {"jaren_sociale_huur": 15, "aandeel_statushouders": 0.3}
PLANNED = {"planning": {"start_bouw": date(2027, 9, 1)}, "feiten": SOCIAL}
BUDGET = {"subsidies": {"sft": {"budget": "beschikbaar", "doorgifte": 1.0}}}


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [
        ({**PLANNED, **BUDGET}, "past_op_tijd"),
        (PLANNED, "past_onzeker"),
        ({}, None),
        (
            {"woning": {"segment": "vrij"}, "planning": {"start_bouw": date(2031, 1, 1)}, "feiten": {"provincie": "Utrecht"}},
            "past_niet",
        ),
    ],
)
def test_the_answer_on_subsidy_follows_what_is_known(tables: dict, wanted: str | None):
    assert find_answers(run(**tables), shared=True).get("fin.subsidie") == wanted


def test_the_outcome_is_the_fact_without_subsidy():
    result = run(**PLANNED, **BUDGET, parameters={"subsidies": ["sft"]})
    assert result.base.per_home[0] == pytest.approx(result.bare.per_home[0] + 14_000)
    assert find_facts(result) == {"ncw_per_woning_eur": pytest.approx(-3166.07, abs=0.01)}


@pytest.mark.parametrize("shared", [True, False])
def test_every_answer_is_a_choice_of_the_rulebook(shared: bool):  # noqa: FBT001 - a parameter of the test
    result = run(
        **PLANNED,
        bestaand={"aantal_woningen": 12},
        lift={"aantal": 1},
        parkeren={"capaciteit": 20, "bezet": 17},
    )
    answers = find_answers(result, shared=shared)
    assert set(answers) == {"fin.subsidie", "fin.koppelkans", "pla.parkeren"}
    for criterion, code in answers.items():
        assert code in national_rules().criterion(criterion).codes
