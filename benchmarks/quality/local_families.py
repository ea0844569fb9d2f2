"""Family `local`: a good split of generated points meets an event, and is mended locally.

Events, each drawn by the seed: `edit` hands border units of one territory to a neighbour until balance breaks;
`leave` takes a rep away; `open` adds a cluster of new units. The objective is the number of territories touched, its
bound the number that must be touched by proof.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.contract import Case, Outcome
from benchmarks.instances.generated import points_with_flow
from benchmarks.instances.graph import GraphInstance
from benchmarks.options import parts_count, share
from benchmarks.quality.graph_split import GraphTask, problem_of
from benchmarks.quality.recount import recount
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import Effort
from territory.split import SplitProblem
from territory.split._neighbours import neighbour_pairs
from territory.split.replan import Replanned, replan
from territory.split.staffing import left_behind, without_territory
from territory.units import FloatArray, IntArray

ITERATIONS = 20_000_000
_PARTNERS = 8
_START_SEED = 1
_START_ITERATIONS_PER_UNIT = 2_000
_NEW_UNITS_SHARE = 0.3  # of a mean territory's units open in `open`
_FEW = 3


def declare_local(parser: argparse.ArgumentParser) -> None:
    """Options of `local`."""
    parser.add_argument("--outlets", type=parts_count, default=20_000, metavar="N", help="units (default: 20000)")
    parser.add_argument("--territories", type=parts_count, default=120, metavar="K", help="default: 120")
    parser.add_argument("--tolerance", type=share, default=0.05, help="balance, two-sided (default: 0.05)")


def local_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per event; the split they start from is made once."""
    start = cache(partial(_start, options.outlets, options.territories, options.tolerance))

    def prepare() -> None:
        start()

    def run(event: Callable[[Start, int], Event], effort: Effort, seed: int) -> Outcome:
        happened = event(start(), seed)
        answer = replan(happened.problem, happened.plan, effort=effort, seed=seed)
        return outcome(happened, answer)

    return [
        Case(
            instance=f"{event.__name__.strip('_')}_{options.outlets}x{options.territories}",
            sense="min",
            unit="territories touched",
            prepare=prepare,
            run=partial(run, event),
            options={
                "units": options.outlets,
                "parts": options.territories,
                "tolerance": options.tolerance,
            },
            iterations=ITERATIONS,
        )
        for event in (_edit, _leave, _open)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Start:
    """A split of an instance that keeps every rule."""

    task: GraphTask
    problem: SplitProblem
    plan: Assignment


@dataclass(frozen=True, kw_only=True, eq=False)
class Event:
    """What happened: the problem as it is now, and the plan that it met."""

    task: GraphTask
    problem: SplitProblem
    plan: Assignment


def outcome(event: Event, answer: Replanned) -> Outcome:
    """A mended plan as the recount sees it."""
    measures: Mapping[str, object] = {
        "unserved": int((event.plan.rep_of_outlet == NONE).sum()),
        "changed": len(answer.changed),
        "replan_s": round(answer.result.runtime_s, 3),
    }
    note = ""
    if answer.proof is not None and (answer.result.plan is None or len(answer.touched) > _FEW):
        note = f"at least {answer.least}: {answer.proof.text.en}"
    status, bound = str(answer.result.status), float(answer.least)
    if answer.result.plan is None:
        reason = answer.result.reason.en if answer.result.reason is not None else ""
        return Outcome(
            objective=None, bound=bound, violations=0, status=status, measures=measures, note=f"{reason} {note}"
        )
    before, after = event.plan.rep_of_outlet, answer.result.plan.rep_of_outlet
    differs = before != after
    both = np.union1d(before[differs], after[differs])
    task = event.task
    counted = recount(task.instance, after, parts=task.parts, lower=task.lower, upper=task.upper, connected=True)
    measures = {**measures, "kept_between": counted.kept_between_share}
    return Outcome(
        objective=float((both != NONE).sum()),
        bound=bound,
        violations=len(counted.violations),
        status=status,
        measures=measures,
        note="; ".join((*counted.violations[:3], note)) if counted.violations else note,
    )


def _start(num_units: int, parts: int, tolerance: float) -> Start:
    """Halved again and again across the longer side, made whole, then improved everywhere."""
    instance = points_with_flow(num_units, seed=_START_SEED)
    upper = (1.0 + tolerance) * float(instance.weight.sum()) / parts
    task = GraphTask(instance=instance, goal="kept", parts=parts, upper=upper, connected=True)
    problem = problem_of(task)
    halved = Assignment(rep_of_outlet=_halved(_positions(instance), instance.weight, parts))
    effort = Effort(iterations=_START_ITERATIONS_PER_UNIT * num_units)
    whole = replan(problem, halved, effort=effort, seed=1).result.require_plan()
    better = replan(problem, whole, effort=effort, seed=1, around=range(parts), most_territories=parts)
    return Start(task=task, problem=problem, plan=better.result.require_plan())


def _edit(start: Start, seed: int) -> Event:
    """Rings of border units change hands until one territory is too heavy or the other too light."""
    task, rng = start.task, np.random.default_rng(seed)
    rep, edges = start.plan.rep_of_outlet.copy(), task.instance.edges
    frm = int(rng.integers(task.parts))
    links = np.concatenate([edges, edges[:, ::-1]])
    beside = rep[links[(rep[links[:, 0]] == frm) & (rep[links[:, 1]] != frm), 1]]
    to = int(np.argmax(np.bincount(beside, minlength=task.parts)))
    while True:
        ring = np.unique(links[(rep[links[:, 0]] == frm) & (rep[links[:, 1]] == to), 0])
        rep[ring] = to
        load = np.bincount(rep, weights=task.instance.weight, minlength=task.parts)
        if load[to] > task.upper or load[frm] < task.lower:
            return Event(task=task, problem=start.problem, plan=Assignment(rep_of_outlet=rep))


def _leave(start: Start, seed: int) -> Event:
    """A rep leaves; everybody else's target rises."""
    gone = int(np.random.default_rng(seed).integers(start.task.parts))
    rest = without_territory(start.problem, gone)
    parts = start.task.parts - 1
    upper = start.task.upper * start.task.parts / parts
    return Event(
        task=replace(start.task, parts=parts, upper=upper),
        problem=rest,
        plan=left_behind(start.problem, start.plan, gone),
    )


def _open(start: Start, seed: int) -> Event:
    """A cluster of new units opens around a unit; each trades with the nearest ones as they do among themselves."""
    old, parts = start.task.instance, start.task.parts
    xy, rng = _positions(old), np.random.default_rng(seed)
    count = max(1, round(_NEW_UNITS_SHARE * old.num_units / parts))
    centre = xy[int(rng.integers(old.num_units))]
    spread = np.median(cKDTree(xy).query(centre, k=min(old.num_units, 4 * count))[0])
    new = centre + rng.normal(0.0, spread, (count, 2))
    weight = np.exp(rng.normal(0.0, 0.5, count))
    far, near = cKDTree(xy).query(new, k=_PARTNERS)
    whole = np.concatenate([xy, new])
    edges = neighbour_pairs(whole[:, 1], whole[:, 0])
    frm = np.repeat(old.num_units + np.arange(count), _PARTNERS)
    to = np.asarray(near, dtype=np.int64).ravel()
    spacing = np.maximum(np.median(far, axis=1, keepdims=True), 1e-12)
    amount = np.exp(-far / spacing).ravel() * old.weight[to] * weight[frm - old.num_units]
    instance = replace(
        old,
        unit_names=(*old.unit_names, *(f"N{unit:06d}" for unit in range(count))),
        weight=np.concatenate([old.weight, weight]),
        edges=edges,
        edge_weight=np.ones(len(edges)),
        flows=np.concatenate([old.flows, np.column_stack([frm, to])]),
        flow_weight=np.concatenate([old.flow_weight, amount]),
        xy=whole,
    )
    upper = start.task.upper / start.task.mean * float(instance.weight.sum()) / parts
    task = replace(start.task, instance=instance, upper=upper)
    plan = Assignment(rep_of_outlet=np.append(start.plan.rep_of_outlet, np.full(count, NONE)))
    return Event(task=task, problem=problem_of(task), plan=plan)


def _positions(instance: GraphInstance) -> FloatArray:
    assert instance.xy is not None
    return instance.xy


def _halved(xy: FloatArray, weight: FloatArray, parts: int) -> IntArray:
    """Parts of like weight by cuts across the longer side, shape (num_units,)."""
    label = np.zeros(len(xy), dtype=np.int64)

    def cut(members: IntArray, first: int, count: int) -> None:
        if count == 1:
            label[members] = first
            return
        axis = int(np.argmax(np.ptp(xy[members], axis=0)))
        ordered = members[np.argsort(xy[members, axis], kind="stable")]
        running = np.cumsum(weight[ordered])
        place = int(np.searchsorted(running, running[-1] * (count // 2) / count))
        cut(ordered[:place], first, count // 2)
        cut(ordered[place:], first + count // 2, count - count // 2)

    cut(np.arange(len(xy)), 0, parts)
    return label
