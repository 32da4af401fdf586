"""VERA: units are summed up per pand, a unit without a pand is a fault, and nothing of a tenant is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import check_buildings
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "messy" / "vera"
A, B = "0599100000000001", "0599100000000002"


def make_unit(pand: str | None, identity: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": identity, "panden": [{"bag": {"bagIdentificatie": pand}}], "adres": {}, **more}


def make_label(code: str, day: str = "2024-01-01", status: str = "DEF") -> dict[str, Any]:
    return {"label": {"code": code}, "registratiedatum": f"{day}T00:00:00.0+01:00", "status": {"code": status}}


def read(folder: Path, document: Any) -> Intake:
    path = folder / "vera.json"
    path.write_text(json.dumps(document))
    return read_buildings(path, answer_codes={})


def get_one(intake: Intake, *columns: str) -> tuple[Any, ...]:
    (row,) = intake.buildings[list(columns)].astype(object).itertuples(index=False)
    return tuple(None if pd.isna(cell) else cell for cell in row)


UNITS = [
    make_unit(
        A,
        "1",
        soort={"code": "WOO"},
        detailSoort={"code": "GAL"},
        bouwjaar=1962,
        gebruiksoppervlakte=60,
        energieprestaties=[make_label("AP", "2020-01-01"), make_label("C", "2024-01-01"), make_label("G", "2025-01-01", "CON")],
        monumenten=[{"code": "STA"}],
        renovatie={"datum": "2004-05-01"},
        clusters=[
            {"code": "B9", "naam": "Buurt", "soort": {"code": "BUU"}},
            {
                "code": "1042",
                "naam": "Mariahoeve 3",
                "soort": {"code": "FIN"},
                "conditiemeting": {"conditiescore": {"code": "3"}},
            },
        ],
        adres={"straatnaam": "Laan", "huisnummer": 27, "postcode": "2591 AA", "woonplaats": {"naam": "Den Haag"}},
    ),
    make_unit(
        A,
        "2",
        soort={"code": "WOO"},
        detailSoort={"code": "GAL"},
        bouwjaar=1962,
        gebruiksoppervlakte=80,
        energieprestaties=[make_label("AP4")],
        monumenten=[{"code": "RIJ"}],
        adres={"straatnaam": "Laan", "huisnummer": "85", "postcode": "2591 AA", "woonplaats": {"naam": "Den Haag"}},
    ),
    make_unit(A, "3", soort={"code": "PAR"}, gebruiksoppervlakte=12, bouwjaar=1990),
]


@pytest.mark.parametrize("document", [UNITS, {"eenheden": UNITS}], ids=["list", "object"])
def test_units_are_summed_up_per_pand(tmp_path: Path, document: Any) -> None:
    intake = read(tmp_path, document)
    assert (intake.recognised, intake.adds, intake.faults) == ("VERA-eenheden", True, ())
    assert check_buildings(intake.buildings) == []
    assert get_one(intake, "pand_id", "aantal_woningen", "bouwjaar", "gemiddelde_go_m2", "ontsluiting") == (
        A,
        2,
        1962,
        70,
        "galerij",
    )
    assert get_one(intake, "energielabel", "energielabel_slechtst", "monumentstatus") == ("C", "C", "rijksmonument")
    assert get_one(intake, "complex_code", "naam", "conditiescore", "renovatiejaar") == ("1042", "Mariahoeve 3", 3, 2004)
    assert get_one(intake, "straat", "huisnummer", "postcode", "woonplaats") == ("Laan", "27-85", "2591AA", "Den Haag")
    assert {note.source for note in intake.sources.values()} == {Herkomst.OPGAVE, Herkomst.OPGAVE}


def test_one_unit_is_read(tmp_path: Path) -> None:
    assert get_one(read(tmp_path, UNITS[0]), "pand_id", "aantal_woningen") == (A, 1)


def test_panden_with_their_units_are_read(tmp_path: Path) -> None:
    pand = {"bag": {"bagIdentificatie": f"NL.IMBAG.Pand.{A}"}, "liftAanwezig": True, "eenheden": [{"id": "1"}, {"id": "2"}]}
    intake = read(tmp_path, {"panden": [pand, {"bag": {"bagIdentificatie": B}, "liftAanwezig": False}]})
    assert intake.buildings["pand_id"].tolist() == [A, B]
    assert intake.buildings["lift"].tolist() == ["ja", "nee"]
    assert intake.buildings["aantal_woningen"].tolist()[0] == 2


def test_clusters_with_their_units_are_read(tmp_path: Path) -> None:
    cluster = {"code": "1042", "naam": "Mariahoeve", "soort": {"code": "OND"}, "eenheden": [make_unit(A), make_unit(B, "2")]}
    intake = read(tmp_path, [cluster])
    assert intake.buildings["complex_code"].tolist() == ["1042", "1042"]


@pytest.mark.parametrize(
    ("code", "label"), [("AP4", "A++++"), ("AP3", "A+++"), ("APP", "A++"), ("AP", "A+"), ("A", "A"), ("G", "G"), ("", None)]
)
def test_codes_of_labels_are_known(tmp_path: Path, code: str, label: str | None) -> None:
    intake = read(tmp_path, [make_unit(A, number, energieprestaties=[make_label(code)]) for number in ("1", "2")])
    assert (get_one(intake, "energielabel")[0] if label else "energielabel" in intake.buildings) == (label or False)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("GAL", "galerij"), ("POF", "portiek"), ("POW", "portiek"), ("COR", "corridor"), ("MAI", "maisonnette"), ("XYZ", None)],
)
def test_kinds_of_dwellings_say_how_people_get_in(tmp_path: Path, code: str, kind: str | None) -> None:
    intake = read(tmp_path, make_unit(A, detailSoort={"code": code}))
    assert (get_one(intake, "ontsluiting")[0] if kind else "ontsluiting" in intake.buildings) == (kind or False)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "eenheid 20002000126: het BAG-pand ontbreekt"),
        ("", "eenheid 20002000126: het BAG-pand ontbreekt"),
        ("0599010000000001", "eenheid 20002000126: dit is het id van een verblijfsobject, niet van een pand"),
    ],
)
def test_a_unit_without_a_pand_is_a_fault_and_the_others_are_read(tmp_path: Path, given: str | None, problem: str) -> None:
    intake = read(tmp_path, [make_unit(given, "20002000126"), make_unit(A, "2")])
    assert [(fault.row, fault.problem) for fault in intake.errors] == [(1, problem)]
    assert "eigen systeem" in intake.errors[0].advice
    assert intake.buildings["pand_id"].tolist() == [A]


def test_nothing_of_a_tenant_is_read(tmp_path: Path) -> None:
    private = {"naam": "Fam. Geheim", "huur": 543.21, "huurder": {"bsn": "123456782"}, "nettohuur": 543.21}
    intake = read(tmp_path, make_unit(A, **private, bouwjaar=1962))
    shown = f"{intake}{intake.buildings.to_dict()}{intake.columns}"
    assert not any(secret in shown for secret in ("Geheim", "543", "123456782", "huurder"))


HOSTILE: list[Any] = [
    {"panden": {"panden": {"panden": 1}}, "eenheden": "x"},
    {"eenheden": [None, 3, "a", []]},
    [[[]]],
    [make_unit(A, energieprestaties="x", monumenten=[1], clusters=[None], renovatie=3, detailSoort=[], bouwjaar="19662")],
    [make_unit(A, bouwjaar=1e400, gebruiksoppervlakte={"a": 1}, conditiemeting=[{"conditiescore": True}])],
    [{**make_unit(A), "id": {"a": 1}, "adres": "Laan 1", "gebouw": 7, "adresseerbaarObjectBasisregistratie": [1]}],
    [{"panden": [{"bag": [A]}], "adres": {}}],
    {"bouwjaar": int("9" * 400), "panden": [{"bag": {"bagIdentificatie": 10**16}}]},
]


@pytest.mark.parametrize("document", HOSTILE, ids=range(len(HOSTILE)))
def test_odd_content_is_a_fault_or_refused_and_never_crashes(tmp_path: Path, document: Any) -> None:
    try:
        read(tmp_path, document)
    except UnusableInputError as error:
        assert error.advice  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"eenheden":' * 5_000 + "1" + "}" * 5_000,
        '{"panden":[' * 900 + "{}" + "]}" * 900,
        '{"a": 1',
        "[1, 2",
        '{"a": 1}',
        "[]",
        '["x"]',
        "{}\n{}",
        '{"type": "CityJSON"}',
        '{"CityObjects": 1}',
        "[" + "9" * 5_000 + "]",
        '{"eenheden": [NaN, Infinity]}',
    ],
    ids=lambda text: text[:20],
)
def test_json_that_holds_no_buildings_is_refused_or_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "iets.json"
    path.write_text(text)
    try:
        assert read_buildings(path, answer_codes={}).buildings.empty
    except UnusableInputError as error:
        assert error.advice  # noqa: PT017 - either outcome is right


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"the shared data folder {SAMPLES} is absent")
def test_public_units_without_a_pand_are_faults_by_name(tmp_path: Path) -> None:
    units = [json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))]
    intake = read(tmp_path, units)
    faulty = [fault.problem for fault in intake.errors]
    assert len(units) == 19
    # in one sample the building around the unit names its pand
    assert faulty == [f"eenheid {unit['id']}: het BAG-pand ontbreekt" for unit in units if "gebouw" not in unit]
    assert get_one(intake, "pand_id", "bouwjaar", "monumentstatus") == ("0599100000318777", 1922, "rijksmonument")
    assert "energielabel" not in intake.buildings  # of a single home it would be the label of a household
