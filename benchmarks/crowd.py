"""Many visitors at once, each on a raw websocket that speaks Streamlit's protocol; a process of its own, so that it takes
as little as it can of the server's time.

`python -m benchmarks.crowd ADDRESS` reads a plan (JSON) from standard input and prints what happened (JSON). A visitor does
what the page in the browser does: it polls the fragments that ask for it, at their interval, and a click is a rerun of the
fragment that the button stands in. Messages come back in order, so a click is done when as many runs have ended as were
asked for. What is timed is from the click until the end of the run that shows the next question.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_S = 60
BAD_NEWS = (Alert.ERROR, Alert.WARNING)
STOP = re.compile(r"Gebouw (\d+) van")
ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Visitor:
    """One visitor: what its page shows, and what it counted."""

    page: str
    query: str
    button: str  # start of the key of the buttons to choose from; "" only watches
    think_s: float
    dice: random.Random
    hash: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    timers: dict[str, float] = field(default_factory=dict)  # fragment → seconds
    buttons: dict[str, str] = field(default_factory=dict)  # button → its fragment, of the last run that drew any
    drawn: dict[str, str] = field(default_factory=dict)  # the same, of the run that goes on
    ended: int = 0
    answered: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one request at a time, as the server does per visitor
    clicks: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    said: str = ""  # the last line that said what was saved
    stop: str = ""  # which building the page shows
    arrivals: list[tuple[float, str]] = field(default_factory=list)  # when it showed another
    received: int = 0
    full_runs: int = 0

    async def visit(self, address: str, until: float, opens_at: float) -> None:
        """Open the page, and stay until the end."""
        await asyncio.sleep(opens_at)
        url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
        async with connect(
            url, subprotocols=[Subprotocol("streamlit")], compression="deflate", max_size=None, ping_interval=None
        ) as connection:
            reader = asyncio.create_task(self._read(connection))
            try:
                await self._ask(connection)
                jobs = [self._poll(connection, until)]
                if self.button:
                    jobs.append(self._answer(connection, until))
                await asyncio.gather(*jobs)
            finally:
                reader.cancel()

    async def _ask(self, connection: ClientConnection, *, fragment: str = "", button: str = "", polls: bool = False) -> float:
        """Ask for a run, of the page or of a fragment, and wait until the server has done all that was asked."""
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_name, client.page_script_hash = self.query, self.page, self.hash
        client.fragment_id, client.is_auto_rerun = fragment, polls
        client.cached_message_hashes.extend(self.known)
        if button:
            client.widget_states.widgets.add(id=button, trigger_value=True)
        self.moved.clear()
        ended, start = self.ended, time.perf_counter()
        await connection.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while self.ended == ended:
                await self.moved.wait()
                self.moved.clear()
        return time.perf_counter() - start

    async def _poll(self, connection: ClientConnection, until: float) -> None:
        await asyncio.sleep(self.dice.uniform(0, 2))
        while time.monotonic() < until:
            began = time.monotonic()
            for fragment in list(self.timers):
                async with self.lock:
                    self.polls.append(await self._ask(connection, fragment=fragment, polls=True))
            every = min(self.timers.values(), default=2.0)
            await asyncio.sleep(max(0.05, every - (time.monotonic() - began)))

    async def _answer(self, connection: ClientConnection, until: float) -> None:
        await asyncio.sleep(self.dice.uniform(0, self.think_s))
        while time.monotonic() < until:
            clicked = time.perf_counter()  # from here: the server may be busy with a poll of this same visitor
            async with self.lock:
                choices = [name for name in self.buttons if name.rpartition("-")[2].startswith(self.button)]
                if choices:  # else all is answered, until the next building
                    chosen = self.dice.choice(choices)
                    before = self.said
                    await self._ask(connection, fragment=self.buttons[chosen], button=chosen)
                    if self.said != before:  # else the building changed under the finger, and nothing says it was saved
                        self.clicks.append(time.perf_counter() - clicked)
                        self.answered += 1
            await asyncio.sleep(min(self.dice.expovariate(1 / self.think_s), 4 * self.think_s))

    async def _read(self, connection: ClientConnection) -> None:
        async for content in connection:
            self._take(content if isinstance(content, bytes) else content.encode())

    def _take(self, content: bytes) -> None:
        self.received += len(content)
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self.known[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self.known[message.hash] = message
        match kind:
            case "new_session":
                self.drawn = {}
            case "navigation":
                self.hash, self.page = message.navigation.page_script_hash, ""
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                self.timers.clear()
            case "delta":
                self._see(message.delta)
            case "script_finished":
                self._end(message.script_finished)

    def _see(self, delta: Any) -> None:
        element = delta.new_element
        shown = element.WhichOneof("type")
        if shown == "button":
            self.drawn[element.button.id] = delta.fragment_id
        elif shown == "markdown" and "Bewaard" in element.markdown.body:
            self.said = element.markdown.body
        elif shown == "html" and (found := STOP.search(element.html.body)) and found[1] != self.stop:
            self.stop = found[1]
            self.arrivals.append((time.time(), self.stop))
        elif shown == "exception" or (shown == "alert" and element.alert.format in BAD_NEWS):
            self.errors.append(str(element)[:300])

    def _end(self, how: int) -> None:
        if self.drawn:
            self.buttons = self.drawn
        self.full_runs += how == ForwardMsg.FINISHED_SUCCESSFULLY
        if how in ENDED:
            self.ended += 1
            self.moved.set()


async def gather(address: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Send all visitors, and return what they counted after the warm-up."""
    visitors = [
        Visitor(plan["page"], each["query"], each["button"], plan["think_s"], random.Random(number))  # noqa: S311 - a dice of a benchmark
        for number, each in enumerate(plan["visitors"])
    ]
    until = time.monotonic() + plan["warm_up_s"] + plan["seconds"]
    spread = plan["warm_up_s"] / 2 / max(1, len(visitors))

    async def forget_the_start() -> None:
        await asyncio.sleep(plan["warm_up_s"])
        for visitor in visitors:
            visitor.clicks.clear()
            visitor.polls.clear()
            visitor.arrivals.clear()
            visitor.received = visitor.full_runs = 0

    jobs = [visitor.visit(address, until, place * spread) for place, visitor in enumerate(visitors)]
    outcomes = await asyncio.gather(forget_the_start(), *jobs, return_exceptions=True)
    failed = [repr(outcome) for outcome in outcomes if isinstance(outcome, BaseException)]
    return {
        "clicks": [second for visitor in visitors for second in visitor.clicks],
        "polls": [second for visitor in visitors for second in visitor.polls],
        "errors": failed + [error for visitor in visitors for error in visitor.errors],
        "arrivals": [arrival for visitor in visitors for arrival in visitor.arrivals],
        "answered": sum(visitor.answered for visitor in visitors),
        "received": sum(visitor.received for visitor in visitors),
        "full_runs": sum(visitor.full_runs for visitor in visitors),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(gather(sys.argv[1], json.load(sys.stdin)))))
