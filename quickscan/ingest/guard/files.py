"""Look at a file before reading it: does it exist, is it what its name says, is it safe, and is it not too large to be true.

A signature is the first bytes of a file, which give its kind away whatever it is called. What can hide something inside,
a zip or a database, is looked into by a module of its own.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from quickscan.domain.errors import UnusableInputError

MB = 1_000_000
MAX_TABLE_BYTES = 20 * MB  # 50,000 rows of 30 columns take 12 MB; more is not a list that a person keeps
MAX_SHAPES_BYTES = 200 * MB  # all panden of a large municipality with their outlines take 100 MB
MAX_GEOJSON_BYTES = 100 * MB  # text, which GDAL holds in memory several times over


class FileKind(StrEnum):
    """The kinds of file that can be read; the value is the extension."""

    CSV = ".csv"
    XLSX = ".xlsx"
    GPKG = ".gpkg"
    GEOJSON = ".geojson"
    JSON = ".json"  # GeoJSON, CityJSON or VERA: the content says which
    PARQUET = ".parquet"
    ZIP = ".zip"  # only with one csv in it, as EP-Online hands it out


MAX_BYTES = {
    FileKind.CSV: MAX_TABLE_BYTES,
    FileKind.XLSX: MAX_TABLE_BYTES,
    FileKind.GPKG: MAX_SHAPES_BYTES,
    FileKind.GEOJSON: MAX_GEOJSON_BYTES,
    FileKind.JSON: MAX_GEOJSON_BYTES,
    FileKind.PARQUET: MAX_SHAPES_BYTES,
    FileKind.ZIP: MAX_SHAPES_BYTES,
}
_EXTENSIONS = {**{str(kind): kind for kind in FileKind}, ".jsonl": FileKind.JSON, ".geoparquet": FileKind.PARQUET}
_ZIP, _OLE, _SQLITE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00", b"PAR1"
_BINARY = {
    _ZIP: "een zip- of Excel-bestand",
    _OLE: "een oud Excel-bestand",
    _SQLITE: "een database",
    _PARQUET: "een Parquet-bestand",
    b"%PDF": "een pdf",
    b"\x89PNG": "een plaatje",
    b"\xff\xd8\xff": "een foto",
    b"\x1f\x8b": "een ingepakt bestand",
    b"7z\xbc\xaf\x27\x1c": "een ingepakt bestand",
    b"Rar!": "een ingepakt bestand",
    b"\x7fELF": "een programma",
}
_STARTS = {".xlsx": _ZIP, ".zip": _ZIP, ".gpkg": _SQLITE, ".parquet": _PARQUET}
_TOLD = {
    ".xlsx": ("Dit is geen Excel-bestand, al heet het zo.", "Sla het in Excel op als .xlsx."),
    ".zip": ("Dit is geen zip-bestand, al heet het zo.", "Lever het csv-bestand zelf aan."),
    ".gpkg": ("Dit is geen GeoPackage, al heet het zo.", "Exporteer het opnieuw als GeoPackage."),
    ".parquet": ("Dit is geen Parquet-bestand, al heet het zo.", "Exporteer het opnieuw als Parquet of als GeoPackage."),
    ".geojson": ("Dit is geen GeoJSON, al heet het zo.", "Exporteer het opnieuw als GeoJSON."),
    ".json": ("Dit is geen JSON, al heet het zo.", "Exporteer het opnieuw als JSON of GeoJSON."),
}
_HEAD = 4096


def check_file(path: Path, name: str) -> FileKind:
    """Return the kind of a file that may be read; raises UnusableInputError."""
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        is_file = False
    if not is_file:
        raise UnusableInputError("Dit bestand bestaat niet.", "Controleer de naam en de map.", where=name)
    kind = _find_kind(path, name)
    size = path.stat().st_size
    if size == 0:
        raise UnusableInputError("Dit bestand is leeg.", "Controleer of het bewaren is gelukt.", where=name)
    if size > MAX_BYTES[kind]:
        problem = f"Dit bestand is {size // MB} MB; {kind} mag ten hoogste {MAX_BYTES[kind] // MB} MB zijn."
        raise UnusableInputError(problem, "Splits het bestand, of haal kolommen weg die je niet nodig hebt.", where=name)
    with path.open("rb") as stream:
        _check_signature(stream.read(_HEAD), kind, name)
    _check_inside(path, kind, name)
    return kind


def _find_kind(path: Path, name: str) -> FileKind:
    kind = next((_EXTENSIONS[end] for end in (path.suffix.lower(), Path(name).suffix.lower()) if end in _EXTENSIONS), None)
    if kind is None:
        advice = "Lever het aan als .xlsx, .csv, .gpkg, .geojson, .json of .parquet."
        raise UnusableInputError("Dit soort bestand kan niet worden gelezen.", advice, where=name)
    return kind


def _check_signature(head: bytes, kind: FileKind, name: str) -> None:
    found = next((told for signature, told in _BINARY.items() if head.startswith(signature)), "")
    if kind == ".xlsx" and head.startswith(_OLE):
        problem = "Dit is een oud Excel-bestand (.xls), of een bestand met een wachtwoord."
        raise UnusableInputError(problem, "Sla het op als 'Excel-werkmap (.xlsx)', zonder wachtwoord.", where=name)
    if kind == ".csv":
        if found:
            raise UnusableInputError(f"Dit is {found}, geen csv.", "Sla het op als csv, of geef het de juiste naam.", where=name)
        return
    problem, advice = _TOLD[kind]
    is_right = head.startswith(_STARTS[kind]) if kind in _STARTS else _is_json(head)
    if not is_right:
        raise UnusableInputError(problem, advice, where=name)


def _is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith((b"{", b"["))


def _check_inside(path: Path, kind: FileKind, name: str) -> None:
    if kind == ".gpkg":
        from quickscan.ingest.guard.gpkg import check_geopackage  # noqa: PLC0415 - only what this kind of file needs

        check_geopackage(path, name)
    elif kind == ".xlsx":
        from quickscan.ingest.guard.zips import check_workbook  # noqa: PLC0415 - only what this kind of file needs

        check_workbook(path, name)
    elif kind == ".zip":  # the one zip that can be read is recognised by its labels before anybody comes here
        problem = "In deze zip zitten geen energielabels van EP-Online."
        raise UnusableInputError(problem, "Pak hem uit, en lever het bestand dat erin zit.", where=name)
