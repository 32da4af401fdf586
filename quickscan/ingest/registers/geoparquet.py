"""Where a GeoParquet file keeps its shapes and how their coordinates are written (geoparquet.org, version 1.1)."""

# mypy: disable-error-code="no-untyped-call"
# (pyproj has no full types)

from __future__ import annotations

import json

import pyarrow as pa

from quickscan.domain.errors import UnusableInputError

_EXPORT_AGAIN = "Exporteer het opnieuw uit je GIS-programma, in RD (EPSG:28992)."


def find_shapes(schema: pa.Schema, name: str) -> tuple[str | None, str | None]:
    """Return the column with the shapes and its system of coordinates; (None, None) for a plain table."""
    told = (schema.metadata or {}).get(b"geo")
    if told is None:
        return None, None
    try:
        geo = json.loads(told)
        column = geo["primary_column"]
        about = geo["columns"][column]
        encoding = about["encoding"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableInputError("De beschrijving van de vormen klopt niet.", _EXPORT_AGAIN, where=name) from error
    if encoding != "WKB" or column not in schema.names:
        problem = f"De vormen staan er op een manier in die hier niet gelezen wordt ({encoding})."
        raise UnusableInputError(problem, "Bewaar ze als WKB.", where=name)
    return column, _name_system(about.get("crs", "OGC:CRS84"))


def _name_system(crs: object) -> str | None:
    """Return a short name for a system of coordinates; GeoParquet writes it out as PROJJSON."""
    if not isinstance(crs, dict):
        return crs if isinstance(crs, str) else None
    known = crs.get("id")
    if isinstance(known, dict):
        return f"{known.get('authority')}:{known.get('code')}"
    from pyproj import CRS  # noqa: PLC0415 - nearly every file names its system

    return str(CRS.from_json_dict(crs).to_wkt())
