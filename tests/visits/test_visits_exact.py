"""Tiny problems: the proof equals trying everything, the bound stays below, the search never beats it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.rules import VisitRules
from territory.effort import Effort
from territory.visits._exact import solve_exactly
from territory.visits._search import find_plan
from territory.visits.bound import lower_bound
from territory.visits.check import check
from territory.visits.model import VisitsProblem
from tests.visits import oracle
from tests.visits.towns import MONDAY, make_problem, windows

FEW = settings(max_examples=25, deadline=None)


@st.composite
def tiny(draw: st.DrawFn) -> VisitsProblem:
    """Two or three outlets, two or three worked weekdays, tight days, sometimes windows, two reps, a holiday."""
    count = draw(st.integers(1, 3))
    points = draw(st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=count, max_size=count))
    frequency = draw(st.lists(st.sampled_from([1, 2, 4, 8]), min_size=count, max_size=count))
    weekdays = draw(st.sampled_from([(0, 2), (1, 4), (0, 2, 4)]))
    reps = draw(st.integers(1, 2)) if count < 3 else 1
    opening = windows(count, (0, 24))
    if draw(st.booleans()):
        opening[0] = windows(1, (9, 10), (13, 14))[0]
    if draw(st.booleans()):
        opening[count - 1, weekdays[0]] = -1
    return make_problem(
        xy=[(float(x), float(y)) for x, y in points],
        frequency=frequency,
        homes=[(0.0, 0.0), (20.0, 0.0)][:reps],
        rep_of_outlet=[0] * count,
        pooled=True,
        service_min=float(draw(st.sampled_from([10, 60, 120]))),
        windows_s=opening,
        priority=draw(st.lists(st.integers(0, 100), min_size=count, max_size=count)),
        shift=(510, draw(st.sampled_from([690, 840, 1050]))),
        weekdays=weekdays,
        holidays=[MONDAY + dt.timedelta(days=9)] if draw(st.booleans()) else [],
        rules=VisitRules(price_balance=draw(st.sampled_from([0.0, 0.5, 1.0]))),
    )


@given(tiny())
@FEW
def test_the_proof_equals_trying_everything_and_the_checker_agrees(problem):
    proved = solve_exactly(problem, problem.drive_s(), seed=1)
    assert proved is not None
    report = check(problem, proved.plan)
    assert report.is_clean, report.violations
    assert report.objective == pytest.approx(proved.objective, abs=1e-6)
    assert proved.objective == pytest.approx(oracle.best_objective_min(problem), abs=1e-6)


@given(tiny())
@FEW
def test_the_bound_is_below_the_optimum_and_the_search_above(problem):
    drive_s = problem.drive_s()
    proved = solve_exactly(problem, drive_s, seed=1)
    found = find_plan(problem, effort=Effort(iterations=300), seed=1)
    report = check(problem, found.plan)
    assert report.is_clean, report.violations
    assert report.objective == pytest.approx(found.objective, abs=1e-6)
    assert lower_bound(problem, drive_s) <= proved.objective + 1e-6
    assert proved.objective <= found.objective + 1e-6


@given(tiny())
@FEW
def test_the_bound_holds_for_a_dense_problem_too(problem):
    crowd = replace(problem, outlets=replace(problem.outlets, lat=problem.outlets.lat * 0 + 3.0))
    drive_s = crowd.drive_s()
    assert lower_bound(crowd, drive_s) <= solve_exactly(crowd, drive_s, seed=1).objective + 1e-6


@given(tiny(), st.integers(0, 3))
@FEW
def test_widening_a_window_never_worsens_a_proved_optimum(problem, hours):
    tight = np.array(problem.windows_s)
    tight[0] = windows(1, (9, 10), (13, 14))[0]
    wide = tight.copy()
    wide[0, :, 1, 1] += hours * 3600
    narrow, broad = (replace(problem, windows_s=opening) for opening in (tight, wide))
    best = [solve_exactly(case, case.drive_s(), seed=1).objective for case in (narrow, broad)]
    assert best[1] <= best[0] + 1e-6


@given(tiny())
@FEW
def test_moving_the_holiday_and_the_cycle_by_a_week_keeps_the_optimum(problem):
    later = [MONDAY + dt.timedelta(days=9 + 7 * weeks) for weeks in (0, 1)]
    cases = [
        replace(problem, calendar=replace(problem.calendar, holidays=frozenset({day}))) for day in later
    ]  # the same holiday seen from a cycle that starts one week earlier
    best = [solve_exactly(case, case.drive_s(), seed=1).objective for case in cases]
    assert best[0] == pytest.approx(best[1], abs=1e-6)


def test_rotating_a_plan_by_a_week_keeps_it_clean_and_its_objective():
    problem = make_problem(xy=[(i * 3.0, i % 2) for i in range(12)], frequency=[1, 2, 4, 8] * 3)
    plan = find_plan(problem, effort=Effort(iterations=200), seed=1).plan
    day, route_day = (plan.day + 7) % 28, (plan.route_day + 7) % 28
    order, rows = np.argsort(day, kind="stable"), np.argsort(route_day, kind="stable")
    stops = {name: getattr(plan, name)[order] for name in ("outlet_idx", "drive_s", "start_s", "service_s")}
    routes = {name: getattr(plan, name)[rows] for name in ("leave_s", "return_drive_s", "return_s", "lunch_s")}
    turned = replace(plan, day=day[order], route_day=route_day[rows], **stops, **routes)
    report = check(problem, turned)
    assert report.is_clean
    assert report.objective == pytest.approx(check(problem, plan).objective)


def test_large_parts_and_high_balance_prices_have_no_proof():
    many = make_problem(xy=[(i, 0) for i in range(9)], frequency=[1] * 9)
    assert solve_exactly(many, many.drive_s(), seed=1) is None
    dear = make_problem(xy=((1, 0),), frequency=(1,), rules=VisitRules(price_balance=2.0))
    assert solve_exactly(dear, dear.drive_s(), seed=1) is None


def test_the_search_reaches_the_proved_optimum_of_a_small_town():
    problem = make_problem(xy=((10, 0), (12, 1), (0, 9), (-5, 0)), frequency=(4, 2, 2, 1))
    proved = solve_exactly(problem, problem.drive_s(), seed=1)
    found = find_plan(problem, effort=Effort(iterations=4000), seed=1)
    assert found.objective == pytest.approx(proved.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_days_that_a_rep_does_not_work_are_in_no_choice_and_the_plan_holds(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    xy = [(float(x), float(y)) for x, y in rng.uniform(-20, 20, (3, 2))]
    whole = make_problem(xy=xy, frequency=[4, 2, 1], rules=VisitRules(lunch_min=0.0))
    problem = replace(whole, works_days=whole.works_on() & (rng.random((1, 28)) < 0.3))
    works = problem.works_on()
    for outlet in range(3):
        choices = problem.choices(outlet)
        assert all(works[choice.rep, list(choice.days)].all() for choice in choices)
        assert all(choice.days for choice in choices) or problem.visits_due(outlet) == 0
    proved = solve_exactly(problem, problem.drive_s(), seed=seed)
    assert proved is not None
    assert check(problem, proved.plan).is_clean
