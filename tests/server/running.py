"""Real processes to test against: the app as a server, and nginx in front with the configuration that we ship."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATE = PROJECT / "deploy" / "nginx" / "quickscan.conf.template"
PATIENCE_S = 45
COOKIE_SECRET = "q8ZrW3nB5vXk2LmT7yHd9sPfGjC4aUeR1oKiNwQz6xVb"  # noqa: S105 - of these tests only
MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/fouten.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/quickscan.conf;
}}
"""


@dataclass
class Process:
    """One process that we started, and where it writes."""

    process: subprocess.Popen[bytes]
    log: Path

    def read(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def run(
    command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None, user: int | None = None
) -> Iterator[Process]:
    """Run a command from the project's folder, and stop it at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
        )
    try:
        yield Process(process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=15)


def wait_until(true: Callable[[], bool], *, running: Process | None = None, seconds: float = PATIENCE_S) -> None:
    """Wait until something is so; fail when it takes too long or the process ends."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if running is not None and running.process.poll() is not None:
            break
        try:
            if true():
                return
        except (httpx.TransportError, OSError):
            pass
        time.sleep(0.1)
    msg = f"not so within {seconds} s\n{running.read()[-3000:] if running else ''}"
    raise AssertionError(msg)


def answers(address: str) -> Callable[[], bool]:
    """Tell whether an address answers with 200."""
    return lambda: httpx.get(address, timeout=5).status_code == 200


def server_environment(folder: Path, *, public: str, database: str) -> dict[str, str]:
    """Return what a server is given, with the secrets file it needs."""
    secrets = folder / "inloggen.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "{public}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\nclient_id = "quickscan"\n'
        'client_secret = "van-de-inlogdienst"\nserver_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    return {
        "QUICKSCAN_MODUS": "server",
        "QUICKSCAN_ADRES": public,
        "QUICKSCAN_DATABASE": database,
        "QUICKSCAN_DEMO": "0",
        "STREAMLIT_SECRETS_FILES": str(secrets),
        "QUICKSCAN_DEBUG": "",
    }


def app_command(port: int) -> list[str]:
    return [sys.executable, "-m", "quickscan", "app", "--port", str(port), "--no-demo"]


@contextmanager
def nginx(folder: Path, *, names: Mapping[str, str]) -> Iterator[Process]:
    """Run nginx on our template with its names filled in."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx ontbreekt op deze computer (apt-get install nginx-light)")
    filled = re.sub(r"\$\{(\w+)\}", lambda match: names[match[1]], TEMPLATE.read_text(encoding="utf-8"))
    (folder / "quickscan.conf").write_text(filled, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    with run([program, "-e", str(folder / "eerste.log"), "-c", str(folder / "nginx.conf")], folder / "nginx.log") as started:
        yield started


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for localhost that nobody but these tests trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl ontbreekt op deze computer (apt-get install openssl)")
    certificate, key = folder / "certificaat.pem", folder / "sleutel.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *options.split(), *files], check=True, capture_output=True, timeout=30)
    return certificate, key


@contextmanager
def all_of(managers: Sequence[object]) -> Iterator[list[Process]]:
    """Enter all at once, so that what they start runs side by side."""
    with ExitStack() as stack:
        yield [stack.enter_context(manager) for manager in managers]  # type: ignore[arg-type]
