"""The search: running totals equal recomputation, plans are always legal, nothing that fits is left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason
from territory.effort import CancelToken, Effort
from territory.standing import StopReason
from territory.visits import _kernels as kernels
from territory.visits import _layout as lay
from territory.visits._search import find_plan
from territory.visits._start import new_state, sectors, set_up
from territory.visits.check import check
from territory.visits.model import VisitsProblem
from tests.visits.towns import clustered, make_problem, windows

NOTHING = np.zeros(0, dtype=np.bool_)


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([12.0, 40.0]))
@settings(max_examples=25, deadline=None)
def test_running_totals_equal_recomputation_after_any_number_of_iterations(seed, iterations, service_min):
    setup = _searched(clustered(outlets=25, seed=seed % 7, service_min=service_min), seed, iterations)
    tables, state = setup
    kept = [state.stops.copy(), state.lane.copy(), state.option.copy()]
    objective = float(state.objective[0])
    for lane in range(len(state.lane)):
        kernels.refresh(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane)
        used = slice(0, state.lane[lane, lay.LENGTH] + 1)
        assert np.array_equal(state.stops[lane, : lay.PURE, used], kept[0][lane, : lay.PURE, used])
    assert np.array_equal(state.lane[:, : lay.POSITION], kept[1][:, : lay.POSITION])
    assert kernels.measure(tables, state) == pytest.approx(objective)
    for outlet, option in enumerate(state.option.tolist()):
        lanes = {lane for lane in range(len(state.lane)) if outlet in _stops(state, lane)}
        chosen = set() if option == lay.ABSENT else set(state.placed[outlet, : tables.option[option, 0]].tolist())
        assert lanes == chosen


def _searched(problem: VisitsProblem, seed: int, iterations: int):
    setup = set_up(problem, problem.drive_s())
    state = new_state(setup, seed=seed)
    kernels.construct(setup.tables, state, np.arange(problem.num_outlets), sectors(setup), 0.0)
    kernels.settle(setup.tables, state)
    kernels.search(setup.tables, state, iterations, 300.0, 30.0, 8, 0.01, NOTHING)
    return setup.tables, state


def _stops(state, lane: int) -> list[int]:
    return state.stops[lane, lay.PLACE, 1 : state.lane[lane, lay.LENGTH] + 1].tolist()


@pytest.mark.parametrize("iterations", [0, 1, 500])
@pytest.mark.parametrize("service_min", [12.0, 120.0])
def test_every_plan_is_legal_whatever_the_effort(iterations, service_min):
    problem = clustered(outlets=60, seed=3, service_min=service_min)
    found = find_plan(problem, effort=Effort(iterations=iterations), seed=5)
    report = check(problem, found.plan)
    assert report.is_clean
    assert report.objective == pytest.approx(found.objective)
    assert (found.plan.num_unplaced > 0) == (service_min == 120.0)


def test_more_effort_never_gives_a_worse_plan_than_the_first_one():
    problem = clustered(outlets=80, seed=2)
    first, searched = (find_plan(problem, effort=Effort(iterations=i), seed=1).objective for i in (0, 3000))
    assert searched < 0.97 * first


def test_seconds_of_effort_are_kept_roughly():
    problem = clustered(outlets=40, seed=2)
    found = find_plan(problem, effort=Effort(seconds=0.2), seed=1)
    assert found.iterations > 0
    assert check(problem, found.plan).is_clean


def test_outlets_that_can_never_be_visited_carry_their_reason_and_do_not_disturb_the_others():
    opening = windows(5, (0, 24))
    opening[1] = windows(1, (0, 24), weekdays=[6])[0]
    opening[2] = windows(1, (5, 6))[0]
    problem = make_problem(
        xy=((1, 0), (2, 0), (3, 0), (4, 0), (400, 0)),
        frequency=(4, 4, 2, 1, 1),
        skills=("", "", "", "cold", ""),
        windows_s=opening,
    )
    plan = find_plan(problem, effort=Effort(iterations=50), seed=1).plan
    assert check(problem, plan).is_clean
    assert dict(zip(plan.unplaced_outlet_idx.tolist(), plan.unplaced_reason, strict=True)) == {
        1: UnplacedReason.CLOSED,
        2: UnplacedReason.WINDOW,
        3: UnplacedReason.SKILL,
        4: UnplacedReason.TOO_FAR,
    }
    assert plan.num_stops == 4


def test_an_outlet_that_cannot_be_visited_as_often_as_due_is_visited_less_often():
    opening = windows(1, (0, 24), weekdays=[0])
    problem = make_problem(xy=((5, 0),), frequency=(8,), windows_s=opening)
    plan = find_plan(problem, effort=Effort(iterations=10), seed=1).plan
    assert check(problem, plan).is_clean
    assert plan.day.tolist() == [0, 7, 14, 21]
    assert plan.unplaced_visits.tolist() == [4]
    assert plan.unplaced_reason == (UnplacedReason.CLOSED,)


def test_important_outlets_are_placed_first_when_time_is_short():
    problem = make_problem(
        xy=[(0.0, 0.0)] * 6, frequency=[1] * 6, service_min=200.0, shift=(480, 900), weekdays=[0],
        priority=(10, 90, 20, 80, 30, 70), rules=VisitRules(lunch_min=0),
    )  # fmt: skip
    # Mondays of 420 minutes: four of them hold eight visits of 200 minutes, but only four of 300.
    tight = make_problem(
        xy=[(0.0, 0.0)] * 6, frequency=[1] * 6, service_min=300.0, shift=(480, 900), weekdays=[0],
        priority=(10, 90, 20, 80, 30, 70), rules=VisitRules(lunch_min=0),
    )  # fmt: skip
    assert find_plan(problem, effort=Effort(iterations=200), seed=1).plan.num_unplaced == 0
    plan = find_plan(tight, effort=Effort(iterations=500), seed=1).plan
    assert plan.unplaced_outlet_idx.tolist() == [0, 2]


def test_a_pooled_team_shares_its_outlets_and_keeps_one_rep_per_outlet():
    team = clustered(outlets=60, seed=4, reps=3, pooled=True)
    alone = clustered(outlets=60, seed=4, reps=3)
    plan = find_plan(team, effort=Effort(iterations=1500), seed=1).plan
    report = check(team, plan)
    assert report.is_clean
    apart = sum(find_plan(part, effort=Effort(iterations=1500), seed=1).objective for part in alone.parts())
    drive = next(term.points for term in report.terms if term.name == "drive")
    assert drive < apart
    assert {(o, r) for o, r in zip(plan.outlet_idx.tolist(), plan.rep_idx.tolist(), strict=True)} == {
        (o, plan.rep_idx[plan.outlet_idx == o][0]) for o in plan.outlet_idx.tolist()
    }


def test_cancelling_keeps_the_best_plan_so_far():
    token = CancelToken()
    token.cancel()
    problem = clustered(outlets=30, seed=1)
    found = find_plan(problem, effort=Effort(iterations=10_000_000), seed=1, cancel=token)
    assert found.stopped_by == StopReason.CANCELLED
    assert check(problem, found.plan).is_clean


def test_sectors_give_every_outlet_with_options_a_place_to_start():
    setup = set_up(clustered(outlets=50, seed=1), clustered(outlets=50, seed=1).drive_s())
    allowed = sectors(setup, turn=0.3)
    assert allowed.any(axis=1).all()
    weekly = np.flatnonzero(setup.problem.frequency == 4)
    weekdays = [
        {setup.options_of(int(o))[at].days[0] % 7 for at in np.flatnonzero(allowed[o]).tolist()}
        for o in weekly.tolist()
    ]
    assert {len(days) for days in weekdays} == {1}
    assert len(set.union(*weekdays)) == 5


def test_no_kernel_is_compiled_twice():
    # service so long that outlets are left out, taken in at lower frequencies and raised again
    find_plan(clustered(outlets=60, seed=3, service_min=120.0), effort=Effort(iterations=50), seed=5)
    signatures = {name: len(one.signatures) for name, one in vars(kernels).items() if hasattr(one, "signatures")}
    assert {"best_option", "construct", "insert", "put_back", "search"} <= signatures.keys()
    assert max(signatures.values()) == 1
