"""A plan's stops in the problem's own positions, with true travel times: what the checker works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_CYCLE, BoolArray, IntArray
from territory.verify import Violation
from territory.visits.model import VisitsProblem

UNKNOWN = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """
    Stops in route order, in local positions. Rows that name nobody or no day are left out.

    Attributes
    ----------
    row, rep, day, outlet
        The plan's row, and whom it is about; shape (num_known_stops,).
    route, is_first, is_last
        Position of the stop's route; first and last stop of it.
    route_rep, route_day, route_row
        Per route: whose day; the plan's route row, -1 where there is none.
    drive_s, return_drive_s
        True seconds driven to each stop, and home per route; `UNKNOWN` until `fill_drives`.
    """

    row: IntArray
    rep: IntArray
    day: IntArray
    outlet: IntArray
    route: IntArray
    is_first: BoolArray
    is_last: BoolArray
    route_rep: IntArray
    route_day: IntArray
    route_row: IntArray
    drive_s: IntArray
    return_drive_s: IntArray

    def is_whole(self) -> BoolArray:
        """Shape (num_routes,): all drives of the route are known."""
        whole = np.asarray(self.return_drive_s != UNKNOWN)
        whole[self.route[self.drive_s == UNKNOWN]] = False
        return whole


def positions(idcs: IntArray, wanted: IntArray) -> IntArray:
    """Local position of each scenario position in `wanted`, -1 where it is not in `idcs`."""
    size = int(max(idcs.max(initial=0), wanted.max(initial=0))) + 1
    local = np.full(size + 1, NONE, dtype=np.int64)
    local[idcs] = np.arange(len(idcs))
    return local[np.where(wanted < 0, size, wanted)]


def replay(problem: VisitsProblem, plan: VisitPlan, found: list[Violation]) -> Replay:
    """The plan's known stops, sorted; unknown names, wrong row order and missing route rows go to `found`."""
    rep, outlet = positions(problem.rep_idcs, plan.rep_idx), positions(problem.outlet_idcs, plan.outlet_idx)
    named(found, "unknown_rep", plan.rep_idx[rep == NONE])
    named(found, "unknown_outlet", plan.outlet_idx[outlet == NONE])
    named(found, "unknown_outlet", plan.unplaced_outlet_idx[_absent(problem, plan.unplaced_outlet_idx)])
    in_range = (plan.day >= 0) & (plan.day < DAYS_PER_CYCLE)
    found.extend(
        Violation(
            rule="day_range",
            subject=f"stop {row + 1}",
            subject_zh=f"第 {row + 1} 次拜访",
            amount=float(plan.day[row]),
            unit="day",
        )
        for row in np.flatnonzero(~in_range).tolist()
    )
    keys = plan.rep_idx * DAYS_PER_CYCLE + plan.day
    route_keys = plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day
    steps = (
        (np.diff(keys) < 0).sum() + (np.diff(route_keys) <= 0).sum() + (np.diff(plan.unplaced_outlet_idx) <= 0).sum()
    )
    if steps:
        found.append(Violation(rule="row_order", subject="plan", subject_zh="方案", amount=float(steps), unit="rows"))
    route_in_range = (plan.route_day >= 0) & (plan.route_day < DAYS_PER_CYCLE)
    odd = np.setxor1d(keys[in_range], route_keys[route_in_range])
    for key in odd.tolist():
        subject = day_name(problem, key // DAYS_PER_CYCLE, key % DAYS_PER_CYCLE)
        found.append(Violation(rule="route_rows", subject=subject, amount=1.0, unit="routes"))
    row = np.flatnonzero((rep != NONE) & (outlet != NONE) & in_range)
    row = row[np.argsort(keys[row], kind="stable")]
    known, first, route = np.unique(keys[row], return_index=True, return_inverse=True)
    rows_by_key = {key: at for at, key in enumerate(route_keys.tolist()) if route_in_range[at]}
    is_first = np.zeros(len(row), dtype=np.bool_)
    is_first[first] = True
    drive_s = np.full(len(row), UNKNOWN, dtype=np.int64)
    # A route with a left-out stop cannot be replayed: its return drive stays unknown.
    return_drive_s = np.full(len(known), UNKNOWN, dtype=np.int64)
    return Replay(
        row=row,
        rep=rep[row],
        day=plan.day[row],
        outlet=outlet[row],
        route=route.reshape(-1),
        is_first=is_first,
        is_last=np.append(is_first[1:], True)[: len(row)],
        route_rep=rep[row][first],
        route_day=plan.day[row][first],
        route_row=np.array([rows_by_key.get(key, NONE) for key in known.tolist()], dtype=np.int64),
        drive_s=drive_s,
        return_drive_s=return_drive_s,
    )


def fill_drives(
    replayed: Replay,
    *,
    part: VisitsProblem,
    outlet_of: IntArray,
    rep_of: IntArray,
    drive_s: IntArray,
    partial: BoolArray,
) -> None:
    """
    Write the true drives of the routes of one part into `replayed`.

    Parameters
    ----------
    outlet_of, rep_of
        Position in the part of every outlet and rep of the problem, -1 where it is not in the part.
    drive_s
        Seconds, `part.drive_s()`.
    partial
        Shape (num_routes,): routes some of whose stops were left out; their drives stay unknown.
    """
    rep = np.append(rep_of, NONE)[replayed.rep]
    mine = rep != NONE
    outlet = np.where(mine, np.append(outlet_of, NONE)[replayed.outlet], NONE)
    before = np.roll(outlet, 1)
    before[replayed.is_first] = part.num_outlets + rep[replayed.is_first]
    good = mine & (outlet != NONE) & (before != NONE) & ~partial[replayed.route]
    replayed.drive_s[good] = drive_s[before[good], outlet[good]]
    last = replayed.is_last & good
    replayed.return_drive_s[replayed.route[last]] = drive_s[outlet[last], part.num_outlets + rep[last]]


def day_name(problem: VisitsProblem, rep_idx: int, day: int) -> str:
    """A rep (position in the scenario) and a date, the same words in both languages."""
    who = np.flatnonzero(problem.rep_idcs == rep_idx)
    name = problem.homes.ids[int(who[0])] if len(who) else f"#{rep_idx}"
    return f"{name} {problem.calendar.date_of(day).isoformat()}"


def named(found: list[Violation], rule: str, idcs: IntArray) -> None:
    """One violation per unknown scenario position."""
    found.extend(
        Violation(rule=rule, subject=f"number {idx}", subject_zh=f"序号 {idx}", amount=1.0, unit="rows")
        for idx in np.unique(idcs).tolist()
    )


def _absent(problem: VisitsProblem, wanted: IntArray) -> BoolArray:
    return np.asarray(positions(problem.outlet_idcs, wanted) == NONE)
