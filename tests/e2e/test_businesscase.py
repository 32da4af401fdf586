"""The business case in a real browser: switch verduurzaming on, move the build cost, see the numbers follow, and find it kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import settle

pytestmark = pytest.mark.browser


def figures(page: Page) -> dict[str, str]:
    """Return the figures at the top by their name."""
    cells = page.locator(".kerncijfers > div").all()
    return {cell.locator("dt").inner_text(): cell.locator("dd").inner_text() for cell in cells}


def euros(text: str) -> int:
    """Return the number in an amount."""
    number = int(re.sub(r"\D", "", text))
    return -number if text.startswith("−") else number


def verdict(page: Page) -> str:
    """Return the words of the chip behind the title."""
    return page.locator(".st-key-kop .stHtml").inner_text()


def tornado(page: Page) -> str:
    return str(page.locator("[aria-label^='Wat maakt het meeste uit']").first.get_attribute("aria-label"))


def open_case(page: Page, app: str, query: str, place: int) -> str:
    """Open the case of one of the demo's buildings and return its address."""
    page.set_default_timeout(15_000)
    page.goto(f"{app}/businesscase?{query}")
    settle(page)
    first = page.locator("h1").inner_text()
    page.locator(".st-key-gebouwnaam input").click()
    page.get_by_role("option").nth(place).click()
    page.wait_for_function("first => document.querySelector('h1')?.innerText !== first", arg=first)
    settle(page, extra_ms=400)
    return page.url


def test_the_numbers_follow_the_knobs_and_are_kept(page: Page, app: str, demo: str) -> None:
    address = open_case(page, app, demo, 2)
    before, chip, swings = figures(page), verdict(page), tornado(page)

    page.locator(".st-key-onderdelen").get_by_text("Verduurzamen").click()
    page.get_by_text("Optoppen + verduurzamen").first.wait_for()
    settle(page, extra_ms=500)
    greener = figures(page)
    assert euros(greener["NCW per nieuwe woning"]) < euros(before["NCW per nieuwe woning"])
    assert verdict(page) != chip
    assert tornado(page) != swings
    assert "Verduurzaming" in tornado(page)

    slider = page.get_by_role("slider", name="Bouwkosten per woning")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "before => document.querySelector('.kerncijfers dd')?.innerText !== before", arg=greener["NCW per nieuwe woning"]
    )
    settle(page, extra_ms=800)
    cheaper = figures(page)
    assert euros(cheaper["NCW per nieuwe woning"]) > euros(greener["NCW per nieuwe woning"])

    page.goto(address)
    settle(page, extra_ms=600)
    assert figures(page) == cheaper
    assert page.locator(".st-key-onderdelen").get_by_role("switch", name="Verduurzamen").is_checked()


@pytest.mark.parametrize(
    ("group", "label", "typed", "told"),
    [
        ("Woningen en huur", "Huur in het eerste jaar", "-5", "kan niet"),
        ("Woningen en huur", "Huur in het eerste jaar", "5000", "boven de grens"),
        ("Exploitatie en rente", "Horizon", "0", "Kies een waarde van 1 jaar tot en met 100 jaar"),
        ("Exploitatie en rente", "Disconteringsvoet", "300", "300 % kan niet"),
        ("Bouwkosten", "Leges", "veel", "geen getal"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_changes_nothing(
    page: Page, app: str, demo: str, group: str, label: str, typed: str, told: str
) -> None:
    open_case(page, app, demo, 6)
    before = figures(page)
    if group != "Woningen en huur":
        page.get_by_role("radio", name=group).click()
        settle(page)
    field = page.get_by_role("textbox", name=label).first
    field.fill(typed)
    field.press("Tab")
    alert = page.get_by_role("alert").filter(has_text=told)
    alert.wait_for()
    settle(page)
    assert figures(page) == before
    assert page.get_by_role("textbox", name=label).first.input_value() == typed
    top, field_top = alert.bounding_box(), page.get_by_role("textbox", name=label).first.bounding_box()
    assert top is not None
    assert field_top is not None
    assert 0 < top["y"] - field_top["y"] < 150


def test_the_budget_line_says_which_buildings_fit(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/financieel?{demo}")
    settle(page)
    words = page.get_by_text(re.compile(r"gebouwen door, samen"))
    before = words.inner_text()
    slider = page.get_by_role("slider", name="Budget")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("before => ![...document.querySelectorAll('p')].some(p => p.innerText === before)", arg=before)
    settle(page)
    fewer = page.get_by_text(re.compile(r"gebouwen door, samen")).inner_text()
    assert int(re.search(r"kunnen (\d+)", fewer)[1]) < int(re.search(r"kunnen (\d+)", before)[1])  # type: ignore[index]
