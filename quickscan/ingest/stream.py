"""Read buildings that need not fit in memory: batches of rows out of (Geo)Parquet or a large GeoPackage.

A layout is how the columns of a file are understood; with it any batch can be read anywhere, on another machine too.
The checks are those of every import, and work on whole columns: a column of numbers is checked as an array, and of a
column of texts each different cell is read once. So numbers must be stored as numbers; texts in a number column would
need the whole column to tell what a comma means, and are refused.
"""

# mypy: disable-error-code="no-untyped-call"
# (pyogrio has no types)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS, PAND_ID_LENGTH, check_ids, check_values
from quickscan.domain.intake import ColumnRead, How
from quickscan.ingest.guard.files import MAX_BYTES, FileKind
from quickscan.ingest.raw import Matched, Rows, show_cell
from quickscan.ingest.tables.convert import convert_column
from quickscan.ingest.tables.headers import match_headers

AREA, GEOMETRY, PAND_ID = "grondvlak_m2", "geometry", "pand_id"
BATCH = 262_144  # rows; large enough to make the work of a batch small beside that of its rows
WHOLE = 200_000  # rows of Parquet that are still read whole: less than a second
NO_ID = -1
PAND = 10  # what the fifth and sixth digit of an id say when the object is a pand
_PREFIX = "NL.IMBAG.Pand."
_ROWS_NAMED = re.compile(r" \(\d+ rijen: [^)]*\)$")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns of one file are understood, and what is wrong with the file as a whole."""

    name: str
    matched: Matched
    answer_codes: Mapping[str, tuple[str, ...]]
    shapes: str | None = None  # the column with the shapes, as WKB
    crs: str | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def header_of(self) -> dict[str, str]:
        """Return fact or criterion → header, of the columns that are read."""
        known = self.matched.header_of.items()
        return {target: header for target, header in known if target in FACTS or target in self.answer_codes}

    @property
    def used(self) -> list[str]:
        """Return the headers of the columns that are read, the shapes last."""
        return [*self.header_of.values(), *([self.shapes] if self.shapes else [])]

    @property
    def columns(self) -> tuple[ColumnRead, ...]:
        """Return what each column of the file became, and why."""
        named = {header: target for target, header in self.header_of.items()}
        shapes = (ColumnRead(self.shapes, GEOMETRY, How.KNOWN),) if self.shapes else ()
        return shapes + tuple(
            ColumnRead(header, named.get(header), how if header in named or how is How.PRIVATE else How.UNUSED)
            for header, how in zip(self.matched.headers, self.matched.reasons, strict=True)
        )


@dataclass(frozen=True)
class Batch:
    """The rows of one batch: the buildings without faults (row as the sender counts as index), and what is wrong.

    `ids` has the pand_id of every row as a whole number, NO_ID where it is missing or wrong; `kept` tells which rows
    are in `buildings`. Texts and choices are categoricals.
    """

    buildings: pd.DataFrame
    ids: npt.NDArray[np.int64]
    kept: npt.NDArray[np.bool_]
    faults: tuple[Fault, ...]


Pieces = Callable[[list[str], int], "Iterator[tuple[int, Piece]]"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a Parquet file, for whoever has that file too: `size` and `changed` tell whether it is the same one."""

    path: Path
    size: int
    changed: int
    columns: tuple[str, ...]
    texts: tuple[str, ...]  # read as codes
    group: int
    start: int
    length: int

    def is_there(self) -> bool:
        """Tell whether the file can be read here, and is the one that was meant."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        return (found.st_size, found.st_mtime_ns) == (self.size, self.changed)

    def read(self) -> pa.RecordBatch:
        """Return the rows as one batch."""
        from pyarrow import parquet  # noqa: PLC0415 - a GeoPackage does not need it

        with parquet.ParquetFile(self.path, read_dictionary=list(self.texts)) as file:
            table = file.read_row_group(self.group, columns=list(self.columns), use_threads=False)
        return table.slice(self.start, self.length).combine_chunks().to_batches()[0]


@dataclass(frozen=True)
class Batches:
    """The batches of a file in its order, as (number of the first row, batch). `pieces` are the same rows unread, if any."""

    source: Callable[[], Iterator[pa.RecordBatch]]
    name: str
    pieces: tuple[tuple[int, Piece], ...] = ()

    def __iter__(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        first = 1
        try:
            for batch in self.source():
                if batch.num_rows:
                    yield first, batch
                first += batch.num_rows
        except (pa.ArrowException, OSError, RuntimeError) as error:
            raise UnusableInputError("Dit bestand is beschadigd.", "Haal het opnieuw op.", where=self.name) from error


class Stream:
    """One open file: its layout, its number of rows, and its batches in order."""

    def __init__(self, layout: Layout, rows: int, source: Any, *, pieces: Pieces | None = None) -> None:
        self.layout, self.rows, self._source, self._pieces = layout, rows, source, pieces

    def batches(self, size: int = BATCH) -> Batches:
        """Return the rows in batches of about this size, in the order of the file."""
        pieces = tuple(self._pieces(self.layout.used, size)) if self._pieces else ()
        return Batches(lambda: self._source(self.layout.used, size), self.layout.name, pieces)


def open_stream(path: Path, *, answer_codes: Mapping[str, tuple[str, ...]], name: str) -> Stream | None:
    """Open a file that is too large to read whole; None for a smaller one, or one that cannot be read in parts."""
    if not path.is_file() or path.suffix.lower() not in (FileKind.PARQUET, FileKind.GPKG):
        return None
    if path.suffix.lower() == FileKind.GPKG:
        is_large = path.stat().st_size > MAX_BYTES[FileKind.GPKG]
        return open_geopackage(path, answer_codes=answer_codes, name=name) if is_large else None
    stream = open_parquet(path, answer_codes=answer_codes, name=name)
    is_large = stream.rows > WHOLE or path.stat().st_size > MAX_BYTES[FileKind.PARQUET]
    return stream if is_large else None


def open_parquet(path: Path, *, answer_codes: Mapping[str, tuple[str, ...]], name: str) -> Stream:
    """Open a Parquet file, with or without shapes (GeoParquet)."""
    from pyarrow import parquet  # noqa: PLC0415 - a GeoPackage does not need it

    try:
        with parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            lengths = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    except (pa.ArrowException, OSError) as error:
        raise UnusableInputError("Dit Parquet-bestand is beschadigd.", "Haal het opnieuw op.", where=name) from error
    from quickscan.ingest.registers.geoparquet import find_shapes  # noqa: PLC0415 - only for Parquet

    shapes, crs = find_shapes(schema, name)
    layout = _lay_out(schema, answer_codes, name, shapes=shapes, crs=crs)
    texts = [
        header
        for target, header in layout.header_of.items()
        if target != PAND_ID and pa.types.is_string(schema.field(header).type)
    ]

    def read(columns: list[str], size: int) -> Iterator[pa.RecordBatch]:
        with parquet.ParquetFile(path, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20) as file:
            yield from file.iter_batches(batch_size=size, columns=columns)

    def cut(columns: list[str], size: int) -> Iterator[tuple[int, Piece]]:
        about, first = path.stat(), 1
        for group, length in enumerate(lengths):
            step = length if length <= 2 * size else size  # a group is unpacked whole, so it is cut only when it is large
            for start in range(0, length, max(step, 1)):
                part = min(step, length - start)
                yield (
                    first + start,
                    Piece(path.absolute(), about.st_size, about.st_mtime_ns, tuple(columns), tuple(texts), group, start, part),
                )
            first += length

    return Stream(layout, rows, read, pieces=cut)


def open_geopackage(path: Path, *, answer_codes: Mapping[str, tuple[str, ...]], name: str) -> Stream:
    """Open the layer with buildings of a GeoPackage."""
    from quickscan.ingest.guard.gpkg import check_geopackage  # noqa: PLC0415 - Parquet does without

    check_geopackage(path, name)
    import pyogrio  # noqa: PLC0415

    from quickscan.ingest.registers.bag import find_objects  # noqa: PLC0415
    from quickscan.ingest.registers.layers import EXPORT_AGAIN, Layer  # noqa: PLC0415 - loads GDAL
    from quickscan.ingest.registers.vector import choose_layer  # noqa: PLC0415

    try:
        found = {str(layer): pyogrio.read_info(path, layer=layer) for layer, _ in pyogrio.list_layers(path)}
        layers = [
            Layer(layer, tuple(map(str, about["fields"])), about["geometry_type"], about["crs"]) for layer, about in found.items()
        ]
        layer = choose_layer(layers, name).name
        with pyogrio.open_arrow(path, layer=layer, batch_size=1, use_pyarrow=True) as (meta, reader):
            schema, shapes, crs = reader.schema, meta["geometry_name"] or "wkb_geometry", meta["crs"]
        rows = int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    except (RuntimeError, ValueError, OSError, pa.ArrowException) as error:
        raise UnusableInputError("Dit GPKG-bestand is beschadigd.", EXPORT_AGAIN, where=name) from error
    layout = _lay_out(schema.remove(schema.get_field_index(shapes)), answer_codes, name, shapes=shapes, crs=crs)
    uncounted = [_say_uncounted(other.name) for other in layers if other.name != layer and find_objects(other)]
    layout = replace(layout, faults=(*layout.faults, *uncounted))

    def read(columns: list[str], size: int) -> Iterator[pa.RecordBatch]:
        wanted = [column for column in columns if column != shapes]
        with pyogrio.open_arrow(path, layer=layer, columns=wanted, batch_size=size, use_pyarrow=True) as (_, reader):
            yield from reader

    return Stream(layout, rows, read)


def _say_uncounted(layer: str | None) -> Fault:
    problem = f"de laag '{layer}' wordt van een groot bestand niet meegeteld: wat bij het pand zelf staat, telt"
    return Fault(None, None, None, problem, "Neem een kleiner gebied als de aantallen bij het pand ontbreken.", notice=True)


def _lay_out(
    schema: pa.Schema, answer_codes: Mapping[str, tuple[str, ...]], name: str, *, shapes: str | None, crs: str | None
) -> Layout:
    headers = [field for field in schema.names if field != shapes]
    if twice := sorted({header for header in headers if headers.count(header) > 1}):
        raise UnusableInputError(f"De kolom '{twice[0]}' staat er twee keer in.", "Laat er één staan.", where=name)
    matched = match_headers(headers, criteria=answer_codes, with_places=False)
    layout = Layout(name, matched, dict(answer_codes), shapes, crs, tuple(matched.faults))
    if PAND_ID not in layout.header_of:
        problem = "De verplichte kolom pand_id ontbreekt."
        raise UnusableInputError(problem, "Voeg een kolom pand_id toe met de 16 cijfers uit de BAG.", where=name)
    for target, header in layout.header_of.items():
        kind = schema.field(header).type
        if target in FACTS and FACTS[target].is_number and not _is_number(kind):
            problem = f"In de kolom '{header}' horen getallen te staan, en er staat tekst of iets anders in ({kind})."
            raise UnusableInputError(problem, "Bewaar de kolom als getallen, of lever het bestand aan als .csv.", where=name)
    return layout


def _is_number(kind: pa.DataType) -> bool:
    checks = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(check(kind) for check in checks)


def read_batch(batch: pa.RecordBatch, first: int, layout: Layout) -> Batch:
    """Check one batch; a row with an error is left out. Each row is judged alone, so it does not matter how rows are batched."""
    rows: Rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
    columns: dict[str, pd.Series] = {}
    told: list[tuple[str, Fault]] = []
    ids: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for target, header in layout.header_of.items():
        cells = batch.column(batch.schema.get_field_index(header))
        if target == PAND_ID:
            columns[target], ids, faults = _read_ids(cells, header, rows, layout)
        elif target in FACTS and FACTS[target].is_number:
            values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            columns[target], faults = convert_column(
                target, header, values, rows, codes=(), is_register=layout.matched.is_register
            )
        else:
            columns[target], faults = _read_texts(cells, target, header, rows, layout)
        told += [(target, fault) for fault in faults]
    if layout.shapes:
        shapes = batch.column(batch.schema.get_field_index(layout.shapes))
        told += [(GEOMETRY, fault) for fault in _read_shapes(shapes, columns, rows, layout)]
    frame = pd.DataFrame(columns, index=pd.Index(rows, name="rij"), copy=False)
    faults = [fault for _, fault in told] + _check(
        frame, batch, layout, {(fault.row, target) for target, fault in told if not fault.notice}
    )
    refused = np.array(sorted({fault.row for fault in faults if not fault.notice and fault.row is not None}), dtype=np.int64)
    kept = np.ones(len(rows), dtype=bool)
    kept[refused - first] = False
    return Batch(frame if not len(refused) else frame[kept], ids, kept, tuple(sorted(faults, key=lambda fault: fault.row or 0)))


def _read_ids(cells: pa.Array, header: str, rows: Rows, layout: Layout) -> tuple[pd.Series, npt.NDArray[np.int64], list[Fault]]:
    """Return the ids as text and as whole numbers. Nearly all are right as they stand; the others are read one by one."""
    texts = cells.cast(pa.string()) if not pa.types.is_string(cells.type) else cells
    plain = texts
    if len(texts) and (texts[0].as_py() or "").startswith(_PREFIX):
        plain = pc.replace_substring_regex(texts, f"(?i)^{_PREFIX}".replace(".", r"\."), "")
    ids = read_digits(plain)
    doubtful = np.flatnonzero(ids // 10**10 % 100 != PAND)
    values = plain.to_pandas().set_axis(rows)
    if not len(doubtful):
        return values, ids, []
    asked = np.array(texts.take(pa.array(doubtful)).to_pylist(), dtype=object)
    read, faults = convert_column(PAND_ID, header, asked, rows[doubtful], codes=(), is_register=layout.matched.is_register)
    ids[doubtful] = read_digits(pa.array(read.to_numpy(dtype=object, na_value=None), pa.string()))
    values = values.astype(object)
    values.iloc[doubtful] = read.to_numpy(dtype=object, na_value=None)
    return values.astype("str"), ids, faults


def read_digits(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """Return an id of sixteen digits as a whole number, NO_ID for anything else."""
    sixteen = pc.fill_null(pc.equal(pc.binary_length(texts), PAND_ID_LENGTH), False)
    whole = sixteen.to_numpy(zero_copy_only=False)
    ids = np.full(len(texts), NO_ID, dtype=np.int64)
    right = texts if whole.all() else texts.filter(sixteen)
    if not len(right):
        return ids
    _, offsets, data = right.buffers()
    start = np.frombuffer(offsets, dtype=np.int32)[right.offset]
    digits = np.frombuffer(data, dtype=np.uint8)[start : start + PAND_ID_LENGTH * len(right)].reshape(-1, PAND_ID_LENGTH) - ord(
        "0"
    )
    found = (digits <= 9).all(axis=1)  # noqa: PLR2004 - the digits of ten
    numbers = np.zeros(len(right), dtype=np.int64)
    for place in range(PAND_ID_LENGTH):
        numbers *= 10
        numbers += digits[:, place]
    ids[whole] = np.where(found, numbers, NO_ID)
    return ids


def _read_texts(cells: pa.Array, target: str, header: str, rows: Rows, layout: Layout) -> tuple[pd.Series, list[Fault]]:
    """Return a column of texts or choices as a categorical; each different cell is read once."""
    if pa.types.is_list(cells.type) or pa.types.is_large_list(cells.type):
        cells = pc.binary_join(cells.cast(pa.list_(pa.string())), ",")
    coded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    different = np.array(coded.dictionary.to_pylist(), dtype=object)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    if not len(different):
        return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index([], dtype="str")), rows), []
    read, found = convert_column(
        target,
        header,
        different,
        np.arange(len(different), dtype=np.int64),
        codes=layout.answer_codes.get(target, ()),
        is_register=layout.matched.is_register,
    )
    places: dict[str, int] = {}
    texts = read.to_numpy(dtype=object, na_value=None)
    table = np.array([-1 if text is None else places.setdefault(text, len(places)) for text in texts] + [-1], dtype=np.int32)
    faults = [fault for told in found for fault in _tell_rows(told, codes, rows)]
    values = pd.Categorical.from_codes(table[codes], categories=pd.Index(list(places), dtype="str"))
    return pd.Series(values, rows), faults


def _tell_rows(told: Fault, codes: npt.NDArray[np.int32], rows: Rows) -> list[Fault]:
    """Return what was told about one different cell for each row that has it; a notice once, without its rows."""
    if told.row is None or told.notice:
        return [replace(told, row=None, problem=_ROWS_NAMED.sub("", told.problem))]
    return [Fault(int(row), told.column, told.value, told.problem, told.advice) for row in rows[codes == told.row]]


def _read_shapes(cells: pa.Array, columns: dict[str, pd.Series], rows: Rows, layout: Layout) -> list[Fault]:
    """Add the shapes as WKB in RD New, and the area where the file has no column for it."""
    from quickscan.ingest.registers.geometry import measure_areas, write_wkb  # noqa: PLC0415 - most large files have no shapes
    from quickscan.ingest.registers.vector import place_shapes  # noqa: PLC0415

    shapes, wkb, faults = place_shapes(cells.to_numpy(zero_copy_only=False), rows, layout.crs, layout.name)
    columns[GEOMETRY] = pd.Series(write_wkb(shapes) if wkb is None else wkb, rows, dtype=object)
    if AREA in columns:
        return faults
    areas, fact = measure_areas(shapes), FACTS[AREA]
    known = (areas >= (fact.low or 0)) & (areas <= (fact.high or np.inf))
    columns[AREA] = pd.Series(np.where(known, areas, np.nan), rows)
    problem = f"de omtrek meet geen {fact.low:g} tot en met {fact.high:.0f} m²; het grondvlak telt als onbekend"
    return faults + [
        Fault(
            int(rows[place]),
            GEOMETRY,
            f"{areas[place]:.1f}".replace(".", ","),
            problem,
            "Kijk of dit een gebouw is.",
            notice=True,
        )
        for place in np.flatnonzero(~np.isnan(areas) & ~known)
    ]


def _check(frame: pd.DataFrame, batch: pa.RecordBatch, layout: Layout, told: set[tuple[int | None, str]]) -> list[Fault]:
    """Check the contract and say it with the sender's own header and cell. Ids that occur twice show only at the end."""
    missing = frame[PAND_ID][frame[PAND_ID].isna()]
    faults = []
    for fault in (*check_ids(missing), *check_values(frame, answers=dict(layout.answer_codes))):
        if (fault.row, fault.column) in told:
            continue
        header, value = layout.header_of.get(fault.column or "", fault.column), fault.value
        if fault.row is not None and header in batch.schema.names:
            value = show_cell(batch.column(batch.schema.get_field_index(header))[fault.row - int(frame.index[0])].as_py())
        faults.append(Fault(fault.row, header, value, fault.problem, fault.advice, notice=fault.notice))
    return faults


def say_twice(row: int, first: int, pand_id: int, layout: Layout) -> Fault:
    """Return the fault of a row whose pand_id was on an earlier row."""
    header = layout.header_of[PAND_ID]
    shown = f"{pand_id:0{PAND_ID_LENGTH}d}"
    return Fault(row, header, shown, f"dit pand staat ook op rij {first}", "Laat één van de twee rijen staan.")
