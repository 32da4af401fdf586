"""What is alive is set aside from garbage collection, and what became garbage goes at the next turn."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from quickscan.serving import tidying


class Node:
    """Something in a circle with itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Leave the other tests a collector that sees everything, and no automatic collection in the middle of these."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_alive_is_not_looked_through_again() -> None:
    kept = [Node() for _ in range(1_000)]
    tidying.set_aside()
    aside = gc.get_freeze_count()
    assert aside >= len(kept)
    assert len(gc.get_objects()) < 1_000  # what a collection still has to look through


def test_what_became_garbage_after_it_was_set_aside_goes_at_the_next_turn() -> None:
    node = Node()
    seen = weakref.ref(node)
    tidying.set_aside()
    del node
    gc.collect()
    assert seen() is not None  # set aside, so a collection leaves it alone
    tidying.set_aside()
    assert seen() is None


class Waits(threading.Event):
    """A clock for the test: each wait is over at once, after as many collections as it is told."""

    def __init__(self, *collections: int) -> None:
        super().__init__()
        self._left = list(collections)
        self.frozen: list[bool] = []  # at each wait: was anything set aside since the last one?

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == tidying.EVERY_S
        self.frozen.append(gc.get_freeze_count() > 0)
        gc.unfreeze()
        if not self._left:
            return True
        for _ in range(self._left.pop(0)):
            gc.collect(0)
        return False


def test_it_takes_a_turn_when_there_was_work_and_none_when_there_was_not() -> None:
    clock = Waits(0, tidying.FEWEST, 0, tidying.FEWEST - 1, tidying.FEWEST)
    tidying.keep_tidy(clock)
    assert clock.frozen[1:] == [False, True, False, False, True]
