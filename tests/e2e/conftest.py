"""One server with the demo for the whole run, one browser, and a fresh page for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.browser import AS_PEOPLE, WIDE, serve, settle

DEN_HAAG = Path(__file__).resolve().parents[3] / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("app") / "quickscan.db") as address:
        yield address


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One window for all pages of this run: what it fetched and compiled once, it need not fetch again for each test."""
    context = browser.new_context(viewport=WIDE, **AS_PEOPLE)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    opened = window.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()
    window.clear_cookies()


@pytest.fixture(scope="session")
def demo(app: str, browser: Browser) -> str:
    """Open the demo once and return the query that leads to its workspace."""
    page = browser.new_page(viewport=WIDE)
    page.goto(f"{app}/")
    settle(page)
    page.get_by_role("button", name="Bekijk de voorbeeldwijk").first.click()
    page.get_by_text("Van alle panden naar kansrijk").wait_for()
    settle(page)
    query = page.url.split("?", maxsplit=1)[1]
    page.close()
    return query
