"""Names to choose from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quickscan.ui import look


def test_equal_names_get_the_end_of_their_key_and_others_stay_as_they_are():
    names = {"0518100000111111": "De Grutto", "0518100000222222": "De Grutto", "0518100000333333": "De Els"}
    assert list(look.tell_apart(names).values()) == ["De Grutto · 111111", "De Grutto · 222222", "De Els"]


@given(st.dictionaries(st.from_regex(r"0518100000\d{6}", fullmatch=True), st.sampled_from(["Flat A", "Flat B", ""])))
def test_no_two_buildings_read_alike(names: dict[str, str]):
    told = look.tell_apart(names)
    assert list(told) == list(names)
    assert len(set(told.values())) == len(names)
    assert all(words.startswith(names[key]) for key, words in told.items())
