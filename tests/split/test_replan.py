"""Mending a plan locally: what changes, what stays, and proofs that never contradict brute force."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE, Labels
from territory.domain.reps import Teams
from territory.effort import CancelToken, Effort
from territory.split import SplitProblem, check, redraw
from territory.split._instance import instance_of
from territory.split._part import part_of
from territory.split._pieces import cut_by_plan
from territory.split.replan import Replanned, replan
from territory.split.staffing import left_behind, without_territory
from territory.standing import Status, StopReason
from tests.towns import grid_of_shops, line_of_shops, with_outlets

EFFORT = Effort(iterations=200_000)
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
THIRDS = np.repeat(np.arange(3), 4)


def mended(problem: SplitProblem, rep: np.ndarray, **options: object) -> Replanned:
    return replan(problem, Assignment(rep_of_outlet=rep), effort=EFFORT, seed=1, **options)  # type: ignore[arg-type]


def line_in_thirds(**columns: object) -> SplitProblem:
    """Twelve shops on a line, three reps, today's split in thirds."""
    return SplitProblem.of(with_outlets(line_of_shops(12, 3, workload_tolerance=0.3), rep_idx=THIRDS, **columns))


def blocks(rows: int, columns: int, **rules: object) -> tuple[SplitProblem, np.ndarray]:
    """A grid of shops in square blocks of four by four, one territory each."""
    side = 4
    r, c = np.divmod(np.arange(rows * columns * side * side), columns * side)
    label = (r // side) * columns + c // side
    scenario = grid_of_shops(rows * side, columns * side, rows * columns, seed=3, **rules)
    plain = with_outlets(scenario, rep_idx=label, sales_per_week=np.full(len(r), 100.0))
    problem = SplitProblem.of(plain)
    even = replace(problem.measures[0], amount=np.ones(len(label)), target=np.full(rows * columns, 16.0))
    return replace(problem, measures=(even,)), label


def test_a_plan_without_faults_stays_as_it_is() -> None:
    answer = mended(line_in_thirds(), THIRDS)
    assert answer.result.plan == Assignment(rep_of_outlet=THIRDS)
    assert (len(answer.touched), len(answer.changed), answer.least, answer.proof) == (0, 0, 0, None)


def test_an_outlet_nobody_serves_goes_to_one_neighbour_and_nothing_else_changes() -> None:
    rep = THIRDS.copy()
    rep[5] = NONE
    answer = mended(line_in_thirds(), rep)
    assert answer.changed.tolist() == [5]
    assert answer.touched.tolist() == [1]
    assert answer.least == 1


def test_only_touched_territories_differ_and_every_change_is_listed() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.25)
    rep = label.copy()
    rep[label == 5] = 6
    answer = mended(problem, rep)
    plan = answer.result.require_plan()
    differs = np.flatnonzero(plan.rep_of_outlet != rep)
    assert differs.tolist() == answer.changed.tolist()
    both = np.union1d(plan.rep_of_outlet[differs], rep[differs])
    assert both.tolist() == answer.touched.tolist()
    assert check(problem, plan).is_clean


def test_balance_broken_by_hand_is_mended_between_two() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.2)
    rep = label.copy()
    rep[(label == 5).nonzero()[0][3::4]] = 6
    answer = mended(problem, rep)
    assert sorted(v.rule for v in answer.mended) == ["balance", "balance"]
    assert answer.touched.tolist() == [5, 6]
    assert answer.least == 2
    assert check(problem, answer.result.require_plan()).is_clean


def test_a_rep_who_leaves_takes_more_neighbours_than_the_largest_rooms_can_do_without() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.3)
    plan = Assignment(rep_of_outlet=label)
    rest, orphaned = without_territory(problem, 5), left_behind(problem, plan, 5)
    answer = replan(rest, orphaned, effort=EFFORT, seed=1)
    assert check(rest, answer.result.require_plan()).is_clean
    # 11 share 192: each may rise from 16 to 22.69, and 16 must find room
    assert answer.least == 3
    assert len(answer.touched) == 3
    assert answer.proof is not None
    assert answer.proof.kind == "room"
    assert "2 largest rooms" in answer.proof.text.en
    assert "最大的 2 个余量" in answer.proof.text.zh


def test_a_group_that_nobody_serves_comes_back_to_the_rep_who_holds_it_and_nobody_else_changes() -> None:
    locked = np.array([False, True, False, False, False])
    scenario = line_of_shops(5, 4, workload_tolerance=0.8)
    group = Labels.of(["", "g", "", "", ""])
    today = np.zeros(5, dtype=np.int64)
    problem = SplitProblem.of(with_outlets(scenario, rep_idx=today, locked=locked, group=group))
    answer = mended(problem, np.array([0, NONE, 3, 1, 2]))
    assert answer.least == 1
    assert answer.touched.tolist() == [0]


def test_neighbours_are_needed_where_room_alone_would_do() -> None:
    """Territories on a line: what is too much at one end is missing at the other, so all between pass it on."""
    rep = np.repeat(np.arange(5), [5, 4, 4, 4, 3])
    problem = SplitProblem.of(with_outlets(line_of_shops(20, 5), rep_idx=rep))
    even = replace(problem.measures[0], amount=np.ones(20), target=np.full(5, 4.0), tolerance=0.05)
    answer = mended(replace(problem, measures=(even,)), rep)
    assert len(answer.touched) == 5
    assert answer.least == 5
    assert answer.proof is not None
    assert answer.proof.kind == "neighbours"


def test_most_territories_is_refused_with_the_proof() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.3)
    rest = without_territory(problem, 5)
    orphaned = left_behind(problem, Assignment(rep_of_outlet=label), 5)
    answer = replan(rest, orphaned, effort=EFFORT, seed=1, most_territories=2)
    assert answer.result.plan is None
    assert (answer.result.status, answer.result.stopped_by) == (Status.INFEASIBLE, StopReason.PROVED)
    assert answer.result.reason is not None
    assert "at least 3 must" in answer.result.reason.en


def test_more_load_than_all_territories_hold_is_named() -> None:
    problem = line_in_thirds()
    rep = THIRDS.copy()
    rep[5] = NONE
    low = replace(problem.measures[0], target=problem.measures[0].target / 2.0)
    answer = mended(replace(problem, measures=(low,)), rep)
    assert answer.result.status is Status.INFEASIBLE
    assert answer.result.reason is not None
    assert "no plan can exist" in answer.result.reason.en


def test_a_territory_in_two_pieces_is_joined_again() -> None:
    problem, label = blocks(2, 3, workload_tolerance=0.3)
    rep = label.copy()
    rep[np.flatnonzero(label == 0)[0]] = 5
    answer = mended(problem, rep)
    assert [v.rule for v in answer.mended] == ["contiguity"]
    assert check(problem, answer.result.require_plan()).is_clean
    assert 5 in answer.touched.tolist()


def test_a_lock_and_a_group_that_were_edited_away_come_back() -> None:
    locked = np.zeros(12, dtype=np.bool_)
    locked[5] = True
    problem = line_in_thirds(locked=locked, group=Labels.of(["g", "g"] + [""] * 10))
    rep = THIRDS.copy()
    rep[5] = 0
    rep[0] = 1
    answer = mended(problem, rep)
    assert {v.rule for v in answer.mended} >= {"locked", "group"}
    plan = answer.result.require_plan()
    assert check(problem, plan).is_clean
    assert plan.rep_of_outlet[5] == 1


def test_an_area_cut_by_hand_stays_cut_where_nothing_is_broken() -> None:
    scenario = line_of_shops(12, 3, workload_tolerance=0.5)
    areas = Labels.of([f"area{i // 2}" for i in range(12)])
    flow = replace(scenario.flow, weight=scenario.flow.weight[:6, :6])
    outlets = replace(scenario.outlets, rep_idx=THIRDS, area=areas)
    problem = SplitProblem.of(replace(scenario, outlets=outlets, flow=flow))
    rep = THIRDS.copy()
    rep[11], rep[3] = NONE, 1
    answer = mended(problem, rep)
    assert answer.result.require_plan().rep_of_outlet[3] == 1
    assert check(problem, answer.result.require_plan()).is_clean


def test_an_empty_territory_gets_outlets_near_its_home() -> None:
    problem, label = blocks(2, 3, workload_tolerance=0.3)
    rep = np.where(label == 4, 3, label)
    answer = mended(problem, rep)
    assert check(problem, answer.result.require_plan()).is_clean


def test_around_a_territory_the_plan_only_gets_better() -> None:
    problem, label = blocks(3, 3, workload_tolerance=0.4)
    before = check(problem, Assignment(rep_of_outlet=label)).objective
    answer = mended(problem, label, around=(4,))
    assert answer.result.objective < before
    assert len(answer.touched) <= 4
    assert check(problem, answer.result.require_plan()).is_clean


def test_the_same_seed_gives_the_same_plan() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.25)
    rep = np.where(label == 5, NONE, label)
    low = replace(problem.measures[0], tolerance=1.0)
    loose = replace(problem, measures=(low,))
    plans = [replan(loose, Assignment(rep_of_outlet=rep), effort=EFFORT, seed=7).result.plan for _ in range(2)]
    assert plans[0] == plans[1]


def test_seconds_and_cancel_are_obeyed() -> None:
    problem, label = blocks(3, 4, workload_tolerance=0.3)
    rep = np.where(label == 5, 6, label)
    plan = Assignment(rep_of_outlet=rep)
    assert replan(problem, plan, effort=Effort(seconds=0.3), seed=1).result.plan is not None
    token = CancelToken()
    token.cancel()
    stopped = replan(problem, plan, effort=EFFORT, seed=1, cancel=token)
    assert stopped.result.stopped_by is StopReason.CANCELLED


def test_a_part_has_the_costs_and_limits_of_the_whole() -> None:
    problem = SplitProblem.of(grid_of_shops(6, 6, 4, seed=2, price_moved=0.3, price_travel=0.1, max_moved_share=0.5))
    instance = instance_of(problem)
    label = problem.today_territory().copy()
    label[0] = NONE
    part = part_of(instance, label, np.array([1, 3]))
    assert part.units.tolist() == [0, *np.flatnonzero((label == 1) | (label == 3)).tolist()]
    assert part.instance.linear == pytest.approx(instance.linear[part.units][:, [1, 3]])
    rest = [u for u in range(36) if label[u] in (0, 2)]
    gone = sum(instance.moved[u, label[u]] for u in rest)
    assert part.instance.moved_cap == pytest.approx(instance.moved_cap - gone)
    assert part.instance.flow.toarray() == pytest.approx(instance.flow[part.units][:, part.units].toarray())


def test_without_a_territory_targets_rise_and_its_outlets_and_locks_are_free() -> None:
    locked = np.zeros(12, dtype=np.bool_)
    locked[[1, 5]] = True
    problem = line_in_thirds(locked=locked)
    rest = without_territory(problem, 1)
    assert rest.territory_ids == ("R0", "R2")
    assert rest.measures[0].target.sum() == pytest.approx(problem.measures[0].target.sum())
    assert rest.today.tolist() == [0] * 4 + [NONE] * 4 + [1] * 4
    assert rest.locked.tolist() == [i == 1 for i in range(12)]
    assert left_behind(problem, Assignment(rep_of_outlet=THIRDS), 1).rep_of_outlet.tolist() == rest.today.tolist()
    with pytest.raises(ValueError, match="only territory"):
        without_territory(SplitProblem.of(line_of_shops(3, 1)), 0)


def test_pieces_of_a_unit_are_judged_as_the_checker_judges_them() -> None:
    scenario = line_of_shops(8, 2, workload_tolerance=0.9)
    areas = Labels.of(["a", "a", "a", "b", "b", "c", "c", "c"])
    flow = replace(scenario.flow, weight=scenario.flow.weight[:3, :3])
    problem = SplitProblem.of(replace(scenario, outlets=replace(scenario.outlets, area=areas), flow=flow))
    plan = Assignment(rep_of_outlet=np.array([0, 1, 0, 1, 1, 1, 0, 1]))
    cut = cut_by_plan(problem, plan)
    assert cut.problem.num_units == 5
    assert check(cut.problem, plan).violations == check(problem, plan).violations
    assert check(cut.problem, plan).objective == pytest.approx(check(problem, plan).objective)


def test_more_moved_sales_than_the_cap_allows_come_back() -> None:
    problem, label = blocks(2, 3, workload_tolerance=0.4, max_moved_share=0.03)
    rep = label.copy()
    rep[np.flatnonzero(label == 1)[0::4]] = 0
    rep[np.flatnonzero(label == 5)[0::4]] = 4
    answer = mended(replace(problem, measures=(replace(problem.measures[0], tolerance=0.9),)), rep)
    assert [v.rule for v in answer.mended] == ["moved_cap"]
    assert check(problem, answer.result.require_plan()).is_clean


def test_inside_a_pooled_team_outlets_keep_their_member_and_new_ones_get_one() -> None:
    scenario = line_of_shops(12, 3, workload_tolerance=0.6)
    teams = Teams(team_ids=("T",), names=("pool",), pooled=np.array([True]))
    reps = replace(scenario.reps, team_idx=np.array([0, 0, -1]))
    problem = SplitProblem.of(replace(with_outlets(scenario, rep_idx=THIRDS), teams=teams, reps=reps))
    rep = THIRDS.copy()
    rep[[1, 6]] = NONE
    plan = mended(problem, rep).result.require_plan().rep_of_outlet
    assert (plan[rep != NONE] == rep[rep != NONE]).all()
    assert plan[1] in (0, 1)
    assert plan[6] in (0, 1)


@st.composite
def broken_plans(draw: st.DrawFn) -> tuple[SplitProblem, np.ndarray]:
    """Up to seven shops and three or four reps; a plan that keeps no rule in particular."""
    rows, columns, k = draw(st.sampled_from([(2, 3, 3), (1, 7, 3), (1, 5, 4)]))
    n = rows * columns
    scenario = grid_of_shops(
        rows,
        columns,
        k,
        seed=draw(st.integers(0, 999)),
        workload_tolerance=draw(st.sampled_from([0.3, 0.5, 0.8])),
        potential_tolerance=draw(st.sampled_from(["unlimited", 0.6])),
    )
    locked = np.array(draw(st.lists(st.sampled_from([False] * 6 + [True]), min_size=n, max_size=n)))
    group = Labels.of(draw(st.lists(st.sampled_from(["", "", "", "g"]), min_size=n, max_size=n)))
    problem = SplitProblem.of(with_outlets(scenario, locked=locked, group=group))
    return problem, np.array(draw(st.lists(st.integers(-1, k - 1), min_size=n, max_size=n)))


@settings(max_examples=15, deadline=None, phases=NO_SHRINK)
@given(case=broken_plans())
def test_no_plan_touches_fewer_territories_than_the_proof_allows(case: tuple[SplitProblem, np.ndarray]) -> None:
    problem, rep = case
    answer = mended(problem, rep)
    k, work = problem.num_territories, problem.measures[0]
    regular = ~problem.is_exempt[problem.unit_of_outlet]
    held = np.unique(rep[regular & (rep != NONE)]).tolist()
    fewest, fewest_kept = k + 1, k + 1
    every = np.array(list(itertools.product(range(k), repeat=problem.num_outlets)))
    for t in range(k):
        load = (every == t) @ work.amount
        every = every[np.abs(load - work.target[t]) <= (work.tolerance + 1e-9) * work.target[t]]
    for now in every:
        if not check(problem, Assignment(rep_of_outlet=now)).is_clean:
            continue
        both = np.union1d(now[now != rep], rep[now != rep])
        touched = int((both != NONE).sum())
        fewest = min(fewest, touched)
        if all(((rep == t) & (now == t) & regular).any() for t in held):
            fewest_kept = min(fewest_kept, touched)
    assert answer.least <= (fewest_kept if answer.proof is not None and answer.proof.kind == "neighbours" else fewest)
    if answer.result.plan is None:
        assert answer.result.status is not Status.INFEASIBLE or fewest > k
    else:
        assert len(answer.touched) >= fewest


@settings(max_examples=30, deadline=None, phases=NO_SHRINK)
@given(case=broken_plans())
def test_what_replan_returns_keeps_every_rule(case: tuple[SplitProblem, np.ndarray]) -> None:
    problem, rep = case
    plan = mended(problem, rep).result.plan
    if plan is not None:
        assert check(problem, plan).is_clean
    elif redraw(problem, effort=EFFORT, seed=1).plan is not None:
        assert mended(problem, rep).result.reason is not None
