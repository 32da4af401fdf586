"""A file that cannot be used is refused as a whole, in Dutch, whatever is wrong with it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.guard import files
from quickscan.ingest.guard.files import FileKind, check_file
from quickscan.ingest.guard.zips import check_workbook
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.tables import table
from tests.hostile.cases import geopackage

ROW = b"pand_id\n0518100000203346\n"


def make_xlsx(**extra: bytes) -> bytes:
    stream = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append(["pand_id"])
    workbook.active.append(["0518100000203346"])
    workbook.save(stream)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        for name, content in extra.items():
            packed.writestr(name.replace("__", "/").replace("_bin", ".bin").replace("_xml", ".xml"), content)
    return stream.getvalue()


def replace_in_zip(content: bytes, part: str, text: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return stream.getvalue()


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
    b"<worksheet><sheetData><row><c><v>&lol2;</v></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("leeg.csv", b"", "is leeg"),
        ("wit.csv", b"\n \n;;\n", "staat niets"),
        ("lijst.ods", ROW, "Dit soort bestand"),
        ("lijst.xlsm", make_xlsx(), "Dit soort bestand"),
        ("lijst.shp", ROW, "Dit soort bestand"),
        ("tekst.xlsx", ROW, "geen Excel-bestand"),
        ("oud.xlsx", b"\xd0\xcf\x11\xe0" + bytes(100), "oud Excel-bestand"),
        ("afgebroken.xlsx", make_xlsx()[:2000], "beschadigd"),
        ("ander.xlsx", replace_in_zip(make_xlsx(), "xl/workbook.xml", b"<x>"), "beschadigd"),
        ("macro.xlsx", make_xlsx(xl__vbaProject_bin=b"x"), "macro's"),
        ("bom.xlsx", make_xlsx(xl__media__groot_bin=bytes(20_000_000)), "veel te groot"),
        ("delen.xlsx", make_xlsx(**{f"xl__{n}_xml": b"" for n in range(1_001)}), "veel te groot"),
        ("lachen.xlsx", replace_in_zip(make_xlsx(), "xl/worksheets/sheet1.xml", BILLION_LAUGHS), "beschadigd"),
        ("excel.csv", make_xlsx(), "een zip- of Excel-bestand"),
        ("nul.csv", b"pand_id\n\x00\x00\n", "nul-tekens"),
        ("vreemd.csv", b"pand_id\n\x81\x8d\xff\n", "niet te lezen"),
        ("open.csv", b'pand_id;naam\n0518100000203346;"De Brink\n', "aanhalingsteken"),
        ("breed.csv", b";".join(b"k%d" % n for n in range(201)) + b"\n", "meer dan 200 kolommen"),
        ("tekst.gpkg", ROW, "geen GeoPackage"),
        ("kapot.gpkg", b"SQLite format 3\x00" + bytes(range(256)) * 20, "beschadigd"),
        ("tekst.geojson", ROW, "geen GeoJSON"),
        ("kapot.geojson", b'{"type": "FeatureCollection", "features": [{"type"', "beschadigd"),
        ("anders.json", b'{"hallo": 1}', "geen gebouwen"),
        ("plaat.csv", b"\x89PNG\r\n", "een plaatje"),
        ("lijst.zip", b"PK\x03\x04", "geen energielabels"),
        ("lijst.parquet", ROW, "geen Parquet"),
    ],
)
def test_an_unusable_file_is_refused_with_its_name_the_problem_and_advice(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnusableInputError, match=problem) as caught:
        read_buildings(path, answer_codes={})
    assert str(caught.value).startswith(f"{name}: ")
    assert caught.value.advice


def test_a_workbook_cut_short_anywhere_is_refused_and_never_crashes(tmp_path: Path) -> None:
    content, path = make_xlsx(), tmp_path / "kort.xlsx"
    for size in range(10, len(content), 400):
        path.write_bytes(content[:size])
        with pytest.raises(UnusableInputError):
            read_buildings(path, answer_codes={})


def test_a_workbook_with_damaged_bytes_is_read_or_refused_and_never_crashes(tmp_path: Path) -> None:
    content, path = make_xlsx(), tmp_path / "stuk.xlsx"
    for place in range(4, len(content), 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            read_buildings(path, answer_codes={})
        except UnusableInputError:
            continue


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="bestaat niet"):
        read_buildings(tmp_path / "weg.csv", answer_codes={})


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.MAX_BYTES, files.FileKind.CSV, 10)
    path = tmp_path / "groot.csv"
    path.write_bytes(ROW)
    with pytest.raises(UnusableInputError, match="mag ten hoogste"):
        read_buildings(path, answer_codes={})


def test_the_rows_that_fit_are_read_and_one_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "veel.csv"
    lines = [f"0518100{n:09}" for n in range(table.MAX_ROWS)]
    path.write_text("\n".join(["pand_id", *lines]))
    assert len(read_buildings(path, answer_codes={}).buildings) == 200_000
    path.write_text("\n".join(["pand_id", *lines, "0518100999999999"]))
    with pytest.raises(UnusableInputError, match=r"meer dan 200\.000 rijen.*screen"):
        read_buildings(path, answer_codes={})


def test_the_shown_name_is_used_in_messages_and_tells_the_kind_when_the_path_does_not(tmp_path: Path) -> None:
    path = tmp_path / "upload-4f2a"
    path.write_bytes(ROW)
    assert read_buildings(path, answer_codes={}, name="bezit.csv").sources["pand_id"].label == "bezit.csv"
    with pytest.raises(UnusableInputError, match=r"^bezit\.xlsx: "):
        read_buildings(path, answer_codes={}, name="bezit.xlsx")


def test_a_fat_but_honest_workbook_is_let_through(tmp_path: Path) -> None:
    path = tmp_path / "vet.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["pand_id", "bouwjaar", "bouwlagen", "plaats"])
        for row in range(1, 50_001):
            sheet.write_row(row, 0, [f"0518{row:012}", 1962, 4, "Den Haag"])
    check_workbook(path, path.name)


def test_a_geopackage_as_gdal_writes_it_is_let_through(tmp_path: Path) -> None:
    path = tmp_path / "pand.gpkg"
    path.write_bytes(geopackage())
    assert check_file(path, path.name) is FileKind.GPKG
