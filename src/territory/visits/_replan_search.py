"""New places for the open visits of one part: the search from the running plan, then whatever still fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.effort import CancelToken, Effort
from territory.standing import StopReason
from territory.units import FloatArray, IntArray
from territory.visits._insertion import OneMore, RouteOfDay, shortest_detour
from territory.visits._open_visits import Ground
from territory.visits._reasons import Trials, windows_on
from territory.visits._search import find_plan
from territory.visits._timetable import timetable
from territory.visits.model import ANYONE, VisitsProblem

Routes = dict[tuple[int, int], list[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """
    Where the open visits went, as positions in `Ground.visits`.

    Attributes
    ----------
    routes
        Visits in driving order per (rep, day).
    missing
        Visits without a place, and why.
    """

    routes: Routes
    missing: dict[int, UnplacedReason]
    stopped_by: StopReason


def place(ground: Ground, drive_s: IntArray, *, effort: Effort, seed: int, cancel: CancelToken | None) -> Placed:
    """Good places for all open visits; one that is left out fits nowhere beside the others."""
    problem = ground.problem(drive_s)
    routes: Routes = {}
    stopped_by = StopReason.EFFORT
    if ground.open_lanes.any() and ground.visits:
        found = find_plan(problem, effort=effort, seed=seed, cancel=cancel, start=running_plan(ground))
        routes, stopped_by = routes_of(found.plan), found.stopped_by
    return completed(problem, _in_old_order(ground, drive_s, routes), stopped_by=stopped_by)


def completed(problem: VisitsProblem, routes: Routes, *, stopped_by: StopReason) -> Placed:
    """These days of `Ground.problem` with whatever still fits, and why the rest does not."""
    drive_s = problem.drive_s()
    _fill(problem, drive_s, routes)
    trials = Trials(problem=problem, drive_s=drive_s, routes=routes)
    there = {visit for route in routes.values() for visit in route}
    missing = {at: trials.reason(at) for at in range(problem.num_outlets) if at not in there}
    return Placed(routes=routes, missing=missing, stopped_by=stopped_by)


def running_plan(ground: Ground) -> VisitPlan:
    """The free visits where they are, each named by its position among the open ones."""
    at_row = {visit.row: at for at, visit in enumerate(ground.visits)}
    free = np.flatnonzero(ground.free)
    nothing = np.zeros(0, dtype=np.int64)
    idle = np.zeros(len(free), dtype=np.int64)
    return VisitPlan(
        rep_idx=ground.rep[free],
        day=ground.day[free],
        outlet_idx=np.array([at_row[row] for row in ground.rows[free].tolist()], dtype=np.int64),
        drive_s=idle,
        start_s=idle,
        service_s=idle,
        route_rep_idx=nothing,
        route_day=nothing,
        leave_s=nothing,
        return_drive_s=nothing,
        return_s=nothing,
        lunch_s=nothing,
        unplaced_outlet_idx=nothing,
        unplaced_visits=nothing,
        unplaced_reason=(),
    )


def routes_of(plan: VisitPlan) -> Routes:
    """The order of each day of a plan of open visits."""
    routes: Routes = {}
    for rep, day, visit in zip(plan.rep_idx.tolist(), plan.day.tolist(), plan.outlet_idx.tolist(), strict=True):
        routes.setdefault((rep, day), []).append(visit)
    return routes


def driven_s(ground: Ground, drive_s: IntArray, lane: tuple[int, int], visits: Sequence[int]) -> int:
    """Seconds driven on a (rep, day) with these visits, from home and back."""
    home = ground.part.num_outlets + lane[0]
    path = [home, *(ground.visits[at].outlet for at in visits), home]
    return int(drive_s[path[:-1], path[1:]].sum()) if visits else 0


def load_s(ground: Ground, drive_s: IntArray, lane: tuple[int, int], visits: Sequence[int]) -> int:
    """The same with service."""
    served_s = ground.part.service_s[[ground.visits[at].outlet for at in visits]].sum() if visits else 0
    return driven_s(ground, drive_s, lane, visits) + int(served_s)


def load_shares(ground: Ground) -> FloatArray:
    """Share of the whole load that is the mean of one of a rep's days that may change, shape (num_reps,)."""
    length_s = (ground.part.shift_s[:, 1] - ground.part.shift_s[:, 0]).astype(np.float64)
    return np.asarray(length_s / max(1.0, float((length_s * ground.open_lanes.sum(axis=1)).sum())))


def _in_old_order(ground: Ground, drive_s: IntArray, routes: Routes) -> Routes:
    """Days whose visits are the same keep their order, unless the new one saves more than a change is worth."""
    before = routes_of(running_plan(ground))
    kept: Routes = {}
    for lane, visits in routes.items():
        old = before.get(lane, [])
        kept[lane] = visits
        if sorted(old) == sorted(visits) and old != visits:
            saved_s = driven_s(ground, drive_s, lane, old) - driven_s(ground, drive_s, lane, visits)
            stops = [ground.visits[at].outlet for at in old]
            is_possible = timetable(ground.part, drive_s, rep=lane[0], day=lane[1], stops=stops)
            if saved_s < ground.prices.order_s and is_possible is not None:
                kept[lane] = old
    return kept


def _fill(problem: VisitsProblem, drive_s: IntArray, routes: Routes) -> None:
    """Insert what still fits, cheapest place first, until nothing does."""
    there = {visit for route in routes.values() for visit in route}
    works = problem.works_on()
    for visit in range(problem.num_outlets):
        if visit in there:
            continue
        best: tuple[float, int, int, int] | None = None
        for choice in problem.choices(visit):
            day = choice.days[0]
            for rep in problem.reps_of(visit) if choice.rep == ANYONE else (choice.rep,):
                if works[rep, day]:
                    found = _detour(problem, drive_s, routes.get((rep, day), []), visit, rep, day)
                    if found is not None and (best is None or found[1] + choice.price_s < best[0]):
                        best = (found[1] + choice.price_s, rep, day, found[0])
        if best is not None:
            _, rep, day, at = best
            routes.setdefault((rep, day), []).insert(at, visit)


def _detour(
    problem: VisitsProblem, drive_s: IntArray, stops: Sequence[int], visit: int, rep: int, day: int
) -> tuple[int, int] | None:
    """Position and detour seconds of the cheapest insertion, or None."""
    carried, limit = problem.carried, problem.carry_limit
    if carried is not None and limit is not None and carried[[visit, *stops]].sum() > limit[rep]:
        return None
    home = problem.num_outlets + rep
    path = [home, *stops, home]
    found = shortest_detour(
        problem,
        RouteOfDay(
            rep=rep,
            legs_s=drive_s[path[:-1], path[1:]].tolist(),
            windows=[windows_on(problem, stop, day) for stop in stops],
            services_s=problem.service_s[list(stops)].tolist(),
        ),
        OneMore(
            there_s=drive_s[path[:-1], visit].tolist(),
            back_s=drive_s[visit, path[1:]].tolist(),
            opening=windows_on(problem, visit, day),
            service_s=int(problem.service_s[visit]),
        ),
    )
    return None if found is None else (found.at, found.detour_s)
