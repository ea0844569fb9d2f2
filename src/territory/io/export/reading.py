"""A plan that `territory export` wrote, edited or not, back into an assignment and a visit plan; all errors at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.errors import Issue
from territory.io.column_reader import ColumnReader
from territory.io.export.columns import ALL, READ_TABLES, SCHEMA
from territory.io.export.sources import Tables, read_tables
from territory.io.issues import IssueLog
from territory.io.plan_cells import counts, days, reasons, require, seconds
from territory.io.plan_reading import assignment_from, index_of, positions, raise_errors
from territory.io.tables import Table
from territory.units import DAYS_PER_CYCLE, IntArray

_NOTES = ("other_scenario", "other_inputs")
_NEEDED = ("assignment", "visits", "routes", "unplaced")
_NOTHING = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanRead:
    """
    What the files hold.

    Attributes
    ----------
    notes
        What is doubtful and did not stop the reading.
    """

    assignment: Assignment
    plan: VisitPlan
    notes: tuple[Issue, ...]


def read_plan(scenario: Scenario, paths: Sequence[Path], *, needs_clock: bool = True) -> PlanRead:
    """
    The plan in files that were exported as xlsx, csv, json or geojson.

    Stops are put in the order of their start times. Whether the plan is a good one is for the checkers to say.

    Parameters
    ----------
    paths
        One workbook, JSON or GeoJSON file, or CSV files or their folder.
    needs_clock
        False: the table `routes` and clock times are not needed; times that are missing are 0, and a day's stops
        come in the order of their starts where every one has a start, else of their `order`. For plans that get new
        clock times.

    Raises
    ------
    ScenarioError
        With every issue of every file.
    """
    log = IssueLog()
    tables = read_tables(paths, currency=scenario.currency, needs_clock=needs_clock, log=log)
    where = ", ".join(path.name for path in paths)
    _whole(tables, scenario, log)
    for table in READ_TABLES:
        is_needed = table.name in _NEEDED and (needs_clock or table.name in ("assignment", "visits"))
        if is_needed and table.name not in tables and not log.has_errors:
            log.add("missing_plan_table", file=where, table=table.name, zh=table.zh)
    assignment = assignment_from(tables["assignment"], scenario, log) if "assignment" in tables else None
    stops = _stops(tables["visits"], scenario, log, needs_clock=needs_clock) if "visits" in tables else None
    routes = _routes(tables["routes"], scenario, log) if needs_clock and "routes" in tables else None
    missing = _missing(tables["unplaced"], scenario, log) if "unplaced" in tables else _Missing.none()
    if needs_clock and stops is not None and routes is not None and not log.has_errors:
        _match(stops, routes, log)
    raise_errors(log)
    assert assignment is not None and stops is not None
    routes = _Routes.bare(stops) if routes is None else routes
    plan = VisitPlan(
        rep_idx=stops.rep_idx,
        day=stops.day,
        outlet_idx=stops.outlet_idx,
        drive_s=stops.drive_s,
        start_s=stops.start_s,
        service_s=stops.service_s,
        route_rep_idx=routes.rep_idx,
        route_day=routes.day,
        leave_s=routes.leave_s,
        return_drive_s=routes.return_drive_s,
        return_s=routes.return_s,
        lunch_s=routes.lunch_s,
        unplaced_outlet_idx=missing.outlet_idx,
        unplaced_visits=missing.visits,
        unplaced_reason=missing.reason,
    )
    notes = tuple(issue for issue in log.issues() if issue.code in _NOTES)
    return PlanRead(assignment=assignment, plan=plan, notes=notes)


def rep_ids_in(paths: Sequence[Path], *, currency: str) -> tuple[str, ...]:
    """The ids of reps that the files give outlets to, each once; none when they cannot be read."""
    tables = read_tables(paths, currency=currency, needs_clock=False, log=IssueLog())
    return tuple(dict.fromkeys(tables["assignment"].column("rep_id"))) if "assignment" in tables else ()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Stops:
    """Columns of the table `visits`, in the order of the plan; `row` is the place in the table."""

    reader: ColumnReader
    row: IntArray
    rep_idx: IntArray
    day: IntArray
    outlet_idx: IntArray
    drive_s: IntArray
    start_s: IntArray
    service_s: IntArray

    @property
    def route(self) -> IntArray:
        return self.rep_idx * DAYS_PER_CYCLE + self.day


@dataclass(frozen=True, kw_only=True, eq=False)
class _Routes:
    """Columns of the table `routes`, in the order of the plan."""

    reader: ColumnReader | None
    row: IntArray
    rep_idx: IntArray
    day: IntArray
    leave_s: IntArray
    return_drive_s: IntArray
    return_s: IntArray
    lunch_s: IntArray

    @classmethod
    def bare(cls, stops: _Stops) -> _Routes:
        """One route for each day of a rep with stops, without clock times."""
        keys = np.unique(stops.route)
        nothing = np.zeros(len(keys), dtype=np.int64)
        return cls(
            reader=None,
            row=nothing,
            rep_idx=keys // DAYS_PER_CYCLE,
            day=keys % DAYS_PER_CYCLE,
            leave_s=nothing,
            return_drive_s=nothing,
            return_s=nothing,
            lunch_s=nothing + NONE,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Missing:
    """Columns of the table `unplaced`."""

    outlet_idx: IntArray
    visits: IntArray
    reason: tuple[UnplacedReason, ...]

    @classmethod
    def none(cls) -> _Missing:
        return cls(outlet_idx=_NOTHING, visits=_NOTHING, reason=())


def _whole(tables: Tables, scenario: Scenario, log: IssueLog) -> None:
    """The tables hold the whole plan, in a layout this version knows, of this scenario."""
    if "meta" not in tables:
        return
    table = tables["meta"]
    facts = dict(zip(table.column("key"), table.column("value"), strict=True))
    rows = dict(zip(table.column("key"), table.rows, strict=True))
    if facts.get("schema", SCHEMA) != SCHEMA:
        log.add("not_a_plan", file=table.file, row=rows["schema"], value=facts["schema"], wanted=SCHEMA)
    for name in ("reps", "weeks"):
        if facts.get(name, ALL) != ALL:
            log.add("part_of_plan", file=table.file, row=rows[name], column=name, value=facts[name])
    if facts.get("scenario", scenario.name) != scenario.name:
        log.add("other_scenario", file=table.file, row=rows["scenario"], value=facts["scenario"], name=scenario.name)
    for file, digest in sorted(scenario.input_hashes.items()):
        if facts.get(f"input {file}", digest) != digest:
            log.add("other_inputs", file=table.file, row=rows[f"input {file}"], input=file)


def _stops(table: Table, scenario: Scenario, log: IssueLog, *, needs_clock: bool) -> _Stops:
    reader, every = ColumnReader(table, log), np.arange(len(table))
    rep_idx = positions(reader, "rep_id", index_of(scenario.reps.rep_ids), "unknown_rep")
    outlet_idx = positions(reader, "outlet_id", index_of(scenario.outlets.outlet_ids), "unknown_outlet")
    require(reader, "rep_id", every)
    require(reader, "outlet_id", every)
    day = days(reader, scenario, every)
    empty = None if needs_clock else 0
    start_s = seconds(reader, "start", every, empty=empty)
    drive_s = seconds(reader, "drive", every, empty=empty)
    service_s = seconds(reader, "service", every, empty=empty)
    route = rep_idx * DAYS_PER_CYCLE + day
    is_given = np.array([bool(cell) for cell in table.column("start")], dtype=np.bool_)
    by_start = ~np.isin(route, route[~is_given])
    order = np.lexsort((_orders(table), np.where(by_start, start_s, 0), day, rep_idx))
    return _Stops(
        reader=reader,
        row=order,
        rep_idx=rep_idx[order],
        day=day[order],
        outlet_idx=outlet_idx[order],
        drive_s=drive_s[order],
        start_s=start_s[order],
        service_s=service_s[order],
    )


def _orders(table: Table) -> IntArray:
    """The place in the day that each row claims; rows that claim none come last, as they stand."""
    cells = table.column("order")
    return np.array([int(cell) if cell.isdecimal() and len(cell) < 10 else 1 << 32 for cell in cells], dtype=np.int64)


def _routes(table: Table, scenario: Scenario, log: IssueLog) -> _Routes:
    reader, every = ColumnReader(table, log), np.arange(len(table))
    rep_idx = positions(reader, "rep_id", index_of(scenario.reps.rep_ids), "unknown_rep")
    require(reader, "rep_id", every)
    day = days(reader, scenario, every)
    leave_s, return_s = seconds(reader, "leave", every), seconds(reader, "return", every)
    return_drive_s = seconds(reader, "return_drive", every)
    lunch_s = seconds(reader, "lunch", every, empty=NONE)
    order = np.lexsort((day, rep_idx))
    return _Routes(
        reader=reader,
        row=order,
        rep_idx=rep_idx[order],
        day=day[order],
        leave_s=leave_s[order],
        return_drive_s=return_drive_s[order],
        return_s=return_s[order],
        lunch_s=lunch_s[order],
    )


def _missing(table: Table, scenario: Scenario, log: IssueLog) -> _Missing:
    reader, every = ColumnReader(table, log), np.arange(len(table))
    outlet_idx = positions(reader, "outlet_id", index_of(scenario.outlets.outlet_ids), "unknown_outlet")
    require(reader, "outlet_id", every)
    return _Missing(outlet_idx=outlet_idx, visits=counts(reader, every), reason=tuple(reasons(reader, every)))


def _match(stops: _Stops, routes: _Routes, log: IssueLog) -> None:
    """Each day of a rep with stops stands once in `routes`, and no other day does."""
    assert routes.reader is not None
    keys = routes.rep_idx * DAYS_PER_CYCLE + routes.day
    first: dict[int, int] = {}
    has_stops = set(stops.route.tolist())
    for key, row in zip(keys.tolist(), routes.row.tolist(), strict=True):
        if key in first:
            routes.reader.add("route_twice", row, "date", first=routes.reader.table.rows[first[key]])
        elif key not in has_stops:
            routes.reader.add("route_without_visits", row, "date")
        first.setdefault(key, row)
    told: set[int] = set()
    for key, row in zip(stops.route.tolist(), stops.row.tolist(), strict=True):
        if key not in first and key not in told:
            told.add(key)
            stops.reader.add("no_route", row, "date", rep=stops.reader.table.column("rep_id")[row])
