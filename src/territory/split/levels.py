"""Two levels: outlets to team territories first, then each team's outlets to its reps.

What crosses between teams is priced first; what crosses between colleagues of one team is divided afterwards, inside
a ground that is already connected and of the right size. Pooled teams are not cut further.
"""

from __future__ import annotations

import concurrent.futures as futures
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import scipy.sparse as sp

from territory.compute import run_all
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split import kpi
from territory.split._instance import instance_of
from territory.split._lower import lower_bound
from territory.split.check import check
from territory.split.model import BalanceMeasure, SplitProblem
from territory.split.result import SplitResult
from territory.split.solve import redraw, redraw_card
from territory.standing import Status, StopReason
from territory.streams import Streams
from territory.units import IntArray
from territory.verify import Violation, listed, require_agreement

STAGE = "teams"
# Part of the tolerance that a team's territory may use, so that its reps have the rest to work with.
_TEAM_TOLERANCE = 0.5
_TEAM_EFFORT = 0.4
_TEAM_MOVES = 0.5
_ATTEMPTS = 3
_STOPPED = Text(
    "stopped before a split on two levels was found; run the same command again and let it go on longer",
    "在找到两级划分之前已停止;请重新执行同一命令并等待更久",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Inside:
    """The second level of one team: a problem over its outlets and territories, with positions in the whole."""

    problem: SplitProblem
    outlets: IntArray
    reps: IntArray
    effort: Effort
    seed: int


def redraw_levels(
    problem: SplitProblem,
    *,
    effort: Effort,
    seed: int,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
    executor: futures.Executor | None = None,
) -> SplitResult:
    """
    Team territories, then the reps' territories inside each; one result, checked on the whole problem.

    Parameters
    ----------
    problem
        With a team for the territories (`team_of_territory`); a territory without a team is a team of its own.
    effort
        Of both levels together.

    Returns
    -------
    SplitResult
        As from `redraw`: bound and check are those of the one-level problem, every plan of which this is one. With
        fewer than two teams it is `redraw`'s.

    Raises
    ------
    CancelledError
        On a cancel while the teams are divided in other processes; without `executor` the best so far is kept.

    Notes
    -----
    A team's territory keeps half of each tolerance, and half of the cap on moved sales; what the teams leave of the
    cap is shared out in proportion to their sales. Where a team's ground cannot be divided the teams are drawn again,
    three times at most.
    """
    team = team_of(problem)
    if len(np.unique(team)) < 2:
        return redraw(problem, effort=effort, seed=seed, progress=progress, cancel=cancel)
    begun, streams = time.perf_counter(), Streams(seed)
    bound = lower_bound(instance_of(problem))
    reason: Text | None = None
    for attempt in range(_ATTEMPTS):
        first = redraw(
            team_problem(problem, team),
            effort=_part(effort, _TEAM_EFFORT / _ATTEMPTS if attempt else _TEAM_EFFORT),
            seed=streams.child("levels", "teams", attempt),
            progress=progress,
            cancel=cancel,
        )
        if first.plan is None:
            reason = first.reason
            if _is_cancelled(cancel):
                break
            continue
        ground = team[problem.territories(first.plan)]
        tasks = _insides(problem, team, ground, _part(effort, 1.0 - _TEAM_EFFORT), streams, attempt)
        answers = _all_divided(tasks, progress, cancel, executor)
        rep = _pooled_reps(problem, team, ground, first.plan)
        failed = [answer for answer in answers if answer.plan is None]
        if failed:
            reason = failed[0].reason
            if _is_cancelled(cancel):
                break
            continue
        for task, answer in zip(tasks, answers, strict=True):
            rep[task.outlets] = task.reps[answer.require_plan().rep_of_outlet]
        plan = Assignment(rep_of_outlet=rep)
        report = check(problem, plan)
        if report.violations:
            reason = _broken(report.violations)
            continue
        require_agreement(report, claimed=report.objective)
        by_team = kpi.flow_kept(problem, np.where(rep == NONE, NONE, team[problem.territories(plan)])).share_between
        kept = f"{100 * by_team:.1f} %"
        progress.ended(STAGE, Text(f"{kept} of flow stays inside teams", f"{kept} 的流量留在团队内"))
        return SplitResult(
            status=Status.FEASIBLE,
            stopped_by=StopReason.CANCELLED if _is_cancelled(cancel) else StopReason.EFFORT,
            plan=plan,
            terms=report.terms,
            bound=bound,
            run_card=redraw_card(problem, effort=effort, seed=seed),
            runtime_s=time.perf_counter() - begun,
        )
    return SplitResult(
        status=Status.NO_PLAN_FOUND,
        stopped_by=StopReason.CANCELLED if _is_cancelled(cancel) else StopReason.EFFORT,
        plan=None,
        terms=(),
        bound=bound,
        run_card=redraw_card(problem, effort=effort, seed=seed),
        reason=_STOPPED if _is_cancelled(cancel) else _no_division(reason),
        runtime_s=time.perf_counter() - begun,
    )


def divided(task: Inside, cancel: CancelToken | None = None) -> SplitResult:
    """The second level of one team; pure, so that it may run anywhere."""
    return redraw(task.problem, effort=task.effort, seed=task.seed, cancel=cancel)


def _all_divided(
    tasks: list[Inside], progress: Progress, cancel: CancelToken | None, executor: futures.Executor | None
) -> list[SplitResult]:
    """
    The second level of every team. A cancel keeps the best of each team where all run here.

    Raises
    ------
    CancelledError
        On a cancel while other processes divide, which no token reaches.
    """
    if executor is None:
        return run_all(partial(divided, cancel=cancel), tasks, stage=STAGE, size=_size, progress=progress)
    return run_all(divided, tasks, stage=STAGE, executor=executor, size=_size, progress=progress, cancel=cancel)


def team_of(problem: SplitProblem) -> IntArray:
    """A number per territory, equal for territories of one team, 0 upwards; shape (num_territories,)."""
    k = problem.num_territories
    team = problem.team_of_territory if len(problem.team_of_territory) else np.full(k, NONE, dtype=np.int64)
    alone = team == NONE
    key = np.where(alone, int(team.max(initial=0)) + 1 + np.arange(k), team)
    return np.asarray(np.unique(key, return_inverse=True)[1], dtype=np.int64).ravel()


def team_problem(problem: SplitProblem, team: IntArray) -> SplitProblem:
    """The first level: a territory for each team, with the sum of its members' targets."""
    count = int(team.max()) + 1
    onto = sp.csr_matrix((np.ones(len(team)), (np.arange(len(team)), team)), shape=(len(team), count))
    members = [np.flatnonzero(team == t) for t in range(count)]
    home_min = np.column_stack([problem.home_min[:, group].min(axis=1) for group in members])
    home_min.setflags(write=False)
    affinity = None
    if problem.affinity is not None:
        dense = [sp.csr_matrix(problem.affinity[:, group].max(axis=1)) for group in members]
        affinity = sp.csr_matrix(sp.hstack(dense))
    return replace(
        problem,
        territory_ids=tuple("+".join(problem.territory_ids[t] for t in group.tolist()) for group in members),
        territory_of_rep=np.where(problem.territory_of_rep == NONE, NONE, team[problem.territory_of_rep]),
        reps_of_territory=tuple(
            tuple(rep for t in group.tolist() for rep in problem.reps_of_territory[t]) for group in members
        ),
        measures=tuple(
            replace(
                measure,
                target=np.asarray(measure.target @ onto),
                tolerance=measure.tolerance * _TEAM_TOLERANCE,
            )
            for measure in problem.measures
        ),
        home_min=home_min,
        allowed=np.column_stack([problem.allowed[:, group].any(axis=1) for group in members]),
        seed_territory=np.where(problem.seed_territory == NONE, NONE, team[problem.seed_territory]),
        affinity=affinity,
        # several outlets that must lie apart may lie in one team; which of its reps is the second level's question
        apart=np.full(problem.num_outlets, NONE),
        max_moved_share=_TEAM_MOVES * problem.max_moved_share if problem.max_moved_share < 1.0 else 1.0,
        team_of_territory=np.arange(count),
        price_compactness=0.0,
    )


def inside_problem(
    problem: SplitProblem, territories: IntArray, outlets: IntArray, *, movable_sales: float
) -> tuple[SplitProblem, IntArray]:
    """
    The problem of some territories and outlets alone, and its reps' positions in the whole.

    Flow is what stays between these outlets, whatever leaves them is lost already. Prices are scaled so that a move,
    a minute or a square kilometre costs as much flow as in the whole. Targets and tolerances are the whole's. Outlets
    whose rep today is not among them have none here.

    Parameters
    ----------
    movable_sales
        Sales per week that may change rep inside; infinite: no cap.
    """
    place = np.full(problem.num_territories + 1, NONE, dtype=np.int64)
    place[territories] = np.arange(len(territories))
    reps = np.flatnonzero(place[problem.territory_of_rep] != NONE)
    rep_place = np.full(len(problem.rep_ids) + 1, NONE, dtype=np.int64)
    rep_place[reps] = np.arange(len(reps))
    units, unit_of_outlet = np.unique(problem.unit_of_outlet[outlets], return_inverse=True)
    unit_of_outlet = np.asarray(unit_of_outlet, dtype=np.int64).ravel()
    home_min = np.ascontiguousarray(problem.home_min[np.ix_(outlets, territories)])
    home_min.setflags(write=False)
    today = rep_place[problem.today[outlets]]
    places, place_of_outlet = np.unique(problem.place_of_outlet[outlets], return_inverse=True)
    place_of_outlet = np.asarray(place_of_outlet, dtype=np.int64).ravel()
    inside = np.bincount(place_of_outlet, weights=problem.share_of_place[outlets], minlength=len(places))
    scale = sp.diags(inside)
    part = replace(
        problem,
        outlet_ids=tuple(problem.outlet_ids[i] for i in outlets.tolist()),
        rep_ids=tuple(problem.rep_ids[rep] for rep in reps.tolist()),
        territory_ids=tuple(problem.territory_ids[t] for t in territories.tolist()),
        territory_of_rep=place[problem.territory_of_rep[reps]],
        reps_of_territory=tuple(
            tuple(rep_place[list(problem.reps_of_territory[t])].tolist()) for t in territories.tolist()
        ),
        rep_lat=problem.rep_lat[reps],
        rep_lon=problem.rep_lon[reps],
        lat=problem.lat[outlets],
        lon=problem.lon[outlets],
        unit_of_outlet=unit_of_outlet,
        unit_names=tuple(problem.unit_names[u] for u in units.tolist()),
        is_exempt=problem.is_exempt[units],
        neighbours=sp.csr_matrix(problem.neighbours[units][:, units]),
        place_of_outlet=place_of_outlet,
        share_of_place=problem.share_of_place[outlets] / np.maximum(inside, 1e-300)[place_of_outlet],
        flow=sp.csr_matrix(scale @ problem.flow[places][:, places] @ scale),
        measures=tuple(_measure_of(measure, outlets, territories) for measure in problem.measures),
        sales=problem.sales[outlets],
        today=today,
        locked=problem.locked[outlets] & (today != NONE),
        group=problem.group[outlets],
        home_min=home_min,
        allowed=problem.allowed[np.ix_(outlets, territories)],
        team_of_territory=np.zeros(0, dtype=np.int64),
        apart=problem.apart[outlets],
        seed_territory=place[problem.seed_territory[outlets]],
        affinity=None if problem.affinity is None else sp.csr_matrix(problem.affinity[outlets][:, territories]),
        max_moved_share=1.0,
    )
    cap = 1.0 if not np.isfinite(movable_sales) else float(np.clip(movable_sales / part.served_sales, 0.0, 1.0))
    per_flow = problem.flow_between / part.flow_between
    whole_sales = max(float(problem.sales.sum()), 1e-12)
    return (
        replace(
            part,
            max_moved_share=cap,
            price_moved=per_flow * problem.price_moved * part.served_sales / problem.served_sales,
            price_travel=per_flow * problem.price_travel * part.home_travel_today() / problem.home_travel_today(),
            price_affinity=per_flow * problem.price_affinity * float(part.sales.sum()) / whole_sales,
            price_compactness=per_flow * problem.price_compactness * part.inertia_scale() / problem.inertia_scale(),
        ),
        reps,
    )


def _measure_of(measure: BalanceMeasure, outlets: IntArray, territories: IntArray) -> BalanceMeasure:
    return replace(measure, amount=measure.amount[outlets], target=measure.target[territories])


def _insides(
    problem: SplitProblem, team: IntArray, ground: IntArray, effort: Effort, streams: Streams, attempt: int
) -> list[Inside]:
    """One task for each team with several territories."""
    today = np.where(problem.today == NONE, NONE, team[problem.today_territory()])
    moved = float(problem.sales[(today != NONE) & (today != ground)].sum())
    allowance = problem.max_moved_share * problem.served_sales - moved
    stays = np.where(today == ground, problem.sales, 0.0)
    tasks = []
    for t in range(int(team.max()) + 1):
        territories, outlets = np.flatnonzero(team == t), np.flatnonzero(ground == t)
        if len(territories) < 2:
            continue
        share = float(stays[outlets].sum()) / max(float(stays.sum()), 1e-12)
        part, reps = inside_problem(
            problem,
            territories,
            outlets,
            movable_sales=np.inf if problem.max_moved_share >= 1.0 else max(0.0, allowance * share),
        )
        tasks.append(
            Inside(
                problem=part,
                outlets=outlets,
                reps=reps,
                effort=_part(effort, len(territories) / problem.num_territories),
                seed=streams.child("levels", "inside", t, attempt),
            )
        )
    return tasks


def _pooled_reps(problem: SplitProblem, team: IntArray, ground: IntArray, first: Assignment) -> IntArray:
    """Reps after the first level; final for teams of one territory, the rest is filled in by the second level."""
    single = np.bincount(team)[ground] == 1
    return np.where(single, first.rep_of_outlet, NONE).astype(np.int64)


def _size(task: Inside) -> float:
    return float(task.problem.num_territories)


def _part(effort: Effort, share: float) -> Effort:
    if effort.iterations is not None:
        return Effort(iterations=int(effort.iterations * share))
    return Effort(seconds=(effort.seconds or 0.0) * share)


def _is_cancelled(cancel: CancelToken | None) -> bool:
    return cancel is not None and cancel.is_cancelled


def _broken(violations: Sequence[Violation]) -> Text:
    return Text(
        f"the teams' parts together break {listed(violations, 3)}.",
        f"各团队方案合并后违反:{listed(violations, 3, 'zh')}。",
    )


def _no_division(reason: Text | None) -> Text:
    why = reason or Text("the search ended without a plan.", "搜索结束时仍无方案。")
    return Text(
        f'no split on two levels was found: {why.en} Try levels = "one", a wider tolerance or more effort.',
        f'未找到两级划分:{why.zh}可改用 levels = "one"、放宽容差或增加搜索量。',
    )
