"""Two replicas of the real app on one PostgreSQL, behind a real nginx with the configuration in deploy/.

One visitor stays on one replica; what is saved through one is there through the other; when one dies its visitors go on
at the other. Everything is on loopback; the certificate is made for these tests.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import URL, create_engine, text
from websockets.exceptions import InvalidStatus

from quickscan import wiring
from quickscan.domain.terms import INTERVENTIES, Voorselectie
from tests.e2e.browser import AS_PEOPLE, WIDE, free_port, settle
from tests.server.entering import USER_COOKIE, XSRF_COOKIE, make_claims, make_cookie, register
from tests.server.running import (
    PROJECT,
    Process,
    all_of,
    answers,
    app_command,
    make_certificate,
    nginx,
    run,
    server_environment,
    wait_until,
)
from tests.server.visitor import COOKIE, Visitor

KIND = INTERVENTIES[0]
CLUSTER = 4  # replicas in the test of the migrations


@dataclass
class Site:
    """The whole of it: one address for visitors, two replicas behind it, and the proxy's log."""

    public: str
    replicas: dict[str, Process]
    log: Path
    tls: ssl.SSLContext
    url: str

    def get(self, path: str, *, place: str = "") -> httpx.Response:
        cookies = {COOKIE: place} if place else {}
        return httpx.get(f"{self.public}{path}", verify=self.tls, cookies=cookies, timeout=10)

    def log_in(self, claims: Mapping[str, object]) -> dict[str, str]:
        """Return the cookies of somebody who logged in."""
        given = self.get("/_stcore/health").cookies
        return {XSRF_COOKIE: given[XSRF_COOKIE], USER_COOKIE: make_cookie(self.public, claims)}

    def replica_of(self, place: str) -> str:
        """Return the replica that visitors with this cookie are sent to, as the proxy wrote it down."""
        name = self.get("/gezond", place=place).headers["x-request-id"]
        return self.replica_of_request(name)

    def replica_of_request(self, name: str) -> str:
        found: list[str] = []

        def logged() -> bool:
            lines = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
            found[:] = [line["replica"].split(", ")[-1] for line in lines if line["request"] == name]
            return bool(found)

        wait_until(logged, seconds=5)
        return found[0]

    def place_on(self, replica: str) -> str:
        """Return a cookie that leads to a replica."""
        drawn = (secrets.token_hex(16) for _ in range(60))
        return next(place for place in drawn if self.replica_of(place) == replica)


@pytest.fixture
def site(tmp_path: Path, empty_postgres_url: URL) -> Iterator[Site]:
    """Start everything at once on an empty database; each test may break it."""
    ports = {name: free_port() for name in ("tls", "plain", "een", "twee")}
    public, url = f"https://localhost:{ports['tls']}", empty_postgres_url.render_as_string(hide_password=False)
    environment = server_environment(tmp_path, public=public, database=url) | {"QUICKSCAN_REPLICAS": "2"}
    certificate, key = make_certificate(tmp_path)
    places = [f"127.0.0.1:{ports[name]}" for name in ("een", "twee")]
    names = {
        "APP_1": places[0],
        "APP_2": places[1],
        "NAME": "localhost",
        "PUBLIC": public,
        "LISTEN_TLS": f"127.0.0.1:{ports['tls']}",
        "LISTEN_PLAIN": f"127.0.0.1:{ports['plain']}",
        "CERTIFICATE": str(certificate),
        "CERTIFICATE_KEY": str(key),
        "ACCESS_LOG": str(tmp_path / "toegang.log"),
        "ERROR_LOG": str(tmp_path / "fouten.log"),
    }
    started = [run(app_command(ports[name]), tmp_path / f"{name}.txt", environment=environment) for name in ("een", "twee")]
    with all_of([*started, nginx(tmp_path, names=names)]) as (first, second, proxy):
        for place, replica in zip(places, (first, second), strict=True):
            wait_until(answers(f"http://{place}/gezond/klaar"), running=replica)
        tls = ssl.create_default_context(cafile=certificate)
        running = Site(public, dict(zip(places, (first, second), strict=True)), tmp_path / "toegang.log", tls, url)
        wait_until(lambda: running.get("/gezond").status_code == 200, running=proxy)
        yield running


@contextmanager
def use_cases(url: str) -> Iterator[wiring.Services]:
    """Work with the database beside the replicas."""
    services = wiring.make_services(url)
    yield services
    services.scans.store.close()  # type: ignore[attr-defined]


def make_scan(url: str, claims: Mapping[str, object]) -> tuple[str, str]:
    """Make the demo of somebody who logs in, and return its workspace and a building that can be scored."""
    rules, stores = wiring.rules_on(), wiring.open_stores(url)
    author = register(stores, claims)
    stores.store.close()  # type: ignore[attr-defined]
    with use_cases(url) as services:
        workspace = services.portfolios.open_demo(rules, author=author).id
        table = services.portfolios.screen(workspace, rules)
    return workspace, table.loc[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK), "pand_id"].iloc[0]


def count_answers(url: str, workspace: str, pand_id: str) -> int:
    with use_cases(url) as services:
        return len(services.scans.look(workspace, pand_id, wiring.rules_on(), interventies=(KIND,)).answers)


def test_a_visitor_stays_and_saves_and_goes_on_when_a_replica_dies(site: Site) -> None:
    first, second = site.replicas
    claims = make_claims("ada")
    workspace, pand_id = make_scan(site.url, claims)
    cookies = site.log_in(claims)
    answered = count_answers(site.url, workspace, pand_id)
    here, there = site.place_on(first), site.place_on(second)
    assert {site.replica_of(here) for _ in range(20)} == {first}
    assert {site.replica_of(there) for _ in range(20)} == {second}

    def visit(place: str) -> Visitor:
        query = f"werkruimte={workspace}&pand={pand_id}"
        return Visitor(site.public, place=place, tls=site.tls, page="quickscan", query=query, cookies=cookies)

    with visit(here) as one, visit(there) as other:
        asked = one.rerun().button("keuze_")
        assert other.rerun().button("keuze_") == asked
        following = one.rerun(button=asked).button("keuze_")
        assert following != asked
        assert other.rerun().button("keuze_") == following  # saved through one, seen through the other
        site.replicas[first].kill()
        assert other.rerun().button("keuze_") == following
    with visit(here) as again:  # the same cookie, so the proxy looks for the dead replica first
        assert again.rerun().button("keuze_") == following
        assert again.rerun(button=following).button("keuze_") not in (asked, following)
    assert {site.replica_of(here) for _ in range(5)} == {second}
    assert count_answers(site.url, workspace, pand_id) == answered + 2


def knock(site: Site, origin: str | None, *, tries: int = 3) -> int:
    """Return with which status a stranger's websocket is refused; a replica that is too busy to say so is asked again."""
    for _ in range(tries):
        try:
            Visitor(site.public, origin=origin, tls=site.tls, patience_s=10)
        except InvalidStatus as refused:
            return refused.response.status_code
        except TimeoutError:
            continue
        return 101
    return 0


def test_the_proxy_guards_the_door(site: Site) -> None:
    answer = site.get("/")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers or "/" not in answer.headers["server"]  # no version
    (place,) = answer.headers.get_list("set-cookie")
    assert place.startswith(f"{COOKIE}={answer.headers['x-request-id']};")
    assert all(word in place for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    cookies = site.get("/_stcore/health").headers.get_list("set-cookie")
    assert any(cookie.startswith("_streamlit_xsrf") for cookie in cookies)
    assert all("Secure" in cookie for cookie in cookies)
    assert site.get("/_stcore/metrics").status_code == 404

    for origin in ("https://kwaad.nl", "http://localhost:8501", None):
        assert knock(site, origin) == 403
    port = site.public.rpartition(":")[2]
    with pytest.raises(httpx.ConnectError):  # another name: no certificate, no answer
        httpx.get(f"https://127.0.0.1:{port}/", verify=False, timeout=10)  # noqa: S501
    plain = socket.create_connection(("127.0.0.1", int(port)), timeout=10)
    with site.tls.wrap_socket(plain, server_hostname="localhost") as spoken:
        assert spoken.version() == "TLSv1.3"
    old = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{port}",
        "-servername",
        "localhost",
        "-tls1_1",
        "-cipher",
        "ALL:@SECLEVEL=0",
    ]
    spoke = subprocess.run(old, input=b"", capture_output=True, timeout=20, check=False)
    assert b"protocol version" in spoke.stderr

    log = site.log.read_text(encoding="utf-8")
    assert "127.0.0.1" not in log.replace('"replica":"127.0.0.1', "")
    for replica in site.replicas.values():
        replica.kill()
    gone = site.get("/portefeuille?werkruimte=geheim")
    assert gone.status_code == 503
    assert "even niet bereikbaar" in gone.text
    assert gone.headers["strict-transport-security"]
    assert "geheim" not in site.log.read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_browser_goes_on_at_the_other_replica_after_a_reload(site: Site, browser: Browser) -> None:
    claims = make_claims("ada")
    workspace, pand_id = make_scan(site.url, claims)
    context = browser.new_context(viewport=WIDE, ignore_https_errors=True, **AS_PEOPLE)
    context.add_cookies([{"name": USER_COOKIE, "value": make_cookie(site.public, claims), "url": site.public}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{site.public}/quickscan?werkruimte={workspace}&pand={pand_id}")
    settle(page)
    (place,) = [cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE]
    question = page.locator(".st-key-vraag h2")
    asked = question.inner_text()
    page.locator(".st-key-keuzes button").first.click()
    expect(question).not_to_have_text(asked)
    following = question.inner_text()
    site.replicas[site.replica_of(place)].kill()
    page.reload()
    settle(page)
    assert question.inner_text() == following
    assert next(cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE) == place
    context.close()


def test_replicas_that_start_together_migrate_once(empty_postgres_url: URL) -> None:
    url = empty_postgres_url.render_as_string(hide_password=False)
    program = (
        "import logging, sys, threading; logging.basicConfig(format='%(message)s')\n"
        "logging.getLogger('alembic').setLevel(logging.INFO)\n"
        "from quickscan.serving import database\n"
        "database.prepare(sys.argv[1], threading.Event()); print(database.probe(sys.argv[1]))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            cwd=PROJECT,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(CLUSTER)
    ]
    said = [process.communicate(timeout=50) for process in started]
    assert [out.strip() for out, _ in said] == ["klaar"] * CLUSTER, said
    ran = [line for _, errors in said for line in errors.splitlines() if line.startswith("Running upgrade")]
    assert len(ran) == len(set(ran)) > 0
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    engine.dispose()
