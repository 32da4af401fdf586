"""The list with everything that goes wrong in one: each trap is refused or mended with a message that names row and column.

The real list is in the shared data folder; a small one with the same traps is written here and always read.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from quickscan.domain.facts import check_buildings
from quickscan.domain.intake import How, Intake
from quickscan.ingest.reader import read_buildings

DATA = Path(__file__).parents[3] / "shared" / "data" / "messy"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")

# trap, row, column, cell, fact, value that comes in (REFUSED: the row does not)
REFUSED = "refused"
TRAPS = [
    ("lost leading zero", 5, "BAG pand", "518100000203881", "pand_id", "0518100000203881"),
    ("id in scientific notation", 9, "BAG pand", "5,18E+14", "pand_id", REFUSED),
    ("about a year", 11, "Bouwjr", "ca. 1962", "bouwjaar", 1962),
    ("placeholder of the BAG", 13, "Bouwjr", "1005", "bouwjaar", None),
    ("a digit too many", 14, "Bouwjr", "19662", "bouwjaar", REFUSED),
    ("a sum", 17, "Aantal VHE", "24 + 2", "aantal_woningen", REFUSED),
    ("a negative count", 18, "Aantal VHE", "-4", "aantal_woningen", REFUSED),
    ("broken postcode", 21, "PC", "25951AB", "postcode", None),
    ("the same pand twice", 23, "BAG pand", "0518100000205985", "pand_id", REFUSED),
    ("a formula", 25, "Opmerking", '=HYPERLINK("http://example.invalid","klik")', None, None),
    ("HTML", 27, "Complexnaam", "Hofje <script>alert(1)</script>", "naam", "Hofje"),
    ("no id", 30, "BAG pand", None, "pand_id", REFUSED),
    ("a point for thousands", 52, "Grondvlak", "10.420 m²", "grondvlak_m2", 10_420),
]
# words for one thing: column, word, fact, code
WORDS = [
    ("Dak", "Plat dak", "daktype", "plat"),
    ("Dak", "hellend", "daktype", "kap"),
    ("Lift (J/N)", "J", "lift", "ja"),
    ("Lift (J/N)", "N", "lift", "nee"),
    ("Eigendom", "100%", "eigendomsvorm", "volledig"),
]
MAPPED = {
    "Complexnr": "complex_code",
    "Complexnaam": "naam",
    "BAG pand": "pand_id",
    "PC": "postcode",
    "Huisnr van": "huisnummer",
    "Huisnr t/m": "huisnummer",
    "Plaats": "woonplaats",
    "Bouwjr": "bouwjaar",
    "Aantal VHE": "aantal_woningen",
    "Gem. opp. (m2)": "gemiddelde_go_m2",
    "Grondvlak": "grondvlak_m2",
    "Bouwlagen": "bouwlagen",
    "Dak": "daktype",
    "Lift (J/N)": "lift",
    "Label": "energielabel",
    "Eigendom": "eigendomsvorm",
    "Gem. WOZ": "woz_gemiddeld_eur",
    "Netto huur p/m": None,
    "Groot onderhoud": "groot_onderhoud_jaar",
    "Opmerking": None,
}
HEADER = list(MAPPED)


def make_rows() -> list[list[str]]:
    """Return 60 rows with the traps in the rows where the real list has them."""
    rows = [HEADER]
    for n in range(60):
        house = 2 * n + 1
        words = [
            ("PLAT", "ja", "100%"),
            ("Plat dak", "N", "VvE 62%"),
            ("hellend", "J", "gespikkeld"),
            ("onbekend", "n.v.t.", ""),
        ][n % 4]
        rows.append(
            [
                *[
                    f"01{n // 3:03}",
                    f"Complex {n // 3}",
                    f"05181000{n:08}",
                    f"2592 A{chr(65 + n % 26)}",
                    str(house),
                    str(house + 8),
                ],
                *[
                    "'s-Gravenhage",
                    str(1950 + n % 20),
                    str(6 + n % 9),
                    f"{50 + n % 30},5",
                    f"{150 + n} m²",
                    ["", "4", "5"][n % 3],
                ],
                *[words[0], words[1], ["A", "C", "geen", ""][n % 4], words[2], f"€ {200 + n}.000,00", "504,69"],
                *[["2028", "n.n.b.", "gereed 2021", ""][n % 4], ""],
            ]
        )
    for _, row, column, cell, _, _ in TRAPS:
        rows[row - 1][HEADER.index(column)] = cell or ""
    rows[21][HEADER.index("BAG pand")] = "0518100000205985"
    return rows


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Intake]:
    folder, rows = tmp_path_factory.mktemp("rommelig"), make_rows()
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    (folder / "lijst.csv").write_bytes(text.getvalue().encode("cp1252"))
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append([int(cell) if cell.isdecimal() and len(cell) < 5 else cell or None for cell in row])
    workbook.save(folder / "lijst.xlsx")
    return {kind: read_buildings(folder / f"lijst.{kind}", answer_codes={}, name="lijst") for kind in ("csv", "xlsx")}


@pytest.fixture(scope="session")
def real() -> dict[str, Intake]:
    return {kind: read_buildings(DATA / f"corporatie_export.{kind}", answer_codes={}, name="lijst") for kind in ("csv", "xlsx")}


@pytest.fixture(params=["small", pytest.param("real", marks=needs_data)])
def lists(request: pytest.FixtureRequest) -> dict[str, Intake]:
    found: dict[str, Intake] = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("trap", "row", "column", "cell", "fact", "value"), TRAPS, ids=[trap[0] for trap in TRAPS])
def test_a_trap_is_refused_or_mended_with_its_row_and_column(
    lists: dict[str, Intake], kind: str, trap: str, row: int, column: str, cell: str | None, fact: str | None, value: object
) -> None:
    intake = lists[kind]
    (fault,) = [fault for fault in intake.faults if (fault.row, fault.column) == (row, column)]
    assert fault.value == cell, trap
    assert fault.problem
    assert fault.advice
    assert fault.notice == (value != REFUSED)
    assert (row in intake.buildings.index) == (value != REFUSED)
    if fact and value != REFUSED:
        got = intake.buildings.loc[row, fact]
        assert pd.isna(got) if value is None else got == value


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("column", "word", "fact", "code"), WORDS)
def test_mixed_words_become_one_code_and_the_sender_is_told(
    lists: dict[str, Intake], kind: str, column: str, word: str, fact: str, code: str
) -> None:
    told = [fault.problem for fault in lists[kind].faults if fault.column == column and "gelezen als een keuze" in fault.problem]
    assert f"'{word}' als '{code}'" in told[0]
    assert code in lists[kind].buildings[fact].tolist()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_only_the_rows_with_a_refused_trap_stay_out(lists: dict[str, Intake], kind: str) -> None:
    intake = lists[kind]
    assert {fault.row for fault in intake.errors} == {row for _, row, *_, value in TRAPS if value == REFUSED}
    assert len(intake.buildings) == intake.rows - 6
    assert list(intake.refused_rows) == sorted({fault.row for fault in intake.errors if fault.row})
    assert check_buildings(intake.buildings) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_column_with_a_use_is_recognised_without_help(lists: dict[str, Intake], kind: str) -> None:
    intake = lists[kind]
    assert intake.mapping == MAPPED
    assert len({target for target in intake.mapping.values() if target}) == 17
    assert {column.header: column.how for column in intake.columns if column.target is None} == {
        "Netto huur p/m": How.PRIVATE,
        "Opmerking": How.UNUSED,
    }


def test_the_two_kinds_of_file_give_the_same_buildings_and_the_same_faults(lists: dict[str, Intake]) -> None:
    from_csv, from_xlsx = lists["csv"], lists["xlsx"]
    assert from_csv.faults == from_xlsx.faults
    without_name = [column for column in from_csv.buildings.columns if column != "naam"]  # cp1252 cannot write Ω
    assert from_csv.buildings[without_name].equals(from_xlsx.buildings[without_name])
    assert (from_csv.buildings["naam"] != from_xlsx.buildings["naam"]).sum() <= 1


def test_the_refused_rows_mended_and_sent_again_come_in(small: dict[str, Intake], tmp_path: Path) -> None:
    intake = small["csv"]
    rows = [list(cells) for cells in intake.refused_rows.values()]
    for n, cells in enumerate(rows):
        cells[HEADER.index("BAG pand")] = f"05181000009{n:05}"
        cells[HEADER.index("Bouwjr")], cells[HEADER.index("Aantal VHE")] = "1962", "24"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    (tmp_path / "hersteld.csv").write_text(text.getvalue(), encoding="utf-8")
    mended = read_buildings(tmp_path / "hersteld.csv", answer_codes={})
    assert not mended.errors
    assert len(mended.buildings) == 6
