"""The method once more, for one building at a time, in plain Python: sections 2, 4 and 5 of docs/methode.

Written from the method and not from the kernel: no arrays, no tables, only the models of the rulebook. It is slow and
that is fine; the kernel must give the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from quickscan.domain.facts import FACTS
from quickscan.domain.rules import ActiveCriterion, Choice, Rules
from quickscan.domain.terms import ASPECTEN, Aspect, Blokkade, Interventie, Oordeel
from tests.domain.buildings import Building

Trio = tuple[float, float, float]
NOTHING: Trio = (math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Outcome:
    """What the method says about one building."""

    total: Trio
    coverage: float
    aspects: dict[Aspect, Trio]
    oordeel: Oordeel
    homes: Trio
    layers: Trio
    route: str
    against: Trio
    below: Trio


def score(building: Building, rules: Rules, interventie: Interventie) -> Outcome:
    """Score one building."""
    facts = derive({name: value for name, value in building.items() if value is not None}, rules)
    layers = layers_on_top(facts, rules)
    homes, route = homes_on_top(facts, rules, layers)
    facts["lagen"] = facts.get("extra_bouwlagen", max(layers[1], 1))
    if not math.isnan(homes[1]):
        facts["woningen"] = homes[1]

    choices = {
        active.id: (active, chosen(active, facts, rules))
        for active in rules.criteria
        if interventie in active.criterion.interventies
    }
    aspects: dict[Aspect, Trio] = {}
    known: dict[Aspect, float] = {}
    for aspect in ASPECTEN:
        mine = [pair for pair in choices.values() if pair[0].criterion.aspect is aspect]
        weight = sum(active.version.gewicht for active, _ in mine)
        if weight > 0:
            trios = [(active.version.gewicht, points(active, choice)) for active, choice in mine]
            aspects[aspect] = tuple(sum(w * p[k] for w, p in trios) / weight for k in range(3))  # type: ignore[assignment]
            known[aspect] = sum(active.version.gewicht for active, choice in mine if choice is not None) / weight
    share = {aspect: rules.aspectgewichten[aspect] for aspect in aspects}
    whole = sum(share.values())
    total: Trio = tuple(sum(share[a] * aspects[a][k] for a in aspects) / whole for k in range(3))  # type: ignore[assignment]
    coverage = 100 * sum(share[a] * known[a] for a in aspects) / whole
    made = [choice for _, choice in choices.values() if choice is not None]
    return Outcome(
        total=total,
        coverage=coverage,
        aspects=aspects,
        oordeel=verdict(total, coverage, aspects, made, rules),
        homes=homes,
        layers=layers,
        route=route,
        against=homes_against(facts, rules),
        below=homes_below(facts, rules),
    )


def verdict(total: Trio, coverage: float, aspects: dict[Aspect, Trio], made: list[Choice], rules: Rules) -> Oordeel:
    """Give the verdict of method section 4, in the order in which it is written there."""
    weakest = min(trio[1] for trio in aspects.values())
    soft = any(choice.blokkade is Blokkade.ZACHT for choice in made)

    def reaches(number: float, limit: str) -> bool:
        return round(number, 9) >= rules.parameter(f"oordeel.{limit}").likely

    if any(choice.blokkade is Blokkade.HARD for choice in made):
        return Oordeel.NU_NIET
    two_classes_apart = not reaches(total[0], "mits_totaal") and reaches(total[2], "kansrijk_totaal")
    if not reaches(coverage, "dekking_minimaal") or two_classes_apart:
        return Oordeel.ONVOLDOENDE
    if reaches(total[1], "kansrijk_totaal") and reaches(weakest, "kansrijk_aspect") and not soft:
        return Oordeel.KANSRIJK
    if reaches(total[1], "mits_totaal") and reaches(weakest, "mits_aspect"):
        return Oordeel.KANSRIJK_MITS
    return Oordeel.COMPLEX


def points(active: ActiveCriterion, choice: Choice | None) -> Trio:
    """Return the points three ways; unknown runs from the lowest to the highest."""
    if choice is not None:
        return (choice.punten, choice.punten, choice.punten)
    every = [option.punten for option in active.version.keuzes]
    prior = active.version.prior
    return (min(every), (min(every) + max(every)) / 2 if prior is None else prior, max(every))


def chosen(active: ActiveCriterion, facts: Building, rules: Rules) -> Choice | None:
    """Return the choice that holds: a person's answer first, then what the facts say."""
    options = {choice.code: choice for choice in active.version.keuzes}
    if active.id in facts:
        return options[str(facts[active.id])]
    if active.criterion.meting is not None:
        return in_band(active, measure(active.criterion.meting, facts, rules))
    value = facts.get(active.criterion.feit or "")
    if value is None:
        return None
    if FACTS[active.criterion.feit or ""].is_number:
        return in_band(active, float(value))
    return next((choice for choice in options.values() if value in choice.waarden), None)


def in_band(active: ActiveCriterion, value: float | None) -> Choice | None:
    """Return the choice whose band holds the value."""
    if value is None:
        return None
    for choice in active.version.keuzes:
        above = (choice.vanaf is None or value >= choice.vanaf) and (choice.boven is None or value > choice.boven)
        under = (choice.tot is None or value < choice.tot) and (choice.tot_en_met is None or value <= choice.tot_en_met)
        if choice.is_band and above and under:
            return choice
    return None


def measure(name: str, facts: Building, rules: Rules) -> float | None:  # noqa: C901, PLR0911 - one case a measure, as in the method
    """Compute a measure, None when an input is unknown."""

    def p(parameter: str) -> float:
        return rules.parameter(parameter).likely

    def have(*names: str) -> tuple[float, ...] | None:
        return tuple(float(facts[n]) for n in names) if all(n in facts for n in names) else None  # type: ignore[arg-type]

    match name:
        case "hoogteruimte_m":
            if (got := have("max_bouwhoogte_m", "hoogte_m", "lagen")) is None:
                return None
            return round(got[0] - got[1] - (got[2] * p("hoogte.nieuwe_laag_m") + p("hoogte.tussenlaag_m")), 6)
        case "hoogste_vloer_m":
            if (got := have("bouwlagen", "lagen")) is None:
                return None
            return round((got[0] + got[1] - 1) * p("hoogte.bestaande_laag_m") + p("hoogte.tussenlaag_m"), 6)
        case "schaduwmarge_m":
            if (got := have("afstand_buren_m", "hoogte_m", "lagen")) is None:
                return None
            top = got[1] + got[2] * p("hoogte.nieuwe_laag_m") + p("hoogte.tussenlaag_m")
            return round(got[0] - top * p("bezonning.schaduw_per_meter"), 6)
        case "jaren_tot_onderhoud":
            return None if (got := have("groot_onderhoud_jaar")) is None else got[0] - rules.day.year
        case "nieuwe_woningen":
            return None if (got := have("woningen")) is None else got[0]
    raise AssertionError(name)


def derive(facts: Building, rules: Rules) -> Building:
    """Fill gaps with what follows from other facts."""
    facts = dict(facts)
    uses = str(facts.get("gebruiksdoel", ""))
    storey = rules.parameter("afgeleid.laaghoogte_m").likely
    if "woonfunctie" in uses:
        if "aantal_woningen" not in facts and "aantal_verblijfsobjecten" in facts:
            facts["aantal_woningen"] = facts["aantal_verblijfsobjecten"]
        both = "oppervlakte_min" in facts and "oppervlakte_max" in facts
        if "gemiddelde_go_m2" not in facts and both and "," not in uses:
            facts["gemiddelde_go_m2"] = (facts["oppervlakte_min"] + facts["oppervlakte_max"]) / 2  # type: ignore[operator]
    if "bouwlagen" in facts:
        facts.setdefault("hoogte_m", facts["bouwlagen"] * storey)  # type: ignore[operator]
    elif "hoogte_m" in facts:
        facts["bouwlagen"] = max(round(facts["hoogte_m"] / storey), 1)  # type: ignore[operator]
    elif all(name in facts for name in ("aantal_woningen", "gemiddelde_go_m2", "grondvlak_m2")):
        floor = facts["grondvlak_m2"] * rules.parameter("afgeleid.go_deel_van_bvo").likely  # type: ignore[operator]
        storeys = round(facts["aantal_woningen"] * facts["gemiddelde_go_m2"] / floor)  # type: ignore[operator]
        if storeys <= rules.parameter("afgeleid.meeste_bouwlagen").likely:
            facts["bouwlagen"] = max(storeys, 1)
    return facts


def trio(rules: Rules, parameter: str) -> Trio:
    """Return laag, waarschijnlijk and hoog of a parameter."""
    active = rules.parameter(parameter)
    return (active.low, active.likely, active.high)


def layers_on_top(facts: Building, rules: Rules) -> Trio:
    """Return the layers: the least of what the era, a calculation, the plan and the wish allow."""
    bouwjaar = facts.get("bouwjaar")
    if bouwjaar is None:
        low, likely, high = trio(rules, "lagen.bouwjaar_onbekend")
    elif bouwjaar < 1945:
        low, likely, high = trio(rules, "lagen.voor_1945")
    elif bouwjaar < 1965:
        low, likely, high = trio(rules, "lagen.van_1945_tot_1965")
    elif bouwjaar < 1992:
        low, likely, high = trio(rules, "lagen.van_1965_tot_1992")
    else:
        low, likely, high = trio(rules, "lagen.vanaf_1992")
    proven = rules.parameter("lagen.met_berekening").likely
    calculated = facts.get("bou.draagkracht") == "reserve_berekend"
    if calculated:
        low, likely, high = max(low, 1), max(likely, 1), max(high, proven)
    if facts.get("bou.draagkracht") == "tekort":
        low = 0
    if (wish := facts.get("extra_bouwlagen")) is not None:
        low, likely, high = (min(high, wish),) * 3 if calculated else (min(low, wish), min(likely, wish), min(high, wish))
    if "pla.bouwhoogte" not in facts and "max_bouwhoogte_m" in facts and "hoogte_m" in facts:
        room = facts["max_bouwhoogte_m"] - facts["hoogte_m"] - rules.parameter("hoogte.tussenlaag_m").likely  # type: ignore[operator]
        fits = max(math.floor(round(room / rules.parameter("hoogte.nieuwe_laag_m").likely, 8)), 0)
        low, likely = min(low, fits), min(likely, fits)
    if facts.get("pla.bouwhoogte") == "harde_grens":
        return (0, 0, 0)
    return (low, likely, high)


def homes_on_top(facts: Building, rules: Rules, layers: Trio) -> tuple[Trio, str]:
    """Return the homes on the roof by the first route that has its inputs."""
    access = facts.get("ontsluiting")
    small, usual, large = unit_size(facts, rules)
    usable, shape = trio(rules, "woningen.bruikbaar_dak"), trio(rules, "woningen.vormfactor")
    per_square = (usable[0] * shape[0] / large, usable[1] * shape[1] / usual, usable[2] * shape[2] / small)
    if access == "galerij" and facts.get("bloklengte_m", 0) > 0:  # type: ignore[operator]
        narrow, normal, wide = trio(rules, "woningen.beuk_m")
        length = facts["bloklengte_m"]
        per_layer, route = (length / wide, length / normal, length / narrow), "galerij"  # type: ignore[operator]
    elif access in (None, "portiek") and facts.get("aantal_portieken", 0) > 0:  # type: ignore[operator]
        per_layer, route = times(facts["aantal_portieken"], trio(rules, "woningen.per_portiek")), "portiek"
    elif facts.get("dakoppervlak_plat_m2", 0) > 0:  # type: ignore[operator]
        per_layer, route = times(facts["dakoppervlak_plat_m2"], per_square), "dak"
    elif "grondvlak_m2" in facts:
        flat = trio(rules, "woningen.plat_deel_van_grondvlak")
        roof = times(facts["grondvlak_m2"], flat)
        per_layer, route = (roof[0] * per_square[0], roof[1] * per_square[1], roof[2] * per_square[2]), "grondvlak"
    elif "aantal_woningen" in facts and "bouwlagen" in facts:
        now = facts["aantal_woningen"] / facts["bouwlagen"]  # type: ignore[operator]
        per_layer, route = times(now, trio(rules, "woningen.per_bestaande_laag")), "per bouwlaag"
    else:
        return NOTHING, "onbekend"
    return whole((per_layer[0] * layers[0], per_layer[1] * layers[1], per_layer[2] * layers[2])), route


def homes_against(facts: Building, rules: Rules) -> Trio:
    """Return the homes against head façades: at most one a storey on each side."""
    if "vrije_kopgevels" not in facts:
        return NOTHING
    low, likely, high = trio(rules, "woningen.per_kopgevel")
    if (storeys := facts.get("bouwlagen")) is not None:
        low, likely, high = min(low, storeys), min(likely, storeys), storeys
    return whole(times(facts["vrije_kopgevels"], (low, likely, high)))


def homes_below(facts: Building, rules: Rules) -> Trio:
    """Return the homes in the plinth: by garage boxes when there are any, else by floor area."""
    boxes, plinth = facts.get("garageboxen"), facts.get("plint_m2")
    if boxes is not None and (boxes > 0 or plinth is None):  # type: ignore[operator]
        few, usual, many = trio(rules, "woningen.garageboxen_per_woning")
        return whole((boxes / many, boxes / usual, boxes / few))  # type: ignore[operator]
    if plinth is None:
        return NOTHING
    small, usual, large = unit_size(facts, rules)
    usable = times(plinth, trio(rules, "woningen.plint_bruikbaar"))
    return whole((usable[0] / large, usable[1] / usual, usable[2] / small))


def unit_size(facts: Building, rules: Rules) -> Trio:
    """Return the floor area of a new home."""
    return trio(rules, f"woningen.go_{facts.get('nieuw_woningtype', 'onbekend')}_m2")


def times(number: object, three: Trio) -> Trio:
    """Multiply a trio."""
    return (float(number) * three[0], float(number) * three[1], float(number) * three[2])  # type: ignore[arg-type]


def whole(three: Trio) -> Trio:
    """Round down to whole homes; what is a whole home but for the last binary digit counts."""
    return (math.floor(three[0] + 1e-9), math.floor(three[1] + 1e-9), math.floor(three[2] + 1e-9))
