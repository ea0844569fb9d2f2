"""Is a re-planned plan true? Recomputed from problem, running plan, events and moment alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.units import DAYS_PER_CYCLE, IntArray
from territory.verify import CheckReport, Violation
from territory.visits._clock_rules import ClockRules
from territory.visits._open_visits import ChangePrices, Ground, grounds
from territory.visits._reasons import Trials
from territory.visits._replay import day_name, fill_drives, positions, replay
from territory.visits.disruption import Events, Now
from territory.visits.model import MIDNIGHT_S, VisitsProblem

REPLAN_RULES = {
    "started_changed": "shifts that are over, have started or start within two hours keep their visits and times",
    "untouched_changed": "reps and teams that nothing happened to keep their plan",
    "ill_rep": "nobody visits while away",
    "closed_outlet": "an outlet is not visited on a day on which it is closed",
    "wrong_rep": "a visit is made by somebody who may make it",
    "day_off": "a rep works on working days only",
    "window_of_days": "a visit stays in the days that spacing leaves it, and no outlet is visited twice a day",
    "visit_missing": "every visit that was planned, or is urgent, is made, placed or accounted for",
    "visit_surplus": "no visit appears that was neither planned nor urgent",
    "false_reason": "the reason of a visit that is dropped is true",
}


def check_replan(problem: VisitsProblem, plan: VisitPlan, new_plan: VisitPlan, events: Events, now: Now) -> CheckReport:
    """
    Every rule that a new plan breaks: `REPLAN_RULES` and the clock rules of `check` for days that changed.

    Days as they were before, and reasons given before, are not judged again. There are no terms.
    """
    found: list[Violation] = []
    touched = grounds(problem, plan, events, now, ChangePrices())
    _untouched(problem, plan, new_plan, touched, found)
    for ground in touched:
        _Part(ground, new_plan, found).check()
    _clock(problem, plan, new_plan, found)
    return CheckReport(violations=tuple(found), terms=())


class _Part:
    """Checks one part that something happened to."""

    def __init__(self, ground: Ground, new_plan: VisitPlan, found: list[Violation]) -> None:
        self.ground, self.plan, self.found = ground, new_plan, found
        self.old_rows = np.flatnonzero(positions(ground.part.rep_idcs, ground.plan.rep_idx) != NONE)
        self.rows = np.flatnonzero(positions(ground.part.rep_idcs, new_plan.rep_idx) != NONE)
        self.rep = positions(ground.part.rep_idcs, new_plan.rep_idx[self.rows])
        self.outlet = positions(ground.part.outlet_idcs, new_plan.outlet_idx[self.rows])
        self.day = new_plan.day[self.rows]
        self.lane_is_open = ground.open_lanes[self.rep, self.day]

    def check(self) -> None:
        self._closed_lanes()
        self._people()
        self._visits()

    def _closed_lanes(self) -> None:
        """Days that are left alone have what they had, less what was lost."""
        ground = self.ground
        lost = np.zeros(ground.plan.num_stops, dtype=np.bool_)
        lost[ground.rows[ground.lost]] = True
        rep = positions(ground.part.rep_idcs, ground.plan.rep_idx[self.old_rows])
        stays = ~lost[self.old_rows] & ~ground.open_lanes[rep, ground.plan.day[self.old_rows]]
        before = _stops(ground.plan, self.old_rows[stays])
        after = _stops(self.plan, self.rows[~self.lane_is_open])
        for rep_idx, day in sorted({stop[:2] for stop in before ^ after}):
            amount = sum(stop[:2] == (rep_idx, day) for stop in before ^ after)
            self._add("started_changed", self._lane(rep_idx, day), amount)

    def _people(self) -> None:
        """Nobody visits while away, on a day off, where the outlet is closed, or whom they may not."""
        ground, plan = self.ground, self.plan
        start_s = plan.start_s[self.rows]
        end_s = start_s + plan.service_s[self.rows]
        away = end_s > ground.ill_from_s[self.rep, self.day]
        ahead = self.day * MIDNIGHT_S + start_s >= ground.now.instant_s
        named = {(e.outlet_idx, e.day) for e in ground.events.closed}
        works = ground.part.works_on()
        for at in range(len(self.rows)):
            outlet, rep, day = int(self.outlet[at]), int(self.rep[at]), int(self.day[at])
            lane = self._lane(int(ground.part.rep_idcs[rep]), day)
            if away[at]:
                self._add("ill_rep", lane, 1)
            if ahead[at] and (int(plan.outlet_idx[self.rows[at]]), day) in named:
                self._add("closed_outlet", lane, 1)
            if self.lane_is_open[at] and (outlet == NONE or rep not in ground.part.reps_of(outlet)):
                self._add("wrong_rep", lane, 1)
            if not works[rep, day] and (int(ground.part.rep_idcs[rep]), day) not in self._old_lanes():
                self._add("day_off", lane, 1)

    def _old_lanes(self) -> set[tuple[int, int]]:
        plan, rows = self.ground.plan, self.old_rows
        return set(zip(plan.rep_idx[rows].tolist(), plan.day[rows].tolist(), strict=True))

    def _visits(self) -> None:
        """Open visits are matched with the stops of open days; what is left over on either side is wrong."""
        ground = self.ground
        stops: dict[int, list[tuple[int, int]]] = {}
        routes: dict[tuple[int, int], list[int]] = {}
        for at in np.flatnonzero(self.lane_is_open).tolist():
            stops.setdefault(int(self.outlet[at]), []).append((int(self.day[at]), at))
        visit_of: dict[int, int] = {}
        missing: dict[int, list[int]] = {}
        for number, visit in enumerate(ground.visits):
            days = set(ground.days_of(visit))
            match = next((entry for entry in sorted(stops.get(visit.outlet, ())) if entry[0] in days), None)
            if match is None:
                missing.setdefault(visit.outlet, []).append(number)
            else:
                stops[visit.outlet].remove(match)
                visit_of[match[1]] = number
        stated = self._stated_anew()
        for outlet in sorted({*stops, *missing, *stated}):
            left, lost = len(stops.get(outlet, ())), len(missing.get(outlet, ()))
            said = stated.get(outlet, (0, None))[0]
            name = f"outlet {ground.part.outlets.ids[outlet]}"
            astray = min(left, max(0, lost - said))
            self._add("window_of_days", name, astray)
            self._add("visit_surplus", name, left - astray)
            self._add("visit_missing", name, max(0, lost - astray - said))
            self._add("visit_surplus", name, max(0, said - lost))
        for at, number in visit_of.items():
            routes.setdefault((int(self.rep[at]), int(self.day[at])), []).append(number)
        if len(visit_of) == int(self.lane_is_open.sum()):
            self._reasons(routes, missing, stated)

    def _stated_anew(self) -> dict[int, tuple[int, UnplacedReason]]:
        """Visits accounted for as unplaced beyond those of the running plan, by local outlet."""
        ground, plan = self.ground, self.plan
        before = dict(zip(ground.plan.unplaced_outlet_idx.tolist(), ground.plan.unplaced_visits.tolist(), strict=True))
        outlets = positions(ground.part.outlet_idcs, plan.unplaced_outlet_idx).tolist()
        found: dict[int, tuple[int, UnplacedReason]] = {}
        for outlet, idx, visits, reason in zip(
            outlets,
            plan.unplaced_outlet_idx.tolist(),
            plan.unplaced_visits.tolist(),
            plan.unplaced_reason,
            strict=True,
        ):
            more = visits - before.get(idx, 0)
            if outlet != NONE and more:
                found[outlet] = (more, reason)
        return found

    def _reasons(
        self,
        routes: dict[tuple[int, int], list[int]],
        missing: dict[int, list[int]],
        stated: dict[int, tuple[int, UnplacedReason]],
    ) -> None:
        ground = self.ground
        if not missing:
            return
        drive_s = ground.part.drive_s()
        problem = ground.problem(drive_s)
        trials = Trials(problem=problem, drive_s=problem.drive_s(), routes=routes)
        for outlet, numbers in missing.items():
            reasons = [trials.reason(number) for number in numbers]
            fits = any(
                reason is UnplacedReason.NO_TIME and trials.place_for(number) is not None
                for number, reason in zip(numbers, reasons, strict=True)
            )
            if outlet in stated and (fits or stated[outlet][1] not in reasons):
                self._add("false_reason", f"outlet {ground.part.outlets.ids[outlet]}", len(numbers))

    def _lane(self, rep_idx: int, day: int) -> str:
        return day_name(self.ground.part, rep_idx, day)

    def _add(self, rule: str, subject: str, amount: int) -> None:
        if amount > 0:
            self.found.append(Violation(rule=rule, subject=subject, amount=float(amount), unit="visits"))


def _stops(plan: VisitPlan, rows: IntArray) -> set[tuple[int, int, int, int]]:
    columns = (plan.rep_idx[rows], plan.day[rows], plan.outlet_idx[rows], plan.start_s[rows])
    return set(zip(*(column.tolist() for column in columns), strict=True))


def _untouched(
    problem: VisitsProblem, plan: VisitPlan, new_plan: VisitPlan, touched: tuple[Ground, ...], found: list[Violation]
) -> None:
    reps = [rep for ground in touched for rep in ground.part.rep_idcs.tolist()]
    before = _stops(plan, np.flatnonzero(~np.isin(plan.rep_idx, reps)))
    after = _stops(new_plan, np.flatnonzero(~np.isin(new_plan.rep_idx, reps)))
    for rep_idx in sorted({stop[0] for stop in before ^ after}):
        rep = int(positions(problem.rep_idcs, np.array([rep_idx]))[0])
        amount = sum(stop[0] == rep_idx for stop in before ^ after)
        name = problem.homes.ids[rep] if rep != NONE else f"row {rep_idx}"
        found.append(Violation(rule="untouched_changed", subject=f"rep {name}", amount=float(amount), unit="visits"))


def _clock(problem: VisitsProblem, plan: VisitPlan, new_plan: VisitPlan, found: list[Violation]) -> None:
    """Drives, windows, shift and lunch of the days that changed."""
    before, after = _days(plan), _days(new_plan)
    changed = np.array(sorted(key for key in after if after[key] != before.get(key)), dtype=np.int64)
    stops = np.isin(new_plan.rep_idx * DAYS_PER_CYCLE + new_plan.day, changed)
    routes = np.isin(new_plan.route_rep_idx * DAYS_PER_CYCLE + new_plan.route_day, changed)
    only = replace(
        new_plan,
        **{n: getattr(new_plan, n)[stops] for n in ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")},
        **{
            n: getattr(new_plan, n)[routes]
            for n in ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")
        },
    )
    replayed = replay(problem, only, found)
    partial = np.zeros(len(replayed.route_rep), dtype=np.bool_)
    for part in replace(problem, frequency=np.maximum(problem.frequency, 1)).parts():
        if not np.isin(part.rep_idcs, only.rep_idx).any():
            continue
        fill_drives(
            replayed,
            part=part,
            outlet_of=positions(part.outlet_idcs, problem.outlet_idcs),
            rep_of=positions(part.rep_idcs, problem.rep_idcs),
            drive_s=part.drive_s(),
            partial=partial,
        )
    ClockRules(problem, only, replayed, found).check()


def _days(plan: VisitPlan) -> dict[int, tuple[object, ...]]:
    """Everything a plan says of each day of each rep."""
    found: dict[int, list[object]] = {}
    keys = (plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day).tolist()
    rows = zip(*(c.tolist() for c in (plan.leave_s, plan.return_drive_s, plan.return_s, plan.lunch_s)), strict=True)
    for key, row in zip(keys, rows, strict=True):
        found[key] = [row]
    stops = (plan.outlet_idx, plan.drive_s, plan.start_s, plan.service_s)
    keys = (plan.rep_idx * DAYS_PER_CYCLE + plan.day).tolist()
    for key, stop in zip(keys, zip(*(c.tolist() for c in stops), strict=True), strict=True):
        found.setdefault(key, []).append(stop)
    return {key: tuple(rows) for key, rows in found.items()}
