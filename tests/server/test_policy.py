"""Every page works under the content security policy that the server sends, the policy really stops a script, and the theme
is the one of the settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.e2e.browser import AS_PEOPLE, WIDE, free_port, settle
from tests.server.running import answers, run, wait_until

pytestmark = pytest.mark.browser
# One of each kind of machinery: drawings, charts and tables, the map, long texts, uploads.
PAGES = ("portefeuille", "kaart", "gebouw", "inlezen")
REPORT = """document.addEventListener('securitypolicyviolation', event =>
  console.error('BELEID ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile))"""


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("beleid"), free_port()
    command = [sys.executable, "-m", "quickscan", "app", "--port", str(port), "--database", str(folder / "q.db")]
    with run(command, folder / "log.txt") as server:
        wait_until(answers(f"http://127.0.0.1:{port}/_stcore/health"), running=server)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "BELEID" in message.text or "Content Security Policy" in message.text:
            said.append(f"{page.url}: {message.text[:300]}")

    context = browser.new_context(viewport=WIDE, **AS_PEOPLE)
    context.add_init_script(REPORT)
    page = context.new_page()
    page.on("console", hear)
    yield page, said
    context.close()


def test_no_page_asks_for_what_the_policy_forbids(laptop: str, watched: tuple[Page, list[str]]) -> None:
    page, said = watched
    page.goto(f"{laptop}/")
    settle(page)
    page.get_by_role("button", name="Bekijk de voorbeeldwijk").first.click()
    page.get_by_text("Van alle panden naar kansrijk").wait_for()
    settle(page)
    query = page.url.split("?", maxsplit=1)[1]
    for name in PAGES:
        page.goto(f"{laptop}/{name}?{query}")
        settle(page)
        assert "default-src 'none'" in httpx.get(f"{laptop}/{name}", timeout=10).headers["content-security-policy"]
    assert said == []


def test_a_script_that_got_into_the_page_does_not_run(laptop: str, watched: tuple[Page, list[str]]) -> None:
    page, said = watched
    page.goto(f"{laptop}/regels")
    settle(page)
    page.evaluate("""() => {
        const made = (tag, what) => document.body.append(Object.assign(document.createElement(tag), what));
        made('script', {textContent: 'window.gelukt = "inline"'});
        made('script', {src: 'data:text/javascript,window.gelukt="data"'});
        made('script', {src: 'http://127.0.0.1:1/kwaad.js'});
        made('div', {innerHTML: '<img src="x" onerror="window.gelukt=1"><svg onload="window.gelukt=2"></svg>'});
        made('iframe', {srcdoc: '<script>parent.gelukt = "iframe"</script>'});
        made('a', {href: 'javascript:window.gelukt="href"', id: 'kwaad'});
        document.getElementById('kwaad').click();
    }""")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.gelukt") is None
    assert len(said) >= 5


def test_the_theme_is_told_as_streamlit_itself_tells_it(laptop: str) -> None:
    """The server keeps it ready; without that, Streamlit puts it together anew in every run."""
    expected = CustomThemeConfig()
    parts = {"theme": expected, "theme.light": expected.light, "theme.dark": expected.dark, "theme.sidebar": expected.sidebar}
    parts |= {"theme.light.sidebar": expected.light.sidebar, "theme.dark.sidebar": expected.dark.sidebar}
    for name, part in parts.items():
        app_session._populate_theme_msg(part, name)  # what the server replaced
    assert expected.body_font
    assert expected.dark.primary_color
    asked = BackMsg()
    asked.rerun_script.SetInParent()
    for _ in range(2):  # the second visit gets what was kept
        with connect(f"{laptop.replace('http', 'ws')}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as connection:
            connection.send(asked.SerializeToString())
            messages = (ForwardMsg.FromString(content) for content in connection if isinstance(content, bytes))
            told = next(message for message in messages if message.WhichOneof("type") == "new_session")
        assert told.new_session.custom_theme == expected
