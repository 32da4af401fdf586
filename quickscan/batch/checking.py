"""Check a stream of buildings without keeping them, and find ids that occur twice in a whole file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.intake import Intake
from quickscan.ingest.stream import NO_ID, Layout, Stream, read_batch, say_twice

MOST_FAULTS = 1_000  # kept of one batch, and of a whole file; the rest is counted


def check_stream(stream: Stream) -> tuple[Intake, int]:
    """Return the intake of a large file, and how many rows are refused.

    Its buildings are only counted: the frame has no columns. Of the errors the first MOST_FAULTS are there.
    """
    errors: list[Fault] = [fault for fault in stream.layout.faults if not fault.notice]
    notices = {_key(fault): fault for fault in stream.layout.faults if fault.notice}
    ids, kept, rows = [], [], 0
    for first, batch in stream.batches():
        read = read_batch(batch, first, stream.layout)
        ids.append(read.ids)
        kept.append(read.kept)
        rows += batch.num_rows
        errors += [fault for fault in read.faults if not fault.notice][: max(MOST_FAULTS - len(errors), 0)]
        new = {_key(fault): fault for fault in read.faults if fault.notice}
        notices = (new | notices) if len(notices) < MOST_FAULTS else notices
    again, _, told = find_twice(ids, stream.layout)
    errors = sorted([*errors, *told][:MOST_FAULTS], key=lambda fault: fault.row or 0)
    accepted = int(np.count_nonzero(np.concatenate([*kept, np.empty(0, dtype=bool)]) & ~again))
    intake = Intake(
        buildings=pd.DataFrame(index=range(accepted)),
        mapping={column.header: column.target for column in stream.layout.columns},
        sources={},
        faults=(*errors, *notices.values()),
        rows=rows,
        columns=stream.layout.columns,
    )
    return intake, rows - accepted


def _key(fault: Fault) -> tuple[object, ...]:
    return fault.row, fault.column, fault.value, fault.advice


def find_twice(ids: list[npt.NDArray[np.int64]], layout: Layout) -> tuple[npt.NDArray[np.bool_], int, list[Fault]]:
    """Return which rows have an id that an earlier row has, how many, and the first faults."""
    numbers = np.concatenate([*ids, np.empty(0, dtype=np.int64)])
    in_order = np.sort(numbers)
    again = np.zeros(len(numbers), dtype=bool)
    if not ((in_order[1:] == in_order[:-1]) & (in_order[1:] != NO_ID)).any():
        return again, 0, []
    order = np.argsort(numbers, kind="stable")
    sorted_ids = numbers[order]
    same = np.concatenate([[False], sorted_ids[1:] == sorted_ids[:-1]]) & (sorted_ids != NO_ID)
    again[order] = same
    firsts = order[np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))]
    pairs = sorted(zip(order[same].tolist(), firsts[same].tolist(), strict=True))
    return again, len(pairs), [say_twice(row + 1, first + 1, int(numbers[row]), layout) for row, first in pairs[:MOST_FAULTS]]
