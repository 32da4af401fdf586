"""One broken file per mistake. The message names the file and what to do, in Dutch.

Each file in broken/ says in its first three lines where it goes in a copy of the national rulebook, what the message
says is wrong, and what it says to do.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quickscan.domain.errors import RulebookError
from quickscan.rulebook.loader import NATIONAL, load_rulebook

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.toml"))
ENGLISH = ("Field required", "Input should", "Extra inputs", "Invalid")


def copy_of_national(folder: Path) -> Path:
    target = folder / "normen"
    shutil.copytree(NATIONAL, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def header(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()[:3]
    return dict(line.removeprefix("# ").split(": ", 1) for line in lines)


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    return caught.value.faults


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_is_reported_with_its_file_and_the_remedy(path: Path, tmp_path: Path):
    told = header(path)
    folder = copy_of_national(tmp_path)
    shutil.copyfile(path, folder / told["plaats"])
    faults = faults_of(folder)
    found = [fault for fault in faults if told["melding"] in fault]
    assert found, faults
    assert told["remedie"] in found[0]
    assert told["plaats"] in found[0].split(": ")[0], found[0]
    assert not [fault for fault in faults if any(word in fault for word in ENGLISH)]


def test_a_copy_without_mistakes_loads(tmp_path: Path):
    assert load_rulebook(copy_of_national(tmp_path)).fingerprint == load_rulebook(NATIONAL).fingerprint


def test_all_mistakes_in_all_files_are_reported_at_once(tmp_path: Path):
    folder = copy_of_national(tmp_path)
    for path in BROKEN:
        if path.stem in ("missing_source", "gap_between_bands", "parameter_half_a_range"):
            shutil.copyfile(path, folder / header(path)["plaats"])
    assert len({fault.split(":")[0] for fault in faults_of(folder)}) == 3


def test_an_empty_folder_and_a_missing_file_are_reported(tmp_path: Path):
    assert any("geen criteria gevonden" in fault for fault in faults_of(tmp_path))
    folder = copy_of_national(tmp_path)
    (folder / "stappen.toml").unlink()
    assert faults_of(folder) == ("stappen.toml: ontbreekt; zet hem terug",)


def test_a_parameter_that_a_measure_needs_cannot_be_left_out(tmp_path: Path):
    folder = copy_of_national(tmp_path)
    (folder / "parameters" / "gebouw.toml").unlink()
    assert any("hoogte.tussenlaag_m" in fault and "voeg hem toe" in fault for fault in faults_of(folder))
