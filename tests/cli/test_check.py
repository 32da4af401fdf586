from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run, Write, block


def test_a_clean_file_gives_0_and_tells_how_columns_were_understood(run: Run, write: Write) -> None:
    done = run("check", write(block()))
    assert done.returncode == 0, done.stderr
    assert "1 rij gelezen" in done.stdout
    assert "bouwjaar (Bouwjaar)" in done.stdout


def test_a_fault_gives_1_with_row_column_value_problem_and_advice(run: Run, write: Write) -> None:
    done = run("check", write(block(), block(pand_id="51810000002")))
    assert done.returncode == 1
    assert "rij 3, kolom 'pand_id'" in done.stdout
    assert "'51810000002'" in done.stdout
    assert "16 nodig" in done.stdout


def test_json_has_exactly_the_promised_keys(run: Run, write: Write) -> None:
    done = run("check", write(block(bijzonder="x"), block(pand_id="51810000002")), "--json")
    content = json.loads(done.stdout)
    assert set(content) == {"recognised", "rows", "accepted", "refused", "mapping", "faults"}
    assert (content["rows"], content["accepted"], content["refused"]) == (2, 1, 1)
    assert content["mapping"]["bijzonder"] is None
    assert content["mapping"]["bouwjaar"] == "bouwjaar"
    for fault in content["faults"]:
        assert set(fault) == {"row", "column", "value", "problem", "advice", "notice"}
        assert isinstance(fault["notice"], bool)
    assert done.returncode == 1


def test_an_unusable_file_gives_2_also_as_json(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "leeg.csv"
    empty.write_bytes(b"")
    done = run("check", empty, "--json")
    assert done.returncode == 2
    content = json.loads(done.stdout)
    assert content["rows"] == 0
    assert len(content["faults"]) == 1
    assert "leeg" in done.stderr.lower()


def test_a_file_that_is_not_there_gives_2(run: Run, tmp_path: Path) -> None:
    done = run("check", tmp_path / "weg.csv")
    assert done.returncode == 2
    assert "bestaat niet" in done.stderr
    assert done.stdout == ""


def test_a_folder_gives_2(run: Run, tmp_path: Path) -> None:
    done = run("check", tmp_path)
    assert done.returncode == 2
    assert "map" in done.stderr
