"""The column contract: all faults at once, each with its row, and what to do."""

from __future__ import annotations

import pandas as pd
import pytest

from quickscan.domain.errors import FaultyInputError
from quickscan.domain.facts import FACTS, check_buildings

GOOD = "0599100000000001"


def test_all_faults_are_collected_in_the_order_of_the_rows():
    frame = pd.DataFrame(
        {
            "pand_id": [GOOD, GOOD, "599100000000003", "", "5,991E+15", "0599100000000004"],
            "bouwjaar": [1970, 1066, 1970.5, 1970, float("nan"), float("inf")],
            "ontsluiting": ["galerij", "trap", None, "portiek", "portiek", "portiek"],
            "bou.dak": ["plat", "plat", "rond", None, "kap", "kap"],
        },
        index=[2, 3, 4, 5, 6, 7],
    )
    faults = check_buildings(frame, answers={"bou.dak": ("plat", "kap")})
    assert [(fault.row, fault.column) for fault in faults] == [
        (3, "pand_id"),
        (3, "bouwjaar"),
        (3, "ontsluiting"),
        (4, "pand_id"),
        (4, "bouwjaar"),
        (4, "bou.dak"),
        (5, "pand_id"),
        (6, "pand_id"),
        (7, "bouwjaar"),
    ]
    for fault in faults:
        assert fault.sentence().startswith(f"rij {fault.row}, kolom '{fault.column}': ")
        assert fault.advice.endswith(".")


def test_a_frame_without_faults_gives_an_empty_list_and_stays_as_it_was():
    frame = pd.DataFrame({"pand_id": [GOOD], "bouwjaar": [1970.0], "lift": ["ja"], "eigen": ["wat dan ook"]})
    before = frame.copy(deep=True)
    assert check_buildings(frame) == []
    pd.testing.assert_frame_equal(frame, before)


def test_the_column_with_ids_is_required():
    (fault,) = check_buildings(pd.DataFrame({"bouwjaar": [1970]}))
    assert "pand_id" in fault.sentence()
    assert fault.row is None


def test_text_in_a_column_of_numbers_is_a_fault_and_not_silently_unknown():
    frame = pd.DataFrame({"pand_id": [GOOD, "0599100000000002"], "bouwjaar": ["1970", "zeventig"]}, index=[2, 3])
    (fault,) = check_buildings(frame)
    assert (fault.row, fault.value, fault.problem) == (3, "zeventig", "bouwjaar is geen getal")


@pytest.mark.parametrize("spec", [spec for spec in FACTS.values() if spec.is_number], ids=lambda spec: spec.name)
def test_both_ends_of_a_number_belong_to_it(spec):
    inside = pd.DataFrame({"pand_id": [GOOD, "0599100000000002"], spec.name: [spec.low, spec.high]}, index=[2, 3])
    assert check_buildings(inside) == []
    outside = inside.assign(**{spec.name: [spec.low - 1, spec.high + 1]})
    assert [fault.column for fault in check_buildings(outside)] == [spec.name, spec.name]


def test_every_fact_has_a_label_and_help_in_whole_sentences():
    for spec in FACTS.values():
        assert spec.label[0].isupper(), spec.name
        assert spec.help.endswith((".", "?")), spec.name


def test_one_message_lists_the_first_twenty_and_counts_the_rest():
    frame = pd.DataFrame({"pand_id": ["x"] * 25}, index=range(2, 27))
    message = str(FaultyInputError(check_buildings(frame)))
    assert message.startswith("25 fouten, er is niets overgenomen:")
    assert message.endswith("… en nog 5.")
