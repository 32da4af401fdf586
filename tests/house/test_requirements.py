"""Each dependency has a reason, is locked, and every locked file has a hash."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAIRS = (("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt"))
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")


def _wanted(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(file: str) -> dict[str, tuple[str, str]]:
    """Name → (version, the whole block of the lock file)."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / file).read_text(encoding="utf-8"))
    matches = [(LOCKED.match(block), block) for block in blocks]
    return {_plain(match[1]): (match[2], block) for match, block in matches if match}


@pytest.mark.parametrize("wanted", [file for file, _ in PAIRS])
def test_every_requirement_says_why(wanted: str) -> None:
    assert [line for line in _wanted(wanted) if not re.search(r"\s# \S.{5,}", line)] == []


@pytest.mark.parametrize(("wanted", "lock"), PAIRS)
def test_every_requirement_is_locked_with_a_hash(wanted: str, lock: str) -> None:
    locked = _locked(lock)
    names = [_plain(re.split(r"[\[<>=~!; ]", line, maxsplit=1)[0]) for line in _wanted(wanted)]
    assert [name for name in names if name not in locked] == []
    assert [name for name, (_, block) in locked.items() if "--hash=sha256:" not in block] == []


def test_tests_run_on_the_versions_that_users_get() -> None:
    app, dev = _locked("requirements.txt"), _locked("requirements-dev.txt")
    assert {name: version for name, (version, _) in app.items() if dev.get(name, ("",))[0] != version} == {}
