"""A session's clock, its votes and its code, as the wall shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.answers import Party
from quickscan.domain.sessions import CODE_SIGNS, Timer, Vote, count_votes, read_code

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GEMEENTE, CORPORATIE = Party.GEMEENTE, Party.CORPORATIE


def votes(*choices: str | None, party: Party = GEMEENTE) -> list[Vote]:
    return [Vote(f"persoon {place}", party, "bou.lift", choice, "", NOON) for place, choice in enumerate(choices)]


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_clock_counts_down_to_zero_and_no_further() -> None:
    timer = Timer().start(5, NOON)
    assert [timer.seconds_left(later(seconds)) for seconds in (0, 1, 299, 300, 999)] == [300, 299, 1, 0, 0]
    assert Timer().seconds_left(NOON) is None


def test_a_paused_clock_stands_still_and_goes_on_with_what_was_left() -> None:
    paused = Timer().start(5, NOON).pause(later(60))
    assert paused.seconds_left(later(999)) == 240
    assert paused.resume(later(999)).seconds_left(later(1000)) == 239
    assert not Timer().resume(NOON).is_set


def test_a_minute_more_counts_from_now_when_the_time_had_run_out() -> None:
    timer = Timer().start(1, NOON)
    assert timer.add_minute(later(10)).seconds_left(later(10)) == 110
    assert timer.add_minute(later(500)).seconds_left(later(500)) == 60
    assert timer.pause(later(10)).add_minute(later(500)).seconds_left(later(900)) == 110


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("ja",), "ja"),
        (("ja", "nee"), "verdeeld"),
        (("ja", "ja", "nee"), "ja"),
        (("ja", "nee", "deels", "ja"), "verdeeld"),  # half is not more than half
        (("ja", None, None, None), "ja"),  # who does not know does not outvote who does
        ((None, None), None),
        ((), None),
    ],
)
def test_a_party_says_what_more_than_half_of_those_who_chose_say(given: tuple[str | None, ...], said: str | None) -> None:
    tally = count_votes(votes(*given), GEMEENTE, "bou.lift")
    assert ("verdeeld" if tally.is_divided else tally.choice) == said


@given(st.lists(st.sampled_from(["ja", "nee", "deels", None]), max_size=12))
def test_every_vote_is_counted_once_and_none_of_the_other_party(choices: list[str | None]) -> None:
    mixed = [*votes(*choices), *votes("ja", "ja", "ja", party=CORPORATIE)]
    tally = count_votes(mixed, GEMEENTE, "bou.lift")
    assert sum(tally.counts.values()) == len(choices)
    assert tally.choice is None or 2 * choices.count(tally.choice) > len([one for one in choices if one])
    assert count_votes(mixed, CORPORATIE, "bou.lift").choice == "ja"
    assert count_votes(mixed, CORPORATIE, "bou.dak").votes == ()


def test_a_code_is_read_as_people_type_it_and_has_no_signs_that_look_alike() -> None:
    assert {read_code(text) for text in ("ACD347", "acd347", " acd-347 ", "acd 347")} == {"ACD347"}
    assert not set(CODE_SIGNS) & set("0O1IL2Z5S6G8BU")
