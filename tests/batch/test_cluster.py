from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from distributed import LocalCluster

from quickscan.batch import cluster
from quickscan.batch.cluster import ClusterError, on_cluster
from quickscan.batch.portions import Portion, screen_batch
from quickscan.batch.screening import screen_stream
from quickscan.batch.spool import Spool
from quickscan.domain.errors import UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.domain.screening import join_screened, screen_buildings
from quickscan.ingest.stream import Layout, open_parquet
from tests.batch.conftest import Save, in_memory, make_frame, require_same
from tests.cli.conftest import DAY, Run

DEN_HAAG = Path(__file__).resolve().parents[3] / "shared" / "data" / "denhaag" / "pdok_bag_panden.gpkg"
pytestmark = pytest.mark.filterwarnings("default")  # dask warns about ports and clean-up; that is not ours to mend


@pytest.fixture(scope="module")
def two_workers() -> Iterator[LocalCluster]:
    """Two workers in processes of their own, on this computer only."""
    with _start(2) as local:
        yield local


@pytest.fixture
def no_spool(tmp_path: Path) -> Iterator[Spool]:
    """A spool, which workers do not use."""
    with Spool(tmp_path / "tussen") as spool:
        yield spool
        assert not list(spool.read())


def _start(workers: int) -> LocalCluster:
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}  # nothing that others on the network could reach
    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, **here)


def test_workers_elsewhere_give_the_same_rows_and_numbers(
    two_workers: LocalCluster, save: Save, tmp_path: Path, rules: Rules
) -> None:
    source = save(make_frame(900))
    in_memory(source, tmp_path / "heel.parquet", rules)
    stream = open_parquet(source, answer_codes=rules.answer_codes, name="x")
    with on_cluster(two_workers.scheduler_address) as runner:
        outcome = screen_stream(stream, rules, tmp_path / "cluster.parquet", runner=runner, batch=70)
    require_same(tmp_path / "cluster.parquet", tmp_path / "heel.parquet")
    assert outcome.accepted == 900


def test_the_command_gives_the_same_file_with_and_without_a_cluster(
    two_workers: LocalCluster, run: Run, save: Save, tmp_path: Path
) -> None:
    source = save(pd.concat([make_frame(300), make_frame(1)]))  # the last pand is there twice
    for out, more in (("hier.parquet", ()), ("daar.parquet", ("--scheduler", two_workers.scheduler_address))):
        done = run("screen", source, "--out", tmp_path / out, "--date", DAY, *more)
        assert done.returncode == 1, done.stderr
        assert "rij 301" in done.stderr
        assert "staat ook op rij 1" in done.stderr
    require_same(tmp_path / "daar.parquet", tmp_path / "hier.parquet")


@pytest.mark.skipif(not DEN_HAAG.exists(), reason="../shared/data is not beside this checkout")
def test_real_panden_with_their_homes_are_the_same_on_a_cluster(two_workers: LocalCluster, run: Run, tmp_path: Path) -> None:
    for out, more in (("hier.parquet", ()), ("daar.parquet", ("--scheduler", two_workers.scheduler_address))):
        done = run("screen", DEN_HAAG, "--out", tmp_path / out, "--date", DAY, *more)
        assert done.returncode == 0, done.stderr
    require_same(tmp_path / "daar.parquet", tmp_path / "hier.parquet")


def test_a_frame_in_parts_is_the_frame_in_one_piece(rules: Rules) -> None:
    frame = make_frame(200)
    parts = [screen_buildings(frame.iloc[start : start + 37], rules) for start in range(0, 200, 37)]
    pd.testing.assert_frame_equal(join_screened(parts), screen_buildings(frame, rules), check_categorical=False)


@pytest.mark.parametrize("seen", [True, False])
def test_workers_read_the_file_themselves_or_get_the_rows(
    two_workers: LocalCluster, save: Save, tmp_path: Path, rules: Rules, *, seen: bool
) -> None:
    source = save(make_frame(300))
    in_memory(source, tmp_path / "heel.parquet", rules)
    stream = open_parquet(source, answer_codes=rules.answer_codes, name="x")
    with on_cluster(two_workers.scheduler_address) as runner:

        class Elsewhere:
            parts = runner.parts

            @staticmethod
            def gists(batches, work, spool):
                elsewhere = tuple((first, replace(piece, path=tmp_path / "weg.parquet")) for first, piece in batches.pieces)
                assert len(elsewhere) == 5
                return runner.gists(batches if seen else replace(batches, pieces=elsewhere), work, spool)

        screen_stream(stream, rules, tmp_path / "cluster.parquet", runner=Elsewhere(), batch=70)
    require_same(tmp_path / "cluster.parquet", tmp_path / "heel.parquet")


def _work_and_fall(batch: pa.RecordBatch, first: int, layout: Layout, rules: Rules, mark: Path) -> Portion:
    """Do the work, but the first to come by the third batch is killed, as by a system that is out of memory."""
    if first == 101:
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return screen_batch(batch, first, layout, rules)


def test_the_work_of_a_worker_that_is_killed_is_done_by_another(
    two_workers: LocalCluster, save: Save, tmp_path: Path, rules: Rules
) -> None:
    source = save(make_frame(400))
    in_memory(source, tmp_path / "heel.parquet", rules)
    stream = open_parquet(source, answer_codes=rules.answer_codes, name="x")
    mark = tmp_path / "gevallen"
    with on_cluster(two_workers.scheduler_address) as runner:

        class Falling:
            parts = runner.parts

            @staticmethod
            def gists(batches, _, spool):
                return runner.gists(batches, partial(_work_and_fall, layout=stream.layout, rules=rules, mark=mark), spool)

        screen_stream(stream, rules, tmp_path / "cluster.parquet", runner=Falling(), batch=50)
    assert mark.exists()
    require_same(tmp_path / "cluster.parquet", tmp_path / "heel.parquet")


def test_a_portion_that_is_lost_with_its_worker_is_made_again_when_it_has_to_be_written(
    two_workers: LocalCluster, save: Save, tmp_path: Path, rules: Rules
) -> None:
    source = save(make_frame(300))
    in_memory(source, tmp_path / "heel.parquet", rules)
    stream = open_parquet(source, answer_codes=rules.answer_codes, name="x")
    with on_cluster(two_workers.scheduler_address) as runner:

        class Losing:
            gists = runner.gists

            @staticmethod
            def parts(settled, finish, spool):
                for nanny in list(two_workers.workers.values()):
                    os.kill(nanny.pid, signal.SIGKILL)  # every portion was kept by one of them
                return runner.parts(settled, finish, spool)

        outcome = screen_stream(stream, rules, tmp_path / "cluster.parquet", runner=Losing(), batch=50)
    require_same(tmp_path / "cluster.parquet", tmp_path / "heel.parquet")
    assert outcome.funnel.buildings == 300


def test_a_fault_in_the_file_comes_back_from_a_worker_as_it_was(
    two_workers: LocalCluster, save: Save, rules: Rules, no_spool: Spool
) -> None:
    stream = open_parquet(save(make_frame(10)), answer_codes=rules.answer_codes, name="x")
    with on_cluster(two_workers.scheduler_address) as runner, pytest.raises(UnusableInputError) as refused:
        list(runner.gists(stream.batches(5), _refuse, no_spool))
    assert str(refused.value) == "panden.parquet: Stuk. Maak het heel."


def _refuse(_batch: pa.RecordBatch, _first: int) -> Portion:
    raise UnusableInputError("Stuk.", "Maak het heel.", where="panden.parquet")


def test_an_address_where_nobody_listens_is_told_in_time(run: Run, save: Save, tmp_path: Path) -> None:
    began = time.monotonic()
    done = run("screen", save(make_frame(5)), "--out", tmp_path / "uit.parquet", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "tcp://127.0.0.1:9: Hier luistert geen Dask-scheduler." in done.stderr
    assert time.monotonic() - began < 6 * cluster.CONNECT_S
    assert not (tmp_path / "uit.parquet").exists()


def test_a_scheduler_without_workers_is_told(save: Save, tmp_path: Path, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WORKERS_S", 1)
    stream = open_parquet(save(make_frame(5)), answer_codes=rules.answer_codes, name="x")
    with (
        _start(0) as empty,
        on_cluster(empty.scheduler_address) as runner,
        pytest.raises(ClusterError, match="geen enkele worker"),
    ):
        screen_stream(stream, rules, tmp_path / "uit.parquet", runner=runner)
    assert [path.name for path in tmp_path.iterdir()] == ["panden.parquet"]


def test_a_scheduler_that_goes_away_is_told(save: Save, rules: Rules, no_spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WORKERS_S", 2)
    monkeypatch.setattr(cluster, "LOOK_S", 0.5)
    stream = open_parquet(save(make_frame(50)), answer_codes=rules.answer_codes, name="x")
    local = _start(1)
    with on_cluster(local.scheduler_address) as runner:
        stop = threading.Timer(1, local.close)
        stop.start()
        with pytest.raises(ClusterError, match=r"weggevallen|geen enkele worker"):
            list(runner.gists(stream.batches(5), _dawdle, no_spool))
        stop.join()


def _dawdle(_batch: pa.RecordBatch, _first: int) -> Portion:
    time.sleep(60)
    raise AssertionError


def test_without_the_part_for_clusters_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UnusableInputError, match="pip install"), on_cluster("tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://"])
def test_an_address_of_another_kind_is_refused(run: Run, save: Save, tmp_path: Path, address: str) -> None:
    done = run("screen", save(make_frame(5)), "--out", tmp_path / "uit.parquet", "--scheduler", address)
    assert done.returncode == 2
    assert "tcp://10.0.0.5:8786" in done.stderr
