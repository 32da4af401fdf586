"""What an import does to what is known: each word with known answers, and what must always hold."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quickscan.domain.intake import SourceNote
from quickscan.domain.merging import CHANGE_COLUMNS, Effect, Known, Offer, compare, is_criterion, name_shape, same_cells
from quickscan.domain.terms import Herkomst

ANTWOORD, OPGAVE, REGISTER, AFGELEID, AANNAME = Herkomst
PAND = "0518000000000001"
AREA, OTHER_AREA = b"\x01\x03\x00\x00\x00a", b"\x01\x06\x00\x00\x00b"
POINT = b"\x01\x01\x00\x00\x00a"


def know(
    facts: dict[Herkomst, object] | None = None, *, column: str = "bouwjaar", answer: object = ..., shape: object = None
) -> Known:
    """Return what is known of one building, of one column."""
    buildings = pd.DataFrame({"pand_id": pd.Series([PAND], dtype="str"), "geometry": pd.Series([shape], dtype=object)})
    frames = {source: pd.DataFrame({column: [value]}) for source, value in (facts or {}).items()}
    given_answers = [] if answer is ... else [(PAND, "bou.dak", answer)]
    return Known(buildings, frames, pd.DataFrame(given_answers, columns=["pand_id", "criterion", "choice"], dtype="str"))


def offer(value: object, source: Herkomst = OPGAVE, *, column: str = "bouwjaar") -> Offer:
    cells = np.array([value], dtype=float if column == "bouwjaar" else object)
    return Offer(column, SourceNote(source, str(source), date(2026, 1, 1)), np.array([0]), cells)


def effects(known: Known, *offers: Offer, pand_id: str = PAND) -> list[str]:
    return compare(known, [pand_id], offers)["effect"].tolist()


@pytest.mark.parametrize(
    ("stored", "source", "value", "expected"),
    [
        ({}, OPGAVE, 1965.0, ["nieuw"]),
        ({REGISTER: 1965.0}, OPGAVE, 1970.0, ["vervangt"]),
        ({REGISTER: 1965.0}, OPGAVE, 1965.0, ["bevestigt"]),
        ({OPGAVE: 1965.0}, OPGAVE, 1970.0, ["vervangt"]),
        ({OPGAVE: 1965.0}, OPGAVE, 1965.0, []),
        ({OPGAVE: 1965.0}, REGISTER, 1970.0, ["naast"]),
        ({OPGAVE: 1965.0}, REGISTER, 1965.0, []),
        ({OPGAVE: 1965.0, REGISTER: 1970.0}, REGISTER, 1970.0, []),
        ({OPGAVE: 1965.0, REGISTER: 1970.0}, REGISTER, 1972.0, ["naast"]),
        ({OPGAVE: 1965.0, REGISTER: 1970.0}, REGISTER, 1965.0, ["naast"]),  # the register now says what is in use
        ({ANTWOORD: 1965.0}, OPGAVE, 1970.0, ["botst met antwoord"]),
        ({ANTWOORD: 1965.0}, AANNAME, 1970.0, ["botst met antwoord"]),
        ({ANTWOORD: 1965.0}, OPGAVE, 1965.0, []),
        ({ANTWOORD: 1965.0}, ANTWOORD, 1970.0, ["botst met antwoord"]),
        ({ANTWOORD: 1965.0, OPGAVE: 1970.0}, OPGAVE, 1970.0, []),  # what the person knew when answering
        ({ANTWOORD: 1965.0, OPGAVE: 1970.0}, OPGAVE, 1980.0, ["botst met antwoord"]),
        ({AFGELEID: 1965.0, AANNAME: 1960.0}, REGISTER, 1960.0, ["vervangt"]),
    ],
)
def test_a_cell_does_what_its_source_may(
    stored: dict[Herkomst, object], source: Herkomst, value: float, expected: list[str]
) -> None:
    assert effects(know(stored), offer(value, source)) == expected


def test_old_is_the_value_in_use_and_new_what_the_file_says() -> None:
    (row,) = compare(know({REGISTER: 1970.0, OPGAVE: 1965.0}), [PAND], [offer(1980.0, AFGELEID)]).to_dict("records")
    assert row == dict(
        zip(
            CHANGE_COLUMNS,
            (PAND, "bouwjaar", 1965.0, "opgave", 1980.0, "afgeleid", "naast", "afgeleid", date(2026, 1, 1)),
            strict=True,
        )
    )


def test_of_two_sources_in_one_import_the_better_is_new_and_the_other_beside_it() -> None:
    found = compare(know(), [PAND], [offer(1970.0, REGISTER), offer(1965.0, OPGAVE)])
    assert found[["new", "effect", "old"]].astype(object).to_numpy().tolist() == [
        [1965.0, "nieuw", None],
        [1970.0, "naast", 1965.0],
    ]
    assert effects(know(), offer(1965.0, REGISTER), offer(1965.0, OPGAVE)) == ["nieuw"]


def test_a_building_that_is_not_there_gets_everything_as_new() -> None:
    stranger = "0518000000000009"
    assert effects(know({ANTWOORD: 1965.0}, answer="plat"), offer(1970.0), offer("kap", column="bou.dak"), pand_id=stranger) == [
        "nieuw",
        "nieuw",
    ]


@pytest.mark.parametrize(
    ("stored", "choice", "expected"),
    [
        (..., "plat", ["nieuw"]),
        ("plat", "plat", []),
        ("kap", "plat", ["botst met antwoord"]),
        (None, "plat", ["botst met antwoord"]),  # "weet ik niet" is an answer too
    ],
)
def test_an_answer_gives_way_only_when_somebody_chooses_so(stored: object, choice: str, expected: list[str]) -> None:
    assert effects(know(answer=stored), offer(choice, column="bou.dak")) == expected


def test_a_criterion_has_one_answer_so_the_best_source_is_heard() -> None:
    found = compare(know(), [PAND], [offer("kap", REGISTER, column="bou.dak"), offer("plat", OPGAVE, column="bou.dak")])
    assert found["new"].tolist() == ["plat"]


@pytest.mark.parametrize(
    ("stored", "shape", "expected"),
    [
        (None, AREA, ["nieuw"]),
        (None, POINT, ["nieuw"]),
        (AREA, AREA, []),
        (AREA, OTHER_AREA, ["vervangt"]),
        (POINT, AREA, ["vervangt"]),
        (AREA, POINT, []),  # says less than what is there
    ],
)
def test_a_shape_gives_way_to_one_that_says_as_much(stored: bytes | None, shape: bytes, expected: list[str]) -> None:
    assert effects(know(shape=stored), offer(shape, column="geometry")) == expected


@pytest.mark.parametrize(
    ("shape", "word"), [(AREA, "vlak"), (OTHER_AREA, "vlak"), (POINT, "punt"), (b"\x00\x00\x00\x03\xeb", "vlak")]
)
def test_shapes_have_a_word(shape: bytes, word: str) -> None:
    assert name_shape(shape) == word


def test_what_comes_back_unchanged_in_our_own_export_confirms_nothing() -> None:
    echo = Offer("bouwjaar", SourceNote(OPGAVE, "export"), np.array([0]), np.array([1965.0]), is_echo=True)
    assert effects(know({REGISTER: 1965.0}), echo) == []
    edited = Offer("bouwjaar", SourceNote(OPGAVE, "export"), np.array([0]), np.array([1970.0]), is_echo=True)
    assert effects(know({REGISTER: 1965.0}), edited) == ["vervangt"]


def test_noise_of_spreadsheets_is_no_difference() -> None:
    assert same_cells(np.array([0.1 + 0.2, 1.0, np.nan]), np.array([0.3, 1.001, np.nan])).tolist() == [True, False, False]
    texts = np.array(["De  Linden\n", "De Linden", "a"], dtype=object), np.array(["De Linden", "de linden", None], dtype=object)
    assert same_cells(*texts).tolist() == [True, False, False]


def test_a_postcode_is_the_same_with_and_without_a_space() -> None:
    assert effects(know({OPGAVE: "2592 AA"}, column="postcode"), offer("2592AA", column="postcode")) == []
    assert effects(know({OPGAVE: "De Linden"}, column="naam"), offer("DeLinden", column="naam")) == ["vervangt"]


def test_criteria_are_known_by_their_aspect() -> None:
    assert [is_criterion(name) for name in ("bou.dak", "pla.x", "fin.x", "org.x", "bouwjaar", "dak.bou")] == [True] * 4 + [
        False
    ] * 2


def test_nothing_offered_is_a_table_with_all_columns() -> None:
    found = compare(know(), [PAND], [])
    assert list(found.columns) == list(CHANGE_COLUMNS)
    assert found.empty


YEARS = st.sampled_from([1960.0, 1970.0, 1980.0])


@settings(max_examples=200)
@given(stored=st.dictionaries(st.sampled_from(Herkomst), YEARS), source=st.sampled_from(list(Herkomst)[1:]), value=YEARS)
def test_after_writing_a_cell_it_does_nothing_and_the_best_source_is_in_use(
    stored: dict[Herkomst, float], source: Herkomst, value: float
) -> None:
    found = effects(know(dict(stored)), offer(value, source))
    used = next((stored[one] for one in Herkomst if one in stored), None)
    if not found or found == [Effect.BOTST]:
        assert used is not None
        return
    written = {**stored, source: value}
    assert effects(know(dict(written)), offer(value, source)) == []
    now = next(written[one] for one in Herkomst if one in written)
    assert (now != used) == (found[0] in (Effect.NIEUW, Effect.VERVANGT))
    assert ANTWOORD not in stored or now == stored[ANTWOORD]


def test_fifty_thousand_buildings_are_compared_column_by_column() -> None:
    count = 50_000
    ids = [f"0518{place:012d}" for place in range(count)]
    frame = pd.DataFrame({"bouwjaar": np.arange(count, dtype=float), "naam": ["x"] * count})
    buildings = pd.DataFrame({"pand_id": pd.Series(ids, dtype="str"), "geometry": pd.Series([None] * count, dtype=object)})
    known = Known(buildings, {REGISTER: frame}, Known.nothing().answers)
    every = np.arange(count)
    changed = Offer("bouwjaar", SourceNote(REGISTER, "BAG"), every[::2], frame["bouwjaar"].to_numpy()[::2] + 1)
    same = Offer("naam", SourceNote(OPGAVE, "lijst"), every, np.array(["x"] * count, dtype=object))
    found = compare(known, ids, [changed, same])
    assert found["effect"].value_counts().loc[["vervangt", "bevestigt"]].tolist() == [count // 2, count]
    assert found["pand_id"].is_monotonic_increasing
