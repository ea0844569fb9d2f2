"""What is promised to outlets, and who is on leave, in choices, plans and reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.promises import SETTLED_WEEKS, Promises
from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason
from territory.effort import Effort
from territory.io import read_scenario
from territory.visits import check, plan_visits
from territory.visits._search import find_plan
from territory.visits.model import ANYONE, VisitsProblem
from territory.visits.patterns import Unmet
from territory.visits.why_closed import unmet_rule
from tests.io.town_folder import town
from tests.visits.pattern_oracle import regular_day_sets
from tests.visits.towns import MONDAY, make_problem, windows

FREQUENCIES = (20, 12, 8, 4, 2, 1)


def flags(width: int, *chosen: int) -> np.ndarray:
    found = np.zeros((1, width), dtype=bool)
    found[0, list(chosen)] = True
    return found


def promised(problem: VisitsProblem, **columns: object) -> VisitsProblem:
    """The problem with the same promises to every outlet."""
    n = problem.num_outlets
    rows = {
        name: np.repeat(column, n, axis=0) if isinstance(column, np.ndarray) else np.full(n, column)
        for name, column in columns.items()
    }
    return replace(problem, promises=replace(Promises.none(n), **rows))


def one_outlet(frequency: int, **settings: object) -> VisitsProblem:
    return make_problem(xy=((1.0, 0.0),), frequency=(frequency,), **settings)


def days_of(problem: VisitsProblem, frequency: int | None = None) -> list[tuple[int, ...]]:
    return [choice.days for choice in problem.choices(0, frequency)]


@given(
    frequency=st.sampled_from(FREQUENCIES),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    opened=st.sets(st.integers(0, 6), min_size=1),
    holidays=st.sets(st.integers(0, 27), max_size=4),
    gap=st.integers(0, 3),
    same_weekday=st.booleans(),
)
def test_without_promises_choices_are_those_of_the_first_releases_in_their_order(
    frequency, weekdays, opened, holidays, gap, same_weekday
):
    problem = one_outlet(
        frequency,
        weekdays=sorted(weekdays),
        windows_s=windows(1, (8, 20), weekdays=sorted(opened)),
        holidays=[MONDAY + dt.timedelta(days=day) for day in holidays],
        rules=VisitRules(min_gap_days=gap, same_weekday=same_weekday),
    )
    for asked in (None, *(lower for lower in FREQUENCIES if lower < frequency)):
        expected = regular_day_sets(
            asked or frequency,
            weekdays=tuple(sorted(weekdays & opened)),
            holidays=tuple(sorted(holidays)),
            min_gap_days=gap,
            same_weekday=same_weekday,
        )
        assert days_of(problem, asked) == list(expected)
        assert {choice.price_s for choice in problem.choices(0, asked)} <= {0}
    assert days_of(promised(problem)) == days_of(problem)


def test_an_agreed_day_is_the_only_one():
    problem = promised(one_outlet(4), fixed_days=np.tile(flags(7, 2), (1, 4)))
    assert days_of(problem) == [(2, 9, 16, 23)]
    assert days_of(promised(one_outlet(1), fixed_days=flags(28, 10))) == [(10,)]


def test_the_first_visit_keeps_half_the_interval_from_the_last_real_one():
    problem = promised(one_outlet(4), last_visit_days_ago=2)
    assert min(days[0] for days in days_of(problem)) == 1
    assert min(days[0] for days in days_of(promised(one_outlet(1), last_visit_days_ago=3))) == 14 - 3


def test_a_new_outlet_is_visited_three_three_two_two_times_and_then_weekly():
    weeks = [[sum(day // 7 == week for day in days_of(problem)[0]) for week in range(4)] for problem in (
        promised(one_outlet(1), weeks_open=0),
        promised(one_outlet(1), weeks_open=2),
        promised(one_outlet(8), weeks_open=3),
        promised(one_outlet(2), weeks_open=-2),
    )]  # fmt: skip
    assert weeks == [[3, 3, 2, 2], [2, 2, 1, 1], [2, 2, 2, 2], [0, 0, 3, 3]]
    assert promised(one_outlet(1), weeks_open=0).due.tolist() == [10]
    assert days_of(promised(one_outlet(1), weeks_open=4)) == days_of(one_outlet(1))


def test_before_it_opens_an_outlet_is_not_visited_at_any_frequency():
    problem = promised(one_outlet(4), weeks_open=-2)
    for frequency in (None, 2, 1):
        assert all(day >= 14 for days in days_of(problem, frequency) for day in days)
    assert days_of(promised(one_outlet(4), weeks_open=-9)) == [()]
    assert promised(one_outlet(4), weeks_open=-9).due.tolist() == [0]


def test_a_promotion_week_has_one_visit_more_for_new_outlets_too():
    problem = promised(one_outlet(4), promotion=flags(4, 1))
    assert {tuple(sum(day // 7 == week for day in days) for week in range(4)) for days in days_of(problem)} == {
        (1, 2, 1, 1)
    }
    new = promised(one_outlet(1), weeks_open=2, promotion=flags(4, 0, 3))
    assert [sum(day // 7 == week for day in days_of(new)[0]) for week in range(4)] == [3, 2, 1, 2]


def test_at_a_lower_frequency_new_outlets_and_promotions_are_like_any_other():
    problem = promised(one_outlet(8), promotion=flags(4, 1), weeks_open=0)
    assert days_of(problem, 4) == days_of(one_outlet(4))


LAST_OF_FIVE = np.arange(5) == 4


@pytest.mark.parametrize(
    "promises",
    [
        replace(Promises.none(5), promotion=np.outer(LAST_OF_FIVE, [False, True, False, False])),
        replace(Promises.none(5), weeks_open=np.where(LAST_OF_FIVE, 3, SETTLED_WEEKS)),
    ],
)
def test_without_room_for_its_special_cadence_an_outlet_gets_its_own_frequency(promises):
    # one visit fills a day, the others have a weekday each: one weekday is left
    full = make_problem(
        xy=[(float(x), 1.0) for x in range(5)], frequency=[4] * 5, priority=[90, 90, 90, 90, 0], service_min=400.0,
        rules=VisitRules(lunch_min=0),
    )  # fmt: skip
    problem = replace(full, promises=promises)
    assert problem.due.tolist() == [4, 4, 4, 4, 5]
    result = plan_visits(problem, effort=Effort(iterations=300), seed=1)
    for plan in (result.require_plan(), find_plan(problem, effort=Effort(iterations=300), seed=1).plan):
        assert check(problem, plan).violations == ()
        assert np.bincount(plan.outlet_idx).tolist() == [4, 4, 4, 4, 4]
        assert plan.unplaced_outlet_idx.tolist() == [4]
        assert plan.unplaced_visits.tolist() == [1]
    assert result.bound <= result.objective


def test_visits_off_their_weekday_and_off_their_interval_have_a_price_in_drive_seconds():
    rules = VisitRules(same_weekday=False, price_weekday_min=3.0)
    price = {choice.days: choice.price_s for choice in one_outlet(4, rules=rules).choices(0)}
    assert price[0, 7, 14, 21] == 0
    assert price[0, 7, 14, 22] == 180
    assert price[0, 7, 15, 22] == 360
    uneven = VisitRules(price_interval_min=2.0, interval_tolerance_days=0.0, min_gap_days=1)
    by_days = {choice.days[:2]: choice.price_s for choice in one_outlet(8, rules=uneven).choices(0)}
    assert by_days[0, 3] == 8 * 60  # 3 and 4 days instead of 3.5, eight times
    assert by_days[0, 1] == 8 * 5 * 60
    free = VisitRules(price_interval_min=2.0, interval_tolerance_days=0.0, keep_seam=False)
    first = promised(one_outlet(1, rules=free), last_visit_days_ago=21).choices(0)
    assert {choice.days: choice.price_s for choice in first}[(8,)] == 120


def test_the_price_of_the_days_adds_to_that_of_another_rep():
    problem = make_problem(
        xy=((0, 0),), frequency=(4,), homes=((0, 0), (1, 0)), rep_of_outlet=(0,), pooled=True,
        rules=VisitRules(same_weekday=False, price_weekday_min=3.0, price_other_rep=5.0),
    )  # fmt: skip
    price = {(choice.rep, choice.days): choice.price_s for choice in problem.choices(0)}
    assert price[0, (0, 7, 14, 22)] == 180
    assert price[1, (0, 7, 14, 22)] == 180 + 4 * 300


def on_leave(problem: VisitsProblem, *days: tuple[int, int]) -> VisitsProblem:
    works_days = problem.works_on()
    for rep, day in days:
        works_days[rep, day] = False
    return replace(problem, works_days=works_days)


def test_leave_of_a_rep_alone_acts_like_a_holiday():
    problem = one_outlet(4)
    assert days_of(on_leave(problem, (0, 9))) == days_of(one_outlet(4, holidays=[MONDAY + dt.timedelta(days=9)]))
    rare = on_leave(one_outlet(1), (0, 9))
    assert (9,) not in days_of(rare)
    assert rare.due.tolist() == [1]
    whole = on_leave(one_outlet(1), *((0, day) for day in range(28)))
    assert days_of(whole) == [()]


def pair(frequency: int = 4, **settings: object) -> VisitsProblem:
    return make_problem(
        xy=((0, 0),), frequency=(frequency,), homes=((0, 0), (1, 0)), rep_of_outlet=(0,), pooled=True, **settings
    )


def test_in_a_pooled_team_nobody_is_chosen_for_a_day_of_leave_while_somebody_else_could_be():
    week = [(0, 7 + day) for day in range(5)]
    choices = on_leave(pair(), *week).choices(0)
    assert {choice.rep for choice in choices} == {1}
    assert {len(choice.days) for choice in choices} == {4}
    tuesday = on_leave(pair(), (0, 1)).choices(0)
    assert (0, (1, 8, 15, 22)) not in {(choice.rep, choice.days) for choice in tuesday}
    assert (1, (1, 8, 15, 22)) in {(choice.rep, choice.days) for choice in tuesday}


def test_a_day_on_which_all_of_a_pooled_team_are_on_leave_is_like_a_holiday():
    week = [(rep, 7 + day) for day in range(5) for rep in (0, 1)]
    choices = on_leave(pair(), *week).choices(0)
    assert {choice.rep for choice in choices} == {0, 1}
    assert {len(choice.days) for choice in choices} == {3}
    anyone = on_leave(pair(rules=VisitRules(same_rep=False)), *week, (0, 0)).choices(0)
    assert {choice.rep for choice in anyone} == {ANYONE}
    assert {choice.days for choice in anyone} == {(d, 14 + d, 21 + d) for d in range(5)}


def test_a_scenario_brings_its_promises_and_leave_into_the_problem(tmp_path):
    it = town()
    it.outlets[0] |= {"last_visit": "2026-11-20", "delivery_days": "Tue", "fixed_time": "09:30"}
    it.reps[1]["leave"] = "2026-12-02..2026-12-03"
    scenario = read_scenario(it.write(tmp_path / "town"))
    problem = VisitsProblem.of(scenario, Assignment(rep_of_outlet=np.array([0, -1, 0, 1, 1, 1])))
    assert problem.promises.last_visit_days_ago.tolist() == [10, 0, 0, 0, 0]
    assert problem.is_open[0].tolist() == [True, False, True, True, True, True, True]
    assert problem.windows_s[0, 0, 0].tolist() == [(9 * 60 + 15) * 60, (9 * 60 + 45) * 60]
    assert problem.windows_s[1, 1, 0].tolist() == [8 * 3600, 20 * 3600]
    assert np.flatnonzero(problem.works_on()[0] & ~problem.works_on()[1]).tolist() == [2, 3]
    plain = VisitsProblem.of(
        read_scenario(town().write(tmp_path / "plain")), Assignment(rep_of_outlet=scenario.outlets.rep_idx)
    )
    assert plain.promises is None
    assert plain.works_days is None


@st.composite
def any_promises(draw, n: int = 4) -> Promises:
    none = Promises.none(n)

    def column(values):
        return np.array([draw(values) for _ in range(n)])

    def rows(width):
        return np.array([[draw(st.integers(0, 3)) == 0 for _ in range(width)] for _ in range(n)])

    return replace(
        none,
        last_visit_days_ago=column(st.sampled_from([0, 0, 1, 12])),
        weeks_open=column(st.sampled_from([SETTLED_WEEKS, SETTLED_WEEKS, 0, 3, -1, -4])),
        fixed_days=rows(28) & column(st.booleans())[:, None],
        promotion=rows(4) & column(st.booleans())[:, None],
    )


@settings(max_examples=60)
@given(any_promises(), st.lists(st.sampled_from(FREQUENCIES), min_size=4, max_size=4), st.booleans())
def test_outlets_of_one_kind_have_the_same_choices(promises, frequency, same_rep):
    problem = make_problem(
        xy=[(i, 0.0) for i in range(4)], frequency=frequency, homes=((0, 0), (1, 1)), rep_of_outlet=(0, 0, 1, 1),
        pooled=True, rules=VisitRules(same_rep=same_rep, price_interval_min=1.0),
    )  # fmt: skip
    problem = replace(problem, promises=promises)
    known: dict[tuple[object, ...], object] = {}
    for outlet in range(4):
        for asked in (None, 8, 4, 2, 1):
            choices = replace(problem).choices(outlet, asked)  # a copy: a problem keeps the choices of a kind
            assert known.setdefault(problem.kind_of_choices(outlet, asked), choices) == choices


def test_every_column_of_promises_is_in_the_digest():
    problem = promised(one_outlet(4))
    changed = {
        "last_visit_days_ago": 3,
        "weeks_open": 1,
        "delivery": flags(7, 1),
        "fixed_days": flags(28, 1),
        "fixed_time_min": 600,
        "promotion": flags(4, 1),
    }
    assert set(changed) == {column.name for column in fields(Promises)}
    found = {promised(problem, **{name: value}).content_digest() for name, value in changed.items()}
    assert len(found | {problem.content_digest()}) == len(changed) + 1
    assert on_leave(problem, (0, 3)).content_digest() != problem.content_digest()


def test_parts_keep_their_outlets_promises():
    problem = make_problem(xy=((0, 0), (1, 0)), frequency=(4, 4), homes=((0, 0), (1, 1)), rep_of_outlet=(1, 0))
    promises = replace(Promises.none(2), last_visit_days_ago=np.array([5, 9]))
    parts = replace(problem, promises=promises).parts()
    assert [part.promises.last_visit_days_ago.tolist() for part in parts] == [[9], [5]]
    with pytest.raises(ValueError, match="one row per outlet"):
        replace(problem, promises=promises.take(np.array([0])))


CLOSED = {
    Unmet.NO_DAY: one_outlet(4, windows_s=windows(1, (8, 20), weekdays=[6])),
    Unmet.WEEK: one_outlet(8, windows_s=windows(1, (8, 20), weekdays=[1])),
    Unmet.SPACING: one_outlet(8, windows_s=windows(1, (8, 20), weekdays=[1, 2])),
    Unmet.FIXED_DAYS: promised(one_outlet(4), fixed_days=flags(28, 3, 10)),
    Unmet.LAST_VISIT: promised(one_outlet(4), fixed_days=np.tile(flags(7, 0), (1, 4)), last_visit_days_ago=1),
}


@pytest.mark.parametrize("rule", list(CLOSED))
def test_an_outlet_without_a_legal_set_is_closed_and_its_rule_is_named(rule):
    problem = CLOSED[rule]
    assert problem.choices(0) == ()
    assert unmet_rule(problem, 0) == rule
    result = plan_visits(problem, effort=Effort(iterations=50), seed=1)
    assert result.plan.unplaced_reason == (UnplacedReason.CLOSED,)


def test_of_several_reps_the_one_who_comes_furthest_gives_the_rule():
    problem = pair(8)
    works = np.array(problem.works)
    works[0] = False  # NO_DAY
    works[1] = [True, True, False, False, False, False, False]  # SPACING
    assert unmet_rule(replace(problem, works=works), 0) == Unmet.SPACING


def test_an_outlet_with_a_legal_set_or_without_a_skilled_rep_has_no_unmet_rule():
    assert unmet_rule(one_outlet(4), 0) is None
    assert unmet_rule(one_outlet(4, skills=("cold",)), 0) is None


def test_a_plan_with_promises_prices_and_leave_keeps_all_rules():
    rng = np.random.default_rng(5)
    n = 24
    problem = make_problem(
        xy=[tuple(point) for point in rng.uniform(0, 20, (n, 2)).tolist()], frequency=rng.choice([8, 4, 2, 1], n),
        homes=((5, 5), (15, 15)), rep_of_outlet=(np.arange(n) % 2).tolist(), pooled=True,
        rules=VisitRules(same_weekday=False, price_weekday_min=4.0, price_interval_min=2.0),
    )  # fmt: skip
    promises = replace(
        Promises.none(n),
        last_visit_days_ago=rng.integers(0, 9, n),
        weeks_open=np.where(rng.random(n) < 0.2, rng.integers(-2, 4, n), SETTLED_WEEKS),
        fixed_days=np.tile(rng.random((n, 7)) < 0.7, (1, 4)) & (rng.random(n) < 0.3)[:, None],
        promotion=(rng.random((n, 4)) < 0.2),
    )
    problem = replace(problem, promises=promises)
    problem = on_leave(problem, *((0, day) for day in range(7, 14)), (1, 2))
    result = plan_visits(problem, effort=Effort(iterations=400), seed=3)
    report = check(problem, result.require_plan())
    assert report.violations == ()
    assert report.objective == pytest.approx(result.objective)
    assert {term.name: term.points for term in report.terms}["choice"] > 0
