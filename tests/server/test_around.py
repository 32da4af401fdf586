"""What stands around the app: names of requests, headers, the doorkeeper, and figures. Each in front of a small real app."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from quickscan.serving import metrics
from quickscan.serving.doorkeeper import Doorkeeper
from quickscan.serving.headers import SafeAnswers, make_headers, make_policy
from quickscan.serving.returning import COOKIE, LONGEST, WayBack
from quickscan.serving.tracing import NamedRequests, request_id

PAGE = '<!DOCTYPE html><html lang="en"><script>\n  x = 1\n</script><script src="a.js"></script></html>'
PUBLIC = "https://quickscan.voorbeeld.nl"


async def page(_: Request) -> HTMLResponse:
    answer = HTMLResponse(PAGE, headers={"x-frame-options": "ALLOWALL"})
    answer.set_cookie("bezoek", "1")
    return answer


async def named(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request_id.get()} {request.headers['x-request-id']}")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        try:
            content = await socket.receive_bytes()
        except WebSocketDisconnect:
            return
        await socket.send_bytes(b"tussendoor")
        await socket.send_bytes(content)


def client(*around: Middleware, base: str = "http://localhost:8501") -> TestClient:
    routes = [Route("/", page), Route("/naam", named), Route("/_stcore/metrics", named), WebSocketRoute("/_stcore/stream", echo)]
    return TestClient(Starlette(routes=routes, middleware=list(around)), base_url=base)


def safe(*, has_tls: bool) -> Middleware:
    return Middleware(SafeAnswers, headers=make_headers(make_policy(PAGE), has_tls=has_tls), has_tls=has_tls)


@pytest.fixture
def laptop() -> TestClient:
    return client(Middleware(Doorkeeper))


@pytest.fixture
def server() -> TestClient:
    return client(Middleware(Doorkeeper, origin=PUBLIC, names=["quickscan.voorbeeld.nl"]), base=PUBLIC)


def test_a_page_is_dutch_and_guarded_and_keeps_its_length() -> None:
    answer = client(safe(has_tls=False)).get("/")
    assert answer.text == PAGE.replace('lang="en"', 'lang="nl"')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers.get_list("x-frame-options") == ["DENY"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in answer.headers
    assert "secure" not in answer.headers["set-cookie"].lower()


def test_behind_tls_a_browser_is_told_to_insist_and_cookies_stay_there() -> None:
    answer = client(safe(has_tls=True)).get("/")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_the_policy_lets_the_pages_own_inline_script_run_and_no_other() -> None:
    policy = dict(part.split(" ", 1) for part in make_policy(PAGE).split("; "))
    # printf '\n  x = 1\n' | openssl dgst -sha256 -binary | base64
    assert policy["script-src"] == "'self' 'sha256-BbJ+FSK+ErAV471Y8ZXwwfLNZHNs207gkT7PGBH0XE0=' 'wasm-unsafe-eval'"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("'unsafe-eval'" in value or "*" in value for value in policy.values())


def test_a_request_has_one_name_for_the_app_the_log_and_the_client() -> None:
    answer = client(Middleware(NamedRequests)).get("/naam", headers={"X-Request-ID": "van-de-proxy-1"})
    assert answer.text == "van-de-proxy-1 van-de-proxy-1"
    assert answer.headers["x-request-id"] == "van-de-proxy-1"
    assert request_id.get() == ""


@pytest.mark.parametrize("name", ["kort", "x" * 65, 'a"}\n{"level":"info', "Jan Jansen", "<script>alert(1)</script>"])
def test_a_name_that_could_write_in_the_log_is_replaced(name: str) -> None:
    answer = client(Middleware(NamedRequests)).get("/naam", headers={"X-Request-ID": name})
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.text == " ".join([answer.headers["x-request-id"]] * 2)


@pytest.mark.parametrize("host", ["quickscan.voorbeeld.nl.kwaad.nl", "kwaad.nl", "kwaad.nl:8501", "[", "", "a@localhost:99:1"])
def test_another_name_is_refused(laptop: TestClient, host: str) -> None:
    assert laptop.get("/", headers={"Host": host}).status_code == 400
    assert refused(laptop, host=host)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"])
def test_what_streamlit_opens_to_anyone_is_closed(laptop: TestClient, path: str) -> None:
    assert laptop.get(path).status_code == 404


@pytest.mark.parametrize("origin", [None, "http://localhost:8501", "https://localhost:8501", "HTTP://LocalHost:8501"])
def test_a_laptop_takes_its_own_page_and_programs(laptop: TestClient, origin: str | None) -> None:
    assert not refused(laptop, origin=origin)


@pytest.mark.parametrize("origin", ["http://localhost:9999", "http://127.0.0.1:8501", "https://kwaad.nl", "null", "file://", ""])
def test_a_laptop_refuses_other_pages_even_on_itself(laptop: TestClient, origin: str) -> None:
    assert refused(laptop, origin=origin)


def test_a_server_takes_its_public_page(server: TestClient) -> None:
    assert not refused(server, origin=PUBLIC, host="quickscan.voorbeeld.nl")


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://quickscan.voorbeeld.nl", f"{PUBLIC}:8443", f"{PUBLIC}.kwaad.nl", "http://localhost:8501", "*"],
)
def test_a_server_takes_no_other_page_and_no_program(server: TestClient, origin: str | None) -> None:
    assert refused(server, origin=origin, host="quickscan.voorbeeld.nl")


def test_figures_count_answers_visits_and_runs() -> None:
    before = figures()
    measured = client(Middleware(metrics.Measured, ends_run=lambda content: content == b"einde"))
    measured.get("/")
    measured.get("/bestaat-niet")
    with measured.websocket_connect("/_stcore/stream") as socket:
        assert figures()["quickscan_sessions"] == 1
        for content in (b"einde", b"nog niet", b"einde"):
            socket.send_bytes(content)
            assert socket.receive_bytes() == b"tussendoor"
            assert socket.receive_bytes() == content
    after = figures()
    grown = {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}
    assert grown['quickscan_requests_total{kind="pagina",status="200"}'] == 1
    assert grown['quickscan_requests_total{kind="pagina",status="404"}'] == 1
    assert grown["quickscan_run_seconds_count"] == 2
    assert after["quickscan_sessions"] == 0


def figures() -> dict[str, float]:
    lines = generate_latest(metrics.REGISTRY).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def refused(connection: TestClient, *, origin: str | None = None, host: str = "localhost:8501") -> bool:
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    try:
        with connection.websocket_connect("/_stcore/stream", headers=headers):
            return False
    except WebSocketDisconnect as closed:
        return closed.code == 1008


def log_in_from(page: str, *, base: str = "https://quickscan.voorbeeld.nl") -> tuple[str | None, str]:
    """Go through a log-in that was asked for on a page; return the cookie in between and where it ends."""

    async def away(_: Request) -> RedirectResponse:
        return RedirectResponse("https://inloggen.voorbeeld.nl/", status_code=302)

    async def back(_: Request) -> RedirectResponse:
        return RedirectResponse("/", status_code=302)

    routes = [Route("/auth/login", away), Route("/oauth2callback", back)]
    app = TestClient(Starlette(routes=routes, middleware=[Middleware(WayBack)]), base_url=base, follow_redirects=False)
    assert app.get("/auth/login", headers={"referer": page}).headers["location"] == "https://inloggen.voorbeeld.nl/"
    kept, ended = app.cookies.get(COOKIE), app.get("/oauth2callback").headers["location"]
    assert COOKIE not in app.cookies  # used once
    return kept, ended


@pytest.mark.parametrize("place", ["/gebouw?werkruimte=8c3&gebouw=0518100000123456", "/sessie?code=ACD347", "/kaart"])
def test_after_a_log_in_comes_the_page_that_asked_for_it(place: str) -> None:
    assert log_in_from(f"{PUBLIC}{place}")[1] == place


@pytest.mark.parametrize(
    "page",
    [
        PUBLIC,
        f"{PUBLIC}/",
        "",
        "onzin",
        "https://elders.voorbeeld.nl/gebouw",
        "https://quickscan.voorbeeld.nl.elders.nl/gebouw",
        "https://quickscan.voorbeeld.nl@elders.nl/gebouw",
        f"{PUBLIC}//elders.nl",
        f"{PUBLIC}/\\elders.nl",
        f"{PUBLIC}/auth/login",
        f"{PUBLIC}/oauth2callback?state=x",
        f"{PUBLIC}/gebouw?{'x' * LONGEST}",
    ],
)
def test_a_log_in_leads_to_the_start_page_from_anywhere_else(page: str) -> None:
    assert log_in_from(page) == (None, "/")


@pytest.mark.parametrize(
    "forged", ["//elders.nl", "https://elders.nl", "%2F%2Felders.nl", "/%5Celders.nl", "javascript:alert(1)", "/a%0d%0ax: y", ""]
)
def test_a_forged_way_back_leads_nowhere_else(forged: str) -> None:
    async def back(_: Request) -> RedirectResponse:
        return RedirectResponse("/", status_code=302)

    routes = [Route("/oauth2callback", back)]
    app = TestClient(Starlette(routes=routes, middleware=[Middleware(WayBack)]), base_url=PUBLIC, follow_redirects=False)
    answer = app.get("/oauth2callback", headers={"cookie": f"{COOKIE}={forged}"})
    assert answer.headers["location"] == "/"
    assert "x" not in answer.headers
