"""Every hostile upload is read or refused, in Dutch, within the limits. None takes the process down."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quickscan.ingest.guard.drivers import GDAL_SETTINGS
from quickscan.ingest.guard.sandbox import MAX_MEMORY, MAX_SECONDS, QUIET_LIBRARIES
from tests.hostile.cases import Upload
from tests.hostile.corpus import make_corpus

ENGLISH = re.compile(
    r"\b(error|exception|failed|invalid|unexpected|traceback|could not|cannot|expected|missing)\b", re.IGNORECASE
)
Outcome = dict[str, Any]


@pytest.fixture(scope="module")
def uploads() -> list[Upload]:
    return make_corpus()


@pytest.fixture(scope="module")
def outcomes(uploads: list[Upload]) -> Iterator[dict[str, Outcome]]:
    """How each upload ended, all read by one process under the limits of the sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        for upload in uploads:
            if not upload.endless:
                (Path(folder) / upload.name).write_bytes(upload.content)
        done = subprocess.run(
            [sys.executable, "-m", "tests.hostile.batch", folder],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | QUIET_LIBRARIES | GDAL_SETTINGS,
            timeout=300,
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        last = lines[-1]["name"] if lines else "the start"
        assert done.returncode == 0, f"the process ended with {done.returncode} at {last}: {done.stderr[-500:]}"
        yield {line["name"]: line for line in lines if "outcome" in line}


def test_there_are_at_least_five_hundred_different_uploads(uploads: list[Upload]) -> None:
    assert len({upload.content + Path(upload.name).suffix.encode() for upload in uploads}) >= 500
    assert len({upload.name for upload in uploads}) == len(uploads)


def test_the_corpus_is_the_same_every_time(uploads: list[Upload]) -> None:
    again = make_corpus.__wrapped__()
    assert [upload.name for upload in again] == [upload.name for upload in uploads]
    assert sum(one.content == other.content for one, other in zip(uploads, again, strict=True)) == len(uploads)


def test_every_upload_is_read_or_refused_and_none_crashes(uploads: list[Upload], outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) == sum(not upload.endless for upload in uploads)
    crashed = {name: found["problems"] for name, found in outcomes.items() if found["outcome"] == "crash"}
    assert crashed == {}
    print(Counter(found["outcome"] for found in outcomes.values()))  # noqa: T201 - a measurement


def test_what_must_not_be_read_is_refused(uploads: list[Upload], outcomes: dict[str, Outcome]) -> None:
    read = [upload.name for upload in uploads if upload.refused and outcomes[upload.name]["outcome"] != "refused"]
    assert read == []


def test_every_problem_comes_with_advice_and_no_library_speaks(outcomes: dict[str, Outcome]) -> None:
    for name, found in outcomes.items():
        for problem, advice in found["problems"]:
            assert problem.strip(), name
            assert advice.strip(), name
            assert not ENGLISH.search(problem + advice), (name, problem, advice)


def test_a_message_names_what_is_wrong(uploads: list[Upload], outcomes: dict[str, Outcome]) -> None:
    vague = {
        upload.name: outcomes[upload.name]["problems"]
        for upload in uploads
        if upload.says and not any(upload.says in problem + advice for problem, advice in outcomes[upload.name]["problems"])
    }
    assert vague == {}


def test_what_is_accepted_meets_the_contract_and_what_is_empty_says_why(outcomes: dict[str, Outcome]) -> None:
    for name, found in outcomes.items():
        if found["outcome"] == "read":
            assert found["contract"] == [], name
            assert found["accepted"] or found["problems"], name


def test_each_upload_stays_within_time_and_memory(outcomes: dict[str, Outcome]) -> None:
    slow = {name: found["seconds"] for name, found in outcomes.items() if found["seconds"] > MAX_SECONDS}
    large = {name: found["peak"] for name, found in outcomes.items() if found["peak"] > MAX_MEMORY}
    assert (slow, large) == ({}, {})
