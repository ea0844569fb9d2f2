"""Explanations and counterfactuals: every number is the checker's, to 1e-9."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE, Labels
from territory.split import SplitProblem, check
from territory.split.check import objective_terms
from territory.split.explain import Change, explain
from territory.split.why_not import why_not
from tests.towns import grid_of_shops, line_of_shops, with_outlets

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
HALVES = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def line_in_halves(**columns: object) -> SplitProblem:
    """Eight shops on a line, two reps, today's split in halves."""
    scenario = line_of_shops(8, 2, workload_tolerance=0.2, price_moved=0.3, price_travel=0.2)
    return SplitProblem.of(with_outlets(scenario, rep_idx=HALVES, **columns))


def plan_of(rep: np.ndarray | list[int]) -> Assignment:
    return Assignment(rep_of_outlet=np.asarray(rep))


def assert_the_checker_agrees(problem: SplitProblem, plan: Assignment, change: Change) -> None:
    before = {term.name: term for term in objective_terms(problem, problem.territories(plan))}
    after = {term.name: term for term in objective_terms(problem, problem.territories(change.plan))}
    assert [term.name for term in change.terms] == list(after)
    for term in change.terms:
        assert term.amount == pytest.approx(after[term.name].amount - before[term.name].amount, rel=1e-9, abs=1e-9)
        assert term.points == pytest.approx(after[term.name].points - before[term.name].points, rel=1e-9, abs=1e-9)
    was, will = (check(problem, p).violations for p in (plan, change.plan))
    assert sum(v.amount for v in change.broken) - sum(v.amount for v in change.mended) == pytest.approx(
        sum(v.amount for v in will) - sum(v.amount for v in was), abs=1e-9
    )


def test_a_move_at_the_border_breaks_balance_by_the_checkers_amount() -> None:
    problem, plan = line_in_halves(), plan_of(HALVES)
    answer = why_not(problem, plan, "A003", "R1")
    assert answer.change.outlet_idx.tolist() == [3]
    assert sorted(v.rule for v in answer.change.broken) == ["balance", "balance"]
    assert_the_checker_agrees(problem, plan, answer.change)
    work = problem.measures[0]
    over = work.amount[3:].sum() - 1.2 * work.target[1]
    assert max(v.amount for v in answer.change.broken) == pytest.approx(over)


def test_a_move_from_the_middle_cuts_the_territory_and_no_small_repair_is_claimed() -> None:
    answer = why_not(line_in_halves(), plan_of(HALVES), "A001", "R1")
    assert "contiguity" in {v.rule for v in answer.change.broken}
    assert answer.repair is None


def test_a_unit_that_is_handed_back_repairs_the_balance() -> None:
    problem = SplitProblem.of(grid_of_shops(2, 4, 2, seed=1, workload_tolerance=0.2))
    even = replace(problem.measures[0], amount=np.ones(8), target=np.full(2, 4.0))
    problem = replace(problem, measures=(even,))
    plan = plan_of([0, 0, 1, 1, 0, 0, 1, 1])
    answer = why_not(problem, plan, "A001", problem.rep_ids[1])
    assert {v.rule for v in answer.change.broken} == {"balance"}
    assert answer.repair is not None
    assert len(answer.repair.steps) == 1
    assert answer.repair.change.broken == ()
    assert check(problem, answer.repair.change.plan).is_clean
    assert_the_checker_agrees(problem, plan, answer.repair.change)
    # no other single unit handed back is cheaper and keeps the rules
    for unit in (2, 3, 6, 7):
        other = answer.change.plan.rep_of_outlet.copy()
        other[unit] = 0
        if check(problem, plan_of(other)).is_clean:
            cost = check(problem, plan_of(other)).objective - check(problem, plan).objective
            assert answer.repair.change.points <= cost + 1e-9


def test_what_a_move_cuts_off_comes_along() -> None:
    problem = SplitProblem.of(line_of_shops(8, 2, workload_tolerance=0.6))
    wide = replace(problem, measures=(replace(problem.measures[0], tolerance=0.99),))
    answer = why_not(wide, plan_of([1, 1, 0, 0, 0, 0, 0, 0]), "A003", "R1")
    assert answer.repair is not None
    assert [step.unit_name for step in answer.repair.steps] == ["A002"]
    assert check(wide, answer.repair.change.plan).is_clean


def test_a_lock_is_named_and_not_repaired() -> None:
    locked = np.zeros(8, dtype=np.bool_)
    locked[3] = True
    problem = line_in_halves(locked=locked)
    answer = why_not(problem, plan_of(HALVES), "A003", "R1")
    assert "locked" in {v.rule for v in answer.change.broken}
    assert answer.repair is None


def test_the_rep_who_serves_already_changes_nothing() -> None:
    answer = why_not(line_in_halves(), plan_of(HALVES), "A000", "R0")
    assert answer.is_served
    assert (len(answer.change.outlet_idx), answer.change.points, answer.change.broken) == (0, 0.0, ())


def test_the_unit_moves_as_one() -> None:
    scenario = line_of_shops(8, 2, workload_tolerance=0.9)
    areas = Labels.of(["a", "a", "a", "b", "b", "c", "c", "c"])
    flow = replace(scenario.flow, weight=scenario.flow.weight[:3, :3])
    outlets = replace(scenario.outlets, area=areas, rep_idx=HALVES)
    problem = SplitProblem.of(replace(scenario, outlets=outlets, flow=flow))
    assert why_not(problem, plan_of([0, 0, 0, 0, 0, 1, 1, 1]), "A004", "R1").unit_outlets.tolist() == [3, 4]
    # what the plan has parted, moves apart
    assert why_not(problem, plan_of([0, 0, 0, 0, 1, 1, 1, 1]), "A003", "R1").unit_outlets.tolist() == [3]


def test_an_explanation_tells_flow_travel_today_and_the_best_alternative() -> None:
    problem = line_in_halves()
    plan = plan_of([0, 0, 0, 0, 0, 1, 1, 1])
    told = explain(problem, plan, "A004")
    assert (told.rep_id, told.today_rep_id) == ("R0", "R1")
    assert [tie.territory_id for tie in told.ties] == ["R0", "R1"]
    assert [tie.flow for tie in told.ties] == [pytest.approx(10.0), pytest.approx(10.0)]
    assert told.ties[1].home_min == pytest.approx(float(problem.home_min[4, 1]))
    assert told.since_today is not None
    back = plan_of(HALVES)
    gained = check(problem, plan).objective - check(problem, back).objective
    assert told.since_today.points == pytest.approx(gained, rel=1e-9)
    assert told.best_other is not None
    assert told.best_other[0] == "R1"
    assert told.best_other[1].points == pytest.approx(-gained, rel=1e-9)
    assert {share.territory_id for share in told.shares} == {"R0"}


def test_an_outlet_that_nobody_serves_is_explained_too() -> None:
    problem = line_in_halves()
    told = explain(problem, plan_of([0, 0, 0, NONE, 1, 1, 1, 1]), "A003")
    assert told.rep_id is None
    assert told.best_other is not None
    assert told.shares == ()


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="no outlet"):
        explain(line_in_halves(), plan_of(HALVES), "B999")
    with pytest.raises(ValueError, match="no rep"):
        why_not(line_in_halves(), plan_of(HALVES), "A000", "R9")


@st.composite
def questions(draw: st.DrawFn) -> tuple[SplitProblem, np.ndarray, str, str]:
    """A grid with all prices, a plan that may break rules, an outlet and a rep."""
    k = draw(st.integers(2, 4))
    scenario = grid_of_shops(
        4, 4, k, seed=draw(st.integers(0, 999)), price_moved=0.4, price_travel=0.2, price_compactness=0.3
    )
    problem = SplitProblem.of(scenario)
    rep = np.array(draw(st.lists(st.integers(-1, k - 1), min_size=16, max_size=16)))
    return problem, rep, f"A{draw(st.integers(0, 15)):03d}", f"R{draw(st.integers(0, k - 1))}"


@settings(max_examples=60, deadline=None, phases=NO_SHRINK)
@given(question=questions())
def test_every_answer_is_reproduced_by_the_checker(question: tuple[SplitProblem, np.ndarray, str, str]) -> None:
    problem, rep, outlet_id, rep_id = question
    plan = plan_of(rep)
    answer = why_not(problem, plan, outlet_id, rep_id)
    assert_the_checker_agrees(problem, plan, answer.change)
    if answer.repair is not None:
        assert_the_checker_agrees(problem, plan, answer.repair.change)
        assert answer.repair.change.broken == ()
    told = explain(problem, plan, outlet_id)
    if told.best_other is not None:
        assert_the_checker_agrees(problem, plan, told.best_other[1])


@settings(max_examples=30, deadline=None, phases=NO_SHRINK)
@given(question=questions())
def test_flow_cut_changes_by_the_difference_of_the_ties(question: tuple[SplitProblem, np.ndarray, str, str]) -> None:
    problem, rep, outlet_id, rep_id = question
    plan = plan_of(np.maximum(rep, 0))
    flow = {tie.territory_id: tie.flow for tie in explain(problem, plan, outlet_id).ties}
    answer = why_not(problem, plan, outlet_id, rep_id)
    own = problem.territory_ids[int(problem.territories(plan)[problem.outlet_ids.index(outlet_id)])]
    if rep_id in flow and rep_id != own:
        cut = next(term.amount for term in answer.change.terms if term.name == "flow_cut")
        assert cut == pytest.approx(flow[own] - flow[rep_id], rel=1e-9, abs=1e-9)
