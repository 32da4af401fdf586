"""What must hold for every building. Together the tests in this file try more than 10,000 random cases in CI.

A case is one random building; each test says how many with `@cases`. How they are made stands in `buildings.py`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.robustness import measure_robustness
from quickscan.domain.rules import ActiveCriterion, Overlay, Rules
from quickscan.domain.scoring import SCORE_COLUMNS, look_at, score_buildings
from quickscan.domain.screening import SCREEN_COLUMNS, screen_buildings
from quickscan.domain.terms import ASPECTEN, Aspect, Blokkade, Interventie
from quickscan.rulebook.loader import load_national
from tests.domain.buildings import (
    BATCH,
    DAY,
    LAYER_CRITERIA,
    Building,
    batches,
    cases,
    criteria,
    everything_answered,
    frame_of,
    interventies,
    make_building,
    national_rules,
    picks,
    rules_with,
    seed_size,
)

BANDS = ("score", *(str(aspect) for aspect in ASPECTEN))
HAIR = 1e-9  # points; the last binary digits of an addition


def score(buildings: list[Building], interventie: Interventie = Interventie.OPTOPPEN, rules: Rules | None = None) -> pd.DataFrame:
    """Score buildings; the verdict and other texts as plain objects."""
    return score_buildings(frame_of(buildings), rules or national_rules(), interventie=interventie)


def open_in(buildings: list[Building], active: ActiveCriterion) -> npt.NDArray[np.bool_]:
    """Return for which buildings neither an answer nor a fact settles a criterion."""
    return look_at(frame_of(buildings), national_rules()).places[active.id] == len(active.codes)


def aspect_columns(name: str) -> tuple[str, str, str]:
    """Return the three columns of a band."""
    return f"{name}_laag", name, f"{name}_hoog"


def assert_inside(after: pd.DataFrame, before: pd.DataFrame, rows: npt.NDArray[np.bool_]) -> None:
    """Every band of `after` lies within that of `before`, in these rows."""
    for name in BANDS:
        low, _, high = aspect_columns(name)
        assert (after[low] >= before[low] - HAIR)[rows].all(), name
        assert (after[high] <= before[high] + HAIR)[rows].all(), name


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Exactly equal, categories aside: they depend on what occurs in a frame, the values do not."""
    plain = [frame.astype(dict.fromkeys(frame.select_dtypes("category"), "object")) for frame in (left, right)]
    pd.testing.assert_frame_equal(*plain, check_exact=True)


@cases(1500)
@given(batches(), interventies())
def test_low_likely_high_are_in_order_and_within_0_and_100(buildings: list[Building], interventie: Interventie):
    scores = score(buildings, interventie)
    for name in BANDS:
        low, likely, high = (scores[column] for column in aspect_columns(name))
        assert (low >= 0).all(), name
        assert (low <= likely).all(), name
        assert (likely <= high).all(), name
        assert (high <= 100).all(), name
    for name in ("dekking", *(f"{aspect}_dekking" for aspect in ASPECTEN)):
        assert scores[name].between(0, 100).all(), name


@cases(1500)
@given(batches(), criteria(), picks(), interventies())
def test_an_answer_to_an_open_question_narrows_the_band_and_stays_inside_it(
    buildings: list[Building], active: ActiveCriterion, pick: bytes, interventie: Interventie
):
    rows = open_in(buildings, active)
    answered = [{**b, active.id: active.codes[p % len(active.codes)]} for b, p in zip(buildings, pick, strict=True)]
    before, after = score(buildings, interventie), score(answered, interventie)
    for name in BANDS:
        low, _, high = aspect_columns(name)
        assert (after[high] - after[low] <= before[high] - before[low] + HAIR)[rows].all(), name
    assert (after["dekking"] >= before["dekking"] - HAIR)[rows].all()
    if active.id not in LAYER_CRITERIA:
        assert_inside(after, before, rows)


@cases(600)
@given(batches(), st.sampled_from(sorted(LAYER_CRITERIA)), picks())
def test_an_answer_on_height_or_strength_stays_inside_unless_it_changes_the_layers(
    buildings: list[Building], criterion: str, pick: bytes
):
    rules = national_rules()
    active = rules.criterion(criterion)
    buildings = [{**building, criterion: None} for building in buildings]
    answered = [{**b, criterion: active.codes[p % len(active.codes)]} for b, p in zip(buildings, pick, strict=True)]
    before, after = (look_at(frame_of(made), rules) for made in (buildings, answered))
    rows = open_in(buildings, active)
    for name in before.places.keys() - {criterion}:
        rows &= before.places[name] == after.places[name]
    assert_inside(score(answered), score(buildings), rows)


@cases(800)
@given(batches(), picks(), interventies())
def test_with_everything_known_the_three_are_equal(buildings: list[Building], pick: bytes, interventie: Interventie):
    scores = score([everything_answered(b, p) for b, p in zip(buildings, pick, strict=True)], interventie)
    for name in BANDS:
        low, likely, high = (scores[column] for column in aspect_columns(name))
        assert (low == likely).all(), name
        assert (likely == high).all(), name
    assert (scores["dekking"] == 100).all()


@cases(800)
@given(batches(), picks(), interventies())
def test_any_completion_of_the_unknowns_lies_within_the_band(buildings: list[Building], pick: bytes, interventie: Interventie):
    # The two answers that change the layers are given first, see the test above; the rest stays open.
    rules = national_rules()
    fixed = [{**b, **{n: rules.criterion(n).codes[p % 3] for n in LAYER_CRITERIA}} for b, p in zip(buildings, pick, strict=True)]
    places = look_at(frame_of(fixed), rules).places
    open_ = {active: places[active.id] == len(active.codes) for active in rules.criteria}
    completed = [
        {**b, **{a.id: a.codes[(p + i) % len(a.codes)] for i, (a, rows) in enumerate(open_.items()) if rows[row]}}
        for row, (b, p) in enumerate(zip(fixed, pick, strict=True))
    ]
    assert_inside(score(completed, interventie), score(fixed, interventie), np.ones(len(fixed), dtype=bool))


@cases(800)
@given(batches(), criteria(), interventies())
def test_a_choice_with_more_points_never_lowers_the_score(
    buildings: list[Building], active: ActiveCriterion, interventie: Interventie
):
    # On height and strength the layers move along, so that more than the points differs.
    if active.id in LAYER_CRITERIA:
        return
    ordered = sorted(active.version.keuzes, key=lambda choice: choice.punten)
    scores = [score([{**b, active.id: choice.code} for b in buildings], interventie) for choice in ordered]
    for worse, better in pairwise(scores):
        for name in BANDS:
            for column in aspect_columns(name):
                assert (better[column] >= worse[column]).all(), column


@cases(500)
@given(batches(), criteria(), picks())
def test_unknown_never_counts_as_worst(buildings: list[Building], active: ActiveCriterion, pick: bytes):
    if active.id in LAYER_CRITERIA:
        return
    interventie = active.criterion.interventies[0]
    unknown = [{**everything_answered(b, p), active.id: None} for b, p in zip(buildings, pick, strict=True)]
    rows = open_in(unknown, active)
    worst = min(active.version.keuzes, key=lambda choice: choice.punten).code
    before, after = score(unknown, interventie), score([{**b, active.id: worst} for b in unknown], interventie)
    assert (before["score"] > after["score"])[rows].all()
    assert (before["score_hoog"] > after["score_hoog"])[rows].all()


@cases(600)
@given(batches(), st.permutations(range(BATCH)), interventies())
def test_the_order_of_the_rows_changes_nothing(buildings: list[Building], order: list[int], interventie: Interventie):
    frame = frame_of(buildings)
    whole = screen_buildings(frame, national_rules(), interventie=interventie)
    shuffled = screen_buildings(frame.iloc[order], national_rules(), interventie=interventie)
    assert_same(shuffled.loc[frame.index], whole)


@cases(600)
@given(batches(), st.integers(2, BATCH), interventies())
def test_the_size_of_the_chunks_changes_nothing(buildings: list[Building], chunk: int, interventie: Interventie):
    frame = frame_of(buildings)
    whole = screen_buildings(frame, national_rules(), interventie=interventie)
    assert_same(screen_buildings(frame, national_rules(), interventie=interventie, chunk=chunk), whole)


@cases(600)
@given(batches(), st.integers(0, BATCH - 1), interventies())
def test_one_building_alone_equals_the_same_building_in_a_batch(buildings: list[Building], row: int, interventie: Interventie):
    frame = frame_of(buildings)
    whole = screen_buildings(frame, national_rules(), interventie=interventie).drop(columns="rang")
    alone = screen_buildings(frame.iloc[[row]], national_rules(), interventie=interventie).drop(columns="rang")
    assert_same(alone, whole.iloc[[row]])


@cases(300)
@given(batches())
def test_the_frame_that_comes_in_is_never_changed(buildings: list[Building]):
    frame = frame_of(buildings)
    before = frame.copy(deep=True)
    out = screen_buildings(frame, national_rules())
    pd.testing.assert_frame_equal(frame, before)
    assert list(out.columns) == list(SCREEN_COLUMNS)
    assert list(score_buildings(frame, national_rules()).columns) == list(SCORE_COLUMNS)


def blocking(kind: Blokkade) -> st.SearchStrategy[tuple[ActiveCriterion, str]]:
    """A criterion with one of its choices that blocks in this way."""
    found = [(a, c.code) for a in national_rules().criteria for c in a.version.keuzes if c.blokkade is kind]
    return st.sampled_from(found)


@cases(700)
@given(batches(), blocking(Blokkade.HARD), st.integers(0, 2))
def test_a_hard_blocker_always_gives_nu_niet(buildings: list[Building], block: tuple[ActiveCriterion, str], which: int):
    active, code = block
    interventie = active.criterion.interventies[which % len(active.criterion.interventies)]
    scores = score([{**b, active.id: code} for b in buildings], interventie)
    assert (scores["oordeel"] == "nu niet").all()
    assert scores["blokkades"].astype(str).str.split("; ").map(lambda ids: active.id in ids).all()


@cases(700)
@given(batches(), blocking(Blokkade.ZACHT), st.integers(0, 2), st.sampled_from([0, 1]))
def test_a_soft_blocker_is_never_kansrijk(buildings: list[Building], block: tuple[ActiveCriterion, str], which: int, good: int):
    active, code = block
    interventie = active.criterion.interventies[which % len(active.criterion.interventies)]
    best = {a.id: max(a.version.keuzes, key=lambda c: c.punten).code for a in national_rules().criteria}
    made = [{**b, **(best if good else {}), active.id: code} for b in buildings]
    assert (score(made, interventie)["oordeel"] != "kansrijk").all()


@cases(1500)
@given(batches())
def test_homes_low_likely_high_are_in_order_and_never_below_zero(buildings: list[Building]):
    columns = dwelling_columns(look_at(frame_of(buildings), national_rules()).dwellings)
    for name in ("woningen", "lagen", "aanplakken", "uitplinten"):
        low, likely, high = (np.asarray(columns[column], dtype=float) for column in aspect_columns(name))
        known = ~np.isnan(likely)
        assert (np.isnan(low) == ~known).all(), name
        assert (np.isnan(high) == ~known).all(), name
        assert (low[known] >= 0).all(), name
        assert (low[known] <= likely[known]).all(), name
        assert (likely[known] <= high[known]).all(), name
        assert (low[known] % 1 == 0).all(), name


@cases(500)
@given(batches())
def test_more_layers_wished_never_gives_fewer_homes(buildings: list[Building]):
    wishes = [frame_of(buildings).assign(extra_bouwlagen=float(wish)) for wish in range(1, 6)]
    homes = [look_at(frame, national_rules()).dwellings.optoppen for frame in wishes]
    for fewer, more in pairwise(homes):
        assert (np.isnan(fewer) | (more >= fewer)).all()


@cases(400)
@given(batches(), criteria(), picks(), interventies())
def test_a_criterion_with_weight_zero_changes_no_number(
    buildings: list[Building], active: ActiveCriterion, pick: bytes, interventie: Interventie
):
    if active.id in LAYER_CRITERIA:
        return
    rules = rules_with({active.id: 0})
    answered = [{**b, active.id: active.codes[p % len(active.codes)]} for b, p in zip(buildings, pick, strict=True)]
    before = score([{**b, active.id: None} for b in buildings], interventie, rules)
    after = score(answered, interventie, rules)
    numbers = ["dekking", *(column for name in BANDS for column in aspect_columns(name))]
    pd.testing.assert_frame_equal(after[numbers], before[numbers], check_exact=True)


@cases(200, each=1)
@given(st.dictionaries(st.sampled_from([a.id for a in national_rules().criteria]), st.integers(0, 50), max_size=4))
def test_other_weights_give_another_fingerprint(gewichten: dict[str, int]):
    fingerprint = rules_with({name: float(weight) for name, weight in gewichten.items()}).fingerprint
    assert (fingerprint == national_rules().fingerprint) == (not gewichten)
    again = rules_with({name: float(weight) for name, weight in reversed(gewichten.items())}).fingerprint
    assert again == fingerprint


def test_other_weights_of_aspects_give_another_fingerprint():
    rules = load_national().on(DAY, overlay=Overlay(aspectgewichten={Aspect.FINANCIEEL: 2}))
    assert rules.fingerprint != national_rules().fingerprint


@cases(80)
@given(batches(), interventies())
def test_robustness_gives_shares_and_the_same_shares_again(buildings: list[Building], interventie: Interventie):
    frame = frame_of(buildings)
    first, second = (
        measure_robustness(look_at(frame, national_rules()), national_rules(), interventie, best=2) for _ in range(2)
    )
    for shares in (first.in_best, first.first, first.same_verdict):
        assert ((shares >= 0) & (shares <= 1)).all()
    np.testing.assert_allclose(first.first.sum(), 1)
    np.testing.assert_allclose(first.in_best.sum(), 2)
    assert (first.in_best >= first.first).all()
    for name in ("in_best", "first", "same_verdict"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_equal_buildings_are_ranked_by_pand_id_in_robustness_too():
    frame = frame_of([make_building(bytes(seed_size()))] * 2).assign(pand_id=["0599100000000002", "0599100000000001"])
    robustness = measure_robustness(look_at(frame, national_rules()), national_rules(), Interventie.OPTOPPEN, best=1)
    assert robustness.first.tolist() == [0, 1]


def test_a_frame_without_buildings_gives_a_frame_without_rows():
    empty = frame_of([make_building(bytes(seed_size()))]).iloc[:0]
    assert list(screen_buildings(empty, national_rules()).columns) == list(SCREEN_COLUMNS)
    assert len(score_buildings(empty, national_rules())) == 0


def test_text_columns_that_are_wholly_empty_count_as_unknown():
    frame = frame_of([make_building(bytes(seed_size()))])
    empty = frame.assign(gebruiksdoel=float("nan"), status=float("nan"), ontsluiting=float("nan"))
    assert_same(screen_buildings(empty, national_rules()), screen_buildings(frame, national_rules()))


def test_categorical_columns_give_the_same_as_text():
    generator = np.random.default_rng(7)
    frame = frame_of([make_building(generator.bytes(seed_size()), pand_id=f"0599100000{i:06d}") for i in range(100)])
    texts = [name for name in frame.columns if frame[name].dtype == "str" and name != "pand_id"]
    assert_same(
        screen_buildings(frame.astype(dict.fromkeys(texts, "category")), national_rules()),
        screen_buildings(frame, national_rules()),
    )
