"""Keep portions in a temporary file until all are there, and finish each as a part of the file to write.

A spool is that temporary file: what portions packed, one after the other. Finishing spreads what is known of the
buildings in reach over all rows of the portion, adds their rank, and makes the part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quickscan.batch.portions import OF_REACHED, Portion, unpack
from quickscan.domain.columns import Bools, Floats
from quickscan.domain.rules import Rules
from quickscan.domain.screening import SCREEN_COLUMNS
from quickscan.ingest.stream import GEOMETRY, PAND_ID
from quickscan.report.console import Funnel
from quickscan.report.growing import Part, make_part

Places = npt.NDArray[np.int32]


class Spool:
    """What portions packed, in the order in which they were added. Add all of them first, then read."""

    def __init__(self, path: Path) -> None:
        self._path, self._lengths = path, list[int]()
        self._file = path.open("w+b")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, packed: bytes) -> None:
        """Add what a portion packed."""
        self._file.write(packed)
        self._lengths.append(len(packed))

    def read(self) -> Iterator[bytes]:
        """Yield what each portion packed."""
        self._file.seek(0)
        for length in self._lengths:
            yield self._file.read(length)


@dataclass(frozen=True, slots=True)
class Finished:
    """A portion as it will stand in the file, with its counts."""

    part: Part
    funnel: Funnel
    columns: int


def finish_portion(portion: Portion, rank: Floats, kept: Bools, *, rules: Rules, suffix: str) -> Finished:
    """Return the rows to write of one portion. `rank` is of its buildings in reach, `kept` of its buildings without faults."""
    table = assemble(*unpack(portion.packed), portion.gist.places, rank, kept, rules)
    funnel = Funnel()
    funnel.add(table)
    return Finished(make_part(table, suffix), funnel, table.num_columns)


def assemble(everyone: pa.Table, reached: pa.Table, places: Places, rank: Floats, kept: Bools, rules: Rules) -> pa.Table:
    """Return the rows to write: who they are, then SCREEN_COLUMNS, then the shape. `rank` is of those in reach."""
    size = everyone.num_rows
    inside = np.zeros(size, dtype=bool)
    inside[places] = True
    shared = pa.py_buffer(np.packbits(inside, bitorder="little"))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        name: everyone.column(name) for name in everyone.column_names if name != GEOMETRY
    }
    said = {name: columns.pop(name) for name in ("voorselectie", "reden")}
    said["rang"] = _spread(_whole(rank), places, size, shared)
    said |= {name: _spread(reached.column(name).combine_chunks(), places, size, shared) for name in OF_REACHED}
    said["volgende_vraag"] = _fill(said["volgende_vraag"])
    said |= {"normenset": _repeat(rules.fingerprint, size), "peildatum": _repeat(rules.day.isoformat(), size)}
    columns |= {name: said[name] for name in SCREEN_COLUMNS if name != PAND_ID}
    if GEOMETRY in everyone.column_names:
        columns[GEOMETRY] = everyone.column(GEOMETRY)
    table = pa.table(columns)
    return table if kept.all() else table.filter(pa.array(kept))


def _whole(numbers: Floats) -> pa.Array:
    missing = np.isnan(numbers)
    return pa.array(np.where(missing, 0, numbers).astype(np.int64), mask=missing)


def _repeat(text: str, size: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, dtype=np.int32)), pa.array([text]))


def _fill(coded: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the same with an empty text where there is none: nothing to ask is not the same as unknown."""
    texts = coded.dictionary.to_pylist()
    empty = texts.index("") if "" in texts else len(texts)
    return pa.DictionaryArray.from_arrays(pc.fill_null(coded.indices, empty), pa.array(dict.fromkeys([*texts, ""]), pa.string()))


def _spread(values: pa.Array, places: Places, size: int, inside: pa.Buffer) -> pa.Array:
    """Return an array of `size` with the values at their places and null elsewhere.

    Buffers are filled by hand: what lies under a null does not matter, and a fresh page of zeros costs nothing.
    """
    if len(places) == size:  # in order, so every value is at its place already
        return values
    if pa.types.is_dictionary(values.type):
        codes = _spread(values.indices, places, size, inside)
        return pa.DictionaryArray.from_arrays(codes, values.dictionary)
    known, valid = values, inside
    if values.null_count:
        mask = np.zeros(size, dtype=bool)
        mask[places] = values.is_valid().to_numpy(zero_copy_only=False)
        known, valid = values.fill_null(0), pa.py_buffer(np.packbits(mask, bitorder="little"))
    numbers = known.to_numpy()
    data = np.zeros(size, dtype=numbers.dtype)
    data[places] = numbers
    return pa.Array.from_buffers(values.type, size, [valid, pa.py_buffer(data)])
