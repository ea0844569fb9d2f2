"""What upsets a running plan: a rep who is ill, closed outlets, urgent visits, visits that were not made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.language import Text
from territory.units import DAYS_PER_CYCLE, MIN_PER_DAY, SECONDS_PER_MIN
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem


@dataclass(frozen=True, kw_only=True, slots=True)
class Now:
    """The moment a plan is made anew: day of the cycle, minutes after midnight."""

    day: int
    minute: int

    @property
    def instant_s(self) -> int:
        """Seconds since the cycle began."""
        return (self.day * MIN_PER_DAY + self.minute) * SECONDS_PER_MIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Ill:
    """A rep is away on a day, from a minute on; visits that are not over by then are not made."""

    rep_idx: int
    day: int
    from_min: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """An outlet is closed on a day."""

    outlet_idx: int
    day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Urgent:
    """An outlet needs a visit by the end of a day; one more than planned, unless one is planned by then."""

    outlet_idx: int
    by_day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A visit planned for a day that has begun was not made."""

    outlet_idx: int
    day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Events:
    """Everything that happened; reps and outlets as positions in the scenario, as plans have them."""

    ill: tuple[Ill, ...] = ()
    closed: tuple[Closed, ...] = ()
    urgent: tuple[Urgent, ...] = ()
    missed: tuple[Missed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ill or self.closed or self.urgent or self.missed)


def complaints(problem: VisitsProblem, plan: VisitPlan, events: Events, now: Now) -> tuple[Text, ...]:
    """What is wrong with the events themselves, with what would be right; nothing when all is well."""
    found = _wrong_days(events, now)
    reps = set(problem.rep_idcs.tolist())
    found += [
        Text(f"no rep at position {ill.rep_idx} has visits", f"位置 {ill.rep_idx} 的客户经理没有拜访")
        for ill in events.ill
        if ill.rep_idx not in reps
    ]
    outlets = [one.outlet_idx for one in events.closed]
    outlets += [one.outlet_idx for one in events.urgent] + [one.outlet_idx for one in events.missed]
    known = positions(problem.outlet_idcs, np.array(outlets, dtype=np.int64)) != NONE
    found += [
        Text(f"outlet {outlet} is served by nobody", f"客户 {outlet} 无人服务")
        for outlet, is_known in zip(outlets, known.tolist(), strict=True)
        if not is_known
    ]
    planned = set(zip(plan.outlet_idx.tolist(), plan.day.tolist(), strict=True))
    names = dict(zip(problem.outlet_idcs.tolist(), problem.outlets.ids, strict=True))
    for missed in events.missed:
        if missed.outlet_idx in names and (missed.outlet_idx, missed.day) not in planned:
            name, date = names[missed.outlet_idx], problem.calendar.date_of(missed.day)
            found.append(
                Text(
                    f"no visit of {name} is planned for {date}; give the day on which it should have been made",
                    f"{date} 没有安排拜访 {name};请填写原定拜访日期",
                )
            )
    return tuple(found)


def _wrong_days(events: Events, now: Now) -> list[Text]:
    days = {now.day, *(ill.day for ill in events.ill), *(closed.day for closed in events.closed)}
    days |= {*(missed.day for missed in events.missed), *(urgent.by_day for urgent in events.urgent)}
    found = [
        Text(f"day {day} is outside the cycle (0 to 27)", f"第 {day} 天不在周期内(0 到 27)")
        for day in sorted(days)
        if not 0 <= day < DAYS_PER_CYCLE
    ]
    found += [
        Text(
            f"an urgent visit was due by day {urgent.by_day}, which is over; give today or a later day",
            f"加急拜访的期限(第 {urgent.by_day} 天)已过;请填写今天或以后的日期",
        )
        for urgent in events.urgent
        if urgent.by_day < now.day
    ]
    found += [
        Text(
            f"a visit of day {missed.day} cannot be missed yet; give today or an earlier day",
            f"第 {missed.day} 天尚未到来,不能算漏访;请填写今天或以前的日期",
        )
        for missed in events.missed
        if missed.day > now.day
    ]
    return found
