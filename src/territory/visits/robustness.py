"""Does a visit plan hold when visits and drives take longer or shorter? And which plan would?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.language import Text
from territory.measure import Direction, Measure
from territory.streams import Streams
from territory.units import DAYS_PER_WEEK, SECONDS_PER_MIN, FloatArray, IntArray
from territory.visits._chance import Chance, Spread
from territory.visits._driven_day import EATEN, DrivenDay, LateRule, PlannedDay, drive_day
from territory.visits._estimates import Estimated, estimated
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem
from territory.visits.planning import plan_at_quantile
from territory.visits.solve import plan_visits

__all__ = [
    "Attempt",
    "Estimated",
    "LateRule",
    "RepRobustness",
    "RobustnessResult",
    "Spread",
    "Target",
    "TargetedPlan",
    "plan_at_quantile",
    "plan_for_target",
    "replay_days",
]

ON_TIME_S = 30 * SECONDS_PER_MIN
OVERTIME_FROM_S = SECONDS_PER_MIN
FEWEST_REPLICATIONS = 20
BATCHES = 10  # of replications, for the interval of a percentile
LOWEST_QUANTILE, FIRST_QUANTILE, HIGHEST_QUANTILE = 0.50, 0.65, 0.95


@dataclass(frozen=True, kw_only=True)
class RepRobustness:
    """How one rep's days come out."""

    rep_id: str
    estimates: tuple[Estimated, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class RobustnessResult:
    """
    How a plan comes out in simulation.

    Attributes
    ----------
    estimates
        Over all reps: `on_time_share`, `in_window_share`, `visits_made_share`, `days_over_share`,
        `overtime_mean_min`, `overtime_p95_min`, `late_lunch_share`.
    by_rep
        The same for every rep with visits.
    on_time_of_stop
        Share of replications, shape (num_stops,).
    """

    spread: Spread
    late: LateRule
    replications: int
    seed: int
    estimates: tuple[Estimated, ...]
    by_rep: tuple[RepRobustness, ...]
    on_time_of_stop: FloatArray

    def value(self, name: str) -> float:
        """The measure of this name over all reps."""
        return next(entry.measure.value for entry in self.estimates if entry.measure.name == name)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counts:
    """Of some days: visits per replication, shape (replications,), and days, shape (num_days, replications)."""

    due: int
    on_time: FloatArray
    in_window: FloatArray
    made: FloatArray
    overtime_s: FloatArray
    late_lunch: FloatArray


def replay_days(
    problem: VisitsProblem,
    plan: VisitPlan,
    *,
    spread: Spread,
    replications: int,
    seed: int,
    late: LateRule = "visit",
) -> RobustnessResult:
    """
    Drive the plan's days in simulation.

    Parameters
    ----------
    problem
        Its service and travel times are the means, also where the plan was made with others (`plan_at_quantile`).
    late
        What happens at a stop reached after its window: see `drive_day`.

    Notes
    -----
    Service and drives are lognormal around the problem's times, independent but for a factor of the day's traffic that
    all drives of a date share. A visit is on time when it starts within 30 minutes of the plan. Overtime counts from
    one minute. Intervals are t intervals over replications; for the 95th percentile over ten batches of them.
    """
    if replications < FEWEST_REPLICATIONS:
        raise ValueError(f"at least {FEWEST_REPLICATIONS} replications are needed for intervals")
    chance = Chance(spread=spread, streams=Streams(seed), replications=replications)
    traffic = chance.of_traffic()
    on_time_of_stop = np.zeros(plan.num_stops)
    by_rep, counted = [], []
    for rep in np.unique(plan.route_rep_idx).tolist():
        driven = list(_driven(problem, plan, int(rep), chance, traffic, late))
        for rows, day in driven:
            on_time_of_stop[rows] = _is_on_time(plan, rows, day).mean(axis=1)
        counts = _counts(plan, driven)
        counted.append(counts)
        rep_id = problem.homes.ids[int(positions(problem.rep_idcs, np.array([rep]))[0])]
        by_rep.append(RepRobustness(rep_id=rep_id, estimates=_estimates(counts)))
    return RobustnessResult(
        spread=spread,
        late=late,
        replications=replications,
        seed=seed,
        estimates=_estimates(_joined(counted, replications)),
        by_rep=tuple(by_rep),
        on_time_of_stop=on_time_of_stop,
    )


def _driven(
    problem: VisitsProblem, plan: VisitPlan, rep_idx: int, chance: Chance, traffic: FloatArray, late: LateRule
) -> Iterator[tuple[IntArray, DrivenDay]]:
    """Each day of a rep: its rows of the plan, and what became of it."""
    rep = int(positions(problem.rep_idcs, np.array([rep_idx]))[0])
    mine = np.flatnonzero(plan.rep_idx == rep_idx)
    outlets = np.unique(positions(problem.outlet_idcs, plan.outlet_idx[mine]))
    places = problem.outlets.take(outlets) + problem.homes.take(np.array([rep]))
    mean_s = problem.travel.seconds(places, places)
    service = {outlet: chance.of_service(problem.outlets.ids[outlet]) for outlet in outlets.tolist()}
    legs = [chance.of_drive(name) for name in places.ids]
    for route in np.flatnonzero(plan.route_rep_idx == rep_idx).tolist():
        day = int(plan.route_day[route])
        rows = mine[plan.day[mine] == day]
        stops = positions(problem.outlet_idcs, plan.outlet_idx[rows])
        path = [len(outlets), *np.searchsorted(outlets, stops).tolist(), len(outlets)]
        means = [int(mean_s[frm, to]) for frm, to in pairwise(path)]
        planned = _planned_day(problem, plan, rep=rep, route=route, rows=rows, stops=stops, drive_s=means)
        yield (
            rows,
            drive_day(
                planned,
                service_s=np.stack([service[at][:, day] * int(problem.service_s[at]) for at in stops.tolist()]),
                drive_s=np.stack(
                    [legs[to][:, day] * traffic[:, day] * mean for to, mean in zip(path[1:], means, strict=True)]
                ),
                late=late,
            ),
        )


def _planned_day(
    problem: VisitsProblem,
    plan: VisitPlan,
    *,
    rep: int,
    route: int,
    rows: IntArray,
    stops: IntArray,
    drive_s: Sequence[int],
) -> PlannedDay:
    starts = tuple(plan.start_s[rows].tolist())
    windows = problem.windows_s[stops, int(plan.route_day[route]) % DAYS_PER_WEEK].tolist()
    lunch_s, leave_s, return_s = (int(c[route]) for c in (plan.lunch_s, plan.leave_s, plan.return_s))
    if lunch_s == NONE:  # over before lunch, or begun after it
        gap = EATEN if leave_s >= problem.lunch.until_s else len(starts) + 1
    elif lunch_s + problem.lunch.length_s <= leave_s:
        gap = EATEN
    else:
        gap = sum(start < lunch_s for start in starts) if lunch_s < return_s else len(starts) + 1
    return PlannedDay(
        leave_s=leave_s,
        start_s=starts,
        return_s=return_s,
        lunch_gap=gap,
        drive_s=tuple(drive_s),
        service_s=tuple(problem.service_s[stops].tolist()),
        windows=[[row for row in rows_of if row[0] != NONE] for rows_of in windows],
        bounds=problem.bounds(rep),
        lunch=problem.lunch,
    )


def _is_on_time(plan: VisitPlan, rows: IntArray, day: DrivenDay) -> FloatArray:
    """1 where the start is near the plan's, shape (num_stops, replications); a visit not made is not on time."""
    return (np.abs(day.start_s - plan.start_s[rows][:, None]) <= ON_TIME_S).astype(np.float64)


def _counts(plan: VisitPlan, driven: Sequence[tuple[IntArray, DrivenDay]]) -> _Counts:
    days = [day for _, day in driven]
    return _Counts(
        due=sum(len(rows) for rows, _ in driven),
        on_time=np.sum([_is_on_time(plan, rows, day).sum(axis=0) for rows, day in driven], axis=0),
        in_window=np.sum([day.in_window.sum(axis=0) for day in days], axis=0).astype(np.float64),
        made=np.sum([np.isfinite(day.start_s).sum(axis=0) for day in days], axis=0).astype(np.float64),
        overtime_s=np.stack([day.overtime_s for day in days]),
        late_lunch=np.sum([day.is_lunch_late for day in days], axis=0).astype(np.float64),
    )


def _joined(counted: Sequence[_Counts], replications: int) -> _Counts:
    """Counts of all reps; of nobody, when nothing is planned."""
    nothing = np.zeros(replications)
    return _Counts(
        due=sum(part.due for part in counted),
        on_time=sum((part.on_time for part in counted), nothing),
        in_window=sum((part.in_window for part in counted), nothing),
        made=sum((part.made for part in counted), nothing),
        overtime_s=np.concatenate([np.zeros((0, replications)), *(part.overtime_s for part in counted)]),
        late_lunch=sum((part.late_lunch for part in counted), nothing),
    )


def _estimates(counts: _Counts) -> tuple[Estimated, ...]:
    visits, days = max(1, counts.due), max(1, len(counts.overtime_s))
    is_over = counts.overtime_s >= OVERTIME_FROM_S
    mean_min = counts.overtime_s.sum(axis=0) / days / SECONDS_PER_MIN

    def share(name: str, count: FloatArray, of: int, direction: Direction, en: str, zh: str) -> Estimated:
        return _mean(name, 100.0 * count / of, "%", direction, Text(en=en, zh=zh))

    return (
        share("on_time_share", counts.on_time, visits, "up", "visits on time (±30 min)", "准时拜访(±30 分)"),
        share("in_window_share", counts.in_window, visits, "up", "visits in window", "营业时段内拜访"),
        share("visits_made_share", counts.made, visits, "up", "visits made", "完成的拜访"),
        share("days_over_share", is_over.sum(axis=0), days, "down", "days with overtime", "加班天数占比"),
        _mean("overtime_mean_min", mean_min, "min", "down", Text(en="overtime a day, mean", zh="日均加班")),
        _p95(counts.overtime_s / SECONDS_PER_MIN),
        share("late_lunch_share", counts.late_lunch, days, "down", "days with a late lunch", "午餐延迟天数占比"),
    )


def _mean(name: str, values: FloatArray, unit: str, direction: Direction, label: Text) -> Estimated:
    return _estimated(name, float(values.mean()), values, unit, direction, label)


def _p95(overtime_min: FloatArray) -> Estimated:
    """95th percentile over days and replications; the interval from batches of replications."""
    label = Text(en="overtime a day, 95th percentile", zh="单日加班第 95 百分位")
    if not len(overtime_min):
        return _estimated("overtime_p95_min", 0.0, np.zeros(BATCHES), "min", "down", label)
    batches = np.array([np.quantile(batch, 0.95) for batch in np.array_split(overtime_min, BATCHES, axis=1)])
    return _estimated("overtime_p95_min", float(np.quantile(overtime_min, 0.95)), batches, "min", "down", label)


def _estimated(name: str, value: float, samples: FloatArray, unit: str, direction: Direction, label: Text) -> Estimated:
    found = estimated(Measure(name=name, value=value, unit=unit, direction=direction, label=label), samples)
    most = 100.0 if unit == "%" else float("inf")
    return replace(found, low=max(0.0, found.low), high=min(most, found.high))


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a plan shall reach in simulation, percent: so many visits on time, or so few days with overtime."""

    measure: Literal["on_time_share", "days_over_share"]
    percent: float

    def is_met(self, result: RobustnessResult) -> bool:
        """True when the estimate reaches it."""
        value = result.value(self.measure)
        return value >= self.percent if self.measure == "on_time_share" else value <= self.percent


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One quantile tried: what the plan of that problem does in simulation, and what it costs."""

    quantile: float
    plan: VisitPlan
    result: RobustnessResult
    is_met: bool

    @property
    def drive_min(self) -> float:
        """Planned drive at the quantile's pace, minutes in the cycle."""
        return float(self.plan.drive_s.sum() + self.plan.return_drive_s.sum()) / SECONDS_PER_MIN


@dataclass(frozen=True, kw_only=True)
class TargetedPlan:
    """The attempt chosen, with all that were made; `chosen.is_met` says whether it reaches the target."""

    chosen: Attempt
    attempts: tuple[Attempt, ...]


def plan_for_target(
    problem: VisitsProblem,
    *,
    target: Target,
    spread: Spread,
    effort: Effort,
    replications: int,
    seed: int,
    most_plans: int = 5,
    late: LateRule = "visit",
) -> TargetedPlan:
    """
    The plan at the lowest quantile that reaches the target, found by halving; each try is planned anew.

    When none of `most_plans` reaches it, the one that comes nearest. The same draws serve all tries.
    """
    if most_plans < 1:
        raise ValueError("at least one plan has to be tried")
    low, high, quantile = LOWEST_QUANTILE, HIGHEST_QUANTILE, FIRST_QUANTILE
    attempts: list[Attempt] = []
    for _ in range(most_plans):
        slowed = plan_at_quantile(problem, quantile=quantile, spread=spread)
        plan = plan_visits(slowed, effort=effort, seed=seed).require_plan()
        result = replay_days(problem, plan, spread=spread, replications=replications, seed=seed, late=late)
        attempts.append(Attempt(quantile=quantile, plan=plan, result=result, is_met=target.is_met(result)))
        if attempts[-1].is_met:
            high = quantile
        else:
            low = quantile
        quantile = (low + high) / 2
    met = [attempt for attempt in attempts if attempt.is_met]
    if met:
        return TargetedPlan(chosen=min(met, key=lambda attempt: attempt.quantile), attempts=tuple(attempts))
    sign = 1.0 if target.measure == "on_time_share" else -1.0
    nearest = max(attempts, key=lambda attempt: sign * attempt.result.value(target.measure))
    return TargetedPlan(chosen=nearest, attempts=tuple(attempts))
