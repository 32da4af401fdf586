"""Every page opens straight from its address, in Dutch, without faults, without leaving this machine, and accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request

from tests.e2e.browser import PHONE, settle

pytestmark = pytest.mark.browser
PAGES = ("", "portefeuille", "kaart", "quickscan", "gebouw", "vergelijken", "voorbeelden", "regels", "inlezen")
# What Streamlit causes itself and an author cannot avoid; each stands in docs/toegankelijkheid.md.
STREAMLITS_OWN: frozenset[str] = frozenset()


def serious_violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, with the element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"} and violation["id"] not in STREAMLITS_OWN
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_its_address_wide_and_narrow(page: Page, app: str, demo: str, name: str) -> None:
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
    assert serious_violations(page) == []

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    settle(page, extra_ms=600)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert serious_violations(page) == []
    assert left == []
