"""The floor under `score_buildings`: the same arithmetic by hand, for these rules only, on bare numpy arrays.

Nothing is general here: no frame comes out, no column may be absent, and the formulas of the derivations, the homes
and the measures stand written out. Lookup tables are made beforehand, as a person would. It works in the same chunks,
writes into arrays made once, and gives the same numbers; `benchmarks.scoring` checks that before it measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from quickscan.domain.facts import NUMBER_FACTS
from quickscan.domain.measures import DECIMALS
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import ROUNDING, compile_tables
from quickscan.domain.terms import ASPECTEN, Interventie

CHUNK = 32_768
Arrays = dict[str, npt.NDArray[Any]]
HOME_ROUTES = 5


@dataclass(frozen=True)
class Lookup:
    """One criterion: which array it reads and the tables to index with a place."""

    id: str
    aspect: int
    weight: float
    weighted: npt.NDArray[np.float64]
    unknown: int
    answer: npt.NDArray[np.int8]
    measure: str | None
    bounds: npt.NDArray[np.float64]
    band_places: npt.NDArray[np.int8]
    side: Any
    choice: npt.NDArray[np.int8] | None
    hard: npt.NDArray[np.bool_] | None
    soft: npt.NDArray[np.bool_] | None


@dataclass(frozen=True)
class Floor:
    """Everything that does not depend on the buildings."""

    lookups: tuple[Lookup, ...]
    numbers: dict[str, tuple[float, float, float]]
    day_year: float
    has_homes: npt.NDArray[np.bool_]
    only_homes: npt.NDArray[np.bool_]
    best_strength: int
    blocked_strength: npt.NDArray[np.bool_]
    hard_height: npt.NDArray[np.bool_]
    galerij: int
    portiek: int
    unit_sizes: npt.NDArray[np.float64]


def prepare(buildings: pd.DataFrame, rules: Rules) -> Floor:
    """Make the lookup tables for these rules and this frame's categories."""

    def categories(name: str) -> list[str]:
        return [str(value) for value in buildings[name].cat.categories]

    def place_table(name: str, places: dict[str, int], unknown: int) -> npt.NDArray[np.int8]:
        return np.array([*(places.get(value, unknown) for value in categories(name)), unknown], dtype=np.int8)

    lookups = []
    for table in compile_tables(rules):
        criterion = table.active.criterion
        if Interventie.OPTOPPEN not in criterion.interventies:
            continue
        fact = criterion.feit
        by_choice = fact is not None and fact not in NUMBER_FACTS
        lookups.append(
            Lookup(
                id=criterion.id,
                aspect=table.aspect,
                weight=table.weight,
                weighted=table.weighted,
                unknown=table.unknown,
                answer=place_table(criterion.id, {code: k for k, code in enumerate(table.active.codes)}, table.unknown),
                measure=criterion.meting or (fact if fact in NUMBER_FACTS else None),
                bounds=table.bounds,
                band_places=table.band_places,
                side=table.side,
                choice=place_table(str(fact), table.values, table.unknown) if by_choice else None,
                hard=table.hard if table.hard.any() else None,
                soft=table.soft if table.soft.any() else None,
            )
        )
    strength, height = rules.criterion("bou.draagkracht").version.keuzes, rules.criterion("pla.bouwhoogte").version.keuzes
    uses = categories("gebruiksdoel")
    numbers = {name: (active.low, active.likely, active.high) for name, active in rules.parameters.items()}
    sizes = [numbers[f"woningen.go_{kind}_m2"][::-1] for kind in (*categories("nieuw_woningtype"), "onbekend")]
    return Floor(
        lookups=tuple(lookups),
        numbers=numbers,
        day_year=float(rules.day.year),
        has_homes=np.array([*("woonfunctie" in use for use in uses), False]),
        only_homes=np.array([*("woonfunctie" in use and "," not in use for use in uses), False]),
        best_strength=categories("bou.draagkracht").index(max(strength, key=lambda choice: choice.punten).code),
        blocked_strength=np.array([choice.blokkade != "geen" for choice in strength] + [False]),
        hard_height=np.array([choice.blokkade == "hard" for choice in height] + [False]),
        galerij=categories("ontsluiting").index("galerij"),
        portiek=categories("ontsluiting").index("portiek"),
        unit_sizes=np.array(sizes).T,
    )


def score(buildings: pd.DataFrame, floor: Floor, rules: Rules) -> Arrays:
    """Return the scores, verdicts and blockers (as a bit mask) of every building."""
    size = len(buildings)
    source = {
        name: values.to_numpy() if values.dtype == np.float64 else values.cat.codes.to_numpy()
        for name, values in buildings.items()
        if values.dtype == np.float64 or isinstance(values.dtype, pd.CategoricalDtype)
    }
    out: Arrays = {name: np.empty(size) for name in ("score_laag", "score", "score_hoog", "dekking")}
    for aspect in ASPECTEN:
        out |= {f"{aspect}{suffix}": np.empty(size) for suffix in ("_laag", "", "_hoog", "_dekking")}
    out |= {"oordeel": np.empty(size, np.int8), "zwakste_aspect": np.empty(size, np.int8), "blokkades": np.empty(size, np.int64)}
    for start in range(0, size, CHUNK):
        part = slice(start, min(start + CHUNK, size))
        _score_chunk({name: values[part] for name, values in source.items()}, floor, rules, out, part)
    return out


def _score_chunk(b: Arrays, floor: Floor, rules: Rules, out: Arrays, part: slice) -> None:
    size = part.stop - part.start
    with np.errstate(divide="ignore", invalid="ignore"):
        measures = _measure(b, floor)
    sums = np.zeros((len(ASPECTEN), size, 4))
    weights = np.zeros(len(ASPECTEN))
    hard, soft, mask, bit = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size, np.int64), 0
    gathered = np.empty((size, 4))
    for look in floor.lookups:
        answers = look.answer[b[look.id]]
        if look.measure is not None:
            values = measures[look.measure] if look.measure in measures else b[look.measure]
            places = look.band_places[np.searchsorted(look.bounds, values, side=look.side)]
            places[np.isnan(values)] = look.unknown
            places = np.where(answers == look.unknown, places, answers)
        elif look.choice is not None:
            places = np.where(answers == look.unknown, look.choice[b[str(rules.criterion(look.id).criterion.feit)]], answers)
        else:
            places = answers
        np.take(look.weighted, places, axis=0, out=gathered, mode="clip")
        sums[look.aspect] += gathered
        weights[look.aspect] += look.weight
        if look.hard is not None or look.soft is not None:
            blocked = np.zeros(size, bool)
            if look.hard is not None:
                held = look.hard[places]
                hard |= held
                blocked |= held
            if look.soft is not None:
                held = look.soft[places]
                soft |= held
                blocked |= held
            mask |= blocked.astype(np.int64) << bit
            bit += 1
    _write(sums, weights, hard, soft, mask, rules, out, part)


def _write(
    sums: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    hard: npt.NDArray[np.bool_],
    soft: npt.NDArray[np.bool_],
    mask: npt.NDArray[np.int64],
    rules: Rules,
    out: Arrays,
    part: slice,
) -> None:
    aspect_weights = np.array([rules.aspectgewichten[aspect] for aspect in ASPECTEN])
    sums /= weights[:, None, None]
    total = np.zeros(sums.shape[1:])
    for place, share in enumerate(aspect_weights / aspect_weights.sum()):
        total += sums[place] * share
    likely = sums[:, :, 1]
    which, weakest = likely.argmin(axis=0), likely.min(axis=0)
    coverage, good_total, good_aspect, fair_total, fair_aspect = (
        rules.parameter(f"oordeel.{name}").likely - ROUNDING
        for name in ("dekking_minimaal", "kansrijk_totaal", "kansrijk_aspect", "mits_totaal", "mits_aspect")
    )
    verdict = np.full(len(total), 2, np.int8)
    verdict[(total[:, 1] >= fair_total) & (weakest >= fair_aspect)] = 1
    verdict[(total[:, 1] >= good_total) & (weakest >= good_aspect) & ~soft] = 0
    verdict[(total[:, 3] * 100 < coverage) | ((total[:, 0] < fair_total) & (total[:, 2] >= good_total))] = 4
    verdict[hard] = 3
    for column, name in enumerate(("score_laag", "score", "score_hoog")):
        out[name][part] = total[:, column]
    out["dekking"][part] = total[:, 3] * 100
    for place, aspect in enumerate(ASPECTEN):
        for column, suffix in enumerate(("_laag", "", "_hoog")):
            out[f"{aspect}{suffix}"][part] = sums[place, :, column]
        out[f"{aspect}_dekking"][part] = sums[place, :, 3] * 100
    out["oordeel"][part], out["zwakste_aspect"][part], out["blokkades"][part] = verdict, which, mask


def _measure(b: Arrays, floor: Floor) -> Arrays:
    """Derive the facts, estimate the homes of all three interventies, and compute the measures."""
    numbers = floor.numbers
    laag, tussen, nieuw = (
        numbers["afgeleid.laaghoogte_m"][1],
        numbers["hoogte.tussenlaag_m"][1],
        numbers["hoogte.nieuwe_laag_m"][1],
    )
    use = b["gebruiksdoel"]
    homes = np.where(np.isnan(b["aantal_woningen"]) & floor.has_homes[use], b["aantal_verblijfsobjecten"], b["aantal_woningen"])
    go = b["gemiddelde_go_m2"]
    go = np.where(np.isnan(go) & floor.only_homes[use], (b["oppervlakte_min"] + b["oppervlakte_max"]) / 2, go)
    from_height = np.maximum(np.round(b["hoogte_m"] / laag), 1.0)
    from_area = np.round(homes * go / (b["grondvlak_m2"] * numbers["afgeleid.go_deel_van_bvo"][1]))
    believable = from_area <= numbers["afgeleid.meeste_bouwlagen"][1]
    from_area = np.where(believable, np.maximum(from_area, 1.0), np.nan)
    stated = b["bouwlagen"]
    storeys = np.where(np.isnan(stated), np.where(np.isnan(from_height), from_area, from_height), stated)
    height = np.where(np.isnan(b["hoogte_m"]), stated * laag, b["hoogte_m"])

    layers = _layers(b, floor, height, nieuw, tussen)
    per_layer = _homes_per_layer(b, floor, homes / storeys)
    optoppen = np.floor(per_layer * layers + 1e-9)
    _against_and_below(b, floor, storeys)

    shade = numbers["bezonning.schaduw_per_meter"][1]
    wish = b["extra_bouwlagen"]
    added = np.where(np.isnan(wish), np.maximum(layers[1], 1), wish)
    return {
        "hoogteruimte_m": np.round(b["max_bouwhoogte_m"] - height - (added * nieuw + tussen), DECIMALS),
        "hoogste_vloer_m": np.round((storeys + added - 1) * numbers["hoogte.bestaande_laag_m"][1] + tussen, DECIMALS),
        "aandeel_plat_dak": np.minimum(b["dakoppervlak_plat_m2"] / b["grondvlak_m2"] * 100, 100.0),
        "jaren_tot_onderhoud": b["groot_onderhoud_jaar"] - floor.day_year,
        "nieuwe_woningen": optoppen[1],
        "schaduwmarge_m": np.round(b["afstand_buren_m"] - (height + (added * nieuw + tussen)) * shade, DECIMALS),
        "woningen_per_laag": homes / storeys,
        "bouwlagen": storeys,
        "aantal_woningen": homes,
        "hoogte_m": height,
        "gemiddelde_go_m2": go,
    }


def _layers(b: Arrays, floor: Floor, height: npt.NDArray[np.float64], nieuw: float, tussen: float) -> npt.NDArray[np.float64]:
    numbers, year = floor.numbers, b["bouwjaar"]
    eras = (
        "lagen.voor_1945",
        "lagen.van_1945_tot_1965",
        "lagen.van_1965_tot_1992",
        "lagen.vanaf_1992",
        "lagen.bouwjaar_onbekend",
    )
    era = np.searchsorted([numbers[f"lagen.grens_{limit}"][1] for limit in (1945, 1965, 1992)], year, side="right")
    era[np.isnan(year)] = 4
    layers = np.array([numbers[name] for name in eras]).T[:, era]
    strength = b["bou.draagkracht"]
    calculated, proven = strength == floor.best_strength, numbers["lagen.met_berekening"][1]
    np.maximum(layers[:2], 1, out=layers[:2], where=calculated)
    np.maximum(layers[2], proven, out=layers[2], where=calculated)
    layers[0, floor.blocked_strength[strength]] = 0
    wish = b["extra_bouwlagen"]
    ceiling = np.where(calculated, np.maximum(proven, layers[2]), layers)
    layers = np.where(np.isnan(wish), layers, np.minimum(ceiling, wish))
    storeys = np.maximum(np.floor((b["max_bouwhoogte_m"] - height - tussen) / nieuw + 1e-9), 0)
    answer = b["pla.bouwhoogte"]
    tight = ~np.isnan(storeys) & (answer == -1)
    np.minimum(layers[:2], storeys, out=layers[:2], where=tight)
    layers[:, floor.hard_height[answer]] = 0
    return layers


def _homes_per_layer(b: Arrays, floor: Floor, now: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    numbers, access = floor.numbers, b["ontsluiting"]

    def trio(name: str) -> npt.NDArray[np.float64]:
        return np.array(numbers[name])[:, None]

    now = np.where(np.isfinite(now), now, np.nan)
    density = trio("woningen.bruikbaar_dak") * trio("woningen.vormfactor") / floor.unit_sizes[:, b["nieuw_woningtype"]]
    length, stairs, flat, footprint = b["bloklengte_m"], b["aantal_portieken"], b["dakoppervlak_plat_m2"], b["grondvlak_m2"]
    per_layer = now * trio("woningen.per_bestaande_laag")
    per_layer = np.where(footprint > 0, footprint * trio("woningen.plat_deel_van_grondvlak") * density, per_layer)
    per_layer = np.where(flat > 0, flat * density, per_layer)
    by_stairs = ((access == floor.portiek) | (access == -1)) & (stairs > 0)
    per_layer = np.where(by_stairs, stairs * trio("woningen.per_portiek"), per_layer)
    return np.where((access == floor.galerij) & (length > 0), length / trio("woningen.beuk_m")[::-1], per_layer)


def _against_and_below(
    b: Arrays, floor: Floor, storeys: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    numbers = floor.numbers
    facade = np.array(numbers["woningen.per_kopgevel"])[:, None]
    per_facade = np.fmin(facade, storeys)
    per_facade[2] = np.fmax(per_facade[2], storeys)
    boxes, plinth = b["garageboxen"], b["plint_m2"]
    by_boxes = boxes / np.array(numbers["woningen.garageboxen_per_woning"])[::-1, None]
    by_area = plinth * np.array(numbers["woningen.plint_bruikbaar"])[:, None] / floor.unit_sizes[:, b["nieuw_woningtype"]]
    below = np.floor(np.where((boxes > 0) | np.isnan(plinth), by_boxes, by_area) + 1e-9)
    return np.floor(per_facade * b["vrije_kopgevels"]), below
