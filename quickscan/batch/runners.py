"""Who does the work: a runner turns batches into portions, and later portions into parts, in the order of the batches.

Between the two all portions must have been told of, because a rank is a rank among all. Here the work is done by threads
of this process, a few batches at a time: numpy and Arrow let each other go on. `cluster` has another runner.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import pyarrow as pa

from quickscan.batch.portions import Gist, Portion
from quickscan.batch.spool import Finished, Spool
from quickscan.domain.columns import Bools, Floats
from quickscan.ingest.stream import Batches

THREADS = 2  # more gains little: much of the work is done one thread at a time
Work = Callable[[pa.RecordBatch, int], Portion]
Finish = Callable[[Portion, Floats, Bools], Finished]
Settled = tuple[Gist, Floats, Bools]  # of a portion: its gist, the rank of those in reach, and which rows are written
Made = TypeVar("Made")


class Runner(Protocol):
    """First `gists` of all batches, then `parts` of the same ones."""

    def gists(self, batches: Batches, work: Work, spool: Spool) -> Iterator[Gist]:
        """Do the work on each batch, keep the portion (in the spool, or elsewhere), and yield its gist."""

    def parts(self, settled: Iterable[Settled], finish: Finish, spool: Spool) -> Iterator[Finished]:
        """Finish each portion that was kept."""


@dataclass(frozen=True, slots=True)
class Here:
    """Works in threads of this process; no more batches are in memory than are worked on, and one."""

    threads: int = THREADS

    def gists(self, batches: Batches, work: Work, spool: Spool) -> Iterator[Gist]:
        for portion in self._run(partial(work, batch, first) for first, batch in batches):
            spool.add(portion.packed)
            yield portion.gist

    def parts(self, settled: Iterable[Settled], finish: Finish, spool: Spool) -> Iterator[Finished]:
        kept = zip(spool.read(), settled, strict=True)
        return self._run(partial(finish, Portion(packed, gist), rank, mask) for packed, (gist, rank, mask) in kept)

    def _run(self, jobs: Iterable[Callable[[], Made]]) -> Iterator[Made]:
        waiting: deque[Future[Made]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for job in jobs:
                    waiting.append(pool.submit(job))
                    if len(waiting) > self.threads:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()
