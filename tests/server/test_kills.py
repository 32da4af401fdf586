"""`kill -9` of the running server in the middle of saving: what the screen called "bewaard" is there, and it starts again.

Visitors without a browser click on choices, as the page in a browser does. An answer counts as acknowledged once the page
came back and said so. `tests/store/test_kills.py` does the same closer to the database, with a check on every row.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import URL
from websockets.exceptions import WebSocketException

from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.domain.terms import Voorselectie
from quickscan.services.ports import Deed
from quickscan.ui.state import DEFAULT_AUTHOR
from tests.e2e.browser import free_port
from tests.server.running import answers, run, wait_until
from tests.server.visitor import Visitor
from tests.store.replay import look, replay

Saved = tuple[str, str]  # pand_id, and criterion and choice as they stand in the key of the button


@dataclass
class Record:
    """What was acknowledged, how often the server was killed, and how long it took to be back."""

    saved: list[Saved] = field(default_factory=list)
    kills: int = 0
    restarts: list[float] = field(default_factory=list)
    began: float | None = None

    def is_back(self) -> None:
        """Note how long it took from the start of the process until the first page was there."""
        if self.began is not None:
            self.restarts.append(time.monotonic() - self.began)
            self.began = None


def make_scan(url: str) -> tuple[str, list[str]]:
    """Make the demo, and return its workspace and the buildings that can be scored."""
    rules, services = wiring.rules_on(), wiring.make_services(url)
    made = services.portfolios.open_demo(rules, author="proef").id
    table = services.portfolios.screen(made, rules)
    services.portfolios.store.close()  # type: ignore[attr-defined]
    reached = table[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)].sort_values("antwoorden")
    return made, [str(pand_id) for pand_id in reached["pand_id"]]


def answer(app: str, made: str, pands: list[str], record: Record, *, clicks: int, strike: Timer | None) -> None:
    """Answer so many questions, building after building; `strike` starts while the last one is under way."""
    while clicks:
        with Visitor(app, page="quickscan", query=f"werkruimte={made}&pand={pands[0]}") as visitor:
            shown = visitor.rerun()
            record.is_back()
            while clicks:
                try:
                    button = shown.button("keuze_")
                except LookupError:  # every question of this building was answered
                    pands.pop(0)
                    break
                clicks -= 1
                if strike is not None and not clicks:
                    strike.start()
                shown = visitor.rerun(button=button)
                assert "Bewaard" in shown.text()
                record.saved.append((pands[0], button.id.rpartition("-keuze_")[2]))


def serve(url: str, made: str, pands: list[str], record: Record, log: Path, *, clicks: int, moment: float | None) -> None:
    """Start the server and let somebody answer; with a moment it is killed so long after the last click began."""
    port = free_port()
    record.began = time.monotonic()
    with run([sys.executable, "-m", "quickscan", "app", "--port", str(port), "--database", url], log) as server:
        wait_until(answers(f"http://127.0.0.1:{port}/_stcore/health"), running=server, seconds=180)
        strike = None if moment is None else Timer(moment, server.kill)
        with suppress(WebSocketException, OSError, EOFError) if strike else nullcontext():
            answer(f"http://127.0.0.1:{port}", made, pands, record, clicks=clicks, strike=strike)
        if strike is not None:
            strike.join()
            record.kills += 1


def check(url: URL, made: str, record: Record) -> None:
    """Every acknowledged answer is there once, in its history and in the log, and at most one more for every kill."""
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    services = wiring.make_services(url.render_as_string(hide_password=False))
    store = services.portfolios.store
    lines = store.read_log(made, author=DEFAULT_AUTHOR, what=Deed.ANTWOORD, most=99_999)
    told = [(str(line.pand_id), f"{line.name}_{line.new}") for line in reversed(lines)]
    assert len(told) - len(record.saved) <= record.kills
    assert [saved for saved in told if saved in record.saved] == record.saved
    for line in lines[:20]:
        history = store.read_history(made, str(line.pand_id), str(line.name), Party.SAMEN)
        assert [answer.choice for answer in history] == [line.new]
    assert replay(store) == look(store)  # type: ignore[arg-type]
    store.close()  # type: ignore[attr-defined]


def kill_again_and_again(url: URL, folder: Path, *, saves: int, kills: int) -> Record:
    address, any_of = url.render_as_string(hide_password=False), random.Random(kills)  # noqa: S311 - not a secret
    made, pands = make_scan(address)
    record = Record()
    while len(record.saved) < saves or record.kills < kills:
        kill = record.kills < kills
        clicks = any_of.randint(1, 2 * saves // (kills + 1)) if kill else saves - len(record.saved)
        moment = any_of.random() * 0.08 if kill else None
        serve(address, made, pands, record, folder / "log.txt", clicks=clicks, moment=moment)
        check(url, made, record)
    assert record.kills >= kills
    return record


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "q.db"))
    return request.getfixturevalue("empty_postgres_url")


def test_a_server_that_is_killed_loses_nothing_it_called_saved(url: URL, tmp_path: Path) -> None:
    kill_again_and_again(url, tmp_path, saves=10, kills=2)


@pytest.mark.long
def test_fifty_kills_of_the_server_in_a_thousand_saves_lose_nothing_it_called_saved(url: URL, tmp_path: Path) -> None:
    record = kill_again_and_again(url, tmp_path, saves=1_000, kills=55)
    slowest, usual = max(record.restarts), sorted(record.restarts)[len(record.restarts) // 2]
    print(  # noqa: T201
        f"\n{url.get_backend_name()}: {len(record.saved)} saves, {record.kills} kills, 0 lost, "
        f"started and showing a page in {usual:.1f} s (median) and {slowest:.1f} s (slowest)"
    )
