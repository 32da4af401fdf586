"""Wrong input gets a Dutch sentence that names the key, and nothing is computed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quickscan.cli import main
from quickscan.domain.finance.faults import CaseError
from quickscan.domain.finance.inputs import INPUTS, Section
from quickscan.domain.finance.reading import read_case
from quickscan.rulebook.subsidies import load_subsidies
from tests.finance.conftest import content, national_rules

ENGLISH = ("must", "should", "error", "invalid", "expected", "unknown")
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("woning.huur_eur_per_maand", {"woning": {"huur_eur_per_maand": -1}}, "0 of hoger"),
    ("woning.huur_eur_per_maand", {"woning": {"huur_eur_per_maand": 932.94}}, "boven de grens van € 932,93"),
    ("woning.huur_eur_per_maand", {"woning": {"huur_eur_per_maand": 720, "segment": "sociaal_laag"}}, "713,02"),
    ("woning.huur_eur_per_maand", {"woning": {"huur_eur_per_maand": 1_300, "segment": "middenhuur"}}, "1228,07"),
    ("woning.huur_eur_per_maand", {"woning": {"huur_eur_per_maand": None, "segment": "vrij"}}, "ontbreekt"),
    ("aanplakken.huur_eur_per_maand", {"aanplakken": {"aantal": 2, "huur_eur_per_maand": 950}}, "boven de grens"),
    ("parameters.horizon_jaren", {"parameters": {"horizon_jaren": 0}}, "1 tot en met 100"),
    ("parameters.horizon_jaren", {"parameters": {"horizon_jaren": 30.5}}, "geen heel getal"),
    ("parameters.disconteringsvoet", {"parameters": {"disconteringsvoet": 3.0}}, "300 %"),
    ("parameters.disconteringsvoet", {"parameters": {"disconteringsvoet": float("nan")}}, "geen getal"),
    ("parameters.disconteringsvoet", {"parameters": {"disconteringsvoet": "4,17%"}}, "geen getal"),
    ("parameters.disconteringsvoet", {"parameters": {"disconteringsvoet": [0.04, 0.05]}}, "lijst"),
    ("parameters.huurstijging", {"parameters": {"huurstijging": []}}, "lege lijst"),
    ("parameters.huurstijging", {"parameters": {"huurstijging": [0.02, 2.0]}}, "200 %"),
    ("parameters.subsidies", {"parameters": {"subsidies": ["sftt"]}}, "onbekend"),
    ("parameters.subsidies", {"parameters": {"subsidies": 14_000}}, "lijst"),
    ("parameters.huurstijing", {"parameters": {"huurstijing": 0.02}}, "Bedoel je huurstijging?"),
    ("woning.aantal", {"woning": {"aantal": 0}}, "1 tot en met"),
    ("woning.aantal", {"woning": {"aantal": True}}, "geen getal"),
    ("woning.aantal", {"woning": {"aantal": None}}, "ontbreekt"),
    ("woning.aantal_laag", {"woning": {"aantal": 5, "aantal_laag": 6}}, "op volgorde"),
    ("woning.aantal_hoog", {"woning": {"aantal": 5, "aantal_hoog": 4}}, "op volgorde"),
    ("woning.segment", {"woning": {"segment": "duur"}}, "Kies uit"),
    (
        "planning.oplevering",
        {
            "planning": {
                "start_bouw": date(2028, 1, 1),
                "oplevering": date(2027, 1, 1),
            }
        },
        "vóór start_bouw",
    ),
    ("planning.start_bouw", {"planning": {"start_bouw": "1 januari"}}, "geen datum"),
    ("planning.vertraging_hoog", {"planning": {"vertraging_maanden": 12, "vertraging_hoog": 6}}, "op volgorde"),
    ("aanplakken.aantal", {"aanplakken": {"huur_eur_per_maand": 700}}, "ontbreekt"),
    ("bestaand.aantal_woningen", {"verduurzaming": {"kosten_eur_ex_btw": 50_000}}, "verduurzaming"),
    ("feiten.provinci", {"feiten": {"provinci": "Utrecht"}}, "Bedoel je provincie?"),
    ("feiten.blijvend", {"feiten": {"blijvend": "ja"}}, "true of false"),
    ("feiten.jaren_sociale_huur", {"feiten": {"jaren_sociale_huur": "tien"}}, "geen getal"),
    ("subsidies.sft.budget", {"subsidies": {"sft": {"budget": "veel"}}}, "beschikbaar"),
    ("subsidies.sft.doorgifte", {"subsidies": {"sft": {"doorgifte": 14_000}}}, "deel van 0"),
    ("subsidies.sft.bedrag", {"subsidies": {"sft": {"bedrag": 1}}}, "onbekend"),
    ("bandbreedte.bouwkosten_eur_ex_btw", {"bandbreedte": {"bouwkosten_eur_ex_btw": [150_000, 200_000]}}, "niet in deze band"),
    ("bandbreedte.derving", {"bandbreedte": {"derving": [0.02, 0.01]}}, "laagste getal eerst"),
    ("wonen", {"wonen": {"aantal": 1}}, "Bedoel je woning?"),
]


def faults_of(made: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(CaseError) as caught:
        read_case(made, national_rules(), load_subsidies())
    return {fault.key: fault.sentence() for fault in caught.value.faults}


@pytest.mark.parametrize(("key", "tables", "wanted"), WRONG, ids=[f"{key}-{number}" for number, (key, _, _) in enumerate(WRONG)])
def test_the_key_is_named_with_what_to_do(key: str, tables: dict[str, Any], wanted: str):
    faults = faults_of(content(**tables))
    assert list(faults) == [key]
    assert faults[key].startswith(f"{key}: ")
    assert wanted in faults[key]
    assert faults[key].endswith((".", "?"))
    assert not [word for word in ENGLISH if word in faults[key].lower().split()]


BOUNDED = [spec for spec in INPUTS.values() if spec.section in (Section.WONING, Section.PARAMETERS, Section.EXTRA)]


@pytest.mark.parametrize("spec", BOUNDED, ids=lambda spec: spec.key)
def test_every_number_has_a_lower_and_an_upper_end(spec):
    for value in (spec.low - 1, spec.high * 10 + 1):
        faults = faults_of(content(**{str(spec.section): {spec.name: value}}))
        assert spec.key in faults


def test_all_faults_come_at_once():
    made = content(woning={"huur_eur_per_maand": -1}, parameters={"horizon_jaren": 0, "disconteringsvoet": 3})
    assert set(faults_of(made)) == {"woning.huur_eur_per_maand", "parameters.horizon_jaren", "parameters.disconteringsvoet"}


def told(text: str | bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    file = tmp_path / "zaak.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    code = main(["businesscase", str(file)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("text", "code", "wanted"),
    [
        ("[woning]\naantal = 1\nhuur_eur_per_maand = -5\n", 1, "woning.huur_eur_per_maand"),
        ("[woning]\naantal = 1\n[parkeren]\nnorm = 40\n", 1, "parkeren.norm"),
        ("[woning]\naantal = 1\n[parkeren]\nkortingen = 3\n", 1, "parkeren.kortingen"),
        ("[woning\naantal = 1\n", 2, "regel 1"),
        ("[woning]\naantal = 1\naantal = 2\n", 2, "geen geldige TOML"),
        (b"\xff\xfe\x00", 2, "UTF-8"),
        ("peildatum = 'morgen'\n[woning]\naantal = 1\n", 2, "geen datum"),
        ("peildatum = 2010-01-01\n[woning]\naantal = 1\n", 2, "latere peildatum"),
    ],
)
def test_the_command_line_says_what_is_wrong(text: str | bytes, code: int, wanted: str, tmp_path: Path, capsys):
    found, out, err = told(text, tmp_path, capsys)
    assert (found, out) == (code, "")
    assert wanted in err
    assert "Traceback" not in err


def test_a_missing_file_and_a_folder_are_not_readable(tmp_path: Path, capsys):
    assert main(["businesscase", str(tmp_path / "weg.toml")]) == 2
    assert main(["businesscase", str(tmp_path)]) == 2
    assert "bestaat niet" in capsys.readouterr().err


def test_faults_as_json_name_the_key_too(tmp_path: Path, capsys):
    file = tmp_path / "zaak.toml"
    file.write_text("[woning]\naantal = 1\nhuur_eur_per_maand = -5\n", encoding="utf-8")
    assert main(["businesscase", str(file), "--json"]) == 1
    assert '"sleutel": "woning.huur_eur_per_maand"' in capsys.readouterr().out
