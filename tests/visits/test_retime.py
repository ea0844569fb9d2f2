"""Clock times made anew: a plan of the search keeps its own, an edited one gets times that the checker accepts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.visits import check, plan_visits
from territory.visits.model import VisitsProblem
from territory.visits.retime import retime
from tests.visits.towns import make_problem, windows

CLOCK_RULES = {
    *("drive_time", "service_time", "time_order", "return_drive", "return_time", "lunch_overlap", "route_rows"),
    *("row_order", "shift_start", "lunch_missing", "lunch_time"),
}


def town(*, lunch_min: float = 60, first_drive_paid: bool = True) -> VisitsProblem:
    """Two reps with twelve shops each, closed at noon."""
    rng = np.random.default_rng(4)
    return make_problem(
        xy=[tuple(point) for point in rng.uniform(-20, 20, (24, 2)).tolist()],
        frequency=[4] * 24,
        homes=((0.0, 0.0), (5.0, 5.0)),
        rep_of_outlet=[0] * 12 + [1] * 12,
        windows_s=windows(24, (8, 12), (13, 19)),
        rules=VisitRules(lunch_min=lunch_min, first_drive_paid=first_drive_paid),
    )


def planned(problem: VisitsProblem) -> VisitPlan:
    return plan_visits(problem, effort=Effort(iterations=60), seed=1).require_plan()


def stripped(plan: VisitPlan) -> VisitPlan:
    """The plan without any clock time and without routes."""
    none = np.zeros(0, dtype=np.int64)
    routes = dict.fromkeys(("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s"), none)
    nothing = plan.start_s * 0
    return replace(plan, drive_s=nothing, start_s=nothing, service_s=nothing, **routes)


@pytest.mark.parametrize("lunch_min", [0, 60])
@pytest.mark.parametrize("first_drive_paid", [True, False])
def test_a_plan_of_the_search_keeps_its_times(lunch_min: float, first_drive_paid: bool) -> None:
    problem = town(lunch_min=lunch_min, first_drive_paid=first_drive_paid)
    plan = planned(problem)
    found = retime(problem, stripped(plan))
    assert found.plan == plan
    assert (found.late, found.unknown) == ((), ())


def moved(plan: VisitPlan, stop: int, day: int) -> VisitPlan:
    """One stop on another day of the same rep, at the hour it had."""
    days = plan.day.copy()
    days[stop] = day
    order = np.lexsort((plan.start_s, days, plan.rep_idx))
    names = ("rep_idx", "outlet_idx", "drive_s", "start_s", "service_s")
    return replace(plan, day=days[order], **{name: getattr(plan, name)[order] for name in names})


def test_a_visit_that_was_moved_leaves_every_clock_right() -> None:
    problem = town()
    plan = planned(problem)
    stop = int(np.flatnonzero(plan.rep_idx == 1)[5])
    edited = moved(plan, stop, (int(plan.day[stop]) + 7) % 28)
    assert {violation.rule for violation in check(problem, edited).violations} & CLOCK_RULES
    found = retime(problem, edited)
    assert not {violation.rule for violation in check(problem, found.plan).violations} & CLOCK_RULES
    assert found.late == ()
    others = (plan.rep_idx == 0).nonzero()
    assert np.array_equal(found.plan.start_s[found.plan.rep_idx == 0], plan.start_s[others])
    assert (found.plan.unplaced_visits == plan.unplaced_visits).all()


@pytest.mark.parametrize("lunch_min", [0, 60])
def test_a_day_with_too_much_is_timed_as_it_would_turn_out(lunch_min: float) -> None:
    problem = town(lunch_min=lunch_min)
    plan = planned(problem)
    first = int(plan.day[plan.rep_idx == 0].min())
    edited = replace(plan, day=np.where(plan.rep_idx == 0, first, plan.day))
    found = retime(problem, edited)
    assert found.late == ((0, first),)
    broken = {violation.rule for violation in check(problem, found.plan).violations}
    assert not broken & CLOCK_RULES
    assert {"shift_end", "window"} <= broken
    rows = found.plan.stops_of(0, first)
    ends = found.plan.start_s[rows] + found.plan.service_s[rows]
    assert (found.plan.start_s[rows][1:] >= ends[:-1] + found.plan.drive_s[rows][1:]).all()


def test_a_day_with_an_outlet_that_nobody_serves_keeps_its_times() -> None:
    problem = town()
    plan = planned(problem)
    fewer = replace(problem._part(np.arange(1, 24), np.arange(2)), pool_of_rep=np.arange(2))
    found = retime(fewer, plan)
    with_it = sorted({(0, int(day)) for day in plan.day[plan.outlet_idx == 0]})
    assert list(found.unknown) == with_it
    assert found.plan == plan


def test_a_plan_without_visits_stays_one() -> None:
    problem = town()
    plan = planned(problem)
    none = np.zeros(0, dtype=np.int64)
    empty = replace(stripped(plan), rep_idx=none, day=none, outlet_idx=none, drive_s=none, start_s=none, service_s=none)
    assert retime(problem, empty).plan == empty
