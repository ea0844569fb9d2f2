"""Laws of the split, one sentence each; optima are proved by the exact room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.split import SplitProblem, SplitResult, check, measures, redraw
from territory.standing import Status
from tests.towns import grid_of_shops, with_outlets

ONCE = Effort(iterations=1)


def solved(scenario: Scenario) -> SplitResult:
    """A proved optimum (or a proof that there is none) of a small scenario."""
    result = redraw(SplitProblem.of(scenario), effort=ONCE, seed=1)
    assert result.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return result


def points(scenario: Scenario) -> float:
    """Points of the optimum; infinite when there is no split."""
    return solved(scenario).objective


def small(seed: int, **rules: object) -> Scenario:
    return grid_of_shops(2, 4, 2, seed=seed, **rules)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), order=st.permutations(range(8)))
def test_renaming_outlets_leaves_the_optimum_alone(seed: int, order: list[int]) -> None:
    scenario = small(seed)
    names = tuple(scenario.outlets.outlet_ids[i] for i in order)
    assert points(with_outlets(scenario, outlet_ids=names)) == pytest.approx(points(scenario), abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), by=st.floats(-20.0, 20.0))
def test_moving_the_whole_map_east_leaves_the_optimum_alone(seed: int, by: float) -> None:
    scenario = small(seed)
    moved = replace(
        with_outlets(scenario, lon=scenario.outlets.lon + by),
        reps=replace(scenario.reps, lon=scenario.reps.lon + by),
    )
    assert points(moved) == pytest.approx(points(scenario), abs=1e-3)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), factor=st.sampled_from([0.01, 3.0, 1e6]))
def test_flow_in_other_units_leaves_the_points_alone(seed: int, factor: float) -> None:
    scenario = small(seed)
    scaled = replace(scenario, flow=Flow(level="area", weight=scenario.flow.weight * factor))
    assert points(scaled) == pytest.approx(points(scenario), abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999))
def test_a_wider_tolerance_never_worsens_the_optimum(seed: int) -> None:
    tight, wide = small(seed, workload_tolerance=0.2), small(seed, workload_tolerance=0.5)
    assert points(wide) <= points(tight) + 1e-4


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999))
def test_a_higher_move_cap_never_worsens_the_optimum(seed: int) -> None:
    assert points(small(seed, max_moved_share=0.6)) <= points(small(seed, max_moved_share=0.2)) + 1e-4


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), outlet=st.integers(0, 7))
def test_a_lock_never_improves_the_optimum_and_is_kept(seed: int, outlet: int) -> None:
    scenario = small(seed, workload_tolerance=0.6)
    locked = np.zeros(8, dtype=np.bool_)
    locked[outlet] = True
    result = solved(with_outlets(scenario, locked=locked))
    if result.plan is not None:
        assert result.plan.rep_of_outlet[outlet] == scenario.outlets.rep_idx[outlet]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999))
def test_a_group_goes_to_one_rep(seed: int) -> None:
    scenario = with_outlets(small(seed, workload_tolerance=0.6), group=Labels.of(["g", "", "", "g", "", "", "g", ""]))
    result = solved(scenario)
    if result.plan is not None:
        assert len(set(result.plan.rep_of_outlet[[0, 3, 6]].tolist())) == 1


def test_a_second_redraw_of_its_own_answer_moves_nothing() -> None:
    scenario = grid_of_shops(7, 7, 4, seed=3, price_moved=0.3, workload_tolerance=0.3)
    effort = Effort(iterations=600_000)
    first = redraw(SplitProblem.of(scenario), effort=effort, seed=1).require_plan()
    again = SplitProblem.of(with_outlets(scenario, rep_idx=first.rep_of_outlet))
    second = redraw(again, effort=effort, seed=1)
    moved = {measure.name: measure.value for measure in measures(again, second.require_plan())}["moved_sales"]
    assert moved <= 10.0


@pytest.mark.parametrize("rule", ["balance", "moved_cap", "allowed"])
def test_the_checker_reports_a_rule_that_the_search_left_out(rule: str) -> None:
    """Search a problem without the rule; the full problem's checker must name it."""
    full = SplitProblem.of(
        grid_of_shops(6, 6, 3, seed=5, workload_tolerance=0.05, max_moved_share=0.05, price_moved=0.0)
    )
    allowed = np.ones((full.num_outlets, full.num_territories), dtype=np.bool_)
    allowed[:18, 2] = False
    full = replace(full, allowed=allowed)
    wide = tuple(replace(measure, tolerance=3.0) for measure in full.measures)
    free = {
        "balance": replace(full, measures=wide, max_moved_share=1.0, allowed=np.ones_like(allowed)),
        "moved_cap": replace(full, measures=wide, max_moved_share=1.0),
        "allowed": replace(full, measures=wide, max_moved_share=1.0, allowed=np.ones_like(allowed)),
    }[rule]
    plan = redraw(free, effort=Effort(iterations=120_000), seed=1).require_plan()
    assert rule in {violation.rule for violation in check(full, plan).violations}
