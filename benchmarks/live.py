"""A live session with 50 members who answer and 50 who watch: from an answer to saved and shown, against a page with the
same widgets and no logic under the same load; errors; and whether memory stays flat.

Clients are raw websockets that speak Streamlit's protocol (`benchmarks.crowd`), all in one process beside the server; the
browser's own work is left out on both sides. Both servers take turns, a window each. Afterwards the database must hold
every answer. `python -m benchmarks.live --minutes 30` stays that long in one window of ours, for the memory.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from benchmarks.client import Client
from benchmarks.measuring import Result
from benchmarks.serving import PROJECT, serve
from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.domain.duo import PARTIES
from quickscan.domain.terms import INTERVENTIES, Voorselectie
from quickscan.services.ports import Deed
from quickscan.services.sessions import MOST_STOPS

GOAL, GOAL_MEMORY, GOAL_REACH = 1.5, 1.05, 2.0
MEMBERS, WATCHERS, THINK_S = 50, 50, 5.0
ROUNDS, WINDOW_S, WARM_UP_S, MOVE_S = 3, 30.0, 15.0, 30.0
SETTLE_S = 180.0  # of a long window, in which caches fill
QUESTIONS = 40
SIMILAR = 0.15  # how far the elements and bytes of both pages may be apart
PEER = str(Path(__file__).with_name("peer_live.py"))


@dataclass
class Workshop:
    """A session on a database of its own, with the seats that the crowd takes."""

    url: str
    members: list[str] = field(default_factory=list)  # queries
    watchers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules, self.services = wiring.rules_on(), wiring.make_services(self.url)
        self.workspace = self.services.portfolios.open_demo(self.rules, author="benchmark").id
        table = self.services.portfolios.screen(self.workspace, self.rules)
        reached = table.loc[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK), "pand_id"].tolist()[:MOST_STOPS]
        criteria = [active.id for active in self.rules.criteria][:QUESTIONS]
        self.code = self.services.sessions.open(
            self.workspace, reached, self.rules, interventie=INTERVENTIES[0], author="benchmark", criteria=criteria
        )
        self.members = [self._sit(f"lid {number}", PARTIES[number % 2]) for number in range(MEMBERS)]
        self.watchers = [self._sit(f"kijker {number}", None) for number in range(WATCHERS)]

    def _sit(self, name: str, party: Party | None) -> str:
        seat = self.services.sessions.join(self.workspace, self.code, name=name, party=party)
        return f"code={self.code}&werkruimte={self.workspace}&plek={seat.key}"

    def count_answers(self) -> int:
        """Return how many answers the log of the database holds."""
        return len(self.services.scans.store.read_log(self.workspace, what=Deed.STEM, most=1_000_000))

    @contextmanager
    def walking(self) -> Iterator[list[tuple[float, str]]]:
        """Take everybody to the next building at every whole MOVE_S, as the peer does by the clock, and note when."""
        done, moves = threading.Event(), list[tuple[float, str]]()

        def walk() -> None:
            while not done.wait(MOVE_S - time.time() % MOVE_S):
                session = self.services.sessions.board(self.workspace, self.code).session
                place = (session.place + 1) % len(session.stops)
                self.services.sessions.go_to(self.workspace, self.code, place)
                moves.append((time.time(), str(place + 1)))

        walker = threading.Thread(target=walk)
        walker.start()
        try:
            yield moves
        finally:
            done.set()
            walker.join()


def against_bare_page(*, minutes: float = 0) -> Iterator[Result]:
    """Yield p95 from answer to saved and shown, errors, memory, and how soon all follow. With `minutes` one long window."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(f"sqlite:///{Path(folder).as_posix()}/sessie.db")
        peers = ([f"plek=m{number}" for number in range(MEMBERS)], [f"plek=w{number}" for number in range(WATCHERS)])
        with (
            serve(["quickscan", "app"], environment={"QUICKSCAN_DATABASE": workshop.url}, option="--port") as ours,
            serve(["streamlit", "run", PEER], environment={"BENCHMARK_MOVE_S": str(MOVE_S)}) as theirs,
            workshop.walking() as moves,
        ):
            _require_similar(ours, theirs, workshop, peers)
            mine, other, memory = [], [], []
            for _ in range(1 if minutes else ROUNDS):
                with _watched(ours) as sizes:
                    mine.append(_send(ours, "sessie", (workshop.members, workshop.watchers), minutes * 60 or WINDOW_S))
                memory.append(_growth(sizes, SETTLE_S if minutes else WARM_UP_S))
                other.append(_send(theirs, "", peers, max(WINDOW_S, minutes * 6)))
        _require_saved(workshop, mine)
    yield from _report(mine, other, memory, minutes)
    yield _reach(moves, mine)


def _send(address: str, page: str, queries: tuple[Sequence[str], Sequence[str]], seconds: float) -> dict[str, Any]:
    """Send the crowd to a server and return what it counted."""
    visitors = [
        {"query": query, "button": button}
        for queries_of, button in zip(queries, ("stem_", ""), strict=True)
        for query in queries_of
    ]
    plan = {"page": page, "visitors": visitors, "think_s": THINK_S, "warm_up_s": WARM_UP_S, "seconds": seconds}
    command = [sys.executable, "-m", "benchmarks.crowd", address]
    done = subprocess.run(command, input=json.dumps(plan), cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _watched(address: str) -> Iterator[list[tuple[float, int]]]:
    """Note the memory of a server every second, with the seconds since the start."""
    port = urlsplit(address).port
    listening = (each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
    process = psutil.Process(next(each.pid for each in listening if each.laddr.port == port))
    sizes: list[tuple[float, int]] = []
    done, began = threading.Event(), time.monotonic()

    def note() -> None:
        while not done.wait(1):
            sizes.append((time.monotonic() - began, process.memory_info().rss))

    watcher = threading.Thread(target=note)
    watcher.start()
    try:
        yield sizes
    finally:
        done.set()
        watcher.join()


def _growth(sizes: Sequence[tuple[float, int]], settled: float) -> tuple[float, float]:
    """Return the memory at the end in MB, and how much that is of what it was once all were in."""
    after = [size for second, size in sizes if second >= settled]
    tenth = max(1, len(after) // 10)
    begin, end = statistics.mean(after[:tenth]), statistics.mean(after[-tenth:])
    return end / 1e6, end / begin


def _require_similar(ours: str, theirs: str, workshop: Workshop, peers: tuple[Sequence[str], Sequence[str]]) -> None:
    """Raise when the peer is not the same amount of page."""
    for query, other in ((workshop.members[0], peers[0][0]), (workshop.watchers[0], peers[1][0])):
        with Client(ours, page="sessie", query=query) as client, Client(theirs, query=other) as peer:
            client.rerun(), peer.rerun()
            mine, theirs_run = client.rerun(), peer.rerun()
        for one, two in zip(*((sum(run.kinds().values()), run.message_bytes) for run in (mine, theirs_run)), strict=True):
            if abs(one - two) > SIMILAR * one:
                raise AssertionError(f"the peer is another page: {two} against {one}; {mine.kinds()}, {theirs_run.kinds()}")


def _require_saved(workshop: Workshop, windows: Sequence[dict[str, Any]]) -> None:
    """Raise when an answer was shown as saved and is not in the log; one saved as the building changes is not shown."""
    shown, saved = sum(window["answered"] for window in windows), workshop.count_answers()
    if saved < shown:
        raise AssertionError(f"{saved} answers were saved, {shown} were shown as saved")


def _report(
    mine: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], memory: Sequence[tuple[float, float]], minutes: float
) -> Iterator[Result]:
    pairs = [(_p95(one["clicks"]), _p95(two["clicks"])) for one, two in zip(mine, other, strict=True)]
    value, peer = (statistics.median(pair[place] for pair in pairs) * 1000 for place in (0, 1))
    ratio = statistics.median(one / two for one, two in pairs)
    answers = sum(len(window["clicks"]) for window in mine)
    polls, half = (
        sum(len(window["polls"]) for window in mine),
        _quantile([each for window in mine for each in window["clicks"]], 50) * 1000,
    )
    name = "live_session_long" if minutes else "live_session"
    load = f"{MEMBERS} leden (bedenktijd {THINK_S:g} s) en {WATCHERS} kijkers over websockets, elk {MOVE_S:g} s een ander gebouw"
    against = (
        f"een Streamlit-pagina met dezelfde elementen zonder logica (p95 {peer:.0f} ms); {load}; {answers} antwoorden, p50 "
        f"{half:.0f} ms; {polls} keer kijken of er iets bewoog"
    )
    yield Result(f"{name}_p95", value, "ms", against, ratio, f"≤ {GOAL}", ratio <= GOAL)
    errors = list(itertools.chain.from_iterable(window["errors"] for window in mine))
    seen = f"{answers} antwoorden, alle bewaard{''.join(f'; {error}' for error in errors[:3])}"
    yield Result(f"{name}_errors", len(errors), "fouten", seen, float(len(errors)), "0", not errors)
    size, growth = memory[-1][0], statistics.median(each[1] for each in memory)
    held = f"hetzelfde proces toen iedereen binnen was; venster van {minutes * 60 or WINDOW_S:g} s"
    yield Result(f"{name}_memory", size, "MB", held, growth, f"≤ {GOAL_MEMORY}", growth <= GOAL_MEMORY)


def _reach(moves: Sequence[tuple[float, str]], windows: Sequence[dict[str, Any]]) -> Result:
    """Return how long it takes until a screen shows the building that the regisseur went to."""
    arrivals = [(when, stop) for window in windows for when, stop in window["arrivals"]]
    late = [when - moved for moved, to in moves for when, stop in arrivals if stop == to and 0 <= when - moved < MOVE_S]
    value = _p95(late)
    seen = f"{len(late)} keer een ander gebouw op een scherm, het laatste na {max(late):.2f} s"
    return Result("live_session_reach", value, "s", seen, value, f"≤ {GOAL_REACH:g}", value <= GOAL_REACH)


def _p95(seconds: Sequence[float]) -> float:
    return _quantile(seconds, 95)


def _quantile(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A live session under load.")
    parser.add_argument("--minutes", type=float, default=0, help="one long window of ours, for the memory")
    for result in against_bare_page(minutes=parser.parse_args().minutes):
        print(result.as_json(), flush=True)
