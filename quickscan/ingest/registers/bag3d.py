"""Read the 3DBAG: heights, roofs and storeys of panden, estimated from laser measurements (AHN).

The 3DBAG gives heights above NAP, the national datum. The height of a building is that of its roof (70 percent of the
points on the roof lie lower) less the ground around it (maaiveld). Its storeys are an estimate that the makers give for
low buildings only; it is taken over within their own limits and labelled as an estimate. Where it is absent nothing is
filled in, so that the scoring derives storeys from the height and says so.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.raw import Cells, RawTable, Rows
from quickscan.ingest.registers.cityjson import find_buildings
from quickscan.ingest.registers.geometry import RD
from quickscan.ingest.registers.layout import keep_believable, match_layout, pick, tell_rows
from quickscan.ingest.registers.vector import settle_shapes
from quickscan.ingest.tables.aliases import get_column_aliases, get_value_synonyms, is_unknown, make_key

# The 3DBAG estimates storeys only for buildings of up to five. Measured in five of its tiles (Utrecht and Zeist, 1,656
# buildings, release 2024.04.20): none of the 43 buildings higher than 17 m had an estimate.
MOST_STOREYS = 5
HIGHEST_WITH_STOREYS_M = 17.0

# What an attribute becomes. The CityJSON says b3_h_dak_70p, the GeoPackage and the WFS b3_h_70p. Somebody may have added
# columns of his own: those with a name that we know are read as well.
LAYOUT: Mapping[str, str] = {key: target for key, target in get_column_aliases().items() if target in FACTS} | {
    make_key(header): target
    for header, target in (
        ("identificatie", "pand_id"),
        ("oorspronkelijkbouwjaar", "bouwjaar"),
        ("status", "status"),
        ("b3_h_dak_70p", "hoogte_m"),
        ("b3_h_70p", "hoogte_m"),
        ("b3_dak_type", "daktype"),
        ("b3_opp_dak_plat", "dakoppervlak_plat_m2"),
        ("b3_opp_grond", "grondvlak_m2"),
        ("b3_bouwlagen", "bouwlagen"),
    )
}
GROUND, ROOFS, STOREYS = "b3_h_maaiveld", ("b3_h_dak_70p", "b3_h_70p"), "b3_bouwlagen"
SURVEY_YEAR = "b3_pw_datum"
# Changed between two surveys → the surveys before the change.
_CHANGES = {"b3_mutatie_ahn3_ahn4": ("AHN3",), "b3_mutatie_ahn4_ahn5": ("AHN3", "AHN4")}
_ID_HEADER = "identificatie"
_PARTS = r"^(?i:NL\.IMBAG\.Pand\.)?([0-9]+)(?:-[0-9]+)?$"


def read_cityjson_objects(
    document: Mapping[str, Any], *, name: str = "3DBAG", mapping: Mapping[str, str | None] | None = None
) -> RawTable:
    """Return the buildings of a CityJSON document: a tile, lines of features, or an answer of the 3DBAG API."""
    buildings = list(find_buildings(document, name))
    headers = list(dict.fromkeys(header for building in buildings for header in building.attributes))
    columns: dict[str, Cells] = {}
    for header in (_ID_HEADER, *headers):
        column = np.empty(len(buildings), dtype=object)
        column[:] = [_take_plain(building.attributes.get(header)) for building in buildings]
        columns[header] = column
    given = columns[_ID_HEADER]
    columns[_ID_HEADER] = np.where(pd.isna(given), np.array([building.identity for building in buildings], dtype=object), given)
    footprints = np.empty(len(buildings), dtype=object)
    footprints[:] = [building.footprint for building in buildings]
    table = make_table(columns, footprints, name=name, kind="CityJSON", mapping=mapping)
    lost = np.array([building.drawn and building.footprint is None for building in buildings], dtype=bool)
    told = tell_rows(table.rows[lost], "geometry", "de omtrek is niet te lezen; het gebouw staat niet op de kaart")
    return replace(table, faults=[*table.faults, *told])


def make_table(
    columns: Mapping[str, Cells],
    footprints: Cells | None,
    *,
    name: str,
    kind: str,
    mapping: Mapping[str, str | None] | None = None,
    crs: str = RD,
) -> RawTable:
    """Return a table of panden out of columns with the names of the 3DBAG."""
    headers = tuple(columns)
    matched = match_layout(headers, LAYOUT, also={make_key(GROUND): "hoogte_m"}, mapping=mapping)
    if "pand_id" not in matched.positions:
        raise UnusableInputError("In deze 3DBAG staan geen pand-id's.", "Haal het bestand opnieuw op.", where=name)
    header_of = matched.header_of
    cells = {target: columns[header] for target, header in header_of.items()}
    rows = np.arange(1, len(cells["pand_id"]) + 1, dtype=np.int64)
    cells["pand_id"] = read_ids(cells["pand_id"])
    faults: list[Fault] = []
    for target in ("grondvlak_m2", "dakoppervlak_plat_m2"):
        if target in cells:
            cells[target], found = keep_believable(target, read_floats(cells[target]), rows, header_of[target])
            faults += found
    height = _measure_heights(columns, len(rows))
    if header_of.get("hoogte_m") in ROOFS:
        cells["hoogte_m"], found = keep_believable("hoogte_m", height, rows, header_of["hoogte_m"])
        faults += found
    if header_of.get("bouwlagen") == STOREYS:
        cells["bouwlagen"] = _trust_storeys(read_floats(cells["bouwlagen"]), height)
    if "daktype" in cells:
        cells["daktype"], found = _read_roofs(cells["daktype"], rows, header_of["daktype"])
        faults += found
    if "bouwjaar" in cells:
        cells["bouwjaar"] = read_floats(cells["bouwjaar"])
    faults += _tell_outdated(columns, rows)
    shapes = None
    if footprints is not None:
        shapes, found = _settle_footprints(footprints, rows, crs, name)
        faults += found
    return RawTable(
        matched,
        cells,
        rows,
        shapes=shapes,
        faults=faults,
        notes=_name_sources(columns.get(SURVEY_YEAR), header_of),
        recognised=f"3DBAG ({kind})",
    )


def read_ids(cells: Cells) -> Cells:
    """Return ids without the prefix of the 3DBAG and without the number of a part ("-0")."""
    texts = pd.Series(cells, dtype=object)
    texts = texts.where(texts.map(lambda cell: isinstance(cell, str)))
    found = texts.str.extract(_PARTS, expand=False)
    return np.asarray(found.where(found.notna(), texts).to_numpy(dtype=object), dtype=object)


def read_floats(cells: Cells) -> npt.NDArray[np.float64]:
    """Return the numbers in a column, NaN for what is none."""
    if cells.dtype.kind in "iuf":
        values = cells.astype(np.float64)
    else:
        plain = pd.Series([None if isinstance(cell, bool) else cell for cell in cells], dtype=object)
        values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _take_plain(value: object) -> str | float | bool | None:
    if isinstance(value, str | float | bool):
        return value
    try:
        return float(value) if isinstance(value, int) else None
    except OverflowError:
        return None


def _measure_heights(columns: Mapping[str, Cells], size: int) -> npt.NDArray[np.float64]:
    roof = next((read_floats(columns[header]) for header in ROOFS if header in columns), np.full(size, np.nan))
    ground = read_floats(columns[GROUND]) if GROUND in columns else np.full(size, np.nan)
    return np.round(roof - ground, 2)


def _trust_storeys(storeys: npt.NDArray[np.float64], height: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the storeys within the limits of the estimate. Without a height the limit cannot be checked: unknown."""
    with np.errstate(invalid="ignore"):
        trusted = (storeys >= 1) & (storeys <= MOST_STOREYS) & (storeys == np.floor(storeys)) & (height <= HIGHEST_WITH_STOREYS_M)
    return np.where(trusted, storeys, np.nan)


def _read_roofs(cells: Cells, rows: Rows, header: str) -> tuple[Cells, list[Fault]]:
    known = get_value_synonyms("daktype")
    codes, words = pd.factorize(pd.Series(cells, dtype=object))
    kinds = [known.get(make_key(word)) if isinstance(word, str) else None for word in words]
    odd = [kind is None and not is_unknown(str(word), "daktype") for word, kind in zip(words, kinds, strict=True)]
    problem = "dit daktype is niet bekend; het telt als onbekend"
    strange = np.array([*odd, False])[codes]
    return pick(kinds, codes), tell_rows(rows[strange], header, problem)


def _tell_outdated(columns: Mapping[str, Cells], rows: Rows) -> list[Fault]:
    """Tell which heights were measured before the building changed."""
    source = columns.get("b3_pw_bron")
    faults: list[Fault] = []
    for header, before in _CHANGES.items():
        if header in columns:
            changed = np.array([cell in (True, 1, "true") for cell in columns[header]], dtype=bool)
            if source is not None:
                changed &= np.array([cell is None or cell in before for cell in source], dtype=bool)
            problem = "het gebouw is na de meting veranderd; de hoogte kan verouderd zijn"
            faults += tell_rows(rows[changed], header, problem, "Kijk op een recente foto of de hoogte nog klopt.")
    return faults


def _settle_footprints(footprints: Cells, rows: Rows, crs: str, name: str) -> tuple[Cells, list[Fault]]:
    """Return sound footprints. Rounding to millimetres can make one cross itself; that is mended and told."""
    crossed = ~shapely.is_missing(footprints) & ~shapely.is_valid(footprints)
    mended = footprints.copy()
    mended[crossed] = [keep_areas(shape) for shape in shapely.make_valid(footprints[crossed])]
    faults = tell_rows(rows[crossed], "geometry", "de omtrek sneed zichzelf; hij is hersteld")
    shapes, found = settle_shapes(mended, rows, crs, name, required=False)
    return shapes, faults + found


def keep_areas(shape: Any) -> Any:
    """Return the areas in a mended shape, without the lines and points that mending may leave; None without any."""
    areas = [part for part in shapely.get_parts(shape) if shapely.area(part) > 0]
    return None if not areas else areas[0] if len(areas) == 1 else shapely.union_all(areas)


def _name_sources(years: Cells | None, header_of: Mapping[str, str]) -> dict[str, SourceNote]:
    """Name the source of what comes from the 3DBAG; a column that somebody added is his own statement."""
    day = _find_survey_day(years)
    measured = SourceNote(Herkomst.REGISTER, "3DBAG", day)
    notes = {target: measured for target, header in header_of.items() if header.startswith("b3_")}
    notes |= dict.fromkeys(("pand_id", "bouwjaar", "status"), SourceNote(Herkomst.REGISTER, "BAG via 3DBAG"))
    notes["geometry"] = measured
    if header_of.get("bouwlagen") == STOREYS:
        notes["bouwlagen"] = SourceNote(Herkomst.REGISTER, "3DBAG (schatting uit de hoogte van het dak)", day)
    return notes


def _find_survey_day(years: Cells | None) -> date | None:
    """Return the first day of the year in which most buildings were measured."""
    if years is None:
        return None
    known = read_floats(years)
    known = known[(known >= _FIRST_SURVEY) & (known < date.max.year)]
    return date(int(pd.Series(known).mode().iloc[0]), 1, 1) if len(known) else None


_FIRST_SURVEY = 1996  # AHN1
_LARGEST_M2 = 1e7  # of a roof part; more is no roof


def join_roof_parts(panden: Mapping[str, Cells], parts: Mapping[str, Cells], areas: npt.NDArray[np.float64]) -> Cells:
    """Return the roof height of each pand out of its roof parts: their average, weighted by area.

    The highest part would be the lift shaft or the stairs; the weighted average is closest to the height that the
    CityJSON gives for the roof as a whole.
    """
    header = next(header for header in ROOFS if header in parts)
    heights = read_floats(parts[header])
    weights = np.where(~np.isnan(heights) & (areas > 0) & (areas <= _LARGEST_M2), areas, 0.0)
    codes, ids = pd.factorize(pd.Series(read_ids(parts[_ID_HEADER]), dtype=object))
    known = codes >= 0
    total = np.bincount(codes[known], weights=(np.nan_to_num(heights) * weights)[known], minlength=len(ids))
    weight = np.bincount(codes[known], weights=weights[known], minlength=len(ids))
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.where(weight > 0, total / weight, np.nan)
    return np.append(average, np.nan)[pd.Index(ids).get_indexer(pd.Index(read_ids(panden[_ID_HEADER])))]
