"""Read an upload in a process of its own, so that a hostile file can take nothing down and reach nothing.

A sandbox is that process: bounded in memory, time and files, without the network, and killed with everything it started
when it takes too long. What comes back is plain data that is checked again here. A reading is one file on its way through:
`start_reading` returns at once, so that a screen can show progress and offer to stop; its `result` waits.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.ingest.guard.drivers import GDAL_SETTINGS
from quickscan.ingest.guard.sandbox_child import STAGES, TOO_MUCH_MEMORY
from quickscan.ingest.guard.transfer import read_intake, write_frame

MAX_SECONDS = 30
MAX_MEMORY = 512 << 20
AT_ONCE = 4  # sandboxes in this process: together they may take as much memory as a small server has
_PROJECT = Path(__file__).resolve().parents[3]
_REQUEST, _STAGES, _COMPLAINT, _KNOWN = "vraag.json", "fasen.txt", "klacht.txt", "bekend.arrow"
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA")
QUIET_LIBRARIES = {
    # Each thread takes a stack and a heap of its own out of the same memory, and one file is read by one thread.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "NO_PROXY": "*",
}
_SMALLER = "Splits het bestand, of haal kolommen weg die je niet nodig hebt."
_SAVE_AGAIN = "Bewaar of exporteer het opnieuw, en probeer het nog eens."
_log = logging.getLogger(__name__)
_under_way: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()


class Progress(NamedTuple):
    """How far a reading is: the stage in Dutch, and the seconds since its start."""

    stage: str
    seconds: float


def start_reading(
    path: Path,
    *,
    answer_codes: Mapping[str, tuple[str, ...]],
    name: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    known: pd.DataFrame | None = None,
    seconds: int = MAX_SECONDS,
    memory: int = MAX_MEMORY,
) -> Reading:
    """Start reading a file in a sandbox and return at once; the file has to stay until the reading is done.

    Raises UnusableInputError when too many files are being read.
    """
    if sum(process.poll() is None for process in _under_way) >= AT_ONCE:
        problem = "Er worden nu te veel bestanden tegelijk gelezen."
        raise UnusableInputError(problem, "Kies dit bestand over een minuut opnieuw.", where=name or path.name)
    shown = name or path.name
    request = {
        "path": str(path.absolute()),
        "name": shown,
        "answer_codes": {criterion: list(codes) for criterion, codes in answer_codes.items()},
        "mapping": None if mapping is None else dict(mapping),
        "seconds": seconds,
        "memory": memory,
    }
    try:
        with ExitStack() as on_failure:
            folder = tempfile.TemporaryDirectory(prefix="quickscan-", ignore_cleanup_errors=True)
            on_failure.callback(folder.cleanup)
            process = _start(Path(folder.name), request, known)
            on_failure.pop_all()
    except OSError as error:
        _log.warning("reading an upload could not start: %s", error.strerror)
        problem = "Het lezen kon niet beginnen: de computer is te druk of te vol."
        raise UnusableInputError(problem, "Probeer het over een minuut nog eens.", where=shown) from error
    _under_way.add(process)
    return Reading(process, folder, name=shown, criteria=frozenset(answer_codes), seconds=seconds)


def _start(place: Path, request: Mapping[str, object], known: pd.DataFrame | None) -> subprocess.Popen[bytes]:
    """Start the process, in a group of its own and with nothing of this one's environment but what libraries need."""
    if known is not None:
        write_frame(place / _KNOWN, known)
    asked_of = {**request, "folder": str(place), "known": None if known is None else str(place / _KNOWN)}
    (place / _REQUEST).write_text(json.dumps(asked_of), encoding="utf-8")
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ} | QUIET_LIBRARIES | GDAL_SETTINGS
    environment |= {"PYTHONPATH": str(_PROJECT), "HOME": str(place), "TMPDIR": str(place), "TEMP": str(place), "TMP": str(place)}
    command = [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-m", "quickscan.ingest.guard.sandbox_child"]
    with (
        (place / _REQUEST).open("rb") as asked,
        (place / _STAGES).open("wb") as told,
        (place / _COMPLAINT).open("wb") as wrong,
    ):
        return subprocess.Popen(  # noqa: S603 - our own Python and our own module
            command, stdin=asked, stdout=told, stderr=wrong, cwd=place, env=environment, start_new_session=True
        )


class Reading:
    """One file on its way through a sandbox. It ends by being done, refused, stopped, or out of time."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        folder: tempfile.TemporaryDirectory[str],
        *,
        name: str,
        criteria: frozenset[str],
        seconds: int,
    ) -> None:
        self.name = name
        self._process, self._folder, self._criteria, self._seconds = process, folder, criteria, seconds
        self._start = time.monotonic()
        self._outcome: Intake | UnusableInputError | None = None
        # Nobody may ask again, because the screen was closed: then the process goes with this object.
        self._end = weakref.finalize(self, _end, process, folder)

    def poll(self) -> Progress | None:
        """Return how far it is, or None when the outcome is there."""
        if self._outcome is None and self._process.poll() is None:
            passed = time.monotonic() - self._start
            if passed <= self._seconds:
                return Progress(self._read_stage(), passed)
            self._stop(self._say_too_slow())
        return None

    def result(self) -> Intake:
        """Wait for the outcome and return it; raises UnusableInputError when the file cannot be used."""
        if self._outcome is None:
            left = self._seconds - (time.monotonic() - self._start)
            try:
                self._process.wait(timeout=max(left, 0))
            except subprocess.TimeoutExpired:
                self._stop(self._say_too_slow())
            else:
                self._stop(self._read_outcome())
        if isinstance(self._outcome, UnusableInputError):
            raise self._outcome
        assert self._outcome is not None, "every way out of the above sets it"  # noqa: S101
        return self._outcome

    def cancel(self) -> None:
        """Stop reading; `result` says so. Nothing happens when it was done already."""
        if self._outcome is None:
            advice = "Kies het bestand opnieuw als je verder wilt."
            self._stop(UnusableInputError("Het lezen van dit bestand is gestopt.", advice, where=self.name))

    def _stop(self, outcome: Intake | UnusableInputError) -> None:
        self._outcome = outcome
        self._end()

    def _read_stage(self) -> str:
        with suppress(OSError):
            lines = (Path(self._folder.name) / _STAGES).read_bytes()[-100:].decode(errors="replace").split()
            return next((line for line in reversed(lines) if line in STAGES), STAGES[0])
        return STAGES[0]

    def _read_outcome(self) -> Intake | UnusableInputError:
        code = self._process.returncode
        if code == 0:
            try:
                return read_intake(Path(self._folder.name), criteria=self._criteria, name=self.name)
            except UnusableInputError as error:
                return error
            except (ValueError, OSError, MemoryError) as error:
                _log.warning("unsound outcome of reading an upload: %s", type(error).__name__)
        elif code == TOO_MUCH_MEMORY:
            return UnusableInputError("Dit bestand vraagt te veel geheugen om te lezen.", _SMALLER, where=self.name)
        elif code == -getattr(signal, "SIGXCPU", 0) or code == -getattr(signal, "SIGKILL", 0):
            return self._say_too_slow()
        else:
            _log.warning("reading an upload ended with code %s: %s", code, self._read_complaint())
        problem = "Dit bestand kan niet worden gelezen; het is waarschijnlijk beschadigd."
        return UnusableInputError(problem, _SAVE_AGAIN, where=self.name)

    def _read_complaint(self) -> str:
        """Return the name of the error; the text of an error could hold what is in the file."""
        with suppress(OSError), (Path(self._folder.name) / _COMPLAINT).open("rb") as stream:
            return "".join(filter(str.isidentifier, stream.read(60).decode(errors="replace")))
        return ""

    def _say_too_slow(self) -> UnusableInputError:
        problem = f"Het lezen van dit bestand duurt te lang: na {self._seconds} seconden is het gestopt."
        return UnusableInputError(problem, _SMALLER, where=self.name)


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    """Kill the process with its group, and clear the folder."""
    if process.poll() is None:
        with suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    folder.cleanup()
