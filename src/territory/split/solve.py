"""How is it found? The front door of the split: `redraw`."""

from __future__ import annotations

import time

import numpy as np

from territory.domain.assignment import Assignment
from territory.effort import CancelToken, Effort, Meter
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split._exact import solve_exactly
from territory.split._instance import Instance, instance_of
from territory.split._search import NUM_STARTS, search
from territory.split.bound import knapsack_cut, spectral_cut
from territory.split.check import check
from territory.split.conflicts import proof_of_infeasibility
from territory.split.model import SplitProblem
from territory.split.result import SplitResult
from territory.standing import RunCard, Status, StopReason, Term, package_versions
from territory.units import IntArray
from territory.verify import listed, require_agreement

_EXACT_CELLS = 64
_EXACT_DETERMINISTIC_TIME = 5.0


def redraw(
    problem: SplitProblem,
    *,
    effort: Effort,
    seed: int,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
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
    progress.started("split", NUM_STARTS)
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
        progress.ended("split", proof.en)
        return answer(Status.INFEASIBLE, StopReason.PROVED, None, float("inf"), reason=proof)
    instance = instance_of(problem)
    bound = lower_bound(instance)
    if instance.num_units * instance.num_territories <= _EXACT_CELLS:
        exact = solve_exactly(instance, deterministic_time=_EXACT_DETERMINISTIC_TIME, seed=seed)
        if exact.is_proved:
            progress.ended("split", "proved")
            if exact.label is None:
                return answer(Status.INFEASIBLE, StopReason.PROVED, None, float("inf"), reason=_EXHAUSTED)
            best = to_assignment(problem, exact.label)
            return answer(Status.OPTIMAL, StopReason.PROVED, best, max(bound, exact.bound), claimed=exact.cost)
        bound = max(bound, exact.bound)
    found = search(problem, instance, meter, seed=seed, progress=progress, cancel=cancel)
    stopped = StopReason.CANCELLED if cancel is not None and cancel.is_cancelled else StopReason.EFFORT
    if not np.isfinite(found.cost) and check(problem, Assignment(rep_of_outlet=problem.today)).is_clean:
        progress.ended("split", "today's split")
        return answer(Status.FEASIBLE, stopped, Assignment(rep_of_outlet=problem.today), bound)
    if not np.isfinite(found.cost):
        reason = _nearest_miss(problem, found.label)
        progress.ended("split", reason.en)
        return answer(Status.NO_PLAN_FOUND, stopped, None, bound, reason=reason)
    result = answer(Status.FEASIBLE, stopped, to_assignment(problem, found.label), bound, claimed=found.cost)
    gap = result.gap
    progress.ended("split", f"{result.objective:.2f} points, bound {bound:.2f}, gap {100 * (gap or 0):.1f} %")
    return result


def redraw_card(problem: SplitProblem, *, effort: Effort, seed: int) -> RunCard:
    """What is needed to repeat a redraw."""
    return RunCard(
        seed=seed, effort=effort.describe(), input_hashes=dict(problem.input_hashes), versions=package_versions()
    )


_EXHAUSTED = Text(
    "every combination was tried and none keeps all rules; widen a tolerance, the move cap, or unlock outlets",
    "已穷尽所有组合,均无法满足全部规则;请放宽容差、调动上限或解锁客户",
)


def lower_bound(instance: Instance) -> float:
    """Points that no labelling of the units can go below: flow by the better of two arguments, plus the rest."""
    flow_points = 0.0
    for m in range(instance.amount.shape[1]):
        upper, lower = float(instance.upper[:, m].max()), float(instance.lower[:, m].min())
        flow_points = max(flow_points, knapsack_cut(instance.flow, instance.amount[:, m], upper))
        flow_points = max(
            flow_points, spectral_cut(instance.flow, instance.amount[:, m], instance.num_territories, lower)
        )
    cheapest = np.where(instance.may_serve(slice(None)), instance.costs(slice(None)), np.inf).min(axis=1)
    return flow_points + float(cheapest.sum())


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
    broken = listed(report.violations, most=3)
    return Text(
        f"no split within all rules was found; the nearest one breaks {broken}. "
        "Widen the tolerance, raise max_moved_share, cut areas finer (max_area_share) or allow more effort.",
        f"未找到满足全部规则的划分;最接近的方案仍违反:{broken}。"
        "请放宽容差、提高 max_moved_share、细分商圈(max_area_share)或增加搜索量。",
    )
