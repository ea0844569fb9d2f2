"""Laws of the split, one sentence each; optima are proved by the exact room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.language import Text
from territory.split import SplitProblem, SplitResult, check, measures, redraw
from territory.split._exact import solve_exactly
from territory.split._instance import instance_of
from territory.split.model import BalanceMeasure
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


def everything(seed: int, **rules: object) -> SplitProblem:
    """Eight shops with every price at work."""
    prices = {"price_moved": 0.2, "price_travel": 0.1, "price_compactness": 0.3, "price_affinity": 0.2}
    scenario = small(seed, **(prices | {"workload_tolerance": 0.6} | rules))
    affinity = np.random.default_rng(seed).random((8, 2))
    return SplitProblem.of(replace(scenario, affinity=sp.csr_matrix(affinity)))


def optimum(problem: SplitProblem) -> float:
    """Points of the proved optimum; infinite when there is no split."""
    answer = solve_exactly(instance_of(problem), deterministic_time=10.0, seed=1)
    assert answer.is_proved
    return answer.cost


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), factor=st.sampled_from([0.01, 3.0, 1e5]))
def test_all_weights_in_other_units_leave_the_points_alone(seed: int, factor: float) -> None:
    problem = everything(seed, potential_tolerance=0.7, count_tolerance=0.6)
    scaled = replace(
        problem,
        flow=sp.csr_matrix(problem.flow * factor),
        sales=problem.sales * factor,
        home_min=problem.home_min * np.float32(factor),
        measures=tuple(
            replace(measure, amount=measure.amount * factor, target=measure.target * factor)
            for measure in problem.measures
        ),
    )
    assert optimum(scaled) == pytest.approx(optimum(problem), abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), order=st.permutations(range(8)))
def test_the_order_of_the_table_leaves_the_optimum_alone(seed: int, order: list[int]) -> None:
    problem = everything(seed)
    place = np.argsort(order)  # shop order[i] stands in row i
    shuffled = replace(
        problem,
        outlet_ids=tuple(problem.outlet_ids[i] for i in order),
        lat=problem.lat[order],
        lon=problem.lon[order],
        unit_of_outlet=problem.unit_of_outlet[order],
        place_of_outlet=problem.place_of_outlet[order],
        share_of_place=problem.share_of_place[order],
        sales=problem.sales[order],
        today=problem.today[order],
        locked=problem.locked[order],
        group=problem.group[order],
        apart=problem.apart[order],
        seed_territory=problem.seed_territory[order],
        home_min=problem.home_min[order],
        allowed=problem.allowed[order],
        affinity=problem.affinity[order] if problem.affinity is not None else None,
        measures=tuple(replace(measure, amount=measure.amount[order]) for measure in problem.measures),
    )
    assert (shuffled.sales[place] == problem.sales).all()
    assert optimum(shuffled) == pytest.approx(optimum(problem), abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), zoom=st.sampled_from([0.2, 3.0]))
def test_a_larger_map_leaves_the_points_of_compactness_alone(seed: int, zoom: float) -> None:
    problem = everything(seed, price_travel=0.0)
    # about the mean latitude, which the plane is drawn about
    lat = problem.lat.mean() + zoom * (problem.lat - problem.lat.mean())
    assert optimum(replace(problem, lat=lat, lon=zoom * problem.lon)) == pytest.approx(optimum(problem), abs=1e-4)


def one_more_rule(problem: SplitProblem, rule: str, rng: np.random.Generator) -> SplitProblem:
    """The same units under one more rule, or a tighter one."""
    one, other = rng.permutation(8)[:2].tolist()
    alone = np.full(8, -1)
    match rule:
        case "apart":
            return replace(problem, apart=np.where(np.isin(np.arange(8), [one, other]), 0, alone))
        case "seed":
            return replace(problem, seed_territory=np.where(np.arange(8) == one, rng.integers(0, 2), alone))
        case "locked":
            return replace(problem, locked=np.arange(8) == one)
        case "allowed":
            allowed = problem.allowed.copy()
            allowed[one, rng.integers(0, 2)] = False
            return replace(problem, allowed=allowed)
        case "moved_cap":
            return replace(problem, max_moved_share=0.3)
        case "balance":
            count = BalanceMeasure(
                name="count",
                unit="outlets",
                label=Text("number", "数"),
                amount=np.ones(8),
                target=np.full(2, 4.0),
                tolerance=0.25,
            )
            return replace(problem, measures=(*problem.measures, count))
        case "contiguity":
            fewer = problem.neighbours.tolil()
            fewer[one, :] = fewer[:, one] = 0
            return replace(problem, neighbours=sp.csr_matrix(fewer))
    raise AssertionError(rule)


@pytest.mark.parametrize("rule", ["apart", "seed", "locked", "allowed", "moved_cap", "balance", "contiguity"])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 9_999))
def test_one_more_rule_never_improves_the_optimum(rule: str, seed: int) -> None:
    problem = everything(seed)
    stricter = one_more_rule(problem, rule, np.random.default_rng(seed))
    assert optimum(stricter) >= optimum(problem) - 1e-4


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999))
def test_affinity_that_is_full_for_everybody_changes_nothing(seed: int) -> None:
    problem = everything(seed)
    full = replace(problem, affinity=sp.csr_matrix(np.ones((8, 2))))
    assert optimum(full) == pytest.approx(optimum(replace(problem, affinity=None)), abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9_999), km=st.floats(1.0, 50.0))
def test_free_homes_may_lie_anywhere(seed: int, km: float) -> None:
    scenario = small(seed, homes="free", price_travel=0.5)
    far = replace(scenario, reps=replace(scenario.reps, lat=scenario.reps.lat + km / 111.0))
    assert points(far) == pytest.approx(points(scenario), abs=1e-4)


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
