"""Nothing is lost on the screen: a clash shows both answers, earlier ones come back, and what was settled stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import AS_PEOPLE, WIDE, settle
from tests.e2e.test_duo import assert_fits_and_is_accessible

pytestmark = pytest.mark.browser
BUILDING = 6  # place in the list of the demo: no other test answers there
CHOICES = ".st-key-keuzes button"
CHOSEN = f"{CHOICES}[kind=primary]"


@pytest.fixture
def windows(browser: Browser) -> Iterator[tuple[Page, Page]]:
    contexts = [browser.new_context(viewport=WIDE, **AS_PEOPLE) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(30_000)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def open_at(page: Page, app: str, name: str, query: str) -> None:
    page.goto(f"{app}/{name}?{query}")
    settle(page)


def find_building(page: Page, app: str, demo: str, place: int) -> str:
    """Walk to a building and return the query that leads to it."""
    open_at(page, app, "quickscan", demo.split("&pand=", maxsplit=1)[0])
    for _ in range(place):
        page.get_by_role("button", name="Volgende").click()
        settle(page)
    return page.url.split("?", maxsplit=1)[1]


def label(page: Page, place: int) -> str:
    return page.locator(CHOICES).nth(place).locator("p").first.inner_text()


def clash(first: Page, second: Page, app: str, query: str) -> tuple[str, str]:
    """Let two windows answer the same question, and return what the first one said and what the second one wants."""
    for page in (first, second):
        open_at(page, app, "quickscan", query)
    said = label(first, 0), label(first, 1)
    first.locator(CHOICES).nth(0).click()
    expect(first.get_by_text("Bewaard")).to_be_visible()
    second.locator(CHOICES).nth(1).click()
    expect(second.locator(".st-key-botsing")).to_be_visible()
    settle(second)
    return said


def test_a_clash_shows_both_and_what_was_said_earlier_comes_back(windows: tuple[Page, Page], app: str, demo: str) -> None:
    one, other = windows
    query = find_building(one, app, demo, BUILDING)
    first, second = clash(one, other, app, query)
    for words in (first, second, "lokale gebruiker", "nog niet bewaard"):
        expect(other.locator(".st-key-botsing").get_by_text(words).first).to_be_visible()
    expect(other.locator(CHOSEN)).to_contain_text(first)
    assert other.locator("[data-testid=stCaptionContainer]", has_text="Bewaard").count() == 0
    assert_fits_and_is_accessible(other)
    other.set_viewport_size(WIDE)  # type: ignore[arg-type]

    other.get_by_role("button", name="Bewaar dat van mij").click()
    expect(other.locator(CHOSEN)).to_contain_text(second)
    expect(other.locator(".st-key-botsing")).to_have_count(0)
    settle(other)

    # Every version is there, and an earlier one comes back only with a reason.
    other.get_by_role("button", name="Geschiedenis").click()
    expect(other.locator(".versies li")).to_have_count(2)
    expect(other.locator(".versies li").first).to_contain_text(second)
    other.get_by_role("button", name="Zet terug").click()
    expect(other.get_by_text("Schrijf eerst in één zin waarom")).to_be_visible()
    other.get_by_label("Waarom? Eén zin").fill("Samen nagezien")
    other.get_by_role("button", name="Zet terug").click()
    expect(other.get_by_text("is teruggezet")).to_be_visible()
    expect(other.locator(CHOSEN)).to_contain_text(first)
    settle(other)

    # One's own last change is undone, step by step.
    for expected in (second, first):
        other.get_by_role("button", name="Maak ongedaan").click()
        expect(other.locator(CHOSEN)).to_contain_text(expected)
        expect(other.get_by_text("ongedaan gemaakt")).to_be_visible()
        settle(other)

    # The other's answer can stay too; and all of it is in the log, with the reasons.
    clash(one, other, app, query)
    other.get_by_role("button", name="Houd dat van").click()
    expect(other.locator(".st-key-botsing")).to_have_count(0)
    open_at(other, app, "logboek", query)
    with other.expect_download() as download:
        other.get_by_role("button", name="Als CSV").click()
    told = download.value.path().read_text(encoding="utf-8-sig")
    assert "Samen nagezien" in told
    assert "ongedaan gemaakt" in told


def test_what_is_settled_stays_as_it_was_and_comes_out_the_same(page: Page, app: str, demo: str) -> None:
    query = find_building(page, app, demo, BUILDING + 1)
    compare = page.locator("button", has_text="Vergelijk met nu")
    sentence = page.locator(".stHtml p").first
    open_at(page, app, "vastgesteld", query)
    page.get_by_role("button", name="Stel vast").click()
    expect(page.get_by_text("Schrijf eerst in één zin waarom")).to_be_visible()
    page.get_by_label("Waarvoor?").fill("Keuze in het overleg")
    page.get_by_role("button", name="Stel vast").click()
    expect(page.get_by_text("· vaststelling ")).to_be_visible()
    settle(page)
    said = sentence.inner_text()
    page.get_by_role("button", name="Reken na").click()
    expect(page.get_by_text("op precies dezelfde getallen uit")).to_be_visible()
    compare.click()
    expect(page.get_by_text("Er is niets veranderd")).to_be_visible()
    number = page.url.split("vaststelling=", maxsplit=1)[1].split("&", maxsplit=1)[0]

    open_at(page, app, "quickscan", query)
    page.locator(CHOICES).first.click()
    expect(page.get_by_text("Bewaard")).to_be_visible()
    settle(page)
    open_at(page, app, "vastgesteld", f"{query}&vaststelling={number}")
    assert sentence.inner_text() == said
    page.get_by_role("button", name="Reken na").click()
    expect(page.get_by_text("op precies dezelfde getallen uit")).to_be_visible()
    compare.click()
    expect(page.get_by_text("1 antwoord,", exact=False)).to_be_visible()
    settle(page)
    assert_fits_and_is_accessible(page)
