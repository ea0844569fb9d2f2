"""The calendar model of visits: from what is promised to an outlet to the days it may be visited on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import inf

from territory.domain.calendar import LEGAL_VISITS
from territory.language import Text
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE
from territory.visits._pattern_rules import (
    DaySet,
    PerWeek,
    day_sets,
    days_off_ideal,
    earliest_day,
    gap_days,
    is_spaced,
    visits_off_weekday,
    week_shapes,
)

__all__ = [
    "MAX_PATTERNS",
    "Cadence",
    "DaySet",
    "Pattern",
    "PerWeek",
    "Unmet",
    "every_week",
    "new_outlet_weeks",
    "patterns",
    "promotion_weeks",
    "unmet",
    "urgency",
]

MAX_PATTERNS = 400
MAX_GAP_DAYS = 6
RARE_VISITS = 2
NEW_OUTLET_VISITS = (3, 3, 2, 2)
WORKDAYS_PER_WEEK = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A legal set of days, and the drive minutes a planner would pay to have an ideal one instead."""

    days: DaySet
    price_min: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """
    Everything that the legal patterns of one outlet with one rep depend on; equal cadences have equal patterns.

    Attributes
    ----------
    visits_per_cycle
        20, 12, 8, 4, 2, 1 or 0.
    usable
        Per day of the cycle: the rep works, the outlet is open and expects no delivery. Shape (28,).
    holidays
        Days of the cycle that drop out of every set and are not replaced, usable or not.
    min_gap_days
        Days from a visit to the next, at least: 0 to 6.
    same_weekday
        False: where a week has one visit, it may fall on either of two neighbouring weekdays.
    price_weekday_min
        Drive minutes per visit off its weekday.
    per_week
        Visits in each week of a special cadence, 0 to 7; replaces `visits_per_cycle`.
    keep_seam
        The cycle repeats: gaps and intervals also hold from its last visit to the first of the next.
    last_visit_days_ago
        Days from the last real visit to day 0, 1 or more; None: no visit that matters.
    price_interval_min
        Drive minutes per day that an interval between neighbouring visits differs from its ideal.
    interval_tolerance_days
        Days of that difference that are free.
    fixed_days
        Days agreed with the outlet; None: flexible in the week.

    Notes
    -----
    A nominal set of days keeps these rules: (1) all its days are usable; (2) each week has the visits of
    `per_week`, or, by frequency, the same number (20, 12, 8, 4), one in weeks 1 and 3 or 2 and 4 (2), one in any week
    (1); (3) weeks with the same number of visits have the same weekdays, or, for one visit and without
    `same_weekday`, at most two neighbouring weekdays; (4) neighbouring visits, over the seam if it is kept, are a gap
    apart: `min_gap_days`, at most 2 days in a week of three visits, at most 1 of four and more; between two
    weeks the smaller gap counts; (5) all its days are among `fixed_days`; (6) the first visit comes after the last
    real one by the gap of its week and by half the ideal interval, rounded down.
    A pattern is a nominal set without holidays. Of outlets due twice a cycle or less only the patterns that lose
    the fewest visits are legal.
    The ideal interval to the next visit due is 7 / k days inside a week of k visits, and between weeks the mean
    of both plus 7 for each empty week between; from the last real visit to the first, that over the seam. Price:
    (visits in one-visit weeks off the weekday that most of them have) x `price_weekday_min` + (days beyond the
    tolerance, over all intervals between visits of the pattern) x `price_interval_min`. Intervals whose ideal is
    under two days are not priced: where a visit is made nearly every day, weekends are no fault.
    """

    visits_per_cycle: int
    usable: tuple[bool, ...]
    holidays: DaySet = ()
    min_gap_days: int = 2
    same_weekday: bool = True
    price_weekday_min: float = 0.0
    per_week: PerWeek | None = None
    keep_seam: bool = True
    last_visit_days_ago: int | None = None
    price_interval_min: float = 0.0
    interval_tolerance_days: float = 1.0
    fixed_days: DaySet | None = None

    def __post_init__(self) -> None:
        if self.visits_per_cycle not in LEGAL_VISITS:
            raise ValueError(f"visits per cycle are one of {LEGAL_VISITS}")
        if len(self.usable) != DAYS_PER_CYCLE:
            raise ValueError(f"usable has {DAYS_PER_CYCLE} days")
        if not 0 <= self.min_gap_days <= MAX_GAP_DAYS:
            raise ValueError(f"the smallest gap is 0 to {MAX_GAP_DAYS} days")
        if self.per_week is not None and not all(0 <= count <= DAYS_PER_WEEK for count in self.per_week):
            raise ValueError(f"a week has 0 to {DAYS_PER_WEEK} visits")
        if self.last_visit_days_ago is not None and self.last_visit_days_ago < 1:
            raise ValueError("the last visit lies before day 0: one day ago or more")
        if not all(0 <= number < inf for number in self._prices()):
            raise ValueError("prices and tolerance are numbers that are not negative")

    def _prices(self) -> tuple[float, ...]:
        return self.price_weekday_min, self.price_interval_min, self.interval_tolerance_days

    @property
    def week_shapes(self) -> tuple[PerWeek, ...]:
        """Visits in each week: one choice, or several for fortnightly and four-weekly outlets."""
        return week_shapes(self.visits_per_cycle) if self.per_week is None else (self.per_week,)

    @property
    def visits_due(self) -> int:
        """Visits in the cycle before holidays take some."""
        return sum(self.week_shapes[0])


class Unmet(StrEnum):
    """Which rule leaves no pattern: the first one, in this order, that cannot be kept together with those before."""

    NO_DAY = "no_day"  # no usable day in the cycle
    WEEK = "week"  # a week has fewer usable days than visits
    WEEKDAY = "weekday"  # enough days in each week, but not on the same weekdays
    SPACING = "spacing"  # enough days, but too close together
    FIXED_DAYS = "fixed_days"  # possible on other days, not on the agreed ones
    LAST_VISIT = "last_visit"  # possible, were the last real visit longer ago

    @property
    def text(self) -> Text:
        """The reason in a sentence."""
        return _UNMET_TEXTS[self]


_UNMET_TEXTS = {
    Unmet.NO_DAY: Text(
        en="there is no day on which the rep works and the outlet can be visited",
        zh="客户经理的工作日与客户可拜访的日子没有交集",
    ),
    Unmet.WEEK: Text(
        en="some week has fewer days on which the outlet can be visited than visits due",
        zh="有的一周内可拜访的天数少于应拜访次数",
    ),
    Unmet.WEEKDAY: Text(
        en="each week has enough days, but not on the same weekdays",
        zh="每周天数足够，但无法固定在相同的星期几",
    ),
    Unmet.SPACING: Text(
        en="the days left are too close together to keep the smallest gap between two visits",
        zh="剩余的日子过于集中，达不到两次拜访的最小间隔",
    ),
    Unmet.FIXED_DAYS: Text(
        en="the visits fit on other days, but not on the days agreed with the outlet",
        zh="改用其他日子可以排下，但约定的日子排不下",
    ),
    Unmet.LAST_VISIT: Text(
        en="the last visit was so recent that every first day comes too soon after it",
        zh="距上次拜访太近，本周期首次拜访的任何日期都过早",
    ),
}


@lru_cache(maxsize=8192)
def patterns(cadence: Cadence) -> tuple[Pattern, ...]:
    """
    All legal patterns of a cadence, by days ascending; the rules are `Cadence`'s.

    Of more than `MAX_PATTERNS`, which only special cadences have, the cheapest stay; where equally cheap ones
    must go, those that stay are taken at even steps, so that they do not all start on a Monday.
    """
    lost = frozenset(cadence.holidays)
    found: dict[DaySet, float] = {}
    for per_week in cadence.week_shapes:
        for nominal in _nominal_sets(per_week, cadence):
            days = tuple(day for day in nominal if day not in lost)
            if days not in found:
                found[days] = _price_min(days, per_week, cadence)
    if cadence.visits_due <= RARE_VISITS:
        most = max((len(days) for days in found), default=0)
        found = {days: price_min for days, price_min in found.items() if len(days) == most}
    return tuple(Pattern(days=days, price_min=found[days]) for days in sorted(_cheapest(found, MAX_PATTERNS)))


def _nominal_sets(per_week: PerWeek, cadence: Cadence) -> Iterable[DaySet]:
    """Nominal sets of one division into weeks: rules (1) to (6)."""
    usable, first_day = cadence.usable, 0
    if cadence.fixed_days is not None:
        agreed = frozenset(cadence.fixed_days)
        usable = tuple(is_usable and day in agreed for day, is_usable in enumerate(usable))
    if cadence.last_visit_days_ago is not None and any(per_week):
        first_day = earliest_day(
            per_week, min_gap_days=cadence.min_gap_days, last_visit_days_ago=cadence.last_visit_days_ago
        )
    gap_of_week = [gap_days(count, cadence.min_gap_days) for count in per_week]
    for days in day_sets(per_week, usable=usable, same_weekday=cadence.same_weekday, min_gap_days=cadence.min_gap_days):
        if days and days[0] < first_day:
            continue
        if is_spaced(days, gap_of_week, keep_seam=cadence.keep_seam):
            yield days


def _price_min(days: DaySet, per_week: PerWeek, cadence: Cadence) -> float:
    price_min = 0.0
    if cadence.price_weekday_min:
        price_min += cadence.price_weekday_min * visits_off_weekday(days, per_week)
    if cadence.price_interval_min:
        price_min += cadence.price_interval_min * days_off_ideal(
            days,
            per_week,
            keep_seam=cadence.keep_seam,
            last_visit_days_ago=cadence.last_visit_days_ago,
            tolerance_days=cadence.interval_tolerance_days,
        )
    return price_min


def _cheapest(found: dict[DaySet, float], most: int) -> list[DaySet]:
    ranked = sorted(found, key=lambda days: (found[days], days))
    if len(ranked) <= most:
        return ranked
    dearest = found[ranked[most - 1]]
    kept = [days for days in ranked if found[days] < dearest]
    tied = [days for days in ranked if found[days] == dearest]
    room = most - len(kept)
    return kept + [tied[step * len(tied) // room] for step in range(room)]


def unmet(cadence: Cadence) -> Unmet | None:
    """Which rule leaves the cadence without a pattern; None when it has one."""
    if patterns(cadence):
        return None
    any_time = replace(cadence, last_visit_days_ago=None)
    any_day = replace(any_time, fixed_days=None)
    rules: tuple[tuple[Unmet, Callable[[PerWeek], bool]], ...] = (
        (Unmet.NO_DAY, lambda per_week: any(cadence.usable)),
        (Unmet.WEEK, lambda per_week: _has_days(per_week, cadence)),
        (Unmet.WEEKDAY, lambda per_week: _has_weekdays(per_week, cadence)),
        (Unmet.SPACING, lambda per_week: any(True for _ in _nominal_sets(per_week, any_day))),
        (Unmet.FIXED_DAYS, lambda per_week: any(True for _ in _nominal_sets(per_week, any_time))),
    )
    for reason, is_kept in rules:
        if not any(is_kept(per_week) for per_week in cadence.week_shapes):
            return reason
    return Unmet.LAST_VISIT


def _has_days(per_week: PerWeek, cadence: Cadence) -> bool:
    """Rule (2) can be kept."""
    return all(
        sum(cadence.usable[DAYS_PER_WEEK * week : DAYS_PER_WEEK * (week + 1)]) >= count
        for week, count in enumerate(per_week)
    )


def _has_weekdays(per_week: PerWeek, cadence: Cadence) -> bool:
    """Rules (2) and (3) can be kept, were there no gaps."""
    sets = day_sets(per_week, usable=cadence.usable, same_weekday=cadence.same_weekday, min_gap_days=0)
    return any(True for _ in sets)


def every_week(weekdays: Iterable[int]) -> tuple[bool, ...]:
    """`Cadence.usable` for the same weekdays, Monday 0, in all four weeks."""
    chosen = frozenset(weekdays)
    return tuple(day % DAYS_PER_WEEK in chosen for day in range(DAYS_PER_CYCLE))


def new_outlet_weeks(*, visits_per_cycle: int, weeks_open: int) -> PerWeek | None:
    """
    Visits per week of a new outlet: three for two weeks, two for two weeks, then at least weekly.

    Parameters
    ----------
    visits_per_cycle
        What it gets once it is no longer new; never less in a week than this gives.
    weeks_open
        Weeks from the one in which it opened to the cycle's first; negative: it opens during the cycle or later,
        and has no visits before.

    Returns
    -------
    PerWeek or None
        None: no longer new, its own frequency holds.
    """
    if weeks_open >= len(NEW_OUTLET_VISITS):
        return None
    regular = max(1, visits_per_cycle // WEEKS_PER_CYCLE)
    age = [weeks_open + week for week in range(WEEKS_PER_CYCLE)]
    visits = [
        max(regular, NEW_OUTLET_VISITS[weeks] if weeks < len(NEW_OUTLET_VISITS) else 1) if weeks >= 0 else 0
        for weeks in age
    ]
    return visits[0], visits[1], visits[2], visits[3]


def promotion_weeks(*, visits_per_cycle: int, weeks: Iterable[int]) -> PerWeek | None:
    """
    Visits per week when promotion weeks, 0 to 3, have one visit more, up to five.

    A fortnightly or four-weekly outlet has its regular visits in the weeks that keep the promotion's apart from
    them: 1, 1, 1, 0 for a fortnightly one with a promotion in week 1.

    Returns
    -------
    PerWeek or None
        None: nothing is raised, the outlet's own frequency holds.
    """
    raised = frozenset(weeks)
    if not raised <= frozenset(range(WEEKS_PER_CYCLE)):
        raise ValueError(f"weeks of a cycle are 0 to {WEEKS_PER_CYCLE - 1}")
    if not raised or visits_per_cycle in (0, WORKDAYS_PER_WEEK * WEEKS_PER_CYCLE):
        return None
    options = [_raised(per_week, raised) for per_week in week_shapes(visits_per_cycle)]
    return min(options, key=lambda visits: (max(visits), _crowding(visits)))


def _raised(per_week: PerWeek, weeks: frozenset[int]) -> PerWeek:
    first, second, third, fourth = (count + (week in weeks) for week, count in enumerate(per_week))
    return first, second, third, fourth


def _crowding(per_week: PerWeek) -> int:
    """Pairs of visits in neighbouring weeks, around the cycle."""
    return sum(per_week[week - 1] * per_week[week] for week in range(WEEKS_PER_CYCLE))


def urgency(*, last_visit_days_ago: int | None, visits_per_cycle: int) -> float:
    """Days since the last visit over the ideal interval: 1 when exactly due, or when no visit is known of."""
    if last_visit_days_ago is None:
        return 1.0 if visits_per_cycle else 0.0
    return last_visit_days_ago * visits_per_cycle / DAYS_PER_CYCLE
