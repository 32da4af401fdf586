"""What two parties differ on: symmetric, nothing when they say the same, never more than it weighs, and nothing averaged."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.columns import OneBuilding
from quickscan.domain.disagreement import Answers, Comparison, compare, given_codes, same_answers
from quickscan.domain.explanation import explain
from quickscan.domain.scoring import look_at
from quickscan.domain.terms import Interventie
from tests.domain.buildings import FACT_NAMES, cases, interventies, make_building, national_rules, seed_size

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HAIR = 1e-9
BARE: dict[str, str | float] = {"pand_id": "0599100000000001"}


def answers_of(party: Party, **choices: str | None) -> dict[str, Answer]:
    """Answers by criterion, with two underscores for the dot."""
    named = {name.replace("__", "."): choice for name, choice in choices.items()}
    return {name: Answer(name, choice, "", Certainty.ZEKER, "Ada", party, NOON, 1) for name, choice in named.items()}


@st.composite
def parties(draw: st.DrawFn) -> tuple[dict[str, str | float], Answers, Answers]:
    """Facts of one building, and what two parties answered: alike, other, "weet ik niet" or nothing."""
    building = make_building(draw(st.binary(min_size=seed_size(), max_size=seed_size())))
    values = {name: value for name in ("pand_id", *FACT_NAMES) if (value := building[name]) is not None}
    sides: list[dict[str, Answer]] = []
    criteria = national_rules().criteria
    alike = draw(st.integers(0, 255))
    drawn = draw(st.binary(min_size=3 * len(criteria), max_size=3 * len(criteria)))
    for party in (0, 1):
        said = {}
        for place, active in enumerate(criteria):
            same, *own = drawn[3 * place : 3 * place + 3]
            byte = own[0] if same < alike else own[party]
            if byte < 64:
                continue
            choice = None if byte < 96 else active.codes[byte % len(active.codes)]
            said[active.id] = Answer(active.id, choice, "", Certainty.ZEKER, "Ada", list(Party)[party + 1], NOON, 1)
        sides.append(said)
    return values, sides[0], sides[1]


def weights(comparison: Comparison) -> list[tuple[str, float]]:
    return [(difference.active.id, difference.weighted) for difference in comparison.differences]


@given(parties(), interventies())
@cases(120, each=1)
def test_it_does_not_matter_who_is_first(drawn: tuple[dict[str, str | float], Answers, Answers], kind: Interventie) -> None:
    values, ours, theirs = drawn
    there, back = (compare(values, *pair, national_rules(), kind) for pair in ((ours, theirs), (theirs, ours)))
    assert weights(there) == weights(back)
    assert [(one.first, one.second) for one in there.differences] == [(one.second, one.first) for one in back.differences]


@given(parties(), interventies())
@cases(120, each=1)
def test_weight_is_bounded_and_the_list_runs_down(
    drawn: tuple[dict[str, str | float], Answers, Answers], kind: Interventie
) -> None:
    comparison = compare(*drawn, national_rules(), kind)
    found = [one.weighted for one in comparison.differences]
    assert found == sorted(found, reverse=True)
    assert all(0 <= one.weighted <= 100 * one.share + HAIR for one in comparison.differences)
    assert sum(found) <= 100 + HAIR
    assert len({one.active.id for one in comparison.differences}) == len(found)


@given(parties(), interventies())
@cases(120, each=1)
def test_nothing_differs_exactly_when_all_answered_criteria_end_up_the_same(
    drawn: tuple[dict[str, str | float], Answers, Answers], kind: Interventie
) -> None:
    values, ours, theirs = drawn
    assert compare(values, ours, ours, national_rules(), kind).differences == ()
    comparison = compare(values, ours, theirs, national_rules(), kind)
    ends = [{line.active.id: line.choice for line in side.lines} for side in (comparison.first, comparison.second)]
    apart = {name for name in ends[0] if ends[0][name] != ends[1][name] and (name in ours or name in theirs)}
    assert {one.active.id for one in comparison.differences} == apart
    for one in comparison.differences:
        assert (one.gap == 0) == (one.first.line.band.likely == one.second.line.band.likely)


@given(parties(), interventies(), st.data())
@cases(80, each=1)
def test_an_outcome_is_what_together_scores_after_taking_the_answer_over(
    drawn: tuple[dict[str, str | float], Answers, Answers], kind: Interventie, data: st.DataObject
) -> None:
    values, ours, theirs = drawn
    agreed = {name: answer for name, answer in ours.items() if name in theirs and theirs[name] == answer}
    comparison = compare(values, ours, theirs, national_rules(), kind, agreed=agreed)
    if not comparison.differences:
        return
    difference = data.draw(st.sampled_from(comparison.differences))
    for side in (difference.first, difference.second):
        codes = {**values, **given_codes(agreed)}
        codes.pop(difference.active.id, None)
        if side.code is not None:
            codes[difference.active.id] = side.code
        after = explain(look_at(OneBuilding(codes), national_rules()), national_rules(), kind)
        assert (side.if_chosen.oordeel, side.if_chosen.total) == (after.oordeel, after.total)


@given(parties(), interventies())
@cases(60, each=1)
def test_each_score_is_that_partys_own_and_nothing_is_averaged(
    drawn: tuple[dict[str, str | float], Answers, Answers], kind: Interventie
) -> None:
    values, ours, theirs = drawn
    comparison = compare(values, ours, theirs, national_rules(), kind)
    for side, answers in ((comparison.first, ours), (comparison.second, theirs), (comparison.agreed, {})):
        alone = explain(look_at(OneBuilding({**values, **given_codes(answers)}), national_rules()), national_rules(), kind)
        assert (side.oordeel, side.total, side.homes.likely) == (
            alone.oordeel,
            alone.total,
            pytest.approx(alone.homes.likely, nan_ok=True),
        )


def test_what_weighs_more_comes_first_and_a_hard_blocker_shows_in_its_outcome() -> None:
    rules = national_rules()
    active = next(one for one in rules.criteria if any(choice.blokkade == "hard" for choice in one.version.keuzes))
    blocking = next(choice for choice in active.version.keuzes if choice.blokkade == "hard")
    free = next(choice for choice in active.version.keuzes if choice.blokkade == "geen")
    name = active.id.replace(".", "__")
    ours = answers_of(Party.GEMEENTE, **{name: blocking.code})
    theirs = answers_of(Party.CORPORATIE, **{name: free.code})
    (difference,) = compare(BARE, ours, theirs, rules, Interventie.OPTOPPEN).differences
    assert difference.first.if_chosen.oordeel == "nu niet"
    assert difference.second.if_chosen.oordeel != "nu niet"
    assert difference.gap == abs(blocking.punten - free.punten)


def test_one_who_knows_and_one_who_said_nothing_differ_with_unknown_at_its_prior() -> None:
    rules = national_rules()
    active = rules.criterion("bou.lift")
    choice = max(active.version.keuzes, key=lambda one: abs(one.punten - active.version.expected))
    ours = answers_of(Party.GEMEENTE, bou__lift=choice.code)
    for theirs in ({}, answers_of(Party.CORPORATIE, bou__lift=None)):
        (difference,) = compare(BARE, ours, theirs, rules, Interventie.OPTOPPEN).differences
        assert difference.gap == pytest.approx(abs(choice.punten - active.version.expected))
        assert (difference.second.code, difference.second.answer) == (None, theirs.get("bou.lift"))


def test_only_what_both_know_and_say_alike_is_the_same() -> None:
    ours = answers_of(Party.GEMEENTE, a="ja", b="ja", c=None, d="ja")
    theirs = answers_of(Party.CORPORATIE, a="ja", b="nee", c=None, e="ja")
    assert same_answers(ours, theirs) == {"a": "ja"}
