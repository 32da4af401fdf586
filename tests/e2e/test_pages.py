"""Every page opens straight from its address, in Dutch, without faults, without leaving this machine, and accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request

from tests.e2e.browser import PHONE, WIDE, settle

pytestmark = pytest.mark.browser
PAGES = ("", "portefeuille", "kaart", "quickscan", "gebouw", "vergelijken", "voorbeelden", "regels", "inlezen")
# What Streamlit causes itself and an author cannot avoid; each stands in docs/toegankelijkheid.md.
STREAMLITS_OWN: frozenset[str] = frozenset()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_its_address(page: Page, app: str, demo: str, name: str) -> None:
    left: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((app, "data:", "blob:")):
            left.append(request.url)

    page.on("request", watch)
    page.goto(f"{app}/{name}?{demo}")
    settle(page, extra_ms=1000)
    assert page.evaluate("document.documentElement.lang") == "nl"
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("h1").count() == 1
    assert left == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["breed", "smal"])
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_accessibility_violation(page: Page, app: str, demo: str, name: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{app}/{name}?{demo}")
    settle(page, extra_ms=1000)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"} and violation["id"] not in STREAMLITS_OWN
        for node in violation["nodes"]
    ]
    assert serious == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_does_not_scroll_sideways(page: Page, app: str, demo: str, name: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{app}/{name}?{demo}")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
