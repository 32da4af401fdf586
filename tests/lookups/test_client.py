"""One question to one service: patience with what may pass, a clear word about what does not, and nothing asked twice."""

from __future__ import annotations

import gzip
import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from quickscan.domain.errors import LookupFailedError
from quickscan.lookups.cache import LONGEST, AnswerCache
from quickscan.lookups.client import Client
from quickscan.lookups.registers import Service, place_service
from tests.lookups.conftest import Clock, make_client
from tests.lookups.register_server import RegisterServer, send, serve, start_and

PATH = "/collections/pand/items"
ASK = {"identificatie": "0000100000000101"}
BUSY, BROKEN = send(429, Retry_After="7"), send(500)


@pytest.fixture
def service(server: RegisterServer) -> Service:
    return Service("PROEF", "Proefregister", f"{server.address}/bag", timedelta(days=30))


def _fail(client: Client, service: Service) -> str:
    with pytest.raises(LookupFailedError) as caught:
        client.ask(service, PATH, ASK)
    assert str(caught.value).startswith("Proefregister: ")
    assert "werkt ook zonder: vul het zelf in" in str(caught.value)
    return str(caught.value)


def test_an_answer_comes_with_the_day_it_was_given(client: Client, service: Service, server: RegisterServer) -> None:
    answer = client.ask(service, PATH, ASK)
    assert answer.content["features"][0]["properties"]["bouwjaar"] == 1962
    assert (answer.day.isoformat(), answer.note) == ("2026-11-12", "")
    assert server.agents == {"quickscan-optoppen"}


def test_a_busy_service_is_asked_again_after_the_seconds_it_names(
    client: Client, service: Service, server: RegisterServer, clock: Clock
) -> None:
    server.plan("pand", BUSY)
    assert client.ask(service, PATH, ASK).content["features"]
    assert (clock.slept, len(server.asked)) == ([7.0], 2)


def test_a_busy_service_may_name_a_moment(client: Client, service: Service, server: RegisterServer, clock: Clock) -> None:
    server.plan("pand", send(503, Retry_After="Thu, 12 Nov 2026 09:00:12 GMT"))
    assert client.ask(service, PATH, ASK).content["features"]
    assert clock.slept == [12.0]


@pytest.mark.parametrize("after", ["straks", "-3", "", "12 Nov"])
def test_a_wait_that_makes_no_sense_is_left_out(
    client: Client, service: Service, server: RegisterServer, clock: Clock, after: str
) -> None:
    server.plan("pand", send(429, Retry_After=after))
    assert client.ask(service, PATH, ASK).content["features"]
    assert clock.slept == [0.5]


def test_waits_grow_when_a_fault_goes_on(client: Client, service: Service, server: RegisterServer, clock: Clock) -> None:
    server.plan("pand", BROKEN, BROKEN, BROKEN)
    assert client.ask(service, PATH, ASK).content["features"]
    assert clock.slept == [0.5, 1.0, 2.0]


def test_chance_makes_waits_differ_but_never_longer_or_less_than_half(
    server: RegisterServer, service: Service, tmp_path: Path
) -> None:
    clock = Clock()
    client = Client(
        AnswerCache(tmp_path), now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic, chance=iter((0.0, 0.5, 1.0)).__next__
    )
    server.plan("pand", BROKEN, BROKEN, BROKEN)
    client.ask(service, PATH, ASK)
    client.close()
    assert clock.slept == [0.25, 0.75, 2.0]


def test_a_fault_for_ever_is_said_after_four_tries(client: Client, service: Service, server: RegisterServer) -> None:
    server.plan("pand", *[BROKEN] * 9)
    assert "er is een storing bij de dienst (500). Probeer het later nog eens" in _fail(client, service)
    assert len(server.asked) == 4


def test_a_wait_beyond_the_total_time_is_not_waited(
    client: Client, service: Service, server: RegisterServer, clock: Clock
) -> None:
    server.plan("pand", send(429, Retry_After="3600"))
    assert "te druk (429)" in _fail(client, service)
    assert (clock.slept, len(server.asked)) == ([], 1)


@pytest.mark.parametrize(
    ("status", "problem"), [(400, "weigert de vraag (400)"), (401, "geen toegang (401)"), (403, "geen toegang (403)")]
)
def test_a_refusal_is_not_asked_again(
    client: Client, service: Service, server: RegisterServer, status: int, problem: str
) -> None:
    server.plan("pand", send(status))
    assert problem in _fail(client, service)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [404, 204])
def test_what_a_service_does_not_know_is_no_error(client: Client, service: Service, server: RegisterServer, status: int) -> None:
    server.plan("pand", send(status, b""))
    assert client.ask(service, PATH, ASK).content is None
    assert client.ask(service, PATH, ASK).content is not None, "an unknown is not kept"


def test_a_service_that_stays_silent_is_given_up(service: Service, server: RegisterServer, tmp_path: Path, clock: Clock) -> None:
    client = make_client(AnswerCache(tmp_path), clock, read=0.05, attempts=2)
    silent = start_and(lambda _: server.released.wait(20) and None, length=100)
    server.plan("pand", silent, silent)
    assert "er kwam niet op tijd antwoord" in _fail(client, service)
    client.close()
    assert len(server.asked) == 2


def test_an_answer_that_trickles_is_given_up_after_the_total_time(
    service: Service, server: RegisterServer, tmp_path: Path, clock: Clock
) -> None:
    client = make_client(AnswerCache(tmp_path), clock)

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        clock.at += timedelta(minutes=2)
        handler.wfile.write(b'{"features": [')

    server.plan("pand", start_and(trickle, length=14))
    assert "te langzaam" in _fail(client, service)
    client.close()


@pytest.mark.parametrize("kind", ["text/html", "application/xml", "application/octet-stream", "image/png", ""])
def test_another_type_than_json_is_refused(client: Client, service: Service, server: RegisterServer, kind: str) -> None:
    server.plan("pand", send(200, b"<html>inloggen</html>", kind=kind))
    assert f"geen JSON maar '{kind or 'onbekend'}'" in _fail(client, service)


def _pour(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(10_000):
        handler.wfile.write(b" " * 10_000)


HUGE = [
    send(200, b"[" + b"1," * 200_000 + b"1]"),
    start_and(_pour),
    send(200, gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"),
]


@pytest.mark.parametrize("fault", HUGE, ids=["announced", "streamed", "packed"])
def test_a_huge_answer_is_refused(client: Client, service: Service, server: RegisterServer, fault: Callable[..., None]) -> None:
    server.plan("pand", fault)
    assert "groter dan" in _fail(client, service)
    assert len(server.asked) == 1


DAMAGED = [
    b'{"features": [{"prop',
    b"",
    b'{"a": NaN}',
    b"[" * 100_000,
    b"\xff\xfe\x00",
    b"Infinity",
    b"1e999",
    b"9" * 19,
    b'"\\ud800"',
]


@pytest.mark.parametrize("body", DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_json_is_refused(client: Client, service: Service, server: RegisterServer, body: bytes) -> None:
    server.plan("pand", send(200, body))
    assert "afgebroken of beschadigd" in _fail(client, service)


def test_a_connection_that_breaks_halfway_is_said(client: Client, service: Service, server: RegisterServer) -> None:
    server.plan("pand", start_and(lambda handler: handler.wfile.write(b'{"fea') and None, length=500))
    assert "de verbinding brak af" in _fail(client, service)


def test_bytes_that_cannot_be_unpacked_are_said(client: Client, service: Service, server: RegisterServer) -> None:
    server.plan("pand", send(200, b"geen gzip", Content_Encoding="gzip"))
    assert "niet te lezen" in _fail(client, service)


def test_a_service_that_is_not_there_is_said_without_trying_again(client: Client, service: Service, clock: Clock) -> None:
    away = Service("PROEF", "Proefregister", "http://127.0.0.1:1", service.keep)
    assert "geen verbinding met 127.0.0.1" in _fail(client, away)
    assert clock.slept == []


def test_a_redirect_to_elsewhere_is_refused(client: Client, service: Service, server: RegisterServer) -> None:
    with serve(server.world) as other:
        server.plan("pand", send(302, Location=f"{other.address}/bag{PATH}"))
        assert "verwijst door naar een ander adres (127.0.0.1); dat is geweigerd" in _fail(client, service)
        server.plan("pand", send(302, Location="https://elders.example/"))
        assert "elders.example" in _fail(client, service)
        assert other.asked == []


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(
    client: Client, service: Service, server: RegisterServer
) -> None:
    server.plan("pand", send(301, Location=f"/bag{PATH}?identificatie=0000100000000102"))
    assert client.ask(service, PATH, ASK).content["features"][0]["properties"]["bouwjaar"] == 1005
    server.plan("pand", *[send(301, Location=f"/bag{PATH}?nog=1")] * 20)
    with pytest.raises(LookupFailedError, match="blijft doorverwijzen"):
        client.fetch(service, PATH)


def test_the_same_question_is_asked_once(client: Client, service: Service, server: RegisterServer, clock: Clock) -> None:
    first = client.ask(service, PATH, ASK)
    clock.at += timedelta(days=20)
    again = client.ask(service, PATH, ASK)
    assert (again.content, len(server.asked)) == (first.content, 1)
    assert again.note == "uit de cache van 12 november 2026"


def test_an_answer_past_its_age_is_asked_again(client: Client, service: Service, server: RegisterServer, clock: Clock) -> None:
    client.ask(service, PATH, ASK)
    clock.at += timedelta(days=31)
    assert client.ask(service, PATH, ASK).day.isoformat() == "2026-12-13"
    assert len(server.asked) == 2


def test_without_the_service_an_old_answer_stands_in_and_says_so(
    client: Client, service: Service, server: RegisterServer, clock: Clock
) -> None:
    client.ask(service, PATH, ASK)
    clock.at += timedelta(days=31)
    server.plan("pand", *[BROKEN] * 4)
    answer = client.ask(service, PATH, ASK)
    assert answer.content["features"]
    assert answer.note == "uit de cache van 12 november 2026, want de dienst gaf geen antwoord"


def test_an_old_answer_does_not_hide_a_refusal(client: Client, service: Service, server: RegisterServer, clock: Clock) -> None:
    client.ask(service, PATH, ASK)
    clock.at += timedelta(days=31)
    server.plan("pand", send(403))
    assert "geen toegang" in _fail(client, service)


def test_only_successful_answers_are_kept(client: Client, service: Service, server: RegisterServer, tmp_path: Path) -> None:
    server.plan("pand", send(400), send(404), send(200, b"{"))
    _fail(client, service)
    client.ask(service, PATH, ASK)
    _fail(client, service)
    assert list(tmp_path.rglob("*.json")) == []


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda kept: kept[:-5],
    lambda _: b"",
    lambda kept: kept.replace(b"1962", b"1662"),
    lambda kept: b"rommel\n" + kept,
    lambda kept: kept.replace(b"2026-11-12", b"2036-11-12"),
    lambda _: b"[]\n{}",
]


@pytest.mark.parametrize("damage", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_entry_is_dropped_and_asked_again(
    client: Client, service: Service, server: RegisterServer, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    first = client.ask(service, PATH, ASK)
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(damage(path.read_bytes()))
    again = client.ask(service, PATH, ASK)
    assert (again.content, again.note, len(server.asked)) == (first.content, "", 2)


def test_names_of_kept_answers_tell_nothing(client: Client, service: Service, tmp_path: Path) -> None:
    client.ask(service, PATH, ASK)
    (path,) = tmp_path.rglob("*.json")
    assert re.fullmatch(r"[0-9a-f]{64}\.json", path.name)
    assert ASK["identificatie"].encode() not in path.read_bytes().partition(b"\n")[0]


def test_what_is_asked_does_not_reach_the_log(client: Client, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.ask(service, PATH, ASK)
    assert ASK["identificatie"] not in caplog.text


def test_old_answers_and_half_written_files_are_cleared_away(tmp_path: Path) -> None:
    cache, at = AnswerCache(tmp_path / "nieuw"), datetime(2026, 11, 12, tzinfo=UTC)
    cache.drop_old(now=at)
    for question in ("oud", "vers"):
        cache.write(question, {"a": 1}, at=at)
    for path, days in zip(sorted((tmp_path / "nieuw").iterdir()), (400, 300), strict=True):
        moment = (at - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
    half = tmp_path / "nieuw" / "x.deel"
    half.write_bytes(b"{")
    os.utime(half, (at.timestamp() - 90_000,) * 2)
    cache.drop_old(now=at)
    assert len(list((tmp_path / "nieuw").iterdir())) == 1


def test_a_very_old_answer_is_thrown_away(tmp_path: Path) -> None:
    cache, at = AnswerCache(tmp_path), datetime(2026, 11, 12, tzinfo=UTC)
    cache.write("vraag", {"a": 1}, at=at)
    assert cache.read("vraag", now=at + LONGEST + timedelta(days=1)) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_only_means_that_nothing_is_kept(
    service: Service, server: RegisterServer, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "bestand").write_text("geen map")
    client = make_client(AnswerCache(tmp_path / "bestand"), clock)
    assert client.ask(service, PATH, ASK).content
    assert client.ask(service, PATH, ASK).content
    client.close()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "address", ["http://api.pdok.nl", "file:///etc/passwd", "ftp://x", "http://127.0.0.1.evil.example", "api.pdok.nl"]
)
def test_another_address_must_be_safe(service: Service, address: str) -> None:
    with pytest.raises(LookupFailedError, match="geen veilig adres"):
        place_service(service, {"QUICKSCAN_OPZOEKEN_PROEF": address})


def test_an_address_from_the_environment_goes_first(service: Service) -> None:
    placed = place_service(service, {"QUICKSCAN_OPZOEKEN_PROEF": " https://proxy.example/bag/ "})
    assert placed.address == "https://proxy.example/bag"
    assert place_service(service, {}) is service
