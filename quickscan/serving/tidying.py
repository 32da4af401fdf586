"""Keeps garbage collection cheap while many people are at work.

Streamlit would look through all that is alive — the imports, and the state of every visitor — after every run of a page or
fragment: with a hundred visitors that is half of all the work. So .streamlit/config.toml switches that off. Instead, while
people are at work, every EVERY_S seconds what is new is looked through once and what of it is alive is set aside
(`gc.freeze`); at every WHOLE-th turn what was set aside is taken back and looked through too, which holds everybody up for a
few tenths of a second. Nothing is kept that is not needed: what became garbage goes at the next turn, or when it was set
aside before that at the next whole one; and without cycles at once, as always in Python.
"""

from __future__ import annotations

import gc
import threading

EVERY_S = 10.0
WHOLE = 6  # turns
FEWEST = 50  # collections of the youngest generation since the last turn; with fewer nobody is at work


def keep_tidy(stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Take turns until `stop` is set; for a thread of its own."""
    seen, turns = count_collections(), 0
    while not stop.wait(every_s):
        if count_collections() - seen >= FEWEST:
            set_aside(whole=turns % WHOLE == 0)
            seen, turns = count_collections(), turns + 1


def set_aside(*, whole: bool) -> None:
    """Look through what is new, or through everything, and leave what is alive out of the next collections."""
    if whole:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


def count_collections() -> int:
    """Return how often the youngest generation was collected: a few times in each run of a page."""
    return int(gc.get_stats()[0]["collections"])
