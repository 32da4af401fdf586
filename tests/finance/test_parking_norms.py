"""The norm table of a workspace: from a file with every fault named, typed, kept on both databases, and used in a balance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.errors import FaultyInputError, UnusableInputError
from quickscan.domain.finance.saved import StaleCaseError
from quickscan.domain.parking_norms import NormLine, Soort, check_line, merge_lines
from quickscan.ingest.parking import read_norms, write_norms
from quickscan.services.finance import Finance
from quickscan.services.parking import ParkingNorms
from quickscan.store.finance import CaseTables
from quickscan.store.repository import SqlStore
from quickscan.wiring import load_subsidies
from tests.finance.conftest import national_rules
from tests.store.conftest import (  # noqa: F401 - the databases, as the tests of the store have them
    NOON,
    empty_postgres_url,
    make_buildings,
    make_workspace,
    opened,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_url,
    store,
    url,
)

HEAD = "gemeente;soort;naam;zone;waarde;bezoekers;bron\n"
GOOD = (
    HEAD
    + "Buurmeer;norm;sociale huur klein;schil;0,6;0,1;Parkeernota 2025, tabel 3\n"
    + "Buurmeer;norm;sociale huur klein;centrum;0.3;;Parkeernota 2025, tabel 3\n"
    + "Buurmeer;korting;deelauto;;20 %;;Parkeernota 2025, artikel 4\n"
)
CELLS: dict[str, Any] = {
    "gemeente": "Buurmeer", "soort": "norm", "naam": "studio", "zone": "", "waarde": 0.4, "bezoekers": None, "bron": "nota",
}  # fmt: skip


def write(folder: Path, text: str, name: str = "normen.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_of_norms_and_reductions_comes_in_whole(tmp_path: Path):
    found = read_norms(write(tmp_path, GOOD), "normen.csv")
    assert found.faults == ()
    assert [(line.soort, line.zone, line.waarde, line.bezoekers) for line in found.lines] == [
        (Soort.NORM, "schil", 0.6, 0.1),
        (Soort.NORM, "centrum", 0.3, None),
        (Soort.KORTING, "", pytest.approx(0.2), None),
    ]


def test_excel_with_a_title_and_other_words_in_the_header(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Parkeernormen 2025"],
        ["Gemeente", "Doelgroep", "Gebied", "Parkeernorm", "Bezoek", "Herkomst"],
        ["Buurmeer", "sociale huur", "schil", 0.6, 0.1, "nota"],
    ):
        sheet.append(row)
    book.save(tmp_path / "normen.xlsx")
    found = read_norms(tmp_path / "normen.xlsx", "normen.xlsx")
    assert found.faults == ()
    assert found.lines == (NormLine("Buurmeer", Soort.NORM, "sociale huur", "schil", 0.6, 0.1, "nota"),)


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        (";norm;studio;;0,4;;nota", "gemeente", "leeg"),
        ("Buurmeer;norm;;;0,4;;nota", "naam", "leeg"),
        ("Buurmeer;norm;studio;;0,4;;", "bron", "leeg"),
        ("Buurmeer;eis;studio;;0,4;;nota", "soort", "norm of korting"),
        ("Buurmeer;norm;studio;;veel;;nota", "waarde", "geen getal"),
        ("Buurmeer;norm;studio;;-1;;nota", "waarde", "geen getal"),
        ("Buurmeer;norm;studio;;;;nota", "waarde", "geen norm"),
        ("Buurmeer;norm;studio;;40;;nota", "waarde", "0 tot en met 10"),
        ("Buurmeer;norm;studio;;0,4;9;nota", "bezoekers", "0 tot en met 5"),
        ("Buurmeer;korting;hov;;20;;nota", "waarde", "20 procent als 20 % of 0,2"),
        ("Buurmeer;korting;hov;;0,1;0,2;nota", "bezoekers", "geen getal voor bezoek"),
        ("buurmeer;norm;Sociale huur klein;schil;0,7;;nota", "naam", "staat er al (rij 2)"),
    ],
)
def test_a_row_with_a_fault_stays_out_and_is_named(tmp_path: Path, row: str, column: str, word: str):
    found = read_norms(write(tmp_path, GOOD + row + "\n"), "normen.csv")
    assert len(found.lines) == 3
    assert [(fault.row, fault.column) for fault in found.faults] == [(5, column)]
    assert word in found.faults[0].sentence()


@pytest.mark.parametrize(
    ("text", "name", "word"),
    [
        ("pand_id;bouwjaar\n1;1968\n", "normen.csv", "ontbreekt"),
        ("", "normen.csv", "leeg"),
        ("{}", "normen.json", "als .xlsx of .csv"),
        ("geen zip", "normen.xlsx", "geen Excel-bestand"),
    ],
)
def test_another_kind_of_file_is_refused_whole(tmp_path: Path, text: str, name: str, word: str):
    with pytest.raises(UnusableInputError, match=word):
        read_norms(write(tmp_path, text, name), name)


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
LINE = st.builds(
    NormLine,
    gemeente=words,
    soort=st.just(Soort.NORM),
    naam=words,
    zone=words | st.just(""),
    waarde=st.floats(0, 10).map(lambda number: round(number, 3)),
    bezoekers=st.none() | st.floats(0, 5).map(lambda number: round(number, 3)),
    bron=words,
)


@given(st.lists(LINE, max_size=8))
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, lines: list[NormLine]):
    kept = [line for line in merge_lines((), lines) if not any(text[0] in "=+-@'" for text in line.key if text)]
    kept = [line for line in kept if line.bron[0] not in "=+-@'"]
    path = tmp_path_factory.mktemp("normen") / "normen.csv"
    path.write_bytes(write_norms(kept))
    assert read_norms(path, path.name).lines == tuple(kept)


def test_a_text_cannot_run_as_a_formula():
    evil = NormLine("=CMD()", Soort.NORM, "studio", "", 0.4, None, "nota")
    assert "'=CMD()" in write_norms([evil]).decode("utf-8-sig")


# -- kept in a workspace


@pytest.fixture
def norms(store: SqlStore) -> ParkingNorms:  # noqa: F811 - the fixture above
    return ParkingNorms(CaseTables(store.engine), clock=lambda: NOON)


@pytest.fixture
def workspace(store: SqlStore) -> str:  # noqa: F811
    return make_workspace(store, make_buildings(1)).id


def test_a_typed_line_is_kept_changed_and_taken_away(norms: ParkingNorms, workspace: str):
    norms.save(workspace, norms.read(workspace), CELLS, author="Anna")
    [line] = norms.read(workspace).lines
    norms.save(workspace, norms.read(workspace), CELLS | {"waarde": 0.5, "zone": "schil"}, author="Anna", instead_of=line)
    [changed] = norms.read(workspace).lines
    assert (changed.waarde, changed.zone) == (0.5, "schil")
    norms.remove(workspace, norms.read(workspace), changed, author="Anna")
    assert norms.read(workspace).lines == ()


def test_an_import_replaces_what_was_there_and_leaves_the_rest(norms: ParkingNorms, workspace: str, tmp_path: Path):
    norms.save(workspace, norms.read(workspace), CELLS, author="Anna")
    lines = read_norms(write(tmp_path, GOOD), "normen.csv").lines
    for _ in range(2):  # the second time changes nothing
        norms.add_all(workspace, norms.read(workspace), lines, author="Anna")
    table = norms.read(workspace)
    assert len(table.lines) == 4
    assert table.record.version == 2
    assert len(table.of("BUURMEER")) == 4


def test_a_second_writer_is_told(norms: ParkingNorms, workspace: str):
    old = norms.read(workspace)
    norms.save(workspace, old, CELLS, author="Anna")
    with pytest.raises(StaleCaseError, match="Anna"):
        norms.save(workspace, old, CELLS | {"naam": "driekamer"}, author="Bas")


def test_a_wrong_line_is_refused_and_nothing_is_kept(norms: ParkingNorms, workspace: str):
    with pytest.raises(FaultyInputError, match="bron is leeg"):
        norms.save(workspace, norms.read(workspace), CELLS | {"bron": " "}, author="Anna")
    assert norms.read(workspace).lines == ()


def test_the_norms_do_not_touch_the_values_of_the_workspace(norms: ParkingNorms, workspace: str, store: SqlStore):  # noqa: F811
    norms.save(workspace, norms.read(workspace), CELLS, author="Anna")
    finance = Finance(store, CaseTables(store.engine), load_subsidies, clock=lambda: NOON)
    assert finance.own_values(workspace) == {}
    finance.change_own(workspace, "parameters.onderhoud_eur_per_jaar", 1_800.0, rules=national_rules(), author="Anna")
    assert finance.own_values(workspace) == {"parameters.onderhoud_eur_per_jaar": 1_800.0}
    assert len(norms.read(workspace).lines) == 1


def test_other_workspaces_do_not_see_it(norms: ParkingNorms, workspace: str, store: SqlStore):  # noqa: F811
    other = make_workspace(store, make_buildings(1)).id
    norms.save(workspace, norms.read(workspace), CELLS, author="Anna")
    assert norms.read(other).lines == ()


def test_a_reduction_is_a_part_and_has_no_visitors():
    line, faults = check_line(CELLS | {"soort": "korting", "waarde": 0.2})
    assert faults == []
    assert line is not None
    assert line.soort is Soort.KORTING
