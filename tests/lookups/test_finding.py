"""From what somebody types to a pand. The Locatieserver always answers something: another address is no answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quickscan.domain.errors import LookupFailedError
from quickscan.services.lookups import Lookups
from tests.lookups.register_server import EEN, ONBEKEND, TWEE, RegisterServer, World, make_home_id, send

Open = Callable[..., Lookups]
OFF = "opzoeken staat uit, er gaat niets naar buiten. Zet QUICKSCAN_OPZOEKEN=1 aan"


@pytest.mark.parametrize("value", ["", "0", "ja", "true", "01"])
def test_off_means_no_traffic_and_every_call_says_so(lookups: Open, server: RegisterServer, value: str) -> None:
    off = lookups(QUICKSCAN_OPZOEKEN=value)
    assert not off.on
    with pytest.raises(LookupFailedError, match=OFF):
        off.find("1234AB 1")
    with pytest.raises(LookupFailedError, match=OFF):
        off.collect([EEN])
    assert server.asked == []


def test_an_unsafe_address_keeps_looking_up_off_and_says_why(lookups: Open, server: RegisterServer) -> None:
    off = lookups(QUICKSCAN_OPZOEKEN_BAG="http://bag.example")
    assert not off.on
    with pytest.raises(LookupFailedError, match=r"'http://bag\.example' is geen veilig adres\. Geef QUICKSCAN_OPZOEKEN_BAG"):
        off.find("1234AB 1")
    assert server.asked == []


@pytest.mark.parametrize(
    "typed",
    [
        "1234AB 1",
        "1234 ab 1",
        "  1234AB,  1 ",
        "Verzonnen Laan 1, Nergenshuizen",
        "verzonnen laan 1 NERGENSHUIZEN",
        "Verzonnen Laan 1, 1234 AB Nergenshuizen",
        "Verzónnen Laan 1",
    ],
)
def test_an_address_becomes_a_pand(lookups: Open, typed: str) -> None:
    (found,) = lookups().find(typed)
    assert found.label == "Verzonnen Laan 1, 1234AB Nergenshuizen"
    assert found.pand_ids == (EEN,)
    assert found.point == (120_001.0, 480_005.0)


@pytest.mark.parametrize(
    "typed",
    [
        "1234AB 2",
        "1235AB 1",
        "Verzonnen Laan 1, Elders",
        "Andere Laan 1, Nergenshuizen",
        "Verzonnen Laan 1B",
        "Verzonnen Laan",
        "x" * 200,
    ],
)
def test_another_address_than_was_typed_is_not_taken(lookups: Open, server: RegisterServer, typed: str) -> None:
    with pytest.raises(LookupFailedError, match="is niet gevonden") as caught:
        lookups().find(typed)
    assert "Het dichtst in de buurt komt Verzonnen Laan" in str(caught.value)
    assert server.count("/bag/") == 0


def test_an_empty_result_says_that_the_address_is_not_there(lookups: Open, world: World) -> None:
    world.addresses.clear()
    with pytest.raises(LookupFailedError, match="het adres '1234AB 1' is niet gevonden"):
        lookups().find("1234AB 1")


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201])
def test_nothing_or_far_too_much_is_not_asked(lookups: Open, server: RegisterServer, typed: str) -> None:
    with pytest.raises(LookupFailedError, match="Typ een postcode met huisnummer"):
        lookups().find(typed)
    assert server.asked == []


def test_signs_of_the_search_engine_are_not_sent(lookups: Open, server: RegisterServer) -> None:
    assert lookups().find('1234AB "1" (*:*)')
    (asked,) = [asked for asked in server.asked if "/ls/" in asked]
    assert asked.startswith(("/ls/free?q=1234AB+1&fq=type%3Aadres&", "/ls/free?q=1234AB%201&fq=type%3Aadres&"))


def test_an_address_in_two_panden_names_both(lookups: Open) -> None:
    (found,) = lookups().find("1234AB 5")
    assert found.pand_ids == (EEN, TWEE)


def test_more_addresses_in_one_pand_are_one_choice(lookups: Open, world: World) -> None:
    world.addresses = [
        {**world.addresses[0], "huisletter": letter, "weergavenaam": f"Verzonnen Laan 1{letter}"} for letter in "ABC"
    ]
    assert [found.label for found in lookups().find("1234AB 1")] == ["Verzonnen Laan 1A"]
    assert [found.label for found in lookups().find("1234AB 1-b")] == ["Verzonnen Laan 1B"]


@pytest.mark.parametrize("typed", [EEN, f"NL.IMBAG.Pand.{EEN}", f" {EEN} "])
def test_a_pand_id_is_asked_of_the_bag_alone(lookups: Open, server: RegisterServer, typed: str) -> None:
    (found,) = lookups().find(typed)
    assert (found.label, found.pand_ids) == (f"Pand {EEN}, bouwjaar 1962", (EEN,))
    assert found.point == (120_020.0, 480_005.0)
    assert server.count("/ls/") == 0


def test_the_id_of_a_home_leads_to_its_pand(lookups: Open) -> None:
    (found,) = lookups().find(make_home_id(11))
    assert found.pand_ids == (TWEE,)


@pytest.mark.parametrize("typed", [ONBEKEND, make_home_id(999)])
def test_an_unknown_id_is_said(lookups: Open, typed: str) -> None:
    with pytest.raises(LookupFailedError, match=f"{typed} staat niet in de BAG"):
        lookups().find(typed)


def test_an_address_without_a_pand_is_said(lookups: Open, world: World) -> None:
    world.objects.clear()
    with pytest.raises(LookupFailedError, match="bij Verzonnen Laan 1, 1234AB Nergenshuizen hoort geen pand"):
        lookups().find("1234AB 1")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"response": {"docs": 3}}', b'{"response": {"docs": ["x"]}}', b"null", b'"x"'])
def test_json_of_another_form_is_refused(lookups: Open, server: RegisterServer, body: bytes) -> None:
    server.plan("/ls/", send(200, body))
    with pytest.raises(LookupFailedError, match="een andere vorm dan afgesproken"):
        lookups().find("1234AB 1")


def test_finding_works_from_the_cache_without_a_network(lookups: Open, server: RegisterServer) -> None:
    first = lookups().find("1234AB 1")
    asked = len(server.asked)
    assert lookups().find("1234AB 1") == first
    assert len(server.asked) == asked
