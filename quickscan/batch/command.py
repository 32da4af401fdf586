"""What the command `screen` does with a file that is too large for memory, or with a cluster."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from quickscan.batch.progress import show_progress
from quickscan.batch.runners import Here, Runner
from quickscan.batch.screening import Outcome, screen_stream
from quickscan.domain.errors import UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.ingest.stream import BATCH, Stream
from quickscan.report.growing import GROWING


def require_possible(stream: Stream, sources: list[Path], out: Path, *, faults: Path | None) -> None:
    """Raise UnusableInputError when what is asked cannot be done in parts."""
    where = str(sources[0])
    if len(sources) > 1:
        problem = "Dit bestand is te groot om met andere bestanden aan te vullen."
        raise UnusableInputError(problem, "Neem een kleiner gebied, of voeg de kolommen vooraf samen.", where=where)
    if out.suffix.lower() not in GROWING:
        problem = f"Zo veel gebouwen ({stream.rows}) passen niet in een bestand van het soort {out.suffix}."
        raise UnusableInputError(problem, "Kies .parquet of .csv als uitvoer.", where=str(out))
    if faults is not None:
        problem = "--faults werkt niet bij een groot bestand."
        raise UnusableInputError(problem, "Laat --faults weg; de fouten staan in de melding.", where=where)


def screen_large(stream: Stream, out: Path, rules: Rules, *, scheduler: str | None, progress: bool | None) -> Outcome:
    """Score the stream here, or on the workers of a cluster, and write `out`."""
    with ExitStack() as stack:
        runner: Runner = Here()
        batch = BATCH
        if scheduler is not None:
            from quickscan.batch import cluster  # noqa: PLC0415 - only who has a cluster needs it

            runner, batch = stack.enter_context(cluster.on_cluster(scheduler)), cluster.BATCH
        tell = stack.enter_context(show_progress(stream.rows, wanted=progress))
        return screen_stream(stream, rules, out, runner=runner, batch=batch, progress=tell)
