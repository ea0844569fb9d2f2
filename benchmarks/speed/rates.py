"""Rates per second of what a user waits for: moves and checks of splits, iterations of visits, years of policies."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from benchmarks.contract import Case, Outcome
from benchmarks.instances.small import grid, town
from benchmarks.quality.graph_split import GraphTask, problem_of, warm_up
from benchmarks.speed.visit_rates import visit_cases
from territory.domain.assignment import Assignment
from territory.domain.policy_rules import PolicyRules
from territory.effort import Effort
from territory.policy import PolicyProblem, simulate
from territory.policy.check import check as check_year
from territory.split import SplitProblem, check, redraw
from territory.verify import CheckReport

SPLIT_MOVES = 3_000_000
CHECKS = 20
YEARS = 2


def speed_cases(_folder: Path | None, _options: argparse.Namespace) -> list[Case]:
    """All rates."""
    return [split_moves(), split_checks(), *visit_cases(), policy_years()]


def declare_speed(_parser: argparse.ArgumentParser) -> None:
    """`speed` has no options of its own."""


def split_moves() -> Case:
    """Moves tried per second by `redraw` on a 50 x 50 grid in 10 parts."""
    built = _grid_problem()

    def run(effort: Effort, seed: int) -> Outcome:
        begun = time.perf_counter()
        result = redraw(built(), effort=Effort(iterations=SPLIT_MOVES), seed=seed)
        spent = time.perf_counter() - begun
        return _rate(SPLIT_MOVES, spent, check(built(), result.require_plan()), str(result.status))

    return _case("split_moves_2500x10", "moves/s", run, _warm_grid(built))


def split_checks() -> Case:
    """Plans checked per second on the same grid."""
    built = _grid_problem()

    def run(_effort: Effort, seed: int) -> Outcome:
        result = redraw(built(), effort=Effort(iterations=SPLIT_MOVES), seed=seed)
        plan = result.require_plan()
        begun = time.perf_counter()
        reports = [check(built(), plan) for _ in range(CHECKS)]
        return _rate(CHECKS, time.perf_counter() - begun, reports[-1], str(result.status))

    return _case("split_checks_2500x10", "checks/s", run, _warm_grid(built))


def policy_years() -> Case:
    """Years simulated per second for 12 reps."""
    scenario = town(600, 12)
    problem = PolicyProblem.of(scenario, Assignment.today(scenario.outlets), None)

    def run(_effort: Effort, seed: int) -> Outcome:
        begun = time.perf_counter()
        years = [simulate(problem, PolicyRules(), seed=seed, replication=number) for number in range(YEARS)]
        spent = time.perf_counter() - begun
        return _rate(YEARS, spent, check_year(problem, years[-1]), "FEASIBLE")

    return _case("policy_years_12", "years/s", run, lambda: None)


def _grid_problem() -> Callable[[], SplitProblem]:
    task = GraphTask(instance=grid(50), goal="cut", parts=10, upper=275.0, connected=True)
    return cache(partial(problem_of, task))


def _warm_grid(built: Callable[[], SplitProblem]) -> Callable[[], None]:
    def prepare() -> None:
        warm_up()
        built()

    return prepare


def _rate(count: int, spent_s: float, report: CheckReport, status: str) -> Outcome:
    return Outcome(objective=count / spent_s, bound=None, violations=len(report.violations), status=status)


def _case(name: str, unit: str, run: Callable[[Effort, int], Outcome], prepare: Callable[[], None]) -> Case:
    return Case(
        instance=name,
        sense="max",
        unit=unit,
        run=run,
        prepare=prepare,
        options={"kind": "speed"},
        iterations=1,
        is_fixed_work=True,
    )
