"""The app as a server with a real log-in service beside it, each in a process of its own, and a cable between app and
browser that can be pulled out."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from playwright.sync_api import Page

from quickscan import wiring
from quickscan.store.people_tables import LoginRow
from tests.e2e.browser import free_port, settle
from tests.server.running import Process, answers, app_command, run, server_environment, wait_until

PEOPLE: Mapping[str, Mapping[str, str]] = {
    "ada": {"name": "Ada de Vries", "email": "ada@gemeente.test"},
    "bo": {"name": "Bo Jansen", "email": "bo@corporatie.test"},
    "cas": {"name": "Cas Smit", "email": "cas@elders.test"},
}


class Cable:
    """Passes on what a browser and a server say to each other."""

    def __init__(self, to: int) -> None:
        self._to, self._open = to, set[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """End every connection at once, as poor Wi-Fi does."""
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(browser,), daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        with browser, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as server:
            ends = {browser: server, server: browser}
            self._open |= set(ends)
            try:
                while ready := select.select(list(ends), [], [])[0]:
                    for end in ready:
                        content = end.recv(65536)
                        if not content:
                            return
                        ends[end].sendall(content)
            finally:
                self._open -= set(ends)


@dataclass
class Site:
    """A server with its log-in service."""

    public: str
    folder: Path
    cable: Cable
    environment: Mapping[str, str]
    port: int
    _running: ExitStack = field(default_factory=ExitStack)
    server: Process | None = None

    @property
    def url(self) -> str:
        return self.environment["QUICKSCAN_DATABASE"]

    def start(self) -> None:
        """Start the app; also after it was ended."""
        self._running = ExitStack()
        log = self.folder / f"app-{free_port()}.log"
        self.server = self._running.enter_context(run(app_command(self.port), log, environment=self.environment))
        wait_until(answers(f"http://127.0.0.1:{self.port}/gezond/klaar"), running=self.server)

    def stop(self) -> None:
        self._running.close()

    def kill(self) -> None:
        """End the app as a power cut would."""
        assert self.server is not None
        self.server.kill()

    @contextmanager
    def stores(self) -> Iterator[wiring.Stores]:
        """Work with the database beside the server."""
        opened = wiring.open_stores(self.url)
        try:
            yield opened
        finally:
            opened.store.close()  # type: ignore[attr-defined]


@contextmanager
def serve_with_log_in(folder: Path, *, people: Mapping[str, Mapping[str, str]] = PEOPLE, **settings: str) -> Iterator[Site]:
    """Run the log-in service, which knows these people, and the app on their own database."""
    port, service = free_port(), free_port()
    place = f"http://127.0.0.1:{service}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(service)]
    for subject, claims in people.items():
        command += ["--user-claims", json.dumps({"sub": subject, **claims})]
    with Cable(port) as cable, run(command, folder / "inlogdienst.log", environment={"NO_COLOR": "1"}) as provider:
        public = f"http://127.0.0.1:{cable.port}"
        environment = server_environment(folder, public=public, database=f"sqlite:///{folder}/q.db") | settings
        secrets = folder / "inloggen.toml"
        secrets.write_text(secrets.read_text(encoding="utf-8").replace("http://127.0.0.1:9", place), encoding="utf-8")
        wait_until(answers(f"{place}/.well-known/openid-configuration"), running=provider)
        site = Site(public, folder, cable, environment, port)
        site.start()
        try:
            yield site
        finally:
            site.stop()


def log_in(page: Page, site: Site, subject: str, *, start: str = "/") -> None:
    """Log somebody in, by way of the log-in service."""
    page.goto(f"{site.public}{start}")
    settle(page)
    page.get_by_role("button", name="Inloggen").press("Enter")  # a click waits for a quiet picture, in each of the windows
    page.get_by_role("button", name=subject, exact=True).press("Enter")
    page.wait_for_url(f"{site.public}/**")
    settle(page)


def find_login(stores: wiring.Stores, number: int) -> str:
    """Return the fingerprint of somebody's log-in."""
    with stores.store.engine.connect() as connection:  # type: ignore[attr-defined]
        return str(connection.execute(sa.select(LoginRow.fingerprint).where(LoginRow.person_id == number)).scalars().first())
