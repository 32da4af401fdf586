"""Look inside the zip that an Excel workbook is, before anybody parses what is in it.

A zip is a list of entries. Its directory says how large each entry is, but a directory can lie, so every entry is
unpacked here in small pieces and thrown away, and the bytes that really come out are counted. Nearly all entries of a
workbook are XML. A DTD is the piece of XML that can define entities, with which a few bytes grow into
gigabytes or name files on this computer. No spreadsheet program writes one.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from quickscan.domain.errors import UnusableInputError

MAX_ENTRIES = 1_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100  # of unpacked to packed; sheets of real lists stay below 40
SMALL = 1_000_000  # an entry below this is harmless at any ratio
_PIECE = 1 << 20
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # plainly, strongly, and with the directory hidden
_XML_ENDS = (".xml", ".rels", ".vml")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
_LONGEST_MARK = 9
# An encoding in which "<!DOCTYPE" is written with other bytes, such as EBCDIC or UTF-16, would hide it.
_ENCODING = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_ENDS = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".7z", ".rar", ".gz")
_LINKED = re.compile(rb"""<[^<>]*TargetMode\s*=\s*["']External["'][^<>]*>""")
_HYPERLINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""")  # a link that waits for a click is harmless
_OPEN_AND_SAVE = "Open het in Excel en sla het opnieuw op als .xlsx."
_ONLY_THE_LIST = "Zet alleen de lijst met gebouwen in een nieuw bestand, of lever een csv aan."


def check_workbook(path: Path, name: str) -> None:
    """Raise UnusableInputError unless this zip is a workbook that is safe to parse."""
    with _open(path, name) as packed:
        entries = packed.infolist()
        _check_directory(entries, name)
        names = {entry.filename.lower() for entry in entries}
        if "xl/workbook.xml" not in names:
            raise UnusableInputError("Dit is een zip-bestand, geen Excel-bestand.", _OPEN_AND_SAVE, where=name)
        if any(PurePosixPath(entry).name == "vbaproject.bin" for entry in names):
            raise UnusableInputError("Dit Excel-bestand bevat macro's.", "Sla het op als .xlsx, zonder macro's.", where=name)
        if any(entry.startswith("xl/externallinks/") for entry in names):
            raise _links_out(name)
        _unpack(packed, entries, name)


def _open(path: Path, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise _broken(name) from error


def _check_directory(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Check what can be told from the names and flags alone."""
    if len(entries) > MAX_ENTRIES:
        problem = f"Dit Excel-bestand bestaat uit {len(entries)} delen en is daarmee uitgepakt veel te groot."
        raise UnusableInputError(problem, _ONLY_THE_LIST, where=name)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise UnusableInputError("Dit Excel-bestand is versleuteld.", "Sla het op zonder wachtwoord.", where=name)
    if any(_leads_outside(entry.filename) for entry in entries):
        problem = "Dit Excel-bestand bevat namen die buiten het bestand wijzen."
        raise UnusableInputError(problem, "Maak het opnieuw, met alleen de lijst met gebouwen.", where=name)
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise UnusableInputError("Dit Excel-bestand bevat twee delen met dezelfde naam.", _ONLY_THE_LIST, where=name)
    if any(entry.filename.lower().endswith(_ZIP_ENDS) for entry in entries):
        raise _holds_another(name)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _too_large(name)


def _leads_outside(entry: str) -> bool:
    parts = entry.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or ":" in parts[0] or "\x00" in entry


def _unpack(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str) -> None:
    """Unpack every entry piece by piece, and look at what comes out."""
    total = 0
    try:
        for entry in entries:
            total = _unpack_entry(packed, entry, total, name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _broken(name) from error


def _unpack_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, total: int, name: str) -> int:
    """Return the bytes unpacked so far, this entry included."""
    own_limit = max(SMALL, MAX_RATIO * entry.compress_size)
    is_xml, is_links = entry.filename.lower().endswith(_XML_ENDS), entry.filename.lower().endswith(".rels")
    unpacked, before = 0, b""
    with packed.open(entry) as stream:
        while piece := stream.read(_PIECE):
            if not unpacked and piece.startswith(_ZIP_STARTS):
                raise _holds_another(name)
            unpacked += len(piece)
            if unpacked > own_limit or total + unpacked > MAX_UNPACKED:
                raise _too_large(name)
            if is_xml:
                _check_xml(before + piece, name)
                before = before[-_LONGEST_MARK:] if len(piece) < _LONGEST_MARK else piece[-_LONGEST_MARK:]
            if is_links and any(not _HYPERLINK.search(link) for link in _LINKED.findall(piece)):
                raise _links_out(name)
    return total + unpacked


def _check_xml(text: bytes, name: str) -> None:
    told = _ENCODING.match(text)
    if b"\x00" in text or (told and told[1].lower() not in _PLAIN_ENCODINGS):
        raise _broken(name)
    if _DTD.search(text):
        problem = "Dit Excel-bestand bevat opdrachten (een DTD) die er niet in horen, en is mogelijk beschadigd of kwaadwillig."
        raise UnusableInputError(problem, "Zet de lijst met gebouwen in een nieuwe werkmap.", where=name)


def _broken(name: str) -> UnusableInputError:
    return UnusableInputError("Dit Excel-bestand is beschadigd of niet compleet.", _OPEN_AND_SAVE, where=name)


def _too_large(name: str) -> UnusableInputError:
    return UnusableInputError("Dit Excel-bestand is uitgepakt veel te groot.", _ONLY_THE_LIST, where=name)


def _holds_another(name: str) -> UnusableInputError:
    return UnusableInputError("Dit Excel-bestand bevat zelf weer een bestand.", _ONLY_THE_LIST, where=name)


def _links_out(name: str) -> UnusableInputError:
    advice = "Verbreek de koppelingen in Excel (Gegevens, Koppelingen bewerken), en sla het opnieuw op."
    return UnusableInputError("Dit Excel-bestand haalt gegevens uit andere bestanden.", advice, where=name)
