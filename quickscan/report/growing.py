"""Write a screened portfolio piece by piece, for what does not fit in memory: Parquet or CSV.

The columns, rounding and guarding are those of `tables`; only there is a whole table, and here a file that grows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from quickscan.report.tables import GEOMETRY, describe_shapes, geometry_types, guard_text

GROWING = (".csv", ".parquet")
Append = Callable[[pa.Table], None]


@contextmanager
def growing(path: Path) -> Iterator[Append]:
    """Give a function that adds a table to the file; all tables have the same columns."""
    with (_grow_parquet if path.suffix.lower() == ".parquet" else _grow_csv)(path) as append:
        yield append


@contextmanager
def _grow_parquet(path: Path) -> Iterator[Append]:
    from pyarrow import parquet  # noqa: PLC0415 - a CSV does not need it

    writers: list[parquet.ParquetWriter] = []
    kinds: set[str] = set()

    def append(table: pa.Table) -> None:
        if not writers:
            # Without Arrow's own schema a column of codes is read back as the texts it stands for.
            writers.append(parquet.ParquetWriter(path, table.schema, compression="zstd", store_schema=False))
        if GEOMETRY in table.column_names:
            kinds.update(geometry_types(table.column(GEOMETRY).to_numpy()))
        writers[0].write_table(table)

    try:
        yield append
        if kinds:
            writers[0].add_key_value_metadata({"geo": json.dumps(describe_shapes(sorted(kinds)))})
    finally:
        for writer in writers:
            writer.close()


@contextmanager
def _grow_csv(path: Path) -> Iterator[Append]:
    from pyarrow import csv  # noqa: PLC0415 - a Parquet file does not need it

    writers: list[csv.CSVWriter] = []

    def append(table: pa.Table) -> None:
        plain = pa.table({name: _write_out(table.column(name)) for name in table.column_names if name != GEOMETRY})
        if not writers:
            writers.append(csv.CSVWriter(path, plain.schema))
        writers[0].write_table(plain)

    try:
        yield append
    finally:
        for writer in writers:
            writer.close()


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
