"""What is agreed about visits, and leave: cells with weekdays, dates, clock times and weeks into columns."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

import numpy as np

from territory.domain.calendar import Calendar
from territory.domain.columns import NONE
from territory.domain.promises import FIXED_TIME_TOLERANCE_MIN, SETTLED_WEEKS, Promises
from territory.io.column_reader import ColumnReader, parse_date
from territory.io.hours import HoursError, parse_days
from territory.units import (
    DAYS_PER_CYCLE,
    DAYS_PER_WEEK,
    WEEKS_PER_CYCLE,
    BoolArray,
    IntArray,
    format_clock,
    parse_clock,
)

_DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_DATES = re.compile(rf"({_DATE})(?:\s*(?:-|~|–|—|\.\.|to|至|到)\s*({_DATE}))?\Z")
_WEEKS = re.compile(r"第?([1-4])周?(?:\s*(?:-|~|–|—|至|到)\s*第?([1-4])周?)?\Z")
_PARTS = re.compile(r"\s*[;,、。\n]\s*")


def read_promises(reader: ColumnReader, calendar: Calendar, opening_min: IntArray) -> Promises:
    """
    The columns on visits of an outlet table; cells that cannot be used have an issue and promise nothing.

    Parameters
    ----------
    opening_min
        Opening windows, shape (num_outlets, 7, windows, 2): a fixed time must lie near one.
    """
    promises = Promises(
        last_visit_days_ago=_last_visits(reader, calendar),
        weeks_open=_weeks_open(reader, calendar),
        delivery=_rows(reader, "delivery_days", DAYS_PER_WEEK, _weekdays),
        fixed_days=_fixed_days(reader, calendar),
        fixed_time_min=_fixed_times(reader),
        promotion=_rows(reader, "promotion_weeks", WEEKS_PER_CYCLE, _weeks),
    )
    _check_times(reader, promises, opening_min)
    return promises


def read_leave(reader: ColumnReader, calendar: Calendar) -> BoolArray:
    """Days of the cycle on which reps are on leave, shape (num_reps, 28); other dates are of other cycles."""
    found = np.zeros((len(reader.table), DAYS_PER_CYCLE), dtype=np.bool_)
    for position, cell in enumerate(reader.table.column("leave")):
        if cell:
            spans = [_span(part) for part in _parts(cell)]
            for span in spans:
                if span is not None:
                    found[position] |= _in_cycle(span, calendar)
            if not spans or None in spans:
                reader.add("bad_leave", position, "leave")
    return found


def dates_in(cell: str) -> list[tuple[dt.date, dt.date]] | None:
    """The ranges of dates that a cell consists of; None when it is empty or has anything else in it, a weekday say."""
    spans = [_span(part) for part in _parts(cell)]
    return [span for span in spans if span is not None] if spans and None not in spans else None


def _parts(cell: str) -> list[str]:
    return [part for part in _PARTS.split(unicodedata.normalize("NFKC", cell).strip()) if part]


def _span(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a date or a range of dates; None when the text is neither."""
    match = _DATES.match(text)
    if match is None:
        return None
    first = parse_date(match[1])
    last = parse_date(match[2]) if match[2] else first
    return None if first is None or last is None or last < first else (first, last)


def _in_cycle(span: tuple[dt.date, dt.date], calendar: Calendar) -> BoolArray:
    first, last = ((day - calendar.start).days for day in span)
    days = np.arange(DAYS_PER_CYCLE)
    return np.asarray((days >= first) & (days <= last))


def _last_visits(reader: ColumnReader, calendar: Calendar) -> IntArray:
    found = np.zeros(len(reader.table), dtype=np.int64)
    for position, date in enumerate(reader.dates("last_visit")):
        if date is None:
            continue
        if date >= calendar.start:
            reader.add("visited_later", position, "last_visit", start=calendar.start.isoformat())
        else:
            found[position] = (calendar.start - date).days
    return found


def _weeks_open(reader: ColumnReader, calendar: Calendar) -> IntArray:
    """Whole weeks since the Monday on or after opening."""
    found = np.full(len(reader.table), SETTLED_WEEKS, dtype=np.int64)
    for position, date in enumerate(reader.dates("opened")):
        if date is not None:
            first_monday = date + dt.timedelta(days=-date.weekday() % DAYS_PER_WEEK)
            found[position] = (calendar.start - first_monday).days // DAYS_PER_WEEK
    return found


def _rows(reader: ColumnReader, name: str, width: int, parse: Callable[[str], BoolArray]) -> BoolArray:
    """A column whose cells each name some of `width` things; `HoursError` tells what is wrong with one."""
    found = np.zeros((len(reader.table), width), dtype=np.bool_)
    for position, cell in enumerate(reader.table.column(name)):
        if cell:
            try:
                found[position] = parse(cell)
            except HoursError as error:
                reader.add(error.code, position, name)
    return found


def _weekdays(cell: str) -> BoolArray:
    return parse_days(cell)


def _weeks(cell: str) -> BoolArray:
    found = np.zeros(WEEKS_PER_CYCLE, dtype=np.bool_)
    for part in _parts(cell):
        match = _WEEKS.match(part)
        if match is None or (match[2] and match[2] < match[1]):
            raise HoursError("bad_weeks", part)
        found[int(match[1]) - 1 : int(match[2] or match[1])] = True
    if not found.any():
        raise HoursError("bad_weeks", cell)
    return found


def _fixed_days(reader: ColumnReader, calendar: Calendar) -> BoolArray:
    """Agreed days of the cycle; dates of other cycles are left out, but one must lie in this one."""

    def parse(cell: str) -> BoolArray:
        found = np.zeros(DAYS_PER_CYCLE, dtype=np.bool_)
        for part in _parts(cell):
            span = _span(part)
            try:
                found |= _in_cycle(span, calendar) if span else np.tile(parse_days(part), WEEKS_PER_CYCLE)
            except HoursError:
                raise HoursError("bad_fixed_day", part) from None
        if not found.any():
            raise HoursError("no_fixed_day", cell)
        return found

    return _rows(reader, "fixed_day", DAYS_PER_CYCLE, parse)


def _fixed_times(reader: ColumnReader) -> IntArray:
    found = np.full(len(reader.table), NONE, dtype=np.int64)
    for position, cell in enumerate(reader.table.column("fixed_time")):
        if cell:
            try:
                found[position] = parse_clock(re.sub(r"(:\d\d):00\Z", r"\1", unicodedata.normalize("NFKC", cell)))
            except ValueError:
                reader.add("bad_fixed_time", position, "fixed_time")
    return found


def _check_times(reader: ColumnReader, promises: Promises, opening_min: IntArray) -> None:
    """An outlet that is open on agreed days is open around the fixed time on one of them."""
    agreed = np.asarray(promises.fixed_days.reshape(-1, WEEKS_PER_CYCLE, DAYS_PER_WEEK).any(axis=1))
    agreed[~agreed.any(axis=1)] = True
    is_open = (opening_min[..., 0] != NONE).any(axis=2) & ~promises.delivery & agreed
    is_left = (promises.windows_min(opening_min)[..., 0] != NONE).any(axis=2) & agreed
    for position in np.flatnonzero(is_open.any(axis=1) & ~is_left.any(axis=1)).tolist():
        at = int(promises.fixed_time_min[position])
        first, last = (format_clock(at + sign * FIXED_TIME_TOLERANCE_MIN) for sign in (-1, 1))
        reader.add("fixed_time_closed", position, "fixed_time", first=first, last=last)
