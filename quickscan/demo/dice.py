"""Draws that never change: the same key gives the same number on every machine, on every day.

A draw hangs on its own key only, so that adding a building leaves all others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

SEED = "waterland-2026"
T = TypeVar("T")


def draw(*key: object) -> float:
    """Return a number in [0, 1) that belongs to this key."""
    text = "|".join([SEED, *map(str, key)])
    # A second round spreads keys that differ in their last letter only.
    return crc32(f"{crc32(text.encode()):08x}{text[::-1]}".encode()) / 2**32


def pick(options: Sequence[T], *key: object) -> T:
    """Return one of the options; list an option twice to see it twice as often."""
    return options[int(draw(*key) * len(options))]
