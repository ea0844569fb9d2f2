"""Panel 1: the week's goals, from the month's targets where there are any, else from sales; and from the visits.

A week's goal is its part of the rest of the month's target. With `w(d)` the weight of a day (1 for a day the rep
works, or the visits planned on it: `[goals] split`), `R` the month's days after the last day that `actual` counts,
and `W` the week's days in `R`:

    goal = max(target - actual, 0) * sum of w over W / sum of w over R

A week in two months adds up its parts. Where a part of the week's working days has no target, or lies before the
count, the goal says which days it is for; a measure without any day left has a blank goal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.targets import SALES, Target
from territory.language import Text
from territory.sheet import words
from territory.sheet.content import MAX_GOALS, Goal
from territory.sheet.facts import WeekFacts
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, IntArray

_NO_UNIT = Text("", "")
_LABELS = {
    "sales": Text("Sales", "销售额"),
    "volume": Text("Volume", "销量"),
    "visits": Text("Visits", "拜访次数"),
    "orders": Text("Orders", "订单数"),
    "outlets": Text("Outlets", "户数"),
    "display": Text("Display outlets", "陈列达标户"),
}
MEASURES = tuple(_LABELS)
_WHOLE_FROM = 1000.0


@dataclass(frozen=True, kw_only=True)
class WeekGoals:
    """The lines of panel 1, and how many of the month's targets found no room."""

    goals: tuple[Goal, ...]
    more: int


def week_goals(facts: WeekFacts) -> WeekGoals:
    """
    At most `MAX_GOALS` lines: targets (totals, then categories, then brands, in the table's order), then visits.

    The number of visits always has a line. Without any target, the mean weekly sales of the rep's outlets and
    those of the outlets visited stand in the targets' place.
    """
    targets = _from_targets(facts)
    plain = _from_plan(facts)
    shown = targets[: MAX_GOALS - 1]
    lines = [*(shown or _from_sales(facts)), *plain][:MAX_GOALS]
    return WeekGoals(goals=tuple(_with_last(facts, goal) for goal in lines), more=len(targets) - len(shown))


def goal_key(measure: str, category: str, brand: str) -> str:
    """Names a goal from week to week; safe inside dotted keys."""
    parts = [part.replace(".", "_").replace("/", "_") for part in (measure, category, brand)]
    return "target:" + "/".join(part for part in parts if part)


def printed(amount: float) -> str:
    """A number as the sheet prints it: whole from 1,000 up, else with one decimal where it has one."""
    rounded = _rounded(amount)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"


def _rounded(amount: float) -> float:
    digits = 1.0 if abs(amount) >= _WHOLE_FROM else 10.0
    return float(np.floor(abs(amount) * digits + 0.5) / digits * (1 if amount >= 0 else -1))


def _from_plan(facts: WeekFacts) -> list[Goal]:
    """Visits, the different outlets they go to, and hours at the wheel: as planned; blank without visits."""
    routes = routes_of_week(facts)
    drive_s = int(facts.plan.drive_s[facts.stops].sum() + facts.plan.return_drive_s[routes].sum())
    count, outlets, hours = Text("calls", "次"), Text("outlets", "户"), Text("hours", "小时")
    return [
        _goal("visits", float(len(facts.stops)), count),
        _goal("outlets_visited", float(len(facts.visited)), outlets),
        _goal("drive_hours", round(drive_s / 3600, 1), hours),
    ]


def _from_sales(facts: WeekFacts) -> list[Goal]:
    """The mean week of the rep's outlets, and of those visited; blank when the tables hold no sales."""
    sales = facts.scenario.outlets.sales_per_week
    return [
        _goal("sales", float(sales[facts.served].sum()), facts.money),
        _goal("sales_visited", float(sales[facts.visited].sum()), facts.money),
    ]


def _goal(key: str, amount: float, unit: Text) -> Goal:
    known = amount > 0
    return Goal(
        key=key,
        label=words.GOAL_LABELS[key],
        goal=printed(amount) if known else None,
        unit=unit,
        amount=_rounded(amount) if known else None,
    )


def _with_last(facts: WeekFacts, goal: Goal) -> Goal:
    """The goal with what last week reached and how far that was from its goal."""
    record = None if facts.last is None else facts.last.goals.get(goal.key)
    if record is None or record.actual is None:
        return goal
    gap = None if record.goal is None else _rounded(record.actual) - _rounded(record.goal)
    return replace(goal, last_actual=printed(record.actual), last_gap=None if gap is None else _signed(gap))


def _signed(gap: float) -> str:
    text = printed(abs(gap))
    return text if text == "0" else ("+" if gap > 0 else "−") + text


def _from_targets(facts: WeekFacts) -> list[Goal]:
    rep_id = facts.scenario.reps.rep_ids[facts.rep_idx]
    days = _week_days(facts)
    months = {day.replace(day=1) for day in days}
    lines: dict[str, list[Target]] = {}
    for target in facts.scenario.targets:
        if target.rep_id == rep_id and target.month in months:
            lines.setdefault(goal_key(target.measure, target.category, target.brand), []).append(target)
    ranked = sorted(lines.items(), key=lambda line: _rank(line[1][0]))  # stable: the table's order within a rank
    weigh = _weights(facts)
    return [_target_goal(facts, key, some, days, weigh) for key, some in ranked]


def _rank(target: Target) -> int:
    return 2 if target.brand else 1 if target.category else 0


def _target_goal(
    facts: WeekFacts, key: str, targets: list[Target], days: list[dt.date], weigh: Callable[[dt.date], float]
) -> Goal:
    amount, covered = 0.0, []
    for target in targets:
        rest = [day for day in _month_days(target.month) if target.as_of is None or day > target.as_of]
        weights = {day: weigh(day) for day in rest}
        total = sum(weights.values())
        here = [day for day in days if weights.get(day, 0.0) > 0]
        if total > 0 and here:
            amount += max(target.target - (target.actual or 0.0), 0.0) * sum(weights[day] for day in here) / total
            covered += here
    first = targets[0]
    worked = [day for day in days if weigh(day) > 0]
    is_part = 0 < len(covered) < len(worked)
    unit = Text(first.unit, first.unit) if first.unit else facts.money if first.measure == SALES else _NO_UNIT
    return Goal(
        key=key,
        label=_label(first),
        goal=printed(amount) if covered else None,
        unit=unit,
        amount=_rounded(amount) if covered else None,
        month=printed(sum(target.target for target in targets)) if len(targets) == 1 else None,
        span=f"{min(covered):%m-%d}–{max(covered):%m-%d}" if is_part else "",
    )


def _label(target: Target) -> Text:
    measure = _LABELS.get(target.measure, Text(target.measure, target.measure))
    part = " ".join(part for part in (target.category, target.brand) if part)
    if not part:
        return measure
    return Text(part, part) if target.measure == SALES else Text(f"{part} {measure.en}", f"{part} {measure.zh}")


def _week_days(facts: WeekFacts) -> list[dt.date]:
    calendar = facts.scenario.calendar
    return [calendar.date_of(facts.week * DAYS_PER_WEEK + weekday) for weekday in range(DAYS_PER_WEEK)]


def _month_days(first: dt.date) -> list[dt.date]:
    found, day = [], first
    while day.month == first.month:
        found.append(day)
        day += dt.timedelta(days=1)
    return found


def _weights(facts: WeekFacts) -> Callable[[dt.date], float]:
    """Weight of a day in sharing out the month; 0 on days the rep does not work."""
    calendar, reps, rep = facts.scenario.calendar, facts.scenario.reps, facts.rep_idx
    by_visits = facts.rules.goals.split == "visits"
    visits = np.bincount(facts.plan.day[facts.plan.rep_idx == rep], minlength=DAYS_PER_CYCLE)

    def day_of(date: dt.date) -> int | None:
        day = (date - calendar.start).days
        return day if 0 <= day < DAYS_PER_CYCLE else None

    def works(date: dt.date) -> bool:
        day = day_of(date)
        on_leave = day is not None and bool(reps.leave[rep, day])
        return bool(reps.works[rep, date.weekday()]) and date not in calendar.holidays and not on_leave

    worked = [day for day in range(DAYS_PER_CYCLE) if works(calendar.date_of(day))]
    mean = float(visits[worked].mean()) if worked else 0.0

    def weigh(date: dt.date) -> float:
        day = day_of(date)
        if not by_visits:
            return float(works(date))
        return float(visits[day]) if day is not None else mean * works(date)

    return weigh


def routes_of_week(facts: WeekFacts) -> IntArray:
    """Positions of the week's routes in the plan."""
    plan, first = facts.plan, facts.week * DAYS_PER_WEEK
    mine = plan.route_rep_idx == facts.rep_idx
    return np.flatnonzero(mine & (plan.route_day >= first) & (plan.route_day < first + DAYS_PER_WEEK))
