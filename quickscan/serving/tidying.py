"""Keeps garbage collection cheap while many people are at work.

Streamlit would look through all that is alive — the imports, and the state of every visitor — after every run of a page or
fragment: with a hundred visitors that is half of all the work. So .streamlit/config.toml switches that off, and what is
alive is set aside (`gc.freeze`) and, while people are at work, every EVERY_S seconds taken back, looked through once, and
set aside again. Nothing is kept that is not needed: what became garbage meanwhile goes at the next turn, and without cycles
at once, as always in Python.
"""

from __future__ import annotations

import gc
import threading

EVERY_S = 10.0
FEWEST = 50  # collections of the youngest generation since the last turn; with fewer nobody is at work


def keep_tidy(stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Take turns until `stop` is set; for a thread of its own."""
    seen = count_collections()
    while not stop.wait(every_s):
        if count_collections() - seen >= FEWEST:
            set_aside()
            seen = count_collections()


def set_aside() -> None:
    """Look through everything once, and leave what is alive out of the next collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def count_collections() -> int:
    """Return how often the youngest generation was collected: a few times in each run of a page."""
    return int(gc.get_stats()[0]["collections"])
