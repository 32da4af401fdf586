"""Write a screened portfolio piece by piece, for what does not fit in memory: Parquet or CSV.

A part is a table as it will stand in the file. Making parts is most of the work and can be done side by side; putting them
behind each other is little. The columns, rounding and guarding are those of `tables`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from quickscan.report.stitching import Stitched
from quickscan.report.tables import GEOMETRY, describe_shapes, geometry_types, guard_text

GROWING = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows as bytes: a line of headings (CSV), the rows, and the kinds of shapes among them (Parquet)."""

    heading: bytes
    rows: bytes
    shapes: frozenset[str] = frozenset()


Append = Callable[[Part], None]


def make_part(table: pa.Table, suffix: str) -> Part:
    """Return the table as it will stand in a file that ends on `suffix` (one of GROWING)."""
    return _make_parquet(table) if suffix.lower() == ".parquet" else _make_csv(table)


@contextmanager
def growing(path: Path) -> Iterator[Append]:
    """Give a function that adds a part to the file; all parts have the same columns."""
    with (_grow_parquet if path.suffix.lower() == ".parquet" else _grow_csv)(path) as append:
        yield append


def _make_parquet(table: pa.Table) -> Part:
    from pyarrow import parquet  # noqa: PLC0415 - a CSV does not need it

    shapes = geometry_types(table.column(GEOMETRY).to_numpy()) if GEOMETRY in table.column_names else ()
    sink = pa.BufferOutputStream()
    # Without Arrow's own schema a column of codes is read back as the texts it stands for.
    parquet.write_table(table, sink, compression="zstd", store_schema=False)
    return Part(b"", sink.getvalue().to_pybytes(), frozenset(shapes))


@contextmanager
def _grow_parquet(path: Path) -> Iterator[Append]:
    kinds: set[str] = set()
    with path.open("wb") as out:
        stitched = Stitched(out)

        def append(part: Part) -> None:
            kinds.update(part.shapes)
            stitched.add(part.rows)

        yield append
        stitched.finish({"geo": json.dumps(describe_shapes(sorted(kinds)))} if kinds else {})


def _make_csv(table: pa.Table) -> Part:
    from pyarrow import csv  # noqa: PLC0415 - a Parquet file does not need it

    plain = pa.table({name: _write_out(table.column(name)) for name in table.column_names if name != GEOMETRY})
    written = []
    for rows, options in ((plain.slice(0, 0), csv.WriteOptions()), (plain, csv.WriteOptions(include_header=False))):
        sink = pa.BufferOutputStream()
        csv.write_csv(rows, sink, options)
        written.append(sink.getvalue().to_pybytes())
    return Part(*written)


@contextmanager
def _grow_csv(path: Path) -> Iterator[Append]:
    with path.open("wb") as out:

        def append(part: Part) -> None:
            if not out.tell():
                out.write(part.heading)
            out.write(part.rows)

        yield append


def _write_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts in full, and so that a spreadsheet does not run them; each different text is looked at once."""
    if not pa.types.is_dictionary(column.type):
        return column
    guarded = [
        pa.DictionaryArray.from_arrays(
            chunk.indices, pa.array([guard_text(text) for text in chunk.dictionary.to_pylist()], pa.string())
        )
        for chunk in column.chunks
    ]
    return pa.chunked_array(guarded, column.type).cast(pa.string())
