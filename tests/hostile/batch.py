"""Read many files in one process under the limits of the sandbox, and tell of each how it ended.

Run as `python -m tests.hostile.batch FOLDER`; one line of JSON a file. The line with only a name comes before reading, so
that the last one names the file that took the process down. Memory is the peak while reading that file.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from quickscan.ingest.guard.sandbox import MAX_MEMORY
from quickscan.ingest.guard.sandbox_child import leave_network, limit_process

CODES = {"bou.dak": ("plat_vrij", "plat_vol"), "org.draagvlak": ("hoog", "laag")}
PEAK = Path("/proc/self/clear_refs")


def main(folder: Path) -> None:
    """Read the files of a folder one by one, in the order of their names."""
    leave_network()
    limit_process(memory=MAX_MEMORY, seconds=300)
    for path in sorted(folder.iterdir()):
        tell({"name": path.name})
        with suppress(OSError):
            PEAK.write_text("5")  # Linux starts counting the peak anew
        start = time.perf_counter()
        outcome = read(path)
        tell({"name": path.name, **outcome, "seconds": time.perf_counter() - start, "peak": measure_peak()})


def read(path: Path) -> dict[str, object]:
    """Read one file and return how it ended."""
    from quickscan.domain.errors import UnusableInputError  # noqa: PLC0415 - after the limits
    from quickscan.domain.facts import check_buildings  # noqa: PLC0415
    from quickscan.ingest.reader import read_buildings  # noqa: PLC0415

    try:
        intake = read_buildings(path, answer_codes=CODES)
    except UnusableInputError as error:
        return {"outcome": "refused", "problems": [[error.problem, error.advice]]}
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        return {"outcome": "crash", "problems": [[type(error).__name__, str(error)[:300]]]}
    return {
        "outcome": "read",
        "problems": sorted({(fault.problem, fault.advice) for fault in intake.faults})[:50],
        "rows": intake.rows,
        "accepted": len(intake.buildings),
        "contract": [fault.sentence() for fault in check_buildings(intake.buildings, answers=CODES)]
        if len(intake.buildings) and intake.adds
        else [],
    }


def measure_peak() -> int:
    """Return the most memory that was in use, in bytes; 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def tell(outcome: dict[str, object]) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(outcome) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
