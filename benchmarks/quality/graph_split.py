"""Solves a graph instance with the split engine, through its front door, and counts the answer anew."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import scipy.sparse as sp

from benchmarks.contract import BenchmarkError, Outcome, Sense
from benchmarks.instances.graph import GraphInstance
from benchmarks.quality.layout import positions, stand_in_homes
from benchmarks.quality.recount import Recount, recount
from territory.effort import Effort
from territory.errors import VerificationError
from territory.language import Text
from territory.split import SplitProblem, check, redraw
from territory.split.model import BalanceMeasure
from territory.split.result import SplitResult

# What the package holds per unit and part: permissions, loads and costs by territory.
BYTES_PER_CELL = 16
Goal = Literal["cut", "kept", "parted"]


@dataclass(frozen=True, kw_only=True, eq=False)
class GraphTask:
    """
    An instance to be cut into `parts` within a band of weight.

    Attributes
    ----------
    goal
        "cut": fewest borders between parts. "kept": largest share of flow inside parts. "parted": smallest share of
        flow between parts.
    upper
        Heaviest part allowed; the lightest mirrors it.
    connected
        Count a part in pieces as a violation. The split engine always connects.
    """

    instance: GraphInstance
    goal: Goal
    parts: int
    upper: float
    connected: bool

    @property
    def sense(self) -> Sense:
        """Fewer borders, more flow kept, or less flow parted."""
        return "max" if self.goal == "kept" else "min"

    @property
    def mean(self) -> float:
        """Weight of a mean part."""
        return float(self.instance.weight.sum()) / self.parts

    @property
    def lower(self) -> float:
        """Lightest part allowed."""
        return 2.0 * self.mean - self.upper


def refuse_if_too_large(name: str, *, units: int, parts: int, memory_bytes: int | None = None) -> None:
    """
    Say what a case needs before memory runs out.

    Parameters
    ----------
    memory_bytes
        What there is; None: this machine's memory.

    Raises
    ------
    BenchmarkError
        When arrays of units x parts do not fit.
    """
    there_is = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if memory_bytes is None else memory_bytes
    needed = units * parts * BYTES_PER_CELL
    if needed > there_is:
        raise BenchmarkError(
            f"{name} with {units:,} units in {parts:,} parts needs about {needed / 1e9:.1f} GB of memory, this machine "
            f"has {there_is / 1e9:.1f} GB. Take fewer --parts, or leave it out with --instance."
        )


def problem_of(task: GraphTask) -> SplitProblem:
    """The task as a split problem: units are outlets, parts are territories without price or home."""
    instance, parts = task.instance, task.parts
    n = instance.num_units
    pairs, amount = (
        (instance.edges, instance.edge_weight) if task.goal == "cut" else (instance.flows, instance.flow_weight)
    )
    xy = positions(instance)
    homes = stand_in_homes(xy, instance.weight, parts)
    nobody = np.full(n, -1, dtype=np.int64)
    ids = tuple(f"part {part + 1}" for part in range(parts))
    return SplitProblem(
        outlet_ids=instance.unit_names,
        rep_ids=ids,
        territory_ids=ids,
        territory_of_rep=np.arange(parts),
        reps_of_territory=tuple((part,) for part in range(parts)),
        rep_lat=homes[:, 1],
        rep_lon=homes[:, 0],
        lat=xy[:, 1],
        lon=xy[:, 0],
        unit_of_outlet=np.arange(n),
        unit_names=instance.unit_names,
        is_exempt=np.zeros(n, dtype=np.bool_),
        neighbours=instance.graph(),
        place_of_outlet=np.arange(n),
        share_of_place=np.ones(n),
        flow=sp.csr_matrix((amount, (pairs[:, 0], pairs[:, 1])), shape=(n, n)),
        measures=(
            BalanceMeasure(
                name="weight",
                unit="",
                label=Text("weight", "权重"),
                amount=instance.weight,
                target=np.full(parts, task.mean),
                tolerance=task.upper / task.mean - 1.0,
            ),
        ),
        sales=np.ones(n),
        today=nobody,
        locked=np.zeros(n, dtype=np.bool_),
        group=nobody,
        home_min=np.broadcast_to(np.float32(0.0), (n, parts)),
        allowed=np.broadcast_to(np.True_, (n, parts)),
        max_moved_share=1.0,
        price_moved=0.0,
        price_travel=0.0,
    )


def solve(task: GraphTask, problem: SplitProblem, effort: Effort, seed: int) -> Outcome:
    """
    Redraw, check, recount.

    Raises
    ------
    VerificationError
        When the recount and the package's checker do not agree on a plan.
    """
    return judged(task, problem, redraw(problem, effort=effort, seed=seed))


def judged(task: GraphTask, problem: SplitProblem, result: SplitResult) -> Outcome:
    """
    A split result as the recount sees it.

    Raises
    ------
    VerificationError
        When the recount and the package's checker do not agree.
    """
    bound = _bound(task, problem, result.bound)
    if result.plan is None:
        note = result.reason.en if result.reason is not None else ""
        return Outcome(objective=None, bound=bound, violations=0, status=str(result.status), note=note)
    counted = recount(
        task.instance,
        problem.territories(result.plan),
        parts=task.parts,
        lower=task.lower,
        upper=task.upper,
        connected=task.connected,
    )
    report = check(problem, result.plan)
    objective = objective_of(task, counted)
    claimed = _from_points(task, problem, report.objective)
    if not math.isclose(objective, claimed, rel_tol=1e-6, abs_tol=1e-6):
        raise VerificationError(f"{task.instance.name}: recount finds {objective!r}, the checker {claimed!r}")
    binding = [violation for violation in report.violations if task.connected or violation.rule != "contiguity"]
    if bool(counted.violations) != bool(binding):
        raise VerificationError(f"{task.instance.name}: recount {counted.violations}, checker {binding}")
    measures: Mapping[str, object] = {
        "heaviest": counted.heaviest,
        "lightest": counted.lightest,
        "parts_in_pieces": counted.parts_in_pieces,
    }
    if task.goal != "cut":
        measures = {**measures, "kept_between": counted.kept_between_share}
    return Outcome(
        objective=objective,
        bound=bound,
        violations=len(counted.violations),
        status=str(result.status),
        measures=measures,
        note="; ".join(counted.violations[:3]),
    )


def objective_of(task: GraphTask, counted: Recount) -> float:
    """The task's own objective of a labelling."""
    return {"cut": counted.cut, "kept": counted.kept_share, "parted": 1.0 - counted.kept_share}[task.goal]


def _from_points(task: GraphTask, problem: SplitProblem, points: float) -> float:
    """The case's own objective from the split engine's points (per cent of the flow between units that is cut)."""
    cut = points / 100.0 * problem.flow_between
    if task.goal == "cut":
        return cut
    total = float(task.instance.flow_weight.sum())
    parted = cut / total if total else 0.0
    return parted if task.goal == "parted" else 1.0 - parted


def _bound(task: GraphTask, problem: SplitProblem, points: float) -> float | None:
    if not math.isfinite(points):
        return None
    bound = _from_points(task, problem, points)
    whole = task.goal == "cut" and bool((task.instance.edge_weight % 1 == 0).all())
    return float(math.ceil(bound - 1e-6)) if whole else bound


@cache
def warm_up() -> None:
    """Compile or load the search kernels, so that no run pays for it; once per process."""
    side = 10
    unit = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.column_stack([unit[:, :-1].ravel(), unit[:, 1:].ravel()]),
            np.column_stack([unit[:-1].ravel(), unit[1:].ravel()]),
        ]
    )
    grid = GraphInstance(
        name="warm-up",
        unit_names=tuple(str(u) for u in range(side * side)),
        weight=np.ones(side * side),
        edges=edges,
        edge_weight=np.ones(len(edges)),
        flows=np.zeros((0, 2), dtype=np.int64),
        flow_weight=np.zeros(0),
        xy=None,
    )
    task = GraphTask(instance=grid, goal="cut", parts=4, upper=30.0, connected=True)
    redraw(problem_of(task), effort=Effort(iterations=1200), seed=1)
