"""What looks personal is seen, and what only looks like it is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.privacy import find_personal, is_bsn, is_iban, tell_personal

SEEN = {
    "Bel Jan op 06-12345678": "een telefoonnummer",
    "tel. 010 123 45 67.": "een telefoonnummer",
    "+31 6 12345678": "een telefoonnummer",
    "0031(0)612345678": "een telefoonnummer",
    "mail naar jan.jansen@woonstad.nl": "een e-mailadres",
    "IBAN NL91 ABNA 0417 1643 00": "een bankrekening",
    "nl91abna0417164300": "een bankrekening",
    "bsn 111222333": "een BSN",
    "BSN: 111.222.333": "een BSN",
    "123456782": "een BSN",
}
LEFT_ALONE = (
    "",
    "Tekening uit 1964 gezien bij de constructeur",
    "Pand 0518100000271234, huisnummer 12",
    "kosten 123.456,78 euro",
    "bsn 111222334",
    "000000000",
    "NL92ABNA0417164300",
    "2026-11-21 om 14:03",
    "1.234.567 m2 en 100000000 euro",
    "@ de hoek",
)


@pytest.mark.parametrize("text", SEEN)
def test_what_is_personal_is_seen(text: str) -> None:
    assert SEEN[text] in find_personal(text)
    assert SEEN[text] in tell_personal(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert find_personal(text) == ()
    assert tell_personal(text) == ""


def test_several_are_told_in_one_sentence() -> None:
    said = tell_personal("jan@x.nl, 06-12345678 en 111222333")
    assert said.startswith("Hier lijkt een e-mailadres, een telefoonnummer en een BSN te staan.")


@given(st.integers(0, 99_999_999))
def test_of_every_eight_digits_at_most_one_last_digit_makes_a_bsn(first: int) -> None:
    assert sum(is_bsn(f"{first:08d}{last}") for last in range(10)) <= 1


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=8, max_size=24))
def test_of_every_account_exactly_one_pair_of_check_digits_holds(account: str) -> None:
    assert sum(is_iban(f"NL{check:02d}{account}") for check in range(2, 99)) == 1


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert isinstance(tell_personal(text), str)
