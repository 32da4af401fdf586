"""Tell on the terminal how far a large file is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_S = 1.0


@contextmanager
def show_progress(total: int, *, wanted: bool | None) -> Iterator[Callable[[int], None]]:
    """Give a function to tell how many rows are done. `wanted` None: only when a person is watching."""
    watched = sys.stderr.isatty()
    if not (watched if wanted is None else wanted):
        yield lambda _: None
        return
    last = time.monotonic() - EVERY_S

    def tell(rows: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < EVERY_S and rows < total:
            return
        last = now
        share = f"{rows * 100 // max(total, 1)}%"
        line = f"{_show(rows)} van {_show(total)} gebouwen gelezen en gescoord ({share})"
        if rows >= total:
            line = f"{_show(rows)} gebouwen gelezen en gescoord; nu op volgorde zetten en schrijven …"
        sys.stderr.write(f"\r\x1b[K{line}" if watched else f"{line}\n")
        sys.stderr.flush()

    try:
        yield tell
    finally:
        if watched:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _show(number: int) -> str:
    return f"{number:,}".replace(",", ".")
