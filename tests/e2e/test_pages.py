"""Every page opens straight from its address, in Dutch, without faults, without leaving this machine, and accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from quickscan.demo import make_neighbourhood
from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import PHONE, settle

pytestmark = pytest.mark.browser
PAGES = (
    "",
    "portefeuille",
    "kaart",
    "quickscan",
    "verschillen",
    "sessie",
    "gebouw",
    "vergelijken",
    "leren",
    "strategie",
    "programma",
    "regels",
    "inlezen",
    "businesscase",
    "financieel",
    "vastgesteld",
    "logboek",
    "planning",
    "acties",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_its_address_wide_and_narrow(page: Page, app: str, demo: str, name: str) -> None:
    left: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((app, "data:", "blob:")):
            left.append(request.url)

    page.on("request", watch)
    page.goto(f"{app}/{name}?{demo}")
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "nl"
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("h1").count() == 1
    assert serious_violations(page) == []

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert serious_violations(page) == []
    assert left == []


def test_a_building_out_of_reach_opens_by_its_address_and_not_another_one(page: Page, app: str, demo: str) -> None:
    garage = make_neighbourhood().buildings.query("gebruiksdoel == 'overige gebruiksfunctie'").iloc[0]
    query = f"{demo.split('&', maxsplit=1)[0]}&pand={garage['pand_id']}"
    page.goto(f"{app}/gebouw?{query}")
    settle(page)
    assert garage["pand_id"] in page.url
    page.get_by_role("button", name="Deel", exact=True).click()
    assert str(garage["pand_id"]) in page.locator("[data-testid=stPopoverBody] code").inner_text()


def test_an_unknown_building_is_said_and_the_app_goes_on(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/gebouw?{demo.split('&', maxsplit=1)[0]}&pand=0000000000000000")
    settle(page)
    page.get_by_text("staat niet in deze werkruimte").wait_for()
