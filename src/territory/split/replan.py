"""Local re-optimisation: a plan that lost a rep, gained outlets or was edited by hand is mended where it hurts.

Few territories change, the rest of the map stands still. How few is bounded by arguments with amounts (`_room`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort, Meter
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split._instance import Instance, instance_of
from territory.split._local import same_territory
from territory.split._mending import Mending, beside
from territory.split._neighbour_program import by_neighbours
from territory.split._pieces import Pieces, cut_by_plan
from territory.split._room import Proof, Rooms, amount_text, by_room, rooms_of
from territory.split.check import check
from territory.split.conflicts import proof_of_infeasibility
from territory.split.model import SplitProblem
from territory.split.result import SplitResult
from territory.split.solve import redraw_card, to_assignment
from territory.standing import Status, StopReason, Term
from territory.streams import Streams
from territory.units import BoolArray, FloatArray, IntArray
from territory.verify import Violation, listed, require_agreement

NUM_AROUND = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """
    The answer of `replan`.

    Attributes
    ----------
    result
        The new plan and its standing; its bound is the trivial one (0, or infinite when refused): the rest of the map
        stands still, so no bound of the whole problem is sought.
    mended
        What the given plan broke; outlets without a rep count.
    touched
        Territories whose outlets differ from the given plan's, ascending positions.
    changed
        Outlets whose rep differs from the given plan's, ascending positions.
    least
        No plan that keeps all rules touches fewer territories, by `proof`; 0 when nothing must change.
    """

    result: SplitResult
    mended: tuple[Violation, ...]
    touched: IntArray
    changed: IntArray
    least: int
    proof: Proof | None


def replan(
    problem: SplitProblem,
    plan: Assignment,
    *,
    effort: Effort,
    seed: int,
    around: Sequence[int] = (),
    most_territories: int | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> Replanned:
    """
    Mend a plan, touching as few territories as can be found, and improve these.

    Parameters
    ----------
    plan
        Outlets may have no rep (-1), rules may be broken.
    effort
        Moves tried (repeats exactly) or seconds.
    seed
        Root of all random draws.
    around
        Positions of territories to improve together with a few neighbours, whether or not something is broken there.
    most_territories
        Refuse to touch more.

    Returns
    -------
    Replanned
        The given plan itself when it breaks nothing and `around` is empty. `result.plan` is None, and
        `result.reason` says why, when no plan can exist or none was found.

    Raises
    ------
    VerificationError
        When the independent checker disagrees with the search: a bug.

    Notes
    -----
    Inside the touched territories the objective is the problem's own; in addition a unit that leaves the given plan
    costs what a unit that leaves today's split costs (`price_moved`), so that an edit is not undone for nothing.
    """
    meter, case = Meter(effort), _Case(problem=problem, plan=plan, mended=check(problem, plan).violations)
    progress.started("replan", 100)
    if case.mended or around:
        most = problem.num_territories if most_territories is None else most_territories
        found = _found(case, tuple(around), most, meter, Streams(seed), progress, cancel)
    else:
        found = _Found(plan=plan)
    is_refused = found.status is Status.INFEASIBLE
    terms: tuple[Term, ...] = ()
    touched = changed = np.zeros(0, dtype=np.int64)
    if found.plan is not None:
        report = check(problem, found.plan)
        require_agreement(report, claimed=report.objective if found.points is None else found.points)
        terms = report.terms
        touched = _touched(case.territory, problem.territories(found.plan))
        changed = np.flatnonzero(found.plan.rep_of_outlet != plan.rep_of_outlet)
    stopped = StopReason.PROVED if is_refused else StopReason.EFFORT
    if cancel is not None and cancel.is_cancelled:
        stopped = StopReason.CANCELLED
    counts = Text(f"{len(touched)} territories, {len(changed)} outlets", f"{len(touched)} 个区域,{len(changed)} 家客户")
    progress.ended("replan", found.reason or counts)
    return Replanned(
        result=SplitResult(
            status=found.status,
            stopped_by=stopped,
            plan=found.plan,
            terms=terms,
            bound=float("inf") if is_refused else 0.0,
            run_card=redraw_card(problem, effort=effort, seed=seed),
            reason=found.reason,
            runtime_s=meter.elapsed_s,
        ),
        mended=case.mended,
        touched=touched,
        changed=changed,
        least=found.least,
        proof=found.proof,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Case:
    """The problem, the given plan and what it breaks."""

    problem: SplitProblem
    plan: Assignment
    mended: tuple[Violation, ...]

    @property
    def territory(self) -> IntArray:
        return self.problem.territories(self.plan)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """What came out, before it is verified; `points` None: nothing is claimed."""

    status: Status = Status.FEASIBLE
    plan: Assignment | None = None
    points: float | None = None
    least: int = 0
    proof: Proof | None = None
    reason: Text | None = None


def _found(
    case: _Case,
    around: tuple[int, ...],
    most: int,
    meter: Meter,
    streams: Streams,
    progress: Progress,
    cancel: CancelToken | None,
) -> _Found:
    cut = cut_by_plan(case.problem, case.plan)
    instance = instance_of(cut.problem)
    label, must, regrouped = _standing(case, cut, instance)
    rooms = rooms_of(instance, label, must, regrouped)
    k = rooms.num_territories
    joined = (case.territory == NONE) & (cut.label[cut.problem.unit_of_outlet] != NONE)
    proof, cluster = _fewest_possible(case, rooms, takes_in=bool(joined.any()))
    least = 0 if proof is None else proof.least
    if proof is not None and least > min(most, k):
        return _Found(status=Status.INFEASIBLE, least=least, proof=proof, reason=_refusal(proof, most, k))
    mending = Mending(
        instance=instance,
        label=label,
        rooms=rooms,
        leaving=_leaving_points(cut.problem),
        meter=meter,
        streams=streams,
        progress=progress,
        cancel=cancel,
    )
    mended = mending.fewest(cluster, least=least, most=most) if case.mended else label
    if mended is None:
        why = proof_of_infeasibility(case.problem)
        status = Status.NO_PLAN_FOUND if why is None else Status.INFEASIBLE
        return _Found(status=status, least=least, proof=proof, reason=why or _not_found(case, most, k))
    area = mending.touched(mended)
    if around:
        area = _widened(instance, label, rooms, np.union1d(area, around).astype(np.int64), most)
    better = mending.improved(mended, area) if len(area) else mended
    points = None if len(instance.moments) else _points(instance, better)
    return _Found(plan=_assignment(case, cut, better), points=points, least=least, proof=proof)


def _standing(case: _Case, cut: Pieces, instance: Instance) -> tuple[IntArray, BoolArray, BoolArray]:
    """
    The given plan as the search can take it, the territories that every mended plan changes, and those of them that
    change because groups come together.

    Units in a territory that may not serve them count as unserved.
    """
    label, k = cut.label.copy(), instance.num_territories
    must = np.zeros(k + 1, dtype=np.bool_)  # the last entry answers for -1
    territory, unit = case.territory, cut.problem.unit_of_outlet
    parted = np.flatnonzero(territory != label[unit])  # groups that the plan shares out
    must[territory[parted]] = must[label[unit[parted]]] = True
    regrouped = must[:k].copy()
    held = np.flatnonzero(label != NONE)
    may = instance.may_serve(held)
    wrong = ~may[np.arange(len(held)), label[held]]
    must[label[held[wrong]]] = True
    only = may[wrong].sum(axis=1) == 1
    must[np.argmax(may[wrong][only], axis=1)] = True
    regular = np.flatnonzero((label != NONE) & ~instance.exempt)
    count, piece = connected_components(same_territory(instance.graph, label)[regular][:, regular], directed=False)
    owner = np.zeros(count, dtype=np.int64)
    owner[piece] = label[regular]
    must[:k] |= np.bincount(owner, minlength=k) > 1
    pairs = instance.apart.tocoo()
    together = (label[pairs.row] == label[pairs.col]) & (pairs.row != pairs.col)
    must[label[pairs.row[together]]] = True
    label[held[wrong]] = NONE
    return label, must[:k], regrouped


def _fewest_possible(case: _Case, rooms: Rooms, *, takes_in: bool) -> tuple[Proof | None, IntArray]:
    """The strongest argument on how many territories must change, and a set of them to try first."""
    problem = case.problem
    limited = tuple((measure.label, measure.unit) for measure in problem.measures if measure.is_limited)
    proof = by_room(rooms, problem.territory_ids, limited, takes_in=takes_in)
    if proof is None:
        return None, _movers(case)
    if proof.least > rooms.num_territories:
        return proof, np.zeros(0, dtype=np.int64)
    near = by_neighbours(rooms)
    if near is None:
        return proof, np.flatnonzero(rooms.must)
    if near.least > proof.least:
        proof = Proof(least=near.least, kind="neighbours", text=_neighbours_text(near.least, rooms, limited))
    return proof, near.territories


def _neighbours_text(least: int, rooms: Rooms, limited: tuple[tuple[Text, str], ...]) -> Text:
    """What must be placed or mended, and that no smaller set of neighbours can."""
    needs, needs_zh = [], []
    for m, (label, unit) in enumerate(limited):
        if rooms.unserved[m] > 0:
            needs.append(f"{amount_text(float(rooms.unserved[m]), unit)} of {label.en} that nobody serves")
            needs_zh.append(f"无人服务的{label.zh} {amount_text(float(rooms.unserved[m]), unit, 'zh')}")
    forced = int(rooms.must.sum())
    if forced:
        needs.append(f"{forced} {'territory that breaks' if forced == 1 else 'territories that break'} a rule")
        needs_zh.append(f"{forced} 个违规区域")
    return Text(
        f"{'; '.join(needs)}: no {least - 1} territories beside one another have room or surplus enough, unless "
        "one gives up all its outlets (integer program over neighbouring territories)",
        f"{'、'.join(needs_zh)}:除非某区域放弃全部客户,任何 {least - 1} 个相邻区域的余量或富余均不足"
        "(相邻区域的整数规划)",
    )


def _movers(case: _Case) -> IntArray:
    """Only the cap on moved sales is broken: pairs of territories that exchanged most, until enough could go back."""
    problem = case.problem
    k, today, now = problem.num_territories, problem.today_territory(), case.territory
    moved = np.flatnonzero((today != NONE) & (now != NONE) & (today != now))
    pair, at = np.unique(today[moved] * np.int64(k) + now[moved], return_inverse=True)
    traded = np.bincount(np.asarray(at).ravel(), weights=problem.sales[moved], minlength=len(pair))
    excess = float(traded.sum()) - problem.max_moved_share * problem.served_sales
    order = np.lexsort((pair, -traded))
    enough = int(np.searchsorted(np.cumsum(traded[order]), excess)) + 1
    chosen = pair[order[:enough]]
    return np.union1d(chosen // k, chosen % k).astype(np.int64)


def _widened(instance: Instance, label: IntArray, rooms: Rooms, area: IntArray, most: int) -> IntArray:
    """An area with the neighbours that exchange most flow with it, up to a few territories."""
    while len(area) < min(NUM_AROUND, most):
        near = beside(rooms, area)
        if not near.any():
            break
        inside = np.isin(label, area).astype(np.float64)
        served = label != NONE
        pull = np.asarray(instance.flow @ inside).ravel()[served]
        total = np.bincount(label[served], weights=pull, minlength=rooms.num_territories)
        area = np.union1d(area, [int(np.argmax(np.where(near, total, -1.0)))])
    return area


def _leaving_points(problem: SplitProblem) -> FloatArray:
    """Points of a unit that leaves the given plan: its sales at the price of moved sales, shape (num_units,)."""
    sales = np.bincount(problem.unit_of_outlet, weights=problem.sales, minlength=problem.num_units)
    return np.asarray(100.0 * problem.price_moved * sales / problem.served_sales)


def _points(instance: Instance, label: IntArray) -> float:
    """Points of a labelling, as the search counts them."""
    flow = instance.flow.tocoo()
    cut = float(flow.data[label[flow.row] != label[flow.col]].sum()) / 2.0
    units = np.arange(len(label))
    return cut + (float(instance.linear[units, label].sum()) if len(instance.linear) else 0.0)


def _touched(before: IntArray, after: IntArray) -> IntArray:
    """Territories whose outlets differ, ascending."""
    differs = before != after
    both = np.union1d(before[differs], after[differs])
    return np.asarray(both[both != NONE], dtype=np.int64)


def _assignment(case: _Case, cut: Pieces, label: IntArray) -> Assignment:
    """Reps of the new territories; an outlet that stays in its territory keeps its rep."""
    fresh = to_assignment(cut.problem, label).rep_of_outlet
    stays = case.territory == label[cut.problem.unit_of_outlet]
    return Assignment(rep_of_outlet=np.where(stays, case.plan.rep_of_outlet, fresh))


def _refusal(proof: Proof, most: int, k: int) -> Text:
    if proof.least > k:
        return Text(
            f"no plan can exist: {proof.text.en}. Widen the tolerance, or change reps or outlets.",
            f"不存在可行方案:{proof.text.zh}。请放宽容差,或调整客户经理与客户。",
        )
    return Text(
        f"at most {most} may change, but at least {proof.least} must: {proof.text.en}. Allow that many (--most).",
        f"至多可改动 {most} 个区域,但至少须改动 {proof.least} 个:{proof.text.zh}。请放宽 --most。",
    )


def _not_found(case: _Case, most: int, k: int) -> Text:
    broken, broken_zh = listed(case.mended, 3), listed(case.mended, 3, "zh")
    within = "" if most >= k else f" that touches at most {most} territories"
    within_zh = "" if most >= k else f"(至多改动 {most} 个区域)"
    return Text(
        f"no plan{within} that keeps all rules was found; the given one breaks {broken}. "
        "Allow more territories or more effort, widen a tolerance, or run `territory split`.",
        f"未找到满足全部规则的方案{within_zh};给定方案违反:{broken_zh}。"
        "请允许改动更多区域、增加搜索量、放宽容差,或执行 `territory split`。",
    )
