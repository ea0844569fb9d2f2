"""VisitPlan: the stops of every rep's days over a four-week cycle."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from territory.domain.columns import frozen
from territory.units import IntArray


class UnplacedReason(StrEnum):
    """Why a visit is not in the plan. The checker verifies each one."""

    NO_TIME = "no_time"  # every allowed day is full: the visit fits in none of them
    CLOSED = "closed"  # the outlet's open days and the rep's days leave no legal set of days
    SKILL = "skill"  # no rep who may serve it has the skill
    WINDOW = "window"  # even alone on the day, no start inside an opening window
    TOO_FAR = "too_far"  # even alone on the day, out and back does not fit in the shift


@dataclass(frozen=True, kw_only=True, eq=False)
class VisitPlan:
    """
    Stops as columns, sorted by (rep, day, order). Times are seconds after midnight of the day.

    Attributes
    ----------
    rep_idx, day, outlet_idx
        Who, on which day of the cycle (0 to 27), at which outlet; shape (num_stops,).
    drive_s
        Seconds driven from the stop before (or from home).
    start_s, service_s
        Start of service, after waiting for the window; seconds at the outlet (service and access).
    route_rep_idx, route_day, leave_s, return_drive_s, return_s, lunch_s
        Per route (a rep's day with at least one stop), sorted by (rep, day): departure from home, the last
        drive, arrival at home, start of lunch (-1 when the day needs none).
    unplaced_outlet_idx, unplaced_visits, unplaced_reason
        Visits that are due and not placed: outlet, how many of its visits, why.
    """

    rep_idx: IntArray
    day: IntArray
    outlet_idx: IntArray
    drive_s: IntArray
    start_s: IntArray
    service_s: IntArray
    route_rep_idx: IntArray
    route_day: IntArray
    leave_s: IntArray
    return_drive_s: IntArray
    return_s: IntArray
    lunch_s: IntArray
    unplaced_outlet_idx: IntArray
    unplaced_visits: IntArray
    unplaced_reason: tuple[UnplacedReason, ...]

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name != "unplaced_reason":
                object.__setattr__(self, field.name, frozen(getattr(self, field.name), np.int64))
        stops = {len(getattr(self, name)) for name in _STOP_COLUMNS}
        routes = {len(getattr(self, name)) for name in _ROUTE_COLUMNS}
        missing = {len(self.unplaced_outlet_idx), len(self.unplaced_visits), len(self.unplaced_reason)}
        if max(len(stops), len(routes), len(missing)) > 1:
            raise ValueError("columns of a visit plan differ in length")

    @property
    def num_stops(self) -> int:
        """Visits placed."""
        return len(self.outlet_idx)

    @property
    def num_unplaced(self) -> int:
        """Visits due and not placed."""
        return int(self.unplaced_visits.sum())

    def stops_of(self, rep_idx: int, day: int) -> IntArray:
        """Positions of the stops of one route, in driving order."""
        return np.flatnonzero((self.rep_idx == rep_idx) & (self.day == day))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VisitPlan) and all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)
        )

    def __hash__(self) -> int:
        return hash((self.outlet_idx.tobytes(), self.start_s.tobytes()))


_STOP_COLUMNS = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
_ROUTE_COLUMNS = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")


def merge(plans: list[VisitPlan]) -> VisitPlan:
    """One plan from the plans of different reps, sorted again by (rep, day, order)."""
    if not plans:
        raise ValueError("nothing to merge")
    joined = {
        field.name: np.concatenate([getattr(plan, field.name) for plan in plans])
        for field in fields(VisitPlan)
        if field.name != "unplaced_reason"
    }
    stop_order = np.lexsort((joined["start_s"], joined["day"], joined["rep_idx"]))
    route_order = np.lexsort((joined["route_day"], joined["route_rep_idx"]))
    reasons = [reason for plan in plans for reason in plan.unplaced_reason]
    missing_order = np.argsort(joined["unplaced_outlet_idx"], kind="stable")
    columns = {name: joined[name][stop_order] for name in _STOP_COLUMNS}
    columns |= {name: joined[name][route_order] for name in _ROUTE_COLUMNS}
    columns |= {name: joined[name][missing_order] for name in ("unplaced_outlet_idx", "unplaced_visits")}
    return VisitPlan(**columns, unplaced_reason=tuple(reasons[i] for i in missing_order.tolist()))
