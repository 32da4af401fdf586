"""The door of this package: one file in, an Intake out. It fills the port `BuildingReader`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from quickscan.domain.intake import Intake
from quickscan.ingest.contract import make_intake
from quickscan.ingest.files import FileKind, check_file


def read_buildings(
    path: Path,
    *,
    answer_codes: Mapping[str, tuple[str, ...]],
    name: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    known: pd.DataFrame | None = None,
) -> Intake:
    """Read a file of buildings. A wrong row is a fault in the outcome; a wrong file raises UnusableInputError.

    `mapping` is what a person decided: header → fact or criterion, None for a column to leave out; it goes before what
    is recognised. `known` are the buildings that are there already (pand_id, geometry as WKB in RD New, and any facts),
    for a source that has no pand_id of its own or knows the whole country.
    """
    shown = name or path.name
    kind = check_file(path, shown)
    if kind in (FileKind.CSV, FileKind.XLSX):
        from quickscan.ingest.table import read_table  # noqa: PLC0415 - only what this kind of file needs

        raw = read_table(path, kind, shown, criteria=answer_codes)
    else:
        from quickscan.ingest.vector import read_vector  # noqa: PLC0415 - loads GDAL

        raw = read_vector(path, kind, shown, criteria=answer_codes)
    return make_intake(raw, answer_codes=answer_codes, name=shown)
