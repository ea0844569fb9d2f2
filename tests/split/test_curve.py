"""The flow-against-moves curve: caps hold, points rise, bounds hold against brute force, proofs are true."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.effort import CancelToken, Effort
from territory.split import SplitProblem, check, kpi
from territory.split._near_moves import search_near
from territory.split.curve import Labelled, MovesCurve, Run, moves_curve
from territory.split.ground_rules import GroundRules, ground_rules
from territory.split.solve import to_assignment
from territory.standing import Status, StopReason
from tests.towns import grid_of_shops, line_of_shops, with_outlets

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
CAPS = (0.0, 0.1, 0.3, 1.0)


def curve_of(problem: SplitProblem, **options: object) -> MovesCurve:
    settings_: dict[str, object] = {"caps": CAPS, "effort": Effort(iterations=120_000), "seed": 3}
    return moves_curve(problem, **(settings_ | options))  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> SplitProblem:
    """Up to six shops, two or three reps, today's split at random: often out of balance and in pieces."""
    k = draw(st.integers(2, 3))
    rows, columns = draw(st.sampled_from([(1, 5), (2, 2), (2, 3)]))
    n = rows * columns
    scenario = grid_of_shops(
        rows,
        columns,
        k,
        seed=draw(st.integers(0, 10_000)),
        workload_tolerance=draw(st.sampled_from([0.2, 0.35, 0.6])),
        potential_tolerance=draw(st.sampled_from(["unlimited", 0.4])),
    )
    today = np.array(draw(st.lists(st.integers(-1, k - 1), min_size=n, max_size=n)))
    return SplitProblem.of(with_outlets(scenario, rep_idx=today))


def best_by_force(rules: GroundRules, cap: float) -> float | None:
    """The largest share kept by any labelling that the curve's check passes; None when none does."""
    k, best = rules.problem.num_territories, None
    for label in itertools.product(range(k), repeat=rules.problem.num_units):
        plan = to_assignment(rules.problem, np.array(label))
        if rules.check(plan, cap).is_clean:
            kept = kpi.flow_kept(rules.problem, rules.problem.territories(plan)).share_between
            best = kept if best is None else max(best, kept)
    return best


@settings(max_examples=25, deadline=None, phases=NO_SHRINK)
@given(problems(), st.sampled_from(["as-today", "scenario"]), st.sampled_from([0.0, 0.15, 0.4, 1.0]))
def test_no_split_keeps_more_than_the_bound_and_no_point_more_than_brute_force(
    problem: SplitProblem, base: str, cap: float
) -> None:
    rules = ground_rules(problem, base=base, aim="flow")  # type: ignore[arg-type]
    best = best_by_force(rules, cap)
    point = next(p for p in curve_of(problem, caps=(cap,), base=base).points if p.cap == cap)
    if best is None:
        assert point.plan is None
        return
    assert rules.proof(cap) is None
    assert best <= rules.flow_bound(cap) + 1e-9
    assert best <= point.flow_bound + 1e-9
    if point.plan is not None:
        assert point.flow_kept <= best + 1e-9


@pytest.mark.parametrize("base", ["as-today", "scenario"])
def test_caps_hold_points_rise_and_every_plan_passes_the_check(base: str) -> None:
    problem = SplitProblem.of(grid_of_shops(6, 6, 4, seed=2))
    curve = curve_of(problem, base=base)
    rules = ground_rules(problem, base=base, aim="flow")  # type: ignore[arg-type]
    kept = [point.flow_kept for point in curve.points if point.plan is not None]
    assert len(kept) >= 3
    assert kept == sorted(kept)
    assert kept[-1] > curve.flow_today + 0.01
    for point in curve.points:
        if point.plan is None:
            continue
        assert rules.check(point.plan, point.cap).is_clean
        assert point.moved_share <= point.cap + 1e-9
        assert point.flow_kept == pytest.approx(kpi.flow_kept(problem, problem.territories(point.plan)).share_between)
        assert point.flow_kept <= point.flow_bound + 1e-12
    assert curve.gain_share(curve.points[-1]) == pytest.approx(1.0)


def test_at_cap_zero_the_point_is_today_and_proved() -> None:
    problem = SplitProblem.of(grid_of_shops(4, 6, 2, seed=1))
    point = curve_of(problem).points[0]
    assert (point.cap, point.status, point.moved_share) == (0.0, Status.OPTIMAL, 0.0)
    assert point.plan is not None
    assert point.plan.rep_of_outlet.tolist() == problem.today.tolist()


def test_as_today_admits_a_split_that_the_scenario_refuses() -> None:
    scenario = line_of_shops(12, 3, workload_tolerance=0.1)
    uneven = with_outlets(scenario, rep_idx=np.array([0] * 8 + [1] * 2 + [2] * 2))
    problem = SplitProblem.of(uneven)
    today = Assignment(rep_of_outlet=problem.today)
    assert not check(problem, today).is_clean
    assert ground_rules(problem, base="as-today", aim="flow").check(today, 0.0).is_clean


def test_today_s_stray_pieces_may_stay_but_main_pieces_may_not_fall_apart() -> None:
    problem = SplitProblem.of(
        with_outlets(line_of_shops(10, 2, workload_tolerance=0.5), rep_idx=np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0]))
    )
    rules = ground_rules(problem, base="as-today", aim="flow")
    assert rules.problem.is_exempt.sum() == 1
    assert rules.check(Assignment(rep_of_outlet=problem.today), 0.0).is_clean
    broken = rules.check(Assignment(rep_of_outlet=np.array([0, 0, 1, 0, 1, 1, 1, 1, 1, 0])), 1.0)
    assert "contiguity" in {violation.rule for violation in broken.violations}


def test_a_load_beyond_today_s_is_a_violation_with_its_amount() -> None:
    problem = SplitProblem.of(
        with_outlets(line_of_shops(10, 2, workload_tolerance=0.1), rep_idx=np.array([0] * 7 + [1] * 3))
    )
    rules = ground_rules(problem, base="as-today", aim="flow")
    worse = rules.check(Assignment(rep_of_outlet=np.array([0] * 8 + [1] * 2)), 1.0)
    assert {violation.rule for violation in worse.violations} == {"balance"}
    one_shop = float(problem.measures[0].amount[7])
    assert max(violation.amount for violation in worse.violations) == pytest.approx(one_shop)


def test_a_cap_too_small_for_the_scenario_s_balance_is_proved_and_its_size_named() -> None:
    scenario = line_of_shops(12, 3, workload_tolerance=0.1)
    problem = SplitProblem.of(with_outlets(scenario, rep_idx=np.array([0] * 8 + [1] * 2 + [2] * 2)))
    curve = curve_of(problem, base="scenario", caps=(0.0, 0.1, 1.0))
    assert [point.status for point in curve.points[:2]] == [Status.INFEASIBLE] * 2
    assert curve.points[1].stopped_by is StopReason.PROVED
    reason = curve.points[1].reason
    assert reason is not None
    assert "at least" in reason.en
    assert "至少" in reason.zh
    least = ground_rules(problem, base="scenario", aim="flow").least_moved_share
    free = curve.points[-1]
    assert free.plan is not None
    assert 0.1 < least <= free.moved_share + 1e-9


def test_the_scenario_s_prices_count_when_they_are_asked_for() -> None:
    problem = SplitProblem.of(grid_of_shops(5, 5, 3, seed=4, price_moved=1.0, price_travel=0.0))
    free_flow = curve_of(problem, aim="flow").points[-1]
    priced = curve_of(problem, aim="scenario").points[-1]
    assert priced.moved_share < free_flow.moved_share
    assert priced.flow_kept <= free_flow.flow_kept + 1e-9


def test_same_seed_same_curve_and_the_journal_gives_it_again() -> None:
    problem = SplitProblem.of(grid_of_shops(5, 5, 3, seed=4))
    kept: dict[tuple[float, int], Labelled] = {}

    def store(run: Run, found: Labelled) -> None:
        kept[run.cap, run.seed] = found

    first = curve_of(problem, store=store)
    searched = len(kept)
    again = curve_of(problem, stored=lambda run: kept.get((run.cap, run.seed)), store=store)
    assert len(kept) == searched
    for one, other in zip(first.points, again.points, strict=True):
        assert one.flow_kept == other.flow_kept
        assert one.plan is not None
        assert other.plan is not None
        assert one.plan.rep_of_outlet.tolist() == other.plan.rep_of_outlet.tolist()


def test_a_cancelled_curve_keeps_what_had_ended() -> None:
    class AfterSome(CancelToken):
        looks = 0

        @property
        def is_cancelled(self) -> bool:
            self.looks += 1
            return self.looks > 12

    curve = curve_of(SplitProblem.of(grid_of_shops(5, 5, 3, seed=4)), cancel=AfterSome())
    assert curve.stopped_by is StopReason.CANCELLED
    assert all(point.plan is not None for point in curve.points)
    assert curve.points[1].flow_kept >= curve.points[0].flow_kept


def test_the_search_near_a_plan_counts_points_as_the_checker_does() -> None:
    problem = SplitProblem.of(
        grid_of_shops(6, 6, 4, seed=7, price_moved=0.2, price_travel=0.1, max_moved_share=0.3, price_compactness=0.0)
    )
    rules = ground_rules(problem, base="as-today", aim="scenario")
    found = search_near(rules.instance(0.3), rules.start, heat=0.3, effort=Effort(iterations=100_000), seed=1)
    plan = to_assignment(rules.problem, found.label)
    assert rules.check(plan, 0.3).is_clean
    assert rules.points(plan) == pytest.approx(found.cost, rel=1e-9)


def test_outlets_kept_apart_stay_apart_in_the_search_near_a_plan() -> None:
    problem = SplitProblem.of(grid_of_shops(4, 5, 2, seed=3, workload_tolerance=0.6))
    apart = np.full(problem.num_outlets, -1)
    apart[[0, 19]] = 0
    rules = ground_rules(replace(problem, apart=apart), base="as-today", aim="flow")
    found = search_near(rules.instance(1.0), rules.start, heat=0.5, effort=Effort(iterations=60_000), seed=1)
    territory = found.label[rules.problem.unit_of_outlet]
    assert np.isfinite(found.cost)
    assert territory[0] != territory[19]
