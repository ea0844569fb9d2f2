"""What happened to a running plan, as people write it: options or a table of events; all errors at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ScenarioError
from territory.io.column_reader import parse_date
from territory.io.headers import Column, Headers
from territory.io.issues import IssueLog
from territory.io.tables import read_table
from territory.language import Text
from territory.pipeline.faults import Faults
from territory.pipeline.names import nearest
from territory.units import DAYS_PER_CYCLE, parse_clock
from territory.visits.disruption import Closed, Events, Ill, Missed, Now, Urgent

KINDS = {
    "ill": "ill",
    "away": "ill",
    "病假": "ill",
    "请假": "ill",
    "不在岗": "ill",
    "closed": "closed",
    "停业": "closed",
    "关门": "closed",
    "urgent": "urgent",
    "加急": "urgent",
    "紧急": "urgent",
    "missed": "missed",
    "漏访": "missed",
    "未拜访": "missed",
}
_COLUMNS = (
    Column("kind", ("event", "类型", "事件"), is_required=True),
    Column("id", ("outlet_id", "rep_id", "编码", "编号", "对象"), is_required=True),
    Column("date", ("from", "日期", "开始日期"), is_required=True),
    Column("until", ("to", "截止日期", "结束日期"), is_required=False),
    Column("time", ("from_time", "时间", "起始时间"), is_required=False),
)
_OPTION = re.compile(r"(?P<id>.+?):(?:by=|截止=)?(?P<date>[^.@]+?)(?:\.\.(?P<until>[^@]+?))?(?:@(?P<time>.+))?\Z")
_MOMENT = re.compile(r"(?P<date>\S+?)[T ](?P<time>\d{1,2}[::]\d{2})\Z")


class _EventHeaders(Headers):
    """The columns of a table of events."""

    @property
    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """One event as written, and where: an option, or a row of a table."""

    kind: str
    name: str
    date: str
    until: str
    time: str
    file: str
    row: int | None = None


def read_events(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    now: str,
    options: Mapping[str, Sequence[str]],
    table: Path | None = None,
) -> tuple[Events, Now]:
    """
    Events and the moment, from texts.

    Parameters
    ----------
    now
        Such as 2026-12-02T10:30.
    options
        By kind (`ill`, `closed`, `urgent`, `missed`): ID:DATE, ID:DATE..DATE, ID:DATE@HH:MM.
    table
        CSV or Excel with the columns kind, id, date, until, time; headers English or Chinese.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    dates = _Dates("event", scenario.calendar.start)
    reader = _Reader(dates=dates, scenario=scenario, assignment=assignment, plan=plan)
    moment = dates.moment(now)
    written = [one for kind, texts in options.items() for text in texts if (one := reader.option(kind, text))]
    if table is not None:
        written += reader.table(table)
    for one in written:
        reader.add(one, moment)
    if dates.issues:
        raise ScenarioError(dates.issues)
    return reader.events(), moment


class _Dates(Faults):
    """Reads moments and dates of the cycle; what is wrong is collected."""

    def moment(self, text: str) -> Now:
        """The moment; a wrong one is an issue."""
        match = _MOMENT.match(text.strip())
        date, minute = None, None
        if match is not None:
            date, minute = parse_date(match["date"]), _clock(match["time"])
        if date is None or minute is None:
            self.add(
                "--now",
                "bad_moment",
                text,
                Text("this is not a date and a time", "不是日期和时间"),
                Text("Write it as 2026-12-02T10:30", "请写成 2026-12-02T10:30"),
            )
            return Now(day=0, minute=0)
        day = self._day(date, "--now", None, text)
        return Now(day=0 if day is None else day, minute=minute)

    def days(self, one: _Written) -> range | None:
        """Days of the cycle from `date` to `until`, both included; what lies outside the cycle is cut off."""
        dates: list[dt.date] = []
        for name, text in (("date", one.date), ("until", one.until)):
            if name == "until" and not text:
                continue
            date = self.date(one, name, text)
            if date is None:
                return None
            dates.append(date)
        first, last = (dates[0] - self.start).days, (dates[-1] - self.start).days
        if last < first:
            self.reject(
                one,
                "until",
                one.until,
                Text("the end lies before the beginning", "结束早于开始"),
                Text("Swap the dates", "请调换日期"),
            )
            return None
        if last < 0 or first >= DAYS_PER_CYCLE:
            self._day(dates[0], one.file, one.row, one.date)
            return None
        return range(max(0, first), min(DAYS_PER_CYCLE - 1, last) + 1)

    def _day(self, date: dt.date, file: str, row: int | None, text: str) -> int | None:
        day = self.day_of(date)
        if day is None:
            self.add(file, "outside_cycle", text, *self.outside(), row=row)
        return day


@dataclass(kw_only=True)
class _Reader:
    """Collects events; their issues go to `dates`."""

    dates: _Dates
    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan
    found: list[Ill | Closed | Urgent | Missed] = field(default_factory=list)

    def option(self, kind: str, text: str) -> _Written | None:
        """One option; None when it has not the right form."""
        match = _OPTION.match(text.strip())
        if match is not None:
            parts = {name: value or "" for name, value in match.groupdict().items()}
            return _Written(
                kind=kind,
                name=parts["id"].strip(),
                date=parts["date"],
                until=parts["until"],
                time=parts["time"],
                file=f"--{kind}",
            )
        whose = "REP" if kind == "ill" else "OUTLET"
        self.dates.add(
            f"--{kind}",
            "bad_event",
            text,
            Text("an id and a date belong here", "此处应为编号和日期"),
            Text(f"Write it as {whose}:2026-12-02", f"请写成 {whose}:2026-12-02"),
        )
        return None

    def table(self, path: Path) -> list[_Written]:
        """The rows of a table; raises when it is no table at all."""
        if not path.is_file():
            self.dates.add(
                "--events",
                "missing_file",
                str(path),
                Text("the file is not there", "找不到该文件"),
                Text("Name a table of events, CSV or Excel", "请指定事件表(CSV 或 Excel)"),
            )
            return []
        log, content = IssueLog(), path.read_bytes()
        table = read_table(content, file=path.name, headers=_EventHeaders("events", self.scenario.currency), log=log)
        self.dates.issues += [issue for issue in log.issues() if issue.severity == "error"]
        if table is None:
            return []
        columns = [table.column(name) for name in ("kind", "id", "date", "until", "time")]
        rows = zip(*columns, table.rows, strict=True)
        return [
            _Written(kind=kind, name=name, date=date, until=until, time=time, file=path.name, row=row)
            for kind, name, date, until, time, row in rows
        ]

    def add(self, one: _Written, now: Now) -> None:
        """One event, or the issues of it."""
        kind = KINDS.get(one.kind.strip().casefold())
        if kind is None:
            words = Text("Give one of: ill, closed, urgent, missed", "可选:病假、停业、加急、漏访")
            self.dates.reject(one, "kind", one.kind, Text("no such event", "没有这种事件"), words)
            return
        who = self._who(one, kind)
        days = self.dates.days(one)
        if who is None or days is None:
            return
        if kind == "ill":
            minute = _clock(one.time) if one.time else 0
            if minute is None:
                wrong = Text("this is no time of day", "不是时刻")
                self.dates.reject(one, "time", one.time, wrong, Text("Write it as 14:00", "请写成 14:00"))
                return
            self.found += [Ill(rep_idx=who, day=day, from_min=minute if at == 0 else 0) for at, day in enumerate(days)]
        elif kind == "closed":
            self.found += [Closed(outlet_idx=who, day=day) for day in days]
        elif kind == "urgent":
            if days[-1] < now.day:
                self.dates.reject(
                    one,
                    "date",
                    one.date,
                    Text("this day is over", "该日期已过"),
                    Text("Give the last day on which the visit is of use", "请填写最晚拜访日期"),
                )
            self.found.append(Urgent(outlet_idx=who, by_day=days[-1]))
        else:
            self._missed(one, who, days, now)

    def _missed(self, one: _Written, outlet: int, days: range, now: Now) -> None:
        planned = sorted(self.plan.day[self.plan.outlet_idx == outlet].tolist())
        for day in days:
            if day > now.day:
                wrong = Text("this day is still to come", "该日期尚未到来")
                self.dates.reject(
                    one, "date", one.date, wrong, Text("Give today or a past day", "请填写今天或已过日期")
                )
            elif day not in planned:
                shown = ", ".join(self.scenario.calendar.date_of(d).isoformat() for d in planned) or "-"
                self.dates.reject(
                    one,
                    "date",
                    one.date,
                    Text("no visit was planned on this day", "该日没有安排拜访"),
                    Text(f"Planned are: {shown}", f"已安排:{shown}"),
                )
            else:
                self.found.append(Missed(outlet_idx=outlet, day=day))

    def events(self) -> Events:
        """All events, each once."""
        found = tuple(dict.fromkeys(self.found))
        return Events(
            ill=tuple(e for e in found if isinstance(e, Ill)),
            closed=tuple(e for e in found if isinstance(e, Closed)),
            urgent=tuple(e for e in found if isinstance(e, Urgent)),
            missed=tuple(e for e in found if isinstance(e, Missed)),
        )

    def _who(self, one: _Written, kind: str) -> int | None:
        """Position of the rep or outlet; an outlet that nobody serves has no visits to plan."""
        is_rep = kind == "ill"
        known = self.scenario.reps.rep_ids if is_rep else self.scenario.outlets.outlet_ids
        if one.name not in known:
            what = Text("rep", "客户经理") if is_rep else Text("outlet", "零售户")
            problem = Text(f"no {what.en} has this id", f"没有此编号的{what.zh}")
            self.dates.reject(one, "id", one.name, problem, nearest(one.name, known))
            return None
        at = known.index(one.name)
        if not is_rep and self.assignment.rep_of_outlet[at] == NONE:
            self.dates.reject(
                one,
                "id",
                one.name,
                Text("nobody serves this outlet", "该零售户无人服务"),
                Text("Give it a rep in assignment.csv", "请在 assignment.csv 中指定客户经理"),
            )
            return None
        return at


def _clock(text: str) -> int | None:
    """Minutes after midnight, or None."""
    try:
        return parse_clock(text[: text.rfind(":")] if text.count(":") == 2 else text)
    except ValueError:
        return None


def day_named(scenario: Scenario, text: str | None, option: str) -> int | None:
    """
    Day of the cycle of a date; None for None.

    Raises
    ------
    ScenarioError
        When it is no date of the cycle.
    """
    if text is None:
        return None
    dates = _Dates("event", scenario.calendar.start)
    days = dates.days(_Written(kind="", name="", date=text, until="", time="", file=option))
    if days is None:
        raise ScenarioError(dates.issues)
    return days[0]
