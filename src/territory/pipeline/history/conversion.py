"""Between plans and their states: a scenario with assignment and visits as keyed values, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.io.plan_reading import index_of
from territory.pipeline.history.state import PlanState, day_and_rep, route_key, stops_of
from territory.units import IntArray


def assignment_section(scenario: Scenario, assignment: Assignment) -> dict[str, object]:
    """Rep by outlet; "" for nobody."""
    rep_ids = (*scenario.reps.rep_ids, "")
    return {
        outlet_id: rep_ids[rep]
        for outlet_id, rep in zip(scenario.outlets.outlet_ids, assignment.rep_of_outlet.tolist(), strict=True)
    }


def visit_sections(scenario: Scenario, plan: VisitPlan) -> dict[str, dict[str, object]]:
    """`routes` and `unplaced`."""
    outlet_ids, rep_ids = scenario.outlets.outlet_ids, scenario.reps.rep_ids
    stops: dict[tuple[int, int], list[list[object]]] = {}
    columns = (plan.rep_idx, plan.day, plan.outlet_idx, plan.start_s, plan.drive_s, plan.service_s)
    for rep, day, outlet, *times in zip(*(column.tolist() for column in columns), strict=True):
        stops.setdefault((rep, day), []).append([outlet_ids[outlet], *times])
    routes: dict[str, object] = {}
    rows = (plan.route_rep_idx, plan.route_day, plan.leave_s, plan.return_drive_s, plan.return_s, plan.lunch_s)
    for rep, day, leave_s, back_s, home_s, lunch_s in zip(*(row.tolist() for row in rows), strict=True):
        routes[route_key(scenario.calendar.date_of(day).isoformat(), rep_ids[rep])] = {
            "leave": leave_s,
            "back": back_s,
            "home": home_s,
            "lunch": lunch_s,
            "stops": stops.get((rep, day), []),
        }
    unplaced: dict[str, object] = {
        outlet_ids[outlet]: [visits, reason.value]
        for outlet, visits, reason in zip(
            plan.unplaced_outlet_idx.tolist(), plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True
        )
    }
    return {"routes": routes, "unplaced": unplaced}


def assignment_of(scenario: Scenario, state: PlanState) -> Assignment:
    """The split of a state; outlets that it does not know are served by nobody."""
    place = {**index_of(scenario.reps.rep_ids), "": NONE}
    given = state["assignment"]
    return Assignment(
        rep_of_outlet=np.array(
            [place[str(given.get(name, ""))] for name in scenario.outlets.outlet_ids], dtype=np.int64
        )
    )


def plan_of(scenario: Scenario, state: PlanState) -> VisitPlan | None:
    """The visit plan of a state, sorted as plans are; None when none was made."""
    if not state.has_visits:
        return None
    reps, outlets = index_of(scenario.reps.rep_ids), index_of(scenario.outlets.outlet_ids)
    routes: list[tuple[int, ...]] = []
    stops: list[tuple[int, ...]] = []
    for key, value in state["routes"].items():
        date, rep_id = day_and_rep(key)
        rep, day = reps[rep_id], (dt.date.fromisoformat(date) - scenario.calendar.start).days
        route = cast("Mapping[str, int]", value)
        routes.append((rep, day, *(int(route[name]) for name in ("leave", "back", "home", "lunch"))))
        for outlet_id, start_s, drive_s, service_s in stops_of(value):
            stops.append((rep, day, start_s, outlets[outlet_id], drive_s, service_s))
    stop = _columns(sorted(stops, key=lambda row: row[:3]), 6)
    route_row = _columns(sorted(routes), 6)
    missing = sorted(
        (outlets[outlet_id], *cast("list[object]", entry)) for outlet_id, entry in state["unplaced"].items()
    )
    return VisitPlan(
        rep_idx=stop[0],
        day=stop[1],
        start_s=stop[2],
        outlet_idx=stop[3],
        drive_s=stop[4],
        service_s=stop[5],
        route_rep_idx=route_row[0],
        route_day=route_row[1],
        leave_s=route_row[2],
        return_drive_s=route_row[3],
        return_s=route_row[4],
        lunch_s=route_row[5],
        unplaced_outlet_idx=np.array([row[0] for row in missing], dtype=np.int64),
        unplaced_visits=np.array([row[1] for row in missing], dtype=np.int64),
        unplaced_reason=tuple(UnplacedReason(str(row[2])) for row in missing),
    )


def _columns(rows: list[tuple[int, ...]], count: int) -> list[IntArray]:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), count)
    return [table[:, at] for at in range(count)]
