"""The plan: the handreiking's own durations when nothing is the matter, lessons that win what the source says, and a
calendar that only makes later what is later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickscan.domain.planbook import Closing, Season, Window
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.calendar import Calendar, Table, make_calendar
from quickscan.domain.schedule.effects import CHAIN, MONTH, Effects, find_overlaps, read_effects, spread, usual_months
from quickscan.domain.schedule.network import Network, draw_parts, find_latest, make_network, run, simulate
from quickscan.domain.schedule.plans import plan_building, plan_many
from quickscan.domain.schedule.settings import PlanSettings
from quickscan.domain.schedule.story import tell_causes, tell_plan, tell_wish
from quickscan.domain.terms import Interventie
from quickscan.rulebook.loader import load_national
from tests.conftest import PEILDATUM

START = date(2027, 1, 4)
EPOCH = date(2027, 1, 1)
DRAWS = 400
RULES = load_national().on(PEILDATUM)  # for the properties: hypothesis writes out what a test is given
CALENDAR = make_calendar(EPOCH, seasons=RULES.planning.seizoenen, closings=RULES.planning.sluitingen)
EVERY_DAY = np.arange(len(CALENDAR.working.forward), dtype=np.float32)
EVERY_SEASON = frozenset({"vleermuis", "gierzwaluw", "huismus"})
# Months, from the process scheme of the handreiking (research 5.2): 4, 6, 3, 3 months, 8 weeks, 3 months.
HANDREIKING = (4, 6, 3, 3, 8 * 7 / MONTH, 3)
FIRST_SEASON = date(2027, 5, 15)


def neutral(rules: Rules, **chosen: str) -> dict[str, np.ndarray]:
    """Return choices that neither speed up nor delay, but for those that are named (criterion with _ for the dot → code)."""
    places = {}
    for active in rules.criteria:
        code = chosen.get(active.id.replace(".", "_"))
        choices = active.version.keuzes
        calm = [n for n, c in enumerate(choices) if not c.maanden and not c.seizoenen and not c.lessen]
        place = calm[0] if code is None else [choice.code for choice in choices].index(code)
        places[active.id] = np.array([place], dtype=np.int8)
    return places


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return CALENDAR


@pytest.fixture(scope="module")
def empty_calendar() -> Calendar:
    return make_calendar(EPOCH)


@pytest.fixture(scope="module")
def lessons(rules: Rules) -> frozenset[str]:
    return frozenset(lesson.id for lesson in rules.planning.lessen)


def make_effects(size: int = 1, *, seasons: frozenset[str] = frozenset(), protected: bool = False) -> Effects:
    zeros = np.zeros((size, len(CHAIN)))
    return Effects(zeros, zeros, (None,) * size, (seasons,) * size, np.full(size, protected), (frozenset(),) * size)


def network_of(rules: Rules, calendar: Calendar, effects: Effects, chosen: frozenset[str], *, start: date = START) -> Network:
    size = len(effects)
    return make_network(
        effects, rules, calendar, starts=[calendar.number(start)] * size, keys=list(range(size)), lessons=[chosen] * size
    )


def certain(network: Network) -> Network:
    """Return the plan without luck: every step takes what is likely."""
    likely = np.repeat(network.triangles[:, :, 1:2], 3, axis=2)
    return replace(network, triangles=likely)


def months_of(network: Network, calendar: Calendar, *, draws: int = DRAWS) -> np.ndarray:
    return (simulate(network, calendar, draws=draws, seed=1).tenant - network.start.T) / MONTH


# Show 1: the handreiking's own durations, and what the lessons win


def test_with_neutral_answers_each_step_lasts_as_the_handreiking_says(rules: Rules, empty_calendar: Calendar) -> None:
    effects = read_effects(neutral(rules), rules, Interventie.OPTOPPEN)
    network = certain(network_of(rules, empty_calendar, effects, frozenset()))
    ((_, some, durations),) = draw_parts(network, draws=3, seed=1)
    course = run(some, durations, empty_calendar)
    lasted = [float(end[0, 0] - start[0, 0]) / MONTH for start, end in zip(course.starts, course.ends, strict=True)]
    # A decision falls on a working day and building begins on a whole one: a few days at most.
    assert lasted == pytest.approx(HANDREIKING, abs=3 / MONTH)
    assert float(course.tenant[0, 0] - network.start[0, 0]) / MONTH == pytest.approx(sum(HANDREIKING), abs=5 / MONTH)


def test_the_chance_of_the_plan_lies_around_the_handreiking_and_stays_within_two_years(rules: Rules, calendar: Calendar) -> None:
    effects = read_effects(neutral(rules), rules, Interventie.OPTOPPEN)
    early, likely, late = months_of(network_of(rules, calendar, effects, frozenset()), calendar)[:, 0]
    assert early < sum(HANDREIKING) + 2 < likely + 1 < late + 1
    assert likely <= 24.5  # what provinces say is possible: two years


def test_all_lessons_win_eleven_months_and_that_is_what_the_parameters_say(
    rules: Rules, empty_calendar: Calendar, lessons: frozenset[str]
) -> None:
    effects = read_effects(neutral(rules), rules, Interventie.OPTOPPEN)
    serial, parallel = (
        months_of(certain(network_of(rules, empty_calendar, effects, chosen)), empty_calendar)[1, 0]
        for chosen in (frozenset(), lessons)
    )
    won = rules.parameter("planning.parallel_maanden").likely
    assert won == 11
    assert serial - parallel == pytest.approx(won, abs=5 / MONTH)


def test_a_lesson_of_which_the_parameter_is_nil_wins_nothing(rules: Rules, lessons: frozenset[str]) -> None:
    silenced = dict(rules.parameters)
    for lesson in rules.planning.lessen:
        active = silenced[lesson.parameter]
        silenced[lesson.parameter] = replace(active, value=active.value.model_copy(update={"waarde": 0}))
    assert find_overlaps([lessons], replace(rules, parameters=silenced)).sum() == 0
    assert find_overlaps([lessons], rules).sum() == pytest.approx(11)


def test_an_answer_that_parallel_planning_is_agreed_switches_the_lessons_on(rules: Rules, lessons: frozenset[str]) -> None:
    agreed = read_effects(neutral(rules, org_parallel_plannen="afgesproken"), rules, Interventie.OPTOPPEN)
    assert agreed.lessons == (lessons,)
    assert agreed.savings.sum() == 0, "its months are those of the lessons, not once more"


def test_savings_that_a_step_has_no_room_for_go_to_the_steps_after_it(rules: Rules) -> None:
    usual = usual_months(rules)
    wanted = np.zeros((1, len(CHAIN)))
    wanted[0, 4] = 11  # eleven months off the permit, which takes eight weeks
    room = usual * (1 - rules.parameter("planning.kleinste_stap").likely)
    given_off = spread(wanted, room)
    assert given_off[0, :4].tolist() == [0, 0, 0, 0]
    assert given_off[0, 4] == pytest.approx(room[4])
    assert given_off[0, 5] == pytest.approx(room[5])
    assert (usual - given_off[0] > 0).all()


# What answers do


def test_the_longest_delay_on_a_step_counts_in_full_and_another_for_a_part(rules: Rules) -> None:
    one = read_effects(neutral(rules, bou_draagkracht="tekort"), rules, Interventie.OPTOPPEN).delays[0, 1]
    two = read_effects(neutral(rules, bou_draagkracht="tekort", bou_fundering="slecht"), rules, Interventie.OPTOPPEN).delays[0, 1]
    assert one == 3
    assert two == pytest.approx(3 + 3 * rules.parameter("planning.bijkomende_vertraging").likely)


def test_a_longer_procedure_takes_the_place_of_the_usual_one(rules: Rules, empty_calendar: Calendar) -> None:
    found = []
    for code in ("binnen_plan", "bopa", "planwijziging"):
        effects = read_effects(neutral(rules, pla_procedure=code), rules, Interventie.OPTOPPEN)
        network = certain(network_of(rules, empty_calendar, effects, frozenset()))
        found.append(float(months_of(network, empty_calendar)[1, 0]))
    weeks = [(months - found[0]) * MONTH / 7 for months in found]
    assert weeks == pytest.approx([0, 6, 18], abs=0.6)


def test_unknown_answers_add_nothing_but_nature_is_counted_until_somebody_knows(rules: Rules) -> None:
    unknown = {active.id: np.array([len(active.version.keuzes)], dtype=np.int8) for active in rules.criteria}
    effects = read_effects(unknown, rules, Interventie.OPTOPPEN)
    assert effects.delays.sum() == 0
    assert effects.seasons == (EVERY_SEASON,)
    assert not effects.protected[0], "no permit for animals that nobody saw"


# The calendar


def ready_on(calendar: Calendar, season: str, day: date) -> date:
    return calendar.day(float(calendar.windows[season].after(np.array([calendar.number(day)], dtype=np.float32))[0]))


def test_who_is_ready_in_the_season_counts_at_once_and_who_missed_it_waits_for_the_next(calendar: Calendar) -> None:
    assert ready_on(calendar, "gierzwaluw", date(2027, 3, 1)) == date(2027, 6, 22)  # three weeks from 1 June
    assert ready_on(calendar, "gierzwaluw", date(2027, 6, 10)) == date(2027, 7, 1)
    assert ready_on(calendar, "gierzwaluw", date(2027, 6, 26)) == date(2028, 6, 22), "no three weeks are left"
    assert ready_on(calendar, "huismus", date(2027, 5, 3)) == date(2028, 4, 15)


def test_bats_are_counted_in_both_windows_in_either_order(calendar: Calendar) -> None:
    assert ready_on(calendar, "vleermuis", date(2027, 4, 1)) == date(2027, 9, 14)
    assert ready_on(calendar, "vleermuis", date(2027, 7, 1)) == date(2028, 6, 14), "autumn first, and summer the year after"


def test_a_term_ends_on_a_working_day() -> None:
    calendar = make_calendar(EPOCH, days_off={date(2027, 5, 5), date(2027, 5, 6)})
    for day, expected in ((date(2027, 5, 8), 10), (date(2027, 5, 9), 10), (date(2027, 5, 5), 7), (date(2027, 5, 4), 4)):
        found = calendar.working.after(np.array([calendar.number(day)], dtype=np.float32))
        assert calendar.day(float(found[0])) == date(2027, 5, expected)


def test_building_weeks_never_stand_in_a_closing(calendar: Calendar, rules: Rules) -> None:
    closed = [closing.venster for closing in rules.planning.sluitingen]
    days = np.arange(0, 800, dtype=np.float32)
    for number in calendar.building.after(days):
        weeks = [calendar.day(float(number)) + timedelta(days=n) for n in range(14)]
        for window in closed:
            texts = [f"{day.month:02}-{day.day:02}" for day in weeks]
            over_new_year = window.tot_en_met < window.van
            for text in texts:
                inside = (
                    text >= window.van or text <= window.tot_en_met if over_new_year else window.van <= text <= window.tot_en_met
                )
                assert not inside, (text, window)


windows = st.tuples(st.dates(date(2001, 1, 1), date(2001, 11, 20)), st.integers(1, 35), st.integers(1, 35)).map(
    lambda made: Window(
        van=f"{made[0]:%m-%d}", tot_en_met=f"{made[0] + timedelta(days=max(made[1], made[2])):%m-%d}", dagen=min(made[1], made[2])
    )
)


@given(st.lists(windows, min_size=1, max_size=3), st.integers(0, 3000))
def test_property_a_missed_survey_season_waits_for_the_next(kinds: list[Window], ready: int) -> None:
    season = Season(id="dier", naam="Dier", vensters=tuple(kinds), vanaf=EPOCH, bron="proef", geraadpleegd=EPOCH, aanname=True)
    calendar = make_calendar(EPOCH, seasons=[season], years=12)
    table = calendar.windows["dier"]
    done = calendar.day(float(table.after(np.array([ready], dtype=np.float32))[0]))
    day = calendar.day(ready)
    best = []
    for window in kinds:
        spans = []
        for year in range(day.year - 1, day.year + 3):
            first, last = (date(year, *(int(part) for part in text.split("-"))) for text in (window.van, window.tot_en_met))
            begin = max(day, first)
            if begin + timedelta(days=window.dagen - 1) <= last:
                spans.append(begin + timedelta(days=window.dagen))
        best.append(min(spans))
    assert done == max(best)
    # and back: the last day on which one can be ready for that outcome is not before this one
    assert table.before(np.array([calendar.number(done)], dtype=np.float32))[0] >= ready


@given(st.integers(0, 4000), st.integers(0, 60))
def test_property_ready_later_is_never_done_earlier(ready: int, later: int) -> None:
    calendar = make_calendar(
        EPOCH,
        closings=[
            Closing(id="x", naam="Dicht", venster=Window(van="12-20", tot_en_met="01-06"), vanaf=EPOCH, bron="proef",
                    geraadpleegd=EPOCH, aanname=True)
        ],
        days_off={EPOCH + timedelta(days=n) for n in range(0, 3000, 97)},
        years=13,
    )  # fmt: skip
    for table in (calendar.working, calendar.building):
        first, second = table.after(np.array([ready, ready + later], dtype=np.float32))
        assert ready <= first <= second
        back = table.before(np.array([first], dtype=np.float32))[0]
        assert table.after(np.array([back], dtype=np.float32))[0] <= first
        assert back >= ready


# Show 2: properties of the whole plan

plans = st.fixed_dictionaries(
    {
        "delays": st.lists(st.floats(0, 24), min_size=6, max_size=6),
        "savings": st.lists(st.floats(0, 11), min_size=6, max_size=6),
        "term": st.sampled_from([None, "planning.termijn_afwijken_weken", "planning.termijn_uitgebreid_weken"]),
        "seasons": st.frozensets(st.sampled_from(sorted(EVERY_SEASON))),
        "protected": st.booleans(),
        "lessons": st.frozensets(
            st.sampled_from(
                ["uitgangspunten", "ontwerp", "besluiten", "procedure", "openbare_ruimte", "voorbereiden", "aannemer"]
            )
        ),
        "start": st.integers(0, 700),
    }
)


def drawn_network(plan: dict) -> Network:
    effects = Effects(
        np.array([plan["delays"]]),
        np.array([plan["savings"]]),
        (plan["term"],),
        (plan["seasons"],),
        np.full(1, plan["protected"]),
        (plan["lessons"],),
    )
    return make_network(effects, RULES, CALENDAR, starts=[plan["start"]], keys=[7], lessons=[plan["lessons"]])


@given(plans, st.integers(0, 5), st.floats(0, 24))
def test_property_an_added_delay_never_brings_a_date_forward(plan: dict, place: int, months: float) -> None:
    base = drawn_network(plan)
    later = {**plan, "delays": [each + (months if n == place else 0) for n, each in enumerate(plan["delays"])]}
    before, after = (simulate(network, CALENDAR, draws=64, seed=3) for network in (base, drawn_network(later)))
    for name in ("permit", "building", "tenant"):
        assert (getattr(after, name) >= getattr(before, name) - 1e-3).all(), name


@given(plans)
def test_property_percentiles_and_milestones_stand_in_order(plan: dict) -> None:
    found = simulate(drawn_network(plan), CALENDAR, draws=64, seed=3)
    for name in ("permit", "building", "tenant"):
        early, likely, late = getattr(found, name)[:, 0]
        assert early <= likely <= late, name
    assert (found.permit <= found.building).all()
    assert (found.building < found.tenant).all()
    assert (found.permit > plan["start"]).all()


@given(plans, st.integers(200, 4000), st.sampled_from([0.5, 0.8, 0.95]))
def test_property_latest_start_dates_keep_the_wished_date_in_the_stated_share_of_draws(
    plan: dict, wish: int, share: float
) -> None:
    draws = 100
    network = drawn_network(plan)
    latest = find_latest(network, CALENDAR, [wish], share=share, draws=draws, seed=3)[:, 0]
    assert list(latest) == sorted(latest), "a later step never has to start before an earlier one"
    assert latest[-1] == wish
    if latest[0] < 0:
        return  # the tables begin at the epoch
    moved = replace(network, start=np.full((1, 1), latest[0], dtype=np.float32))
    ((_, some, durations),) = draw_parts(moved, draws=draws, seed=3)
    tenant = run(some, durations, CALENDAR).tenant[0]
    assert np.mean(np.floor(tenant) <= wish) >= share


@given(plans, st.integers(0, 5))
def test_property_who_starts_a_step_on_its_latest_day_makes_the_wish(plan: dict, place: int) -> None:
    """The same for every step by itself: what came before it is there in time, and it starts on its latest day."""
    draws, share = 100, 0.8
    calm = replace(CALENDAR, working=Table(EVERY_DAY, EVERY_DAY))  # a step that takes no time ends on any day
    network = drawn_network(plan)
    wish = float(simulate(network, calm, draws=draws, seed=3).tenant[2, 0]) + 30
    latest = find_latest(network, calm, [np.floor(wish)], share=share, draws=draws, seed=3)[:, 0]
    # A plan in which everything before this step takes no time, and which starts on that day.
    hurried = replace(network, start=np.full((1, 1), latest[place], dtype=np.float32), triangles=network.triangles.copy())
    ((_, some, durations),) = draw_parts(hurried, draws=draws, seed=3)
    durations[:place] = 0
    if place > 1:  # nature was counted before
        some = replace(some, counting=np.full(1, -1), protected=np.zeros(1, dtype=bool))
    tenant = run(some, durations, calm).tenant[0]
    assert np.mean(np.floor(tenant) <= np.floor(wish)) >= share


def test_a_start_just_past_the_season_waits_nearly_a_year_one_by_one(rules: Rules, calendar: Calendar) -> None:
    def tenant(start: date) -> float:
        network = network_of(rules, calendar, make_effects(seasons=frozenset({"vleermuis"})), frozenset(), start=start)
        return float(simulate(network, calendar, draws=DRAWS, seed=1).tenant[1, 0])

    plain = network_of(rules, calendar, make_effects(), frozenset())
    without = float(simulate(plain, calendar, draws=DRAWS, seed=1).tenant[1, 0])
    in_time, too_late = tenant(START - timedelta(days=3)), tenant(START + timedelta(days=60))
    assert in_time - without > MONTH, "step 3 begins in May, and bats are counted until autumn"
    assert too_late - in_time > 60 + 5 * MONTH, "two months later is the year after"


def test_a_plan_has_the_same_luck_alone_and_among_others_and_with_the_same_seed(rules: Rules, calendar: Calendar) -> None:
    many = make_network(make_effects(40), rules, calendar, starts=[3.0] * 40, keys=list(range(40)), lessons=[frozenset()] * 40)
    alone = many.take([17])
    together = simulate(many, calendar, draws=DRAWS, seed=5)
    assert simulate(alone, calendar, draws=DRAWS, seed=5).tenant[:, 0].tolist() == together.tenant[:, 17].tolist()
    assert simulate(many, calendar, draws=DRAWS, seed=5).tenant.tolist() == together.tenant.tolist()
    assert simulate(many, calendar, draws=DRAWS, seed=6).tenant.tolist() != together.tenant.tolist()


# The plan of one building, and in words


def make_plan(rules: Rules, calendar: Calendar, settings: PlanSettings | None = None, **chosen: str):
    return plan_building(
        neutral(rules, **chosen),
        rules,
        Interventie.OPTOPPEN,
        calendar,
        settings=settings or PlanSettings(start=START),
        today=START,
        key=42,
    )


def test_both_plans_stand_side_by_side_and_the_chosen_one_counts(
    rules: Rules, calendar: Calendar, lessons: frozenset[str]
) -> None:
    plan = make_plan(rules, calendar)
    assert plan.counts is plan.serial
    assert plan.parallel.lessons == lessons, "what all of them would do"
    assert plan.saved_months == pytest.approx(11, abs=1.5)
    chosen = make_plan(rules, calendar, PlanSettings(start=START, lessons=frozenset({"ontwerp"})))
    assert chosen.counts is chosen.parallel
    assert 2 < chosen.saved_months < 4
    assert plan.usual_months == pytest.approx(sum(HANDREIKING))


def test_the_worst_delay_comes_first_in_the_causes_and_in_the_sentence(rules: Rules, calendar: Calendar) -> None:
    plan = make_plan(rules, calendar, bou_netaansluiting="wachtrij", org_draagvlak="verdeeld")
    causes = tell_causes(plan, rules)
    assert [cause.key for cause in causes] == ["bou.netaansluiting", "org.draagvlak"]
    assert causes[0].months == pytest.approx(24, abs=1)
    assert "netbeheerder_vroeg" in causes[0].actions
    assert "stroomaansluiting, 24 maanden" in tell_plan(plan, rules)


def test_nature_is_a_cause_that_says_when_it_can_be_counted(rules: Rules, calendar: Calendar) -> None:
    plan = make_plan(rules, calendar, pla_flora_fauna="soorten")
    (cause,) = [cause for cause in tell_causes(plan, rules) if cause.key == "pla.flora_fauna"]
    assert "15 mei tot en met 15 juli" in cause.text
    assert "wacht op het volgende jaar" in cause.text
    assert plan.nature_wait > 2
    assert plan.counts.nature is not None
    assert cause.months == plan.nature_wait
    by_hand = make_plan(rules, calendar, PlanSettings(start=START, seasons=frozenset({"vleermuis"})))
    assert [each.key for each in tell_causes(by_hand, rules)] == ["pla.flora_fauna"]
    without = make_plan(rules, calendar, PlanSettings(start=START, seasons=frozenset()), pla_flora_fauna="soorten")
    assert tell_causes(without, rules) == []
    assert without.nature_wait == 0
    assert without.counts.tenant.likely < plan.counts.tenant.likely


def test_solving_a_delay_is_worth_what_the_tornado_says(rules: Rules, calendar: Calendar) -> None:
    late, solved = (make_plan(rules, calendar, bou_netaansluiting=code) for code in ("gevraagd", "bevestigd"))
    (swing,) = [swing for swing in late.swings if swing.key == "bou.netaansluiting"]
    assert swing.earlier == pytest.approx(late.serial.months - solved.serial.months, abs=0.35)
    assert swing.later == 0, "it is answered"
    assert list(late.swings) == sorted(late.swings, key=lambda each: -each.size)


def test_what_nobody_knows_is_a_threat_and_never_a_delay(rules: Rules, calendar: Calendar) -> None:
    places = neutral(rules)
    places["bou.netaansluiting"] = np.array([3], dtype=np.int8)  # one past the choices
    plan = plan_building(places, rules, Interventie.OPTOPPEN, calendar, settings=PlanSettings(start=START), today=START, key=42)
    assert [swing.key for swing in plan.threats] == ["bou.netaansluiting"]
    assert plan.delays == ()


def test_a_wish_says_its_chance_and_the_latest_starts(rules: Rules, calendar: Calendar) -> None:
    plan = make_plan(rules, calendar)
    assert plan.chance == pytest.approx(0.8, abs=0.02), "without a wish it is the P80"
    assert plan.latest[1] >= START, "the plan as it is makes it"
    early = make_plan(rules, calendar, PlanSettings(start=START, wish=date(2028, 3, 1)))
    assert early.chance < 0.01
    assert early.latest[1] < START
    assert "bijna geen trekking" in tell_wish(early)
    roomy = make_plan(rules, calendar, PlanSettings(start=START, wish=date(2031, 3, 1)))
    assert roomy.chance > 0.99
    assert roomy.latest[1] > START + timedelta(days=365)


def test_many_plans_at_once_say_what_each_says_alone(rules: Rules, calendar: Calendar) -> None:
    chosen = [{}, {"bou_netaansluiting": "gevraagd"}, {"pla_flora_fauna": "soorten"}]
    each = [neutral(rules, **codes) for codes in chosen]
    together = {name: np.concatenate([places[name] for places in each]) for name in each[0]}
    settings = [PlanSettings(start=START), PlanSettings(), PlanSettings(start=START, lessons=frozenset({"ontwerp"}))]
    draws = int(rules.parameter("planning.trekkingen").likely)
    many = plan_many(
        together, rules, Interventie.OPTOPPEN, calendar, settings=settings, today=START, keys=[42, 42, 42], draws=draws
    )
    for row, places in enumerate(each):
        alone = plan_building(places, rules, Interventie.OPTOPPEN, calendar, settings=settings[row], today=START, key=42)
        assert calendar.day(many.tenant[1, row]) == alone.counts.tenant.likely
        assert [calendar.day(day) for day in many.latest[:, row]] == list(alone.latest.values())
