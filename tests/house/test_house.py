"""The house: papers that a stranger looks for, and nothing in them of the place where it was made."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from quickscan.domain.rules import CriterionVersion

ROOT = Path(__file__).parents[2]
# Put together here, so that this file does not contain what it looks for.
TRACES = (
    *(f"/work/{folder}" for folder in ("main", "shared")),
    *(
        ".".join(parts)
        for parts in (("pypi", "org/simple"), ("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian", "org"))
    ),
)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _project_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # no git, or a download without its history
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_licence_is_the_whole_eupl() -> None:
    text = _read("LICENSE")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert re.findall(r"^(\d+)\. [A-Z]", text, re.MULTILINE) == [str(article) for article in range(1, 16)]
    assert "Belgian law" in text
    assert text.rstrip().endswith("require the production of a new\nEUPL version.")


def test_licence_is_the_same_everywhere() -> None:
    assert tomllib.loads(_read("pyproject.toml"))["project"]["license"] == "EUPL-1.2"
    assert "EUPL-1.2" in _read("README.md")


@pytest.mark.parametrize(
    "line",
    [
        "make app",
        "make test",
        "python -m venv .venv",
        "pip install --require-hashes -r requirements.txt",
        "python -m quickscan app",
        "python -m quickscan check",
        "python -m quickscan screen",
        "--out",
    ],
)
def test_readme_names_the_line_to_type(line: str) -> None:
    assert line in _read("README.md")


def test_readme_shows_every_screen() -> None:
    screens = re.findall(r"docs/schermen/(\w+)-breed\.png", _read("README.md"))
    scan = ["start", "portefeuille", "quickscan", "gebouw", "kaart"]
    assert screens == [*scan, "businesscase", "planning", "acties", "strategie", "programma"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/normenset.md"])
def test_paper_has_one_title(name: str) -> None:
    prose = re.sub(r"```.*?```", "", _read(name), flags=re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1


def test_worked_example_in_contributing_is_a_valid_version() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", _read("CONTRIBUTING.md"), re.DOTALL)
    (version,) = TypeAdapter(tuple[CriterionVersion, ...]).validate_python(tomllib.loads(block)["versies"])
    assert [choice.punten for choice in version.keuzes] == [15, 60, 90, 80]


def test_make_and_ci_run_the_same() -> None:
    assert "make test" in _read(".ci/run")
    targets = set(re.findall(r"^([a-z]+):", _read("Makefile"), re.MULTILINE))
    assert {"help", "app", "test", "lint", "format", "bench", "screenshots", "lock", "clean"} <= targets


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in _project_files():
        content = path.read_bytes().lower()
        found += [f"{path.relative_to(ROOT)}: {trace}" for trace in TRACES if trace.encode() in content]
    assert found == []


def test_no_page_lies_directly_in_pages() -> None:
    # A fresh process would serve it by its address, without app.py and its gate.
    assert list((ROOT / "pages").glob("*.py")) == []
