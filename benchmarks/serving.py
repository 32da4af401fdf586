"""Servers to measure against: ours, and the peers. Each is a process of its own, on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.e2e.browser import free_port

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60


@contextmanager
def serve(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path = PROJECT, option: str = "--server.port"
) -> Iterator[str]:
    """Run `python -m …` with a port of its own and return its address once it is healthy."""
    with start(command, environment=environment, folder=folder, option=option) as (address, _):
        wait_until_healthy(address)
        yield address


@contextmanager
def start(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path = PROJECT, option: str = "--server.port"
) -> Iterator[tuple[str, float]]:
    """Start `python -m …` and return at once with its address and the moment it started."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *command, option, str(port)],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://127.0.0.1:{port}", began
        except Exception as error:
            log.seek(0)
            error.add_note(log.read().decode(errors="replace")[-3000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_healthy(address: str) -> None:
    """Return as soon as the server answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(f"{address} did not answer in {PATIENCE_S} s")
