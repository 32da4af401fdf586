"""From the start of the process to the first text in the browser, with an empty database: against `streamlit hello`.

Both start anew each time, the browser opens a fresh context as soon as the server answers, and the clock stops when the
page's heading is visible. Before that a browser only shows Streamlit's grey skeleton, which says nothing about us.
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
    value, peer = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    against = f"`streamlit hello` ({peer:.2f} s); tot de kop van de startpagina zichtbaar is"
    yield Result("cold_start", value, "s", against, ratio, f"≤ {GOAL}", ratio <= GOAL)


def _start(
    browser: Browser, command: Sequence[str], heading: str, option: str, folder: Path, environment: Mapping[str, str]
) -> float:
    """Return the seconds from the start of the process until the heading is visible."""
    with start(command, environment=environment, folder=folder, option=option) as (address, began):
        context = browser.new_context(viewport=WIDE, locale="nl-NL")  # type: ignore[arg-type]
        page = context.new_page()
        wait_until_healthy(address)
        page.goto(address, wait_until="commit")
        page.get_by_text(heading).first.wait_for(state="visible", timeout=60_000)
        seconds = time.perf_counter() - began
        context.close()
    return seconds
