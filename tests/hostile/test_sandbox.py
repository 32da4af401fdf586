"""The sandbox holds: what runs in it reaches nothing, takes nothing down, and ends in time."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.guard.drivers import ALLOWED_DRIVERS
from quickscan.ingest.guard.sandbox import AT_ONCE, Reading, start_reading
from quickscan.ingest.guard.sandbox_child import STAGES
from tests.hostile.cases import CSV, IDS

PROJECT = Path(__file__).parents[2]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits all of this")


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "lijst.csv"
    path.write_bytes(CSV)
    return path


def run_limited(attack: str) -> str:
    """Run Python as the sandbox does after its limits hold, and return what it says."""
    limits = "from quickscan.ingest.guard.sandbox_child import *; leave_network(); limit_process(memory=512 << 20, seconds=2)\n"
    outcome = f"try:\n    {attack}\n    print('reached')\nexcept BaseException as error:\n    print(type(error).__name__)"
    command = [sys.executable, "-c", limits + outcome]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60, check=False)
    return done.stdout.strip() or f"killed by {-done.returncode}"


@on_linux
@pytest.mark.parametrize(
    ("attack", "end"),
    [
        ("bytearray(600_000_000)", "MemoryError"),
        ("open('/tmp/' + str(os.getpid()) + '.h5', 'wb', 0).truncate(300 << 20)", "OSError"),
        ("[open('/dev/null') for _ in range(100)]", "OSError"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("os.system('true')", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("import socket; socket.create_connection(('127.0.0.1', 9), 1)", "PermissionError"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "PermissionError"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')", "URLError"),
        ("while True: pass", f"killed by {signal.SIGKILL}"),
    ],
)
def test_an_attack_ends_at_its_limit(attack: str, end: str) -> None:
    assert run_limited(attack).startswith(end)


@on_linux
def test_code_that_passes_by_python_finds_no_network_either() -> None:
    can_leave = "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x10000000 | 0x40000000))"
    if subprocess.run([sys.executable, "-c", can_leave], check=False).returncode:
        pytest.skip("this system does not let a process leave the network")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1].to_bytes(2, "big")
        attack = (
            f"import ctypes; c = ctypes.CDLL(None, use_errno=True); s = c.socket(2, 1, 0); "
            f"a = (2).to_bytes(2, 'little') + {port!r} + bytes([127, 0, 0, 1]) + bytes(8); "
            f"1 / (1 + c.connect(s, a, 16))"
        )
        assert run_limited(attack) == "ZeroDivisionError"  # connect said -1


def test_gdal_knows_two_formats_and_no_more() -> None:
    code = "import quickscan.ingest, pyogrio; print(*sorted(pyogrio.list_drivers()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert set(done.stdout.split()) == ALLOWED_DRIVERS


def follow(reading: Reading) -> list[str]:
    stages: list[str] = []
    while progress := reading.poll():
        if not stages or stages[-1] != progress.stage:
            stages.append(progress.stage)
        time.sleep(0.002)
    return stages


def test_a_reading_tells_its_stages_in_order_and_then_its_outcome(upload: Path) -> None:
    reading = start_reading(upload, answer_codes={})
    stages = follow(reading)
    assert stages == [stage for stage in STAGES if stage in stages]
    assert "lezen" in stages
    assert list(reading.result().buildings["pand_id"]) == IDS
    assert reading.result() is reading.result()
    assert reading.poll() is None


def test_a_reading_out_of_time_is_killed_and_cleared(upload: Path) -> None:
    reading = start_reading(upload, answer_codes={}, seconds=0)
    with pytest.raises(UnusableInputError, match=r"^lijst\.csv: .*duurt te lang.*Splits"):
        reading.result()
    assert_gone(reading)


def test_a_stopped_reading_is_killed_and_cleared(upload: Path) -> None:
    reading = start_reading(upload, answer_codes={})
    reading.cancel()
    assert reading.poll() is None
    with pytest.raises(UnusableInputError, match="is gestopt"):
        reading.result()
    assert_gone(reading)


def test_stopping_what_is_done_changes_nothing(upload: Path) -> None:
    reading = start_reading(upload, answer_codes={})
    found = reading.result()
    reading.cancel()
    assert reading.result() is found
    assert_gone(reading)


def test_a_reading_that_nobody_follows_any_more_is_killed_and_cleared(upload: Path) -> None:
    reading = start_reading(upload, answer_codes={})
    process, folder = reading._process, Path(reading._folder.name)
    del reading
    gc.collect()
    assert process.poll() is not None
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals on Windows")
@pytest.mark.parametrize("end", ["SIGSEGV", "SIGABRT", "SIGTERM", "SIGKILL"])
def test_a_process_that_dies_is_a_file_that_cannot_be_read(upload: Path, end: str) -> None:
    reading = start_reading(upload, answer_codes={})
    os.kill(reading._process.pid, getattr(signal, end))
    with pytest.raises(UnusableInputError, match=r"kan niet worden gelezen|duurt te lang"):
        reading.result()
    assert_gone(reading)


@on_linux
def test_a_file_that_asks_too_much_memory_is_refused_with_that_reason(tmp_path: Path) -> None:
    path = tmp_path / "groot.csv"
    path.write_bytes(
        b"pand_id;naam;straat;complex\n" + b"".join(b"05181000%08d;a%d;b%d;c%d\n" % (n, n, n, n) for n in range(190_000))
    )
    with pytest.raises(UnusableInputError, match="te veel geheugen"):
        start_reading(path, answer_codes={}, memory=230 << 20).result()


@on_linux
def test_the_sandbox_sees_no_secret_of_the_app(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUICKSCAN_DATABASE", "postgresql://geheim")
    reading = start_reading(upload, answer_codes={})
    given, until = b"", time.monotonic() + 10
    while b"GDAL_SKIP" not in given and time.monotonic() < until:  # it is empty for a moment, while the process begins
        given = Path(f"/proc/{reading._process.pid}/environ").read_bytes()
    reading.cancel()
    assert b"geheim" not in given
    assert b"GDAL_SKIP" in given


def test_a_sandbox_that_cannot_start_says_so(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/geen/python")
    with pytest.raises(UnusableInputError, match=r"^lijst\.csv: Het lezen kon niet beginnen"):
        start_reading(upload, answer_codes={})


def assert_gone(reading: Reading) -> None:
    assert reading._process.poll() is not None
    assert not Path(reading._folder.name).exists()


def test_so_many_at_once_and_no_more(upload: Path) -> None:
    running = [start_reading(upload, answer_codes={}) for _ in range(AT_ONCE)]
    try:
        with pytest.raises(UnusableInputError, match="te veel bestanden tegelijk"):
            start_reading(upload, answer_codes={})
    finally:
        for reading in running:
            reading.cancel()
    assert start_reading(upload, answer_codes={}).result().rows > 0
