"""Edits by hand on a visit plan: the days concerned are timed anew and the checker finds nothing but exceptions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.visits import check
from territory.visits.hand_edits import DayRefusesError, NotPlannedError, drop_visit, hand_over, move_visit
from territory.visits.planning import planned_problem
from tests.towns import line_of_shops, with_outlets

EXCEPTIONS = {"weekday_pattern", "spacing", "visit_missing", "visit_surplus", "false_reason", "several_reps"}


def empty() -> VisitPlan:
    none = np.zeros(0, dtype=np.int64)
    names = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s", "route_rep_idx", "route_day")
    more = ("leave_s", "return_drive_s", "return_s", "lunch_s", "unplaced_outlet_idx", "unplaced_visits")
    return VisitPlan(**dict.fromkeys((*names, *more), none), unplaced_reason=())


def by_hand(scenario: Scenario, assignment: Assignment) -> VisitPlan:
    problem, plan = planned_problem(scenario, assignment), empty()
    for outlet in range(len(scenario.outlets)):
        plan = hand_over(problem, plan, outlet=outlet).plan
    return plan


TOWN = line_of_shops(10, 2)
TODAY = Assignment.today(TOWN.outlets)
PLAN = by_hand(TOWN, TODAY)


def rules(scenario: Scenario, assignment: Assignment, plan: VisitPlan) -> set[str]:
    return {violation.rule for violation in check(planned_problem(scenario, assignment), plan).violations}


def test_a_plan_put_in_outlet_by_outlet_breaks_no_rule() -> None:
    assert PLAN.num_stops == int(TOWN.outlets.visits_per_cycle.sum())
    assert rules(TOWN, TODAY, PLAN) == set()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_random_edits_break_nothing_but_rules_about_sets_of_visits(seed: int) -> None:
    draw, assignment, plan = np.random.default_rng(seed), TODAY, PLAN
    for _ in range(6):
        problem = planned_problem(TOWN, assignment)
        if draw.random() < 0.4:
            reps, outlet = assignment.rep_of_outlet.copy(), int(draw.integers(10))
            reps[outlet] = 1 - reps[outlet]
            assignment = Assignment(rep_of_outlet=reps)
            planned = int(
                (plan.outlet_idx == outlet).sum() + plan.unplaced_visits[plan.unplaced_outlet_idx == outlet].sum()
            )
            plan = hand_over(planned_problem(TOWN, assignment), plan, outlet=outlet).plan
            mine = plan.outlet_idx == outlet
            assert set(plan.rep_idx[mine].tolist()) <= {int(reps[outlet])}
            now = int(mine.sum() + plan.unplaced_visits[plan.unplaced_outlet_idx == outlet].sum())
            assert now >= planned
            continue
        row, to_day = int(draw.integers(plan.num_stops)), int(draw.integers(28))
        outlet, day, before = int(plan.outlet_idx[row]), int(plan.day[row]), plan.num_stops
        try:
            plan = move_visit(problem, plan, outlet=outlet, day=day, to_day=to_day)
            assert plan.num_stops == before
        except DayRefusesError:
            plan = drop_visit(problem, plan, outlet=outlet, day=day)
            assert plan.num_stops == before - 1
    assert rules(TOWN, assignment, plan) <= EXCEPTIONS


def test_days_that_no_edit_concerns_stay_as_they_are() -> None:
    problem, outlet, day = planned_problem(TOWN, TODAY), int(PLAN.outlet_idx[0]), int(PLAN.day[0])
    plan = drop_visit(problem, PLAN, outlet=outlet, day=day)
    others = (PLAN.day != day) | (PLAN.rep_idx != PLAN.rep_idx[0])
    kept = (plan.day != day) | (plan.rep_idx != PLAN.rep_idx[0])
    assert plan.start_s[kept].tolist() == PLAN.start_s[others].tolist()


def test_what_finds_no_day_is_unplaced_for_lack_of_time() -> None:
    """The other rep works on no day."""
    days = np.zeros((2, 7), dtype=np.bool_)
    days[0, :5], days[1, 5] = True, False
    scenario = replace(TOWN, reps=replace(TOWN.reps, works=days))
    reps = np.zeros(10, dtype=np.int64)
    plan = by_hand(scenario, Assignment(rep_of_outlet=reps))
    reps[3] = 1
    found = hand_over(planned_problem(scenario, Assignment(rep_of_outlet=reps)), plan, outlet=3)
    assert found.left_over == 2
    assert (found.plan.unplaced_outlet_idx.tolist(), found.plan.unplaced_visits.tolist()) == ([3], [2])
    assert found.plan.num_stops == plan.num_stops - 2


def test_an_outlet_that_nobody_serves_any_more_is_in_no_plan() -> None:
    reps = TODAY.rep_of_outlet.copy()
    reps[4] = -1
    plan = PLAN
    for day in PLAN.day[PLAN.outlet_idx == 4].tolist():
        plan = drop_visit(planned_problem(TOWN, TODAY), plan, outlet=4, day=day)
    problem = planned_problem(TOWN, Assignment(rep_of_outlet=reps))
    plan = hand_over(problem, plan, outlet=4).plan
    assert rules(TOWN, Assignment(rep_of_outlet=reps), plan) == set()


def test_an_outlet_that_is_visited_never_gets_no_visits() -> None:
    scenario = with_outlets(TOWN, visits_per_cycle=np.where(np.arange(10) == 2, 0, 2))
    assert 2 not in by_hand(scenario, TODAY).outlet_idx.tolist()


def test_a_visit_that_is_not_planned_cannot_be_moved() -> None:
    problem = planned_problem(TOWN, TODAY)
    with pytest.raises(NotPlannedError):
        move_visit(problem, PLAN, outlet=int(PLAN.outlet_idx[0]), day=26, to_day=1)
    with pytest.raises(DayRefusesError, match="day_off"):
        move_visit(problem, PLAN, outlet=int(PLAN.outlet_idx[0]), day=int(PLAN.day[0]), to_day=26)
