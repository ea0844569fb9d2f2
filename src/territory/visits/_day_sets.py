"""The legal sets of days of a cadence, without prices: the base of the calendar model."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, product

from territory.units import DAYS_PER_WEEK, WEEKS_PER_CYCLE

DaySet = tuple[int, ...]
DAILY, THRICE_WEEKLY, TWICE_WEEKLY, WEEKLY, FORTNIGHTLY, MONTHLY = 20, 12, 8, 4, 2, 1


@lru_cache(maxsize=4096)
def legal_day_sets(
    frequency: int, *, weekdays: tuple[int, ...], holidays: DaySet, min_gap_days: int, same_weekday: bool
) -> tuple[DaySet, ...]:
    """
    All sets of days on which an outlet may be visited, without holidays, in ascending order.

    Parameters
    ----------
    frequency
        Visits per cycle.
    weekdays
        Weekdays (Monday 0) that the rep works and the outlet is open.
    holidays
        Cycle days that drop out of every set and are not replaced.
    min_gap_days
        Days between two visits of a week, counted around the week; three a week need `min(min_gap_days, 2)`.
    same_weekday
        False: weekly and fortnightly visits may fall on one of two neighbouring weekdays.

    Notes
    -----
    (a) Five a week: five weekdays. (b) Three and two a week: as many weekdays, with the gap. (c) Weekly: one
    weekday. (d) Fortnightly: one weekday in weeks 1 and 3, or 2 and 4. (e) Four-weekly: any day. Fortnightly and
    four-weekly outlets avoid holidays as far as they can: only the sets that lose the fewest visits are legal.
    """
    if frequency == 0:
        return ((),)
    days = [tuple(sorted(chosen)) for chosen in _nominal_sets(frequency, weekdays, min_gap_days, same_weekday)]
    kept = [tuple(day for day in chosen if day not in holidays) for chosen in days]
    if frequency <= FORTNIGHTLY and kept:
        most = max(len(chosen) for chosen in kept)
        kept = [chosen for chosen in kept if len(chosen) == most]
    return tuple(sorted(dict.fromkeys(kept)))


def _nominal_sets(frequency: int, weekdays: tuple[int, ...], min_gap_days: int, same_weekday: bool) -> list[list[int]]:
    weeks = range(WEEKS_PER_CYCLE)
    if frequency >= TWICE_WEEKLY:
        per_week = frequency // WEEKS_PER_CYCLE
        gap = {5: 1, 3: min(min_gap_days, 2), 2: min_gap_days}[per_week]
        chosen = [days for days in combinations(weekdays, per_week) if _smallest_gap(days) >= gap]
        return [[DAYS_PER_WEEK * week + day for week in weeks for day in days] for days in chosen]
    if frequency == MONTHLY:
        return [[DAYS_PER_WEEK * week + day] for week in weeks for day in weekdays]
    phases = [list(weeks)] if frequency == WEEKLY else [[0, 2], [1, 3]]
    choices: list[tuple[int, ...]] = [(day,) for day in weekdays]
    if not same_weekday:
        choices += [(day, day + 1) for day in weekdays if day + 1 in weekdays]
    return [
        [DAYS_PER_WEEK * week + day for week, day in zip(phase, days, strict=True)]
        for phase in phases
        for choice in choices
        for days in product(choice, repeat=len(phase))
    ]


def _smallest_gap(days: tuple[int, ...]) -> int:
    """Days between neighbouring visits, counted around the week."""
    turned = [*days[1:], days[0] + DAYS_PER_WEEK]
    return min(after - before for before, after in zip(days, turned, strict=True))


def lower_frequencies(frequency: int) -> tuple[int, ...]:
    """Frequencies to fall back to when an outlet cannot be visited as often as due, highest first."""
    return tuple(f for f in (THRICE_WEEKLY, TWICE_WEEKLY, WEEKLY, FORTNIGHTLY, MONTHLY) if f < frequency)
