"""Too much work: the cheapest visits are left out, the report adds up, and an hour buys what it can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason
from territory.effort import Effort
from territory.visits import VisitsProblem, check, plan_visits
from territory.visits.capacity import under_served, value_of_time, value_of_visits, with_longer_days
from tests.visits.towns import clustered, make_problem, windows

EFFORT = Effort(iterations=300)


def overfull(**changes: object) -> VisitsProblem:
    """Eight outlets of an hour on one Monday of three hours and more, without lunch, close together."""
    problem = make_problem(
        xy=[(1.0, 0.2 * i) for i in range(8)],
        frequency=[1] * 8,
        service_min=58.5,
        shift=(540, 540 + 200),
        rules=VisitRules(lunch_min=0, price_balance=0),
        tiers=["A", "B"] * 4,
    )
    days = np.zeros((1, 28), dtype=bool)
    days[0, 0] = True
    return replace(problem, works_days=days, **changes)  # type: ignore[arg-type]


def test_a_visit_is_worth_its_sales_its_priority_and_its_urgency() -> None:
    problem = overfull(frequency=np.array([1, 1, 2, 1, 1, 1, 1, 1]), priority=np.array([0, 0, 0, 100.0, 0, 0, 0, 0]))
    days = np.array([28, 56, 14, 28, np.nan, 0, 1000, 28])
    price = value_of_visits(problem, sales_per_cycle=np.full(8, 100.0), days_since_last=days)
    plain = price[0]
    assert price / plain == pytest.approx([1, 2, 0.5, 2, 1, 0.5, 3, 1], rel=0.11)
    assert (price >= replace(problem, priority=np.zeros(8)).missing_price_s).all()


def test_values_are_in_proportion_up_to_a_limit() -> None:
    sales = np.array([10.0, 20, 40, 80, 10, 10, 10, 10_000_000])
    price = value_of_visits(overfull(), sales_per_cycle=sales)
    assert price[[1, 2, 3, 7]] / price[0] == pytest.approx([2, 4, 8, 50], rel=1e-4)


def test_without_sales_the_priority_decides() -> None:
    priority = np.array([0.0, 100, 0, 0, 0, 0, 0, 0])
    price = value_of_visits(overfull(priority=priority), sales_per_cycle=np.zeros(8))
    assert price[1] / price[0] == pytest.approx(2.0, rel=1e-4)


def test_the_visits_left_out_are_those_worth_least() -> None:
    sales = np.array([5.0, 90, 10, 80, 15, 70, 20, 25])
    price = value_of_visits(overfull(), sales_per_cycle=sales)
    problem = overfull(visit_value_s=price)
    plan = plan_visits(problem, effort=EFFORT, seed=1).require_plan()
    assert check(problem, plan).is_clean
    assert sorted(plan.outlet_idx.tolist()) == [1, 3, 5]


def test_the_report_adds_up_to_the_plan_and_to_the_objective() -> None:
    problem = clustered(outlets=80, seed=3, service_min=70.0)
    plan = plan_visits(problem, effort=EFFORT, seed=1).require_plan()
    report = under_served(problem, plan)
    assert plan.num_unplaced > 0
    for rows in (report.by_tier, report.by_rep):
        assert sum(row.missing for row in rows) == plan.num_unplaced == sum(row.missing for row in report.outlets)
        assert sum(row.placed for row in rows) == plan.num_stops
        assert sum(row.outlets for row in rows) == problem.num_outlets
        assert all(row.due == row.placed + row.missing for row in rows)
    lost = next(term.points for term in check(problem, plan).terms if term.name == "missing")
    assert sum(row.value_lost for row in report.outlets) == pytest.approx(lost)
    assert [row.value_lost for row in report.outlets] == sorted((r.value_lost for r in report.outlets), reverse=True)


def test_a_reason_that_is_not_time_is_named() -> None:
    opening = windows(8, (0, 24))
    opening[3] = -1
    problem = overfull(windows_s=opening)
    plan = plan_visits(problem, effort=EFFORT, seed=1).require_plan()
    row = next(row for row in under_served(problem, plan).outlets if row.outlet_id == "o3")
    assert (row.reason, row.due, row.placed) == (UnplacedReason.CLOSED, 1, 0)


def test_an_hour_buys_the_visit_that_fits_into_it() -> None:
    problem = overfull()
    plan = plan_visits(problem, effort=EFFORT, seed=1).require_plan()
    (hour,) = value_of_time(problem, plan, effort=EFFORT, seed=2, extra_min_per_week=20)
    # the one worked day of the cycle grows by 80 minutes: 4 x 20; one more outlet of an hour fits
    assert hour.hours == pytest.approx(80 / 60)
    assert hour.visits.measure.value == pytest.approx(1 / hour.hours)
    assert hour.visits.low == hour.visits.high
    price_min = int(problem.missing_price_s[0]) / 60
    assert price_min - 30 < hour.points.measure.value * hour.hours <= price_min


def test_an_hour_is_worth_nothing_to_who_has_enough() -> None:
    problem = clustered(outlets=20, seed=3)
    plan = plan_visits(problem, effort=EFFORT, seed=1).require_plan()
    assert plan.num_unplaced == 0
    assert value_of_time(problem, plan, effort=EFFORT, seed=2) == ()


def test_noise_of_the_search_shows_in_the_interval_and_seeds_repeat() -> None:
    problem = clustered(outlets=80, seed=3, service_min=70.0)
    plan = plan_visits(problem, effort=Effort(iterations=50), seed=1).require_plan()
    first, again = (value_of_time(problem, plan, effort=Effort(iterations=100), seed=4) for _ in range(2))
    assert first == again
    assert all(hour.points.low <= hour.points.measure.value <= hour.points.high for hour in first)
    assert any(hour.points.low < hour.points.high for hour in first)
    assert [hour.points.measure.value for hour in first] == sorted(
        (hour.points.measure.value for hour in first), reverse=True
    )
    with pytest.raises(ValueError, match="two seeds"):
        value_of_time(problem, plan, effort=EFFORT, seed=2, num_seeds=1)


def test_longer_days_make_the_week_longer_by_the_minutes_asked_for() -> None:
    problem = clustered(outlets=10, seed=1, reps=2)
    longer = with_longer_days(problem, extra_min_per_week=60)
    assert ((longer.shift_s - problem.shift_s)[:, 1] * 5 == 3600).all()
    late = replace(problem, shift_s=np.array([[15 * 3600, 24 * 3600 - 60]] * 2))
    assert (with_longer_days(late, extra_min_per_week=60).shift_s[:, 1] == 24 * 3600).all()
