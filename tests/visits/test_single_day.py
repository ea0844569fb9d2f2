"""A part that is one day of one rep: the best order, its proof, and when the ordinary search is asked instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.effort import CancelToken, Effort
from territory.standing import Status, StopReason
from territory.units import SECONDS_PER_MIN
from territory.visits import check, plan_visits
from territory.visits._order import Day, best_order
from territory.visits._single_day import plan_single_day
from territory.visits.model import ANYONE, Choice
from tests.visits.order_days import enumerate_day
from tests.visits.towns import make_problem, windows

NO_LUNCH = VisitRules(lunch_min=0, access_min=0)
THURSDAY = 3


def one_day(count, *, seed=1, rules=NO_LUNCH, hours=None, shift=(480, 1080), **more):
    """Outlets in a square of 40 minutes, all due on the one Thursday that the rep works."""
    rng = np.random.default_rng(seed)
    opens = windows(count, (0, 24))
    if hours is not None:
        first = rng.integers(8 * 3600, 17 * 3600 - hours, count)
        opens[:, :, 0, 0], opens[:, :, 0, 1] = first[:, None], first[:, None] + hours
    problem = make_problem(
        xy=[tuple(point) for point in rng.uniform(-20, 20, (count, 2)).tolist()],
        frequency=[1] * count,
        service_min=5.0,
        windows_s=opens,
        shift=shift,
        rules=rules,
        **more,
    )
    days = np.zeros((1, 28), dtype=bool)
    days[0, THURSDAY] = True
    return replace(
        problem, works_days=days, explicit=tuple((Choice(rep=ANYONE, days=(THURSDAY,)),) for _ in range(count))
    )


def planned(problem, effort=Effort(iterations=4000), **more):
    return plan_single_day(problem, problem.drive_s(), effort=effort, seed=1, **more)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rules", [NO_LUNCH, VisitRules(access_min=0)])
def test_a_tiny_day_gets_the_order_that_enumeration_finds_and_is_proved(seed, rules):
    problem = one_day(6, seed=seed, hours=4 * 3600, rules=rules)
    drive_s = problem.drive_s()
    least = enumerate_day(Day.of(problem, drive_s, rep=0, day=THURSDAY, stops=range(6)))
    found = planned(problem)
    assert (found is None) == (least is None)
    if found is not None:
        assert found.objective * SECONDS_PER_MIN == pytest.approx(least)
        assert found.stopped_by is StopReason.PROVED
        assert found.bound == found.objective


@pytest.mark.parametrize("seed", range(4))
def test_a_day_of_twenty_stops_is_proved_through_the_front_door(seed):
    problem = one_day(20, seed=seed, hours=6 * 3600)
    result = plan_visits(problem, effort=Effort(iterations=40_000), seed=1)
    assert result.require_plan().num_stops == 20
    assert check(problem, result.require_plan()).violations == ()
    assert result.status is Status.OPTIMAL
    assert result.gap == pytest.approx(0.0)


def test_the_bound_of_a_day_that_is_not_proved_is_below_its_drive_and_above_that_of_any_plan():
    problem = one_day(40, seed=3, hours=5 * 3600, shift=(420, 1200))
    found, long = planned(problem, Effort(iterations=3000)), planned(problem, Effort(iterations=60_000))
    assert found is not None
    assert long is not None
    assert 0 < found.bound <= long.objective <= found.objective


def test_stops_that_do_not_all_fit_are_left_to_the_ordinary_search():
    problem = one_day(40, shift=(480, 600))
    assert planned(problem) is None
    result = plan_visits(problem, effort=Effort(iterations=500), seed=1)
    assert 0 < result.require_plan().num_unplaced < 40


def test_a_choice_of_days_is_left_to_the_ordinary_search():
    problem = one_day(6)
    both = problem.works_days.copy()
    both[0, THURSDAY + 1] = True
    choices = ((Choice(rep=ANYONE, days=(THURSDAY,)), Choice(rep=ANYONE, days=(THURSDAY + 1,))), *problem.explicit[1:])
    assert planned(problem) is not None
    assert planned(replace(problem, works_days=both, explicit=choices)) is None


@pytest.mark.parametrize(("limit", "fits"), [(12, True), (11, False)])
def test_more_than_the_rep_can_carry_is_left_to_the_ordinary_search(limit, fits):
    problem = replace(one_day(6), carried=np.full(6, 2), carry_limit=np.array([limit]))
    assert (planned(problem) is not None) == fits


def test_a_visit_that_is_worth_less_than_its_detour_is_left_to_the_ordinary_search():
    problem = one_day(12)
    assert planned(replace(problem, visit_value_s=np.full(12, 60))) is None


def test_a_plan_is_not_called_proved_where_leaving_a_visit_out_may_be_better():
    problem = one_day(12)
    found = planned(problem)
    assert found is not None
    assert found.stopped_by is StopReason.PROVED
    barely_s = 2 * int(problem.drive_s().max())
    cheap = planned(replace(problem, visit_value_s=np.full(12, barely_s)))
    assert cheap is not None
    assert cheap.objective == found.objective
    assert cheap.bound <= found.bound


def test_the_same_seed_and_iterations_give_the_same_plan():
    problem = one_day(30, seed=5, hours=5 * 3600, shift=(420, 1200))
    assert planned(problem) == planned(problem)


def test_a_cancelled_search_says_so_and_keeps_an_order():
    token = CancelToken()
    token.cancel()
    found = planned(one_day(30, shift=(420, 1200)), cancel=token)
    assert found is not None
    assert found.stopped_by is StopReason.CANCELLED
    assert found.plan.num_stops == 30


def test_the_order_is_never_worse_than_that_of_a_tenth_of_the_effort():
    problem = one_day(30, seed=7, hours=5 * 3600, shift=(420, 1200))
    day = Day.of(problem, problem.drive_s(), rep=0, day=THURSDAY, stops=range(30))
    found, short = planned(problem, Effort(iterations=20_000)), best_order(day, seed=3, effort=Effort(iterations=0))
    assert found is not None
    assert not short.is_feasible or found.objective * SECONDS_PER_MIN <= short.drive_s
