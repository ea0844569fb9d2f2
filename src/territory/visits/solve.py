"""Finds a visit plan: part by part, side by side, each checked before it is handed over."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from territory.compute import Journal, run_all
from territory.domain.visit_plan import VisitPlan, merge
from territory.effort import CancelToken, Effort, Meter
from territory.errors import CancelledError
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.standing import RunCard, Status, StopReason, Term, digest, gap_of, package_versions
from territory.streams import Streams
from territory.verify import require_agreement
from territory.visits._exact import solve_exactly
from territory.visits._search import find_plan
from territory.visits._single_day import plan_single_day, warm_up_orders
from territory.visits._timetable import build_plan
from territory.visits.bound import lower_bound
from territory.visits.check import check, objective_terms
from territory.visits.model import VisitsProblem
from territory.visits.result import VisitsResult, from_arrays, to_arrays

STAGE = "visits"
_STOPS = tuple(StopReason)


@dataclass(frozen=True, kw_only=True)
class PartTask:
    """One part with everything its plan depends on."""

    problem: VisitsProblem
    effort: Effort
    seed: int

    @property
    def key(self) -> str:
        """Digest of content, effort, seed and versions: where the journal keeps the plan."""
        made_with = repr((self.effort, self.seed, sorted(package_versions().items())))
        return "visits-" + digest(self.problem.content_digest().encode(), made_with.encode())


@dataclass(frozen=True, kw_only=True)
class PartPlan:
    """A checked plan of one part, with its bound in drive minutes."""

    plan: VisitPlan
    terms: tuple[Term, ...]
    bound: float
    stopped_by: StopReason


def plan_visits(
    problem: VisitsProblem,
    *,
    effort: Effort,
    seed: int,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
    executor: futures.Executor | None = None,
    journal: Journal | None = None,
) -> VisitsResult:
    """
    A checked plan of all visits due in the cycle; visits that find no place carry their reason.

    Parameters
    ----------
    effort
        Iterations per rep of a part (a pooled team of five gets five times as many), or seconds per part.
    executor
        Where parts run side by side; None runs them here. The answer is the same.
    journal
        Finished parts are kept there, so that a run that was stopped goes on where it was.

    Returns
    -------
    VisitsResult
        `OPTIMAL` when every part was small enough to be proved, else `FEASIBLE`. When cancelled, parts that had not
        ended have a first plan only, and `stopped_by` says so.

    Raises
    ------
    VerificationError
        When the checker disagrees with the search: a bug.
    """
    meter = Meter(effort=effort)
    tasks = [
        PartTask(problem=part, effort=effort, seed=Streams(seed).child("visits", part.name)) for part in problem.parts()
    ]
    if executor is not None and len(tasks) > 1:
        warm_up(problem)
    done = _run(tasks, progress=progress, cancel=cancel, executor=executor, journal=journal)
    stops = {part.stopped_by for part in done}
    plan = merge([part.plan for part in done]) if done else _nothing_due(problem)
    terms = _sum_terms(problem, [part.terms for part in done])
    objective, bound = sum(term.points for term in terms), sum(part.bound for part in done)
    is_proved = stops <= {StopReason.PROVED}
    progress.ended(STAGE, _note(problem, plan))
    return VisitsResult(
        plan=plan,
        status=Status.OPTIMAL if is_proved else Status.FEASIBLE,
        stopped_by=next((s for s in (StopReason.CANCELLED, StopReason.EFFORT) if s in stops), StopReason.PROVED),
        terms=terms,
        bound=bound,
        gap=gap_of(objective=objective, bound=bound, maximise=False),
        runtime_s=meter.elapsed_s,
        run_card=RunCard(
            seed=seed, effort=effort.describe(), input_hashes=problem.input_hashes, versions=package_versions()
        ),
    )


def warm_up(problem: VisitsProblem) -> None:
    """Compile the search kernels now (some seconds on a fresh machine), so that worker processes only load them."""
    smallest = min(problem.parts(), key=lambda part: part.num_outlets, default=None)
    if smallest is not None:
        find_plan(smallest, effort=Effort(iterations=1), seed=0)
        warm_up_orders(smallest)


def solve_part(task: PartTask, *, cancel: CancelToken | None = None) -> PartPlan:
    """
    Plan and check one part. Pure: the same task gives the same plan.

    Raises
    ------
    VerificationError
        When the checker disagrees with the search.
    """
    problem = task.problem
    drive_s = problem.drive_s()
    proved = solve_exactly(problem, drive_s, seed=task.seed)
    if proved is not None:
        return _checked(
            problem, proved.plan, claimed=proved.objective, bound=proved.objective, stopped_by=StopReason.PROVED
        )
    single = plan_single_day(problem, drive_s, effort=task.effort, seed=task.seed, cancel=cancel)
    if single is not None:
        return _checked(
            problem, single.plan, claimed=single.objective, bound=single.bound, stopped_by=single.stopped_by
        )
    found = find_plan(problem, effort=task.effort, seed=task.seed, cancel=cancel)
    bound = lower_bound(problem, drive_s)
    return _checked(problem, found.plan, claimed=found.objective, bound=bound, stopped_by=found.stopped_by)


def _checked(
    problem: VisitsProblem, plan: VisitPlan, *, claimed: float, bound: float, stopped_by: StopReason
) -> PartPlan:
    """A plan that the checker agrees with; its bound is its own objective when it is proved."""
    report = check(problem, plan)
    require_agreement(report, claimed=claimed)
    best = report.objective if stopped_by is StopReason.PROVED else bound
    return PartPlan(plan=plan, terms=report.terms, bound=best, stopped_by=stopped_by)


def _run(
    tasks: Sequence[PartTask],
    *,
    progress: Progress,
    cancel: CancelToken | None,
    executor: futures.Executor | None,
    journal: Journal | None,
) -> list[PartPlan]:
    """All parts, longest first; when cancelled, the rest get a first plan."""
    keys = {id(task): task.key for task in tasks} if journal is not None else {}
    ended: dict[int, PartPlan] = {}

    def stored(task: PartTask) -> PartPlan | None:
        arrays = journal.read(keys[id(task)]) if journal is not None else None
        if arrays is None:
            return None
        plan = from_arrays(arrays)
        ended[id(task)] = PartPlan(
            plan=plan,
            terms=check(task.problem, plan).terms,
            bound=float(arrays["bound"]),
            stopped_by=_STOPS[int(arrays["stopped_by"])],
        )
        return ended[id(task)]

    def store(task: PartTask, part: PartPlan) -> None:
        ended[id(task)] = part
        if journal is not None and part.stopped_by != StopReason.CANCELLED:
            standing = {"bound": np.array(part.bound), "stopped_by": np.array(_STOPS.index(part.stopped_by))}
            journal.write(keys[id(task)], to_arrays(part.plan) | standing)

    work = partial(solve_part, cancel=cancel) if executor is None else solve_part
    try:
        return run_all(
            work,
            tasks,
            stage=STAGE,
            executor=executor,
            size=lambda task: float(task.problem.num_outlets),
            progress=progress,
            cancel=cancel,
            stored=stored,
            store=store,
        )
    except CancelledError:
        return [ended[id(task)] if id(task) in ended else _first_plan(task) for task in tasks]


def _first_plan(task: PartTask) -> PartPlan:
    """A plan without search, for a part that was cancelled before it began."""
    return replace(solve_part(replace(task, effort=Effort(iterations=0))), stopped_by=StopReason.CANCELLED)


def _nothing_due(problem: VisitsProblem) -> VisitPlan:
    return build_plan(problem, np.zeros((0, 0), dtype=np.int64), routes={}, missing=())


def _sum_terms(problem: VisitsProblem, parts: Sequence[tuple[Term, ...]]) -> tuple[Term, ...]:
    nothing = objective_terms(problem, drive_s=0.0, above_s=0.0, missing=0, price_s=0.0, choice_s=0.0)
    return tuple(
        replace(
            term,
            amount=sum(part[at].amount for part in parts),
            points=sum(part[at].points for part in parts),
        )
        for at, term in enumerate(nothing)
    )


def _note(problem: VisitsProblem, plan: VisitPlan) -> Text:
    left = plan.num_unplaced
    return Text(
        en=f"{plan.num_stops} visits placed, {left} not placed", zh=f"已排拜访 {plan.num_stops} 次，未排 {left} 次"
    )
