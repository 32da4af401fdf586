"""From the start of the process to the first paint in the browser, with an empty database: against `streamlit hello`.

Both start anew each time, and the browser opens a fresh context as soon as the server answers. The goal is about the
first paint, as the browser reports it. Because that is Streamlit's grey skeleton, a second line tells when the page's
heading is there; it has no goal of its own.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.measuring import Result
from benchmarks.serving import PROJECT, start, wait_until_healthy
from tests.e2e.browser import WIDE, chromium

GOAL = 1.3
REPEATS = 5
HELLO = (
    "streamlit",
    "hello",
    "--server.headless",
    "true",
    "--server.address",
    "127.0.0.1",
    "--browser.gatherUsageStats",
    "false",
)


def against_hello() -> Iterator[Result]:
    """Yield the seconds to the start page, beside Streamlit's own demo."""
    pairs = []
    with chromium() as browser:
        for turn in range(REPEATS + 1):  # the first warms the disk's cache and is not counted
            with tempfile.TemporaryDirectory() as folder:
                database = {"QUICKSCAN_DATABASE": f"sqlite:///{Path(folder).as_posix()}/leeg.db"}
                mine = _start(browser, ("quickscan", "app"), "Passen er woningen", "--port", PROJECT, database)
                theirs = _start(browser, HELLO, "Welcome to Streamlit", "--server.port", Path(folder), {})
            if turn:
                pairs.append((mine, theirs))
    for place, name, goal, what in (
        (0, "cold_start", GOAL, "tot de eerste verf in de browser"),
        (1, "cold_start_heading", None, "tot de kop van de pagina zichtbaar is"),
    ):
        value, peer = (statistics.median(pair[who][place] for pair in pairs) for who in (0, 1))
        ratio = statistics.median(mine[place] / theirs[place] for mine, theirs in pairs)
        against = f"`streamlit hello` ({peer:.2f} s); {what}"
        yield Result(name, value, "s", against, ratio, f"≤ {goal}" if goal else None, ratio <= goal if goal else None)


def _start(
    browser: Browser, command: Sequence[str], heading: str, option: str, folder: Path, environment: Mapping[str, str]
) -> tuple[float, float]:
    """Return the seconds from the start of the process until the first paint, and until the heading is visible."""
    with start(command, environment=environment, folder=folder, option=option) as (address, began):
        context = browser.new_context(viewport=WIDE, locale="nl-NL")  # type: ignore[arg-type]
        page = context.new_page()
        wait_until_healthy(address)
        went = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.get_by_text(heading).first.wait_for(state="visible", timeout=60_000)
        seen = time.perf_counter() - began
        paint = page.evaluate("performance.getEntriesByType('paint').map(entry => entry.startTime)")
        context.close()
    return went - began + min(paint) / 1000, seen
