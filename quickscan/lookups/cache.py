"""Keeps answers in files, so that nothing is asked twice and looking up goes on without a network.

A kept answer is one file, named after a hash of what was asked: the name does not tell which address or pand. Its first
line holds the moment and a hash of the rest. A file that does not meet its own hash is thrown away.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

LONGEST = timedelta(days=365)  # an older answer does not stand in either, not even without a network
_PART = ".deel"
_HALF_WRITTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from the cache and the moment it was given."""

    content: Any
    at: datetime


class AnswerCache:
    """Answers in one folder. A full disk or a read-only folder only means that nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str, *, now: datetime) -> Kept | None:
        """Return what was kept, None when there is nothing (any more). A damaged or very old file is removed."""
        path = self._path(key)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        try:
            about = json.loads(head)
            at = datetime.fromisoformat(about["at"])
            if about["sha256"] == hashlib.sha256(body).hexdigest() and timedelta(0) <= now - at <= LONGEST:
                return Kept(json.loads(body), at)
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        path.unlink(missing_ok=True)
        return None

    def write(self, key: str, content: Any, *, at: datetime) -> None:
        """Keep an answer: the whole file or none of it."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        head = json.dumps({"at": at.isoformat(), "sha256": hashlib.sha256(body).hexdigest()}).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=_PART)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(head + b"\n" + body)
                Path(name).replace(self._path(key))
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError:
            return

    def drop_old(self, *, now: datetime) -> None:
        """Remove what is too old to stand in, and what a crash left half written."""
        try:
            for path in self._folder.iterdir():
                age = timedelta(seconds=now.timestamp() - path.stat().st_mtime)
                if age > (_HALF_WRITTEN if path.suffix == _PART else LONGEST):
                    path.unlink(missing_ok=True)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
