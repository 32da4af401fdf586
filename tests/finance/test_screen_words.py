"""Numbers of a case as the screen writes, reads and refuses them; and every input has one place on the screen."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.finance.faults import CaseError, CaseFault
from quickscan.domain.finance.inputs import CHOICES, DATES, INPUTS, YEAR
from quickscan.rulebook.subsidies import load_subsidies
from quickscan.ui import money
from quickscan.ui.businesscase_groups import GROUPS
from tests.finance.conftest import read

RATE, RENT = INPUTS["parameters.disconteringsvoet"], INPUTS["woning.huur_eur_per_maand"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.250", 1250),
        ("1.250,50", 1250.5),
        ("1250,5", 1250.5),
        ("12.5", 12.5),
        ("€ 165.000", 165_000),
        ("4,17 %", 4.17),
        ("−3", -3),
        ("", None),
        ("veel", None),
        ("nan", None),
        ("1,2,3", None),
    ],
)
def test_a_number_is_read_as_people_type_it(text: str, number: float | None):
    assert money.parse(text) == number


@given(st.sampled_from(sorted(INPUTS)), st.floats(0, 1))
def test_what_a_field_shows_reads_back(key: str, share: float):
    spec = INPUTS[key]
    decimals = 4 if money.is_share(spec) else 0 if spec.unit == YEAR else 2
    value = round(spec.low + share * (spec.high - spec.low), decimals)
    assert money.read_field(spec, money.written(spec, value)) == pytest.approx(value, abs=1e-9)


def test_amounts_are_dutch_and_do_not_break():
    assert money.euro(-3166.07, near=100) == "−€\u00a03.200"
    assert money.cents(796.4) == "€\u00a0796,40"
    assert money.short(2_425_563) == "€\u00a02,43\u00a0mln"
    assert (money.chance(0.0004), money.chance(0.999), money.chance(0.234)) == ("minder dan 1 %", "meer dan 99 %", "23 %")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"woning": {"huur_eur_per_maand": -5}}, ("−€ 5 kan niet", "€ 0 tot en met € 20.000")),
        ({"parameters": {"horizon_jaren": 0}}, ("0 jaar kan niet", "1 jaar tot en met 100 jaar")),
        ({"parameters": {"disconteringsvoet": 3}}, ("300 % kan niet", "0 % tot en met 20 %")),
        ({"woning": {"huur_eur_per_maand": 1500}}, ("boven de grens van € 932,93", "kies een ander segment", "1 januari 2026")),
    ],
)
def test_a_fault_is_told_in_words_of_the_screen(tables: dict, words: tuple[str, ...]):
    with pytest.raises(CaseError) as caught:
        read(**tables)
    told = money.say(caught.value.faults[0])
    assert all(word in told for word in words), told
    assert "[" not in told


def test_no_scheme_asks_for_a_key_of_a_file():
    for subsidy in load_subsidies().subsidies:
        for version in subsidy.versies:
            for condition in version.voorwaarden:
                assert "[" not in money.without_keys(condition.doen)


def test_every_fact_that_a_scheme_asks_has_a_name():
    assert set(load_subsidies().asked) <= set(money.FACT_LABELS)


def test_every_input_stands_in_one_group():
    counts = Counter(key for keys in GROUPS.values() for key in keys)
    assert set(counts) == {*INPUTS, *CHOICES, *DATES}
    assert set(counts.values()) == {1}


def test_an_unknown_key_still_gives_a_sentence():
    assert money.say(CaseFault("parkeren.norm", 99, "99 ligt buiten 0 tot en met 10", "Verbeter het getal.")).startswith(
        "Norm: 99"
    )
