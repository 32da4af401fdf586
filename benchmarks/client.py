"""A client that speaks Streamlit's protocol over a real websocket, and counts what comes in. No browser in between.

It does what the page in the browser does: it remembers large messages and tells the server which, so that the server
need not send them twice; and a click is a rerun with the trigger of that button.
"""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

PATIENCE_S = 120
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class CountingSocket(socket.socket):
    """A socket that counts the bytes it receives, as they come off the wire."""

    received = 0

    def recv(self, size: int, flags: int = 0) -> bytes:
        content = super().recv(size, flags)
        self.received += len(content)
        return content


class Button(NamedTuple):
    """What a browser tells the server of a click: which button, and the part of the page to draw again ("" for all)."""

    id: str
    fragment: str


@dataclass
class Run:
    """One run of the script: how long until it was finished, what came in, and its elements."""

    seconds: float = 0.0
    wire_bytes: int = 0
    message_bytes: int = 0
    elements: list[Any] = field(default_factory=list)
    element_bytes: list[int] = field(default_factory=list)  # of the message that brought each element, as it came
    fragments: list[str] = field(default_factory=list)  # the part of the page each element is drawn in; "" is the page itself

    def kinds(self) -> Counter[str]:
        """Count the elements by kind."""
        return Counter(element.WhichOneof("type") for element in self.elements)

    def map_bytes(self) -> int:
        """Return the size of the message that brought the map; a reference to an earlier one is small."""
        sized = zip(self.elements, self.element_bytes, strict=True)
        return next(size for element, size in sized if element.WhichOneof("type") == "deck_gl_json_chart")

    def text(self) -> str:
        """Return all elements as text, to compare what two pages show."""
        return "\n".join(str(element) for element in self.elements)

    def button(self, key: str) -> Button:
        """Return the first button whose key starts with `key`."""
        placed = zip(self.elements, self.fragments, strict=True)
        buttons = [Button(element.button.id, part) for element, part in placed if element.WhichOneof("type") == "button"]
        found = next((button for button in buttons if button.id.rpartition("-")[2].startswith(key)), None)
        if found is None:
            raise LookupError(f"no button {key!r} among {buttons}")
        return found


class Client:
    """One visitor. Not for threads."""

    def __init__(self, address: str, *, page: str = "", query: str = "") -> None:
        place = urlsplit(address)
        self._socket = CountingSocket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.connect((place.hostname, place.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connect(
            f"ws://{place.netloc}/_stcore/stream",
            sock=self._socket,
            subprotocols=[Subprotocol("streamlit")],
            compression="deflate",  # offered, as browsers do; the server decides
            max_size=None,
            ping_interval=None,
        )
        self.compressed = bool(self._connection.protocol.extensions)
        self._page, self._query, self._hash = page, query, ""
        self._known: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rerun(self, *, button: Button | None = None, states: Mapping[str, bool] | None = None) -> Run:
        """Run the script (again), or the part that a clicked button is in, and wait until it is finished."""
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_name, client.page_script_hash = self._query, self._page, self._hash
        client.cached_message_hashes.extend(self._known)
        if button is not None:
            client.widget_states.widgets.add(id=button.id, trigger_value=True)
            client.fragment_id = button.fragment
        for name, value in (states or {}).items():
            client.widget_states.widgets.add(id=name, bool_value=value)
        content, run, before = message.SerializeToString(), Run(), self._socket.received
        start = time.perf_counter()
        self._connection.send(content)
        while not self._take(self._connection.recv(timeout=PATIENCE_S), run):
            pass
        run.seconds = time.perf_counter() - start
        run.wire_bytes = self._socket.received - before
        return run

    def _take(self, content: str | bytes, run: Run) -> bool:
        """Take in one message; return whether the script is finished."""
        run.message_bytes += len(content)
        message = ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._known[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._known[message.hash] = message
        if kind == "new_session":
            run.elements.clear()
            run.element_bytes.clear()
            run.fragments.clear()
        elif kind == "navigation":
            self._hash, self._page = message.navigation.page_script_hash, ""
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            run.elements.append(message.delta.new_element)
            run.element_bytes.append(len(content))
            run.fragments.append(message.delta.fragment_id)
        return kind == "script_finished" and message.script_finished in FINISHED
