"""Screen a stream of buildings into a file, with memory that does not grow with the file.

What stays in memory is the gist of each portion: the ids, because a building may be there once only, and what ranks the
buildings in reach. The portions themselves wait in a spool beside the file to write, or at the workers that made them. The
file appears when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from quickscan.batch.checking import MOST_FAULTS, find_twice
from quickscan.batch.portions import Gist, screen_batch
from quickscan.batch.runners import Here, Runner
from quickscan.batch.spool import Spool, finish_portion
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


def screen_stream(
    stream: Stream,
    rules: Rules,
    out: Path,
    *,
    runner: Runner = Here(),  # noqa: B008 - nothing in it changes
    batch: int = BATCH,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Write the buildings without faults to `out` (.csv or .parquet) and return what came of it.

    Raises UnusableInputError for a file that cannot be read, FaultyInputError when no building is left to write.
    """
    outcome, gists = Outcome(), list[Gist]()
    _tell(outcome, stream.layout.faults)
    with replacing(out) as temporary, Spool(temporary.with_name(f"{temporary.name}.tussen")) as spool:
        for gist in runner.gists(stream.batches(batch), partial(screen_batch, layout=stream.layout, rules=rules), spool):
            gists.append(gist)
            outcome.rows += len(gist.ids)
            outcome.refused += int(np.count_nonzero(~gist.kept))
            _tell(outcome, (*gist.faults, *gist.notices), errors=gist.errors)
            progress(outcome.rows)
        once = _keep_once(gists, outcome, stream)
        if not outcome.accepted:
            raise FaultyInputError(outcome.faults)
        settled = zip(gists, _rank(gists, once), once, strict=True)
        with growing(temporary) as append:
            for finished in runner.parts(settled, partial(finish_portion, rules=rules, suffix=out.suffix), spool):
                append(finished.part)
                outcome.funnel.merge(finished.funnel)
                outcome.columns = finished.columns
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


def _keep_once(gists: Sequence[Gist], outcome: Outcome, stream: Stream) -> list[Bools]:
    """Return per portion which of its buildings to write: of an id that occurs twice only the first row counts."""
    again, many, told = find_twice([gist.ids for gist in gists], stream.layout)
    _tell(outcome, tuple(told), errors=many)
    outcome.faults.sort(key=lambda fault: fault.row or 0)
    masks, start = [], 0
    for kept in (gist.kept for gist in gists):
        twice = again[start : start + len(kept)]
        outcome.refused += int(np.count_nonzero(twice & kept))
        masks.append(~twice[kept])
        start += len(kept)
    return masks


def _rank(gists: Sequence[Gist], once: Sequence[Bools]) -> list[Floats]:
    """Return per portion the rank over the whole file of its buildings in reach; NaN for what is not written."""
    if not gists:
        return []
    ids = np.concatenate([gist.ids[gist.kept][gist.places] for gist in gists])
    written = np.concatenate([mask[gist.places] for mask, gist in zip(once, gists, strict=True)])
    expected = np.where(written, np.concatenate([gist.expected for gist in gists]), np.nan)
    ranked = rank(expected, np.concatenate([gist.score for gist in gists]), pd.Series(ids))
    return np.split(ranked, np.cumsum([len(gist.places) for gist in gists])[:-1])
