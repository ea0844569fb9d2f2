"""The arithmetic under `patterns`: weeks, gaps, ideal intervals. Days are 0 to 27, weeks 0 to 3, Monday 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise, product

from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE

DaySet = tuple[int, ...]
PerWeek = tuple[int, int, int, int]
SHORTEST_PRICED_DAYS = 2.0


def week_shapes(visits_per_cycle: int) -> tuple[PerWeek, ...]:
    """How many visits each week may have; fortnightly and four-weekly outlets have a choice."""
    if visits_per_cycle == 1:
        return ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    if visits_per_cycle == 2:
        return ((1, 0, 1, 0), (0, 1, 0, 1))
    each = visits_per_cycle // WEEKS_PER_CYCLE
    return ((each, each, each, each),)


def gap_days(count: int, min_gap_days: int) -> int:
    """Days from a visit to the next one, at least, in a week of `count` visits: more visits leave less room."""
    if count <= 2:
        return min_gap_days
    return min(min_gap_days, 2 if count == 3 else 1)


@lru_cache(maxsize=4096)
def ideal_days(per_week: PerWeek, before: int, after: int) -> float:
    """
    Days from a visit in week `before` to the next one, in week `after`, when visits lie evenly.

    A week of k visits leaves 7 / k days around each; an empty week adds 7. Weeks from 4 on are the next cycle's.
    Where visits in between were lost to holidays the ideal is still that to the next visit due.
    """
    due = before
    if after > before:
        due = next(week for week in range(before + 1, after + 1) if per_week[week % WEEKS_PER_CYCLE])
    room = [DAYS_PER_WEEK / per_week[week % WEEKS_PER_CYCLE] for week in (before, due)]
    return sum(room) / 2 + DAYS_PER_WEEK * max(0, due - before - 1)


def seam_ideal_days(per_week: PerWeek) -> float:
    """Ideal days from the last visit of a cycle to the first one of the next."""
    visited = [week for week, count in enumerate(per_week) if count]
    return ideal_days(per_week, visited[-1], visited[0] + WEEKS_PER_CYCLE)


def weekday_choices(
    weeks: Sequence[int], count: int, *, usable: Sequence[bool], same_weekday: bool, min_gap_days: int
) -> tuple[DaySet, ...]:
    """All ways to visit `count` times in each of `weeks`: same weekdays or, once a week, neighbouring ones."""
    gap = gap_days(count, min_gap_days)
    found: list[DaySet] = [
        tuple(DAYS_PER_WEEK * week + day for week in weeks for day in weekdays)
        for weekdays in combinations(range(DAYS_PER_WEEK), count)
        if all(later - sooner >= gap for sooner, later in pairwise(weekdays))
    ]
    if count == 1 and not same_weekday:
        for first in range(DAYS_PER_WEEK - 1):
            found += product(*((DAYS_PER_WEEK * week + first, DAYS_PER_WEEK * week + first + 1) for week in weeks))
    return tuple(days for days in dict.fromkeys(found) if all(usable[day] for day in days))


def day_sets(per_week: PerWeek, *, usable: Sequence[bool], same_weekday: bool, min_gap_days: int) -> Iterator[DaySet]:
    """Sets of usable days with `per_week` visits that keep their weekdays; gaps are looked at inside weeks only."""
    choices = [
        weekday_choices(
            [week for week in range(WEEKS_PER_CYCLE) if per_week[week] == count],
            count,
            usable=usable,
            same_weekday=same_weekday,
            min_gap_days=min_gap_days,
        )
        for count in sorted(set(per_week) - {0})
    ]
    for parts in product(*choices):
        yield tuple(sorted(chain(*parts)))


def is_spaced(days: DaySet, gap_of_week: Sequence[int], *, keep_seam: bool) -> bool:
    """Whether neighbouring visits, over the seam too if it is kept, are at least the gap of their weeks apart."""
    if not days:
        return True
    before = days[-1] - DAYS_PER_CYCLE  # in weeks -4 to -1, which index the same weeks as 0 to 3
    for at, day in enumerate(days):
        if at or keep_seam:
            gap = min(gap_of_week[before // DAYS_PER_WEEK], gap_of_week[day // DAYS_PER_WEEK])
            if day - before < gap:
                return False
        before = day
    return True


def earliest_day(per_week: PerWeek, *, min_gap_days: int, last_visit_days_ago: int) -> int:
    """First day that is neither within the gap of the last real visit nor within half the ideal interval to it."""
    first_count = next(count for count in per_week if count)
    return max(gap_days(first_count, min_gap_days), int(seam_ideal_days(per_week) // 2)) - last_visit_days_ago


def visits_off_weekday(days: DaySet, per_week: PerWeek) -> int:
    """Visits in one-visit weeks that are not on the weekday most of them have."""
    alone = Counter(day % DAYS_PER_WEEK for day in days if per_week[day // DAYS_PER_WEEK] == 1)
    return alone.total() - max(alone.values(), default=0)


def days_off_ideal(
    days: DaySet, per_week: PerWeek, *, keep_seam: bool, last_visit_days_ago: int | None, tolerance_days: float
) -> float:
    """Days, summed over the intervals between neighbouring visits, that they differ from the ideal by too much."""
    if not days:
        return 0.0
    weeks = [day // DAYS_PER_WEEK for day in days]
    intervals = [later - sooner for sooner, later in pairwise(days)]
    ideals = [ideal_days(per_week, before, after) for before, after in pairwise(weeks)]
    if keep_seam:
        intervals.append(days[0] + DAYS_PER_CYCLE - days[-1])
        ideals.append(ideal_days(per_week, weeks[-1], weeks[0] + WEEKS_PER_CYCLE))
    if last_visit_days_ago is not None:
        intervals.append(days[0] + last_visit_days_ago)
        ideals.append(seam_ideal_days(per_week))
    return sum(
        max(0.0, abs(interval - ideal) - tolerance_days)
        for interval, ideal in zip(intervals, ideals, strict=True)
        if ideal >= SHORTEST_PRICED_DAYS
    )
