"""Problems small enough to enumerate: exact equals brute force, search is never better, bounds never exceed it."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.effort import Effort, Meter
from territory.progress import SILENT
from territory.split import SplitProblem, check, redraw
from territory.split._instance import instance_of
from territory.split._search import search
from territory.split.solve import lower_bound
from territory.standing import Status
from tests.towns import grid_of_shops, with_outlets

# Shrinking these takes minutes; the problem is printed as drawn.
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)


@st.composite
def problems(draw: st.DrawFn) -> SplitProblem:
    """Up to eight shops on a grid, two or three reps, all side rules at random."""
    k = draw(st.integers(2, 3))
    rows, columns = draw(st.sampled_from([(1, 5), (2, 2), (2, 3)] + ([(2, 4), (1, 7)] if k == 2 else [])))
    n = rows * columns
    scenario = grid_of_shops(
        rows,
        columns,
        k,
        seed=draw(st.integers(0, 10_000)),
        workload_tolerance=draw(st.sampled_from([0.2, 0.35, 0.6])),
        potential_tolerance=draw(st.sampled_from(["unlimited", 0.4])),
        max_moved_share=draw(st.sampled_from([0.15, 0.4, 1.0])),
        price_moved=draw(st.sampled_from([0.0, 0.3])),
        price_travel=draw(st.sampled_from([0.0, 0.1])),
    )
    today = np.array(draw(st.lists(st.integers(-1, k - 1), min_size=n, max_size=n)))
    locked = np.array(draw(st.lists(st.sampled_from([False] * 5 + [True]), min_size=n, max_size=n))) & (today >= 0)
    group = Labels.of(draw(st.lists(st.sampled_from(["", "", "", "g"]), min_size=n, max_size=n)))
    service = np.array(draw(st.lists(st.sampled_from([10.0, 20.0, 30.0]), min_size=n, max_size=n)))
    return SplitProblem.of(with_outlets(scenario, rep_idx=today, locked=locked, group=group, service_min=service))


def brute_force(problem: SplitProblem) -> float:
    """Points of the best split over all assignments of units to territories; infinite when none is valid."""
    best = float("inf")
    for label in itertools.product(range(problem.num_territories), repeat=problem.num_units):
        rep = np.array(label)[problem.unit_of_outlet]
        report = check(problem, Assignment(rep_of_outlet=rep))
        if report.is_clean:
            best = min(best, report.objective)
    return best


@settings(max_examples=60, deadline=None, phases=NO_SHRINK)
@given(problem=problems())
def test_the_exact_split_equals_brute_force(problem: SplitProblem) -> None:
    best = brute_force(problem)
    result = redraw(problem, effort=Effort(iterations=1), seed=1)
    if best == float("inf"):
        assert result.status is Status.INFEASIBLE
        assert result.reason is not None
    else:
        assert result.status is Status.OPTIMAL
        assert abs(result.objective - best) <= 1e-4
        assert result.bound <= best + 1e-6


@settings(max_examples=40, deadline=None, phases=NO_SHRINK)
@given(problem=problems())
def test_search_is_never_better_than_the_optimum_and_the_bound_never_above_it(problem: SplitProblem) -> None:
    best = brute_force(problem)
    instance = instance_of(problem)
    if best == float("inf") or problem.num_units < problem.num_territories:
        return
    assert lower_bound(instance) <= best + 1e-6
    found = search(problem, instance, Meter(Effort(iterations=6_000)), seed=2, progress=SILENT, cancel=None)
    assert found.cost >= best - 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_search_finds_the_optimum_of_small_free_problems(seed: int) -> None:
    problem = SplitProblem.of(grid_of_shops(2, 4, 2, seed=seed, workload_tolerance=0.6))
    best = brute_force(problem)
    found = search(
        problem, instance_of(problem), Meter(Effort(iterations=60_000)), seed=seed, progress=SILENT, cancel=None
    )
    assert abs(found.cost - best) <= 1e-6
