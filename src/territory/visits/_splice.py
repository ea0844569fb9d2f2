"""Puts the new days of a re-planned part back between the days that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason, VisitPlan, merge
from territory.units import DAYS_PER_CYCLE, BoolArray, IntArray
from territory.visits._open_visits import Ground
from territory.visits._timetable import Timetable, build_plan, timetable

_STOP = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
_ROUTE = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")


def splice(
    plan: VisitPlan,
    ground: Ground,
    drive_s: IntArray,
    *,
    routes: Mapping[tuple[int, int], Sequence[int]],
    missing: Mapping[int, UnplacedReason],
) -> VisitPlan:
    """
    The plan with the part's open days replaced and what is lost taken off the others.

    Parameters
    ----------
    plan
        The running plan, perhaps with other parts replaced already.
    routes, missing
        Positions in `ground.visits`.
    """
    part, lanes = ground.part, ground.open_lanes
    lost = {(int(r), int(d)) for r, d in zip(ground.rep[ground.lost], ground.day[ground.lost], strict=True)}
    trimmed = {lane for lane in lost if not lanes[lane]}
    pieces: list[VisitPlan] = []
    same = _same_as_before(ground, routes)
    replaced = {(rep, day) for rep, day in np.argwhere(lanes).tolist()} - same
    gone = {(int(part.rep_idcs[rep]), day) for rep, day in replaced | trimmed}
    pieces.append(_without(plan, gone))
    outlets = {lane: [ground.visits[at].outlet for at in visits] for lane, visits in routes.items() if lane in replaced}
    pieces.append(build_plan(part, drive_s, routes=outlets, missing=()))
    pieces.extend(_trimmed(ground, drive_s, rep=rep, day=day) for rep, day in sorted(trimmed))
    whole = merge(pieces)
    return _with_missing(whole, ground, missing)


def _same_as_before(ground: Ground, routes: Mapping[tuple[int, int], Sequence[int]]) -> set[tuple[int, int]]:
    """Days with the same visits in the same order: they keep their clock, too."""
    before: dict[tuple[int, int], list[int]] = {}
    for row, rep, day in zip(ground.rows.tolist(), ground.rep.tolist(), ground.day.tolist(), strict=True):
        before.setdefault((rep, day), []).append(row)
    rows = {lane: [ground.visits[at].row for at in visits] for lane, visits in routes.items()}
    return {lane for lane, old in before.items() if rows.get(lane) == old}


def _without(plan: VisitPlan, lanes: set[tuple[int, int]]) -> VisitPlan:
    """The plan without some days of some reps (positions in the scenario)."""
    keys = np.array([rep * DAYS_PER_CYCLE + day for rep, day in sorted(lanes)], dtype=np.int64)
    stops = ~np.isin(plan.rep_idx * DAYS_PER_CYCLE + plan.day, keys)
    routes = ~np.isin(plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day, keys)
    return replace(plan, **_columns(plan, _STOP, stops), **_columns(plan, _ROUTE, routes))


def _columns(plan: VisitPlan, names: Sequence[str], mask: BoolArray) -> dict[str, Any]:
    return {name: getattr(plan, name)[mask] for name in names}


def _trimmed(ground: Ground, drive_s: IntArray, *, rep: int, day: int) -> VisitPlan:
    """
    A day that is left alone but for the visits that were lost: the others keep their clock times.

    Only where a drive past a lost visit takes longer than the two it replaces can they not; then the day is timed anew.
    """
    part, plan = ground.part, ground.plan
    mine = np.flatnonzero((ground.rep == rep) & (ground.day == day) & ~ground.lost)
    nothing = build_plan(part, drive_s, routes={}, missing=())
    if not len(mine):
        return nothing
    stops, rows = ground.outlet[mine].tolist(), ground.rows[mine]
    home = part.num_outlets + rep
    path = [home, *stops, home]
    legs_s = drive_s[path[:-1], path[1:]]
    person = int(part.rep_idcs[rep])
    route = int(np.flatnonzero((plan.route_rep_idx == person) & (plan.route_day == day))[0])
    start_s, service_s, lunch_s = plan.start_s[rows], plan.service_s[rows], int(plan.lunch_s[route])
    leave_s, return_s = int(plan.leave_s[route]), int(plan.return_s[route])
    last = ground.rows[(ground.rep == rep) & (ground.day == day)][-1]
    if rows[-1] != last:
        end_s = int(start_s[-1] + service_s[-1])
        return_s, lunch_s = _home(ground, end_s=end_s, drive_s=int(legs_s[-1]), lunch_s=lunch_s)
    times = Timetable(leave_s=leave_s, start_s=tuple(start_s.tolist()), return_s=return_s, lunch_s=lunch_s)
    times = replace(times, lunch_s=_lunch_s(ground, times, legs_s.tolist(), service_s.tolist()))
    if not _is_possible(times, legs_s.tolist(), service_s.tolist(), part.lunch.length_s):
        times = timetable(part, drive_s, rep=rep, day=day, stops=stops) or times
    return replace(
        nothing,
        rep_idx=np.full(len(mine), person),
        day=np.full(len(mine), day),
        outlet_idx=plan.outlet_idx[rows],
        drive_s=legs_s[:-1],
        start_s=np.array(times.start_s, dtype=np.int64),
        service_s=service_s,
        route_rep_idx=np.array([person]),
        route_day=np.array([day]),
        leave_s=np.array([times.leave_s]),
        return_drive_s=legs_s[-1:],
        return_s=np.array([times.return_s]),
        lunch_s=np.array([times.lunch_s]),
    )


def _home(ground: Ground, *, end_s: int, drive_s: int, lunch_s: int) -> tuple[int, int]:
    """Arrival at home after the last visit that is left, and lunch: where it was if before, else at home or there."""
    lunch = ground.part.lunch
    if not lunch.length_s or NONE < lunch_s < end_s:
        return end_s + drive_s, lunch_s
    home_s = end_s + drive_s
    if home_s <= lunch.from_s:
        return home_s, NONE
    if home_s <= lunch.until_s:
        return home_s, home_s
    eats_s = max(end_s, lunch.from_s)
    return eats_s + lunch.length_s + drive_s, eats_s


def _lunch_s(ground: Ground, times: Timetable, legs_s: list[int], service_s: list[int]) -> int:
    """
    Lunch between two visits that are left, moved no more than needed so that it interrupts no drive.

    It was eaten at a visit that is gone, say, and lies in the middle of the one drive that is left.
    """
    lunch, lunch_s, free_s = ground.part.lunch, times.lunch_s, times.leave_s
    if lunch_s == NONE or not lunch.length_s:
        return lunch_s
    for leg_s, start_s, length_s in zip(legs_s[:-1], times.start_s, service_s, strict=True):
        if free_s <= lunch_s < start_s:
            before_s = min(lunch_s, start_s - leg_s - lunch.length_s)  # eat, then drive
            after_s = max(lunch_s, free_s + leg_s)  # drive, then eat
            found = [before_s] if before_s >= max(free_s, lunch.from_s) else []
            found += [after_s] if after_s <= min(lunch.until_s, start_s - lunch.length_s) else []
            return min(found, key=lambda at_s: abs(at_s - lunch_s), default=lunch_s)
        free_s = start_s + length_s
    return lunch_s


def _is_possible(times: Timetable, legs_s: list[int], service_s: list[int], lunch_length_s: int) -> bool:
    """Every visit starts after the one before, the drive, and lunch where it falls between them."""
    free_s = times.leave_s
    for leg_s, start_s, length_s in zip(legs_s[:-1], times.start_s, service_s, strict=True):
        eats = times.lunch_s != NONE and free_s <= times.lunch_s < start_s
        if free_s + leg_s + eats * lunch_length_s > start_s:
            return False
        free_s = start_s + length_s
    return True


def _with_missing(plan: VisitPlan, ground: Ground, missing: Mapping[int, UnplacedReason]) -> VisitPlan:
    """The plan with more visits accounted for as unplaced."""
    visits = dict(zip(plan.unplaced_outlet_idx.tolist(), plan.unplaced_visits.tolist(), strict=True))
    reasons = dict(zip(plan.unplaced_outlet_idx.tolist(), plan.unplaced_reason, strict=True))
    for at, reason in missing.items():
        outlet = int(ground.part.outlet_idcs[ground.visits[at].outlet])
        visits[outlet] = visits.get(outlet, 0) + 1
        reasons[outlet] = reason
    order = sorted(visits)
    return replace(
        plan,
        unplaced_outlet_idx=np.array(order, dtype=np.int64),
        unplaced_visits=np.array([visits[outlet] for outlet in order], dtype=np.int64),
        unplaced_reason=tuple(reasons[outlet] for outlet in order),
    )
