"""One entry for a business case: `run_case` for one plan with everything a screen shows, `run_many` for a portfolio.

Money is in euros, positive for what comes in. The headline is per new home: the plan as the new homes bear it, with shared
posts spread over all dwellings (`Worth.new_homes`); the total is the whole plan. Break-evens and the internal rate belong to the
headline: at the break-even rent the net present value per new home is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from quickscan.domain.finance.filling import Assumption, change, fill_case, fill_in, list_assumptions
from quickscan.domain.finance.flows import Floats
from quickscan.domain.finance.granting import SubsidyOutcome, add_months, judge_subsidies, total_of
from quickscan.domain.finance.inputs import SEGMENTS, SHARING
from quickscan.domain.finance.measures import IrrOutcome, Solutions, irr, payback, zero_of_line
from quickscan.domain.finance.posts import ALL, MONTHS, NONE, SAVED_WORKS, Maatregel, Values, in_time, make_posts
from quickscan.domain.finance.reading import Case
from quickscan.domain.finance.scenarios import Scenario, Step, invest, make_scenarios, make_steps, measures_in
from quickscan.domain.finance.sensitivity import Swing, make_table, make_tornado
from quickscan.domain.finance.subsidies import SubsidyBook
from quickscan.domain.finance.tco import Alternative, compare_alternatives
from quickscan.domain.finance.uncertainty import Spread, find_bands, simulate
from quickscan.domain.finance.valuation import HALF, Worth, lay_out, lead_of, value_plan
from quickscan.domain.parking import Balance, read_parking
from quickscan.domain.rules import Rules

RENT, BUILD = "woning.huur_eur_per_maand", "woning.bouwkosten_eur_ex_btw"
BIG = 1_000.0  # the other end of the line of which the zero is the break-even; any amount will do
MANY_COLUMNS: tuple[str, ...] = (
    "ncw_per_woning_eur",
    "ncw_totaal_eur",
    "onrendabele_top_eur",
    "investering_eur",
    "irr",
    "irr_oplossingen",
    "terugverdientijd_jaren",
    "break_even_huur_eur_per_maand",
    "break_even_bouwkosten_eur_ex_btw",
    "nieuwe_woningen",
    "ncw_per_woning_p10_eur",
    "ncw_per_woning_p50_eur",
    "ncw_per_woning_p90_eur",
    "kans_sluitend",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The measures per building, each of shape (building,); NaN where there is none."""

    per_home: Floats
    total: Floats
    new_homes: Floats  # the worth of the plan as the new homes bear it
    homes: Floats
    investment: Floats
    irr: IrrOutcome
    payback: Floats
    break_even_rent: Floats
    break_even_build: Floats

    @property
    def unprofitable_top(self) -> Floats:
        """The onrendabele top per new home: the shortage, or 0."""
        return np.maximum(-self.per_home, 0.0)


@dataclass(frozen=True)
class CaseResult:
    """Everything that one case gives. `base` counts only subsidies that may be counted on; `bare` counts none."""

    name: str
    base: Headline
    bare: Headline
    measures: frozenset[Maatregel]
    investment_without_btw: float
    assumptions: tuple[Assumption, ...]
    scenarios: tuple[Scenario, ...]
    steps: tuple[Step, ...]  # from nothing to the whole plan
    between: tuple[tuple[Step, ...], ...]  # from each scenario to the next
    alternatives: tuple[Alternative, ...]
    subsidies: tuple[SubsidyOutcome, ...]
    table: tuple[Swing, ...]
    tornado: tuple[Swing, ...]
    spread: Spread
    flows: Floats  # per year: the investment first, then each year, as the new homes bear it
    parking: Balance | None
    remarks: tuple[str, ...]
    schemes: str  # fingerprint of the subsidies; that of the rules stands with the rules


def measure(values: Values, measures: frozenset[Maatregel] = ALL, *, contribution: Floats = NONE) -> Headline:
    """Return the headline of every building, from values without draws."""
    worth = value_plan(values, measures, contribution=contribution)
    size = len(values["woning.aantal"])
    flows = _flows(values, measures, worth, contribution)
    return Headline(
        per_home=_column(worth.per_home, size),
        total=_column(worth.total, size),
        new_homes=_column(worth.new_homes, size),
        homes=_column(worth.homes, size),
        investment=-_investment(values, measures, size),
        irr=_yearly_irr(flows, values),
        payback=payback(_per_year(flows), first=lead_of(values)),
        break_even_rent=_zero(values, RENT, measures, contribution),
        break_even_build=_zero(values, BUILD, measures, contribution),
    )


def _column(array: Floats, size: int) -> Floats:
    return np.array(np.broadcast_to(array, (size, 1))[:, 0])


def _investment(values: Values, measures: frozenset[Maatregel], size: int) -> Floats:
    found = np.zeros(size)
    for post in make_posts(values, measures):
        if post.group == "investering":
            found += _column(post.amount, size)
    return found


def _flows(values: Values, measures: frozenset[Maatregel], worth: Worth, contribution: Floats) -> Floats:
    part = np.broadcast_to(worth.part, (len(values["woning.aantal"]), 1))
    flows = lay_out(values, make_posts(values, measures), part=part)
    flows[:, 0] += (worth.homes * contribution)[:, 0]
    return flows


def _yearly_irr(flows: Floats, values: Values) -> IrrOutcome:
    return irr(flows, step=HALF, lead=lead_of(values))


def _per_year(flows: Floats) -> Floats:
    """Return flows per year from flows per half year: at once, then the middle and the end of each year together."""
    later = flows[:, 1:].reshape(len(flows), flows.shape[1] // 2, 2).sum(axis=2)
    return np.concatenate([flows[:, :1], later], axis=1)


def _zero(values: Values, key: str, measures: frozenset[Maatregel], contribution: Floats) -> Floats:
    """Return the value of a number at which the new homes break even; NaN when there is none above 0."""
    size = len(values["woning.aantal"])
    at_zero, at_big = (
        _column(value_plan(change(values, key, end), measures, contribution=contribution).new_homes, size) for end in (0.0, BIG)
    )
    place = zero_of_line(at_zero, at_big) * BIG
    return np.where(place >= 0, place, np.nan)


def run_case(
    case: Case,
    rules: Rules,
    subsidies: SubsidyBook,
    *,
    workspace: Mapping[str, float] | None = None,
) -> CaseResult:
    """Work out one case on the day of the rules. `workspace` holds a workspace's own values by key, over the rulebook's."""
    values = fill_case(case, rules, workspace=workspace)
    measures = measures_in(values)
    bare = measure(values, measures)
    judged = _judge(case, subsidies, rules, values, bare, measures)
    received = total_of(judged)
    homes = float(bare.homes[0])
    contribution = np.full((1, 1), received / homes) if homes and received else NONE
    base = measure(values, measures, contribution=contribution) if received else bare
    bands = find_bands(values, rules, segment=case.segment, given=case.ranges)
    draws, seed = (int(values[f"onzekerheid.{name}"][0, 0]) for name in ("trekkingen", "zaad"))
    scenarios = make_scenarios(values, contribution=contribution)
    made = float(values["extra.parkeerplaatsen"][0, 0])
    parking = read_parking(case.parking, new_homes=homes, rules=rules, made=made) if case.parking else None
    worth = value_plan(values, measures, contribution=contribution)
    return CaseResult(
        name=case.name,
        base=base,
        bare=bare,
        measures=measures,
        investment_without_btw=invest(values, measures, with_btw=False),
        assumptions=list_assumptions(case, values, rules, workspace=workspace),
        scenarios=scenarios,
        steps=make_steps(values, measures, contribution=contribution),
        between=tuple(
            make_steps(values, after.measures, contribution=contribution, without=before.measures)
            for before, after in pairwise(scenarios)
        ),
        alternatives=compare_alternatives(values, measures, contribution=contribution),
        subsidies=judged,
        table=make_table(values, rules, measures=measures, contribution=contribution),
        tornado=make_tornado(values, bands, measures=measures, contribution=contribution),
        spread=simulate(values, bands, rules, draws=draws, seed=seed, measures=measures, contribution=contribution),
        flows=_per_year(_flows(values, measures, worth, contribution))[0],
        parking=parking,
        remarks=tuple(_remark(case, rules, values, base)),
        schemes=subsidies.fingerprint,
    )


def _judge(
    case: Case, book: SubsidyBook, rules: Rules, values: Values, bare: Headline, measures: frozenset[Maatregel]
) -> tuple[SubsidyOutcome, ...]:
    social = case.segment.startswith("sociaal") or case.segment == "jongeren"
    facts = {"sociale_huur": social, "betaalbaar": case.segment != "vrij", "segment": case.segment, **case.facts}
    start, delay = case.start, float(values["planning.vertraging_maanden"][0, 0])
    return judge_subsidies(
        book,
        day=rules.day,
        facts=facts,
        homes=float(bare.homes[0]),
        costs_eur=invest(values, measures),
        result_eur=float(bare.new_homes[0]),
        start=add_months(start, delay) if start else None,
        wanted=case.subsidies,
        states=case.subsidy_states,
    )


def _remark(case: Case, rules: Rules, values: Values, base: Headline) -> list[str]:
    remarks = []
    limit = SEGMENTS[case.segment].limit
    rent = float(base.break_even_rent[0])
    if limit and rent > rules.parameter(limit).likely:
        told = f"{rules.parameter(limit).likely:.2f}".replace(".", ",")
        remarks.append(
            f"De break-evenhuur ligt boven de grens van € {told} voor dit segment: met huur alleen sluit dit plan niet."
        )
    if np.isnan(base.break_even_build[0]):
        remarks.append("Er zijn geen bouwkosten waarbij dit plan sluit: ook zonder bouwkosten is er een tekort.")
    if np.isnan(rent):
        remarks.append("Er is geen break-evenhuur: het plan sluit ook zonder huur, of de huur doet er niet toe.")
    if base.irr.solutions[0] == Solutions.GEEN:
        remarks.append("Er is geen IRR: de inkomsten maken de uitgaven bij geen enkele rente goed.")
    if base.irr.solutions[0] == Solutions.MEER:
        remarks.append("Er is meer dan één IRR, dus geen ervan zegt iets. Kijk naar de NCW.")
    return [*remarks, *_remark_timing(values)]


def _remark_timing(values: Values) -> list[str]:
    """Return what the year of major maintenance means for the plan, when works of it were filled in."""
    year = values["mjop.jaar"][0, 0]
    if not any(values[f"mjop.{code}_eur_ex_btw"][0, 0] for code in SAVED_WORKS):
        return []
    after, delay = values["mjop.over_jaren"], values["planning.vertraging_maanden"] / MONTHS
    if in_time(after, delay)[0, 0]:
        return []
    told = f"in {year:.0f}" if year else "eerder"
    problem = f"Het groot onderhoud staat {told} gepland, vóór de start van de bouw: het werk dat zou vervallen, telt niet mee."
    return [f"{problem} Haal de bouw naar voren, of schuif het onderhoud op."]


def run_many(
    frame: pd.DataFrame,
    rules: Rules,
    *,
    workspace: Mapping[str, float] | None = None,
    segments: Sequence[str] | None = None,
    sharing: str = SHARING[0],
    contribution: Floats | None = None,
    draws: int | None = None,
    keys: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Work out every row of a frame and return a frame with the same index and MANY_COLUMNS.

    Columns of `frame` are keys (`woning.aantal`, `lift.aantal`, …), NaN for what is left out; `contribution` is a subsidy per new
    home per row; `keys` numbers the buildings for the draws (the order when left out); `draws` 0 leaves the spread out.
    """
    values = fill_in(frame, rules, workspace=workspace, segments=segments, sharing=sharing)
    given = NONE if contribution is None else np.asarray(contribution, dtype=float).reshape(-1, 1)
    head = measure(values, contribution=given)
    wanted = int(rules.parameter("onzekerheid.trekkingen").likely) if draws is None else draws
    spread = np.full((3, len(frame)), np.nan)
    closes = np.full(len(frame), np.nan)
    if wanted and len(frame):
        seed = int(rules.parameter("onzekerheid.zaad").likely)
        found = simulate(values, find_bands(values, rules), rules, draws=wanted, seed=seed, keys=keys, contribution=given)
        spread, closes = found.per_home, found.closes
    columns = (
        head.per_home,
        head.total,
        head.unprofitable_top,
        head.investment,
        head.irr.rate,
        head.irr.solutions,
        head.payback,
        head.break_even_rent,
        head.break_even_build,
        head.homes,
        *spread,
        closes,
    )
    return pd.DataFrame(dict(zip(MANY_COLUMNS, columns, strict=True)), index=frame.index)
