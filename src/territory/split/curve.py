"""Flow against moves: what the best split keeps when at most 0, 2, 5, 10, 20 % of sales may change rep.

Every point of a curve has the same rules except the cap, and every plan comes out of a check that starts again from
the problem. docs/moves.md says what the rules are where today's split breaks the scenario's.
"""

from __future__ import annotations

import concurrent.futures as futures
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from territory.compute import run_all
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort, Meter
from territory.errors import CancelledError
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split import kpi
from territory.split._near_moves import search_near
from territory.split._search import search
from territory.split.ground_rules import Aim, Base, GroundRules, ground_rules
from territory.split.model import SplitProblem
from territory.split.solve import redraw_card, to_assignment
from territory.standing import RunCard, Status, StopReason
from territory.streams import Streams
from territory.units import IntArray

CAPS = (0.0, 0.02, 0.05, 0.10, 0.20, 1.0)
STAGE = "moves"
FREE = 1.0
"""The cap of the free point, against which gains are measured."""

# Runs near today's split, first temperature each; about half of a point's effort is theirs.
_HEATS = (0.5, 0.3, 0.15, 0.08, 0.5, 0.3, 0.15, 0.08)
_NEAR_SHARE, _FAR_SHARE, _POLISH_SHARE = 0.55, 0.15, 0.3
_POLISH_HEATS = (0.3, 0.1)


@dataclass(frozen=True, kw_only=True, eq=False)
class CurvePoint:
    """
    The best split found under one cap.

    Attributes
    ----------
    cap, moved_share
        Share of sales that may change rep, and that does.
    plan
        None where none was found or none exists; `reason` then says why.
    flow_kept, flow_bound
        Share of the flow between places that stays inside territories, and what no plan under the cap exceeds.
    """

    cap: float
    status: Status
    stopped_by: StopReason
    plan: Assignment | None
    flow_kept: float
    flow_bound: float
    moved_share: float
    moved_outlets: int
    reason: Text | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class MovesCurve:
    """
    Points by rising cap; the last is the free one.

    Attributes
    ----------
    flow_today
        Share of the flow between places that today's split keeps.
    base, aim
        See `moves_curve`.
    """

    points: tuple[CurvePoint, ...]
    flow_today: float
    base: Base
    aim: Aim
    run_card: RunCard
    runtime_s: float = field(compare=False)

    @property
    def stopped_by(self) -> StopReason:
        """CANCELLED when some point was; else the free point's."""
        cancelled = any(point.stopped_by is StopReason.CANCELLED for point in self.points)
        return StopReason.CANCELLED if cancelled else self.points[-1].stopped_by

    def gain_share(self, point: CurvePoint) -> float | None:
        """
        Part of the free point's gain in flow that a point reaches.

        None without both plans, without a gain, or when the free point was not searched to its end.
        """
        free = self.points[-1]
        if (
            point.plan is None
            or free.plan is None
            or free.stopped_by is StopReason.CANCELLED
            or free.flow_kept - self.flow_today <= 1e-12
        ):
            return None
        return (point.flow_kept - self.flow_today) / (free.flow_kept - self.flow_today)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """
    One search of one point; a worker process can do it.

    Attributes
    ----------
    heat
        None: the whole search of `redraw`; else a search near `start` that begins this hot.
    start
        Territory of each unit.
    """

    rules: GroundRules
    cap: float
    start: IntArray
    heat: float | None
    effort: Effort
    seed: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """A labelling of the units and its points; infinite when it breaks a rule."""

    label: IntArray
    cost: float


def moves_curve(
    problem: SplitProblem,
    *,
    caps: Sequence[float] = CAPS,
    effort: Effort,
    seed: int,
    base: Base = "as-today",
    aim: Aim = "flow",
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
    executor: futures.Executor | None = None,
    stored: Callable[[Run], Labelled | None] | None = None,
    store: Callable[[Run, Labelled], None] | None = None,
) -> MovesCurve:
    """
    For each cap on moved sales the best split found, checked, with a bound on the flow it could keep.

    Parameters
    ----------
    caps
        Shares of sales; the free point (1.0) is added where it is missing.
    effort
        Of the whole curve; each point has the same part.
    base
        "as-today": no territory need be better than it is today (bands widened just enough to admit today's load,
        today's stray pieces may stay). "scenario": the scenario's own rules.
    aim
        "flow": points are for flow alone. "scenario": with the scenario's prices, as in `redraw`.
    stored, store
        Journal hooks of `compute.run_all`.

    Returns
    -------
    MovesCurve
        Monotone: a plan under a small cap is a start for the next larger one, and kept where nothing better is found.
        After a cancel, points whose runs had not ended are marked CANCELLED and hold the best of what had.
    """
    begun = time.perf_counter()
    wanted = sorted({*caps, FREE})
    rules = ground_rules(problem, base=base, aim=aim)
    kept_runs: dict[int, Labelled] = {}
    open_caps = [cap for cap in wanted if cap > 0 or rules.has_unserved]
    runs = _runs(rules, open_caps, effort, seed)
    place = {id(run): position for position, run in enumerate(runs)}

    def keep(run: Run, found: Labelled) -> None:
        kept_runs[place[id(run)]] = found
        if store is not None:
            store(run, found)

    def known(run: Run) -> Labelled | None:
        found = None if stored is None else stored(run)
        if found is not None:
            kept_runs[place[id(run)]] = found
        return found

    try:
        run_all(
            searched, runs, stage=STAGE, executor=executor, progress=progress, cancel=cancel, stored=known, store=keep
        )
    except CancelledError:
        progress.ended(STAGE, Text("stopped; finished runs are kept", "已停止;已完成的部分已保存"))
    points: list[CurvePoint] = []
    carried: IntArray | None = None
    free_bound: float | None = None  # holds under every cap, and is all that is worked out after a cancel
    for cap in wanted:
        mine = [p for p, run in enumerate(runs) if run.cap == cap]
        found = [kept_runs[p] for p in mine if p in kept_runs]
        is_cut_short = len(found) < len(mine) or (cancel is not None and cancel.is_cancelled)
        best = _best(rules, cap, [one.label for one in found if np.isfinite(one.cost)], carried)
        if best is not None and cap in open_caps and not is_cut_short:
            best = _polished(rules, cap, best, _part(effort, 1.0 / len(open_caps)), seed, stored, store)
        stopped = StopReason.CANCELLED if is_cut_short else StopReason.EFFORT
        if is_cut_short and cap in open_caps:
            free_bound = rules.flow_bound(FREE) if free_bound is None else free_bound
            bound = free_bound
        else:
            bound = rules.flow_bound(cap)
        points.append(_point(rules, cap, best, stopped, bound))
        carried = best if best is not None else carried
    points = _bounded(points)
    free = points[-1]
    if free.stopped_by is not StopReason.CANCELLED:
        now, most = f"{100 * rules.flow_today:.1f} %", f"{100 * free.flow_kept:.1f} %"
        note = Text(f"{now} kept today, {most} when free to move", f"今日保留 {now},可自由调动时 {most}")
        progress.ended(STAGE, note)
    return MovesCurve(
        points=tuple(points),
        flow_today=rules.flow_today,
        base=base,
        aim=aim,
        run_card=redraw_card(problem, effort=effort, seed=seed),
        runtime_s=time.perf_counter() - begun,
    )


def _polished(
    rules: GroundRules,
    cap: float,
    best: IntArray,
    effort: Effort,
    seed: int,
    stored: Callable[[Run], Labelled | None] | None,
    store: Callable[[Run, Labelled], None] | None,
) -> IntArray:
    """Searches near the best so far, one after the other, hot then cool."""
    for number, heat in enumerate(_POLISH_HEATS):
        run = Run(
            rules=rules,
            cap=cap,
            start=best,
            heat=heat,
            effort=_part(effort, _POLISH_SHARE / len(_POLISH_HEATS)),
            seed=Streams(seed).child("moves", "polish", round(1e6 * cap), number),
        )
        found = None if stored is None else stored(run)
        if found is None:
            found = searched(run)
            if store is not None:
                store(run, found)
        again = _best(rules, cap, [found.label] if np.isfinite(found.cost) else [], best)
        best = best if again is None else again
    return best


def searched(run: Run) -> Labelled:
    """What one run finds; pure, so that it may run anywhere."""
    instance = run.rules.instance(run.cap)
    if run.heat is None:
        problem = replace(run.rules.problem, max_moved_share=run.cap)
        far = search(problem, instance, Meter(run.effort), seed=run.seed, progress=SILENT, cancel=None)
        return Labelled(label=far.label, cost=far.cost)
    near = search_near(instance, run.start, heat=run.heat, effort=run.effort, seed=run.seed)
    return Labelled(label=near.label, cost=near.cost)


def _runs(rules: GroundRules, caps: Sequence[float], effort: Effort, seed: int) -> list[Run]:
    """Every independent run, smallest caps first."""
    streams, each = Streams(seed), 1.0 / max(1, len(caps))
    kinds: list[tuple[float | None, float]] = [(heat, _NEAR_SHARE / len(_HEATS)) for heat in _HEATS]
    kinds.append((None, _FAR_SHARE))
    return [
        Run(
            rules=rules,
            cap=cap,
            start=rules.start,
            heat=heat,
            effort=_part(effort, each * share),
            seed=streams.child("moves", round(1e6 * cap), number),
        )
        for cap in caps
        for number, (heat, share) in enumerate(kinds)
    ]


def _part(effort: Effort, share: float) -> Effort:
    if effort.iterations is not None:
        return Effort(iterations=int(effort.iterations * share))
    return Effort(seconds=(effort.seconds or 0.0) * share)


def _best(rules: GroundRules, cap: float, labels: Sequence[IntArray], carried: IntArray | None) -> IntArray | None:
    """The cheapest labelling that the check passes, today's and the one carried up among them."""
    choices = [*([] if carried is None else [carried]), *labels, rules.start]
    sound = [label for label in choices if rules.check(to_assignment(rules.problem, label), cap).is_clean]
    return min(sound, key=lambda label: rules.points(to_assignment(rules.problem, label)), default=None)


def _point(rules: GroundRules, cap: float, label: IntArray | None, stopped: StopReason, bound: float) -> CurvePoint:
    """A checked point; without a plan, the proof that there is none, or what today's split breaks."""
    if label is None:
        proof = rules.proof(cap)
        status = Status.NO_PLAN_FOUND if proof is None else Status.INFEASIBLE
        return CurvePoint(
            cap=cap,
            status=status,
            stopped_by=stopped if proof is None else StopReason.PROVED,
            plan=None,
            flow_kept=float("nan"),
            flow_bound=bound,
            moved_share=float("nan"),
            moved_outlets=0,
            reason=proof or _missed(cap),
        )
    plan = to_assignment(rules.problem, label)
    territory, today = rules.problem.territories(plan), rules.problem.today_territory()
    kept = kpi.flow_kept(rules.problem, territory).share_between
    is_proved = rules.aim == "flow" and kept >= bound - 1e-12
    return CurvePoint(
        cap=cap,
        status=Status.OPTIMAL if is_proved else Status.FEASIBLE,
        stopped_by=StopReason.PROVED if is_proved else stopped,
        plan=plan,
        flow_kept=kept,
        flow_bound=max(bound, kept),
        moved_share=kpi.moved_sales(rules.problem, territory) / rules.problem.served_sales,
        moved_outlets=int(((today != NONE) & (territory != today)).sum()),
    )


def _missed(cap: float) -> Text:
    return Text(
        f"no split that moves at most {100 * cap:g} % of sales was found, nor a proof that there is none; "
        "allow more effort, or widen a tolerance",
        f"未找到调动不超过 {100 * cap:g} % 销售额的划分,也未能证明不存在;请增加搜索量或放宽容差",
    )


def _bounded(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """What no plan under a larger cap exceeds, no plan under a smaller one does."""
    least, found = 1.0, []
    for point in reversed(points):
        least = min(least, point.flow_bound)
        found.append(replace(point, flow_bound=least))
    return found[::-1]
