"""Edits by hand: one visit to another day, off the plan, or to the rep who serves its outlet now.

Only the days concerned are timed anew; their other stops keep their order. Whether the outcome is legal is for the
checker to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason, VisitPlan, merge
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK
from territory.visits._replay import positions
from territory.visits._timetable import timetable_of
from territory.visits.best_day import Obstacle, best_days
from territory.visits.model import VisitsProblem

Lane = tuple[int, int]  # rep (position in the scenario) and day


class NotPlannedError(ValueError):
    """The visit that is to be changed is not in the plan."""


class DayRefusesError(ValueError):
    """A day does not take the visit; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """A plan in which the visits of an outlet went to another rep, and how many found no day."""

    plan: VisitPlan
    left_over: int


def drop_visit(problem: VisitsProblem, plan: VisitPlan, *, outlet: int, day: int) -> VisitPlan:
    """
    The plan without a visit; it is not accounted for as unplaced, as no reason of the calendar holds for it.

    Parameters
    ----------
    outlet
        Position in the scenario.

    Raises
    ------
    NotPlannedError
        When there is no such visit.
    """
    rep = _rep_on(plan, outlet, day)
    return _with_lanes(problem, plan, {(rep, day): [stop for stop in _stops(plan, (rep, day)) if stop != outlet]})


def move_visit(
    problem: VisitsProblem, plan: VisitPlan, *, outlet: int, day: int, to_day: int, to_rep: int | None = None
) -> VisitPlan:
    """
    The plan with a visit on another day, or by another rep, where its detour is shortest.

    Parameters
    ----------
    outlet, to_rep
        Positions in the scenario; by default the rep stays.

    Raises
    ------
    NotPlannedError
        When there is no such visit.
    DayRefusesError
        When it does not fit there.
    """
    rep = _rep_on(plan, outlet, day)
    without = drop_visit(problem, plan, outlet=outlet, day=day)
    return _inserted(problem, without, outlet=outlet, rep=rep if to_rep is None else to_rep, days=(to_day,))


def hand_over(problem: VisitsProblem, plan: VisitPlan, *, outlet: int) -> Handed:
    """
    The plan with all visits of an outlet made by a rep who may make them in `problem`, usually another than before.

    Each keeps its day where it fits, else the day of the same week with the shortest detour. An outlet without visits
    gets those of its frequency, on the days that cost least. What finds no day is unplaced, for lack of time.
    """
    local = int(positions(problem.outlet_idcs, np.array([outlet]))[0])
    mine = np.flatnonzero(plan.outlet_idx == outlet)
    if local == NONE:  # nobody serves it any more
        for day in plan.day[mine].tolist():
            plan = drop_visit(problem, plan, outlet=outlet, day=day)
        return Handed(plan=_unplaced(plan, outlet, -DAYS_PER_CYCLE), left_over=0)
    allowed = set(problem.rep_idcs[list(problem.reps_of(local))].tolist())
    rep = int(problem.rep_idcs[problem.rep_of_outlet[local]])
    if not len(mine):
        return _first_visits(problem, plan, outlet=outlet, rep=rep, frequency=int(problem.frequency[local]))
    foreign = [int(plan.day[row]) for row in mine if int(plan.rep_idx[row]) not in allowed]
    for day in foreign:
        plan = drop_visit(problem, plan, outlet=outlet, day=day)
    left_over = 0
    for day in foreign:
        week = day // DAYS_PER_WEEK * DAYS_PER_WEEK
        try:
            plan = _inserted(problem, plan, outlet=outlet, rep=rep, days=(day,))
        except DayRefusesError:
            try:
                plan = _inserted(problem, plan, outlet=outlet, rep=rep, days=range(week, week + DAYS_PER_WEEK))
            except DayRefusesError:
                left_over += 1
    return Handed(plan=_unplaced(plan, outlet, left_over), left_over=left_over)


def _first_visits(problem: VisitsProblem, plan: VisitPlan, *, outlet: int, rep: int, frequency: int) -> Handed:
    """Visits for an outlet that has none: the cheapest legal set of days, if one fits."""
    stated = int(plan.unplaced_visits[plan.unplaced_outlet_idx == outlet].sum())
    if not frequency:
        return Handed(plan=plan, left_over=0)
    offers = best_days(problem, plan, outlet, reps=(rep,), frequency=frequency).patterns
    if not offers:
        return Handed(plan=_unplaced(plan, outlet, frequency - stated), left_over=frequency)
    plan = _unplaced(plan, outlet, -stated)
    for day in offers[0].days:
        plan = _inserted(problem, plan, outlet=outlet, rep=rep, days=(day,))
    return Handed(plan=plan, left_over=0)


def _rep_on(plan: VisitPlan, outlet: int, day: int) -> int:
    rows = np.flatnonzero((plan.outlet_idx == outlet) & (plan.day == day))
    if not len(rows):
        raise NotPlannedError(f"no visit of outlet {outlet} on day {day}")
    return int(plan.rep_idx[rows[0]])


def _stops(plan: VisitPlan, lane: Lane) -> list[int]:
    stops: list[int] = plan.outlet_idx[plan.stops_of(*lane)].tolist()
    return stops


def _inserted(problem: VisitsProblem, plan: VisitPlan, *, outlet: int, rep: int, days: Sequence[int]) -> VisitPlan:
    """The visit on the one of these days that costs least."""
    best = best_days(problem, plan, outlet, reps=(rep,), days=days).days[0]
    if best.obstacle is not None:
        raise DayRefusesError(best.obstacle)
    stops = _stops(plan, (rep, best.day))
    stops.insert(best.position, outlet)
    return _with_lanes(problem, plan, {(rep, best.day): stops})


def _with_lanes(problem: VisitsProblem, plan: VisitPlan, lanes: Mapping[Lane, Sequence[int]]) -> VisitPlan:
    """The plan with some days' stops (positions in the scenario) in this order, timed anew."""
    keys = np.array([rep * DAYS_PER_CYCLE + day for rep, day in lanes], dtype=np.int64)
    stays = ~np.isin(plan.rep_idx * DAYS_PER_CYCLE + plan.day, keys)
    route_stays = ~np.isin(plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day, keys)
    stop_columns = {name: getattr(plan, name)[stays] for name in _STOP}
    route_columns = {name: getattr(plan, name)[route_stays] for name in _ROUTE}
    kept = replace(plan, **stop_columns, **route_columns)
    return merge([kept, *(_timed(problem, lane, stops) for lane, stops in sorted(lanes.items()) if stops)])


_STOP = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
_ROUTE = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")


def _timed(problem: VisitsProblem, lane: Lane, stops: Sequence[int]) -> VisitPlan:
    """One day as a plan of its own."""
    rep_idx, day = lane
    rep = int(positions(problem.rep_idcs, np.array([rep_idx]))[0])
    local = positions(problem.outlet_idcs, np.array(stops, dtype=np.int64))
    home, places = problem.homes.take(np.array([rep])), problem.outlets.take(local)
    legs_s = np.diagonal(problem.travel.seconds(home + places, places + home)).tolist()
    times = timetable_of(problem, legs_s, rep=rep, day=day, stops=local.tolist())
    if times is None:
        raise DayRefusesError(Obstacle.NO_TIME)
    none = np.zeros(0, dtype=np.int64)
    return VisitPlan(
        rep_idx=np.full(len(stops), rep_idx),
        day=np.full(len(stops), day),
        outlet_idx=np.array(stops, dtype=np.int64),
        drive_s=np.array(legs_s[:-1], dtype=np.int64),
        start_s=np.array(times.start_s, dtype=np.int64),
        service_s=problem.service_s[local],
        route_rep_idx=np.array([rep_idx]),
        route_day=np.array([day]),
        leave_s=np.array([times.leave_s]),
        return_drive_s=np.array(legs_s[-1:], dtype=np.int64),
        return_s=np.array([times.return_s]),
        lunch_s=np.array([times.lunch_s]),
        unplaced_outlet_idx=none,
        unplaced_visits=none,
        unplaced_reason=(),
    )


def _unplaced(plan: VisitPlan, outlet: int, more: int) -> VisitPlan:
    """The plan with so many more visits of an outlet unplaced; fewer than none are none."""
    if not more:
        return plan
    visits = dict(zip(plan.unplaced_outlet_idx.tolist(), plan.unplaced_visits.tolist(), strict=True))
    reasons = dict(zip(plan.unplaced_outlet_idx.tolist(), plan.unplaced_reason, strict=True))
    visits[outlet] = max(0, visits.get(outlet, 0) + more)
    reasons.setdefault(outlet, UnplacedReason.NO_TIME)
    order = sorted(name for name, count in visits.items() if count)
    return replace(
        plan,
        unplaced_outlet_idx=np.array(order, dtype=np.int64),
        unplaced_visits=np.array([visits[name] for name in order], dtype=np.int64),
        unplaced_reason=tuple(reasons[name] for name in order),
    )
