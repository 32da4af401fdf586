"""Huurpunten: a typical home is counted by the package, in a process apart; what cannot be counted is said."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quickscan.domain.finance.faults import CaseError
from quickscan.domain.finance.reading import read_case
from quickscan.domain.finance.rentpoints import Points, PointsError, TypicalHome, check_rents, make_home
from quickscan.huurpunten import process
from quickscan.huurpunten.process import ProcessCounter
from quickscan.rulebook.subsidies import load_subsidies
from tests.finance.conftest import content, national_rules

PROJECT = Path(__file__).resolve().parents[2]
DAY = date(2026, 7, 1)
# Points by hand, from the 2026 stelsel: 1 per m² of rooms (rounded per room type), 0,75 per m² of storage, 2 per heated room
# (a living room with an open kitchen counts as two),
# 53 for label A+++ in a block of flats, 7 for 2,1 m of kitchen, 4 + 1 + 2,75 for shower, basin and toilet, 2 + 0,35 per m²
# of balcony, and the WOZ part of € 85.806, the least there is: 85.806 / 16.954 + 85.806 / m² / 268.
KNOWN = {"studio": (121, 781.85), "tweekamer": (139, 905.39), "driekamer": (157, 1_131.90)}


def home(**given: Any) -> TypicalHome:
    return make_home(given, national_rules())


@pytest.mark.parametrize(("kind", "wanted"), KNOWN.items())
def test_a_typical_home_has_the_points_and_the_rent_of_the_stelsel(kind: str, wanted: tuple[int, float]):
    found = ProcessCounter().count(home(woningtype=kind), DAY)
    assert (found.points, found.highest_rent) == (wanted[0], pytest.approx(wanted[1]))
    assert found.surcharge == (0.1 if kind == "driekamer" else 0)  # a new home of 144 to 186 points
    assert sum(points for _, points in found.parts) == pytest.approx(wanted[0], abs=0.5)
    assert dict(found.parts)["Energieprestatie"] == 53


def test_a_worse_label_and_a_higher_woz_move_the_rent_the_right_way():
    counter = ProcessCounter()
    usual = counter.count(home(), DAY)
    assert counter.count(home(energielabel="C"), DAY).points == usual.points - (53 - 15)
    assert counter.count(home(woz_eur=250_000), DAY).highest_rent > usual.highest_rent


def test_a_year_the_package_does_not_know_is_said_and_asks_for_the_rent_by_hand():
    with pytest.raises(PointsError, match="kent het stelsel op 1-3-2031 niet") as caught:
        ProcessCounter().count(home(), date(2031, 3, 1))
    assert "Vul de huur zelf in" in str(caught.value)


def test_a_process_that_breaks_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", str(PROJECT / "geen-python"))
    with pytest.raises(PointsError, match="gaf geen antwoord"):
        ProcessCounter().count(home(oppervlakte_m2=51.5), DAY)


def test_a_process_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "SECONDS", 0.001)
    with pytest.raises(PointsError, match="duurde te lang"):
        ProcessCounter().count(home(oppervlakte_m2=51.25), DAY)


def test_counting_leaves_this_process_alone():
    code = (
        "import locale, os, sys, warnings; from datetime import date; from quickscan.wiring import rules_on; "
        "from quickscan.domain.finance.rentpoints import make_home; from quickscan.huurpunten.process import ProcessCounter; "
        "home = make_home({}, rules_on(date(2026, 7, 1))); "
        "look = lambda: (locale.setlocale(locale.LC_ALL), os.environ.get('TZ'), sys.excepthook, list(warnings.filters)); "
        "before = look(); ProcessCounter().count(home, date(2026, 7, 1)); "
        "assert 'woningwaardering' not in sys.modules; assert look() == before"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


def test_a_home_that_cannot_exist_is_said():
    with pytest.raises(PointsError, match="past niet in 24 m²"):
        home(woningtype="driekamer", oppervlakte_m2=24)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"woningtype": "villa"}, "huurpunten.woningtype"),
        ({"energielabel": "Z"}, "huurpunten.energielabel"),
        ({"oppervlakte_m2": 0}, "huurpunten.oppervlakte_m2"),
        ({"woz_eur": -1}, "huurpunten.woz_eur"),
        ({"woz_eur": "veel"}, "huurpunten.woz_eur"),
        ({"keuken": 2}, "huurpunten.keuken"),
    ],
)
def test_a_wrong_key_of_the_home_is_named(table: dict[str, Any], key: str):
    with pytest.raises(CaseError) as caught:
        read_case(content(huurpunten=table), national_rules(), load_subsidies())
    assert [fault.key for fault in caught.value.faults] == [key]


def test_a_rent_above_the_points_is_told_at_its_key():
    points, small = Points(121, 781.85, 0.0, ()), home(woningtype="studio")
    told = list(check_rents({"woning.huur_eur_per_maand": 800.0, "aanplakken.huur_eur_per_maand": 700.0}, points, small))
    assert [fault.key for fault in told] == ["woning.huur_eur_per_maand"]
    assert "€ 781,85 bij 121 huurpunten (studio)" in told[0].problem
    assert list(check_rents({"woning.huur_eur_per_maand": 781.85}, points, small)) == []


def test_the_usual_home_follows_the_rulebook():
    usual = home()
    assert (usual.kind, usual.area_m2, usual.label, usual.woz_eur) == ("tweekamer", 52, "A+++", None)
    assert usual.living_m2 == pytest.approx(52 - 12 - 4 - 3 - 4)
    assert replace(usual, area_m2=60).living_m2 == pytest.approx(usual.living_m2 + 8)


def test_the_command_line_counts_only_for_who_asks(tell, tmp_path: Path):
    plain, asked = tmp_path / "zonder.toml", tmp_path / "met.toml"
    text = "peildatum = 2026-07-01\n[woning]\naantal = 1\nhuur_eur_per_maand = 800\n"
    plain.write_text(text, encoding="utf-8")
    asked.write_text(f'{text}[huurpunten]\nwoningtype = "studio"\n', encoding="utf-8")
    assert "huurpunten" not in tell(plain)[1]
    code, told = tell(asked)
    assert code == 0
    assert told["huurpunten"]["hoogste_huur_eur_per_maand"] == pytest.approx(781.85)
    assert "woning.huur_eur_per_maand" in told["huurpunten"]["opmerkingen"][0]


def test_a_case_still_comes_out_when_the_points_cannot_be_counted(tell, tmp_path: Path):
    file = tmp_path / "later.toml"
    file.write_text("peildatum = 2031-07-01\n[woning]\naantal = 1\n[huurpunten]\n", encoding="utf-8")
    code, told = tell(file)
    assert code == 0
    assert told["huurpunten"]["punten"] is None
    assert "Vul de huur zelf in" in told["huurpunten"]["fout"]
