"""Family `moves`: the flow-against-moves curve of a scenario folder, one row per cap.

A curve is one run with one effort; its rows come from it. Seconds given with --seconds are for the whole curve.
"""

from __future__ import annotations

import argparse
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.quality.scenario_families import _opened
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.split import SplitProblem, check, kpi
from territory.split.curve import CAPS, CurvePoint, MovesCurve, moves_curve

_ROUNDING = 1e-9


def declare_moves(parser: argparse.ArgumentParser) -> None:
    """Options of `moves`."""
    parser.add_argument("--data", type=Path, help="folder with public data, for scenarios whose recipe needs it")
    parser.add_argument("--balance", choices=("as-today", "scenario"), default="as-today", help="bands of balance")
    parser.add_argument("--objective", choices=("flow", "scenario"), default="flow", help="flow alone, or with prices")
    parser.add_argument("--iterations", type=int, help="moves tried by a curve instead of --seconds")


def moves_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """One case per cap; the curve of an effort and seed is computed once."""
    if options.iterations is not None and options.iterations < 1:
        raise BenchmarkError("--iterations is a number of moves, 1 or more")
    return curve_cases(_opened(folder, options.data), options)


def curve_cases(scenario: Scenario, options: argparse.Namespace) -> list[Case]:
    """The cases of a scenario."""
    problem = cache(partial(SplitProblem.of, scenario))

    @cache
    def curve(effort: Effort, seed: int) -> MovesCurve:
        return moves_curve(problem(), effort=effort, seed=seed, base=options.balance, aim=options.objective)

    def run(cap: float, effort: Effort, seed: int) -> Outcome:
        chosen = effort if options.iterations is None else Effort(iterations=options.iterations)
        found = curve(chosen, seed)
        return outcome(problem(), found, next(point for point in found.points if point.cap == cap))

    return [
        Case(
            instance=f"{scenario.name}/cap-{100 * cap:g}",
            sense="max",
            unit="share of flow between areas kept",
            prepare=lambda: _warm_up(problem()),
            run=partial(run, cap),
            options={
                "cap": cap,
                "balance": options.balance,
                "aim": options.objective,
                "curve_iterations": options.iterations,
            },
            iterations=scenario.effort.split_iterations,
        )
        for cap in CAPS
    ]


def outcome(problem: SplitProblem, curve: MovesCurve, point: CurvePoint) -> Outcome:
    """A point as the scenario's own problem sees its plan: flow, moves and rules recomputed from there."""
    if point.plan is None:
        note = "" if point.reason is None else point.reason.en
        return Outcome(objective=None, bound=point.flow_bound, violations=0, status=str(point.status), note=note)
    territory = problem.territories(point.plan)
    today = problem.today_territory()
    broken = rules_broken(problem, point.plan, cap=point.cap, as_today=curve.base == "as-today")
    return Outcome(
        objective=kpi.flow_kept(problem, territory).share_between,
        bound=point.flow_bound,
        violations=len(broken),
        status=str(point.status),
        measures={
            "share_of_free_gain": curve.gain_share(point),
            "kept_today": kpi.flow_kept(problem, today).share_between,
            "moved_share": kpi.moved_sales(problem, territory) / problem.served_sales,
            "moved_outlets": point.moved_outlets,
            "home_travel_change": kpi.home_travel_min(problem, territory) / problem.home_travel_today() - 1.0,
        },
        note="; ".join(broken[:3]),
    )


def rules_broken(problem: SplitProblem, plan: Assignment, *, cap: float, as_today: bool) -> list[str]:
    """
    The rules a plan of the curve breaks, from the scenario's own checker and today's split alone.

    Under "as-today" what today's split breaks already is no fault of the plan, unless the plan makes it worse: a
    load further outside its band than today's, or more pieces of all territories together than today.
    """
    after, before = problem.territories(plan), problem.today_territory()
    report = check(problem, plan)
    eased = {"balance", "contiguity"} if as_today else set()
    broken = [str(violation) for violation in report.violations if violation.rule not in {*eased, "moved_cap"}]
    share = kpi.moved_sales(problem, after) / problem.served_sales
    if share > cap + _ROUNDING:
        broken.append(f"moved_cap: {100 * share:.6g} % of sales moved, {100 * cap:g} % allowed")
    if not as_today:
        return broken
    for measure in problem.measures:
        if not measure.is_limited:
            continue
        load, was = kpi.loads(problem, measure, after), kpi.loads(problem, measure, before)
        low = np.minimum(was, measure.target * (1 - measure.tolerance))
        high = np.maximum(was, measure.target * (1 + measure.tolerance))
        worse = np.flatnonzero((load > high + 1e-9 * measure.target) | (load < low - 1e-9 * measure.target))
        broken += [f"balance: {measure.name} of {problem.territory_ids[t]} worse than today" for t in worse.tolist()]
    pieces = (int(kpi.pieces(problem, after).sum()), int(kpi.pieces(problem, before).sum()))
    if pieces[0] > pieces[1]:
        broken.append(f"contiguity: {pieces[0]} pieces, {pieces[1]} today")
    return broken


def _warm_up(problem: SplitProblem) -> None:
    """Compile the kernels before the clock runs."""
    moves_curve(problem, caps=(0.05,), effort=Effort(iterations=2_000), seed=0)
