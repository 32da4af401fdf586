"""Say in which buurt, wijk and gemeente buildings lie, with the areas of the CBS or of a file with boundaries.

An area is a buurt, a wijk or a gemeente. Such a file has no buildings: it adds to those that are known. A building lies
where a point inside its outline lies, so that one on a boundary is in one area only. The CBS writes a large negative
number for what it does not know or may not tell. Names of columns are those of 2020 up to 2026.
"""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.guard.files import FileKind
from quickscan.ingest.raw import Cells, Matched, RawTable, Rows
from quickscan.ingest.registers.bag3d import keep_areas, read_floats
from quickscan.ingest.registers.geometry import SYSTEMS, System, move_to_rd
from quickscan.ingest.registers.layers import EXPORT_AGAIN, Layer, read_layer
from quickscan.ingest.registers.layout import NOTHING_TO_DO, keep_believable, match_layout, tell_rows
from quickscan.ingest.tables.aliases import get_column_aliases, make_key

VALUE = "woz_gemiddeld_eur"
_NAMES: Mapping[str, str] = {
    "buurtcode": "buurtcode; bu_code",
    "buurt": "buurtnaam; bu_naam",
    "wijkcode": "wijkcode; wk_code",
    "wijk": "wijknaam; wk_naam",
    "gemeentecode": "gemeentecode; gm_code; gemeente_key",
    "gemeente": "gemeentenaam; gm_naam; gemeente",
    VALUE: "gemiddelde_woningwaarde; gemiddelde_woz_waarde_woning; gemiddelde_woz_waarde_van_woningen; woz",
}
LAYOUT: Mapping[str, str] = {make_key(name): target for target, names in _NAMES.items() for name in names.split("; ")}
_CODES = {"buurtcode": "BU", "wijkcode": "WK", "gemeentecode": "GM"}  # from the smallest area to the largest
_BUILDING_FACTS = frozenset({"pand_id", "bouwjaar", "status", "bouwlagen", "aantal_woningen", "complex_code"})
_YEAR = re.compile(r"(?<![0-9])(20[12][0-9])(?![0-9])")
_IN_WORDS = {"buurtcode": "wijken en buurten", "wijkcode": "wijken", "gemeentecode": "gemeenten"}
_PER = 1_000  # the CBS gives the value in thousands of euros


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of one file: what its columns are, its cells by target, the shapes in RD, and what was told about them."""

    matched: Matched
    cells: Mapping[str, Cells]
    shapes: Cells
    faults: tuple[Fault, ...]
    level: str  # the code that tells its areas apart
    year: str


def find_areas(layers: Sequence[Layer]) -> Layer | None:
    """Return the layer with the smallest areas, when the file has areas and no buildings."""
    known = get_column_aliases()
    candidates = [
        layer
        for layer in layers
        if layer.has_areas and not {known.get(make_key(field)) for field in layer.fields} & _BUILDING_FACTS
    ]
    if len(candidates) < sum(layer.has_areas for layer in layers):
        return None
    return next((layer for code in _CODES for layer in candidates if code in _list_targets(layer)), None)


def _list_targets(layer: Layer) -> set[str]:
    return {LAYOUT[key] for field in layer.fields if (key := make_key(field)) in LAYOUT}


def read_areas(
    path: Path,
    kind: FileKind,
    name: str,
    *,
    layers: Sequence[Layer],
    known: pd.DataFrame | None,
    mapping: Mapping[str, str | None] | None = None,
) -> tuple[RawTable, int]:
    """Return what the areas say about the known buildings, and the number of areas."""
    layer = find_areas(layers)
    if layer is None:
        raise UnusableInputError("In dit bestand staan geen buurten, wijken of gemeenten.", EXPORT_AGAIN, where=name)
    areas = _read_layer(path, kind, name, layer, layers, mapping)
    if known is None or "geometry" not in known.columns or known.empty:
        advice = "Lees het in bij een werkruimte met gebouwen die op de kaart staan."
        told = "dit bestand zegt iets over buurten, niet over gebouwen"
        nothing = np.array([], dtype=np.intp)
        return _make_table(areas, [], nothing, [Fault(None, None, None, told, advice, notice=True)]), len(areas.shapes)
    places = locate(known["geometry"].to_numpy(dtype=object), areas.shapes)
    found = places >= 0
    faults = []
    if not found.all():
        problem = f"{np.count_nonzero(~found)} gebouwen liggen in geen van deze gebieden; daar verandert niets"
        faults = [Fault(None, None, None, problem, NOTHING_TO_DO, notice=True)]
    ids = known["pand_id"].to_numpy(dtype=object)
    return _make_table(areas, ids[found], places[found], [*areas.faults, *faults]), len(areas.shapes)


def locate(wkb: Cells, areas: Cells) -> npt.NDArray[np.intp]:
    """Return for each building the place of the area it lies in, -1 for none."""
    inside = shapely.point_on_surface(shapely.from_wkb(wkb, on_invalid="ignore"))
    found, where = shapely.STRtree(areas).query(inside, predicate="intersects")
    order = np.lexsort((where, found))
    buildings, first = np.unique(found[order], return_index=True)
    places = np.full(len(wkb), -1, dtype=np.intp)
    places[buildings] = where[order][first]
    return places


def _read_layer(
    path: Path, kind: FileKind, name: str, layer: Layer, layers: Sequence[Layer], mapping: Mapping[str, str | None] | None
) -> Areas:
    matched = match_layout(layer.fields, LAYOUT, mapping=mapping)
    about = [field for field in (layer.find_field("jaar"), layer.find_field("jrstatcode")) if field]
    wanted = list(dict.fromkeys([*matched.header_of.values(), *about]))
    read, wkb, count = read_layer(path, kind, name, layer, wanted)
    rows = np.arange(1, count + 1, dtype=np.int64)
    level = next((code for code in _CODES if code in matched.positions), None)
    if wkb is None or level is None:
        raise UnusableInputError("De gebieden in dit bestand hebben geen vorm of geen code.", EXPORT_AGAIN, where=name)
    cells = {target: read[header] for target, header in matched.header_of.items()}
    faults: list[Fault] = []
    for target, header in matched.header_of.items():
        cells[target], found = _read_cells(target, cells[target], rows, header)
        faults += found
    if "wijkcode" in cells and "wijk" not in cells:
        matched, cells = _add_names(path, kind, name, layers, matched, cells)
    shapes, found = _settle(wkb, rows, layer.crs, name)
    texts = [str(next(iter(read[field]), "")) for field in about] + [layer.name or "", name]
    year = next((match[1] for text in texts if (match := _YEAR.search(text[:40]))), "")
    return Areas(matched, cells, shapes, (*faults, *found), level, year)


def _read_cells(target: str, cells: Cells, rows: Rows, header: str) -> tuple[Cells, list[Fault]]:
    if target == VALUE:
        given = read_floats(cells)
        return keep_believable(VALUE, np.where(given < 0, np.nan, given * _PER), rows, header)
    start = _CODES.get(target, "")
    texts = [cell.strip() or None if isinstance(cell, str) else None for cell in cells]
    return np.array([text if text and text.startswith(start) else None for text in texts], dtype=object), []


def _add_names(
    path: Path, kind: FileKind, name: str, layers: Sequence[Layer], matched: Matched, cells: dict[str, Cells]
) -> tuple[Matched, dict[str, Cells]]:
    """Add the names of the wijken, which a layer of buurten does not have, from the layer of wijken beside it."""
    for layer in layers:
        code, title = layer.find_field("wijkcode", "wk_code"), layer.find_field("wijknaam", "wk_naam")
        if code and title:
            read, _, _ = read_layer(path, kind, name, layer, [code, title], shapes=False)
            names = dict(zip(read[code], read[title], strict=True))
            wijken = np.array([names.get(wijk) for wijk in cells["wijkcode"]], dtype=object)
            more = match_layout([*matched.headers, title], LAYOUT, mapping=None)
            return (more, {**cells, "wijk": wijken}) if "wijk" in more.positions else (matched, cells)
    return matched, cells


def _settle(wkb: Cells, rows: Rows, crs: str | None, name: str) -> tuple[Cells, list[Fault]]:
    """Return the areas in RD. One that crosses itself is mended; one that cannot be read holds no buildings."""
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - only where shapes have to move

    shapes = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    crossed = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes[crossed] = [keep_areas(shape) for shape in shapely.make_valid(shapes[crossed])]
    faults = tell_rows(rows[crossed], "geometry", "de grens sneed zichzelf; hij is hersteld")
    if SYSTEMS.get(crs or "") is not System.RD:
        try:
            shapes = move_to_rd(shapes, crs or "")
        except (ProjError, ValueError) as error:
            problem = "Het coördinatenstelsel van dit bestand ontbreekt of is niet te gebruiken."
            raise UnusableInputError(problem, EXPORT_AGAIN, where=name) from error
    return shapes, faults


def _make_table(areas: Areas, ids: Sequence[object] | Cells, places: npt.NDArray[np.intp], faults: list[Fault]) -> RawTable:
    label = f"CBS {areas.year}".strip()
    cells: dict[str, Cells] = {"pand_id": np.asarray(ids, dtype=object)}
    cells |= {target: values[places] for target, values in areas.cells.items()}
    notes = dict.fromkeys(cells, SourceNote(Herkomst.REGISTER, label))
    notes[VALUE] = SourceNote(Herkomst.AFGELEID, f"gemiddelde van de {areas.level.removesuffix('code')} ({label})")
    return RawTable(
        areas.matched,
        cells,
        np.arange(1, len(places) + 1, dtype=np.int64),
        faults=faults,
        notes=notes,
        recognised=f"{_IN_WORDS[areas.level]} ({label})",
        adds=False,
        made={"pand_id": areas.matched.header_of[areas.level]},
    )
