"""The report on the order of days: bounds that no order beats, proofs where they are due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.effort import CancelToken, Effort
from territory.visits import plan_visits
from territory.visits._order import Day
from territory.visits.sequence import sequence_gap
from tests.visits.order_days import enumerate_day
from tests.visits.towns import clustered, make_problem, windows

PER_DAY = Effort(iterations=20_000)


def small(seed, *, lunch_min=60):
    rng = np.random.default_rng(seed)
    return make_problem(
        xy=[tuple(point) for point in rng.uniform(-20, 20, (24, 2)).tolist()],
        frequency=[4] * 24,
        homes=((0.0, 0.0), (5.0, 5.0)),
        rep_of_outlet=[0] * 12 + [1] * 12,
        windows_s=windows(24, (8, 12), (13, 19)),
        rules=VisitRules(lunch_min=lunch_min, price_balance=2.0),
    )


@pytest.mark.parametrize("lunch_min", [0, 60])
@pytest.mark.parametrize("seed", range(3))
def test_a_bound_is_never_above_the_drive_that_enumeration_finds(seed, lunch_min):
    problem = small(seed, lunch_min=lunch_min)
    plan = plan_visits(problem, effort=Effort(iterations=100), seed=seed).require_plan()
    report = sequence_gap(problem, plan, effort=PER_DAY)
    drive_s = problem.drive_s()
    assert len(report.days) == len(plan.route_day) > 10
    for day, rep, at in zip(report.days, plan.route_rep_idx.tolist(), plan.route_day.tolist(), strict=True):
        stops = plan.outlet_idx[plan.stops_of(rep, at)].tolist()
        if len(stops) > 7:
            continue
        least = enumerate_day(Day.of(problem, drive_s, rep=rep, day=at, stops=stops))
        assert day.bound_s == least <= day.drive_s
        assert day.is_proved == (least == day.drive_s)
        assert (day.rep_id, day.day, day.stops) == (problem.homes.ids[rep], at, len(stops))


def test_the_drive_is_that_of_the_plan_and_the_totals_add_up():
    problem = clustered(outlets=60, seed=2)
    result = plan_visits(problem, effort=Effort(iterations=300), seed=2)
    report = sequence_gap(problem, result.require_plan(), effort=PER_DAY)
    drive = next(term for term in result.terms if term.name == "drive")
    assert report.drive_s / 60 == pytest.approx(drive.amount)
    assert report.bound_s == sum(day.bound_s for day in report.days)
    assert 0.0 <= report.gap < 0.05
    assert 0.5 < report.share_proved <= 1.0
    assert f"{100 * report.gap:.2f} %" in report.note.en


def test_a_day_driven_the_long_way_round_is_not_proved():
    problem = make_problem(xy=[(1, 0), (2, 0), (3, 0), (4, 0)], frequency=[1] * 4, service_min=1.0)
    plan = plan_visits(problem, effort=Effort(iterations=100), seed=1).require_plan()
    one_day = plan_visits(problem, effort=Effort(iterations=100), seed=1).require_plan()
    report = sequence_gap(problem, one_day, effort=PER_DAY)
    assert report.share_proved == 1.0
    longest = int(np.argmax(np.bincount(plan.day)))
    mine = np.flatnonzero(plan.day == longest)
    if len(mine) < 3:
        pytest.fail("the plan has no day of three stops")
    turned = plan.outlet_idx.copy()
    turned[mine] = np.roll(np.sort(turned[mine])[[1, 0, *range(2, len(mine))]], 1)
    worse = sequence_gap(problem, replace(plan, outlet_idx=turned), effort=PER_DAY)
    assert worse.gap > 0
    assert worse.share_proved < 1.0


def test_no_effort_and_no_time_leave_a_bound_that_is_true():
    problem = clustered(outlets=60, seed=3)
    plan = plan_visits(problem, effort=Effort(iterations=100), seed=3).require_plan()
    token = CancelToken()
    token.cancel()
    cancelled = sequence_gap(problem, plan, effort=PER_DAY, cancel=token)
    assert (cancelled.bound_s, cancelled.gap) == (0, 1.0)
    least = sequence_gap(problem, plan, effort=Effort(iterations=0))
    assert 0 < least.bound_s <= sequence_gap(problem, plan, effort=PER_DAY).bound_s <= least.drive_s


def test_an_empty_plan_drives_nothing():
    problem = clustered(outlets=10, seed=1)
    nothing_due = replace(problem, frequency=np.zeros(10, dtype=np.int64))
    plan = plan_visits(nothing_due, effort=Effort(iterations=1), seed=1).require_plan()
    report = sequence_gap(nothing_due, plan, effort=PER_DAY)
    assert (report.days, report.gap, report.share_proved) == ((), 0.0, 1.0)


def test_stops_that_the_problem_does_not_know_are_refused():
    problem = clustered(outlets=10, seed=1)
    plan = plan_visits(problem, effort=Effort(iterations=10), seed=1).require_plan()
    with pytest.raises(ValueError, match="name no outlet"):
        sequence_gap(problem, replace(plan, outlet_idx=plan.outlet_idx + 500), effort=PER_DAY)
