"""`reps` and `teams` tables into the domain's columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import Calendar
from territory.domain.columns import NONE, Labels
from territory.domain.policy_rules import GRADES
from territory.domain.reps import ROLES, Reps, Teams
from territory.domain.rules import DefaultRules
from territory.io.column_reader import ColumnReader
from territory.io.coordinates import read_points
from territory.io.hours import HoursError, parse_days, parse_shift
from territory.io.issues import IssueLog
from territory.io.promise_columns import read_leave
from territory.io.scenario_file import ScenarioFile
from territory.io.tables import Table
from territory.language import Text
from territory.units import DAYS_PER_WEEK, WEEKS_PER_CYCLE, BoolArray, FloatArray, IntArray

UNKNOWN_TENURE_YEARS = 5.0
"""Years of service counted for a rep whose date of hiring is not given: neither a newcomer nor near retirement."""

CONTRACTS = ("contract", "formal")
_DAYS_PER_YEAR = 365.25
GRADE_WORDS = {
    "junior": "junior",
    "mid": "mid",
    "senior": "senior",
    "初级": "junior",
    "中级": "mid",
    "高级": "senior",
    "初级客户经理": "junior",
    "中级客户经理": "mid",
    "高级客户经理": "senior",
}
CONTRACT_WORDS = {
    "formal": "formal",
    "contract": "contract",
    "正式": "formal",
    "正式工": "formal",
    "在编": "formal",
    "合同": "contract",
    "合同工": "contract",
    "合同制": "contract",
    "劳务派遣": "contract",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Staff:
    """Reps, their teams, and the table rows the reps came from."""

    reps: Reps
    teams: Teams
    table: Table


def read_staff(
    table: Table, teams_table: Table | None, settings: ScenarioFile, calendar: Calendar, log: IssueLog
) -> Staff:
    """Every column of both tables; cells that cannot be used have an issue and a harmless stand-in."""
    reader = ColumnReader(table, log)
    rep_ids = reader.ids("rep_id")
    points = read_points(reader, crs=settings.crs, region=settings.region)
    teams = _teams(reader, teams_table, log)
    shift_min, works = _hours(reader, settings.defaults)
    leave = read_leave(reader, calendar)
    separators = str.maketrans({";": "|", "；": "|", "、": "|", ",": "|", "，": "|"})
    reps = Reps(
        rep_ids=tuple(rep_ids),
        names=tuple(name or rep_id for name, rep_id in zip(table.column("name"), rep_ids, strict=True)),
        lat=points.lat,
        lon=points.lon,
        team_idx=_team_idx(reader, teams),
        shift_min=shift_min,
        works=works,
        capacity_min=_capacity(
            reader,
            shift_min=shift_min,
            days=(np.tile(works, (1, WEEKS_PER_CYCLE)) & calendar.is_workday() & ~leave).sum(axis=1),
            is_on_leave=np.asarray(leave.any(axis=1)),
            lunch_min=settings.visits.lunch_min,
        ),
        skills=tuple(
            frozenset(skill.strip() for skill in cell.translate(separators).split("|") if skill.strip())
            for cell in table.column("skills")
        ),
        grade=Labels.of(reader.words("grade", GRADE_WORDS), GRADES),
        contract=Labels.of(reader.words("contract", CONTRACT_WORDS), CONTRACTS),
        step=np.array(reader.wholes("step", at_most=9, wanted=Text("a whole number from 1 to 9", "1 到 9 的整数"))),
        star=np.array(reader.wholes("star", at_most=5, wanted=Text("a whole number from 1 to 5", "1 到 5 的整数"))),
        tenure_years=_tenure(reader, calendar),
        ability=_ability(reader),
        role_skill=_role_skill(reader),
        leave=leave,
    )
    return Staff(reps=reps, teams=teams, table=table)


def _teams(reader: ColumnReader, teams_table: Table | None, log: IssueLog) -> Teams:
    """The teams table, or one team for each team id of the reps, none pooled."""
    if teams_table is None:
        team_ids = sorted({team_id for team_id in reader.table.column("team_id") if team_id})
        return Teams(team_ids=tuple(team_ids), names=tuple(team_ids), pooled=np.zeros(len(team_ids), dtype=np.bool_))
    teams_reader = ColumnReader(teams_table, log)
    team_ids = teams_reader.ids("team_id")
    names = [name or team_id for name, team_id in zip(teams_table.column("name"), team_ids, strict=True)]
    return Teams(team_ids=tuple(team_ids), names=tuple(names), pooled=teams_reader.yes_or_no("pooled"))


def _team_idx(reader: ColumnReader, teams: Teams) -> IntArray:
    place = {team_id: idx for idx, team_id in enumerate(teams.team_ids)}
    found = np.full(len(reader.table), NONE, dtype=np.int64)
    for position, cell in enumerate(reader.table.column("team_id")):
        if cell in place:
            found[position] = place[cell]
        elif cell:
            reader.add_unknown("unknown_team", position, "team_id", place)
    return found


def _hours(reader: ColumnReader, defaults: DefaultRules) -> tuple[IntArray, BoolArray]:
    """Shifts, shape (num_reps, 2), and weekdays worked, shape (num_reps, 7)."""
    try:
        standard_shift, standard_days = parse_shift(defaults.shift), parse_days(defaults.days)
    except HoursError:  # reported with scenario.toml
        standard_shift, standard_days = (0, 24 * 60), np.ones(DAYS_PER_WEEK, dtype=np.bool_)
    shift_min = np.tile(np.array(standard_shift, dtype=np.int64), (len(reader.table), 1))
    works = np.tile(standard_days, (len(reader.table), 1))
    for position, cell in enumerate(reader.table.column("shift")):
        if cell:
            try:
                shift_min[position] = parse_shift(cell)
            except HoursError as error:
                reader.add(error.code, position, "shift", part=error.part)
    for position, cell in enumerate(reader.table.column("days")):
        if cell:
            try:
                works[position] = parse_days(cell)
            except HoursError as error:
                reader.add(error.code, position, "days", part=error.part)
    return shift_min, works


def _capacity(
    reader: ColumnReader, *, shift_min: IntArray, days: IntArray, is_on_leave: BoolArray, lunch_min: float
) -> FloatArray:
    """Minutes of work per cycle: as given, else shift minutes without lunch on every working day of the cycle."""
    by_shift = np.maximum(shift_min[:, 1] - shift_min[:, 0] - lunch_min, 0.0) * days
    given = reader.numbers("capacity_min", at_least=0)
    cells = reader.table.column("capacity_min")
    capacity_min = np.array(
        [given[position] if cell else by_shift[position] for position, cell in enumerate(cells)], dtype=np.float64
    )
    for position, minutes in enumerate(capacity_min.tolist()):
        if minutes == 0 or (days[position] == 0 and np.isfinite(minutes)):
            name = "capacity_min" if cells[position] else "shift"
            if days[position] == 0:
                name = "leave" if is_on_leave[position] else "days"
            reader.add("no_capacity", position, name, capacity=f"{minutes if days[position] else 0:g}")
    return np.where(np.isfinite(capacity_min), capacity_min, 0.0)


def _tenure(reader: ColumnReader, calendar: Calendar) -> FloatArray:
    years = np.full(len(reader.table), UNKNOWN_TENURE_YEARS)
    for position, hired in enumerate(reader.dates("hired")):
        if hired is None:
            continue
        served_days = (calendar.start - hired).days
        if served_days < 0:
            reader.add("hired_later", position, "hired", start=calendar.start.isoformat())
        years[position] = max(0, served_days) / _DAYS_PER_YEAR
    return years


def _ability(reader: ColumnReader) -> FloatArray:
    wanted = Text("a number above 0, up to 10 (1 is the mean rep)", "大于 0、不超过 10 的数（1 为平均水平）")
    values = reader.numbers("ability", default=1.0, at_least=1e-6, at_most=10.0, wanted=wanted)
    return np.where(np.isfinite(values), values, 1.0)


def _role_skill(reader: ColumnReader) -> FloatArray:
    """Shape (num_reps, num_roles), 0 to 100; 0 where nothing is given."""
    wanted = Text("a number from 0 to 100", "0 到 100 的数")
    columns = [
        reader.numbers(f"role_{role}", default=0.0, at_least=0.0, at_most=100.0, wanted=wanted) for role in ROLES
    ]
    return np.nan_to_num(np.column_stack(columns))
