"""Family `replan`: a running plan after a disruption, one rep and a pool of ten, in several towns, against a re-solve.

The running plan is what `territory visits` makes by default. The re-solve plans the same open visits with every change
free and the whole effort, from scratch and from the running plan; the better one counts. Both are made before the clock
runs. What a move saves is a matter of where the lost and the urgent visits are: hence several towns.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.instances.small import town
from benchmarks.options import count
from territory.domain.assignment import Assignment
from territory.domain.rules import EffortRules, VisitRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.standing import StopReason, Term
from territory.streams import Streams
from territory.visits import VisitsProblem, plan_visits
from territory.visits._open_visits import ChangePrices, Ground, grounds
from territory.visits._repairs import terms_of
from territory.visits._replan_search import Placed, routes_of, running_plan
from territory.visits._search import find_plan
from territory.visits.replan import (
    Closed,
    Events,
    Ill,
    Now,
    Urgent,
    check_replan,
    default_effort,
    replan,
)

NOW = Now(day=2, minute=11 * 60)
TOWNS = 3
DAYS_ILL = DAYS_CLOSED = (3, 4, 7)
URGENT_BY = 4
FREE = ChangePrices(day_s=0, per_day_s=0, rep_s=0, order_s=0)
_RUNNING = Effort(iterations=EffortRules().visit_iterations)


def declare_replan(parser: argparse.ArgumentParser) -> None:
    """Options of `replan`."""
    parser.add_argument("--outlets", type=int, default=120, help="outlets per rep")
    parser.add_argument("--reps", type=int, nargs="*", default=[1, 10], help="sizes of pools")
    parser.add_argument("--towns", type=count, default=TOWNS, help="so many towns of each size")
    parser.add_argument("--iterations", type=int, help="iterations per rep instead of --seconds")


def replan_cases(folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per pool and disruption."""
    if options.outlets < 20 or min(options.reps, default=0) < 1:
        raise BenchmarkError("--outlets is 20 or more, --reps are 1 or more")
    pools = [
        _Pool(outlets=options.outlets, reps=reps, town=number)
        for reps in options.reps
        for number in range(1, options.towns + 1)
    ]
    return [_case(pool, name, options.iterations) for name in DISRUPTIONS for pool in pools]


@dataclass(frozen=True, kw_only=True)
class _Pool:
    """Reps who share a generated town; a third of the outlets close at noon or over lunch."""

    outlets: int
    reps: int
    town: int

    def prepare(self, events: Callable[[VisitsProblem], Events]) -> None:
        """The running plan and the re-solve, once."""
        _resolved(self, events)


@cache
def _running(pool: _Pool) -> tuple[VisitsProblem, VisitPlan]:
    scenario = town(pool.outlets * pool.reps, pool.reps, seed=pool.town)
    problem = VisitsProblem.of(scenario, Assignment.today(scenario.outlets))
    windows_s = np.array(problem.windows_s)
    draw = Streams(pool.town).rng("benchmarks.replan", pool.outlets, pool.reps).random(problem.num_outlets)
    windows_s[draw < 0.35, :, 0] = (8 * 3600, 12 * 3600)
    windows_s[draw < 0.25, :, 1] = (14 * 3600, 18 * 3600)
    problem = replace(
        problem,
        windows_s=windows_s,
        pool_of_rep=np.zeros(pool.reps, dtype=np.int64),
        rules=VisitRules(),
    )
    return problem, plan_visits(problem, effort=_RUNNING, seed=1).require_plan()


def _ill(problem: VisitsProblem) -> Events:
    return Events(ill=tuple(Ill(rep_idx=0, day=day) for day in DAYS_ILL))


def _closed(problem: VisitsProblem) -> Events:
    shut = _drawn(problem, "closed", problem.num_outlets // 10)
    return Events(closed=tuple(Closed(outlet_idx=outlet, day=day) for outlet in shut for day in DAYS_CLOSED))


def _urgent(problem: VisitsProblem) -> Events:
    return Events(urgent=tuple(Urgent(outlet_idx=outlet, by_day=URGENT_BY) for outlet in _drawn(problem, "urgent", 5)))


DISRUPTIONS: dict[str, Callable[[VisitsProblem], Events]] = {"ill": _ill, "closed": _closed, "urgent": _urgent}


def _drawn(problem: VisitsProblem, what: str, number: int) -> list[int]:
    rng = Streams(1).rng(f"benchmarks.replan.{what}", problem.num_outlets)
    drawn: list[int] = rng.permutation(problem.num_outlets)[:number].tolist()
    return drawn


@cache
def _resolved(pool: _Pool, events: Callable[[VisitsProblem], Events]) -> float:
    """Objective of the re-solve, changes free."""
    problem, plan = _running(pool)
    effort = default_effort(pool.reps)
    best = 0.0
    for ground in grounds(problem, plan, events(problem), NOW, FREE):
        drive_s = ground.part.drive_s()
        visits = ground.problem(drive_s)
        best += min(
            _value(ground, drive_s, find_plan(visits, effort=effort, seed=seed, start=start).plan)
            for seed, start in ((1, None), (2, running_plan(ground)))
        )
    return best


def _value(ground: Ground, drive_s: np.ndarray, found: VisitPlan) -> float:
    routes = routes_of(found)
    there = {visit for route in routes.values() for visit in route}
    left = [at for at in range(len(ground.visits)) if at not in there]
    # which reason does not matter here
    placed = Placed(routes=routes, missing=dict.fromkeys(left), stopped_by=StopReason.EFFORT)  # type: ignore[arg-type]
    return _without_changes(terms_of(ground, drive_s, placed))


def _without_changes(terms: tuple[Term, ...]) -> float:
    return float(sum(term.points for term in terms if term.name != "change"))


def _case(pool: _Pool, name: str, iterations: int | None) -> Case:
    events = DISRUPTIONS[name]
    return Case(
        instance=f"{'single' if pool.reps == 1 else f'pool-{pool.reps}'}/{name}/{pool.town}",
        sense="min",
        unit="drive minutes of the days that may change",
        prepare=partial(pool.prepare, events),
        run=partial(_run, pool, events, iterations),
        options={"outlets_per_rep": pool.outlets, "reps": pool.reps, "town": pool.town},
        iterations=iterations or default_effort(pool.reps).iterations,
    )


def _run(
    pool: _Pool, events: Callable[[VisitsProblem], Events], iterations: int | None, effort: Effort, seed: int
) -> Outcome:
    problem, plan = _running(pool)
    chosen = effort if iterations is None else Effort(iterations=iterations)
    happened = events(problem)
    result = replan(problem, plan, happened, NOW, effort=chosen, seed=seed)
    objective, reference = _without_changes(result.terms), _resolved(pool, events)
    report = check_replan(problem, plan, result.plan, happened, NOW)
    missing = sum(term.amount for term in result.terms if term.name == "missing")
    return Outcome(
        objective=objective,
        bound=None,
        violations=len(report.violations),
        status=str(result.status),
        measures={
            "resolve_objective": round(reference, 2),
            "gap_to_resolve": round(objective / reference - 1.0, 5) if reference else 0.0,
            "open_visits": result.untouched + sum(change.cause != "none" for change in result.changes),
            "changes": len(result.changes),
            "freer_saves_min": round(result.freer.saved_min, 1),
            "moved_share": round(result.moved_share, 5),
            "retimed": result.retimed,
            "dropped": missing,
            "started_changed": sum(violation.rule == "started_changed" for violation in report.violations),
        },
    )
