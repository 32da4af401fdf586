"""From verdict to plan in a real browser: past the season and see the wait; an action on the board and in the calendar."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from quickscan.domain.schedule.story import MONTHS
from tests.e2e.browser import settle

pytestmark = pytest.mark.browser
PAND, NAME = "9999100004101119", "De Karekiet"  # kansrijk, without animals or lessons as the demo has it
WAIT_MS = 30_000
OWNER = "Noor van de gemeente"
TITLE = "Tekeningen en berekeningen zoeken in het archief"


def tenant(page: Page) -> int:
    """Return the likely month of the first tenant, counted in months."""
    words = page.locator(".mijlpalen > div:last-child dd").first.inner_text()
    name, year = words.splitlines()[0].split()
    return int(year) * 12 + MONTHS.index(name)


def start_shown(page: Page, day: date) -> Locator:
    """Return the mark on the slider, once it stands on a day."""
    return page.locator("[data-testid=stSliderThumbValue]").filter(has_text=f"{day:%d-%m-%Y}")


def type_date(page: Page, label: str, day: date, *, then: Locator) -> None:
    """Type a day in a date field, close the calendar that opened with it, and go on elsewhere: then it counts."""
    page.get_by_role("spinbutton", name=f"day, {label}").click()
    page.keyboard.type(f"{day:%d%m%Y}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("gridcell").first).to_be_hidden(timeout=WAIT_MS)
    then.click()


def test_from_verdict_to_plan_and_past_the_season_one_waits(page: Page, app: str, demo: str) -> None:
    query = f"{demo.split('&', maxsplit=1)[0]}&pand={PAND}"
    page.goto(f"{app}/gebouw?{query}")
    settle(page)
    expect(page.get_by_text("✓ kansrijk").first).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Naar de planning").click()
    expect(page.get_by_role("heading", name=f"Planning {NAME}")).to_be_visible(timeout=WAIT_MS)
    settle(page)

    # Bats have to be counted, and step 3 begins in spring: the season is made.
    page.get_by_role("button", name="Vleermuizen").click()
    expect(page.get_by_text("Bewaard door")).to_be_visible(timeout=WAIT_MS)
    settle(page)
    start = date(date.today().year + 1, 12, 1)  # noqa: DTZ011 - the app counts days as people here do
    type_date(page, "Of kies een dag", start, then=page.get_by_role("button", name="Zet", exact=True))
    expect(start_shown(page, start)).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("Het seizoen wordt gehaald")).to_be_visible(timeout=WAIT_MS)
    settle(page)
    before = tenant(page)

    # Drag the start four months on, past the season: waiting is told, and the first tenant moves in much later.
    slider = page.get_by_role("slider", name="Stap 1 begint op")
    slider.focus()
    for _ in range(17):
        page.keyboard.press("ArrowRight")
    waiting = page.get_by_text(re.compile(r"Wachten op het seizoen: \d+ maanden"))
    expect(waiting).to_be_visible(timeout=WAIT_MS)
    weeks = round((start - date.today()).days / 7) + 17  # noqa: DTZ011 - the slider moves by weeks from today on
    expect(start_shown(page, date.today() + timedelta(weeks=weeks))).to_be_visible(timeout=WAIT_MS)  # noqa: DTZ011
    settle(page)
    assert tenant(page) - before >= 8, "four months of start and at least four of waiting"
    told = re.search(r"seizoen: (\d+)", waiting.inner_text())
    assert told is not None
    assert int(told[1]) >= 4
    page.reload()
    expect(page.get_by_text(re.compile(r"Wachten op het seizoen"))).to_be_visible(timeout=WAIT_MS)


def test_an_action_that_somebody_got_stands_on_the_board_and_in_the_calendar(page: Page, app: str, demo: str) -> None:
    """It is due in four weeks, as long as it takes: so it has to begin today."""
    query = f"{demo.split('&', maxsplit=1)[0]}&pand={PAND}"
    page.goto(f"{app}/acties?{query}&weergave=Dit+gebouw")
    settle(page)
    page.get_by_text("3. Haalbaarheid").click()
    page.get_by_role("button", name=TITLE).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Wie?").fill(OWNER)
    due = date.today() + timedelta(weeks=4)  # noqa: DTZ011
    type_date(page, "Afgesproken klaar op (leeg: volgt de planning)", due, then=dialog.get_by_label("Notitie"))
    dialog.get_by_role("button", name="Bewaar").click()
    expect(dialog).to_be_hidden(timeout=WAIT_MS)
    settle(page)

    page.goto(f"{app}/acties?{query}")
    settle(page)
    page.get_by_role("combobox", name="Van wie?").click()
    page.get_by_role("option", name=OWNER).click()
    card = page.locator(".st-key-kolom_" + MONTHS[date.today().month - 1]).get_by_role("button", name=TITLE)  # noqa: DTZ011
    expect(card).to_be_visible(timeout=WAIT_MS)
    assert NAME in card.inner_text()
    assert OWNER in card.inner_text()
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Agenda (.ics)").click()
    calendar = Calendar.from_ical(download.value.path().read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert str(event["summary"]) == f"{TITLE} – {NAME}"
    assert OWNER in str(event["description"])
    assert event.decoded("dtstart") == date.today()  # noqa: DTZ011
    assert str(event["uid"]).endswith(f"{PAND}-archiefonderzoek@quickscan-optoppen")


def test_a_wish_before_the_start_is_told_and_changes_nothing(page: Page, app: str, demo: str) -> None:
    query = f"{demo.split('&', maxsplit=1)[0]}&pand=9999100004101132"
    page.goto(f"{app}/planning?{query}")
    settle(page)
    before = tenant(page)
    past = date.today() - timedelta(days=400)  # noqa: DTZ011
    type_date(page, "Wensdatum van de eerste huurder", past, then=page.get_by_role("heading", level=1))
    expect(page.get_by_text("De wensdatum ligt vóór de start")).to_be_visible(timeout=WAIT_MS)
    settle(page)
    assert tenant(page) == before


def test_a_task_without_a_name_is_a_gap_until_somebody_has_it(page: Page, app: str, demo: str) -> None:
    query = f"{demo.split('&', maxsplit=1)[0]}&pand=9999100004101132"
    page.goto(f"{app}/acties?{query}&weergave=Rollen")
    settle(page)
    expect(page.get_by_text("15 van de 15 taken hebben nog geen naam")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("textbox", name="4. Meedoen organiseren").fill("Noor")
    page.get_by_role("button", name="Bewaar", exact=True).click()
    expect(page.get_by_text("14 van de 15 taken hebben nog geen naam")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Vul in wie het meestal doet").click()
    expect(page.get_by_text("Alle 15 taken hebben een naam")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("textbox", name="4. Meedoen organiseren")).to_have_value("Noor", timeout=WAIT_MS)
