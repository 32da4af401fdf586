"""The log: one JSON object a line, in which no person can be found.

What our own code says is a fixed sentence with named fields. Of other packages only the sentence is kept, without what
was filled in: that may be an address or a value from a form. Of an exception its kind and the places in the code, never
its message. Names, notes, addresses and IP numbers so have no way in.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from quickscan.serving.tracing import make_code, request_id
from quickscan.settings import PROJECT

OURS = "quickscan"
FIELDS = "fields"  # the extra under which our own code hands over named values
DEEPEST = 30  # places in the code that are kept of one exception
# Too talkative (they write the client's IP number), or said again by `report`.
QUIETED: Mapping[str, int] = {
    "uvicorn.access": logging.CRITICAL,
    "uvicorn.error": logging.WARNING,
    "alembic": logging.WARNING,
    "streamlit.error_util": logging.CRITICAL,
}
Names = Callable[[], Mapping[str, str]]
_log = logging.getLogger(f"{OURS}.serving")


def report(error: BaseException) -> str:
    """Log an exception that nobody expected; return the code to show in its place."""
    code = make_code()
    _log.error("Onverwachte fout, code %s", code, exc_info=error, extra={FIELDS: {"code": code}})
    return code


def write_json_lines(*, names: Names = dict) -> None:
    """Send every log line of this process to stderr as JSON. `names` tells in which visit a thread works."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(names))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        pass_on(logging.getLogger(name))
    for name, level in QUIETED.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)


def pass_on(logger: logging.Logger) -> None:
    """Take away a package's own way of writing, so that its lines come to ours."""
    logger.handlers.clear()
    logger.propagate = True


class JsonLines(logging.Formatter):
    """One line of the log."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one JSON object."""
        is_ours = record.name.split(".")[0] == OURS
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if is_ours else str(record.msg),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= self._names()
        if is_ours:
            line |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def describe(error: BaseException) -> dict[str, object]:
    """Return the kind of an exception, what it came from, and the places in the code; not what it says."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < DEEPEST:
        kinds.append(f"{type(seen).__module__}.{type(seen).__qualname__}".removeprefix("builtins."))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    places = [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"error": kinds, "places": places[-DEEPEST:]}


def _place(file: str) -> str:
    path = Path(file)
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else "/".join(path.parts[-3:])
