"""A rep's day of a plan into which visits with a fixed start are booked."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_WEEK, IntArray
from territory.verify import Violation
from territory.visits._clock_rules import ClockRules
from territory.visits._reasons import Windows, can_run, shortest_day_s, windows_on
from territory.visits._replay import fill_drives, positions, replay
from territory.visits._timetable import build_plan, timetable
from territory.visits.model import VisitsProblem


@dataclass(frozen=True, kw_only=True)
class JointDay:
    """A day with joint visits, stop by stop; scenario positions and seconds after midnight, as in a `VisitPlan`."""

    rep_idx: int
    day: int
    outlet_idx: tuple[int, ...]
    start_s: tuple[int, ...]
    service_s: tuple[int, ...]
    leave_s: int
    return_s: int
    lunch_s: int

    def stops(self) -> list[tuple[int, int, int]]:
        """Outlet, start and service of every stop."""
        return list(zip(self.outlet_idx, self.start_s, self.service_s, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    """A visit that starts exactly then; the outlet in local position."""

    outlet: int
    service_s: int
    start_s: int = 0


@dataclass(kw_only=True)
class DayPlan:
    """One day in driving order: local outlets, planned starts (0 for new stops), fixed visits, drives between all."""

    rep: int
    day: int
    outlets: list[int]
    start_s: list[int]
    booked: dict[int, Booked] = field(default_factory=dict)
    _between_s: IntArray | None = None

    @property
    def is_changed(self) -> bool:
        """True when a visit was booked into the day."""
        return bool(self.booked)

    def detours_s(self, problem: VisitsProblem, outlet: int) -> list[int]:
        """Seconds of drive that a stop at the outlet adds, before each stop and after the last one."""
        between_s = self._between(problem)
        home = problem.homes.take(np.array([self.rep]))
        places, there = (
            problem.outlets.take(np.array(self.outlets, dtype=np.int64)) + home,
            problem.outlets.take(np.array([outlet])),
        )
        back_s, there_s = problem.travel.seconds(there, places)[0], problem.travel.seconds(places, there)[:, 0]
        path = [len(self.outlets), *range(len(self.outlets)), len(self.outlets)]
        return [int(there_s[frm] + back_s[to] - between_s[frm, to]) for frm, to in itertools.pairwise(path)]

    def starts_s(
        self, problem: VisitsProblem, at: int, visit: Booked, grid: Sequence[int], *, instead: bool
    ) -> list[int]:
        """Starts of the grid at which the visit fits at this position, in place of the stop there or before it."""
        outlets = [*self.outlets[:at], visit.outlet, *self.outlets[at + instead :]]
        fixed = self.booked | {visit.outlet: visit}
        services = [fixed[o].service_s if o in fixed else int(problem.service_s[o]) for o in outlets]
        windows: list[Windows] = [
            ((fixed[o].start_s, fixed[o].start_s),) if o in fixed else windows_on(problem, o, self.day) for o in outlets
        ]
        legs = _legs(problem, self.rep, outlets)

        def works(opening: Windows) -> bool:
            windows[at] = opening
            bounds, longest_s = problem.bounds(self.rep), problem.longest_day_s
            return can_run(legs, windows, services, bounds, problem.lunch) and (
                longest_s is None or shortest_day_s(legs, windows, services, bounds) <= int(longest_s[self.rep])
            )

        if not works(windows_on(problem, visit.outlet, self.day)):
            return []
        return [start_s for start_s in grid if works(((start_s, start_s),))]

    def book(self, at: int, visit: Booked, *, instead: bool) -> None:
        """Put the visit there for good."""
        self.booked[visit.outlet] = visit
        if not instead:
            self.outlets.insert(at, visit.outlet)
            self.start_s.insert(at, 0)
            self._between_s = None

    def timed(self, problem: VisitsProblem) -> JointDay:
        """The day's clock times."""
        small = _day_problem(problem, self.rep, self.day, self.outlets, self.booked)
        times = timetable(small, small.drive_s(), rep=0, day=self.day, stops=range(len(self.outlets)))
        if times is None:
            raise AssertionError(f"day {self.day} of {problem.homes.ids[self.rep]} cannot be driven as it was booked")
        return JointDay(
            rep_idx=int(problem.rep_idcs[self.rep]),
            day=self.day,
            outlet_idx=tuple(problem.outlet_idcs[self.outlets].tolist()),
            start_s=times.start_s,
            service_s=tuple(small.service_s.tolist()),
            leave_s=times.leave_s,
            return_s=times.return_s,
            lunch_s=times.lunch_s,
        )

    def _between(self, problem: VisitsProblem) -> IntArray:
        """Seconds between all stops and home, which comes last."""
        if self._between_s is None:
            places = problem.outlets.take(np.array(self.outlets, dtype=np.int64)) + problem.homes.take(
                np.array([self.rep])
            )
            self._between_s = problem.travel.seconds(places, places)
        return self._between_s


def day_plans(problem: VisitsProblem, plan: VisitPlan) -> dict[tuple[int, int], DayPlan]:
    """Every day on which a rep of the problem works, empty ones too, by local rep and day."""
    days = {
        (rep, day): DayPlan(rep=rep, day=day, outlets=[], start_s=[])
        for rep, day in zip(*(found.tolist() for found in np.nonzero(problem.works_on())), strict=True)
    }
    reps, outlets = positions(problem.rep_idcs, plan.rep_idx), positions(problem.outlet_idcs, plan.outlet_idx)
    for rep, day, outlet, start_s in zip(
        reps.tolist(), plan.day.tolist(), outlets.tolist(), plan.start_s.tolist(), strict=True
    ):
        if (rep, day) in days and outlet >= 0:
            days[rep, day].outlets.append(outlet)
            days[rep, day].start_s.append(start_s)
    return days


def _legs(problem: VisitsProblem, rep: int, outlets: Sequence[int]) -> list[int]:
    """Seconds of every drive of a day, from home and back."""
    stops, home = problem.outlets.take(np.array(outlets, dtype=np.int64)), problem.homes.take(np.array([rep]))
    between_s = problem.travel.seconds(stops + home, stops + home)
    path = [len(outlets), *range(len(outlets)), len(outlets)]
    return [int(between_s[frm, to]) for frm, to in itertools.pairwise(path)]


def drives_to(problem: VisitsProblem, rep_idx: int, outlet_idx: Sequence[int]) -> int:
    """Seconds driven on a day with these stops; scenario positions."""
    rep = int(positions(problem.rep_idcs, np.array([rep_idx]))[0])
    return sum(_legs(problem, rep, positions(problem.outlet_idcs, np.array(outlet_idx, dtype=np.int64)).tolist()))


def clock_faults(problem: VisitsProblem, row: JointDay) -> list[Violation]:
    """What the checker of plans says about the clock of this day: drives, windows, shift and lunch."""
    rep = int(positions(problem.rep_idcs, np.array([row.rep_idx]))[0])
    outlets = positions(problem.outlet_idcs, np.array(row.outlet_idx, dtype=np.int64)).tolist()
    services = {
        outlet: Booked(outlet=outlet, service_s=service_s)
        for outlet, service_s in zip(outlets, row.service_s, strict=True)
    }
    small = _day_problem(problem, rep, row.day, outlets, services, is_fixed=False)
    legs, found = _legs(problem, rep, outlets), list[Violation]()
    empty = build_plan(small, small.drive_s(), routes={}, missing=())
    count = len(outlets)
    plan = replace(
        empty,
        rep_idx=np.zeros(count, dtype=np.int64),
        day=np.full(count, row.day),
        outlet_idx=np.arange(count),
        drive_s=np.array(legs[:-1]),
        start_s=np.array(row.start_s),
        service_s=np.array(row.service_s),
        route_rep_idx=np.zeros(1, dtype=np.int64),
        route_day=np.array([row.day]),
        leave_s=np.array([row.leave_s]),
        return_drive_s=np.array(legs[-1:]),
        return_s=np.array([row.return_s]),
        lunch_s=np.array([row.lunch_s]),
    )
    replayed = replay(small, plan, found)
    fill_drives(
        replayed,
        part=small,
        outlet_of=np.arange(count),
        rep_of=np.zeros(1, dtype=np.int64),
        drive_s=small.drive_s(),
        partial=np.zeros(len(replayed.route_rep), dtype=np.bool_),
    )
    ClockRules(small, plan, replayed, found).check()
    return found


def _day_problem(
    problem: VisitsProblem,
    rep: int,
    day: int,
    outlets: Sequence[int],
    booked: dict[int, Booked],
    *,
    is_fixed: bool = True,
) -> VisitsProblem:
    """A rep's day as a problem of its own, stops in driving order; fixed visits have their start as only window."""
    idcs, one = np.array(outlets, dtype=np.int64), np.array([rep])
    windows_s, service_s = problem.windows_s[idcs].copy(), problem.service_s[idcs].copy()
    for at, outlet in enumerate(outlets):
        if outlet in booked:
            service_s[at] = booked[outlet].service_s
            if is_fixed:
                windows_s[at, day % DAYS_PER_WEEK] = -1
                windows_s[at, day % DAYS_PER_WEEK, 0] = booked[outlet].start_s
    return replace(
        problem,
        outlet_idcs=np.arange(len(idcs)),
        outlets=problem.outlets.take(idcs),
        frequency=np.ones(len(idcs), dtype=np.int64),
        service_s=service_s,
        windows_s=windows_s,
        priority=problem.priority[idcs],
        skill=problem.skill.take(idcs),
        tier=problem.tier.take(idcs),
        rep_of_outlet=np.zeros(len(idcs), dtype=np.int64),
        rep_idcs=np.zeros(1, dtype=np.int64),
        homes=problem.homes.take(one),
        shift_s=problem.shift_s[one],
        works=problem.works[one],
        rep_skills=(problem.rep_skills[rep],),
        pool_of_rep=np.zeros(1, dtype=np.int64),
        explicit=None,
        reps_allowed=None,
        works_days=None,
        carried=None,
        carry_limit=None,
        visit_value_s=None,
        longest_day_s=None if problem.longest_day_s is None else problem.longest_day_s[one],
        promises=None,  # hours are in the windows; the day is chosen
    )
