"""Carry an Intake from one process to another as plain data, and believe nothing of it on arrival.

A frame travels as an Arrow file, all else as lines of JSON: first the outcome, then one line per fault and per refused
row. Never a pickle, which could run code. Whoever reads checks every name, type and length, because the process that
wrote it may have been taken over by the file it was reading.
"""

# mypy: disable-error-code="attr-defined,name-defined"
# (pyarrow has no types)

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import ColumnRead, How, Intake, SourceNote
from quickscan.domain.terms import Herkomst

OUTCOME, FRAME = "uitkomst.jsonl", "gebouwen.arrow"
_ROW = "#rij"  # no fact or criterion is called so
_LONGEST_LINE = 20_000_000  # the first line names all columns with examples; a fault takes some hundreds of bytes
_NUMBERS = {"float64": pa.float64(), "int64": pa.int64(), "bool": pa.bool_()}
_BYTES, _TEXTS = pa.large_binary(), pa.large_string()


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame of numbers, texts and bytes, with its index when that counts rows."""
    arrays, fields = [], []
    if pd.api.types.is_integer_dtype(frame.index.dtype):
        arrays.append(pa.array(frame.index.to_numpy(dtype=np.int64)))
        fields.append(pa.field(_ROW, pa.int64(), metadata={"name": str(frame.index.name or "")}))
    for name in frame.columns:
        kind, array = _as_arrow(frame[name])
        arrays.append(array)
        fields.append(pa.field(str(name), array.type, metadata={"dtype": kind}))
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _as_arrow(column: pd.Series) -> tuple[str, pa.Array]:
    kind = str(column.dtype)
    if kind in _NUMBERS:
        return kind, pa.array(column.to_numpy(), type=_NUMBERS[kind])
    if kind in ("str", "string", "category"):
        return "str", pa.array(column.astype("str").to_numpy(dtype=object), type=_TEXTS, from_pandas=True)
    filled = column.dropna()
    is_bytes = bool(len(filled)) and isinstance(filled.iloc[0], (bytes, bytearray, memoryview))
    return "object", pa.array(column.to_numpy(), type=_BYTES if is_bytes or not len(filled) else _TEXTS, from_pandas=True)


def read_frame(path: Path, *, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Return a frame that write_frame wrote; raises ValueError when it is something else or has other columns."""
    try:
        with pa.OSFile(str(path), "rb") as source:
            table = pa.ipc.open_file(source).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error)) from error
    names = table.column_names
    if len(set(names)) < len(names) or (columns is not None and not set(names) <= {*columns, _ROW}):
        raise ValueError("unexpected columns")
    index: pd.Index = pd.RangeIndex(table.num_rows)
    found: dict[str, Any] = {}
    for field, chunks in zip(table.schema, table.columns, strict=True):
        marks = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        if field.name == _ROW:
            index = pd.Index(_as_numbers(chunks, "int64"), name=marks.get("name") or None)
        else:
            found[field.name] = _as_column(chunks, marks.get("dtype", ""))
    if not index.is_unique:
        raise ValueError("rows are not unique")
    return pd.DataFrame(found, index=index)


def _as_column(chunks: pa.ChunkedArray, kind: str) -> Any:
    if kind in _NUMBERS:
        return _as_numbers(chunks, kind)
    if kind == "str" and chunks.type == _TEXTS:
        return pd.array(chunks.to_numpy(zero_copy_only=False), dtype="str")
    if kind == "object" and chunks.type in (_TEXTS, _BYTES):
        return np.fromiter(chunks.to_pylist(), dtype=object, count=len(chunks))
    raise ValueError(f"unexpected type {chunks.type}")


def _as_numbers(chunks: pa.ChunkedArray, kind: str) -> Any:
    if chunks.type != _NUMBERS[kind] or (kind != "float64" and chunks.null_count):
        raise ValueError(f"unexpected type {chunks.type}")
    return chunks.to_numpy(zero_copy_only=False)


def write_refusal(folder: Path, *, problem: str, advice: str) -> None:
    """Write that the file as a whole cannot be used."""
    _write_lines(folder, [{"problem": problem, "advice": advice}])


def write_intake(folder: Path, intake: Intake) -> None:
    """Write what was read. The outcome comes last: without it nothing counts."""
    write_frame(folder / FRAME, intake.buildings)
    outcome = {
        "rows": intake.rows,
        "recognised": intake.recognised,
        "adds": intake.adds,
        "mapping": list(intake.mapping.items()),
        "sources": [
            [name, str(note.source), note.label, note.day and note.day.isoformat()] for name, note in intake.sources.items()
        ],
        "columns": [[read.header, read.target, str(read.how), list(read.examples)] for read in intake.columns],
        "faults": len(intake.faults),
        "refused": len(intake.refused_rows),
    }
    faults = ([fault.row, fault.column, fault.value, fault.problem, fault.advice, fault.notice] for fault in intake.faults)
    refused = ([row, list(cells)] for row, cells in intake.refused_rows.items())
    _write_lines(folder, chain([outcome], faults, refused))


def _write_lines(folder: Path, lines: Iterable[object]) -> None:
    with (folder / OUTCOME).open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(json.dumps(line, allow_nan=False) + "\n")


def read_intake(folder: Path, *, criteria: Collection[str], name: str) -> Intake:
    """Return what was read; raises UnusableInputError when it was refused, ValueError when this is no sound outcome."""
    with (folder / OUTCOME).open(encoding="utf-8") as stream:
        outcome = _load(stream.readline(_LONGEST_LINE))
        if not isinstance(outcome, dict):
            raise ValueError("no outcome")  # noqa: TRY004 - one error for all that is unsound
        if "problem" in outcome:
            raise UnusableInputError(_text(outcome["problem"]), _text(outcome.get("advice")), where=name)
        try:
            faults = tuple(_read_faults(stream, _whole(outcome["faults"])))
            refused = dict(_read_refused(stream, _whole(outcome["refused"])))
            if stream.read(1):
                raise ValueError("more than was said")
            return _make_intake(folder, outcome, faults, refused, {*FACTS, *criteria, "geometry"})
        except (KeyError, TypeError) as error:
            raise ValueError("unsound outcome") from error


def _make_intake(
    folder: Path,
    outcome: Mapping[str, Any],
    faults: tuple[Fault, ...],
    refused: Mapping[int, tuple[str, ...]],
    columns: set[str],
) -> Intake:
    buildings = read_frame(folder / FRAME, columns=columns)
    sources = {
        _text(column): SourceNote(Herkomst(source), _text(label), date.fromisoformat(day) if day else None)
        for column, source, label, day in outcome["sources"]
    }
    if not set(sources) <= columns:
        raise ValueError("unexpected columns")
    return Intake(
        buildings=buildings,
        mapping={_text(header): _text_or_none(target) for header, target in outcome["mapping"]},
        sources=sources,
        faults=faults,
        rows=_whole(outcome["rows"]),
        recognised=_text(outcome["recognised"]),
        adds=outcome["adds"] is True,
        columns=tuple(
            ColumnRead(_text(header), _text_or_none(target), How(how), tuple(map(_text, examples)))
            for header, target, how, examples in outcome["columns"]
        ),
        refused_rows=refused,
    )


def _read_faults(stream: TextIO, count: int) -> Iterator[Fault]:
    """Yield the faults; sentences that come back are kept once."""
    kept: dict[str, str] = {}
    for _ in range(count):
        row, column, value, problem, advice, notice = _load(stream.readline(_LONGEST_LINE))
        problem, advice = (kept.setdefault(text, text) for text in (_text(problem), _text(advice)))
        place = None if row is None else _whole(row)
        yield Fault(place, _text_or_none(column), _text_or_none(value), problem, advice, notice=notice is True)


def _read_refused(stream: TextIO, count: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for _ in range(count):
        row, cells = _load(stream.readline(_LONGEST_LINE))
        yield _whole(row), tuple(map(_text, cells))


def _load(line: str) -> Any:
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError("no text")  # noqa: TRY004 - one error for all that is unsound
    return found


def _text_or_none(found: object) -> str | None:
    return None if found is None else _text(found)


def _whole(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError("no whole number")  # noqa: TRY004 - one error for all that is unsound
    return found
