"""The journey of the issue: a real file, the map, a building, an answer, and it is still there after a reload."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, TimeoutError, expect  # noqa: A004 - Playwright's own

from quickscan.demo import make_neighbourhood
from quickscan.ui.look import ASPECT_NAMES, OORDEEL, VOORSELECTIE
from tests.e2e.browser import settle, write_panden
from tests.e2e.conftest import DEN_HAAG

pytestmark = pytest.mark.browser
NEARLY = 14  # how far a drawn colour may be from the legend's, of 255
SPOT = 5  # pixels: a roof, not an edge


@pytest.fixture(scope="module")
def own_geopackage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's panden in the columns of the BAG, as a municipality would send them."""
    return write_panden(tmp_path_factory.mktemp("gpkg") / "panden.gpkg", make_neighbourhood().buildings)


def load(page: Page, app: str, path: Path) -> str:
    """Load a file through the screen and return the query of its workspace."""
    page.goto(f"{app}/inlezen")
    settle(page)
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name=re.compile(r"Neem [\d.]+ gebouw")).click(timeout=60_000)
    page.get_by_role("button", name="Naar de portefeuille").click(timeout=60_000)
    page.get_by_text("Van alle panden naar kansrijk").wait_for()
    settle(page)
    return page.url.split("?", maxsplit=1)[1]


def band_width(page: Page) -> int:
    """Return the width of the total band on the quick scan page, from its words."""
    words = page.locator(".st-key-paneel [role=img]").first.get_attribute("aria-label") or ""
    low, high = re.search(r"laag (\d+), hoog (\d+)", words).groups()  # type: ignore[union-attr]
    return int(high) - int(low)


def shows_answer(page: Page, aspect: str, answer: str) -> bool:
    """Tell whether the building's page gives an answer under an aspect."""
    page.get_by_role("radio", name=aspect).or_(page.get_by_role("button", name=aspect)).first.click()
    settle(page)
    try:
        page.locator("[data-testid=stExpander] summary", has_text=answer).first.wait_for(timeout=6_000)
    except TimeoutError:
        return False
    return True


def click_a_building(page: Page) -> None:
    """Click on a roof: a spot on the map in one of the legend's colours."""
    canvas = page.locator("[data-testid=stDeckGlJsonChart] canvas").first
    box = canvas.bounding_box()
    assert box is not None
    picture = np.asarray(Image.open(BytesIO(page.screenshot(clip=box))).convert("RGB")).astype(int)  # type: ignore[arg-type]
    legend = [style.color for style in (*OORDEEL.values(), *VOORSELECTIE.values())]
    wanted = np.array([[int(color[place : place + 2], 16) for place in (1, 3, 5)] for color in legend])
    near = (np.abs(picture[:, :, None, :] - wanted).max(axis=-1) <= NEARLY).any(axis=-1)
    whole = np.lib.stride_tricks.sliding_window_view(near, (SPOT, SPOT)).all(axis=(2, 3))
    spots = np.argwhere(whole)
    assert len(spots), "no roof in a colour of the legend on the map"
    for y, x in spots[:: max(1, len(spots) // 5)][:5]:
        page.mouse.click(box["x"] + x + SPOT / 2, box["y"] + y + SPOT / 2)
        shown = page.get_by_role("button", name="Start quick scan")
        try:
            shown.wait_for(timeout=20_000)  # an answer that comes after the next click would be taken back by it
        except TimeoutError:
            continue
        settle(page, extra_ms=1000)
        if shown.is_visible():
            return
    pytest.fail("no building on the map could be clicked")


@pytest.mark.parametrize("source", ["eigen geopackage", "Den Haag"])
def test_from_a_file_over_the_map_to_an_answer_that_stays(page: Page, app: str, own_geopackage: Path, source: str) -> None:
    if source == "Den Haag" and not DEN_HAAG.exists():
        pytest.skip("the folder ../shared/data with the real panden of Den Haag is not beside this checkout")
    query = load(page, app, own_geopackage if source == "eigen geopackage" else DEN_HAAG)

    # Drawing without a graphics card is slow; what is filtered away cannot be picked and costs nothing.
    page.goto(f"{app}/kaart?{query}&toon=in+beeld")
    settle(page, extra_ms=4000)
    click_a_building(page)
    page.get_by_role("button", name="Start quick scan").click()
    page.locator(".st-key-keuzes").wait_for()
    settle(page)

    before = band_width(page)
    question = page.locator("h2").first.inner_text()
    choice = page.locator(".st-key-keuzes button").first
    chosen = choice.locator("p").first.inner_text()
    choice.click()
    page.get_by_text("Bewaard").wait_for()
    settle(page)
    assert band_width(page) < before
    assert page.locator("h2").first.inner_text() != question

    page.reload()
    settle(page)
    assert band_width(page) < before
    page.get_by_role("button", name="Alle vragen").click()
    answered = page.locator("[data-testid=stPopoverBody] button", has=page.get_by_text("check_circle"))
    answered.first.wait_for()
    answered.first.click()
    settle(page)
    expect(page.locator(".st-key-keuzes button[kind=primary] p").first).to_be_visible()
    page.goto(f"{app}/gebouw?{page.url.split('?', maxsplit=1)[1]}")
    settle(page)
    assert any(shows_answer(page, name, chosen) for name in ASPECT_NAMES.values())


def test_keys_answer_and_the_next_question_comes(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/quickscan?{demo}")
    settle(page)
    question = page.locator("h2").first.inner_text()
    page.locator("body").press("1")
    page.get_by_text("Bewaard").wait_for()
    settle(page)
    assert page.locator("h2").first.inner_text() != question


def test_weet_ik_niet_is_saved_and_widens_nothing(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/quickscan?{demo}")
    settle(page)
    before = band_width(page)
    page.get_by_role("button", name=re.compile("Weet ik niet")).click()
    page.get_by_text("Bewaard").wait_for()
    settle(page)
    assert band_width(page) == before


def test_a_list_with_only_wrong_rows_is_refused_with_row_and_advice(page: Page, app: str, tmp_path: Path) -> None:
    broken = tmp_path / "lijst.csv"
    broken.write_text("pand_id;bouwjaar\n0518100000000001;19662\n12;1970\n", encoding="utf-8")
    page.goto(f"{app}/inlezen")
    settle(page)
    page.set_input_files("input[type=file]", str(broken))
    page.get_by_text("2 van 2 rijen geweigerd").wait_for()
    page.get_by_text("Alle rijen zijn geweigerd").wait_for()
    settle(page)
    assert page.get_by_role("button", name=re.compile(r"Neem [\d.]+ gebouw")).count() == 0


def test_a_file_that_is_no_table_gives_a_message_and_the_app_keeps_running(page: Page, app: str, tmp_path: Path) -> None:
    broken = tmp_path / "lijst.xlsx"
    broken.write_bytes(b"geen zip")
    page.goto(f"{app}/inlezen")
    settle(page)
    page.set_input_files("input[type=file]", str(broken))
    page.locator("[data-testid=stAlert]").wait_for()
    assert "Traceback" not in page.inner_text("body")
    page.goto(f"{app}/")
    settle(page)
    expect(page.get_by_role("button", name="Bekijk de voorbeeldwijk").first).to_be_visible()


def test_what_was_saved_at_one_building_is_not_said_at_the_next(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/quickscan?{demo}")
    settle(page)
    page.get_by_role("button", name=re.compile("Weet ik niet")).click()
    page.get_by_text("Bewaard").wait_for()
    settle(page)
    page.get_by_role("button", name="Volgende").click()
    settle(page, extra_ms=800)
    assert page.get_by_text("Bewaard").count() == 0
