"""Answers from a result folder's visit plan: does it hold, is there time enough, where should managers ride along."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError, Issue, ScenarioError
from territory.io.hours import HoursError, parse_days
from territory.io.tables import decoded
from territory.language import Lang, Text
from territory.pipeline.checking import assignment_in, visits_in
from territory.pipeline.opening import open_scenario
from territory.pipeline.plan_ground import assignment_path, staffed
from territory.progress import Progress
from territory.units import (
    DAYS_PER_CYCLE,
    SECONDS_PER_MIN,
    WEEKDAYS_EN,
    WEEKDAYS_ZH,
    WEEKS_PER_CYCLE,
    FloatArray,
    format_clock,
)
from territory.visits import VisitsProblem
from territory.visits.capacity import HourValue, UnderServed
from territory.visits.frequencies import FrequencyProblem, Suggestion
from territory.visits.planning import mean_problem, planned_problem
from territory.visits.rides import Due, Manager, RidesResult
from territory.visits.robustness import Estimated, RobustnessResult

UNDER_SERVED_COLUMNS = ("outlet_id", "name", "tier", "rep_id", "due", "placed", "missing", "value_lost_min", "reason")
RIDE_COLUMNS = ("manager_id", "date", "weekday", "rep_id", "rep_name", "meet", "first_outlet_id", "visits", "reason")
USUAL_DAYS, USUAL_SCORE = 28.0, 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What a result folder holds: the case, the split, the problem that was planned and its plan."""

    scenario: Scenario
    assignment: Assignment
    problem: VisitsProblem
    plan: VisitPlan

    def outlet_name(self, outlet_id: str) -> str:
        """The outlet's name."""
        return self.scenario.outlets.names[self.scenario.outlets.outlet_ids.index(outlet_id)]

    @property
    def mean_problem(self) -> VisitsProblem:
        """The problem with mean times, where the plan was made at a quantile."""
        return mean_problem(self.scenario, self.assignment)

    @property
    def sales_per_cycle(self) -> FloatArray:
        """Sales of the problem's outlets in four weeks."""
        return np.asarray(self.scenario.outlets.sales_per_week[self.problem.outlet_idcs] * WEEKS_PER_CYCLE)


def ground_of(result: Path, *, scenario: Path | None, data: Path | None, progress: Progress) -> Ground:
    """
    Open a result folder.

    Raises
    ------
    ConfigError
        When it has no visits, or its scenario's tables lie elsewhere and `scenario` does not say where.
    ScenarioError
        When a table is wrong.
    """
    folder = scenario if scenario is not None else result / "scenario"
    if not (folder / "scenario.toml").exists():
        raise ConfigError(
            Text(
                f"{folder / 'scenario.toml'} is not there; name the scenario folder that the result was made from with "
                "--scenario",
                f"找不到 {folder / 'scenario.toml'};请用 --scenario 指定生成该结果的场景文件夹",
            )
        )
    case = staffed(open_scenario(folder, data=data, progress=progress), result)
    assignment = assignment_in(case, result if assignment_path(result).exists() else None)
    plan = visits_in(case, result)
    return Ground(scenario=case, assignment=assignment, problem=planned_problem(case, assignment), plan=plan)


def estimate_rows(entries: Sequence[Estimated], lang: Lang, **more: object) -> list[dict[str, object]]:
    """Measures with their intervals."""
    return [
        {
            **more,
            "measure": entry.measure.name,
            "label": entry.measure.label.in_(lang),
            "unit": entry.measure.unit,
            "value": round(entry.measure.value, 4),
            "low": round(entry.low, 4),
            "high": round(entry.high, 4),
        }
        for entry in entries
    ]


def robustness_rows(result: RobustnessResult, lang: Lang) -> list[dict[str, object]]:
    """All reps first (an empty rep_id), then rep by rep."""
    rows = estimate_rows(result.estimates, lang, rep_id="")
    for rep in result.by_rep:
        rows += estimate_rows(rep.estimates, lang, rep_id=rep.rep_id)
    return rows


def stop_rows(ground: Ground, result: RobustnessResult) -> list[dict[str, object]]:
    """Every visit with the share of simulated days on which it is on time, the least punctual first."""
    plan, case = ground.plan, ground.scenario
    order = np.argsort(result.on_time_of_stop, kind="stable").tolist()
    return [
        {
            "rep_id": case.reps.rep_ids[int(plan.rep_idx[row])],
            "date": case.calendar.date_of(int(plan.day[row])).isoformat(),
            "outlet_id": case.outlets.outlet_ids[int(plan.outlet_idx[row])],
            "start": format_clock(float(plan.start_s[row]) / SECONDS_PER_MIN),
            "on_time_percent": round(100 * float(result.on_time_of_stop[row]), 2),
        }
        for row in order
    ]


def under_served_rows(ground: Ground, found: UnderServed) -> list[dict[str, object]]:
    """One row per outlet with visits missing, the dearest first."""
    return [
        {
            "outlet_id": row.outlet_id,
            "name": ground.outlet_name(row.outlet_id),
            "tier": row.tier,
            "rep_id": row.rep_id,
            "due": row.due,
            "placed": row.placed,
            "missing": row.missing,
            "value_lost_min": round(row.value_lost, 2),
            "reason": row.reason.value,
        }
        for row in found.outlets
    ]


def hour_rows(hours: Sequence[HourValue]) -> list[dict[str, object]]:
    """What one more hour of each rep would buy."""
    return [
        {
            "rep_id": hour.name,
            "missing": hour.missing,
            "hours_added": round(hour.hours, 2),
            "visits_per_hour": round(hour.visits.measure.value, 4),
            "visits_low": round(hour.visits.low, 4),
            "visits_high": round(hour.visits.high, 4),
            "points_per_hour": round(hour.points.measure.value, 2),
            "points_low": round(hour.points.low, 2),
            "points_high": round(hour.points.high, 2),
        }
        for hour in hours
    ]


def frequency_rows(ground: Ground, problem: FrequencyProblem, found: Suggestion) -> list[dict[str, object]]:
    """Given and suggested visits of every outlet with the sales expected; the largest gain first."""
    gain = found.sales_of_outlet - found.given_sales_of_outlet
    return [
        {
            "outlet_id": ground.problem.outlets.ids[at],
            "tier": ground.problem.tier[at],
            "rep_id": ground.problem.homes.ids[int(problem.rep_of_outlet[at])],
            "visits_given": int(problem.given[at]),
            "visits_suggested": int(found.visits[at]),
            "minutes_per_visit": round(float(problem.minutes_per_visit[at]), 2),
            "sales_given": round(float(found.given_sales_of_outlet[at]), 2),
            "sales_suggested": round(float(found.sales_of_outlet[at]), 2),
            "sales_gain": round(float(gain[at]), 2),
        }
        for at in np.argsort(-gain, kind="stable").tolist()
    ]


def ride_rows(ground: Ground, result: RidesResult, lang: Lang) -> list[dict[str, object]]:
    """One row per ride."""
    case, weekdays = ground.scenario, WEEKDAYS_ZH if lang == "zh" else WEEKDAYS_EN
    return [
        {
            "manager_id": ride.manager_id,
            "date": case.calendar.date_of(ride.day).isoformat(),
            "weekday": weekdays[ride.day % 7],
            "rep_id": case.reps.rep_ids[ride.rep_idx],
            "rep_name": case.reps.names[ride.rep_idx],
            "meet": format_clock(ride.meet_s / SECONDS_PER_MIN),
            "first_outlet_id": case.outlets.outlet_ids[ride.stops[0]],
            "visits": len(ride.stops),
            "reason": ride.reason.in_(lang),
        }
        for ride in result.rides
    ]


def managers_of(ground: Ground, path: Path | None) -> list[Manager]:
    """
    Managers of a table, or one per team who works Monday to Friday; the holidays are free.

    Raises
    ------
    ScenarioError
        With everything wrong in the table: `manager_id`, `days` ("Mon-Fri"), `reps` (ids, or ids of teams).
    """
    case, workday = ground.scenario, ground.scenario.calendar.is_workday()
    members = {
        team_id: tuple(np.flatnonzero(case.reps.team_idx == team).tolist())
        for team, team_id in enumerate(case.teams.team_ids)
    }
    if path is None:
        week = np.arange(DAYS_PER_CYCLE) % 7 < 5
        return [Manager(manager_id=team, works=week & workday, reps=reps) for team, reps in members.items() if reps]
    known = {rep_id: (at,) for at, rep_id in enumerate(case.reps.rep_ids)} | members
    found, issues = dict[str, Manager](), list[Issue]()
    for row, cells in _table(path, ("manager_id", "days", "reps")):
        names = cells["reps"].replace(";", " ").replace(",", " ").split()
        for name in names:
            if name not in known:
                issues.append(_wrong(path, row, "reps", name, _REP))
        if not cells["manager_id"] or cells["manager_id"] in found:
            issues.append(_wrong(path, row, "manager_id", cells["manager_id"], _ID))
        try:
            week = np.tile(parse_days(cells["days"] or "Mon-Fri"), WEEKS_PER_CYCLE)
        except HoursError:
            issues.append(_wrong(path, row, "days", cells["days"], _DAYS))
            continue
        reps = sorted({at for name in names for at in known.get(name, ())})
        found[cells["manager_id"]] = Manager(manager_id=cells["manager_id"], works=week & workday, reps=tuple(reps))
    if issues:
        raise ScenarioError(issues)
    return list(found.values())


def due_of(ground: Ground, path: Path | None) -> Due:
    """
    Where process checks are due, by a table; reps that are not in it, and all without one, count as 28 days and 1.

    Raises
    ------
    ScenarioError
        With everything wrong in the table: `rep_id`, `days_since_last`, `problem_score`.
    """
    ids = ground.problem.homes.ids
    days, score = np.full(len(ids), USUAL_DAYS), np.full(len(ids), USUAL_SCORE)
    issues: list[Issue] = []
    columns = {"days_since_last": days, "problem_score": score}
    for row, cells in _table(path, ("rep_id", *columns)) if path is not None else ():
        if cells["rep_id"] not in ids:
            issues.append(_wrong(path, row, "rep_id", cells["rep_id"], _REP))
            continue
        for name, column in columns.items():
            try:
                value = float(cells[name]) if cells[name] else column[ids.index(cells["rep_id"])]
            except ValueError:
                value = -1.0
            if not (np.isfinite(value) and value >= 0):
                issues.append(_wrong(path, row, name, cells[name], _NUMBER))
            else:
                column[ids.index(cells["rep_id"])] = value
    if issues:
        raise ScenarioError(issues)
    return Due(days_since_last=days, problem_score=score)


_REP = (
    Text("no such rep or team", "没有这名客户经理或团队"),
    Text("Use an id of reps.csv", "请使用 reps.csv 中的编号"),
)
_ID = (Text("empty, or there already", "为空或重复"), Text("Give each manager one name", "每位经理使用一个编号"))
_DAYS = (Text("no weekdays", "不是星期"), Text("Write for instance Mon-Fri", "例如可写 周一至周五"))
_NUMBER = (Text("no number from 0", "不是非负数"), Text("Write for instance 28", "例如可写 28"))
_COLUMN = (Text("the column is missing", "缺少该列"), Text("Add it to the first row", "请在首行添加"))
_FILE = (
    Text("not there, or no CSV", "不存在或不是 CSV 文件"),
    Text("Name a UTF-8 CSV file", "请指定 UTF-8 的 CSV 文件"),
)


def _wrong(path: Path | None, row: int | None, column: str | None, value: str | None, text: tuple[Text, Text]) -> Issue:
    name = "" if path is None else path.name
    return Issue(code="answer_table", file=name, row=row, column=column, value=value, problem=text[0], remedy=text[1])


def _table(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their number in the spreadsheet; cells are stripped text."""
    content = decoded(path.read_bytes()) if path.is_file() else None
    if content is None:
        raise ScenarioError([_wrong(path, None, None, None, _FILE)])
    reader = csv.DictReader(io.StringIO(content))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise ScenarioError([_wrong(path, 1, name, None, _COLUMN) for name in missing])
    return [(row, {name: (cells[name] or "").strip() for name in columns}) for row, cells in enumerate(reader, start=2)]
