"""Open a csv, or the only csv in a zip, as a stream of bytes that is bounded and plain.

Bounded: reading stops when more comes out than can be true, so that a zip cannot grow without end. Plain: every letter
beyond ASCII becomes "?", for a reader of which all that it uses is ASCII; so it does not matter how the names of streets
and projects were encoded.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from quickscan.domain.errors import UnusableInputError

MAX_BYTES = 4_000_000_000  # unpacked; the national file of EP-Online was 1.6 GB in 2026
MAX_RATIO = 60  # of unpacked to packed; that file packs to a tenth
BLOCK = 8 << 20
BYTE_MARK = "???"  # what is left of the mark with which some files in UTF-8 begin
_GET_AGAIN = "Download het bestand opnieuw."
_ASCII = bytes(byte if byte < 128 else ord("?") for byte in range(256))  # noqa: PLR2004 - ASCII ends there


@contextmanager
def open_plain(path: Path) -> Iterator[tuple[io.BufferedReader[Any], str]]:
    """Yield the stream and the name inside the zip ("" for a csv); raises UnusableInputError."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file, io.BufferedReader(_Plain(file, MAX_BYTES), BLOCK) as stream:
            yield stream, ""
        return
    try:
        with zipfile.ZipFile(path) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(entries) != 1 or not entries[0].filename.lower().endswith(".csv"):
                problem = "In een zip mag alleen één csv-bestand zitten, zoals bij EP-Online."
                raise UnusableInputError(problem, "Pak het uit, en lever het bestand zelf aan.", where=path.name)
            limit = min(MAX_BYTES, max(MAX_RATIO * path.stat().st_size, BLOCK))
            with packed.open(entries[0]) as entry, io.BufferedReader(_Plain(entry, limit), BLOCK) as stream:
                yield stream, entries[0].filename
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnusableInputError("Dit zip-bestand is beschadigd of versleuteld.", _GET_AGAIN, where=path.name) from error


class _Plain(io.RawIOBase):
    def __init__(self, source: IO[bytes], limit: int) -> None:
        super().__init__()
        self._source, self._left = source, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._source.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0:
            raise UnusableInputError("Dit bestand is veel te groot, misschien pas na het uitpakken.", _GET_AGAIN)
        buffer[: len(piece)] = piece.translate(_ASCII)
        return len(piece)
