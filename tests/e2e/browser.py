"""A real server and a real browser, for the tests and for the screenshots. Everything stays on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pyogrio.raw
from playwright.sync_api import Browser, Locator, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-compositing",  # only the map needs a GPU, and the one that is imitated here draws pages slowly
    "--disable-gpu-rasterization",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
AS_PEOPLE = {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "reduced_motion": "reduce"}  # of every window
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
BAG_COLUMNS = (
    "pand_id",
    "bouwjaar",
    "status",
    "gebruiksdoel",
    "oppervlakte_min",
    "oppervlakte_max",
    "aantal_verblijfsobjecten",
)


def find_chromium() -> str:
    """Return the browser to drive: CHROMIUM, or the first one on the path."""
    named = os.environ.get("CHROMIUM")
    found = named or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if not found:
        msg = "no Chromium found: run `make test`, or set CHROMIUM"
        raise RuntimeError(msg)
    return found


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serve(database: Path, *, port: int | None = None) -> Iterator[str]:
    """Run the app on its own database and return its address; with `port` on that one, as after a restart."""
    port = port or free_port()
    log = database.with_suffix(".log")
    environment = {**os.environ, "QUICKSCAN_DATABASE": f"sqlite:///{database.as_posix()}"}
    command = [sys.executable, "-m", "quickscan", "app", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    msg = f"the app did not start:\n{log.read_text(errors='replace')[-3000:]}"
    raise RuntimeError(msg)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Page, *, extra_ms: int = 250) -> None:
    """Wait until Streamlit has stopped running and drawing."""
    page.wait_for_selector("[data-testid='stApp']", timeout=30_000)
    page.wait_for_function(
        "() => { const app = document.querySelector('[data-testid=\"stApp\"]');"
        " return app && app.getAttribute('data-test-script-state') === 'notRunning'"
        ' && document.querySelector(\'[data-testid="stMain"] [data-testid="stElementContainer"]\')'
        " && !document.querySelector('[data-testid=\"stSkeleton\"]')"
        " && !document.querySelector('[data-testid=\"stSpinner\"]'); }",
        timeout=60_000,
    )
    page.wait_for_timeout(extra_ms)


def press_slowly(page: Page, target: Locator) -> None:
    """Press a button as a person does, who lets go after the page had time to draw again; it must not move meanwhile."""
    target.hover()
    page.mouse.down()
    page.wait_for_timeout(1_500)
    page.mouse.up()


def write_panden(path: Path, buildings: pd.DataFrame) -> Path:
    """Write panden as a GeoPackage in the columns of the BAG, as a municipality would send them."""
    names = [name for name in BAG_COLUMNS if name in buildings.columns]
    pyogrio.raw.write(
        path,
        geometry=buildings["geometry"].to_numpy(dtype=object),
        field_data=[
            buildings[name].to_numpy(dtype=object if buildings[name].dtype.kind not in "fi" else np.float64) for name in names
        ],
        fields=["identificatie" if name == "pand_id" else name for name in names],
        layer="pand",
        driver="GPKG",
        crs="EPSG:28992",
        geometry_type="Polygon",
    )
    return path
