"""Family `bounds`: compact districts, and how far the best found may be from the best possible.

Objective: moment of inertia, the sum over districts of population x squared kilometres to the best central unit of the
district. Districts are connected and within the population band. Bound: Hess' model without contiguity, by Lagrangian
relaxation. The seconds of a run are shared: a first bound, the search (free, and from where the relaxation put
the centres), and the bound again, knowing what was found.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from benchmarks import best_known
from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.instances.finding import chosen, graphs_in
from benchmarks.instances.graph import GraphInstance
from benchmarks.instances.tables import file_in
from benchmarks.options import parts_count, share
from benchmarks.quality.graph_families import LEVELS
from benchmarks.quality.graph_split import GraphTask, problem_of, refuse_if_too_large, warm_up
from benchmarks.quality.layout import positions, stand_in_homes
from benchmarks.quality.recount import inertia, recount
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import Effort
from territory.errors import VerificationError
from territory.split import SplitProblem, check, redraw
from territory.split._centre_problem import CentreProblem
from territory.split._gathering import connected_cores, gathered
from territory.split._instance import instance_of
from territory.split._lagrangian import compactness_points
from territory.split.result import SplitResult
from territory.split.solve import to_assignment
from territory.units import FloatArray

DEFAULT_SECONDS = 120.0
# Shares of the seconds after which the first bound, the free search and the search from the bound's hint end.
FIRST_BOUND, FREE_SEARCH, SEARCH = 0.2, 0.4, 0.65
ROUNDS_WITHOUT_CLOCK = 300
THREADS = 2
MILLION = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A line of the published Hess results: districts, and the gap between its bound and its best plan."""

    parts: int
    gap: float | None


def declare_bounds(parser: argparse.ArgumentParser) -> None:
    """Options of `bounds`."""
    parser.add_argument("--level", choices=LEVELS, default="tract", help="size of the units")
    parser.add_argument("--state", nargs="+", metavar="XX", help="states by their two letters (default: all)")
    parser.add_argument("--parts", nargs="+", type=parts_count, metavar="K", help="districts (default: as published)")
    parser.add_argument(
        "--tolerance", type=share, default=0.005, help="population band, two-sided (default: 0.005, as published)"
    )


def bounds_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """One case per state and number of districts, on the largest connected part of its graph."""
    readers = {
        name.removeprefix(f"{options.level}_"): read
        for name, read in graphs_in(folder).items()
        if name.startswith(f"{options.level}_")
    }
    if not readers:
        raise BenchmarkError(f"{folder} holds no {options.level} graphs ({options.level}_XX_nodes.csv)")
    published = published_in(folder, options.level)
    cases = []
    for state, read in chosen(readers, options.state).items():
        instance = read().main_component()
        known = published.get(state)
        wanted = options.parts or ([known.parts] if known is not None and known.parts > 1 else [])
        wanted = wanted or best_known.parts_of("districting", instance.name, units=instance.num_units)
        if not wanted and options.state:
            raise BenchmarkError(f"no published number of districts of {instance.name}; say into how many --parts")
        for parts in wanted:
            more: dict[str, object] = {"level": options.level, "state": state}
            if known is not None and known.parts == parts:
                more["published_gap"] = known.gap
            cases.append(bounds_case(instance, parts=parts, tolerance=options.tolerance, more=more))
    if not cases:
        raise BenchmarkError(f"{folder} has no published number of {options.level} districts; say how many --parts")
    return cases


def bounds_case(
    instance: GraphInstance,
    *,
    parts: int,
    tolerance: float,
    more: Mapping[str, object],
    iterations: int | None = None,
) -> Case:
    """A graph to be cut into compact parts."""
    if instance.xy is None:
        raise BenchmarkError(f"{instance.name}: compactness needs the positions of units, columns x and y")
    refuse_if_too_large(instance.name, units=instance.num_units, parts=parts)
    upper = (1 + tolerance) * float(instance.weight.sum()) / parts
    task = GraphTask(instance=instance, goal="kept", parts=parts, upper=upper, connected=True)
    built = cache(partial(compact_problem, task))

    def prepare() -> None:
        warm_up()
        compactness_points(instance_of(built()), effort=Effort(iterations=1))

    return Case(
        instance=instance.name,
        sense="min",
        unit="million people km2",
        prepare=prepare,
        run=lambda effort, seed: _run(task, built(), effort, seed),
        options={**more, "parts": parts, "tolerance": tolerance, "connected": True, "units": instance.num_units},
        iterations=iterations,
    )


def published_in(folder: Path, level: str) -> dict[str, Published]:
    """The published moment-of-inertia results beside the graphs, by state; empty where there are none."""
    path = file_in(folder, f"published_moi_{'counties' if level == 'county' else 'tracts'}")
    if path is None:
        return {}
    table = pd.read_csv(path, skipinitialspace=True, dtype=str)
    found = {}
    for _, row in table[table["model"] == "hess"].iterrows():
        bound, plan = (pd.to_numeric(row[name], errors="coerce") for name in ("LB", "UB LS"))
        gap = float((plan - bound) / plan) if np.isfinite(plan) and plan > 0 else None
        found[str(row["state"])] = Published(parts=int(row["k"]), gap=gap)
    return found


def compact_problem(task: GraphTask) -> SplitProblem:
    """The task with compactness as its only aim."""
    n = task.instance.num_units
    degrees = degrees_of(task.instance)
    homes = stand_in_homes(degrees, task.instance.weight, task.parts)
    return replace(
        problem_of(task),
        lat=degrees[:, 1],
        lon=degrees[:, 0],
        rep_lat=homes[:, 1],
        rep_lon=homes[:, 0],
        flow=sp.csr_matrix((n, n)),
        price_compactness=1.0,
    )


def degrees_of(instance: GraphInstance) -> FloatArray:
    """Longitude and latitude, shape (num_units, 2): the positions, or drawn into a degree where they are others."""
    xy = instance.xy
    is_on_globe = xy is not None and bool((np.abs(xy) <= (180.0, 90.0)).all())
    return xy if xy is not None and is_on_globe else positions(instance)


def _run(task: GraphTask, problem: SplitProblem, effort: Effort, seed: int) -> Outcome:
    """
    Bound, search, bound again; then count.

    Raises
    ------
    VerificationError
        When the recount and the package's checker do not agree on a plan, or a plan is better than the bound.
    """
    begun = time.perf_counter()
    instance, scale = instance_of(problem), problem.inertia_scale() / 100.0 / MILLION

    def until(share_of_all: float) -> Effort:
        if effort.seconds is None:
            return Effort(iterations=ROUNDS_WITHOUT_CLOCK)
        return Effort(seconds=max(0.0, share_of_all * effort.seconds - (time.perf_counter() - begun)))

    first = compactness_points(instance, effort=until(FIRST_BOUND), threads=THREADS)
    label = gathered(CentreProblem.of_instance(instance), first.centres)
    result = redraw(problem, effort=effort if effort.seconds is None else until(FREE_SEARCH), seed=seed)
    if label is not None:
        core = connected_cores(label, instance.graph, task.instance.weight)
        reps = to_assignment(problem, label).rep_of_outlet
        start = Assignment(rep_of_outlet=np.where(core[problem.unit_of_outlet] == NONE, NONE, reps))
        led = redraw(problem, effort=effort if effort.seconds is None else until(SEARCH), seed=seed, start=start)
        result = min(result, led, key=lambda found: found.objective)
    bound = max(first.value, result.bound) * scale
    if result.plan is None:
        note = result.reason.en if result.reason is not None else ""
        return Outcome(objective=None, bound=bound, violations=0, status=str(result.status), note=note)
    again = compactness_points(instance, effort=until(1.0), known=result.objective, price=first.price, threads=THREADS)
    return _judged(task, problem, result, max(bound, again.value * scale))


def _judged(task: GraphTask, problem: SplitProblem, result: SplitResult, bound: float) -> Outcome:
    plan = result.require_plan()
    label = problem.territories(plan)
    counted = recount(
        task.instance, label, parts=task.parts, lower=task.lower, upper=task.upper, connected=task.connected
    )
    objective = inertia(degrees_of(task.instance), task.instance.weight, label, parts=task.parts) / MILLION
    report = check(problem, plan)
    claimed = report.objective * problem.inertia_scale() / 100.0 / MILLION
    if not math.isclose(objective, claimed, rel_tol=1e-6):
        raise VerificationError(f"{task.instance.name}: recount finds {objective!r}, the checker {claimed!r}")
    if bool(counted.violations) != bool(report.violations):
        raise VerificationError(f"{task.instance.name}: recount {counted.violations}, checker {report.violations}")
    if bound > objective * (1 + 1e-9) and not counted.violations:
        raise VerificationError(f"{task.instance.name}: a plan of {objective!r} is better than the bound {bound!r}")
    return Outcome(
        objective=objective,
        bound=bound,
        violations=len(counted.violations),
        status=str(result.status),
        measures={
            "bound_gap": max(0.0, objective - bound) / objective if objective > 0 else 0.0,
            "heaviest": counted.heaviest,
            "lightest": counted.lightest,
            "parts_in_pieces": counted.parts_in_pieces,
        },
        note="; ".join(counted.violations[:3]),
    )
