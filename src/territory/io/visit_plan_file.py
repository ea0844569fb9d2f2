"""A visit plan as one table that reads like a diary, and back.

Each day of a rep is a row `leave`, one row `stop` for each visit, perhaps a row `lunch`, and a row `return`; visits
without a place follow as rows `unplaced`, where `why` names the rule of the calendar behind `closed`. Clock times and
durations are HH:MM:SS, so nothing is rounded.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.io.column_reader import ColumnReader
from territory.io.issues import IssueLog
from territory.io.plan_cells import clock, counts, days, reasons, require, seconds
from territory.io.plan_reading import index_of, plan_table, positions, raise_errors
from territory.io.scenario_writer import write_table
from territory.units import WEEKDAYS_EN, IntArray, seconds_of

COLUMNS = (
    "kind",
    "rep_id",
    "rep_name",
    "date",
    "weekday",
    "order",
    "outlet_id",
    "outlet_name",
    "start",
    "end",
    "drive",
    "service",
    "visits",
    "reason",
    "why",
)
KINDS = ("leave", "stop", "lunch", "return", "unplaced")
NO_LUNCH = -1


def write_visit_plan(scenario: Scenario, assignment: Assignment, plan: VisitPlan, path: Path) -> Path:
    """The plan day by day, then the visits that have no place. `read_visit_plan` reads it back."""
    return write_table(visit_plan_table(scenario, assignment, plan), path)


def visit_plan_table(scenario: Scenario, assignment: Assignment, plan: VisitPlan) -> pd.DataFrame:
    """What `write_visit_plan` writes."""
    from territory.visits.why_closed import why_closed  # here: it brings the compiled search along

    rows: list[dict[str, str]] = []
    for route in range(len(plan.route_rep_idx)):
        rows.extend(_route_rows(scenario, plan, route))
    closed = why_closed(scenario, assignment, plan)
    for outlet, visits, reason in zip(
        plan.unplaced_outlet_idx.tolist(), plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True
    ):
        rep = int(assignment.rep_of_outlet[outlet])
        who = {} if rep == NONE else _rep_cells(scenario, rep)
        what = {"visits": str(visits), "reason": reason.value}
        if outlet in closed:
            what["why"] = f"{closed[outlet].en} / {closed[outlet].zh}"
        rows.append({"kind": "unplaced"} | who | _outlet_cells(scenario, outlet) | what)
    return pd.DataFrame([[row.get(name, "") for name in COLUMNS] for row in rows], columns=COLUMNS)


def _rep_cells(scenario: Scenario, rep: int) -> dict[str, str]:
    return {"rep_id": scenario.reps.rep_ids[rep], "rep_name": scenario.reps.names[rep]}


def _outlet_cells(scenario: Scenario, outlet: int) -> dict[str, str]:
    return {"outlet_id": scenario.outlets.outlet_ids[outlet], "outlet_name": scenario.outlets.names[outlet]}


def _route_rows(scenario: Scenario, plan: VisitPlan, route: int) -> list[dict[str, str]]:
    """Rows of one rep's day, in the order of the clock."""
    rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
    date = scenario.calendar.date_of(day)
    lunch_s = int(plan.lunch_s[route])
    head = _rep_cells(scenario, rep) | {"date": date.isoformat(), "weekday": WEEKDAYS_EN[date.weekday()]}
    rows = [head | {"kind": "leave", "start": clock(int(plan.leave_s[route]))}]
    lunch_takes_s = seconds_of(scenario.visits.lunch_min)
    lunch = head | {"kind": "lunch", "start": clock(max(0, lunch_s)), "end": clock(max(0, lunch_s) + lunch_takes_s)}
    is_lunch_due = lunch_s != NO_LUNCH
    for order, stop in enumerate(plan.stops_of(rep, day).tolist(), start=1):
        start_s, service_s = int(plan.start_s[stop]), int(plan.service_s[stop])
        if is_lunch_due and lunch_s < start_s:
            rows.append(lunch)
            is_lunch_due = False
        times = {"start": clock(start_s), "end": clock(start_s + service_s), "service": clock(service_s)}
        rows.append(
            head
            | {"kind": "stop", "order": str(order), "drive": clock(int(plan.drive_s[stop]))}
            | _outlet_cells(scenario, int(plan.outlet_idx[stop]))
            | times
        )
    if is_lunch_due:
        rows.append(lunch)
    end = {"start": clock(int(plan.return_s[route])), "drive": clock(int(plan.return_drive_s[route]))}
    rows.append(head | {"kind": "return"} | end)
    return rows


def read_visit_plan(scenario: Scenario, path: Path) -> VisitPlan:
    """
    A visit plan written by `write_visit_plan`, perhaps edited by hand since; CSV or Excel.

    Stops are put in the order of their start times. Whether the plan is a good one is for `visits.check` to say.

    Raises
    ------
    ScenarioError
        With every issue of the table.
    """
    log = IssueLog()
    table = plan_table(path, "visit_plan", scenario, log)
    reader = ColumnReader(table, log)
    kinds = np.array(reader.words("kind", {kind: kind for kind in KINDS}))
    require(reader, "kind", np.arange(len(table)))
    rep_idx = positions(reader, "rep_id", index_of(scenario.reps.rep_ids), "unknown_rep")
    outlet_idx = positions(reader, "outlet_id", index_of(scenario.outlets.outlet_ids), "unknown_outlet")
    on_day = np.flatnonzero((kinds != "unplaced") & (kinds != ""))
    stops = np.flatnonzero(kinds == "stop")
    missing = np.flatnonzero(kinds == "unplaced")
    returns = np.flatnonzero(kinds == "return")
    require(reader, "rep_id", on_day)
    require(reader, "outlet_id", np.concatenate([stops, missing]))
    day = days(reader, scenario, on_day)
    start_s = seconds(reader, "start", on_day)
    drive_s = seconds(reader, "drive", np.concatenate([stops, returns]))
    service_s = seconds(reader, "service", stops)
    visits = counts(reader, missing)
    why = reasons(reader, missing)
    if not log.has_errors:
        _check_ends(reader, kinds, rep_idx, day)
    raise_errors(log)
    stops = stops[np.lexsort((start_s[stops], day[stops], rep_idx[stops]))]
    leaves = _by_route(np.flatnonzero(kinds == "leave"), rep_idx, day)
    returns = _by_route(returns, rep_idx, day)
    lunch_at = {(int(rep_idx[i]), int(day[i])): int(start_s[i]) for i in np.flatnonzero(kinds == "lunch").tolist()}
    routes = list(zip(rep_idx[leaves].tolist(), day[leaves].tolist(), strict=True))
    return VisitPlan(
        rep_idx=rep_idx[stops],
        day=day[stops],
        outlet_idx=outlet_idx[stops],
        drive_s=drive_s[stops],
        start_s=start_s[stops],
        service_s=service_s[stops],
        route_rep_idx=rep_idx[leaves],
        route_day=day[leaves],
        leave_s=start_s[leaves],
        return_drive_s=drive_s[returns],
        return_s=start_s[returns],
        lunch_s=np.array([lunch_at.get(route, NO_LUNCH) for route in routes], dtype=np.int64),
        unplaced_outlet_idx=outlet_idx[missing],
        unplaced_visits=visits[missing],
        unplaced_reason=tuple(why),
    )


def _by_route(rows: IntArray, rep_idx: IntArray, day: IntArray) -> IntArray:
    return rows[np.lexsort((day[rows], rep_idx[rows]))]


def _check_ends(reader: ColumnReader, kinds: np.ndarray, rep_idx: IntArray, day: IntArray) -> None:
    """Each day with stops has one `leave`, one `return` and at most one `lunch`; a day without has none."""
    counts: Counter[tuple[int, int, str]] = Counter()
    first_row: dict[tuple[int, int], int] = {}
    for position, kind in enumerate(kinds.tolist()):
        if kind != "unplaced":
            route = (int(rep_idx[position]), int(day[position]))
            counts[(*route, kind)] += 1
            first_row.setdefault(route, position)
    for (rep, on_day), position in first_row.items():
        has_stops = counts[rep, on_day, "stop"] > 0
        for kind in ("leave", "return", "lunch"):
            found = counts[rep, on_day, kind]
            is_wrong = found > 1 if kind == "lunch" and has_stops else found != int(has_stops)
            if is_wrong:
                cells = {name: reader.table.column(name)[position] for name in ("rep_id", "date")}
                reader.add(
                    "route_ends", position, "kind", rep=cells["rep_id"], date=cells["date"], found=found, kind=kind
                )
