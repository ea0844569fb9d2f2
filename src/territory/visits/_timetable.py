"""From the order of a day's stops to its clock times, and from orders of all days to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.units import DAYS_PER_WEEK, IntArray
from territory.visits.model import DayBounds, Lunch, VisitsProblem

NEVER = 1 << 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """Clock times of one day in seconds after midnight; `lunch_s` is -1 when the day needs none."""

    leave_s: int
    start_s: tuple[int, ...]
    return_s: int
    lunch_s: int


@dataclass(kw_only=True)
class _Day:
    """One day: `drives_s[i]` leads to stop i, the last one home; `windows[i]` holds [opens, closes] pairs."""

    drives_s: list[int]
    windows: list[list[list[int]]]
    services_s: list[int]
    bounds: DayBounds
    lunch: Lunch

    def timetable(self) -> Timetable | None:
        """
        The timetable that comes home earliest and, given that, waits least; None when the order is impossible.

        Notes
        -----
        Two clocks run forward: hungry (no lunch yet) and fed. Where the fed clock takes over from the hungry one
        is the lunch. Starts are then moved as late as the stop after them allows, which takes the waiting out.
        """
        stops = range(len(self.services_s))
        hungry, fed = [self.bounds.leave_s], [max(self.bounds.leave_s, self.lunch.from_s + self.lunch.length_s)]
        eats: list[int] = []  # 1: lunch on the way to this stop
        for at in stops:
            ate_s = self._after_lunch(hungry[at], self.drives_s[at])
            eats.append(int(ate_s < fed[at] + self.drives_s[at]))
            fed.append(self._served(at, min(ate_s, fed[at] + self.drives_s[at])))
            hungry.append(self._served(at, hungry[at] + self.drives_s[at]))
        last_drive_s = self.drives_s[-1]
        home_hungry = hungry[-1] + last_drive_s
        latest_hungry = self.lunch.until_s if self.lunch.length_s else NEVER - 1
        if home_hungry <= min(self.bounds.return_s, latest_hungry):
            return self._finish(ends=hungry, lunch_at=None, home_s=home_hungry)
        ate_s = self._after_lunch(hungry[-1], last_drive_s)
        eats.append(int(ate_s < fed[-1] + last_drive_s))
        home_fed = min(ate_s, fed[-1] + last_drive_s)
        if home_fed > self.bounds.return_s:
            return None
        lunch_at = next((at for at in reversed(range(len(eats))) if eats[at]), NONE)
        ends = hungry[: lunch_at + 1] + fed[lunch_at + 1 :] if lunch_at != NONE else fed
        return self._finish(ends=ends, lunch_at=lunch_at, home_s=home_fed)

    def _finish(self, *, ends: list[int], lunch_at: int | None, home_s: int) -> Timetable:
        """Move the starts late. `lunch_at`: the leg that has the lunch, -1 at home before it all, None after it all."""
        lunch, drives_s = self.lunch, self.drives_s
        count = len(self.services_s)
        starts = [end - service for end, service in zip(ends[1:], self.services_s, strict=True)]
        lunch_s = NONE
        if lunch_at is None and lunch.length_s and home_s > lunch.from_s:
            lunch_s = home_s
        if lunch_at == count:  # at the last stop, before driving: at home it would be too late
            lunch_s = max(ends[count], lunch.from_s)
        for at in range(count - 1, 0, -1):
            limit_s = starts[at] - drives_s[at]
            if lunch_at == at:
                lunch_s, limit_s = self._lunch_before(
                    starts[at], drives_s[at], starts[at - 1] + self.services_s[at - 1]
                )
            starts[at - 1] = self._latest_start(at - 1, limit_s - self.services_s[at - 1], starts[at - 1])
        leave_s = starts[0] - drives_s[0]
        if lunch_at == 0:
            lunch_s, leave_s = self._lunch_before(starts[0], drives_s[0], self.bounds.leave_s)
        if lunch_at == NONE:
            lunch_s = min(lunch.until_s, leave_s - lunch.length_s)
        if leave_s >= lunch.until_s + lunch.length_s or not lunch.length_s:
            lunch_s = NONE
        return Timetable(leave_s=leave_s, start_s=tuple(starts), return_s=home_s, lunch_s=lunch_s)

    def _lunch_before(self, next_start_s: int, drive_s: int, earliest_s: int) -> tuple[int, int]:
        """Latest lunch before a start and latest end of what precedes it; eaten there if it can be."""
        lunch = self.lunch
        there_s = min(lunch.until_s, next_start_s - lunch.length_s)
        if there_s >= max(lunch.from_s, earliest_s + drive_s):
            return there_s, there_s - drive_s
        here_s = min(lunch.until_s, next_start_s - lunch.length_s - drive_s)
        return here_s, here_s

    def _latest_start(self, at: int, limit_s: int, now_s: int) -> int:
        """Latest start of stop `at` inside a window, not after `limit_s`; `now_s` is one."""
        return max([min(closes, limit_s) for opens, closes in self.windows[at] if opens <= limit_s], default=now_s)

    def _served(self, at: int, arrival_s: int) -> int:
        """Earliest end of service of stop `at` after arriving."""
        ready_s = max(arrival_s, self.bounds.start_s)
        starts = [max(ready_s, opens) for opens, closes in self.windows[at] if ready_s <= closes]
        end_s = min(starts, default=NEVER) + self.services_s[at]
        return end_s if end_s <= self.bounds.end_s else NEVER

    def _after_lunch(self, end_s: int, drive_s: int) -> int:
        """Earliest arrival, fed, at the next place when service ended hungry at `end_s`."""
        lunch = self.lunch
        if end_s + drive_s <= lunch.until_s:
            return max(end_s + drive_s, lunch.from_s) + lunch.length_s
        if end_s <= lunch.until_s:
            return max(end_s, lunch.from_s) + lunch.length_s + drive_s
        return NEVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Visits of one outlet (local position) that are not in the plan."""

    outlet: int
    visits: int
    reason: UnplacedReason


def timetable(
    problem: VisitsProblem, drive_s: IntArray, *, rep: int, day: int, stops: Sequence[int]
) -> Timetable | None:
    """Clock times for a day's stops (local positions) in this order; None when the day cannot be driven so."""
    home = problem.num_outlets + rep
    path = [home, *stops, home]
    return timetable_of(problem, drive_s[path[:-1], path[1:]].tolist(), rep=rep, day=day, stops=stops)


def timetable_of(
    problem: VisitsProblem, drives_s: Sequence[int], *, rep: int, day: int, stops: Sequence[int]
) -> Timetable | None:
    """The same by the drives themselves: from home to the first stop, between stops, and home."""
    windows = problem.windows_s[list(stops), day % DAYS_PER_WEEK].tolist()
    return _Day(
        drives_s=list(drives_s),
        windows=[[row for row in rows if row[0] != NONE] for rows in windows],
        services_s=problem.service_s[list(stops)].tolist(),
        bounds=problem.bounds(rep),
        lunch=problem.lunch,
    ).timetable()


def build_plan(
    problem: VisitsProblem,
    drive_s: IntArray,
    *,
    routes: Mapping[tuple[int, int], Sequence[int]],
    missing: Sequence[Missing],
) -> VisitPlan:
    """
    The plan with these stops per (rep, day), local positions, in scenario positions.

    Raises
    ------
    AssertionError
        When a route cannot be driven: the search has made a mistake.
    """
    stops: list[tuple[int, ...]] = []
    rows: list[tuple[int, ...]] = []
    for (rep, day), route in sorted(routes.items()):
        if not route:
            continue
        times = timetable(problem, drive_s, rep=rep, day=day, stops=route)
        if times is None:
            raise AssertionError(f"the day {day} of rep {problem.homes.ids[rep]} cannot be driven in this order")
        home = problem.num_outlets + rep
        person = int(problem.rep_idcs[rep])
        for before, outlet, start_s in zip([home, *route], route, times.start_s, strict=False):
            driven_s, service_s = int(drive_s[before, outlet]), int(problem.service_s[outlet])
            stops.append((person, day, int(problem.outlet_idcs[outlet]), driven_s, start_s, service_s))
        rows.append((person, day, times.leave_s, int(drive_s[route[-1], home]), times.return_s, times.lunch_s))
    absent = sorted(missing, key=lambda entry: entry.outlet)
    stop_columns = np.array(stops, dtype=np.int64).reshape(-1, 6).T
    row_columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    return VisitPlan(
        rep_idx=stop_columns[0],
        day=stop_columns[1],
        outlet_idx=stop_columns[2],
        drive_s=stop_columns[3],
        start_s=stop_columns[4],
        service_s=stop_columns[5],
        route_rep_idx=row_columns[0],
        route_day=row_columns[1],
        leave_s=row_columns[2],
        return_drive_s=row_columns[3],
        return_s=row_columns[4],
        lunch_s=row_columns[5],
        unplaced_outlet_idx=problem.outlet_idcs[np.array([entry.outlet for entry in absent], dtype=np.int64)],
        unplaced_visits=np.array([entry.visits for entry in absent], dtype=np.int64),
        unplaced_reason=tuple(entry.reason for entry in absent),
    )
