"""The control table and the minimal case, from the files in docs, by the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.finance.conftest import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
# research 2.8: net present value per home in thousands of euros, for building costs of 140, 165 and 190 thousand without btw.
TABLE = {
    ("71302", "417"): (-3, -33, -64),
    ("71302", "500"): (-30, -60, -90),
    ("71302", "600"): (-53, -84, -114),
    ("76414", "417"): (17, -13, -43),
    ("76414", "500"): (-12, -43, -73),
    ("93293", "417"): (85, 55, 24),
}
CELLS = [
    (f"huur{rent}_rente{rate}_bouw{cost}.toml", wanted)
    for (rent, rate), row in TABLE.items()
    for cost, wanted in zip((140, 165, 190), row, strict=True)
]
PROMISED = {
    "ncw_per_woning_eur",
    "ncw_totaal_eur",
    "irr",
    "break_even_huur_eur_per_maand",
    "break_even_bouwkosten_eur_ex_btw",
    "defaults",
}


@pytest.mark.parametrize(("file", "wanted"), CELLS, ids=[file for file, _ in CELLS])
def test_a_cell_of_the_control_table(file: str, wanted: int, tell):
    code, told = tell(EXAMPLES / "tabel" / file)
    assert code == 0
    assert told["ncw_per_woning_eur"] == pytest.approx(wanted * 1000, abs=1000)


def test_every_cell_has_a_file_and_every_file_is_a_cell():
    assert {path.name for path in (EXAMPLES / "tabel").glob("*.toml")} == {file for file, _ in CELLS}


def test_the_minimal_case_to_the_euro(tell):
    code, told = tell(EXAMPLES / "minimaal.toml")
    assert code == 0
    assert told.keys() >= PROMISED
    assert told["ncw_per_woning_eur"] == pytest.approx(-3166.07, abs=0.01)
    assert told["ncw_totaal_eur"] == told["ncw_per_woning_eur"]
    assert told["irr"] == pytest.approx(0.0408446, abs=1e-6)
    assert told["break_even_huur_eur_per_maand"] == pytest.approx(720.92, abs=0.01)
    assert told["break_even_bouwkosten_eur_ex_btw"] == pytest.approx(137_383.42, abs=0.01)


def test_what_is_left_out_is_told_with_its_source(tell, tmp_path: Path):
    file = tmp_path / "kort.toml"
    file.write_text("peildatum = 2026-11-21\n[woning]\naantal = 10\n", encoding="utf-8")
    code, told = tell(file)
    assert code == 0
    assert {"bouwkosten_eur_ex_btw", "huur_eur_per_maand", "disconteringsvoet", "derving", "segment"} <= told["defaults"].keys()
    assert "aantal" not in told["defaults"]
    for name in ("bouwkosten_eur_ex_btw", "btw", "onderhoud_eur_per_jaar"):
        default = told["defaults"][name]
        assert default["bron"]
        assert default["aanname"] or default["artikel"]
        assert default["waarde"] == default["standaard"]
    assert told["ncw_totaal_eur"] == pytest.approx(10 * told["ncw_per_woning_eur"])


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_is_told_in_dutch(file: Path):
    command = [sys.executable, "-m", "quickscan", "businesscase", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for wanted in ("NCW per nieuwe woning", "Break-evenhuur", "Gevoeligheid", "P10", "Subsidies"):
        assert wanted in done.stdout
    assert "nan" not in done.stdout.lower().replace("financ", "")


def test_the_same_case_gives_the_same_numbers_twice(tell):
    first, second = (tell(EXAMPLES / "portiekblok.toml")[1] for _ in range(2))
    assert first == second
