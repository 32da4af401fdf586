"""A version counts from its day on; "vervallen" ends a parameter; the fingerprint follows content and nothing else."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from quickscan.domain.rules import Overlay, UnknownRuleError
from quickscan.rulebook.loader import NATIONAL, load_national, load_rulebook

SWITCH = date(2027, 1, 1)
PARAMETER = """
[[parameter]]
id = "proef.getal"
naam = "Een getal"
uitleg = "Alleen voor de test."
eenheid = "m"

[[parameter.waarden]]
vanaf = 2026-01-01
waarde = 3
bron = "Test"
geraadpleegd = 2026-11-21
aanname = true

[[parameter.waarden]]
vanaf = 2027-01-01
waarde = 4
bron = "Test"
geraadpleegd = 2026-11-21
aanname = true

[[parameter.waarden]]
vanaf = 2028-01-01
waarde = "vervallen"
bron = "Test"
geraadpleegd = 2026-11-21
aanname = true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "normen"
    shutil.copytree(NATIONAL, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def test_a_value_switches_on_its_day_and_not_the_day_before(folder: Path):
    (folder / "parameters" / "proef.toml").write_text(PARAMETER, encoding="utf-8")
    rulebook = load_rulebook(folder)
    days = (SWITCH - timedelta(days=1), SWITCH, date(2027, 12, 31))
    assert [rulebook.on(day).parameter("proef.getal").likely for day in days] == [3, 4, 4]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2028, 1, 1)])
def test_before_its_first_day_and_after_it_ended_a_parameter_is_not_there(folder: Path, day: date):
    (folder / "parameters" / "proef.toml").write_text(PARAMETER, encoding="utf-8")
    with pytest.raises(UnknownRuleError, match="peildatum"):
        load_rulebook(folder).on(day).parameter("proef.getal")


def test_a_criterion_switches_on_its_day(folder: Path):
    path = folder / "criteria" / "bouwtechnisch" / "dak.toml"
    text = path.read_text(encoding="utf-8")
    later = re.sub(r"vanaf = \d{4}-\d\d-\d\d", "vanaf = 2027-01-01", text[text.index("[[versies]]") :], count=1)
    path.write_text(f"{text}\n{later.replace('gewicht = 6', 'gewicht = 11', 1)}", encoding="utf-8")
    rulebook = load_rulebook(folder)
    weights = [rulebook.on(day).criterion("bou.dak").version.gewicht for day in (SWITCH - timedelta(days=1), SWITCH)]
    assert weights == [6, 11]


def test_a_preselection_rule_starts_on_its_day():
    rulebook = load_national()
    first = min(rule.vanaf for rule in rulebook.voorselectie)
    assert rulebook.on(first).voorselectie
    assert rulebook.on(first - timedelta(days=1)).voorselectie == ()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("criteria/bouwtechnisch/dak.toml", "gewicht = 6", "gewicht = 7"),
        ("criteria/bouwtechnisch/dak.toml", "punten = 25", "punten = 26"),
        ("parameters/woningen.toml", "waarschijnlijk = 5.5", "waarschijnlijk = 5.6"),
        ("parameters/woningen.toml", 'eenheid = "m"', 'eenheid = "meter"'),
        ("acties.toml", "stap = 3", "stap = 4"),
        ("voorselectie.toml", "onder = 4", "onder = 5"),
        ("stappen.toml", 'naam = "', 'naam = "Stap '),
    ],
)
def test_any_change_of_content_gives_another_fingerprint(folder: Path, file: str, old: str, new: str):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert load_rulebook(folder).fingerprint != load_national().fingerprint


def test_the_place_of_a_parameter_among_the_files_does_not_matter(folder: Path):
    (folder / "parameters" / "lagen.toml").rename(folder / "parameters" / "zz_lagen.toml")
    assert load_rulebook(folder).fingerprint == load_national().fingerprint


def test_comments_and_spaces_do_not_matter(folder: Path):
    path = folder / "acties.toml"
    path.write_text("# Nieuw commentaar\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_rulebook(folder).fingerprint == load_national().fingerprint


def test_an_overlay_shows_in_the_fingerprint_and_the_national_part_stays_readable():
    national = load_national().on(SWITCH)
    changed = load_national().on(SWITCH, overlay=Overlay(gewichten={"bou.dak": 9}))
    assert changed.fingerprint.startswith(f"{national.fingerprint}+")
    assert changed.criterion("bou.dak").version.gewicht == 9
    assert national.criterion("bou.dak").version.gewicht == 6
