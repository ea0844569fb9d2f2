"""A manager's weekly ride with a rep: whom to join and on which day, from where process checks are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.columns import frozen
from territory.domain.visit_plan import VisitPlan
from territory.errors import SolverError, VerificationError
from territory.language import Text
from territory.standing import Status, Term
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE, BoolArray, FloatArray, IntArray
from territory.verify import CheckReport, Violation, listed
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem

MOST_DETERMINISTIC_TIME = 20.0
SOONER = 0.1  # part of a ride's worth that a week of waiting costs
DIGITS = 1000  # worth is rounded to thousandths of a day
MOST_STOPS_COUNTED = 99  # tell days of equal worth apart


@dataclass(frozen=True, kw_only=True, eq=False)
class Manager:
    """
    Someone who rides along one day a week.

    Attributes
    ----------
    works
        Shape (28,): days on which the manager can.
    reps
        Scenario positions of the reps to ride with, of different territories.
    """

    manager_id: str
    works: BoolArray
    reps: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "works", frozen(self.works, np.bool_))
        if len(self.works) != DAYS_PER_CYCLE:
            raise ValueError("a manager's days are those of the cycle, 28")


@dataclass(frozen=True, kw_only=True, eq=False)
class Due:
    """
    Where process checks are due; columns of shape (num_reps,), in the order of the problem's reps.

    Attributes
    ----------
    days_since_last
        Days since the last ride with the rep, at the start of the cycle.
    problem_score
        How much there is to look after, 0 or more; 1 is usual.
    """

    days_since_last: FloatArray
    problem_score: FloatArray

    def __post_init__(self) -> None:
        for name in ("days_since_last", "problem_score"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        both = np.concatenate([self.days_since_last, self.problem_score])
        if not (np.isfinite(both).all() and (both >= 0).all()):
            raise ValueError("days and scores are finite and not negative")

    def worth(self) -> FloatArray:
        """Of a ride with each rep: days since the last one, weighted by the score."""
        return self.days_since_last * self.problem_score


@dataclass(frozen=True, kw_only=True)
class Ride:
    """
    One day of a manager beside a rep; positions are the scenario's.

    Attributes
    ----------
    stops
        Outlets of that day, in driving order.
    meet_s
        Seconds after midnight of the first visit: where and when they meet.
    """

    manager_id: str
    rep_idx: int
    day: int
    stops: tuple[int, ...]
    meet_s: int
    reason: Text


@dataclass(frozen=True, kw_only=True)
class RidesResult:
    """
    Rides by manager and day, and how good they are; the objective is worth, to be made large.

    Attributes
    ----------
    free_weeks
        Manager and week (0 to 3) without a ride.
    """

    rides: tuple[Ride, ...]
    status: Status
    objective: float
    bound: float
    free_weeks: tuple[tuple[str, int], ...]


def rides(
    problem: VisitsProblem, plan: VisitPlan, *, managers: Sequence[Manager], due: Due, min_stops: int = 5, seed: int = 0
) -> RidesResult:
    """
    One ride per manager and week, where they are worth most.

    Parameters
    ----------
    min_stops
        A day with fewer visits is not worth riding along.

    Raises
    ------
    VerificationError
        When the checker disagrees: a bug.

    Notes
    -----
    Maximise the worth of all rides, each week of the cycle that one waits costing a tenth of it; between equal days
    the one with more visits. (1) One ride per manager and week. (2) On a working day of the manager, (3) with a rep of
    hers who has `min_stops` visits that day, (4) one manager a day at most. (5) Nobody gets a second ride in the cycle
    before every other rep of that manager who can be ridden with by the end of that week has had one, and so on.
    (6) Reps without worth are not visited.
    """
    if len({manager.manager_id for manager in managers}) < len(managers):
        raise ValueError("managers have different names")
    stops = _stops_by_day(problem, plan)
    options = _options(problem, managers, due, stops, min_stops)
    model = cp_model.CpModel()
    takes = {option: model.new_bool_var("") for option in options}
    for m in range(len(managers)):
        for week in range(WEEKS_PER_CYCLE):
            model.add_at_most_one(takes[o] for o in options if o[0] == m and o[2] // DAYS_PER_WEEK == week)  # (1)
    for key in {(rep, day) for _, rep, day in options}:
        model.add_at_most_one(takes[o] for o in options if o[1:] == key)  # (4)
    for end in range(DAYS_PER_WEEK, DAYS_PER_CYCLE + 1, DAYS_PER_WEEK):
        so_far = [option for option in options if option[2] < end]
        count = {rep: sum(takes[o] for o in so_far if o[1] == rep) for _, rep, _ in so_far}
        for m in range(len(managers)):
            for one, other in permutations(sorted({rep for manager, rep, _ in so_far if manager == m}), 2):
                model.add(count[one] <= count[other] + 1)  # (5)
    model.maximize(sum(_points(due, stops, option) * take for option, take in takes.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = MOST_DETERMINISTIC_TIME
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise SolverError(f"the model of rides was refused: {solver.status_name(status)}")
    scale = float(DIGITS * (MOST_STOPS_COUNTED + 1))
    found = [
        _ride(problem, plan, managers[m], rep, day, due)
        for m, rep, day in sorted(o for o, take in takes.items() if solver.boolean_value(take))
    ]
    found.sort(key=lambda ride: (ride.manager_id, ride.day))
    result = RidesResult(
        rides=tuple(found),
        status=Status.OPTIMAL if status == cp_model.OPTIMAL else Status.FEASIBLE,
        objective=solver.objective_value / scale,
        bound=solver.best_objective_bound / scale,
        free_weeks=tuple(
            (manager.manager_id, week)
            for manager in managers
            for week in range(WEEKS_PER_CYCLE)
            if not any(r.manager_id == manager.manager_id and r.day // DAYS_PER_WEEK == week for r in found)
        ),
    )
    report = check_rides(problem, plan, managers=managers, due=due, min_stops=min_stops, found=result.rides)
    if report.violations or abs(report.objective - result.objective) > 1e-6 * max(1.0, result.objective):
        raise VerificationError(f"rides break rules or their objective: {listed(report.violations)}")
    return result


def _options(
    problem: VisitsProblem, managers: Sequence[Manager], due: Due, stops: IntArray, min_stops: int
) -> list[tuple[int, int, int]]:
    """Manager, local rep and day of every ride that may be: (2), (3), (6)."""
    worth = due.worth()
    return [
        (m, rep, day)
        for m, manager in enumerate(managers)
        for rep in positions(problem.rep_idcs, np.array(manager.reps, dtype=np.int64)).tolist()
        if rep >= 0 and worth[rep] * DIGITS >= 1
        for day in np.flatnonzero(manager.works & (stops[rep] >= max(1, min_stops))).tolist()
    ]


def _points(due: Due, stops: IntArray, option: tuple[int, int, int]) -> int:
    """Worth of a ride, whole numbers: a thousandth of worth is more than any number of stops."""
    _, rep, day = option
    worth = float(due.worth()[rep]) * (1.0 - SOONER * (day // DAYS_PER_WEEK))
    return round(worth * DIGITS) * (MOST_STOPS_COUNTED + 1) + min(int(stops[rep, day]), MOST_STOPS_COUNTED)


def _stops_by_day(problem: VisitsProblem, plan: VisitPlan) -> IntArray:
    """Visits of every rep on every day, shape (num_reps, 28)."""
    counts = np.zeros((problem.num_reps, DAYS_PER_CYCLE), dtype=np.int64)
    rep = positions(problem.rep_idcs, plan.rep_idx)
    np.add.at(counts, (rep[rep >= 0], plan.day[rep >= 0]), 1)
    return counts


def _ride(problem: VisitsProblem, plan: VisitPlan, manager: Manager, rep: int, day: int, due: Due) -> Ride:
    rows = plan.stops_of(int(problem.rep_idcs[rep]), day)
    days, score, count = due.days_since_last[rep], due.problem_score[rep], len(rows)
    return Ride(
        manager_id=manager.manager_id,
        rep_idx=int(problem.rep_idcs[rep]),
        day=day,
        stops=tuple(plan.outlet_idx[rows].tolist()),
        meet_s=int(plan.start_s[rows[0]]),
        reason=Text(
            en=f"{days:g} days since the last ride, problem score {score:g}; {count} visits that day",
            zh=f"距上次随访 {days:g} 天,问题分 {score:g};当天 {count} 次拜访",
        ),
    )


def check_rides(
    problem: VisitsProblem,
    plan: VisitPlan,
    *,
    managers: Sequence[Manager],
    due: Due,
    found: Sequence[Ride],
    min_stops: int = 5,
) -> CheckReport:
    """Every rule that rides break, and what they are worth, from the problem and the plan alone."""
    faults: list[Violation] = []

    def fault(rule: str, subject: str, amount: float = 1.0) -> None:
        faults.append(Violation(rule=rule, subject=subject, amount=amount, unit="rides"))

    by_id = {manager.manager_id: manager for manager in managers}
    local = dict(zip(problem.rep_idcs.tolist(), range(problem.num_reps), strict=True))
    worth, points = due.worth(), 0.0
    for ride in found:
        name = f"manager {ride.manager_id} day {ride.day}"
        manager, rows = by_id.get(ride.manager_id), plan.stops_of(ride.rep_idx, ride.day)
        if manager is None or ride.rep_idx not in manager.reps or ride.rep_idx not in local:
            fault("ride_rep", name)
            continue
        if not manager.works[ride.day]:
            fault("ride_day", name)
        if len(rows) < max(1, min_stops):
            fault("ride_stops_few", name)
        elif ride.stops != tuple(plan.outlet_idx[rows].tolist()) or ride.meet_s != plan.start_s[rows[0]]:
            fault("ride_stops", name)
        week_worth = float(worth[local[ride.rep_idx]]) * (1.0 - SOONER * (ride.day // DAYS_PER_WEEK))
        if worth[local[ride.rep_idx]] * DIGITS < 1:
            fault("ride_worth", name)
        points += round(week_worth * DIGITS) / DIGITS
        points += min(len(rows), MOST_STOPS_COUNTED) / (DIGITS * (MOST_STOPS_COUNTED + 1))
    weeks = sorted((ride.manager_id, ride.day // DAYS_PER_WEEK) for ride in found)
    days = sorted((ride.rep_idx, ride.day) for ride in found)
    for rule, keys in (("ride_week", weeks), ("ride_rep_day", days)):
        for before, after in pairwise(keys):
            if before == after:
                fault(rule, f"{after[0]} {after[1]}")
    stops = _stops_by_day(problem, plan)
    for manager in managers:
        worthy = [rep for rep in manager.reps if rep in local and worth[local[rep]] * DIGITS >= 1]
        excess = 0
        for end in range(DAYS_PER_WEEK, DAYS_PER_CYCLE + 1, DAYS_PER_WEEK):
            could = {rep: manager.works & (stops[local[rep]] >= max(1, min_stops)) for rep in worthy}
            counts = [
                sum(ride.rep_idx == rep and ride.day < end for ride in found)
                for rep in worthy
                if could[rep][:end].any()
            ]
            excess = max(excess, max(counts, default=0) - min(counts, default=0) - 1)
        if excess > 0:
            fault("ride_again", f"manager {manager.manager_id}", float(excess))
    return CheckReport(violations=tuple(faults), terms=(Term(name="worth", amount=points, unit="days", points=points),))
