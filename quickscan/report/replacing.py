"""Write a file whole or not at all: beside its place under another name first, then renamed in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quickscan.domain.errors import UnusableInputError


def require_writable(path: Path) -> Path:
    """Return the real path to write to; raises UnusableInputError when nothing can be written there."""
    target = path.expanduser().resolve()
    if target.is_dir():
        raise UnusableInputError("Dit is een map, geen bestand.", "Geef ook een bestandsnaam op.", where=str(path))
    if target.exists() and not target.is_file():
        raise UnusableInputError("Dit is geen gewoon bestand.", "Kies een andere naam.", where=str(path))
    if not target.parent.is_dir():
        raise UnusableInputError("De map bestaat niet.", "Maak de map eerst aan, of kies een andere.", where=str(path))
    try:
        with _beside(target):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error
    return target


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes the place of `path` when all went well, and else disappears."""
    try:
        with _beside(path) as temporary:
            yield temporary
            os.replace(temporary, path)  # noqa: PTH105 - one step, also over an existing file
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    # The suffix stays last: GDAL and XlsxWriter look at it. The mode is what the user's umask makes of a new file.
    temporary = path.with_name(f".{path.stem[:100]}.{os.getpid()}.deel{path.suffix}")
    temporary.open("xb").close()
    try:
        yield temporary
    finally:
        for leftover in path.parent.glob(f"{temporary.name}*"):  # SQLite may leave a journal beside it
            leftover.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> UnusableInputError:
    known = {
        "PermissionError": "Er mag hier niet geschreven worden.",
        "FileExistsError": "Een andere opdracht schrijft dit bestand al.",
    }
    problem = known.get(type(error).__name__, f"Schrijven lukt niet ({error.strerror or error}).")
    return UnusableInputError(problem, "Kies een andere plek, of maak ruimte of rechten vrij.", where=str(path))
