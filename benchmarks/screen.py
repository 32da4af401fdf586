"""The command `screen` on 5,613 real panden, start of the process included, against a script that only reads and writes.

The floor reads the same two layers with pyogrio (of the panden the attributes and shapes, of the verblijfsobjecten the
attributes, as `screen` needs them), makes pandas frames of them and writes that of the panden as CSV. It has no rules, no
checks, no counts and no results.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Result, interleaved

PROJECT = Path(__file__).resolve().parent.parent
DEN_HAAG = PROJECT.parent / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"
GOAL = 1.5
REPEATS = 9
BARE = """
import sys
import pandas as pd
import pyogrio.raw
objects, _, _, columns = pyogrio.raw.read(sys.argv[1], layer="verblijfsobject", read_geometry=False)
units = pd.DataFrame(dict(zip(objects["fields"], columns)))
meta, _, geometry, columns = pyogrio.raw.read(sys.argv[1], layer="pand")
frame = pd.DataFrame(dict(zip(meta["fields"], columns)))
frame.to_csv(sys.argv[2], index=False)
"""


def against_bare_script() -> Iterator[Result]:
    """Yield the seconds of a whole `screen`, beside the bare script."""
    if not DEN_HAAG.is_file():
        print(f"screen: overgeslagen, {DEN_HAAG} ontbreekt", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "quickscan", "screen", str(DEN_HAAG), "--out", f"{folder}/uit.csv"]
        bare = [sys.executable, "-c", BARE, str(DEN_HAAG), f"{folder}/kaal.csv"]
        mine, _, ratio = interleaved(lambda: _run(ours), lambda: _run(bare), repeats=REPEATS)
    against = "een kaal script: pyogrio.raw.read van beide lagen, pandas, to_csv"
    yield Result("screen_den_haag", mine, "s", against, ratio, f"≤ {GOAL}", ratio <= GOAL)


def _run(command: list[str]) -> None:
    # As on anyone's machine: Python keeps the compiled modules of the first run, which is not counted.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, env=environment)
