"""Turn the cells of a file into an Intake: values, sources and every fault, in the sender's own words and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS, check_buildings
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.ingest.aliases import PLACE_COLUMNS
from quickscan.ingest.convert import convert_column
from quickscan.ingest.raw import Cells, RawTable, show_cell

AREA = "grondvlak_m2"
GEOMETRY = "geometry"
_BAG = SourceNote(Herkomst.REGISTER, "BAG")
_3DBAG = SourceNote(Herkomst.REGISTER, "3DBAG")
_OUTLINE = SourceNote(Herkomst.AFGELEID, "oppervlakte van de omtrek")
_BAG_FACTS = frozenset(
    f"pand_id bouwjaar status gebruiksdoel oppervlakte_min oppervlakte_max aantal_verblijfsobjecten {GEOMETRY}".split()
)


def make_intake(raw: RawTable, *, answer_codes: Mapping[str, tuple[str, ...]], name: str) -> Intake:
    """Return what can be taken over and what is wrong; rows with an error are left out."""
    matched = raw.matched
    columns: dict[str, pd.Series] = {}
    told: list[tuple[str | None, Fault]] = [(None, fault) for fault in (*matched.faults, *raw.faults)]
    for target, cells in raw.cells.items():
        if target in PLACE_COLUMNS:
            continue
        codes, header = answer_codes.get(target, ()), matched.header_of[target]
        columns[target], faults = convert_column(target, header, cells, raw.rows, codes=codes, is_register=matched.is_register)
        told += [(target, fault) for fault in faults]
    shapes, faults = _find_shapes(raw)
    told += [(GEOMETRY, fault) for fault in faults]
    if shapes is not None:
        told += [(AREA, fault) for fault in _add_shapes(columns, shapes, raw)]
    frame = pd.DataFrame(columns, index=pd.Index(raw.rows, name="rij"))
    faults = [fault for _, fault in told]
    faults += _check(frame, raw, answer_codes, {(fault.row, target) for target, fault in told})
    if not len(raw.rows):
        faults.append(Fault(None, None, None, "er staan geen gebouwen in het bestand", "Zet onder de kop een rij per gebouw."))
    refused = {fault.row for fault in faults if not fault.notice}
    keep = ~frame.index.isin([row for row in refused if row is not None]) & ("pand_id" in frame.columns)
    mapping = dict(zip(matched.headers, map(_name_target, matched.targets), strict=True))
    return Intake(
        buildings=frame if keep.all() else frame[keep],
        mapping=mapping,
        sources=_name_sources(frame, raw, name),
        faults=tuple(sorted(faults, key=lambda fault: (fault.row is None, fault.row or 0))),
        rows=len(raw.rows),
        recognised=raw.recognised,
        adds=raw.adds,
    )


def _name_target(target: str | None) -> str | None:
    return GEOMETRY if target in PLACE_COLUMNS else target


def _find_shapes(raw: RawTable) -> tuple[Cells | None, list[Fault]]:
    if raw.shapes is not None:
        return raw.shapes, []
    if not any(target in PLACE_COLUMNS for target in raw.cells):
        return None, []
    from quickscan.ingest.places import read_places  # noqa: PLC0415 - most tables have no places

    return read_places(raw.cells, raw.matched.header_of, raw.rows)


def _add_shapes(columns: dict[str, pd.Series], shapes: Cells, raw: RawTable) -> list[Fault]:
    """Add the shapes as WKB, and the area where the sender gave none. An area beyond the bounds is left unknown."""
    from quickscan.ingest.geometry import measure_areas, write_wkb  # noqa: PLC0415 - most tables have no shapes

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
    frame: pd.DataFrame, raw: RawTable, answer_codes: Mapping[str, tuple[str, ...]], told: set[tuple[int | None, str | None]]
) -> list[Fault]:
    """Check the contract, and say it with the sender's own header and cell. What was told already is not told again."""
    header_of = raw.matched.header_of
    faults = []
    for fault in check_buildings(frame, answers=dict(answer_codes)):
        if fault.row is not None and (fault.row, fault.column) in told:
            continue
        column, value = fault.column or "", fault.value
        if fault.row is not None and column in raw.cells:
            value = show_cell(raw.cells[column][int(np.searchsorted(raw.rows, fault.row))])
        faults.append(replace(fault, column=header_of.get(column, column), value=value))
    return faults


def _name_sources(frame: pd.DataFrame, raw: RawTable, name: str) -> dict[str, SourceNote]:
    given = SourceNote(Herkomst.OPGAVE, name)
    header_of = raw.matched.header_of

    def name_source(column: str) -> SourceNote:
        if column in raw.notes:
            return raw.notes[column]
        if column == AREA and AREA not in raw.cells:
            return _OUTLINE
        if header_of.get(column, "").casefold().startswith("b3_"):
            return _3DBAG
        return _BAG if raw.matched.is_register and column in _BAG_FACTS else given

    return {str(column): name_source(str(column)) for column in frame.columns}
