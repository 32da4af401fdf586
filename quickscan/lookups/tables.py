"""Turns pieces into a table that goes the same way as a file: the same checks, the same words, the same Intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.contract import make_intake
from quickscan.ingest.raw import Cells, Matched, RawTable
from quickscan.services.lookups import Piece

Row = Mapping[str, Any]  # fact → value, None for unknown


def make_lookup_intake(label: str, pieces: Sequence[Piece], rows: Sequence[Row], *, headers: Mapping[str, str]) -> Intake:
    """Return the Intake of a register that only adds to known panden: a row a piece, dated on the day of the oldest.

    `headers` gives per fact the name the register has for it.
    """
    numbers = np.arange(1, len(pieces) + 1, dtype=np.int64)
    facts = {"pand_id": "identificatie", **headers}
    cells = {"pand_id": np.array([piece.pand_id for piece in pieces], dtype=object)}
    cells |= {fact: _make_cells(fact, [row.get(fact) for row in rows]) for fact in headers}
    note = SourceNote(Herkomst.REGISTER, label, min(piece.day for piece in pieces))
    raw = RawTable(
        Matched(tuple(facts.values()), tuple(facts), (), is_register=True),
        cells,
        numbers,
        notes=dict.fromkeys(facts, note),
        recognised=f"opgezocht: {label}",
        adds=False,
    )
    return make_intake(raw, answer_codes={}, name=label)


def _make_cells(fact: str, values: Sequence[Any]) -> Cells:
    if FACTS[fact].is_number:
        return np.array([_read_number(value) for value in values], dtype=np.float64)
    return np.array([None if value in (None, "") else str(value) for value in values], dtype=object)


def _read_number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else np.nan
