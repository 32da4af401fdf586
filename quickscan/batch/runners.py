"""Who does the work: a runner turns batches into portions, in the order of the batches and a few at a time.

Here the work is done by threads of this process: numpy and Arrow let each other go on. `cluster` has another runner.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from quickscan.batch.portions import Portion
from quickscan.ingest.stream import Batches

THREADS = 2  # more gains little: much of the work is done one thread at a time
Work = Callable[[pa.RecordBatch, int], Portion]
Runner = Callable[[Batches, Work], Iterator[Portion]]


def run_here(batches: Batches, work: Work, *, threads: int = THREADS) -> Iterator[Portion]:
    """Yield the portion of each batch; no more batches are in memory than are worked on, and one."""
    waiting: deque[Future[Portion]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for first, batch in batches:
                waiting.append(pool.submit(work, batch, first))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
