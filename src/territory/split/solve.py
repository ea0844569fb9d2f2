"""How is it found? The front door of the split: `redraw`."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort, Meter
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split._evidence import permissions_by_rule
from territory.split._exact import core_reason, cost_of, solve_exactly
from territory.split._instance import instance_of, unit_today
from territory.split._lower import lower_bound
from territory.split._search import STEPS_SHOWN, search
from territory.split._starts import grow
from territory.split.check import check
from territory.split.conflicts import proof_of_infeasibility
from territory.split.model import SplitProblem
from territory.split.result import SplitResult
from territory.standing import RunCard, Status, StopReason, Term, package_versions
from territory.units import IntArray
from territory.verify import listed, require_agreement

_EXACT_CELLS = 64
# Of an effort in seconds, what the bound may take at most.
_BOUND_SHARE = 0.12
_EXACT_DETERMINISTIC_TIME = 5.0


def redraw(
    problem: SplitProblem,
    *,
    effort: Effort,
    seed: int,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
    start: Assignment | None = None,
) -> SplitResult:
    """
    Territories around retail flow: the cheapest split found, checked, with a lower bound.

    Parameters
    ----------
    problem
        Outlets, territories, flow and rules.
    effort
        Moves tried (repeats exactly) or seconds. Small problems are solved exactly whatever the effort.
    seed
        Root of all random draws.
    start
        A split to begin from instead of today's and new ones; outlets without a rep are filled in.

    Returns
    -------
    SplitResult
        `plan` is None, and `reason` says why, when no split can exist or none was found.

    Raises
    ------
    VerificationError
        When the independent checker disagrees with the search: a bug.
    """
    meter = Meter(effort)
    progress.started("split", STEPS_SHOWN)
    card = redraw_card(problem, effort=effort, seed=seed)

    def answer(
        status: Status,
        stopped_by: StopReason,
        plan: Assignment | None,
        bound: float,
        *,
        claimed: float | None = None,
        reason: Text | None = None,
    ) -> SplitResult:
        terms: tuple[Term, ...] = ()
        if plan is not None:
            report = check(problem, plan)
            terms = report.terms
            require_agreement(report, claimed=report.objective if claimed is None else claimed)
        return SplitResult(
            status=status,
            stopped_by=stopped_by,
            plan=plan,
            terms=terms,
            bound=bound,
            run_card=card,
            reason=reason,
            runtime_s=time.perf_counter() - meter.started_s,
        )

    proof = proof_of_infeasibility(problem)
    if proof is not None:
        progress.ended("split", proof)
        return answer(Status.INFEASIBLE, StopReason.PROVED, None, float("inf"), reason=proof)
    instance = instance_of(problem)
    today = Assignment(rep_of_outlet=problem.today)
    bound = lower_bound(
        instance, seconds=None if effort.seconds is None else effort.seconds * _BOUND_SHARE, cancel=cancel
    )
    if instance.num_units * instance.num_territories <= _EXACT_CELLS:
        exact = solve_exactly(
            instance,
            deterministic_time=_EXACT_DETERMINISTIC_TIME,
            seed=seed,
            permissions=permissions_by_rule(problem),
        )
        if exact.is_proved and exact.label is None and check(problem, today).is_clean:
            # today's split may part units that no new split parts
            progress.ended("split", Text("today's split", "维持今日划分"))
            return answer(Status.FEASIBLE, StopReason.EFFORT, today, 0.0)
        if exact.is_proved:
            progress.ended("split", Text("proved", "已证明"))
            if exact.label is None:
                reason = core_reason(problem, exact.core)
                return answer(Status.INFEASIBLE, StopReason.PROVED, None, float("inf"), reason=reason)
            best = to_assignment(problem, exact.label)
            return answer(Status.OPTIMAL, StopReason.PROVED, best, max(bound, exact.bound), claimed=exact.cost)
        bound = max(bound, exact.bound)
    given = None if start is None else unit_labels(problem, start)
    found = search(problem, instance, meter, seed=seed, progress=progress, cancel=cancel, start=given, bound=bound)
    stopped = StopReason.CANCELLED if cancel is not None and cancel.is_cancelled else StopReason.EFFORT
    if not np.isfinite(found.cost) and check(problem, today).is_clean:
        progress.ended("split", Text("today's split", "维持今日划分"))
        return answer(Status.FEASIBLE, stopped, today, bound)
    if not np.isfinite(found.cost):
        reason = _nearest_miss(problem, found.label)
        progress.ended("split", reason)
        return answer(Status.NO_PLAN_FOUND, stopped, None, bound, reason=reason)
    result = answer(
        Status.FEASIBLE, stopped, to_assignment(problem, found.label), bound, claimed=cost_of(instance, found.label)
    )
    gap = result.gap
    points, share = f"{result.objective:.2f}", f"{100 * (gap or 0):.1f} %"
    progress.ended(
        "split",
        Text(f"{points} points, bound {bound:.2f}, gap {share}", f"{points} 分,界 {bound:.2f},差距 {share}"),
    )
    return result


def redraw_card(problem: SplitProblem, *, effort: Effort, seed: int) -> RunCard:
    """What is needed to repeat a redraw."""
    return RunCard(
        seed=seed, effort=effort.describe(), input_hashes=dict(problem.input_hashes), versions=package_versions()
    )


def unit_labels(problem: SplitProblem, plan: Assignment) -> IntArray:
    """The territory of each unit under a plan: the one with most of its sales; grown on where nobody serves it."""
    served = unit_today(replace(problem, today=plan.rep_of_outlet))
    return grow(instance_of(problem), served) if (served == NONE).any() else served


def to_assignment(problem: SplitProblem, label: IntArray) -> Assignment:
    """Reps from territories of units; inside a pooled team today's member, else the nearest home."""
    territory = label[problem.unit_of_outlet]
    rep = np.array([group[0] for group in problem.reps_of_territory], dtype=np.int64)[territory]
    for t, group in enumerate(problem.reps_of_territory):
        if len(group) == 1:
            continue
        rows = np.flatnonzero(territory == t)
        members = np.array(group)
        far = (problem.lat[rows, None] - problem.rep_lat[members]) ** 2 + (
            (problem.lon[rows, None] - problem.rep_lon[members]) * np.cos(np.radians(problem.lat[rows, None]))
        ) ** 2
        own = np.isin(problem.today[rows], members)
        rep[rows] = np.where(own, problem.today[rows], members[np.argmin(far, axis=1)])
    return Assignment(rep_of_outlet=rep)


def _nearest_miss(problem: SplitProblem, label: IntArray) -> Text:
    """What the best labelling found still breaks."""
    report = check(problem, to_assignment(problem, label))
    broken, broken_zh = listed(report.violations, 3), listed(report.violations, 3, "zh")
    return Text(
        f"no split within all rules was found; the nearest one breaks {broken}. "
        "Widen the tolerance, raise max_moved_share, cut areas finer (max_area_share) or allow more effort.",
        f"未找到满足全部规则的划分;最接近的方案仍违反:{broken_zh}。"
        "请放宽容差、提高 max_moved_share、细分商圈(max_area_share)或增加搜索量。",
    )
