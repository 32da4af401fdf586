"""An Intake crosses as it is; and what a taken-over process could write instead is not believed."""

from __future__ import annotations

import json
import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.intake import ColumnRead, How, Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.guard.transfer import FRAME, OUTCOME, read_frame, read_intake, write_frame, write_intake, write_refusal

TEXT = st.text(max_size=12)
MAYBE = st.none() | TEXT
FAULTS = st.builds(Fault, st.none() | st.integers(0, 2**40), MAYBE, MAYBE, TEXT, TEXT, notice=st.booleans())
ROWS = st.lists(
    st.tuples(TEXT, st.none() | st.text(alphabet="aé€=\n;", max_size=5), st.floats(), st.none() | st.binary(max_size=9)),
    max_size=6,
)


def make_intake(rows: list[tuple[str, str | None, float, bytes | None]], faults: tuple[Fault, ...] = ()) -> Intake:
    ids, names, years, shapes = zip(*rows, strict=True) if rows else ((), (), (), ())
    frame = pd.DataFrame(
        {
            "pand_id": pd.array(ids, dtype="str"),
            "naam": pd.array(names, dtype="str"),
            "bouwjaar": np.array(years, dtype=np.float64),
            "geometry": pd.Series(shapes, dtype=object, index=range(len(rows))),
        }
    )
    frame.index = pd.Index(range(2, 2 + len(rows)), dtype="int64", name="rij")
    return Intake(
        buildings=frame,
        mapping={"BAG": "pand_id", "Nm;\n": None},
        sources={"pand_id": SourceNote(Herkomst.REGISTER, "BAG", date(2026, 9, 1)), "naam": SourceNote(Herkomst.OPGAVE, "é.csv")},
        faults=faults,
        rows=len(rows),
        recognised="BAG",
        adds=False,
        columns=(ColumnRead("BAG", "pand_id", How.KNOWN, ("051", "=1+1")), ColumnRead("x", None, How.UNUSED)),
        refused_rows={3: ("a", "\x00"), 9: ()},
    )


@given(rows=ROWS, faults=st.lists(FAULTS, max_size=5).map(tuple))
def test_an_intake_crosses_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str | None, float, bytes | None]], faults: tuple[Fault, ...]
) -> None:
    folder = tmp_path_factory.mktemp("oversteek")
    intake = make_intake(rows, faults)
    write_intake(folder, intake)
    read = read_intake(folder, criteria=(), name="x")
    pd.testing.assert_frame_equal(read.buildings, intake.buildings)
    for part in ("mapping", "sources", "faults", "rows", "recognised", "adds", "columns", "refused_rows"):
        assert getattr(read, part) == getattr(intake, part), part


def test_a_refusal_crosses_with_its_words(tmp_path: Path) -> None:
    write_refusal(tmp_path, problem="Dit kan niet.", advice="Doe dat.")
    with pytest.raises(UnusableInputError, match=r"^lijst\.csv: Dit kan niet\. Doe dat\.$"):
        read_intake(tmp_path, criteria=(), name="lijst.csv")


def test_a_frame_of_known_buildings_crosses_with_choices_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"pand_id": ["1", "2"], "lift": pd.Categorical(["ja", None])}, index=["a", "b"])
    write_frame(tmp_path / "a.arrow", frame)
    assert read_frame(tmp_path / "a.arrow").to_dict("list") == {"pand_id": ["1", "2"], "lift": ["ja", np.nan]}


def change(folder: Path, **parts: object) -> None:
    lines = (folder / OUTCOME).read_text().splitlines()
    (folder / OUTCOME).write_text("\n".join([json.dumps(json.loads(lines[0]) | parts), *lines[1:]]) + "\n")


@pytest.mark.parametrize(
    "parts",
    [
        {"rows": "6"},
        {"rows": True},
        {"rows": None},
        {"sources": [["kwaad", "BAG", "x", None]]},
        {"sources": [["naam", "verzonnen", "x", None]]},
        {"sources": [["naam", "opgave", "x", "gisteren"]]},
        {"mapping": [[1, 2]]},
        {"mapping": 5},
        {"columns": [["a", "b", "zomaar", []]]},
        {"columns": [["a", "b", "herkend", [1]]]},
        {"faults": 2},
        {"faults": 10**12},
        {"faults": -1},
        {"refused": 9},
        {"recognised": ["x"]},
        {"problem": 5},
        {"problem": "x", "advice": None},
    ],
)
def test_an_outcome_that_is_not_sound_is_not_believed(tmp_path: Path, parts: dict[str, object]) -> None:
    write_intake(tmp_path, make_intake([("1", "a", 1.0, b"x")], (Fault(1, None, None, "p", "a"),)))
    change(tmp_path, **parts)
    with pytest.raises(ValueError, match=r".") as caught:
        read_intake(tmp_path, criteria=(), name="x")
    assert not isinstance(caught.value, UnusableInputError)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"[" * 100_000, pickle.dumps({"rows": 1}), b'{"rows": NaN'])
def test_an_outcome_of_another_kind_is_not_believed(tmp_path: Path, content: bytes) -> None:
    write_intake(tmp_path, make_intake([]))
    (tmp_path / OUTCOME).write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        read_intake(tmp_path, criteria=(), name="x")


def hostile_frame(kind: str) -> bytes:
    if kind == "pickle":
        return pickle.dumps(pd.DataFrame())
    if kind == "cut":
        return hostile_frame("column")[:-40]
    columns = {
        "column": {"kwaad": pa.array([1.0])},
        "type": {"bouwjaar": pa.array([1])},
        "list": {"naam": pa.array([["a"]])},
        "row twice": {"#rij": pa.array([1, 1]), "bouwjaar": pa.array([1.0, 2.0])},
        "row unknown": {"#rij": pa.array([1, None]), "bouwjaar": pa.array([1.0, 2.0])},
    }[kind]
    marks = {"bouwjaar": "float64", "kwaad": "float64", "naam": "str"}
    fields = [pa.field(name, array.type, metadata={"dtype": marks.get(name, "")}) for name, array in columns.items()]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, pa.schema(fields)) as writer:
        writer.write_table(pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields)))
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("kind", ["pickle", "cut", "column", "type", "list", "row twice", "row unknown"])
def test_a_frame_that_is_not_sound_is_not_believed(tmp_path: Path, kind: str) -> None:
    write_intake(tmp_path, make_intake([]))
    (tmp_path / FRAME).write_bytes(hostile_frame(kind))
    with pytest.raises(ValueError, match=r"."):
        read_intake(tmp_path, criteria=(), name="x")
