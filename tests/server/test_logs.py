"""The log tells what happened and to which visit, and nothing about a person."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from quickscan.serving.logs import JsonLines, describe, report
from quickscan.serving.tracing import request_id

PERSONAL = "Jan Jansen, jan@voorbeeld.nl, 111222333, 192.168.1.5"


def write(name: str, message: str, *values: object, error: BaseException | None = None, **extra: Any) -> dict[str, Any]:
    record = logging.getLogger(name).makeRecord(name, logging.ERROR, __file__, 1, message, values, None, extra=extra)
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    text = JsonLines(lambda: {"session": "ab12"}).format(record)
    assert "\n" not in text
    return json.loads(text)


def raised() -> Exception:
    try:
        try:
            int("jan@voorbeeld.nl")
        except ValueError as cause:
            raise KeyError(PERSONAL) from cause
    except KeyError as error:
        return error


def test_a_line_has_a_moment_in_utc_a_level_and_the_visit() -> None:
    token = request_id.set("verzoek-1")
    line = write("quickscan.serving", "Gereedheid: %s", "klaar", fields={"code": "1a2b-3c4d"})
    request_id.reset(token)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "quickscan.serving",
        "event": "Gereedheid: klaar",
        "request": "verzoek-1",
        "session": "ab12",
        "code": "1a2b-3c4d",
    }


def test_of_other_packages_only_the_sentence_is_kept() -> None:
    line = write("uvicorn.error", '%s - "WebSocket %s" [accepted]', "192.168.1.5:1234", "/_stcore/stream?naam=Jan")
    assert line["event"] == '%s - "WebSocket %s" [accepted]'


def test_of_an_exception_kinds_and_places_are_kept_but_never_what_it_says() -> None:
    line = write("quickscan.x", "Mis", error=raised())
    assert line["error"] == ["KeyError", "ValueError"]
    assert line["places"] == [f"tests/server/test_logs.py:{raised.__code__.co_firstlineno + 5} raised"]
    assert not any(part in json.dumps(line) for part in ("Jan", "voorbeeld.nl", "111222333", "192.168"))


def test_an_exception_of_a_package_has_its_full_name_and_a_circle_ends() -> None:
    first, second = json.JSONDecodeError("x", "y", 0), RuntimeError()
    first.__cause__, second.__cause__ = second, first
    kinds = describe(first)["error"]
    assert kinds[:2] == ["json.decoder.JSONDecodeError", "RuntimeError"]
    assert len(kinds) < sys.getrecursionlimit()


def test_the_code_that_is_shown_is_the_code_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    code = report(raised())
    (record,) = caplog.records
    assert record.fields == {"code": code}
    assert record.exc_info is not None
    assert len(code) == 9
    assert report(raised()) != code
