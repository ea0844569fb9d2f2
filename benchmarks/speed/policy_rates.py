"""Family `year`: what policies cost in CPU seconds and memory. And visits per second where every visit is walked."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.contract import Case, Outcome
from benchmarks.instances.lever_settings import NUM_LIVE_POLICIES, live_policies, rules
from benchmarks.instances.slots import REPS, slots
from benchmarks.options import count
from benchmarks.quality.scale_families import peak_mb
from territory.effort import Effort
from territory.policy import Draws, PolicyProblem, measures, simulate

REPLICATIONS = 20
ALONE_RUNS = 5
WARM_UP_REPS = 4


def declare_year(parser: argparse.ArgumentParser) -> None:
    """Options of `year`."""
    parser.add_argument(
        "--replications",
        type=count,
        default=REPLICATIONS,
        metavar="R",
        help=f"replications of the {NUM_LIVE_POLICIES} policies (default: {REPLICATIONS}; the bar is for 200)",
    )
    declare_rate(parser)


def declare_rate(parser: argparse.ArgumentParser) -> None:
    """How large the company is that is timed."""
    parser.add_argument("--reps", type=count, default=REPS, metavar="N", help=f"reps that are timed (default: {REPS})")


def year_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One replication alone, then all replications of eight policies with every lever live."""
    return [alone_case(options.reps), policies_case(options.reps, options.replications)]


def alone_case(reps: int) -> Case:
    """CPU seconds of one year that finds nothing drawn, the median of five."""
    problem = cache(partial(slots, reps))
    policy = live_policies()[f"live_{NUM_LIVE_POLICIES}"]

    def run(_effort: Effort, seed: int) -> Outcome:
        spent, visits = [], 0
        for number in range(ALONE_RUNS):
            begun = time.process_time()
            year = simulate(problem(), policy, seed=seed, replication=number)
            spent.append(time.process_time() - begun)
            visits += int(year.done_visits.sum())
        return _spent(problem(), statistics.median(spent), years=1, visits=visits / ALONE_RUNS)

    return _case(f"one_replication_reps_{reps}", problem, run, {"reps": reps})


def policies_case(reps: int, replications: int) -> Case:
    """CPU seconds of all years and their measures, in one process; the policies of a replication share its draws."""
    problem = cache(partial(slots, reps))
    policies = tuple(live_policies().values())

    def run(_effort: Effort, seed: int) -> Outcome:
        begun, visits = time.process_time(), 0
        for replication in range(replications):
            draws = Draws.of(problem(), seed=seed, replication=replication)
            for policy in policies:
                year = simulate(problem(), policy, seed=seed, replication=replication, draws=draws)
                measures(problem(), year)
                visits += int(year.done_visits.sum())
        spent_s = time.process_time() - begun
        return _spent(problem(), spent_s, years=replications * len(policies), visits=visits)

    name = f"policies_{len(policies)}_replications_{replications}_reps_{reps}"
    return _case(name, problem, run, {"reps": reps, "replications": replications, "policies": len(policies)})


def rate_case(reps: int) -> Case:
    """Visits per CPU second of a year in which every visit is walked through SimPy; its draws are there before."""
    problem = cache(partial(slots, reps))

    def run(_effort: Effort, seed: int) -> Outcome:
        draws = Draws.of(problem(), seed=seed, replication=0)
        block = simulate(problem(), rules(), seed=seed, replication=0, draws=draws)
        begun = time.process_time()
        walked = simulate(problem(), rules(), seed=seed, replication=0, draws=draws, mode="visits")
        spent_s = time.process_time() - begun
        visits = int(walked.done_visits.sum())
        return Outcome(
            objective=visits / spent_s,
            bound=None,
            violations=int(not np.array_equal(block.done_visits, walked.done_visits)),
            status="pass",
            measures={"visits": visits, "year_s": spent_s},
        )

    name = f"visits_per_second_reps_{reps}"
    return Case(
        instance=name,
        sense="max",
        unit="visits/s",
        prepare=partial(_warm_up, problem),
        run=run,
        options={"reps": reps},
        iterations=1,
        is_fixed_work=True,
    )


def _spent(problem: PolicyProblem, spent_s: float, *, years: int, visits: float) -> Outcome:
    return Outcome(
        objective=spent_s,
        bound=None,
        violations=0,
        status="pass",
        measures={
            "years": years,
            "year_s": spent_s / years,
            "days": problem.num_days,
            "visits_per_rep_day": round(visits / (years * problem.num_days * problem.num_slots), 2),
            "peak_mb": peak_mb(),
        },
    )


def _case(
    name: str,
    problem: Callable[[], PolicyProblem],
    run: Callable[[Effort, int], Outcome],
    options: Mapping[str, object],
) -> Case:
    return Case(
        instance=name,
        sense="min",
        unit="CPU s",
        prepare=partial(_warm_up, problem),
        run=run,
        options=options,
        iterations=1,
        is_fixed_work=True,
    )


def _warm_up(problem: Callable[[], PolicyProblem]) -> None:
    """Build the problem; compile what is compiled, on a small one."""
    problem()
    simulate(slots(WARM_UP_REPS), rules(), seed=1, replication=0)
