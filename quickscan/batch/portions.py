"""A portion: what screening makes of one batch of rows, small enough to send and to keep.

Of every building it has who it is, the voorselectie and the reason; of the buildings in reach also their scores. Only
`rang` is missing: that one needs all portions. A batch gives the same portion wherever and in whatever size it is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from quickscan.batch.checking import MOST_FAULTS
from quickscan.domain.errors import Fault
from quickscan.domain.rules import Rules
from quickscan.domain.screening import SCREEN_COLUMNS, screen_reached
from quickscan.ingest.stream import GEOMETRY, PAND_ID, Layout, read_batch
from quickscan.report.tables import DECIMALS, IDENTITY_COLUMNS, WHOLE_COLUMNS

OF_ALL = ("voorselectie", "reden")
OF_THE_RUN = ("rang", "normenset", "peildatum")
OF_REACHED = tuple(name for name in SCREEN_COLUMNS if name not in (PAND_ID, *OF_ALL, *OF_THE_RUN))


@dataclass(frozen=True)
class Gist:
    """What has to be known of all batches before one of them can be written.

    `ids` and `kept` are of all rows of the batch, the refused ones too. `expected` and `score` are what ranks the
    buildings in reach, which are at `places` of those without faults. `errors` counts all faults that refuse a row, of
    which `faults` holds the first.
    """

    places: npt.NDArray[np.int32]
    ids: npt.NDArray[np.int64]
    kept: npt.NDArray[np.bool_]
    expected: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]
    errors: int


@dataclass(frozen=True)
class Portion:
    """The outcome of one batch.

    `packed` holds two tables as Arrow streams: `everyone` has a row for each building without faults, `reached` one for
    those in reach.
    """

    packed: bytes
    gist: Gist


def screen_batch(batch: pa.RecordBatch, first: int, layout: Layout, rules: Rules) -> Portion:
    """Check and score the rows of one batch; `first` is the number of its first row."""
    rules = _one_of_its_kind(rules)
    read = read_batch(batch, first, layout)
    buildings = read.buildings
    screened = screen_reached(buildings, rules)
    everyone = {PAND_ID: pa.array(buildings[PAND_ID].array, pa.string())}
    everyone |= {name: _to_arrow(name, buildings[name]) for name in IDENTITY_COLUMNS if name in buildings.columns}
    everyone |= {"voorselectie": _code(screened.voorselectie), "reden": _code(screened.reden)}
    if GEOMETRY in buildings.columns:
        everyone[GEOMETRY] = pa.array(buildings[GEOMETRY].to_numpy(dtype=object), pa.binary())
    errors = [fault for fault in read.faults if not fault.notice]
    packed = _pack(pa.table(everyone), pa.table({name: _to_arrow(name, screened.reached[name]) for name in OF_REACHED}))
    gist = Gist(
        places=screened.places.astype(np.int32),
        ids=read.ids,
        kept=read.kept,
        expected=screened.reached["verwachte_woningen"].to_numpy(),
        score=screened.reached["voorselectie_score"].to_numpy(),
        faults=tuple(errors[:MOST_FAULTS]),
        notices=tuple(fault for fault in read.faults if fault.notice)[:MOST_FAULTS],
        errors=len(errors),
    )
    return Portion(packed, gist)


@lru_cache(maxsize=4)
def _remember(_fingerprint: str, _day: date) -> list[Rules]:
    return []


def _one_of_its_kind(rules: Rules) -> Rules:
    """Return the same object for the same rules: on a worker they arrive anew with every batch, and what is cached on
    rules would compare them from end to end each time."""
    known = _remember(rules.fingerprint, rules.day)
    if not known:
        known.append(rules)
    return known[0]


def _pack(everyone: pa.Table, reached: pa.Table) -> bytes:
    """Return both tables as bytes. Scores are many and alike, so they shrink; ids hardly do and are left as they are."""
    sink = pa.BufferOutputStream()
    for table, compression in ((everyone, None), (reached, "lz4")):
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
            writer.write_table(table)
    return bytes(sink.getvalue())


def unpack(packed: bytes) -> tuple[pa.Table, pa.Table]:
    """Return (everyone, reached) of a portion."""
    source = pa.BufferReader(packed)
    return pa.ipc.open_stream(source).read_all(), pa.ipc.open_stream(source).read_all()


def _to_arrow(name: str, values: pd.Series) -> pa.Array:
    """Return a column as it will be written: numbers rounded, whole numbers as such, repeating texts as codes."""
    if not pd.api.types.is_float_dtype(values.dtype):
        return _code(values)
    numbers = values.to_numpy()
    if name in WHOLE_COLUMNS:
        missing = np.isnan(numbers)
        return pa.array(np.where(missing, 0, numbers).astype(np.int64), mask=missing)
    return pa.array(np.round(numbers, DECIMALS), from_pandas=True)


def _code(values: pd.Series | pd.Categorical) -> pa.DictionaryArray:
    chosen = values if isinstance(values, pd.Categorical) else pd.Categorical(values)
    codes = chosen.codes.astype(np.int32)
    texts = pa.array(chosen.categories.tolist(), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
