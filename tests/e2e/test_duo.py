"""A duo in two windows: apart without a leak, ready, revealed, differing, agreed with a reason, and all of it still there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import AS_PEOPLE, PHONE, WIDE, press_slowly, settle
from tests.e2e.test_pages import serious_violations

pytestmark = pytest.mark.browser
NOTE = "Tekening uit 1964 gezien bij de constructeur"
REASON = "Samen nagezien in het archief"
APART = "De corporatie wil eerst onderzoek, zegt j.jansen@example.nl"  # with a warning, which must move nothing either
OTHERS = ("portefeuille", "vergelijken")
BUILDING = 5  # place in the list of the demo: no other test answers there


@pytest.fixture
def windows(browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Two windows that share nothing but the server."""
    contexts = [browser.new_context(viewport=WIDE, **AS_PEOPLE) for _ in range(2)]
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def find_building(page: Page, app: str, demo: str) -> str:
    """Walk to a building and return the query that leads to it."""
    page.goto(f"{app}/quickscan?{demo}")
    settle(page)
    for _ in range(BUILDING):
        page.get_by_role("button", name="Volgende").click()
        settle(page)
    return page.url.split("?", maxsplit=1)[1].split("&als=")[0]


def answer_as(page: Page, app: str, query: str, who: str, picks: tuple[int, ...]) -> None:
    """Answer a few questions in the order of the list, with a note at the first."""
    page.goto(f"{app}/quickscan?{query}&als={who}&volgorde=Bouwtechnisch")
    settle(page)
    for place, pick in enumerate(picks):
        if not place:
            page.get_by_label("Notitie").fill(f"{NOTE} ({who})")
            page.get_by_label("Notitie").press("Tab")
            settle(page)
        page.locator(".st-key-keuzes button").nth(pick).click()
        page.get_by_text("Bewaard").wait_for()
        settle(page)


def assert_nothing_leaks(page: Page, app: str, query: str, words: str, *, also: tuple[str, ...] = ()) -> None:
    """Look for words in the whole document of the pages that show answers, and of others that know the building."""
    for name in ("quickscan", "gebouw", "verschillen", *also):
        page.goto(f"{app}/{name}?{query}")
        settle(page)
        assert words not in page.content(), name


def assert_fits_and_is_accessible(page: Page) -> None:
    """Look at a page on a large and a small screen."""
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settle(page, extra_ms=600)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert serious_violations(page) == []


def shown_score(page: Page, place: int) -> str:
    """Return the band of a score card in words."""
    return page.locator(".duo-scores [role=img]").nth(place).get_attribute("aria-label") or ""


def test_apart_then_revealed_then_agreed_with_a_reason(windows: tuple[Page, Page], app: str, demo: str) -> None:
    gemeente, corporatie = windows
    query = find_building(gemeente, app, demo)
    answer_as(gemeente, app, query, "Gemeente", (0, 0, 0, 0))
    expect(gemeente.get_by_text("Score van de gemeente")).to_be_visible()
    answer_as(corporatie, app, query, "Corporatie", (1, 0, 1, 0))

    expect(corporatie.locator(".duo-stand")).to_contain_text("Gemeente: 4 van")
    assert_nothing_leaks(corporatie, app, f"{query}&als=Corporatie", f"{NOTE} (Gemeente)", also=OTHERS)
    assert_nothing_leaks(gemeente, app, f"{query}&als=Gemeente", f"{NOTE} (Corporatie)")
    assert_nothing_leaks(gemeente, app, query, NOTE)  # together does not know yet either
    expect(gemeente.get_by_text("Gemeente en corporatie zijn nog niet klaar")).to_be_visible()

    # The second one that is ready opens the answers, in the other's window too.
    gemeente.goto(f"{app}/verschillen?{query}&als=Gemeente")
    settle(gemeente)
    gemeente.get_by_role("button", name="Klaar met dit gebouw").click()
    expect(gemeente.get_by_text("Corporatie is nog niet klaar")).to_be_visible()
    corporatie.goto(f"{app}/quickscan?{query}&als=Corporatie")
    settle(corporatie)
    corporatie.get_by_role("button", name="Klaar met dit gebouw").click()
    expect(corporatie.get_by_text("Wat ieder apart zei, staat nu vast")).to_be_visible()
    expect(gemeente.locator(".duo-scores")).to_be_visible()
    settle(gemeente)
    assert "(Corporatie)" in gemeente.content()
    expect(gemeente.get_by_text(re.compile(r"Nog 2 van 2 te bespreken"))).to_be_visible()
    assert shown_score(gemeente, 0) != shown_score(gemeente, 1)

    # Not without a reason; with one, together's score moves and the individual scores stay.
    before = [shown_score(gemeente, place) for place in range(3)]
    gemeente.get_by_role("button", name="Kies antwoord gemeente").click()
    expect(gemeente.get_by_text("Schrijf eerst in één zin waarom")).to_be_visible()
    gemeente.get_by_label("Waarom?").fill(REASON)
    press_slowly(gemeente, gemeente.get_by_role("button", name="Kies antwoord gemeente"))  # the refusal stays until then
    expect(gemeente.get_by_text("Nog 1 van 2 te bespreken · 1 eens geworden")).to_be_visible()
    settle(gemeente)
    after = [shown_score(gemeente, place) for place in range(3)]
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    gemeente.get_by_label("Waarom?").fill(APART)
    press_slowly(gemeente, gemeente.get_by_role("button", name="We zijn het oneens"))  # and so does what was kept
    expect(gemeente.get_by_text("Alle verschillen zijn besproken")).to_be_visible()
    settle(gemeente)
    assert shown_score(gemeente, 2) == after[2]

    # Reloaded, and in the other window, all of it is there.
    for page in (gemeente, corporatie):
        page.goto(f"{app}/verschillen?{query}")
        settle(page)
        assert [shown_score(page, place) for place in range(3)] == after
        for said in (REASON, APART):
            page.locator(".st-key-verschillijst button", has_text="eens geworden" if said == REASON else "· oneens").click()
            expect(page.get_by_text(said)).to_be_visible()
            settle(page)
    assert_fits_and_is_accessible(gemeente)


def test_together_chooses_as_whom_to_answer_and_can_open_alone(page: Page, app: str, demo: str) -> None:
    query = find_building(page, app, demo).split("&pand=", maxsplit=1)[0]
    page.goto(f"{app}/verschillen?{query}")
    settle(page)
    page.get_by_role("button", name="Antwoord als corporatie").click()
    page.locator(".duo-stand").wait_for()
    settle(page)
    expect(page.locator(".duo-stand")).to_contain_text("Corporatie (jij)")
    assert "als=Corporatie" in page.url
    page.reload()
    settle(page)
    expect(page.locator(".duo-stand")).to_contain_text("Corporatie (jij)")
    page.goto(f"{app}/verschillen?{query}")
    settle(page)
    page.get_by_role("button", name="Nu onthullen").click()
    page.get_by_role("button", name="Ja, onthul").click()
    expect(page.get_by_text("verschillen nergens van mening")).to_be_visible()
