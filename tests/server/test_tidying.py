"""What is alive is set aside from garbage collection, and what became garbage goes at the next turn that looks at it."""

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
    tidying.set_aside(whole=True)
    aside = gc.get_freeze_count()
    assert aside >= len(kept)
    assert len(gc.get_objects()) < 1_000  # what a collection still has to look through


def test_what_became_garbage_goes_at_the_next_turn_or_when_it_was_set_aside_at_the_next_whole_one() -> None:
    node, new = Node(), Node()
    seen, seen_new = weakref.ref(node), weakref.ref(new)
    del new
    tidying.set_aside(whole=False)
    assert seen_new() is None
    del node
    tidying.set_aside(whole=False)
    assert seen() is not None  # set aside, so this turn leaves it alone
    tidying.set_aside(whole=True)
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


def test_the_first_turn_and_then_every_sixth_takes_back_what_was_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[bool] = []
    monkeypatch.setattr(tidying, "set_aside", lambda *, whole: turns.append(whole))
    tidying.keep_tidy(Waits(*[tidying.FEWEST] * 13))
    assert turns == [True, *[False] * 5] * 2 + [True]
