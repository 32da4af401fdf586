"""The process that reads one upload: it gives away what it does not need, reads, and leaves the outcome in a folder.

Started by the module `sandbox` as `python -m quickscan.ingest.guard.sandbox_child`, with the request as JSON on stdin;
each line on stdout says which stage it is in. A limit is what the kernel takes care of; where it cannot (Windows, macOS) the
starter's own time limit remains. Nothing heavy is imported before the limits hold.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

STAGES = ("openen", "lezen", "controleren")
TOO_MUCH_MEMORY, CRASHED = 3, 4  # exit codes
# Of the 512 MB that reading may take, code from shared libraries has some 60: it is in memory, but not as data. The limit
# on address space is of no use here, as the libraries alone map 450 MB of it, most of which is never in memory.
CODE_BYTES = 64 << 20
MOST_WRITTEN = 256 << 20  # bytes in one file; the outlines of a large municipality take 100 MB
MOST_OPEN = 64
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_OUTSIDE = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "os.startfile", "os.kill")


def limit_process(*, memory: int, seconds: int) -> None:
    """Ask the kernel to hold this process to its memory and computing time, to small files, and to leave no core."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": MOST_OPEN,
        "RLIMIT_FSIZE": MOST_WRITTEN,
        "RLIMIT_CPU": seconds,
        "RLIMIT_DATA": memory - CODE_BYTES,
    }
    for name, most in wanted.items():
        with suppress(ValueError, OSError, AttributeError):  # a limit that this system does not have
            resource.setrlimit(getattr(resource, name), (most, most))


def leave_network() -> None:
    """Leave the network where Linux allows it, and refuse connections and other programs from Python anyway."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)  # refused by some systems; then the next line is all
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_OUTSIDE):
        raise PermissionError(event)


def read_request(request: dict[str, Any]) -> int:
    """Read the file that the request names, and return the exit code."""
    folder = Path(request["folder"])
    try:
        _read(request, folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, the starter says that the file cannot be read
        if isinstance(error, MemoryError) or "bad_alloc" in str(error):  # as GEOS says it
            return TOO_MUCH_MEMORY
        sys.stderr.write(type(error).__name__)  # never its text, which may hold what is in the file
        return CRASHED
    return 0


def _read(request: dict[str, Any], folder: Path) -> None:
    from quickscan.domain.errors import UnusableInputError  # noqa: PLC0415 - heavy, so after the limits
    from quickscan.ingest.guard.transfer import read_frame, write_intake, write_refusal  # noqa: PLC0415
    from quickscan.ingest.reader import read_buildings  # noqa: PLC0415

    known = read_frame(Path(request["known"])) if request["known"] else None
    _tell(STAGES[1])
    try:
        intake = read_buildings(
            Path(request["path"]),
            answer_codes={criterion: tuple(codes) for criterion, codes in request["answer_codes"].items()},
            name=request["name"],
            mapping=request["mapping"],
            known=known,
        )
    except UnusableInputError as error:
        write_refusal(folder, problem=error.problem, advice=error.advice)
        return
    _tell(STAGES[2])
    write_intake(folder, intake)


def _tell(stage: str) -> None:
    sys.stdout.write(f"{stage}\n")
    sys.stdout.flush()


def main() -> int:
    """Read one request from stdin."""
    request = json.load(sys.stdin)
    # The starter is the one that ends this in time; this is for when the starter has gone.
    faulthandler.dump_traceback_later(request["seconds"] + 5, exit=True, file=sys.stderr)
    leave_network()
    limit_process(memory=request["memory"], seconds=request["seconds"])
    _tell(STAGES[0])
    return read_request(request)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the outcome is written; taking the libraries down neatly costs time and can only go wrong
