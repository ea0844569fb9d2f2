"""More work than time: the search looks for whom to leave out, not only for how to fit the others in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.effort import Effort
from territory.units import SECONDS_PER_MIN
from territory.visits import _search
from territory.visits.check import check
from territory.visits.model import ANYONE, Choice, VisitsProblem
from tests.visits.towns import make_problem

COUNT, DAY_MIN, SERVICE_MIN = 14, 170, 5.0
POINT_S = 10_000  # more than any day's drive


def crowded(seed: int) -> tuple[VisitsProblem, np.ndarray]:
    """One day of one rep that has time for about half of the outlets, and what each outlet scores."""
    rng = np.random.default_rng(seed)
    score = rng.integers(1, 30, COUNT)
    problem = make_problem(
        xy=[tuple(point) for point in rng.uniform(-30, 30, (COUNT, 2)).tolist()],
        frequency=[1] * COUNT,
        service_min=SERVICE_MIN,
        shift=(0, DAY_MIN),
        rules=VisitRules(lunch_min=0, access_min=0, price_balance=0.0),
    )
    works = np.zeros((1, 28), dtype=bool)
    works[0, 0] = True
    problem = replace(
        problem,
        works_days=works,
        explicit=((Choice(rep=ANYONE, days=(0,)),),) * COUNT,
        visit_value_s=score * POINT_S,
    )
    return problem, score


def most_score(problem: VisitsProblem, score: np.ndarray) -> int:
    """Of all sets of outlets that one tour can serve in time (Held and Karp, 1962)."""
    drive_s, n = problem.drive_s(), COUNT
    bounds, service_s = problem.bounds(0), np.asarray(problem.service_s)
    last = np.full((1 << n, n), np.inf)
    last[1 << np.arange(n), np.arange(n)] = drive_s[n, :n]
    most = 0
    for mask in range(1, 1 << n):
        there = [at for at in range(n) if mask >> at & 1]
        tour_s = min(last[mask, at] + drive_s[at, n] for at in there) + service_s[there].sum()
        if tour_s <= bounds.return_s - bounds.leave_s:
            most = max(most, int(score[there].sum()))
        for at in set(range(n)).difference(there):
            last[mask | 1 << at, at] = min(last[mask | 1 << at, at], (last[mask, there] + drive_s[there, at]).min())
    return most


@pytest.mark.parametrize("seed", range(6))
def test_a_day_with_time_for_half_serves_the_dearest_set_that_one_tour_can(seed):
    problem, score = crowded(seed)
    found = _search.find_plan(problem, effort=Effort(iterations=5000), seed=1)
    served = score[sorted(set(found.plan.outlet_idx.tolist()))].sum()
    assert served == most_score(problem, score)
    assert check(problem, found.plan).violations == ()


def test_absence_is_cheap_at_first_only_where_work_exceeds_time():
    problem, _ = crowded(0)
    assert _first_price_min(problem) < 60.0
    roomy = replace(problem, shift_s=np.array([[0, 1440 * SECONDS_PER_MIN]]))
    assert _first_price_min(roomy) >= POINT_S / SECONDS_PER_MIN


def _first_price_min(problem: VisitsProblem) -> float:
    """What leaving the cheapest outlet out costs when the search begins, drive minutes."""
    setup = _search.set_up(problem, problem.drive_s())
    state = _search.new_state(setup, seed=1)
    _search._first_plan(_search.Fold.whole(setup), state, turn=0.0)
    factor = float(state.objective[_search.layout.FACTOR])
    return factor * float(problem.missing_price_s.min()) / SECONDS_PER_MIN
