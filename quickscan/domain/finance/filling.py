"""Fill in what a case leaves out, as arrays, and list for every number where it came from.

The order is: the case, the workspace's own value, the rulebook. `fill_in` takes a frame with a building per row, so a
case is a frame of one row. An `Assumption` is one number with its origin, for the list beside the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.inputs import ALWAYS, INPUTS, SEGMENTS, SHARING, InputSpec, Section
from quickscan.domain.finance.reading import Case
from quickscan.domain.rules import Rules

Mask = npt.NDArray[np.bool_]
# Alternatives are worked out for every case that tells how many homes there are now.
FOLLOWS_EXISTING = frozenset({str(Section.RENOVATIE), str(Section.SLOOP_NIEUWBOUW)})
# Their low and high ends are the number itself when left out.
WITH_A_BAND = ("woning.aantal", "planning.vertraging_maanden")
# A number that changes nothing as long as another is left out.
ONLY_WITH: dict[str, str] = {
    "extra.parkeerplaats_eur": "extra.parkeerplaatsen",
    "extra.dak_bespaard_eur_ex_btw": "extra.dak_m2",
    "extra.dak_over_jaren": "extra.dak_m2",
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number that was used: `origin` is zaak, werkruimte, normenset or zelfde als; `standard` what the rulebook says."""

    key: str
    shown: str
    label: str
    unit: str
    value: float | str | tuple[float, ...]
    origin: str
    standard: float | None = None
    parameter: str | None = None
    source: str = ""
    article: str = ""
    assumed: bool = False  # the rulebook calls it aanname
    note: str = ""


def fill_in(
    frame: pd.DataFrame,
    rules: Rules,
    *,
    workspace: Mapping[str, float] | None = None,
    segments: Sequence[str] | None = None,
    sharing: str = SHARING[0],
    sections: frozenset[str] = frozenset(),
) -> dict[str, Floats]:
    """Return every input as an array of shape (building, 1), growths as (building, 1, year).

    `frame` has a row per building and columns named by key; NaN is left out. A section counts for a building when any of
    its keys is given, or when it is in `sections`. `segments` gives the rent segment per building; sociale huur otherwise.
    """
    workspace = workspace or {}
    size = len(frame)
    kinds = np.asarray(segments if segments is not None else ["sociaal"] * size, dtype=object)
    filled: dict[str, Floats] = {"parameters.gedeelde_kosten": np.full((size, 1), float(sharing == SHARING[0]))}
    present = {section: _present(frame, section, sections) for section in Section}
    for spec in INPUTS.values():
        given = frame[spec.key].to_numpy(dtype=float, na_value=np.nan) if spec.key in frame.columns else np.full(size, np.nan)
        values = np.where(np.isnan(given), _standard(spec, rules, kinds, filled, workspace), given)
        values = np.where(present[spec.section], values, 0.0)
        filled[spec.key] = values[:, None, None] if spec.by_year else values[:, None]
    return filled


def _present(frame: pd.DataFrame, section: Section, sections: frozenset[str]) -> Mask:
    if section in (*ALWAYS, Section.EXTRA) or section in sections:
        return np.ones(len(frame), dtype=bool)
    names = [key for key, spec in INPUTS.items() if spec.section is section and key in frame.columns]
    return np.asarray(frame[names].notna().any(axis=1), dtype=bool) if names else np.zeros(len(frame), dtype=bool)


def _standard(
    spec: InputSpec, rules: Rules, kinds: npt.NDArray[np.object_], filled: Mapping[str, Floats], workspace: Mapping[str, float]
) -> Floats:
    if spec.key in workspace:
        return np.full(len(kinds), float(workspace[spec.key]))
    if spec.same_as is not None:
        return np.asarray(filled[spec.same_as][:, 0], dtype=float)
    if spec.parameter is None:
        return np.full(len(kinds), spec.absent or 0.0)
    by_segment = {code: parameter_of(spec, code) for code in set(kinds)}
    numbers = {code: rules.parameter(name).likely if name else np.nan for code, name in by_segment.items()}
    return np.array([numbers[code] for code in kinds], dtype=float)


def parameter_of(spec: InputSpec, segment: str) -> str | None:
    """Return the parameter with the default of an input; rent and discount rate follow the segment."""
    if spec.key == "woning.huur_eur_per_maand":
        return SEGMENTS[segment].rent
    if spec.key == "parameters.disconteringsvoet":
        return SEGMENTS[segment].discount
    return spec.parameter


def sections_of(case: Case) -> frozenset[str]:
    """Return the sections that count in a case."""
    return case.sections | (FOLLOWS_EXISTING if "bestaand" in case.sections else frozenset())


def fill_case(case: Case, rules: Rules, *, workspace: Mapping[str, float] | None = None) -> dict[str, Floats]:
    """Return every input of one case, as `fill_in`; growths may have a value per year."""
    row = {key: value for key, value in case.numbers.items() if not isinstance(value, tuple)}
    filled = fill_in(
        pd.DataFrame([row], index=[0]),
        rules,
        workspace=workspace,
        segments=[case.segment],
        sharing=case.sharing,
        sections=sections_of(case),
    )
    for key, value in case.numbers.items():
        if isinstance(value, tuple):
            filled[key] = np.array(value, dtype=float)[None, None, :]
    return filled


def change(values: Mapping[str, Floats], key: str, number: float) -> dict[str, Floats]:
    """Return the values with one number changed for every building, and with it what was the same as that number."""
    changed = dict(values)
    for each in (key, *(spec.key for spec in INPUTS.values() if spec.same_as == key)):
        old = values[each]
        new = np.full((*old.shape[:-1], 1), float(number))
        changed[each] = new if each == key else np.where(old == values[key], new, old)
    return changed


def list_assumptions(
    case: Case, filled: Mapping[str, Floats], rules: Rules, *, workspace: Mapping[str, float] | None = None
) -> tuple[Assumption, ...]:
    """Return every number that counts in this case, with where it came from and what the rulebook says."""
    found = [
        Assumption(key=key, shown=key.split(".")[1], label="", unit="keuze", value=value, origin="normenset")
        for key, value in (("woning.segment", case.segment), ("parameters.gedeelde_kosten", case.sharing))
        if key in case.left_out
    ]
    sections = sections_of(case)
    for spec in INPUTS.values():
        given = spec.key in case.numbers
        if spec.section not in (*sections, Section.EXTRA) or not (given or _counts(spec, case)):
            continue
        parameter = parameter_of(spec, case.segment)
        active = rules.parameter(parameter) if parameter else None
        origin = "zaak" if given else "werkruimte" if spec.key in (workspace or {}) else "normenset"
        if origin == "normenset" and active is None:
            origin = f"zelfde als {INPUTS[spec.same_as].shown}" if spec.same_as else "eigen standaard"
        years = filled[spec.key].reshape(-1)
        found.append(
            Assumption(
                key=spec.key,
                shown=spec.shown,
                label=spec.label,
                unit=spec.unit,
                value=tuple(map(float, years)) if len(years) > 1 else float(years[0]),
                origin=origin,
                standard=active.likely if active else None,
                parameter=parameter,
                source=active.value.bron if active else "",
                article=active.value.artikel if active else "",
                assumed=active.value.aanname if active else False,
                note=active.value.toelichting if active else "",
            )
        )
    return tuple(found)


def _counts(spec: InputSpec, case: Case) -> bool:
    """Tell whether a number that was left out still does something: its default is not 0, nor waits for another."""
    if spec.same_as in WITH_A_BAND:
        return False
    if spec.key in ONLY_WITH:
        return ONLY_WITH[spec.key] in case.numbers
    return spec.absent != 0 and (spec.section is not Section.EXTRA or spec.parameter is not None)
