"""The recount: what a labelling is worth, from the instance alone."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from benchmarks.contract import BenchmarkError
from benchmarks.instances.small import best_grid_cut, grid
from benchmarks.quality.graph_split import GraphTask, judged, problem_of, refuse_if_too_large
from benchmarks.quality.layout import positions, stand_in_homes
from benchmarks.quality.recount import recount
from territory.effort import Effort
from territory.errors import VerificationError
from territory.split import redraw

QUADRANTS = np.array([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
BAND = {"parts": 4, "lower": 4.0, "upper": 4.0, "connected": True}


def test_quadrants_of_a_grid_keep_every_rule_and_reach_the_known_optimum():
    counted = recount(grid(4), QUADRANTS, **BAND)
    assert counted.cut == best_grid_cut(4, 2) == 8
    assert counted.violations == ()
    assert (counted.heaviest, counted.lightest, counted.parts_in_pieces) == (1.0, 1.0, 0)


def test_the_known_bisection_of_a_small_grid_is_the_least_of_all():
    instance = grid(4)
    labels = np.zeros((0,))
    least = np.inf
    for inside in combinations(range(1, 16), 7):
        labels = np.zeros(16, dtype=np.int64)
        labels[[0, *inside]] = 1
        least = min(least, float((labels[instance.edges[:, 0]] != labels[instance.edges[:, 1]]).sum()))
    assert least == 4.0


@pytest.mark.parametrize(
    ("unit", "part", "said"),
    [
        (0, 3, ("part 0 weighs 3", "part 3 weighs 5", "part 3 is in 2 pieces")),
        (0, -1, ("in no part", "part 0 weighs 3")),
        (0, 9, ("in no part", "part 0 weighs 3")),
    ],
)
def test_every_planted_fault_is_found(unit, part, said):
    label = QUADRANTS.copy()
    label[unit] = part
    found = recount(grid(4), label, **BAND).violations
    assert len(found) == len(said)
    assert all(any(text in line for line in found) for text in said)


def test_an_empty_part_is_found():
    label = np.where(QUADRANTS == 3, 2, QUADRANTS)
    found = recount(grid(4), label, parts=4, lower=0.0, upper=16.0, connected=True).violations
    assert found == ("part 3 is empty",)


def test_pieces_count_as_a_violation_only_when_connected_is_asked_for():
    label = QUADRANTS.copy()
    label[[0, 15]] = label[[15, 0]]
    assert len(recount(grid(4), label, **BAND).violations) == 2
    loose = recount(grid(4), label, **(BAND | {"connected": False}))
    assert loose.violations == ()
    assert loose.parts_in_pieces == 2


def test_kept_shares_count_flow_inside_units_apart():
    instance = replace(
        grid(2), flows=np.array([[0, 0], [0, 1], [1, 0], [2, 3]]), flow_weight=np.array([50.0, 10.0, 20.0, 20.0])
    )
    counted = recount(instance, np.array([0, 1, 0, 0]), parts=2, lower=1.0, upper=3.0, connected=True)
    assert counted.kept_share == pytest.approx(0.70)
    assert counted.kept_between_share == pytest.approx(0.40)


@pytest.mark.parametrize("goal", ["cut", "kept"])
def test_recount_and_checker_agree_on_what_the_engine_finds(goal):
    task = GraphTask(instance=grid(8, flow_seed=3), goal=goal, parts=4, upper=18.0, connected=True)
    problem = problem_of(task)
    found = judged(task, problem, redraw(problem, effort=Effort(iterations=60_000), seed=1))
    assert found.violations == 0
    assert found.bound is not None
    assert found.objective is not None
    assert found.objective >= found.bound if goal == "cut" else found.objective <= found.bound


def test_a_plan_of_another_instance_does_not_pass():
    task = GraphTask(instance=grid(8, flow_seed=3), goal="kept", parts=4, upper=18.0, connected=True)
    problem = problem_of(task)
    result = redraw(problem, effort=Effort(iterations=60_000), seed=1)
    other = replace(task, instance=grid(8, flow_seed=4))
    with pytest.raises(VerificationError, match="recount finds"):
        judged(other, problem, result)


def test_parts_whose_weight_is_the_end_of_the_band_are_legal():
    task = GraphTask(instance=grid(4), goal="cut", parts=2, upper=8.0, connected=True)
    problem = problem_of(task)
    found = judged(task, problem, redraw(problem, effort=Effort(iterations=1), seed=1))
    assert (found.objective, found.bound, found.status) == (4.0, 4.0, "OPTIMAL")


def test_what_does_not_fit_into_memory_is_refused_with_what_it_needs():
    refuse_if_too_large("t60k", units=60_005, parts=512, memory_bytes=10**9)
    with pytest.raises(
        BenchmarkError, match=r"60,005 units in 512 parts needs about 0\.5 GB of memory, .* has 0\.1 GB"
    ):
        refuse_if_too_large("t60k", units=60_005, parts=512, memory_bytes=10**8)


def test_a_graph_without_positions_is_drawn_so_that_far_units_lie_apart():
    drawn = positions(replace(grid(6), xy=None))
    assert drawn.min() >= 0.0
    corner, beside, opposite = drawn[0], drawn[1], drawn[35]
    assert np.hypot(*(corner - opposite)) > 3 * np.hypot(*(corner - beside))


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 7])
def test_stand_in_homes_share_the_weight_evenly(parts):
    xy = grid(10).xy
    homes = stand_in_homes(xy, np.ones(100), parts)
    nearest = np.argmin(((xy[:, None] - homes[None]) ** 2).sum(axis=2), axis=1)
    share = np.bincount(nearest, minlength=parts) / 100
    assert homes.shape == (parts, 2)
    assert share.min() > 0.5 / parts
    assert share.max() < 1.6 / parts
