"""What the search promises: connected at every step, sums that equal recomputation, the same answer twice."""

from __future__ import annotations

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.effort import CancelToken, Effort
from territory.errors import InfeasibleError, NoPlanFoundError
from territory.progress import SILENT
from territory.split import SplitProblem, check, measures, moved_outlets, redraw
from territory.split._annealing import Budget
from territory.split._instance import instance_of, unit_today
from territory.split._multilevel import coarsen
from territory.split._search import Start, _run
from territory.split._starts import grown, repaired
from territory.split.kpi import pieces
from territory.split.solve import to_assignment
from territory.standing import Status, StopReason
from tests.towns import grid_of_shops, line_of_shops, with_outlets


@pytest.mark.parametrize("kind", ["multilevel", "grown", "today"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_running_cost_equals_the_checkers(kind: str, seed: int) -> None:
    problem = SplitProblem.of(grid_of_shops(8, 9, 4, seed=seed, price_moved=0.2, price_travel=0.1))
    found = _run(
        instance_of(problem),
        unit_today(problem),
        None,
        Start(kind, 0.4),
        seed,
        lambda share: Budget(steps=int(50_000 * share)),
    )
    report = check(problem, to_assignment(problem, found.label))
    assert report.is_clean
    assert report.objective == pytest.approx(found.cost, rel=1e-9)


def test_same_seed_same_split() -> None:
    problem = SplitProblem.of(grid_of_shops(7, 7, 4))
    effort = Effort(iterations=30_000)
    assert redraw(problem, effort=effort, seed=5) == redraw(problem, effort=effort, seed=5)


def test_starts_are_connected() -> None:
    problem = SplitProblem.of(grid_of_shops(9, 9, 5))
    instance = instance_of(problem)
    for label in (grown(instance), repaired(instance, unit_today(problem))):
        assert (pieces(problem, label[problem.unit_of_outlet]) == 1).all()


def test_coarse_units_are_connected_and_keep_all_load() -> None:
    problem = SplitProblem.of(grid_of_shops(9, 9, 3))
    instance = instance_of(problem)
    step = coarsen(instance, np.random.default_rng(1))
    assert step is not None
    coarse, onto = step.instance, step.onto
    assert coarse.amount.sum() == pytest.approx(instance.amount.sum())
    assert coarse.num_units < 0.7 * instance.num_units
    for unit in range(coarse.num_units):
        members = np.flatnonzero(onto == unit)
        assert len(members) == 1 or instance.graph[members[0], members[1]] == 1


def test_the_move_cap_holds_and_costs_flow() -> None:
    free = SplitProblem.of(grid_of_shops(8, 8, 4, price_moved=0.0, price_travel=0.0))
    capped = SplitProblem.of(grid_of_shops(8, 8, 4, price_moved=0.0, price_travel=0.0, max_moved_share=0.15))
    effort = Effort(iterations=200_000)
    a, b = redraw(free, effort=effort, seed=1), redraw(capped, effort=effort, seed=1)
    moved = {m.name: m.value for m in measures(capped, b.require_plan())}["moved_sales"]
    assert moved <= 15.0
    assert a.objective <= b.objective


def test_cancelling_keeps_a_plan_or_says_so() -> None:
    token = CancelToken()
    token.cancel()
    result = redraw(SplitProblem.of(grid_of_shops(8, 8, 4)), effort=Effort(seconds=30), seed=1, cancel=token)
    assert result.stopped_by is StopReason.CANCELLED
    assert result.runtime_s < 20
    if result.plan is None:
        with pytest.raises(NoPlanFoundError):
            result.require_plan()


def test_seconds_are_obeyed() -> None:
    problem = SplitProblem.of(grid_of_shops(8, 8, 4))
    redraw(problem, effort=Effort(iterations=1_000), seed=1)  # compile first
    result = redraw(problem, effort=Effort(seconds=1.0), seed=1)
    assert 0.5 < result.runtime_s < 10.0
    assert result.status is Status.FEASIBLE


def test_an_infeasible_problem_names_the_heavy_unit() -> None:
    scenario = line_of_shops(8, 2, workload_tolerance=0.1)
    service = np.full(8, 20.0)
    service[3] = 900.0
    result = redraw(SplitProblem.of(with_outlets(scenario, service_min=service)), effort=Effort(iterations=1), seed=1)
    assert result.status is Status.INFEASIBLE
    assert result.reason is not None
    assert "A003 alone has workload" in result.reason.en
    with pytest.raises(InfeasibleError, match="A003"):
        result.require_plan()


def test_each_moved_outlet_has_its_reasons_in_numbers() -> None:
    problem = SplitProblem.of(grid_of_shops(8, 8, 4, price_moved=0.0))
    plan = redraw(problem, effort=Effort(iterations=100_000), seed=1).require_plan()
    moves = moved_outlets(problem, plan)
    assert len(moves) == (plan.rep_of_outlet != problem.today).sum() > 0
    assert (np.diff(moves.sales) <= 0).all()
    # the flow gain is the change of kept flow when only this outlet goes back
    i = int(moves.outlet_idx[0])
    back = plan.rep_of_outlet.copy()
    back[i] = problem.today[i]
    from territory.split.kpi import flow_kept

    with_move = flow_kept(problem, problem.territories(plan)).kept
    without = flow_kept(problem, problem.territories(Assignment(rep_of_outlet=back))).kept
    assert moves.flow_gain[0] == pytest.approx(with_move - without)


def test_progress_tells_start_and_end() -> None:
    told: list[str] = []

    class Listener(type(SILENT)):  # type: ignore[misc]
        def started(self, stage: str, total: int) -> None:
            told.append(f"started {stage}")

        def ended(self, stage: str, note: object) -> None:
            told.append(f"ended {stage}")

    redraw(SplitProblem.of(grid_of_shops(6, 6, 3)), effort=Effort(iterations=6_000), seed=1, progress=Listener())
    assert told == ["started split", "ended split"]
