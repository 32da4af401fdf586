"""A server, a clock that a test sets, and a guard: nothing leaves this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quickscan.lookups.cache import AnswerCache
from quickscan.lookups.client import Client, Limits
from quickscan.lookups.opening import open_lookups
from quickscan.services.lookups import Lookups
from tests.lookups.register_server import KEY, RegisterServer, World, serve


@dataclass
class Clock:
    """A clock that goes on only when somebody sleeps, or a test moves it."""

    at: datetime = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail on any connection but to this machine itself; and ignore a proxy that the machine may have."""
    connect = socket.socket.connect

    def guard(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            pytest.fail(f"traffic to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guard)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Iterator[RegisterServer]:
    with serve(world) as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[Client]:
    made = make_client(AnswerCache(tmp_path / "opzoeken"), clock)
    yield made
    made.close()


def make_client(cache: AnswerCache, clock: Clock, **limits: Any) -> Client:
    """Return a client that never really waits; chance is the middle."""
    chosen = Limits(**{"read": 5, "size": 200_000, **limits})
    return Client(cache, now=clock.now, limits=chosen, sleep=clock.sleep, monotonic=clock.monotonic, chance=lambda: 1.0)


@pytest.fixture
def lookups(server: RegisterServer, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Lookups]]:
    """Return a function that opens the look-ups on the server, with changes to the environment."""
    opened: list[Client] = []

    def make(cache: AnswerCache) -> Client:
        opened.append(make_client(cache, clock))
        return opened[-1]

    def run(**changes: str) -> Lookups:
        environment = {
            "QUICKSCAN_OPZOEKEN": "1",
            "QUICKSCAN_EP_ONLINE_SLEUTEL": KEY,
            "QUICKSCAN_OPZOEKEN_LOCATIESERVER": f"{server.address}/ls",
            "QUICKSCAN_OPZOEKEN_BAG": f"{server.address}/bag",
            "QUICKSCAN_OPZOEKEN_3DBAG": f"{server.address}/3d",
            "QUICKSCAN_OPZOEKEN_EP_ONLINE": f"{server.address}/ep",
            "QUICKSCAN_OPZOEKEN_CBS": f"{server.address}/cbs",
            **changes,
        }
        return open_lookups(environment, tmp_path / "opzoeken", now=clock.now, make_client=make)

    yield run
    for each in opened:
        each.close()
