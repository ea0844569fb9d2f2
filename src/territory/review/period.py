"""Periods that are reviewed and closed: a day, an ISO week, a calendar month; and which month a week belongs to."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from territory.language import Text
from territory.units import DAYS_PER_WEEK, WEEKDAYS_EN, WEEKDAYS_ZH

PeriodKind = Literal["day", "week", "month"]
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})\Z")
_THURSDAY = 3


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Period:
    """Days from `first` to `last`, both included; `name` is 2026-12-02, 2026-W49 or 2026-12."""

    first: dt.date
    last: dt.date
    kind: PeriodKind
    name: str

    def __contains__(self, date: object) -> bool:
        return isinstance(date, dt.date) and self.first <= date <= self.last

    def holds_week(self, iso_week: str) -> bool:
        """Whether what a sheet says for a whole week counts here: a month holds the weeks whose Thursday it holds."""
        monday = monday_of(iso_week)
        return monday is not None and self.kind != "day" and monday + dt.timedelta(days=_THURSDAY) in self

    def days(self) -> tuple[dt.date, ...]:
        """Every day of it."""
        return tuple(self.first + dt.timedelta(days=day) for day in range((self.last - self.first).days + 1))

    @property
    def label(self) -> Text:
        """For headings."""
        if self.kind == "day":
            weekday = self.first.weekday()
            return Text(f"{WEEKDAYS_EN[weekday]} {self.name}", f"{self.name} {WEEKDAYS_ZH[weekday]}")
        span = f"{self.first:%m-%d} – {self.last:%m-%d}"
        if self.kind == "week":
            return Text(f"week {self.name} ({span})", f"{self.name} 周({span})")
        return Text(f"month {self.name}", f"{self.first.year} 年 {self.first.month} 月")


def day_period(date: dt.date) -> Period:
    """One day."""
    return Period(kind="day", first=date, last=date, name=date.isoformat())


def week_period(name: str) -> Period | None:
    """An ISO week, such as 2026-W49; None when there is none of that name."""
    monday = monday_of(name)
    if monday is None:
        return None
    return Period(
        kind="week", first=monday, last=monday + dt.timedelta(days=DAYS_PER_WEEK - 1), name=iso_week_of(monday)
    )


def month_period(name: str) -> Period | None:
    """A calendar month, such as 2026-12; None when there is none of that name."""
    match = _MONTH.match(name.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
        return None
    year, month = int(match[1]), int(match[2])
    last = calendar.monthrange(year, month)[1]
    return Period(
        kind="month", first=dt.date(year, month, 1), last=dt.date(year, month, last), name=f"{year}-{month:02d}"
    )


def month_of(date: dt.date) -> str:
    """Name of a date's calendar month."""
    return f"{date.year}-{date.month:02d}"


def iso_week_of(date: dt.date) -> str:
    """Name of a date's ISO week."""
    year, week, _ = date.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(iso_week: str) -> dt.date | None:
    """First day of an ISO week; None when there is none of that name."""
    match = _WEEK.match(iso_week.strip())
    if match is None:
        return None
    try:
        return dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None


def month_of_week(iso_week: str) -> str:
    """The month in which a week's Thursday lies; "" for no week."""
    monday = monday_of(iso_week)
    return "" if monday is None else month_of(monday + dt.timedelta(days=_THURSDAY))


def last_week_of(period: Period) -> str:
    """The last week that belongs to a period; of a day the week it lies in."""
    if period.kind != "month":
        return iso_week_of(period.last)
    back = (period.last.weekday() - _THURSDAY) % DAYS_PER_WEEK
    return iso_week_of(period.last - dt.timedelta(days=back))


def weeks_of(period: Period) -> tuple[str, ...]:
    """The weeks that belong to a period; none to a day."""
    names = dict.fromkeys(iso_week_of(day) for day in period.days())
    return tuple(name for name in names if period.holds_week(name))
