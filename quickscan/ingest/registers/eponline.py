"""Read the energy labels of EP-Online (RVO), one row a label, and keep per pand only the most common and the worst one.

A label belongs to an object: a dwelling, or a mooring or pitch. An object may have several; the newest that has not
expired on the day of publication counts, and a label of a plan (vergunningsaanvraag, concept) never. Only labels of
dwellings count: that of a shop says nothing about the homes above it. Of two labels that are as common, the worse one
counts. The rows are about dwellings, and therefore about people: they never leave this module.

The national file has millions of rows. It is read in blocks, of each label 21 bytes are kept, and with `known` panden
only their labels. A pand is named in one column, several with commas; the first one counts, as with the BAG.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import LABELS
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.raw import RawTable
from quickscan.ingest.registers.layout import match_layout, pick
from quickscan.ingest.registers.streams import BLOCK, BYTE_MARK, open_plain
from quickscan.ingest.tables.aliases import make_key
from quickscan.ingest.tables.ids import WELL_FORMED

MAX_LABELS = 12_000_000  # twice what there were in 2026
_HEAD = 8_192
_PREAMBLE_LINES = 5
_GET_AGAIN = "Download het totaalbestand (csv) opnieuw bij EP-Online."

# What a column is, in the first spelling of version 4 and in that of 2026.
_NAMES: Mapping[str, str] = {
    "pand": "Pand_bagpandid; BAGPandIDs; BAGPandID",
    "klasse": "Pand_energieklasse; Energieklasse",
    "gebouwklasse": "Pand_gebouwklasse; Gebouwklasse",
    "status": "Pand_status; Status",
    "geldig_tot": "Meting_geldig_tot; Geldig_tot",
    "registratie": "Pand_registratiedatum; Registratiedatum",
    "verblijfsobject": "Pand_bagverblijfsobjectid; BAGVerblijfsobjectID",
    "ligplaats": "Pand_bagligplaatsid; BAGLigplaatsID",
    "standplaats": "Pand_bagstandplaatsid; BAGStandplaatsID",
}
_WHAT: Mapping[str, str] = {make_key(spelling): what for what, names in _NAMES.items() for spelling in names.split("; ")}
_OWN = {"pand": "pand_id", "klasse": "energielabel"}
LAYOUT: Mapping[str, str] = {key: _OWN[what] for key, what in _WHAT.items() if what in _OWN}
_HELPERS: Mapping[str, str] = {key: "energielabel" for key, what in _WHAT.items() if what not in _OWN}
_PLAN = re.compile("vergunning|concept|ingetrokken|vervallen", re.IGNORECASE)
_BEYOND = "A+++++"  # exists for other buildings than homes, and sometimes turns up
_PUBLISHED_IN_NAME = re.compile(r"v(20\d{6})_v\d", re.IGNORECASE)
_IDS = frozenset({"pand", "verblijfsobject", "ligplaats", "standplaats"})
_ID_DIGITS = 16
_KIND, _PAND_KIND = 10**10, 10
_YEAR_FIRST = re.compile(r"(20[0-9]{2}|19[0-9]{2})-?([0-9]{2})-?([0-9]{2})(?![0-9])")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/](20[0-9]{2}|19[0-9]{2})(?![0-9])")


class Head(NamedTuple):
    """How a file of labels begins: its header, the number of lines before it, and the day of publication if it says so."""

    headers: tuple[str, ...]
    before: int
    published: int | None


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels as numbers: pand and object (0 without), class as the place in LABELS, days as 20260401 (0 without)."""

    pand: npt.NDArray[np.int64]
    object: npt.NDArray[np.int64]
    label: npt.NDArray[np.int8]
    registered: npt.NDArray[np.int32]
    expires: npt.NDArray[np.int32]

    def take(self, which: npt.NDArray[Any]) -> _Labels:
        return _Labels(self.pand[which], self.object[which], self.label[which], self.registered[which], self.expires[which])


def is_label_file(path: Path) -> bool:
    """Tell whether a csv, or the only csv in a zip, begins as a file of EP-Online. Never raises."""
    try:
        with open_plain(path) as (stream, _):
            return read_head(stream.read(_HEAD)) is not None
    except (OSError, UnusableInputError):
        return False


def read_head(start: bytes) -> Head | None:
    """Return how the file begins, None when it is not a file of labels."""
    published = None
    lines = start.decode("ascii", errors="replace").removeprefix(BYTE_MARK).splitlines()[: _PREAMBLE_LINES + 1]
    for before, line in enumerate(lines):
        try:
            cells = next(csv.reader([line], delimiter=";"), [])
        except csv.Error:
            return None
        keys = {_WHAT.get(make_key(cell)) for cell in cells}
        if {"pand", "klasse"} <= keys:
            return Head(tuple(cells), before, published)
        if len(cells) > 1 and make_key(cells[0]) == "publicatiedatum":
            published = read_day(cells[1]) or None
    return None


def read_labels(
    path: Path, name: str, *, known: Collection[str] | None = None, mapping: Mapping[str, str | None] | None = None
) -> RawTable:
    """Return the most common and the worst label per pand; with `known` only of these panden."""
    with open_plain(path) as (stream, inside):
        head = read_head(stream.peek(_HEAD)[:_HEAD])
        if head is None:
            raise UnusableInputError("Dit is geen bestand met energielabels van EP-Online.", _GET_AGAIN, where=name)
        labels, read, bad = _read_stream(stream, head, name, known)
    newest = int(labels.registered.max(initial=0))
    in_name = next((int(match[1]) for text in (inside, name) if (match := _PUBLISHED_IN_NAME.search(text))), None)
    day = head.published or in_name or newest
    valid = labels.take((labels.expires == 0) | (labels.expires >= day))
    panden, common, worst = _sum_up(valid)
    matched = match_layout(head.headers, LAYOUT, also=_HELPERS, mapping=mapping)
    ids = np.array([f"{pand:016d}" for pand in panden], dtype=object)
    source = SourceNote(Herkomst.REGISTER, "EP-Online", _make_date(day))
    cells = {"pand_id": ids, "energielabel": pick(LABELS, common), "energielabel_slechtst": pick(LABELS, worst)}
    header = matched.header_of.get("energielabel", "")
    return RawTable(
        matched,
        cells if header else {"pand_id": ids},
        np.arange(1, len(panden) + 1, dtype=np.int64),
        faults=_tell(read, bad, len(labels.pand), len(labels.pand) - len(valid.pand)),
        notes=dict.fromkeys(cells, source),
        recognised="energielabels (EP-Online)",
        adds=False,
        made={"energielabel_slechtst": header},
    )


def _read_stream(
    stream: io.BufferedReader[Any], head: Head, name: str, known: Collection[str] | None
) -> tuple[_Labels, int, int]:
    """Return the labels that count, the number of rows, and the number of rows that could not be read."""
    bad = [0]

    def skip(_: object) -> str:
        bad[0] += 1
        return "skip"

    columns = {_WHAT[key]: header for header in head.headers if (key := make_key(header)) in _WHAT}
    wanted = None if known is None else pa.array(_read_known(known), pa.int64())
    parts, read, kept = [], 0, 0
    try:
        with arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(skip_rows=head.before, block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(delimiter=";", invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(columns.values()),
                column_types=dict.fromkeys(columns.values(), pa.string()),
                strings_can_be_null=True,
                check_utf8=False,
            ),
        ) as reader:
            for batch in reader:
                found = _read_batch({what: batch.column(header) for what, header in columns.items()}, wanted)
                read, kept = read + len(batch), kept + len(found.pand)
                parts.append(found)
                if kept > MAX_LABELS:
                    raise UnusableInputError("Er staan te veel labels in dit bestand.", "Neem één gemeente.", where=name)
    except (pa.ArrowException, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError) as error:
        raise UnusableInputError("Dit bestand met energielabels is beschadigd.", _GET_AGAIN, where=name) from error
    return _join(parts), read, bad[0]


def _join(parts: list[_Labels]) -> _Labels:
    return _Labels(
        np.concatenate([np.empty(0, np.int64), *(part.pand for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.object for part in parts)]),
        np.concatenate([np.empty(0, np.int8), *(part.label for part in parts)]),
        np.concatenate([np.empty(0, np.int32), *(part.registered for part in parts)]),
        np.concatenate([np.empty(0, np.int32), *(part.expires for part in parts)]),
    )


def _read_known(known: Collection[str]) -> list[int]:
    return [int(pand) for pand in known if isinstance(pand, str) and re.fullmatch(WELL_FORMED, pand)]


def _read_batch(columns: Mapping[str, pa.Array], wanted: pa.Array | None) -> _Labels:
    """Return the labels of one block that count, whatever their days."""
    pand = _read_ids(columns["pand"])
    start = pc.divide(pand, _KIND)  # four digits of the municipality, and two of the kind of object
    keep = pc.fill_null(pc.equal(pc.subtract(start, pc.multiply(pc.divide(start, 100), 100)), _PAND_KIND), False)
    if wanted is not None:
        keep = pc.and_(keep, pc.is_in(pand, value_set=wanted))
    kept = {what: column.filter(keep).dictionary_encode() for what, column in columns.items() if what not in _IDS}
    label = _look_up(kept["klasse"], _read_label, -1)
    counts = label >= 0
    if "status" in kept:
        counts &= _look_up(kept["status"], lambda word: not _PLAN.search(word), 1) > 0
    if "gebouwklasse" in kept:
        counts &= _look_up(kept["gebouwklasse"], lambda word: not word.lstrip().upper().startswith("U"), 1) > 0
    objects = np.zeros(len(label), dtype=np.int64)
    for what in ("standplaats", "ligplaats", "verblijfsobject"):
        if what in columns:
            ids = pc.fill_null(_read_ids(columns[what].filter(keep)), 0).to_numpy()
            objects = np.where(ids > 0, ids, objects)
    registered, expires = (
        _look_up(kept[what], read_day, 0) if what in kept else np.zeros(len(label), dtype=np.int64)
        for what in ("registratie", "geldig_tot")
    )
    return _Labels(
        pand.filter(keep).to_numpy()[counts],
        objects[counts],
        label[counts].astype(np.int8),
        registered[counts].astype(np.int32),
        expires[counts].astype(np.int32),
    )


def _look_up(column: pa.DictionaryArray, read: Callable[[str], int], nothing: int) -> npt.NDArray[np.int64]:
    """Return what each cell means: each different word is read once."""
    meanings = np.array([*(read(word) for word in column.dictionary.to_pylist()), nothing], dtype=np.int64)
    return np.asarray(meanings[pc.fill_null(column.indices, len(meanings) - 1).to_numpy()])


def _read_ids(texts: pa.Array) -> pa.Array:
    """Return ids of sixteen digits as numbers, of several with commas the first; null for anything else."""
    first = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(texts), 0, _ID_DIGITS)
    sound = pc.and_(pc.equal(pc.binary_length(first), _ID_DIGITS), pc.ascii_is_decimal(first))
    return pc.if_else(pc.fill_null(sound, False), first, None).cast(pa.int64())


def _read_label(word: str) -> int:
    """Return the place of a label in LABELS, -1 for none."""
    plain = word.strip().upper()
    return 0 if plain == _BEYOND else LABELS.index(plain) if plain in LABELS else -1


def read_day(text: str) -> int:
    """Read a day written as 20260401, 2026-04-01 or 01-04-2026, with or without a time; 0 for anything else."""
    if found := _YEAR_FIRST.match(text.strip()):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.match(text.strip()):
        day, month, year = map(int, found.groups())
    else:
        return 0
    number = year * 10_000 + month * 100 + day
    return number if _make_date(number) else 0


def _make_date(day: int) -> date | None:
    try:
        return date(day // 10_000, day // 100 % 100, day % 100)
    except ValueError:
        return None


def _sum_up(labels: _Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the panden with of each the most common and the worst label, of every object the newest only."""
    # an object without an id stands for itself
    objects = np.where(labels.object == 0, -np.arange(1, len(labels.object) + 1), labels.object)
    order = np.lexsort((labels.label, labels.registered, objects))
    newest = np.append(objects[order][1:] != objects[order][:-1], True)[: len(order)]
    kept = labels.take(order[newest])
    panden, places = np.unique(kept.pand, return_inverse=True)
    counts = np.bincount(places * len(LABELS) + kept.label, minlength=len(panden) * len(LABELS)).reshape(-1, len(LABELS))
    last = len(LABELS) - 1  # seen from the worst side, so that the first of equals is the worst
    return panden, last - counts[:, ::-1].argmax(axis=1), last - (counts[:, ::-1] > 0).argmax(axis=1)


def _tell(read: int, bad: int, kept: int, expired: int) -> list[Fault]:
    told = []
    if bad:
        problem = f"{bad} regels hebben niet het juiste aantal cellen; ze zijn overgeslagen"
        advice = "Download het bestand opnieuw als dit er veel zijn."
        told.append(Fault(None, None, None, problem, advice, notice=True))
    if expired:
        problem = f"{expired} van de {kept} labels zijn verlopen; ze tellen niet mee"
        told.append(Fault(None, None, None, problem, "Je hoeft niets te doen.", notice=True))
    if not kept:
        problem = f"geen van de {read} labels hoort bij een woning in een bekend gebouw"
        told.append(Fault(None, None, None, problem, "Kijk of het bestand van het juiste gebied is.", notice=True))
    return told
