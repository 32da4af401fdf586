from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from pyarrow import parquet
from pyogrio.raw import read_arrow

from quickscan.batch.checking import check_stream
from quickscan.batch.portions import Gist
from quickscan.batch.runners import Here, Work
from quickscan.batch.screening import Outcome, screen_stream
from quickscan.batch.spool import Spool
from quickscan.domain.errors import FaultyInputError, UnusableInputError
from quickscan.domain.rules import Rules
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.stream import open_geopackage, open_parquet, open_stream
from quickscan.report.tables import describe_shapes
from tests.batch.conftest import Save, in_memory, make_frame, require_same
from tests.cli.conftest import DEN_HAAG

SIZES = (1, 3, 64, 250, 10_000)


def _screen(source: Path, out: Path, rules: Rules, *, batch: int) -> Outcome:
    stream = open_parquet(source, answer_codes=rules.answer_codes, name=source.name)
    return screen_stream(stream, rules, out, batch=batch)


def _spoil(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings with faults of every kind in some rows."""
    spoilt = frame.assign(pand_id=frame["pand_id"].astype(object))
    ids = spoilt.columns.get_loc("pand_id")
    for row, wrong in ((3, None), (10, "12"), (20, "0599010000000001"), (31, "599100000000031"), (40, "nvt")):
        spoilt.iloc[row, ids] = wrong
    spoilt.iloc[60, ids] = spoilt.iloc[50, ids]
    spoilt.iloc[70, ids] = spoilt.iloc[50, ids]
    spoilt.iloc[80, ids] = f"NL.IMBAG.Pand.{spoilt.iloc[80, ids]}"
    spoilt.iloc[5, spoilt.columns.get_loc("bouwjaar")] = 3000
    spoilt.iloc[6, spoilt.columns.get_loc("bouwjaar")] = 1005
    spoilt.iloc[7, spoilt.columns.get_loc("bouwlagen")] = 2.5
    spoilt.iloc[8, spoilt.columns.get_loc("daktype")] = "rieten kap"
    spoilt.iloc[9, spoilt.columns.get_loc("daktype")] = "Plat dak"
    spoilt.iloc[11, spoilt.columns.get_loc("pla.bouwhoogte")] = "misschien"
    return spoilt


@pytest.mark.parametrize("batch", SIZES)
def test_it_does_not_matter_how_the_rows_are_cut(save: Save, tmp_path: Path, rules: Rules, batch: int) -> None:
    size = 400 if batch > 10 else 40 * batch
    source = save(make_frame(size, seed=batch))
    in_memory(source, tmp_path / "heel.parquet", rules)
    outcome = _screen(source, tmp_path / "delen.parquet", rules, batch=batch)
    require_same(tmp_path / "delen.parquet", tmp_path / "heel.parquet")
    assert (outcome.rows, outcome.refused, outcome.errors) == (size, 0, 0)


@pytest.mark.parametrize("batch", [17, 45, 1000])
def test_the_same_rows_are_refused_with_the_same_words(save: Save, tmp_path: Path, rules: Rules, batch: int) -> None:
    source = save(_spoil(make_frame(200)))
    intake = in_memory(source, tmp_path / "heel.parquet", rules)
    outcome = _screen(source, tmp_path / "delen.parquet", rules, batch=batch)
    require_same(tmp_path / "delen.parquet", tmp_path / "heel.parquet")
    assert {fault.sentence() for fault in outcome.faults} == {fault.sentence() for fault in intake.errors}
    assert outcome.errors == len(intake.errors)
    assert outcome.refused == intake.refused
    assert outcome.accepted == len(intake.buildings)


def test_checking_in_parts_tells_the_same(save: Save, rules: Rules) -> None:
    source = save(_spoil(make_frame(200)))
    whole = read_buildings(source, answer_codes=rules.answer_codes)
    stream = open_parquet(source, answer_codes=rules.answer_codes, name=source.name)
    parts, refused = check_stream(stream)
    assert (parts.rows, len(parts.buildings), refused) == (whole.rows, len(whole.buildings), whole.refused)
    assert {fault.sentence() for fault in parts.errors} == {fault.sentence() for fault in whole.errors}
    assert parts.mapping == dict(whole.mapping)


def test_a_csv_grows_to_the_same_bytes(save: Save, tmp_path: Path, rules: Rules) -> None:
    frame = make_frame(120).assign(naam="@kade", straat='Laan 1; "hoek"')
    source = save(frame)
    in_memory(source, tmp_path / "heel.csv", rules)
    _screen(source, tmp_path / "delen.csv", rules, batch=50)
    assert (tmp_path / "delen.csv").read_bytes() == (tmp_path / "heel.csv").read_bytes()
    assert b"'@kade" in (tmp_path / "delen.csv").read_bytes()


@pytest.mark.parametrize("kind", ["int64", "category", "lists"])
def test_columns_may_be_stored_in_other_ways(save: Save, tmp_path: Path, rules: Rules, kind: str) -> None:
    frame = make_frame(60)
    wanted = save(frame, "gewoon.parquet")
    in_memory(wanted, tmp_path / "heel.parquet", rules)
    if kind == "int64":
        frame["bouwjaar"] = frame["bouwjaar"].astype("Int64")
    elif kind == "category":
        frame["status"] = frame["status"].astype("category")
    else:
        frame["gebruiksdoel"] = [None if pd.isna(text) else text.split(", ") for text in frame["gebruiksdoel"]]
        frame["gebruiksdoel"] = frame["gebruiksdoel"].astype(object)
    _screen(save(frame, "anders.parquet"), tmp_path / "delen.parquet", rules, batch=25)
    found, expected = (parquet.read_table(tmp_path / name).to_pandas() for name in ("delen.parquet", "heel.parquet"))
    pd.testing.assert_frame_equal(found, expected)


def test_text_in_a_column_of_numbers_is_refused_with_a_way_out(save: Save, rules: Rules) -> None:
    source = save(make_frame(5).assign(bouwjaar="ca. 1962"))
    with pytest.raises(UnusableInputError, match=r"'bouwjaar' horen getallen.*\.csv"):
        open_parquet(source, answer_codes=rules.answer_codes, name="x")


def test_a_file_without_ids_or_that_is_no_parquet_is_refused(save: Save, tmp_path: Path, rules: Rules) -> None:
    with pytest.raises(UnusableInputError, match="pand_id ontbreekt"):
        open_parquet(save(make_frame(5).drop(columns="pand_id")), answer_codes=rules.answer_codes, name="x")
    broken = tmp_path / "stuk.parquet"
    broken.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(UnusableInputError, match="beschadigd"):
        open_parquet(broken, answer_codes=rules.answer_codes, name="x")


def test_damage_in_the_middle_leaves_nothing_behind(save: Save, tmp_path: Path, rules: Rules) -> None:
    source = save(make_frame(2_000))
    content = bytearray(source.read_bytes())
    content[200:20_000] = bytes(19_800)
    source.write_bytes(content)
    out = tmp_path / "uit.parquet"
    out.write_bytes(b"blijft staan")
    with pytest.raises(UnusableInputError, match="beschadigd"):
        _screen(source, out, rules, batch=100)
    assert out.read_bytes() == b"blijft staan"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["panden.parquet", "uit.parquet"]


def test_a_run_that_stops_halfway_leaves_nothing_behind(save: Save, tmp_path: Path, rules: Rules) -> None:
    class Stopping(Here):
        def gists(self, batches: Iterable[tuple[int, pa.RecordBatch]], work: Work, spool: Spool) -> Iterator[Gist]:
            for place, gist in enumerate(super().gists(batches, work, spool)):
                if place == 2:
                    raise KeyboardInterrupt
                yield gist

    source = save(make_frame(300))
    stream = open_parquet(source, answer_codes=rules.answer_codes, name="x")
    with pytest.raises(KeyboardInterrupt):
        screen_stream(stream, rules, tmp_path / "uit.parquet", runner=Stopping(), batch=50)
    assert [path.name for path in tmp_path.iterdir()] == ["panden.parquet"]


def test_without_a_single_good_row_nothing_is_written(save: Save, tmp_path: Path, rules: Rules) -> None:
    source = save(make_frame(20).assign(pand_id="12"))
    with pytest.raises(FaultyInputError) as refused:
        _screen(source, tmp_path / "uit.parquet", rules, batch=6)
    assert len(refused.value.faults) == 20
    assert not (tmp_path / "uit.parquet").exists()


def test_of_very_many_faults_the_first_are_told_and_all_are_counted(save: Save, tmp_path: Path, rules: Rules) -> None:
    frame = make_frame(1_500).assign(bouwjaar=3000.0)
    frame.loc[0, "bouwjaar"] = 1970
    outcome = _screen(save(frame), tmp_path / "uit.parquet", rules, batch=400)
    assert (outcome.errors, outcome.refused, outcome.accepted) == (1_499, 1_499, 1)
    assert len(outcome.faults) == 1_000


def test_only_a_large_file_is_read_in_parts(save: Save, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(make_frame(30))
    assert open_stream(source, answer_codes=rules.answer_codes, name="x") is None
    monkeypatch.setattr("quickscan.ingest.stream.WHOLE", 20)
    stream = open_stream(source, answer_codes=rules.answer_codes, name="x")
    assert stream is not None
    assert stream.rows == 30


@pytest.fixture(scope="module")
def panden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the panden of Den Haag as GeoParquet."""
    if not DEN_HAAG.is_file():
        pytest.skip(f"het echte bestand van Den Haag ontbreekt: {DEN_HAAG}")
    _, table = read_arrow(DEN_HAAG, layer="pand")
    place = table.schema.names.index("geom") if "geom" in table.schema.names else table.schema.names.index("wkb_geometry")
    names = ["geometry" if number == place else name for number, name in enumerate(table.schema.names)]
    table = table.rename_columns(names)
    import json  # noqa: PLC0415 - only where the real file is

    geometry = pa.array(table.column("geometry").to_pylist(), pa.binary())
    table = table.set_column(place, "geometry", geometry).replace_schema_metadata(
        {"geo": json.dumps(describe_shapes(["MultiPolygon", "Polygon"]))}
    )
    path = tmp_path_factory.mktemp("denhaag") / "panden.parquet"
    parquet.write_table(table, path)
    return path


def test_den_haag_in_parts_is_den_haag_whole(panden: Path, tmp_path: Path, rules: Rules) -> None:
    intake = in_memory(panden, tmp_path / "heel.parquet", rules)
    outcome = _screen(panden, tmp_path / "delen.parquet", rules, batch=1_000)
    require_same(tmp_path / "delen.parquet", tmp_path / "heel.parquet")
    assert outcome.rows == intake.rows == 5613
    assert {fault.sentence() for fault in outcome.faults} == {fault.sentence() for fault in intake.errors}


def test_den_haag_from_the_geopackage_is_den_haag_from_parquet(panden: Path, tmp_path: Path, rules: Rules) -> None:
    stream = open_geopackage(DEN_HAAG, answer_codes=rules.answer_codes, name="denhaag.gpkg")
    screen_stream(stream, rules, tmp_path / "gpkg.parquet", batch=2_000)
    _screen(panden, tmp_path / "parquet.parquet", rules, batch=700)
    require_same(tmp_path / "gpkg.parquet", tmp_path / "parquet.parquet")
    about = pyogrio.read_info(DEN_HAAG, layer="pand")
    assert stream.rows == about["features"]
    geo = parquet.read_schema(tmp_path / "gpkg.parquet").metadata[b"geo"]
    assert b'"Polygon"' in geo
    assert np.all([bool(shape) for shape in parquet.read_table(tmp_path / "gpkg.parquet")["geometry"].to_pylist()])
