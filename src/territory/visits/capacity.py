"""When there is more work than time: what a visit is worth, who is under-served, what one more hour would buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.effort import CancelToken, Effort
from territory.language import Text
from territory.measure import Direction, Measure
from territory.progress import SILENT, Progress
from territory.streams import Streams
from territory.units import (
    DAYS_PER_WEEK,
    MIN_PER_HOUR,
    SECONDS_PER_MIN,
    WEEKS_PER_CYCLE,
    FloatArray,
    IntArray,
    round_half_up,
)
from territory.visits._estimates import Estimated, estimated
from territory.visits._replay import positions
from territory.visits._search import find_plan
from territory.visits._worth import value_of_visits
from territory.visits.check import check
from territory.visits.model import MIDNIGHT_S, VisitsProblem

__all__ = [
    "HourValue",
    "Service",
    "UnderServed",
    "UnderServedOutlet",
    "under_served",
    "value_of_time",
    "value_of_visits",
    "with_longer_days",
]

STAGE = "hours"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnderServedOutlet:
    """One outlet with visits missing; `rep` is the assigned one, `value_lost` is in points (drive minutes)."""

    outlet_id: str
    tier: str
    rep_id: str
    due: int
    placed: int
    missing: int
    value_lost: float
    reason: UnplacedReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """Visits of a tier, or of the outlets assigned to a rep; `value_lost` is in points (drive minutes)."""

    name: str
    outlets: int
    due: int
    placed: int
    missing: int
    value_lost: float


@dataclass(frozen=True, kw_only=True)
class UnderServed:
    """Who gets fewer visits than due: outlets, dearest first; and totals by tier and rep, with the well-served."""

    outlets: tuple[UnderServedOutlet, ...]
    by_tier: tuple[Service, ...]
    by_rep: tuple[Service, ...]


def under_served(problem: VisitsProblem, plan: VisitPlan) -> UnderServed:
    """What the plan leaves out, of whom, why, and what that is worth."""
    n = problem.num_outlets
    placed = np.bincount(positions(problem.outlet_idcs, plan.outlet_idx), minlength=n)
    missing, reasons = np.zeros(n, dtype=np.int64), dict[int, UnplacedReason]()
    absent = positions(problem.outlet_idcs, plan.unplaced_outlet_idx).tolist()
    for outlet, visits, reason in zip(absent, plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True):
        if outlet != NONE:
            missing[outlet], reasons[outlet] = visits, reason
    lost = missing * problem.missing_price_s / SECONDS_PER_MIN
    rows = [
        UnderServedOutlet(
            outlet_id=problem.outlets.ids[outlet],
            tier=problem.tier[outlet],
            rep_id=problem.homes.ids[int(problem.rep_of_outlet[outlet])],
            due=int(placed[outlet] + missing[outlet]),
            placed=int(placed[outlet]),
            missing=int(missing[outlet]),
            value_lost=float(lost[outlet]),
            reason=reasons[outlet],
        )
        for outlet in np.flatnonzero(missing).tolist()
    ]

    def totals(codes: IntArray, names: Sequence[str]) -> tuple[Service, ...]:
        return tuple(
            Service(
                name=name,
                outlets=int((codes == code).sum()),
                due=int((placed + missing)[codes == code].sum()),
                placed=int(placed[codes == code].sum()),
                missing=int(missing[codes == code].sum()),
                value_lost=float(lost[codes == code].sum()),
            )
            for code, name in enumerate(names)
            if (codes == code).any()
        )

    return UnderServed(
        outlets=tuple(sorted(rows, key=lambda row: (-row.value_lost, row.outlet_id))),
        by_tier=totals(problem.tier.codes, problem.tier.names),
        by_rep=totals(problem.rep_of_outlet, problem.homes.ids),
    )


@dataclass(frozen=True, kw_only=True)
class HourValue:
    """
    What one more hour of a rep (or of each rep of a pool together) is worth.

    Attributes
    ----------
    name
        The part: the rep, or the reps of a pool.
    missing
        Visits without a place for want of time in the given plan.
    hours
        Added in the cycle.
    points, visits
        Per hour: objective saved (drive minutes), visits more.
    """

    name: str
    missing: int
    hours: float
    points: Estimated
    visits: Estimated


def value_of_time(
    problem: VisitsProblem,
    plan: VisitPlan,
    *,
    effort: Effort,
    seed: int,
    num_seeds: int = 3,
    extra_min_per_week: int = MIN_PER_HOUR,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> tuple[HourValue, ...]:
    """
    Shadow price of a rep-hour, part by part, for parts that leave visits out for want of time; dearest first.

    Parameters
    ----------
    extra_min_per_week
        Minutes by which each rep's week grows: every working day ends later by an equal part of them.

    Notes
    -----
    A finite difference: from the given plan, the search goes on twice with the same effort and seed, once with the
    shift as it is and once with the longer one; prices of missing visits and of balance stay as they are. Each of
    `num_seeds` seeds gives one difference; the interval is the t interval over them. It speaks of the noise of the
    search, not of the future. Where it holds 0, nothing is shown.
    """
    if num_seeds < 2:
        raise ValueError("at least two seeds are needed to tell noise from worth")
    parts = [part for part in problem.parts() if _short_of_time(part, plan)]
    found = []
    progress.started(STAGE, len(parts))
    for done, part in enumerate(parts, start=1):
        if cancel is not None and cancel.is_cancelled:
            break
        found.append(_hour_value(part, plan, effort, seed, num_seeds, extra_min_per_week))
        progress.stepped(STAGE, done, len(parts))
    progress.ended(STAGE, f"{len(found)} / {len(parts)}")
    return tuple(sorted(found, key=lambda value: (-value.points.measure.value, value.name)))


def _hour_value(
    part: VisitsProblem, plan: VisitPlan, effort: Effort, seed: int, num_seeds: int, extra_min_per_week: int
) -> HourValue:
    fixed = replace(part, visit_value_s=part.missing_price_s)
    longer = with_longer_days(fixed, extra_min_per_week=extra_min_per_week)
    added_s = (longer.shift_s - fixed.shift_s)[:, 1] * part.works_on().sum(axis=1)
    hours = float(added_s.sum()) / SECONDS_PER_MIN / MIN_PER_HOUR
    per_hour = 1.0 / hours if hours else 0.0
    points, visits = np.zeros(num_seeds), np.zeros(num_seeds)
    for at in range(num_seeds):
        root = Streams(seed).child("hour", part.name, at)
        now = find_plan(fixed, effort=effort, seed=root, start=plan).plan
        more = find_plan(longer, effort=effort, seed=root, start=plan).plan
        points[at] = (_cost(fixed, now) - _cost(longer, more)) * per_hour
        visits[at] = (more.num_stops - now.num_stops) * per_hour
    return HourValue(
        name=part.name,
        missing=_short_of_time(part, plan),
        hours=hours,
        points=_estimate("points_per_hour", points, "up", Text(en="points an hour buys", zh="每小时价值(点)")),
        visits=_estimate("visits_per_hour", visits, "up", Text(en="visits an hour buys", zh="每小时增加的拜访")),
    )


def with_longer_days(problem: VisitsProblem, *, extra_min_per_week: int) -> VisitsProblem:
    """Every rep's working days end later, so that a week of them is so many minutes longer; midnight is the limit."""
    days_per_week = problem.works_on().sum(axis=1) / WEEKS_PER_CYCLE
    extra_s = round_half_up(extra_min_per_week * SECONDS_PER_MIN / np.maximum(days_per_week, 1.0 / DAYS_PER_WEEK))
    end_s = np.minimum(problem.shift_s[:, 1] + extra_s, MIDNIGHT_S)
    return replace(problem, shift_s=np.stack([problem.shift_s[:, 0], end_s], axis=1))


def _cost(problem: VisitsProblem, plan: VisitPlan) -> float:
    """Objective without the term of balance, whose mean is defined by the length of the shift."""
    return sum(term.points for term in check(problem, plan).terms if term.name != "balance")


def _short_of_time(part: VisitsProblem, plan: VisitPlan) -> int:
    """Visits of the part that have no place for want of time."""
    outlets = positions(part.outlet_idcs, plan.unplaced_outlet_idx).tolist()
    rows = zip(outlets, plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True)
    return sum(visits for outlet, visits, reason in rows if outlet != NONE and reason == UnplacedReason.NO_TIME)


def _estimate(name: str, samples: FloatArray, direction: Direction, label: Text) -> Estimated:
    unit = "min" if name == "points_per_hour" else ""
    measure = Measure(name=name, value=float(samples.mean()), unit=unit, direction=direction, label=label)
    return estimated(measure, samples)
