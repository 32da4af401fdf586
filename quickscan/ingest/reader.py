"""The door of this package: one file in, an Intake out.

What a file is, is told by what is in it, never by its name alone: the columns of a csv, the layers of a GeoPackage, the
content of a JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from quickscan.domain.intake import Intake
from quickscan.ingest.contract import make_intake
from quickscan.ingest.guard.files import FileKind, check_file
from quickscan.ingest.raw import RawTable

if TYPE_CHECKING:
    from quickscan.ingest.registers.layers import Layer

Mapped = Mapping[str, str | None] | None
_LABEL_ENDS = (".csv", ".zip")


def read_buildings(
    path: Path,
    *,
    answer_codes: Mapping[str, tuple[str, ...]],
    name: str | None = None,
    mapping: Mapped = None,
    known: pd.DataFrame | None = None,
) -> Intake:
    """Read a file of buildings. A wrong row is a fault in the outcome; a wrong file raises UnusableInputError.

    `mapping` is what a person decided: header → fact or criterion, None for a column to leave out; it goes before what
    is recognised. `known` are the buildings that are there already (pand_id, geometry as WKB in RD New, and any facts),
    for a source that has no pand_id of its own or knows the whole country.
    """
    shown = name or path.name
    counted = None
    if is_labels(path):
        raw = _read_labels(path, shown, known, mapping)
    else:
        kind = check_file(path, shown)
        if kind in (FileKind.CSV, FileKind.XLSX):
            from quickscan.ingest.tables.table import read_table  # noqa: PLC0415 - only what this kind of file needs

            raw = read_table(path, kind, shown, criteria=answer_codes, mapping=mapping)
        elif kind is FileKind.PARQUET:
            from quickscan.ingest.registers.parquet import read_parquet  # noqa: PLC0415

            raw = read_parquet(path, shown, criteria=answer_codes, mapping=mapping)
        elif kind in (FileKind.JSON, FileKind.GEOJSON):
            raw, counted = _read_json(path, shown, answer_codes, mapping, known)
        else:
            raw, counted = _read_layers(path, kind, shown, answer_codes, mapping, known)
    intake = make_intake(_keep_matched(raw), answer_codes=answer_codes, name=shown)
    if not raw.adds and not len(raw.rows):
        # that no building got anything is no fault of the file: what there is to say is in its own faults
        return replace(intake, faults=(*raw.matched.faults, *raw.faults), rows=counted or 0)
    return intake


def is_labels(path: Path) -> bool:
    """Tell whether a file is one of EP-Online, which may be far larger than a list of buildings."""
    if path.suffix.lower() not in _LABEL_ENDS or not path.is_file():
        return False
    from quickscan.ingest.registers.eponline import is_label_file  # noqa: PLC0415 - only what this kind of file needs

    return is_label_file(path)


def _read_labels(path: Path, name: str, known: pd.DataFrame | None, mapping: Mapped) -> RawTable:
    from quickscan.ingest.registers.eponline import read_labels  # noqa: PLC0415 - only what this kind of file needs

    panden = None if known is None else known["pand_id"].tolist()
    return read_labels(path, name, known=panden, mapping=mapping)


def _read_json(
    path: Path, name: str, answer_codes: Mapping[str, tuple[str, ...]], mapping: Mapped, known: pd.DataFrame | None
) -> tuple[RawTable, int | None]:
    from quickscan.domain.errors import UnusableInputError  # noqa: PLC0415 - only what this kind of file needs
    from quickscan.ingest.registers.jsons import begins_as_features, is_cityjson, is_geojson, read_json  # noqa: PLC0415
    from quickscan.ingest.registers.vera import is_vera, read_vera  # noqa: PLC0415

    if begins_as_features(path):
        return _read_layers(path, FileKind.GEOJSON, name, answer_codes, mapping, known)
    document = read_json(path, name)
    if is_cityjson(document):
        from quickscan.ingest.registers.bag3d import read_cityjson_objects  # noqa: PLC0415

        return read_cityjson_objects(document, name=name, mapping=mapping), None
    if is_geojson(document):
        del document  # GDAL reads it anew
        return _read_layers(path, FileKind.GEOJSON, name, answer_codes, mapping, known)
    if is_vera(document):
        return read_vera(document, name, mapping=mapping), None
    advice = "Lever GeoJSON, CityJSON van de 3DBAG, of eenheden in VERA aan."
    raise UnusableInputError("In deze JSON staan geen gebouwen die hier gelezen kunnen worden.", advice, where=name)


def _read_layers(
    path: Path,
    kind: FileKind,
    name: str,
    answer_codes: Mapping[str, tuple[str, ...]],
    mapping: Mapped,
    known: pd.DataFrame | None,
) -> tuple[RawTable, int | None]:
    """Return the buildings, and the number of areas when the file is about areas instead."""
    from quickscan.ingest.registers.layers import find_layers  # noqa: PLC0415 - loads GDAL

    layers: tuple[Layer, ...] = find_layers(path, kind, name)
    from quickscan.ingest.registers.registers import is_areas, read_registers  # noqa: PLC0415

    if is_areas(layers):
        from quickscan.ingest.registers.cbs import read_areas  # noqa: PLC0415

        return read_areas(path, kind, name, layers=layers, known=known, mapping=mapping)
    return read_registers(path, kind, name, layers=layers, criteria=answer_codes, mapping=mapping), None


def _keep_matched(raw: RawTable) -> RawTable:
    """Return the table without the facts whose column a person left out."""
    named = raw.header_of
    return replace(raw, cells={target: cells for target, cells in raw.cells.items() if named.get(target)})
