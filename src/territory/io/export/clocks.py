"""Seconds after midnight of a day of the cycle as moments on a calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from territory.domain.calendar import Calendar


def local_time(calendar: Calendar, day: int, seconds: int) -> dt.datetime:
    """The moment on the wall clock, without a zone; seconds beyond midnight belong to the next day."""
    return dt.datetime.combine(calendar.date_of(day), dt.time()) + dt.timedelta(seconds=seconds)


def utc_time(calendar: Calendar, day: int, seconds: int, zone: str) -> dt.datetime:
    """The same moment in UTC."""
    return local_time(calendar, day, seconds).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
