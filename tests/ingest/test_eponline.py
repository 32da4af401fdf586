"""EP-Online: per dwelling the newest valid label, per pand the most common and the worst, and nothing else gets out."""

from __future__ import annotations

import random
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.facts import LABELS
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.registers import eponline

A, B = "0518100000000001", "0518100000000002"
V4 = (
    "Pand_opnamedatum;Pand_opnametype;Pand_status;Pand_berekeningstype;Pand_energieindex;Pand_energieklasse;"
    "Pand_energielabel_is_prive;Pand_is_op_basis_van_referentie_gebouw;Pand_gebouwklasse;Meting_geldig_tot;Pand_registratiedatum;"
    "Pand_postcode;Pand_huisnummer;Pand_huisnummer_toev;Pand_detailaanduiding;Pand_bagverblijfsobjectid;Pand_bagligplaatsid;"
    "Pand_bagstandplaatsid;Pand_bagpandid;Pand_gebouwtype;Pand_gebouwsubtype;Pand_projectnaam;Pand_projectobject;Pand_SBIcode;"
    "Pand_gebruiksoppervlakte;Pand_energiebehoefte;Pand_eis_energiebehoefte;Pand_primaire_fossiele_energie"
)
V4_OF_2026 = (
    "Registratiedatum;Opnamedatum;GeldigTot;Certificaathouder;SoortOpname;Status;Berekeningstype;IsVereenvoudigdLabel;"
    "OpBasisVanReferentiegebouw;Gebouwklasse;Gebouwtype;Gebouwsubtype;SBIcode;Postcode;Huisnummer;Huisletter;"
    "Huisnummertoevoeging;Detailaanduiding;BAGVerblijfsobjectID;BAGLigplaatsID;BAGStandplaatsID;BAGPandIDs;Bouwjaar;"
    "GebruiksoppervlakteThermischeZone;Compactheid;Energieklasse;EnergieIndex;Energiebehoefte;PrimaireFossieleEnergie"
)
PREAMBLE = "PublicatieDatum;01-06-2026\nLaatstVerwerkteMutatievolgnummer;19345219\n"
Row = dict[str, str]


def label(pand: str, home: int, klasse: str, registered: str = "20240101", **more: str) -> Row:
    return {
        "Pand_bagpandid": pand,
        "Pand_bagverblijfsobjectid": f"05180100000{home:05}" if home else "",
        "Pand_energieklasse": klasse,
        "Pand_registratiedatum": registered,
        "Meting_geldig_tot": "20340101",
        "Pand_gebouwklasse": "W",
        "Pand_status": "Bestaand",
        "Pand_postcode": "2591XW",
        "Pand_huisnummer": str(home),
        **more,
    }


def write_csv(rows: Sequence[Row], *, header: str = V4, preamble: str = PREAMBLE) -> str:
    names = header.split(";")
    return preamble + "\n".join([header, *(";".join(row.get(name, "") for name in names) for row in rows)]) + "\n"


def read(folder: Path, *rows: Row, preamble: str = PREAMBLE, **options: Any) -> Intake:
    path = folder / "v20260601_v4_csv.csv"
    path.write_text(write_csv(rows, preamble=preamble))
    return read_buildings(path, answer_codes={}, **options)


def find_labels(intake: Intake) -> dict[str, tuple[str, str]]:
    frame = intake.buildings
    return {str(pand): (str(common), str(worst)) for pand, common, worst in frame[list(COLUMNS)].itertuples(index=False)}


COLUMNS = ("pand_id", "energielabel", "energielabel_slechtst")


@pytest.mark.parametrize("preamble", [PREAMBLE, "", "\ufeff" + PREAMBLE, PREAMBLE.replace("01-06-2026", "2026-06-01")])
def test_labels_are_summed_up_per_pand(tmp_path: Path, preamble: str) -> None:
    intake = read(tmp_path, label(A, 1, "C"), label(A, 2, "C"), label(A, 3, "E"), label(B, 4, "A++"), preamble=preamble)
    assert (intake.recognised, intake.adds, intake.faults) == ("energielabels (EP-Online)", False, ())
    assert find_labels(intake) == {A: ("C", "E"), B: ("A++", "A++")}
    assert {(note.source, note.label, note.day) for note in intake.sources.values()} == {
        (Herkomst.REGISTER, "EP-Online", date(2026, 6, 1))  # the first line says the day, or else the name
    }


def test_the_newest_valid_label_of_a_dwelling_counts(tmp_path: Path) -> None:
    intake = read(
        tmp_path,
        label(A, 1, "G", "20150101", Meting_geldig_tot="20250101"),  # expired
        label(A, 1, "B", "20240501"),
        label(A, 1, "D", "20200101"),  # older
        label(B, 2, "F", "20150101", Meting_geldig_tot="20250101"),
    )
    assert find_labels(intake) == {A: ("B", "B")}
    assert [fault.problem for fault in intake.faults] == ["2 van de 4 labels zijn verlopen; ze tellen niet mee"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (label(A, 2, "G", Pand_status="Vergunningsaanvraag"), "a plan"),
        (label(A, 2, "G", Pand_status="Concept"), "not final"),
        (label(A, 2, "G", Pand_gebouwklasse="U"), "a shop"),
        (label(A, 2, ""), "no label"),
        (label(A, 2, "H"), "no such label"),
        (label("", 2, "G"), "no pand"),
        (label("5,18E+14", 2, "G"), "a damaged pand"),
    ],
)
def test_what_is_no_label_of_a_home_does_not_count(tmp_path: Path, row: Row, why: str) -> None:
    assert find_labels(read(tmp_path, label(A, 1, "C"), row)) == {A: ("C", "C")}, why


def test_of_labels_that_are_as_common_the_worse_one_counts(tmp_path: Path) -> None:
    assert find_labels(read(tmp_path, label(A, 1, "B"), label(A, 2, "D"))) == {A: ("D", "D")}


def test_an_object_in_two_panden_counts_in_the_first(tmp_path: Path) -> None:
    assert find_labels(read(tmp_path, label(f"{A},{B}", 1, "B"))) == {A: ("B", "B")}


def test_without_a_day_of_publication_the_newest_label_gives_it(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    rows = [label(A, 1, "B", "20260301"), label(A, 2, "G", "20150101", Meting_geldig_tot="20260101")]
    path.write_text(write_csv(rows, preamble=""))
    intake = read_buildings(path, answer_codes={})
    assert find_labels(intake) == {A: ("B", "B")}
    assert intake.sources["energielabel"].day == date(2026, 3, 1)


def test_only_labels_of_known_panden_are_kept(tmp_path: Path) -> None:
    intake = read(tmp_path, label(A, 1, "C"), label(B, 2, "D"), known=pd.DataFrame({"pand_id": [B]}))
    assert find_labels(intake) == {B: ("D", "D")}


def test_labels_of_other_panden_only_are_told(tmp_path: Path) -> None:
    intake = read(tmp_path, label(A, 1, "C"), known=pd.DataFrame({"pand_id": [B]}))
    assert intake.buildings.empty
    assert [(fault.notice, fault.problem) for fault in intake.faults] == [
        (True, "geen van de 1 labels hoort bij een woning in een bekend gebouw")
    ]


def test_a_zip_with_the_csv_is_read(tmp_path: Path) -> None:
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("v20260601_v4_csv.csv", write_csv([label(A, 1, "C")], preamble=""))
    intake = read_buildings(path, answer_codes={})
    assert find_labels(intake) == {A: ("C", "C")}
    assert intake.sources["energielabel"].day == date(2026, 6, 1)


def test_nothing_of_a_dwelling_gets_out(tmp_path: Path) -> None:
    intake = read(tmp_path, label(A, 1, "C"), label(A, 2, "E"))
    assert set(intake.buildings.columns) == set(COLUMNS)
    shown = repr(intake) + repr(intake.columns)
    assert "2591XW" not in shown
    assert "0518010000000001" not in shown


@pytest.mark.parametrize("header", [V4, V4.replace("Pand_energieindex", "Pand_energieprestatieindex"), V4_OF_2026])
@pytest.mark.parametrize("preamble", [PREAMBLE, ""])
def test_every_useful_column_is_mapped_in_each_generation(tmp_path: Path, header: str, preamble: str) -> None:
    path = tmp_path / "labels.csv"
    keys = {
        "Pand_bagpandid": "BAGPandIDs",
        "Pand_energieklasse": "Energieklasse",
        "Pand_bagverblijfsobjectid": "BAGVerblijfsobjectID",
    }
    row = label(A, 1, "C")
    row |= {keys[name]: cell for name, cell in row.items() if name in keys} | {
        "Registratiedatum": "2026-01-01",
        "GeldigTot": "2036-01-01",
    }
    path.write_text(write_csv([row], header=header, preamble=preamble))
    intake = read_buildings(path, answer_codes={})
    assert not intake.faults
    assert find_labels(intake) == {A: ("C", "C")}
    targets = Counter(target for target in intake.mapping.values() if target)
    assert targets == {"pand_id": 1, "energielabel": 8}  # class, kind, status, two days and three kinds of object
    assert set(intake.mapping) == set(header.split(";"))


labels = st.tuples(
    st.sampled_from([A, B]),
    st.integers(1, 4),
    st.sampled_from(LABELS),
    st.integers(2015, 2026),
    st.sampled_from(["2025", "2030"]),
)


@given(st.lists(labels, max_size=25, unique_by=lambda row: (row[1], row[3])))
def test_the_outcome_equals_a_plain_count(rows: list[tuple[str, int, str, int, str]]) -> None:
    newest: dict[int, tuple[int, str, str]] = {}
    for pand, home, klasse, year, until in rows:
        if until == "2030" and (home not in newest or year > newest[home][0]):
            newest[home] = (year, pand, klasse)
    per_pand: dict[str, list[str]] = {}
    for _, pand, klasse in newest.values():
        per_pand.setdefault(pand, []).append(klasse)
    expected = {
        pand: (max(found, key=lambda each: (found.count(each), LABELS.index(each))), max(found, key=LABELS.index))
        for pand, found in per_pand.items()
    }
    text = write_csv(
        [label(pand, home, klasse, f"{year}0101", Meting_geldig_tot=f"{until}0101") for pand, home, klasse, year, until in rows]
    )
    import tempfile  # noqa: PLC0415 - a fixture would be shared by all examples

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        path.write_text(text)
        assert find_labels(read_buildings(path, answer_codes={})) == expected


def test_a_large_file_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eponline, "BLOCK", 20_000)
    dice = random.Random(1)  # noqa: S311 - no secret
    rows = [label(f"05181000000{n % 97:05}", n, dice.choice(LABELS)) for n in range(1, 3_000)]
    intake = read(tmp_path, *rows)
    assert len(intake.buildings) == 97
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["Pand_bagpandid"], []).append(row["Pand_energieklasse"])
    assert {pand: worst for pand, (_, worst) in find_labels(intake).items()} == {
        pand: max(each, key=LABELS.index) for pand, each in found.items()
    }


def test_a_row_with_too_few_cells_is_skipped_and_told(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(write_csv([label(A, 1, "C")]) + "half;a;row\n")
    intake = read_buildings(path, answer_codes={})
    assert find_labels(intake) == {A: ("C", "C")}
    assert intake.faults[0].problem.startswith("1 regels")


HOSTILE = {
    "quotes": '"' * 9_999,
    "nul": "\0" * 99,
    "unclosed": '"a;b\nc',
    "not utf-8": "é".encode("latin-1").decode("latin-1"),
    "long": "x" * 100_000,
}


@pytest.mark.parametrize("tail", HOSTILE.values(), ids=HOSTILE)
def test_a_damaged_file_is_read_or_refused_and_never_crashes(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(write_csv([label(A, 1, "C")]).encode() + tail.encode("latin-1"))
    try:
        assert set(find_labels(read_buildings(path, answer_codes={}))) <= {A}
    except UnusableInputError as error:
        assert error.advice  # noqa: PT017 - either outcome is right


def test_a_zip_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("labels.csv", write_csv([label(A, n, random.Random(n).choice(LABELS)) for n in range(200)]))  # noqa: S311
    content = path.read_bytes()
    for size in range(1, len(content), 500):
        path.write_bytes(content[:size])
        with pytest.raises(UnusableInputError):
            read_buildings(path, answer_codes={})


def test_a_zip_that_grows_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("labels.csv", write_csv([label(A, 1, "C")]) + (";" * 5_000 + "\n") * 8_000)
    with pytest.raises(UnusableInputError, match="te groot"):
        read_buildings(path, answer_codes={})
