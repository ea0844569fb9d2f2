"""Legal patterns by trying every set of days: the rules of `Cadence`, read one by one, sharing no code with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise, product
from math import floor

from territory.visits.patterns import Cadence, Unmet

Days = tuple[int, ...]
REGULAR = {20: [5] * 4, 12: [3] * 4, 8: [2] * 4, 4: [1] * 4, 0: [0] * 4}


@lru_cache(maxsize=1 << 16)
def counts_of(days: Days) -> list[int]:
    """Visits in each of the four weeks."""
    weeks = [day // 7 for day in days]
    return [weeks.count(week) for week in range(4)]


def due(cadence: Cadence) -> int:
    return cadence.visits_per_cycle if cadence.per_week is None else sum(cadence.per_week)


def rule_1_usable(days: Days, cadence: Cadence) -> bool:
    return all(cadence.usable[day] for day in days)


def rule_2_weeks(days: Days, cadence: Cadence) -> bool:
    counts = counts_of(days)
    if cadence.per_week is not None:
        return counts == list(cadence.per_week)
    if cadence.visits_per_cycle == 1:
        return sum(counts) == 1
    if cadence.visits_per_cycle == 2:
        return counts in ([1, 0, 1, 0], [0, 1, 0, 1])
    return counts == REGULAR[cadence.visits_per_cycle]


def rule_3_weekdays(days: Days, cadence: Cadence) -> bool:
    counts = counts_of(days)
    for count in set(counts) - {0}:
        weeks = [week for week in range(4) if counts[week] == count]
        weekdays = [{day - 7 * week for day in days if day // 7 == week} for week in weeks]
        if count == 1 and not cadence.same_weekday:
            flat = [day for chosen in weekdays for day in chosen]
            if flat and max(flat) - min(flat) > 1:
                return False
        elif any(chosen != weekdays[0] for chosen in weekdays):
            return False
    return True


def gap(count: int, cadence: Cadence) -> int:
    limit = {1: 99, 2: 99, 3: 2}.get(count, 1)
    return min(cadence.min_gap_days, limit)


def rule_4_spacing(days: Days, cadence: Cadence) -> bool:
    counts = counts_of(days)
    gaps = [gap(count, cadence) for count in counts]
    row = [(day, gaps[day // 7]) for day in days]
    if cadence.keep_seam:
        row += [(day + 28, gap_days) for day, gap_days in row]
    return all(after - day >= min(gap_days, next_gap) for (day, gap_days), (after, next_gap) in pairwise(row))


def rule_5_fixed(days: Days, cadence: Cadence) -> bool:
    return cadence.fixed_days is None or set(days) <= set(cadence.fixed_days)


def ideal_from(week: int, counts: Sequence[int]) -> float:
    """Ideal days from a visit in `week` to the next due in another week, walking the repeated cycle."""
    empty, there = 0, week + 1
    while counts[there % 4] == 0:
        empty, there = empty + 1, there + 1
    return (7 / counts[week] + 7 / counts[there % 4]) / 2 + 7 * empty


def rule_6_last_visit(days: Days, cadence: Cadence) -> bool:
    if cadence.last_visit_days_ago is None or not days:
        return True
    counts = counts_of(days)
    wait = max(gap(counts[days[0] // 7], cadence), floor(ideal_from(days[-1] // 7, counts) / 2))
    return days[0] + cadence.last_visit_days_ago >= wait


RULES: dict[Unmet, tuple[Callable[[Days, Cadence], bool], ...]] = {
    Unmet.WEEK: (rule_1_usable, rule_2_weeks),
    Unmet.WEEKDAY: (rule_3_weekdays,),
    Unmet.SPACING: (rule_4_spacing,),
    Unmet.FIXED_DAYS: (rule_5_fixed,),
    Unmet.LAST_VISIT: (rule_6_last_visit,),
}
EVERY_RULE = tuple(rule for rules in RULES.values() for rule in rules)


def is_nominal(days: Days, cadence: Cadence) -> bool:
    return all(rule(days, cadence) for rule in EVERY_RULE)


def candidates(cadence: Cadence) -> Iterator[Days]:
    """Every set of usable days with as many as are due."""
    return combinations([day for day in range(28) if cadence.usable[day]], due(cadence))


def nominal_of(days: Days, cadence: Cadence) -> Days | None:
    """A nominal set that becomes `days` when its holidays drop out."""
    if set(days) & set(cadence.holidays):
        return None
    lost = [day for day in cadence.holidays if cadence.usable[day]]
    for gone in combinations(lost, due(cadence) - len(days)):
        nominal = tuple(sorted(days + gone))
        if is_nominal(nominal, cadence):
            return nominal
    return None


def price_min(days: Days, nominal: Days, cadence: Cadence) -> float:
    """The price of `days`, left of `nominal` after holidays, interval by interval."""
    counts = counts_of(nominal)
    alone = [day % 7 for day in days if counts[day // 7] == 1]
    off_weekday = len(alone) - max((alone.count(weekday) for weekday in alone), default=0)
    intervals = []
    for i, day in enumerate(days):
        is_last = i == len(days) - 1
        if is_last and not cadence.keep_seam:
            continue
        after = days[0] + 28 if is_last else days[i + 1]
        is_same_week = after // 7 == day // 7
        ideal = 7 / counts[day // 7] if is_same_week else ideal_from(day // 7, counts)
        intervals.append((after - day, ideal))
    if days and cadence.last_visit_days_ago is not None:
        intervals.append((days[0] + cadence.last_visit_days_ago, ideal_from(nominal[-1] // 7, counts)))
    off_days = sum(
        max(0, abs(interval - ideal) - cadence.interval_tolerance_days) for interval, ideal in intervals if ideal >= 2
    )
    return off_weekday * cadence.price_weekday_min + off_days * cadence.price_interval_min


def all_patterns(cadence: Cadence) -> dict[Days, float]:
    """Every legal pattern with its price, over all sets of days."""
    found = {}
    for nominal in candidates(cadence):
        if is_nominal(nominal, cadence):
            days = tuple(day for day in nominal if day not in cadence.holidays)
            found[days] = price_min(days, nominal, cadence)
    if due(cadence) <= 2 and found:
        most = max(map(len, found))
        found = {days: price for days, price in found.items() if len(days) == most}
    return found


def reason(cadence: Cadence) -> Unmet | None:
    """The first rule that leaves no set of days together with those before it."""
    if due(cadence) and not any(cadence.usable):
        return Unmet.NO_DAY
    left = list(candidates(cadence))
    for name, rules in RULES.items():
        left = [days for days in left if all(rule(days, cadence) for rule in rules)]
        if not left:
            return name
    return None


def regular_day_sets(
    frequency: int, *, weekdays: Days, holidays: Days, min_gap_days: int, same_weekday: bool
) -> tuple[Days, ...]:
    """Legal sets of days as the first releases built them, frequency by frequency: what stays the default."""
    weeks, spread = range(4), []
    if frequency >= 8:
        per_week = frequency // 4
        smallest = {5: 1, 3: min(min_gap_days, 2), 2: min_gap_days}[per_week]
        for chosen in combinations(weekdays, per_week):
            around = [*chosen, chosen[0] + 7]
            if min(after - before for before, after in pairwise(around)) >= smallest:
                spread.append([7 * week + day for week in weeks for day in chosen])
    elif frequency == 1:
        spread = [[7 * week + day] for week in weeks for day in weekdays]
    elif frequency:
        choices: list[Days] = [(day,) for day in weekdays]
        if not same_weekday:
            choices += [(day, day + 1) for day in weekdays if day + 1 in weekdays]
        for phase in [(0, 1, 2, 3)] if frequency == 4 else [(0, 2), (1, 3)]:
            for choice in choices:
                for days in product(choice, repeat=len(phase)):
                    spread.append([7 * week + day for week, day in zip(phase, days, strict=True)])
    else:
        spread = [[]]
    kept = [tuple(day for day in sorted(chosen) if day not in holidays) for chosen in spread]
    if frequency <= 2 and kept:
        most = max(len(chosen) for chosen in kept)
        kept = [chosen for chosen in kept if len(chosen) == most]
    return tuple(sorted(dict.fromkeys(kept)))
