"""The plan of a building: one by one and in parallel side by side, what moves it, and the latest start of every step.

What *counts* is the plan with the lessons that are chosen; that may be none. Beside it always stands the same plan one
by one, and when no lesson is chosen, what all of them would do. A *swing* is how much earlier or later the first tenant
moves in (P50, in months) when one thing goes otherwise: an answer, the duration of a step, a lesson.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from quickscan.domain.columns import Codes, Floats
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.schedule.calendar import Calendar
from quickscan.domain.schedule.effects import CHAIN, MONTH, PLACE, Effects, read_effects, shifting, usual_months
from quickscan.domain.schedule.network import (
    Network,
    draw_parts,
    find_latest,
    make_network,
    percentiles,
    run,
    simulate,
)
from quickscan.domain.schedule.settings import PlanSettings
from quickscan.domain.terms import Interventie

SWING_DRAWS = 2_000  # per variant: the swings are in tenths of months
LEAST_SWING = 0.4  # months; less is not told
SERIAL: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its luck: in 10, 50 and 80 of 100 draws it is there by then."""

    early: date
    likely: date
    late: date


@dataclass(frozen=True, slots=True)
class Bar:
    """One step (or the count of nature) on the time line."""

    step: int
    name: str
    start: Moment
    end: Moment


@dataclass(frozen=True)
class Plan:
    """One way to plan a building."""

    lessons: frozenset[str]
    permit: Moment
    building: Moment
    tenant: Moment
    bars: tuple[Bar, ...]
    nature: Bar | None
    months: float  # from the start to the first tenant (P50)


@dataclass(frozen=True, slots=True)
class Swing:
    """How many months earlier or later the first tenant moves in when one thing goes otherwise; both are 0 or more."""

    kind: str  # "antwoord", "stap" or "les"
    key: str  # the criterion, step or lesson
    name: str
    earlier: float
    later: float
    known: bool = True  # False: nobody answered, so it can still go both ways
    now: str = ""  # the choice that was made
    best: str = ""
    delay: float = 0.0  # months that the answer costs beside one that neither costs nor wins time
    nature: bool = False  # it is about counting nature, which the plan also reckons with while unknown

    @property
    def size(self) -> float:
        return max(self.earlier, self.later)


@dataclass(frozen=True)
class BuildingPlan:
    """All there is to show about the time of one building."""

    settings: PlanSettings
    start: date
    wish: date
    wished: bool  # did somebody wish this day, or is it the P80 of the plan itself?
    chosen: frozenset[str]  # the lessons that count
    seasons: frozenset[str]  # nature to count
    serial: Plan
    parallel: Plan
    swings: tuple[Swing, ...]
    latest: Mapping[int, date]  # per step of the chain, and 8 for the first tenant
    share: float
    chance: float  # of making the wish, 0–1
    usual_months: float  # what the handreiking says, without luck, answers or calendar
    nature_wait: float  # months that counting nature holds up the first tenant (P50)

    @property
    def counts(self) -> Plan:
        """The plan with the lessons that are chosen."""
        return self.parallel if self.chosen else self.serial

    @property
    def saved_months(self) -> float:
        """How much earlier the first tenant moves in with the parallel plan (P50)."""
        return self.serial.months - self.parallel.months

    @property
    def delays(self) -> tuple[Swing, ...]:
        """What was answered and costs time, the worst first."""
        found = [swing for swing in self.swings if (swing.known or swing.nature) and swing.delay >= LEAST_SWING]
        return tuple(sorted(found, key=lambda swing: -swing.delay))

    @property
    def threats(self) -> tuple[Swing, ...]:
        """What nobody knows and can cost time, the worst first."""
        found = [swing for swing in self.swings if swing.kind == "antwoord" and not swing.known and swing.later]
        return tuple(sorted(found, key=lambda swing: -swing.later))


def settle_effects(effects: Effects, settings: Sequence[PlanSettings]) -> tuple[Effects, list[frozenset[str]]]:
    """Return the effects with the nature people chose, and per building the lessons that count."""
    seasons = [found if own.seasons is None else own.seasons for found, own in zip(effects.seasons, settings, strict=True)]
    lessons = [found if own.lessons is None else own.lessons for found, own in zip(effects.lessons, settings, strict=True)]
    protected = effects.protected & np.array([bool(names) for names in seasons], dtype=bool)
    return replace(effects, seasons=tuple(seasons), protected=protected), lessons


def plan_building(
    places: Mapping[str, Codes],
    rules: Rules,
    interventie: Interventie,
    calendar: Calendar,
    *,
    settings: PlanSettings,
    today: date,
    key: int,
) -> BuildingPlan:
    """Return the plan of one building; `places` are its choices, as `scoring.look_at` finds them (one row)."""
    draws, seed = (int(rules.parameter(f"planning.{name}").likely) for name in ("trekkingen", "zaad"))
    share = rules.parameter("planning.zekerheid").likely
    effects, (chosen,) = settle_effects(read_effects(places, rules, interventie), [settings])
    start = settings.start or today
    every = frozenset(lesson.id for lesson in rules.planning.lessen)
    pair = [SERIAL, chosen or every]
    network = make_network(
        effects.take([0, 0]), rules, calendar, starts=[calendar.number(start)] * 2, keys=[key] * 2, lessons=pair
    )
    serial, parallel, tenants = _run_both(network, rules, calendar, pair, draws=draws, seed=seed)
    counting = network.take([1 if chosen else 0])
    ordered = np.sort(tenants[1 if chosen else 0])
    wish = settings.wish or (parallel if chosen else serial).tenant.late
    made = float(np.searchsorted(ordered, calendar.number(wish) + 1)) / draws
    latest = find_latest(counting, calendar, [calendar.number(wish)], share=share, draws=draws, seed=seed)[:, 0]
    return BuildingPlan(
        settings=settings,
        start=start,
        wish=wish,
        wished=settings.wish is not None,
        chosen=chosen,
        seasons=effects.seasons[0],
        serial=serial,
        parallel=parallel,
        swings=find_swings(places, rules, interventie, calendar, settings=settings, start=start, key=key, seed=seed),
        latest={step: calendar.day(number) for step, number in zip((*CHAIN, 8), latest, strict=True)},
        share=share,
        chance=made,
        usual_months=float(usual_months(rules).sum()),
        nature_wait=_find_nature_wait(counting, calendar, draws=draws, seed=seed),
    )


def _find_nature_wait(network: Network, calendar: Calendar, *, draws: int, seed: int) -> float:
    """Return how many months later the first tenant moves in because nature is counted (P50)."""
    if (network.counting < 0).all():
        return 0.0
    free = replace(network, counting=np.full_like(network.counting, -1), protected=np.zeros_like(network.protected))
    with_it, without = (simulate(each, calendar, draws=draws, seed=seed).tenant[1, 0] for each in (network, free))
    return float(max(with_it - without, 0.0)) / MONTH


def _run_both(
    network: Network, rules: Rules, calendar: Calendar, lessons: Sequence[frozenset[str]], *, draws: int, seed: int
) -> tuple[Plan, Plan, Floats]:
    names = {step.nummer: step.naam for step in rules.stappen}
    for _, some, durations in draw_parts(network, draws=draws, seed=seed):  # two buildings always fit in one part
        course = run(some, durations, calendar)
        starts = [percentiles(days) for days in course.starts]
        ends = [percentiles(days) for days in course.ends]
        counted = None if course.counted is None else percentiles(course.counted)
        milestones = [percentiles(days) for days in (course.permit, course.building, course.tenant)]
        tenants = np.asarray(course.tenant, dtype=float)
    plans = []
    after = rules.parameter("planning.stap_8_maanden")
    care = np.array([after.low, after.likely, after.high]) * MONTH

    def moment(numbers: Floats) -> Moment:
        return Moment(*(calendar.day(number) for number in numbers))

    for row, chosen in enumerate(lessons):
        tenant, first = milestones[2][:, row], starts[0][:, row]
        bars = [Bar(1, names[1], moment(first), moment(ends[0][:, row])), Bar(2, names[2], moment(first), moment(tenant))]
        bars += [
            Bar(step, names[step], moment(starts[PLACE[step]][:, row]), moment(ends[PLACE[step]][:, row])) for step in CHAIN[1:]
        ]
        bars.append(Bar(8, names[8], moment(tenant), moment(tenant + care)))
        nature = None
        if counted is not None and network.counting[row] >= 0:
            nature = Bar(3, "Natuur tellen", moment(starts[PLACE[3]][:, row]), moment(counted[:, row]))
        months = float(tenant[1] - network.start[row, 0]) / MONTH
        permit, building = (moment(days[:, row]) for days in milestones[:2])
        plans.append(Plan(chosen, permit, building, moment(tenant), tuple(bars), nature, months))
    return plans[0], plans[1], tenants


def find_swings(
    places: Mapping[str, Codes],
    rules: Rules,
    interventie: Interventie,
    calendar: Calendar,
    *,
    settings: PlanSettings,
    start: date,
    key: int,
    seed: int,
) -> tuple[Swing, ...]:
    """Return what moves the first tenant, the largest first; all variants are drawn with the same luck."""
    base_effects, (chosen,) = settle_effects(read_effects(places, rules, interventie), [settings])
    # What the lessons do is told lesson by lesson.
    criteria = [
        (active, unknown)
        for active, unknown in shifting(rules, interventie)
        if not any(choice.lessen for choice in active.version.keuzes)
    ]
    variants = [(active, place) for active, unknown in criteria for place in range(unknown)]
    size = 1 + len(variants)
    repeated = {name: np.repeat(codes[:1], size) for name, codes in places.items()}
    for row, (active, place) in enumerate(variants, start=1):
        repeated[active.id][row] = place
    effects = read_effects(repeated, rules, interventie)
    natural = {active.id for active, _ in criteria if any(choice.seizoenen for choice in active.version.keuzes)}
    seasons = [base_effects.seasons[0]] * size  # who chose by hand what to count, no longer hears the answer about it
    for row, (active, _) in enumerate(variants, start=1):
        if active.id in natural and settings.seasons is None:
            seasons[row] = effects.seasons[row]
    effects = replace(effects, seasons=tuple(seasons))
    toggled = [chosen ^ {lesson.id} for lesson in rules.planning.lessen]
    whole = effects.take([*range(size), *([0] * (len(toggled) + 2 * len(CHAIN)))])
    network = make_network(
        whole,
        rules,
        calendar,
        starts=[calendar.number(start)] * len(whole),
        keys=[key] * len(whole),
        lessons=[*([chosen] * size), *toggled, *([chosen] * (2 * len(CHAIN)))],
    )
    ends = size + len(toggled)
    for place in range(len(CHAIN)):
        for end, which in ((0, 0), (1, 2)):
            row = ends + 2 * place + end
            network.triangles[row, place] = network.triangles[row, place, which]
    months = simulate(network, calendar, draws=SWING_DRAWS, seed=seed).tenant[1] / MONTH
    moved = months - months[0]
    return _sorted(
        [
            *_answer_swings(places, criteria, moved[1:size]),
            *_lesson_swings(rules, chosen, moved[size:ends]),
            *_step_swings(rules, moved[ends:]),
        ]
    )


def _answer_swings(places: Mapping[str, Codes], criteria: Sequence[tuple[ActiveCriterion, int]], moved: Floats) -> list[Swing]:
    found, first = [], 0
    for active, unknown in criteria:
        own = moved[first : first + unknown]
        first += unknown
        place = int(places[active.id][0])
        known = place < unknown
        best = active.version.keuzes[int(np.argmin(own))]
        found.append(
            Swing(
                kind="antwoord",
                key=active.id,
                name=active.criterion.naam,
                earlier=max(0.0, -float(own.min())),
                later=0.0 if known else max(0.0, float(own.max())),
                known=known,
                now=active.version.keuzes[place].label if known else "",
                best=best.label,
                delay=max(0.0, -float(own[[choice.maanden >= 0 for choice in active.version.keuzes]].min(initial=0.0))),
                nature=any(choice.seizoenen for choice in active.version.keuzes),
            )
        )
    return found


def _lesson_swings(rules: Rules, chosen: frozenset[str], moved: Floats) -> list[Swing]:
    return [
        Swing(
            "les",
            lesson.id,
            lesson.naam,
            earlier=max(0.0, -float(months)),
            later=max(0.0, float(months)) if lesson.id in chosen else 0.0,
        )
        for lesson, months in zip(rules.planning.lessen, moved, strict=True)
    ]


def _step_swings(rules: Rules, moved: Floats) -> list[Swing]:
    names = {step.nummer: step.naam for step in rules.stappen}
    return [
        Swing("stap", str(step), names[step], max(0.0, -float(moved[2 * place])), max(0.0, float(moved[2 * place + 1])))
        for place, step in enumerate(CHAIN)
    ]


def _sorted(swings: Sequence[Swing]) -> tuple[Swing, ...]:
    """Return the swings that are worth telling, the largest first, without ends that are not."""
    told = [
        replace(
            swing,
            earlier=swing.earlier if swing.earlier >= LEAST_SWING else 0.0,
            later=swing.later if swing.later >= LEAST_SWING else 0.0,
        )
        for swing in swings
        if swing.size >= LEAST_SWING
    ]
    return tuple(sorted(told, key=lambda swing: -swing.size))


@dataclass(frozen=True)
class ManyPlans:
    """The plans of many buildings at once: dates as days from the epoch of the calendar."""

    starts: Floats
    wishes: Floats
    permit: Floats  # (3, building): P10, P50, P80
    building: Floats
    tenant: Floats
    latest: Floats  # (step of the chain and the tenant, building)
    seasons: tuple[frozenset[str], ...]
    lessons: tuple[frozenset[str], ...]


def plan_many(
    places: Mapping[str, Codes],
    rules: Rules,
    interventie: Interventie,
    calendar: Calendar,
    *,
    settings: Sequence[PlanSettings],
    today: date,
    keys: Sequence[int],
    draws: int = SWING_DRAWS,
) -> ManyPlans:
    """Return when every building is there and how late its steps can start; the plans that count, with the same luck as alone."""
    seed, share = int(rules.parameter("planning.zaad").likely), rules.parameter("planning.zekerheid").likely
    effects, lessons = settle_effects(read_effects(places, rules, interventie), settings)
    starts = np.array([calendar.number(own.start or today) for own in settings])
    network = make_network(effects, rules, calendar, starts=starts.tolist(), keys=keys, lessons=lessons)
    spread = simulate(network, calendar, draws=draws, seed=seed)
    wishes = np.array(
        [
            np.floor(late) if own.wish is None else calendar.number(own.wish)
            for own, late in zip(settings, spread.tenant[2], strict=True)
        ]
    )
    latest = find_latest(network, calendar, wishes.tolist(), share=share, draws=draws, seed=seed)
    return ManyPlans(starts, wishes, spread.permit, spread.building, spread.tenant, latest, effects.seasons, tuple(lessons))
