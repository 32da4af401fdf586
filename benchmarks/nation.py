"""A whole country: 11 million panden out of Parquet, scored and written; and the same work on a Dask cluster.

The floor is reading the columns that are used and writing the columns that come out, with pyarrow alone and in batches, and
scoring all panden by hand in numpy. A stricter floor scores by hand only what is in reach, as the command does itself; it
is printed beside it without a goal. `QUICKSCAN_BENCH_ROWS` sets
another number of panden.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
from pyarrow import parquet

from benchmarks import floor
from benchmarks.measuring import Result
from benchmarks.national import GROUP, ROWS, write_country
from benchmarks.scoring import DAY
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.rules import Rules
from quickscan.wiring import rules_on

PROJECT = Path(__file__).resolve().parent.parent
GOAL_TIME, GOAL_MB, GOAL_DASK = 2.0, 4_000, 1.5
DASK_ROWS, DASK_TURNS, WORKERS = 2_000_000, 3, 2
ROWS_VARIABLE = "QUICKSCAN_BENCH_ROWS"


def against_pyarrow() -> Iterator[Result]:
    """Yield the seconds of the whole command, beside pyarrow and numpy, and the peak memory of its process."""
    rows = int(os.environ.get(ROWS_VARIABLE, ROWS))
    rules = rules_on(DAY)
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "land.parquet"), Path(folder, "uit.parquet")
        write_country(source, rows)
        before = _copy(source, Path(folder, "leeg.parquet"))  # also brings the file into the memory of the system
        mine, peak = _run(source, out)
        found = parquet.ParquetFile(out)
        if found.metadata.num_rows != rows:
            raise AssertionError(f"{found.metadata.num_rows} rows were written, not {rows}")
        after = _copy(source, Path(folder, "leeg.parquet"))
        wrote = _rewrite(out, Path(folder, "kopie.parquet"))
        scored, every = _score(source, out, rules)
    read = min(before, after)
    bare, strict = read + wrote + every, read + wrote + scored
    alone = f"pyarrow alleen: lezen ({read:.1f} s) en schrijven ({wrote:.1f} s)"
    against = f"{alone}, en alle panden met de hand in numpy scoren ({every:.1f} s); {rows} panden"
    yield Result("national", mine, "s", against, mine / bare, f"≤ {GOAL_TIME:g}", mine <= GOAL_TIME * bare)
    against = f"{alone}, en met de hand in numpy scoren wat een score krijgt ({scored:.1f} s)"
    yield Result("national_strict", mine, "s", against, mine / strict, None, None)
    goal = f"≤ {GOAL_MB}"
    yield Result("national_peak_memory", peak, "MB", "4 GB; het hele proces", peak, goal, peak <= GOAL_MB)


def _run(source: Path, out: Path) -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of `screen` in a process of its own."""
    command = [sys.executable, "-m", "quickscan", "screen", str(source), "--out", str(out), "--date", DAY.isoformat()]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    watched, seen = psutil.Process(process.pid), [0]

    def watch() -> None:
        while process.poll() is None:
            try:
                seen.append(watched.memory_info().rss)
            except psutil.NoSuchProcess:
                return
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if process.wait():
        raise AssertionError(f"screen gave {process.returncode}")
    took = time.perf_counter() - began
    watcher.join()
    return took, max(seen) / 1e6


def _copy(source: Path, out: Path) -> float:
    """Return how long pyarrow takes to read the file in batches."""
    began = time.perf_counter()
    with parquet.ParquetFile(source, read_dictionary=_texts(source)) as file:
        rows = sum(batch.num_rows for batch in file.iter_batches(batch_size=GROUP))
    out.write_text(str(rows))
    return time.perf_counter() - began


def _texts(path: Path) -> list[str]:
    return [field.name for field in parquet.read_schema(path) if pa.types.is_string(field.type) and "id" not in field.name[:5]]


def _rewrite(source: Path, out: Path) -> float:
    """Return how long pyarrow takes to write what came out, a batch at a time; reading it back is not counted."""
    took, writer = 0.0, None
    texts = [name for name in _texts(source) if name != "pand_id"]
    with parquet.ParquetFile(source, read_dictionary=texts) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            began = time.perf_counter()
            if writer is None:
                writer = parquet.ParquetWriter(out, table.schema, compression="zstd", store_schema=False)
            writer.write_table(table)
            took += time.perf_counter() - began
    began = time.perf_counter()
    if writer is not None:
        writer.close()
    return took + time.perf_counter() - began


def _score(source: Path, out: Path, rules: Rules) -> tuple[float, float]:
    """Return how long scoring by hand takes: of the panden in reach, and of all; measured on a million, in proportion."""
    reached = parquet.read_table(out, columns=["voorselectie"]).column(0).to_numpy() != "buiten bereik"
    frame = make_frame(source, rules)
    tables = floor.prepare(frame, rules)
    floor.score(frame.iloc[:10_000], tables, rules)
    began = time.perf_counter()
    floor.score(frame, tables, rules)
    each = (time.perf_counter() - began) / len(frame)
    return each * int(np.count_nonzero(reached)), each * len(reached)


def make_frame(source: Path, rules: Rules, rows: int = 1_000_000) -> pd.DataFrame:
    """Return the first panden as the floor wants them: every fact and criterion a column, choices as categoricals."""
    table = (
        parquet.ParquetFile(source)
        .read_row_group(0)
        .to_pandas()
        .rename(columns={"identificatie": "pand_id", "b3_dak_type": "daktype"})
    )
    table = pd.concat([table] * (rows // len(table) + 1), ignore_index=True).iloc[:rows]
    roofs = {"slanted": "kap", "horizontal": "plat", "multiple horizontal": "plat getrapt"}
    columns: dict[str, object] = {"pand_id": table["pand_id"], "gebruiksdoel": pd.Categorical(table["gebruiksdoel"])}
    for name, spec in FACTS.items():
        if spec.is_number:
            columns[name] = table[name].astype(float) if name in table else np.full(len(table), np.nan)
        elif spec.kind is Kind.KEUZE:
            values = table["daktype"].map(roofs) if name == "daktype" else table.get(name)
            columns[name] = pd.Categorical([None] * len(table) if values is None else values, categories=list(spec.options))
    for active in rules.criteria:
        columns[active.id] = pd.Categorical.from_codes(np.full(len(table), -1, dtype=np.int8), categories=list(active.codes))
    return pd.DataFrame(columns)


def dask_against_one_process() -> Iterator[Result]:
    """Yield the seconds that two workers take for two million blocks of flats, beside one process that does the same.

    One process has one thread here, as a worker has; what `screen` takes with its two threads is printed beside it.

    Blocks of flats, because there all panden get a score: of a country's panden nearly all time goes to reading and
    writing, and that is done in one place.
    """
    import dask  # noqa: PLC0415 - only for this measurement
    from distributed import LocalCluster  # noqa: PLC0415 - only for this measurement

    from quickscan.batch import cluster  # noqa: PLC0415
    from quickscan.batch.runners import Here  # noqa: PLC0415
    from quickscan.batch.screening import screen_stream  # noqa: PLC0415
    from quickscan.ingest.stream import open_parquet  # noqa: PLC0415

    rules = rules_on(DAY)
    with tempfile.TemporaryDirectory() as folder:
        source, warm = Path(folder, "flats.parquet"), Path(folder, "warm.parquet")
        rows = min(DASK_ROWS, int(os.environ.get(ROWS_VARIABLE, DASK_ROWS)))
        write_country(source, rows, blocks=1.0)
        write_country(warm, min(rows, 2 * GROUP), blocks=1.0)
        out, other = Path(folder, "een.parquet"), Path(folder, "twee.parquet")

        def screen(path: Path, target: Path, **more: object) -> float:
            stream = open_parquet(path, answer_codes=rules.answer_codes, name=path.name)
            began = time.perf_counter()
            screen_stream(stream, rules, target, **more)  # type: ignore[arg-type]
            return time.perf_counter() - began

        with (
            dask.config.set({"distributed.nanny.pre-spawn-environ": cluster.WORKER_ENVIRONMENT}),
            LocalCluster(
                n_workers=WORKERS, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
            ) as local,
            cluster.on_cluster(local.scheduler_address) as runner,
        ):
            for _ in range(2):  # every worker has loaded what it needs, and has its memory
                screen(warm, out, runner=runner, batch=cluster.BATCH)
            screen(warm, out, runner=Here(threads=1))
            turns = [
                (screen(source, other, runner=runner, batch=cluster.BATCH), screen(source, out, runner=Here(threads=1)))
                for _ in range(DASK_TURNS)
            ]
        two = screen(source, out, runner=Here(threads=2))
        if not parquet.read_table(out).equals(parquet.read_table(other)):
            raise AssertionError("the workers gave something else")
    theirs, one = (statistics.median(turn[place] for turn in turns) for place in (0, 1))
    ratio = statistics.median(alone / together for together, alone in turns)
    peers = f"één proces met één thread ({one:.1f} s; met twee threads {two:.1f} s)"
    against = f"{peers}; {rows} flats, lezen en schrijven erbij"
    yield Result("dask_2_workers", theirs, "s", against, ratio, f"≥ {GOAL_DASK:g}", ratio >= GOAL_DASK)
