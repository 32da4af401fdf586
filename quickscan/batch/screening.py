"""Screen a stream of buildings into a file, with memory that does not grow with the file.

What stays in memory is small: the ids, because a building may be there once only, and what ranks the buildings in
reach. The portions go to a spool beside the file to write, and from there into it. The file appears when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.batch.checking import MOST_FAULTS, find_twice
from quickscan.batch.portions import Portion, screen_batch
from quickscan.batch.runners import Runner, run_here
from quickscan.batch.spool import Spool, assemble
from quickscan.domain.columns import Bools, Floats
from quickscan.domain.errors import Fault, FaultyInputError
from quickscan.domain.preselection import rank
from quickscan.domain.rules import Rules
from quickscan.ingest.stream import BATCH, Stream
from quickscan.report.console import Funnel
from quickscan.report.growing import growing
from quickscan.report.replacing import replacing

Progress = Callable[[int], None]  # gets the number of rows that are done


@dataclass
class Outcome:
    """What came of it: counts of rows, the first faults, what was told, and the funnel of what was written."""

    rows: int = 0
    refused: int = 0
    errors: int = 0
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    funnel: Funnel = field(default_factory=Funnel)
    columns: int = 0

    @property
    def accepted(self) -> int:
        """Number of rows that were written."""
        return self.rows - self.refused


@dataclass
class _Kept:
    """What stays in memory of the portions; `order` is what ranks: expected homes, score and id."""

    ids: list[npt.NDArray[np.int64]] = field(default_factory=list)
    kept: list[Bools] = field(default_factory=list)
    places: list[npt.NDArray[np.int32]] = field(default_factory=list)
    expected: list[Floats] = field(default_factory=list)
    score: list[Floats] = field(default_factory=list)

    def add(self, portion: Portion) -> None:
        self.ids.append(portion.ids)
        self.kept.append(portion.kept)
        self.places.append(portion.places)
        self.expected.append(portion.expected)
        self.score.append(portion.score)


def screen_stream(
    stream: Stream,
    rules: Rules,
    out: Path,
    *,
    runner: Runner = run_here,
    batch: int = BATCH,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Write the buildings without faults to `out` (.csv or .parquet) and return what came of it.

    Raises UnusableInputError for a file that cannot be read, FaultyInputError when no building is left to write.
    """
    outcome, kept = Outcome(), _Kept()
    _tell(outcome, stream.layout.faults)
    with replacing(out) as temporary, Spool(temporary.with_name(f"{temporary.name}.tussen")) as spool:
        for portion in runner(stream.batches(batch), partial(screen_batch, layout=stream.layout, rules=rules)):
            spool.add(portion)
            kept.add(portion)
            outcome.rows += len(portion.ids)
            outcome.refused += int(np.count_nonzero(~portion.kept))
            _tell(outcome, (*portion.faults, *portion.notices), errors=portion.errors)
            progress(outcome.rows)
        once = _keep_once(kept, outcome, stream)
        if not outcome.accepted:
            raise FaultyInputError(outcome.faults)
        ranks = _rank(kept, once)
        with growing(temporary) as append, ThreadPoolExecutor(1) as beside:
            written = None
            for (everyone, reached), places, wanted, ranked in zip(spool.read(), kept.places, once, ranks, strict=True):
                table = assemble(everyone, reached, places, ranked, wanted, rules)
                if written is not None:
                    written.result()
                written = beside.submit(append, table)  # the next one is assembled meanwhile
                outcome.funnel.add(table)
                outcome.columns = table.num_columns
            if written is not None:
                written.result()
    return outcome


def _tell(outcome: Outcome, faults: tuple[Fault, ...], *, errors: int | None = None) -> None:
    """Add faults, of errors at most MOST_FAULTS; the same notice of another batch is not told again."""
    wrong = [fault for fault in faults if not fault.notice]
    outcome.errors += len(wrong) if errors is None else errors
    outcome.faults += wrong[: max(MOST_FAULTS - len(outcome.faults), 0)]
    told = {(fault.row, fault.column, fault.value, fault.advice) for fault in outcome.notices}
    outcome.notices += [
        fault for fault in faults if fault.notice and (fault.row, fault.column, fault.value, fault.advice) not in told
    ][: max(MOST_FAULTS - len(outcome.notices), 0)]


def _keep_once(kept: _Kept, outcome: Outcome, stream: Stream) -> list[Bools]:
    """Return per portion which of its buildings to write: of an id that occurs twice only the first row counts."""
    again, many, told = find_twice(kept.ids, stream.layout)
    _tell(outcome, tuple(told), errors=many)
    outcome.faults.sort(key=lambda fault: fault.row or 0)
    masks, start = [], 0
    for portion in kept.kept:
        twice = again[start : start + len(portion)]
        outcome.refused += int(np.count_nonzero(twice & portion))
        masks.append(~twice[portion])
        start += len(portion)
    return masks


def _rank(kept: _Kept, once: list[Bools]) -> list[Floats]:
    """Return per portion the rank over the whole file of its buildings in reach; NaN for what is not written."""
    if not kept.ids:
        return []
    within = zip(kept.ids, kept.kept, kept.places, strict=True)
    ids = np.concatenate([numbers[good][places] for numbers, good, places in within])
    written = np.concatenate([mask[places] for mask, places in zip(once, kept.places, strict=True)])
    expected = np.where(written, np.concatenate(kept.expected), np.nan)
    ranked = rank(expected, np.concatenate(kept.score), pd.Series(ids))
    return np.split(ranked, np.cumsum([len(places) for places in kept.places])[:-1])
