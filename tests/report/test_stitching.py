from __future__ import annotations

import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from quickscan.report.stitching import Stitched

TEXTS = st.none() | st.text(max_size=5)
ROWS = st.lists(
    st.tuples(st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.floats(), TEXTS, st.booleans()), max_size=40
)


def make_table(rows: list[tuple[int | None, float | None, str | None, bool]]) -> pa.Table:
    whole, number, text, fact = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = {f"getal {place}": pa.array(number, pa.float64()) for place in range(20)}  # more than fit in a short list
    columns |= {"geheel": pa.array(whole, pa.int64()), "tekst": pa.array(text, pa.string()), "feit": pa.array(fact, pa.bool_())}
    return pa.table(columns)


def make_part(table: pa.Table, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd", store_schema=False, **options)
    return sink.getvalue().to_pybytes()


def stitch(parts: list[bytes], **texts: str) -> pa.BufferReader:
    out = io.BytesIO()
    stitched = Stitched(out)
    for part in parts:
        stitched.add(part)
    stitched.finish(texts)
    return pa.BufferReader(out.getvalue())


@given(parts=st.lists(ROWS, min_size=1, max_size=5), group=st.integers(1, 30), index=st.booleans())
def test_parts_behind_each_other_are_read_as_one_file(*, parts: list, group: int, index: bool) -> None:
    tables = [make_table(rows) for rows in parts]
    written = [make_part(table, row_group_size=group, write_page_index=index) for table in tables]
    file = parquet.ParquetFile(stitch(written))
    file.read().validate(full=True)
    assert file.read().equals(pa.concat_tables(tables)) or repr(file.read().to_pylist()) == repr(
        pa.concat_tables(tables).to_pylist()
    )  # NaN is not equal to itself
    assert file.num_row_groups == sum(parquet.ParquetFile(pa.BufferReader(part)).num_row_groups for part in written)
    assert file.metadata.num_rows == sum(table.num_rows for table in tables)


def test_what_is_known_of_each_group_stays_with_it() -> None:
    tables = [make_table([(start + number, 0.5, "a", True) for number in range(10)]) for start in (0, 100, 200)]
    file = parquet.ParquetFile(stitch([make_part(table) for table in tables], geo="hier"))
    place = file.schema_arrow.names.index("geheel")
    bounds = [file.metadata.row_group(number).column(place).statistics for number in range(3)]
    assert [(bound.min, bound.max) for bound in bounds] == [(0, 9), (100, 109), (200, 209)]
    assert file.read_row_group(1, columns=["geheel"])["geheel"].to_pylist() == list(range(100, 110))
    assert file.schema_arrow.metadata == {b"geo": b"hier"}


def test_a_part_with_other_columns_is_refused() -> None:
    table = make_table([(1, 1.0, "a", True)])
    with pytest.raises(ValueError, match="other columns"):
        stitch([make_part(table), make_part(table.drop_columns("feit"))])
