"""Building families: buildings that are alike in what matters for adding a layer, so that one design serves them all.

A *familie* is all buildings in reach with the same *tijdvak* (era), storeys, ontsluiting, bouwsysteem and depth, each in
classes that the rulebook fixes. Nothing is clustered: a building's family follows from its own facts (and those of its
complex), so it stays the same whatever other buildings are there and in whatever order. Unknown is a class of its own.

Where a complex says one ontsluiting or one bouwsysteem, its buildings that say nothing take that over. The depth is the
footprint over the length; without a length it follows from area and perimeter as of a strip, bent or not. A *serie* is a
family with enough buildings that are still open; its homes together decide the scale at which they are bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.columns import Bools, Columns, Floats
from quickscan.domain.derive import derive_facts
from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import compile_tables
from quickscan.domain.terms import Voorselectie

FEATURES: Mapping[str, str] = {
    "tijdvak": "Tijdvak",
    "lagen": "Bouwlagen",
    "ontsluiting": "Ontsluiting",
    "bouwsysteem": "Bouwsysteem",
    "diepte": "Diepte",
}
PERIMETER, AREA = "omtrek_m", "oppervlakte_m2"  # columns of what is measured on the outlines
SCALE = "fin.schaal"
NOUNS: Mapping[str, str] = {
    "portiek": "Portiekflats",
    "galerij": "Galerijflats",
    "corridor": "Corridorflats",
    "maisonnette": "Maisonnettes",
    "overig": "Flats met een andere ontsluiting",
}
ANY_ACCESS = "Woongebouwen"
SYSTEM_NAMES: Mapping[str, str] = {
    "traditioneel": "traditioneel gebouwd",
    "korrelbeton": "korrelbeton",
    "muwi": "MUWI",
    "rbm": "RBM",
    "bmb": "BMB",
    "era": "ERA",
    "tunnel": "tunnelbouw",
    "overig": "een ander systeem",
}
_SPACE = 10_000  # one more than any class can be


@dataclass(frozen=True)
class Families:
    """Who belongs to which family, and what each family is.

    `place` is per building the row in `table`, or -1 for a building out of reach. `table` has a row per family, the most
    likely homes first: sleutel, naam, onbekend, gebouwen, open, complexen, woningen_nu, woningen_laag, woningen,
    woningen_hoog, alleen_punten, serie_punten, serie, is_serie. Homes are those of the open buildings.
    """

    place: npt.NDArray[np.intp]
    table: pd.DataFrame
    taken_over: int  # facts that a building took over from its complex


def make_families(
    buildings: pd.DataFrame,
    screened: pd.DataFrame,
    rules: Rules,
    *,
    outlines: pd.DataFrame | None = None,
    features: Sequence[str] = tuple(FEATURES),
) -> Families:
    """Sort the buildings in reach into families; `screened` is row by row what came out of the screening of `buildings`."""
    columns = Columns(buildings)
    derive_facts(columns, rules)
    outcome = screened["voorselectie"].astype("object")
    reached = (outcome != str(Voorselectie.BUITEN_BEREIK)).to_numpy(dtype=bool)
    open_ = outcome.isin([str(Voorselectie.IN_BEELD), str(Voorselectie.TWIJFEL)]).to_numpy(dtype=bool)
    complexes, known_complex = pd.factorize(columns.text("complex_code").astype("object"), use_na_sentinel=True)
    classes, taken_over = _classes(columns, rules, measure_depth(columns, outlines), complexes)
    key = np.zeros(columns.size, dtype=np.int64)
    for name in FEATURES:
        key = key * _SPACE + (classes[name] + 1 if name in features else 0)
    unique, first, inverse = np.unique(key[reached], return_index=True, return_inverse=True)
    rows = np.flatnonzero(reached)
    table = _describe(classes, rows[first], features, rules)
    homes = {name: np.where(open_, _numbers(screened, name), 0.0)[rows] for name in _HOMES}
    table["gebouwen"] = np.bincount(inverse, minlength=len(unique))
    table["open"] = np.bincount(inverse, weights=open_[rows], minlength=len(unique)).astype(int)
    alone = np.where(complexes < 0, len(known_complex) + np.arange(columns.size), complexes)
    pairs = np.unique(np.column_stack([inverse, alone[rows]]), axis=0)[:, 0] if len(rows) else inverse
    table["complexen"] = np.bincount(pairs, minlength=len(unique))
    now = np.nan_to_num(columns.number("aantal_woningen"))[rows]
    table["woningen_nu"] = np.bincount(inverse, weights=now, minlength=len(unique))
    for name, numbers in homes.items():
        table[name] = np.bincount(inverse, weights=np.nan_to_num(numbers), minlength=len(unique))
    _add_scale(table, inverse, homes["woningen"], open_[rows], rules)
    order = np.lexsort((table["sleutel"].to_numpy(dtype=str), -table["gebouwen"].to_numpy(), -table["woningen"].to_numpy()))
    place = np.full(columns.size, -1, dtype=np.intp)
    place[rows] = np.argsort(order)[inverse]
    return Families(place, table.iloc[order].reset_index(drop=True), taken_over)


_HOMES = ("woningen_laag", "woningen", "woningen_hoog")


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    numbers: Floats = frame[name].to_numpy(dtype=float, na_value=np.nan)
    return numbers


def measure_depth(columns: Columns, outlines: pd.DataFrame | None) -> Floats:
    """Return how deep each building is in metres, NaN where neither its facts nor its outline says so."""
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = columns.number("grondvlak_m2") / columns.number("bloklengte_m")
    depth = np.where(np.isfinite(depth) & (depth > 0), depth, np.nan)
    if outlines is None:
        return depth
    drawn = strip_depth(_numbers(outlines, AREA), _numbers(outlines, PERIMETER))
    # A stated length may count both sides of a corner, or one wing only; an outline that says otherwise is nearer the truth.
    return np.where(np.isnan(drawn), depth, drawn)


def strip_depth(area: Floats, perimeter: Floats) -> Floats:
    """Return the width of a strip with this area and perimeter; a bend (L, U, T) does not change it.

    Of a strip of length l and width d the perimeter is 2(l + d) and the area l·d, so both are the roots of one square.
    """
    half = perimeter / 2
    root = np.sqrt(np.maximum(half**2 - 4 * area, 0.0))
    depth = (half - root) / 2
    return np.where(np.isfinite(depth) & (area > 0), depth, np.nan)


def _classes(
    columns: Columns, rules: Rules, depth: Floats, complexes: npt.NDArray[np.intp]
) -> tuple[dict[str, npt.NDArray[np.int64]], int]:
    """Return per feature the class of each building, -1 for unknown, and how many were taken over from the complex."""
    first = rules.parameter("familie.eerste_jaar").likely
    years = rules.parameter("familie.tijdvak_jaren").likely
    step = rules.parameter("familie.diepte_stap_m").likely
    together = rules.parameter("familie.lagen_samen_vanaf").likely
    bouwjaar, storeys = columns.number("bouwjaar"), columns.number("bouwlagen")
    classes = {
        "tijdvak": _whole(np.maximum(np.floor((bouwjaar - first) / years) + 1, 0)),
        "lagen": _whole(np.minimum(storeys, together)),
        "diepte": _whole(np.floor(depth / step + 0.5)),
    }
    taken_over = 0
    for name in ("ontsluiting", "bouwsysteem"):
        places = {option: place for place, option in enumerate(FACTS[name].options)}
        codes = columns.codes(name, places, -1)
        said = np.full(columns.size, -1, dtype=np.int64) if codes is None else codes.astype(np.int64)
        classes[name], taken = take_over(said, complexes)
        taken_over += taken
    return classes, taken_over


def _whole(values: Floats) -> npt.NDArray[np.int64]:
    return np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int64)


def take_over(said: npt.NDArray[np.int64], complexes: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.int64], int]:
    """Fill what a building does not say (-1) from its complex, where all that do say something say the same."""
    count = int(complexes.max(initial=-1)) + 1
    speaks = (said >= 0) & (complexes >= 0)
    lowest, highest = np.full(count, _SPACE, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    np.minimum.at(lowest, complexes[speaks], said[speaks])
    np.maximum.at(highest, complexes[speaks], said[speaks])
    agreed = np.where(lowest == highest, highest, -1)
    silent = (said < 0) & (complexes >= 0)
    filled = said.copy()
    filled[silent] = agreed[complexes[silent]]
    return filled, int((filled[silent] >= 0).sum())


def _describe(
    classes: Mapping[str, npt.NDArray[np.int64]], rows: npt.NDArray[np.intp], features: Sequence[str], rules: Rules
) -> pd.DataFrame:
    """Return sleutel, naam and onbekend of each family, from one of its buildings."""
    described = []
    for row in rows:
        found = {name: int(classes[name][row]) if name in features else None for name in FEATURES}
        key = "|".join("*" if value is None else "?" if value < 0 else str(value) for value in found.values())
        unknown = [FEATURES[name].lower() for name, value in found.items() if value == -1]
        described.append((key, _name(found, rules), ", ".join(unknown)))
    return pd.DataFrame(described, columns=["sleutel", "naam", "onbekend"])


def _name(found: Mapping[str, int | None], rules: Rules) -> str:
    """Return a family in words: "Portiekflats 1960–1969, 4 lagen, MUWI, ±10 m diep"."""
    access, system = _option("ontsluiting", found), _option("bouwsysteem", found)
    parts = [" ".join(part for part in (NOUNS.get(access or "", ANY_ACCESS), _era(found["tijdvak"], rules)) if part)]
    storeys, depth = found["lagen"], found["diepte"]
    if storeys is not None and storeys >= 0:
        together = storeys >= rules.parameter("familie.lagen_samen_vanaf").likely
        parts.append(f"{storeys} {'of meer lagen' if together else 'laag' if storeys == 1 else 'lagen'}")
    if system is not None:
        parts.append(SYSTEM_NAMES.get(system, system.title()))
    if depth is not None and depth >= 0:
        metres = f"{depth * rules.parameter('familie.diepte_stap_m').likely:g}".replace(".", ",")
        parts.append(f"±{metres} m diep")
    return ", ".join(parts)


def _option(name: str, found: Mapping[str, int | None]) -> str | None:
    place = found[name]
    return None if place is None or place < 0 else FACTS[name].options[place]


def _era(place: int | None, rules: Rules) -> str:
    if place is None or place < 0:
        return ""
    first = round(rules.parameter("familie.eerste_jaar").likely)
    years = round(rules.parameter("familie.tijdvak_jaren").likely)
    if place == 0:
        return f"van vóór {first}"
    start = first + (place - 1) * years
    return str(start) if years == 1 else f"{start}–{start + years - 1}"


def _add_scale(table: pd.DataFrame, family: npt.NDArray[np.intp], homes: Floats, open_: Bools, rules: Rules) -> None:
    """Add what the buildings score on scale each alone (the mean of the open ones), and as one series."""
    scale = next(each for each in compile_tables(rules) if each.active.id == SCALE)

    def places(numbers: Floats) -> npt.NDArray[np.intp]:
        found = np.searchsorted(scale.bounds, numbers, side="left" if scale.side == "left" else "right")
        return scale.band_places[found].astype(np.intp)

    counted = open_ & ~np.isnan(homes)
    points = np.where(counted, scale.points[places(np.nan_to_num(homes)), 1], 0.0)
    number = np.bincount(family, weights=counted, minlength=len(table))
    together = places(table["woningen"].to_numpy(dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(family, weights=points, minlength=len(table)) / number
    table["alleen_punten"] = np.where(number > 0, mean, np.nan)
    table["serie_punten"] = np.where(number > 0, scale.points[together, 1], np.nan)
    labels = np.array([choice.label for choice in scale.active.version.keuzes], dtype=object)
    table["serie"] = labels[together]
    table["is_serie"] = (number >= rules.parameter("familie.kleinste_serie").likely) & (table["woningen"].to_numpy() > 0)
