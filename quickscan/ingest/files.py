"""Look at a file before reading it: does it exist, is it what its name says, and is it not too large to be true.

A signature is the first bytes of a file, which give its kind away whatever it is called.
"""

from __future__ import annotations

import re
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


MAX_BYTES = {
    FileKind.CSV: MAX_TABLE_BYTES,
    FileKind.XLSX: MAX_TABLE_BYTES,
    FileKind.GPKG: MAX_SHAPES_BYTES,
    FileKind.GEOJSON: MAX_GEOJSON_BYTES,
}
_EXTENSIONS = {**{str(kind): kind for kind in FileKind}, ".json": FileKind.GEOJSON}
_ZIP, _OLE, _SQLITE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00"
_BINARY = {_ZIP: "een zip- of Excel-bestand", _OLE: "een oud Excel-bestand", _SQLITE: "een database", b"%PDF": "een pdf"}
_HEAD = 4096


def check_file(path: Path, name: str) -> FileKind:
    """Return the kind of a file that may be read; raises UnusableInputError."""
    if not path.is_file():
        raise UnusableInputError("Dit bestand bestaat niet.", "Controleer de naam en de map.", where=name)
    kind = next((_EXTENSIONS[end] for end in (path.suffix.lower(), Path(name).suffix.lower()) if end in _EXTENSIONS), None)
    if kind is None:
        advice = "Lever het aan als .xlsx, .csv, .gpkg of .geojson."
        raise UnusableInputError("Dit soort bestand kan niet worden gelezen.", advice, where=name)
    size = path.stat().st_size
    if size == 0:
        raise UnusableInputError("Dit bestand is leeg.", "Controleer of het bewaren is gelukt.", where=name)
    if size > MAX_BYTES[kind]:
        problem = f"Dit bestand is {size // MB} MB; {kind} mag ten hoogste {MAX_BYTES[kind] // MB} MB zijn."
        raise UnusableInputError(problem, "Splits het bestand, of haal kolommen weg die je niet nodig hebt.", where=name)
    with path.open("rb") as stream:
        _check_signature(stream.read(_HEAD), kind, name)
    return kind


def _check_signature(head: bytes, kind: FileKind, name: str) -> None:
    found = next((told for signature, told in _BINARY.items() if head.startswith(signature)), "")
    if kind is FileKind.XLSX and head.startswith(_OLE):
        problem = "Dit is een oud Excel-bestand (.xls), of een bestand met een wachtwoord."
        raise UnusableInputError(problem, "Sla het op als 'Excel-werkmap (.xlsx)', zonder wachtwoord.", where=name)
    if kind is FileKind.XLSX and not head.startswith(_ZIP):
        raise UnusableInputError("Dit is geen Excel-bestand, al heet het zo.", "Sla het in Excel op als .xlsx.", where=name)
    if kind is FileKind.GPKG and not head.startswith(_SQLITE):
        raise UnusableInputError("Dit is geen GeoPackage, al heet het zo.", "Exporteer het opnieuw als GeoPackage.", where=name)
    if kind is FileKind.CSV and found:
        raise UnusableInputError(f"Dit is {found}, geen csv.", "Sla het op als csv, of geef het de juiste naam.", where=name)
    if kind is FileKind.GEOJSON and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise UnusableInputError("Dit is geen GeoJSON, al heet het zo.", "Exporteer het opnieuw als GeoJSON.", where=name)
    if kind is FileKind.GEOJSON and re.search(rb'"type"\s*:\s*"CityJSON|"CityObjects"\s*:', head):
        advice = "Lever de gebouwen aan als GeoPackage of GeoJSON."
        raise UnusableInputError("Dit is CityJSON; dat kan hier niet worden gelezen.", advice, where=name)
