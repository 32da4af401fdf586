"""Let the workers of an existing Dask cluster do the work, for `screen --scheduler tcp://host:port`.

Workers that see the same Parquet file read their rows from it. Others get the rows sent, so they need no access to the file,
only the same version of this program. A worker keeps the portions it made (Dask puts them on its disk when memory gets
short) and tells us their gist; it finishes them once the ranks are known, and this process puts the parts behind each other
in the order of the file. A few batches are under way at a time. When a worker is lost, Dask has its portions made again by
another one. When all are lost, or the scheduler is, we stop after a while and say so.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa

from quickscan import __version__
from quickscan.batch.portions import Gist, Portion
from quickscan.batch.runners import Finish, Runner, Settled, Work
from quickscan.batch.spool import Finished, Spool
from quickscan.domain.columns import Bools, Floats
from quickscan.domain.errors import QuickscanError, UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.domain.screening import join_screened, screen_buildings
from quickscan.ingest.stream import Batches, Piece

CONNECT_S = 10  # to find the scheduler
WORKERS_S = 30  # to see a (new) worker
LOOK_S = 2  # how often to look whether there still is a worker
AHEAD = 3  # batches under way for each thread of the cluster
# To start workers with. Dask itself makes a worker give every bit of memory back at once, and our arrays, many and short-lived,
# then take twice the time.
WORKER_ENVIRONMENT = {"MALLOC_TRIM_THRESHOLD_": 268_435_456, "MALLOC_MMAP_THRESHOLD_": 33_554_432}
BATCH = 131_072  # rows: what is sent stays well under what a scheduler likes to carry
Found = TypeVar("Found")


class ClusterError(QuickscanError):
    """The cluster cannot do the work, or not any more."""

    def __init__(self, address: str, problem: str, advice: str) -> None:
        self.address, self.problem, self.advice = address, problem, advice
        super().__init__(f"{address}: {problem} {advice}")


@contextmanager
def on_cluster(address: str) -> Iterator[Runner]:
    """Connect to the scheduler at this address and give a runner that works on its workers."""
    with _connect(address) as client:
        yield _OnWorkers(client, address)


def screen_frame(address: str, buildings: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return what `screen_buildings` returns, worked out on the workers of the scheduler at this address."""
    with _connect(address) as client:
        rows = max(math.ceil(len(buildings) / max(_count_threads(client, address), 1)), 1)
        parts = [buildings.iloc[start : start + rows] for start in range(0, max(len(buildings), 1), rows)]
        waiting = [client.submit(_screen_part, part, rules, pure=False) for part in parts]
        return join_screened([_wait(client, address, future) for future in waiting])


def _screen_part(buildings: pd.DataFrame, rules: Rules) -> tuple[str, pd.DataFrame]:
    return __version__, screen_buildings(buildings, rules)


@contextmanager
def _connect(address: str) -> Iterator[Any]:
    try:
        import dask  # noqa: PLC0415 - only who has a cluster needs it
        import distributed  # noqa: PLC0415
    except ImportError as error:
        problem = "Voor --scheduler is het onderdeel 'distributed' nodig, en dat is niet geïnstalleerd."
        raise UnusableInputError(problem, 'Installeer het met: python -m pip install "distributed>=2026.8"') from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we tell ourselves what goes wrong
    settings = {"distributed.admin.large-graph-warning-threshold": "1GB", "distributed.comm.retry.count": 1}
    with dask.config.set(settings):
        try:
            # Straight from the workers where they can be reached; else Dask lets the scheduler pass it on.
            client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False, direct_to_workers=True)
        except (TimeoutError, OSError, ValueError) as error:
            advice = "Controleer het adres en of de scheduler aan staat."
            raise ClusterError(address, "Hier luistert geen Dask-scheduler.", advice) from error
        try:
            yield client
        finally:
            client.close(timeout=CONNECT_S)


@dataclass
class _OnWorkers:
    client: Any
    address: str
    _made: list[Any] = field(default_factory=list)  # futures of the portions, in order

    def gists(self, batches: Batches, work: Work, spool: Spool) -> Iterator[Gist]:  # noqa: ARG002 - the workers keep them
        """Yield the gists in order. Workers that have the file read it themselves; others get the rows sent."""
        self._made = []
        rest: Iterable[tuple[int, Piece | pa.RecordBatch]] = batches
        if batches.pieces and all(self.client.run(Piece.is_there, batches.pieces[0][1]).values()):
            rest = batches.pieces

        def tell(first: int, rows: Piece | pa.RecordBatch) -> Callable[[], Gist]:
            place = len(self._made)
            self._made.append(self._submit(_work, work, rows if isinstance(rows, Piece) else _pack(rows), first))
            told = self._submit(_tell, self._made[place], priority=1)  # before the next piece of work

            def wait() -> Gist:
                gist = self._wait(told)
                if gist is None and isinstance(rows, Piece):  # a worker that came later and does not have the file
                    self._made[place] = self._submit(_work, work, _pack(rows.read()), first)
                    gist = self._wait(self._submit(_tell, self._made[place]))
                assert isinstance(gist, Gist)  # noqa: S101 - for mypy
                return gist

            return wait

        yield from self._ahead(partial(tell, first, rows) for first, rows in rest)

    def parts(self, settled: Iterable[Settled], finish: Finish, spool: Spool) -> Iterator[Finished]:  # noqa: ARG002
        """Yield the parts in order; a portion is let go once its part is here."""
        made, self._made = self._made[::-1], []

        def end(rank: Floats, kept: Bools) -> Callable[[], Finished]:
            return partial(self._wait, self._submit(_finish, made.pop(), finish, rank, kept))

        yield from self._ahead(partial(end, rank, kept) for _, rank, kept in settled)

    def _ahead(self, starts: Iterable[Callable[[], Callable[[], Found]]]) -> Iterator[Found]:
        """Start a few at a time, and yield what each gives in the order in which they were started."""
        most = AHEAD * max(_count_threads(self.client, self.address), 1)
        waiting: deque[Callable[[], Found]] = deque()
        for start in starts:
            waiting.append(start())
            if len(waiting) >= most:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()

    def _submit(self, function: Callable[..., object], *given: object, priority: int = 0) -> Any:
        return self.client.submit(function, *given, pure=False, priority=priority)

    def _wait(self, future: Any) -> Any:
        return _wait(self.client, self.address, future)


def _pack(batch: pa.RecordBatch) -> bytes:
    """Return the batch as bytes, which do not hold on to what the batch was cut from."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


Told = tuple[str, Any]  # what comes from a worker: its version of this program, and what it made or a refusal in words


def _work(work: Work, rows: bytes | Piece, first: int) -> Told:
    """Do the work; runs on a worker. A refusal comes back as words, because an error may not survive the journey.

    None is that the file is not here.
    """
    try:
        if isinstance(rows, bytes):
            return __version__, work(pa.ipc.open_stream(rows).read_next_batch(), first)
        return __version__, work(rows.read(), first) if rows.is_there() else None
    except UnusableInputError as error:
        return __version__, (error.problem, error.advice, error.where)
    except pa.ArrowException:
        return __version__, ("Dit bestand is beschadigd.", "Haal het opnieuw op.", None)


def _tell(made: Told) -> Told:
    """Return the gist of what was made; runs on the worker that made it."""
    version, found = made
    return version, found.gist if isinstance(found, Portion) else found


def _finish(made: Told, finish: Finish, rank: Floats, kept: Bools) -> Told:
    """Return the part; runs on the worker that made the portion."""
    return __version__, finish(made[1], rank, kept)


def _count_threads(client: Any, address: str) -> int:
    """Return how many threads the cluster has, after waiting a while for the first worker."""
    until = time.monotonic() + WORKERS_S
    while True:
        try:
            threads = sum(client.nthreads().values())
        except (TimeoutError, OSError, CancelledError) as error:
            raise _scheduler_gone(address) from error
        if threads:
            return int(threads)
        if time.monotonic() > until:
            advice = "Start een worker met: dask worker ADRES, met dezelfde versie van dit programma."
            raise ClusterError(address, f"Er was {WORKERS_S} seconden lang geen enkele worker.", advice)
        time.sleep(0.2)


def _wait(client: Any, address: str, future: Any) -> Any:
    """Return what a worker made, while looking whether there is still somebody at work."""
    from distributed import KilledWorker  # noqa: PLC0415 - see on_cluster

    while True:
        try:
            version, found = future.result(timeout=LOOK_S)
            break
        except TimeoutError:
            if client.status != "running":
                raise _scheduler_gone(address) from None
            _count_threads(client, address)
        except KilledWorker as error:
            advice = "Geef de workers meer geheugen, of neem er meer met minder threads."
            raise ClusterError(address, "Een worker viel telkens weg op hetzelfde stuk werk.", advice) from error
        except (CancelledError, OSError) as error:
            raise _scheduler_gone(address) from error
        except ImportError as error:
            advice = f"Installeer daar dezelfde versie als hier ({__version__})."
            raise ClusterError(address, "Dit programma ontbreekt op een worker.", advice) from error
    if version != __version__:
        advice = f"Installeer daar dezelfde versie als hier ({__version__})."
        raise ClusterError(address, f"Een worker heeft een andere versie van dit programma ({version}).", advice)
    if isinstance(found, tuple):
        problem, told, where = found
        raise UnusableInputError(problem, told, where=where)
    return found


def _scheduler_gone(address: str) -> ClusterError:
    return ClusterError(address, "De verbinding met de scheduler is weggevallen.", "Controleer de scheduler en begin opnieuw.")
