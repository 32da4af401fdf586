"""The business case in a real browser: turn the knobs, fill in parking, huurpunten and maintenance, and see what follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from quickscan.demo import make_neighbourhood
from tests.e2e.browser import settle

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a busy machine is slow, and that is no fault


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


def open_case(page: Page, app: str, query: str, name: str) -> str:
    """Open the case of one of the demo's buildings and return its address."""
    page.set_default_timeout(60_000)
    building = make_neighbourhood().buildings.query("naam == @name").iloc[0]
    page.goto(f"{app}/businesscase?{query.split('&', maxsplit=1)[0]}&pand={building['pand_id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Business case {name}")
    settle(page, extra_ms=400)
    return page.url


def test_the_numbers_follow_the_knobs_and_are_kept(page: Page, app: str, demo: str) -> None:
    address = open_case(page, app, demo, "De Els")
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


WRONG = (  # the group, the field, what is typed, and what is told
    ("Woningen en huur", "Huur in het eerste jaar", "-5", "kan niet"),
    ("Woningen en huur", "Huur in het eerste jaar", "5000", "boven de grens"),
    ("Exploitatie en rente", "Horizon", "0", "Kies een waarde van 1 jaar tot en met 100 jaar"),
    ("Exploitatie en rente", "Disconteringsvoet", "300", "300 % kan niet"),
    ("Bouwkosten", "Leges", "veel", "geen getal"),
    ("Groot onderhoud", "Jaar van groot onderhoud", "1500", "Kies een waarde van 1990"),
)


def test_a_wrong_value_is_told_at_its_field_and_changes_nothing(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "Spreeuwhof B")
    before = figures(page)
    for group, label, typed, told in WRONG:
        chosen = page.get_by_role("radio", name=group)
        if not chosen.is_checked():
            chosen.click()
            settle(page)
        field = page.get_by_role("textbox", name=label).first
        field.fill(typed)
        field.press("Tab")
        alert = page.get_by_role("alert").filter(has_text=told)
        alert.wait_for()
        settle(page)
        assert figures(page) == before, told
        assert page.get_by_role("textbox", name=label).first.input_value() == typed
        top, field_top = alert.bounding_box(), page.get_by_role("textbox", name=label).first.bounding_box()
        assert top is not None
        assert field_top is not None
        assert 0 < top["y"] - field_top["y"] < 150, told


def test_an_end_before_the_start_is_told_at_its_field(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "De Wulp")
    page.get_by_role("radio", name="Planning").click()
    for label, day in (("Start van de bouw", "01032029"), ("Oplevering", "01032028")):
        first = page.get_by_role("spinbutton", name=f"day, {label}")
        first.click()
        page.keyboard.type(day)
        page.keyboard.press("Escape")  # the calendar; the day counts once the field is left
        page.keyboard.press("Tab")
        settle(page)
    alert = page.get_by_role("alert").filter(has_text="ligt vóór")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("Oplevering")


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


def test_a_norm_from_a_file_a_count_and_the_balance_reaches_the_scan(page: Page, app: str, demo: str, tmp_path: Path) -> None:
    address = open_case(page, app, demo, "Spreeuwhof A")
    norms = tmp_path / "normen.csv"
    norms.write_text(
        "gemeente;soort;naam;zone;waarde;bezoekers;bron\n"
        "Buurmeer;norm;sociale huur klein;schil;0,6;0,1;Parkeernota 2025\n"
        "Buurmeer;norm;zonder bron;;0,6;;\n",
        encoding="utf-8",
    )
    page.get_by_text("Normtabel van deze werkruimte").click()
    page.locator("[data-testid=stExpander] input[type=file]").set_input_files(norms)
    expect(page.get_by_text("1 regel overgenomen uit normen.csv.")).to_be_visible()
    expect(page.get_by_text("rij 3, kolom 'bron'")).to_be_visible()

    page.get_by_text("Parkeren invullen").click()
    page.get_by_role("combobox", name="Norm uit de tabel").click()
    page.get_by_role("option", name="sociale huur klein").click()
    expect(page.get_by_role("region", name="Parkeerbalans")).to_contain_text("Parkeernota 2025")
    page.get_by_label("Plekken die er zijn").fill("200")
    page.get_by_label("Plekken die bezet zijn").fill("10")
    page.get_by_role("button", name="Bewaar de telling").click()
    expect(page.get_by_text("Het parkeren sluit.")).to_be_visible()

    page.goto(address.replace("/businesscase", "/gebouw"))
    settle(page)
    expect(page.get_by_text("uit de businesscase").first).to_be_attached()


def test_the_huurpunten_are_counted_and_a_rent_above_them_is_told_at_its_field(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "Lijsterhof B")
    page.get_by_text("Woning voor de huurpunten").click()
    page.get_by_role("combobox", name="Soort woning").click()
    page.get_by_role("option", name="studio").click()
    page.get_by_role("button", name="Tel de huurpunten").click()
    expect(page.get_by_text("121 huurpunten", exact=True)).to_be_visible(timeout=60_000)
    settle(page)
    rent = page.get_by_role("textbox", name="Huur in het eerste jaar").first
    rent.fill("800")
    rent.press("Tab")
    expect(page.get_by_role("alert").filter(has_text="boven de hoogste huur van € 781,85").first).to_be_visible()


def test_a_complex_is_worked_out_as_one_and_kept_in_the_address(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "Dahliahof A")
    page.get_by_role("radio", name="Hele complex").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Business case complex 1218")
    expect(page.get_by_text("4 gebouwen samen: Dahliahof A")).to_be_visible()
    page.goto(page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Business case complex 1218")


def test_a_year_of_maintenance_and_a_saved_work_show_in_the_waterfall(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "Lavasgaarde A")
    page.get_by_text("Onderhoud invullen").click()
    for label, typed in (("Jaar van groot onderhoud", "2030"), ("Bespaard gevelwerk", "100.000")):
        field = page.get_by_role("textbox", name=label).first
        field.fill(typed)
        field.press("Tab")
        settle(page)
    expect(page.locator("[aria-label^='Van investering naar tekort']").first).to_have_attribute(
        "aria-label", re.compile("Gevelwerk dat vervalt")
    )
    expect(page.get_by_text("Groot onderhoud staat gepland in")).to_contain_text("2030")


def test_on_paper_every_number_stands_with_its_source(page: Page, app: str, demo: str) -> None:
    open_case(page, app, demo, "Spreeuwhof B")
    table = page.locator(".alleen-papier")
    expect(table).to_be_hidden()
    page.emulate_media(media="print")
    expect(table).to_be_visible()
    expect(table).to_contain_text("aanname")
    expect(page.get_by_role("slider", name="Bouwkosten per woning")).to_be_hidden()
