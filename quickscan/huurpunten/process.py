"""Count huurpunten in a process apart: it takes a second or two, and nothing of it stays here.

The same home on the same day is counted once. Whatever goes wrong is told as a PointsError: the rent is then entered by hand.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path

from quickscan.domain.finance.rentpoints import Points, PointsError, TypicalHome

SECONDS = 60  # it takes two; on a busy machine more
_PROJECT = Path(__file__).resolve().parents[2]
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "PATH", "TZ", "HOME", "TMPDIR", "TEMP", "TMP")
_log = logging.getLogger(__name__)


class ProcessCounter:
    """Implements `PointCounter`."""

    def count(self, home: TypicalHome, day: date) -> Points:
        return _count(home, day)


@lru_cache(maxsize=256)
def _count(home: TypicalHome, day: date) -> Points:
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ} | {"PYTHONPATH": str(_PROJECT)}
    asked = json.dumps({"home": asdict(home), "day": day.isoformat()})
    command = [sys.executable, "-s", "-P", "-X", "utf8", "-m", "quickscan.huurpunten.counting"]
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and our own module
            command, input=asked, capture_output=True, text=True, timeout=SECONDS, env=environment, cwd=_PROJECT, check=True
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise PointsError("het tellen duurde te lang.") from error
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        _log.warning("counting huurpunten failed: %s", getattr(error, "stderr", "") or error)
        raise PointsError("het rekenpakket gaf geen antwoord.") from error
    if "reason" in told:
        _log.warning("counting huurpunten was refused: %s", told["reason"])
        told_day = f"{day.day}-{day.month}-{day.year}"
        raise PointsError(f"het rekenpakket kent het stelsel op {told_day} niet, of kan deze woning niet aan.")
    parts = tuple((str(name), float(points)) for name, points in told["parts"])
    return Points(float(told["points"]), float(told["highest_rent"]), float(told["surcharge"]), parts)
