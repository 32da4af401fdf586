"""Bringing in files as a person does: a list with faults, mended and sent again, seen on the map, and taken back."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from quickscan.demo import make_neighbourhood
from tests.e2e.browser import settle, write_panden
from tests.e2e.conftest import DEN_HAAG

pytestmark = pytest.mark.browser
MESSY = DEN_HAAG.parents[1] / "messy" / "corporatie_export.xlsx"
COUNT = 24


@pytest.fixture(scope="module")
def own_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A list of an owner with two rows that cannot be right, and the panden it is about as a register would give them."""
    buildings = make_neighbourhood().buildings.head(COUNT)
    folder = tmp_path_factory.mktemp("bestanden")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Bezit van Woonstichting Fictief"])
    sheet.append([])
    sheet.append(["BAG pand", "Complexnaam", "Bouwjr", "Aantal VHE", "Dak", "Huurder"])
    for place, pand_id in enumerate(buildings["pand_id"]):
        year = "19662" if place == 3 else "1964"
        homes = "24 + 2" if place == 7 else "24"
        sheet.append([str(pand_id), f"Blok {place}", year, homes, "PLAT", "Mevrouw De Vries"])
    book.save(folder / "bezit.xlsx")
    return folder / "bezit.xlsx", write_panden(folder / "panden.gpkg", buildings)


def bring_in(page: Page, *paths: Path) -> None:
    """Choose files and wait for the preview."""
    page.locator("input[type=file]").set_input_files([str(path) for path in paths])
    page.get_by_role("heading", name="Dit gaat er gebeuren").wait_for(timeout=60_000)
    settle(page)


def take_faults(page: Page, path: Path) -> Path:
    """Download the rows to mend."""
    with page.expect_download() as coming:
        page.get_by_role("button", name="Te verbeteren rijen").click()
    coming.value.save_as(path)
    return path


def confirm(page: Page) -> str:
    """Say yes and return what was kept."""
    page.get_by_role("button", name=re.compile(r"Neem [\d.]+ gebouw")).click()
    kept = page.get_by_text(re.compile(r"Bewaard: .*import \d+"))
    kept.wait_for()
    settle(page)
    return kept.inner_text()


def mend(path: Path, repairs: dict[str, str]) -> Path:
    """Write the right values over the wrong ones, as a person would in the workbook, and save it elsewhere."""
    book = load_workbook(BytesIO(path.read_bytes()))
    sheet = book["Te verbeteren"]
    mended = 0
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str) and cell.value in repairs:
                cell.value = repairs[cell.value]
                mended += 1
    assert mended == len(repairs)
    book.save(path.with_name("verbeterd.xlsx"))
    return path.with_name("verbeterd.xlsx")


def test_a_list_with_faults_is_mended_sent_again_mapped_and_taken_back(
    page: Page, app: str, own_files: tuple[Path, Path], tmp_path: Path
) -> None:
    page.goto(f"{app}/inlezen")
    settle(page)
    bring_in(page, *own_files)
    expect(page.get_by_text(f"2 van {COUNT} rijen geweigerd")).to_be_visible()
    expect(page.get_by_text("herkend als BAG-panden")).to_be_visible()
    assert "De Vries" not in page.locator("[data-testid=stMain]").inner_text()
    faults = take_faults(page, tmp_path / "fouten.xlsx")
    assert b"De Vries" not in faults.read_bytes()
    assert f"{COUNT - 2} gebouwen nieuw" in confirm(page)

    # The rows that came back mended go to the same workspace without being told so.
    bring_in(page, mend(faults, {"19662": "1966", "24 + 2": "26"}))
    expect(page.get_by_text("geen fouten")).to_be_visible()
    assert "2 gebouwen nieuw" in confirm(page)
    query = page.url.split("?", maxsplit=1)[1]

    page.goto(f"{app}/portefeuille?{query}")
    page.get_by_text("Van alle panden naar kansrijk").wait_for()
    settle(page)
    page.goto(f"{app}/kaart?{query}")
    page.locator("[data-testid=stDeckGlJsonChart] canvas").first.wait_for()
    settle(page)

    page.goto(f"{app}/inlezen?{query}")
    settle(page)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Wat veranderde er?").click()
    coming.value.save_as(tmp_path / "import-2.csv")
    assert (tmp_path / "import-2.csv").read_text(encoding="utf-8-sig").count("Gebouw toegevoegd") == 2
    page.get_by_role("button", name="Maak import 2 ongedaan").click()
    page.get_by_role("button", name="Ja, maak ongedaan").click()
    expect(page.get_by_text("Import 2 is ongedaan gemaakt: 2 gebouwen weg")).to_be_visible()


@pytest.mark.skipif(not MESSY.exists(), reason="the folder ../shared/data with the messy list is not beside this checkout")
def test_the_messy_list_goes_from_upload_to_map(page: Page, app: str, tmp_path: Path) -> None:
    page.goto(f"{app}/inlezen")
    settle(page)
    bring_in(page, MESSY, DEN_HAAG)
    expect(page.get_by_text("6 van 120 rijen geweigerd")).to_be_visible()
    faults = take_faults(page, tmp_path / "fouten.xlsx")
    assert "114 gebouwen nieuw" in confirm(page)
    bring_in(page, mend(faults, {"19662": "1966", "24 + 2": "26", "-4": "4"}))
    assert "3 gebouwen nieuw" in confirm(page)
    query = page.url.split("?", maxsplit=1)[1]
    page.goto(f"{app}/kaart?{query}")
    page.locator("[data-testid=stDeckGlJsonChart] canvas").first.wait_for()
    settle(page)
