"""The four-week cycle: which days exist, which are worked. Day 0 is the Monday the cycle starts on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE, BoolArray

CADENCE_VISITS = {
    "daily": 20,
    "thrice_weekly": 12,
    "twice_weekly": 8,
    "weekly": 4,
    "fortnightly": 2,
    "monthly": 1,
    "none": 0,
}
LEGAL_VISITS = tuple(sorted(CADENCE_VISITS.values()))


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A cycle of 28 days from a Monday; holidays are days on which nobody works."""

    start: dt.date
    holidays: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        if self.start.weekday() != 0:
            raise ValueError(f"a cycle starts on a Monday; {self.start.isoformat()} is not one")

    def date_of(self, day: int) -> dt.date:
        """The date of cycle day `day`."""
        return self.start + dt.timedelta(days=day)

    def week_of(self, day: int) -> int:
        """Week 0 to 3 of a cycle day."""
        return day // DAYS_PER_WEEK

    def is_workday(self) -> BoolArray:
        """Shape (28,): not a holiday. Weekends are the reps' own matter (`Reps.works`)."""
        return np.array([self.date_of(day) not in self.holidays for day in range(DAYS_PER_CYCLE)])

    def iso_week(self, week: int) -> str:
        """The ISO name of a week of the cycle, such as 2026-W48."""
        year, number, _ = self.date_of(week * DAYS_PER_WEEK).isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def num_weeks(self) -> int:
        """Weeks in the cycle."""
        return WEEKS_PER_CYCLE
