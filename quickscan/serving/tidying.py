"""Keeps garbage collection cheap while many people are at work.

Streamlit collects all generations after every run of a page or fragment. What is alive then — the imports, and the state of
every visitor — is looked through each time: with a hundred visitors that is three quarters of all the work. So what is alive
is set aside (`gc.freeze`), and every EVERY_S seconds taken back, looked through once, and set aside again. Nothing is kept
that is not needed: what became garbage meanwhile goes at the next turn, and without cycles at once, as always in Python.
"""

from __future__ import annotations

import gc
import threading

EVERY_S = 10.0
FEWEST = 20  # collections since the last turn; with fewer there is nothing to win


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
    """Return how often the oldest generation was collected."""
    return int(gc.get_stats()[-1]["collections"])
