"""Suggested visits: never above the bound, close to the best of all combinations, inside the minutes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.effort import Effort
from territory.errors import InfeasibleError
from territory.visits import plan_visits
from territory.visits.frequencies import (
    LEVELS,
    FrequencyProblem,
    Response,
    frequency_problem,
    potential_of_sales,
    suggest_frequencies,
)
from tests.visits.towns import clustered, make_problem, windows

SATURATING = Response(form="saturating", rate_by_tier={"A": 0.1, "B": 0.4}, rate=0.8)
ELASTIC = Response(form="elastic", rate_by_tier={}, rate=0.3)


def of(sales: list[list[float]], minutes: list[float], capacity: float, **changes: object) -> FrequencyProblem:
    n = len(minutes)
    problem = FrequencyProblem(
        sales=np.array(sales, dtype=float).reshape(n, 7),
        minutes_per_visit=np.array(minutes, dtype=float),
        allowed=np.ones((n, 7), dtype=bool),
        rep_of_outlet=np.zeros(n, dtype=np.int64),
        capacity_min=np.array([capacity]),
        given=np.ones(n, dtype=np.int64),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def best(problem: FrequencyProblem) -> float:
    """The best of all combinations."""
    options = [np.flatnonzero(row).tolist() for row in problem.allowed]
    found = -np.inf
    for levels in product(*options):
        minutes = float((LEVELS[list(levels)] * problem.minutes_per_visit).sum())
        if minutes <= problem.capacity_min[0] + 1e-6:
            found = max(found, sum(problem.sales[at, level] for at, level in enumerate(levels)))
    return float(found)


@st.composite
def small(draw: st.DrawFn) -> FrequencyProblem:
    n = draw(st.integers(1, 4))
    number = st.floats(0, 100, allow_nan=False)
    sales = [sorted(draw(st.lists(number, min_size=7, max_size=7))) for _ in range(n)]
    if draw(st.booleans()):  # any shape, or a concave one
        sales = [list(np.cumsum(sorted(np.diff([0, *row]), reverse=True))) for row in sales]
    minutes = [draw(st.floats(1, 40)) for _ in range(n)]
    allowed = np.array([draw(st.lists(st.booleans(), min_size=7, max_size=7)) for _ in range(n)])
    allowed[:, 0] |= ~allowed.any(axis=1)
    lowest = float(sum(LEVELS[row.argmax()] * m for row, m in zip(allowed, minutes, strict=True)))
    return of(sales, minutes, lowest + draw(st.floats(0, 600)), allowed=allowed)


@given(small())
@settings(max_examples=150, deadline=None)
def test_sales_are_at_most_the_best_and_the_best_at_most_the_bound(problem: FrequencyProblem) -> None:
    found = suggest_frequencies(problem)
    exact = best(problem)
    assert found.sales <= exact + 1e-6
    assert exact <= found.bound + 1e-6
    assert found.used_min[0] <= problem.capacity_min[0] + 1e-5
    assert all(problem.allowed[at, np.searchsorted(LEVELS, v)] for at, v in enumerate(found.visits.tolist()))


def test_with_time_for_everything_every_outlet_gets_its_best_level_and_there_is_no_gap() -> None:
    problem = of([[0, 1, 2, 3, 4, 5, 6], [0, 5, 4, 3, 2, 1, 0]], [10, 10], 1000)
    found = suggest_frequencies(problem)
    assert found.visits.tolist() == [20, 1]
    assert found.gap == 0
    assert found.worth_per_hour[0] == 0


def test_minutes_go_where_they_bring_most() -> None:
    rate = [0.0, 10, 15, 18, 20, 21, 22]
    found = suggest_frequencies(of([rate, [2 * s for s in rate]], [10, 10], 30))
    assert found.visits.tolist() == [1, 2]
    assert found.bound == pytest.approx(found.sales)


def test_many_outlets_are_close_to_the_bound() -> None:
    problem = clustered(outlets=150, seed=2, service_min=20.0)
    plan = plan_visits(problem, effort=Effort(iterations=100), seed=1).require_plan()
    rng = np.random.Generator(np.random.PCG64(1))
    potential = rng.lognormal(5, 1, 150)
    found = suggest_frequencies(frequency_problem(problem, plan, potential=potential, response=SATURATING))
    assert 0 <= found.gap < 0.002
    assert found.used_min[0] <= frequency_problem(problem, plan, potential=potential, response=ELASTIC).capacity_min[0]
    assert found.worth_per_hour[0] > 0
    as_given = replace(
        frequency_problem(problem, plan, potential=potential, response=SATURATING),
        capacity_min=found.given_min,
    )
    assert suggest_frequencies(as_given).sales > found.given_sales  # the same minutes, better spent


def test_the_price_of_an_hour_is_what_the_bound_gains_by_one() -> None:
    problem = clustered(outlets=80, seed=2, service_min=20.0)
    plan = plan_visits(problem, effort=Effort(iterations=50), seed=1).require_plan()
    base = frequency_problem(problem, plan, potential=np.full(80, 100.0), response=SATURATING)
    found = suggest_frequencies(base)
    more = suggest_frequencies(replace(base, capacity_min=base.capacity_min + 60))
    assert 0 < more.bound - found.bound <= found.worth_per_hour[0] + 1e-6
    assert more.bound - found.bound >= more.worth_per_hour[0] - 1e-6


def test_the_least_is_kept_and_refused_when_there_is_no_time_for_it() -> None:
    problem = clustered(outlets=30, seed=2)
    plan = plan_visits(problem, effort=Effort(iterations=50), seed=1).require_plan()
    least = np.full(30, 2)
    kept = frequency_problem(problem, plan, potential=np.zeros(30), response=ELASTIC, least=least)
    assert (suggest_frequencies(kept).visits == 2).all()
    with pytest.raises(InfeasibleError, match="fewest allowed visits take"):
        suggest_frequencies(replace(kept, capacity_min=np.array([10.0])))


def test_an_outlet_open_one_day_a_week_is_not_suggested_two_visits_a_week() -> None:
    problem = make_problem(xy=[(1, 0), (2, 0)], frequency=[4, 4])
    table = windows(2, (8, 20))
    table[1, 1:] = -1
    problem = replace(problem, windows_s=table)
    plan = plan_visits(problem, effort=Effort(iterations=10), seed=1).require_plan()
    found = suggest_frequencies(frequency_problem(problem, plan, potential=np.array([9.0, 9.0]), response=SATURATING))
    assert found.visits.tolist() == [20, 4]


def test_drives_are_shared_out_between_visits_and_home_without_a_rest() -> None:
    problem = clustered(outlets=40, seed=5, reps=2)
    plan = plan_visits(problem, effort=Effort(iterations=50), seed=1).require_plan()
    built = frequency_problem(problem, plan, potential=np.ones(40), response=ELASTIC)
    count = np.bincount(plan.outlet_idx, minlength=40)
    visits_min = float(((built.minutes_per_visit - problem.service_s / 60) * count).sum())
    shift_min = (9 * 60 - 60) * 20 * 2
    home_min = shift_min - float(built.capacity_min.sum())
    assert visits_min + home_min == pytest.approx(float(plan.drive_s.sum() + plan.return_drive_s.sum()) / 60)


@pytest.mark.parametrize("response", [SATURATING, ELASTIC])
def test_the_response_gives_todays_sales_at_todays_visits_and_is_concave(response: Response) -> None:
    problem = clustered(outlets=30, seed=2)
    sales = np.linspace(10, 500, 30)
    potential = potential_of_sales(problem, sales_per_cycle=sales, response=response)
    at_due = potential * response.share(problem, problem.frequency.astype(float))
    assert at_due == pytest.approx(sales)
    share = response.share(problem, np.tile(LEVELS.astype(float), (30, 1)))
    slopes = np.diff(share, axis=1) / np.diff(LEVELS)
    assert (slopes > 0).all()
    assert (np.diff(slopes, axis=1) < 0).all()


@pytest.mark.parametrize(("form", "rate"), [("saturating", 0.0), ("elastic", 1.2), ("elastic", -1.0)])
def test_a_response_that_is_not_concave_is_refused(form: str, rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Response(form=form, rate_by_tier={}, rate=rate)  # type: ignore[arg-type]
