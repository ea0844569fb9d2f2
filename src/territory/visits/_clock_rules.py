"""The checker's rules of the clock: drives, windows, shift and lunch of every route, stop by stop."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_WEEK, SECONDS_PER_MIN, BoolArray, IntArray
from territory.verify import Violation
from territory.visits._replay import Replay, day_name
from territory.visits.model import VisitsProblem


class ClockRules:
    """Checks the times of a plan; violations are added to `found`."""

    def __init__(self, problem: VisitsProblem, plan: VisitPlan, replayed: Replay, found: list[Violation]) -> None:
        self.problem, self.plan, self.replay, self.found = problem, plan, replayed, found
        self.start_s = plan.start_s[replayed.row]
        self.end_s = self.start_s + problem.service_s[replayed.outlet]
        self.judged = replayed.is_whole() & (replayed.route_row != NONE)  # routes whose clock can be replayed
        self.leave_s, self.return_s, self.lunch_s = (
            np.append(column, 0)[replayed.route_row] for column in (plan.leave_s, plan.return_s, plan.lunch_s)
        )
        self.last = np.flatnonzero(replayed.is_last)
        self.first = np.flatnonzero(replayed.is_first)
        bounds = [problem.bounds(rep) for rep in range(problem.num_reps)]
        self.bounds = np.array([(b.leave_s, b.start_s, b.end_s, b.return_s) for b in bounds], dtype=np.int64)

    def check(self) -> None:
        """Run all rules."""
        self._stops()
        if len(self.last):
            self._gaps()
            self._shift()
            self._lunch_taken()
            self._carried()

    def _carried(self) -> None:
        """A day's visits take no more than the rep can carry."""
        replay, problem = self.replay, self.problem
        if problem.carried is None or problem.carry_limit is None:
            return
        taken = np.bincount(replay.route, weights=problem.carried[replay.outlet], minlength=len(replay.route_rep))
        over = taken - problem.carry_limit[replay.route_rep]
        for at in np.flatnonzero(over > 0).tolist():
            subject = self._day(at)
            self.found.append(Violation(rule="carry_limit", subject=subject, amount=float(over[at]), unit="units"))

    def _stops(self) -> None:
        """Service and drive seconds as stated, and the window, of every stop."""
        replay, plan, problem = self.replay, self.plan, self.problem
        stated_s = plan.service_s[replay.row]
        self._late("service_time", replay.row, abs(stated_s - problem.service_s[replay.outlet]))
        whole = self.replay.is_whole()[replay.route]
        self._late("drive_time", replay.row[whole], abs(plan.drive_s[replay.row] - replay.drive_s)[whole])
        windows_s = problem.windows_s[replay.outlet, replay.day % DAYS_PER_WEEK]
        opens_s, closes_s = windows_s[:, :, 0], windows_s[:, :, 1]
        there = opens_s != NONE
        start_s = self.start_s[:, None]
        outside_s = np.maximum(opens_s - start_s, start_s - closes_s).clip(min=0)
        outside_s = np.where(there, outside_s, np.iinfo(np.int64).max).min(axis=1)
        open_day = there.any(axis=1)  # a closed day is another rule's business
        self._late("window", replay.row[open_day], outside_s[open_day])

    def _gaps(self) -> None:
        """Order in time, arrival at home, and that lunch neither overlaps a service nor interrupts a drive."""
        replay, length_s = self.replay, self.problem.lunch.length_s
        route = replay.route
        before_s = np.roll(self.end_s, 1)
        before_s[self.first] = self.leave_s
        lunch_s = self.lunch_s[route]
        eats = self._lunch_between()[route]
        # The gap before a stop has the lunch when the stop comes after it and the place before comes before it.
        precedes = (self.start_s < lunch_s) | (self.end_s <= lunch_s)
        earlier = np.roll(precedes, 1)
        earlier[self.first] = True
        holds = eats & earlier & ~precedes
        late_s = before_s + replay.drive_s + holds * length_s - self.start_s
        judged = self.judged[route]
        self._late("time_order", replay.row[judged], late_s[judged])
        clash_s = np.maximum(before_s - lunch_s, lunch_s + length_s - self.start_s)
        split_s = np.minimum(before_s + replay.drive_s - lunch_s, lunch_s + length_s + replay.drive_s - self.start_s)
        wrong_s = np.where(holds & (late_s <= 0), np.maximum(clash_s, split_s), 0)
        self._late("lunch_overlap", replay.row[judged], wrong_s[judged])

        end_s = self.end_s[self.last]
        last_holds = self._lunch_between() & precedes[self.last]
        self._late_route("lunch_overlap", np.where(last_holds, end_s - self.lunch_s, 0))
        self.home_s = np.where(last_holds, self.lunch_s + length_s, end_s) + replay.return_drive_s
        self._late_route("return_time", abs(self.return_s - self.home_s))
        stated_s = np.append(self.plan.return_drive_s, 0)[replay.route_row]
        self._late_route("return_drive", abs(stated_s - replay.return_drive_s))

    def _shift(self) -> None:
        """Nobody starts before or ends after the shift."""
        bounds = self.bounds[self.replay.route_rep]
        early_s = np.maximum(bounds[:, 0] - self.leave_s, bounds[:, 1] - self.start_s[self.first])
        late_s = np.maximum(self.end_s[self.last] - bounds[:, 2], self.home_s - bounds[:, 3])
        self._late_route("shift_start", early_s)
        self._late_route("shift_end", late_s)
        if self.problem.longest_day_s is not None:
            longest_s = self.problem.longest_day_s[self.replay.route_rep]
            self._late_route("longest_day", self.home_s - self.leave_s - longest_s)

    def _lunch_taken(self) -> None:
        """A day that is not over by, or not begun until, lunch has one at the right time."""
        lunch = self.problem.lunch
        if not lunch.length_s:
            return
        needs = (self.home_s > lunch.from_s) & (self.leave_s < lunch.until_s + lunch.length_s)
        has = self.lunch_s != NONE
        self._late_route("lunch_missing", np.where(needs & ~has, lunch.length_s, 0))
        off_s = np.maximum(lunch.from_s - self.lunch_s, self.lunch_s - lunch.until_s)
        self._late_route("lunch_time", np.where(has, off_s, 0))

    def _lunch_between(self) -> BoolArray:
        """Per route: lunch is taken on the way, not at home before leaving or after coming back."""
        length_s = self.problem.lunch.length_s
        has = (self.lunch_s != NONE) & (length_s > 0)
        return np.asarray(has & (self.lunch_s + length_s > self.leave_s) & (self.lunch_s < self.return_s))

    def _late(self, rule: str, rows: IntArray, late_s: IntArray) -> None:
        """One violation per stop that is `late_s` > 0 seconds wrong."""
        for at in np.flatnonzero(late_s > 0).tolist():
            row = int(rows[at])
            day = day_name(self.problem, int(self.plan.rep_idx[row]), int(self.plan.day[row]))
            self._add(rule, f"{day} {self._outlet[int(self.plan.outlet_idx[row])]}", late_s[at])

    def _late_route(self, rule: str, late_s: IntArray) -> None:
        """One violation per judged route that is `late_s` > 0 seconds wrong."""
        for at in np.flatnonzero((late_s > 0) & self.judged).tolist():
            self._add(rule, self._day(at), late_s[at])

    def _day(self, route: int) -> str:
        rep_idx = int(self.problem.rep_idcs[self.replay.route_rep[route]])
        return day_name(self.problem, rep_idx, int(self.replay.route_day[route]))

    @cached_property
    def _outlet(self) -> dict[int, str]:
        """Ids by position in the scenario."""
        return dict(zip(self.problem.outlet_idcs.tolist(), self.problem.outlets.ids, strict=True))

    def _add(self, rule: str, subject: str, late_s: np.int64) -> None:
        amount = float(late_s) / SECONDS_PER_MIN
        self.found.append(Violation(rule=rule, subject=subject, amount=amount, unit="min"))
