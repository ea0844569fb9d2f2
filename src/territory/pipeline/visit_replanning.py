"""A running visit plan after a disruption, and the best day for one more visit: scenario and files in, files out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.outlets import always_open
from territory.domain.scenario import Scenario
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort
from territory.errors import ConfigError
from territory.io import write_assignment, write_rows, write_visit_plan
from territory.io.hours import HoursError, parse_windows
from territory.io.plan_cells import clock
from territory.language import Text
from territory.pipeline.checking import assignment_in, reps_named, visits_in
from territory.pipeline.plan_ground import staffed
from territory.pipeline.replanning import outlet_named
from territory.pipeline.visit_events import day_named, read_events
from territory.progress import SILENT, Progress
from territory.units import DAYS_PER_CYCLE, SECONDS_PER_MIN
from territory.visits import VisitsProblem
from territory.visits.best_day import BestDays, NewPlace, best_days
from territory.visits.planning import planned_problem, planned_service_s
from territory.visits.replan import Change, Events, Now, ReplanResult, replan

CHANGES = "changes.csv"
COLUMNS = (
    "outlet_id",
    "name",
    "change",
    "rep_id_before",
    "date_before",
    "start_before",
    "rep_id",
    "date",
    "start",
    "cause",
    "why",
    "why_zh",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Running:
    """A scenario with the split and the visit plan that are in force."""

    scenario: Scenario
    assignment: Assignment
    problem: VisitsProblem
    plan: VisitPlan


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """The running plan, what happened, and what came out."""

    running: Running
    events: Events
    now: Now
    result: ReplanResult
    changes: tuple[dict[str, object], ...]


def running_in(scenario: Scenario, folder: Path) -> Running:
    """
    The plan in force in the folder of an earlier run.

    Raises
    ------
    ConfigError
        When the folder has no assignment.csv or visits.csv.
    ScenarioError
        When a table does not fit the scenario.
    """
    case = staffed(scenario, folder)
    assignment = assignment_in(case, folder)
    return Running(
        scenario=case,
        assignment=assignment,
        problem=planned_problem(case, assignment),
        plan=visits_in(case, folder),
    )


def replan_visits(
    running: Running,
    *,
    now: str,
    options: Mapping[str, Sequence[str]],
    table: Path | None,
    effort: Effort | None,
    seed: int,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> Replanned:
    """
    The new plan after the events, which are read from texts (`read_events`).

    Raises
    ------
    ConfigError
        When no event is given.
    ScenarioError
        With everything that is wrong with the events.
    """
    events, moment = read_events(
        running.scenario, running.assignment, running.plan, now=now, options=options, table=table
    )
    if not events:
        raise ConfigError(
            Text(
                "nothing happened: give --ill, --closed, --urgent, --missed or --events",
                "没有事件:请给出 --ill、--closed、--urgent、--missed 或 --events",
            )
        )
    result = replan(
        running.problem,
        running.plan,
        events,
        moment,
        effort=effort,
        seed=seed,
        progress=progress,
        cancel=cancel,
    )
    rows = tuple(_row(running, result.plan, change) for change in result.changes)
    return Replanned(running=running, events=events, now=moment, result=result, changes=rows)


def write_replanned(found: Replanned, target: Path) -> None:
    """visits.csv and assignment.csv as `territory run` writes them, and changes.csv: every visit that changes."""
    running = found.running
    write_assignment(running.scenario, running.assignment, target / "assignment.csv")
    write_visit_plan(running.scenario, running.assignment, found.result.plan, target / "visits.csv")
    write_rows(found.changes, target / CHANGES, columns=COLUMNS)


def _row(running: Running, plan: VisitPlan, change: Change) -> dict[str, object]:
    outlets, outlet = running.scenario.outlets, change.outlet_idx
    before = _cells(running, running.plan, outlet, change.rep_before, change.day_before)
    after = _cells(running, plan, outlet, change.rep, change.day)
    return {
        "outlet_id": outlets.outlet_ids[outlet],
        "name": outlets.names[outlet],
        "change": change.kind.value,
        "rep_id_before": before[0],
        "date_before": before[1],
        "start_before": before[2],
        "rep_id": after[0],
        "date": after[1],
        "start": after[2],
        "cause": change.cause.value,
        "why": change.why.en,
        "why_zh": change.why.zh,
    }


def _cells(running: Running, plan: VisitPlan, outlet: int, rep: int, day: int) -> tuple[str, str, str]:
    """Rep, date and start of a visit; empty where there is none."""
    if rep == NONE or day == NONE:
        return "", "", ""
    at = np.flatnonzero((plan.outlet_idx == outlet) & (plan.day == day) & (plan.rep_idx == rep))
    start = clock(int(plan.start_s[at[0]])) if len(at) else ""
    return running.scenario.reps.rep_ids[rep], running.scenario.calendar.date_of(day).isoformat(), start


def best_days_of(
    running: Running,
    *,
    outlet: str | None = None,
    at: str | None = None,
    service_min: float = 15.0,
    hours: str | None = None,
    reps: Sequence[str] = (),
    first: str | None = None,
    visits: int | None = None,
) -> BestDays:
    """
    Every day ranked for one more visit of an outlet, or of a place given as "LAT,LON" (WGS-84).

    Parameters
    ----------
    service_min
        Minutes of a visit of a new place, without access.
    hours
        Its opening hours, such as 'Mon-Fri 09:00-18:00'; always open by default.
    first
        The first date to look at; the cycle's first day by default.
    visits
        Visits per cycle of a new pattern.

    Raises
    ------
    ConfigError
        When not exactly one of outlet and place is given, or one of them cannot be read.
    ScenarioError
        When the date is not in the cycle.
    """
    if (outlet is None) == (at is None):
        raise ConfigError(Text("give --outlet or --at, one of them", "请给出 --outlet 或 --at 其中之一"))
    scenario, problem = running.scenario, running.problem
    chosen = reps_named(scenario, list(reps)) or None
    day = day_named(scenario, first, "--from") or 0
    wanted: int | NewPlace
    if outlet is not None:
        wanted = outlet_named(scenario, outlet)
        if wanted not in problem.outlet_idcs:
            raise ConfigError(
                Text(f"nobody serves {outlet}; give it a place with --at", f"{outlet} 无人服务;请用 --at 指定位置")
            )
    else:
        wanted = _new_place(running, at or "", service_min, hours)
    return best_days(problem, running.plan, wanted, reps=chosen, days=range(day, DAYS_PER_CYCLE), frequency=visits)


def _new_place(running: Running, at: str, service_min: float, hours: str | None) -> NewPlace:
    parts = at.replace("，", ",").split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        lat, lon = float("nan"), float("nan")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ConfigError(
            Text(
                f"{at!r} is no place; write it as LAT,LON, such as 30.52,114.31",
                f"{at!r} 不是位置;请写成 纬度,经度,例如 30.52,114.31",
            )
        )
    try:
        windows_min = always_open(1)[0] if hours is None else parse_windows(hours)
    except HoursError as error:
        raise ConfigError(
            Text(
                f"--open {hours!r}: cannot read {error.part!r}; write hours such as 'Mon-Fri 09:00-18:00'",
                f"--open {hours!r}:无法读取 {error.part!r};请写成 'Mon-Fri 09:00-18:00'",
            )
        ) from None
    return NewPlace(
        place=Places(ids=("new place",), lat=np.array([lat]), lon=np.array([lon])),
        service_s=planned_service_s(running.problem.rules, service_min),
        windows_s=np.where(windows_min == NONE, NONE, windows_min * SECONDS_PER_MIN),
    )
