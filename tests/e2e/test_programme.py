"""Strategy, programme and lessons in the browser: families on the map, a project that moves, and an evaluation that stays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import PHONE, settle

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a busy machine takes its time
SERIES = "Serie Rietlanden"  # the fifth project of the demo; no other test touches it
LESSON = "Bel de netbeheerder op de eerste dag"


def planned(page: Page) -> list[float]:
    """Return the line "nu gepland" of the target curve as it is drawn."""
    found = page.evaluate(
        "() => { for (const plot of document.querySelectorAll('.js-plotly-plot')) {"
        " const line = (plot.data || []).find(one => one.name === 'nu gepland' && one.type === 'scatter');"
        " if (line) return Array.from(line.y); } return []; }"
    )
    return [float(number) for number in found]


def alternatives(page: Page) -> list[str]:
    """Return the buildings that are said to fill the gap."""
    rows = page.locator("[aria-label^='Gebouwen die het gat'] tbody tr")
    return [row.split("\t")[0] for row in rows.all_inner_texts() if "vult het gat" in row]


def open_programme(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/programma?{demo}&project=5")
    expect(page.get_by_role("heading", name="Doellijn")).to_be_visible()
    settle(page)
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length >= 3")


def test_moving_a_project_a_quarter_moves_the_curve_and_the_alternatives(page: Page, app: str, demo: str) -> None:
    open_programme(page, app, demo)
    row = page.locator("[aria-label='Projecten en mijlpalen'] tr", has_text=SERIES)
    before, chosen = planned(page), alternatives(page)
    homes = float(re.search(r"\t(\d+)", row.inner_text()).group(1))  # type: ignore[union-attr]
    assert "later" not in row.inner_text()
    assert chosen

    page.get_by_role("button", name="Kwartaal later").click()
    expect(page.get_by_text(f"{SERIES} schoof een kwartaal later")).to_be_visible()
    expect(row).to_contain_text("1 kwartaal later")
    expect(page.get_by_text(f"{homes:.0f} woningen minder dan eerst gepland")).to_be_visible()
    settle(page)
    after = planned(page)
    (moved,) = [place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert before[moved] - after[moved] == homes
    assert alternatives(page) != chosen
    assert len(alternatives(page)) > len(chosen)

    # It was kept, and it goes back.
    open_programme(page, app, demo)
    expect(row).to_contain_text("1 kwartaal later")
    assert planned(page) == after
    page.get_by_role("button", name="Kwartaal eerder").click()
    expect(page.get_by_text(f"{SERIES} schoof een kwartaal eerder")).to_be_visible()
    settle(page)
    assert planned(page) == before
    assert alternatives(page) == chosen


def test_an_alternative_becomes_a_project_and_is_no_alternative_any_more(page: Page, app: str, demo: str) -> None:
    open_programme(page, app, demo)
    page.locator("button", has_text="Wat het doel mist").click()
    settle(page)
    chosen = alternatives(page)
    page.get_by_role("button", name="Maak hier een project van").click()
    form = page.locator(".st-key-nieuw_project")
    expect(form.get_by_label("Naam")).to_have_value(chosen[0])
    form.get_by_role("button", name="Maak het project").click()
    expect(page.get_by_text("staat in het programma")).to_be_visible()
    row = page.locator("[aria-label='Projecten en mijlpalen'] tr", has_text=chosen[0]).first
    expect(row).to_be_visible()
    settle(page)
    assert not set(chosen) & set(alternatives(page))
    # Away again, so that the demo is as it was for the other tests.
    choice = page.locator("[data-testid=stSelectbox]", has_text="Project").first.locator("input")
    choice.click()
    choice.press_sequentially(chosen[0])  # the list is long
    page.get_by_role("option", name=re.compile(re.escape(chosen[0]))).click()
    settle(page)
    page.get_by_role("button", name="Meer", exact=True).click()
    page.get_by_role("button", name="Verwijder").click()
    expect(page.get_by_text("is verwijderd")).to_be_visible()


def test_the_largest_families_are_on_the_map_and_in_words(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/strategie?{demo}&deel=Families")
    expect(page.get_by_text(re.compile(r"vormen \d+ families"))).to_be_visible()
    settle(page)
    expect(page.locator("[data-testid=stDeckGlJsonChart] canvas").first).to_be_visible()
    legend = page.locator(".stHtml", has_text="bestaand gebouw").first
    glyphs = [text.strip() for text in legend.locator("span[aria-hidden=true]").all_inner_texts()]
    assert glyphs[:10] == [str(number) for number in range(1, 11)]
    expect(legend).to_contain_text(re.compile(r"Portiekflats 19\d0–19\d9, \d lagen, .*±10 m diep"))
    expect(legend).to_contain_text("MUWI")

    # Without the bouwsysteem the families are larger; the choice stands in the address.
    features = "&".join(f"kenmerken={name}" for name in ("Tijdvak", "Bouwlagen", "Ontsluiting", "Diepte"))
    page.goto(f"{app}/strategie?{demo}&deel=Families&{features}")
    settle(page)
    assert "MUWI" not in page.locator(".stHtml", has_text="bestaand gebouw").first.inner_text()


def test_an_evaluation_is_kept_and_becomes_a_lesson(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/leren?{demo}&leren_deel=Evaluaties")
    settle(page)
    box = page.get_by_role("textbox", name=re.compile("Wat werkte"))
    box.fill(LESSON)
    box.press("Tab")
    settle(page)
    page.get_by_role("button", name="Bewaar de evaluatie").click()
    expect(page.get_by_text("Bewaard: de evaluatie van Ganzenhof")).to_be_visible()
    page.reload()
    expect(page.locator("[data-testid=stMarkdownContainer]", has_text=LESSON).first).to_be_visible()


def test_the_old_address_of_the_examples_still_opens_them(page: Page, app: str, demo: str) -> None:
    page.goto(f"{app}/voorbeelden?{demo}")
    expect(page.get_by_role("heading", name="Leren")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ van \d+ projecten"))).to_be_visible()


PARTS = (
    "strategie?deel=Families",
    "strategie?deel=Gebieden",
    "leren?leren_deel=Lijkt op dit gebouw",
    "leren?leren_deel=Evaluaties",
)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_and_is_accessible(page: Page, app: str, demo: str, part: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{app}/{part}&{demo}")
    settle(page, extra_ms=600)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert serious_violations(page) == []
