"""More than five hundred uploads that nobody should send, built from code: the same files every time."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tests.hostile.cases import CSV, Upload, cityjson, cut, flip, geojson, geopackage, labels, parquet, vera, workbook, zip_up
from tests.hostile.registers import jsons, registers
from tests.hostile.shapes import disguises, geopackages
from tests.hostile.tables import tables
from tests.hostile.zipped import sheets, zips


@cache
def make_corpus() -> list[Upload]:
    """Return every upload; two never have the same name."""
    found = [upload for family in FAMILIES for upload in family()]
    return [replace(upload, name=f"{number:04}-{upload.name}") for number, upload in enumerate(found)]


def _sound() -> dict[str, bytes]:
    return {
        ".csv": CSV,
        ".xlsx": workbook(),
        ".gpkg": geopackage(),
        ".geojson": geojson(),
        ".city.json": json.dumps(cityjson()).encode(),
        ".vera.json": json.dumps([vera()]).encode(),
        ".zip": zip_up({"v20260901_v4.csv": labels()}),
        ".labels.csv": labels(),
        ".parquet": parquet(),
    }


def cut_short() -> Iterator[Upload]:
    """Downloads that broke off. A table of text is whole up to where it ends, the others are not."""
    for ending, content in _sound().items():
        for size, part in cut(content, 24):
            yield Upload(
                "cut", f"{size}{ending}", part, refused=ending in (".xlsx", ".gpkg", ".geojson", ".city.json", ".zip", ".parquet")
            )


def damaged() -> Iterator[Upload]:
    """One byte fell over."""
    for ending, content in _sound().items():
        for place, changed in flip(content, 20):
            yield Upload("flipped", f"{place}{ending}", changed)
    for page in range(1, len(geopackage()) // 4096):
        start = page * 4096
        for filling in (b"\x00", b"\xff"):
            content = geopackage()[:start] + filling * 4096 + geopackage()[start + 4096 :]
            yield Upload("flipped", f"pagina{page}-{filling.hex()}.gpkg", content)


def wrongly_named() -> Iterator[Upload]:
    """Files that are not what they are called."""
    heads = {
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "pdf": b"%PDF-1.7\n" + bytes(50),
        "png": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "exe": b"MZ\x90\x00" + bytes(50),
        "elf": b"\x7fELF\x02\x01" + bytes(50),
        "gzip": b"\x1f\x8b\x08\x00" + bytes(50),
        "html": b"<!DOCTYPE html><html><table><tr><td>pand_id</td></tr></table></html>",
        "xml": b'<?xml version="1.0"?><Workbook/>',
        "nul": bytes(5_000),
        "noise": bytes((n * n * 31 + 7) % 256 for n in range(5_000)),
        "space": b" \n\t " * 500,
        "pickle": pickle.dumps(print, protocol=4),
    }
    endings = (".csv", ".xlsx", ".gpkg", ".geojson", ".json", ".zip", ".parquet")
    for what, content in heads.items():
        for ending in endings:
            yield Upload("misnamed", f"{what}{ending}", content, refused=ending != ".csv" or what in ("nul", "pdf", "ole", "exe"))
    sound = _sound()
    for ending in (".csv", ".xlsx", ".gpkg", ".geojson", ".parquet"):
        for other in endings:
            if other not in (ending, ".json") and not (ending == ".xlsx" and other == ".zip"):
                yield Upload("misnamed", f"{ending[1:]}{other}", sound[ending], refused=other != ".csv" or ending != ".geojson")
    for ending in (
        ".xls",
        ".xlsm",
        ".xlsb",
        ".ods",
        ".shp",
        ".kml",
        ".gml",
        ".vrt",
        ".xml",
        ".py",
        ".exe",
        ".gpkg.vrt",
        ".csv.gz",
        ".tif",
    ):
        yield Upload("misnamed", f"lijst{ending}", workbook(), refused=True, says="Dit soort bestand")
    for ending in endings:
        yield Upload("misnamed", f"leeg{ending}", b"", refused=True, says="is leeg")


FAMILIES = (cut_short, damaged, wrongly_named, zips, sheets, tables, geopackages, disguises, jsons, registers)
