"""What must hold for every building. Together the tests in this file try more than 10,000 random cases in CI.

Each test says how many with `@cases`; how a random building is made stands in `buildings.py`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.robustness import measure_robustness
from quickscan.domain.rules import ActiveCriterion, Overlay, Rules
from quickscan.domain.scoring import SCORE_COLUMNS, look_at, score_buildings
from quickscan.domain.screening import SCREEN_COLUMNS, screen_buildings
from quickscan.domain.terms import ASPECTEN, Aspect, Blokkade, Interventie
from quickscan.rulebook.loader import load_national
from tests.domain.buildings import (
    DAY,
    LAYER_CRITERIA,
    Building,
    cases,
    criteria,
    everything_answered,
    frame_of,
    interventies,
    make_building,
    national_rules,
    rules_with,
    seed_size,
    seeds,
    some_buildings,
)

BANDS = ("score", *(str(aspect) for aspect in ASPECTEN))
HAIR = 1e-9  # points; the last binary digits of an addition


def score_one(building: Building, interventie: Interventie, rules: Rules | None = None) -> dict[str, float]:
    """Score a building alone; names to values."""
    return score_buildings(frame_of([building]), rules or national_rules(), interventie=interventie).iloc[0].to_dict()


def aspect_columns(name: str) -> tuple[str, str, str]:
    """Return the three columns of a band."""
    return f"{name}_laag", name, f"{name}_hoog"


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Exactly equal, categories aside: they depend on what occurs in a frame, the values do not."""
    plain = [frame.astype({name: "object" for name in frame.select_dtypes("category")}) for frame in (left, right)]
    pd.testing.assert_frame_equal(*plain, check_exact=True)


@cases(1500)
@given(seeds(), interventies())
def test_low_likely_high_are_in_order_and_within_0_and_100(seed: bytes, interventie: Interventie):
    scores = score_one(make_building(seed), interventie)
    for name in BANDS:
        low, likely, high = (scores[column] for column in aspect_columns(name))
        assert 0 <= low <= likely <= high <= 100, name
    for name in ("dekking", *(f"{aspect}_dekking" for aspect in ASPECTEN)):
        assert 0 <= scores[name] <= 100, name


@cases(1500)
@given(seeds(), criteria(), st.integers(0, 9), interventies())
def test_an_answer_to_an_open_question_narrows_the_band_and_stays_inside_it(
    seed: bytes, active: ActiveCriterion, pick: int, interventie: Interventie
):
    before_building = make_building(seed)
    open_ = look_at(frame_of([before_building]), national_rules()).places[active.id][0] == len(active.codes)
    assume(open_)
    after_building = {**before_building, active.id: active.codes[pick % len(active.codes)]}
    before, after = score_one(before_building, interventie), score_one(after_building, interventie)
    for name in BANDS:
        low, _, high = aspect_columns(name)
        assert after[high] - after[low] <= before[high] - before[low] + HAIR, name
        if active.id not in LAYER_CRITERIA:
            assert before[low] - HAIR <= after[low], name
            assert after[high] <= before[high] + HAIR, name
    assert after["dekking"] >= before["dekking"] - HAIR


@cases(800)
@given(seeds(), st.sampled_from(sorted(LAYER_CRITERIA)), st.integers(0, 9))
def test_an_answer_on_height_or_strength_stays_inside_unless_it_changes_the_layers(seed: bytes, criterion: str, pick: int):
    rules = national_rules()
    active = rules.criterion(criterion)
    before_building = make_building(seed) | {criterion: None}
    after_building = {**before_building, criterion: active.codes[pick % len(active.codes)]}
    looks = [look_at(frame_of([building]), rules) for building in (before_building, after_building)]
    assume(looks[0].places[criterion][0] == len(active.codes))
    others = [{name: int(place[0]) for name, place in look.places.items() if name != criterion} for look in looks]
    assume(others[0] == others[1])
    before, after = (score_one(building, Interventie.OPTOPPEN) for building in (before_building, after_building))
    for name in BANDS:
        low, _, high = aspect_columns(name)
        assert before[low] - HAIR <= after[low], name
        assert after[high] <= before[high] + HAIR, name


@cases(800)
@given(seeds(), st.binary(min_size=8, max_size=8), interventies())
def test_with_everything_known_the_three_are_equal(seed: bytes, picks: bytes, interventie: Interventie):
    scores = score_one(everything_answered(make_building(seed), picks), interventie)
    for name in BANDS:
        low, likely, high = (scores[column] for column in aspect_columns(name))
        assert low == likely == high, name
    assert scores["dekking"] == 100


@cases(800)
@given(seeds(), st.binary(min_size=8, max_size=8), interventies())
def test_any_completion_of_the_unknowns_lies_within_the_band(seed: bytes, picks: bytes, interventie: Interventie):
    # The two answers that change the layers are given first, see the test above; the rest stays open.
    rules = national_rules()
    fixed = {name: rules.criterion(name).codes[picks[0] % 3] for name in LAYER_CRITERIA}
    building = make_building(seed) | fixed
    look = look_at(frame_of([building]), rules)
    unknown = [active for active in rules.criteria if look.places[active.id][0] == len(active.codes)]
    completion = {a.id: a.codes[picks[i % len(picks)] % len(a.codes)] for i, a in enumerate(unknown)}
    before, after = score_one(building, interventie), score_one({**building, **completion}, interventie)
    for name in BANDS:
        low, likely, high = aspect_columns(name)
        assert before[low] - HAIR <= after[likely] <= before[high] + HAIR, name


@cases(1000)
@given(seeds(), criteria(), interventies())
def test_a_choice_with_more_points_never_lowers_the_score(seed: bytes, active: ActiveCriterion, interventie: Interventie):
    building = make_building(seed)
    # On height and strength the layers move along; other answers are fixed so that only the points differ.
    building |= {name: building[name] or national_rules().criterion(name).codes[0] for name in LAYER_CRITERIA}
    assume(active.id not in LAYER_CRITERIA)
    ordered = sorted(active.version.keuzes, key=lambda choice: choice.punten)
    frame = frame_of([{**building, active.id: choice.code} for choice in ordered])
    scores = score_buildings(frame, national_rules(), interventie=interventie)
    for name in BANDS:
        for column in aspect_columns(name):
            assert (np.diff(scores[column]) >= 0).all(), column


@cases(500)
@given(seeds(), criteria(), interventies())
def test_unknown_never_counts_as_worst(seed: bytes, active: ActiveCriterion, interventie: Interventie):
    building = everything_answered(make_building(seed), b"\x00\x01\x02") | {active.id: None}
    assume(interventie in active.criterion.interventies)
    look = look_at(frame_of([building]), national_rules())
    assume(look.places[active.id][0] == len(active.codes))
    assume(active.id not in LAYER_CRITERIA)
    worst = min(active.version.keuzes, key=lambda choice: choice.punten)
    unknown, answered = (score_one(b, interventie) for b in (building, {**building, active.id: worst.code}))
    assert unknown["score"] > answered["score"]
    assert unknown["score_hoog"] > answered["score_hoog"]


@cases(700)
@given(some_buildings(), st.randoms(use_true_random=False), interventies())
def test_the_order_of_the_rows_changes_nothing(buildings: list[Building], random, interventie: Interventie):
    frame = frame_of(buildings)
    shuffled = frame.iloc[random.sample(range(len(frame)), len(frame))]
    whole = screen_buildings(frame, national_rules(), interventie=interventie)
    assert_same(screen_buildings(shuffled, national_rules(), interventie=interventie).loc[frame.index], whole)


@cases(700)
@given(some_buildings(), st.integers(1, 9), interventies())
def test_the_size_of_the_chunks_changes_nothing(buildings: list[Building], chunk: int, interventie: Interventie):
    frame = frame_of(buildings)
    whole = screen_buildings(frame, national_rules(), interventie=interventie)
    assert_same(screen_buildings(frame, national_rules(), interventie=interventie, chunk=chunk), whole)


@cases(600)
@given(some_buildings(), st.integers(0, 7), interventies())
def test_one_building_alone_equals_the_same_building_in_a_batch(buildings: list[Building], place: int, interventie: Interventie):
    frame = frame_of(buildings)
    row = place % len(buildings)
    whole = screen_buildings(frame, national_rules(), interventie=interventie).drop(columns="rang")
    alone = screen_buildings(frame.iloc[[row]], national_rules(), interventie=interventie).drop(columns="rang")
    assert_same(alone, whole.iloc[[row]])


@cases(300)
@given(some_buildings(at_most=4))
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


@cases(500)
@given(seeds(), blocking(Blokkade.HARD), st.data())
def test_a_hard_blocker_always_gives_nu_niet(seed: bytes, block: tuple[ActiveCriterion, str], data: st.DataObject):
    active, code = block
    interventie = data.draw(st.sampled_from(active.criterion.interventies))
    scores = score_one(make_building(seed) | {active.id: code}, interventie)
    assert scores["oordeel"] == "nu niet"
    assert active.id in scores["blokkades"].split("; ")


@cases(500)
@given(seeds(), blocking(Blokkade.ZACHT), st.data())
def test_a_soft_blocker_is_never_kansrijk(seed: bytes, block: tuple[ActiveCriterion, str], data: st.DataObject):
    active, code = block
    interventie = data.draw(st.sampled_from(active.criterion.interventies))
    assert score_one(make_building(seed) | {active.id: code}, interventie)["oordeel"] != "kansrijk"


@cases(1000)
@given(seeds())
def test_homes_low_likely_high_are_in_order_and_never_below_zero(seed: bytes):
    columns = dwelling_columns(look_at(frame_of([make_building(seed)]), national_rules()).dwellings)
    for name in ("woningen", "lagen", "aanplakken", "uitplinten"):
        low, likely, high = (float(columns[column][0]) for column in aspect_columns(name))
        known = not np.isnan(likely)
        assert (0 <= low <= likely <= high) if known else (np.isnan(low) and np.isnan(high)), name
        assert not known or low == int(low), name


@cases(500)
@given(seeds())
def test_more_layers_wished_never_gives_fewer_homes(seed: bytes):
    building = make_building(seed)
    frame = frame_of([{**building, "extra_bouwlagen": float(wish)} for wish in range(1, 8)])
    homes = look_at(frame, national_rules()).dwellings.optoppen
    assert np.isnan(homes).all() or (np.diff(homes, axis=1) >= 0).all()


@cases(400)
@given(seeds(), criteria(), st.integers(0, 9), interventies())
def test_a_criterion_with_weight_zero_changes_no_number(
    seed: bytes, active: ActiveCriterion, pick: int, interventie: Interventie
):
    assume(active.id not in LAYER_CRITERIA)
    rules = rules_with({active.id: 0})
    building = make_building(seed)
    before = score_one({**building, active.id: None}, interventie, rules)
    after = score_one({**building, active.id: active.codes[pick % len(active.codes)]}, interventie, rules)
    for name in BANDS:
        assert [after[c] for c in aspect_columns(name)] == [before[c] for c in aspect_columns(name)]
    assert after["dekking"] == before["dekking"]


@cases(300)
@given(st.dictionaries(st.sampled_from([a.id for a in national_rules().criteria]), st.integers(0, 50), max_size=4))
def test_other_weights_give_another_fingerprint(gewichten: dict[str, int]):
    fingerprint = rules_with({name: float(weight) for name, weight in gewichten.items()}).fingerprint
    assert (fingerprint == national_rules().fingerprint) == (not gewichten)
    again = rules_with({name: float(weight) for name, weight in reversed(gewichten.items())}).fingerprint
    assert again == fingerprint


def test_other_weights_of_aspects_give_another_fingerprint():
    rules = load_national().on(DAY, overlay=Overlay(aspectgewichten={Aspect.FINANCIEEL: 2}))
    assert rules.fingerprint != national_rules().fingerprint


@cases(15)
@given(some_buildings(at_most=6), interventies())
def test_robustness_gives_shares_and_the_same_shares_again(buildings: list[Building], interventie: Interventie):
    frame = frame_of(buildings)
    first, second = (
        measure_robustness(look_at(frame, national_rules()), national_rules(), interventie, best=2) for _ in range(2)
    )
    for shares in (first.in_best, first.first, first.same_verdict):
        assert ((shares >= 0) & (shares <= 1)).all()
    np.testing.assert_allclose(first.first.sum(), 1)
    np.testing.assert_allclose(first.in_best.sum(), min(2, len(buildings)))
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
