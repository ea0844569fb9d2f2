"""From what is promised to outlets, and the days of reps, to the cadences whose patterns are the choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import LEGAL_VISITS
from territory.domain.promises import Promises
from territory.domain.rules import VisitRules
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE, BoolArray
from territory.visits.patterns import (
    WORKDAYS_PER_WEEK,
    Cadence,
    DaySet,
    PerWeek,
    every_week,
    new_outlet_weeks,
    patterns,
    promotion_weeks,
)


def lower_frequencies(frequency: int) -> tuple[int, ...]:
    """Frequencies to fall back to when an outlet cannot be visited as often as due, highest first."""
    return tuple(visits for visits in reversed(LEGAL_VISITS) if 0 < visits < frequency)


def legal_day_sets(
    frequency: int, *, weekdays: Iterable[int], holidays: DaySet, min_gap_days: int, same_weekday: bool
) -> tuple[DaySet, ...]:
    """
    Legal sets of days of a place with which nothing is agreed, without holidays, in ascending order.

    Parameters
    ----------
    frequency
        Visits per cycle.
    weekdays
        Weekdays (Monday 0) that the rep works and the place is open.
    """
    cadence = Cadence(
        visits_per_cycle=frequency,
        usable=every_week(weekdays),
        holidays=holidays,
        min_gap_days=min_gap_days,
        same_weekday=same_weekday,
    )
    return tuple(pattern.days for pattern in patterns(cadence))


@dataclass(frozen=True, kw_only=True, eq=False)
class Rota:
    """
    Days of all reps, shapes (num_reps, 28).

    Attributes
    ----------
    week
        The rep would work, were there neither holidays nor leave.
    worked
        The rep works.
    is_workday
        Shape (28,): no holiday.
    """

    week: BoolArray
    worked: BoolArray
    is_workday: BoolArray

    @classmethod
    def of(cls, works: BoolArray, works_days: BoolArray | None, is_workday: BoolArray) -> Rota:
        """From weekdays worked, shape (num_reps, 7), and days really worked where they are given."""
        week = np.tile(works, (1, WEEKS_PER_CYCLE))
        if works_days is None:
            return cls(week=week, worked=week & is_workday, is_workday=is_workday)
        return cls(week=week | works_days, worked=works_days, is_workday=is_workday)

    def days(self, reps: Sequence[int], *, avoid_leave: bool) -> tuple[BoolArray, BoolArray]:
        """
        Days on which visits by one of these reps may lie, and those of them that drop out; shapes (28,).

        Parameters
        ----------
        avoid_leave
            Days on which all of them are on leave are none to lie on, instead of dropping out like holidays.
        """
        week = np.asarray(self.week[list(reps)].any(axis=0))
        lost = week & ~np.asarray(self.worked[list(reps)].any(axis=0))
        if avoid_leave:
            week = week & ~(lost & self.is_workday)
        return week, lost & week


def visits_per_week(promises: Promises | None, outlet: int, visits_per_cycle: int) -> PerWeek | None:
    """Visits in each week where the outlet is new or has promotions; None: by its frequency."""
    if promises is None or not visits_per_cycle:
        return None
    weeks = np.flatnonzero(promises.promotion[outlet]).tolist()
    new = new_outlet_weeks(visits_per_cycle=visits_per_cycle, weeks_open=int(promises.weeks_open[outlet]))
    if new is None:
        return promotion_weeks(visits_per_cycle=visits_per_cycle, weeks=weeks)
    first, second, third, fourth = (
        min(count + 1, WORKDAYS_PER_WEEK) if count and week in weeks else count for week, count in enumerate(new)
    )
    return first, second, third, fourth


def fallback_frequencies(promises: Promises | None, outlet: int, visits_per_cycle: int) -> tuple[int, ...]:
    """
    Plain frequencies to fall back to when an outlet cannot have all its visits, highest first.

    That of an outlet with a special cadence comes before the lower ones: what it gets when it is neither new nor
    promoted.
    """
    own = () if visits_per_week(promises, outlet, visits_per_cycle) is None else (visits_per_cycle,)
    return (*own, *lower_frequencies(visits_per_cycle))


def cadence_of(
    outlet: int,
    *,
    visits_per_cycle: int,
    per_week: PerWeek | None,
    days: tuple[BoolArray, BoolArray],
    is_open: BoolArray,
    promises: Promises | None,
    rules: VisitRules,
) -> Cadence:
    """
    Everything the legal patterns of an outlet depend on.

    Parameters
    ----------
    days
        `Rota.days` of who may come.
    is_open
        Shape (7,): weekdays on which service can start at some time.
    """
    week, lost = days
    usable = week & np.tile(is_open, WEEKS_PER_CYCLE)
    usable[: days_before_opening(promises, outlet)] = False
    last_visit = 0 if promises is None else int(promises.last_visit_days_ago[outlet])
    return Cadence(
        visits_per_cycle=visits_per_cycle,
        usable=tuple(usable.tolist()),
        holidays=tuple(np.flatnonzero(lost & usable).tolist()),
        min_gap_days=rules.min_gap_days,
        same_weekday=rules.same_weekday,
        price_weekday_min=rules.price_weekday_min,
        per_week=per_week,
        keep_seam=rules.keep_seam,
        last_visit_days_ago=last_visit or None,
        price_interval_min=rules.price_interval_min,
        interval_tolerance_days=rules.interval_tolerance_days,
        fixed_days=fixed_days(promises, outlet),
    )


def days_before_opening(promises: Promises | None, outlet: int) -> int:
    """Days of the cycle before the first whole week in which the outlet is open."""
    return 0 if promises is None else min(DAYS_PER_CYCLE, DAYS_PER_WEEK * max(0, -int(promises.weeks_open[outlet])))


def fixed_days(promises: Promises | None, outlet: int) -> DaySet | None:
    """Days of the cycle agreed with the outlet; None: any."""
    if promises is None or not promises.fixed_days[outlet].any():
        return None
    return tuple(np.flatnonzero(promises.fixed_days[outlet]).tolist())


def kind_of_promises(promises: Promises | None, outlet: int) -> tuple[object, ...]:
    """Outlets of the same kind have equal cadences where frequency, visits per week and open days are equal."""
    if promises is None:
        return ()
    return (
        int(promises.last_visit_days_ago[outlet]),
        days_before_opening(promises, outlet),
        promises.fixed_days[outlet].tobytes(),
    )
