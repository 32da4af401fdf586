"""A business case as the command line tells it: Dutch text for people, one JSON object for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.faults import CaseError
from quickscan.domain.finance.filling import Assumption
from quickscan.domain.finance.granting import SubsidyOutcome
from quickscan.domain.finance.measures import SOLUTION_TEXTS, Solutions
from quickscan.domain.finance.reading import Case
from quickscan.domain.finance.rentpoints import KIND_NAMES, Points, PointsError, TypicalHome, check_rents
from quickscan.domain.finance.sensitivity import Swing
from quickscan.domain.finance.subsidies import Uitkomst
from quickscan.domain.parking import Balance, ParkingInputError
from quickscan.domain.rules import Rules

WIDTH = 46


def euro(amount: float) -> str:
    """Return whole euros as they are written in Dutch, with a real minus."""
    if math.isnan(amount):
        return "geen"
    told = f"{abs(round(amount)):,}".replace(",", ".")
    return f"−€ {told}" if round(amount) < 0 else f"€ {told}"


def cents(amount: float) -> str:
    """Return euros and cents as they are written in Dutch."""
    if math.isnan(amount):
        return "geen"
    return "€ " + f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def percent(share: float, digits: int = 2) -> str:
    """Return a part of one as a percentage."""
    return f"{share * 100:.{digits}f}".replace(".", ",") + " %"


def plain(number: float) -> str:
    """Return a number with a comma and without needless zeros."""
    return (
        (f"{number:,.0f}" if number == round(number) else f"{number:,.6g}").replace(",", " ").replace(".", ",").replace(" ", ".")
    )


def describe_case(result: CaseResult, rules: Rules, *, name: str) -> Iterator[str]:
    """Tell the outcome, where it comes from, how sure it is, and what was filled in for the reader."""
    base = result.base
    homes = f"{plain(float(base.homes[0]))} nieuwe {'woning' if base.homes[0] == 1 else 'woningen'}"
    yield f"Businesscase {result.name or name}: {homes}, peildatum {rules.day.isoformat()}, normenset {rules.fingerprint}."
    yield ""
    yield from _headline(result)
    if result.remarks:
        yield from ("", *(f"Let op: {remark}" for remark in result.remarks))
    yield from ("", "Opbouw van de NCW van het hele plan:")
    yield from (f"  {step.label:<{WIDTH}} {euro(step.amount):>16}" for step in result.steps)
    yield f"  {'Samen':<{WIDTH}} {euro(float(base.total[0])):>16}"
    if len(result.scenarios) > 1:
        yield from ("", "Scenario's (NCW per nieuwe woning, NCW van het hele plan, investering):")
        for scenario in result.scenarios:
            worth = scenario.worth
            amounts = (float(worth.per_home[0, 0]), float(worth.total[0, 0]), scenario.investment)
            yield f"  {scenario.name}: " + ", ".join(euro(amount) for amount in amounts)
    yield from _alternatives(result)
    yield from ("", "Gevoeligheid (NCW per nieuwe woning):")
    yield from (f"  {_told(swing)}" for swing in result.table)
    yield from ("", "Wat het meest uitmaakt binnen de bandbreedte:")
    yield from (f"  {_told(swing)}" for swing in result.tornado)
    low, middle, high = (euro(float(amount)) for amount in result.spread.per_home[:, 0])
    yield from ("", f"Onzekerheid ({plain(result.spread.draws)} trekkingen, zaad {result.spread.seed}): NCW per nieuwe woning")
    yield f"  P10 {low}, P50 {middle}, P90 {high}; kans op een sluitende case {percent(float(result.spread.closes[0]), 0)}."
    yield from ("", *_subsidies(result.subsidies))
    if result.parking is not None:
        yield from ("", *_parking(result.parking))
    defaults = [each for each in result.assumptions if each.origin != "zaak"]
    if defaults:
        yield from ("", "Niet ingevuld, dus uit de normenset:")
        yield from (f"  {_default(each)}" for each in defaults)


def _headline(result: CaseResult) -> Iterator[str]:
    base = result.base
    rate = percent(float(base.irr.rate[0])) if not math.isnan(base.irr.rate[0]) else _solutions(result)
    back = float(base.payback[0])
    rows = [
        ("NCW per nieuwe woning", euro(float(base.per_home[0]))),
        ("NCW van het hele plan", euro(float(base.total[0]))),
        ("Onrendabele top per nieuwe woning", euro(float(base.unprofitable_top[0]))),
        ("Investering met btw", euro(float(base.investment[0]))),
        ("Investering zonder btw", euro(result.investment_without_btw)),
        ("IRR", rate),
        ("Terugverdientijd", "nooit" if math.isnan(back) else f"{back:.1f} jaar".replace(".", ",")),
        ("Break-evenhuur per maand", cents(float(base.break_even_rent[0]))),
        ("Break-even bouwkosten zonder btw, per woning", euro(float(base.break_even_build[0]))),
    ]
    if base is not result.bare:
        rows.insert(1, ("  zonder subsidie", euro(float(result.bare.per_home[0]))))
    return (f"  {label:<{WIDTH}} {value:>16}" for label, value in rows)


def _solutions(result: CaseResult) -> str:
    return SOLUTION_TEXTS[Solutions(int(result.base.irr.solutions[0]))]


def _alternatives(result: CaseResult) -> Iterator[str]:
    if not result.alternatives:
        return
    yield from ("", "Alternatieven, over dezelfde jaren (woningen; kosten, opbrengsten, resultaat; kosten per woning per jaar):")
    for each in result.alternatives:
        amounts = ", ".join(euro(amount) for amount in (each.costs, each.income, each.result))
        yield f"  {each.name}: {plain(each.homes)}; {amounts}; {euro(each.per_home_per_year)}"


def _told(swing: Swing) -> str:
    ends = f"{plain(swing.low)} of {plain(swing.high)} ({swing.unit})"
    return f"{swing.label}: {ends} geeft {euro(swing.at_low)} of {euro(swing.at_high)}"


def _subsidies(outcomes: Sequence[SubsidyOutcome]) -> Iterator[str]:
    shown = [each for each in outcomes if each.state is not Uitkomst.NEE]
    yield "Subsidies:" if shown else "Subsidies: geen enkele regeling past."
    for outcome in shown:
        if outcome.soort == "bijdrage":
            yield f"  {outcome.naam}: {euro(outcome.amount_eur)}. {outcome.reason}"
            yield f"    aanvrager: {outcome.aanvrager}; ontvanger: {outcome.ontvanger}. {outcome.window.text}"
        else:
            kind = "toets voor een heel gebied" if outcome.soort == "gebiedstoets" else "hulp, geen geld"
            yield f"  {outcome.naam}: {kind}. Voldoet: {outcome.state}."
        if not outcome.counts:
            yield from (f"    nodig: {text}" for text in outcome.missing)
    others = [each for each in outcomes if each.state is Uitkomst.NEE]
    if others:
        yield "  Past niet:"
        yield from (f"    {each.naam}: {_why_not(each)}" for each in others)


def _why_not(outcome: SubsidyOutcome) -> str:
    if outcome.window.open is Uitkomst.NEE:
        return outcome.window.text
    return next(check.tekst for check, verdict in outcome.checks if verdict is Uitkomst.NEE) + " Dat is hier niet zo."


def _parking(balance: Balance) -> Iterator[str]:
    yield f"Parkeren: vraag {plain(round(balance.demand, 2))} plekken (norm {plain(round(balance.gross, 2))})."
    if balance.shortage is None:
        yield "  Niet geteld wat er vrij is; vul capaciteit en bezet in voor een oordeel."
    else:
        yield f"  vrij {plain(round(balance.free or 0.0, 2))}, tekort {plain(round(balance.shortage, 2))}: {balance.code}"
    yield from (f"  {measure.sentence}" for measure in balance.measures)


def _default(each: Assumption) -> str:
    value = each.value if isinstance(each.value, str) else "; ".join(plain(each_year) for each_year in np.atleast_1d(each.value))
    origin = each.source or each.origin
    return f"{each.shown} = {value} ({each.unit}); {origin}{' (aanname)' if each.assumed else ''}"


def _number(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(number)


def faults_as_json(error: CaseError | ParkingInputError) -> dict[str, object]:
    """Return the faults of a case."""
    if isinstance(error, ParkingInputError):
        found = [{"sleutel": f"parkeren.{error.key}", "waarde": None, "probleem": error.problem, "advies": error.advice}]
    else:
        found = [
            {
                "sleutel": fault.key,
                "waarde": None if fault.value is None else str(fault.value),
                "probleem": fault.problem,
                "advies": fault.advice,
            }
            for fault in error.faults
        ]
    return {"fouten": found}


def case_as_json(result: CaseResult, rules: Rules) -> dict[str, object]:
    """Return the outcome with the keys that `businesscase --json` promises; money in euros, null where there is no number."""
    base = result.base
    return {
        "naam": result.name,
        "peildatum": rules.day.isoformat(),
        "normenset": rules.fingerprint,
        "subsidieset": result.schemes,
        "ncw_per_woning_eur": _number(base.per_home[0]),
        "ncw_totaal_eur": _number(base.total[0]),
        "irr": _number(base.irr.rate[0]),
        "break_even_huur_eur_per_maand": _number(base.break_even_rent[0]),
        "break_even_bouwkosten_eur_ex_btw": _number(base.break_even_build[0]),
        "defaults": {each.shown: _assumption(each) for each in result.assumptions if each.origin != "zaak"},
        "irr_toelichting": _solutions(result),
        "ncw_nieuwe_woningen_eur": _number(base.new_homes[0]),
        "ncw_per_woning_zonder_subsidie_eur": _number(result.bare.per_home[0]),
        "onrendabele_top_per_woning_eur": _number(base.unprofitable_top[0]),
        "nieuwe_woningen": _number(base.homes[0]),
        "investering_eur_incl_btw": _number(base.investment[0]),
        "investering_eur_ex_btw": _number(result.investment_without_btw),
        "terugverdientijd_jaren": _number(base.payback[0]),
        "maatregelen": sorted(result.measures),
        "ingevuld": {each.shown: _assumption(each) for each in result.assumptions if each.origin == "zaak"},
        "posten": {step.name: _number(step.amount) for step in result.steps},
        "kasstroom_eur": [_number(amount) for amount in result.flows],
        "scenarios": [
            {
                "naam": scenario.name,
                "ncw_per_woning_eur": _number(scenario.worth.per_home[0, 0]),
                "ncw_totaal_eur": _number(scenario.worth.total[0, 0]),
                "investering_eur_incl_btw": _number(scenario.investment),
                "stappen_vanaf_vorige": {step.name: _number(step.amount) for step in steps},
            }
            for scenario, steps in zip(result.scenarios, [(), *result.between], strict=False)
        ],
        "alternatieven": [
            {
                "naam": each.name,
                "woningen": _number(each.homes),
                "kosten_eur": _number(each.costs),
                "opbrengsten_eur": _number(each.income),
                "resultaat_eur": _number(each.result),
                "kosten_per_woning_per_jaar_eur": _number(each.per_home_per_year),
            }
            for each in result.alternatives
        ],
        "gevoeligheid": [_swing(swing) for swing in result.table],
        "tornado": [_swing(swing) for swing in result.tornado],
        "onzekerheid": {
            "trekkingen": result.spread.draws,
            "zaad": result.spread.seed,
            "kans_sluitend": _number(result.spread.closes[0]),
            **{
                f"ncw_per_woning_{name}_eur": _number(amount)
                for name, amount in zip(("p10", "p50", "p90"), result.spread.per_home[:, 0], strict=True)
            },
        },
        "subsidies": [_subsidy_as_json(outcome) for outcome in result.subsidies],
        "parkeren": None if result.parking is None else _parking_as_json(result.parking),
        "opmerkingen": list(result.remarks),
    }


def _assumption(each: Assumption) -> dict[str, object]:
    return {
        "waarde": list(each.value) if isinstance(each.value, tuple) else each.value,
        "eenheid": each.unit,
        "herkomst": each.origin,
        "standaard": each.standard,
        "parameter": each.parameter,
        "bron": each.source,
        "artikel": each.article,
        "aanname": each.assumed,
        "toelichting": each.note,
    }


def _swing(swing: Swing) -> dict[str, object]:
    return {
        "sleutel": swing.key,
        "naam": swing.label,
        "eenheid": swing.unit,
        "laag": swing.low,
        "hoog": swing.high,
        "ncw_per_woning_bij_laag_eur": _number(swing.at_low),
        "ncw_per_woning_bij_hoog_eur": _number(swing.at_high),
    }


def _subsidy_as_json(outcome: SubsidyOutcome) -> dict[str, object]:
    return {
        "id": outcome.id,
        "naam": outcome.naam,
        "gever": outcome.gever,
        "soort": outcome.soort,
        "aanvrager": outcome.aanvrager,
        "ontvanger": outcome.ontvanger,
        "voldoet": str(outcome.state),
        "voorwaarden": [{"tekst": check.tekst, "feit": check.feit, "voldaan": str(verdict)} for check, verdict in outcome.checks],
        "venster": {
            "open": str(outcome.window.open),
            "niet_eerder_dan": outcome.window.after.isoformat() if outcome.window.after else None,
            "uiterlijk": outcome.window.before.isoformat() if outcome.window.before else None,
            "tekst": outcome.window.text,
        },
        "budget": str(outcome.budget),
        "doorgifte": outcome.passed_on,
        "bedrag_eur": outcome.amount_eur,
        "telt_mee": outcome.counts,
        "reden": outcome.reason,
        "nodig": list(outcome.missing),
        "criteria": {criterion.naam: criterion.gewicht for criterion in outcome.criteria},
        "bron": outcome.source,
        "artikel": outcome.article,
        "aanname": outcome.assumed,
    }


def _parking_as_json(balance: Balance) -> dict[str, object]:
    return {
        "vraag_bruto": balance.gross,
        "korting": balance.reduction,
        "korting_begrensd": balance.capped,
        "vraag": balance.demand,
        "vrij": balance.free,
        "gemaakt": balance.made,
        "tekort": balance.shortage,
        "pla.parkeren": balance.code,
        "maatregelen": [
            {"naam": each.name, "aantal": each.amount, "eenheid": each.unit, "tekst": each.sentence} for each in balance.measures
        ],
    }


Counted = tuple[TypicalHome, Points] | PointsError


def _rent_faults(home: TypicalHome, points: Points, case: Case) -> list[str]:
    rents = {key: float(value) for key, value in case.numbers.items() if not isinstance(value, tuple)}
    return [fault.sentence() for fault in check_rents(rents, points, home)]


def points_as_json(found: Counted, case: Case) -> dict[str, object]:
    """Return the huurpunten of a case's home as one object; `fout` when they could not be counted."""
    if isinstance(found, PointsError):
        return {"punten": None, "hoogste_huur_eur_per_maand": None, "fout": str(found)}
    home, points = found
    return {
        "woningtype": home.kind,
        "oppervlakte_m2": home.area_m2,
        "energielabel": home.label,
        "woz_eur": home.woz_eur,
        "punten": points.points,
        "hoogste_huur_eur_per_maand": points.highest_rent,
        "opslag_nieuwbouw": points.surcharge,
        "onderdelen": dict(points.parts),
        "opmerkingen": _rent_faults(home, points, case),
    }


def describe_points(found: Counted, case: Case) -> Iterator[str]:
    """Tell the same as text."""
    yield ""
    if isinstance(found, PointsError):
        yield str(found)
        return
    home, points = found
    told = f"Huurpunten van een {KIND_NAMES[home.kind]} van {plain(home.area_m2)} m² met label {home.label}"
    yield f"{told}: {plain(points.points)}; hoogste huur {cents(points.highest_rent)} per maand."
    if home.woz_eur is None:
        yield "Zonder WOZ-waarde telt de laagste die de wet kent; de uitkomst is dan aan de voorzichtige kant."
    yield from (f"Let op: {fault}" for fault in _rent_faults(home, points, case))
