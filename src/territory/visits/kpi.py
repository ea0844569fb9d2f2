"""Is a visit plan good? Measures a manager compares, over all reps and rep by rep."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from territory.domain.columns import frozen
from territory.domain.visit_plan import VisitPlan
from territory.language import Text
from territory.measure import Direction, Measure
from territory.units import DAYS_PER_CYCLE, SECONDS_PER_MIN, FloatArray, IntArray
from territory.visits.model import VisitsProblem


@dataclass(frozen=True, kw_only=True, eq=False)
class RepTable:
    """
    What the plan asks of each rep; columns of shape (num_reps,), minutes per cycle.

    Attributes
    ----------
    due, placed
        Visits due at the outlets assigned to the rep, and visits the rep makes.
    days
        Days with at least one visit.
    drive_min, service_min, wait_min
        The three ways to spend a working minute; service includes access.
    mean_day_min, longest_day_min
        Drive, service and wait of a day with visits; 0 without any.
    drive_min_per_visit
        Drive divided by visits made; 0 without visits.
    """

    due: IntArray
    placed: IntArray
    days: IntArray
    drive_min: FloatArray
    service_min: FloatArray
    wait_min: FloatArray
    mean_day_min: FloatArray
    longest_day_min: FloatArray
    drive_min_per_visit: FloatArray

    def __post_init__(self) -> None:
        for column in fields(self):
            values = getattr(self, column.name)
            object.__setattr__(self, column.name, frozen(values, values.dtype))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Days:
    """Seconds per route."""

    rep: IntArray
    drive_s: IntArray
    service_s: IntArray
    wait_s: IntArray
    over_s: IntArray


def rep_table(problem: VisitsProblem, plan: VisitPlan) -> RepTable:
    """Visits and minutes of every rep of the problem."""
    days = _days(problem, plan)
    reps = problem.num_reps
    position = _positions(problem.rep_idcs, plan.rep_idx)

    def minutes(values_s: IntArray) -> FloatArray:
        return np.bincount(days.rep, weights=values_s, minlength=reps) / SECONDS_PER_MIN

    drive, service, wait = minutes(days.drive_s), minutes(days.service_s), minutes(days.wait_s)
    placed = np.bincount(position, minlength=reps)
    worked = np.bincount(days.rep, minlength=reps)
    longest = np.zeros(reps)
    np.maximum.at(longest, days.rep, (days.drive_s + days.service_s + days.wait_s) / SECONDS_PER_MIN)
    due = np.bincount(problem.rep_of_outlet, weights=problem.due, minlength=reps)
    return RepTable(
        due=due.astype(np.int64),
        placed=placed,
        days=worked,
        drive_min=drive,
        service_min=service,
        wait_min=wait,
        mean_day_min=(drive + service + wait) / np.maximum(worked, 1),
        longest_day_min=longest,
        drive_min_per_visit=drive / np.maximum(placed, 1),
    )


def measures(problem: VisitsProblem, plan: VisitPlan) -> tuple[Measure, ...]:
    """The plan's measures over all reps; minutes per cycle."""
    days = _days(problem, plan)
    drive, service, wait = (float(s.sum()) / SECONDS_PER_MIN for s in (days.drive_s, days.service_s, days.wait_s))
    load = (days.drive_s + days.service_s + days.wait_s) / SECONDS_PER_MIN
    placed, missing = plan.num_stops, plan.num_unplaced
    due = placed + missing
    found = [
        _measure("visits_due", due, "", "none", "visits due", "应拜访次数"),
        _measure("visits_placed", placed, "", "up", "visits placed", "已排拜访次数"),
        _measure("placed_share", _share(placed, due), "%", "up", "visits placed, share", "拜访排入率"),
        _measure("drive_min", drive, "min", "down", "drive", "驾驶时间"),
        _measure("drive_share", _share(drive, drive + service + wait), "%", "down", "drive share", "驾驶时间占比"),
        _measure("service_min", service, "min", "none", "service and access", "服务与停车时间"),
        _measure("wait_min", wait, "min", "down", "waiting", "等待时间"),
        _measure(
            "day_load_min", load.min(initial=np.inf if len(load) else 0), "min", "none", "shortest day", "最短工作日"
        ),
        _measure("day_load_mean", load.mean() if len(load) else 0.0, "min", "none", "mean day", "平均工作日"),
        _measure("day_load_max", load.max(initial=0), "min", "none", "longest day", "最长工作日"),
        _measure("overtime_min", float(days.over_s.sum()) / SECONDS_PER_MIN, "min", "down", "overtime", "加班时间"),
    ]
    return (*found, *_by_tier(problem, plan))


def _by_tier(problem: VisitsProblem, plan: VisitPlan) -> list[Measure]:
    """Share of visits placed for every tier that has some due."""
    tier = problem.tier.codes
    made = np.bincount(_positions(problem.outlet_idcs, plan.outlet_idx), minlength=problem.num_outlets)
    left = np.zeros(problem.num_outlets, dtype=np.int64)
    left[_positions(problem.outlet_idcs, plan.unplaced_outlet_idx)] = plan.unplaced_visits
    found = []
    for code, name in enumerate(problem.tier.names):
        placed, missing = int(made[tier == code].sum()), int(left[tier == code].sum())
        if placed + missing:
            share = _share(placed, placed + missing)
            label = (f"visits placed, tier {name}", f"{name} 类拜访排入率")
            found.append(_measure(f"placed_share_{name}", share, "%", "up", *label))
    return found


def _days(problem: VisitsProblem, plan: VisitPlan) -> _Days:
    """Seconds of each route, from the plan's own times (the checker vouches for them)."""
    keys = plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day
    route = np.searchsorted(keys, plan.rep_idx * DAYS_PER_CYCLE + plan.day)
    count = len(keys)

    def sums(values_s: IntArray) -> IntArray:
        return np.bincount(route, weights=values_s, minlength=count).astype(np.int64)

    drive_s = sums(plan.drive_s) + plan.return_drive_s
    service_s = sums(plan.service_s)
    on_the_way = (plan.lunch_s >= 0) & (plan.lunch_s < plan.return_s)
    on_the_way &= plan.lunch_s + problem.lunch.length_s > plan.leave_s
    wait_s = plan.return_s - plan.leave_s - drive_s - service_s - on_the_way * problem.lunch.length_s
    rep = _positions(problem.rep_idcs, plan.route_rep_idx)
    bounds = [problem.bounds(at) for at in range(problem.num_reps)]
    earliest = np.array([limit.leave_s for limit in bounds], dtype=np.int64)[rep]
    latest = np.array([limit.return_s for limit in bounds], dtype=np.int64)[rep]
    over_s = (earliest - plan.leave_s).clip(min=0) + (plan.return_s - latest).clip(min=0)
    return _Days(rep=rep, drive_s=drive_s, service_s=service_s, wait_s=wait_s, over_s=over_s)


def _positions(idcs: IntArray, wanted: IntArray) -> IntArray:
    """Local positions of scenario positions; `idcs` ascends."""
    return np.searchsorted(idcs, wanted)


def _share(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole else 100.0


def _measure(name: str, value: float, unit: str, direction: Direction, en: str, zh: str) -> Measure:
    return Measure(name=name, value=float(value), unit=unit, direction=direction, label=Text(en=en, zh=zh))
