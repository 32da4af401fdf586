"""Screenshots of every page, wide and narrow: `python -m tests.e2e.screenshots FOLDER` (or `make screenshots`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.e2e.browser import AS_PEOPLE, PHONE, WIDE, chromium, serve, settle

NAMES = (
    "start",
    "portefeuille",
    "kaart",
    "quickscan",
    "gebouw",
    "vergelijken",
    "verschillen",
    "vastgesteld",
    "logboek",
    "sessie",
    "businesscase",
    "financieel",
    "planning",
    "acties",
    "leren",
    "strategie",
    "programma",
    "regels",
    "inlezen",
)


def take(folder: Path) -> None:
    """Start the app on a fresh database, open the demo, and photograph every page."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch) / "quickscan.db") as address, chromium() as browser:
        page = browser.new_context(viewport=WIDE, **AS_PEOPLE).new_page()
        page.goto(address)
        settle(page)
        page.get_by_role("button", name="Bekijk de voorbeeldwijk").first.click()
        page.get_by_text("Van alle panden naar kansrijk").wait_for()
        settle(page)
        query = page.url.split("?", maxsplit=1)[1]
        for name in NAMES:
            for size, suffix in ((WIDE, "breed"), (PHONE, "smal")):
                page.set_viewport_size(size)
                page.goto(f"{address}/{'' if name == 'start' else name}?{query}")
                settle(page, extra_ms=4000 if name == "kaart" else 1200)
                page.screenshot(path=str(folder / f"{name}-{suffix}.png"))
                print(folder / f"{name}-{suffix}.png")  # noqa: T201 - what was made


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/schermen"))
