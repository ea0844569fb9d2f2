"""The front door: parts, standing, journal, cancelling, workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.compute import Journal, local_executor
from territory.domain.assignment import Assignment
from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.flow import no_flow
from territory.domain.outlets import Outlets, always_open
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, SplitRules, VisitRules
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.errors import NoPlanFoundError, VerificationError
from territory.standing import Status, StopReason
from territory.visits import VisitsProblem, check, plan_visits
from territory.visits import solve as front_door
from territory.visits.result import from_arrays, to_arrays
from tests.visits.towns import MONDAY, PlaneTravel, clustered, make_problem

LITTLE = Effort(iterations=200)


class Watcher:
    """Keeps what it is told; cancels after some parts."""

    def __init__(self, cancel: CancelToken | None = None, after: int = 0) -> None:
        self.steps: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self.cancel, self.after = cancel, after

    def started(self, stage: str, total: int) -> None:
        assert stage == "visits"

    def stepped(self, stage: str, done: int, total: int) -> None:
        self.steps.append((done, total))
        if self.cancel is not None and done >= self.after > 0:
            self.cancel.cancel()

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None: ...

    def ended(self, stage: str, note: str) -> None:
        self.notes.append(str(note))


def three_reps() -> VisitsProblem:
    return clustered(outlets=60, seed=8, reps=3)


def test_a_plan_of_several_reps_is_clean_bounded_and_says_how_it_was_made():
    problem = three_reps()
    watcher = Watcher()
    result = plan_visits(problem, effort=LITTLE, seed=4, progress=watcher)
    report = check(problem, result.require_plan())
    assert report.is_clean
    assert report.objective == pytest.approx(result.objective)
    assert (result.status, result.stopped_by) == (Status.FEASIBLE, StopReason.EFFORT)
    assert 0 < result.bound < result.objective
    assert result.gap == pytest.approx((result.objective - result.bound) / result.objective)
    assert result.run_card.seed == 4
    assert result.run_card.effort == {"iterations": 200}
    assert watcher.steps[-1] == (3, 3)
    assert watcher.notes == [f"{result.plan.num_stops} visits placed, 0 not placed"]


def test_the_same_seed_gives_the_same_result_and_another_seed_another_plan():
    problem = three_reps()
    first, again, other = (plan_visits(problem, effort=LITTLE, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first.plan != other.plan


@pytest.mark.slow
def test_one_worker_or_two_give_the_same_plan():
    problem = three_reps()
    with local_executor(2) as executor:
        together = plan_visits(problem, effort=LITTLE, seed=4, executor=executor)
    assert together == plan_visits(problem, effort=LITTLE, seed=4)


def test_a_tiny_problem_is_proved_optimal():
    result = plan_visits(make_problem(xy=((5, 0), (0, 5)), frequency=(2, 1)), effort=LITTLE, seed=1)
    assert (result.status, result.stopped_by, result.gap) == (Status.OPTIMAL, StopReason.PROVED, 0.0)
    assert result.bound == pytest.approx(result.objective)


def test_nothing_due_is_an_empty_plan_that_is_optimal():
    problem = make_problem(xy=((5, 0),), frequency=(0,))
    result = plan_visits(problem, effort=LITTLE, seed=1)
    assert result.plan.num_stops == 0
    assert result.status == Status.OPTIMAL
    assert check(problem, result.plan).is_clean


def test_finished_parts_are_taken_from_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    problem, journal = three_reps(), Journal(tmp_path)
    first = plan_visits(problem, effort=LITTLE, seed=4, journal=journal)
    assert len(list(tmp_path.glob("*.npz"))) == 3
    next(iter(sorted(tmp_path.glob("*.npz")))).unlink()
    solved = []
    honest = front_door.solve_part

    def counted(task, *, cancel=None):
        solved.append(task.problem.name)
        return honest(task, cancel=cancel)

    monkeypatch.setattr(front_door, "solve_part", counted)
    again = plan_visits(problem, effort=LITTLE, seed=4, journal=journal)
    assert again == first
    assert len(solved) == 1
    plan_visits(problem, effort=LITTLE, seed=5, journal=journal)
    assert len(solved) == 4  # another seed is another key


def test_a_cancelled_run_keeps_what_ended_and_gives_the_rest_a_first_plan(tmp_path: Path):
    token = CancelToken()
    journal = Journal(tmp_path)
    result = plan_visits(
        three_reps(), effort=LITTLE, seed=4, progress=Watcher(token, after=1), cancel=token, journal=journal
    )
    assert result.stopped_by == StopReason.CANCELLED
    assert check(three_reps(), result.plan).is_clean
    assert len(list(tmp_path.glob("*.npz"))) == 1


def test_a_search_that_claims_another_objective_is_caught(monkeypatch: pytest.MonkeyPatch):
    honest = front_door.find_plan
    monkeypatch.setattr(
        front_door, "find_plan", lambda *a, **k: replace(found := honest(*a, **k), objective=found.objective - 1)
    )
    with pytest.raises(VerificationError):
        plan_visits(three_reps(), effort=LITTLE, seed=4)


def test_a_plan_survives_the_journal():
    plan = plan_visits(clustered(outlets=40, seed=3, service_min=200.0), effort=LITTLE, seed=1).plan
    assert plan.num_unplaced
    assert from_arrays(to_arrays(plan)) == plan


def test_a_result_without_a_plan_says_so():
    result = plan_visits(make_problem(xy=((5, 0),), frequency=(1,)), effort=LITTLE, seed=1)
    with pytest.raises(NoPlanFoundError):
        replace(result, plan=None).require_plan()


def scenario(*, pooled: bool) -> Scenario:
    """Six outlets, two reps of one team; the last outlet is nobody's."""
    n = 6
    empty = Labels.empty(n)
    outlets = Outlets(
        outlet_ids=tuple(f"o{i}" for i in range(n)), names=("",) * n, lat=np.arange(n), lon=np.zeros(n),
        district=empty, area=empty, segment=empty, tier=Labels.of(["A", "A", "B", "B", "C", "C"]),
        sales_per_week=np.ones(n), service_min=np.full(n, 15.0), visits_per_cycle=np.array([4, 4, 2, 2, 1, 1]),
        windows_min=always_open(n), priority=np.full(n, 50.0), skill=empty,
        rep_idx=np.array([0, 0, 0, 1, 1, -1]), locked=np.zeros(n, dtype=bool), group=empty, team=empty,
    )  # fmt: skip
    none = Labels.empty(2)
    reps = Reps(
        rep_ids=("r0", "r1"), names=("", ""), lat=np.array([0.0, 5.0]), lon=np.zeros(2), team_idx=np.zeros(2),
        shift_min=np.array([[510, 1050]] * 2), works=np.array([[True] * 5 + [False] * 2] * 2),
        capacity_min=np.full(2, 9000.0), skills=(frozenset(), frozenset()), grade=none, contract=none,
        step=np.zeros(2), star=np.zeros(2), tenure_years=np.zeros(2), ability=np.ones(2),
    )  # fmt: skip
    return Scenario(
        name="six", currency="CNY", seed=1, outlets=outlets, reps=reps,
        teams=Teams(team_ids=("t",), names=("",), pooled=np.array([pooled])), flow=no_flow(0),
        travel=PlaneTravel(minutes_per_degree=5.0), calendar=Calendar(start=MONDAY), split=SplitRules(),
        visits=VisitRules(), policies={}, effort=EffortRules(),
    )  # fmt: skip


@pytest.mark.parametrize("pooled", [False, True])
def test_a_scenario_with_its_split_becomes_a_plan(pooled):
    case = scenario(pooled=pooled)
    problem = VisitsProblem.of(case, Assignment.today(case.outlets))
    assert problem.num_outlets == 5
    assert problem.service_s.tolist() == [int(16.5 * 60)] * 5
    assert len(problem.parts()) == (1 if pooled else 2)
    result = plan_visits(problem, effort=LITTLE, seed=case.seed)
    assert check(problem, result.plan).is_clean
    assert result.plan.num_stops == 4 + 4 + 2 + 2 + 1
