"""Clock times for days whose order is decided: what a plan that was edited by hand needs before it can be driven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, IntArray
from territory.visits._replay import positions
from territory.visits._timetable import Timetable, timetable_of
from territory.visits.model import VisitsProblem


@dataclass(frozen=True, kw_only=True)
class Retimed:
    """
    A plan with new clock times. Days are (rep, day) with the rep's position in the scenario.

    Attributes
    ----------
    late
        Days that cannot be driven in their order within the rules. They are timed as they would turn out: every stop
        as early as it can be, lunch at the first chance, closing times and the end of the shift ignored. The checker
        says what they break.
    unknown
        Days with an outlet that nobody serves: it is not in the problem. They keep the times they came with.
    """

    plan: VisitPlan
    late: tuple[tuple[int, int], ...]
    unknown: tuple[tuple[int, int], ...]


def retime(problem: VisitsProblem, plan: VisitPlan) -> Retimed:
    """
    The same visits by the same reps on the same days in the same order: drives, services and clock times anew.

    Visits that are unplaced stay so. Routes are made for exactly the days that have stops.
    """
    outlet, person = positions(problem.outlet_idcs, plan.outlet_idx), positions(problem.rep_idcs, plan.rep_idx)
    keys = plan.rep_idx * DAYS_PER_CYCLE + plan.day
    routes, first = np.unique(keys, return_index=True)
    drive_s, start_s, service_s = plan.drive_s.copy(), plan.start_s.copy(), plan.service_s.copy()
    ends = np.array([_ends_before(plan, int(key)) for key in routes], dtype=np.int64).reshape(-1, 4)
    late: list[tuple[int, int]] = []
    unknown: list[tuple[int, int]] = []
    for at, (begin, end) in enumerate(pairwise([*first.tolist(), len(keys)])):
        rows = slice(begin, end)
        rep, day = int(plan.rep_idx[begin]), int(plan.day[begin])
        stops = outlet[rows].tolist()
        if NONE in stops or person[begin] == NONE:
            unknown.append((rep, day))
            continue
        legs_s = _legs_s(problem, int(person[begin]), stops)
        times = timetable_of(problem, legs_s, rep=int(person[begin]), day=day, stops=stops)
        if times is None:
            late.append((rep, day))
            times = _as_it_comes(problem, legs_s, rep=int(person[begin]), day=day, stops=stops)
        drive_s[rows], start_s[rows], service_s[rows] = legs_s[:-1], times.start_s, problem.service_s[stops]
        ends[at] = times.leave_s, legs_s[-1], times.return_s, times.lunch_s
    timed = replace(
        plan,
        drive_s=drive_s,
        start_s=start_s,
        service_s=service_s,
        route_rep_idx=routes // DAYS_PER_CYCLE,
        route_day=routes % DAYS_PER_CYCLE,
        leave_s=ends[:, 0],
        return_drive_s=ends[:, 1],
        return_s=ends[:, 2],
        lunch_s=ends[:, 3],
    )
    return Retimed(plan=timed, late=tuple(late), unknown=tuple(unknown))


def _ends_before(plan: VisitPlan, key: int) -> tuple[int, int, int, int]:
    """Leaving, last drive, coming back and lunch of a day as it came; nothing where it had no route."""
    at = np.flatnonzero(plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day == key)
    if not len(at):
        return 0, 0, 0, NONE
    row = int(at[0])
    return int(plan.leave_s[row]), int(plan.return_drive_s[row]), int(plan.return_s[row]), int(plan.lunch_s[row])


def _legs_s(problem: VisitsProblem, rep: int, stops: Sequence[int]) -> list[int]:
    """Seconds from home to the first stop, between stops, and home."""
    at: IntArray = np.array(stops, dtype=np.int64)
    path = problem.homes.take(np.array([rep])) + problem.outlets.take(at)
    between_s = problem.travel.seconds(path, path)
    order = [*range(len(stops) + 1), 0]
    legs: list[int] = between_s[order[:-1], order[1:]].tolist()
    return legs


def _as_it_comes(
    problem: VisitsProblem, legs_s: Sequence[int], *, rep: int, day: int, stops: Sequence[int]
) -> Timetable:
    """Every stop as early as the drive, lunch and opening allow, after closing or the shift's end if need be."""
    lunch, bounds = problem.lunch, problem.bounds(rep)
    windows = problem.windows_s[list(stops), day % DAYS_PER_WEEK].tolist()
    now_s, lunch_s, starts = bounds.leave_s, NONE, list[int]()

    def travelled(leg_s: int) -> int:
        """The moment of arrival; lunch is taken before the drive or after it, once it is time."""
        nonlocal lunch_s
        if not lunch.length_s or lunch_s != NONE or now_s + leg_s < lunch.from_s:
            return now_s + leg_s
        lunch_s = now_s if now_s >= lunch.from_s else now_s + leg_s
        return now_s + leg_s + lunch.length_s

    for leg_s, stop, opening in zip(legs_s[:-1], stops, windows, strict=True):
        ready_s = max(travelled(leg_s), bounds.start_s)
        open_s = [max(ready_s, opens) for opens, closes in opening if opens != NONE and ready_s <= closes]
        starts.append(min(open_s, default=ready_s))
        now_s = starts[-1] + int(problem.service_s[stop])
    home_s = now_s + legs_s[-1]
    if lunch.length_s and lunch_s == NONE and home_s > lunch.from_s:
        lunch_s = now_s if now_s >= lunch.from_s else home_s
        home_s += lunch.length_s if lunch_s == now_s else 0
    return Timetable(leave_s=bounds.leave_s, start_s=tuple(starts), return_s=home_s, lunch_s=lunch_s)
