"""Read a small (Geo)Parquet file of buildings whole, as any list; `screen` reads a large one in parts."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from quickscan.domain.errors import UnusableInputError
from quickscan.ingest.raw import RawTable
from quickscan.ingest.registers.geoparquet import find_shapes
from quickscan.ingest.registers.layers import MAX_FEATURES, take_cells
from quickscan.ingest.registers.vector import place_shapes
from quickscan.ingest.tables.headers import match_headers

_GET_AGAIN = "Haal het bestand opnieuw op."
MAX_COLUMNS = 500


def read_parquet(path: Path, name: str, *, criteria: Iterable[str], mapping: Mapping[str, str | None] | None = None) -> RawTable:
    """Return the used columns of a Parquet file, with its shapes when it is a GeoParquet."""
    try:
        with parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            if rows > MAX_FEATURES or len(schema) > MAX_COLUMNS:
                problem = f"Dit bestand heeft meer dan {MAX_FEATURES // 1_000_000} miljoen rijen of {MAX_COLUMNS} kolommen."
                advice = "Neem een kleiner gebied, of gebruik 'python -m quickscan screen'."
                raise UnusableInputError(problem, advice, where=name)
            column, crs = find_shapes(schema, name)
            headers = [field for field in schema.names if field != column]
            matched = match_headers(headers, criteria=criteria, with_places=column is None, mapping=mapping)
            wanted = list(dict.fromkeys([*matched.header_of.values(), *([column] if column else [])]))
            table = file.read(columns=wanted)
            cells = {target: take_cells(table.column(header)) for target, header in matched.header_of.items()}
            wkb = None if column is None else np.asarray(take_cells(table.column(column)), dtype=object)
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError) as error:
        raise UnusableInputError("Dit Parquet-bestand is beschadigd.", _GET_AGAIN, where=name) from error
    numbered = np.arange(1, rows + 1, dtype=np.int64)
    raw = RawTable(matched, cells, numbered)
    if "pand_id" in cells and cells["pand_id"].dtype.kind in "iu":
        cells["pand_id"] = cells["pand_id"].astype(str).astype(object)
    if wkb is None:
        return raw
    shapes, kept, faults = place_shapes(wkb, numbered, crs, name)
    return replace(raw, shapes=shapes, wkb=kept, faults=faults)
