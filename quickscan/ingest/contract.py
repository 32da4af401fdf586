"""Turn the cells of a file into an Intake: values, sources and every fault, in the sender's own words and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS, PAND_ID_LENGTH, check_buildings
from quickscan.domain.intake import ColumnRead, How, Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.raw import Cells, RawTable, show_cell, write_cell
from quickscan.ingest.tables.convert import convert_column
from quickscan.ingest.tables.headers import show_target
from quickscan.ingest.tables.ids import WELL_FORMED
from quickscan.ingest.tables.names import PARTS, PLACE_COLUMNS, UNIT_PARTS
from quickscan.ingest.tables.parts import join_house_numbers, split_double_cells
from quickscan.ingest.tables.units import OF_ONE_HOME, find_homes, find_repeated, is_unit_list, prepare_units, sum_up_units

AREA = "grondvlak_m2"
GEOMETRY = "geometry"
EXAMPLES = 3
_SEARCHED = 500  # cells in which examples are looked for
_BAG = SourceNote(Herkomst.REGISTER, "BAG")
_3DBAG = SourceNote(Herkomst.REGISTER, "3DBAG")
_OUTLINE = SourceNote(Herkomst.AFGELEID, "oppervlakte van de omtrek")
_BAG_FACTS = frozenset(
    f"pand_id bouwjaar status gebruiksdoel oppervlakte_min oppervlakte_max aantal_verblijfsobjecten {GEOMETRY}".split()
)


def make_intake(raw: RawTable, *, answer_codes: Mapping[str, tuple[str, ...]], name: str) -> Intake:
    """Return what can be taken over and what is wrong; rows with an error are left out."""
    sent = raw
    raw = split_double_cells(join_house_numbers(raw))
    has_units = is_unit_list(raw)
    raw = prepare_units(raw) if has_units else raw
    frame, told = _convert(raw, answer_codes)
    faults = [fault for _, fault in told]
    faults += _check(
        frame, raw, answer_codes, {(fault.row, target) for target, fault in told if not fault.notice}, has_units=has_units
    )
    if not len(raw.rows) and not _find_refused(faults):  # units without a pand are rows too
        faults.append(Fault(None, None, None, "er staan geen gebouwen in het bestand", "Zet onder de kop een rij per gebouw."))
    homes = find_homes(raw) if has_units else None
    if homes is not None:
        faults += find_repeated(raw)
        frame, found = sum_up_units(frame, homes, _find_refused(faults), raw.header_of)
        faults += found
    refused = _find_refused(faults)
    keep = ~frame.index.isin(list(refused)) & ("pand_id" in frame.columns)
    columns = _name_columns(sent, has_units=has_units)
    return Intake(
        buildings=frame if keep.all() else frame[keep],
        mapping={column.header: column.target for column in columns},
        sources=_name_sources(frame, raw, name if homes is None else f"{name}, samengevat uit {int(homes.sum())} woningen"),
        faults=tuple(sorted(faults, key=lambda fault: (fault.row is None, fault.row or 0))),
        rows=max(len(raw.rows), len(refused)),  # units without a pand are rows too
        recognised=raw.recognised,
        adds=raw.adds,
        columns=columns,
        refused_rows=_hand_back(sent, refused),
    )


def _convert(raw: RawTable, answer_codes: Mapping[str, tuple[str, ...]]) -> tuple[pd.DataFrame, list[tuple[str | None, Fault]]]:
    """Return the values of every fact and criterion with the shapes, and each fault with the target it is about."""
    columns: dict[str, pd.Series] = {}
    told: list[tuple[str | None, Fault]] = [(None, fault) for fault in (*raw.matched.faults, *raw.faults)]
    header_of, is_register = raw.header_of, raw.matched.is_register
    for target, cells in raw.cells.items():
        if target in PLACE_COLUMNS or target in PARTS:
            continue
        codes = answer_codes.get(target, ())
        columns[target], faults = convert_column(target, header_of[target], cells, raw.rows, codes=codes, is_register=is_register)
        told += [(target, fault) for fault in faults]
    shapes, faults = _find_shapes(raw)
    told += [(GEOMETRY, fault) for fault in faults]
    if shapes is not None:
        told += [(AREA, fault) for fault in _add_shapes(columns, shapes, raw)]
    return pd.DataFrame(columns, index=pd.Index(raw.rows, name="rij")), told


def _find_refused(faults: Iterable[Fault]) -> frozenset[int]:
    return frozenset(fault.row for fault in faults if not fault.notice and fault.row is not None)


def _hand_back(raw: RawTable, refused: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """Return the refused rows as the sender wrote them; a column with personal data stays empty."""
    headers, targets, reasons = raw.matched.headers, raw.matched.targets, raw.matched.reasons
    rows = {}
    for row in sorted(refused):
        place = int(np.searchsorted(raw.rows, row))
        if place == len(raw.rows) or raw.rows[place] != row:
            continue  # a fault about a feature that was left out before it became a row
        line = (
            raw.lines[place] if raw.lines else [raw.cells[target][place] if target in raw.cells else None for target in targets]
        )
        private = (how is How.PRIVATE for how in reasons)
        rows[row] = tuple("" if hidden else write_cell(cell) for hidden, cell, _ in zip(private, line, headers, strict=True))
    return rows


def _name_columns(raw: RawTable, *, has_units: bool) -> tuple[ColumnRead, ...]:
    """Tell of each column what it became and why, with some values; never those of a person or of one dwelling."""
    columns = []
    for place, (header, target, how) in enumerate(
        zip(raw.matched.headers, raw.matched.targets, raw.matched.reasons, strict=True)
    ):
        cells = raw.cells.get(target) if target else raw.samples.get(place)
        hidden = how is How.PRIVATE or cells is None or (has_units and (target is None or target in OF_ONE_HOME))
        examples = () if hidden or cells is None else _pick_examples(cells)
        if target in UNIT_PARTS and not has_units:
            target, how = None, How.UNUSED  # noqa: PLW2901 - it only says something in a list of dwellings
        columns.append(ColumnRead(header, show_target(target), how, examples))
    return tuple(columns)


def _pick_examples(cells: Iterable[object]) -> tuple[str, ...]:
    shown = (text for cell in islice(cells, _SEARCHED) if (text := show_cell(cell)) and text.strip())
    return tuple(islice(dict.fromkeys(shown), EXAMPLES))


def _find_shapes(raw: RawTable) -> tuple[Cells | None, list[Fault]]:
    if raw.shapes is not None:
        return raw.shapes, []
    if not any(target in PLACE_COLUMNS for target in raw.cells):
        return None, []
    from quickscan.ingest.tables.places import read_places  # noqa: PLC0415 - most tables have no places

    return read_places(raw.cells, raw.header_of, raw.rows)


def _add_shapes(columns: dict[str, pd.Series], shapes: Cells, raw: RawTable) -> list[Fault]:
    """Add the shapes as WKB, and the area where the sender gave none. An area beyond the bounds is left unknown."""
    from quickscan.ingest.registers.geometry import measure_areas, write_wkb  # noqa: PLC0415 - most tables have no shapes

    columns[GEOMETRY] = pd.Series(write_wkb(shapes) if raw.wkb is None else raw.wkb, raw.rows, dtype=object)
    areas = measure_areas(shapes)
    if AREA in columns or np.isnan(areas).all():
        return []
    fact = FACTS[AREA]
    known = (areas >= (fact.low or 0)) & (areas <= (fact.high or np.inf))
    columns[AREA] = pd.Series(np.where(known, areas, np.nan), raw.rows)
    return [
        Fault(
            int(raw.rows[place]),
            GEOMETRY,
            f"{areas[place]:.1f}".replace(".", ","),
            f"de omtrek meet geen {fact.low:g} tot en met {fact.high:.0f} m²; het grondvlak telt als onbekend",
            "Kijk of dit een gebouw is.",
            notice=True,
        )
        for place in np.flatnonzero(~np.isnan(areas) & ~known)
    ]


def _check(
    frame: pd.DataFrame,
    raw: RawTable,
    answer_codes: Mapping[str, tuple[str, ...]],
    told: set[tuple[int | None, str | None]],
    *,
    has_units: bool,
) -> list[Fault]:
    """Check the contract, and say it with the sender's own header and cell. What was told already is not told again."""
    header_of = raw.header_of
    faults = []
    if has_units:
        frame = _set_apart(frame)
    for fault in check_buildings(frame, answers=dict(answer_codes)):
        if fault.row is not None and (fault.row, fault.column) in told:
            continue
        column, value = fault.column or "", fault.value
        if fault.row is not None and column in raw.cells:
            value = show_cell(raw.cells[column][int(np.searchsorted(raw.rows, fault.row))])
        faults.append(replace(fault, column=header_of.get(column, column), value=value))
    return faults


def _set_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which every row has a pand-id of its own, where it has a sound one: dwellings share theirs."""
    sound = frame["pand_id"].str.fullmatch(WELL_FORMED).fillna(value=False).to_numpy(dtype=bool)
    own = pd.Series(frame.index, frame.index).astype("str").str.zfill(PAND_ID_LENGTH)
    return frame.assign(pand_id=frame["pand_id"].where(~sound, own))


def _name_sources(frame: pd.DataFrame, raw: RawTable, name: str) -> dict[str, SourceNote]:
    given = SourceNote(Herkomst.OPGAVE, name)
    header_of = raw.header_of

    def name_source(column: str) -> SourceNote:
        if column in raw.notes:
            return raw.notes[column]
        if column == AREA and AREA not in raw.cells:
            return _OUTLINE
        if header_of.get(column, "").casefold().startswith("b3_"):
            return _3DBAG
        return _BAG if raw.matched.is_register and column in _BAG_FACTS else given

    return {str(column): name_source(str(column)) for column in frame.columns}
