"""A hostile upload leaves the database as it was: nothing of it comes in halfway."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.ingest.reader import read_buildings
from quickscan.services.imports import FileNote, Imports
from quickscan.store.database import open_store
from quickscan.store.repository import SqlStore
from tests.hostile.batch import CODES
from tests.hostile.cases import CSV, Upload
from tests.hostile.corpus import make_corpus

EVERY = 9
NOTE = FileNote("upload", "0" * 64, 1)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "quickscan.db"


@pytest.fixture
def store(database: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{database}")
    yield opened
    opened.close()


def fingerprint(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode("utf-8", "surrogatepass")).hexdigest()


def take(imports: Imports, intake: Intake, workspace_id: str | None) -> None:
    """Bring a file in as far as it goes without the last word: plan, and confirm a plan that holds nothing."""
    plan = imports.plan([(NOTE, intake)], workspace_id=workspace_id)
    if workspace_id is None and not plan.added:
        imports.confirm(plan, name="Kwaad", author="iemand")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numpy about infinite coordinates; here only the outcome counts
def test_no_upload_leaves_a_trace_before_somebody_confirms_it(tmp_path: Path, store: SqlStore, database: Path) -> None:
    imports = Imports(store)
    sound = tmp_path / "goed.csv"
    sound.write_bytes(CSV)
    plan = imports.plan([(NOTE, read_buildings(sound, answer_codes=CODES))], workspace_id=None)
    workspace = imports.confirm(plan, name="Goed", author="iemand").workspace_id
    before = fingerprint(database)
    refused = 0
    for upload in choose_uploads():
        path = tmp_path / upload.name
        path.write_bytes(upload.content)
        try:
            intake = read_buildings(path, answer_codes=CODES)
            for target in (workspace, None):
                take(imports, intake, target)
        except UnusableInputError:
            refused += 1
        path.unlink()
    assert refused > 50
    assert fingerprint(database) == before


def choose_uploads() -> list[Upload]:
    """Return one in nine, of every family, and none of the largest: this test reads them in its own process."""
    return [upload for upload in make_corpus() if not upload.endless and len(upload.content) < 1_000_000][::EVERY]
